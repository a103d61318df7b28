/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipe_sheet.h"
#include "station/recipe_facts.h"
#include "ui/language.h"
#include "ui/signs.h"
#include <string.h>

/* A figure on the sheet: a limit, a watched column or a parameter. */
typedef struct {
	guint step; /* its place in the recipe */
	const char *part; /* "with", "limits" or "watch"; static */
	const char *name; /* borrowed from the recipe or the step table */
	GtkLabel *value;
} Figure;

struct _PlRecipeSheet {
	GtkBox parent;
	GtkScrolledWindow *scroller;
	GtkBox *content;
	const PlRecipe *recipe, *edited; /* borrowed */
	gboolean editable;
	GPtrArray *figures; /* Figure* */
	guint next, filling; /* the step that comes next; its idle source */
};

G_DEFINE_FINAL_TYPE (PlRecipeSheet, pl_recipe_sheet, GTK_TYPE_BOX)

enum { NAME, VALUE, MEANING, SOURCE };

/* The same in every step, so that the sheet has columns. */
static const struct {
	int width, chars; /* pixels; characters from which a text takes a second line */
} columns[] = {[NAME] = {275, 32}, [VALUE] = {300, 27}, [MEANING] = {350, 40}, [SOURCE] = {-1, 34}};

static PlRecipeStep *
step_at (const PlRecipe *recipe, guint at)
{
	return g_ptr_array_index (recipe->steps, at);
}

/* -- words ------------------------------------------------------------------------------------- */

static const char *
phase_word (PlPhase phase)
{
	static const char *const words[PL_PHASE_LAST] = {N_ ("Setup"), N_ ("Main test"),
							 N_ ("Teardown")};

	return _ (words[phase]);
}

/* What is as usual is left out. */
static char *
conduct_text (const PlRecipeStep *step)
{
	g_autoptr (GPtrArray) bits = g_ptr_array_new_with_free_func (g_free);
	g_autofree char *when = step->when != NULL ? g_strjoinv (", ", step->when) : NULL;

	g_ptr_array_add (bits, g_strdup (step->id));
	if (step->clause != NULL)
		g_ptr_array_add (bits, g_strdup (step->clause));
	if (!step->routine)
		g_ptr_array_add (bits, g_strdup (_ ("type test")));
	if (step->retries > 0)
		g_ptr_array_add (bits, g_strdup_printf (_ ("retries: %u"), step->retries));
	if (step->on_fail == PL_ON_FAIL_CONTINUE)
		g_ptr_array_add (bits, g_strdup (_ ("goes on after a FAIL")));
	if (when != NULL)
		g_ptr_array_add (bits, g_strdup_printf (_ ("only in runs: %s"), when));
	if (step->group != NULL)
		g_ptr_array_add (bits, g_strdup_printf (_ ("side by side: %s"), step->group));
	if (step->waivable)
		g_ptr_array_add (bits, g_strdup (_ ("may be waived")));
	g_ptr_array_add (bits, NULL);
	return g_strjoinv ("  ·  ", (char **)bits->pdata);
}

static const PlLimit *
limit_of (const PlRecipeStep *step, const char *part, const char *name)
{
	return g_hash_table_lookup (g_str_equal (part, "watch") ? step->watch : step->limits, name);
}

static char *
plain_value (const PlRecipeStep *step, const char *part, const char *name)
{
	const char *unit = pl_recipe_unit (step->type, name);
	g_autofree char *flat = NULL;
	g_auto (GStrv) words = NULL;
	char *end;
	double number;

	if (!g_str_equal (part, "with"))
		return pl_recipe_limit_words (limit_of (step, part, name), unit);
	/* a list has a line each */
	words = g_strsplit (pl_recipe_param (step, name, NULL), "\n", -1);
	flat = g_strjoinv (", ", words);
	number = g_ascii_strtod (flat, &end);
	return *end == '\0' && *flat != '\0' && *unit != '\0' ? pl_recipe_quantity (number, unit)
							      : g_steal_pointer (&flat);
}

static char *
value_text (const PlRecipeStep *step, const char *part, const char *name)
{
	g_autofree char *plain = plain_value (step, part, name);

	return pl_with_signs (plain);
}

