/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "tests/station/room.h"
#include "ui/feed.h"
#include <string.h>

/* Between the slot's thread and the main loop: neither holds up the other. */

#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define LEAK                                                                                       \
	"main:\n  - step: leak\n    limits:\n      start_pressure_pa: { min: 1000, source: s }\n"  \
	"      decay_pa: { max: 50, source: s }\n"

static const PlPace pace; /* one shift a day */

typedef struct {
	PlSnapshot *last;
	guint deliveries;
	gboolean seen[PL_SLOT_STATES];
} Heard;

static void
hear (gpointer data, const PlSnapshot *snapshot)
{
	Heard *heard = data;

	g_clear_pointer (&heard->last, pl_snapshot_unref);
	heard->last = pl_snapshot_ref (snapshot);
	heard->deliveries++;
	heard->seen[snapshot->state] = TRUE;
}

static void
await_verdict (Room *room, const char *verdict)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autofree char *now = NULL;

	while (g_strcmp0 (now, verdict) != 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "the run is %s", now);
		g_usleep (5000);
		g_free (now);
		now = room_query (room, "SELECT verdict FROM run");
	}
}

static void
await_shown (Heard *heard, PlSlotState state)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (heard->last == NULL || heard->last->state != state) {
		ck_assert_msg (g_get_monotonic_time () < end, "never shown: %s",
			       pl_slot_state_name (state));
		if (!g_main_context_iteration (NULL, FALSE))
			g_usleep (2000);
	}
}

START_TEST (a_main_loop_that_stalls_holds_up_no_run_and_then_shows_its_end)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe (LEAK);
	PlSlotPlan plan = {.station = room->station, .recipe = recipe, .kind = "production"};
	Heard heard = {0};
	g_autoptr (PlFeed) feed = pl_feed_new (room->station, recipe, 0, &pace, hear, &heard);
	PlSlot *slot = pl_slot_new (&plan, &pl_feed_observer, feed);

	pl_slot_scan (slot, "P0001", "scanned");
	/* nobody looks at the main loop */
	await_verdict (room, "PASS");
	ck_assert_uint_eq (heard.deliveries, 0);
	await_shown (&heard, PL_SLOT_PASSED);
	ck_assert_int_eq (heard.last->steps[0].result, PL_ROW_PASS);
	pl_slot_free (slot);
	pl_snapshot_unref (heard.last);
}
END_TEST

/* Turns the main loop until it is so. */
static void
await_that (Heard *heard, gboolean (*is_so) (const PlSnapshot *now))
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (heard->last == NULL || !is_so (heard->last)) {
		ck_assert_msg (g_get_monotonic_time () < end, "it never came to that");
		if (!g_main_context_iteration (NULL, FALSE))
			g_usleep (2000);
	}
}

static gboolean
one_has_passed (const PlSnapshot *now)
{
	return now->survey->shift.passed == 1 && now->survey->shift.n_last == 1;
}

START_TEST (the_shifts_figures_come_from_the_rows_and_are_the_same_after_a_restart)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (PlRecipe) recipe =
	    room_recipe ("main:\n  - step: identify\n    limits:\n      cells_count: { min: 0, "
			 "source: s }\n      boards_count: { min: 0, source: s }\n      "
			 "grades_count: { min: 0, source: s }\n");
	PlSlotPlan plan = {.station = room->station, .recipe = recipe, .kind = "production"};
	Heard heard = {0};
	PlFeed *feed = pl_feed_new (room->station, recipe, 0, &pace, hear, &heard);
	PlSlot *slot = pl_slot_new (&plan, &pl_feed_observer, feed);

	pl_slot_scan (slot, "P0001", "scanned");
	await_that (&heard, one_has_passed);
	pl_slot_free (slot);
	pl_feed_free (feed);
	g_clear_pointer (&heard.last, pl_snapshot_unref);
	room_restart (room);
	feed = pl_feed_new (room->station, recipe, 0, &pace, hear, &heard);
	await_that (&heard, one_has_passed);
	pl_feed_free (feed);
	pl_snapshot_unref (heard.last);
}
END_TEST

static gboolean
plc_is_silent (const PlSnapshot *now)
{
	return now->seen[PL_ROLE_PLC].seen == PL_SEEN_SILENT && now->seen[PL_ROLE_PLC].since_s > 0;
}

