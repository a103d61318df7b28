/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Runs, steps and measurements as rows. Writers are meant for use inside one PlDbWork; a step is
 * one commit with its measurements and curves. */

typedef struct {
	/* words: a text in the place of value; source: where the limit is from; raw: the reply as
	 * it came; NULL = none */
	char *name, *words, *unit, *comparator, *equals, *source, *verdict, *raw;
	double value, low, high; /* NaN = none */
	gint64 instrument, calibration; /* row ids; 0 = none */
	/* filled by loading only */
	char *instrument_text, *calibration_due;
} PlMeasurementRow;

typedef struct {
	gint64 id, seq, attempt; /* seq from 1 in the run; attempt from 1 in the step */
	char *name, *title, *phase, *label, *clause, *started, *ended, *verdict, *message;
	double duration_s;
	GPtrArray *measurements; /* PlMeasurementRow* */
} PlStepRow;

typedef struct {
	gint64 id, unit;
	char *uuid, *serial, *kind, *recipe, *recipe_hash, *station, *bench, *software, *entry,
	    *started;
	char *ended, *verdict, *cause, *grade; /* NULL while open; cause and grade may stay NULL */
	char *operator_name; /* loading only; NULL = nobody had logged in */
	gint64 recipe_version; /* the number for people; recipe_hash is what was run */
	GPtrArray *steps; /* PlStepRow*; NULL unless loaded whole */
} PlRunRow;

void pl_measurement_row_free (gpointer row);
void pl_step_row_free (gpointer row);
void pl_run_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRunRow, pl_run_row_free)

/* The row of a name that goes into records and notes; adds it. */
gboolean pl_operator_row (sqlite3 *sql, const char *name, gint64 *ret_id, GError **error);
/* Remembers the recipe's text under its hash, then opens a run; *ret_id is its row. operator_name
 * may be NULL. */
gboolean pl_run_row_begin (sqlite3 *sql, const PlRunRow *run, const char *recipe_text,
			   const char *operator_name, gint64 *ret_id, GError **error);
/* With its measurements, in one commit: a step is kept whole or not at all. *ret_id is its row, for
 * curves. */
gboolean pl_run_row_add_step (sqlite3 *sql, gint64 run, const PlStepRow *step, gint64 *ret_id,
			      GError **error);
/* Something that happened beside the steps; kind is for filters, text for people. */
gboolean pl_run_row_add_event (sqlite3 *sql, gint64 run, const char *kind, const char *text,
			       GError **error);
/* Once only. */
gboolean pl_run_row_end (sqlite3 *sql, gint64 run, const char *verdict, const char *cause,
			 const char *grade, GError **error);
/* The instrument and, where `due` is given, its calibration; finds or adds rows. */
gboolean pl_instrument_row (sqlite3 *sql, const char *role, const char *maker, const char *model,
			    const char *serial, const char *firmware, const char *calibrated,
			    const char *due, const char *certificate, gint64 *ret_instrument,
			    gint64 *ret_calibration, GError **error);

/* The instruments that have measured here, with their newest calibration (NULL where there is
 * none). */
typedef struct {
	char *role, *maker, *model, *serial, *firmware, *calibrated, *due, *certificate;
} PlInstrumentRow;
void pl_instrument_row_free (gpointer row);
GPtrArray *pl_instrument_rows (sqlite3 *sql, GError **error);

/* Without steps: runs of a unit newest first; those of any unit that have not ended, on that bench
 * (NULL = on any), oldest first. */
GPtrArray *pl_run_rows_of_unit (sqlite3 *sql, gint64 unit, GError **error);
GPtrArray *pl_run_rows_open (sqlite3 *sql, const char *bench, GError **error);
/* Newest first, at most `most`. */
GPtrArray *pl_run_rows_last (sqlite3 *sql, guint most, GError **error);
/* With steps and measurements. */
PlRunRow *pl_run_row_load (sqlite3 *sql, gint64 run, GError **error);
