/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/series.h"
#include <cairo.h>

/* One curve of a chart: what it shows and how it is told from its neighbours. */
typedef struct {
	PlSeries *series;
	const char *name, *unit; /* name in the person's language, unit as on the instrument */
	guint lane; /* curves of one lane share an axis; 0 is on top */
	guint colour, dash; /* any number: they repeat after 8 and 4 */
	double low, high; /* limits that the value is held against; NaN = none */
	double shift; /* seconds added to its times, to lay one run over another */
	gboolean faded; /* the run that is only compared with */
} PlChartCurve;

typedef struct {
	double red, green, blue;
} PlRgb;

/* Where on the surface, in units of the cairo context, which seconds and values. */
typedef struct {
	double x, y, width, height; /* x and y on device pixels */
	double scale; /* device pixels a unit */
	double from, to;
	double low, high;
} PlFrame;

double pl_frame_x (const PlFrame *self, double time);
double pl_frame_y (const PlFrame *self, double value);

/* Okabe and Ito's set, told apart by colour-blind people too; black is white on a dark ground. */
PlRgb pl_curve_colour (const PlChartCurve *self, gboolean dark);
/* How thick a curve is. */
#define PL_CURVE_LINE 1.6
/* Length of its dash's pattern, 0 if it is solid, and whether the pattern leaves out that place. */
double pl_curve_dash_period (const PlChartCurve *self);
gboolean pl_curve_dash_is_off (const PlChartCurve *self, double at);
/* Sets the context's dash, line width and cap. */
void pl_curve_set_line (const PlChartCurve *self, cairo_t *cr);
/* Least and greatest value on the screen, limits included; FALSE if there are none. */
gboolean pl_curve_extent (const PlChartCurve *self, double from, double to, double *ret_low,
			  double *ret_high);
/* Draws it into the frame; clips nothing. */
void pl_curve_paint (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame, gboolean dark);
