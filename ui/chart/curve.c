/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/columns.h"
#include <math.h>

/* Samples a pixel. From the first on a line is drawn column by column, because a stroke of that
 * many points costs cairo tens of milliseconds; from the second on columns are too tall for their
 * ends' smoothness to show. */
#define CLOSE 0.12
#define DENSE 2.0
#define TALL 8 /* px of a column */
/* Samples further apart than this are shown as dots on the line. */
#define SPARSE_PX 14
/* cairo's stroker is slower than linear in a path's points. */
#define RUN 32

static const PlRgb colours[] = {
    {0, 0, 0},
    {0.835, 0.369, 0},
    {0, 0.447, 0.698},
    {0, 0.620, 0.451},
    {0.800, 0.475, 0.655},
    {0.902, 0.624, 0},
    {0.337, 0.706, 0.914},
    {0.941, 0.894, 0.259},
};
static const struct {
	double lengths[4];
	int n;
} dashes[] = {{{0}, 0}, {{8, 4}, 2}, {{2, 3}, 2}, {{10, 3, 2, 3}, 4}};

static PlRgb
mix (PlRgb rgb, double other, double share)
{
	return (PlRgb){rgb.red + share * (other - rgb.red), rgb.green + share * (other - rgb.green),
		       rgb.blue + share * (other - rgb.blue)};
}

PlRgb
pl_curve_colour (const PlChartCurve *self, gboolean dark)
{
	guint i = self->colour % G_N_ELEMENTS (colours);
	PlRgb rgb = colours[i];

	/* the set is made for paper: blue fades on a dark ground, yellow on a light one */
	if (dark)
		rgb = mix (rgb, 1, i == 0 ? 1 : 0.2);
	else if (i == G_N_ELEMENTS (colours) - 1)
		rgb = mix (rgb, 0, 0.2);
	/* mixed, not transparent: runs of a line overlap at their ends */
	return self->faded ? mix (rgb, dark ? 0.12 : 1, 0.55) : rgb;
}

static void
set_dash (const PlChartCurve *self, cairo_t *cr, double offset)
{
	guint i = self->dash % G_N_ELEMENTS (dashes);

	cairo_set_dash (cr, dashes[i].lengths, dashes[i].n, offset);
}

void
pl_curve_set_line (const PlChartCurve *self, cairo_t *cr)
{
	cairo_set_line_width (cr, PL_CURVE_LINE);
	cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_cap (cr, self->dash % G_N_ELEMENTS (dashes) == 0 ? CAIRO_LINE_CAP_ROUND
									: CAIRO_LINE_CAP_BUTT);
	set_dash (self, cr, 0);
}

double
pl_frame_x (const PlFrame *self, double time)
{
	return self->x + (time - self->from) / (self->to - self->from) * self->width;
}

/* Kept within reach of cairo's fixed point, which wraps. */
double
pl_frame_y (const PlFrame *self, double value)
{
	double y = self->y + (self->high - value) / (self->high - self->low) * self->height;

	return CLAMP (y, self->y - self->height - 16, self->y + 2 * self->height + 16);
}

gboolean
pl_curve_extent (const PlChartCurve *self, double from, double to, double *ret_low,
		 double *ret_high)
{
	gsize begin = pl_series_find (self->series, from - self->shift),
	      end = pl_series_find (self->series, to - self->shift);
	double low = INFINITY, high = -INFINITY;

	/* the neighbours outside are where the line leaves the frame for */
	begin -= begin > 0;
	end += end < pl_series_length (self->series);
	pl_series_range (self->series, begin, end, &low, &high);
	/* fmin and fmax pass over NaN: a curve may have one limit or none */
	low = fmin (low, fmin (self->low, self->high));
	high = fmax (high, fmax (self->low, self->high));
	if (!(low <= high))
		return FALSE;
	*ret_low = low;
	*ret_high = high;
	return TRUE;
}

