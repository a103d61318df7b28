/* SPDX-License-Identifier: Apache-2.0 */
#include "db/curve_growing.h"
#include "db/span.h"

/*
 * The short spans of a curve that grew are merged into long ones, a few short transactions before
 * the one that seals: nobody waits for hours of samples to be written anew. What is merged is what
 * was there, so that an interruption between two of them leaves a whole curve.
 */
#define LONG 16384

typedef struct {
	PlCurves *curves;
	PlGrowing *growing;
	gint64 curve;
	gint64 at; /* samples before it stand in long spans */
	PlIntegers *samples; /* read from `at` on */
	GPtrArray *spans; /* PlSpan*, made of them */
	GChecksum *checksum;
	char *digest;
	gboolean at_end; /* there is nothing behind `samples` */
} Seal;

static void
seal_clear (Seal *s)
{
	g_clear_pointer (&s->samples, pl_integers_free);
	g_clear_pointer (&s->spans, g_ptr_array_unref);
	g_clear_pointer (&s->checksum, g_checksum_free);
	g_free (s->digest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seal, seal_clear)

static void
digest_span (Seal *s, const PlSpan *span)
{
	gsize len;
	const guint8 *data = g_bytes_get_data (span->data, &len);

	g_checksum_update (s->checksum, data, (gssize)len);
}

/* A span that is long already stays; of others as many as make a long one. */
static gboolean
read_spans (sqlite3 *sql, gpointer data, GError **error)
{
	Seal *s = data;
	g_autoptr (sqlite3_stmt) found =
	    pl_span_query (sql, s->curve, s->at, G_MININT64, G_MAXINT64, error);
	int more = -1;

	s->samples->n = 0;
	while (found != NULL && s->samples->n < LONG &&
	       (more = pl_sql_step (sql, found, error)) == 1) {
		g_autoptr (PlSpan) span = pl_span_take (found, PL_SPAN_DATA, error);

		if (span == NULL)
			return FALSE;
		if (span->first != s->at + (gint64)s->samples->n)
			return pl_span_damaged (s->curve, "a span is missing", error);
		if (span->n >= LONG && s->samples->n == 0) {
			digest_span (s, span);
			s->at += (gint64)span->n;
			continue;
		}
		if (!pl_span_unpack (span, s->samples, error))
			return FALSE;
	}
	s->at_end = more == 0;
	return more >= 0;
}

static void
make_spans (Seal *s)
{
	g_clear_pointer (&s->spans, g_ptr_array_unref);
	s->spans = g_ptr_array_new_with_free_func (pl_span_free);
	for (gsize i = 0; i < s->samples->n; i += LONG)
		g_ptr_array_add (
		    s->spans,
		    pl_span_make (s->samples, i, MIN (LONG, s->samples->n - i), s->at + (gint64)i));
}

static gboolean
replace_spans (sqlite3 *sql, gpointer data, GError **error)
{
	Seal *s = data;

	if (!pl_span_delete (sql, s->curve, s->at, s->at + (gint64)s->samples->n, error))
		return FALSE;
	for (guint i = 0; i < s->spans->len; i++)
		if (!pl_span_insert (sql, s->curve, g_ptr_array_index (s->spans, i), error))
			return FALSE;
	return TRUE;
}

static gboolean
replace_and_seal (sqlite3 *sql, gpointer data, GError **error)
{
	Seal *s = data;

	return replace_spans (sql, s, error) &&
	       pl_sql_run (sql,
			   pl_sql (sql, error, "UPDATE curve SET sealed = ? WHERE id = ?", "si",
				   s->digest, s->curve),
			   error);
}

/* Until less than a long span is left. */
static gboolean
merge (Seal *s, GError **error)
{
	PlDb *db = s->curves->db;

	if (!pl_db_read (db, read_spans, s, error))
		return FALSE;
	while (!s->at_end || s->samples->n >= LONG) {
		make_spans (s);
		if (!pl_db_write (db, replace_spans, s, error) ||
		    !pl_db_read (db, read_spans, s, error))
			return FALSE;
	}
	return TRUE;
}

/* With what is in no span yet; no commit meanwhile, since it would log what is sealed here. */
static gboolean
seal (Seal *s, GError **error)
{
	pl_integers_append (s->samples, s->growing->tail, 0, s->growing->tail->n);
	make_spans (s);
	for (guint i = 0; i < s->spans->len; i++)
		digest_span (s, g_ptr_array_index (s->spans, i));
	s->digest = g_strdup (g_checksum_get_string (s->checksum));
	return pl_db_write (s->curves->db, replace_and_seal, s, error);
}

static void
set_sealing (PlCurves *curves, PlGrowing *growing, gboolean sealing)
{
	g_mutex_lock (&curves->mutex);
	growing->sealing = sealing;
	g_mutex_unlock (&curves->mutex);
}

/* What goes with its log entries: those are known to be in spans by their numbers. */
static void
forget (PlCurves *curves, gint64 curve)
{
	g_mutex_lock (&curves->mutex);
	g_hash_table_remove (curves->growing, GSIZE_TO_POINTER ((gsize)curve));
	g_mutex_unlock (&curves->mutex);
}

typedef struct {
	gint64 curve, n_in_spans;
	PlCurveRow *row;
} Lookup;

static gboolean
look_up (sqlite3 *sql, gpointer data, GError **error)
{
	Lookup *lookup = data;

	lookup->row = pl_curve_row (sql, lookup->curve, error);
	return lookup->row != NULL && pl_span_end (sql, lookup->curve, &lookup->n_in_spans, error);
}

/* *ret is NULL if it is sealed already. One that an earlier station left, all in spans, is taken
 * up. */
static gboolean
take (PlCurves *curves, gint64 curve, PlGrowing **ret, GError **error)
{
	Lookup lookup = {curve, 0, NULL};
	gboolean ok = TRUE;

	g_mutex_lock (&curves->committing);
	g_mutex_lock (&curves->mutex);
	*ret = pl_curves_find (curves, curve);
	g_mutex_unlock (&curves->mutex);
	if (*ret == NULL)
		ok = pl_db_read (curves->db, look_up, &lookup, error);
	if (ok && *ret == NULL && lookup.row->sealed == NULL) {
		*ret = pl_growing_new (lookup.row, lookup.n_in_spans);
		g_mutex_lock (&curves->mutex);
		pl_curves_keep (curves, *ret);
		g_mutex_unlock (&curves->mutex);
	}
	if (*ret != NULL)
		set_sealing (curves, *ret, TRUE);
	g_mutex_unlock (&curves->committing);
	g_clear_pointer (&lookup.row, pl_curve_row_free);
	return ok;
}

gboolean
pl_curves_seal (PlCurves *curves, gint64 curve, GError **error)
{
	g_auto (Seal) s = {.curves = curves, .curve = curve};
	gboolean ok;

	if (!take (curves, curve, &s.growing, error))
		return FALSE;
	if (s.growing == NULL)
		return TRUE;
	s.samples = pl_integers_new (s.growing->n_values + 1);
	s.checksum = g_checksum_new (G_CHECKSUM_SHA256);
	ok = merge (&s, error);
	g_mutex_lock (&curves->committing);
	ok = ok && seal (&s, error);
	if (ok)
		forget (curves, curve);
	else
		set_sealing (curves, s.growing, FALSE);
	g_mutex_unlock (&curves->committing);
	return ok;
}
