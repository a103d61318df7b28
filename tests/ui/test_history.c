/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include "tests/station/many_runs.h"
#include "tests/station/whole_run.h"
#include "tests/suite.h"
#include "station/keys.h"
#include "ui/application.h"
#include "ui/history_page.h"
#include "ui/language.h"
#include "ui/limit_bar.h"
#include "ui/run_detail.h"
#include "ui/run_filter.h"
#include "ui/run_list.h"
#include <math.h>
#include <string.h>

/* History as it is drawn, and what its list, its filter and its two runs show. */
#define WIDTH 1814 /* of a screen of 1920, beside the rail */
#define HEIGHT 1080
#define RUNS 20000 /* more than the pages that the model keeps, so that some are given up */
#define PATIENCE_US (20 * G_USEC_PER_SEC)

static GtkWidget *window, *page;
static PlStation station;
static PlDesk desk;

static void
set_up (void)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	ck_assert_ok ((station.db = pl_db_open (file, PL_DB_READ_WRITE, &error)) != NULL, error);
	station.home = g_strdup (folder);
	station.name = (char *)"EOL-3";
	ck_assert_ok (pl_keys_ensure (station.home, &error), error);
	ck_assert_ok (many_runs_fill (station.db, RUNS, &error), error);
	whole_run_add (station.db, "PL32-000777", TRUE);
	whole_run_add (station.db, "PL32-000777", FALSE);
	desk.station = &station;
	desk.person = g_new0 (PlPerson, 1);
	desk.person->name = g_strdup ("4711");
	desk.person->may_all = TRUE;
}

static void
open_window (void)
{
	GtkWidget *overlay = adw_toast_overlay_new ();

	window = gtk_window_new ();
	page = g_object_new (PL_TYPE_HISTORY_PAGE, NULL);
	pl_page_set_up (PL_PAGE (page), &desk);
	adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), page);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	gtk_window_set_child (GTK_WINDOW (window), overlay);
	gtk_window_present (GTK_WINDOW (window));
	pl_page_refresh (PL_PAGE (page));
}

static GtkWidget *
find_any (GtkWidget *root, GType type)
{
	GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (root), type) ? root : NULL;

	for (GtkWidget *at = gtk_widget_get_first_child (root); found == NULL && at != NULL;
	     at = gtk_widget_get_next_sibling (at))
		found = find_any (at, type);
	return found;
}

/* A worker keeps the page or its list until it has handed over: the database may go after that. */
static void
tear_down (void)
{
	GtkColumnView *view = GTK_COLUMN_VIEW (find_any (page, GTK_TYPE_COLUMN_VIEW));
	GtkSingleSelection *selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (view));
	gpointer kept_page = page, kept_model = gtk_single_selection_get_model (selection);

	g_object_add_weak_pointer (kept_page, &kept_page);
	g_object_add_weak_pointer (kept_model, &kept_model);
	gtk_window_destroy (GTK_WINDOW (window));
	while (kept_page != NULL || kept_model != NULL)
		g_main_context_iteration (NULL, TRUE);
	pl_db_close (station.db);
	g_free (station.home);
	g_clear_pointer (&desk.person, pl_person_free);
}

/* -- looking and doing ------------------------------------------------------------------------- */

static const char *
text_of (GtkWidget *widget)
{
	if (GTK_IS_LABEL (widget))
		return gtk_label_get_text (GTK_LABEL (widget));
	if (GTK_IS_INSCRIPTION (widget))
		return gtk_inscription_get_text (GTK_INSCRIPTION (widget));
	return GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
}

/* The first of that type whose text has the part in it (NULL = any), of what is in view. */
static GtkWidget *
find (GtkWidget *root, GType type, const char *part)
{
	const char *text = text_of (root);

	if (!gtk_widget_get_mapped (root))
		return NULL;
	if (g_type_is_a (G_OBJECT_TYPE (root), type) &&
	    (part == NULL || (text != NULL && strstr (text, part) != NULL)))
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = find (at, type, part);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static gboolean
on_wake (gpointer data)
{
	return G_SOURCE_CONTINUE;
}

static void
await (GType type, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	guint wake = g_timeout_add (10, on_wake, NULL);

	while (find (page, type, part) == NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "nothing says \"%s\"", part);
		g_main_context_iteration (NULL, TRUE);
	}
	g_source_remove (wake);
}