static const char *
meaning_of (const PlRecipeStep *step, const char *part, const char *name)
{
	const PlMeasure *measure = NULL;

	if (!g_str_equal (part, "with"))
		measure = pl_step_type_measure (step->type, name);
	for (const PlParam *p = step->type->params;
	     g_str_equal (part, "with") && p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return _ (p->help);
	return measure != NULL ? _ (measure->help) : "";
}

static gboolean
is_unverified (const PlRecipeStep *step, const char *part, const char *name)
{
	return step->unverified != NULL && !g_str_equal (part, "watch") &&
	       g_strv_contains ((const char *const *)step->unverified, name);
}

static const char *
source_of (const PlRecipeStep *step, const char *part, const char *name)
{
	gboolean own;

	if (!g_str_equal (part, "with"))
		return limit_of (step, part, name)->source;
	pl_recipe_param (step, name, &own);
	/* a setting has no source: whoever wrote the recipe chose it */
	return own ? "" : _ ("default");
}

/* -- a step's rows ----------------------------------------------------------------------------- */

/* A label that may wrap is shaped a dozen times over: only what is long may. 0 = none may. */
static void
set_text (GtkLabel *label, const char *text, int chars)
{
	gboolean is_long = chars > 0 && text != NULL && g_utf8_strlen (text, -1) > chars;

	gtk_label_set_wrap (label, is_long);
	gtk_label_set_max_width_chars (label, is_long ? chars : -1);
	gtk_label_set_text (label, text != NULL ? text : "");
}

static GtkWidget *
label_new (const char *text, const char *class, int chars)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
	set_text (GTK_LABEL (label), text, chars);
	gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
	gtk_widget_add_css_class (label, class);
	return label;
}

static GtkWidget *
heading_new (const char *text)
{
	GtkWidget *label = label_new (text, "figure-heading", 0);

	gtk_widget_set_valign (label, GTK_ALIGN_END);
	return label;
}

static GtkWidget *
cell_new (const char *text, const char *class, int column)
{
	GtkWidget *label = label_new (text, class, columns[column].chars);

	gtk_widget_set_size_request (label, columns[column].width, -1);
	return label;
}

/* Old and new in one text; bold besides, for who reads across the room. */
static void
word_figure (PlRecipeSheet *self, const Figure *figure)
{
	const PlRecipeStep *step = step_at (self->recipe, figure->step);
	g_autofree char *old = value_text (step, figure->part, figure->name);
	g_autofree char *new =
	    self->edited != NULL
		? value_text (step_at (self->edited, figure->step), figure->part, figure->name)
		: g_strdup (old);
	g_autofree char *both = g_strdup_printf ("%s  →  %s", old, new);
	gboolean changed = !g_str_equal (old, new);
	GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (figure->value));

	set_text (figure->value, changed ? both : old, columns[VALUE].chars);
	if (changed)
		gtk_widget_add_css_class (GTK_WIDGET (figure->value), "figure-changed");
	else
		gtk_widget_remove_css_class (GTK_WIDGET (figure->value), "figure-changed");
	if (GTK_IS_BUTTON (parent)) {
		g_autofree char *name = g_strdup_printf ("%s %s %s: %s", _ ("Change"), step->id,
							 figure->name, changed ? both : old);

		gtk_accessible_update_property (GTK_ACCESSIBLE (parent),
						GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
	}
}

static void
on_figure (PlRecipeSheet *self, GtkButton *button)
{
	const Figure *figure = g_object_get_data (G_OBJECT (button), "figure");

	g_signal_emit_by_name (self, "chosen", step_at (self->recipe, figure->step)->id,
			       figure->part, figure->name);
}

/* Lists, and settings that the recipe leaves to the step table, are changed in the file. */
static gboolean
can_change (const PlRecipeStep *step, const char *part, const char *name)
{
	gboolean own;
	const char *value;

	if (!g_str_equal (part, "with"))
		return TRUE;
	value = pl_recipe_param (step, name, &own);
	return own && strchr (value, '\n') == NULL;
}

static GtkWidget *
figure_widget (PlRecipeSheet *self, Figure *figure)
{
	const PlRecipeStep *step = step_at (self->recipe, figure->step);
	GtkWidget *label = cell_new (NULL, "figure-value", VALUE), *button;

	figure->value = GTK_LABEL (label);
	gtk_widget_add_css_class (label, "numeric");
	if (!self->editable || !can_change (step, figure->part, figure->name))
		return label;
	button = gtk_button_new ();
	gtk_button_set_child (GTK_BUTTON (button), label);
	gtk_widget_add_css_class (button, "figure-button");
	gtk_widget_set_valign (button, GTK_ALIGN_BASELINE);
	g_object_set_data (G_OBJECT (button), "figure", figure);
	g_signal_connect_object (button, "clicked", G_CALLBACK (on_figure), self,
				 G_CONNECT_SWAPPED);
	return button;
}

