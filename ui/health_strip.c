/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/health_strip.h"
#include "ui/language.h"

struct _PlHealthStrip {
	GtkBox parent;
	GPtrArray *labels; /* GtkLabel*, borrowed from the box */
};

G_DEFINE_FINAL_TYPE (PlHealthStrip, pl_health_strip, GTK_TYPE_BOX)

static const struct {
	const char *class, *glyph, *word;
} healths[] = {
    [PL_HEALTH_GOOD] = {"health-good", "●", N_ ("good")},
    [PL_HEALTH_SOON] = {"health-soon", "▲", N_ ("soon due")},
    [PL_HEALTH_BAD] = {"health-bad", "✘", N_ ("not good")},
};

static const char *
role_word (const char *role)
{
	static const struct {
		const char *role, *word;
	} words[] = {
	    {"hipot", N_ ("Hipot")},	 {"supply", N_ ("Supply")}, {"daq", N_ ("DAQ")},
	    {"bms", N_ ("BMS")},	 {"plc", N_ ("Fixture")},   {"scanner", N_ ("Scanner")},
	    {"printer", N_ ("Printer")},
	};

	for (guint i = 0; i < G_N_ELEMENTS (words); i++)
		if (g_str_equal (role, words[i].role))
			return _ (words[i].word);
	return role;
}

static GtkLabel *
label_at (PlHealthStrip *self, guint at)
{
	while (self->labels->len <= at) {
		GtkWidget *label = gtk_label_new (NULL);

		gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
		gtk_box_append (GTK_BOX (self), label);
		g_ptr_array_add (self->labels, label);
	}
	return g_ptr_array_index (self->labels, at);
}

static void
show (PlHealthStrip *self, guint at, PlHealth health, const char *text, const char *detail)
{
	GtkLabel *label = label_at (self, at);
	g_autofree char *shown = g_strdup_printf ("%s %s", healths[health].glyph, text);
	g_autofree char *spoken = g_strdup_printf ("%s: %s", text, _ (healths[health].word));
	const char *classes[] = {"health", healths[health].class, NULL};

	gtk_label_set_text (label, shown);
	gtk_widget_set_css_classes (GTK_WIDGET (label), classes);
	gtk_widget_set_tooltip_text (GTK_WIDGET (label), detail);
	gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL,
					spoken, -1);
}

void
pl_health_strip_update (PlHealthStrip *self, const PlSnapshot *s)
{
	g_autofree char *disk = g_strdup_printf ("%s %.0f GB", _ ("Disk"), s->disk_free_gb);

	for (guint i = 0; i < s->n_instruments; i++) {
		const PlInstrumentSnapshot *at = &s->instruments[i];
		g_autofree char *text =
		    at->has_days
			? g_strdup_printf ("%s %d %s", role_word (at->role), at->days, _ ("days"))
			: g_strdup (role_word (at->role));

		show (self, i, at->health, text, at->model);
	}
	show (self, s->n_instruments, s->disk, disk, NULL);
}

static void
finalize (GObject *object)
{
	g_ptr_array_unref (PL_HEALTH_STRIP (object)->labels);
	G_OBJECT_CLASS (pl_health_strip_parent_class)->finalize (object);
}

static void
pl_health_strip_class_init (PlHealthStripClass *class)
{
	G_OBJECT_CLASS (class)->finalize = finalize;
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
pl_health_strip_init (PlHealthStrip *self)
{
	self->labels = g_ptr_array_new ();
	gtk_box_set_spacing (GTK_BOX (self), 20);
}