/* Until nothing in the list says so any more. */
static void
await_gone (const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	GtkWidget *list = find (page, PL_TYPE_RUN_LIST, NULL);
	guint wake = g_timeout_add (10, on_wake, NULL);

	while (find (list, GTK_TYPE_INSCRIPTION, part) != NULL) {
		ck_assert_msg (g_get_monotonic_time () < end, "the list still says \"%s\"", part);
		g_main_context_iteration (NULL, TRUE);
	}
	g_source_remove (wake);
}

static void
click (const char *part)
{
	await (GTK_TYPE_BUTTON, part);
	g_signal_emit_by_name (find (page, GTK_TYPE_BUTTON, part), "clicked");
}

static void
open_row (guint at)
{
	await (GTK_TYPE_INSCRIPTION, "PL32-");
	g_signal_emit_by_name (find (page, GTK_TYPE_COLUMN_VIEW, NULL), "activate", at);
	await (GTK_TYPE_LABEL, "SHA-256");
}

static void
draw (void)
{
	gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 4;
	guint wake = g_timeout_add (10, on_wake, NULL);

	while (g_get_monotonic_time () < end)
		g_main_context_iteration (NULL, TRUE);
	g_source_remove (wake);
}

/* Nothing is drawn before the window's first frame, which takes its time on a machine with other
 * work. */
static GskRenderNode *
node_of_window (void)
{
	g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	GskRenderNode *node = NULL;

	while (node == NULL) {
		GtkSnapshot *snapshot = gtk_snapshot_new ();

		ck_assert_msg (g_get_monotonic_time () < end, "the window is never drawn");
		draw ();
		gdk_paintable_snapshot (paintable, snapshot, WIDTH, HEIGHT);
		node = gtk_snapshot_free_to_node (snapshot);
	}
	return node;
}

static void
keep_picture (const char *name)
{
	g_autofree char *folder =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "tests", "ui", "pictures", NULL);
	g_autofree char *path = g_strdup_printf ("%s/history-%s.png", folder, name);
	GskRenderNode *node = node_of_window ();
	g_autoptr (GdkTexture) texture =
	    gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
					 &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));

	gsk_render_node_unref (node);
	g_mkdir_with_parents (folder, 0755);
	ck_assert (gdk_texture_save_to_png (texture, path));
}

static void
assert_fits (const char *name)
{
	int least;

	gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= WIDTH, "%s: %d wide at least", name, least);
	gtk_widget_measure (page, GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL, NULL, NULL);
	ck_assert_msg (least <= HEIGHT, "%s: %d high at least", name, least);
}

/* -- pictures ---------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	gboolean dark;
	PlLanguage language;
} looks[] = {
    {"light-en", FALSE, PL_LANGUAGE_EN},
    {"light-zh", FALSE, PL_LANGUAGE_ZH_CN},
    {"dark-en", TRUE, PL_LANGUAGE_EN},
    {"dark-zh", TRUE, PL_LANGUAGE_ZH_CN},
};

static void
show (const char *what, guint look)
{
	g_autofree char *name = g_strdup_printf ("%s-%s", what, looks[look].name);

	assert_fits (name);
	keep_picture (name);
}

START_TEST (list_run_and_comparison_fit_and_are_drawn_in_both_themes_and_languages)
{
	pl_language_set (looks[_i].language);
	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    looks[_i].dark ? ADW_COLOR_SCHEME_FORCE_DARK
							   : ADW_COLOR_SCHEME_FORCE_LIGHT);
	open_window ();
	await (GTK_TYPE_INSCRIPTION, "PL32-000777");
	show ("list", _i);
	open_row (1);
	show ("run", _i);
	g_signal_emit_by_name (find (page, PL_TYPE_RUN_DETAIL, NULL), "compare", (gint64)RUNS + 2);
	await (GTK_TYPE_LABEL, _ ("Compared with"));
	show ("compare", _i);
}
END_TEST

/* -- what it does ------------------------------------------------------------------------------ */

static const char *
count_text (void)
{
	static char text[64];
	GtkWidget *label = find (page, GTK_TYPE_LABEL, "run");

	g_strlcpy (text, label != NULL ? text_of (label) : "", sizeof text);
	return text;
}

START_TEST (a_scan_asks_for_that_pack_and_nothing_else_and_all_come_back)
{
	open_window ();
	await (GTK_TYPE_LABEL, "20\xe2\x80\xaf"
			       "002 runs");
	ck_assert (pl_page_scan (PL_PAGE (page), "PL32-000777"));
	await (GTK_TYPE_LABEL, "4 runs");
	ck_assert_ptr_null (find (page, GTK_TYPE_INSCRIPTION, "PL32-000778"));
	/* a cell of the second pack */
	ck_assert (pl_page_scan (PL_PAGE (page), "EVE00000005"));
	await (GTK_TYPE_INSCRIPTION, "PL32-000002");
	ck_assert (pl_page_scan (PL_PAGE (page), "PL32-%"));
	await (GTK_TYPE_LABEL, "No run fits");
	click ("Show all");
	await (GTK_TYPE_LABEL, "20\xe2\x80\xaf"
			       "002 runs");
}
END_TEST