double
pl_curve_dash_period (const PlChartCurve *self)
{
	guint dash = self->dash % G_N_ELEMENTS (dashes);
	double period = 0;

	for (int i = 0; i < dashes[dash].n; i++)
		period += dashes[dash].lengths[i];
	return period;
}

gboolean
pl_curve_dash_is_off (const PlChartCurve *self, double at)
{
	guint dash = self->dash % G_N_ELEMENTS (dashes);

	for (int i = 0; i < dashes[dash].n; i++) {
		if (at < dashes[dash].lengths[i])
			return i % 2 == 1;
		at -= dashes[dash].lengths[i];
	}
	return FALSE;
}

/* Strokes what has been added, and begins anew where it ended, so that the dash goes on too. */
typedef struct {
	double x, y, length;
	guint points;
} Pen;

static void
pen_lift (const PlChartCurve *self, cairo_t *cr, Pen *pen, gboolean go_on)
{
	if (pen->points == 1 && !go_on) {
		cairo_new_path (cr);
		cairo_arc (cr, pen->x, pen->y, PL_CURVE_LINE, 0, 2 * G_PI);
		cairo_fill (cr);
	} else if (pen->points > 0) {
		cairo_stroke (cr);
	}
	set_dash (self, cr, go_on ? pen->length : 0);
	if (go_on)
		cairo_move_to (cr, pen->x, pen->y);
	else
		*pen = (Pen){0};
}

static void
pen_to (const PlChartCurve *self, cairo_t *cr, Pen *pen, double x, double y)
{
	if (pen->points == 0) {
		cairo_move_to (cr, x, y);
	} else {
		pen->length += hypot (x - pen->x, y - pen->y);
		cairo_line_to (cr, x, y);
	}
	pen->x = x;
	pen->y = y;
	pen->points++;
	if (pen->points % RUN == 0)
		pen_lift (self, cr, pen, TRUE);
}

static void
paint_line (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, gsize begin, gsize end)
{
	double from = frame->from - self->shift, to = frame->to - self->shift;
	double left = pl_series_between (self->series, from),
	       right = pl_series_between (self->series, to);
	Pen pen = {0};

	pl_curve_set_line (self, cr);
	if (!isnan (left))
		pen_to (self, cr, &pen, frame->x, pl_frame_y (frame, left));
	for (gsize i = begin; i < end; i++) {
		double value = pl_series_value (self->series, i);

		if (isnan (value))
			pen_lift (self, cr, &pen, FALSE);
		else
			pen_to (self, cr, &pen,
				pl_frame_x (frame, pl_series_time (self->series, i) + self->shift),
				pl_frame_y (frame, value));
	}
	if (!isnan (right))
		pen_to (self, cr, &pen, frame->x + frame->width, pl_frame_y (frame, right));
	pen_lift (self, cr, &pen, FALSE);
}

static void
paint_dots (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, gsize begin, gsize end)
{
	for (gsize i = begin; i < end; i++) {
		double value = pl_series_value (self->series, i);

		if (isnan (value))
			continue;
		cairo_new_sub_path (cr);
		cairo_arc (cr, pl_frame_x (frame, pl_series_time (self->series, i) + self->shift),
			   pl_frame_y (frame, value), 1.5 * PL_CURVE_LINE, 0, 2 * G_PI);
	}
	cairo_fill (cr);
}

void
pl_curve_paint (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, gboolean dark)
{
	PlRgb rgb = pl_curve_colour (self, dark);
	gsize begin = pl_series_find (self->series, frame->from - self->shift),
	      end = pl_series_find (self->series, frame->to - self->shift);
	double pixels = frame->width * frame->scale;

	cairo_set_source_rgb (cr, rgb.red, rgb.green, rgb.blue);
	if (end - begin > CLOSE * pixels) {
		pl_curve_paint_columns (self, cr, frame, end - begin > DENSE * pixels ? 0 : TALL);
		return;
	}
	paint_line (self, cr, frame, begin, end);
	if ((end - begin) * SPARSE_PX < frame->width)
		paint_dots (self, cr, frame, begin, end);
}
