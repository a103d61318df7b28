/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/mark.h"
#include "ui/chart/paint.h"
#include <math.h>
#include <time.h>

/*
 * A whole chart, axes and texts too, of 8 curves with 100 000 samples each, into an image of 1280 x
 * 720. The peer is what most plotting code does: an antialiased line through every sample, stroked
 * in runs because cairo takes a minute for one path of them all. Both in this thread's processor
 * time: painting waits for nothing, so what else runs on the machine is not its cost.
 */
#define CURVES 8
#define SAMPLES 100000
#define RUN 256
#define WIDTH 1280
#define HEIGHT 720

typedef struct {
	PlChartCurve curves[CURVES];
	cairo_surface_t *surface;
	double every; /* ms; takes seconds, and is therefore measured in one round only */
} Self;

static gpointer
prepare (const char *directory, GError **error)
{
	Self *self = g_new0 (Self, 1);
	g_autoptr (GRand) random = g_rand_new_with_seed (7);

	self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
	self->every = NAN;
	for (guint c = 0; c < CURVES; c++) {
		PlSeries *series = pl_series_new ();

		for (guint i = 0; i < SAMPLES; i++)
			pl_series_append (series, i * 0.01,
					  3.2 + 0.1 * sin (i * 1e-4 * (c + 1)) +
					      g_rand_double_range (random, -0.02, 0.02));
		self->curves[c] =
		    (PlChartCurve){series, "Cell", "V", c / 2, c, c, NAN, NAN, 0, FALSE};
	}
	return self;
}

static void
paint_every_sample (const Self *self, cairo_t *cr)
{
	for (guint c = 0; c < CURVES; c++) {
		const PlSeries *series = self->curves[c].series;

		cairo_set_source_rgb (cr, 0, 0, 0);
		cairo_set_line_width (cr, 1.6);
		for (guint i = 0; i < SAMPLES; i++) {
			double x = (double)i * WIDTH / SAMPLES;
			double y = HEIGHT * (3.4 - pl_series_value (series, i)) / 0.4;

			cairo_line_to (cr, x, y);
			if (i % RUN == RUN - 1) {
				cairo_stroke (cr);
				cairo_move_to (cr, x, y);
			}
		}
		cairo_stroke (cr);
	}
}

static double
processor_ms (void)
{
	struct timespec now;

	clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static double
milliseconds (const Self *self, cairo_t *cr, PangoLayout *layout)
{
	double began = processor_ms ();
	PlChartScene scene = {
	    .width = WIDTH,
	    .height = HEIGHT,
	    .scale = 1,
	    .from = 0,
	    .to = SAMPLES * 0.01,
	    .cursor = NAN,
	    .curves = self->curves,
	    .n_curves = CURVES,
	    .nothing = "",
	};

	if (layout != NULL)
		pl_chart_paint (&scene, cr, layout);
	else
		paint_every_sample (self, cr);
	return processor_ms () - began;
}

static gboolean
measure (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	cairo_t *cr = cairo_create (self->surface);
	g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);

	cairo_set_source_rgb (cr, 1, 1, 1);
	cairo_paint (cr);
	ret->subject = milliseconds (self, cr, layout);
	if (isnan (self->every))
		self->every = milliseconds (self, cr, NULL);
	ret->peer = self->every;
	cairo_destroy (cr);
	return TRUE;
}

static void
finish (gpointer data)
{
	Self *self = data;

	for (guint c = 0; c < CURVES; c++)
		pl_series_unref (self->curves[c].series);
	cairo_surface_destroy (self->surface);
	g_free (self);
}

const PlMark pl_mark_chart_paint = {
    .name = "chart-paint",
    .unit = "ms",
    .title = "8 curves of 100 000 samples painted at 1280 x 720",
    .peer = "line-through-every-sample",
    .bar = 12,
    .rounds = 21,
    .prepare = prepare,
    .round = measure,
    .finish = finish,
};
