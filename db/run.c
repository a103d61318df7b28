/* SPDX-License-Identifier: Apache-2.0 */
#include "db/run.h"
#include "db/recipe.h"
#include <math.h>

void
pl_measurement_row_free (gpointer data)
{
	PlMeasurementRow *m = data;

	g_free (m->name);
	g_free (m->words);
	g_free (m->unit);
	g_free (m->comparator);
	g_free (m->equals);
	g_free (m->source);
	g_free (m->verdict);
	g_free (m->raw);
	g_free (m->instrument_text);
	g_free (m->calibration_due);
	g_free (m);
}

void
pl_step_row_free (gpointer data)
{
	PlStepRow *step = data;

	g_free (step->name);
	g_free (step->title);
	g_free (step->phase);
	g_free (step->label);
	g_free (step->clause);
	g_free (step->started);
	g_free (step->ended);
	g_free (step->verdict);
	g_free (step->message);
	g_ptr_array_unref (step->measurements);
	g_free (step);
}

void
pl_run_row_free (gpointer data)
{
	PlRunRow *run = data;

	if (run == NULL)
		return;
	g_free (run->uuid);
	g_free (run->serial);
	g_free (run->kind);
	g_free (run->recipe);
	g_free (run->recipe_hash);
	g_free (run->station);
	g_free (run->bench);
	g_free (run->software);
	g_free (run->entry);
	g_free (run->started);
	g_free (run->ended);
	g_free (run->verdict);
	g_free (run->cause);
	g_free (run->grade);
	g_free (run->operator_name);
	g_clear_pointer (&run->steps, g_ptr_array_unref);
	g_free (run);
}

/* -- writing ----------------------------------------------------------------------------------- */

/* Insert first, then look: a name that two slots see for the first time at once is one operator.
 * DO NOTHING leaves last_insert_rowid as it was, hence the second query. */
gboolean
pl_operator_row (sqlite3 *sql, const char *name, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = NULL;

	if (!pl_sql_run (sql,
			 pl_sql (sql, error,
				 "INSERT INTO operator (name) VALUES (?) ON CONFLICT DO NOTHING",
				 "s", name),
			 error))
		return FALSE;
	found = pl_sql (sql, error, "SELECT id FROM operator WHERE name = ?", "s", name);
	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*ret = sqlite3_column_int64 (found, 0);
	return TRUE;
}

gboolean
pl_run_row_begin (sqlite3 *sql, const PlRunRow *run, const char *recipe_text,
		  const char *operator_name, gint64 *ret_id, GError **error)
{
	gint64 who = 0;

	if (operator_name != NULL && !pl_operator_row (sql, operator_name, &who, error))
		return FALSE;
	if (!pl_recipe_row_add (sql, run->recipe_hash, run->recipe, run->recipe_version,
				recipe_text, error) ||
	    !pl_sql_run (sql,
			 pl_sql (sql, error,
				 /* nullif: nobody has logged in is NULL and not an operator with id
				  * 0 */
				 "INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, "
				 "software, operator, entry,"
				 " started) VALUES (?, ?, ?, ?, ?, ?, ?, nullif (?, 0), ?, ?)",
				 "sisssssiss", run->uuid, run->unit, run->kind, run->recipe_hash,
				 run->station, run->bench, run->software, who, run->entry,
				 run->started),
			 error))
		return FALSE;
	*ret_id = sqlite3_last_insert_rowid (sql);
	return TRUE;
}

/* One prepared statement for all measurements of a step: there may be hundreds. */
static gboolean
add_measurements (sqlite3 *sql, gint64 step, GPtrArray *measurements, GError **error)
{
	for (guint i = 0; i < measurements->len; i++) {
		const PlMeasurementRow *m = g_ptr_array_index (measurements, i);

		if (!pl_sql_run (sql,
				 pl_sql (sql, error,
					 "INSERT INTO measurement (step, seq, name, value, words, "
					 "unit, comparator, low, high,"
					 " equals, source, verdict, instrument, calibration, raw)"
					 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif (?, "
					 "0), nullif (?, 0), ?)",
					 "iisdsssddsssiis", step, (gint64)i, m->name, m->value,
					 m->words, m->unit, m->comparator, m->low, m->high,
					 m->equals, m->source, m->verdict, m->instrument,
					 m->calibration, m->raw),
				 error))
			return FALSE;
	}
	return TRUE;
}

/* Called in one work with the step's curves: a step is there with all that belongs to it, or not
 * at all, wherever the power goes. */
gboolean
pl_run_row_add_step (sqlite3 *sql, gint64 run, const PlStepRow *step, gint64 *ret_id,
		     GError **error)
{
	if (!pl_sql_run (
		sql,
		pl_sql (
		    sql, error,
		    "INSERT INTO step (run, seq, name, title, phase, attempt, label, clause, "
		    "started, ended,"
		    " duration, verdict, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    "iisssissssdss", run, step->seq, step->name, step->title, step->phase,
		    step->attempt, step->label, step->clause, step->started, step->ended,
		    step->duration_s, step->verdict, step->message),
		error))
		return FALSE;
	*ret_id = sqlite3_last_insert_rowid (sql);
	return add_measurements (sql, *ret_id, step->measurements, error);
}

gboolean
pl_run_row_add_event (sqlite3 *sql, gint64 run, const char *kind, const char *text, GError **error)
{
	g_autofree char *now = pl_utc_now ();

	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO event (run, utc, kind, text) VALUES (?, ?, ?, ?)",
				   "isss", run, now, kind, text),
			   error);
}