static GtkWidget *
source_widget (const PlRecipeStep *step, const char *part, const char *name)
{
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10), *label;
	const char *source = source_of (step, part, name);

	gtk_widget_set_valign (box, GTK_ALIGN_BASELINE);
	if (is_unverified (step, part, name)) {
		label = label_new (_ ("? not verified"), "figure-unverified", 0);
		gtk_box_append (GTK_BOX (box), label);
	}
	label = cell_new (source, "figure-source", SOURCE);
	gtk_widget_set_hexpand (label, TRUE);
	gtk_box_append (GTK_BOX (box), label);
	return box;
}

static void
add_figure (PlRecipeSheet *self, GtkGrid *grid, int row, guint at, const char *part,
	    const char *name)
{
	const PlRecipeStep *step = step_at (self->recipe, at);
	Figure *figure = g_new0 (Figure, 1);

	*figure = (Figure){at, part, name, NULL};
	g_ptr_array_add (self->figures, figure);
	gtk_grid_attach (grid, cell_new (name, "figure-name", NAME), NAME, row, 1, 1);
	gtk_grid_attach (grid, figure_widget (self, figure), VALUE, row, 1, 1);
	/* beside an editor there is no room for it, and the editor says it */
	if (!self->editable)
		gtk_grid_attach (
		    grid, cell_new (meaning_of (step, part, name), "figure-meaning", MEANING),
		    MEANING, row, 1, 1);
	gtk_grid_attach (grid, source_widget (step, part, name), SOURCE, row, 1, 1);
	word_figure (self, figure);
}

/* Of the step table, so that defaults are seen, too; a parameter without any value is left out. */
static int
add_params (PlRecipeSheet *self, GtkGrid *grid, int row, guint at)
{
	const PlRecipeStep *step = step_at (self->recipe, at);
	int first = row;

	for (const PlParam *p = step->type->params; p != NULL && p->name != NULL; p++) {
		const char *value = pl_recipe_param (step, p->name, NULL);

		if (value == NULL || *value == '\0')
			continue;
		if (row == first)
			gtk_grid_attach (grid, heading_new (_ ("Settings")), 0, row++, 4, 1);
		add_figure (self, grid, row++, at, "with", p->name);
	}
	return row;
}

static int
add_limits (PlRecipeSheet *self, GtkGrid *grid, int row, guint at, const char *part,
	    const char *heading)
{
	g_autoptr (GPtrArray) names = pl_recipe_names (step_at (self->recipe, at), part);

	if (names->len > 0)
		gtk_grid_attach (grid, heading_new (heading), 0, row++, 4, 1);
	for (guint i = 0; i < names->len; i++)
		add_figure (self, grid, row++, at, part, g_ptr_array_index (names, i));
	return row;
}

static GtkWidget *
step_head (const PlRecipeStep *step, guint at)
{
	GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
	g_autofree char *number = g_strdup_printf ("%u", at + 1);
	g_autofree char *conduct = conduct_text (step);
	GtkWidget *label = label_new (number, "sheet-number", 0);

	gtk_box_append (GTK_BOX (box), label);
	gtk_box_append (GTK_BOX (box),
			label_new (pl_recipe_step_title (step, pl_language_name (pl_language ())),
				   "sheet-title", 0));
	label = label_new (conduct, "sheet-conduct", 80);
	gtk_widget_set_hexpand (label, TRUE);
	gtk_box_append (GTK_BOX (box), label);
	return box;
}

