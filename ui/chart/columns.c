/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/columns.h"
#include <math.h>

/* Columns that no sample fell into get their share of the line between their neighbours. */
static void
bridge (PlColumn *columns, int from, int to, double left, double right)
{
	if (isnan (left) || isnan (right))
		return;
	for (int i = from + 1; i < to; i++) {
		double a = left + (right - left) * (i - from) / (to - from),
		       b = left + (right - left) * (i + 1 - from) / (to - from);

		columns[i] = (PlColumn){1, MIN (a, b), MAX (a, b), a, b};
	}
}

static void
bridge_all (PlColumn *columns, guint n, double left, double right)
{
	int last = -1;

	for (guint i = 0; i < n; i++) {
		if (columns[i].count == 0)
			continue;
		bridge (columns, last, i, left, columns[i].first);
		left = columns[i].last;
		last = i;
	}
	bridge (columns, last, n, left, right);
}

/* A dash leaves out what is flat only: a spike must show, whatever the pattern's phase. */
static gboolean
is_left_out (const PlCurve *self, gint64 index, double scale)
{
	double period = pl_curve_dash_period (self), at = index / scale;

	return period > 0 && pl_curve_dash_is_off (self, fmod (fmod (at, period) + period, period));
}

/* Whole device pixels: cairo fills such boxes without its rasteriser. */
static void
add_column (const PlCurve *self, cairo_t *cr, const PlFrame *frame, gint64 phase, guint i,
	    double min, double max)
{
	double scale = frame->scale;
	double top = round (pl_frame_y (frame, max) * scale),
	       bottom = round (pl_frame_y (frame, min) * scale),
	       least = ceil (PL_CURVE_LINE * scale);

	if (bottom - top < least) {
		if (is_left_out (self, phase + i, scale))
			return;
		top -= floor ((least - (bottom - top)) / 2);
		bottom = top + least;
	}
	cairo_rectangle (cr, frame->x + i / scale, top / scale, 1 / scale, (bottom - top) / scale);
}

void
pl_curve_paint_columns (const PlCurve *self, cairo_t *cr, const PlFrame *frame)
{
	guint n = (guint)round (frame->width * frame->scale);
	double from = frame->from - self->shift, to = frame->to - self->shift;
	g_autofree PlColumn *columns = g_new (PlColumn, n);
	/* the pattern is tied to the time, not to the frame, and so moves with the curve */
	gint64 phase = (gint64)(from / (to - from) * n) % 1000000;
	double last = pl_series_between (self->series, from);

	pl_series_columns (self->series, from, to, columns, n);
	bridge_all (columns, n, last, pl_series_between (self->series, to));
	cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
	for (guint i = 0; i < n; i++) {
		const PlColumn *c = &columns[i];
		gboolean joined = !isnan (last) && !isnan (c->first);

		if (!isnan (c->min))
			add_column (self, cr, frame, phase, i, joined ? MIN (c->min, last) : c->min,
				    joined ? MAX (c->max, last) : c->max);
		last = c->last;
	}
	cairo_fill (cr);
	cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}