START_TEST (a_verdict_and_a_typed_beginning_narrow_the_list_together)
{
	GtkWidget *entry;

	open_window ();
	await (GTK_TYPE_LABEL, "20\xe2\x80\xaf"
			       "002 runs");
	entry = find (page, GTK_TYPE_SEARCH_ENTRY, NULL);
	gtk_editable_set_text (GTK_EDITABLE (entry), "PL32-00077");
	await (GTK_TYPE_LABEL, "22 runs");
	/* the rows come after their number, and must be there before they can go */
	await (GTK_TYPE_INSCRIPTION, "PASS");
	gtk_toggle_button_set_active (
	    GTK_TOGGLE_BUTTON (find (page, GTK_TYPE_TOGGLE_BUTTON, "FAIL")), TRUE);
	await_gone ("PASS");
	await (GTK_TYPE_INSCRIPTION, "loose busbar");
	ck_assert_msg (atoi (count_text ()) >= 1 && atoi (count_text ()) < 22, "%s", count_text ());
	/* another verdict takes its place */
	gtk_toggle_button_set_active (
	    GTK_TOGGLE_BUTTON (find (page, GTK_TYPE_TOGGLE_BUTTON, "PASS")), TRUE);
	ck_assert (!gtk_toggle_button_get_active (
	    GTK_TOGGLE_BUTTON (find (page, GTK_TYPE_TOGGLE_BUTTON, "FAIL"))));
}
END_TEST

START_TEST (a_run_that_begins_is_offered_and_moves_no_row_before_it_is_asked_for)
{
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();

	open_window ();
	await (GTK_TYPE_LABEL, "20\xe2\x80\xaf"
			       "002 runs");
	whole_run_add (station.db, "PL32-000999", FALSE);
	pl_snapshot_enter (s, PL_SLOT_PASSED, "PL32-000999", NULL, NULL, 1);
	pl_page_update (PL_PAGE (page), s);
	await (GTK_TYPE_BUTTON, "New runs: 1");
	ck_assert_ptr_null (find (page, GTK_TYPE_INSCRIPTION, "PL32-000999"));
	click ("New runs");
	await (GTK_TYPE_INSCRIPTION, "PL32-000999");
	ck_assert_ptr_null (find (page, GTK_TYPE_BUTTON, "New runs"));
}
END_TEST

START_TEST (an_open_run_shows_verdict_values_their_source_and_what_the_instrument_said)
{
	GtkSelectionModel *rows;

	open_window ();
	open_row (1);
	await (GTK_TYPE_LABEL, "Record of 20");
	await (GTK_TYPE_LABEL, "SIMULATED");
	await (GTK_TYPE_INSCRIPTION, "attempt 2");
	await (GTK_TYPE_INSCRIPTION, "593 µΩ");
	await (GTK_TYPE_INSCRIPTION, "≤ 100 µΩ");
	/* the resistance of the ground bond: after two steps and two of the values */
	rows =
	    gtk_column_view_get_model (GTK_COLUMN_VIEW (find (page, GTK_TYPE_COLUMN_VIEW, NULL)));
	gtk_selection_model_select_item (rows, 4, TRUE);
	await (GTK_TYPE_LABEL, "UL 1973 40.3");
	await (GTK_TYPE_LABEL, "GW Instek GPT-9904 EM110867");
	await (GTK_TYPE_LABEL, "2027-05-04");
	await (GTK_TYPE_LABEL, "GB ,PASS ,25.00A");
	click ("Back to the list");
	await (GTK_TYPE_INSCRIPTION, "PL32-000777");
}
END_TEST

START_TEST (values_without_a_limit_come_when_they_are_asked_for)
{
	open_window ();
	open_row (0);
	ck_assert_ptr_null (find (page, GTK_TYPE_INSCRIPTION, "cell_voltage_v_1"));
	gtk_check_button_set_active (GTK_CHECK_BUTTON (find (page, GTK_TYPE_CHECK_BUTTON, NULL)),
				     TRUE);
	await (GTK_TYPE_INSCRIPTION, "identity_hipot");
}
END_TEST

