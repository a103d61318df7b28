/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * `packline-station` as a process on an X server of the bench's own, with a recipe that asks no
 * instrument. What its window shows it says on its log, line for line.
 */
typedef struct _PlBenchWindow PlBenchWindow;

/* Starts the X server; NULL with the reason where there is none. */
PlBenchWindow *pl_bench_window_new (const char *directory, GError **error);
void pl_bench_window_free (PlBenchWindow *self);
/* ":N", for windows of the bench's own process. */
const char *pl_bench_window_display (const PlBenchWindow *self);
/* The station's process begins; what it says can be awaited. */
gboolean pl_bench_window_start (PlBenchWindow *self, GError **error);
void pl_bench_window_stop (PlBenchWindow *self);
/* Until its log has a line with this in it. */
gboolean pl_bench_window_await (PlBenchWindow *self, const char *part, GError **error);
/* Keys as a scanner presses them: F12, the code (small letters and digits), Return. */
gboolean pl_bench_window_scan (PlBenchWindow *self, const char *code, GError **error);
