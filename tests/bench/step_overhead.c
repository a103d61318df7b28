/* SPDX-License-Identifier: Apache-2.0 */
#include "station/sequencer.h"
#include "tests/bench/mark.h"
#include <math.h>

/* What the sequencer itself costs a step: a run of steps that ask no instrument, each stored with
 * synchronous=FULL. */
#define STEPS 100

typedef struct {
	PlStation *station;
	PlRecipe *recipe;
} Self;

static PlRecipe *
make_recipe (GError **error)
{
	g_autoptr (GString) text =
	    g_string_new ("recipe: overhead\nversion: 1\ntitle: Overhead\nproduct: P\n"
			  "serial: \"P[0-9]+\"\nmain:\n");

	for (guint i = 0; i < STEPS; i++)
		g_string_append_printf (text,
					"  - { step: identify, id: s%u, limits: {"
					" cells_count: { min: 0, source: none },"
					" boards_count: { min: 0, source: none },"
					" grades_count: { min: 0, source: none } } }\n",
					i);
	return pl_recipe_parse (text->str, text->len, "overhead.yaml", error);
}

static void
finish (gpointer data)
{
	Self *self = data;

	pl_recipe_free (self->recipe);
	pl_station_free (self->station);
	g_free (self);
}

static gpointer
prepare (const char *directory, GError **error)
{
	g_autofree char *bench = g_build_filename (directory, "bench.yaml", NULL);
	Self *self = g_new0 (Self, 1);

	if (g_file_set_contents (bench, "bench: none\ninstruments: []\n", -1, error) &&
	    (self->station = pl_station_open (directory, bench, error)) != NULL &&
	    (self->recipe = make_recipe (error)) != NULL)
		return self;
	finish (self);
	return NULL;
}

static gboolean
round_once (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	const PlRunOptions options = {.kind = "engineering", .entry = "typed"};
	g_autoptr (PlRun) run = pl_run_new (self->station, self->recipe, "P1", &options, error);
	gint64 began = g_get_monotonic_time ();

	if (run == NULL || !pl_run_execute (run, error))
		return FALSE;
	if (pl_run_verdict (run) != PL_RUN_PASS) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
			     "its run came to %s: %s", pl_run_verdict_name (pl_run_verdict (run)),
			     pl_run_cause (run));
		return FALSE;
	}
	ret->subject = pl_mark_since (began) * 1e3 / STEPS;
	ret->peer = NAN;
	return TRUE;
}

const PlMark pl_mark_step_overhead = {
    .name = "step-overhead",
    .unit = "ms/step",
    .title = "sequencer's own time a step, stored with synchronous=FULL",
    .bar = 2,
    .rounds = 7,
    .prepare = prepare,
    .round = round_once,
    .finish = finish,
};
