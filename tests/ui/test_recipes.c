/* SPDX-License-Identifier: Apache-2.0 */
#include "station/approval.h"
#include "station/recipe_book.h"
#include "station/recipe_edit.h"
#include "tests/folder.h"
#include "tests/suite.h"
#include "tests/ui/picture.h"
#include "ui/application.h"
#include "ui/language.h"
#include "ui/recipe_draft.h"
#include "ui/recipe_sheet.h"
#include "ui/recipes_page.h"
#include <string.h>
#include <time.h>

/* The recipes' page on a station of its own, as it is drawn and pressed; each picture is kept in
 * the build folder. Warnings of GTK are fatal here. */
#define WIDTH 1810 /* what the rail leaves of a full screen */
#define HEIGHT 1080

static GtkWidget *window;
static PlRecipesPage *page;
static PlRecipe *recipe;
static PlStation *station;
static PlDesk desk;
static PlPerson engineer = {1, (char *)"E-17", PL_PERSON_ENGINEER, FALSE};
static PlPerson quality = {2, (char *)"Q-04", PL_PERSON_QUALITY, FALSE};
static PlPerson worker = {3, (char *)"4711", PL_PERSON_OPERATOR, FALSE};

/* -- a station with three versions ------------------------------------------------------------- */

static gboolean
run_text (sqlite3 *sql, gpointer text, GError **error)
{
	return pl_sql_run (sql, pl_sql (sql, error, text, ""), error);
}

static void
must_write (const char *statement)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (station->db, run_text, (gpointer)statement, &error), error);
}

static PlRecipe *
edited (const PlRecipe *base, const PlRecipeEdit *edits, guint n, const char *reason)
{
	g_autoptr (GError) error = NULL;
	PlRecipe *draft =
	    pl_recipe_edit (base, pl_recipe_book_next (station, base, &error), edits, n, &error);

	ck_assert_ok (draft != NULL, error);
	ck_assert_ok (pl_recipe_book_keep (station, base, draft, &engineer, reason, &error), error);
	return draft;
}

static void
make_versions (void)
{
	const PlRecipeEdit first[] = {
	    {"ground-bond", "limits", "resistance_ohm", "max", "0.09"},
	    {"leak", "limits", "decay_pa", "max", "45"},
	};
	const PlRecipeEdit second[] = {
	    {"dcir", "limits", "pack_ohm_charge", "max", "0.0355"},
	    {"dcir", "limits", "pack_ohm_charge", "source", "plant default: 3 sigma of June"},
	    {"cell-voltages", "with", "rest_s", NULL, "900"},
	};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) two = edited (recipe, first, 2, "Ground bond after the new harness");
	g_autoptr (PlRecipe) three = edited (two, second, 3, "Charge resistance has drifted");

	ck_assert_ok (pl_approval_give (station, recipe, "E-17", &quality, "as drawn", &error),
		      error);
	ck_assert_ok (
	    pl_approval_give (station, two, "E-17", &quality, "50 packs looked at", &error), error);
}

static void
make_station (void)
{
	g_autofree char *home = test_folder ();
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
						  "pack-eol-32s.yaml", NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ok ((recipe = pl_recipe_load (file, &error)) != NULL, error);
	ck_assert_ok ((station = pl_station_open (home, NULL, &error)) != NULL, error);
	must_write ("INSERT INTO operator (id, name, role, badge) VALUES (1, 'E-17', 'engineer',"
		    " 'a'), (2, 'Q-04', 'quality', 'b'), (3, '4711', 'operator', 'c')");
	make_versions ();
}

static void
set_up (void)
{
	GtkWidget *overlay;

	adw_init ();
	overlay = adw_toast_overlay_new ();
	pl_ui_set_up ();
	g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
	make_station ();
	desk = (PlDesk){.station = station, .recipe = recipe, .person = &engineer};
	window = gtk_window_new ();
	page = g_object_new (PL_TYPE_RECIPES_PAGE, NULL);
	pl_page_set_up (PL_PAGE (page), &desk);
	gtk_widget_add_css_class (window, "packline");
	gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
	gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
	adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), GTK_WIDGET (page));
	gtk_window_set_child (GTK_WINDOW (window), overlay);
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_recipe_free (recipe);
	pl_station_free (station);
}

/* -- hands and eyes ---------------------------------------------------------------------------- */

