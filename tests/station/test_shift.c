/* SPDX-License-Identifier: Apache-2.0 */
#include "station/shift.h"
#include "tests/station/room.h"
#include <math.h>
#include <string.h>

/* What a bench has done in a shift, from the rows that its runs have left. */

/* -- which shift it is ------------------------------------------------------------------------- */

/* "HH:MM" of a day on which no clock is changed. */
static void
assert_shift (const char *shifts, int hour, int minute, const char *start, const char *end)
{
	g_autoptr (GDateTime) now = g_date_time_new_local (2026, 11, 25, hour, minute, 0);
	g_autoptr (GDateTime) from = NULL;
	g_autoptr (GDateTime) to = NULL;
	g_autoptr (GError) error = NULL;
	g_autofree char *from_text = NULL, *to_text = NULL;
	PlPace pace;

	ck_assert_ok (pl_pace_parse (shifts, NULL, &pace, &error), error);
	pl_pace_shift (&pace, now, &from, &to);
	from_text = g_date_time_format (from, "%d %H:%M");
	to_text = g_date_time_format (to, "%d %H:%M");
	ck_assert_str_eq (from_text, start);
	ck_assert_str_eq (to_text, end);
}

START_TEST (a_shift_lasts_from_its_start_to_the_next_ones_over_midnight_too)
{
	assert_shift ("06:00,14:00,22:00", 6, 0, "25 06:00", "25 14:00");
	assert_shift ("06:00,14:00,22:00", 13, 59, "25 06:00", "25 14:00");
	assert_shift ("06:00, 14:00, 22:00", 23, 30, "25 22:00", "26 06:00");
	assert_shift ("06:00,14:00,22:00", 2, 0, "24 22:00", "25 06:00");
	assert_shift (NULL, 2, 0, "25 00:00", "26 00:00");
	assert_shift ("06:30", 6, 29, "24 06:30", "25 06:30");
}
END_TEST

START_TEST (what_is_no_time_of_the_day_or_no_takt_is_refused_with_its_words)
{
	static const char *const shifts[] = {"24:00",	    "6",     "06:00,,",
					     "14:00,06:00", "06:60", "06:00x"};
	static const char *const takts[] = {"", "-1", "0", "soon", "90s", "1e9"};

	for (guint i = 0; i < G_N_ELEMENTS (shifts); i++) {
		g_autoptr (GError) error = NULL;
		PlPace pace;

		ck_assert_msg (!pl_pace_parse (shifts[i], NULL, &pace, &error), "%s", shifts[i]);
		ck_assert_says (error->message, "06:00,14:00,22:00");
	}
	for (guint i = 0; i < G_N_ELEMENTS (takts); i++) {
		g_autoptr (GError) error = NULL;
		PlPace pace;

		ck_assert_msg (!pl_pace_parse (NULL, takts[i], &pace, &error), "%s", takts[i]);
		ck_assert_says (error->message, "takt");
	}
}
END_TEST

/* -- figures ----------------------------------------------------------------------------------- */

static gboolean
run_sql (sqlite3 *sql, gpointer text, GError **error)
{
	return sqlite3_exec (sql, text, NULL, NULL, NULL) == SQLITE_OK ||
	       pl_sql_fail (sql, error, "test");
}

static void
write_sql (Room *room, const char *text)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, run_sql, (gpointer)text, &error), error);
}

/* minute: of 2026-11-25 from 10:00 UTC on; a run takes a minute. */
static void
ran (Room *room, const char *bench, const char *kind, guint unit, int minute, const char *verdict)
{
	g_autofree char *text = g_strdup_printf (
	    "INSERT OR IGNORE INTO recipe VALUES ('h', 'r', 1, 'text');"
	    "INSERT OR IGNORE INTO unit (id, kind, serial, scheme, created) VALUES (%u, 'pack', "
	    "'P%04u', 'plain', 'x');"
	    "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, software, entry, "
	    "started, ended, verdict) VALUES (hex (randomblob (8)), %u, '%s', 'h', 's', '%s', '0', "
	    "'scanned', '2026-11-25T1%d:%02d:00.000Z', '2026-11-25T1%d:%02d:00.000Z', '%s')",
	    unit, unit, unit, kind, bench, minute / 60, minute % 60, (minute + 1) / 60,
	    (minute + 1) % 60, verdict);

	write_sql (room, text);
}

static PlShift
load (Room *room, int hour)
{
	g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 11, 25, hour, 0, 0);
	g_autoptr (GError) error = NULL;
	PlShift shift;

	ck_assert_ok (pl_shift_load (room->station, start, &shift, &error), error);
	return shift;
}

START_TEST (a_new_station_has_done_nothing_and_says_no_figure_that_is_not_there)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlShift shift = load (room, 10);

	ck_assert_uint_eq (shift.passed + shift.failed + shift.errors + shift.aborted, 0);
	ck_assert_uint_eq (shift.n_last, 0);
	ck_assert (isnan (shift.cycle_s));
	ck_assert (isnan (shift.test_s));
	ck_assert (!shift.clock_is_behind);
}
END_TEST

