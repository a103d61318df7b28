/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/curve.h"

/* A curve with many samples, as a box in each column of device pixels from the least to the
 * greatest value that the line through them has there. In the context's colour. Boxes of `tall`
 * device pixels or more end on whole ones, which costs a fraction and shows on thin lines only. */
void pl_curve_paint_columns (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame,
			     double tall);
