/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/curve.h"
#include <gtk/gtk.h>

/*
 * Curves over time: live beside a run, where it follows the last seconds, and in History, where a
 * whole record is shown and another run may be laid over it (PlChartCurve.shift and .faded). A
 * person pans by dragging or with the arrow keys, zooms with the wheel or + and -, and is back to
 * following with a double click, Home or Escape. Main thread only.
 */
#define PL_TYPE_STRIP_CHART (pl_strip_chart_get_type ())
G_DECLARE_FINAL_TYPE (PlStripChart, pl_strip_chart, PL, STRIP_CHART, GtkWidget)

GtkWidget *pl_strip_chart_new (void);

/* What is to be shown. The curves are copied, with a reference on each series; the caller goes on
 * appending to those and calls again, 20 to 30 times a second at most, to have it drawn. */
typedef struct {
	const PlChartCurve *curves;
	guint n_curves;
	double window; /* seconds that are followed; 0 = the whole record */
} PlStripChartState;
void pl_strip_chart_update (PlStripChart *self, const PlStripChartState *state);
