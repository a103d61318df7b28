/* SPDX-License-Identifier: Apache-2.0 */
#include "db/curve.h"
#include "db/codec.h"
#include "db/curve_log.h"
#include "db/pyramid.h"
#include "db/span.h"
#include <math.h>

/* A curve as it is read: its spans, then what is only in the log. Each stretch of samples is given
 * to `take`, which looks at those of from_us..to_us. */
typedef struct Reading Reading;
struct Reading {
	const PlCurveRow *row;
	gint64 from_us, to_us;
	gint64 end; /* samples that have been come by */
	PlIntegers *samples; /* of one span or entry of the log */
	void (*take) (Reading *reading);
	gpointer into;
	GChecksum *checksum; /* over all spans; NULL = not of a sealed curve, or not of all of it */
};

/* -- the log ----------------------------------------------------------------------------------- */

static gboolean
read_entry (const PlLogEntry *entry, gpointer data, GError **error)
{
	Reading *r = data;
	gint64 end = entry->first + (gint64)entry->n;
	gsize known;

	if (entry->curve != r->row->id || end <= r->end)
		return TRUE;
	if (entry->first > r->end)
		return pl_span_damaged (r->row->id, "the log lacks samples", error);
	r->samples->n = 0;
	if (!pl_log_entry_read (entry, r->samples, error))
		return FALSE;
	known = (gsize)(r->end - entry->first);
	pl_integers_drop (r->samples, known);
	r->end = end;
	r->take (r);
	return TRUE;
}

static gboolean
read_log (sqlite3 *sql, Reading *r, GError **error)
{
	g_autoptr (sqlite3_stmt) rows =
	    pl_sql (sql, error, "SELECT data FROM slog ORDER BY id", "");
	int more = -1;

	if (!pl_span_end (sql, r->row->id, &r->end, error))
		return FALSE;
	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1)
		if (!pl_log_walk (sqlite3_column_blob (rows, 0),
				  (gsize)sqlite3_column_bytes (rows, 0), read_entry, r, error))
			return FALSE;
	return more == 0;
}

/* Codec errors say what is wrong with bytes; who reads a curve is told what to do. */
static gboolean
tell (const Reading *r, gboolean ok, GError **error)
{
	g_autofree char *what = g_strdup_printf ("curve %s", r->row->name);

	if (!ok)
		pl_span_as_corrupt (what, error);
	return ok;
}

/* -- values ------------------------------------------------------------------------------------ */

/* 33000 steps of 1e-4 are 3.3, which 33000 * 1e-4 is not quite: dividing by the whole number of
 * steps in one gives the very double that the instrument's text was. */
static double
value_of (gint64 integer, double scale)
{
	double steps = nearbyint (1 / scale);

	if (integer == PL_INTEGER_NONE)
		return NAN;
	return steps >= 1 && fabs (steps * scale - 1) < 1e-12 ? (double)integer / steps
							      : (double)integer * scale;
}

static PlSampleCurve *
new_curve (const PlCurveRow *row)
{
	PlSampleCurve *curve = g_new0 (PlSampleCurve, 1);
	guint n = g_strv_length (row->columns);

	curve->curve = g_strdup (row->name);
	curve->columns = g_strdupv (row->columns);
	curve->scales = g_memdup2 (row->scales, n * sizeof (double));
	curve->sha256 = g_strdup (row->sealed);
	curve->t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
	curve->values = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
	for (guint i = 0; i < n; i++)
		g_ptr_array_add (curve->values, g_array_new (FALSE, FALSE, sizeof (double)));
	return curve;
}

static void
take_values (Reading *r)
{
	PlSampleCurve *into = r->into;
	const gint64 *t_us = r->samples->columns[0];

	for (gsize i = 0; i < r->samples->n; i++) {
		if (t_us[i] < r->from_us || t_us[i] > r->to_us)
			continue;
		g_array_append_val (into->t_us, t_us[i]);
		for (guint c = 0; c < into->values->len; c++) {
			double value = value_of (r->samples->columns[c + 1][i], into->scales[c]);

			g_array_append_val (g_ptr_array_index (into->values, c), value);
		}
	}
}

static void
digest_span (Reading *r, const PlSpan *span)
{
	gsize len;
	const guint8 *data = g_bytes_get_data (span->data, &len);

	if (r->checksum != NULL)
		g_checksum_update (r->checksum, data, (gssize)len);
}

