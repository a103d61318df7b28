/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "station/recipe.h"
#include "tests/ui/person.h"
#include <string.h>

/* A limit on its way: changed by one person, approved by another, tested by and in the record. */

#define PACK "PL32-000001"
#define ENGINEER "PLB-engineer-17"
#define QUALITY "PLB-quality-04"
#define PIN "2468"

static void
enrol (PlStation *station, const char *name, PlPersonRole role, const char *badge)
{
	PlPersonForm form = {name, role, badge, PIN};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_enrol (station, &form, "test", &error), error);
}

static void
enrol_two (Line *line)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlStation) station = pl_station_open (line->home, NULL, &error);

	ck_assert_ok (station != NULL, error);
	enrol (station, "E-17", PL_PERSON_ENGINEER, ENGINEER);
	enrol (station, "Q-04", PL_PERSON_QUALITY, QUALITY);
}

static void
log_in (Person *person)
{
	person_scan (ENGINEER);
	person_await_text (person, "PIN");
	person_type (PIN);
	person_press ("Return");
	person_await_text (person, "E-17");
}

/* From the figure's entry by Tab: its source, the button that takes the change back, the reason. */
static void
change_limit (Person *person)
{
	person_press ("F5");
	person_click (person, "Change limits");
	person_click (person, "Change ground-bond resistance_ohm");
	/* what the figure means is said by its editor only */
	person_await_text (person, "ground stud to the farthest exposed metal");
	person_type ("0.09");
	person_await_text (person, "≤ 90 mΩ");
	for (guint i = 0; i < 3; i++)
		person_press ("Tab");
	person_type ("a tighter harness");
	person_click (person, "Keep as a new version");
	person_await_text (person, "Not approved");
}

static void
approve (Person *person)
{
	person_click (person, "Ask for approval");
	person_await_text (person, "for production");
	person_type ("50 packs looked at");
	person_scan (QUALITY);
	person_await_text (person, "The badge is read");
	person_type (PIN);
	person_press ("Return");
	person_await_text (person, "tests with it from its next start");
}

static void
ck_run_of (Line *line, const char *name, guint version)
{
	g_autofree char *base = g_strdup_printf ("%s@%u.yaml", name, version);
	g_autofree char *file = g_build_filename (line->home, "recipes", base, NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (file, &error);
	g_autoptr (PlRunRow) run = line_last_run (line);

	ck_assert_ok (recipe != NULL, error);
	ck_assert_str_eq (run->verdict, "PASS");
	ck_assert_str_eq (run->recipe_hash, recipe->hash);
	ck_assert_int_eq (run->recipe_version, version);
	ck_assert_ptr_nonnull (strstr (recipe->text, "resistance_ohm: { max: 0.09, source: UL"));
}

START_TEST (a_limit_changed_by_one_and_approved_by_another_is_what_the_next_run_is_held_to)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	enrol_two (line);
	person = person_start (line);
	log_in (person);
	person_scan (PACK);
	person_await (person, "BLOCKED " PACK);
	person_await_text (person, "is not approved");
	change_limit (person);
	approve (person);
	person_stop (person);
	person = person_start (line);
	log_in (person);
	person_scan (PACK);
	person_await (person, "PASS " PACK);
	person_stop (g_steal_pointer (&person));
	ck_run_of (line, "pack-eol-32s", 2);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-approval");
	TCase *tcase = tcase_create ("approval");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (
	    tcase, a_limit_changed_by_one_and_approved_by_another_is_what_the_next_run_is_held_to);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
