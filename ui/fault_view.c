/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/fault_view.h"
#include "ui/language.h"
#include "ui/service_words.h"

typedef struct {
	char *name; /* as packline-sim calls it */
	GtkLabel *title, *state;
	GtkEntry *argument; /* invisible where the fault takes none, so that the columns stand */
	GtkButton *button;
	gboolean on; /* as the line said last */
} Row;

struct _PlFaultView {
	GtkBox parent;
	GtkLabel *badge, *note, *state_title;
	GtkGrid *faults, *facts;
	GtkButton *door_open, *door_close, *estop_press, *estop_release;
	GPtrArray *rows; /* Row* */
	GPtrArray *fact_labels; /* GtkLabel*, name and value in turn */
};

G_DEFINE_FINAL_TYPE (PlFaultView, pl_fault_view, GTK_TYPE_BOX)

static void
row_free (gpointer data)
{
	Row *row = data;

	g_free (row->name);
	g_free (row);
}

/* -- faults ------------------------------------------------------------------------------------ */

/* "name" or "name:argument", as packline-sim takes it. */
static void
on_button (PlFaultView *self, GtkButton *button)
{
	for (guint i = 0; i < self->rows->len; i++) {
		const Row *row = g_ptr_array_index (self->rows, i);
		const char *argument = gtk_editable_get_text (GTK_EDITABLE (row->argument));
		g_autofree char *spec = *argument != '\0'
					    ? g_strdup_printf ("%s:%s", row->name, argument)
					    : g_strdup (row->name);

		if (row->button == button)
			g_signal_emit_by_name (self, "fault", spec, !row->on);
	}
}

static GtkLabel *
add_label (GtkGrid *grid, int column, int row, const char *class)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
	gtk_widget_add_css_class (label, class);
	gtk_grid_attach (grid, label, column, row, 1, 1);
	return GTK_LABEL (label);
}

static Row *
add_row (PlFaultView *self, const PlSimulatedFault *fault)
{
	Row *row = g_new0 (Row, 1);
	int line = (int)self->rows->len;

	row->name = g_strdup (fault->name);
	row->title = add_label (self->faults, 0, line, "service-fault");
	gtk_widget_set_hexpand (GTK_WIDGET (row->title), TRUE);
	row->argument = GTK_ENTRY (gtk_entry_new ());
	gtk_editable_set_text (GTK_EDITABLE (row->argument),
			       fault->argument != NULL ? fault->argument : "");
	gtk_editable_set_width_chars (GTK_EDITABLE (row->argument), 22);
	gtk_widget_set_opacity (GTK_WIDGET (row->argument), fault->argument != NULL ? 1 : 0);
	gtk_widget_set_sensitive (GTK_WIDGET (row->argument), fault->argument != NULL);
	gtk_grid_attach (self->faults, GTK_WIDGET (row->argument), 1, line, 1, 1);
	row->state = add_label (self->faults, 2, line, "service-chip");
	row->button = GTK_BUTTON (gtk_button_new ());
	gtk_widget_add_css_class (GTK_WIDGET (row->button), "service-output-key");
	gtk_grid_attach (self->faults, GTK_WIDGET (row->button), 3, line, 1, 1);
	g_signal_connect_object (row->button, "clicked", G_CALLBACK (on_button), self,
				 G_CONNECT_SWAPPED);
	g_ptr_array_add (self->rows, row);
	return row;
}

