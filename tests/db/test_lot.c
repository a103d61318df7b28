/* SPDX-License-Identifier: Apache-2.0 */
#include "db/lot.h"
#include "db/run.h"
#include "db/unit.h"
#include "tests/db/common.h"
#include <math.h>

/* One handle, no writer thread: these are the functions that a PlDbWork calls. */
static PlDb *db;
static sqlite3 *sql;

static void
begin (void)
{
	g_autofree char *folder = test_folder ();

	db = open_in (folder);
	ck_assert_int_eq (sqlite3_open (pl_db_file (db), &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, "PRAGMA foreign_keys = ON; BEGIN", NULL, NULL, NULL),
			  SQLITE_OK);
}

static void
end (void)
{
	ck_assert_int_eq (sqlite3_exec (sql, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close (sql);
	pl_db_close (db);
}

static gint64
new_cell (const char *serial, const char *lot)
{
	g_autoptr (GError) error = NULL;
	gint64 id;

	ck_assert_ok (
	    pl_unit_register (sql, "cell", serial, "plain", "EVE", lot, NULL, &id, &error), error);
	return id;
}

static gint64
new_run (gint64 unit)
{
	g_autofree char *uuid = pl_uuid7 ();
	PlRunRow run = {.unit = unit,
			.uuid = uuid,
			.kind = (char *)"production",
			.recipe = (char *)"cell-incoming",
			.recipe_hash = (char *)"h",
			.recipe_version = 1,
			.station = (char *)"s",
			.bench = (char *)"b",
			.software = (char *)"0",
			.entry = (char *)"scanned",
			.started = (char *)"2026-11-23T00:00:00.000Z"};
	g_autoptr (GError) error = NULL;
	gint64 id;

	ck_assert_ok (pl_run_row_begin (sql, &run, "recipe text", "badge-1", &id, &error), error);
	return id;
}

/* A step with one value, and a temperature beside it. */
static void
add_step (gint64 run, gint64 seq, const char *step, const char *name, double value,
	  const char *verdict)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new ();
	PlMeasurementRow m[] = {
	    {.name = (char *)name, .unit = (char *)"", .value = value, .low = NAN, .high = NAN},
	    {.name = (char *)"temperature_degc",
	     .unit = (char *)"degC",
	     .value = 20 + (double)seq,
	     .low = NAN,
	     .high = NAN}};
	PlStepRow row = {.seq = seq,
			 .attempt = 1,
			 .name = (char *)step,
			 .title = (char *)step,
			 .phase = (char *)"main",
			 .label = (char *)"routine",
			 .started = (char *)"2026-11-23T00:00:00.000Z",
			 .ended = (char *)"2026-11-23T00:00:09.000Z",
			 .verdict = (char *)verdict,
			 .measurements = rows};
	g_autoptr (GError) error = NULL;
	gint64 id;

	for (guint i = 0; i < G_N_ELEMENTS (m); i++)
		g_ptr_array_add (rows, &m[i]);
	ck_assert_ok (pl_run_row_add_step (sql, run, &row, &id, &error), error);
}

static void
end_run (gint64 run, const char *verdict)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_run_row_end (sql, run, verdict, NULL, NULL, &error), error);
}

static void
judged (gint64 unit, const char *step, const char *name, double value, const char *verdict)
{
	gint64 run = new_run (unit);

	add_step (run, 1, step, name, value, "PASS");
	end_run (run, verdict);
}

static PlLotTable *
load (const char *lot, const char *const *names)
{
	const char *lots[] = {lot, NULL};
	g_autoptr (GError) error = NULL;
	PlLotTable *table = pl_lot_table_load (sql, lots, names, &error);

	ck_assert_ok (table != NULL, error);
	return table;
}

static void
assert_value (const PlLotTable *table, guint cell, guint name, double value)
{
	double got = pl_lot_value (table, cell, name);

	ck_assert_msg (isnan (value) ? isnan (got) : fabs (got - value) < 1e-12,
		       "cell %u, %s: %g, not %g", cell, table->names[name], got, value);
}

/* -- claims ------------------------------------------------------------------------------------ */

START_TEST (the_newest_judged_value_of_each_name_counts)
{
	static const char *const names[] = {"capacity_ah", "acir_ohm", "k_v_per_day", NULL};
	g_autoptr (PlLotTable) table = NULL;
	gint64 a, b;

	begin ();
	b = new_cell ("C-2", "L1");
	a = new_cell ("C-1", "L1");
	new_cell ("C-9", "L2");
	judged (a, "discharge", "capacity_ah", 100, "PASS");
	judged (a, "discharge", "capacity_ah", 99, "FAIL");
	judged (a, "acir", "acir_ohm", 0.2e-3, "PASS");
	judged (b, "discharge", "capacity_ah", 101, "PASS");
	table = load ("L1", names);
	ck_assert_uint_eq (table->cells->len, 2);
	ck_assert_str_eq (((PlLotCell *)table->cells->pdata[0])->serial, "C-1");
	ck_assert_str_eq (((PlLotCell *)table->cells->pdata[0])->vendor, "EVE");
	assert_value (table, 0, 0, 99);
	assert_value (table, 0, 1, 0.2e-3);
	assert_value (table, 0, 2, NAN);
	assert_value (table, 1, 0, 101);
	assert_value (table, 1, 1, NAN);
	end ();
}
END_TEST

