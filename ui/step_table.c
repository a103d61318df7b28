/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/step_table.h"
#include "ui/language.h"
#include "ui/theme.h"
#include "ui/step_row.h"

struct _PlStepTable {
	GtkBox parent;
	GtkLabel *number, *title, *doing, *value, *limit;
	GtkColumnView *view;
	GtkScrolledWindow *scroller;
	GListStore *rows;
	GtkColumnViewColumn *columns[5];
	int shown; /* the step that was last scrolled to */
	PlLanguage language;
};

G_DEFINE_FINAL_TYPE (PlStepTable, pl_step_table, GTK_TYPE_BOX)

static const struct {
	const char *class, *glyph, *word;
} results[] = {
    [PL_ROW_WAITING] = {"step-waiting", "·", NULL},
    [PL_ROW_RUNNING] = {"step-running", "▶", NULL},
    [PL_ROW_PASS] = {"step-pass", "✔", N_ ("PASS")},
    [PL_ROW_FAIL] = {"step-fail", "✘", N_ ("FAIL")},
    [PL_ROW_ERROR] = {"step-error", "?", N_ ("ERROR")},
    [PL_ROW_SKIPPED] = {"step-skipped", "–", N_ ("skipped")},
};

/* -- columns ----------------------------------------------------------------------------------- */

typedef enum { TITLE, VALUE, UNIT, LIMIT, RESULT, N_COLUMNS } Column;

static const struct {
	const char *title;
	float xalign;
	int width, compact_width; /* 0 = what is left */
} columns[N_COLUMNS] = {
    {N_ ("Step"), 0, 0, 0},	  {N_ ("Value"), 1, 110, 76},	{N_ ("Unit"), 0, 64, 48},
    {N_ ("Limits"), 0, 220, 142}, {N_ ("Result"), 0, 150, 106},
};

static char *
cell_text (Column column, const PlStepSnapshot *step)
{
	switch (column) {
	case TITLE:
		return g_strdup (step->titles[pl_language ()]);
	case VALUE:
		return g_strdup (step->value);
	case UNIT:
		return g_strdup (step->unit);
	case LIMIT:
		return g_strdup (step->limit);
	default:
		if (step->result == PL_ROW_WAITING || step->result == PL_ROW_RUNNING)
			return g_strdup (results[step->result].glyph);
		return g_strdup_printf ("%s %s", results[step->result].glyph,
					_ (results[step->result].word));
	}
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
	Column at = GPOINTER_TO_UINT (column);
	GtkWidget *cell = gtk_inscription_new (NULL);

	gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), columns[at].xalign);
	gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
					   GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
	gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
	gtk_inscription_set_nat_chars (GTK_INSCRIPTION (cell), 4);
	gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 2);
	gtk_list_item_set_child (item, cell);
	gtk_list_item_set_activatable (item, FALSE);
	gtk_list_item_set_selectable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
	const PlStepSnapshot *step = pl_step_row_get (gtk_list_item_get_item (item));
	GtkWidget *cell = gtk_list_item_get_child (item);
	g_autofree char *text = cell_text (GPOINTER_TO_UINT (column), step);
	const char *classes[] = {"step-cell", results[step->result].class,
				 GPOINTER_TO_UINT (column) == RESULT ? "step-result" : NULL, NULL};

	gtk_widget_set_css_classes (cell, classes);
	gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
	gtk_widget_set_tooltip_text (cell, step->measurement);
}

static void
add_column (PlStepTable *self, Column at)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

	g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (at));
	g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (at));
	self->columns[at] = gtk_column_view_column_new (_ (columns[at].title), factory);
	if (columns[at].width == 0)
		gtk_column_view_column_set_expand (self->columns[at], TRUE);
	gtk_column_view_append_column (self->view, self->columns[at]);
	g_object_unref (self->columns[at]); /* the view keeps it */
}

static void
set_widths (PlStepTable *self)
{
	gboolean compact = pl_theme_is_compact (GTK_WIDGET (self));

	for (guint i = 0; i < N_COLUMNS; i++)
		if (columns[i].width > 0)
			gtk_column_view_column_set_fixed_width (self->columns[i],
								compact ? columns[i].compact_width
									: columns[i].width);
}

/* -- update ------------------------------------------------------------------------------------ */

