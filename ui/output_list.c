/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/output_list.h"
#include "ui/language.h"
#include "ui/service_words.h"
#include <math.h>

/* GTK's own idea of a double click is 400 ms: the second press of one that switches off does not
 * switch on again what the first has switched off meanwhile. */
#define TWICE_US (400 * G_TIME_SPAN_MILLISECOND)

/* A row's widgets; made once for each output of the table. */
typedef struct {
	const PlServiceOutput *output; /* of the station's table; static */
	GtkWidget *box;
	GtkLabel *title, *state; /* state: NULL with a choice */
	GtkButton *button; /* of switches and commands */
	GtkDropDown *choice; /* of choices */
	double next; /* what the button asks for */
	gint64 rested_us; /* monotonic: when it was pressed last to bring its output to rest */
} Row;

struct _PlOutputList {
	GtkBox parent;
	GArray *rows; /* Row */
	GtkLabel *low_name, *high_name, *most_name, *current_name;
	GtkSpinButton *low, *high, *most, *current;
	GtkButton *set_current;
	GtkWidget *supply;
	PlLanguage language; /* of the choices' words */
	gboolean worded, updating; /* updating: what changes now is not a person's doing */
};

G_DEFINE_FINAL_TYPE (PlOutputList, pl_output_list, GTK_TYPE_BOX)

/* -- orders ------------------------------------------------------------------------------------ */

static Row *
row_of (PlOutputList *self, gpointer widget)
{
	for (guint i = 0; i < self->rows->len; i++) {
		Row *row = &g_array_index (self->rows, Row, i);

		if (widget == row->button || widget == row->choice)
			return row;
	}
	return NULL;
}

static void
on_button (PlOutputList *self, GtkButton *button)
{
	Row *row = row_of (self, button);
	/* 0 and 1 as doubles, as orders have them */
	gboolean rests = !row->output->command && fabs (row->next - row->output->rest) < 0.5;
	gint64 now = g_get_monotonic_time ();

	if (!rests && now - row->rested_us < TWICE_US)
		return;
	if (rests)
		row->rested_us = now;
	/* a supply is not switched on without the limits that it is switched on with */
	if (row->output->role == PL_ROLE_SUPPLY && row->next > 0.5)
		g_signal_emit_by_name (self, "supply-on", gtk_spin_button_get_value (self->low),
				       gtk_spin_button_get_value (self->high),
				       gtk_spin_button_get_value (self->most));
	else
		g_signal_emit_by_name (self, "switched", row->output, row->next);
}

static void
on_choice (PlOutputList *self, GParamSpec *pspec, GtkDropDown *choice)
{
	if (!self->updating)
		g_signal_emit_by_name (self, "switched", row_of (self, choice)->output,
				       (double)gtk_drop_down_get_selected (choice));
}

static void
on_set_current (PlOutputList *self)
{
	g_signal_emit_by_name (self, "supply-current", gtk_spin_button_get_value (self->current));
}

/* -- what is shown ----------------------------------------------------------------------------- */

static const PlServiceSwitch *
switch_of (const PlServiceSnapshot *s, const PlServiceOutput *output)
{
	for (guint i = 0; i < s->switches->len; i++) {
		const PlServiceSwitch *at = g_ptr_array_index (s->switches, i);

		if (at->output == output)
			return at;
	}
	return NULL;
}

/* What this sitting has switched is as it was read back; else what was read last. */
static void
update_switch (Row *row, const PlServiceSwitch *s)
{
	gboolean known = s->held || isfinite (s->value);
	gboolean on = s->held ? row->output->rest < 0.5 : s->value > 0.5;
	const char *classes[] = {"service-chip",
				 !known ? "health-good"
				 : on	? "service-on"
					: "service-off",
				 NULL};

	row->next = row->output->command || !on;
	gtk_label_set_text (row->state, !known ? "–" : on ? _ ("on") : _ ("off"));
	gtk_widget_set_css_classes (GTK_WIDGET (row->state), classes);
	gtk_widget_set_visible (GTK_WIDGET (row->state), !row->output->command);
	gtk_button_set_label (row->button, row->output->command ? _ ("Do it")
					   : on			? _ ("Switch off")
								: _ ("Switch on"));
}

