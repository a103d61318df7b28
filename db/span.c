/* SPDX-License-Identifier: Apache-2.0 */
#include "db/span.h"
#include "db/checksum.h"
#include "db/codec.h"
#include "db/pyramid.h"

#define CODEC_RICE 1
#define FIRST_BITS 32 /* of a row's id: four thousand million samples, 13 years at 10 Hz */
#define FIRST_MASK ((1ll << FIRST_BITS) - 1)

void
pl_span_free (gpointer data)
{
	PlSpan *span = data;

	g_clear_pointer (&span->pyramid, g_bytes_unref);
	g_clear_pointer (&span->data, g_bytes_unref);
	g_free (span);
}

PlSpan *
pl_span_make (const PlIntegers *samples, gsize from, gsize n, gint64 first)
{
	PlSpan *span = g_new0 (PlSpan, 1);
	const gint64 *t_us = samples->columns[0] + from;

	span->first = first;
	span->n = n;
	span->t0 = span->t1 = t_us[0];
	/* a clock that was set back makes them others than the first and the last */
	for (gsize i = 1; i < n; i++) {
		span->t0 = MIN (span->t0, t_us[i]);
		span->t1 = MAX (span->t1, t_us[i]);
	}
	span->pyramid = pl_pyramid_make (samples, from, n);
	span->data = pl_codec_pack (samples, from, n);
	return span;
}

static guint32
sum_of (GBytes *bytes)
{
	gsize len;
	const void *data = g_bytes_get_data (bytes, &len);

	return (guint32)pl_checksum (data, len);
}

gboolean
pl_span_insert (sqlite3 *sql, gint64 curve, const PlSpan *span, GError **error)
{
	guint64 sums = (guint64)sum_of (span->pyramid) << 32 | sum_of (span->data);

	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO span (id, t0, t1, n, codec, sums, pyramid, data) "
				   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				   "iiiiiibb", curve << FIRST_BITS | span->first, span->t0,
				   span->t1, (gint64)span->n, (gint64)CODEC_RICE, (gint64)sums,
				   span->pyramid, span->data),
			   error);
}

gboolean
pl_span_delete (sqlite3 *sql, gint64 curve, gint64 first, gint64 last, GError **error)
{
	return pl_sql_run (sql,
			   pl_sql (sql, error, "DELETE FROM span WHERE id >= ? AND id < ?", "ii",
				   curve << FIRST_BITS | first, (curve << FIRST_BITS) + last),
			   error);
}

gboolean
pl_span_end (sqlite3 *sql, gint64 curve, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) last = pl_sql (
	    sql, error, "SELECT id, n FROM span WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
	    "ii", curve << FIRST_BITS, (curve + 1) << FIRST_BITS);
	int more = last != NULL ? pl_sql_step (sql, last, error) : -1;

	*ret = more == 1
		   ? (sqlite3_column_int64 (last, 0) & FIRST_MASK) + sqlite3_column_int64 (last, 1)
		   : 0;
	return more >= 0;
}

sqlite3_stmt *
pl_span_query (sqlite3 *sql, gint64 curve, gint64 first, gint64 from_us, gint64 to_us,
	       GError **error)
{
	return pl_sql (sql, error,
		       "SELECT id, t0, t1, n, codec, sums, pyramid, data FROM span WHERE id >= ? "
		       "AND id < ? AND t1 >= ? AND t0 <= ? ORDER BY id",
		       "iiii", curve << FIRST_BITS | first, (curve + 1) << FIRST_BITS, from_us,
		       to_us);
}

gboolean
pl_span_damaged (gint64 curve, const char *what, GError **error)
{
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
		     "curve %" G_GINT64_FORMAT " is damaged (%s): restore the last backup", curve,
		     what);
	return FALSE;
}

void
pl_span_as_corrupt (const char *what, GError **error)
{
	g_autoptr (GError) found = NULL;

	if (error == NULL || *error == NULL || (*error)->domain != PL_CODEC_ERROR)
		return;
	found = g_steal_pointer (error);
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT, "%s: %s; restore the last backup",
		     what, found->message);
}

static GBytes *
blob (sqlite3_stmt *query, int column)
{
	const void *data = sqlite3_column_blob (query, column);

	return g_bytes_new (data, (gsize)sqlite3_column_bytes (query, column));
}

PlSpan *
pl_span_take (sqlite3_stmt *query, PlSpanParts parts, GError **error)
{
	gint64 id = sqlite3_column_int64 (query, 0), n = sqlite3_column_int64 (query, 3);
	guint64 sums = (guint64)sqlite3_column_int64 (query, 5);
	g_autoptr (PlSpan) span = g_new0 (PlSpan, 1);
	const char *wrong = NULL;

	span->first = id & FIRST_MASK;
	span->t0 = sqlite3_column_int64 (query, 1);
	span->t1 = sqlite3_column_int64 (query, 2);
	span->n = (gsize)n;
	if (n <= 0 || n > PL_CODEC_SPAN_MOST || sqlite3_column_int (query, 4) != CODEC_RICE)
		wrong = "a span of a kind that this Packline does not know";
	if (parts & PL_SPAN_PYRAMID) {
		span->pyramid = blob (query, 6);
		if (sum_of (span->pyramid) != (guint32)(sums >> 32))
			wrong = "its checksum is another";
	}
	if (parts & PL_SPAN_DATA) {
		span->data = blob (query, 7);
		if (sum_of (span->data) != (guint32)sums)
			wrong = "its checksum is another";
	}
	if (wrong == NULL)
		return g_steal_pointer (&span);
	pl_span_damaged (id >> FIRST_BITS, wrong, error);
	return NULL;
}

gboolean
pl_span_unpack (const PlSpan *span, PlIntegers *into, GError **error)
{
	gsize len;
	const guint8 *data = g_bytes_get_data (span->data, &len);

	return pl_codec_unpack (data, len, span->n, into, error);
}