START_TEST (two_runs_stand_side_by_side_with_what_is_between_them)
{
	open_window ();
	open_row (1);
	g_signal_emit_by_name (find (page, PL_TYPE_RUN_DETAIL, NULL), "compare", (gint64)0);
	await (GTK_TYPE_LABEL, "Choose the run to compare with PL32-000777");
	await (GTK_TYPE_INSCRIPTION, "PL32-000777");
	g_signal_emit_by_name (find (page, GTK_TYPE_COLUMN_VIEW, NULL), "activate", 0);
	await (GTK_TYPE_LABEL, "Compared with");
	await (GTK_TYPE_LABEL, "Record of 20");
	await (GTK_TYPE_INSCRIPTION, "593 µΩ");
	await (GTK_TYPE_INSCRIPTION, "+571 µΩ");
	click ("Stop comparing");
	ck_assert_ptr_null (find (page, GTK_TYPE_INSCRIPTION, "+571 µΩ"));
}
END_TEST

START_TEST (a_note_is_kept_with_its_author_and_shown)
{
	GtkWidget *entry;

	open_window ();
	open_row (0);
	entry = find (find (page, PL_TYPE_RUN_DETAIL, NULL), GTK_TYPE_ENTRY, NULL);
	gtk_editable_set_text (GTK_EDITABLE (entry), "  reworked at position 7 ");
	click ("Add note");
	await (GTK_TYPE_LABEL, "reworked at position 7");
	await (GTK_TYPE_LABEL, "4711");
	ck_assert_str_eq (gtk_editable_get_text (GTK_EDITABLE (entry)), "");
}
END_TEST

START_TEST (the_language_changes_under_an_open_run)
{
	open_window ();
	open_row (1);
	pl_language_set (PL_LANGUAGE_ZH_CN);
	pl_page_refresh (PL_PAGE (page));
	await (GTK_TYPE_LABEL, "PL32-000777");
	await (GTK_TYPE_INSCRIPTION, "✘ 不合格");
	ck_assert_ptr_null (find (page, GTK_TYPE_BUTTON, "Back to the list"));
}
END_TEST

START_TEST (a_value_stands_on_its_bar_where_it_stands_against_its_limits)
{
	open_window ();
	ck_assert_double_eq_tol (pl_limit_bar_place (3.2, 3.2, 3.3), 0.2, 1e-9);
	ck_assert_double_eq_tol (pl_limit_bar_place (3.25, 3.2, 3.3), 0.5, 1e-9);
	ck_assert_double_eq_tol (pl_limit_bar_place (3.3, 3.2, 3.3), 0.8, 1e-9);
	ck_assert_double_eq_tol (pl_limit_bar_place (32, 32, 32), 0.5, 1e-9);
	ck_assert_double_eq_tol (pl_limit_bar_place (0.1, NAN, 0.1), 0.8, 1e-9);
	ck_assert_double_gt (pl_limit_bar_place (0.1001, NAN, 0.1), 0.8);
	ck_assert_double_lt (pl_limit_bar_place (19e6, 20e6, NAN), 0.2);
	ck_assert_double_eq_tol (pl_limit_bar_place (1e12, 20e6, NAN), 1, 1e-9);
	ck_assert_double_eq_tol (pl_limit_bar_place (0, NAN, 0), 0.8, 1e-9);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-history");
	TCase *tcase = tcase_create ("history");

	g_setenv ("TZ", "UTC", TRUE);
	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_loop_test (tcase,
			     list_run_and_comparison_fit_and_are_drawn_in_both_themes_and_languages,
			     0, G_N_ELEMENTS (looks));
	tcase_add_test (tcase, a_scan_asks_for_that_pack_and_nothing_else_and_all_come_back);
	tcase_add_test (tcase, a_verdict_and_a_typed_beginning_narrow_the_list_together);
	tcase_add_test (tcase,
			a_run_that_begins_is_offered_and_moves_no_row_before_it_is_asked_for);
	tcase_add_test (tcase,
			an_open_run_shows_verdict_values_their_source_and_what_the_instrument_said);
	tcase_add_test (tcase, values_without_a_limit_come_when_they_are_asked_for);
	tcase_add_test (tcase, two_runs_stand_side_by_side_with_what_is_between_them);
	tcase_add_test (tcase, a_note_is_kept_with_its_author_and_shown);
	tcase_add_test (tcase, the_language_changes_under_an_open_run);
	tcase_add_test (tcase, a_value_stands_on_its_bar_where_it_stands_against_its_limits);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
