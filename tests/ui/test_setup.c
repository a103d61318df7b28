/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/run_page.h"
#include "ui/setup_page.h"
#include "ui/verdict_banner.h"
#include <glib/gstdio.h>
#include <string.h>

/* The setup check's page and the blocked pack, as they are drawn. */
#define WIDTH 1920
#define HEIGHT 1080

static GtkWidget *window;
static PlBench *bench;
static PlRecipe *recipe;
static PlStation station;
static PlPerson person = {.name = (char *)"4711", .may_all = TRUE};
static PlDesk desk;

static char *
in_source (const char *folder, const char *name)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", folder, name, NULL);
}

static void
set_up (void)
{
	g_autofree char *bench_file = in_source ("bench", "demo.yaml");
	g_autofree char *recipe_file = in_source ("recipes", "pack-eol-32s.yaml");
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	ck_assert_ok ((bench = pl_bench_load (bench_file, &error)) != NULL, error);
	ck_assert_ok ((recipe = pl_recipe_load (recipe_file, &error)) != NULL, error);
	station = (PlStation){.name = (char *)"EOL-3", .home = (char *)"/tmp", .bench = bench};
	desk = (PlDesk){.station = &station, .recipe = recipe, .person = &person};
	window = gtk_window_new ();
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_recipe_free (recipe);
	pl_bench_free (bench);
}

static void
keep_picture (GtkWidget *page, const char *name)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "ui", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
	GtkSnapshot *snapshot = gtk_snapshot_new ();
	g_autoptr (GdkPaintable) paintable = NULL;
	g_autoptr (GdkTexture) texture = NULL;
	GskRenderNode *node;
	int least;

	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
	gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= WIDTH, "%s: %d wide at least", name, least);
	gtk_widget_measure (page, GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= HEIGHT, "%s: %d high at least", name, least);
	paintable = gtk_widget_paintable_new (window);
	gdk_paintable_snapshot (paintable, snapshot, WIDTH, HEIGHT);
	node = gtk_snapshot_free_to_node (snapshot);
	ck_assert_ptr_nonnull (node);
	texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
					       &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
	gsk_render_node_unref (node);
	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

static void
set_look (PlLanguage language, gboolean dark)
{
	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    dark ? ADW_COLOR_SCHEME_FORCE_DARK
						 : ADW_COLOR_SCHEME_FORCE_LIGHT);
	pl_language_set (language);
}

/* -- a check, as the station words it ---------------------------------------------------------- */

static const struct {
	PlCheckKind kind;
	PlRole role;
	const char *good, *bad; /* bad NULL = it passes in both */
} lines[] = {
    {PL_CHECK_INSTRUMENT, PL_ROLE_HIPOT, "answers: GPT-9904 EM110867",
     "hipot: nothing was read within 2.0 s. Look at its power and its cable, then check again"},
    {PL_CHECK_CALIBRATION, PL_ROLE_HIPOT, "188 days left, until 2026-12-01", NULL},
    {PL_CHECK_INSTRUMENT, PL_ROLE_SUPPLY, "answers: IT6006C-500-40 801234567890123456", NULL},
    {PL_CHECK_CALIBRATION, PL_ROLE_SUPPLY, "188 days left, until 2026-12-01",
     "was due on 2026-04-01: the technician has it calibrated and enters the certificate"},
    {PL_CHECK_INSTRUMENT, PL_ROLE_DAQ, "answers: DAQ970A MY58000001", NULL},
    {PL_CHECK_CALIBRATION, PL_ROLE_DAQ, "188 days left, until 2026-12-01", NULL},
    {PL_CHECK_INSTRUMENT, PL_ROLE_BMS, "its wire is open", NULL},
    {PL_CHECK_INSTRUMENT, PL_ROLE_PLC, "its wire is open", NULL},
    {PL_CHECK_INSTRUMENT, PL_ROLE_SCANNER, "its wire is open", NULL},
    {PL_CHECK_INSTRUMENT, PL_ROLE_PRINTER, "answers: ZD421 D4J000000", NULL},
    {PL_CHECK_CHAIN, PL_ROLE_LAST, "emergency stop, door and interlock are closed", NULL},
    {PL_CHECK_LOCK, PL_ROLE_LAST, "locks and opens, and reads so", NULL},
    {PL_CHECK_RELEASE, PL_ROLE_LAST, "PL-BMS-32S 1.4.2, signed, digest 0123456789ab", NULL},
    {PL_CHECK_RECIPE, PL_ROLE_LAST, "pack-eol-32s version 1, hash 0123456789ab", NULL},
    {PL_CHECK_DATABASE, PL_ROLE_LAST, "every page is sound", NULL},
    {PL_CHECK_DISK, PL_ROLE_LAST, "412 GB are free", NULL},
    {PL_CHECK_CLOCK, PL_ROLE_LAST, "reads 2026-06-01T05:58:12.123Z UTC", NULL},
    {PL_CHECK_GOLDEN, PL_ROLE_LAST, "PL32-900001 passed at 2026-06-01T05:30:00.000Z",
     "PL32-900001 was never tested: put it on the bench and scan it"},
};

static void
free_line (gpointer data)
{
	g_free (((PlCheckLine *)data)->detail);
	g_free (data);
}