static void
update_row (PlOutputList *self, Row *row, const PlServiceSnapshot *s)
{
	const PlServiceSwitch *at = switch_of (s, row->output);
	g_autofree char *title =
	    g_strdup_printf ("%s%s", row->output->chain ? "⚡ " : "", pl_output_title (row->output));
	g_autofree char *spoken = NULL;

	gtk_widget_set_visible (row->box, at != NULL);
	if (at == NULL)
		return;
	gtk_label_set_text (row->title, title);
	if (row->choice != NULL && isfinite (at->value))
		gtk_drop_down_set_selected (row->choice, (guint)at->value);
	if (row->choice != NULL) {
		gtk_accessible_update_property (GTK_ACCESSIBLE (row->choice),
						GTK_ACCESSIBLE_PROPERTY_LABEL,
						pl_output_title (row->output), -1);
		return;
	}
	update_switch (row, at);
	spoken = g_strdup_printf ("%s: %s", pl_output_title (row->output),
				  gtk_button_get_label (row->button));
	gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
}

static void
word_supply (PlOutputList *self)
{
	const struct {
		GtkLabel *label;
		GtkSpinButton *spin;
		const char *word;
	} words[] = {{self->low_name, self->low, _ ("Lowest V")},
		     {self->high_name, self->high, _ ("Highest V")},
		     {self->most_name, self->most, _ ("Most A")},
		     {self->current_name, self->current, _ ("Current A, + charges")}};

	for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
		gtk_label_set_text (words[i].label, words[i].word);
		gtk_accessible_update_property (GTK_ACCESSIBLE (words[i].spin),
						GTK_ACCESSIBLE_PROPERTY_LABEL, words[i].word, -1);
	}
	gtk_button_set_label (self->set_current, _ ("Set the current"));
}

static void
word_choices (PlOutputList *self)
{
	/* a model that is set anew closes the list that a person has open */
	if (self->worded && self->language == pl_language ())
		return;
	self->worded = TRUE;
	self->language = pl_language ();
	for (guint i = 0; i < self->rows->len; i++) {
		const Row *row = &g_array_index (self->rows, Row, i);
		g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);

		for (guint w = 0; row->choice != NULL && row->output->words[w] != NULL; w++)
			gtk_string_list_append (words, pl_choice_title (row->output->words[w]));
		if (row->choice != NULL)
			gtk_drop_down_set_model (row->choice, G_LIST_MODEL (words));
	}
}

void
pl_output_list_update (PlOutputList *self, const PlServiceSnapshot *s)
{
	gboolean has_supply = FALSE;

	self->updating = TRUE;
	word_choices (self);
	for (guint i = 0; i < self->rows->len; i++) {
		Row *row = &g_array_index (self->rows, Row, i);

		update_row (self, row, s);
		has_supply |= row->output->role == PL_ROLE_SUPPLY && switch_of (s, row->output);
	}
	word_supply (self);
	gtk_widget_set_visible (self->supply, has_supply);
	/* while the bench is made safe nothing may be switched on behind it */
	gtk_widget_set_sensitive (GTK_WIDGET (self), s->state == PL_SERVICE_IN_HAND);
	self->updating = FALSE;
}

/* -- making ------------------------------------------------------------------------------------ */

static void
add_row (PlOutputList *self, const PlServiceOutput *output)
{
	Row row = {.output = output, .box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12)};

	gtk_widget_add_css_class (row.box, "service-row");
	row.title = GTK_LABEL (gtk_label_new (NULL));
	gtk_label_set_xalign (row.title, 0);
	gtk_label_set_ellipsize (row.title, PANGO_ELLIPSIZE_END);
	gtk_widget_set_hexpand (GTK_WIDGET (row.title), TRUE);
	gtk_box_append (GTK_BOX (row.box), GTK_WIDGET (row.title));
	if (output->words != NULL) {
		row.choice = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (output->words));
		gtk_box_append (GTK_BOX (row.box), GTK_WIDGET (row.choice));
		g_signal_connect_object (row.choice, "notify::selected", G_CALLBACK (on_choice),
					 self, G_CONNECT_SWAPPED);
	} else {
		row.state = GTK_LABEL (gtk_label_new (NULL));
		row.button = GTK_BUTTON (gtk_button_new ());
		gtk_widget_set_valign (GTK_WIDGET (row.state), GTK_ALIGN_CENTER);
		gtk_box_append (GTK_BOX (row.box), GTK_WIDGET (row.state));
		gtk_box_append (GTK_BOX (row.box), GTK_WIDGET (row.button));
		g_signal_connect_object (row.button, "clicked", G_CALLBACK (on_button), self,
					 G_CONNECT_SWAPPED);
	}
	gtk_widget_set_valign (row.choice != NULL ? GTK_WIDGET (row.choice)
						  : GTK_WIDGET (row.button),
			       GTK_ALIGN_CENTER);
	gtk_widget_add_css_class (row.choice != NULL ? GTK_WIDGET (row.choice)
						     : GTK_WIDGET (row.button),
				  "service-output-key");
	gtk_box_append (GTK_BOX (self), row.box);
	g_array_append_val (self->rows, row);
}