START_TEST (what_could_not_be_judged_or_was_stopped_counts_for_nothing)
{
	static const char *const names[] = {"capacity_ah", NULL};
	g_autoptr (PlLotTable) table = NULL;
	gint64 unit, open;

	begin ();
	unit = new_cell ("C-1", "L1");
	judged (unit, "discharge", "capacity_ah", 100, "PASS");
	judged (unit, "discharge", "capacity_ah", 1, "ERROR");
	judged (unit, "discharge", "capacity_ah", 2, "ABORTED");
	open = new_run (unit);
	add_step (open, 1, "discharge", "capacity_ah", 3, "PASS");
	open = new_run (unit);
	add_step (open, 1, "discharge", "capacity_ah", 4, "INCONCLUSIVE");
	end_run (open, "FAIL");
	table = load ("L1", names);
	assert_value (table, 0, 0, 100);
	end ();
}
END_TEST

START_TEST (a_name_may_be_that_of_one_step_alone)
{
	static const char *const names[] = {"dcir-50.dcir_ohm", "dcir-5.dcir_ohm", "dcir_ohm",
					    "dcir.dcir_ohm", NULL};
	g_autoptr (PlLotTable) table = NULL;
	gint64 run;

	begin ();
	run = new_run (new_cell ("C-1", "L1"));
	add_step (run, 1, "dcir-50", "dcir_ohm", 0.5e-3, "PASS");
	add_step (run, 2, "dcir-5", "dcir_ohm", 0.9e-3, "PASS");
	end_run (run, "PASS");
	table = load ("L1", names);
	assert_value (table, 0, 0, 0.5e-3);
	assert_value (table, 0, 1, 0.9e-3);
	assert_value (table, 0, 2, 0.9e-3);
	assert_value (table, 0, 3, NAN);
	end ();
}
END_TEST

START_TEST (a_retry_takes_the_place_of_the_attempt_before)
{
	static const char *const names[] = {"capacity_ah", NULL};
	g_autoptr (PlLotTable) table = NULL;
	gint64 run;

	begin ();
	run = new_run (new_cell ("C-1", "L1"));
	add_step (run, 1, "discharge", "capacity_ah", 95, "FAIL");
	add_step (run, 2, "discharge", "capacity_ah", 101, "PASS");
	end_run (run, "PASS");
	table = load ("L1", names);
	assert_value (table, 0, 0, 101);
	end ();
}
END_TEST

/* Held by a plan, or built in already: whoever chooses cells must see it. */
START_TEST (a_cell_says_who_holds_it)
{
	static const char *const names[] = {"capacity_ah", NULL};
	g_autoptr (PlLotTable) table = NULL;
	g_autoptr (GPtrArray) lots = NULL;
	g_autoptr (GError) error = NULL;
	gint64 built, held, pack;
	const PlLotCell *cell;
	const PlLotRow *lot;

	begin ();
	built = new_cell ("C-1", "L1");
	held = new_cell ("C-2", "L1");
	new_cell ("C-3", "L1");
	ck_assert (pl_unit_register (sql, "pack", "P-1", "plain", NULL, NULL, NULL, &pack, NULL));
	ck_assert (pl_unit_link (sql, built, pack, 1, "assembly", "test", NULL));
	ck_assert (pl_sql_run (
	    sql,
	    pl_sql (sql, NULL,
		    "INSERT INTO pack_plan (id, uuid, product, topology, seed, utc, body) "
		    "VALUES (7, 'u', 'p', '1S1P', 0, 't', '{}')",
		    ""),
	    NULL));
	ck_assert (pl_sql_run (
	    sql,
	    pl_sql (sql, NULL, "INSERT INTO pack_plan_cell (plan, position, unit) VALUES (7, 1, ?)",
		    "i", held),
	    NULL));
	table = load ("L1", names);
	cell = g_ptr_array_index (table->cells, 0);
	ck_assert_str_eq (cell->holder, "P-1");
	ck_assert_int_eq (cell->plan, 0);
	cell = g_ptr_array_index (table->cells, 1);
	ck_assert_ptr_null (cell->holder);
	ck_assert_int_eq (cell->plan, 7);
	lots = pl_lot_rows (sql, &error);
	ck_assert_ok (lots != NULL, error);
	ck_assert_uint_eq (lots->len, 1);
	lot = g_ptr_array_index (lots, 0);
	ck_assert_str_eq (lot->lot, "L1");
	ck_assert_str_eq (lot->vendor, "EVE");
	ck_assert_int_eq (lot->cells, 3);
	ck_assert_int_eq (lot->built, 1);
	ck_assert_int_eq (lot->held, 1);
	ck_assert_int_eq (lot->graded, 0);
	end ();
}
END_TEST

