/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/chart/strip_chart.h"
#include <glib/gstdio.h>
#include <math.h>

/* The widget in a window, as it is drawn; every picture is kept beside the suite's program. */
#define WIDTH 1280
#define HEIGHT 720

typedef struct {
	int width, height;
	guint32 *pixels; /* 0xAARRGGBB */
} Picture;

static void
picture_clear (Picture *picture)
{
	g_free (picture->pixels);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Picture, picture_clear)

/* What a library keeps until the process ends counts as leaked once the library is unloaded; so
 * none is. */
int dlclose (void *handle);
int
dlclose (void *handle)
{
	return 0;
}

static GtkWidget *window;
static PlStripChart *chart;

static void
set_up (void)
{
	gtk_init ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-font-name",
		      "DejaVu Sans 11", NULL);
	window = gtk_window_new ();
	chart = PL_STRIP_CHART (pl_strip_chart_new ());
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (chart));
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
}

static void
keep (GdkTexture *texture, const char *name)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "chart", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);

	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

/* The window and not the chart alone: its ground is the window's. */
static Picture
look (const char *name)
{
	g_autoptr (GdkPaintable) paintable = NULL;
	GtkSnapshot *snapshot = gtk_snapshot_new ();
	g_autoptr (GdkTexture) texture = NULL;
	GskRenderNode *node;
	Picture picture;

	/* a paintable takes what has been drawn last, and nothing while a draw is due */
	gtk_test_widget_wait_for_draw (window);
	paintable = gtk_widget_paintable_new (window);
	picture.width = gtk_widget_get_width (window);
	picture.height = gtk_widget_get_height (window);
	gdk_paintable_snapshot (paintable, snapshot, picture.width, picture.height);
	node = gtk_snapshot_free_to_node (snapshot);
	texture = gsk_renderer_render_texture (
	    gtk_native_get_renderer (GTK_NATIVE (window)), node,
	    &GRAPHENE_RECT_INIT (0, 0, (float)picture.width, (float)picture.height));
	gsk_render_node_unref (node);
	picture.pixels = g_new (guint32, (gsize)picture.width * picture.height);
	gdk_texture_download (texture, (guchar *)picture.pixels, 4 * (gsize)picture.width);
	keep (texture, name);
	return picture;
}

static gboolean
is_colour (guint32 pixel, PlRgb rgb)
{
	int red = pixel >> 16 & 0xff, green = pixel >> 8 & 0xff, blue = pixel & 0xff;

	return abs (red - (int)(rgb.red * 255)) < 12 && abs (green - (int)(rgb.green * 255)) < 12 &&
	       abs (blue - (int)(rgb.blue * 255)) < 12;
}

static guint
count (const Picture *picture, PlRgb rgb, int y0, int y1)
{
	guint n = 0;

	for (int y = y0; y < y1; y++)
		for (int x = 0; x < picture->width; x++)
			n += is_colour (picture->pixels[y * picture->width + x], rgb);
	return n;
}

/* The column where a colour reaches highest, below the legend that shows it, too. */
static int
peak_of (const Picture *picture, PlRgb rgb, int below)
{
	for (int y = below; y < picture->height; y++)
		for (int x = 0; x < picture->width; x++)
			if (is_colour (picture->pixels[y * picture->width + x], rgb))
				return x;
	return -1;
}

static gboolean
same (const Picture *a, const Picture *b)
{
	return a->width == b->width && a->height == b->height &&
	       memcmp (a->pixels, b->pixels, (gsize)4 * a->width * a->height) == 0;
}

static void
set_dark (gboolean dark)
{
	g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
}

static PlChartCurve
curve_of (PlSeries *series, const char *name, const char *unit)
{
	return (PlChartCurve){series, name, unit, 0, 0, 0, NAN, NAN, 0, FALSE};
}

static void
show (const PlChartCurve *curves, guint n, double window_s)
{
	const PlStripChartState state = {curves, n, window_s};

	pl_strip_chart_update (chart, &state);
}

