/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/limit_bar.h"
#include <math.h>

#define LOW 0.2 /* a fifth each for what is out of bounds */
#define HIGH 0.8
#define WIDTH 96 /* px, as what follows */
#define HEIGHT 16
#define TRACK 6 /* height of the line */
#define MARK 3 /* half of the mark's width */

struct _PlLimitBar {
	GtkWidget parent;
	double value, low, high;
};

G_DEFINE_FINAL_TYPE (PlLimitBar, pl_limit_bar, GTK_TYPE_WIDGET)

/* With one bound only there is no scale but the bound itself: as far again as it is from zero. */
double
pl_limit_bar_place (double value, double low, double high)
{
	double span, at;

	if (!isnan (low) && !isnan (high)) {
		/* where both bounds are one it is in the middle; 1e-12: where that one is zero */
		span = high > low ? high - low : MAX (fabs (high), 1e-12);
		at = high > low ? LOW + (HIGH - LOW) * (value - low) / span
				: 0.5 + (HIGH - LOW) * (value - low) / span;
	} else if (!isnan (high)) {
		span = MAX (fabs (high), 1e-12);
		at = HIGH + (HIGH - LOW) * (value - high) / span;
	} else {
		span = MAX (fabs (low), 1e-12);
		at = LOW + (HIGH - LOW) * (value - low) / span;
	}
	return CLAMP (at, 0, 1);
}

static void
draw_part (GtkSnapshot *snapshot, const GdkRGBA *ink, double alpha, double from, double to,
	   double middle, double tall)
{
	GdkRGBA colour = *ink;
	GskRoundedRect shape;
	graphene_rect_t area;

	colour.alpha *= (float)alpha;
	graphene_rect_init (&area, (float)from, (float)(middle - tall / 2), (float)(to - from),
			    (float)tall);
	gsk_rounded_rect_init_from_rect (&shape, &area, (float)MIN (tall, to - from) / 2);
	gtk_snapshot_push_rounded_clip (snapshot, &shape);
	gtk_snapshot_append_color (snapshot, &colour, &area);
	gtk_snapshot_pop (snapshot);
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
	PlLimitBar *self = PL_LIMIT_BAR (widget);
	double width = gtk_widget_get_width (widget), middle = gtk_widget_get_height (widget) / 2.0;
	double at;
	GdkRGBA ink;

	if (!isfinite (self->value) || (isnan (self->low) && isnan (self->high)))
		return;
	gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
	at = pl_limit_bar_place (self->value, self->low, self->high);
	draw_part (snapshot, &ink, 0.12, 0, width, middle, TRACK);
	draw_part (snapshot, &ink, 0.28, isnan (self->low) ? 0 : LOW * width,
		   isnan (self->high) ? width : HIGH * width, middle, TRACK);
	/* a mark at an end is still whole */
	at = CLAMP (at * width, MARK, width - MARK);
	draw_part (snapshot, &ink, 1, at - MARK, at + MARK, middle, HEIGHT);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
	 int *minimum_baseline, int *natural_baseline)
{
	*minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

void
pl_limit_bar_update (PlLimitBar *self, double value, double low, double high)
{
	self->value = value;
	self->low = low;
	self->high = high;
	gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pl_limit_bar_class_init (PlLimitBarClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	widget->snapshot = snapshot;
	widget->measure = measure;
	gtk_widget_class_set_css_name (widget, "limitbar");
	/* the row says value and limits in words */
	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pl_limit_bar_init (PlLimitBar *self)
{
	self->value = NAN;
}

GtkWidget *
pl_limit_bar_new (void)
{
	return g_object_new (PL_TYPE_LIMIT_BAR, NULL);
}