static void
settle (void)
{
	gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

	while (pl_recipes_page_is_busy (page)) {
		ck_assert_msg (g_get_monotonic_time () < end, "the page stays busy");
		g_main_context_iteration (NULL, TRUE);
	}
	gtk_window_present (GTK_WINDOW (window));
	gtk_test_widget_wait_for_draw (window);
}

static void
open_page (void)
{
	pl_page_refresh (PL_PAGE (page));
	settle ();
}

static gboolean
is_shown (GtkWidget *widget)
{
	return gtk_widget_get_mapped (widget);
}

typedef gboolean (*Match) (GtkWidget *widget, const char *text);

static GtkWidget *
find (GtkWidget *root, Match match, const char *text)
{
	if (is_shown (root) && match (root, text))
		return root;
	for (GtkWidget *at = gtk_widget_get_first_child (root); at != NULL;
	     at = gtk_widget_get_next_sibling (at)) {
		GtkWidget *found = find (at, match, text);

		if (found != NULL)
			return found;
	}
	return NULL;
}

static gboolean
is_label (GtkWidget *widget, const char *text)
{
	return GTK_IS_LABEL (widget) &&
	       strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

/* By the label that it has or that is in it. */
static gboolean
is_button (GtkWidget *widget, const char *text)
{
	return GTK_IS_BUTTON (widget) && find (widget, is_label, text) != NULL;
}

static gboolean
is_entry (GtkWidget *widget, const char *text)
{
	return GTK_IS_ENTRY (widget) &&
	       g_str_equal (gtk_editable_get_text (GTK_EDITABLE (widget)), text);
}

static void
press (const char *text)
{
	GtkWidget *button = find (window, is_button, text);

	ck_assert_msg (button != NULL, "there is no button \"%s\"", text);
	ck_assert_msg (gtk_widget_is_sensitive (button), "\"%s\" cannot be pressed", text);
	g_signal_emit_by_name (button, "clicked");
	settle ();
}

static void
ck_says (const char *text)
{
	ck_assert_msg (find (window, is_label, text) != NULL, "nothing says \"%s\"", text);
}

static void
ck_silent (const char *text)
{
	ck_assert_msg (find (window, is_label, text) == NULL, "something says \"%s\"", text);
}

/* Until something says so, or nothing does any more. */
static void
wait_for (const char *text, gboolean said)
{
	gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

	while ((find (window, is_label, text) != NULL) != said) {
		ck_assert_msg (g_get_monotonic_time () < end, "\"%s\" is %s", text,
			       said ? "not said" : "still said");
		g_main_context_iteration (NULL, FALSE);
		g_usleep (1000);
	}
	settle ();
}

static void
type (const char *now, const char *text)
{
	GtkWidget *entry = find (window, is_entry, now);

	ck_assert_msg (entry != NULL, "no entry has \"%s\"", now);
	gtk_editable_set_text (GTK_EDITABLE (entry), text);
	settle ();
}

/* -- pictures ---------------------------------------------------------------------------------- */

static void
ck_fits (const char *name)
{
	int least;

	gtk_widget_measure (GTK_WIDGET (page), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
			    NULL);
	ck_assert_msg (least <= WIDTH, "%s: %d wide at least", name, least);
	gtk_widget_measure (GTK_WIDGET (page), GTK_ORIENTATION_VERTICAL, WIDTH, &least, NULL, NULL,
			    NULL);
	ck_assert_msg (least <= HEIGHT, "%s: %d high at least", name, least);
}

static void
look (const char *view, gboolean dark, PlLanguage language)
{
	g_autofree char *name = g_strdup_printf ("recipes-%s-%s-%s", view, dark ? "dark" : "light",
						 language == PL_LANGUAGE_EN ? "en" : "zh");

	adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
					    dark ? ADW_COLOR_SCHEME_FORCE_DARK
						 : ADW_COLOR_SCHEME_FORCE_LIGHT);
	pl_language_set (language);
	pl_page_refresh (PL_PAGE (page));
	settle ();
	ck_fits (name);
	picture_keep (window, name, WIDTH, HEIGHT);
}

static void
look_in_all (const char *view)
{
	for (guint i = 0; i < 4; i++)
		look (view, i >= 2, i % 2 == 0 ? PL_LANGUAGE_EN : PL_LANGUAGE_ZH_CN);
	pl_language_set (PL_LANGUAGE_EN);
}

