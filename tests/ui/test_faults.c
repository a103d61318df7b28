/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <string.h>

/* What goes wrong while a person stands in front of the station, as the screen tells it. */

#define PACK "PL32-000001"
#define PATIENCE_US (60 * G_USEC_PER_SEC)
/* process seconds in one of the clock's: slow enough for hands, fast enough for a suite */
#define SCALE 10

static void
begin (Line *line, Person **person)
{
	line_assemble (line, PACK);
	*person = person_start (line);
	person_scan (PACK);
	person_await (*person, "TESTING " PACK);
}

static void
assert_reason (Person *person, const char *part)
{
	g_autofree char *reason = person_reason (person);

	ck_assert_msg (strstr (reason, part) != NULL, "\"%s\" does not say \"%s\"", reason, part);
}

static void
assert_kept (Line *line, const char *verdict, const char *cause)
{
	g_autoptr (PlRunRow) run = line_last_run (line);

	ck_assert_str_eq (run->verdict, verdict);
	ck_assert_msg (strstr (run->cause, cause) != NULL, "%s", run->cause);
}

static void
await_state (Line *line, const char *key, double least)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (line_state (line, key) < least) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s never came to %g", key, least);
		g_usleep (20000);
	}
}

static void
await_off (Line *line)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (line_state (line, "hv_on") > 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "high voltage stays on");
		g_usleep (20000);
	}
}

/* -- the bench --------------------------------------------------------------------------------- */

START_TEST (a_wire_that_dies_in_the_run_is_not_the_packs_fault_and_is_named_in_both_languages)
{
	const char *faults[] = {"instrument-unplugged:role=daq at 200", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	begin (line, &person);
	/* nobody proves the fixture discharged without it */
	person_await (person, "UNSAFE " PACK);
	assert_reason (person, "ERROR");
	assert_reason (person, "daq");
	person_press ("F9");
	person_await (person, "危险 " PACK);
	assert_reason (person, "异常");
	assert_reason (person, "数据采集仪");
	assert_kept (line, "ERROR", "daq");
}
END_TEST

START_TEST (a_printer_that_runs_out_of_labels_gives_no_pass_and_the_pack_its_label_after_a_new_roll)
{
	const char *faults[] = {"printer-paper-out at 200", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	begin (line, &person);
	person_await (person, "ERROR " PACK);
	assert_reason (person, "it is out of labels: put in a new roll");
	person_press ("F9");
	person_await (person, "异常 " PACK);
	assert_reason (person, "标签用完：请装入新标签卷");
	person_press ("F9");
	assert_kept (line, "ERROR", "out of labels");
	line_assert_safe (line);
	g_free (line_tell (line, "clear printer-paper-out"));
	person_scan (PACK);
	person_await (person, "TESTING " PACK);
	person_await (person, "PASS " PACK);
}
END_TEST

/* -- the route --------------------------------------------------------------------------------- */

static void
require_in_recipe (Line *line, const char *recipe)
{
	g_autofree char *path = g_build_filename (line->dir, "recipe.yaml", NULL);
	g_autofree char *text = NULL, *longer = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (g_file_get_contents (path, &text, NULL, &error), error);
	longer = g_strdup_printf ("%s\nrequires: [%s]\n", text, recipe);
	ck_assert_ok (g_file_set_contents (path, longer, -1, &error), error);
}

START_TEST (a_pack_that_skipped_a_station_is_blocked_and_told_where_to_go_and_nothing_was_touched)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	require_in_recipe (line, "formation-32s");
	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "BLOCKED " PACK);
	assert_reason (person, "it has not passed formation-32s; run that first");
	person_press ("F9");
	person_await (person, "已拦截 " PACK);
	assert_reason (person, "尚未通过 formation-32s");
	ck_assert_double_eq (line_state (line, "clamp_closed"), 0);
	line_assert_safe (line);
}
END_TEST

/* -- in the middle of high voltage ------------------------------------------------------------- */

START_TEST (stop_in_the_middle_of_hipot_takes_the_voltage_off_at_once_and_leaves_all_safe)
{
	g_autoptr (Line) line = line_start_scaled (NULL, TRUE, SCALE);
	g_autoptr (Person) person = NULL;
	double stopped;

	begin (line, &person);
	await_state (line, "hv_level", 1000);
	stopped = line_state (line, "time_s");
	person_click (person, "Stop");
	await_off (line);
	/* a person's hands, and not the test's own end a minute later */
	ck_assert_double_lt (line_state (line, "time_s") - stopped, 30);
	person_await (person, "ABORTED " PACK);
	assert_kept (line, "ABORTED", "stopped by 4711");
	line_assert_safe (line);
}
END_TEST

START_TEST (
    a_station_killed_under_high_voltage_says_what_was_live_on_which_pack_and_that_it_is_safe)
{
	g_autoptr (Line) line = line_start_scaled (NULL, TRUE, SCALE);
	g_autoptr (Person) person = NULL;

	begin (line, &person);
	await_state (line, "hv_level", 1000);
	person_kill (person);
	person = person_start (line);
	person_await_text (person, "may be live since");
	person_await_text (person, "hipot output");
	person_await_text (person, "interrupted: run of pack " PACK);
	person_await_text (person, "all outputs are off");
	person_press ("F9");
	person_await_text (person, "中断：电池包 " PACK " 的测试");
	person_await_text (person, "耐压仪输出");
	person_await_text (person, "所有输出已关断");
	assert_kept (line, "ERROR", "interrupted");
	line_assert_safe (line);
}
END_TEST

/* -- the other language ------------------------------------------------------------------------ */

START_TEST (the_language_changes_in_the_run_and_nothing_is_lost)
{
	const char *faults[] = {"loose-busbar", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	begin (line, &person);
	person_press ("F9");
	person_await (person, "测试中 " PACK);
	person_press ("F9");
	person_await (person, "TESTING " PACK);
	person_press ("F9");
	person_await (person, "不合格 " PACK);
	assert_reason (person, "位置 7");
	person_await_text (person, "绝缘电阻");
	person_press ("F9");
	person_await (person, "FAIL " PACK);
	assert_reason (person, "position 7");
	person_await_text (person, "Insulation resistance");
	assert_kept (line, "FAIL", "position 7");
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-faults");
	TCase *tcase = tcase_create ("faults");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (
	    tcase,
	    a_wire_that_dies_in_the_run_is_not_the_packs_fault_and_is_named_in_both_languages);
	tcase_add_test (
	    tcase,
	    a_printer_that_runs_out_of_labels_gives_no_pass_and_the_pack_its_label_after_a_new_roll);
	tcase_add_test (
	    tcase,
	    a_pack_that_skipped_a_station_is_blocked_and_told_where_to_go_and_nothing_was_touched);
	tcase_add_test (
	    tcase, stop_in_the_middle_of_hipot_takes_the_voltage_off_at_once_and_leaves_all_safe);
	tcase_add_test (
	    tcase,
	    a_station_killed_under_high_voltage_says_what_was_live_on_which_pack_and_that_it_is_safe);
	tcase_add_test (tcase, the_language_changes_in_the_run_and_nothing_is_lost);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
