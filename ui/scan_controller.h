/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

/* What a window does with keys before any widget sees them. Called on the main thread. */
typedef struct {
	void (*code) (gpointer data, const char *code); /* a whole frame */
	void (*torn) (gpointer data); /* a frame that broke off */
	/* Typing without a frame, outside of a text field. TRUE = it is kept from the widgets; NULL
	 * = it is let through. */
	gboolean (*loose) (gpointer data);
} PlScanHandler;

/* A capture-phase controller for gtk_widget_add_controller: frames are F12 ... Return. Space,
 * Return and letters outside of a frame are swallowed where `loose` says so: an unframed scan must
 * press nothing, so its Return is swallowed everywhere. What is typed into a text field is its own.
 */
GtkEventController *pl_scan_controller_new (const PlScanHandler *handler, gpointer data);
