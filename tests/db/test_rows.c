/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/label.h"
#include "db/outbox.h"
#include "db/run.h"
#include "db/sample.h"
#include "db/unit.h"
#include "tests/db/common.h"
#include <math.h>

/* One handle, no writer thread: these are the functions that a PlDbWork calls. */
static sqlite3 *
open_rows (PlDb **ret_db)
{
	g_autofree char *folder = test_folder ();
	sqlite3 *sql;

	*ret_db = open_in (folder);
	ck_assert_int_eq (sqlite3_open (pl_db_file (*ret_db), &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, "PRAGMA foreign_keys = ON", NULL, NULL, NULL),
			  SQLITE_OK);
	return sql;
}

static gint64
new_unit (sqlite3 *sql, const char *kind, const char *serial)
{
	g_autoptr (GError) error = NULL;
	gint64 id;

	ck_assert_ok (pl_unit_register (sql, kind, serial, "plain", NULL, NULL, NULL, &id, &error),
		      error);
	return id;
}

static gint64
new_run (sqlite3 *sql, gint64 unit)
{
	g_autofree char *uuid = pl_uuid7 ();
	PlRunRow run = {.unit = unit,
			.uuid = uuid,
			.kind = (char *)"simulated",
			.recipe = (char *)"r",
			.recipe_hash = (char *)"h",
			.recipe_version = 1,
			.station = (char *)"s",
			.bench = (char *)"b",
			.software = (char *)"0",
			.entry = (char *)"typed",
			.started = (char *)"2026-11-23T00:00:00.000Z"};
	g_autoptr (GError) error = NULL;
	gint64 id;

	ck_assert_ok (pl_run_row_begin (sql, &run, "recipe text", "badge-1", &id, &error), error);
	return id;
}

static gint64
new_step (sqlite3 *sql, gint64 run, GPtrArray *measurements)
{
	PlStepRow step = {.seq = 1,
			  .attempt = 1,
			  .name = (char *)"ground-bond",
			  .title = (char *)"Ground",
			  .phase = (char *)"main",
			  .label = (char *)"routine",
			  .started = (char *)"a",
			  .ended = (char *)"b",
			  .verdict = (char *)"PASS",
			  .measurements = measurements};
	g_autoptr (GError) error = NULL;
	gint64 id;

	ck_assert_ok (pl_run_row_add_step (sql, run, &step, &id, &error), error);
	return id;
}

