/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipe_panel.h"
#include "ui/language.h"
#include "ui/signs.h"
#include <string.h>

struct _PlRecipePanel {
	GtkBox parent;
	GtkLabel *title, *hint, *name, *meaning, *allowed, *heading, *message, *reason_word;
	GtkBox *figure, *changes;
	GtkGrid *keys;
	GtkEntry *reason;
	GtkButton *keep, *leave;
	PlRecipeDraft *draft; /* the page's */
	char *step, *part, *chosen; /* the figure; NULL = none */
	gboolean loading, busy; /* loading: what changes now is not a person's doing; busy: the
				   page's worker is at it */
};

G_DEFINE_FINAL_TYPE (PlRecipePanel, pl_recipe_panel, GTK_TYPE_BOX)

/* What of a figure can be changed; a parameter has its value only. */
static const struct {
	const char *key, *word;
} keys[] = {
    {NULL, N_ ("Value")},     {"min", N_ ("At least")},	       {"max", N_ ("At most")},
    {"equals", N_ ("Equal")}, {"source", N_ ("Asked for by")},
};

/* -- the chosen figure ------------------------------------------------------------------------- */

static const PlRecipeStep *
step_of (PlRecipePanel *self, const char *id)
{
	for (guint i = 0; i < self->draft->base->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (self->draft->base->steps, i);

		if (g_strcmp0 (step->id, id) == 0)
			return step;
	}
	return NULL;
}

/* Of what is a number; "" for words. */
static const char *
unit_of (PlRecipePanel *self, const char *step, const char *name, const char *key)
{
	/* a limit is two numbers, or one text */
	gboolean words = g_strcmp0 (key, "source") == 0 || g_strcmp0 (key, "equals") == 0;

	return words ? "" : pl_recipe_unit (step_of (self, step)->type, name);
}

/* What the step or instrument could do at all; not what the recipe allows. */
static char *
range_text (double low, double high, const char *unit)
{
	g_autofree char *from = pl_recipe_quantity (low, unit);
	g_autofree char *to = pl_recipe_quantity (high, unit);

	g_autofree char *plain = g_strdup_printf (_ ("possible: %s to %s"), from, to);

	return pl_with_signs (plain);
}

static void
word_parameter (PlRecipePanel *self, const PlParam *param, const char *unit)
{
	g_autofree char *range = NULL;

	gtk_label_set_text (self->meaning, _ (param->help));
	if (param->kind == PL_PARAM_NUMBER || param->kind == PL_PARAM_INTEGER)
		range = range_text (param->min, param->max, unit);
	else if (param->words != NULL)
		range = g_strjoinv (", ", (char **)param->words);
	gtk_label_set_text (self->allowed, range != NULL ? range : "");
}

static void
word_measure (PlRecipePanel *self, const PlMeasure *measure)
{
	g_autofree char *range = NULL;

	gtk_label_set_text (self->meaning, _ (measure->help));
	if (!measure->text)
		range = range_text (measure->low, measure->high, measure->unit);
	gtk_label_set_text (self->allowed, range != NULL ? range : "");
}

/* Rows are those of `keys`, and some are empty. */
static void
word_keys (PlRecipePanel *self)
{
	for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
		GtkWidget *word = gtk_grid_get_child_at (self->keys, 0, (int)i);

		if (word != NULL)
			gtk_label_set_text (GTK_LABEL (word), _ (keys[i].word));
	}
}

static void
word_figure (PlRecipePanel *self)
{
	const PlRecipeStep *step = self->chosen != NULL ? step_of (self, self->step) : NULL;
	const PlMeasure *measure;
	g_autofree char *name = NULL;

	gtk_widget_set_visible (GTK_WIDGET (self->figure), step != NULL);
	gtk_widget_set_visible (GTK_WIDGET (self->hint), step == NULL);
	if (step == NULL)
		return;
	name = g_strdup_printf (
	    "%s\n%s", pl_recipe_step_title (step, pl_language_name (pl_language ())), self->chosen);
	gtk_label_set_text (self->name, name);
	word_keys (self);
	gtk_label_set_text (self->meaning, "");
	gtk_label_set_text (self->allowed, "");
	if (g_str_equal (self->part, "with")) {
		for (const PlParam *p = step->type->params; p != NULL && p->name != NULL; p++)
			if (g_str_equal (p->name, self->chosen))
				word_parameter (self, p, pl_recipe_unit (step->type, p->name));
		return;
	}
	measure = pl_step_type_measure (step->type, self->chosen);
	if (measure != NULL)
		word_measure (self, measure);
}

static void
on_value (PlRecipePanel *self, GtkEditable *entry)
{
	guint at = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (entry), "key"));

	if (self->loading)
		return;
	pl_recipe_draft_set (self->draft, self->step, self->part, self->chosen, keys[at].key,
			     gtk_editable_get_text (entry));
	pl_recipe_panel_update (self, self->busy);
	g_signal_emit_by_name (self, "edited");
}

