/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/calibration_view.h"
#include "ui/language.h"
#include "ui/service_words.h"

/* As the health strip: time enough to send an instrument away and get it back. */
#define SOON_DAYS 14

typedef struct {
	GtkLabel *name, *who, *due;
} Row;

struct _PlCalibrationView {
	GtkBox parent;
	GtkGrid *table;
	GArray *rows; /* Row */
	GtkDropDown *instrument;
	GtkLabel *title, *instrument_name, *calibrated_name, *due_name, *certificate_name, *note;
	GtkEntry *calibrated, *due, *certificate; /* ISO dates; the certificate's number */
	GtkButton *keep;
	GArray *roles; /* PlRole, of the choice's rows */
	PlLanguage language; /* of the choice's words */
};

G_DEFINE_FINAL_TYPE (PlCalibrationView, pl_calibration_view, GTK_TYPE_BOX)

/* -- the table --------------------------------------------------------------------------------- */

static GtkLabel *
add_label (PlCalibrationView *self, int column, int row)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
	gtk_widget_set_hexpand (label, column == 1); /* who it is: the longest of the three */
	gtk_widget_set_halign (label, column == 2 ? GTK_ALIGN_START : GTK_ALIGN_FILL);
	gtk_grid_attach (self->table, label, column, row, 1, 1);
	return GTK_LABEL (label);
}

static Row *
row_at (PlCalibrationView *self, guint at)
{
	while (self->rows->len <= at) {
		int line = (int)self->rows->len;
		Row row = {add_label (self, 0, line), add_label (self, 1, line),
			   add_label (self, 2, line)};

		gtk_widget_add_css_class (GTK_WIDGET (row.name), "service-title");
		gtk_widget_add_css_class (GTK_WIDGET (row.who), "service-who");
		g_array_append_val (self->rows, row);
	}
	return &g_array_index (self->rows, Row, at);
}

static void
update_row (PlCalibrationView *self, guint at, const PlServiceInstrument *s)
{
	Row *row = row_at (self, at);
	int days = 0;
	g_autofree char *due = pl_due_words (s->due, &days);
	g_autofree char *who =
	    g_strdup_printf ("%s %s  %s", s->identity.maker, s->identity.model, s->identity.serial);
	const char *classes[] = {"service-chip",
				 due == NULL	    ? "health-good"
				 : days < 0	    ? "health-bad"
				 : days < SOON_DAYS ? "health-soon"
						    : "health-good",
				 NULL};

	gtk_label_set_text (row->name, pl_role_title (s->role));
	gtk_label_set_text (row->who, s->known ? g_strstrip (who) : _ ("has not answered yet"));
	gtk_label_set_text (row->due, due != NULL ? due : _ ("no date is kept"));
	gtk_widget_set_css_classes (GTK_WIDGET (row->due), classes);
}

/* -- the form ---------------------------------------------------------------------------------- */

static gboolean
has_same_roles (PlCalibrationView *self, const PlServiceSnapshot *s)
{
	if (self->roles->len != s->instruments->len)
		return FALSE;
	for (guint i = 0; i < s->instruments->len; i++)
		if (((PlServiceInstrument *)g_ptr_array_index (s->instruments, i))->role !=
		    g_array_index (self->roles, PlRole, i))
			return FALSE;
	return TRUE;
}

static void
update_choice (PlCalibrationView *self, const PlServiceSnapshot *s)
{
	g_autoptr (GtkStringList) names = NULL;
	guint selected = gtk_drop_down_get_selected (self->instrument);

	/* a model that is set anew closes the list that a person has open */
	if (has_same_roles (self, s) && self->language == pl_language ())
		return;
	self->language = pl_language ();
	names = gtk_string_list_new (NULL);
	g_array_set_size (self->roles, 0);
	for (guint i = 0; i < s->instruments->len; i++) {
		PlRole role = ((PlServiceInstrument *)g_ptr_array_index (s->instruments, i))->role;

		gtk_string_list_append (names, pl_role_title (role));
		g_array_append_val (self->roles, role);
	}
	gtk_drop_down_set_model (self->instrument, G_LIST_MODEL (names));
	gtk_drop_down_set_selected (self->instrument, selected < self->roles->len ? selected : 0);
}

