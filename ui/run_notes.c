/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_notes.h"
#include "db/note.h"
#include "station/row_text.h"
#include "ui/language.h"

struct _PlRunNotes {
	GtkBox parent;
	GtkLabel *title;
	GtkBox *list;
	GtkScrolledWindow *scroller;
	GtkEntry *entry;
	GtkButton *add;
};

G_DEFINE_FINAL_TYPE (PlRunNotes, pl_run_notes, GTK_TYPE_BOX)

static GtkWidget *
label_new (const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new (text);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap (GTK_LABEL (label), TRUE);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	gtk_widget_add_css_class (label, class);
	return label;
}

static void
show_note (PlRunNotes *self, const PlNoteRow *note)
{
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
	g_autofree char *when = pl_local_text (note->utc);
	g_autofree char *head =
	    g_strdup_printf ("%s   %s", when, note->who != NULL ? note->who : _ ("nobody"));

	gtk_widget_add_css_class (box, "note");
	gtk_box_append (GTK_BOX (box), label_new (head, "dim"));
	gtk_box_append (GTK_BOX (box), label_new (note->text, "note-text"));
	gtk_box_append (self->list, box);
}

void
pl_run_notes_update (PlRunNotes *self, GPtrArray *notes)
{
	guint n = notes != NULL ? notes->len : 0;
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
		gtk_box_remove (self->list, child);
	/* the newest on top: there may be more than fit */
	for (guint i = n; i > 0; i--)
		show_note (self, g_ptr_array_index (notes, i - 1));
	gtk_widget_set_visible (GTK_WIDGET (self->scroller), n > 0);
	gtk_label_set_text (self->title, _ ("Notes"));
	gtk_button_set_label (self->add, _ ("Add note"));
	gtk_entry_set_placeholder_text (self->entry, _ ("Note what is to be known of this run"));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Note"), -1);
}

void
pl_run_notes_kept (PlRunNotes *self)
{
	/* not before it is kept: a text that could not be written is still there to be sent
	 * again */
	gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
on_changed (PlRunNotes *self)
{
	g_autofree char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

	gtk_widget_set_sensitive (GTK_WIDGET (self->add), *g_strstrip (text) != '\0');
}

static void
on_add (PlRunNotes *self)
{
	/* Return in the entry comes here, too */
	if (gtk_widget_get_sensitive (GTK_WIDGET (self->add)))
		g_signal_emit_by_name (self, "added",
				       gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
pl_run_notes_class_init (PlRunNotesClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	g_signal_new ("added", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_notes.ui");
	gtk_widget_class_bind_template_child (widget, PlRunNotes, title);
	gtk_widget_class_bind_template_child (widget, PlRunNotes, list);
	gtk_widget_class_bind_template_child (widget, PlRunNotes, scroller);
	gtk_widget_class_bind_template_child (widget, PlRunNotes, entry);
	gtk_widget_class_bind_template_child (widget, PlRunNotes, add);
	gtk_widget_class_bind_template_callback (widget, on_changed);
	gtk_widget_class_bind_template_callback (widget, on_add);
}

static void
pl_run_notes_init (PlRunNotes *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
