/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include "tests/suite.h"
#include "ui/application.h"
#include "ui/login.h"

/* Who is logged in, and what goes with them, in a window of its own. */

#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define BADGE_O "PLB-O1-4711"
#define BADGE_P "PLB-P1-4712"

static PlStation *station;
static PlRecipe *recipe;
static PlSettings settings = {.logout_minutes = 10};
static PlDesk desk;
static PlWindow *window;
static PlLogin *login;

/* What the application does with it is not asked here. */
static void
on_changed (gpointer data)
{
}

static char *
in_source (const char *folder, const char *name)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", folder, name, NULL);
}

static void
enrol (const char *name, PlPersonRole role, const char *badge, const char *pin)
{
	PlPersonForm form = {name, role, badge, pin};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_enrol (station, &form, "installer", &error), error);
}

static void
set_up (void)
{
	g_autofree char *home = test_folder (), *bench = in_source ("bench", "demo.yaml");
	g_autofree char *file = in_source ("recipes", "pack-eol-32s.yaml");
	static const PlWindowHandler none;
	g_autoptr (GError) error = NULL;

	adw_init ();
	pl_ui_set_up ();
	ck_assert_ok ((station = pl_station_open (home, bench, &error)) != NULL, error);
	ck_assert_ok ((recipe = pl_recipe_load (file, &error)) != NULL, error);
	enrol ("O1", PL_PERSON_OPERATOR, BADGE_O, NULL);
	enrol ("P1", PL_PERSON_OPERATOR, BADGE_P, NULL);
	/* somebody who may manage people: without one the station is its starter's, and no badge
	 * counts */
	enrol ("Q1", PL_PERSON_QUALITY, "PLB-Q1-4713", "251-plum");
	desk = (PlDesk){.station = station, .recipe = recipe, .settings = &settings};
	window = pl_window_new (NULL, &desk, &none, NULL);
	login = pl_login_new (&desk, window, on_changed, NULL);
	gtk_window_present (GTK_WINDOW (window));
}

static void
tear_down (void)
{
	gtk_window_destroy (GTK_WINDOW (window));
	pl_login_free (login);
	pl_recipe_free (recipe);
	pl_station_free (station);
}

/* NULL = nobody. */
static void
await_person (const char *name)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (g_strcmp0 (desk.person != NULL ? desk.person->name : NULL, name) != 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s stands there, not %s",
			       pl_desk_who (&desk), name);
		g_main_context_iteration (NULL, FALSE);
	}
}

static void
come (const char *badge, const char *name)
{
	pl_login_badge (login, badge);
	await_person (name);
}

START_TEST (what_one_has_left_open_is_not_the_next_ones)
{
	GtkWidget *left;

	come (BADGE_O, "O1");
	left = gtk_window_new ();
	g_object_add_weak_pointer (G_OBJECT (left), (gpointer *)&left);
	gtk_window_set_transient_for (GTK_WINDOW (left), GTK_WINDOW (window));
	gtk_window_present (GTK_WINDOW (left));
	gtk_test_widget_wait_for_draw (left);
	come (BADGE_P, "P1");
	ck_assert_ptr_null (left);
}
END_TEST

START_TEST (who_is_retired_or_has_another_role_is_logged_out_and_nobody_else)
{
	PlPersonForm form = {"P1", PL_PERSON_ENGINEER, NULL, "251-plum"};
	g_autoptr (GError) error = NULL;

	come (BADGE_O, "O1");
	ck_assert_ok (pl_people_retire (station, "O1", "Q1", &error), error);
	pl_login_people_changed (login);
	await_person (NULL);
	come (BADGE_P, "P1");
	enrol ("O2", PL_PERSON_OPERATOR, "PLB-O2-4714", NULL);
	pl_login_people_changed (login);
	ck_assert_ok (pl_people_change (station, &form, "Q1", &error), error);
	ck_assert_str_eq (pl_desk_who (&desk), "P1");
	pl_login_people_changed (login);
	await_person (NULL);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-login");
	TCase *tcase = tcase_create ("login");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 120);
	tcase_add_test (tcase, what_one_has_left_open_is_not_the_next_ones);
	tcase_add_test (tcase, who_is_retired_or_has_another_role_is_logged_out_and_nobody_else);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
