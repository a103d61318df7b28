/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/chart/legend.h"
#include "ui/chart/paint.h"
#include <math.h>
#include <string.h>

/* Curves are drawn into a bare frame of an image, and its pixels are asked. */
#define WIDTH 400
#define HEIGHT 100

typedef struct {
	cairo_surface_t *surface;
	cairo_t *cr;
} Image;

static Image
image_new (int width, int height)
{
	Image image;

	image.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
	image.cr = cairo_create (image.surface);
	cairo_set_source_rgb (image.cr, 1, 1, 1);
	cairo_paint (image.cr);
	return image;
}

static void
image_free (Image *image)
{
	cairo_destroy (image->cr);
	cairo_surface_destroy (image->surface);
}

static gboolean
is_inked (const Image *image, int x, int y)
{
	const guint8 *row;
	guint32 pixel;

	cairo_surface_flush (image->surface);
	row = cairo_image_surface_get_data (image->surface) +
	      (gsize)y * (gsize)cairo_image_surface_get_stride (image->surface);
	memcpy (&pixel, row + 4 * x, sizeof pixel);
	return (pixel & 0xff) < 0xa0 || (pixel >> 8 & 0xff) < 0xa0 || (pixel >> 16 & 0xff) < 0xa0;
}

static guint
inked (const Image *image, int x0, int x1, int y0, int y1)
{
	guint n = 0;

	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++)
			n += is_inked (image, x, y);
	return n;
}

static PlChartCurve
curve_of (PlSeries *series)
{
	return (PlChartCurve){series, "Cell", "V", 0, 0, 0, NAN, NAN, 0, FALSE};
}

/* Values 0..1 over the image's height, seconds from..to over its width. */
static Image
paint (const PlChartCurve *curve, double from, double to)
{
	const PlFrame frame = {0, 0, WIDTH, HEIGHT, 1, from, to, 0, 1};
	Image image = image_new (WIDTH, HEIGHT);

	pl_curve_paint (curve, image.cr, &frame, FALSE);
	return image;
}

static const guint lengths[] = {40, 399, 801, 4000, 100000};

/* Every way of drawing (dots, a line, columns) with every dash, wherever the spike is. */
START_TEST (a_spike_of_one_sample_reaches_its_pixel)
{
	guint n = lengths[_i / 4];
	static const double places[] = {0.1, 0.3333, 0.5, 0.777, 0.9};

	for (guint p = 0; p < G_N_ELEMENTS (places); p++) {
		g_autoptr (PlSeries) series = pl_series_new ();
		PlChartCurve curve = curve_of (series);
		guint at = (guint)(places[p] * n);
		int x = (int)((at + 0.5) * WIDTH / n);
		Image image;

		for (guint i = 0; i < n; i++)
			pl_series_append (series, i + 0.5, i == at ? 0.95 : 0.1);
		curve.dash = _i % 4;
		image = paint (&curve, 0, n);
		/* a dash may leave out the tip of a line, not a flank of half the height */
		ck_assert_uint_gt (inked (&image, x - 2, x + 3, 2, 50), 3);
		ck_assert_uint_eq (inked (&image, 0, x - 12, 0, 80), 0);
		ck_assert_uint_eq (inked (&image, x + 13, WIDTH, 0, 80), 0);
		image_free (&image);
	}
}
END_TEST

START_TEST (a_gap_is_left_white_and_its_edges_are_not)
{
	guint n = lengths[_i];
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	for (guint i = 0; i < n; i++)
		pl_series_append (series, i,
				  i > n * 0.4 && i < n * 0.6 ? NAN
				  : i < n * 0.5		     ? 0.2
							     : 0.8);
	image = paint (&curve, 0, n);
	ck_assert_uint_eq (
	    inked (&image, (int)(WIDTH * 0.41) + 1, (int)(WIDTH * 0.59) - 1, 0, HEIGHT), 0);
	ck_assert_uint_gt (inked (&image, (int)(WIDTH * 0.35), (int)(WIDTH * 0.4), 70, 90), 4);
	ck_assert_uint_gt (inked (&image, (int)(WIDTH * 0.61), (int)(WIDTH * 0.66), 10, 30), 4);
	image_free (&image);
}
END_TEST