START_TEST (registering_a_unit_twice_finds_the_same_one)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);

	ck_assert_int_eq (new_unit (sql, "pack", "P1"), new_unit (sql, "pack", "P1"));
	ck_assert_int_ne (new_unit (sql, "pack", "P1"), new_unit (sql, "cell", "P1"));
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (a_cell_cannot_be_in_two_packs_and_its_history_stays)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 cell = new_unit (sql, "cell", "C1"), one = new_unit (sql, "pack", "P1"),
	       two = new_unit (sql, "pack", "P2");
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) children = NULL;

	ck_assert_ok (pl_unit_link (sql, cell, one, 1, "built", "line", &error), error);
	ck_assert (!pl_unit_link (sql, cell, two, 1, "built", "line", &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	ck_assert_ptr_nonnull (strstr (error->message, "P1"));
	g_clear_error (&error);
	ck_assert_ok (pl_unit_unlink (sql, cell, "swap", "rework", &error), error);
	ck_assert_ok (pl_unit_link (sql, cell, two, 1, "rebuilt", "rework", &error), error);
	children = pl_unit_children (sql, two, &error);
	ck_assert_uint_eq (children->len, 1);
	ck_assert_str_eq (((PlUnitRow *)g_ptr_array_index (children, 0))->serial, "C1");
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (a_run_ends_once)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 run = new_run (sql, new_unit (sql, "pack", "P1"));
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) open = pl_run_rows_open (sql, NULL, &error);

	ck_assert_uint_eq (open->len, 1);
	ck_assert_ok (pl_run_row_end (sql, run, "PASS", NULL, "A", &error), error);
	ck_assert (!pl_run_row_end (sql, run, "FAIL", NULL, NULL, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (measurements_come_back_as_they_were_and_cannot_be_changed)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 run = new_run (sql, new_unit (sql, "pack", "P1")), instrument, calibration;
	PlMeasurementRow m = {.name = (char *)"resistance_ohm",
			      .value = 0.0123456789012345,
			      .low = NAN,
			      .high = 0.1,
			      .unit = (char *)"ohm",
			      .comparator = (char *)"LE",
			      .source = (char *)"UL 1973 40.3",
			      .verdict = (char *)"PASS",
			      .raw = (char *)"GB ,PASS"};
	g_autoptr (GPtrArray) all = g_ptr_array_new ();
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRunRow) back = NULL;
	const PlMeasurementRow *got;

	ck_assert_ok (pl_instrument_row (sql, "hipot", "GW Instek", "GPT-9904", "E1", "v2",
					 "2026-01-01", "2027-01-01", NULL, &instrument,
					 &calibration, &error),
		      error);
	m.instrument = instrument;
	m.calibration = calibration;
	g_ptr_array_add (all, &m);
	new_step (sql, run, all);
	back = pl_run_row_load (sql, run, &error);
	ck_assert_ok (back != NULL, error);
	got =
	    g_ptr_array_index (((PlStepRow *)g_ptr_array_index (back->steps, 0))->measurements, 0);
	ck_assert (!(got->value < m.value) && !(got->value > m.value));
	ck_assert (isnan (got->low));
	ck_assert_str_eq (got->instrument_text, "GW Instek GPT-9904 E1");
	ck_assert_str_eq (got->calibration_due, "2027-01-01");
	ck_assert_int_ne (sqlite3_exec (sql, "UPDATE measurement SET value = 1", NULL, NULL, NULL),
			  SQLITE_OK);
	ck_assert_int_ne (sqlite3_exec (sql, "DELETE FROM measurement", NULL, NULL, NULL),
			  SQLITE_OK);
	ck_assert_int_ne (sqlite3_exec (sql, "UPDATE step SET verdict = 'FAIL'", NULL, NULL, NULL),
			  SQLITE_OK);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (curves_come_back_at_their_resolution_and_damage_is_named)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GPtrArray) none = g_ptr_array_new ();
	gint64 step = new_step (sql, new_run (sql, new_unit (sql, "pack", "P1")), none);
	const char *columns[] = {"pack_v", NULL};
	double scales[] = {1e-4};
	PlSampleCurve curve = {(char *)"pulse",
			       (char **)columns,
			       scales,
			       g_array_new (FALSE, FALSE, 8),
			       g_ptr_array_new (),
			       NULL};
	GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) back = NULL;
	PlSampleCurve *got;

	for (gint64 t = 0; t < 500; t++) {
		double v = 105.1234 + 0.0001 * (t % 7);

		g_array_append_val (curve.t_us, t);
		g_array_append_val (values, v);
	}
	g_ptr_array_add (curve.values, values);
	ck_assert_ok (pl_sample_add (sql, step, &curve, &error), error);
	back = pl_sample_load (sql, step, &error);
	ck_assert_ok (back != NULL, error);
	got = g_ptr_array_index (back, 0);
	for (guint i = 0; i < 500; i++)
		ck_assert_double_eq_tol (
		    g_array_index ((GArray *)g_ptr_array_index (got->values, 0), double, i),
		    g_array_index (values, double, i), 1e-9);
	ck_assert_int_eq (
	    sqlite3_exec (sql, "DROP TRIGGER chunk_immutable; UPDATE chunk SET sha256 = 'x'", NULL,
			  NULL, NULL),
	    SQLITE_OK);
	ck_assert_ptr_null (pl_sample_load (sql, step, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

static void
fill_journal (sqlite3 *sql)
{
	gint64 seq;

	for (guint i = 0; i < 5; i++)
		ck_assert (pl_journal_append (sql, "note", "{}", &seq, NULL, NULL));
}

START_TEST (a_whole_journal_verifies)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GError) error = NULL;
	gint64 rows = 0;

	fill_journal (sql);
	ck_assert_ok (pl_journal_verify (sql, &rows, &error), error);
	ck_assert_int_eq (rows, 5);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (a_tampered_journal_is_found_and_the_row_named)
{
	static const char *const tampers[] = {
	    "UPDATE journal SET body = '{ }' WHERE seq = 3",
	    "UPDATE journal SET utc = 'x' WHERE seq = 3",
	    "UPDATE journal SET kind = 'notf' WHERE seq = 3",
	    "UPDATE journal SET hash = 'ab' WHERE seq = 3",
	    "UPDATE journal SET prev = 'ab' WHERE seq = 3",
	    "DELETE FROM journal WHERE seq = 3",
	};
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GError) error = NULL;
	gint64 rows;

	fill_journal (sql);
	ck_assert_int_eq (sqlite3_exec (sql,
					"DROP TRIGGER journal_immutable; DROP TRIGGER journal_kept",
					NULL, NULL, NULL),
			  SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, tampers[_i], NULL, NULL, NULL), SQLITE_OK);
	ck_assert (!pl_journal_verify (sql, &rows, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	ck_assert_ptr_nonnull (strstr (error->message, "row 3"));
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (the_journal_s_last_rows_come_oldest_first)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GPtrArray) rows = NULL;

	fill_journal (sql);
	rows = pl_journal_last (sql, 2, NULL);
	ck_assert_uint_eq (rows->len, 2);
	ck_assert_int_eq (((PlJournalRow *)g_ptr_array_index (rows, 0))->seq, 4);
	ck_assert_int_eq (((PlJournalRow *)g_ptr_array_index (rows, 1))->seq, 5);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

/* The digest beside a record is changed with it: only the journal still knows. */
START_TEST (a_record_that_was_changed_with_its_digest_is_found_by_the_journal)
{
	static const char *const tampers[] = {
	    "UPDATE record SET body = 'other'",
	    "UPDATE record SET body = 'a', sha256 = "
	    "'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'",
	    "UPDATE journal SET kind = 'note'",
	};
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 run = new_run (sql, new_unit (sql, "pack", "P1")), rows;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_record_add (sql, run, "body", &error), error);
	ck_assert_ok (pl_journal_verify_records (sql, &rows, &error), error);
	ck_assert_int_eq (rows, 1);
	ck_assert_int_eq (
	    sqlite3_exec (sql, "DROP TRIGGER record_immutable; DROP TRIGGER journal_immutable",
			  NULL, NULL, NULL),
	    SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, tampers[_i], NULL, NULL, NULL), SQLITE_OK);
	ck_assert (!pl_journal_verify_records (sql, &rows, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (the_newest_label_of_a_passed_run_comes_back_as_printed_and_no_other_does)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 unit = new_unit (sql, "pack", "P1"), other = new_unit (sql, "pack", "P2");
	gint64 first = new_run (sql, unit), second = new_run (sql, unit);
	gint64 third = new_run (sql, unit), open = new_run (sql, other);
	g_autoptr (GError) error = NULL;
	g_autofree char *newest = NULL, *older = NULL;

	ck_assert (pl_label_add (sql, first, "^XA1^XZ", "printed", &error));
	ck_assert (pl_label_add (sql, second, "^XA2^XZ", "printed", &error));
	ck_assert (pl_label_add (sql, third, "^XA3^XZ", "no paper", &error));
	ck_assert (pl_label_add (sql, open, "^XA4^XZ", "printed", &error));
	ck_assert (pl_run_row_end (sql, first, "PASS", NULL, "A", &error));
	ck_assert (pl_run_row_end (sql, second, "PASS", NULL, "A", &error));
	ck_assert (pl_run_row_end (sql, third, "ERROR", "no paper", NULL, &error));
	newest = pl_label_last (sql, unit, 0, &error);
	older = pl_label_last (sql, 0, first, &error);
	ck_assert_str_eq (newest, "^XA2^XZ");
	ck_assert_str_eq (older, "^XA1^XZ");
	ck_assert_ptr_null (pl_label_last (sql, other, 0, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND);
	ck_assert_ptr_null (pl_label_last (sql, 0, third, NULL));
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (a_serial_finds_its_units_of_every_kind_with_their_position)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 pack = new_unit (sql, "pack", "S1"), cell = new_unit (sql, "cell", "S1");
	g_autoptr (GPtrArray) rows = NULL, none = NULL;

	ck_assert (pl_unit_link (sql, cell, new_unit (sql, "pack", "P9"), 7, "built", "x", NULL));
	rows = pl_unit_rows_of_serial (sql, "S1", NULL);
	none = pl_unit_rows_of_serial (sql, "S2", NULL);
	ck_assert_uint_eq (rows->len, 2);
	ck_assert_int_eq (((PlUnitRow *)g_ptr_array_index (rows, 0))->id, pack);
	ck_assert_int_eq (((PlUnitRow *)g_ptr_array_index (rows, 0))->position, 0);
	ck_assert_int_eq (((PlUnitRow *)g_ptr_array_index (rows, 1))->position, 7);
	ck_assert_uint_eq (none->len, 0);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (an_instrument_is_listed_once_with_its_newest_calibration)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GPtrArray) rows = NULL;
	const PlInstrumentRow *hipot, *plc;
	gint64 i, c;

	ck_assert (pl_instrument_row (sql, "hipot", "GW", "G", "1", "f", "2025-01-01", "2026-01-01",
				      "c1", &i, &c, NULL));
	ck_assert (pl_instrument_row (sql, "hipot", "GW", "G", "1", "f", "2026-01-01", "2027-01-01",
				      "c2", &i, &c, NULL));
	ck_assert (pl_instrument_row (sql, "plc", "", "", "", "", NULL, NULL, NULL, &i, &c, NULL));
	rows = pl_instrument_rows (sql, NULL);
	ck_assert_uint_eq (rows->len, 2);
	hipot = g_ptr_array_index (rows, 0);
	plc = g_ptr_array_index (rows, 1);
	ck_assert_str_eq (hipot->due, "2027-01-01");
	ck_assert_str_eq (hipot->certificate, "c2");
	ck_assert_ptr_null (plc->due);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (what_may_be_live_is_listed_until_it_is_cleared)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	gint64 run = new_run (sql, new_unit (sql, "pack", "P1")), id;
	g_autoptr (GPtrArray) live = NULL, after = NULL;

	ck_assert (pl_energised_add (sql, run, "hipot output", &id, NULL));
	live = pl_energised_list (sql, NULL, NULL);
	ck_assert_uint_eq (live->len, 1);
	ck_assert_str_eq (((PlEnergisedRow *)g_ptr_array_index (live, 0))->serial, "P1");
	ck_assert (pl_energised_clear (sql, id, NULL));
	after = pl_energised_list (sql, NULL, NULL);
	ck_assert_uint_eq (after->len, 0);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

START_TEST (a_partner_s_sequence_has_no_gaps_even_after_a_rollback)
{
	PlDb *db;
	sqlite3 *sql = open_rows (&db);
	g_autoptr (GPtrArray) counts = NULL;
	g_autoptr (GPtrArray) waiting = NULL;
	gint64 seq;

	ck_assert (pl_outbox_add (sql, "cells-east", 0, "record", "{}", &seq, NULL));
	ck_assert_int_eq (sqlite3_exec (sql, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	ck_assert (pl_outbox_add (sql, "cells-east", 0, "record", "{}", &seq, NULL));
	ck_assert_int_eq (sqlite3_exec (sql, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	ck_assert (pl_outbox_add (sql, "cells-east", 0, "record", "{}", &seq, NULL));
	ck_assert_int_eq (seq, 2);
	ck_assert (pl_outbox_mark (sql, "cells-east", 1, "sent", NULL, NULL));
	counts = pl_outbox_counts (sql, NULL);
	ck_assert_uint_eq (counts->len, 1);
	ck_assert_str_eq (((PlOutboxCount *)counts->pdata[0])->partner, "cells-east");
	ck_assert_uint_eq (((PlOutboxCount *)counts->pdata[0])->n, 1);
	waiting = pl_outbox_waiting (sql, NULL, NULL);
	ck_assert_uint_eq (waiting->len, 1);
	sqlite3_close (sql);
	pl_db_close (db);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("rows");
	TCase *tests = tcase_create ("rows");

	tcase_add_test (tests, registering_a_unit_twice_finds_the_same_one);
	tcase_add_test (tests, a_cell_cannot_be_in_two_packs_and_its_history_stays);
	tcase_add_test (tests, a_run_ends_once);
	tcase_add_test (tests, measurements_come_back_as_they_were_and_cannot_be_changed);
	tcase_add_test (tests, curves_come_back_at_their_resolution_and_damage_is_named);
	tcase_add_test (tests, a_whole_journal_verifies);
	tcase_add_loop_test (tests, a_tampered_journal_is_found_and_the_row_named, 0, 6);
	tcase_add_test (tests, the_journal_s_last_rows_come_oldest_first);
	tcase_add_loop_test (
	    tests, a_record_that_was_changed_with_its_digest_is_found_by_the_journal, 0, 3);
	tcase_add_test (tests,
			the_newest_label_of_a_passed_run_comes_back_as_printed_and_no_other_does);
	tcase_add_test (tests, a_serial_finds_its_units_of_every_kind_with_their_position);
	tcase_add_test (tests, an_instrument_is_listed_once_with_its_newest_calibration);
	tcase_add_test (tests, what_may_be_live_is_listed_until_it_is_cleared);
	tcase_add_test (tests, a_partner_s_sequence_has_no_gaps_even_after_a_rollback);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
