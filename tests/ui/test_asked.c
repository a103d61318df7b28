/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <string.h>

/* A run that asks, as an operator answers it: with the finger, with a scanner, in either language.
 */

#define PACK "PL32-000001"

/* The station runs the rework recipe instead. */
static void
take_rework_recipe (Line *line)
{
	g_autofree char *from = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
						  "pack-rework-32s.yaml", NULL);
	g_autofree char *to = g_build_filename (line->dir, "recipe.yaml", NULL);
	g_autofree char *text = NULL;

	ck_assert (g_file_get_contents (from, &text, NULL, NULL));
	ck_assert (g_file_set_contents (to, text, -1, NULL));
}

/* A pack whose busbar is loose, found by the whole test; then somebody mends it. */
static Line *
line_with_mended_pack (void)
{
	const char *faults[] = {"loose-busbar", NULL};
	Line *line = line_start (faults, TRUE);

	line_assemble (line, PACK);
	ck_assert_msg (line_run (line, PACK, NULL) == 1, "%s", line_tail (line));
	g_free (line_tell (line, "clear loose-busbar"));
	take_rework_recipe (line);
	return line;
}

static const PlMeasurementRow *
measured (const PlRunRow *run, const char *step_name, const char *name)
{
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		for (guint k = 0;
		     g_str_equal (step->name, step_name) && k < step->measurements->len; k++) {
			const PlMeasurementRow *m = g_ptr_array_index (step->measurements, k);

			if (g_str_equal (m->name, name))
				return m;
		}
	}
	ck_abort_msg ("%s did not measure %s", step_name, name);
}

static void
assert_measured (Line *line, const char *step, const char *name, const char *words)
{
	g_autoptr (PlRunRow) run = line_last_run (line);

	ck_assert_str_eq (measured (run, step, name)->words, words);
}

START_TEST (a_rework_is_answered_by_finger_and_by_both_scanners)
{
	g_autoptr (Line) line = line_with_mended_pack ();
	g_autoptr (Person) person = person_start (line);

	person_scan (PACK);
	person_await (person, "YOUR TURN " PACK);
	person_await_text (person, "Reseat the busbar at position 7");
	person_click (person, "✔  It is done");
	person_await_text (person, "Scan the torque tool");
	person_scan ("TQ-7");
	person_await_text (person, "is not the one that is asked for");
	g_free (line_tell (line, "act scanner scan TQ-0007"));
	person_await_text (person, "Look through the window");
	person_click (person, "✔  Pass");
	person_await (person, "PASS " PACK);
	assert_measured (line, "torque-tool", "code", "TQ-0007");
	assert_measured (line, "torque-tool", "entry", "scanned");
	assert_measured (line, "reseat", "entry", "pressed");
	line_assert_safe (line);
}
END_TEST

START_TEST (a_bad_look_in_chinese_fails_the_pack_with_the_recipes_own_reason)
{
	g_autoptr (Line) line = line_with_mended_pack ();
	g_autoptr (Person) person = person_start (line);
	g_autoptr (PlRunRow) run = NULL;

	person_scan (PACK);
	person_await_text (person, "Reseat the busbar at position 7");
	person_press ("F9");
	person_await (person, "请操作 " PACK);
	person_await_text (person, "重新安装 7 号位汇流排");
	person_click (person, "✔  已完成");
	person_await_text (person, "扫描所用扭力工具的条码");
	person_scan ("TQ-0008");
	person_await_text (person, "透过观察窗查看");
	person_click (person, "✘  不合格");
	person_click (person, "扭力标记未对齐");
	person_await (person, "不合格 " PACK);
	assert_measured (line, "torque-tool", "code", "TQ-0008");
	run = line_last_run (line);
	ck_assert_msg (strstr (run->cause, "torque mark out of line") != NULL, "%s", run->cause);
	line_assert_safe (line);
}
END_TEST

START_TEST (a_typed_code_is_recorded_as_typed)
{
	g_autoptr (Line) line = line_with_mended_pack ();
	g_autoptr (Person) person = person_start (line);

	person_scan (PACK);
	person_await_text (person, "Reseat the busbar at position 7");
	person_click (person, "✔  It is done");
	person_await_text (person, "Scan the torque tool");
	person_press ("F2");
	person_await_text (person, "Type the code that is asked for");
	person_type ("TQ-0009");
	person_press ("Return");
	person_await_text (person, "Look through the window");
	person_click (person, "✔  Pass");
	person_await (person, "PASS " PACK);
	assert_measured (line, "torque-tool", "entry", "typed");
}
END_TEST

START_TEST (keys_of_an_unframed_scanner_press_nothing_of_a_prompt_and_stop_leaves_all_safe)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;
	g_autoptr (PlRunRow) run = NULL;

	line_assemble (line, PACK);
	take_rework_recipe (line);
	person = person_start (line);
	person_scan (PACK);
	person_await_text (person, "Reseat the busbar at position 7");
	person_focus (person, "✔  It is done");
	person_press ("space");
	person_press ("Return");
	person_await_text (person, "without the scanner's frame");
	person_await (person, "YOUR TURN " PACK);
	person_await_text (person, "Reseat the busbar at position 7");
	person_click (person, "■  Stop");
	person_await (person, "ABORTED " PACK);
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ABORTED");
	line_assert_safe (line);
}
END_TEST

START_TEST (a_setup_check_names_the_instrument_that_is_unplugged)
{
	const char *faults[] = {"instrument-unplugged:role=printer", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = person_start (line);

	person_press ("F7");
	person_await_text (person, "Check the station at the start of each shift");
	person_click (person, "Check now");
	person_await_text (person, "The station is not fit");
	person_await_text (person, "Printer: not good");
	person_await_text (person, "Hipot: good");
	g_free (line_tell (line, "clear instrument-unplugged:role=printer"));
	person_click (person, "Check now");
	person_await_text (person, "The station is fit");
	person_press ("F1");
	person_await (person, "READY");
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-asked");
	TCase *tcase = tcase_create ("asked");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (tcase, a_rework_is_answered_by_finger_and_by_both_scanners);
	tcase_add_test (tcase, a_bad_look_in_chinese_fails_the_pack_with_the_recipes_own_reason);
	tcase_add_test (tcase, a_typed_code_is_recorded_as_typed);
	tcase_add_test (
	    tcase, keys_of_an_unframed_scanner_press_nothing_of_a_prompt_and_stop_leaves_all_safe);
	tcase_add_test (tcase, a_setup_check_names_the_instrument_that_is_unplugged);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