static void
update_rows (PlStepTable *self, const PlSnapshot *s)
{
	guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
	gboolean reworded = self->language != pl_language ();

	for (guint i = 0; i < s->n_steps; i++) {
		g_autoptr (PlStepRow) old =
		    i < n ? g_list_model_get_item (G_LIST_MODEL (self->rows), i) : NULL;
		g_autoptr (PlStepRow) row = NULL;

		if (old != NULL && !reworded && pl_step_row_shows (old, &s->steps[i]))
			continue;
		row = pl_step_row_new (s, i);
		g_list_store_splice (self->rows, i, old != NULL ? 1 : 0, (gpointer *)&row, 1);
	}
	for (guint i = 0; reworded && i < N_COLUMNS; i++)
		gtk_column_view_column_set_title (self->columns[i], _ (columns[i].title));
	self->language = pl_language ();
}

/* What a person looks at: the running step, after the run the first that did not pass. */
static int
find_focus (const PlSnapshot *s)
{
	if (s->running >= 0)
		return s->running;
	for (guint i = 0; i < s->n_steps; i++)
		if (s->steps[i].result == PL_ROW_FAIL)
			return (int)i;
	for (guint i = 0; i < s->n_steps; i++)
		if (s->steps[i].result == PL_ROW_ERROR)
			return (int)i;
	return -1;
}

/* GtkColumnView of 4.8 cannot scroll to a row by itself. */
static void
scroll_to (PlStepTable *self, int at, guint n)
{
	GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->scroller);
	double row = gtk_adjustment_get_upper (v) / MAX (n, 1);

	if (at == self->shown)
		return;
	self->shown = at;
	gtk_adjustment_set_value (v, at < 0 ? 0 : row * at - gtk_adjustment_get_page_size (v) / 2);
}

static char *
number_text (const PlSnapshot *s, int at)
{
	if (at < 0)
		return g_strdup ("");
	return g_strdup_printf ("%d/%u", at + 1, s->n_steps);
}

static char *
value_text (const PlStepSnapshot *step)
{
	if (step == NULL || step->value == NULL)
		return g_strdup ("");
	return g_strdup_printf ("%s %s", step->value, step->unit != NULL ? step->unit : "");
}

static void
update_large (PlStepTable *self, const PlSnapshot *s, int at)
{
	const PlStepSnapshot *step = at >= 0 ? &s->steps[at] : NULL;
	g_autofree char *number = number_text (s, at), *value = value_text (step);
	g_autofree char *doing = s->doing != NULL ? pl_sentence (s->doing)
				 : step != NULL	  ? g_strdup (step->measurement)
						  : NULL;

	gtk_label_set_text (self->number, number);
	gtk_label_set_text (self->title, step != NULL ? step->titles[pl_language ()]
						      : s->recipe[pl_language ()]);
	gtk_label_set_text (self->doing, doing != NULL ? doing : "");
	gtk_label_set_text (self->value, value);
	gtk_label_set_text (self->limit, step != NULL && step->limit != NULL ? step->limit : "");
}

void
pl_step_table_update (PlStepTable *self, const PlSnapshot *s)
{
	int at = find_focus (s);

	set_widths (self);
	update_rows (self, s);
	update_large (self, s, at);
	scroll_to (self, at, s->n_steps);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Steps of the test"), -1);
}

static void
pl_step_table_dispose (GObject *object)
{
	g_clear_object (&PL_STEP_TABLE (object)->rows);
	G_OBJECT_CLASS (pl_step_table_parent_class)->dispose (object);
}

static void
pl_step_table_class_init (PlStepTableClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = pl_step_table_dispose;
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/step_table.ui");
	gtk_widget_class_bind_template_child (widget, PlStepTable, number);
	gtk_widget_class_bind_template_child (widget, PlStepTable, title);
	gtk_widget_class_bind_template_child (widget, PlStepTable, doing);
	gtk_widget_class_bind_template_child (widget, PlStepTable, value);
	gtk_widget_class_bind_template_child (widget, PlStepTable, limit);
	gtk_widget_class_bind_template_child (widget, PlStepTable, view);
	gtk_widget_class_bind_template_child (widget, PlStepTable, scroller);
}

static void
pl_step_table_init (PlStepTable *self)
{
	GtkSelectionModel *selection;

	gtk_widget_init_template (GTK_WIDGET (self));
	self->shown = -1;
	self->language = pl_language ();
	self->rows = g_list_store_new (PL_TYPE_STEP_ROW);
	selection =
	    GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->rows))));
	gtk_column_view_set_model (self->view, selection);
	g_object_unref (selection);
	for (guint i = 0; i < N_COLUMNS; i++)
		add_column (self, i);
}
