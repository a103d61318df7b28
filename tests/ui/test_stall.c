/* SPDX-License-Identifier: Apache-2.0 */
#include "station/station.h"
#include "tests/e2e/line.h"
#include "ui/feed.h"
#include <string.h>
#include <unistd.h>

/* The same pack on the same line, once under a main loop that works and once under one that stands
 * still for five seconds from the beginning of the run: what was measured is the same to the last
 * bit. */

#define PACK "PL32-000001"
#define STALL_US (5 * G_USEC_PER_SEC)
#define PATIENCE_US (120 * G_USEC_PER_SEC)

typedef struct {
	PlSlotState state;
	guint deliveries;
} Shown;

static void
show (gpointer data, const PlSnapshot *snapshot)
{
	Shown *shown = data;

	shown->state = snapshot->state;
	shown->deliveries++;
}

static void
iterate_until (Shown *shown, PlSlotState state)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (shown->state != state) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s is shown, never %s",
			       pl_slot_state_name (shown->state), pl_slot_state_name (state));
		if (!g_main_context_iteration (NULL, FALSE))
			g_usleep (1000);
	}
}

static const PlPace pace; /* one shift a day */

/* A slot of this process on the line of others, as the window's is. */
static void
run_pack (Line *line, gboolean stall)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = NULL;
	PlStation *station;
	PlSlotPlan plan = {.kind = "production", .release_file = "release.plrel"};
	Shown shown = {PL_SLOT_RECOVERING, 0};
	PlFeed *feed;
	PlSlot *slot;
	guint before;

	ck_assert_int_eq (chdir (line->dir), 0);
	ck_assert_ok ((recipe = pl_recipe_load ("recipe.yaml", &error)) != NULL, error);
	station = pl_station_open (line->home, "bench.yaml", &error);
	ck_assert_ok (station != NULL, error);
	plan.station = station;
	plan.recipe = recipe;
	feed = pl_feed_new (station, recipe, 0, &pace, show, &shown);
	slot = pl_slot_new (&plan, &pl_feed_observer, feed);
	iterate_until (&shown, PL_SLOT_READY);
	pl_slot_scan (slot, PACK, "scanned");
	iterate_until (&shown, PL_SLOT_RUNNING);
	before = shown.deliveries;
	if (stall)
		g_usleep (STALL_US);
	ck_assert_uint_eq (shown.deliveries, before);
	iterate_until (&shown, PL_SLOT_PASSED);
	pl_slot_free (slot);
	pl_feed_free (feed);
	pl_station_free (station);
}

static PlRunRow *
measure (gboolean stall)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);

	line_assemble (line, PACK);
	run_pack (line, stall);
	return line_last_run (line);
}

static void
assert_same (const PlStepRow *a, const PlStepRow *b)
{
	ck_assert_str_eq (a->name, b->name);
	ck_assert_str_eq (a->verdict, b->verdict);
	ck_assert_int_eq (a->attempt, b->attempt);
	ck_assert_uint_eq (a->measurements->len, b->measurements->len);
	for (guint i = 0; i < a->measurements->len; i++) {
		const PlMeasurementRow *x = g_ptr_array_index (a->measurements, i);
		const PlMeasurementRow *y = g_ptr_array_index (b->measurements, i);

		ck_assert_str_eq (x->name, y->name);
		ck_assert_int_eq (g_strcmp0 (x->verdict, y->verdict), 0);
		ck_assert_int_eq (g_strcmp0 (x->words, y->words), 0);
		ck_assert_msg (memcmp (&x->value, &y->value, sizeof x->value) == 0,
			       "%s of %s: %.17g and %.17g", x->name, a->name, x->value, y->value);
	}
}

START_TEST (a_main_loop_that_stands_still_for_5_s_changes_no_measurement_of_the_run)
{
	g_autoptr (PlRunRow) calm = measure (FALSE);
	g_autoptr (PlRunRow) stalled = measure (TRUE);
	guint n = 0;

	ck_assert_uint_eq (calm->steps->len, stalled->steps->len);
	for (guint i = 0; i < calm->steps->len; i++) {
		assert_same (calm->steps->pdata[i], stalled->steps->pdata[i]);
		n += ((PlStepRow *)calm->steps->pdata[i])->measurements->len;
	}
	ck_assert_uint_gt (n, 100);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-stall");
	TCase *tcase = tcase_create ("stall");

	tcase_set_timeout (tcase, 300);
	tcase_add_test (tcase,
			a_main_loop_that_stands_still_for_5_s_changes_no_measurement_of_the_run);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
