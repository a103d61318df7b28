/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Standard output while a pack is under test. A terminal that is held (Ctrl-S) or a slow pipe must
 * not hold up the thread that has high voltage on: whoever speaks only puts text into a queue, a
 * thread of its own writes it. On a terminal it keeps one progress line below everything else.
 */
typedef struct _PlPrinter PlPrinter;

PlPrinter *pl_printer_new (void);
void pl_printer_free (PlPrinter *printer); /* writes what is queued first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlPrinter, pl_printer_free)

/* Whole lines without their last line end. Takes text. Any thread. */
void pl_printer_say (PlPrinter *printer, char *text);
void pl_printer_sayf (PlPrinter *printer, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The progress line: how far all of it is (0..1), what is being done and for how long, and a
 * detail (may be NULL) of that. `doing` NULL takes it away. Copied; nothing on a pipe. */
void pl_printer_progress (PlPrinter *printer, const char *doing, const char *detail,
			  double fraction);
