/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/strip_chart.h"
#include "ui/chart/input.h"
#include "ui/chart/legend.h"
#include "ui/chart/paint.h"
#include "ui/language.h"
#include <math.h>

struct _PlStripChart {
	GtkWidget parent;
	GArray *curves; /* PlChartCurve with own names, units and references */
	PlChartInput input;
	char *label;
};

G_DEFINE_FINAL_TYPE (PlStripChart, pl_strip_chart, GTK_TYPE_WIDGET)

static void
clear_curve (gpointer data)
{
	PlChartCurve *curve = data;

	pl_series_unref (curve->series);
	g_free ((char *)curve->name);
	g_free ((char *)curve->unit);
}

static PlChartScene
scene_of (PlStripChart *self)
{
	GtkWidget *widget = GTK_WIDGET (self);
	GdkRGBA ink;

	gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
	return (PlChartScene){
	    .width = gtk_widget_get_width (widget),
	    .height = gtk_widget_get_height (widget),
	    .scale = gtk_widget_get_scale_factor (widget),
	    .from = self->input.view.from,
	    .to = self->input.view.to,
	    .cursor = NAN,
	    .curves = (const PlChartCurve *)(gpointer)self->curves->data,
	    .n_curves = self->curves->len,
	    .ink = {ink.red, ink.green, ink.blue},
	    .nothing = _ ("No samples yet"),
	};
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
	PlStripChart *self = PL_STRIP_CHART (widget);
	g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
	PlChartScene scene = scene_of (self);
	cairo_t *cr = gtk_snapshot_append_cairo (
	    snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)scene.width, (float)scene.height));

	pl_chart_plot_span (&scene, layout, &self->input.x, &self->input.width);
	scene.cursor = pl_chart_input_cursor (&self->input);
	pl_chart_paint (&scene, cr, layout);
	cairo_destroy (cr);
}

/* A chart is what its lanes need: three lines of text each, and more if there is room. */
static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
	 int *minimum_baseline, int *natural_baseline)
{
	PlStripChart *self = PL_STRIP_CHART (widget);
	guint lanes = 1;

	for (guint i = 0; i < self->curves->len; i++)
		lanes = MAX (lanes, g_array_index (self->curves, PlChartCurve, i).lane + 1);
	*minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 240 : 30 + 70 * (int)lanes;
	/* as high as there is room for, and no claim to more: what stands beside it is read first
	 */
	*natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : *minimum;
}

/* "Pack voltage 52.43 V, current 3.200 A": the chart as it is told to who cannot see it. */
static void
say_values (PlStripChart *self)
{
	g_autoptr (GString) label = g_string_new (NULL);
	char reading[128];

	for (guint i = 0; i < self->curves->len; i++) {
		const PlChartCurve *curve = &g_array_index (self->curves, PlChartCurve, i);

		pl_curve_reading (curve, NAN, 0, reading, sizeof reading);
		g_string_append_printf (label, "%s%s %s", i > 0 ? ", " : "", curve->name, reading);
	}
	if (label->len == 0)
		g_string_append (label, _ ("No samples yet"));
	if (g_strcmp0 (label->str, self->label) == 0)
		return;
	g_free (self->label);
	self->label = g_strdup (label->str);
	gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
					self->label, -1);
}

static void
update_view (PlStripChart *self, double window)
{
	double first = INFINITY, last = -INFINITY;

	for (guint i = 0; i < self->curves->len; i++) {
		const PlChartCurve *curve = &g_array_index (self->curves, PlChartCurve, i);
		gsize n = pl_series_length (curve->series);

		if (n == 0)
			continue;
		first = MIN (first, pl_series_time (curve->series, 0) + curve->shift);
		last = MAX (last, pl_series_time (curve->series, n - 1) + curve->shift);
	}
	if (first <= last)
		pl_chart_view_update (&self->input.view, first, last, window);
	else
		pl_chart_view_update (&self->input.view, 0, MAX (window, 1), window);
}

void
pl_strip_chart_update (PlStripChart *self, const PlStripChartState *state)
{
	GArray *curves = g_array_new (FALSE, FALSE, sizeof (PlChartCurve));

	g_return_if_fail (PL_IS_STRIP_CHART (self));
	g_array_set_clear_func (curves, clear_curve);
	for (guint i = 0; i < state->n_curves; i++) {
		PlChartCurve curve = state->curves[i];

		pl_series_ref (curve.series);
		curve.name = g_strdup (curve.name);
		curve.unit = g_strdup (curve.unit);
		g_array_append_val (curves, curve);
	}
	/* the old ones go last: a series may be in both */
	if (curves->len != self->curves->len)
		gtk_widget_queue_resize (GTK_WIDGET (self));
	g_array_unref (self->curves);
	self->curves = curves;
	update_view (self, state->window);
	say_values (self);
	gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
finalize (GObject *object)
{
	PlStripChart *self = PL_STRIP_CHART (object);

	g_array_unref (self->curves);
	g_free (self->label);
	G_OBJECT_CLASS (pl_strip_chart_parent_class)->finalize (object);
}

static void
pl_strip_chart_class_init (PlStripChartClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS (class);

	G_OBJECT_CLASS (class)->finalize = finalize;
	widget->snapshot = snapshot;
	widget->measure = measure;
	gtk_widget_class_set_css_name (widget, "stripchart");
	gtk_widget_class_set_accessible_role (widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pl_strip_chart_init (PlStripChart *self)
{
	self->curves = g_array_new (FALSE, FALSE, sizeof (PlChartCurve));
	gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
	pl_chart_input_init (&self->input, GTK_WIDGET (self));
	say_values (self);
}

GtkWidget *
pl_strip_chart_new (void)
{
	return g_object_new (PL_TYPE_STRIP_CHART, NULL);
}
