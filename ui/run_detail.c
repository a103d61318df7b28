/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_detail.h"
#include "station/row_text.h"
#include "ui/language.h"
#include "ui/run_curves.h"
#include "ui/run_head.h"
#include "ui/run_notes.h"
#include "ui/value_table.h"
#include "ui/verdict_look.h"

/* Earlier runs of the pack that the menu offers; all others are in the list. */
#define OFFERED 8

struct _PlRunDetail {
	GtkBox parent;
	GtkButton *back, *reprint, *export, *stop;
	GtkLabel *past, *title, *compared;
	GtkMenuButton *compare;
	GtkPopover *menu;
	GtkBox *choices, *comparison;
	PlRunHead *head;
	PlValueTable *values;
	PlRunCurves *curves;
	PlRunNotes *notes;
};

G_DEFINE_FINAL_TYPE (PlRunDetail, pl_run_detail, GTK_TYPE_BOX)

static char *
line_of (const PlRunRow *run)
{
	g_autofree char *when = pl_local_text (run->started);
	g_autofree char *verdict = pl_verdict_text (run->verdict);

	return g_strdup_printf ("%s   %s   %s", when, verdict, run->serial);
}

/* -- what it can be compared with -------------------------------------------------------------- */

static void
on_choice (PlRunDetail *self, GtkButton *button)
{
	gint64 *run = g_object_get_data (G_OBJECT (button), "run");

	gtk_popover_popdown (self->menu);
	g_signal_emit_by_name (self, "compare", *run);
}

static void
offer (PlRunDetail *self, const char *text, gint64 run)
{
	GtkWidget *button = gtk_button_new_with_label (text);
	/* a pointer may be shorter than an id */
	gint64 *id = g_new (gint64, 1);

	*id = run;
	g_object_set_data_full (G_OBJECT (button), "run", id, g_free);
	gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
	gtk_widget_add_css_class (button, "flat");
	gtk_widget_add_css_class (button, "choice");
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_choice), self,
				 G_CONNECT_SWAPPED);
	gtk_box_append (self->choices, button);
}

static void
list_choices (PlRunDetail *self, const PlStory *story)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->choices))) != NULL)
		gtk_box_remove (self->choices, child);
	for (guint i = 0; i < story->others->len && i < OFFERED; i++) {
		const PlRunRow *run = g_ptr_array_index (story->others, i);
		g_autofree char *text = line_of (run);

		offer (self, text, run->id);
	}
	/* also the golden pack, or a good one of the same day */
	offer (self, _ ("Another run, from the list…"), 0);
}

/* -- update ------------------------------------------------------------------------------------ */

static void
update_bar (PlRunDetail *self, const PlStory *story)
{
	g_autofree char *when = pl_local_text (story->run->started);
	g_autofree char *title = g_strdup_printf ("%s %s", _ ("Record of"), when);

	gtk_label_set_text (self->title, title);
	gtk_label_set_text (self->past, _ ("HISTORY"));
	gtk_button_set_label (self->back, _ ("◀  Back to the list (Esc)"));
	gtk_menu_button_set_label (self->compare, _ ("Compare with…"));
	gtk_button_set_label (self->reprint, _ ("Print the label again"));
	/* only what was printed once is printed again: a pack that failed gets no label here */
	gtk_widget_set_sensitive (GTK_WIDGET (self->reprint), story->has_label);
	gtk_button_set_label (self->export, _ ("Export files"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->export), story->has_record);
	gtk_button_set_label (self->stop, _ ("Stop comparing"));
}

void
pl_run_detail_update (PlRunDetail *self, const PlOpenRun *run, const PlOpenRun *other)
{
	g_autofree char *line = other != NULL ? line_of (other->story->run) : NULL;
	g_autofree char *compared =
	    line != NULL ? g_strdup_printf ("%s   %s", _ ("Compared with"), line) : NULL;

	/* with nothing open, too: what they borrow is about to go */
	pl_value_table_update (self->values, run != NULL ? run->story : NULL,
			       run != NULL && other != NULL ? other->story : NULL);
	pl_run_curves_update (self->curves, run, run != NULL ? other : NULL);
	pl_run_notes_update (self->notes, run != NULL ? run->story->notes : NULL);
	gtk_widget_set_visible (GTK_WIDGET (self->comparison), compared != NULL);
	gtk_label_set_text (self->compared, compared != NULL ? compared : "");
	if (run == NULL)
		return;
	pl_run_head_update (self->head, run->story);
	list_choices (self, run->story);
	update_bar (self, run->story);
}

void
pl_run_detail_noted (PlRunDetail *self)
{
	pl_run_notes_kept (self->notes);
}

/* -- buttons ----------------------------------------------------------------------------------- */

static void
on_back (PlRunDetail *self)
{
	g_signal_emit_by_name (self, "back");
}

static void
on_reprint (PlRunDetail *self)
{
	g_signal_emit_by_name (self, "reprint");
}

static void
on_export (PlRunDetail *self)
{
	g_signal_emit_by_name (self, "export");
}

static void
on_stop (PlRunDetail *self)
{
	g_signal_emit_by_name (self, "compare", (gint64)-1);
}

static void
on_noted (PlRunDetail *self, const char *text)
{
	g_signal_emit_by_name (self, "noted", text);
}

static void
add_signals (GType type)
{
	static const char *const plain[] = {"back", "reprint", "export"};

	for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
		g_signal_new (plain[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
			      0);
	g_signal_new ("compare", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
		      G_TYPE_INT64);
	g_signal_new ("noted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
		      G_TYPE_STRING);
}

static void
pl_run_detail_class_init (PlRunDetailClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	add_signals (G_TYPE_FROM_CLASS (class));
	g_type_ensure (PL_TYPE_RUN_HEAD);
	g_type_ensure (PL_TYPE_VALUE_TABLE);
	g_type_ensure (PL_TYPE_RUN_CURVES);
	g_type_ensure (PL_TYPE_RUN_NOTES);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_detail.ui");
	gtk_widget_class_bind_template_child (widget, PlRunDetail, back);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, reprint);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, export);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, stop);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, past);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, title);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, compared);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, compare);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, menu);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, choices);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, comparison);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, head);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, values);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, curves);
	gtk_widget_class_bind_template_child (widget, PlRunDetail, notes);
	gtk_widget_class_bind_template_callback (widget, on_back);
	gtk_widget_class_bind_template_callback (widget, on_reprint);
	gtk_widget_class_bind_template_callback (widget, on_export);
	gtk_widget_class_bind_template_callback (widget, on_stop);
	gtk_widget_class_bind_template_callback (widget, on_noted);
}

static void
pl_run_detail_init (PlRunDetail *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