static gpointer
controller (GType type)
{
	g_autoptr (GListModel) list = gtk_widget_observe_controllers (GTK_WIDGET (chart));

	for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
		g_autoptr (GObject) item = g_list_model_get_item (list, i);

		if (g_type_is_a (G_OBJECT_TYPE (item), type))
			return item;
	}
	ck_abort_msg ("no %s", g_type_name (type));
	return NULL;
}

static gboolean
press (guint key)
{
	gboolean taken = FALSE;

	g_signal_emit_by_name (controller (GTK_TYPE_EVENT_CONTROLLER_KEY), "key-pressed", key, 0u,
			       0, &taken);
	return taken;
}

START_TEST (it_is_an_image_that_says_its_latest_values)
{
	g_autoptr (PlSeries) volts = pl_series_new (), amps = pl_series_new ();
	const PlChartCurve curves[] = {curve_of (volts, "Pack voltage", "V"),
				       curve_of (amps, "Current", "A")};

	pl_series_append (volts, 0, 51);
	show (curves, 2, 60);
	gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
	gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "Pack voltage 51.00 V, Current –");
	pl_series_append (volts, 1, 52.43);
	pl_series_append (amps, 1, -3.2);
	show (curves, 2, 60);
	gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "Pack voltage 52.43 V, Current -3.200 A");
}
END_TEST

START_TEST (without_samples_it_says_so)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	const PlChartCurve curve = curve_of (series, "Pack voltage", "V");
	g_auto (Picture) bare = {0}, empty = {0};

	gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "No samples yet");
	bare = look ("nothing");
	show (&curve, 1, 60);
	empty = look ("empty");
	ck_assert (!same (&bare, &empty));
}
END_TEST

START_TEST (one_sample_is_seen)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlChartCurve curve = curve_of (series, "Cell, greatest", "V");
	g_auto (Picture) picture = {0};

	curve.colour = 1;
	pl_series_append (series, 10, 3.3);
	show (&curve, 1, 60);
	picture = look ("one-sample");
	ck_assert_uint_gt (count (&picture, pl_curve_colour (&curve, FALSE), 50, HEIGHT), 4);
}
END_TEST

/* Noise of 20 mV on eight curves of 100 000 samples, and one sample that is none. */
static void
fill_eight (PlSeries **series, PlChartCurve *curves)
{
	static const char *const names[] = {
	    "Pack voltage",  "Pack voltage, portal", "Cell, least", "Cell, greatest",
	    "Temperature 1", "Temperature 2",	     "Current",	    "Current, charger"};
	static const char *const units[] = {"V", "V", "°C", "A"};
	g_autoptr (GRand) random = g_rand_new_with_seed (3);

	for (guint c = 0; c < 8; c++) {
		series[c] = pl_series_new ();
		for (guint i = 0; i < 100000; i++)
			pl_series_append (series[c], i * 0.01,
					  c == 5 && i == 61803
					      ? 4.0
					      : 3.2 + 0.2 * sin (i * 1e-4 + c) +
						    g_rand_double_range (random, -0.02, 0.02));
		curves[c] = curve_of (series[c], names[c], units[c / 2]);
		curves[c].lane = c / 2;
		curves[c].colour = c;
		curves[c].dash = c / 2 == 1 ? c % 2 : 0;
	}
	curves[0].low = 3.0;
	curves[0].high = 3.45;
}

START_TEST (a_spike_of_one_in_800_000_samples_is_on_the_screen)
{
	PlSeries *series[8];
	PlChartCurve curves[8];
	g_auto (Picture) picture = {0};
	int x, expected;

	set_dark (_i == 1);
	fill_eight (series, curves);
	show (curves, 8, 0);
	picture = look (_i == 1 ? "eight-dark" : "eight-light");
	/* the lane of the third pair, below its legend */
	x = peak_of (&picture, pl_curve_colour (&curves[5], _i == 1), HEIGHT / 2 + 24);
	expected = 75 + (int)(0.61803 * (WIDTH - 105));
	ck_assert_msg (abs (x - expected) < 20, "the spike is at %d, not near %d", x, expected);
	for (guint c = 0; c < 8; c++)
		pl_series_unref (series[c]);
}
END_TEST

