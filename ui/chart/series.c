/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/series.h"
#include <math.h>

/* A block covers 16 of the level below: one byte a sample for the whole pyramid, and at most 30
 * blocks read a level. Sixteen levels hold 2^64 samples. */
#define FAN_BITS 4
#define FAN (1u << FAN_BITS)
#define LEVELS 16

typedef struct {
	double min, max; /* +inf, -inf if there are gaps only */
} Block;

static const Block nothing = {INFINITY, -INFINITY};

struct _PlSeries {
	int refs;
	GArray *times, *values; /* double */
	GArray *levels[LEVELS]; /* Block; levels[k] covers FAN^(k+1) samples a block */
};

PlSeries *
pl_series_new (void)
{
	PlSeries *self = g_new0 (PlSeries, 1);

	self->refs = 1;
	self->times = g_array_new (FALSE, FALSE, sizeof (double));
	self->values = g_array_new (FALSE, FALSE, sizeof (double));
	for (guint k = 0; k < LEVELS; k++)
		self->levels[k] = g_array_new (FALSE, FALSE, sizeof (Block));
	return self;
}

PlSeries *
pl_series_ref (PlSeries *self)
{
	self->refs++;
	return self;
}

void
pl_series_unref (PlSeries *self)
{
	if (--self->refs > 0)
		return;
	g_array_unref (self->times);
	g_array_unref (self->values);
	for (guint k = 0; k < LEVELS; k++)
		g_array_unref (self->levels[k]);
	g_free (self);
}

static void
join (Block *block, double min, double max)
{
	block->min = MIN (block->min, min);
	block->max = MAX (block->max, max);
}

static void
join_values (const PlSeries *self, gsize from, gsize to, Block *block)
{
	const double *values = (const double *)(gpointer)self->values->data;

	/* a comparison with NaN is false: gaps pass by */
	for (gsize i = from; i < to; i++) {
		if (values[i] < block->min)
			block->min = values[i];
		if (values[i] > block->max)
			block->max = values[i];
	}
}

static void
join_blocks (const GArray *level, gsize from, gsize to, Block *block)
{
	const Block *blocks = (const Block *)(gpointer)level->data;

	for (gsize i = from; i < to; i++)
		join (block, blocks[i].min, blocks[i].max);
}

/* Every level's last block learns of sample index; whole blocks below make the next level's. */
static void
raise_pyramid (PlSeries *self, gsize index, double value)
{
	for (guint k = 0; k < LEVELS && (k == 0 || self->levels[k - 1]->len > 1); k++) {
		gsize at = index >> (FAN_BITS * (k + 1));
		Block *block;

		if (at == self->levels[k]->len) {
			Block first = nothing;

			/* a level that is begun late takes over what lies below it */
			if (k > 0)
				join_blocks (self->levels[k - 1], at * FAN,
					     self->levels[k - 1]->len, &first);
			g_array_append_val (self->levels[k], first);
		}
		block = &g_array_index (self->levels[k], Block, at);
		if (!isnan (value))
			join (block, value, value);
	}
}

void
pl_series_append (PlSeries *self, double time, double value)
{
	gsize index = self->times->len;

	g_return_if_fail (isfinite (time));
	g_return_if_fail (index == 0 || time >= pl_series_time (self, index - 1));
	if (!isfinite (value))
		value = NAN;
	g_array_append_val (self->times, time);
	g_array_append_val (self->values, value);
	raise_pyramid (self, index, value);
}

gsize
pl_series_length (const PlSeries *self)
{
	return self->times->len;
}

double
pl_series_time (const PlSeries *self, gsize index)
{
	return g_array_index (self->times, double, index);
}

double
pl_series_value (const PlSeries *self, gsize index)
{
	return g_array_index (self->values, double, index);
}

/* First index in low..high at or after time. */
static gsize
bisect (const double *times, gsize low, gsize high, double time)
{
	while (low < high) {
		gsize middle = low + (high - low) / 2;

		if (times[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

gsize
pl_series_find (const PlSeries *self, double time)
{
	return bisect ((const double *)(gpointer)self->times->data, 0, self->times->len, time);
}

/* Where the line from sample index - 1 to index is at a time between them. */
static double
between (const PlSeries *self, gsize index, double time)
{
	double t, v, width;

	if (index == 0 || index >= self->times->len)
		return NAN;
	t = pl_series_time (self, index - 1);
	v = pl_series_value (self, index - 1);
	width = pl_series_time (self, index) - t;
	return v + (pl_series_value (self, index) - v) * (time - t) / width;
}

double
pl_series_between (const PlSeries *self, double time)
{
	return between (self, pl_series_find (self, time), time);
}

/* Like pl_series_find, where the answer is near and not before `near`: columns are asked for in
 * order, so the search need not touch the whole record for each. */
static gsize
find_from (const PlSeries *self, gsize near, double time)
{
	const double *times = (const double *)(gpointer)self->times->data;
	gsize stride = 1, n = self->times->len;

	while (near + stride < n && times[near + stride] < time)
		stride *= 2;
	return bisect (times, near, MIN (near + stride, n), time);
}

/* Ragged ends are read at each level, the middle at the level above. */
static Block
range (const PlSeries *self, gsize from, gsize to)
{
	Block block = nothing;
	gsize low = (from + FAN - 1) >> FAN_BITS, high = to >> FAN_BITS;

	if (low >= high) {
		join_values (self, from, to, &block);
		return block;
	}
	join_values (self, from, low << FAN_BITS, &block);
	join_values (self, high << FAN_BITS, to, &block);
	for (guint k = 0; k < LEVELS; k++) {
		gsize next_low = (low + FAN - 1) >> FAN_BITS, next_high = high >> FAN_BITS;

		if (k + 1 == LEVELS || next_low >= next_high) {
			join_blocks (self->levels[k], low, high, &block);
			return block;
		}
		join_blocks (self->levels[k], low, next_low << FAN_BITS, &block);
		join_blocks (self->levels[k], next_high << FAN_BITS, high, &block);
		low = next_low;
		high = next_high;
	}
	return block;
}

gboolean
pl_series_range (const PlSeries *self, gsize from, gsize to, double *ret_min, double *ret_max)
{
	Block block;

	g_return_val_if_fail (from <= to && to <= self->times->len, FALSE);
	block = range (self, from, to);
	if (block.min > block.max)
		return FALSE;
	*ret_min = block.min;
	*ret_max = block.max;
	return TRUE;
}

void
pl_series_columns (const PlSeries *self, double from, double to, PlColumn *ret_columns, guint n)
{
	gsize begin = pl_series_find (self, from);
	double left = between (self, begin, from);

	for (guint i = 0; i < n; i++) {
		double until = i + 1 == n ? to : from + (to - from) * (i + 1) / n;
		gsize end = find_from (self, begin, until);
		double right = between (self, end, until);
		PlColumn *column = &ret_columns[i];

		*column = (PlColumn){end - begin, NAN, NAN, left, right};
		pl_series_range (self, begin, end, &column->min, &column->max);
		begin = end;
		left = right;
	}
}