START_TEST (a_step_is_a_wall_without_a_hole)
{
	guint n = lengths[_i];
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	for (guint i = 0; i < n; i++)
		pl_series_append (series, i, i < n / 2 ? 0.1 : 0.9);
	image = paint (&curve, 0, n);
	for (int y = 14; y < 86; y++)
		ck_assert_msg (inked (&image, WIDTH / 2 - 12, WIDTH / 2 + 12, y, y + 1) > 0,
			       "no ink at line %d", y);
	image_free (&image);
}
END_TEST

/* Bursts of samples with rests between: columns that none falls into get the line all the same. */
START_TEST (a_dense_curve_with_rests_is_joined_across_them)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	for (guint burst = 0; burst < 5; burst++)
		for (guint i = 0; i < 400; i++)
			pl_series_append (series, burst * 100 + i * 0.001, 0.5);
	image = paint (&curve, 0, 401);
	for (int x = 0; x < 398; x++)
		ck_assert_msg (inked (&image, x, x + 1, 45, 56) > 0, "no ink at column %d", x);
	image_free (&image);
}
END_TEST

START_TEST (a_line_goes_through_a_window_that_no_sample_is_in)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	pl_series_append (series, 0, 0);
	pl_series_append (series, 1000, 1);
	image = paint (&curve, 499, 501);
	ck_assert_uint_ge (inked (&image, 0, WIDTH, 45, 55), WIDTH);
	image_free (&image);
}
END_TEST

START_TEST (one_sample_alone_is_a_dot)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	pl_series_append (series, 0.5, 0.5);
	image = paint (&curve, 0, 1);
	ck_assert (is_inked (&image, WIDTH / 2, HEIGHT / 2));
	ck_assert_uint_lt (inked (&image, 0, WIDTH, 0, HEIGHT), 60);
	image_free (&image);
}
END_TEST

START_TEST (a_shifted_run_lies_over_the_other)
{
	g_autoptr (PlSeries) series = pl_series_new (), other = pl_series_new ();
	PlChartCurve curve = curve_of (series), shifted = curve_of (other);
	Image image, image2;

	for (guint i = 0; i < 2000; i++) {
		pl_series_append (series, i, fmod (i * 0.37, 1));
		pl_series_append (other, 5000 + i, fmod (i * 0.37, 1));
	}
	shifted.shift = -5000;
	image = paint (&curve, 0, 2000);
	image2 = paint (&shifted, 0, 2000);
	ck_assert_uint_gt (inked (&image, 0, WIDTH, 0, HEIGHT), WIDTH);
	ck_assert_int_eq (memcmp (cairo_image_surface_get_data (image.surface),
				  cairo_image_surface_get_data (image2.surface),
				  (gsize)4 * WIDTH * HEIGHT),
			  0);
	image_free (&image);
	image_free (&image2);
}
END_TEST

START_TEST (a_value_beyond_all_measure_wraps_nowhere)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	Image image;

	for (guint i = 0; i < lengths[_i]; i++)
		pl_series_append (series, i, i % 2 == 0 ? 1e300 : 1e299);
	image = paint (&curve, 0, lengths[_i]);
	ck_assert_uint_eq (inked (&image, 0, WIDTH, 0, HEIGHT), 0);
	image_free (&image);
}
END_TEST

START_TEST (two_colours_of_the_set_never_meet_in_one_chart_of_eight)
{
	for (guint a = 0; a < 8; a++)
		for (guint b = 0; b < a; b++)
			for (guint dark = 0; dark < 2; dark++) {
				PlChartCurve x = {.colour = a}, y = {.colour = b};
				PlRgb p = pl_curve_colour (&x, dark),
				      q = pl_curve_colour (&y, dark);

				ck_assert (fabs (p.red - q.red) + fabs (p.green - q.green) +
					       fabs (p.blue - q.blue) >
					   0.25);
			}
}
END_TEST