/* Verdict IS NULL is what makes a run open: only this ends it, so that a crash before it shows. */
gboolean
pl_run_row_end (sqlite3 *sql, gint64 run, const char *verdict, const char *cause, const char *grade,
		GError **error)
{
	g_autofree char *now = pl_utc_now ();

	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "UPDATE run SET ended = ?, verdict = ?, cause = ?, grade = ? WHERE id = ?",
		    "ssssi", now, verdict, cause, grade, run),
	    error);
}

/* Takes both statements, which may be NULL: the first error is the one that is told. */
static gboolean
find_or_add (sqlite3 *sql, sqlite3_stmt *add, sqlite3_stmt *find, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = find;

	if (!pl_sql_run (sql, add, error) || found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*ret = sqlite3_column_int64 (found, 0);
	return TRUE;
}

/* New firmware or a new certificate is a new row: a measurement of last year keeps pointing at the
 * instrument as it was then. */
gboolean
pl_instrument_row (sqlite3 *sql, const char *role, const char *maker, const char *model,
		   const char *serial, const char *firmware, const char *calibrated,
		   const char *due, const char *certificate, gint64 *ret_instrument,
		   gint64 *ret_calibration, GError **error)
{
	/* "" and never NULL: two NULLs are no conflict, and the same calibration would be added
	 * again at every run */
	const char *when = calibrated != NULL ? calibrated : "",
		   *paper = certificate != NULL ? certificate : "";

	*ret_calibration = 0;
	if (!find_or_add (sql,
			  pl_sql (sql, error,
				  "INSERT INTO instrument (role, maker, model, serial, firmware) "
				  "VALUES (?, ?, ?, ?, ?)"
				  " ON CONFLICT DO NOTHING",
				  "sssss", role, maker, model, serial, firmware),
			  pl_sql (sql, error,
				  "SELECT id FROM instrument WHERE role = ? AND model = ? AND "
				  "serial = ? AND firmware = ?",
				  "ssss", role, model, serial, firmware),
			  ret_instrument, error))
		return FALSE;
	if (due == NULL)
		return TRUE;
	return find_or_add (sql,
			    pl_sql (sql, error,
				    "INSERT INTO calibration (instrument, calibrated, due, "
				    "certificate) VALUES (?, ?, ?, ?)"
				    " ON CONFLICT DO NOTHING",
				    "isss", *ret_instrument, when, due, paper),
			    pl_sql (sql, error,
				    "SELECT id FROM calibration WHERE instrument = ? AND "
				    "calibrated = ? AND due = ? AND certificate = ?",
				    "isss", *ret_instrument, when, due, paper),
			    ret_calibration, error);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* Numbers first, then texts in the order of run_of (). */
#define RUN_COLUMNS                                                                                \
	"SELECT run.id, run.unit, recipe.version, uuid, unit.serial, run.kind, recipe.name, "      \
	"recipe_hash, station, bench,"                                                             \
	" software, entry, started, ended, verdict, cause, run.grade, operator.name FROM run"      \
	" JOIN unit ON unit.id = run.unit JOIN recipe ON recipe.hash = run.recipe_hash"            \
	" LEFT JOIN operator ON operator.id = run.operator"

static char *
text (sqlite3_stmt *row, int column)
{
	return g_strdup ((const char *)sqlite3_column_text (row, column));
}

/* sqlite3_column_double gives 0 for NULL, and a missing bound of 0 would be a limit. */
static double
number (sqlite3_stmt *row, int column)
{
	return sqlite3_column_type (row, column) == SQLITE_NULL
		   ? NAN
		   : sqlite3_column_double (row, column);
}

static PlRunRow *
run_of (sqlite3_stmt *row)
{
	PlRunRow *run = g_new0 (PlRunRow, 1);
	char **texts[] = {&run->uuid,	     &run->serial,  &run->kind,		&run->recipe,
			  &run->recipe_hash, &run->station, &run->bench,	&run->software,
			  &run->entry,	     &run->started, &run->ended,	&run->verdict,
			  &run->cause,	     &run->grade,   &run->operator_name};

	run->id = sqlite3_column_int64 (row, 0);
	run->unit = sqlite3_column_int64 (row, 1);
	run->recipe_version = sqlite3_column_int64 (row, 2);
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		*texts[i] = text (row, i + 3);
	return run;
}

static GPtrArray *
runs_of (sqlite3 *sql, sqlite3_stmt *query, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_run_row_free);
	g_autoptr (sqlite3_stmt) found = query;
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1)
		g_ptr_array_add (rows, run_of (found));
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
pl_run_rows_of_unit (sqlite3 *sql, gint64 unit, GError **error)
{
	return runs_of (
	    sql,
	    pl_sql (sql, error, RUN_COLUMNS " WHERE run.unit = ? ORDER BY run.id DESC", "i", unit),
	    error);
}

GPtrArray *
pl_run_rows_open (sqlite3 *sql, const char *bench, GError **error)
{
	return runs_of (
	    sql,
	    pl_sql (sql, error,
		    RUN_COLUMNS
		    " WHERE verdict IS NULL AND bench = coalesce (?, bench) ORDER BY run.id",
		    "s", bench),
	    error);
}

GPtrArray *
pl_run_rows_last (sqlite3 *sql, guint most, GError **error)
{
	return runs_of (
	    sql,
	    pl_sql (sql, error, RUN_COLUMNS " ORDER BY run.id DESC LIMIT ?", "i", (gint64)most),
	    error);
}

/* The instrument is told as a text here: a record names it, nobody joins on it any more. LEFT,
 * because a value that a person typed has none. */
static gboolean
load_measurements (sqlite3 *sql, PlStepRow *step, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT value, low, high, name, words, unit, comparator, equals, source, verdict, raw,"
	    " trim (maker || ' ' || model || ' ' || serial), due FROM measurement"
	    " LEFT JOIN instrument ON instrument.id = measurement.instrument"
	    " LEFT JOIN calibration ON calibration.id = measurement.calibration WHERE step = ? "
	    "ORDER BY seq",
	    "i", step->id);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlMeasurementRow *m = g_new0 (PlMeasurementRow, 1);
		char **texts[] = {
		    &m->name,	&m->words,   &m->unit, &m->comparator,	    &m->equals,
		    &m->source, &m->verdict, &m->raw,  &m->instrument_text, &m->calibration_due};

		m->value = number (found, 0);
		m->low = number (found, 1);
		m->high = number (found, 2);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = text (found, i + 3);
		g_ptr_array_add (step->measurements, m);
	}
	return more == 0;
}

