/* SPDX-License-Identifier: Apache-2.0 */
#include "db/pyramid.h"
#include "db/codec.h"
#include "db/varint.h"

/* Of each stretch and column: how much the least differs from the last stretch's, and how much
 * greater the greatest is; the first byte of a column without values says 1 and is all of it. */

static guint8 *
put_stretch (guint8 *at, const gint64 *values, gsize n, guint64 *before)
{
	gint64 low = G_MAXINT64, high = PL_INTEGER_NONE;

	for (gsize i = 0; i < n; i++) {
		if (values[i] == PL_INTEGER_NONE)
			continue;
		low = MIN (low, values[i]);
		high = MAX (high, values[i]);
	}
	if (high == PL_INTEGER_NONE)
		return pl_put_varint (at, 1);
	*at++ = 0;
	at = pl_put_varint (at, pl_zigzag ((guint64)low - *before));
	*before = (guint64)low;
	return pl_put_varint (at, (guint64)high - (guint64)low);
}

GBytes *
pl_pyramid_make (const PlIntegers *samples, gsize from, gsize n)
{
	gsize most = pl_pyramid_stretches (n) * samples->n_columns * 21;
	guint8 *data = g_malloc (most + 1), *at = data;
	g_autofree guint64 *before = g_new0 (guint64, samples->n_columns);

	for (gsize i = 0; i < n; i += PL_PYRAMID_STRETCH)
		for (guint c = 0; c < samples->n_columns; c++)
			at = put_stretch (at, samples->columns[c] + from + i,
					  MIN (PL_PYRAMID_STRETCH, n - i), &before[c]);
	return g_bytes_new_take (g_realloc (data, at - data + 1), at - data);
}

static const guint8 *
get_stretch (const guint8 *at, const guint8 *end, gint64 *low, guint64 *before)
{
	guint64 none, least, range;

	*low = low[1] = PL_INTEGER_NONE;
	at = pl_get_varint (at, end, &none);
	if (at == NULL || none == 1)
		return at;
	at = none == 0 ? pl_get_varint (at, end, &least) : NULL;
	at = at != NULL ? pl_get_varint (at, end, &range) : NULL;
	if (at == NULL)
		return NULL;
	*before += pl_unzigzag (least);
	low[0] = (gint64)*before;
	low[1] = (gint64)(*before + range);
	return at;
}

gboolean
pl_pyramid_parse (const guint8 *data, gsize len, gsize n, PlIntegers *into, GError **error)
{
	gsize stretches = pl_pyramid_stretches (n);
	g_autofree guint64 *before = g_new0 (guint64, into->n_columns);
	const guint8 *at = data, *end = data + len;

	/* a byte a column at least: a lying number cannot make us allocate */
	if (stretches * into->n_columns > len)
		at = NULL;
	else
		pl_integers_reserve (into, 2 * stretches);
	for (gsize i = 0; i < stretches && at != NULL; i++)
		for (guint c = 0; c < into->n_columns && at != NULL; c++)
			at = get_stretch (at, end, into->columns[c] + into->n + 2 * i, &before[c]);
	if (at != end) {
		g_set_error (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED,
			     "the sample chunk is damaged: %s", "its outline does not unpack");
		return FALSE;
	}
	into->n += 2 * stretches;
	return TRUE;
}
