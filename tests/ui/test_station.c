/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <string.h>

/* The station as an operator has it: window, keys and scanner, against the simulated line. */

#define PACK "PL32-000001"

static void
assert_last (Line *line, const char *verdict, const char *entry)
{
	g_autoptr (PlRunRow) run = line_last_run (line);

	ck_assert_str_eq (run->verdict, verdict);
	ck_assert_str_eq (run->entry, entry);
}

static void
scan_at_bench (Line *line, const char *code)
{
	g_autofree char *words = g_strdup_printf ("act scanner scan %s", code);

	g_free (line_tell (line, words));
}

START_TEST (a_good_pack_scanned_at_the_bench_is_shown_as_pass_in_the_language_asked_for)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	scan_at_bench (line, PACK);
	person_await (person, "TESTING " PACK);
	person_press ("F9");
	person_await (person, "测试中 " PACK);
	person_await (person, "合格 " PACK);
	person_press ("F9");
	person_await (person, "PASS " PACK);
	assert_last (line, "PASS", "scanned");
	line_assert_safe (line);
}
END_TEST

START_TEST (a_bad_pack_is_shown_as_fail_with_its_cause_and_holds_the_slot_until_acknowledged)
{
	const char *faults[] = {"loose-busbar", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;
	g_autofree char *reason = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "FAIL " PACK);
	reason = person_reason (person);
	ck_assert_msg (strstr (reason, "position 7") != NULL, "%s", reason);
	person_scan ("PL32-000002");
	person_await_text (person, "acknowledge the failed pack first");
	person_await (person, "FAIL " PACK);
	person_click (person, "Acknowledge");
	person_await (person, "READY");
	assert_last (line, "FAIL", "scanned");
}
END_TEST

START_TEST (codes_that_are_foreign_torn_or_unframed_start_nothing)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);

	person_scan ("QX-77");
	person_await (person, "BLOCKED QX-77");
	person_await_text (person, "is not a serial of");
	/* the scanner fell silent in the middle of a code */
	person_press ("F12");
	person_type ("PL32-0000");
	person_scan ("");
	person_await_text (person, "broke off");
	person_type (PACK);
	person_press ("Return");
	person_await_text (person, "without the scanner's frame");
	person_await (person, "BLOCKED QX-77");
}
END_TEST

START_TEST (a_scan_with_the_focus_on_stop_does_not_press_it_and_is_not_taken)
{
	g_autoptr (Line) line = line_start (NULL, FALSE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "TESTING " PACK);
	person_focus (person, "Stop");
	person_scan ("PL32-000002");
	person_await_text (person, "the code was not taken");
	/* an unframed scanner's blank and Return, too */
	person_press ("space");
	person_press ("Return");
	person_await (person, "PASS " PACK);
}
END_TEST

START_TEST (stop_in_the_middle_of_a_run_leaves_the_outputs_safe)
{
	g_autoptr (Line) line = line_start (NULL, FALSE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "TESTING " PACK);
	person_press ("Escape");
	person_click (person, "Stop");
	person_await (person, "ABORTED " PACK);
	assert_last (line, "ABORTED", "scanned");
	line_assert_safe (line);
}
END_TEST

/* The tester cannot be asked to switch off: that is said before anything of the pack. */
static const struct {
	const char *fault, *verdict, *reason;
} unplugged[] = {
    {"instrument-unplugged:role=printer", "ERROR " PACK, "printer"},
    {"instrument-unplugged:role=hipot", "UNSAFE " PACK, "hipot"},
};

START_TEST (an_unplugged_instrument_is_the_stations_trouble_and_not_the_packs)
{
	const char *faults[] = {unplugged[_i].fault, NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;
	g_autofree char *reason = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, unplugged[_i].verdict);
	reason = person_reason (person);
	ck_assert_msg (strstr (reason, unplugged[_i].reason) != NULL, "%s", reason);
	assert_last (line, "ERROR", "scanned");
}
END_TEST

START_TEST (a_station_that_was_killed_says_so_when_it_is_back_and_is_safe)
{
	g_autoptr (Line) line = line_start (NULL, FALSE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "TESTING " PACK);
	person_kill (person);
	person = person_start (line);
	person_await_text (person, "interrupted runs are ERROR");
	assert_last (line, "ERROR", "scanned");
	line_assert_safe (line);
}
END_TEST

START_TEST (a_scan_into_the_open_dialog_is_a_scan)
{
	const char *faults[] = {"reversed-cell", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_press ("F2");
	person_await_text (person, "Type the pack's serial");
	person_type ("PL3");
	person_scan (PACK);
	person_await (person, "FAIL " PACK);
	assert_last (line, "FAIL", "scanned");
}
END_TEST

START_TEST (a_serial_typed_in_the_dialog_is_recorded_as_typed)
{
	const char *faults[] = {"reversed-cell", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_press ("F2");
	person_await_text (person, "Type the pack's serial");
	person_type (PACK);
	person_press ("Return");
	person_await (person, "FAIL " PACK);
	assert_last (line, "FAIL", "typed");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-station");
	TCase *tcase = tcase_create ("station");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (
	    tcase, a_good_pack_scanned_at_the_bench_is_shown_as_pass_in_the_language_asked_for);
	tcase_add_test (
	    tcase,
	    a_bad_pack_is_shown_as_fail_with_its_cause_and_holds_the_slot_until_acknowledged);
	tcase_add_test (tcase, codes_that_are_foreign_torn_or_unframed_start_nothing);
	tcase_add_test (tcase, a_scan_with_the_focus_on_stop_does_not_press_it_and_is_not_taken);
	tcase_add_test (tcase, stop_in_the_middle_of_a_run_leaves_the_outputs_safe);
	tcase_add_loop_test (tcase,
			     an_unplugged_instrument_is_the_stations_trouble_and_not_the_packs, 0,
			     G_N_ELEMENTS (unplugged));
	tcase_add_test (tcase, a_station_that_was_killed_says_so_when_it_is_back_and_is_safe);
	tcase_add_test (tcase, a_scan_into_the_open_dialog_is_a_scan);
	tcase_add_test (tcase, a_serial_typed_in_the_dialog_is_recorded_as_typed);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
