/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "db/integers.h"

/* Inside db only: a stretch of a curve as it lies in its row. */
typedef struct {
	gint64 first; /* number of its first sample in the curve */
	gint64 t0, t1; /* least and greatest time */
	gsize n;
	GBytes *pyramid, *data;
} PlSpan;
void pl_span_free (gpointer span);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSpan, pl_span_free)

/* Of n samples from `from` on, at most PL_CODEC_SPAN_MOST; any thread. */
PlSpan *pl_span_make (const PlIntegers *samples, gsize from, gsize n, gint64 first);

/* Inside a PlDbWork. */
gboolean pl_span_insert (sqlite3 *sql, gint64 curve, const PlSpan *span, GError **error);
/* Those that begin at the samples first..last-1 of the curve. */
gboolean pl_span_delete (sqlite3 *sql, gint64 curve, gint64 first, gint64 last, GError **error);
/* How many samples of the curve stand in spans. */
gboolean pl_span_end (sqlite3 *sql, gint64 curve, gint64 *ret, GError **error);

/* In order of their samples, those that have any time of from..to and begin at or after `first`;
 * step with pl_sql_step, then take: its row, with a pyramid or with data, proved whole. */
sqlite3_stmt *pl_span_query (sqlite3 *sql, gint64 curve, gint64 first, gint64 from_us, gint64 to_us,
			     GError **error);
typedef enum { PL_SPAN_PYRAMID = 1, PL_SPAN_DATA = 2 } PlSpanParts;
PlSpan *pl_span_take (sqlite3_stmt *query, PlSpanParts parts, GError **error);
gboolean pl_span_unpack (const PlSpan *span, PlIntegers *into, GError **error);
/* Makes CORRUPT, with what to do, of what the codecs say of bytes; leaves other errors. */
void pl_span_as_corrupt (const char *what, GError **error);
/* Says CORRUPT and what to do, whatever was found. Returns FALSE. */
gboolean pl_span_damaged (gint64 curve, const char *what, GError **error);
