/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Which seconds of a record are on the screen. It follows the record's end (the last `window`
 * seconds, or the whole record if that is 0) until a person zooms or pans; then it stays where they
 * put it, whatever arrives, until they ask to follow again.
 */
typedef struct {
	double first, last; /* of the record */
	double window;
	double from, to; /* what is shown; from < to */
	gboolean follows;
} PlChartView;

void pl_chart_view_init (PlChartView *self);
/* The record has grown, or is another one. A record of one instant or none has a second. */
void pl_chart_view_update (PlChartView *self, double first, double last, double window);
/* The time `about` stays where it is on the screen; factor 0.5 shows half as many seconds. */
void pl_chart_view_zoom (PlChartView *self, double factor, double about);
/* Never leaves the record. */
void pl_chart_view_pan (PlChartView *self, double seconds);
void pl_chart_view_follow (PlChartView *self);
