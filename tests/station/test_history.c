/* SPDX-License-Identifier: Apache-2.0 */
#include "station/history.h"
#include "db/unit.h"
#include "station/station.h"
#include "tests/db/common.h"
#include "tests/station/many_runs.h"
#include <string.h>

/* Every answer is held against a plain SELECT. */

#define RUNS 20000

static PlDb *db;

static void
set_up (void)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (GError) error = NULL;

	db = open_in (folder);
	ck_assert_ok (many_runs_fill (db, RUNS, &error), error);
}

static void
tear_down (void)
{
	g_clear_pointer (&db, pl_db_close);
}

static PlHistoryAnswer *
ask (const PlHistoryQuestion *question)
{
	g_autoptr (GError) error = NULL;
	PlHistoryAnswer *answer = pl_station_ask (db, question, NULL, &error);

	ck_assert_ok (answer != NULL, error);
	return answer;
}

typedef struct {
	const char *where;
	GArray *ids;
} Plain;

static gboolean
select_plainly (sqlite3 *sql, gpointer data, GError **error)
{
	Plain *plain = data;
	g_autofree char *text =
	    g_strdup_printf ("SELECT id FROM run WHERE %s ORDER BY id DESC", plain->where);
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, text, "");
	int more;

	if (found == NULL)
		return FALSE;
	while ((more = pl_sql_step (sql, found, error)) == 1) {
		gint64 id = sqlite3_column_int64 (found, 0);

		g_array_append_val (plain->ids, id);
	}
	return more == 0;
}

/* All places of the answer, in an order of its own. */
static void
assert_is (const PlHistoryAnswer *answer, const char *where)
{
	Plain plain = {where, g_array_new (FALSE, FALSE, sizeof (gint64))};
	g_autoptr (GError) error = NULL;
	guint n, stride = 7919;

	ck_assert_ok (pl_db_read (db, select_plainly, &plain, &error), error);
	n = plain.ids->len;
	ck_assert_uint_eq (pl_history_length (answer), n);
	for (guint i = 0; i < n; i++) {
		guint at = (guint)((guint64)i * stride % n);

		ck_assert_int_eq (pl_history_run (answer, at),
				  g_array_index (plain.ids, gint64, at));
	}
	ck_assert_int_eq (pl_history_run (answer, n), 0);
	g_array_unref (plain.ids);
}

static const struct {
	PlHistoryQuestion question;
	const char *where;
} cases[] = {
    {{0}, "1"},
    {{.verdict = (char *)"FAIL"}, "verdict = 'FAIL'"},
    {{.verdict = (char *)"ABORTED"}, "verdict = 'ABORTED'"},
    {{.verdict = (char *)"OPEN"}, "verdict IS NULL"},
    {{.kind = (char *)"golden"}, "kind = 'golden'"},
    {{.kind = (char *)"simulated"}, "0"},
    {{.recipe = (char *)"pack-eol-32s"}, "kind <> 'golden'"},
    {{.serial = (char *)"PL32-000123", .exact = TRUE},
     "unit = (SELECT id FROM unit WHERE serial = 'PL32-000123')"},
    {{.serial = (char *)"PL32-0001"},
     "unit IN (SELECT id FROM unit WHERE serial GLOB 'PL32-0001*')"},
    {{.serial = (char *)"PL32-0001", .verdict = (char *)"FAIL"},
     "verdict = 'FAIL' AND unit IN (SELECT id FROM unit WHERE serial GLOB 'PL32-0001*')"},
    {{.serial = (char *)"PL32-0001", .exact = TRUE}, "0"},
    {{.serial = (char *)"PL32%"}, "0"},
    {{.serial = (char *)"PL32_00"}, "0"},
    {{.serial = (char *)"*"}, "0"},
    {{.serial = (char *)"'; DROP TABLE run; --"}, "0"},
    /* the first cell of the second pack */
    {{.serial = (char *)"EVE00000005", .exact = TRUE}, "unit = 2"},
    /* the last of the first, which is in the second now */
    {{.serial = (char *)"EVE00000004", .exact = TRUE}, "unit IN (1, 2)"},
    {{.serial = (char *)"EVE"}, "unit <= 100"},
    {{.from = (char *)"2025-10-10"}, "started >= '2025-10-10'"},
    {{.to = (char *)"2025-10-10"}, "started < '2025-10-11'"},
    {{.from = (char *)"2025-10-10", .to = (char *)"2025-10-10", .verdict = (char *)"PASS"},
     "verdict = 'PASS' AND started >= '2025-10-10' AND started < '2025-10-11'"},
};

START_TEST (an_answer_is_what_a_plain_select_finds_at_every_place)
{
	g_autoptr (PlHistoryAnswer) answer = ask (&cases[_i].question);

	assert_is (answer, cases[_i].where);
}
END_TEST

