/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run_curves.h"
#include "ui/chart/strip_chart.h"
#include "ui/language.h"
#include "ui/signs.h"
#include "ui/verdict_look.h"
#include <math.h>

struct _PlRunCurves {
	GtkBox parent;
	GtkLabel *title, *hint;
	GtkDropDown *recordings;
	PlStripChart *chart;
	GArray *firsts; /* guint: where each recording's columns begin in the story's curves */
	const PlOpenRun *run, *other;
	gboolean quiet; /* what changes now is not a person's doing */
};

G_DEFINE_FINAL_TYPE (PlRunCurves, pl_run_curves, GTK_TYPE_BOX)

/* What the steps call their columns. */
static const struct {
	const char *column, *name;
} names[] = {
    {"pack_v", N_ ("Pack")},
    {"current_a", N_ ("Current")},
    {"cell_min_v", N_ ("Lowest cell")},
    {"cell_max_v", N_ ("Highest cell")},
    {"temperature_degc", N_ ("Temperature")},
    {"spread_v", N_ ("Spread of cells")},
    {"voltage_v", N_ ("Voltage")},
    {"leakage_a", N_ ("Leakage")},
    {"resistance_ohm", N_ ("Resistance")},
    {"pressure_pa", N_ ("Pressure")},
};

static const char *
name_of (const PlStoryCurve *curve)
{
	for (guint i = 0; i < G_N_ELEMENTS (names); i++)
		if (g_str_equal (names[i].column, curve->name))
			return _ (names[i].name);
	return curve->name;
}

/* -- recordings -------------------------------------------------------------------------------- */

static const PlStoryCurve *
curve_at (const PlOpenRun *run, guint at)
{
	return g_ptr_array_index (run->story->curves, at);
}

static gboolean
go_together (const PlStoryCurve *a, const PlStoryCurve *b)
{
	return a->step == b->step && g_str_equal (a->curve, b->curve);
}

static char *
recording_name (const PlOpenRun *run, guint first)
{
	const PlStoryCurve *curve = curve_at (run, first);
	const PlStepRow *step = g_ptr_array_index (run->story->run->steps, curve->step);
	g_autofree char *title = pl_step_title_text (step);

	return g_str_equal (curve->curve, step->name)
		   ? g_steal_pointer (&title)
		   : g_strdup_printf ("%s: %s", title, curve->curve);
}

static gboolean
has_failed (const PlOpenRun *run, guint at)
{
	const PlStepRow *step =
	    g_ptr_array_index (run->story->run->steps, curve_at (run, at)->step);

	return g_str_equal (step->verdict, "FAIL");
}

/* What a person wants to see first: the step that failed. */
static guint
worst (PlRunCurves *self)
{
	for (guint i = 0; i < self->firsts->len; i++)
		if (has_failed (self->run, g_array_index (self->firsts, guint, i)))
			return i;
	return 0;
}

static void
list_recordings (PlRunCurves *self, gboolean another)
{
	GtkStringList *words = gtk_string_list_new (NULL);
	guint chosen = gtk_drop_down_get_selected (self->recordings);

	g_array_set_size (self->firsts, 0);
	for (guint i = 0; self->run != NULL && i < self->run->series->len; i++) {
		g_autofree char *name = NULL;

		if (i > 0 && go_together (curve_at (self->run, i - 1), curve_at (self->run, i)))
			continue;
		name = recording_name (self->run, i);
		gtk_string_list_append (words, name);
		g_array_append_val (self->firsts, i);
	}
	if (another || chosen >= self->firsts->len)
		chosen = worst (self);
	self->quiet = TRUE;
	gtk_drop_down_set_model (self->recordings, G_LIST_MODEL (words));
	if (self->firsts->len > 0)
		gtk_drop_down_set_selected (self->recordings, chosen);
	self->quiet = FALSE;
	g_object_unref (words);
}

/* -- the chart --------------------------------------------------------------------------------- */

typedef struct {
	GArray *curves; /* PlChartCurve */
	GPtrArray *texts; /* their names and units */
	GArray *lanes; /* Lane, from the top */
} Scene;

typedef struct {
	const char *unit; /* borrowed */
	double greatest; /* of what is in it, without its sign */
} Lane;

/* A lane's curves are at most that many times as great as each other, or the small ones are flat.
 */
#define LANE_RANGE 5

static const char *
keep (Scene *scene, char *text)
{
	g_ptr_array_add (scene->texts, text);
	return text;
}

static double
greatest_of (const PlSeries *series)
{
	double low, high;

	return pl_series_range (series, 0, pl_series_length (series), &low, &high)
		   ? MAX (fabs (low), fabs (high))
		   : 0;
}

