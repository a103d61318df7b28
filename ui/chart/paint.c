/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/paint.h"
#include "ui/chart/axis.h"
#include "ui/chart/legend.h"
#include <math.h>

/* Lengths that every part needs, in terms of the font. */
typedef struct {
	double line, left, right;
	double top, lane, bottom; /* top of the lanes, height of one, height of the time axis */
	guint lanes;
} Sizes;

typedef struct {
	const PlChartScene *scene;
	cairo_t *cr;
	PangoLayout *layout;
	Sizes sizes;
} Painter;

gboolean
pl_chart_is_dark (const PlChartScene *scene)
{
	return 0.2126 * scene->ink.red + 0.7152 * scene->ink.green + 0.0722 * scene->ink.blue > 0.5;
}

static Sizes
measure (const PlChartScene *scene, PangoLayout *layout)
{
	int width, height;
	Sizes s = {0};

	/* the longest label of an axis: four digits, sign and point */
	pango_layout_set_width (layout, -1);
	pango_layout_set_text (layout, "-0000.0", -1);
	pango_layout_get_pixel_size (layout, &width, &height);
	s.line = height;
	s.left = width + 12;
	s.right = width / 2;
	s.bottom = height + 10;
	for (guint i = 0; i < scene->n_curves; i++)
		s.lanes = MAX (s.lanes, scene->curves[i].lane + 1);
	s.lane = floor ((scene->height - s.bottom) / MAX (s.lanes, 1));
	return s;
}

void
pl_chart_plot_span (const PlChartScene *scene, PangoLayout *layout, double *ret_x,
		    double *ret_width)
{
	Sizes sizes = measure (scene, layout);

	*ret_x = sizes.left;
	*ret_width = MAX (scene->width - sizes.left - sizes.right, 1);
}

static void
set_ink (const Painter *self, double alpha)
{
	const PlRgb *ink = &self->scene->ink;

	cairo_set_source_rgba (self->cr, ink->red, ink->green, ink->blue, alpha);
}

/* Lines one device pixel thick, on it and not between two. */
static void
paint_rule (const Painter *self, double x, double y, double width, double height)
{
	double scale = self->scene->scale;

	cairo_rectangle (self->cr, round (x * scale) / scale, round (y * scale) / scale,
			 MAX (width, 1 / scale), MAX (height, 1 / scale));
	cairo_fill (self->cr);
}

/* `align` 0 begins at x, 0.5 is centred on it, 1 ends there. */
static void
paint_text (const Painter *self, const char *text, double x, double y, double align)
{
	int width, height;

	pango_layout_set_text (self->layout, text, -1);
	pango_layout_get_pixel_size (self->layout, &width, &height);
	cairo_move_to (self->cr, round (x - align * width), round (y));
	pango_cairo_show_layout (self->cr, self->layout);
}

static gboolean
lane_extent (const PlChartScene *scene, guint lane, double *low, double *high, const char **unit)
{
	gboolean any = FALSE;

	*low = INFINITY;
	*high = -INFINITY;
	for (guint i = 0; i < scene->n_curves; i++) {
		double l, h;

		if (scene->curves[i].lane != lane)
			continue;
		*unit = scene->curves[i].unit;
		if (!pl_curve_extent (&scene->curves[i], scene->from, scene->to, &l, &h))
			continue;
		*low = MIN (*low, l);
		*high = MAX (*high, h);
		any = TRUE;
	}
	return any;
}

static void
paint_values (const Painter *self, const PlFrame *frame, const char *unit, const PlTicks *ticks)
{
	PlScale scale = pl_axis_scale (MAX (fabs (frame->low), fabs (frame->high)), unit);
	char text[PL_AXIS_TEXT];

	for (guint i = 0; i < ticks->count; i++) {
		double value = pl_axis_tick (ticks, i), y = pl_frame_y (frame, value);

		set_ink (self, 0.14);
		paint_rule (self, frame->x, y, frame->width, 0);
		set_ink (self, 0.75);
		paint_text (self, pl_axis_text (value, ticks->step, &scale, text), frame->x - 6,
			    y - self->sizes.line / 2, 1);
	}
	set_ink (self, 1);
	paint_text (self, scale.unit, frame->x - 6, frame->y - 1.5 * self->sizes.line, 1);
}

/* The limits' own lines, and between them a tint of the curve's colour. */
static void
paint_band (const Painter *self, const PlFrame *frame, const PlChartCurve *curve)
{
	PlRgb rgb = pl_curve_colour (curve, pl_chart_is_dark (self->scene));
	double top = pl_frame_y (frame, isnan (curve->high) ? frame->high : curve->high),
	       bottom = pl_frame_y (frame, isnan (curve->low) ? frame->low : curve->low);

	if (isnan (curve->low) && isnan (curve->high))
		return;
	cairo_set_source_rgba (self->cr, rgb.red, rgb.green, rgb.blue, 0.09);
	cairo_rectangle (self->cr, frame->x, top, frame->width, bottom - top);
	cairo_fill (self->cr);
	cairo_set_source_rgba (self->cr, rgb.red, rgb.green, rgb.blue, 0.8);
	if (!isnan (curve->high))
		paint_rule (self, frame->x, top, frame->width, 0);
	if (!isnan (curve->low))
		paint_rule (self, frame->x, bottom, frame->width, 0);
}

