/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/grading.h"
#include "db/journal.h"
#include "db/lot.h"
#include "db/run.h"
#include "db/unit.h"
#include "tests/db/common.h"
#include <math.h>
#include <string.h>

static PlDb *db;
static sqlite3 *sql;

static void
begin (void)
{
	g_autofree char *folder = test_folder ();

	db = open_in (folder);
	ck_assert_int_eq (sqlite3_open (pl_db_file (db), &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, "PRAGMA foreign_keys = ON", NULL, NULL, NULL),
			  SQLITE_OK);
}

static void
end (void)
{
	sqlite3_close (sql);
	pl_db_close (db);
}

static gboolean
run (const char *text)
{
	return sqlite3_exec (sql, text, NULL, NULL, NULL) == SQLITE_OK;
}

static void
add_grade (GPtrArray *grades, const char *lot, const char *serial, const char *grade)
{
	PlUnitGrade *row = g_new0 (PlUnitGrade, 1);

	ck_assert (pl_unit_register (sql, "cell", serial, "plain", NULL, lot, "vendor's",
				     &row->unit, NULL));
	row->serial = g_strdup (serial);
	row->grade = g_strdup (grade);
	row->reason = g_strdup_printf ("why %s", grade);
	g_ptr_array_add (grades, row);
}

/* Grades C-2 and C-1 of the lot, in that order. */
static gint64
grade (const char *lot, gint64 version, const char *first, const char *second, double median)
{
	g_autofree char *hash = g_strdup_printf ("hash-%d", (int)version);
	g_autofree char *body =
	    g_strdup_printf ("{\"figures\":{\"dcir-50.dcir_ohm\":{\"median\":\"%g\"}}}", median);
	g_autofree char *one = g_strconcat (lot, "-1", NULL), *two = g_strconcat (lot, "-2", NULL);
	g_autoptr (GPtrArray) grades = g_ptr_array_new_with_free_func (pl_unit_grade_free);
	g_autoptr (GError) error = NULL;
	PlGradingRow row = {.lot = (char *)lot,
			    .table_name = (char *)"cells",
			    .table_hash = hash,
			    .table_text = (char *)"grades: cells",
			    .table_version = version,
			    .operator_name = (char *)"badge-1",
			    .body = body};

	add_grade (grades, lot, two, second);
	add_grade (grades, lot, one, first);
	ck_assert_ok (pl_grading_add (sql, &row, grades, &error), error);
	ck_assert_int_eq (row.cells, 2);
	g_free (row.utc);
	return row.id;
}

static char *
grade_of_unit (const char *serial)
{
	g_autoptr (GPtrArray) rows = pl_unit_rows_of_serial (sql, serial, NULL);

	return g_strdup (((PlUnitRow *)g_ptr_array_index (rows, 0))->grade);
}

START_TEST (a_later_grading_stands_beside_the_earlier_and_the_unit_follows_it)
{
	g_autoptr (GPtrArray) rows = NULL, first = NULL, second = NULL;
	g_autofree char *one = NULL, *two = NULL;
	gint64 a, b;

	begin ();
	a = grade ("L1", 1, "A", "B", 1);
	b = grade ("L1", 2, "B", PL_NO_GRADE, 1);
	rows = pl_grading_rows (sql, "L1", NULL);
	ck_assert_uint_eq (rows->len, 2);
	ck_assert_int_eq (((PlGradingRow *)rows->pdata[0])->id, b);
	ck_assert_int_eq (((PlGradingRow *)rows->pdata[0])->table_version, 2);
	ck_assert_str_eq (((PlGradingRow *)rows->pdata[0])->operator_name, "badge-1");
	first = pl_grading_grades (sql, a, NULL);
	second = pl_grading_grades (sql, b, NULL);
	ck_assert_str_eq (((PlUnitGrade *)first->pdata[0])->serial, "L1-1");
	ck_assert_str_eq (((PlUnitGrade *)first->pdata[0])->grade, "A");
	ck_assert_str_eq (((PlUnitGrade *)first->pdata[0])->reason, "why A");
	ck_assert_str_eq (((PlUnitGrade *)second->pdata[0])->grade, "B");
	one = grade_of_unit ("L1-1");
	two = grade_of_unit ("L1-2");
	ck_assert_str_eq (one, "B");
	/* neither the vendor's nor the earlier grade stays */
	ck_assert_ptr_null (two);
	end ();
}
END_TEST