START_TEST (a_recipe_is_read_like_a_data_sheet)
{
	open_page ();
	ck_says ("Ground continuity");
	ck_says ("≤ 100 mΩ");
	ck_says ("UL 1973 40.3 (2013 numbering)");
	ck_says ("Watched on every sample");
	ck_says ("? not verified");
	ck_says (recipe->hash);
	look_in_all ("read");
}
END_TEST

START_TEST (two_versions_stand_side_by_side_with_what_differs)
{
	open_page ();
	press ("pack-eol-32s  3");
	press ("Compare");
	ck_says ("limit  pack_ohm_charge  max");
	ck_says ("0.04 Ω");
	ck_says ("0.0355 Ω");
	ck_says ("600 s");
	ck_says ("900 s");
	ck_says ("→ changed");
	ck_says ("All else is the same.");
	look_in_all ("compare");
}
END_TEST

static void
begin_edit (void)
{
	open_page ();
	press ("Change limits");
	press ("≤ 100 mΩ");
}

START_TEST (a_change_is_checked_as_it_is_typed_and_shown_old_and_new)
{
	begin_edit ();
	type ("0.1", "0.08");
	ck_says ("≤ 100 mΩ  →  ≤ 80 mΩ");
	ck_says ("checked; now say why");
	press ("≥ 24 A");
	type ("24", "2400");
	ck_says ("✘");
	ck_says ("impossible");
	type ("2400", "24.5");
	ck_says ("checked; now say why");
	look_in_all ("edit");
}
END_TEST

START_TEST (a_wrong_change_says_so_and_cannot_be_kept)
{
	begin_edit ();
	type ("0.1", "lots");
	ck_says ("\"lots\" is not a number");
	type ("", "because");
	ck_assert (!gtk_widget_is_sensitive (find (window, is_button, "Keep as a new version")));
	look ("fault", FALSE, PL_LANGUAGE_EN);
}
END_TEST

START_TEST (a_change_without_a_reason_cannot_be_kept)
{
	begin_edit ();
	type ("0.1", "0.08");
	ck_assert (!gtk_widget_is_sensitive (find (window, is_button, "Keep as a new version")));
	type ("", "a tighter harness");
	ck_assert (gtk_widget_is_sensitive (find (window, is_button, "Keep as a new version")));
}
END_TEST

static void
ck_chinese (const char *type, const char *name, const char *help)
{
	ck_assert_msg (!g_str_equal (pl_text (help), help), "%s %s: \"%s\" has no Chinese", type,
		       name, help);
}

START_TEST (what_each_figure_means_is_said_in_chinese)
{
	pl_language_set (PL_LANGUAGE_ZH_CN);
	for (const PlStepType *const *type = pl_step_types (); *type != NULL; type++) {
		for (const PlParam *p = (*type)->params; p != NULL && p->name != NULL; p++)
			ck_chinese ((*type)->name, p->name, p->help);
		for (const PlMeasure *m = (*type)->measures; m != NULL && m->name != NULL; m++)
			ck_chinese ((*type)->name, m->name, m->help);
	}
}
END_TEST

/* -- what comes of it -------------------------------------------------------------------------- */

START_TEST (what_is_kept_is_a_version_of_its_own_that_is_compared_with_its_base)
{
	g_autoptr (PlRecipe) kept = NULL;
	g_autoptr (GError) error = NULL;

	begin_edit ();
	type ("0.1", "0.08");
	type ("", "a tighter harness");
	press ("Keep as a new version");
	kept = pl_recipe_book_find (station->db, "pack-eol-32s@4", &error);
	ck_assert_ok (kept != NULL, error);
	ck_assert_ptr_nonnull (strstr (kept->text, "resistance_ohm: { max: 0.08, source: UL"));
	ck_says ("pack-eol-32s  4");
	ck_says ("E-17: a tighter harness");
	ck_says ("Not approved: for engineering runs only.");
	ck_says ("limit  resistance_ohm  max");
	ck_says ("0.08 Ω");
}
END_TEST

