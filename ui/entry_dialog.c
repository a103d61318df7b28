/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/entry_dialog.h"
#include "ui/language.h"
#include "ui/scan_controller.h"

struct _PlEntryDialog {
	AdwWindow parent;
	GtkLabel *title, *note;
	GtkEntry *entry;
	GtkButton *cancel, *start;
};

G_DEFINE_FINAL_TYPE (PlEntryDialog, pl_entry_dialog, ADW_TYPE_WINDOW)

static void
on_changed (PlEntryDialog *self)
{
	gtk_widget_set_sensitive (GTK_WIDGET (self->start),
				  gtk_entry_get_text_length (self->entry) > 0);
}

static void
on_start (PlEntryDialog *self)
{
	g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

	g_strstrip (text);
	if (*text == '\0')
		return;
	g_signal_emit_by_name (self, "entered", text);
	gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_cancel (PlEntryDialog *self)
{
	gtk_window_destroy (GTK_WINDOW (self));
}

/* A scan while the dialog is open is a scan, and not typing. */
static void
on_code (gpointer data, const char *code)
{
	g_signal_emit_by_name (data, "scanned", code);
	gtk_window_destroy (GTK_WINDOW (data));
}

static void
on_torn (gpointer data)
{
	PlEntryDialog *self = data;

	gtk_label_set_text (self->note, _ ("The code broke off and was not taken: scan it again"));
}

static const PlScanHandler scan_handler = {on_code, on_torn, NULL};

static void
pl_entry_dialog_class_init (PlEntryDialogClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	g_signal_new ("entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	g_signal_new ("scanned", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/entry_dialog.ui");
	gtk_widget_class_bind_template_child (widget, PlEntryDialog, title);
	gtk_widget_class_bind_template_child (widget, PlEntryDialog, note);
	gtk_widget_class_bind_template_child (widget, PlEntryDialog, entry);
	gtk_widget_class_bind_template_child (widget, PlEntryDialog, cancel);
	gtk_widget_class_bind_template_child (widget, PlEntryDialog, start);
	gtk_widget_class_bind_template_callback (widget, on_changed);
	gtk_widget_class_bind_template_callback (widget, on_start);
	gtk_widget_class_bind_template_callback (widget, on_cancel);
}

static void
pl_entry_dialog_init (PlEntryDialog *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	gtk_label_set_text (self->title, _ ("Type the pack's serial"));
	gtk_label_set_text (self->note,
			    _ ("The record will say that it was typed and not scanned."));
	gtk_button_set_label (self->cancel, _ ("Cancel"));
	gtk_button_set_label (self->start, _ ("Start the test"));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Serial"), -1);
	gtk_widget_add_controller (GTK_WIDGET (self), pl_scan_controller_new (&scan_handler, self));
	on_changed (self);
}

PlEntryDialog *
pl_entry_dialog_new (GtkWindow *parent, gboolean asked)
{
	PlEntryDialog *self =
	    g_object_new (PL_TYPE_ENTRY_DIALOG, "transient-for", parent, "modal", TRUE, NULL);

	if (asked) {
		gtk_label_set_text (self->title, _ ("Type the code that is asked for"));
		gtk_button_set_label (self->start, _ ("Give it"));
	}
	return self;
}
