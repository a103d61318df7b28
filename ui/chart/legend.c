/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/legend.h"
#include "ui/chart/axis.h"
#include <math.h>

#define MARK 26 /* long enough for a dash's whole pattern */
#define GAP 8

static gsize
nearest (const PlSeries *series, double time)
{
	gsize i = pl_series_find (series, time), n = pl_series_length (series);

	if (i == n)
		return n - 1;
	if (i > 0 && time - pl_series_time (series, i - 1) < pl_series_time (series, i) - time)
		return i - 1;
	return i;
}

/* Outside of the record there is no value, however near its end. */
static double
value_near (const PlSeries *series, double time, double width)
{
	gsize i, n = pl_series_length (series);

	if (n == 0)
		return NAN;
	if (isnan (time))
		return pl_series_value (series, n - 1);
	if (time < pl_series_time (series, 0) - width ||
	    time > pl_series_time (series, n - 1) + width)
		return NAN;
	i = nearest (series, time);
	return pl_series_value (series, i);
}

const char *
pl_curve_reading (const PlChartCurve *curve, double time, double width, char *buffer, gsize size)
{
	char low[PL_AXIS_TEXT], high[PL_AXIS_TEXT];
	double t = time - curve->shift, min, max;
	gsize begin = pl_series_find (curve->series, t - width / 2),
	      end = pl_series_find (curve->series, t + width / 2);

	if (!isnan (time) && end - begin > 1 &&
	    pl_series_range (curve->series, begin, end, &min, &max)) {
		pl_axis_reading (min, curve->unit, low);
		pl_axis_reading (max, curve->unit, high);
		if (g_str_equal (low, high))
			g_strlcpy (buffer, low, size);
		else
			g_snprintf (buffer, size, "%s … %s", low, high);
		return buffer;
	}
	pl_axis_reading (value_near (curve->series, t, width), curve->unit, low);
	g_strlcpy (buffer, low, size);
	return buffer;
}

static void
paint_mark (const PlChartScene *scene, const PlChartCurve *curve, cairo_t *cr, double x, double y)
{
	PlRgb rgb = pl_curve_colour (curve, pl_chart_is_dark (scene));

	cairo_set_source_rgb (cr, rgb.red, rgb.green, rgb.blue);
	pl_curve_set_line (curve, cr);
	cairo_set_line_width (cr, 3);
	cairo_move_to (cr, x, y);
	cairo_line_to (cr, x + MARK, y);
	cairo_stroke (cr);
}

/* The reading is never cut, the name is: a name is known, a cut number is a wrong one. */
static void
paint_entry (const PlChartScene *scene, const PlChartCurve *curve, cairo_t *cr, PangoLayout *layout,
	     double x, double y, double width)
{
	double pixel = (scene->to - scene->from) / (scene->width * scene->scale);
	char reading[2 * PL_AXIS_TEXT + 8];
	int text, line;

	pl_curve_reading (curve, scene->cursor, pixel, reading, sizeof reading);
	pango_layout_set_width (layout, -1);
	pango_layout_set_text (layout, reading, -1);
	pango_layout_get_pixel_size (layout, &text, &line);
	paint_mark (scene, curve, cr, x, y + line / 2.0);
	cairo_set_source_rgb (cr, scene->ink.red, scene->ink.green, scene->ink.blue);
	cairo_move_to (cr, x + width - text - 2 * GAP, y);
	pango_cairo_show_layout (cr, layout);
	width -= text + MARK + 4 * GAP;
	if (width < line)
		return;
	pango_layout_set_text (layout, curve->name, -1);
	pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
	cairo_move_to (cr, x + MARK + GAP, y);
	pango_cairo_show_layout (cr, layout);
	pango_layout_set_width (layout, -1);
	pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_NONE);
}

void
pl_chart_paint_legend (const PlChartScene *scene, guint lane, cairo_t *cr, PangoLayout *layout,
		       double x, double y, double width)
{
	guint n = 0;
	double slot;
	int em;

	for (guint i = 0; i < scene->n_curves; i++)
		n += scene->curves[i].lane == lane;
	/* a range under the cursor is the longest reading there is */
	pango_layout_set_text (layout, "0000000000", -1);
	pango_layout_get_pixel_size (layout, &em, NULL);
	slot = MIN (width / MAX (n, 1), em * 3.4);
	for (guint i = 0; i < scene->n_curves; i++) {
		if (scene->curves[i].lane != lane)
			continue;
		paint_entry (scene, &scene->curves[i], cr, layout, x, y, slot);
		x += slot;
	}
}