START_TEST (what_is_kept_while_the_page_is_left_and_found_again_is_kept_once)
{
	g_autofree char *file = NULL;
	GtkWidget *keep;

	begin_edit ();
	type ("0.1", "0.08");
	type ("", "a tighter harness");
	keep = find (window, is_button, "Keep as a new version");
	g_signal_emit_by_name (keep, "clicked");
	pl_page_leave (PL_PAGE (page));
	pl_page_refresh (PL_PAGE (page));
	wait_for ("Keep as a new version", FALSE);
	wait_for ("pack-eol-32s  4", TRUE);
	file = g_build_filename (station->home, "recipes", "pack-eol-32s@5.yaml", NULL);
	ck_assert (!g_file_test (file, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_change_that_is_left_or_taken_back_leaves_nothing)
{
	begin_edit ();
	type ("0.1", "0.08");
	ck_says ("≤ 80 mΩ");
	type ("0.08", "0.10");
	ck_silent ("→");
	type ("0.10", "0.07");
	press ("Leave without changes");
	ck_silent ("≤ 70 mΩ");
	ck_silent ("pack-eol-32s  4");
}
END_TEST

START_TEST (a_change_of_the_language_or_a_look_at_another_page_loses_no_edit)
{
	begin_edit ();
	type ("0.1", "0.08");
	pl_page_leave (PL_PAGE (page));
	pl_language_set (PL_LANGUAGE_ZH_CN);
	open_page ();
	ck_says ("≤ 100 mΩ  →  ≤ 80 mΩ");
	pl_language_set (PL_LANGUAGE_EN);
	open_page ();
	ck_says ("≤ 100 mΩ  →  ≤ 80 mΩ");
}
END_TEST

START_TEST (the_next_person_does_not_inherit_an_edit)
{
	PlPerson other = {4, (char *)"E-18", PL_PERSON_ENGINEER, FALSE};

	begin_edit ();
	type ("0.1", "0.08");
	desk.person = &other;
	open_page ();
	ck_silent ("≤ 80 mΩ");
	ck_silent ("Keep as a new version");
}
END_TEST

START_TEST (an_operator_reads_and_changes_nothing)
{
	desk.person = &worker;
	open_page ();
	ck_says ("Ground continuity");
	ck_assert_ptr_null (find (window, is_button, "Change limits"));
	press ("pack-eol-32s  3");
	ck_assert_ptr_null (find (window, is_button, "Ask for approval"));
}
END_TEST

START_TEST (where_nobody_is_enrolled_nobody_is_asked)
{
	PlPerson starter = {0, (char *)"root", PL_PERSON_OPERATOR, TRUE};

	desk.person = &starter;
	open_page ();
	press ("pack-eol-32s  3");
	ck_says ("Nobody is enrolled here, so nobody approves: for trying out.");
	ck_silent ("○ not approved");
	ck_assert_ptr_null (find (window, is_button, "Ask for approval"));
	ck_assert_ptr_nonnull (find (window, is_button, "Change limits"));
}
END_TEST

START_TEST (only_what_is_not_approved_can_be_asked_for)
{
	open_page ();
	ck_says ("The station tests with it now.");
	ck_assert_ptr_null (find (window, is_button, "Ask for approval"));
	press ("pack-eol-32s  2");
	ck_says ("Approved: the station tests with it from its next start.");
	ck_assert_ptr_null (find (window, is_button, "Ask for approval"));
	press ("pack-eol-32s  3");
	ck_assert_ptr_nonnull (find (window, is_button, "Ask for approval"));
}
END_TEST

/* -- the second person ------------------------------------------------------------------------- */

static GtkWidget *
dialog (void)
{
	GListModel *all = gtk_window_get_toplevels ();

	for (guint i = 0; i < g_list_model_get_n_items (all); i++) {
		g_autoptr (GtkWidget) at = g_list_model_get_item (all, i);

		if (at != window)
			return at;
	}
	return NULL;
}

static void
answer (const char *reason, const char *badge, const char *pin)
{
	const char *const texts[] = {reason, badge, pin};
	const char *const names[] = {"reason", "badge", "pin"};
	GtkWidget *asks = dialog ();

	ck_assert_ptr_nonnull (asks);
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		gtk_editable_set_text (GTK_EDITABLE (gtk_widget_get_template_child (
					   asks, G_OBJECT_TYPE (asks), names[i])),
				       texts[i]);
	g_signal_emit_by_name (
	    gtk_widget_get_template_child (asks, G_OBJECT_TYPE (asks), "confirm"), "clicked");
}

static void
enrol (const char *name, const char *badge)
{
	PlPersonForm form = {name, PL_PERSON_QUALITY, badge, "2468"};
	g_autoptr (GError) error = NULL;

	/* the others' badges are none that a scanner could read: they came before the salt */
	must_write ("UPDATE operator SET badge = NULL");
	ck_assert_ok (pl_people_enrol (station, &form, "test", &error), error);
	must_write ("UPDATE operator SET badge = name WHERE badge IS NULL");
}

START_TEST (a_second_persons_badge_approves_what_the_author_asks_for)
{
	g_autoptr (PlRecipe) current = NULL;

	enrol ("Q-05", "B-quality-5");
	open_page ();
	press ("pack-eol-32s  3");
	press ("Ask for approval");
	answer ("limits fit June's packs", "B-quality-5", "2468");
	wait_for ("✔ Q-05", TRUE);
	ck_says ("Approved: the station tests with it from its next start.");
	ck_assert_ptr_null (find (window, is_button, "Ask for approval"));
	current = pl_recipe_book_current (station, recipe, NULL);
	ck_assert_uint_eq (current->version, 3);
}
END_TEST

START_TEST (who_asks_and_leaves_it_has_approved_nothing)
{
	open_page ();
	press ("pack-eol-32s  3");
	press ("Ask for approval");
	gtk_window_close (GTK_WINDOW (dialog ()));
	settle ();
	ck_says ("Not approved: for engineering runs only.");
	ck_assert_ptr_nonnull (find (window, is_button, "Ask for approval"));
}
END_TEST

START_TEST (a_forged_approval_is_shown_as_one)
{
	must_write ("DROP TRIGGER approval_immutable");
	must_write ("UPDATE approval SET reason = 'another'");
	open_page ();
	ck_says ("✘ approval forged");
	ck_says ("An approval of it does not hold");
}
END_TEST

/* -- time and end ------------------------------------------------------------------------------ */

/* The thread's own time: other processes' work is not the page's. */
static gint64
cpu_us (void)
{
	struct timespec now;

	clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* A frame of this size takes 20 to 30 ms where cairo paints it; the sheet all at once took 800. */
START_TEST (the_sheet_is_filled_without_holding_the_main_loop)
{
	const char *scale = g_getenv ("PACKLINE_TIMEOUT_SCALE");
	gint64 most = (gint64)(100000 * (scale != NULL ? g_ascii_strtod (scale, NULL) : 1));

	open_page ();
	pl_page_refresh (PL_PAGE (page));
	while (pl_recipes_page_is_busy (page)) {
		gint64 begin = cpu_us ();

		g_main_context_iteration (NULL, FALSE);
		ck_assert_int_le (cpu_us () - begin, most);
	}
}
END_TEST

START_TEST (a_page_that_is_gone_leaves_nothing_behind)
{
	gpointer kept = page;

	begin_edit ();
	type ("0.1", "0.08");
	g_object_add_weak_pointer (G_OBJECT (page), &kept);
	gtk_window_set_child (GTK_WINDOW (window), NULL);
	gtk_test_widget_wait_for_draw (window);
	ck_assert_ptr_null (kept);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-recipes");
	TCase *tcase = tcase_create ("recipes");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_test (tcase, a_recipe_is_read_like_a_data_sheet);
	tcase_add_test (tcase, two_versions_stand_side_by_side_with_what_differs);
	tcase_add_test (tcase, a_change_is_checked_as_it_is_typed_and_shown_old_and_new);
	tcase_add_test (tcase, what_each_figure_means_is_said_in_chinese);
	tcase_add_test (tcase, a_wrong_change_says_so_and_cannot_be_kept);
	tcase_add_test (tcase, a_change_without_a_reason_cannot_be_kept);
	tcase_add_test (tcase, what_is_kept_is_a_version_of_its_own_that_is_compared_with_its_base);
	tcase_add_test (tcase, what_is_kept_while_the_page_is_left_and_found_again_is_kept_once);
	tcase_add_test (tcase, a_change_that_is_left_or_taken_back_leaves_nothing);
	tcase_add_test (tcase, a_change_of_the_language_or_a_look_at_another_page_loses_no_edit);
	tcase_add_test (tcase, the_next_person_does_not_inherit_an_edit);
	tcase_add_test (tcase, an_operator_reads_and_changes_nothing);
	tcase_add_test (tcase, where_nobody_is_enrolled_nobody_is_asked);
	tcase_add_test (tcase, only_what_is_not_approved_can_be_asked_for);
	tcase_add_test (tcase, a_second_persons_badge_approves_what_the_author_asks_for);
	tcase_add_test (tcase, who_asks_and_leaves_it_has_approved_nothing);
	tcase_add_test (tcase, a_forged_approval_is_shown_as_one);
	tcase_add_test (tcase, the_sheet_is_filled_without_holding_the_main_loop);
	tcase_add_test (tcase, a_page_that_is_gone_leaves_nothing_behind);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