static PlCheckResult *
result_new (gboolean passed)
{
	PlCheckResult *result = g_new0 (PlCheckResult, 1);

	result->utc = g_strdup ("2026-06-01T05:58:12.123Z");
	result->passed = passed;
	result->lines = g_ptr_array_new_with_free_func (free_line);
	for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
		PlCheckLine *line = g_new0 (PlCheckLine, 1);

		line->kind = lines[i].kind;
		line->role = lines[i].role;
		line->passed = passed || lines[i].bad == NULL;
		line->detail = g_strdup (line->passed ? lines[i].good : lines[i].bad);
		g_ptr_array_add (result->lines, line);
	}
	return result;
}

static GPtrArray *
history_new (void)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func (pl_setup_check_row_free);

	for (guint i = 0; i < 8; i++) {
		PlSetupCheckRow *row = g_new0 (PlSetupCheckRow, 1);

		row->utc = g_strdup_printf ("2026-06-%02uT05:5%u:12.000Z", 8 - i, i);
		row->who = g_strdup ("4711");
		row->passed = i != 3;
		g_ptr_array_add (rows, row);
	}
	return rows;
}

static PlSetupPage *
page_new (void)
{
	PlSetupPage *page = g_object_new (PL_TYPE_SETUP_PAGE, NULL);

	gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
	pl_page_set_up (PL_PAGE (page), &desk);
	return page;
}

static gboolean
has_text (GtkWidget *root, const char *part)
{
	if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), part) != NULL)
		return TRUE;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at))
		if (has_text (at, part))
			return TRUE;
	return FALSE;
}

/* -- claims ------------------------------------------------------------------------------------ */

START_TEST (a_check_is_drawn_in_both_themes_and_languages)
{
	for (guint i = 0; i < 4; i++) {
		PlLanguage language = i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN;
		PlSetupPage *page = page_new ();
		g_autofree char *name =
		    g_strdup_printf ("setup-%s-%s-%s", _i == 0 ? "pass" : "fail",
				     i >= 2 ? "dark" : "light", i % 2 == 0 ? "en" : "zh");

		set_look (language, i >= 2);
		pl_setup_page_show (page, result_new (_i == 0), history_new ());
		keep_picture (GTK_WIDGET (page), name);
	}
}
END_TEST

START_TEST (what_failed_says_what_to_do_in_chinese_too)
{
	PlSetupPage *page = page_new ();

	set_look (PL_LANGUAGE_ZH_CN, FALSE);
	pl_setup_page_show (page, result_new (FALSE), NULL);
	ck_assert (has_text (GTK_WIDGET (page), "测试站不可使用"));
	ck_assert (has_text (GTK_WIDGET (page), "由技术员送校并录入证书"));
	ck_assert (has_text (GTK_WIDGET (page), "PL32-900001 从未测试：请把它放上测试台并扫码"));
	pl_language_set (PL_LANGUAGE_EN);
	pl_setup_page_show (page, NULL, NULL);
	ck_assert (has_text (GTK_WIDGET (page), "The station is not fit"));
}
END_TEST

static const struct {
	PlPersonRole who;
	const char *cause, *says;
} blocks[] = {
    {PL_PERSON_OPERATOR, "PL32-000123 is blocked: it has not passed pack-incoming; run that first",
     "You clear this yourself"},
    {PL_PERSON_TECHNICIAN,
     "the last setup check failed: was due on 2026-04-01: the technician has "
     "it calibrated and enters the certificate",
     "The technician clears this"},
    {PL_PERSON_ENGINEER,
     "recipe pack-eol-32s@1 (hash 01234567) is not approved: its author asks "
     "for it on the Recipes page, and a second person approves",
     "The engineer clears this"},
    {PL_PERSON_QUALITY,
     "PL32-000123 is blocked: it passed pack-eol-32s at "
     "2026-05-30T10:11:12.000Z and may have shipped; a second person with "
     "the right to do so lets it run again (Override)",
     "Quality clears this"},
};

START_TEST (a_blocked_pack_shows_the_reason_and_apart_from_it_who_clears_it)
{
	for (guint i = 0; i < 4; i++) {
		PlRunPage *page = g_object_new (PL_TYPE_RUN_PAGE, NULL);
		g_autoptr (PlSnapshot) s = pl_snapshot_new ();
		g_autofree char *name =
		    g_strdup_printf ("blocked-%s-%s-%s", pl_person_role_name (blocks[_i].who),
				     i >= 2 ? "dark" : "light", i % 2 == 0 ? "en" : "zh");

		gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (page));
		set_look (i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN, i >= 2);
		pl_snapshot_set_up (s, &station, recipe);
		pl_snapshot_enter (s, PL_SLOT_BLOCKED, "PL32-000123", blocks[_i].cause, NULL, 1);
		s->cleared_by = blocks[_i].who;
		pl_run_page_update (page, s);
		keep_picture (GTK_WIDGET (page), name);
		if (i == 0)
			ck_assert (has_text (GTK_WIDGET (page), blocks[_i].says));
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-setup");
	TCase *tcase = tcase_create ("setup");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase, a_check_is_drawn_in_both_themes_and_languages, 0, 2);
	tcase_add_test (tcase, what_failed_says_what_to_do_in_chinese_too);
	tcase_add_loop_test (tcase, a_blocked_pack_shows_the_reason_and_apart_from_it_who_clears_it,
			     0, G_N_ELEMENTS (blocks));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