START_TEST (a_grading_is_a_row_of_the_journal_and_cannot_be_changed_unseen)
{
	g_autoptr (GError) error = NULL;
	gint64 rows;

	begin ();
	grade ("L1", 1, "A", "B", 1);
	grade ("L2", 1, "A", "A", 1);
	ck_assert_ok (pl_journal_verify (sql, &rows, &error), error);
	ck_assert_int_eq (rows, 2);
	ck_assert_ok (pl_grading_verify (sql, &rows, &error), error);
	ck_assert_int_eq (rows, 2);
	ck_assert (!run ("UPDATE unit_grade SET grade = 'A'"));
	ck_assert (!run ("DELETE FROM unit_grade"));
	ck_assert (!run ("UPDATE grading SET body = '{}'"));
	ck_assert (!run ("DELETE FROM grading"));
	/* somebody who takes the trigger away first is found by the journal */
	ck_assert (run ("DROP TRIGGER unit_grade_immutable"));
	ck_assert (run ("UPDATE unit_grade SET grade = 'A' WHERE grade = 'B'"));
	ck_assert (!pl_grading_verify (sql, &rows, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	ck_assert_ptr_nonnull (strstr (error->message, "lot \"L1\""));
	end ();
}
END_TEST

/* Graded anew, a lot counts once, with its newest median and at its old place. */
START_TEST (medians_of_earlier_lots_come_in_the_order_of_the_lots)
{
	g_autoptr (GArray) medians = NULL, none = NULL;

	begin ();
	grade ("L1", 1, "A", "A", 1);
	grade ("L3", 1, "A", "A", 3);
	grade ("L2", 1, "A", "A", 2);
	grade ("L1", 2, "A", "A", 1.5);
	medians = pl_grading_medians (sql, "dcir-50.dcir_ohm", "L2", NULL);
	ck_assert_uint_eq (medians->len, 2);
	ck_assert_double_eq_tol (g_array_index (medians, double, 0), 1.5, 1e-12);
	ck_assert_double_eq_tol (g_array_index (medians, double, 1), 3, 1e-12);
	none = pl_grading_medians (sql, "capacity_ah", "L2", NULL);
	ck_assert_uint_eq (none->len, 0);
	end ();
}
END_TEST

START_TEST (a_unit_knows_when_current_last_could_flow_through_it)
{
	g_autofree char *uuid = pl_uuid7 (), *never = NULL, *before = NULL, *after = NULL,
			*live = NULL;
	PlRunRow row = {.uuid = uuid,
			.kind = (char *)"production",
			.recipe = (char *)"r",
			.recipe_hash = (char *)"h",
			.recipe_version = 1,
			.station = (char *)"s",
			.bench = (char *)"b",
			.software = (char *)"0",
			.entry = (char *)"typed",
			.started = (char *)"2026-11-01T00:00:00.000Z"};
	gint64 id;

	begin ();
	ck_assert (pl_unit_register (sql, "cell", "C", "plain", NULL, NULL, NULL, &row.unit, NULL));
	ck_assert (pl_run_row_begin (sql, &row, "text", NULL, &id, NULL));
	never = pl_energised_last_of_unit (sql, row.unit, "2026-12-01T00:00:00.000Z", NULL);
	ck_assert_ptr_null (never);
	ck_assert (run ("INSERT INTO energised (run, what, since, cleared) VALUES"
			" (1, 'charge', '2026-11-02T00:00:00.000Z', '2026-11-03T00:00:00.000Z'),"
			" (1, 'discharge', '2026-11-04T00:00:00.000Z', NULL)"));
	before = pl_energised_last_of_unit (sql, row.unit, "2026-11-03T12:00:00.000Z", NULL);
	ck_assert_str_eq (before, "2026-11-03T00:00:00.000Z");
	/* what still may be live is no rest */
	live = pl_energised_last_of_unit (sql, row.unit, "2026-11-05T00:00:00.000Z", NULL);
	ck_assert_str_eq (live, "2026-11-05T00:00:00.000Z");
	ck_assert (run ("UPDATE energised SET cleared = '2026-11-06T00:00:00.000Z' WHERE id = 2"));
	after = pl_energised_last_of_unit (sql, row.unit, "2026-12-01T00:00:00.000Z", NULL);
	ck_assert_str_eq (after, "2026-11-06T00:00:00.000Z");
	end ();
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("db-grading");
	TCase *tcase = tcase_create ("grading");

	tcase_add_test (tcase, a_later_grading_stands_beside_the_earlier_and_the_unit_follows_it);
	tcase_add_test (tcase, a_grading_is_a_row_of_the_journal_and_cannot_be_changed_unseen);
	tcase_add_test (tcase, medians_of_earlier_lots_come_in_the_order_of_the_lots);
	tcase_add_test (tcase, a_unit_knows_when_current_last_could_flow_through_it);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
