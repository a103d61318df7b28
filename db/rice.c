/* SPDX-License-Identifier: Apache-2.0 */
#include "db/codec.h"
#include "db/varint.h"
#include <string.h>

/*
 * Packed: for each column its first value, the unit of its steps and their usual size as varints;
 * then one stream of bits. Each further value is the step from the one before, in units, less the
 * usual step, as a Rice code: the quotient by 2^k in zeros and a one, then the k low bits. k is
 * chosen for each block of 64: the noise of a cell's voltage in a rest and in a pulse are not
 * alike.
 *
 * The unit is what makes times cheap: whole milliseconds kept in microseconds are a thousandth.
 */
#define BLOCK 64
/* the longest code, 15 zeros, a one and 39 bits, fits the 57 bits that one read gives for sure */
#define MOST_ZEROS 16
#define K_MOST 39
#define K_BITS 6
#define K_NOTHING 63 /* all steps of the block are the usual one: no codes follow */
#define ESCAPE_BITS (MOST_ZEROS + 64)
/* what a block can take at most, and what a read may look past the end */
#define BLOCK_BYTES (BLOCK * ESCAPE_BITS / 8 + 16)

/* -- bits, the low ones first ------------------------------------------------------------------ */

typedef struct {
	guint8 *at;
	guint64 bits;
	guint n; /* below 8 between two calls */
} Writer;

/* At most 56 bits. Writes eight bytes and moves on by the full ones: no branch, and the caller's
 * buffer is eight bytes longer than what it holds. */
static inline void
put (Writer *w, guint64 bits, guint n)
{
	guint64 out;

	w->bits |= bits << w->n;
	w->n += n;
	out = GUINT64_TO_LE (w->bits);
	memcpy (w->at, &out, 8);
	w->at += w->n >> 3;
	w->bits >>= w->n & ~7u;
	w->n &= 7;
}

/* The next 57 bits at least. */
static inline guint64
peek (const guint8 *data, gsize bit)
{
	guint64 bits;

	memcpy (&bits, data + (bit >> 3), 8);
	return GUINT64_FROM_LE (bits) >> (bit & 7);
}

/* -- what is typical of a column --------------------------------------------------------------- */

typedef struct {
	guint64 unit, usual; /* usual: in units */
} Steps;