static void
add_step (PlRecipeSheet *self, guint at)
{
	const PlRecipeStep *step = step_at (self->recipe, at);
	GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *grid = gtk_grid_new ();
	int row;

	if (at == 0 || step_at (self->recipe, at - 1)->phase != step->phase)
		gtk_box_append (self->content,
				label_new (phase_word (step->phase), "sheet-phase", 0));
	gtk_widget_add_css_class (card, "panel");
	gtk_widget_add_css_class (card, "sheet-step");
	gtk_box_append (GTK_BOX (card), step_head (step, at));
	gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
	gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
	row = add_params (self, GTK_GRID (grid), 0, at);
	row = add_limits (self, GTK_GRID (grid), row, at, "limits", _ ("Limits"));
	row = add_limits (self, GTK_GRID (grid), row, at, "watch", _ ("Watched on every sample"));
	if (row > 0)
		gtk_box_append (GTK_BOX (card), grid);
	gtk_box_append (self->content, card);
}

/* -- the head ---------------------------------------------------------------------------------- */

static void
add_line (GtkGrid *grid, int row, const char *word, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	gtk_grid_attach (grid, cell_new (word, "figure-meaning", NAME), 0, row, 1, 1);
	gtk_grid_attach (grid, label_new (text, "figure-name", 0), 1, row, 1, 1);
}

static void
add_head (PlRecipeSheet *self)
{
	const PlRecipe *recipe = self->recipe;
	GtkWidget *grid = gtk_grid_new ();
	g_autofree char *before = g_strjoinv (", ", recipe->requires);

	gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
	gtk_widget_add_css_class (grid, "panel");
	gtk_widget_add_css_class (grid, "sheet-step");
	add_line (GTK_GRID (grid), 0, _ ("Product"), recipe->product);
	add_line (GTK_GRID (grid), 1, _ ("Serial"), recipe->serial_format);
	add_line (GTK_GRID (grid), 2, _ ("Only after"), before);
	add_line (GTK_GRID (grid), 3, "SHA-256", recipe->hash);
	gtk_box_append (self->content, grid);
}

/* -- filling ----------------------------------------------------------------------------------- */

/* A sheet has a thousand labels: all at once they would hold the main loop for longer than a run's
 * page may wait. */
static gboolean
fill (gpointer data)
{
	PlRecipeSheet *self = data;

	if (self->next < self->recipe->steps->len) {
		add_step (self, self->next++);
		return G_SOURCE_CONTINUE;
	}
	self->filling = 0;
	return G_SOURCE_REMOVE;
}

static void
clear (PlRecipeSheet *self)
{
	GtkWidget *child;

	g_clear_handle_id (&self->filling, g_source_remove);
	while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->content))) != NULL)
		gtk_box_remove (self->content, child);
	g_ptr_array_set_size (self->figures, 0);
}

void
pl_recipe_sheet_show (PlRecipeSheet *self, const PlRecipe *recipe, gboolean editable)
{
	gboolean other = recipe != self->recipe;

	clear (self);
	self->recipe = recipe;
	self->edited = NULL;
	self->editable = editable;
	self->next = 0;
	if (recipe == NULL)
		return;
	if (other)
		/* the same one in another language stays where it is read */
		gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
	add_head (self);
	/* behind drawing and input */
	self->filling = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, fill, self, NULL);
}

void
pl_recipe_sheet_mark (PlRecipeSheet *self, const PlRecipe *edited)
{
	self->edited = edited;
	for (guint i = 0; i < self->figures->len; i++)
		word_figure (self, g_ptr_array_index (self->figures, i));
}

gboolean
pl_recipe_sheet_is_filled (PlRecipeSheet *self)
{
	return self->filling == 0;
}

static void
dispose (GObject *object)
{
	PlRecipeSheet *self = PL_RECIPE_SHEET (object);

	g_clear_handle_id (&self->filling, g_source_remove);
	G_OBJECT_CLASS (pl_recipe_sheet_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
	g_ptr_array_unref (PL_RECIPE_SHEET (object)->figures);
	G_OBJECT_CLASS (pl_recipe_sheet_parent_class)->finalize (object);
}

static void
pl_recipe_sheet_class_init (PlRecipeSheetClass *class)
{
	G_OBJECT_CLASS (class)->dispose = dispose;
	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

static void
pl_recipe_sheet_init (PlRecipeSheet *self)
{
	self->figures = g_ptr_array_new_with_free_func (g_free);
	self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
	self->content = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 10));
	gtk_widget_add_css_class (GTK_WIDGET (self->content), "sheet");
	gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->content));
	gtk_widget_set_hexpand (GTK_WIDGET (self->scroller), TRUE);
	gtk_widget_set_vexpand (GTK_WIDGET (self->scroller), TRUE);
	gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->scroller));
}
