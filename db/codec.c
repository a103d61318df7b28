/* SPDX-License-Identifier: Apache-2.0 */
#include "db/codec.h"
#include "db/varint.h"
#include <math.h>
#include <string.h>
#include <zstd.h>

G_DEFINE_QUARK (pl - codec - error - quark, pl_codec_error)

/* chunk: "PLC1", u32 n, u32 columns, u32 raw bytes (little-endian), then one zstd frame */
#define HEAD 16
/* a day at 190 Hz; no curve of ours comes near it */
#define MAX_SAMPLES (16u * 1024 * 1024)

static void
put_u32 (guint8 *at, guint32 value)
{
	value = GUINT32_TO_LE (value);
	memcpy (at, &value, 4);
}

static guint32
get_u32 (const guint8 *at)
{
	guint32 value;

	memcpy (&value, at, 4);
	return GUINT32_FROM_LE (value);
}

static void
free_context (gpointer context)
{
	ZSTD_freeCCtx (context);
}

/* A context is a megabyte that the system has to clear: one a thread, not one a curve. */
static ZSTD_CCtx *
own_context (void)
{
	static GPrivate context = G_PRIVATE_INIT (free_context);

	if (g_private_get (&context) == NULL)
		g_private_set (&context, ZSTD_createCCtx ());
	return g_private_get (&context);
}

GBytes *
pl_codec_encode (const gint64 *const *columns, guint n_columns, guint n)
{
	gsize most = (gsize)n_columns * n * 10, bound;
	g_autofree guint8 *raw = g_malloc (most + 1);
	guint8 *at = raw, *chunk;
	gsize len;

	for (guint c = 0; c < n_columns; c++) {
		guint64 before = 0;

		for (guint i = 0; i < n; i++) {
			/* unsigned, so that the widest steps wrap instead of overflowing */
			guint64 delta = (guint64)columns[c][i] - before;

			before = (guint64)columns[c][i];
			at = pl_put_varint (at, pl_zigzag (delta));
		}
	}
	bound = ZSTD_compressBound (at - raw);
	chunk = g_malloc (HEAD + bound);
	/* the digit is the form of the chunk: a file in the field is never rewritten */
	memcpy (chunk, "PLC1", 4);
	put_u32 (chunk + 4, n);
	put_u32 (chunk + 8, n_columns);
	put_u32 (chunk + 12, at - raw);
	/* level 1: the differences leave little to find, and the writer must not wait */
	len = ZSTD_compressCCtx (own_context (), chunk + HEAD, bound, raw, at - raw, 1);
	g_assert (!ZSTD_isError (len));
	return g_bytes_new_take (g_realloc (chunk, HEAD + len), HEAD + len);
}

static gboolean
damaged (GError **error, const char *what)
{
	g_set_error (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED,
		     "the sample chunk is damaged: %s", what);
	return FALSE;
}

static guint8 *
inflate_chunk (const guint8 *data, gsize len, gsize raw_len, GError **error)
{
	g_autofree guint8 *raw = g_malloc (raw_len + 1);
	gsize got = ZSTD_decompress (raw, raw_len, data + HEAD, len - HEAD);

	if (ZSTD_isError (got) || got != raw_len) {
		damaged (error, "its content does not unpack");
		return NULL;
	}
	return g_steal_pointer (&raw);
}

static gboolean
decode_columns (const guint8 *at, const guint8 *end, guint n_columns, guint n, GPtrArray *columns,
		GError **error)
{
	for (guint c = 0; c < n_columns; c++) {
		GArray *column = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n);
		guint64 value = 0, coded;

		g_ptr_array_add (columns, column);
		for (guint i = 0; i < n; i++) {
			gint64 out;

			at = pl_get_varint (at, end, &coded);
			if (at == NULL)
				return damaged (error, "it ends early");
			value += pl_unzigzag (coded);
			out = (gint64)value;
			g_array_append_val (column, out);
		}
	}
	return at == end || damaged (error, "it has bytes too many");
}

gboolean
pl_codec_decode (GBytes *chunk, guint n_columns, GPtrArray **ret_columns, GError **error)
{
	g_autoptr (GPtrArray) columns =
	    g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
	g_autofree guint8 *raw = NULL;
	gsize len;
	const guint8 *data = g_bytes_get_data (chunk, &len);
	guint n, raw_len;

	if (len < HEAD || memcmp (data, "PLC1", 4) != 0)
		return damaged (error, "it does not begin as one");
	n = get_u32 (data + 4);
	raw_len = get_u32 (data + 12);
	if (get_u32 (data + 8) != n_columns)
		return damaged (error, "it has another number of columns");
	/* every sample takes one to ten bytes: a lying head cannot make us allocate */
	if (n > MAX_SAMPLES || raw_len < (guint64)n * n_columns ||
	    raw_len > (guint64)n * n_columns * 10)
		return damaged (error, "its head contradicts itself");
	raw = inflate_chunk (data, len, raw_len, error);
	if (raw == NULL || !decode_columns (raw, raw + raw_len, n_columns, n, columns, error))
		return FALSE;
	*ret_columns = g_steal_pointer (&columns);
	return TRUE;
}

gboolean
pl_codec_scale (double value, double scale, gint64 *ret, GError **error)
{
	double scaled = value / scale;

	/* 9e18 is just below 2^63, where llround has no answer any more */
	if (!isfinite (scaled) || fabs (scaled) > 9e18) {
		g_set_error (error, PL_CODEC_ERROR, PL_CODEC_ERROR_RANGE,
			     "%g does not fit a sample of scale %g", value, scale);
		return FALSE;
	}
	*ret = (gint64)llround (scaled);
	return TRUE;
}