static guint64
common_divisor (guint64 a, guint64 b)
{
	while (b != 0) {
		guint64 rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* What every step is a multiple of: 1 for most columns, after a few steps. */
static guint64
unit_of (const gint64 *values, gsize n)
{
	guint64 unit = 0;

	for (gsize i = 1; i < n && unit != 1; i++) {
		gint64 step = (gint64)((guint64)values[i] - (guint64)values[i - 1]);

		unit = common_divisor (step < 0 ? 0 - (guint64)step : (guint64)step, unit);
	}
	/* 2^63 is no signed number, and nothing is gained by it */
	return unit == 0 || unit > G_MAXINT64 ? 1 : unit;
}

/* The middle of some steps spread over the column: a jump or a gap does not move it. */
static guint64
usual_step (const gint64 *values, gsize n, guint64 unit)
{
	gint64 some[31];
	guint n_some = 0;
	gsize stride = MAX (1, (n - 1) / G_N_ELEMENTS (some));

	for (gsize i = 1; i < n && n_some < G_N_ELEMENTS (some); i += stride) {
		gint64 step = (gint64)((guint64)values[i] - (guint64)values[i - 1]);
		guint at = n_some++;

		for (; at > 0 && some[at - 1] > step; at--)
			some[at] = some[at - 1];
		some[at] = step;
	}
	return n_some > 0 ? (guint64)(some[n_some / 2] / (gint64)unit) : 0;
}

/* -- packing ----------------------------------------------------------------------------------- */

static guint64
cost (const guint64 *codes, guint n, guint k)
{
	guint64 bits = 0;

	for (guint i = 0; i < n; i++) {
		guint64 zeros = codes[i] >> k;

		bits += zeros < MOST_ZEROS ? zeros + 1 + k : ESCAPE_BITS;
	}
	return bits;
}

/* Downwards from the mean's, which jumps make too large. */
static guint
best_k (const guint64 *codes, guint n, guint64 sum, guint64 all, guint before)
{
	guint64 mean = sum / n, least;
	guint k = mean > 0 ? MIN (63 - (guint)__builtin_clzll (mean), K_MOST) : 0;

	if (all == 0)
		return K_NOTHING;
	least = cost (codes, n, k);
	while (k > 0) {
		guint64 less = cost (codes, n, k - 1);

		if (less >= least)
			break;
		least = less;
		k--;
	}
	/* another k has to earn the bits that say it */
	return before <= K_MOST && before != k && cost (codes, n, before) <= least + K_BITS ? before
											    : k;
}

static void
put_block (Writer *w, const guint64 *codes, guint n, guint k)
{
	for (guint i = 0; i < n; i++) {
		guint64 zeros = codes[i] >> k, low = codes[i] & ((1ull << k) - 1);

		if (G_LIKELY (zeros < MOST_ZEROS)) {
			put (w, (low << 1 | 1) << zeros, (guint)zeros + 1 + k);
			continue;
		}
		put (w, 0, MOST_ZEROS);
		put (w, codes[i] & G_MAXUINT32, 32);
		put (w, codes[i] >> 32, 32);
	}
}

static void
put_column (Writer *w, const gint64 *values, gsize n, const Steps *steps)
{
	guint k = K_NOTHING;

	for (gsize at = 1; at < n; at += BLOCK) {
		guint64 codes[BLOCK], sum = 0, all = 0;
		guint n_block = (guint)MIN (BLOCK, n - at), next;

		for (guint i = 0; i < n_block; i++) {
			guint64 step = (guint64)values[at + i] - (guint64)values[at + i - 1];

			if (steps->unit != 1)
				step = (guint64)((gint64)step / (gint64)steps->unit);
			codes[i] = pl_zigzag (step - steps->usual);
			/* clipped: 64 of them do not run over */
			sum += MIN (codes[i], 1ull << 50);
			all |= codes[i];
		}
		next = best_k (codes, n_block, sum, all, k);
		if (next == k)
			put (w, 1, 1);
		else
			put (w, next << 1, 1 + K_BITS);
		k = next;
		if (k != K_NOTHING)
			put_block (w, codes, n_block, k);
	}
}

/* Three varints a column, then ten bytes and two bits a value at most. */
static gsize
most_bytes (guint n_columns, gsize n)
{
	return n_columns * (30 + n * ESCAPE_BITS / 8 + n / 8 + 1) + 16;
}

GBytes *
pl_codec_pack (const PlIntegers *samples, gsize from, gsize n)
{
	guint8 *packed = g_malloc (most_bytes (samples->n_columns, n)), *at = packed;
	g_autofree Steps *steps = g_new0 (Steps, samples->n_columns);
	Writer w = {0};

	g_assert (n > 0 && n <= PL_CODEC_SPAN_MOST && from + n <= samples->n);
	for (guint c = 0; c < samples->n_columns; c++) {
		const gint64 *values = samples->columns[c] + from;

		steps[c].unit = unit_of (values, n);
		steps[c].usual = usual_step (values, n, steps[c].unit);
		at = pl_put_varint (at, pl_zigzag ((guint64)values[0]));
		at = pl_put_varint (at, steps[c].unit);
		at = pl_put_varint (at, pl_zigzag (steps[c].usual));
	}
	w.at = at;
	for (guint c = 0; c < samples->n_columns; c++)
		put_column (&w, samples->columns[c] + from, n, &steps[c]);
	at = w.at + (w.n > 0);
	return g_bytes_new_take (g_realloc (packed, at - packed), at - packed);
}

/* -- unpacking --------------------------------------------------------------------------------- */

typedef struct {
	const guint8 *data; /* BLOCK_BYTES of zeros follow */
	gsize bit, n_bits;
} Reader;

static gboolean
damaged (GError **error, const char *what)
{
	g_set_error (error, PL_CODEC_ERROR, PL_CODEC_ERROR_DAMAGED,
		     "the sample chunk is damaged: %s", what);
	return FALSE;
}

static void
get_block (Reader *r, gint64 *values, guint n, guint k, const Steps *steps)
{
	guint64 value = (guint64)values[-1], unit = steps->unit, usual = steps->usual;
	guint64 low = (1ull << k) - 1;
	gsize bit = r->bit;

	for (guint i = 0; i < n; i++) {
		guint64 bits = peek (r->data, bit), code;
		guint zeros = (guint)__builtin_ctzll (bits | 1ull << MOST_ZEROS);

		if (G_LIKELY (zeros < MOST_ZEROS)) {
			code = (guint64)zeros << k | (bits >> (zeros + 1) & low);
			bit += zeros + 1 + k;
		} else {
			code = peek (r->data, bit + MOST_ZEROS) & G_MAXUINT32;
			code |= peek (r->data, bit + MOST_ZEROS + 32) << 32;
			bit += ESCAPE_BITS;
		}
		value += (pl_unzigzag (code) + usual) * unit;
		values[i] = (gint64)value;
	}
	r->bit = bit;
}

static gboolean
get_column (Reader *r, gint64 *values, gsize n, const Steps *steps, GError **error)
{
	guint k = K_NOTHING;

	for (gsize at = 1; at < n; at += BLOCK) {
		guint n_block = (guint)MIN (BLOCK, n - at);
		guint64 bits = peek (r->data, r->bit);

		r->bit += bits & 1 ? 1 : 1 + K_BITS;
		if (!(bits & 1))
			k = bits >> 1 & ((1 << K_BITS) - 1);
		if (k > K_MOST && k != K_NOTHING)
			return damaged (error, "its content does not unpack");
		for (guint i = 0; k == K_NOTHING && i < n_block; i++)
			values[at + i] =
			    (gint64)((guint64)values[at + i - 1] + steps->usual * steps->unit);
		if (k != K_NOTHING)
			get_block (r, values + at, n_block, k, steps);
		/* within the zeros: a block is all that is ever read past the end */
		if (r->bit > r->n_bits)
			return damaged (error, "it ends early");
	}
	return TRUE;
}

static const guint8 *
get_heads (const guint8 *at, const guint8 *end, PlIntegers *into, Steps *steps)
{
	for (guint c = 0; c < into->n_columns && at != NULL; c++) {
		guint64 first = 0, usual = 0;

		at = pl_get_varint (at, end, &first);
		at = at != NULL ? pl_get_varint (at, end, &steps[c].unit) : NULL;
		at = at != NULL ? pl_get_varint (at, end, &usual) : NULL;
		into->columns[c][into->n] = (gint64)pl_unzigzag (first);
		steps[c].usual = pl_unzigzag (usual);
	}
	return at;
}

gboolean
pl_codec_unpack (const guint8 *data, gsize len, gsize n, PlIntegers *into, GError **error)
{
	g_autofree Steps *steps = g_new0 (Steps, into->n_columns);
	g_autofree guint8 *padded = NULL;
	const guint8 *at;
	Reader r = {0};

	if (n == 0 || n > PL_CODEC_SPAN_MOST)
		return damaged (error, "its head contradicts itself");
	pl_integers_reserve (into, n);
	at = get_heads (data, data + len, into, steps);
	if (at == NULL)
		return damaged (error, "it ends early");
	len -= at - data;
	padded = g_malloc (len + BLOCK_BYTES);
	memcpy (padded, at, len);
	memset (padded + len, 0, BLOCK_BYTES);
	r.data = padded;
	r.n_bits = len * 8;
	for (guint c = 0; c < into->n_columns; c++)
		if (!get_column (&r, into->columns[c] + into->n, n, &steps[c], error))
			return FALSE;
	if (r.n_bits - r.bit >= 8)
		return damaged (error, "it has bytes too many");
	into->n += n;
	return TRUE;
}