START_TEST (limits_belong_to_what_is_shown)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	double low = 0, high = 0;

	ck_assert (!pl_curve_extent (&curve, 0, 1, &low, &high));
	curve.high = 3.65;
	ck_assert (pl_curve_extent (&curve, 0, 1, &low, &high));
	ck_assert_double_eq (low, 3.65);
	pl_series_append (series, 0.5, 3.3);
	ck_assert (pl_curve_extent (&curve, 0, 1, &low, &high));
	ck_assert_double_eq (low, 3.3);
	ck_assert_double_eq (high, 3.65);
}
END_TEST

START_TEST (a_reading_of_a_crowded_pixel_says_least_and_greatest)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series);
	char buffer[128];

	for (guint i = 0; i < 100; i++)
		pl_series_append (series, i * 0.01, i == 55 ? 4.2 : 3.3);
	ck_assert_str_eq (pl_curve_reading (&curve, 0.52, 0.2, buffer, sizeof buffer),
			  "3.300 V … 4.200 V");
	ck_assert_str_eq (pl_curve_reading (&curve, 0.2, 0.1, buffer, sizeof buffer), "3.300 V");
	ck_assert_str_eq (pl_curve_reading (&curve, 0.558, 0.001, buffer, sizeof buffer),
			  "3.300 V");
	ck_assert_str_eq (pl_curve_reading (&curve, 0.5501, 0.001, buffer, sizeof buffer),
			  "4.200 V");
	ck_assert_str_eq (pl_curve_reading (&curve, NAN, 0, buffer, sizeof buffer), "3.300 V");
	ck_assert_str_eq (pl_curve_reading (&curve, 5, 0.01, buffer, sizeof buffer), "–");
}
END_TEST

/* The parts of a chart together, at any size: nothing crashes, and the ink stays inside. */
START_TEST (a_chart_of_any_size_is_painted)
{
	static const int sizes[][2] = {{1, 1}, {40, 20}, {240, 100}, {320, 700}, {1280, 720}};
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curves[] = {curve_of (series), curve_of (series)};
	Image image = image_new (sizes[_i][0], sizes[_i][1]);
	g_autoptr (PangoLayout) layout = pango_cairo_create_layout (image.cr);
	PlChartScene scene = {.width = sizes[_i][0],
			      .height = sizes[_i][1],
			      .scale = 1,
			      .from = 0,
			      .to = 100,
			      .cursor = 50,
			      .curves = curves,
			      .n_curves = 2,
			      .nothing = "No samples yet"};

	for (guint i = 0; i < 1000; i++)
		pl_series_append (series, i * 0.1, sin (i * 0.01));
	curves[1].lane = 1;
	curves[1].low = -0.5;
	pl_chart_paint (&scene, image.cr, layout);
	ck_assert_int_eq (cairo_status (image.cr), CAIRO_STATUS_SUCCESS);
	if (sizes[_i][0] > 200)
		ck_assert_uint_gt (inked (&image, 0, sizes[_i][0], 0, sizes[_i][1]), 300);
	image_free (&image);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chart-paint");
	TCase *tests = tcase_create ("paint");
	int n = G_N_ELEMENTS (lengths);

	tcase_add_loop_test (tests, a_spike_of_one_sample_reaches_its_pixel, 0, 4 * n);
	tcase_add_loop_test (tests, a_gap_is_left_white_and_its_edges_are_not, 0, n);
	tcase_add_loop_test (tests, a_step_is_a_wall_without_a_hole, 0, n);
	tcase_add_test (tests, a_dense_curve_with_rests_is_joined_across_them);
	tcase_add_test (tests, a_line_goes_through_a_window_that_no_sample_is_in);
	tcase_add_test (tests, one_sample_alone_is_a_dot);
	tcase_add_test (tests, a_shifted_run_lies_over_the_other);
	tcase_add_loop_test (tests, a_value_beyond_all_measure_wraps_nowhere, 0, n);
	tcase_add_test (tests, two_colours_of_the_set_never_meet_in_one_chart_of_eight);
	tcase_add_test (tests, limits_belong_to_what_is_shown);
	tcase_add_test (tests, a_reading_of_a_crowded_pixel_says_least_and_greatest);
	tcase_add_loop_test (tests, a_chart_of_any_size_is_painted, 0, 5);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