static PlSeries *
with_peak_at (double seconds)
{
	PlSeries *series = pl_series_new ();

	for (guint i = 0; i <= 2000; i++)
		pl_series_append (series, i * 0.1, 3.2 + 0.8 * exp (-fabs (i * 0.1 - seconds)));
	return series;
}

START_TEST (what_the_wheel_zooms_home_brings_back)
{
	g_autoptr (PlSeries) series = with_peak_at (100);
	const PlChartCurve curve = curve_of (series, "Cell", "V");
	gboolean taken;
	g_auto (Picture) before = {0}, zoomed = {0}, after = {0};

	show (&curve, 1, 0);
	before = look ("whole");
	g_signal_emit_by_name (controller (GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", 0.0, -5.0,
			       &taken);
	zoomed = look ("zoomed");
	ck_assert (taken);
	ck_assert (!same (&before, &zoomed));
	ck_assert (press (GDK_KEY_Home));
	after = look ("home");
	ck_assert (same (&before, &after));
}
END_TEST

START_TEST (a_drag_takes_the_curve_along)
{
	g_autoptr (PlSeries) series = with_peak_at (100);
	PlChartCurve curve = curve_of (series, "Cell", "V");
	gpointer drag = controller (GTK_TYPE_GESTURE_DRAG);
	g_auto (Picture) before = {0}, after = {0};
	PlRgb rgb;

	curve.colour = 1;
	rgb = pl_curve_colour (&curve, FALSE);
	show (&curve, 1, 0);
	press (GDK_KEY_plus);
	press (GDK_KEY_plus);
	press (GDK_KEY_plus);
	before = look ("drag-before");
	g_signal_emit_by_name (drag, "drag-begin", 600.0, 300.0);
	g_signal_emit_by_name (drag, "drag-update", 90.0, 5.0);
	g_signal_emit_by_name (drag, "drag-update", 150.0, 9.0);
	after = look ("drag-after");
	ck_assert_int_le (abs (peak_of (&after, rgb, 50) - peak_of (&before, rgb, 50) - 150), 3);
}
END_TEST

START_TEST (a_click_that_trembles_leaves_it_following)
{
	g_autoptr (PlSeries) series = with_peak_at (100);
	const PlChartCurve curve = curve_of (series, "Cell", "V");
	gpointer drag = controller (GTK_TYPE_GESTURE_DRAG);
	g_auto (Picture) before = {0}, after = {0};

	show (&curve, 1, 30);
	before = look ("live");
	g_signal_emit_by_name (drag, "drag-begin", 600.0, 300.0);
	g_signal_emit_by_name (drag, "drag-update", 2.0, 1.0);
	after = look ("live-clicked");
	ck_assert (same (&before, &after));
}
END_TEST

START_TEST (keys_that_have_nothing_to_do_here_are_the_pages)
{
	g_autoptr (PlSeries) series = with_peak_at (100);
	const PlChartCurve curve = curve_of (series, "Cell", "V");

	show (&curve, 1, 0);
	ck_assert (!press (GDK_KEY_Escape));
	ck_assert (!press (GDK_KEY_a));
	ck_assert (press (GDK_KEY_Left));
	ck_assert (press (GDK_KEY_Escape));
	ck_assert (!press (GDK_KEY_Escape));
}
END_TEST

START_TEST (the_cursor_comes_and_goes_with_the_pointer)
{
	g_autoptr (PlSeries) series = with_peak_at (100);
	const PlChartCurve curve = curve_of (series, "Cell", "V");
	gpointer motion = controller (GTK_TYPE_EVENT_CONTROLLER_MOTION);
	g_auto (Picture) before = {0}, with = {0}, after = {0};

	show (&curve, 1, 0);
	before = look ("cursor-before");
	g_signal_emit_by_name (motion, "motion", 640.0, 300.0);
	with = look ("cursor");
	g_signal_emit_by_name (motion, "leave");
	after = look ("cursor-after");
	ck_assert (!same (&before, &with));
	ck_assert (same (&before, &after));
}
END_TEST

START_TEST (what_is_appended_moves_a_live_chart)
{
	g_autoptr (PlSeries) series = with_peak_at (190);
	PlChartCurve curve = curve_of (series, "Cell", "V");
	PlRgb rgb;
	int before, after;
	g_auto (Picture) first = {0}, second = {0};

	curve.colour = 1;
	rgb = pl_curve_colour (&curve, FALSE);
	show (&curve, 1, 60);
	first = look ("live-before");
	before = peak_of (&first, rgb, 50);
	for (guint i = 1; i <= 200; i++)
		pl_series_append (series, 200 + i * 0.1, 3.2);
	show (&curve, 1, 60);
	second = look ("live-after");
	after = peak_of (&second, rgb, 50);
	/* 20 s of 60 */
	ck_assert_int_le (abs (before - after - (WIDTH - 105) / 3), 8);
}
END_TEST

START_TEST (two_runs_lie_over_each_other)
{
	g_autoptr (PlSeries) series = with_peak_at (100), other = with_peak_at (140);
	PlChartCurve curves[] = {curve_of (series, "Cell", "V"),
				 curve_of (other, "Cell, run 41", "V")};
	g_auto (Picture) picture = {0};

	curves[0].colour = curves[1].colour = 1;
	curves[1].faded = TRUE;
	curves[1].dash = 1;
	curves[1].shift = -40;
	show (curves, 2, 0);
	picture = look ("two-runs");
	ck_assert_uint_gt (count (&picture, pl_curve_colour (&curves[0], FALSE), 50, HEIGHT), 500);
	ck_assert_uint_gt (count (&picture, pl_curve_colour (&curves[1], FALSE), 50, HEIGHT), 50);
}
END_TEST

START_TEST (it_keeps_its_series_and_copies_its_names)
{
	PlSeries *series = with_peak_at (100);
	char name[] = "Cell";
	const PlChartCurve curve = curve_of (series, name, "V");
	g_auto (Picture) picture = {0};

	show (&curve, 1, 0);
	pl_series_unref (series);
	name[0] = '?';
	picture = look ("kept");
	ck_assert_uint_gt (count (&picture, (PlRgb){0, 0, 0}, 50, HEIGHT), 500);
	show (NULL, 0, 0);
	gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL,
					     "No samples yet");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chart-widget");
	TCase *tests = tcase_create ("widget");

	tcase_set_timeout (tests, 120);
	tcase_add_checked_fixture (tests, set_up, tear_down);
	tcase_add_test (tests, it_is_an_image_that_says_its_latest_values);
	tcase_add_test (tests, without_samples_it_says_so);
	tcase_add_test (tests, one_sample_is_seen);
	tcase_add_loop_test (tests, a_spike_of_one_in_800_000_samples_is_on_the_screen, 0, 2);
	tcase_add_test (tests, what_the_wheel_zooms_home_brings_back);
	tcase_add_test (tests, a_drag_takes_the_curve_along);
	tcase_add_test (tests, a_click_that_trembles_leaves_it_following);
	tcase_add_test (tests, keys_that_have_nothing_to_do_here_are_the_pages);
	tcase_add_test (tests, the_cursor_comes_and_goes_with_the_pointer);
	tcase_add_test (tests, what_is_appended_moves_a_live_chart);
	tcase_add_test (tests, two_runs_lie_over_each_other);
	tcase_add_test (tests, it_keeps_its_series_and_copies_its_names);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
