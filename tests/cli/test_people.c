/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <string.h>
#include <sys/wait.h>

/* People from the command line: codes come on standard input and are shown nowhere. */

/* `packline people enrol` with these lines on its standard input. */
static int
enrol (Place *place, const char *name, const char *role, const char *lines)
{
	g_autofree char *input = place_write (place, "codes", lines);
	g_autofree char *words =
	    g_strdup_printf ("%s people enrol %s --role %s --home %s <%s >%s/out 2>&1",
			     g_getenv ("PACKLINE"), name, role, place->home, input, place->dir);
	int status = system (words);

	return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

START_TEST (who_is_enrolled_is_listed_and_unlocked_and_retired_but_for_the_last_who_manages)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) list = NULL, unlock = NULL, retire = NULL, last = NULL, after = NULL;

	ck_assert_int_eq (enrol (place, "Q1", "quality", "PLB-quality-1\n802-quince\n"), 0);
	ck_assert_int_eq (enrol (place, "O1", "operator", "PLB-operator-1\n"), 0);
	list = packline (place, "people", "list", NULL);
	ck_assert_code (list, 0);
	ck_assert_says (list->out, "Q1                   quality      last login -");
	ck_assert_says (list->out, "O1                   operator");
	unlock = packline (place, "people", "unlock", "O1", NULL);
	ck_assert_code (unlock, 0);
	retire = packline (place, "people", "retire", "O1", NULL);
	ck_assert_code (retire, 0);
	last = packline (place, "people", "retire", "Q1", NULL);
	ck_assert_code (last, 3);
	ck_assert_says (last->err, "Q1 is the last one who may manage people");
	after = packline (place, "people", "list", NULL);
	ck_assert_ptr_null (strstr (after->out, "O1"));
}
END_TEST

START_TEST (what_is_missing_is_said_and_nobody_is_enrolled)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) list = NULL;

	ck_assert_int_eq (enrol (place, "Q1", "boss", "PLB-quality-1\n802-quince\n"), 3);
	ck_assert_int_eq (enrol (place, "Q1", "quality", "PLB-quality-1\n"), 3);
	ck_assert_int_eq (enrol (place, "Q1", "quality", ""), 3);
	list = packline (place, "people", "list", NULL);
	ck_assert_code (list, 0);
	ck_assert_says (list->out, "nobody is enrolled");
}
END_TEST

START_TEST (a_second_person_lets_a_blocked_pack_run_by_name)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) first = NULL, blocked = NULL, oneself = NULL, bad = NULL, let = NULL,
			  journal = NULL;

	place_assemble (place, "P1", "C");
	first =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1", NULL);
	ck_assert_code (first, 0);
	blocked =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1", NULL);
	ck_assert_code (blocked, 2);
	bad = packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1",
			"--override", "T1", NULL);
	ck_assert_code (bad, 3);
	oneself = packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1",
			    "--override", "0815=it is fine", NULL);
	ck_assert_code (oneself, 3);
	ck_assert_says (oneself->err, "a second person: 0815 is the operator");
	let = packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1",
			"--override", "T1=label was torn", NULL);
	ck_assert_code (let, 0);
	journal = packline (place, "journal", NULL);
	ck_assert_says (journal->out, "override");
}
END_TEST

START_TEST (where_people_are_enrolled_only_who_may_override_does)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) reply = NULL;

	ck_assert_int_eq (enrol (place, "Q1", "quality", "PLB-quality-1\n802-quince\n"), 0);
	ck_assert_int_eq (enrol (place, "O1", "operator", "PLB-operator-1\n"), 0);
	reply = packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1",
			  "--override", "O1=please", NULL);
	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "nobody of the name O1 is enrolled here who may do this");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-people");
	TCase *tcase = tcase_create ("people");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (
	    tcase, who_is_enrolled_is_listed_and_unlocked_and_retired_but_for_the_last_who_manages);
	tcase_add_test (tcase, what_is_missing_is_said_and_nobody_is_enrolled);
	tcase_add_test (tcase, a_second_person_lets_a_blocked_pack_run_by_name);
	tcase_add_test (tcase, where_people_are_enrolled_only_who_may_override_does);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
