/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/curve.h"
#include <pango/pangocairo.h>

/* A chart as it is painted, on the screen or into a report: lanes one under the other over one time
 * axis. Needs no display. */
typedef struct {
	double width, height, scale; /* scale: device pixels a unit */
	double from, to; /* seconds */
	double cursor; /* seconds; NaN = none, then the last values are written */
	const PlChartCurve *curves;
	guint n_curves;
	PlRgb ink; /* of texts and lines; a light one is taken to lie on a dark ground */
	const char *nothing; /* what is written where there is no sample */
} PlChartScene;

gboolean pl_chart_is_dark (const PlChartScene *scene);
/* Sizes follow the layout's font, whose text and width are left changed. The ground is not
 * painted. */
void pl_chart_paint (const PlChartScene *scene, cairo_t *cr, PangoLayout *layout);
/* The part of the width that shows time. */
void pl_chart_plot_span (const PlChartScene *scene, PangoLayout *layout, double *ret_x,
			 double *ret_width);
