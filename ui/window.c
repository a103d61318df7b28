/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window.h"
#include "ui/entry_dialog.h"
#include "ui/language.h"
#include "ui/pages.h"
#include "ui/rail.h"
#include "ui/run_area.h"
#include "ui/scan_controller.h"
#include "ui/theme.h"

struct _PlWindow {
	AdwApplicationWindow parent;
	PlRail *rail;
	GtkStack *stack;
	PlRunArea *area;
	PlDesk *desk;
	const PlWindowHandler *handler;
	gpointer data;
};

G_DEFINE_FINAL_TYPE (PlWindow, pl_window, ADW_TYPE_APPLICATION_WINDOW)

/* All are there from the beginning: a page keeps what was looked at while it is out of view. */
static PlPage *
page_of (PlWindow *self, const char *name)
{
	return PL_PAGE (gtk_stack_get_child_by_name (self->stack, name));
}

/* NULL = Run. */
static PlPage *
in_view (PlWindow *self)
{
	GtkWidget *child = gtk_stack_get_visible_child (self->stack);

	return PL_IS_PAGE (child) ? PL_PAGE (child) : NULL;
}

void
pl_window_update (PlWindow *self, const PlSnapshot *snapshot)
{
	gboolean begins = pl_run_area_update (self->area, snapshot);

	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		pl_page_update (page_of (self, row->name), snapshot);
	/* whoever reads something else is to know that the pack beside them is live; of many slots
	 * one always is */
	if (begins)
		pl_window_go (self, "run");
}

/* -- which page is in view --------------------------------------------------------------------- */

static const PlPageRow *
row_of (const char *name)
{
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		if (g_str_equal (row->name, name))
			return row;
	return NULL;
}

void
pl_window_go (PlWindow *self, const char *name)
{
	const PlPageRow *row = row_of (name);
	PlPage *before = in_view (self);

	if ((row == NULL || pl_desk_may (self->desk, row->may)) &&
	    !g_str_equal (gtk_stack_get_visible_child_name (self->stack), name)) {
		if (before != NULL)
			pl_page_leave (before);
		gtk_stack_set_visible_child_name (self->stack, name);
		if (row != NULL)
			pl_page_refresh (in_view (self));
	}
	/* also where nothing changed: a pressed button of the rail is up again */
	pl_rail_update (self->rail, self->desk, gtk_stack_get_visible_child_name (self->stack));
}

void
pl_window_refresh (PlWindow *self)
{
	const PlPageRow *row = row_of (gtk_stack_get_visible_child_name (self->stack));

	pl_run_area_refresh (self->area);
	if (row != NULL && pl_desk_may (self->desk, row->may))
		pl_page_refresh (in_view (self));
	else
		pl_window_go (self, "run");
	pl_rail_update (self->rail, self->desk, gtk_stack_get_visible_child_name (self->stack));
}

/* Run is where all slots are seen. */
static void
on_chosen (PlWindow *self, const char *name)
{
	if (g_str_equal (name, "run"))
		pl_run_area_home (self->area);
	pl_window_go (self, name);
}

void
pl_window_say (PlWindow *self, const char *line)
{
	if (in_view (self) != NULL)
		pl_page_say (in_view (self), line);
	else
		pl_run_area_refuse (self->area, line);
}

/* -- keys -------------------------------------------------------------------------------------- */

/* The code of a pack is taken, or refused here and now, in sight. */
static void
on_code (gpointer data, const char *code)
{
	PlWindow *self = data;

	/* first of all: a badge is nobody's serial, whatever page is in view */
	if (pl_desk_is_badge (self->desk, code)) {
		self->handler->badge (self->data, code);
		return;
	}
	if (in_view (self) != NULL && pl_page_scan (in_view (self), code))
		return;
	pl_window_go (self, "run");
	pl_run_area_scan (self->area, code, "scanned");
}

static void
on_torn (gpointer data)
{
	pl_window_say (data, _ ("The code broke off and was not taken: scan it again"));
}

/* On Run a key may only come from a scanner; the pages beside it are worked with the keyboard. */
static gboolean
on_loose (gpointer data)
{
	if (in_view (data) != NULL)
		return FALSE;
	pl_run_area_refuse (
	    PL_WINDOW (data)->area,
	    _ ("Keys without the scanner's frame are not taken: press F2 to type a serial"));
	return TRUE;
}

static const PlScanHandler scan_handler = {on_code, on_torn, on_loose};

static void
on_entered (PlWindow *self, const char *text)
{
	/* where the scanner is broken a badge is typed */
	if (pl_desk_is_badge (self->desk, text))
		self->handler->badge (self->data, text);
	else
		pl_run_area_scan (self->area, text, "typed");
}

static void
on_scanned (PlWindow *self, const char *code)
{
	on_code (self, code);
}

