/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <adwaita.h>

/*
 * The station's window: the run page, and the keys that reach it wherever the focus is. F12 ...
 * Return a scan, F2 typing, F9 the language. Escape does nothing: a test is stopped on purpose.
 */
#define PL_TYPE_WINDOW (pl_window_get_type ())
G_DECLARE_FINAL_TYPE (PlWindow, pl_window, PL, WINDOW, AdwApplicationWindow)

/* What a person wants of the slot; called on the main thread. */
typedef struct {
	void (*scan) (gpointer data, const char *code, const char *entry);
	void (*stop) (gpointer data);
	void (*acknowledge) (gpointer data);
	/* TRUE: the window may go now; FALSE: it will be destroyed once all is safe. */
	gboolean (*close) (gpointer data);
} PlWindowHandler;

PlWindow *pl_window_new (GtkApplication *application, const PlWindowHandler *handler,
			 gpointer data);
void pl_window_update (PlWindow *self, const PlSnapshot *snapshot);
