/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_list.h"
#include "station/row_text.h"
#include "ui/language.h"
#include "ui/verdict_look.h"

typedef enum {
	BEGUN,
	VERDICT,
	SERIAL,
	GRADE,
	KIND,
	RECIPE,
	OPERATOR,
	STATION,
	CAUSE,
	N_COLUMNS
} Column;

/* Widths in px, for the widest that stands there: a date, a serial, a recipe with its version. */
static const struct {
	const char *title;
	int width; /* 0 = what is left */
	const char *class;
} columns[N_COLUMNS] = {
    {N_ ("Begun"), 230, "numeric"}, {N_ ("Result"), 150, "verdict-pill"},
    {N_ ("Serial"), 210, "serial"}, {N_ ("Grade"), 80, NULL},
    {N_ ("Kind"), 130, NULL},	    {N_ ("Recipe"), 190, NULL},
    {N_ ("Operator"), 120, NULL},   {N_ ("Station"), 110, NULL},
    {N_ ("Cause"), 0, "dim"},
};

struct _PlRunList {
	GtkBox parent;
	GtkColumnView *view;
	GtkScrolledWindow *scroller;
	GtkColumnViewColumn *columns[N_COLUMNS];
	PlRunListModel *model;
	PlLanguage language; /* of the columns' titles */
};

G_DEFINE_FINAL_TYPE (PlRunList, pl_run_list, GTK_TYPE_BOX)

/* -- cells ------------------------------------------------------------------------------------- */

/* NULL = nothing stands there. */
static char *
cell_text (Column column, const PlHistoryRow *row)
{
	switch (column) {
	case BEGUN:
		return pl_local_text (row->started);
	case VERDICT:
		return pl_verdict_text (row->verdict);
	case SERIAL:
		return g_strdup (row->serial);
	case GRADE:
		return g_strdup (row->grade);
	case KIND:
		return g_strdup (pl_kind_word (row->kind));
	case RECIPE:
		return g_strdup_printf ("%s@%d", row->recipe, (int)row->recipe_version);
	case OPERATOR:
		return g_strdup (row->operator_name);
	case STATION:
		return g_strdup (row->station);
	default:
		return pl_sentence (row->cause);
	}
}

/* Its classes are what a cell costs most: only the verdict's change, and only when it does. */
static void
dress (GtkWidget *cell, const PlHistoryRow *row)
{
	const char *verdict = row != NULL ? pl_verdict_look (row->verdict)->class : "waiting";
	const char *classes[] = {"run-cell", "verdict-pill", verdict, NULL};

	if (!gtk_widget_has_css_class (cell, verdict))
		gtk_widget_set_css_classes (cell, classes);
}

static void
show (GtkWidget *cell, Column column, const PlHistoryRow *row)
{
	g_autofree char *text = row != NULL ? cell_text (column, row) : NULL;

	if (column == VERDICT)
		dress (cell, row);
	gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
	gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
					text != NULL ? text : "", -1);
}

static void
on_filled (PlRunItem *item, GtkListItem *place)
{
	GtkWidget *cell = gtk_list_item_get_child (place);

	show (cell, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "column")),
	      pl_run_item_row (item));
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *place, gpointer column)
{
	/* an inscription does not ask for another size when its text changes, a label does */
	GtkWidget *cell = gtk_inscription_new (NULL);

	gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
					   GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
	gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
	gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 2);
	gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
	gtk_widget_add_css_class (cell, "run-cell");
	if (columns[GPOINTER_TO_UINT (column)].class != NULL)
		gtk_widget_add_css_class (cell, columns[GPOINTER_TO_UINT (column)].class);
	g_object_set_data (G_OBJECT (cell), "column", column);
	gtk_list_item_set_child (place, cell);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *place, gpointer column)
{
	PlRunItem *item = gtk_list_item_get_item (place);

	show (gtk_list_item_get_child (place), GPOINTER_TO_UINT (column), pl_run_item_row (item));
	/* an item may be shown before it has its row */
	g_signal_connect (item, "filled", G_CALLBACK (on_filled), place);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *place, gpointer column)
{
	g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (place), on_filled, place);
}

