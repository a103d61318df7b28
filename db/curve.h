/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "db/sample.h"

/*
 * Curves that grow for hours or days: one a step and channel, hundreds at once. Samples are kept as
 * whole numbers of each column's resolution. What has come since the last commit is in memory; a
 * commit puts it into one row of a log, for all curves at once; now and then, a few curves a commit
 * so that none waits for all, a curve's samples move from the log into a span of their own. A step
 * that has ended is sealed: merged into long spans that never change again.
 */
typedef struct _PlCurves PlCurves;

/* One a database and station. Takes up what an earlier one has logged and not put into spans. */
PlCurves *pl_curves_open (PlDb *db, GError **error);
/* Commits first. NULL is fine. */
void pl_curves_close (PlCurves *curves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCurves, pl_curves_close)

/* A new curve, or the one that the step has already: then with the same columns, and CONSTRAINT if
 * it is sealed. columns: NULL-terminated names with units, without the time; scales: the resolution
 * of each. Committed when it returns. */
gboolean pl_curves_begin (PlCurves *curves, gint64 run, gint64 step_seq, const char *name,
			  const char *const *columns, const double *scales, gint64 *ret_curve,
			  GError **error);
/* Remembers one sample, one value a column; on any thread, and never waits for the disk. NaN is a
 * value that was not to be had, and reads back as NaN, as does what no integer of that scale
 * holds. A curve that is sealed takes no more: the sample is dropped with a warning. */
void pl_curves_append (PlCurves *curves, gint64 curve, gint64 t_us, const double *values);
/* All that was appended before is durable when it returns TRUE; on failure it is kept for the next
 * commit. Meant to be called about once a second. */
gboolean pl_curves_commit (PlCurves *curves, GError **error);
/* Samples that were appended, durable or not yet; 0 for a curve that is not growing here. */
gint64 pl_curves_count (PlCurves *curves, gint64 curve);
/* The step has ended: everything of the curve is durable, in long spans, under a SHA-256. Others
 * may append and commit meanwhile. A second time changes nothing. */
gboolean pl_curves_seal (PlCurves *curves, gint64 curve, GError **error);

/* -- reading, inside a PlDbWork ---------------------------------------------------------------- */

typedef struct {
	gint64 id, run, step_seq;
	char *name;
	char **columns; /* without the time */
	double *scales;
	char *sealed; /* SHA-256; NULL = it still grows */
} PlCurveRow;
void pl_curve_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCurveRow, pl_curve_row_free)

/* NOT_FOUND if there is none. Caller frees. */
PlCurveRow *pl_curve_row (sqlite3 *sql, gint64 curve, GError **error);
/* By step and name: PlCurveRow*, may be empty. Caller unrefs. */
GPtrArray *pl_curve_rows_of_run (sqlite3 *sql, gint64 run, GError **error);
GPtrArray *pl_curve_rows_of_step (sqlite3 *sql, gint64 run, gint64 step_seq, GError **error);

/* Samples whose time is from_us..to_us, both included, in the order in which they came; those that
 * are only in the log, too. CORRUPT if anything of it is damaged. Caller frees. */
gboolean pl_curve_read (sqlite3 *sql, gint64 curve, gint64 from_us, gint64 to_us,
			PlSampleCurve **ret, GError **error);

/* What a curve looks like from afar: the least and the greatest value of each column in even
 * stretches of time. */
typedef struct {
	char **columns;
	guint n_buckets;
	gint64 from_us, to_us; /* asked for, cut to what there is */
	gint64 n; /* samples that were looked at */
	double *low, *high; /* [column * n_buckets + bucket]; NaN = no value there */
} PlCurveEnvelope;
void pl_curve_envelope_free (PlCurveEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCurveEnvelope, pl_curve_envelope_free)

/* G_MININT64 and G_MAXINT64 stand for all of it. Nothing of a bucket's time is ever missing from
 * it; where buckets are wide, spans are not unpacked, and up to 256 samples on a bucket's edge
 * count for both sides. Caller frees. */
gboolean pl_curve_envelope (sqlite3 *sql, gint64 curve, gint64 from_us, gint64 to_us,
			    guint n_buckets, PlCurveEnvelope **ret, GError **error);
