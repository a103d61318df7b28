/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/instrument_card.h"
#include "ui/language.h"
#include "ui/service_words.h"
#include "ui/signs.h"
#include <math.h>

#define COLUMNS 2 /* of single values; an array takes the whole width */

/* A value's place: made once, its words change. */
typedef struct {
	GtkWidget *box;
	GtkLabel *name, *value, *all; /* all: an array's values, under its range */
} Cell;

struct _PlInstrumentCard {
	GtkBox parent;
	GtkLabel *title, *who, *state, *trouble;
	GtkGrid *grid;
	GArray *cells; /* Cell */
	guint shown; /* how the grid is laid out: which of them are arrays, as a sum */
};

G_DEFINE_FINAL_TYPE (PlInstrumentCard, pl_instrument_card, GTK_TYPE_BOX)

static void
set (GtkLabel *label, const char *text)
{
	/* a label that is set is measured anew, and most values are as they were */
	if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
		gtk_label_set_text (label, text);
}

/* -- values ------------------------------------------------------------------------------------ */

static Cell *
cell_at (PlInstrumentCard *self, guint at)
{
	while (self->cells->len <= at) {
		Cell cell = {gtk_box_new (GTK_ORIENTATION_VERTICAL, 0),
			     GTK_LABEL (gtk_label_new (NULL)), GTK_LABEL (gtk_label_new (NULL)),
			     GTK_LABEL (gtk_label_new (NULL))};
		GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

		gtk_widget_add_css_class (GTK_WIDGET (cell.name), "service-name");
		gtk_widget_add_css_class (GTK_WIDGET (cell.value), "service-value");
		gtk_widget_add_css_class (GTK_WIDGET (cell.all), "service-all");
		gtk_label_set_ellipsize (cell.name, PANGO_ELLIPSIZE_END);
		gtk_label_set_xalign (cell.name, 0);
		gtk_widget_set_hexpand (GTK_WIDGET (cell.name), TRUE);
		gtk_label_set_xalign (cell.value, 1);
		gtk_label_set_ellipsize (cell.value, PANGO_ELLIPSIZE_END);
		gtk_label_set_xalign (cell.all, 0);
		gtk_box_append (GTK_BOX (line), GTK_WIDGET (cell.name));
		gtk_box_append (GTK_BOX (line), GTK_WIDGET (cell.value));
		gtk_box_append (GTK_BOX (cell.box), line);
		gtk_box_append (GTK_BOX (cell.box), GTK_WIDGET (cell.all));
		gtk_grid_attach (self->grid, cell.box, 0, (int)self->cells->len, 1, 1);
		g_array_append_val (self->cells, cell);
	}
	return &g_array_index (self->cells, Cell, at);
}

/* Cells are told apart by tenths of a millivolt. */
static void
append_one (GString *text, const PlServiceValue *value, double number)
{
	const char *format = g_str_equal (value->unit, "V") ? "%.4f" : "%.1f";
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	g_string_append (text, isfinite (number)
				   ? g_ascii_formatd (digits, sizeof digits, format, number)
				   : "–");
}

/* Of an array the lowest and the highest, all of it below in small. */
static char *
range_text (const PlServiceValue *value)
{
	double low = INFINITY, high = -INFINITY;
	g_autoptr (GString) text = g_string_new (NULL);
	g_autofree char *plain = NULL;

	for (guint i = 0; i < value->values->len; i++) {
		low = MIN (low, g_array_index (value->values, double, i));
		high = MAX (high, g_array_index (value->values, double, i));
	}
	append_one (text, value, low);
	g_string_append (text, " … ");
	append_one (text, value, high);
	plain = g_strdup_printf ("%s %s", text->str, value->unit);
	return pl_with_signs (plain);
}

