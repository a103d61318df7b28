/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/value_table.h"
#include "station/row_text.h"
#include "ui/language.h"
#include "ui/limit_bar.h"
#include "ui/signs.h"
#include "ui/value_row.h"
#include "ui/verdict_look.h"
#include <math.h>

typedef enum { NAME, VALUE, BAR, LIMIT, RESULT, THEN, DIFFERENCE, N_COLUMNS } Column;

/* Beside another run its figures take the bar's place. */
typedef enum { ALWAYS, ALONE, COMPARED } When;

/* Widths in px; the name has what is left. */
static const struct {
	const char *title;
	float xalign;
	int width; /* 0 = what is left */
	When when;
} columns[N_COLUMNS] = {
    {N_ ("Step and measurement"), 0, 0, ALWAYS},
    {N_ ("Value"), 1, 128, ALWAYS},
    {"", 0, 122, ALONE},
    {N_ ("Limits"), 0, 200, ALWAYS},
    {N_ ("Result"), 0, 128, ALWAYS},
    {N_ ("Other run"), 1, 124, COMPARED},
    {N_ ("Difference"), 1, 128, COMPARED},
};

struct _PlValueTable {
	GtkBox parent;
	GtkColumnView *view;
	GtkCheckButton *all; /* also what was recorded without a limit */
	GtkLabel *about, *raw;
	GtkScrolledWindow *scroller;
	GtkColumnViewColumn *columns[N_COLUMNS];
	GListStore *rows;
	GtkSingleSelection *selection;
	const PlStory *story, *other; /* borrowed */
	guint scroll; /* the chosen row is still to be brought into view */
};

G_DEFINE_FINAL_TYPE (PlValueTable, pl_value_table, GTK_TYPE_BOX)

/* -- cells ------------------------------------------------------------------------------------- */

static char *
step_text (Column column, const PlStepRow *step)
{
	switch (column) {
	case NAME:
		return pl_step_title_text (step);
	case VALUE:
		return pl_duration_text (step->duration_s);
	case RESULT:
		return pl_verdict_text (step->verdict);
	default:
		return NULL;
	}
}

/* What was recorded and not judged has no verdict; that is not a run that goes on. */
static char *
measurement_text (Column column, const PlValue *value)
{
	const PlMeasurementRow *m = value->measurement;
	g_autofree char *text = NULL;

	switch (column) {
	case NAME:
		return g_strdup (m->name);
	case VALUE:
		text = pl_row_value_text (m);
		break;
	case LIMIT:
		text = pl_row_limit_text (m);
		break;
	case RESULT:
		return m->verdict != NULL ? pl_verdict_text (m->verdict) : NULL;
	case THEN:
		text = value->then != NULL ? pl_row_value_text (value->then) : NULL;
		break;
	case DIFFERENCE:
		text = pl_story_difference (m, value->then);
		break;
	default:
		break;
	}
	return pl_with_signs (text);
}

static const char *
result_class (const PlValue *value)
{
	const char *verdict =
	    value->measurement != NULL ? value->measurement->verdict : value->step->verdict;

	return verdict != NULL ? pl_verdict_look (verdict)->class : NULL;
}

static void
bind_bar (GtkWidget *cell, const PlValue *value)
{
	const PlMeasurementRow *m = value->measurement;

	pl_limit_bar_update (PL_LIMIT_BAR (cell), m != NULL ? m->value : NAN,
			     m != NULL ? m->low : NAN, m != NULL ? m->high : NAN);
	/* by the verdict, not by the bar: the station judges, a bar only draws */
	if (m != NULL && g_strcmp0 (m->verdict, "PASS") != 0)
		gtk_widget_add_css_class (cell, "outside");
	else
		gtk_widget_remove_css_class (cell, "outside");
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *place, gpointer column)
{
	Column at = GPOINTER_TO_UINT (column);
	GtkWidget *cell = at == BAR ? pl_limit_bar_new () : gtk_inscription_new (NULL);

	gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
	gtk_list_item_set_child (place, cell);
	if (at == BAR)
		return;
	gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), columns[at].xalign);
	gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
					   GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
	gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
	gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 2);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *place, gpointer column)
{
	const PlValue *value = pl_value_row_get (gtk_list_item_get_item (place));
	Column at = GPOINTER_TO_UINT (column);
	GtkWidget *cell = gtk_list_item_get_child (place);
	g_autofree char *text = NULL;
	const char *classes[] = {value->measurement == NULL ? "value-step"
				 : at == NAME		    ? "value-name"
							    : "value-cell",
				 "numeric", NULL, NULL, NULL};

	if (at == BAR) {
		bind_bar (cell, value);
		return;
	}
	text =
	    value->measurement != NULL ? measurement_text (at, value) : step_text (at, value->step);
	if (at == RESULT && text != NULL) {
		classes[2] = "verdict-pill";
		classes[3] = result_class (value);
	}
	gtk_widget_set_css_classes (cell, classes);
	gtk_inscription_set_text (GTK_INSCRIPTION (cell), text);
	/* names are what is cut off */
	gtk_widget_set_tooltip_text (cell, at == NAME ? text : NULL);
	gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
					text != NULL ? text : "", -1);
}

