/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What one figure looks like over a lot. Values that are no number are counted and left out. All
 * of it stands on order statistics: one impossible value among a hundred moves nothing by more than
 * its neighbours differ.
 */
#define PL_LOT_BINS 24

typedef struct {
	guint count, missing;
	double median, mad; /* mad: median of |value - median|, without a factor */
	double min, max, p5, p25, p75, p95;
	double fence_low, fence_high; /* Tukey: 1.5 interquartile ranges beyond the quartiles */
	/* equal bins over `from` .. `to`: all values but those beyond three interquartile ranges */
	double from, to;
	guint bins[PL_LOT_BINS], below, above;
} PlLotShape;

/* n may be 0: every figure is NaN then. */
void pl_lot_shape (const double *values, guint n, PlLotShape *ret);
/* Value below which `share` of the lot is, between neighbours by straight line; NaN = none. */
double pl_lot_quantile (const double *values, guint n, double share);

/* Has a figure's median moved away from what earlier lots have shown? (EWMA chart) */
typedef struct {
	guint lots; /* earlier ones */
	gboolean known; /* FALSE: too few lots yet */
	gboolean alarm;
	double centre, ewma, limit; /* the alarm is |ewma - centre| > limit */
} PlLotDrift;
#define PL_DRIFT_LEAST_LOTS 4
/* earlier: medians of lots in their order; now: this lot's, with the standard error that follows
 * from its own spread. */
void pl_lot_drift (const double *earlier, guint n, double now, double error_of_now,
		   PlLotDrift *ret);
/* Standard error of a median, from the lot's MAD as if it were normal. */
double pl_lot_median_error (const PlLotShape *shape);
