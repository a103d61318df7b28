/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/label.h"
#include "db/run.h"
#include "db/sample.h"
#include "station/calibration.h"
#include "station/canonical.h"
#include "station/record.h"
#include "station/route.h"
#include "station/run.h"
#include <math.h>

/* The one place where a run's structs become rows. Each function is one commit. */

typedef struct {
	PlRun *run;
	const PlStepResult *result;
	const char *kind, *text, *verdict;
	gint64 id;
	PlRunRow *row;
} Work;

static gint64
row_of (PlRun *run)
{
	return run->row;
}

/* -- begin ------------------------------------------------------------------------------------- */

static gboolean
add_override (sqlite3 *sql, PlRun *run, gint64 row, GError **error)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();
	g_autofree char *body = NULL;
	gint64 seq;

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "by", run->override_by);
	pl_canonical_member (json, "reason", run->override_reason);
	pl_canonical_member (json, "run", run->id);
	pl_canonical_member (json, "serial", run->serial);
	pl_canonical_member (json, "what", run->overridden);
	pl_canonical_end_object (json);
	body = pl_canonical_text (json);
	return pl_journal_append (sql, "override", body, &seq, NULL, error) &&
	       pl_run_row_add_event (sql, row, "override", pl_run_fact (run, "override"), error);
}

/* Since the route check another slot may have begun with the same pack: it is on one of them. */
static gboolean
begin (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	g_autofree char *who = pl_station_operator (w->run->station);

	return pl_route_is_free (sql, w->run->serial, w->run->unit, error) &&
	       pl_run_row_begin (sql, w->row, w->run->recipe->text, who, &w->id, error) &&
	       (w->run->overridden == NULL || add_override (sql, w->run, w->id, error));
}

/* The id is made here and not when the run was allocated: UUIDv7 sorts by time, and a run begins
 * now. */
gboolean
pl_store_begin (PlRun *run, GError **error)
{
	g_autofree char *now = pl_utc_now ();
	PlRunRow row = {.unit = run->unit,
			.kind = run->kind,
			.recipe = run->recipe->name,
			.recipe_hash = run->recipe->hash,
			.recipe_version = run->recipe->version,
			.station = run->station->name,
			.bench = (char *)pl_bench_name (run->station->bench),
			.software = (char *)PL_VERSION,
			.entry = run->entry,
			.started = now};
	Work w = {.run = run, .row = &row};

	row.uuid = run->id = pl_uuid7 ();
	if (!pl_db_write (run->station->db, begin, &w, error))
		return FALSE;
	run->row = w.id;
	return TRUE;
}

/* -- a step with its measurements and curves --------------------------------------------------- */

/* Copied into the row: the recipe may change, what was judged by may not. */
static void
fill_limit (PlMeasurementRow *row, const PlLimit *limit)
{
	row->low = row->high = NAN;
	if (limit == NULL)
		return;
	row->low = limit->min;
	row->high = limit->max;
	row->equals = limit->equals;
	row->source = limit->source;
	row->comparator = (char *)pl_limit_comparator (limit);
}

/* The serial number that answered; where an instrument cannot tell, the bench file's word for it.
 */
static gboolean
fill_instrument (sqlite3 *sql, PlRun *run, PlRole role, PlMeasurementRow *row, GError **error)
{
	const PlBenchEntry *entry =
	    role < PL_ROLE_LAST ? pl_bench_entry (run->station->bench, role) : NULL;
	const PlIdentity *identity = &run->identities[MIN (role, PL_ROLE_LAST - 1)];
	g_autoptr (PlCalibrationRow) calibration = NULL;
	const char *serial;

	if (entry == NULL)
		return TRUE;
	serial = pl_calibration_serial (entry, identity);
	calibration = pl_calibration_that_counts (sql, entry, serial, error);
	return calibration != NULL &&
	       pl_instrument_row (sql, pl_role_name (role), identity->maker, identity->model,
				  serial, identity->firmware, calibration->calibrated,
				  calibration->due, calibration->certificate, &row->instrument,
				  &row->calibration, error);
}

/* The rows borrow the result's strings: they live until the commit has returned. */
static gboolean
fill_measurements (sqlite3 *sql, PlRun *run, const PlStepResult *result, GPtrArray *rows,
		   GError **error)
{
	gint64 instruments[PL_ROLE_LAST + 1] = {0}, calibrations[PL_ROLE_LAST + 1] = {0};

	for (guint i = 0; i < result->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (result->measurements, i);
		PlMeasurementRow *row = g_new0 (PlMeasurementRow, 1);

		g_ptr_array_add (rows, row);
		row->name = m->name;
		row->words = m->words;
		row->value = m->text ? NAN : m->value;
		row->unit = (char *)m->unit;
		row->raw = m->raw;
		fill_limit (row, m->limit);
		if (m->verdict != PL_VERDICT_NONE)
			row->verdict = (char *)pl_verdict_name (m->verdict);
		if (instruments[m->role] == 0 && !fill_instrument (sql, run, m->role, row, error))
			return FALSE;
		if (instruments[m->role] == 0) {
			instruments[m->role] = row->instrument;
			calibrations[m->role] = row->calibration;
		}
		row->instrument = instruments[m->role];
		row->calibration = calibrations[m->role];
	}
	return TRUE;
}