static gboolean
estop_is_pressed (const PlSnapshot *now)
{
	return now->chain == PL_CHAIN_ESTOP;
}

START_TEST (what_a_waiting_slot_sees_of_its_bench_is_shown_without_anything_else_happening)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe (LEAK);
	PlSlotPlan plan = {.station = room->station, .recipe = recipe, .kind = "production"};
	Heard heard = {0};
	PlFeed *feed = pl_feed_new (room->station, recipe, 0, &pace, hear, &heard);
	PlSlot *slot = pl_slot_new (&plan, &pl_feed_observer, feed);

	await_shown (&heard, PL_SLOT_READY);
	fake_set ("plc estop_ok", 0);
	await_that (&heard, estop_is_pressed);
	room_unplug (room);
	fake_break ("plc", -1, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "gone");
	await_that (&heard, plc_is_silent);
	ck_assert_int_eq (heard.last->chain, PL_CHAIN_UNKNOWN);
	pl_slot_free (slot);
	pl_feed_free (feed);
	pl_snapshot_unref (heard.last);
}
END_TEST

/* A bench file that names no serial number and no dates. */
static void
forget_serials (Room *room)
{
	ck_assert (g_file_set_contents (room->bench_file,
					"bench: fakes\ninstruments:\n"
					"  - { role: daq, driver: fake, link: unix:wire }\n",
					-1, NULL));
	room_restart (room);
}

START_TEST (a_certificate_counts_for_who_answered_where_the_bench_file_names_nobody)
{
	g_autoptr (Room) room = room_new ("daq", TRUE);
	PlCalibrationRow row = {(char *)"2026-05-01", (char *)"2027-05-01", (char *)"K-1"};
	g_autoptr (GDateTime) now = g_date_time_new_local (2027, 4, 21, 12, 0, 0);
	g_autoptr (PlSurvey) unasked = NULL;
	g_autoptr (PlSurvey) asked = NULL;
	g_autoptr (GError) error = NULL;
	PlInstrument *daq;

	forget_serials (room);
	unasked = pl_survey_make (room->station, &pace, now, NULL);
	ck_assert (!unasked->instruments[0].has_days);
	daq = pl_bench_borrow (room->station->bench, PL_ROLE_DAQ, "test", 1.0, &error);
	ck_assert_ok (daq != NULL, error);
	ck_assert_ok (pl_station_calibrate (room->station,
					    pl_bench_entry (room->station->bench, PL_ROLE_DAQ),
					    &daq->identity, &row, "4711", &error),
		      error);
	pl_bench_return (room->station->bench, daq);
	/* it is known who it is even when it is closed */
	pl_bench_forget (room->station->bench, PL_ROLE_DAQ);
	asked = pl_survey_make (room->station, &pace, now, NULL);
	ck_assert (asked->instruments[0].has_days);
	ck_assert_int_eq (asked->instruments[0].days, 10);
}
END_TEST

START_TEST (many_events_come_as_few_snapshots)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe (LEAK);
	Heard heard = {0};
	g_autoptr (PlFeed) feed = pl_feed_new (room->station, recipe, 0, &pace, hear, &heard);

	for (guint i = 0; i < 1000; i++)
		pl_feed_observer.said (feed, i % 2 == 0 ? "even" : "odd");
	pl_feed_observer.state (feed, PL_SLOT_BLOCKED, "P0001", NULL, "why");
	await_shown (&heard, PL_SLOT_BLOCKED);
	/* two, and one more for what the feed has asked for by itself */
	ck_assert_uint_le (heard.deliveries, 3);
	pl_snapshot_unref (heard.last);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-feed");
	TCase *tcase = tcase_create ("feed");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_main_loop_that_stalls_holds_up_no_run_and_then_shows_its_end);
	tcase_add_test (tcase,
			the_shifts_figures_come_from_the_rows_and_are_the_same_after_a_restart);
	tcase_add_test (
	    tcase, what_a_waiting_slot_sees_of_its_bench_is_shown_without_anything_else_happening);
	tcase_add_test (tcase,
			a_certificate_counts_for_who_answered_where_the_bench_file_names_nobody);
	tcase_add_test (tcase, many_events_come_as_few_snapshots);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
