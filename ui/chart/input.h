/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/chart/view.h"
#include <gtk/gtk.h>

/* What a person does to a chart with pointer, wheel and keys: the view that it shows and where the
 * pointer is. The widget draws what stands here. */
typedef struct {
	GtkWidget *widget;
	PlChartView view;
	double x, width; /* of the part that shows time, as last drawn */
	double pointer; /* px from the left; NaN = elsewhere */
	double dragged; /* px of the drag under way that are panned already */
} PlChartInput;

/* Adds controllers to the widget, which holds this struct and is the one that shows the view. */
void pl_chart_input_init (PlChartInput *self, GtkWidget *widget);
/* The time under the pointer; NaN if there is none. */
double pl_chart_input_cursor (const PlChartInput *self);
