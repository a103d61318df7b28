/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/paint.h"

/* The value at a time as a person reads it off: the nearest sample's, or least and greatest where
 * several share the `width` seconds of a pixel. Time NaN = the last sample. */
const char *pl_curve_reading (const PlChartCurve *curve, double time, double width, char *buffer,
			      gsize size);
/* The names and readings of a lane's curves on one line, from x on. */
void pl_chart_paint_legend (const PlChartScene *scene, guint lane, cairo_t *cr, PangoLayout *layout,
			    double x, double y, double width);
