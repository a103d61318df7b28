/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/integers.h"

/*
 * What a span looks like from afar: of each stretch of 256 samples the least and the greatest of
 * every column, the time's, too. A curve of days is drawn from these alone. Pure functions.
 */
#define PL_PYRAMID_STRETCH 256
static inline gsize
pl_pyramid_stretches (gsize n)
{
	return (n + PL_PYRAMID_STRETCH - 1) / PL_PYRAMID_STRETCH;
}

/* Of n samples from `from` on. */
GBytes *pl_pyramid_make (const PlIntegers *samples, gsize from, gsize n);
/* Two samples a stretch to the end of `into`: the least ones, then the greatest ones;
 * PL_INTEGER_NONE where a column has no value in the stretch. CODEC_ERROR_DAMAGED leaves it as it
 * was. */
gboolean pl_pyramid_parse (const guint8 *data, gsize len, gsize n, PlIntegers *into,
			   GError **error);
