/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/live_strip.h"
#include "ui/chart/strip_chart.h"
#include "ui/language.h"
#include <math.h>

/* Seconds of process time that the chart follows. */
#define WINDOW_S 120

/* The curves of a slot. */
typedef struct {
	PlSeries *series[PL_LIVE_LAST];
	guint64 run_seq, taken; /* of which run, and how many of its samples */
} Curves;

struct _PlLiveStrip {
	GtkBox parent;
	GtkLabel *names[PL_LIVE_LAST], *values[PL_LIVE_LAST];
	PlStripChart *chart;
	GPtrArray *slots; /* Curves* of each */
	const Curves *shown;
	PlLanguage language; /* of the chart's legend */
};

G_DEFINE_FINAL_TYPE (PlLiveStrip, pl_live_strip, GTK_TYPE_BOX)

/* Digits as instruments resolve: cells to the millivolt. Two lanes are what the strip has room for:
 * the cells, and what drives them. */
static const struct {
	const char *name, *unit;
	int digits;
	int lane; /* of the chart; -1 = a number only */
} lives[PL_LIVE_LAST] = {
    [PL_LIVE_PACK_V] = {N_ ("Pack"), "V", 2, -1},
    [PL_LIVE_CURRENT_A] = {N_ ("Current"), "A", 2, 1},
    [PL_LIVE_CELL_MIN_V] = {N_ ("Lowest cell"), "V", 3, 0},
    [PL_LIVE_CELL_MAX_V] = {N_ ("Highest cell"), "V", 3, 0},
    [PL_LIVE_TEMPERATURE] = {N_ ("Temperature"), "°C", 1, -1},
};

static void
update_numbers (PlLiveStrip *self, const PlSnapshot *s)
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

static void
drop_series (Curves *curves)
{
	for (guint i = 0; i < PL_LIVE_LAST; i++)
		g_clear_pointer (&curves->series[i], pl_series_unref);
}

static void
curves_free (gpointer data)
{
	drop_series (data);
	g_free (data);
}

static Curves *
curves_of (PlLiveStrip *self, guint slot)
{
	while (self->slots->len <= slot)
		g_ptr_array_add (self->slots, g_new0 (Curves, 1));
	return g_ptr_array_index (self->slots, slot);
}

/* TRUE: these are another run's curves now. */
static gboolean
begin_run (Curves *curves, const PlSnapshot *s)
{
	if (curves->series[0] != NULL && curves->run_seq == s->run_seq)
		return FALSE;
	drop_series (curves);
	for (guint i = 0; i < PL_LIVE_LAST; i++)
		curves->series[i] = pl_series_new ();
	curves->run_seq = s->run_seq;
	curves->taken = 0;
	return TRUE;
}

/* A snapshot may be shown more than once; its samples count once. */
static gboolean
take_samples (Curves *curves, const PlSnapshot *s)
{
	if (s->first_sample < curves->taken)
		return FALSE;
	for (guint i = 0; i < s->samples->len; i++) {
		const PlLiveSample *sample = &g_array_index (s->samples, PlLiveSample, i);

		for (guint live = 0; live < PL_LIVE_LAST; live++)
			pl_series_append (curves->series[live], sample->t_s, sample->values[live]);
	}
	curves->taken = s->first_sample + s->samples->len;
	return s->samples->len > 0;
}

/* TRUE: there is something to be drawn. */
static gboolean
take (Curves *curves, const PlSnapshot *s)
{
	gboolean other = begin_run (curves, s);

	return take_samples (curves, s) || other;
}

static void
draw (PlLiveStrip *self)
{
	PlChartCurve curves[PL_LIVE_LAST];
	PlStripChartState state = {curves, 0, WINDOW_S};

	for (guint i = 0; i < PL_LIVE_LAST; i++) {
		if (lives[i].lane < 0)
			continue;
		curves[state.n_curves] = (PlChartCurve){.series = self->shown->series[i],
							.name = _ (lives[i].name),
							.unit = lives[i].unit,
							.lane = (guint)lives[i].lane,
							.colour = state.n_curves + 1,
							.dash = state.n_curves,
							.low = NAN,
							.high = NAN};
		state.n_curves++;
	}
	pl_strip_chart_update (self->chart, &state);
}

void
pl_live_strip_take (PlLiveStrip *self, const PlSnapshot *s)
{
	take (curves_of (self, s->slot), s);
}

void
pl_live_strip_update (PlLiveStrip *self, const PlSnapshot *s)
{
	Curves *curves = curves_of (self, s->slot);
	gboolean other = self->shown != curves || self->language != pl_language ();

	update_numbers (self, s);
	self->shown = curves;
	self->language = pl_language ();
	if (take (curves, s) || other)
		draw (self);
}

static void
dispose (GObject *object)
{
	g_clear_pointer (&PL_LIVE_STRIP (object)->slots, g_ptr_array_unref);
	G_OBJECT_CLASS (pl_live_strip_parent_class)->dispose (object);
}

static void
pl_live_strip_class_init (PlLiveStripClass *class)
{
	G_OBJECT_CLASS (class)->dispose = dispose;
	gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkLabel *
add_label (GtkBox *tile, const char *class)
{
	GtkWidget *label = gtk_label_new (NULL);

	gtk_label_set_xalign (GTK_LABEL (label), 0);
	gtk_widget_add_css_class (label, class);
	gtk_widget_set_vexpand (label, TRUE);
	gtk_box_append (tile, label);
	return GTK_LABEL (label);
}

/* A grid of tiles beside the chart: a loop says it shorter than a template. */
static void
pl_live_strip_init (PlLiveStrip *self)
{
	GtkWidget *numbers = gtk_grid_new ();

	self->slots = g_ptr_array_new_with_free_func (curves_free);
	gtk_box_set_spacing (GTK_BOX (self), 12);
	gtk_grid_set_column_spacing (GTK_GRID (numbers), 12);
	gtk_grid_set_column_homogeneous (GTK_GRID (numbers), TRUE);
	for (guint i = 0; i < PL_LIVE_LAST; i++) {
		GtkBox *tile = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));

		gtk_widget_add_css_class (GTK_WIDGET (tile), "panel");
		gtk_widget_add_css_class (GTK_WIDGET (tile), "live-tile");
		self->names[i] = add_label (tile, "live-name");
		self->values[i] = add_label (tile, "live-value");
		gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "numeric");
		gtk_grid_attach (GTK_GRID (numbers), GTK_WIDGET (tile), (int)i, 0, 1, 1);
	}
	/* its children fill it; it does not grow for them */
	gtk_widget_set_vexpand (GTK_WIDGET (self), FALSE);
	gtk_box_append (GTK_BOX (self), numbers);
	self->chart = PL_STRIP_CHART (pl_strip_chart_new ());
	gtk_widget_set_hexpand (GTK_WIDGET (self->chart), TRUE);
	gtk_widget_add_css_class (GTK_WIDGET (self->chart), "live-chart");
	gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->chart));
}