/* Resolution by unit suffix, finer than any instrument here: 1 uV, 1 uA, 1 mK; anything else 1e-6.
 */
static double
scale_of (const char *column)
{
	return g_str_has_suffix (column, "_degc") ? 1e-3 : 1e-6;
}

/* In the step's own commit: a step without its curve would be half a result. */
static gboolean
add_curves (sqlite3 *sql, gint64 step, const PlStepResult *result, GError **error)
{
	for (guint i = 0; i < result->curves->len; i++) {
		const PlCurve *curve = g_ptr_array_index (result->curves, i);
		guint n = curve->values->len;
		g_autofree double *scales = g_new (double, n);
		PlSampleCurve row = {curve->name, curve->columns, scales,
				     curve->t_us, curve->values,  NULL};

		for (guint c = 0; c < n; c++)
			scales[c] = scale_of (curve->columns[c]);
		if (!pl_sample_add (sql, step, &row, error))
			return FALSE;
	}
	return TRUE;
}

/* One commit a step: after a crash each step is there whole or not at all. */
static gboolean
add_step (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	const PlStepResult *result = w->result;
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
	PlStepRow row = {.seq = result->seq,
			 .attempt = result->attempt,
			 .name = result->step->id,
			 .title = result->step->title,
			 .phase = (char *)pl_phase_name (result->step->phase),
			 .label = (char *)(result->step->routine ? "routine" : "type"),
			 .clause = result->step->clause,
			 .started = result->started,
			 .ended = result->ended,
			 .verdict = (char *)pl_verdict_name (result->verdict),
			 .message = result->message,
			 .duration_s = result->duration_s,
			 .measurements = rows};
	gint64 step;

	return fill_measurements (sql, w->run, result, rows, error) &&
	       pl_run_row_add_step (sql, row_of (w->run), &row, &step, error) &&
	       add_curves (sql, step, result, error);
}

gboolean
pl_store_step (PlRun *run, const PlStepResult *result, GError **error)
{
	Work w = {.run = run, .result = result};

	return pl_db_write (run->station->db, add_step, &w, error);
}

/* -- events and energy ------------------------------------------------------------------------- */

static gboolean
add_event (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_run_row_add_event (sql, row_of (w->run), w->kind, w->text, error);
}

/* A commit of its own: an event of a run that crashes is what one looks for afterwards. */
gboolean
pl_store_event (PlRun *run, const char *kind, const char *text, GError **error)
{
	Work w = {.run = run, .kind = kind, .text = text};

	return pl_db_write (run->station->db, add_event, &w, error);
}

/* Its own commit, synced, before the command that it tells of. */
static gboolean
add_energised (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_energised_add (sql, row_of (w->run), w->text, &w->id, error);
}

gboolean
pl_store_energised (PlRun *run, const char *what, gint64 *ret_id, GError **error)
{
	Work w = {.run = run, .text = what};

	if (!pl_db_write (run->station->db, add_energised, &w, error))
		return FALSE;
	*ret_id = w.id;
	return TRUE;
}

static gboolean
clear_energised (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_energised_clear (sql, w->id, error);
}

gboolean
pl_store_safe (PlRun *run, gint64 id, GError **error)
{
	Work w = {.run = run, .id = id};

	return pl_db_write (run->station->db, clear_energised, &w, error);
}

static gboolean
add_label (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_label_add (sql, row_of (w->run), w->text, w->kind, error);
}

/* Its own commit: a label that was printed has left the printer, whatever becomes of the run. */
gboolean
pl_run_keep_label (PlRun *run, const char *zpl, const char *result, GError **error)
{
	Work w = {.run = run, .text = zpl, .kind = result};

	return pl_db_write (run->station->db, add_label, &w, error);
}

/* -- end: verdict, record and journal in one commit -------------------------------------------- */

/* Verdict and record together, or neither: a verdict without its record cannot be shown to
 * anybody. */
static gboolean
end (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	g_autofree char *body = NULL;

	if (!pl_run_row_end (sql, row_of (w->run), w->verdict, w->run->cause, w->run->grade, error))
		return FALSE;
	body = pl_record_make (sql, row_of (w->run), w->run->facts, w->run->station->home, error);
	return body != NULL && pl_record_add (sql, row_of (w->run), body, error);
}

gboolean
pl_store_end (PlRun *run, GError **error)
{
	Work w = {.run = run, .verdict = pl_run_verdict_name (run->verdict)};

	return pl_db_write (run->station->db, end, &w, error);
}