/* The line's catalogue does not change under a page that looks at it. */
static void
update_row (PlFaultView *self, guint at, const PlSimulatedFault *fault)
{
	Row *row =
	    at < self->rows->len ? g_ptr_array_index (self->rows, at) : add_row (self, fault);
	const char *title = pl_fault_title (fault->name, fault->title);
	const char *classes[] = {"service-chip", fault->on ? "service-on" : "service-off", NULL};
	g_autofree char *spoken = NULL;

	row->on = fault->on;
	gtk_label_set_text (row->title, title);
	gtk_widget_set_tooltip_text (GTK_WIDGET (row->title), fault->name);
	gtk_label_set_text (row->state, fault->on ? _ ("on") : _ ("off"));
	gtk_widget_set_css_classes (GTK_WIDGET (row->state), classes);
	gtk_button_set_label (row->button, fault->on ? _ ("Take it away") : _ ("Put it on"));
	spoken = g_strdup_printf ("%s: %s", title, gtk_button_get_label (row->button));
	gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
	gtk_accessible_update_property (GTK_ACCESSIBLE (row->argument),
					GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/* -- what is true ------------------------------------------------------------------------------ */

static void
update_facts (PlFaultView *self, GPtrArray *facts)
{
	for (guint i = 0; i < facts->len; i++) {
		const PlSimulatedFact *fact = g_ptr_array_index (facts, i);

		if (self->fact_labels->len <= 2 * i) {
			g_ptr_array_add (self->fact_labels,
					 add_label (self->facts, 0, (int)i, "service-name"));
			g_ptr_array_add (self->fact_labels,
					 add_label (self->facts, 1, (int)i, "service-value"));
		}
		/* the simulator's own words, never translated: they are what its documentation
		 * calls them */
		gtk_label_set_text (g_ptr_array_index (self->fact_labels, 2 * i), fact->key);
		gtk_label_set_text (g_ptr_array_index (self->fact_labels, 2 * i + 1), fact->value);
	}
}

static void
word (PlFaultView *self)
{
	gtk_label_set_text (self->badge, _ ("SIMULATED"));
	gtk_label_set_text (self->state_title, _ ("What is true at the line"));
	gtk_button_set_label (self->door_open, _ ("Open the door"));
	gtk_button_set_label (self->door_close, _ ("Close the door"));
	gtk_button_set_label (self->estop_press, _ ("Press the emergency stop"));
	gtk_button_set_label (self->estop_release, _ ("Release the emergency stop"));
}

void
pl_fault_view_update (PlFaultView *self, const PlSimulation *s)
{
	word (self);
	gtk_label_set_text (
	    self->note, s != NULL
			    ? _ ("Nothing here is real: these faults are of the line that "
				 "packline-sim plays. Every switch is a row of the journal.")
			    : _ ("The simulated line does not answer: is packline-sim running?"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->faults), s != NULL);
	for (guint i = 0; s != NULL && i < s->faults->len; i++)
		update_row (self, i, g_ptr_array_index (s->faults, i));
	if (s != NULL)
		update_facts (self, s->facts);
}

static void
on_operator (PlFaultView *self, GtkButton *button)
{
	const struct {
		GtkButton *button;
		const char *words;
	} deeds[] = {{self->door_open, "door open"},
		     {self->door_close, "door close"},
		     {self->estop_press, "estop press"},
		     {self->estop_release, "estop release"}};

	for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
		if (deeds[i].button == button)
			g_signal_emit_by_name (self, "operator", deeds[i].words);
}

static void
finalize (GObject *object)
{
	PlFaultView *self = PL_FAULT_VIEW (object);

	g_ptr_array_unref (self->rows);
	g_ptr_array_unref (self->fact_labels);
	G_OBJECT_CLASS (pl_fault_view_parent_class)->finalize (object);
}

static void
pl_fault_view_class_init (PlFaultViewClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("fault", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_BOOLEAN);
	g_signal_new ("operator", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_STRING);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/fault_view.ui");
	gtk_widget_class_bind_template_child (widget, PlFaultView, badge);
	gtk_widget_class_bind_template_child (widget, PlFaultView, note);
	gtk_widget_class_bind_template_child (widget, PlFaultView, state_title);
	gtk_widget_class_bind_template_child (widget, PlFaultView, faults);
	gtk_widget_class_bind_template_child (widget, PlFaultView, facts);
	gtk_widget_class_bind_template_child (widget, PlFaultView, door_open);
	gtk_widget_class_bind_template_child (widget, PlFaultView, door_close);
	gtk_widget_class_bind_template_child (widget, PlFaultView, estop_press);
	gtk_widget_class_bind_template_child (widget, PlFaultView, estop_release);
	gtk_widget_class_bind_template_callback (widget, on_operator);
}

static void
pl_fault_view_init (PlFaultView *self)
{
	self->rows = g_ptr_array_new_with_free_func (row_free);
	self->fact_labels = g_ptr_array_new ();
	gtk_widget_init_template (GTK_WIDGET (self));
}
