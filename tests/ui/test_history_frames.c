/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include "tests/station/many_runs.h"
#include "tests/suite.h"
#include "ui/application.h"
#include "ui/run_list.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A million runs under the hand: what a frame costs while somebody drags the bar, and the memory.
 */
#define RUNS 1000000
#define JUMPS 200
#define SCROLLS 300
#define FRAME_MS 17.0
#define GROWTH_MB 16.0
#define MOST_FRAMES 4096

static double frames[MOST_FRAMES];
static guint n_frames;
static double began;

/* In this thread's processor time: a frame waits for nothing, so what else runs on the machine is
 * not its cost. */
static double
processor_ms (void)
{
	struct timespec now;

	clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static void
on_begin (void)
{
	began = processor_ms ();
}

static void
on_end (void)
{
	if (n_frames < MOST_FRAMES)
		frames[n_frames++] = processor_ms () - began;
}

static double
resident_mb (void)
{
	g_autofree char *text = NULL;
	long pages = 0;

	ck_assert (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
	ck_assert_int_eq (sscanf (text, "%*s %ld", &pages), 1);
	return (double)pages * (double)sysconf (_SC_PAGESIZE) / 1e6;
}

static gboolean
on_wake (gpointer data)
{
	return G_SOURCE_CONTINUE;
}

static void
spend (double seconds)
{
	gint64 end = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);
	guint wake = g_timeout_add (5, on_wake, NULL);

	while (g_get_monotonic_time () < end)
		g_main_context_iteration (NULL, TRUE);
	g_source_remove (wake);
}

static int
compare (const void *a, const void *b)
{
	return *(const double *)a > *(const double *)b ? 1 : -1;
}

static double
percentile (double of)
{
	ck_assert_uint_gt (n_frames, 0);
	qsort (frames, n_frames, sizeof *frames, compare);
	return frames[(guint)(of * (n_frames - 1))];
}

static double
patience (void)
{
	const char *text = g_getenv ("PACKLINE_TIMEOUT_SCALE");

	return text != NULL ? g_ascii_strtod (text, NULL) : 1;
}

static void
assert_smooth (const char *what)
{
	double half = percentile (0.5), most = percentile (0.95);

	printf ("# %s: %u frames, half of them within %.1f ms, 95 of 100 within %.1f ms\n", what,
		n_frames, half, most);
	ck_assert_msg (most <= FRAME_MS * patience (), "%s: %.1f ms", what, most);
	n_frames = 0;
}

static PlHistoryAnswer *
ask (PlDb *db)
{
	PlHistoryQuestion all = {0};
	g_autoptr (GError) error = NULL;
	PlHistoryAnswer *answer = pl_station_ask (db, &all, NULL, &error);

	ck_assert_ok (answer != NULL, error);
	return answer;
}

START_TEST (a_million_runs_are_jumped_through_and_scrolled_at_sixty_frames_in_a_few_megabytes)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_WRITE, &error);
	g_autoptr (PlRunListModel) model = NULL;
	g_autoptr (PlHistoryAnswer) answer = NULL;
	g_autoptr (GRand) random = g_rand_new_with_seed (7);
	GtkWidget *window, *list;
	double before, after;

	ck_assert_ok (db != NULL && many_runs_fill (db, RUNS, &error), error);
	/* what SQLite kept of the filling is not the list's */
	g_clear_pointer (&db, pl_db_close);
	ck_assert_ok ((db = pl_db_open (file, PL_DB_READ_WRITE, &error)) != NULL, error);
	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	window = gtk_window_new ();
	list = g_object_new (PL_TYPE_RUN_LIST, NULL);
	model = pl_run_list_model_new (db);
	pl_run_list_set_model (PL_RUN_LIST (list), model);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_default_size (GTK_WINDOW (window), 1814, 800);
	gtk_window_set_child (GTK_WINDOW (window), list);
	gtk_window_present (GTK_WINDOW (window));
	g_signal_connect (gtk_widget_get_frame_clock (window), "before-paint",
			  G_CALLBACK (on_begin), NULL);
	g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_end),
			  NULL);
	spend (0.5);
	answer = ask (db);
	pl_run_list_model_set (model, answer);
	spend (0.5);
	/* GTK's own rows are there now, of which it makes as many for a thousand runs */
	before = resident_mb ();
	n_frames = 0;
	for (guint i = 0; i < JUMPS; i++) {
		pl_run_list_go_to (PL_RUN_LIST (list), (guint)g_rand_int_range (random, 0, RUNS));
		spend (0.05);
	}
	assert_smooth ("jumping");
	for (guint i = 0; i < SCROLLS; i++) {
		pl_run_list_go_to (PL_RUN_LIST (list), 500000 + i * 3);
		spend (0.017);
	}
	assert_smooth ("scrolling");
	after = resident_mb ();
	printf ("# %.1f MB more than its first screen\n", after - before);
	ck_assert_msg (after - before <= GROWTH_MB * patience (), "%.1f MB", after - before);
	gtk_window_destroy (GTK_WINDOW (window));
	spend (0.2);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-history-frames");
	TCase *tcase = tcase_create ("frames");

	tcase_set_timeout (tcase, 600);
	tcase_add_test (
	    tcase,
	    a_million_runs_are_jumped_through_and_scrolled_at_sixty_frames_in_a_few_megabytes);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
