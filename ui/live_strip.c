/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/live_strip.h"
#include "ui/language.h"
#include <math.h>

struct _PlLiveStrip {
	GtkBox parent;
	GtkLabel *names[PL_LIVE_LAST], *values[PL_LIVE_LAST];
};

G_DEFINE_FINAL_TYPE (PlLiveStrip, pl_live_strip, GTK_TYPE_BOX)

static const struct {
	const char *name, *unit;
	int digits;
} lives[PL_LIVE_LAST] = {
    [PL_LIVE_PACK_V] = {N_ ("Pack"), "V", 2},
    [PL_LIVE_CURRENT_A] = {N_ ("Current"), "A", 2},
    [PL_LIVE_CELL_MIN_V] = {N_ ("Lowest cell"), "V", 3},
    [PL_LIVE_CELL_MAX_V] = {N_ ("Highest cell"), "V", 3},
    [PL_LIVE_TEMPERATURE] = {N_ ("Temperature"), "°C", 1},
};

void
pl_live_strip_update (PlLiveStrip *self, const PlSnapshot *s)
{
	for (guint i = 0; i < PL_LIVE_LAST; i++) {
		g_autofree char *value =
		    isnan (s->live[i])
			? g_strdup_printf ("– %s", lives[i].unit)
			: g_strdup_printf ("%.*f %s", lives[i].digits, s->live[i], lives[i].unit);

		gtk_label_set_text (self->names[i], _ (lives[i].name));
		gtk_label_set_text (self->values[i], value);
		gtk_accessible_update_property (GTK_ACCESSIBLE (self->values[i]),
						GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
						_ (lives[i].name), -1);
	}
}

void
pl_live_strip_set_chart (PlLiveStrip *self, GtkWidget *chart)
{
	gtk_widget_set_hexpand (chart, TRUE);
	gtk_box_append (GTK_BOX (self), chart);
}

static void
pl_live_strip_class_init (PlLiveStripClass *class)
{
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkLabel *
add_label (GtkBox *tile, const char *class)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_widget_add_css_class (label, class);
	gtk_box_append (tile, label);
	return GTK_LABEL (label);
}

/* A row of equal tiles: a loop says it shorter than a template. */
static void
pl_live_strip_init (PlLiveStrip *self)
{
	gtk_box_set_spacing (GTK_BOX (self), 12);
	gtk_box_set_homogeneous (GTK_BOX (self), TRUE);
	for (guint i = 0; i < PL_LIVE_LAST; i++) {
		GtkBox *tile = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));

		gtk_widget_add_css_class (GTK_WIDGET (tile), "panel");
		self->names[i] = add_label (tile, "live-name");
		self->values[i] = add_label (tile, "live-value");
		gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "numeric");
		gtk_box_append (GTK_BOX (self), GTK_WIDGET (tile));
	}
}
