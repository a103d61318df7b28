/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scan_controller.h"
#include "ui/scan_frame.h"

typedef struct {
	PlScanFrame frame;
	const PlScanHandler *handler;
	gpointer data;
} Shim;

static PlScanKey
kind_of (guint keyval, guint32 c)
{
	if (keyval == GDK_KEY_F12)
		return PL_SCAN_KEY_PREFIX;
	if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_ISO_Enter)
		return PL_SCAN_KEY_END;
	return c != 0 && keyval != GDK_KEY_Tab && keyval != GDK_KEY_Escape &&
		       keyval != GDK_KEY_ISO_Left_Tab
		   ? PL_SCAN_KEY_CHAR
		   : PL_SCAN_KEY_OTHER;
}

static gboolean
is_typing (GtkEventController *controller)
{
	GtkWidget *widget = gtk_event_controller_get_widget (controller);
	GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

	return GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
	gpointer data)
{
	Shim *shim = data;
	guint32 c = gdk_keyval_to_unicode (keyval);
	/* the event's own time: when the key was pressed, not when a busy program came to it */
	gint64 time_us = (gint64)gtk_event_controller_get_current_event_time (
			     GTK_EVENT_CONTROLLER (controller)) *
			 1000;
	PlScanKey kind = kind_of (keyval, c);

	switch (pl_scan_frame_key (&shim->frame, kind, c, time_us)) {
	case PL_SCAN_PASS:
		if (kind == PL_SCAN_KEY_OTHER || (state & GDK_CONTROL_MASK) != 0 ||
		    is_typing (GTK_EVENT_CONTROLLER (controller)))
			return GDK_EVENT_PROPAGATE;
		/* also where a page is worked with the keyboard: an output is switched there */
		if (!pl_scan_frame_is_stray (&shim->frame, kind, c, time_us) &&
		    (shim->handler->loose == NULL || !shim->handler->loose (shim->data)))
			return GDK_EVENT_PROPAGATE;
		break;
	case PL_SCAN_CODE:
		shim->handler->code (shim->data, shim->frame.code);
		break;
	case PL_SCAN_TORN:
		shim->handler->torn (shim->data);
		break;
	default:
		break;
	}
	return GDK_EVENT_STOP;
}

GtkEventController *
pl_scan_controller_new (const PlScanHandler *handler, gpointer data)
{
	GtkEventController *controller = gtk_event_controller_key_new ();
	Shim *shim = g_new0 (Shim, 1);

	shim->handler = handler;
	shim->data = data;
	gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
	g_signal_connect_data (controller, "key-pressed", G_CALLBACK (on_key), shim,
			       (GClosureNotify)(void (*) (void))g_free, 0);
	return controller;
}