START_TEST (a_lot_without_cells_is_named)
{
	static const char *const names[] = {"capacity_ah", NULL};
	const char *lots[] = {"L1", "L-no", NULL};
	g_autoptr (GError) error = NULL;

	begin ();
	new_cell ("C-1", "L1");
	ck_assert_ptr_null (pl_lot_table_load (sql, lots, names, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND);
	ck_assert_ptr_nonnull (strstr (error->message, "\"L-no\""));
	end ();
}
END_TEST

START_TEST (the_last_value_of_a_cell_comes_with_its_time_and_what_stands_beside_it)
{
	g_autoptr (PlMeasured) measured = NULL, earlier = NULL;
	g_autoptr (GError) error = NULL;
	gint64 unit, run;

	begin ();
	unit = new_cell ("C-1", "L1");
	judged (unit, "ocv-1", "ocv_v", 3.25, "PASS");
	run = new_run (unit);
	add_step (run, 4, "ocv-1", "ocv_v", 3.27, "PASS");
	end_run (run, "PASS");
	measured = pl_measured_last (sql, unit, "ocv_v", "temperature_degc", 0, &error);
	ck_assert_ok (measured != NULL, error);
	ck_assert_double_eq_tol (measured->value, 3.27, 1e-12);
	ck_assert_double_eq_tol (measured->beside, 24, 1e-12);
	ck_assert_str_eq (measured->step, "ocv-1");
	ck_assert_str_eq (measured->ended, "2026-11-23T00:00:09.000Z");
	ck_assert_int_eq (measured->run, run);
	earlier = pl_measured_last (sql, unit, "ocv-1.ocv_v", "humidity", run, &error);
	ck_assert_ok (earlier != NULL, error);
	ck_assert_double_eq_tol (earlier->value, 3.25, 1e-12);
	ck_assert (isnan (earlier->beside));
	ck_assert_ptr_null (pl_measured_last (sql, unit, "mass_g", NULL, 0, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND);
	end ();
}
END_TEST

/* -- the plan of ten thousand cells ------------------------------------------------------------ */

static int
keep_text (void *list, int columns, char **texts, char **names)
{
	g_ptr_array_add (list, g_strdup (texts[columns - 1]));
	return 0;
}

/* What SQLite has prepared is asked of the very statement that loading uses. */
static int
explain (unsigned type, void *seen, void *statement, void *text)
{
	const char *query = sqlite3_sql (statement);

	if (g_str_has_prefix (query, "SELECT") && !g_str_has_prefix (query, "SELECT value"))
		g_hash_table_add (seen, g_strdup (query));
	return 0;
}

START_TEST (nothing_is_scanned_or_sorted_row_by_row)
{
	static const char *const names[] = {"capacity_ah", NULL};
	g_autoptr (GHashTable) queries =
	    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr (PlLotTable) table = NULL;
	GHashTableIter iter;
	gpointer query;

	begin ();
	judged (new_cell ("C-1", "L1"), "discharge", "capacity_ah", 100, "PASS");
	sqlite3_trace_v2 (sql, SQLITE_TRACE_STMT, explain, queries);
	table = load ("L1", names);
	sqlite3_trace_v2 (sql, 0, NULL, NULL);
	ck_assert_uint_eq (g_hash_table_size (queries), 2);
	g_hash_table_iter_init (&iter, queries);
	while (g_hash_table_iter_next (&iter, &query, NULL)) {
		g_autofree char *text = g_strconcat ("EXPLAIN QUERY PLAN ", query, NULL);
		g_autoptr (GPtrArray) plan = g_ptr_array_new_with_free_func (g_free);

		ck_assert_int_eq (sqlite3_exec (sql, text, keep_text, plan, NULL), SQLITE_OK);
		ck_assert_uint_gt (plan->len, 0);
		for (guint i = 0; i < plan->len; i++) {
			const char *line = g_ptr_array_index (plan, i);

			ck_assert_msg (!g_str_has_prefix (line, "SCAN"), "%s", line);
			/* serials of one lot are sorted once; values, of which there are
			 * millions, never */
			ck_assert_msg (strstr (query, "u.serial") != NULL ||
					   strstr (line, "TEMP B-TREE") == NULL,
				       "%s", line);
		}
	}
	end ();
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("db-lot");
	TCase *tcase = tcase_create ("lot");

	tcase_add_test (tcase, the_newest_judged_value_of_each_name_counts);
	tcase_add_test (tcase, what_could_not_be_judged_or_was_stopped_counts_for_nothing);
	tcase_add_test (tcase, a_name_may_be_that_of_one_step_alone);
	tcase_add_test (tcase, a_retry_takes_the_place_of_the_attempt_before);
	tcase_add_test (tcase, a_cell_says_who_holds_it);
	tcase_add_test (tcase, a_lot_without_cells_is_named);
	tcase_add_test (tcase,
			the_last_value_of_a_cell_comes_with_its_time_and_what_stands_beside_it);
	tcase_add_test (tcase, nothing_is_scanned_or_sorted_row_by_row);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
