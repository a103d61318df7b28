/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipe_changes.h"
#include "station/recipe_diff.h"
#include "ui/language.h"
#include "ui/signs.h"

/* Two recipes that have nothing in common are not compared line by line on a screen. */
#define MOST 60

struct _PlRecipeChanges {
	GtkBox parent;
	GtkGrid *grid;
};

G_DEFINE_FINAL_TYPE (PlRecipeChanges, pl_recipe_changes, GTK_TYPE_BOX)

enum { WHAT, BEFORE, SIGN, AFTER, N_COLUMNS };
/* px at 1920: with the list of versions beside them. */
static const int widths[N_COLUMNS] = {[WHAT] = 420, [BEFORE] = 360, [SIGN] = 110, [AFTER] = 360};

/* A sign and a word each: what kind it is must be seen without colour. */
static const struct {
	const char *sign, *word;
} kinds[] = {
    [PL_CHANGE_ADDED] = {"+", N_ ("added")},
    [PL_CHANGE_REMOVED] = {"−", N_ ("removed")},
    [PL_CHANGE_MOVED] = {"↕", N_ ("moved")},
    [PL_CHANGE_VALUE] = {"→", N_ ("changed")},
};

static void
add (PlRecipeChanges *self, int row, int column, int span, const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new (text);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap (GTK_LABEL (label), TRUE);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	if (span == 1)
		gtk_widget_set_size_request (label, widths[column], -1);
	gtk_label_set_max_width_chars (GTK_LABEL (label), span > 1 ? -1 : 42);
	gtk_widget_add_css_class (label, class);
	gtk_grid_attach (self->grid, label, column, row, span, 1);
}

static char *
place_text (const PlRecipeChange *change)
{
	/* the words of a recipe file; a part without words here is told as the file has it */
	const char *part = change->part;

	if (part == NULL)
		return g_strdup (_ ("the step"));
	if (g_str_equal (part, "with"))
		return g_strdup_printf ("%s  %s", _ ("setting"), change->name);
	if (g_str_equal (part, "limits"))
		return g_strdup_printf ("%s  %s  %s", _ ("limit"), change->name, change->key);
	if (g_str_equal (part, "watch"))
		return g_strdup_printf ("%s  %s  %s", _ ("watched"), change->name, change->key);
	return g_strdup (part);
}

static char *
value_text (const PlRecipeChange *change, const char *value)
{
	g_autofree char *plain = NULL;

	/* both values are places in the order of the run */
	if (change->kind == PL_CHANGE_MOVED)
		return g_strdup_printf (_ ("place %s"), value);
	plain = value != NULL ? pl_recipe_change_value (change, value) : g_strdup ("–");
	return pl_with_signs (plain);
}

static void
add_change (PlRecipeChanges *self, int row, const PlRecipeChange *change)
{
	g_autofree char *place = place_text (change);
	g_autofree char *before = value_text (change, change->before);
	g_autofree char *after = value_text (change, change->after);
	g_autofree char *sign =
	    g_strdup_printf ("%s %s", kinds[change->kind].sign, _ (kinds[change->kind].word));

	add (self, row, WHAT, 1, place, "change-what");
	add (self, row, BEFORE, 1, before, "change-before");
	add (self, row, SIGN, 1, sign, "change-sign");
	add (self, row, AFTER, 1, after, "change-after");
}

static void
add_version (PlRecipeChanges *self, int column, const PlRecipe *recipe)
{
	g_autofree char *text =
	    g_strdup_printf ("%s  %u\n%.8s", recipe->name, recipe->version, recipe->hash);

	add (self, 0, column, 1, text, "change-version");
}

static void
clear (PlRecipeChanges *self)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
		gtk_grid_remove (self->grid, child);
}

/* A step that is gone has its title in the old one only. */
static const char *
title_of (const PlRecipe *from, const PlRecipe *to, const PlRecipeChange *change)
{
	const PlRecipe *recipes[] = {to, from};

	if (change->step == NULL)
		return _ ("The recipe");
	for (guint r = 0; r < G_N_ELEMENTS (recipes); r++)
		for (guint i = 0; i < recipes[r]->steps->len; i++) {
			const PlRecipeStep *step = g_ptr_array_index (recipes[r]->steps, i);

			if (g_str_equal (step->id, change->step))
				return pl_recipe_step_title (step,
							     pl_language_name (pl_language ()));
		}
	return change->title;
}

/* What is the same is told by one line. */
static void
add_rest (PlRecipeChanges *self, int row, GPtrArray *changes, gboolean same_text)
{
	g_autofree char *more = NULL;

	if (changes->len > MOST)
		more = g_strdup_printf (_ ("and %u more: packline recipe diff lists them"),
					changes->len - MOST);
	else
		more = g_strdup (changes->len > 0 ? _ ("All else is the same.")
				 : same_text
				     ? _ ("The same text.")
				     : _ ("They say the same: only comments or the form differ."));
	add (self, row, 0, N_COLUMNS, more, "change-rest");
}

void
pl_recipe_changes_update (PlRecipeChanges *self, const PlRecipe *from, const PlRecipe *to)
{
	g_autoptr (GPtrArray) changes = NULL;
	const char *last = "";
	int row = 1;

	clear (self);
	if (from == NULL || to == NULL)
		return;
	changes = pl_recipe_diff (from, to);
	add (self, 0, WHAT, 1, _ ("What has changed"), "change-version");
	add_version (self, BEFORE, from);
	add_version (self, AFTER, to);
	for (guint i = 0; i < MIN (changes->len, MOST); i++) {
		const PlRecipeChange *change = g_ptr_array_index (changes, i);
		const char *step = title_of (from, to, change);

		if (!g_str_equal (step, last))
			add (self, row++, 0, N_COLUMNS, step, "change-step");
		add_change (self, row++, change);
		last = step;
	}
	add_rest (self, row, changes, g_str_equal (from->hash, to->hash));
}

static void
pl_recipe_changes_class_init (PlRecipeChangesClass *class)
{
}

static void
pl_recipe_changes_init (PlRecipeChanges *self)
{
	GtkWidget *scroller = gtk_scrolled_window_new ();

	self->grid = GTK_GRID (gtk_grid_new ());
	gtk_grid_set_column_spacing (self->grid, 24);
	gtk_grid_set_row_spacing (self->grid, 6);
	gtk_widget_add_css_class (GTK_WIDGET (self->grid), "panel");
	gtk_widget_add_css_class (GTK_WIDGET (self->grid), "sheet-step");
	gtk_widget_set_valign (GTK_WIDGET (self->grid), GTK_ALIGN_START);
	gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
					GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->grid));
	gtk_widget_set_hexpand (scroller, TRUE);
	gtk_widget_set_vexpand (scroller, TRUE);
	gtk_box_append (GTK_BOX (self), scroller);
}