START_TEST (runs_are_counted_by_verdict_in_their_own_shift_and_bench_and_only_those_for_sale)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlShift shift;

	ran (room, "fakes", "production", 1, 0, "PASS");
	ran (room, "fakes", "production", 2, 61, "PASS");
	ran (room, "fakes", "production", 3, 63, "FAIL");
	ran (room, "fakes", "simulated", 4, 65, "ERROR");
	ran (room, "fakes", "production", 5, 67, "ABORTED");
	ran (room, "fakes", "golden", 6, 69, "PASS");
	ran (room, "fakes", "engineering", 7, 71, "FAIL");
	ran (room, "other", "production", 8, 73, "PASS");
	shift = load (room, 11);
	ck_assert_uint_eq (shift.passed, 1);
	ck_assert_uint_eq (shift.failed, 1);
	ck_assert_uint_eq (shift.errors, 1);
	ck_assert_uint_eq (shift.aborted, 1);
	ck_assert_uint_eq (shift.n_last, 5);
	ck_assert_int_eq (shift.last[0], PL_RUN_ABORTED);
	ck_assert_int_eq (shift.last[4], PL_RUN_PASS);
	ck_assert_double_eq_tol (shift.test_s, 60, 1e-9);
}
END_TEST

START_TEST (the_first_verdict_on_a_pack_counts_for_first_pass_yield_and_an_error_is_none)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlShift shift;

	/* failed before this shift: its pass is no first pass */
	ran (room, "fakes", "production", 1, 0, "FAIL");
	ran (room, "fakes", "production", 1, 60, "PASS");
	/* the station's trouble, then a pass: the pack's first verdict is the pass */
	ran (room, "fakes", "production", 2, 62, "ERROR");
	ran (room, "fakes", "production", 2, 64, "PASS");
	ran (room, "fakes", "production", 3, 66, "FAIL");
	ran (room, "fakes", "production", 3, 68, "PASS");
	shift = load (room, 11);
	ck_assert_uint_eq (shift.judged_first, 2);
	ck_assert_uint_eq (shift.passed_first, 1);
}
END_TEST

START_TEST (the_cycle_is_the_median_so_that_one_break_does_not_make_a_shift_slow)
{
	static const int minutes[] = {0, 60, 62, 64, 95, 97};
	g_autoptr (Room) room = room_new ("", FALSE);

	for (guint i = 0; i < G_N_ELEMENTS (minutes); i++)
		ran (room, "fakes", "production", i + 1, minutes[i], "PASS");
	ck_assert_double_eq_tol (load (room, 11).cycle_s, 120, 1e-9);
	/* from the shift before there is no way to this one */
	ck_assert (isnan (load (room, 12).cycle_s));
}
END_TEST

START_TEST (ten_verdicts_are_the_last_ones)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlShift shift;

	for (guint i = 0; i < 12; i++)
		ran (room, "fakes", "production", i + 1, (int)i * 2, i < 3 ? "FAIL" : "PASS");
	shift = load (room, 10);
	ck_assert_uint_eq (shift.n_last, PL_LAST_RUNS);
	ck_assert_int_eq (shift.last[8], PL_RUN_PASS);
	ck_assert_int_eq (shift.last[9], PL_RUN_FAIL);
}
END_TEST

START_TEST (a_clock_that_has_gone_back_behind_the_last_run_is_noticed)
{
	g_autoptr (Room) room = room_new ("", FALSE);

	ran (room, "fakes", "production", 1, 0, "PASS");
	write_sql (room, "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, "
			 "software, entry, started, ended, verdict) VALUES ('u', 1, 'production', "
			 "'h', 's', 'fakes', '0', 'typed', '2190-01-01T00:00:00.000Z', "
			 "'2190-01-01T00:01:00.000Z', 'PASS')");
	ck_assert (load (room, 10).clock_is_behind);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-shift");
	TCase *tcase = tcase_create ("shift");

	tcase_add_test (tcase, a_shift_lasts_from_its_start_to_the_next_ones_over_midnight_too);
	tcase_add_test (tcase, what_is_no_time_of_the_day_or_no_takt_is_refused_with_its_words);
	tcase_add_test (tcase, a_new_station_has_done_nothing_and_says_no_figure_that_is_not_there);
	tcase_add_test (
	    tcase,
	    runs_are_counted_by_verdict_in_their_own_shift_and_bench_and_only_those_for_sale);
	tcase_add_test (
	    tcase, the_first_verdict_on_a_pack_counts_for_first_pass_yield_and_an_error_is_none);
	tcase_add_test (tcase,
			the_cycle_is_the_median_so_that_one_break_does_not_make_a_shift_slow);
	tcase_add_test (tcase, ten_verdicts_are_the_last_ones);
	tcase_add_test (tcase, a_clock_that_has_gone_back_behind_the_last_run_is_noticed);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
