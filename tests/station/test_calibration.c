/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "tests/station/room.h"
#include <string.h>

/* A certificate that a person enters: what counts from then on, and what is refused. */

#define READY                                                                                      \
	"setup:\n  - step: bench-ready\n    limits:\n"                                             \
	"      calibrations_overdue_count: { max: 0, source: s }\n"                                \
	"main:\n  - step: temperatures\n    limits:\n"                                             \
	"      spread_k: { max: 3, source: s }\n      ambient_difference_k: { max: 5, source: s "  \
	"}\n"

static void
rewrite_bench (Room *room, const char *from, const char *to)
{
	g_autofree char *text = NULL;
	g_auto (GStrv) parts = NULL;
	g_autofree char *changed = NULL;

	ck_assert (g_file_get_contents (room->bench_file, &text, NULL, NULL));
	parts = g_strsplit (text, from, -1);
	ck_assert_uint_gt (g_strv_length (parts), 1);
	changed = g_strjoinv (to, parts);
	ck_assert (g_file_set_contents (room->bench_file, changed, -1, NULL));
	room_restart (room);
}

static gboolean
enter (Room *room, const char *calibrated, const char *due, const char *certificate, GError **error)
{
	const PlBenchEntry *entry = pl_bench_entry (room->station->bench, PL_ROLE_DAQ);
	PlInstrument *daq = pl_bench_borrow (room->station->bench, PL_ROLE_DAQ, "test", 1.0, error);
	PlCalibrationRow row = {(char *)calibrated, (char *)due, (char *)certificate};
	gboolean ok;

	ck_assert_ptr_nonnull (daq);
	ok = pl_station_calibrate (room->station, entry, &daq->identity, &row, "4711", error);
	pl_bench_return (room->station->bench, daq);
	return ok;
}

static char *
due_that_counts (Room *room)
{
	const PlBenchEntry *entry = pl_bench_entry (room->station->bench, PL_ROLE_DAQ);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCalibrationRow) row =
	    pl_station_calibration (room->station, entry, "SN-daq", &error);

	ck_assert_ok (row != NULL, error);
	return g_strdup (row->due);
}

START_TEST (the_newer_of_bench_file_and_entry_counts)
{
	g_autoptr (Room) room = room_new ("daq", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *before = due_that_counts (room);
	g_autofree char *older = NULL, *newer = NULL, *again = NULL;

	ck_assert_str_eq (before, "2090-01-02");
	ck_assert_ok (enter (room, "2019-05-01", "2020-05-01", "K-1", &error), error);
	older = due_that_counts (room);
	ck_assert_str_eq (older, "2090-01-02");
	ck_assert_ok (enter (room, "2026-05-01", "2027-05-01", "K-2", &error), error);
	newer = due_that_counts (room);
	ck_assert_str_eq (newer, "2027-05-01");
	rewrite_bench (room, "calibrated: 2020-01-02", "calibrated: 2026-06-01");
	again = due_that_counts (room);
	ck_assert_str_eq (again, "2090-01-02");
}
END_TEST

START_TEST (an_entry_lets_a_bench_run_again_and_stands_in_its_records)
{
	g_autoptr (Room) room = room_new ("hipot supply daq bms", TRUE);
	g_autoptr (Ran) overdue = NULL;
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;
	g_autofree char *due = NULL;

	rewrite_bench (room, "serial: SN-daq, calibrated: 2020-01-02, calibration_due: 2090-01-02",
		       "serial: SN-daq, calibrated: 2019-01-02, calibration_due: 2020-06-30");
	overdue = room_run (room, room_recipe (READY), "P0001", NULL);
	ck_assert_run (overdue, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (overdue->run), "calibration of the daq");
	ck_assert_ok (enter (room, "2026-05-01", "2089-05-01", "K-7", &error), error);
	ran = room_run (room, room_recipe (READY), "P0001", NULL);
	ck_assert_run (ran, PL_RUN_PASS);
	due =
	    room_query (room, "SELECT due || ' ' || certificate FROM measurement JOIN "
			      "calibration ON calibration.id = calibration JOIN instrument ON "
			      "instrument.id = measurement.instrument WHERE role = 'daq' ORDER BY "
			      "step DESC LIMIT 1");
	ck_assert_str_eq (due, "2089-05-01 K-7");
}
END_TEST

START_TEST (an_entry_has_its_person_and_its_row_in_the_journal)
{
	g_autoptr (Room) room = room_new ("daq", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *who = NULL, *body = NULL, *rows = NULL;

	ck_assert_ok (enter (room, "2026-05-01", "2027-05-01", "K-2", &error), error);
	ck_assert_ok (enter (room, "2026-05-01", "2027-05-01", "K-2", &error), error);
	who = room_query (room, "SELECT name FROM calibration JOIN operator ON operator.id = "
				"entered_by");
	ck_assert_str_eq (who, "4711");
	body = room_query (room, "SELECT body FROM journal WHERE kind = 'calibration'");
	ck_assert_says (body, "\"certificate\":\"K-2\"");
	ck_assert_says (body, "\"serial\":\"SN-daq\"");
	rows = room_query (room, "SELECT count(*) FROM calibration");
	ck_assert_str_eq (rows, "1");
}
END_TEST

static const struct {
	const char *calibrated, *due, *certificate, *says;
} bad[] = {
    {"2026-05-01", "2026-5-1", "K", "YYYY-MM-DD"},
    {"2026-05-01", "2027-+5-01", "K", "YYYY-MM-DD"},
    {"2026- 5-01", "2027-05-01", "K", "YYYY-MM-DD"},
    {"1.5.2026", "2027-05-01", "K", "YYYY-MM-DD"},
    {"2026-02-30", "2027-05-01", "K", "YYYY-MM-DD"},
    {"2080-05-01", "2081-05-01", "K", "in the future"},
    {"2026-05-01", "2026-05-01", "K", "due before"},
    {"2026-05-01", "2027-05-01", " ", "certificate is missing"},
};

START_TEST (dates_that_cannot_be_are_refused_and_nothing_is_kept)
{
	g_autoptr (Room) room = room_new ("daq", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *rows = NULL;

	ck_assert (!enter (room, bad[_i].calibrated, bad[_i].due, bad[_i].certificate, &error));
	ck_assert_says (error->message, bad[_i].says);
	rows = room_query (room, "SELECT count(*) FROM calibration");
	ck_assert_str_eq (rows, "0");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-calibration");
	TCase *tcase = tcase_create ("calibration");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, the_newer_of_bench_file_and_entry_counts);
	tcase_add_test (tcase, an_entry_lets_a_bench_run_again_and_stands_in_its_records);
	tcase_add_test (tcase, an_entry_has_its_person_and_its_row_in_the_journal);
	tcase_add_loop_test (tcase, dates_that_cannot_be_are_refused_and_nothing_is_kept, 0,
			     G_N_ELEMENTS (bad));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
