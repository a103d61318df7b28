/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/mark.h"
#include "tests/bench/window.h"
#include <math.h>

/* From the first key of a scanner that types, through route check and the committed row of the run,
 * until its first step begins. */

typedef struct {
	PlBenchWindow *window;
	guint pack;
} Self;

static void
finish (gpointer data)
{
	Self *self = data;

	if (self->window != NULL)
		pl_bench_window_free (self->window);
	g_free (self);
}

static gpointer
prepare (const char *directory, GError **error)
{
	Self *self = g_new0 (Self, 1);

	self->window = pl_bench_window_new (directory, error);
	if (self->window != NULL && pl_bench_window_start (self->window, error) &&
	    pl_bench_window_await (self->window, "shows READY", error))
		return self;
	finish (self);
	return NULL;
}

/* Each round has a pack of its own: one that has passed is blocked. */
static gboolean
round_once (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	g_autofree char *code = g_strdup_printf ("p%06u", ++self->pack);
	gint64 began = g_get_monotonic_time ();

	if (!pl_bench_window_scan (self->window, code, error) ||
	    !pl_bench_window_await (self->window, "begins identify", error))
		return FALSE;
	ret->subject = pl_mark_since (began) * 1e3;
	/* nothing to hold it against: no other program does this */
	ret->peer = NAN;
	return pl_bench_window_await (self->window, "shows PASSED", error);
}

const PlMark pl_mark_ui_scan = {
    .name = "ui-scan",
    .unit = "ms",
    .title = "a framed scan at the window until the first step begins",
    .bar = 100,
    .rounds = 21,
    .prepare = prepare,
    .round = round_once,
    .finish = finish,
};
