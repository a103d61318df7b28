/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/view.h"
#include <math.h>

/* Below this a window holds no sample of any instrument here. */
#define LEAST_SPAN 1e-3

/* Until a window has filled, its right part is time to come. */
static double
end_of_record (const PlChartView *self)
{
	return MAX (self->last, self->first + self->window);
}

static void
keep_inside (PlChartView *self)
{
	double end = end_of_record (self);
	double span =
	    CLAMP (self->to - self->from, LEAST_SPAN, MAX (end - self->first, LEAST_SPAN));

	self->from = MIN (self->from, end - span);
	self->from = MAX (self->from, self->first);
	self->to = self->from + span;
}

void
pl_chart_view_follow (PlChartView *self)
{
	self->follows = TRUE;
	self->to = end_of_record (self);
	self->from = self->window > 0 ? self->to - self->window : self->first;
}

void
pl_chart_view_init (PlChartView *self)
{
	*self = (PlChartView){0, 1, 0, 0, 1, TRUE};
}

void
pl_chart_view_update (PlChartView *self, double first, double last, double window)
{
	self->first = first;
	self->last = last - first >= LEAST_SPAN ? last : first + 1;
	self->window = window;
	if (self->follows)
		pl_chart_view_follow (self);
	else
		keep_inside (self);
}

void
pl_chart_view_zoom (PlChartView *self, double factor, double about)
{
	double span = self->to - self->from, total = end_of_record (self) - self->first;
	double share = CLAMP ((about - self->from) / span, 0, 1);
	double next = MAX (span * factor, LEAST_SPAN);

	/* zoomed out as far as a whole record goes, it is followed again */
	if (next >= total && self->window <= 0) {
		pl_chart_view_follow (self);
		return;
	}
	self->follows = FALSE;
	self->from += share * (span - next);
	self->to = self->from + next;
	keep_inside (self);
}

void
pl_chart_view_pan (PlChartView *self, double seconds)
{
	self->follows = FALSE;
	self->from += seconds;
	self->to += seconds;
	keep_inside (self);
}