static void
paint_curves (const Painter *self, const PlFrame *frame, guint lane)
{
	const PlChartScene *scene = self->scene;

	cairo_save (self->cr);
	/* half a line's width and a spike's dot may stand over the edge */
	cairo_rectangle (self->cr, frame->x, frame->y - 3, frame->width, frame->height + 6);
	cairo_clip (self->cr);
	for (guint i = 0; i < scene->n_curves; i++)
		if (scene->curves[i].lane == lane)
			paint_band (self, frame, &scene->curves[i]);
	/* the run under test over the one it is compared with */
	for (guint pass = 0; pass < 2; pass++)
		for (guint i = 0; i < scene->n_curves; i++)
			if (scene->curves[i].lane == lane && scene->curves[i].faded == (pass == 0))
				pl_curve_paint (&scene->curves[i], self->cr, frame,
						pl_chart_is_dark (scene));
	cairo_restore (self->cr);
}

/* On whole columns of time, so that a curve that moves does not shimmer: each sample stays with the
 * same neighbours. */
static PlFrame
frame_of (const Painter *self, guint lane)
{
	const PlChartScene *scene = self->scene;
	const Sizes *s = &self->sizes;
	double scale = scene->scale;
	double width = floor ((scene->width - s->left - s->right) * scale) / scale;
	double column = (scene->to - scene->from) / MAX (width * scale, 1);
	PlFrame frame = {
	    .x = round (s->left * scale) / scale,
	    .y = round ((lane * s->lane + 1.6 * s->line) * scale) / scale,
	    .width = width,
	    .height = s->lane - 2.2 * s->line,
	    .scale = scale,
	    .from = floor (scene->from / column) * column,
	    .low = 0,
	    .high = 1,
	};

	frame.to = frame.from + (scene->to - scene->from);
	return frame;
}

static void
paint_lane (const Painter *self, guint lane)
{
	PlFrame frame = frame_of (self, lane);
	guint most = (guint)CLAMP (frame.height / (1.5 * self->sizes.line), 2, 9);
	PlTicks ticks = {0};
	const char *unit = "";
	double low, high;

	if (frame.width < 1 || frame.height < self->sizes.line)
		return;
	if (lane_extent (self->scene, lane, &low, &high, &unit)) {
		ticks = pl_axis_widen (&low, &high, most);
		frame.low = low;
		frame.high = high;
	}
	paint_values (self, &frame, unit, &ticks);
	if (ticks.count > 0)
		paint_curves (self, &frame, lane);
	pl_chart_paint_legend (self->scene, lane, self->cr, self->layout, frame.x,
			       frame.y - 1.5 * self->sizes.line, frame.width);
}

static void
paint_time (const Painter *self)
{
	PlFrame frame = frame_of (self, 0);
	guint most = (guint)CLAMP (frame.width / (1.6 * self->sizes.left), 2, 16);
	PlTicks ticks = pl_axis_time_ticks (frame.from, frame.to, most);
	double bottom = self->sizes.lanes * self->sizes.lane;
	char text[PL_AXIS_TEXT];

	for (guint i = 0; i < ticks.count; i++) {
		double time = pl_axis_tick (&ticks, i), x = pl_frame_x (&frame, time);

		set_ink (self, 0.14);
		for (guint lane = 0; lane < self->sizes.lanes; lane++) {
			PlFrame each = frame_of (self, lane);

			paint_rule (self, x, each.y, 0, each.height);
		}
		set_ink (self, 0.75);
		paint_text (self, pl_axis_time_text (time, ticks.step, text), x, bottom + 4, 0.5);
	}
}

/* With its time on a tag over the axis; a tag's text is in the ground's luminance. */
static void
paint_cursor (const Painter *self)
{
	PlFrame frame = frame_of (self, 0);
	double x = pl_frame_x (&frame, self->scene->cursor), bottom, ground;
	double step = pl_axis_ticks (0, frame.to - frame.from, 400).step;
	char text[PL_AXIS_TEXT];
	int width;

	if (!(x >= frame.x && x <= frame.x + frame.width))
		return;
	bottom = self->sizes.lanes * self->sizes.lane;
	set_ink (self, 0.8);
	paint_rule (self, x, frame.y - 3, 0, bottom - frame.y);
	pango_layout_set_text (self->layout, pl_axis_time_text (self->scene->cursor, step, text),
			       -1);
	pango_layout_get_pixel_size (self->layout, &width, NULL);
	set_ink (self, 1);
	cairo_rectangle (self->cr, x - width / 2.0 - 6, bottom + 2, width + 12,
			 self->sizes.line + 4);
	cairo_fill (self->cr);
	ground = pl_chart_is_dark (self->scene) ? 0 : 1;
	cairo_set_source_rgb (self->cr, ground, ground, ground);
	paint_text (self, text, x, bottom + 4, 0.5);
}

static gboolean
has_samples (const PlChartScene *scene)
{
	for (guint i = 0; i < scene->n_curves; i++)
		if (pl_series_length (scene->curves[i].series) > 0)
			return TRUE;
	return FALSE;
}

void
pl_chart_paint (const PlChartScene *scene, cairo_t *cr, PangoLayout *layout)
{
	Painter self = {scene, cr, layout, measure (scene, layout)};

	cairo_save (cr);
	if (scene->to > scene->from)
		paint_time (&self);
	for (guint lane = 0; scene->to > scene->from && lane < self.sizes.lanes; lane++)
		paint_lane (&self, lane);
	if (!has_samples (scene)) {
		set_ink (&self, 0.75);
		paint_text (&self, scene->nothing, scene->width / 2,
			    (scene->height - self.sizes.bottom) / 2, 0.5);
	} else if (!isnan (scene->cursor)) {
		paint_cursor (&self);
	}
	cairo_restore (cr);
}
