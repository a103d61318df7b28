/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/mark.h"
#include "tests/bench/window.h"
#include <math.h>

/* From the start of the process, with recovery behind it, until the window is told that the slot is
 * ready. */

static gpointer
prepare (const char *directory, GError **error)
{
	return pl_bench_window_new (directory, error);
}

static gboolean
round_once (gpointer data, PlRound *ret, GError **error)
{
	gint64 began = g_get_monotonic_time ();

	if (!pl_bench_window_start (data, error) ||
	    !pl_bench_window_await (data, "shows READY", error))
		return FALSE;
	ret->subject = pl_mark_since (began);
	ret->peer = NAN;
	pl_bench_window_stop (data);
	return TRUE;
}

static void
finish (gpointer data)
{
	pl_bench_window_free (data);
}

const PlMark pl_mark_ui_start = {
    .name = "ui-start",
    .unit = "s",
    .title = "packline-station from the start of its process to READY",
    .bar = 1,
    .rounds = 7,
    .prepare = prepare,
    .round = round_once,
    .finish = finish,
};