static GtkSpinButton *
add_number (PlOutputList *self, int column, double low, double high, double value,
	    GtkLabel **ret_name)
{
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
	GtkWidget *spin = gtk_spin_button_new_with_range (low, high, 0.1);

	*ret_name = GTK_LABEL (gtk_label_new (NULL));
	gtk_label_set_xalign (*ret_name, 0);
	gtk_widget_add_css_class (GTK_WIDGET (*ret_name), "service-name");
	gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 1);
	gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
	gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
	gtk_widget_set_hexpand (spin, TRUE);
	gtk_box_append (GTK_BOX (box), GTK_WIDGET (*ret_name));
	gtk_box_append (GTK_BOX (box), spin);
	gtk_grid_attach (GTK_GRID (self->supply), box, column % 3, column / 3, 1, 1);
	return GTK_SPIN_BUTTON (spin);
}

/* 116.8 and 80 V: 32 cells at 3.65 and 2.5 V, as the steps' own defaults. */
static void
add_supply (PlOutputList *self)
{
	self->supply = gtk_grid_new ();
	gtk_grid_set_column_spacing (GTK_GRID (self->supply), 12);
	gtk_grid_set_row_spacing (GTK_GRID (self->supply), 6);
	gtk_grid_set_column_homogeneous (GTK_GRID (self->supply), TRUE);
	/* the ends are what the form takes; what the supply and the recipe's pack bear, the
	 * station checks */
	self->low = add_number (self, 0, 0, 1000, 80, &self->low_name);
	self->high = add_number (self, 1, 0, 1000, 116.8, &self->high_name);
	self->most = add_number (self, 2, 0.1, 50, 10, &self->most_name);
	self->current = add_number (self, 3, -50, 50, 0, &self->current_name);
	self->set_current = GTK_BUTTON (gtk_button_new ());
	gtk_widget_add_css_class (GTK_WIDGET (self->set_current), "service-output-key");
	gtk_widget_set_valign (GTK_WIDGET (self->set_current), GTK_ALIGN_END);
	gtk_grid_attach (GTK_GRID (self->supply), GTK_WIDGET (self->set_current), 1, 1, 2, 1);
	g_signal_connect_object (self->set_current, "clicked", G_CALLBACK (on_set_current), self,
				 G_CONNECT_SWAPPED);
	gtk_box_append (GTK_BOX (self), self->supply);
}

static void
finalize (GObject *object)
{
	g_array_unref (PL_OUTPUT_LIST (object)->rows);
	G_OBJECT_CLASS (pl_output_list_parent_class)->finalize (object);
}

static void
pl_output_list_class_init (PlOutputListClass *class)
{
	GType type = G_TYPE_FROM_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("switched", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
		      G_TYPE_POINTER, G_TYPE_DOUBLE);
	g_signal_new ("supply-on", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
		      G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
	g_signal_new ("supply-current", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
		      1, G_TYPE_DOUBLE);
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pl_output_list_init (PlOutputList *self)
{
	guint n;
	const PlServiceOutput *outputs = pl_service_outputs (&n);

	self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
	gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
	gtk_widget_add_css_class (GTK_WIDGET (self), "panel");
	for (guint i = 0; i < n; i++) {
		add_row (self, &outputs[i]);
		if (outputs[i].role == PL_ROLE_SUPPLY)
			add_supply (self);
	}
}