static void
add_key (PlRecipePanel *self, guint at, const char *value)
{
	const char *unit = unit_of (self, self->step, self->chosen, keys[at].key);
	g_autofree char *sign = pl_with_signs (unit);
	gboolean numeric = *unit != '\0';
	GtkWidget *word = gtk_label_new (_ (keys[at].word)), *entry = gtk_entry_new ();
	g_autofree char *name =
	    g_strdup_printf ("%s %s", self->chosen, keys[at].key != NULL ? keys[at].key : "value");

	gtk_label_set_xalign (GTK_LABEL (word), 0);
	gtk_editable_set_text (GTK_EDITABLE (entry), value);
	gtk_editable_set_width_chars (GTK_EDITABLE (entry), 10);
	gtk_widget_set_hexpand (entry, TRUE);
	gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
					-1);
	g_object_set_data (G_OBJECT (entry), "key", GUINT_TO_POINTER (at));
	g_signal_connect_object (entry, "changed", G_CALLBACK (on_value), self, G_CONNECT_SWAPPED);
	gtk_grid_attach (self->keys, word, 0, (int)at, 1, 1);
	gtk_grid_attach (self->keys, entry, 1, (int)at, numeric ? 1 : 2, 1);
	if (numeric)
		gtk_grid_attach (self->keys, gtk_label_new (sign), 2, (int)at, 1, 1);
}

static void
clear (GtkWidget *box)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (box)) != NULL)
		gtk_widget_unparent (child);
}

/* An entry that goes while it has the focus leaves its window without a word of it. */
static void
let_go_of_focus (PlRecipePanel *self)
{
	GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
	GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

	if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
		gtk_root_set_focus (root, NULL);
}

/* Only keys that the recipe says: a new bound would be a new demand, which has a source, and is
 * written in the file. */
static void
load_figure (PlRecipePanel *self)
{
	let_go_of_focus (self);
	self->loading = TRUE;
	clear (GTK_WIDGET (self->keys));
	for (guint i = 0; self->chosen != NULL && i < G_N_ELEMENTS (keys); i++) {
		g_autofree char *value = pl_recipe_draft_get (self->draft, self->step, self->part,
							      self->chosen, keys[i].key);

		if (value != NULL)
			add_key (self, i, value);
	}
	self->loading = FALSE;
}

static void
forget_figure (PlRecipePanel *self)
{
	g_clear_pointer (&self->step, g_free);
	g_clear_pointer (&self->part, g_free);
	g_clear_pointer (&self->chosen, g_free);
}

void
pl_recipe_panel_choose (PlRecipePanel *self, const char *step, const char *part, const char *name)
{
	GtkWidget *first;

	forget_figure (self);
	self->step = g_strdup (step);
	self->part = g_strdup (part);
	self->chosen = g_strdup (name);
	load_figure (self);
	pl_recipe_panel_update (self, self->busy);
	for (int row = 0; row < (int)G_N_ELEMENTS (keys); row++)
		if ((first = gtk_grid_get_child_at (self->keys, 1, row)) != NULL) {
			gtk_widget_grab_focus (first);
			return;
		}
}

/* -- the changes ------------------------------------------------------------------------------- */

static void
on_drop (PlRecipePanel *self, GtkButton *button)
{
	pl_recipe_draft_drop (self->draft,
			      GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "at")));
	load_figure (self);
	pl_recipe_panel_update (self, self->busy);
	g_signal_emit_by_name (self, "edited");
}

static GtkWidget *
drop_button (PlRecipePanel *self, guint at, const PlRecipeEdit *edit)
{
	GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");
	g_autofree char *name =
	    g_strdup_printf ("%s %s %s", _ ("Take back"), edit->step, edit->name);

	gtk_widget_set_tooltip_text (button, name);
	gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
	gtk_widget_add_css_class (button, "panel-undo");
	gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
					name, -1);
	g_object_set_data (G_OBJECT (button), "at", GUINT_TO_POINTER (at));
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_drop), self, G_CONNECT_SWAPPED);
	return button;
}

static void
add_change (PlRecipePanel *self, guint at, const PlRecipeEdit *edit)
{
	GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *label;
	g_autofree char *unit = pl_with_signs (unit_of (self, edit->step, edit->name, edit->key));
	g_autofree char *old = NULL, *text = NULL;

	old = pl_recipe_draft_base (self->draft, edit);
	text = g_strdup_printf ("%s  %s%s%s\n%s  →  %s %s", edit->step, edit->name,
				edit->key != NULL ? "  " : "", edit->key != NULL ? edit->key : "",
				old != NULL ? old : "–", edit->value, unit);
	label = gtk_label_new (text);
	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap (GTK_LABEL (label), TRUE);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	gtk_widget_set_hexpand (label, TRUE);
	gtk_widget_add_css_class (label, "change-after");
	gtk_box_append (GTK_BOX (row), label);
	gtk_box_append (GTK_BOX (row), drop_button (self, at, edit));
	gtk_box_append (self->changes, row);
}

