/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/integers.h"
#include <glib.h>

/*
 * Sample chunks. Curves are fixed-point data: each column is kept as integers (value / scale),
 * delta + zigzag + varint column by column, then zstd level 1. Measured in the reference against
 * Gorilla, Chimp, Rice and others: within 8 % of the order-0 entropy of the deltas at a fraction of
 * the decode cost. Pure functions.
 */
#define PL_CODEC_ERROR (pl_codec_error_quark ())
GQuark pl_codec_error_quark (void);
typedef enum { PL_CODEC_ERROR_RANGE, PL_CODEC_ERROR_DAMAGED } PlCodecError;

/* columns[c] has n integers. Any gint64 is allowed. Returns a new chunk. */
GBytes *pl_codec_encode (const gint64 *const *columns, guint n_columns, guint n);
/* Fills ret_columns (n_columns new arrays of gint64); refuses a damaged chunk or one of another
 * shape. */
gboolean pl_codec_decode (GBytes *chunk, guint n_columns, GPtrArray **ret_columns, GError **error);
/* value / scale to the nearest integer; RANGE if it is not finite or does not fit. */
gboolean pl_codec_scale (double value, double scale, gint64 *ret, GError **error);

/*
 * Spans of growing curves (db/curve.h): the same integers in a denser form, delta + Rice codes in
 * blocks of 64. How many samples there are stands beside the bytes, not in them.
 */
#define PL_CODEC_SPAN_MOST 65536
/* n samples from `from` on, 1 to PL_CODEC_SPAN_MOST. Any gint64 is allowed. */
GBytes *pl_codec_pack (const PlIntegers *samples, gsize from, gsize n);
/* Puts n samples to the end of `into`, which is left as it was on failure. */
gboolean pl_codec_unpack (const guint8 *data, gsize len, gsize n, PlIntegers *into, GError **error);
