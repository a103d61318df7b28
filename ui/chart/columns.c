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

/* From the top down, in device pixels. */
typedef struct {
	double top, bottom;
} Box;

/* What a dash may leave out sticks out of the column before by less than this. */
#define ALIKE 3

static gboolean
is_off (const PlChartCurve *self, gint64 index, double scale)
{
	double period = pl_curve_dash_period (self), at = index / scale;

	return period > 0 && pl_curve_dash_is_off (self, fmod (fmod (at, period) + period, period));
}

static Box
box_of (const PlFrame *frame, double min, double max)
{
	double least = ceil (PL_CURVE_LINE * frame->scale);
	Box box = {round (pl_frame_y (frame, max) * frame->scale),
		   round (pl_frame_y (frame, min) * frame->scale)};

	if (box.bottom - box.top < least) {
		box.top -= floor ((least - (box.bottom - box.top)) / 2);
		box.bottom = box.top + least;
	}
	return box;
}

static void
add_columns (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, const PlColumn *columns,
	     guint n, double last)
{
	/* the pattern is tied to the time, not to the frame, and so moves with the curve */
	gint64 phase =
	    (gint64)((frame->from - self->shift) / (frame->to - frame->from) * n) % 1000000;
	Box before = {NAN, NAN};
	double scale = frame->scale;

	for (guint i = 0; i < n; i++) {
		const PlColumn *c = &columns[i];
		gboolean joined = !isnan (last) && !isnan (c->first);
		Box box = box_of (frame, joined ? MIN (c->min, last) : c->min,
				  joined ? MAX (c->max, last) : c->max);
		/* false where there is none before */
		gboolean alike = box.top > before.top - ALIKE && box.bottom < before.bottom + ALIKE;

		last = c->last;
		before = box;
		if (isnan (c->min) || (alike && is_off (self, phase + i, scale)))
			continue;
		/* whole device pixels: cairo fills such boxes without its rasteriser */
		cairo_rectangle (cr, frame->x + i / scale, box.top / scale, 1 / scale,
				 (box.bottom - box.top) / scale);
	}
}

void
pl_curve_paint_columns (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame)
{
	guint n = (guint)round (frame->width * frame->scale);
	double from = frame->from - self->shift, to = frame->to - self->shift;
	g_autofree PlColumn *columns = g_new (PlColumn, n);
	double last = pl_series_between (self->series, from);

	pl_series_columns (self->series, from, to, columns, n);
	bridge_all (columns, n, last, pl_series_between (self->series, to));
	cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
	add_columns (self, cr, frame, columns, n, last);
	cairo_fill (cr);
	cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}
