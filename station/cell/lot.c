/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/lot.h"
#include <math.h>
#include <stdlib.h>

#define NORMAL_MAD 1.4826 /* standard deviations a MAD of normal values */
#define MEDIAN_LOSS 1.2533 /* a median's standard error over a mean's, sqrt (pi / 2) */
/* EWMA chart: weight and width as usual for shifts of about one standard deviation: a false alarm
 * in some 370 lots. */
#define EWMA_WEIGHT 0.2
#define EWMA_WIDTH 2.86
#define BASE_LOTS 12 /* the first of them are the base: a slow drift must not carry it along */
#define RANGE_D2 1.128 /* mean range of two normal values, in standard deviations */

static int
compare (const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Numbers only, sorted; caller frees. */
static double *
sorted_of (const double *values, guint n, guint *ret_n)
{
	double *sorted = g_new (double, MAX (n, 1));

	*ret_n = 0;
	for (guint i = 0; i < n; i++)
		if (isfinite (values[i]))
			sorted[(*ret_n)++] = values[i];
	qsort (sorted, *ret_n, sizeof *sorted, compare);
	return sorted;
}

static double
quantile (const double *sorted, guint n, double share)
{
	double place = share * (n - 1.0);
	guint i = (guint)place;

	if (n == 0)
		return NAN;
	return i + 1 >= n ? sorted[n - 1] : sorted[i] + (place - i) * (sorted[i + 1] - sorted[i]);
}

double
pl_lot_quantile (const double *values, guint n, double share)
{
	guint left;
	g_autofree double *sorted = sorted_of (values, n, &left);

	return quantile (sorted, left, share);
}

static double
mad_of (const double *sorted, guint n, double median)
{
	g_autofree double *off = g_new (double, MAX (n, 1));

	for (guint i = 0; i < n; i++)
		off[i] = fabs (sorted[i] - median);
	return pl_lot_quantile (off, n, 0.5);
}

/* A glitch of thirty times the lot's values would leave one full bin and nothing to see. */
static void
fill_bins (const double *sorted, guint n, PlLotShape *s)
{
	double reach = 3 * (s->p75 - s->p25), width;

	s->from = MAX (s->min, s->p25 - reach);
	s->to = MIN (s->max, s->p75 + reach);
	width = (s->to - s->from) / PL_LOT_BINS;
	for (guint i = 0; i < n; i++) {
		if (sorted[i] < s->from)
			s->below++;
		else if (sorted[i] > s->to)
			s->above++;
		else if (width > 0)
			s->bins[MIN ((guint)((sorted[i] - s->from) / width), PL_LOT_BINS - 1)]++;
		else
			s->bins[PL_LOT_BINS / 2]++;
	}
}

void
pl_lot_shape (const double *values, guint n, PlLotShape *ret)
{
	guint left;
	g_autofree double *sorted = sorted_of (values, n, &left);

	*ret = (PlLotShape){.count = left, .missing = n - left};
	ret->min = quantile (sorted, left, 0);
	ret->p5 = quantile (sorted, left, 0.05);
	ret->p25 = quantile (sorted, left, 0.25);
	ret->median = quantile (sorted, left, 0.5);
	ret->p75 = quantile (sorted, left, 0.75);
	ret->p95 = quantile (sorted, left, 0.95);
	ret->max = quantile (sorted, left, 1);
	ret->mad = mad_of (sorted, left, ret->median);
	ret->fence_low = ret->p25 - 1.5 * (ret->p75 - ret->p25);
	ret->fence_high = ret->p75 + 1.5 * (ret->p75 - ret->p25);
	fill_bins (sorted, left, ret);
}

double
pl_lot_median_error (const PlLotShape *shape)
{
	return shape->count > 0
		   ? MEDIAN_LOSS * NORMAL_MAD * shape->mad / sqrt ((double)shape->count)
		   : NAN;
}

/* From one lot to the next, so that a step between two of them does not count as their spread. */
static double
deviation_of (const double *medians, guint n)
{
	double sum = 0;

	for (guint i = 1; i < n; i++)
		sum += fabs (medians[i] - medians[i - 1]);
	return n > 1 ? sum / (n - 1) / RANGE_D2 : 0;
}

/* Lots that happen to agree to the last digit leave no spread at all: what one lot's own spread
 * says of its median is the least that is believed. */
void
pl_lot_drift (const double *earlier, guint n, double now, double error_of_now, PlLotDrift *ret)
{
	guint base = MIN (n, BASE_LOTS);
	double sum = 0, sigma, ewma;

	*ret = (PlLotDrift){.lots = n, .centre = NAN, .ewma = NAN, .limit = NAN};
	if (n < PL_DRIFT_LEAST_LOTS || !isfinite (now))
		return;
	for (guint i = 0; i < base; i++)
		sum += earlier[i];
	ret->centre = sum / base;
	sigma = fmax (deviation_of (earlier, base), error_of_now);
	ewma = ret->centre;
	for (guint i = 0; i < n; i++)
		ewma += EWMA_WEIGHT * (earlier[i] - ewma);
	ret->ewma = ewma + EWMA_WEIGHT * (now - ewma);
	ret->limit =
	    EWMA_WIDTH * sigma *
	    sqrt (EWMA_WEIGHT / (2 - EWMA_WEIGHT) * (1 - pow (1 - EWMA_WEIGHT, 2 * (n + 1.0))));
	ret->known = TRUE;
	ret->alarm = fabs (ret->ewma - ret->centre) > ret->limit;
}