static void
on_typing (PlWindow *self)
{
	PlEntryDialog *dialog;

	if (!pl_run_area_may_type (self->area))
		return;
	dialog = pl_entry_dialog_new (GTK_WINDOW (self), pl_run_area_wants_code (self->area));
	g_signal_connect_object (dialog, "entered", G_CALLBACK (on_entered), self,
				 G_CONNECT_SWAPPED);
	g_signal_connect_object (dialog, "scanned", G_CALLBACK (on_scanned), self,
				 G_CONNECT_SWAPPED);
	gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_language (PlWindow *self)
{
	pl_language_set ((pl_language () + 1) % PL_LANGUAGE_LAST);
	pl_window_refresh (self);
}

static gboolean
on_type_key (GtkWidget *widget, GVariant *args, gpointer data)
{
	on_typing (PL_WINDOW (widget));
	return GDK_EVENT_STOP;
}

static gboolean
on_language_key (GtkWidget *widget, GVariant *args, gpointer data)
{
	on_language (PL_WINDOW (widget));
	return GDK_EVENT_STOP;
}

static gboolean
on_page_key (GtkWidget *widget, GVariant *args, gpointer data)
{
	on_chosen (PL_WINDOW (widget), g_variant_get_string (args, NULL));
	return GDK_EVENT_STOP;
}

static gboolean
on_back_key (GtkWidget *widget, GVariant *args, gpointer data)
{
	PlWindow *self = PL_WINDOW (widget);

	if (in_view (self) != NULL)
		/* a page has an Escape of its own */
		return GDK_EVENT_PROPAGATE;
	pl_run_area_home (self->area);
	return GDK_EVENT_STOP;
}

static gboolean
on_slot_key (GtkWidget *widget, GVariant *args, gpointer data)
{
	PlWindow *self = PL_WINDOW (widget);

	pl_window_go (self, "run");
	pl_run_area_choose (self->area, g_variant_get_uint32 (args));
	return GDK_EVENT_STOP;
}

/* -- what a person wants of a slot ------------------------------------------------------------- */

static void
on_scan (PlWindow *self, guint slot, const char *code, const char *entry)
{
	self->handler->scan (self->data, slot, code, entry);
}

static void
on_stop (PlWindow *self, guint slot)
{
	self->handler->stop (self->data, slot);
}

static void
on_acknowledge (PlWindow *self, guint slot)
{
	self->handler->acknowledge (self->data, slot);
}

static void
on_answer (PlWindow *self, guint slot, const char *answer)
{
	self->handler->answer (self->data, slot, answer);
}

static void
on_override (PlWindow *self, guint slot, const char *serial)
{
	self->handler->override (self->data, slot, serial);
}

static void
on_refused (PlWindow *self, guint slot)
{
	self->handler->refused (self->data, slot);
}

static void
on_opened (PlWindow *self, guint slot)
{
	self->handler->opened (self->data, slot);
}

static gboolean
close_request (GtkWindow *window)
{
	PlWindow *self = PL_WINDOW (window);

	if (self->handler != NULL && !self->handler->close (self->data))
		return GDK_EVENT_STOP;
	return GTK_WINDOW_CLASS (pl_window_parent_class)->close_request (window);
}

static void
pl_window_class_init (PlWindowClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	GTK_WINDOW_CLASS (class)->close_request = close_request;
	g_type_ensure (PL_TYPE_RUN_AREA);
	g_type_ensure (PL_TYPE_RAIL);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/window.ui");
	gtk_widget_class_bind_template_child (widget, PlWindow, area);
	gtk_widget_class_bind_template_child (widget, PlWindow, rail);
	gtk_widget_class_bind_template_child (widget, PlWindow, stack);
	gtk_widget_class_bind_template_callback (widget, on_chosen);
	gtk_widget_class_bind_template_callback (widget, on_scan);
	gtk_widget_class_bind_template_callback (widget, on_stop);
	gtk_widget_class_bind_template_callback (widget, on_acknowledge);
	gtk_widget_class_bind_template_callback (widget, on_answer);
	gtk_widget_class_bind_template_callback (widget, on_override);
	gtk_widget_class_bind_template_callback (widget, on_refused);
	gtk_widget_class_bind_template_callback (widget, on_opened);
	gtk_widget_class_bind_template_callback (widget, on_language);
	gtk_widget_class_bind_template_callback (widget, on_typing);
	gtk_widget_class_add_binding (widget, GDK_KEY_F2, 0, on_type_key, NULL);
	gtk_widget_class_add_binding (widget, GDK_KEY_F9, 0, on_language_key, NULL);
	gtk_widget_class_add_binding (widget, GDK_KEY_F1, 0, on_page_key, "s", "run");
	gtk_widget_class_add_binding (widget, GDK_KEY_Escape, 0, on_back_key, NULL);
	/* further slots by their tile or their own code */
	for (guint i = 0; i < 9; i++)
		gtk_widget_class_add_binding (widget, GDK_KEY_1 + i, GDK_CONTROL_MASK, on_slot_key,
					      "u", i);
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		gtk_widget_class_add_binding (widget, row->key, 0, on_page_key, "s", row->name);
}

static void
pl_window_init (PlWindow *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	gtk_widget_add_controller (GTK_WIDGET (self), pl_scan_controller_new (&scan_handler, self));
	pl_theme_follow (GTK_WINDOW (self));
}

PlWindow *
pl_window_new (GtkApplication *application, PlDesk *desk, const PlWindowHandler *handler,
	       gpointer data)
{
	PlWindow *self = g_object_new (PL_TYPE_WINDOW, "application", application, NULL);

	self->desk = desk;
	self->handler = handler;
	self->data = data;
	pl_run_area_set_up (self->area,
			    desk->settings != NULL ? desk->settings->reject_code : NULL);
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++) {
		PlPage *page = g_object_new (row->type (), NULL);

		pl_page_set_up (page, desk);
		gtk_stack_add_named (self->stack, GTK_WIDGET (page), row->name);
	}
	pl_rail_update (self->rail, desk, "run");
	return self;
}