/* What has one unit and about one size shares an axis. */
static guint
lane_of (Scene *scene, const char *unit, double greatest)
{
	Lane lane = {unit, greatest};

	for (guint i = 0; i < scene->lanes->len; i++) {
		const Lane *at = &g_array_index (scene->lanes, Lane, i);

		if (g_str_equal (at->unit, unit) && greatest <= at->greatest * LANE_RANGE &&
		    at->greatest <= greatest * LANE_RANGE)
			return i;
	}
	g_array_append_val (scene->lanes, lane);
	return scene->lanes->len - 1;
}

static void
add_then (PlRunCurves *self, Scene *scene, const PlStoryCurve *curve, const PlChartCurve *now)
{
	const PlStoryCurve *like = pl_story_curve_of (self->other->story, self->run->story, curve);
	PlChartCurve then = *now;
	guint at;

	if (like == NULL || !g_ptr_array_find (self->other->story->curves, like, &at))
		return;
	then.series = g_ptr_array_index (self->other->series, at);
	then.name = _ ("other run");
	then.faded = TRUE;
	/* limits are those of the run that is looked at */
	then.low = then.high = NAN;
	g_array_append_val (scene->curves, then);
}

static void
add (PlRunCurves *self, Scene *scene, guint at)
{
	const PlStoryCurve *curve = curve_at (self->run, at);
	PlChartCurve now = {.series = g_ptr_array_index (self->run->series, at),
			    .name = name_of (curve),
			    .unit = keep (scene, pl_with_signs (curve->unit)),
			    .lane =
				lane_of (scene, curve->unit,
					 greatest_of (g_ptr_array_index (self->run->series, at))),
			    .low = curve->low,
			    .high = curve->high};

	/* a curve and the one that it is compared with have one colour; all are told apart by
	 * it, so no dashes */
	now.colour = now.dash = 0;
	for (guint i = 0; i < scene->curves->len; i++)
		now.colour += !g_array_index (scene->curves, PlChartCurve, i).faded;
	now.colour++;
	/* the one that is compared with lies below */
	if (self->other != NULL)
		add_then (self, scene, curve, &now);
	g_array_append_val (scene->curves, now);
}

static void
draw (PlRunCurves *self)
{
	guint chosen = gtk_drop_down_get_selected (self->recordings);
	Scene scene = {g_array_new (FALSE, FALSE, sizeof (PlChartCurve)),
		       g_ptr_array_new_with_free_func (g_free),
		       g_array_new (FALSE, FALSE, sizeof (Lane))};
	PlStripChartState state = {0};
	guint first;

	if (chosen < self->firsts->len) {
		first = g_array_index (self->firsts, guint, chosen);
		for (guint i = first;
		     i < self->run->series->len &&
		     go_together (curve_at (self->run, first), curve_at (self->run, i));
		     i++)
			add (self, &scene, i);
	}
	state.curves = (const PlChartCurve *)(gpointer)scene.curves->data;
	state.n_curves = scene.curves->len;
	pl_strip_chart_update (self->chart, &state);
	g_array_unref (scene.curves);
	g_ptr_array_unref (scene.texts);
	g_array_unref (scene.lanes);
}

static void
on_chosen (PlRunCurves *self)
{
	if (!self->quiet)
		draw (self);
}

void
pl_run_curves_update (PlRunCurves *self, const PlOpenRun *run, const PlOpenRun *other)
{
	gboolean another = run != self->run;

	self->run = run;
	self->other = other;
	list_recordings (self, another);
	gtk_label_set_text (self->title, _ ("Curves"));
	gtk_label_set_text (self->hint,
			    _ ("Wheel: zoom · drag: move · double click: the whole record"));
	gtk_widget_set_visible (GTK_WIDGET (self->recordings), self->firsts->len > 0);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self->recordings),
					GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Recording"), -1);
	draw (self);
}

static void
finalize (GObject *object)
{
	g_array_unref (PL_RUN_CURVES (object)->firsts);
	G_OBJECT_CLASS (pl_run_curves_parent_class)->finalize (object);
}

static void
pl_run_curves_class_init (PlRunCurvesClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	g_type_ensure (PL_TYPE_STRIP_CHART);
	gtk_widget_class_set_template_from_resource (widget, "/packline/ui/run_curves.ui");
	gtk_widget_class_bind_template_child (widget, PlRunCurves, title);
	gtk_widget_class_bind_template_child (widget, PlRunCurves, hint);
	gtk_widget_class_bind_template_child (widget, PlRunCurves, recordings);
	gtk_widget_class_bind_template_child (widget, PlRunCurves, chart);
	gtk_widget_class_bind_template_callback (widget, on_chosen);
}

static void
pl_run_curves_init (PlRunCurves *self)
{
	self->firsts = g_array_new (FALSE, FALSE, sizeof (guint));
	gtk_widget_init_template (GTK_WIDGET (self));
}