static void
word (PlCalibrationView *self)
{
	const struct {
		GtkLabel *label;
		GtkWidget *field;
		const char *word;
	} words[] = {
	    {self->instrument_name, GTK_WIDGET (self->instrument), _ ("Instrument")},
	    {self->calibrated_name, GTK_WIDGET (self->calibrated), _ ("Calibrated (YYYY-MM-DD)")},
	    {self->due_name, GTK_WIDGET (self->due), _ ("Due again (YYYY-MM-DD)")},
	    {self->certificate_name, GTK_WIDGET (self->certificate), _ ("Certificate")},
	};

	for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
		gtk_label_set_text (words[i].label, words[i].word);
		gtk_accessible_update_property (GTK_ACCESSIBLE (words[i].field),
						GTK_ACCESSIBLE_PROPERTY_LABEL, words[i].word, -1);
	}
	gtk_label_set_text (self->title, _ ("A certificate came back"));
	gtk_label_set_text (
	    self->note, _ ("It is kept for the serial number of the instrument that answers now, "
			   "with your name. The newer of it and the bench file's dates counts."));
	gtk_button_set_label (self->keep, _ ("Keep it"));
}

void
pl_calibration_view_update (PlCalibrationView *self, const PlServiceSnapshot *s)
{
	for (guint i = 0; i < s->instruments->len; i++)
		update_row (self, i, g_ptr_array_index (s->instruments, i));
	for (guint i = 0; i < self->rows->len; i++) {
		const Row *row = &g_array_index (self->rows, Row, i);
		gboolean there = i < s->instruments->len;

		gtk_widget_set_visible (GTK_WIDGET (row->name), there);
		gtk_widget_set_visible (GTK_WIDGET (row->who), there);
		gtk_widget_set_visible (GTK_WIDGET (row->due), there);
	}
	update_choice (self, s);
	word (self);
	/* the certificate is kept for the serial that answers: somebody must be able to ask for
	 * it */
	gtk_widget_set_sensitive (GTK_WIDGET (self->keep), s->state == PL_SERVICE_IN_HAND);
}

static char *
text_of (GtkEntry *entry)
{
	return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

/* Dates are not checked here: the station refuses what is none, and says why. */
static void
on_keep (PlCalibrationView *self)
{
	guint at = gtk_drop_down_get_selected (self->instrument);
	g_autoptr (PlCalibrationRow) row = g_new0 (PlCalibrationRow, 1);

	if (at >= self->roles->len)
		return;
	row->calibrated = text_of (self->calibrated);
	row->due = text_of (self->due);
	row->certificate = text_of (self->certificate);
	g_signal_emit_by_name (self, "entered", (guint)g_array_index (self->roles, PlRole, at),
			       row);
}

static void
finalize (GObject *object)
{
	PlCalibrationView *self = PL_CALIBRATION_VIEW (object);

	g_array_unref (self->rows);
	g_array_unref (self->roles);
	G_OBJECT_CLASS (pl_calibration_view_parent_class)->finalize (object);
}

static void
pl_calibration_view_class_init (PlCalibrationViewClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_signal_new ("entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
		      G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/calibration_view.ui");
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, table);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, title);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, instrument);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, instrument_name);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, calibrated);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, calibrated_name);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, due);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, due_name);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, certificate);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, certificate_name);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, note);
	gtk_widget_class_bind_template_child (widget, PlCalibrationView, keep);
	gtk_widget_class_bind_template_callback (widget, on_keep);
}

static void
pl_calibration_view_init (PlCalibrationView *self)
{
	self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
	self->roles = g_array_new (FALSE, FALSE, sizeof (PlRole));
	gtk_widget_init_template (GTK_WIDGET (self));
}
