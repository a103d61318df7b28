/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/columns.h"
#include <math.h>

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

/* Half of a slanting line's height in a column. It stays within 1 px, so that no flank looks higher
 * than it is; among several samples there is no one slant. */
static double
half_height (const PlColumn *column, const PlFrame *frame)
{
	double rise = column->count > 1
			  ? 0
			  : pl_frame_y (frame, column->left) - pl_frame_y (frame, column->right);

	return PL_CURVE_LINE * frame->scale / 2 *
	       fmin (isnan (rise) ? 1 : hypot (1, rise), 2 / PL_CURVE_LINE);
}

/* The line's way through a column, with its samples. */
static Box
box_of (const PlColumn *column, const PlFrame *frame)
{
	double low = fmin (column->min, fmin (column->left, column->right)),
	       high = fmax (column->max, fmax (column->left, column->right)),
	       half = half_height (column, frame);

	return (Box){pl_frame_y (frame, high) * frame->scale - half,
		     pl_frame_y (frame, low) * frame->scale + half};
}

/* Fills the boxes of one kind: whole pixels go past cairo's rasteriser. A tall box is a flank, and
 * as wide as the line. */
static void
fill_boxes (cairo_t *cr, const PlFrame *frame, const Box *boxes, guint n, double tall,
	    gboolean whole)
{
	double scale = frame->scale, width = whole ? ceil (PL_CURVE_LINE * scale) : 1;

	for (guint i = 0; i < n; i++) {
		Box box = boxes[i];

		if (isnan (box.top) || (box.bottom - box.top >= tall) != whole)
			continue;
		if (whole)
			box = (Box){round (box.top), round (box.bottom)};
		cairo_rectangle (cr, frame->x + i / scale, box.top / scale, width / scale,
				 (box.bottom - box.top) / scale);
	}
	cairo_set_antialias (cr, whole ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_DEFAULT);
	cairo_fill (cr);
	cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}

void
pl_curve_paint_columns (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, double tall)
{
	double from = frame->from - self->shift, to = frame->to - self->shift;
	guint n = (guint)round (frame->width * frame->scale);
	g_autofree PlColumn *columns = g_new (PlColumn, n);
	g_autofree Box *boxes = g_new (Box, n);
	/* the pattern is tied to the time, not to the frame, and so moves with the curve */
	gint64 phase = (gint64)(from / (to - from) * n) % 1000000;
	Box before = {NAN, NAN};

	pl_series_columns (self->series, from, to, columns, n);
	for (guint i = 0; i < n; i++) {
		Box box = box_of (&columns[i], frame);
		/* false where there is none before */
		gboolean alike = box.top > before.top - ALIKE && box.bottom < before.bottom + ALIKE;

		before = box;
		if (alike && is_off (self, phase + i, frame->scale))
			box.top = NAN;
		boxes[i] = box;
	}
	fill_boxes (cr, frame, boxes, n, tall, TRUE);
	fill_boxes (cr, frame, boxes, n, tall, FALSE);
}