static void
add_column (PlValueTable *self, Column at)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

	g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (at));
	g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (at));
	self->columns[at] = gtk_column_view_column_new (NULL, factory);
	if (columns[at].width > 0)
		gtk_column_view_column_set_fixed_width (self->columns[at], columns[at].width);
	else
		gtk_column_view_column_set_expand (self->columns[at], TRUE);
}

static gboolean
is_shown (PlValueTable *self, Column at)
{
	return columns[at].when == ALWAYS ||
	       (columns[at].when == COMPARED) == (self->other != NULL);
}

/* Those that are not wanted are taken out: hidden ones still take their width in this version. */
static void
place_columns (PlValueTable *self)
{
	GListModel *placed = gtk_column_view_get_columns (self->view);
	guint n = 0;

	for (guint i = 0; i < N_COLUMNS; i++) {
		g_autoptr (GtkColumnViewColumn) there = g_list_model_get_item (placed, n);

		if (is_shown (self, i) && there != self->columns[i])
			gtk_column_view_insert_column (self->view, n, self->columns[i]);
		else if (!is_shown (self, i) && there == self->columns[i])
			gtk_column_view_remove_column (self->view, self->columns[i]);
		n += is_shown (self, i);
	}
}

/* -- the chosen row ---------------------------------------------------------------------------- */

static void
say (GString *text, const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		g_string_append_printf (text, "%s%s  %s", text->len > 0 ? "   ·   " : "", name,
					value);
}

static char *
about_measurement (const PlMeasurementRow *m)
{
	g_autoptr (GString) text = g_string_new (NULL);

	say (text, _ ("Limit from"), m->source);
	say (text, _ ("Instrument"), m->instrument_text);
	say (text, _ ("Calibration due"), m->calibration_due);
	return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
about_step (const PlStepRow *step)
{
	g_autoptr (GString) text = g_string_new (NULL);
	g_autofree char *begun = pl_local_text (step->started);
	g_autofree char *message = pl_sentence (step->message);

	say (text, _ ("Begun"), begun);
	say (text, _ ("Clause"), step->clause);
	say (text, _ ("Why"), message);
	return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
set_text (GtkLabel *label, const char *text)
{
	gtk_label_set_text (label, text != NULL ? text : "");
	gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
tell_chosen (PlValueTable *self)
{
	PlValueRow *row = gtk_single_selection_get_selected_item (self->selection);
	const PlValue *value = row != NULL ? pl_value_row_get (row) : NULL;
	const PlMeasurementRow *m = value != NULL ? value->measurement : NULL;
	g_autofree char *about = NULL, *raw = NULL;

	if (value == NULL)
		about = g_strdup (_ ("Choose a row to see its instrument, its source and what the "
				     "instrument answered"));
	else
		about = m != NULL ? about_measurement (m) : about_step (value->step);
	if (m != NULL && m->raw != NULL)
		raw = g_strdup_printf ("%s  %s", _ ("Answer"), m->raw);
	set_text (self->about, *about != '\0' ? about : _ ("Nothing more is known of this"));
	set_text (self->raw, raw);
}

/* -- rows -------------------------------------------------------------------------------------- */

static void
add (PlValueTable *self, const PlValue *value)
{
	g_autoptr (PlValueRow) row = pl_value_row_new (value);

	g_list_store_append (self->rows, row);
}

static void
add_step (PlValueTable *self, const PlStepRow *step)
{
	PlValue value = {.step = step};
	gboolean all = gtk_check_button_get_active (self->all);

	add (self, &value);
	for (guint i = 0; i < step->measurements->len; i++) {
		value.measurement = g_ptr_array_index (step->measurements, i);
		/* the voltages of all cells hide the one value that was judged */
		if (!all && value.measurement->verdict == NULL)
			continue;
		value.then = self->other != NULL
				 ? pl_story_counterpart (self->other, step, value.measurement)
				 : NULL;
		add (self, &value);
	}
}

static void
fill (PlValueTable *self)
{
	g_clear_handle_id (&self->scroll, g_source_remove);
	g_list_store_remove_all (self->rows);
	for (guint i = 0; self->story != NULL && i < self->story->run->steps->len; i++)
		add_step (self, g_ptr_array_index (self->story->run->steps, i));
	tell_chosen (self);
}

/* The first value that failed, else the first step that did not pass. */
static guint
find_worst (PlValueTable *self)
{
	guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows)), worst = n;

	for (guint i = 0; i < n; i++) {
		g_autoptr (PlValueRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
		const PlValue *value = pl_value_row_get (row);

		if (value->measurement != NULL &&
		    g_strcmp0 (value->measurement->verdict, "FAIL") == 0)
			return i;
		if (worst == n && g_str_equal (value->step->verdict, "FAIL"))
			worst = i;
	}
	return worst;
}

/* GtkColumnView of 4.8 cannot scroll to a row by itself. */
static gboolean
on_drawn (gpointer data)
{
	PlValueTable *self = data;
	GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (self->scroller);
	guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
	guint at = gtk_single_selection_get_selected (self->selection);

	self->scroll = 0;
	if (at < n)
		/* rows are equally high; half a page before, so that it is in the middle */
		gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place) / n * at -
						     gtk_adjustment_get_page_size (place) / 2);
	return G_SOURCE_REMOVE;
}