/* A span that is whole may still stand where another was, or be missing. */
static gboolean
is_sealed_so (const Reading *r, GError **error)
{
	return r->checksum == NULL ||
	       g_str_equal (g_checksum_get_string (r->checksum), r->row->sealed) ||
	       pl_span_damaged (r->row->id, "it is not what was sealed", error);
}

static gboolean
read_spans (sqlite3 *sql, Reading *r, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_span_query (sql, r->row->id, 0, r->from_us, r->to_us, error);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		g_autoptr (PlSpan) span = pl_span_take (found, PL_SPAN_DATA, error);

		r->samples->n = 0;
		if (span == NULL || !pl_span_unpack (span, r->samples, error))
			return FALSE;
		digest_span (r, span);
		r->take (r);
	}
	return more == 0 && is_sealed_so (r, error);
}

gboolean
pl_curve_read (sqlite3 *sql, gint64 curve, gint64 from_us, gint64 to_us, PlSampleCurve **ret,
	       GError **error)
{
	g_autoptr (PlCurveRow) row = pl_curve_row (sql, curve, error);
	g_autoptr (PlIntegers) samples = NULL;
	g_autoptr (GChecksum) checksum = NULL;
	PlSampleCurve *into;
	Reading r;
	gboolean ok;

	if (row == NULL)
		return FALSE;
	samples = pl_integers_new (g_strv_length (row->columns) + 1);
	if (row->sealed != NULL && from_us == G_MININT64 && to_us == G_MAXINT64)
		checksum = g_checksum_new (G_CHECKSUM_SHA256);
	into = new_curve (row);
	r = (Reading){row, from_us, to_us, 0, samples, take_values, into, checksum};
	ok = read_spans (sql, &r, error) && (row->sealed != NULL || read_log (sql, &r, error));
	if (tell (&r, ok, error))
		*ret = into;
	else
		pl_sample_curve_free (into);
	return ok;
}

/* -- from afar --------------------------------------------------------------------------------- */

void
pl_curve_envelope_free (PlCurveEnvelope *envelope)
{
	g_strfreev (envelope->columns);
	g_free (envelope->low);
	g_free (envelope->high);
	g_free (envelope);
}

static guint
bucket_of (const PlCurveEnvelope *e, gint64 t_us)
{
	double part = ((double)t_us - (double)e->from_us) /
		      ((double)e->to_us - (double)e->from_us + 1) * e->n_buckets;

	return (guint)CLAMP (part, 0, e->n_buckets - 1);
}

/* fmin and fmax pass over a NaN */
static void
widen (Reading *r, guint bucket, gsize low, gsize high)
{
	PlCurveEnvelope *e = r->into;

	for (guint c = 0; c + 1 < r->samples->n_columns; c++) {
		const gint64 *column = r->samples->columns[c + 1];
		gsize at = (gsize)c * e->n_buckets + bucket;

		e->low[at] = fmin (e->low[at], value_of (column[low], r->row->scales[c]));
		e->high[at] = fmax (e->high[at], value_of (column[high], r->row->scales[c]));
	}
}

static void
take_extremes (Reading *r)
{
	PlCurveEnvelope *e = r->into;
	const gint64 *t_us = r->samples->columns[0];

	for (gsize i = 0; i < r->samples->n; i++)
		if (t_us[i] >= r->from_us && t_us[i] <= r->to_us) {
			widen (r, bucket_of (e, t_us[i]), i, i);
			e->n++;
		}
}

