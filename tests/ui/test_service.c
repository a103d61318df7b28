/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <math.h>
#include <string.h>

/* A technician at the window: the bench is taken over, switched by hand and given back; what became
 * of it is asked of the simulated line. */

#define PATIENCE_US (60 * G_USEC_PER_SEC)

static void
await_state (Line *line, const char *key, double value)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (fabs (line_state (line, key) - value) > 0.5) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s of the line is still %g", key,
			       line_state (line, key));
		g_usleep (50000);
	}
}

static void
take_over (Person *person)
{
	person_press ("F4");
	person_click (person, "Take over the bench");
	person_await_text (person, "Give the bench back");
}

/* All that comes before a contactor, by hand. */
static void
close_contactor (Person *person)
{
	person_await_text (person, "DAQ: answers");
	person_click (person, "Door lock (bolt out): Switch on");
	await_state (person->line, "door_lock", 1);
	person_click (person, "BMS supply: Switch on");
	person_await_text (person, "BMS: answers");
	person_click (person, "Discharge resistor: Switch off");
	await_state (person->line, "discharge", 0);
	person_click (person, "Main contactor: Switch on");
	await_state (person->line, "main_contactor", 1);
}

/* The discharge resistor is in where a run or a recovery has left it in; else it is off already. */
START_TEST (a_contactor_closed_by_hand_opens_with_the_door_and_leaving_makes_all_safe)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);
	g_autoptr (PlRunRow) run = NULL;

	take_over (person);
	person_await_text (person, "Fixture: answers");
	person_click (person, "Discharge resistor: Switch on");
	await_state (line, "discharge", 1);
	close_contactor (person);
	g_free (line_tell (line, "fault door-open"));
	person_await_text (person, "everything was switched off");
	await_state (line, "main_contactor", 0);
	g_free (line_tell (line, "clear door-open"));
	person_click (person, "Give the bench back");
	person_await_text (person, "Take over the bench");
	line_assert_safe (line);
	await_state (line, "door_lock", 0);
	person_press ("F1");
	person_await (person, "READY");
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ABORTED");
}
END_TEST

START_TEST (a_scan_while_the_bench_is_held_is_refused_and_said_and_leaving_the_page_gives_it_back)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);

	take_over (person);
	person_scan ("PL32-000001");
	person_await_text (person, "the code was not taken");
	person_press ("F1");
	person_await (person, "READY");
	line_assert_safe (line);
}
END_TEST

START_TEST (an_instrument_that_is_unplugged_is_shown_with_what_to_do_and_comes_back)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);

	take_over (person);
	person_await_text (person, "Supply: answers");
	g_free (line_tell (line, "fault instrument-unplugged:role=supply"));
	person_await_text (person, "Supply: does not answer");
	person_await_text (person, "Check its cable and its power");
	g_free (line_tell (line, "clear instrument-unplugged:role=supply"));
	person_await_text (person, "Supply: answers");
}
END_TEST

/* The teardown of a sitting is never skipped, whoever closes the window. */
START_TEST (a_window_that_is_closed_over_a_closed_contactor_leaves_it_open)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	Person *person = person_start (line);

	take_over (person);
	person_await_text (person, "Fixture: answers");
	person_click (person, "Discharge resistor: Switch on");
	await_state (line, "discharge", 1);
	close_contactor (person);
	person_stop (person);
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-service");
	TCase *tcase = tcase_create ("by hand");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (tcase,
			a_contactor_closed_by_hand_opens_with_the_door_and_leaving_makes_all_safe);
	tcase_add_test (
	    tcase,
	    a_scan_while_the_bench_is_held_is_refused_and_said_and_leaving_the_page_gives_it_back);
	tcase_add_test (tcase,
			an_instrument_that_is_unplugged_is_shown_with_what_to_do_and_comes_back);
	tcase_add_test (tcase, a_window_that_is_closed_over_a_closed_contactor_leaves_it_open);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