static void
add_column (PlRunList *self, Column at)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
	GtkColumnViewColumn *column;

	g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (at));
	g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (at));
	g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (at));
	column = gtk_column_view_column_new (_ (columns[at].title), factory);
	if (columns[at].width > 0)
		gtk_column_view_column_set_fixed_width (column, columns[at].width);
	else
		gtk_column_view_column_set_expand (column, TRUE);
	gtk_column_view_append_column (self->view, column);
	self->columns[at] = column;
	g_object_unref (column); /* the view keeps it */
}

/* -- the list ---------------------------------------------------------------------------------- */

static void
on_activate (PlRunList *self, guint at)
{
	g_autoptr (PlRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->model), at);

	if (item != NULL && pl_run_item_row (item) != NULL)
		g_signal_emit_by_name (self, "opened", pl_run_item_row (item)->id);
}

void
pl_run_list_set_model (PlRunList *self, PlRunListModel *model)
{
	GtkSingleSelection *selection = gtk_single_selection_new (NULL);

	g_set_object (&self->model, model);
	/* no row is chosen before a person does it */
	gtk_single_selection_set_autoselect (selection, FALSE);
	gtk_single_selection_set_can_unselect (selection, TRUE);
	gtk_single_selection_set_model (selection, G_LIST_MODEL (model));
	gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
	g_object_unref (selection);
}

static void
reword (PlRunList *self)
{
	self->language = pl_language ();
	for (guint i = 0; i < N_COLUMNS; i++)
		gtk_column_view_column_set_title (self->columns[i], _ (columns[i].title));
	if (self->model != NULL)
		pl_run_list_model_reword (self->model);
}

void
pl_run_list_refresh (PlRunList *self)
{
	if (self->language != pl_language ())
		reword (self);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Runs, newest first"), -1);
}

/* GtkColumnView of 4.8 cannot scroll to a row by itself; all its rows are equally high. */
void
pl_run_list_go_to (PlRunList *self, guint at)
{
	GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (self->scroller);
	guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));

	if (n > 0)
		gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place) / n * at);
}

void
pl_run_list_focus (PlRunList *self)
{
	gtk_widget_child_focus (GTK_WIDGET (self->view), GTK_DIR_TAB_FORWARD);
}

static void
dispose (GObject *object)
{
	g_clear_object (&PL_RUN_LIST (object)->model);
	G_OBJECT_CLASS (pl_run_list_parent_class)->dispose (object);
}

static void
pl_run_list_class_init (PlRunListClass *class)
{
	G_OBJECT_CLASS (class)->dispose = dispose;
	g_signal_new ("opened", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 1, G_TYPE_INT64);
}

/* A scroller around a table: a loop says the columns shorter than a template. */
static void
pl_run_list_init (PlRunList *self)
{
	self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
	self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
	self->language = pl_language ();
	/* gloves: nobody double-clicks a list */
	gtk_column_view_set_single_click_activate (self->view, TRUE);
	gtk_widget_add_css_class (GTK_WIDGET (self->view), "runs");
	gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->view));
	/* a million rows are reached by the bar only: it is there without being hovered over */
	gtk_scrolled_window_set_overlay_scrolling (self->scroller, FALSE);
	gtk_widget_set_vexpand (GTK_WIDGET (self->scroller), TRUE);
	gtk_widget_set_hexpand (GTK_WIDGET (self->scroller), TRUE);
	gtk_widget_add_css_class (GTK_WIDGET (self->scroller), "panel");
	gtk_widget_add_css_class (GTK_WIDGET (self->scroller), "table-panel");
	gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->scroller));
	for (guint i = 0; i < N_COLUMNS; i++)
		add_column (self, i);
	g_signal_connect_object (self->view, "activate", G_CALLBACK (on_activate), self,
				 G_CONNECT_SWAPPED);
}