/* Behind the frame that has given the new rows their heights. */
static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
	PlValueTable *self = PL_VALUE_TABLE (widget);

	if (self->scroll == 0)
		/* low: behind the layout, which is what sets the upper end */
		self->scroll = g_idle_add_full (G_PRIORITY_LOW, on_drawn, self, NULL);
	return G_SOURCE_REMOVE;
}

static void
show (PlValueTable *self, guint at)
{
	gtk_single_selection_set_selected (
	    self->selection, at != GTK_INVALID_LIST_POSITION ? at : find_worst (self));
	gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame, NULL, NULL);
}

static guint
count (const PlStory *story)
{
	guint n = 0;

	for (guint i = 0; story != NULL && i < story->run->steps->len; i++)
		n += ((PlStepRow *)g_ptr_array_index (story->run->steps, i))->measurements->len;
	return n;
}

static void
reword (PlValueTable *self)
{
	g_autofree char *all =
	    g_strdup_printf ("%s (%u)", _ ("Also values without a limit"), count (self->story));

	for (guint i = 0; i < N_COLUMNS; i++)
		gtk_column_view_column_set_title (
		    self->columns[i], *columns[i].title != '\0' ? _ (columns[i].title) : "");
	place_columns (self);
	gtk_check_button_set_label (self->all, all);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
					_ ("Steps of the test"), -1);
}

void
pl_value_table_update (PlValueTable *self, const PlStory *story, const PlStory *other)
{
	guint chosen = story == self->story ? gtk_single_selection_get_selected (self->selection)
					    : GTK_INVALID_LIST_POSITION;

	self->story = story;
	self->other = other;
	reword (self);
	fill (self);
	show (self, chosen);
}

static void
dispose (GObject *object)
{
	PlValueTable *self = PL_VALUE_TABLE (object);

	g_clear_handle_id (&self->scroll, g_source_remove);
	for (guint i = 0; i < N_COLUMNS; i++)
		g_clear_object (&self->columns[i]);
	g_clear_object (&self->rows);
	G_OBJECT_CLASS (pl_value_table_parent_class)->dispose (object);
}

static void
pl_value_table_class_init (PlValueTableClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->dispose = dispose;
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/value_table.ui");
	gtk_widget_class_bind_template_child (widget, PlValueTable, view);
	gtk_widget_class_bind_template_child (widget, PlValueTable, scroller);
	gtk_widget_class_bind_template_child (widget, PlValueTable, all);
	gtk_widget_class_bind_template_child (widget, PlValueTable, about);
	gtk_widget_class_bind_template_child (widget, PlValueTable, raw);
	gtk_widget_class_bind_template_callback (widget, fill);
}

static void
pl_value_table_init (PlValueTable *self)
{
	gtk_widget_init_template (GTK_WIDGET (self));
	self->rows = g_list_store_new (PL_TYPE_VALUE_ROW);
	self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->rows)));
	gtk_single_selection_set_autoselect (self->selection, FALSE);
	gtk_single_selection_set_can_unselect (self->selection, TRUE);
	gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
	g_object_unref (self->selection); /* the view keeps it */
	g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (tell_chosen),
				 self, G_CONNECT_SWAPPED);
	for (guint i = 0; i < N_COLUMNS; i++)
		add_column (self, i);
}