static char *
all_text (const PlServiceValue *value)
{
	g_autoptr (GString) text = g_string_new (NULL);

	for (guint i = 0; i < value->values->len; i++) {
		g_string_append (text, i == 0 ? "" : i % 8 == 0 ? "\n" : "  ");
		append_one (text, value, g_array_index (value->values, double, i));
	}
	return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
update_cell (PlInstrumentCard *self, guint at, const PlServiceValue *value)
{
	Cell *cell = cell_at (self, at);
	gboolean array = value->values->len > 1;
	g_autofree char *text =
	    value->text != NULL ? g_strdup (value->text)
	    : array		? range_text (value)
	    : value->values->len == 1
		? pl_value_text (g_array_index (value->values, double, 0), value->unit)
		: g_strdup ("–");
	g_autofree char *all = array ? all_text (value) : g_strdup ("");

	set (cell->name, value->name);
	set (cell->value, text);
	set (cell->all, all);
	gtk_widget_set_visible (GTK_WIDGET (cell->all), array);
	gtk_widget_set_visible (cell->box, TRUE);
}

/* Only where something became an array, or there is more: usually only the numbers change. */
static void
lay_out (PlInstrumentCard *self, GPtrArray *values)
{
	/* Bernstein's hash: a shape is only compared with the last one */
	guint shape = 5381, column = 0, row = 0;

	for (guint i = 0; i < values->len; i++)
		shape = shape * 33 +
			(((PlServiceValue *)g_ptr_array_index (values, i))->values->len > 1) + 1;
	if (shape == self->shown)
		return;
	self->shown = shape;
	for (guint i = 0; i < values->len; i++) {
		const PlServiceValue *value = g_ptr_array_index (values, i);
		gboolean wide = value->values->len > 1;
		GtkWidget *box = g_array_index (self->cells, Cell, i).box;

		if (wide && column > 0) {
			column = 0;
			row++;
		}
		/* a grid cannot move a child, and lets go of what it loses */
		g_object_ref (box);
		gtk_grid_remove (self->grid, box);
		gtk_grid_attach (self->grid, box, (int)column, (int)row, wide ? COLUMNS : 1, 1);
		g_object_unref (box);
		column = wide ? COLUMNS : column + 1;
		row += column / COLUMNS;
		column %= COLUMNS;
	}
}

/* -- the whole --------------------------------------------------------------------------------- */

static void
update_head (PlInstrumentCard *self, const PlServiceInstrument *s)
{
	g_autofree char *who =
	    g_strdup_printf ("%s %s  %s", s->identity.maker, s->identity.model, s->identity.serial);
	g_autofree char *sentence = pl_sentence (s->trouble);
	g_autofree char *trouble = NULL;
	const char *word = s->trouble != NULL	? _ ("does not answer")
			   : s->values->len > 0 ? _ ("answers")
						: _ ("is asked");
	const char *classes[] = {"service-chip", s->trouble != NULL ? "health-bad" : "health-good",
				 NULL};
	g_autofree char *spoken = g_strdup_printf ("%s: %s", pl_role_title (s->role), word);

	set (self->title, pl_role_title (s->role));
	set (self->who, s->known ? g_strstrip (who) : "");
	set (self->state, word);
	gtk_widget_set_css_classes (GTK_WIDGET (self->state), classes);
	if (sentence != NULL)
		trouble = g_strdup_printf (
		    "%s\n%s", sentence,
		    _ ("Check its cable and its power; it is looked for again by itself"));
	set (self->trouble, trouble != NULL ? trouble : "");
	gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
}

void
pl_instrument_card_update (PlInstrumentCard *self, const PlServiceInstrument *s)
{
	update_head (self, s);
	for (guint i = 0; i < s->values->len; i++)
		update_cell (self, i, g_ptr_array_index (s->values, i));
	for (guint i = s->values->len; i < self->cells->len; i++)
		gtk_widget_set_visible (g_array_index (self->cells, Cell, i).box, FALSE);
	/* one that is silent keeps its places: the cards below do not jump */
	if (s->values->len > 0)
		lay_out (self, s->values);
}

static void
finalize (GObject *object)
{
	g_array_unref (PL_INSTRUMENT_CARD (object)->cells);
	G_OBJECT_CLASS (pl_instrument_card_parent_class)->finalize (object);
}

static void
pl_instrument_card_class_init (PlInstrumentCardClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkLabel *
add_label (GtkBox *box, const char *class, gboolean expand)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_widget_add_css_class (label, class);
	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
	gtk_widget_set_hexpand (label, expand);
	gtk_box_append (box, label);
	return GTK_LABEL (label);
}

static void
pl_instrument_card_init (PlInstrumentCard *self)
{
	GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

	self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
	gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
	gtk_box_set_spacing (GTK_BOX (self), 8);
	gtk_widget_add_css_class (GTK_WIDGET (self), "panel");
	gtk_box_append (GTK_BOX (self), head);
	self->title = add_label (GTK_BOX (head), "service-title", FALSE);
	self->who = add_label (GTK_BOX (head), "service-who", TRUE);
	self->state = add_label (GTK_BOX (head), "service-chip", FALSE);
	gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_NONE);
	gtk_label_set_ellipsize (self->state, PANGO_ELLIPSIZE_NONE);
	self->trouble = add_label (GTK_BOX (self), "service-trouble", FALSE);
	gtk_label_set_wrap (self->trouble, TRUE);
	/* a driver's sentence names the bytes, too; the card must not push the next one out of
	 * view */
	gtk_label_set_lines (self->trouble, 4);
	self->grid = GTK_GRID (gtk_grid_new ());
	gtk_grid_set_column_homogeneous (self->grid, TRUE);
	gtk_grid_set_column_spacing (self->grid, 28);
	gtk_grid_set_row_spacing (self->grid, 3);
	gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->grid));
}

PlInstrumentCard *
pl_instrument_card_new (void)
{
	return g_object_new (PL_TYPE_INSTRUMENT_CARD, NULL);
}
