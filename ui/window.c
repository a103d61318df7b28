/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window.h"
#include "ui/entry_dialog.h"
#include "ui/language.h"
#include "ui/pages.h"
#include "ui/rail.h"
#include "ui/run_page.h"
#include "ui/scan_controller.h"

/* Seconds change on the screen while nothing else does. */
#define TICK_MS 500

struct _PlWindow {
	AdwApplicationWindow parent;
	PlRail *rail;
	GtkStack *stack;
	PlRunPage *page;
	PlDesk *desk;
	const PlWindowHandler *handler;
	gpointer data;
	GPtrArray *shown; /* PlSnapshot* of each slot */
	guint open; /* the slot that the run page shows */
	guint tick;
};

G_DEFINE_FINAL_TYPE (PlWindow, pl_window, ADW_TYPE_APPLICATION_WINDOW)

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

/* NULL = nothing is known of it yet. */
static const PlSnapshot *
shown_of (PlWindow *self, guint slot)
{
	return slot < self->shown->len ? g_ptr_array_index (self->shown, slot) : NULL;
}

static void
redraw (PlWindow *self)
{
	if (shown_of (self, self->open) != NULL)
		pl_run_page_update (self->page, shown_of (self, self->open));
}

static void
hint (PlWindow *self, const char *text)
{
	pl_run_page_hint (self->page, text);
	redraw (self);
}

/* TRUE: its state is another than what was shown. */
static gboolean
keep (PlWindow *self, const PlSnapshot *snapshot)
{
	const PlSnapshot *before = shown_of (self, snapshot->slot);
	gboolean entered = before == NULL || before->state_seq != snapshot->state_seq;

	if (snapshot->slot == self->open &&
	    (entered || g_strcmp0 (before->said, snapshot->said) != 0))
		pl_run_page_hint (self->page, NULL);
	while (snapshot->slot >= self->shown->len)
		g_ptr_array_add (self->shown, NULL);
	pl_snapshot_unref (before);
	self->shown->pdata[snapshot->slot] = pl_snapshot_ref (snapshot);
	return entered;
}

void
pl_window_update (PlWindow *self, const PlSnapshot *snapshot)
{
	gboolean begins = keep (self, snapshot) && snapshot->state == PL_SLOT_RUNNING;

	if (snapshot->slot == self->open)
		redraw (self);
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		pl_page_update (page_of (self, row->name), snapshot);
	/* whoever reads something else is to know that the pack beside them is live */
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

	pl_run_page_hint (self->page, NULL);
	redraw (self);
	if (row != NULL && pl_desk_may (self->desk, row->may))
		pl_page_refresh (in_view (self));
	else
		pl_window_go (self, "run");
	pl_rail_update (self->rail, self->desk, gtk_stack_get_visible_child_name (self->stack));
}

static void
on_chosen (PlWindow *self, const char *name)
{
	pl_window_go (self, name);
}

/* -- keys -------------------------------------------------------------------------------------- */

static gboolean
is_running (PlWindow *self)
{
	const PlSnapshot *shown = shown_of (self, self->open);

	return shown != NULL && shown->state == PL_SLOT_RUNNING;
}

/* A code that the slot does not even get. */
static void
refuse (PlWindow *self, const char *why)
{
	hint (self, why);
	self->handler->refused (self->data, self->open);
}

/* A test is on the bench: the code of the next pack is refused here and now, in sight. */
static void
on_code (gpointer data, const char *code)
{
	PlWindow *self = data;

	if (in_view (self) != NULL && pl_page_scan (in_view (self), code))
		return;
	pl_window_go (self, "run");
	if (is_running (self))
		refuse (self,
			_ ("A test is running: the code was not taken. Scan it again afterwards"));
	else
		self->handler->scan (self->data, self->open, code, "scanned");
}

static void
on_torn (gpointer data)
{
	refuse (data, _ ("The code broke off and was not taken: scan it again"));
}

/* On Run a key may only come from a scanner; the pages beside it are worked with the keyboard. */
static gboolean
on_loose (gpointer data)
{
	if (in_view (data) != NULL)
		return FALSE;
	refuse (data,
		_ ("Keys without the scanner's frame are not taken: press F2 to type a serial"));
	return TRUE;
}

static const PlScanHandler scan_handler = {on_code, on_torn, on_loose};

static void
on_entered (PlWindow *self, const char *text)
{
	self->handler->scan (self->data, self->open, text, "typed");
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

	if (is_running (self))
		return;
	dialog = pl_entry_dialog_new (GTK_WINDOW (self));
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
	pl_window_go (PL_WINDOW (widget), g_variant_get_string (args, NULL));
	return GDK_EVENT_STOP;
}

static void
on_stopped (PlWindow *self)
{
	self->handler->stop (self->data, self->open);
}

static void
on_acknowledged (PlWindow *self)
{
	self->handler->acknowledge (self->data, self->open);
}

static gboolean
on_tick (gpointer data)
{
	PlWindow *self = data;

	if (is_running (self))
		redraw (self);
	return G_SOURCE_CONTINUE;
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
dispose (GObject *object)
{
	PlWindow *self = PL_WINDOW (object);

	g_clear_handle_id (&self->tick, g_source_remove);
	g_clear_pointer (&self->shown, g_ptr_array_unref);
	G_OBJECT_CLASS (pl_window_parent_class)->dispose (object);
}

static void
pl_window_class_init (PlWindowClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	GTK_WINDOW_CLASS (class)->close_request = close_request;
	g_type_ensure (PL_TYPE_RUN_PAGE);
	g_type_ensure (PL_TYPE_RAIL);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/window.ui");
	gtk_widget_class_bind_template_child (widget, PlWindow, page);
	gtk_widget_class_bind_template_child (widget, PlWindow, rail);
	gtk_widget_class_bind_template_child (widget, PlWindow, stack);
	gtk_widget_class_bind_template_callback (widget, on_chosen);
	gtk_widget_class_bind_template_callback (widget, on_stopped);
	gtk_widget_class_bind_template_callback (widget, on_acknowledged);
	gtk_widget_class_bind_template_callback (widget, on_language);
	gtk_widget_class_bind_template_callback (widget, on_typing);
	gtk_widget_class_add_binding (widget, GDK_KEY_F2, 0, on_type_key, NULL);
	gtk_widget_class_add_binding (widget, GDK_KEY_F9, 0, on_language_key, NULL);
	gtk_widget_class_add_binding (widget, GDK_KEY_F1, 0, on_page_key, "s", "run");
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++)
		gtk_widget_class_add_binding (widget, row->key, 0, on_page_key, "s", row->name);
}

static void
pl_window_init (PlWindow *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	self->shown = g_ptr_array_new_with_free_func ((GDestroyNotify)pl_snapshot_unref);
	gtk_widget_add_controller (GTK_WIDGET (self), pl_scan_controller_new (&scan_handler, self));
	self->tick = g_timeout_add (TICK_MS, on_tick, self);
}

PlWindow *
pl_window_new (GtkApplication *application, PlDesk *desk, const PlWindowHandler *handler,
	       gpointer data)
{
	PlWindow *self = g_object_new (PL_TYPE_WINDOW, "application", application, NULL);

	self->desk = desk;
	self->handler = handler;
	self->data = data;
	for (const PlPageRow *row = pl_pages; row->name != NULL; row++) {
		PlPage *page = g_object_new (row->type (), NULL);

		pl_page_set_up (page, desk);
		gtk_stack_add_named (self->stack, GTK_WIDGET (page), row->name);
	}
	pl_rail_update (self->rail, desk, "run");
	return self;
}
