/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/input.h"
#include <math.h>

#define ZOOM_STEP 1.25
#define KEY_PAN 0.2 /* of what is shown */

double
pl_chart_input_cursor (const PlChartInput *self)
{
	return self->view.from +
	       (self->pointer - self->x) / self->width * (self->view.to - self->view.from);
}

static void
moved (GtkEventControllerMotion *motion, double x, double y, gpointer data)
{
	PlChartInput *self = data;

	self->pointer = x;
	gtk_widget_queue_draw (self->widget);
}

static void
left (GtkEventControllerMotion *motion, gpointer data)
{
	moved (motion, NAN, NAN, data);
}

static void
drag_began (GtkGestureDrag *drag, double x, double y, gpointer data)
{
	((PlChartInput *)data)->dragged = 0;
}

static void
pan (PlChartInput *self, double seconds)
{
	pl_chart_view_pan (&self->view, seconds);
	gtk_widget_queue_draw (self->widget);
}

static void
drag_updated (GtkGestureDrag *drag, double x, double y, gpointer data)
{
	PlChartInput *self = data;

	/* the least movement is a click that trembled */
	if (!gtk_drag_check_threshold (self->widget, 0, 0, (int)x, 0) && self->view.follows)
		return;
	pan (self, (self->dragged - x) * (self->view.to - self->view.from) / self->width);
	self->dragged = x;
}

static void
zoom (PlChartInput *self, double factor, double about)
{
	pl_chart_view_zoom (&self->view, factor, about);
	gtk_widget_queue_draw (self->widget);
}

static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, gpointer data)
{
	PlChartInput *self = data;
	double about = isnan (self->pointer) ? (self->view.from + self->view.to) / 2
					     : pl_chart_input_cursor (self);

	zoom (self, pow (ZOOM_STEP, dy), about);
	return GDK_EVENT_STOP;
}

static void
follow (PlChartInput *self)
{
	pl_chart_view_follow (&self->view);
	gtk_widget_queue_draw (self->widget);
}

static void
pressed (GtkGestureClick *click, int n_press, double x, double y, gpointer data)
{
	PlChartInput *self = data;

	gtk_widget_grab_focus (self->widget);
	if (n_press == 2)
		follow (self);
}

static gboolean
key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
	     gpointer data)
{
	PlChartInput *self = data;
	double span = self->view.to - self->view.from, middle = self->view.from + span / 2;

	switch (key) {
	case GDK_KEY_Left:
		pan (self, -KEY_PAN * span);
		return GDK_EVENT_STOP;
	case GDK_KEY_Right:
		pan (self, KEY_PAN * span);
		return GDK_EVENT_STOP;
	case GDK_KEY_plus:
	case GDK_KEY_equal:
	case GDK_KEY_KP_Add:
		zoom (self, 1 / ZOOM_STEP, middle);
		return GDK_EVENT_STOP;
	case GDK_KEY_minus:
	case GDK_KEY_KP_Subtract:
		zoom (self, ZOOM_STEP, middle);
		return GDK_EVENT_STOP;
	case GDK_KEY_Home:
	case GDK_KEY_Escape:
		/* one that has nothing to undo here belongs to the page around */
		if (self->view.follows)
			return GDK_EVENT_PROPAGATE;
		follow (self);
		return GDK_EVENT_STOP;
	default:
		return GDK_EVENT_PROPAGATE;
	}
}

static void
add_controllers (PlChartInput *self)
{
	GtkEventController *motion = gtk_event_controller_motion_new (),
			   *scroll = gtk_event_controller_scroll_new (
			       GTK_EVENT_CONTROLLER_SCROLL_VERTICAL),
			   *keys = gtk_event_controller_key_new ();
	GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();

	g_signal_connect (motion, "motion", G_CALLBACK (moved), self);
	g_signal_connect (motion, "leave", G_CALLBACK (left), self);
	g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), self);
	g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed), self);
	g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_began), self);
	g_signal_connect (drag, "drag-update", G_CALLBACK (drag_updated), self);
	g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
	gtk_widget_add_controller (self->widget, motion);
	gtk_widget_add_controller (self->widget, scroll);
	gtk_widget_add_controller (self->widget, keys);
	gtk_widget_add_controller (self->widget, GTK_EVENT_CONTROLLER (drag));
	gtk_widget_add_controller (self->widget, GTK_EVENT_CONTROLLER (click));
}

void
pl_chart_input_init (PlChartInput *self, GtkWidget *widget)
{
	*self = (PlChartInput){.widget = widget, .width = 1, .pointer = NAN};
	pl_chart_view_init (&self->view);
	add_controllers (self);
}