/* TRUE if the span could be told from its pyramid alone: no stretch is longer than a bucket. */
static gboolean
take_pyramid (Reading *r, const PlSpan *span, gboolean *ret_taken, GError **error)
{
	PlCurveEnvelope *e = r->into;
	double bucket_us = ((double)e->to_us - (double)e->from_us + 1) / e->n_buckets;
	gsize len;
	const guint8 *data = g_bytes_get_data (span->pyramid, &len);
	const gint64 *t_us;

	r->samples->n = 0;
	*ret_taken = FALSE;
	if (!pl_pyramid_parse (data, len, span->n, r->samples, error))
		return FALSE;
	t_us = r->samples->columns[0];
	for (gsize i = 0; i < r->samples->n; i += 2)
		if ((double)t_us[i + 1] - (double)t_us[i] > bucket_us)
			return TRUE;
	for (gsize i = 0; i < r->samples->n; i += 2) {
		if (t_us[i + 1] < r->from_us || t_us[i] > r->to_us)
			continue;
		for (guint b = bucket_of (e, t_us[i]); b <= bucket_of (e, t_us[i + 1]); b++)
			widen (r, b, i, i + 1);
		e->n += (gint64)MIN (PL_PYRAMID_STRETCH, span->n - i / 2 * PL_PYRAMID_STRETCH);
	}
	*ret_taken = TRUE;
	return TRUE;
}

static gboolean
read_outlines (sqlite3 *sql, Reading *r, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_span_query (sql, r->row->id, 0, r->from_us, r->to_us, error);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		g_autoptr (PlSpan) outline = pl_span_take (found, PL_SPAN_PYRAMID, error);
		g_autoptr (PlSpan) span = NULL;
		gboolean taken;

		if (outline == NULL || !take_pyramid (r, outline, &taken, error))
			return FALSE;
		if (taken)
			continue;
		span = pl_span_take (found, PL_SPAN_DATA, error);
		r->samples->n = 0;
		if (span == NULL || !pl_span_unpack (span, r->samples, error))
			return FALSE;
		r->take (r);
	}
	return more == 0;
}

/* The times that there are, to cut what was asked for to. */
static void
take_times (Reading *r)
{
	PlCurveEnvelope *e = r->into;

	for (gsize i = 0; i < r->samples->n; i++) {
		e->from_us = MIN (e->from_us, r->samples->columns[0][i]);
		e->to_us = MAX (e->to_us, r->samples->columns[0][i]);
	}
}

static gboolean
read_times (sqlite3 *sql, Reading *r, GError **error)
{
	PlCurveEnvelope *e = r->into;
	g_autoptr (sqlite3_stmt) found =
	    pl_span_query (sql, r->row->id, 0, G_MININT64, G_MAXINT64, error);
	int more = -1;

	e->from_us = G_MAXINT64;
	e->to_us = G_MININT64;
	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		e->from_us = MIN (e->from_us, sqlite3_column_int64 (found, 1));
		e->to_us = MAX (e->to_us, sqlite3_column_int64 (found, 2));
	}
	r->take = take_times;
	if (more != 0 || (r->row->sealed == NULL && !read_log (sql, r, error)))
		return FALSE;
	e->from_us = MAX (e->from_us, r->from_us);
	e->to_us = MIN (e->to_us, r->to_us);
	return TRUE;
}

static PlCurveEnvelope *
new_envelope (const PlCurveRow *row, guint n_buckets)
{
	PlCurveEnvelope *e = g_new0 (PlCurveEnvelope, 1);
	gsize n = (gsize)g_strv_length (row->columns) * n_buckets;

	e->columns = g_strdupv (row->columns);
	e->n_buckets = n_buckets;
	e->low = g_new (double, n);
	e->high = g_new (double, n);
	for (gsize i = 0; i < n; i++)
		e->low[i] = e->high[i] = NAN;
	return e;
}

gboolean
pl_curve_envelope (sqlite3 *sql, gint64 curve, gint64 from_us, gint64 to_us, guint n_buckets,
		   PlCurveEnvelope **ret, GError **error)
{
	g_autoptr (PlCurveRow) row = pl_curve_row (sql, curve, error);
	g_autoptr (PlCurveEnvelope) e = NULL;
	g_autoptr (PlIntegers) samples = NULL;
	Reading r;
	gboolean ok;

	g_assert (n_buckets > 0);
	if (row == NULL)
		return FALSE;
	samples = pl_integers_new (g_strv_length (row->columns) + 1);
	e = new_envelope (row, n_buckets);
	r = (Reading){row, from_us, to_us, 0, samples, take_times, e, NULL};
	ok = read_times (sql, &r, error);
	r.take = take_extremes;
	ok = ok && (e->from_us > e->to_us || (read_outlines (sql, &r, error) &&
					      (row->sealed != NULL || read_log (sql, &r, error))));
	if (tell (&r, ok, error))
		*ret = g_steal_pointer (&e);
	return ok;
}