/* Two levels of queries, one a step: a run has some twenty steps, and a join would repeat the
 * step's texts for every one of its measurements. */
static gboolean
load_steps (sqlite3 *sql, PlRunRow *run, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT id, seq, attempt, duration, name, title, phase, label, clause, "
		    "started, ended, verdict, message"
		    " FROM step WHERE run = ? ORDER BY seq",
		    "i", run->id);
	int more = -1;

	run->steps = g_ptr_array_new_with_free_func (pl_step_row_free);
	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlStepRow *step = g_new0 (PlStepRow, 1);
		char **texts[] = {&step->name,	&step->title,	&step->phase,
				  &step->label, &step->clause,	&step->started,
				  &step->ended, &step->verdict, &step->message};

		step->id = sqlite3_column_int64 (found, 0);
		step->seq = sqlite3_column_int64 (found, 1);
		step->attempt = sqlite3_column_int64 (found, 2);
		step->duration_s = sqlite3_column_double (found, 3);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = text (found, i + 4);
		step->measurements = g_ptr_array_new_with_free_func (pl_measurement_row_free);
		g_ptr_array_add (run->steps, step);
		if (!load_measurements (sql, step, error))
			return FALSE;
	}
	return more == 0;
}

PlRunRow *
pl_run_row_load (sqlite3 *sql, gint64 id, GError **error)
{
	g_autoptr (GPtrArray) rows =
	    runs_of (sql, pl_sql (sql, error, RUN_COLUMNS " WHERE run.id = ?", "i", id), error);
	g_autoptr (PlRunRow) run = NULL;

	if (rows == NULL)
		return NULL;
	if (rows->len == 0) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND, "there is no run %lld",
			     (long long)id);
		return NULL;
	}
	run = g_ptr_array_steal_index (rows, 0);
	return load_steps (sql, run, error) ? g_steal_pointer (&run) : NULL;
}

/* -- instruments ------------------------------------------------------------------------------- */

void
pl_instrument_row_free (gpointer data)
{
	PlInstrumentRow *row = data;

	g_free (row->role);
	g_free (row->maker);
	g_free (row->model);
	g_free (row->serial);
	g_free (row->firmware);
	g_free (row->calibrated);
	g_free (row->due);
	g_free (row->certificate);
	g_free (row);
}

GPtrArray *
pl_instrument_rows (sqlite3 *sql, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_instrument_row_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT role, maker, model, serial, firmware, calibrated, due, certificate"
		    /* the one that is due last, not the one that was entered last: certificates are
		     * typed in late */
		    " FROM instrument LEFT JOIN calibration ON calibration.id = (SELECT "
		    "calibration.id FROM calibration"
		    " WHERE calibration.instrument = instrument.id ORDER BY due DESC LIMIT 1) "
		    "ORDER BY role, "
		    "instrument.id",
		    "");
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlInstrumentRow *row = g_new0 (PlInstrumentRow, 1);
		char **texts[] = {&row->role,	  &row->maker,	    &row->model, &row->serial,
				  &row->firmware, &row->calibrated, &row->due,	 &row->certificate};

		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = text (found, i);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}
