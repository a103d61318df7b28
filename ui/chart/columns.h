/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/curve.h"

/* A curve with many samples a pixel, as a box from least to greatest in each column of device
 * pixels, joined with the column before. In the context's colour. */
void pl_curve_paint_columns (const PlChartCurve *self, cairo_t *cr, const PlFrame *frame);
