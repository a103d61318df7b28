/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A curve's samples, only ever appended to, with a pyramid of least and greatest values over them:
 * what lies between any two samples is found in O(log n), so a sample that stands alone is never
 * lost, however many share a pixel. NaN is a gap. One thread.
 */
typedef struct _PlSeries PlSeries;

/* What falls into one pixel column. */
typedef struct {
	guint64 count; /* of samples, gaps too; 0 = nothing was measured there */
	double min, max; /* NaN if there are gaps only */
	double left,
	    right; /* of the line through the samples at its edges; NaN = none goes there */
} PlColumn;

PlSeries *pl_series_new (void);
PlSeries *pl_series_ref (PlSeries *self);
void pl_series_unref (PlSeries *self);

/* Time in seconds never goes back: a sample that does is refused with a critical warning. A value
 * that is not finite is kept as a gap. */
void pl_series_append (PlSeries *self, double time, double value);
gsize pl_series_length (const PlSeries *self);
/* Of sample index < length. */
double pl_series_time (const PlSeries *self, gsize index);
double pl_series_value (const PlSeries *self, gsize index);

/* Index of the first sample at or after time; length if there is none. */
gsize pl_series_find (const PlSeries *self, double time);
/* What the line between a time's neighbours has there; NaN outside of the record and beside a gap.
 */
double pl_series_between (const PlSeries *self, double time);
/* Least and greatest of samples from <= i < to. FALSE, and nothing set, if there are only gaps. */
gboolean pl_series_range (const PlSeries *self, gsize from, gsize to, double *ret_min,
			  double *ret_max);
/* The time from <= t < to cut into n columns of equal width. */
void pl_series_columns (const PlSeries *self, double from, double to, PlColumn *ret_columns,
			guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSeries, pl_series_unref)