START_TEST (runs_that_begin_later_change_no_place_and_are_counted)
{
	PlHistoryQuestion all = {0}, bad = {.verdict = (char *)"FAIL"};
	g_autoptr (PlHistoryAnswer) answer = ask (&all), failed = ask (&bad);
	g_autoptr (GError) error = NULL;
	guint n;

	ck_assert_ok (
	    pl_db_write (
		db, run_text,
		(gpointer) "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench,"
			   " software, entry, started) SELECT 'new ' || id, unit, kind, "
			   "recipe_hash, station, bench, software, entry, started FROM run"
			   " WHERE id <= 3",
		&error),
	    error);
	assert_is (answer, "id <= 20000");
	ck_assert_ok (pl_station_newer (db, answer, &n, &error), error);
	ck_assert_uint_eq (n, 3);
	/* they are open still */
	ck_assert_ok (pl_station_newer (db, failed, &n, &error), error);
	ck_assert_uint_eq (n, 0);
}
END_TEST

START_TEST (rows_are_those_of_their_places_and_end_with_the_answer)
{
	PlHistoryQuestion golden = {.kind = (char *)"golden"};
	g_autoptr (PlHistoryAnswer) answer = ask (&golden);
	guint n = pl_history_length (answer);
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = pl_station_history_rows (db, answer, n - 3, 128, &error);
	const PlHistoryRow *row;

	ck_assert_ok (rows != NULL, error);
	ck_assert_uint_eq (rows->len, 3);
	for (guint i = 0; i < 3; i++) {
		row = g_ptr_array_index (rows, i);
		ck_assert_int_eq (row->id, pl_history_run (answer, n - 3 + i));
		ck_assert_str_eq (row->kind, "golden");
	}
	/* the 97th run of all */
	ck_assert_int_eq (row->id, 97);
	ck_assert_str_eq (row->recipe, "golden");
	ck_assert_str_eq (row->operator_name, "4712");
	ck_assert_str_eq (row->station, "EOL-2");
}
END_TEST

START_TEST (a_serial_of_signs_that_searches_know_is_found_by_them)
{
	static const char *const odd[] = {"100%", "A_B", "A?B", "\xe7\x94\xb5\xe6\xb1\xa0-1"};
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS (odd); i++) {
		g_autofree char *insert = g_strdup_printf (
		    "INSERT INTO unit (id, kind, serial, scheme, created) VALUES (%u, 'pack', "
		    "'%s-X', 'plain', '')",
		    90000 + i, odd[i]);
		g_autofree char *run = g_strdup_printf (
		    "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, software, "
		    "entry, started) SELECT 'odd %u', %u, kind, recipe_hash, station, bench, "
		    "software, entry, started FROM run WHERE id = 1",
		    i, 90000 + i);
		PlHistoryQuestion question = {.serial = (char *)odd[i]};
		g_autoptr (PlHistoryAnswer) answer = NULL;

		ck_assert_ok (pl_db_write (db, run_text, insert, &error), error);
		ck_assert_ok (pl_db_write (db, run_text, run, &error), error);
		answer = ask (&question);
		ck_assert_uint_eq (pl_history_length (answer), 1);
	}
}
END_TEST

START_TEST (a_day_that_is_none_is_refused_with_the_form_it_should_have)
{
	static const char *const wrong[] = {"yesterday", "2026-13-01", "2026-02-30", "25.11.2026"};

	for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
		PlHistoryQuestion question = {.to = (char *)wrong[i]};
		g_autoptr (GError) error = NULL;

		ck_assert_ptr_null (pl_station_ask (db, &question, NULL, &error));
		ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
		ck_assert (strstr (error->message, wrong[i]) != NULL);
	}
}
END_TEST

START_TEST (a_question_that_nobody_waits_for_any_more_ends)
{
	g_autoptr (GCancellable) cancellable = g_cancellable_new ();
	PlHistoryQuestion all = {0};
	g_autoptr (GError) error = NULL;

	g_cancellable_cancel (cancellable);
	ck_assert_ptr_null (pl_station_ask (db, &all, cancellable, &error));
	ck_assert_err (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}
END_TEST

START_TEST (a_station_without_a_run_has_an_answer_of_none)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) empty = open_in (folder);
	PlHistoryQuestion all = {0};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlHistoryAnswer) answer = pl_station_ask (empty, &all, NULL, &error);
	g_autoptr (GPtrArray) rows = NULL;

	ck_assert_ok (answer != NULL, error);
	ck_assert_uint_eq (pl_history_length (answer), 0);
	ck_assert_int_eq (pl_history_run (answer, 0), 0);
	rows = pl_station_history_rows (empty, answer, 0, 128, &error);
	ck_assert_uint_eq (rows->len, 0);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-history");
	TCase *tcase = tcase_create ("history");

	/* the plant's calendar is the test's own */
	g_setenv ("TZ", "UTC", TRUE);
	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 60);
	tcase_add_loop_test (tcase, an_answer_is_what_a_plain_select_finds_at_every_place, 0,
			     G_N_ELEMENTS (cases));
	tcase_add_test (tcase, runs_that_begin_later_change_no_place_and_are_counted);
	tcase_add_test (tcase, rows_are_those_of_their_places_and_end_with_the_answer);
	tcase_add_test (tcase, a_serial_of_signs_that_searches_know_is_found_by_them);
	tcase_add_test (tcase, a_day_that_is_none_is_refused_with_the_form_it_should_have);
	tcase_add_test (tcase, a_question_that_nobody_waits_for_any_more_ends);
	tcase_add_test (tcase, a_station_without_a_run_has_an_answer_of_none);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