static void
word_changes (PlRecipePanel *self)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->changes))) != NULL)
		gtk_box_remove (self->changes, child);
	for (guint i = 0; i < self->draft->edits->len; i++)
		add_change (self, i, g_ptr_array_index (self->draft->edits, i));
	gtk_widget_set_visible (GTK_WIDGET (self->heading), self->draft->edits->len > 0);
	gtk_label_set_text (self->heading, _ ("Changes"));
}

/* -- all of it --------------------------------------------------------------------------------- */

static gboolean
has_reason (PlRecipePanel *self)
{
	const char *text = gtk_editable_get_text (GTK_EDITABLE (self->reason));

	return text[strspn (text, " \t")] != '\0';
}

static void
word_message (PlRecipePanel *self)
{
	g_autofree char *fault = pl_sentence (self->draft->fault);
	gboolean edited = self->draft->edits->len > 0;
	g_autofree char *text =
	    fault != NULL ? g_strdup_printf ("✘  %s", fault)
	    : !edited	  ? g_strdup ("")
			  : g_strdup_printf ("✔  %s", has_reason (self)
							  ? _ ("checked: the recipe can be kept")
							  : _ ("checked; now say why"));

	gtk_label_set_text (self->message, text);
	gtk_widget_set_visible (GTK_WIDGET (self->message), *text != '\0');
	if (fault != NULL)
		gtk_widget_add_css_class (GTK_WIDGET (self->message), "message-fault");
	else
		gtk_widget_remove_css_class (GTK_WIDGET (self->message), "message-fault");
}

static void
word_buttons (PlRecipePanel *self)
{
	gtk_button_set_label (self->keep, _ ("Keep as a new version"));
	gtk_button_set_label (self->leave, _ ("Leave without changes"));
	gtk_widget_set_sensitive (GTK_WIDGET (self->keep),
				  !self->busy && has_reason (self) && self->draft->edited != NULL);
	gtk_widget_set_sensitive (GTK_WIDGET (self->leave), !self->busy);
	gtk_label_set_text (self->reason_word, _ ("Reason"));
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->reason),
					GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Reason"), -1);
}

void
pl_recipe_panel_update (PlRecipePanel *self, gboolean busy)
{
	g_autofree char *title = NULL;

	self->busy = busy;
	if (self->draft == NULL)
		return;
	title = g_strdup_printf ("%s %s@%u", _ ("Change"), self->draft->base->name,
				 self->draft->base->version);
	gtk_label_set_text (self->title, title);
	gtk_label_set_text (self->hint, _ ("Press a figure of the sheet to change it. Comments and "
					   "all else of the file stay as they are."));
	word_figure (self);
	word_changes (self);
	word_message (self);
	word_buttons (self);
}

void
pl_recipe_panel_show (PlRecipePanel *self, PlRecipeDraft *draft)
{
	let_go_of_focus (self);
	forget_figure (self);
	self->draft = draft;
	if (draft == NULL)
		return;
	clear (GTK_WIDGET (self->keys));
	gtk_editable_set_text (GTK_EDITABLE (self->reason), "");
	pl_recipe_panel_update (self, FALSE);
}

static void
on_reason (PlRecipePanel *self)
{
	if (self->draft == NULL)
		return;
	word_message (self);
	word_buttons (self);
}

static void
on_keep (PlRecipePanel *self)
{
	g_signal_emit_by_name (self, "kept", gtk_editable_get_text (GTK_EDITABLE (self->reason)));
}

static void
on_leave (PlRecipePanel *self)
{
	g_signal_emit_by_name (self, "left");
}

static void
finalize (GObject *object)
{
	forget_figure (PL_RECIPE_PANEL (object));
	G_OBJECT_CLASS (pl_recipe_panel_parent_class)->finalize (object);
}

static void
pl_recipe_panel_class_init (PlRecipePanelClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);
	GType type = G_TYPE_FROM_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
	g_signal_new ("kept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
		      G_TYPE_STRING);
	g_signal_new ("left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/recipe_panel.ui");
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, title);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, hint);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, figure);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, name);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, meaning);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, allowed);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, keys);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, heading);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, changes);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, message);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, reason_word);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, reason);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, keep);
	gtk_widget_class_bind_template_child (widget, PlRecipePanel, leave);
	gtk_widget_class_bind_template_callback (widget, on_reason);
	gtk_widget_class_bind_template_callback (widget, on_keep);
	gtk_widget_class_bind_template_callback (widget, on_leave);
}

static void
pl_recipe_panel_init (PlRecipePanel *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
}
