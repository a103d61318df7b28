/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <string.h>

/* The demo's bench with a Chroma 19032 in the place of its hipot tester: the recipe sees no
 * difference. */
static const char *const changes[] = {"gwinstek-gpt9000", "chroma-19050",     "EM110867",
				      "19032P101788",	  "model: GPT-9904",  "model: 19032",
				      "link: pty:hipot",  "link: pty:chroma", NULL};

static Line *
start (const char *fault, gboolean fast)
{
	const char *faults[] = {fault, NULL};

	return line_start_changed (fault != NULL ? faults : NULL, fast, changes);
}

START_TEST (a_healthy_pack_passes_every_step_of_the_recipe)
{
	g_autoptr (Line) line = start (NULL, FALSE);
	g_autoptr (PlRunRow) run = NULL;
	int code;

	line_assemble (line, "PL32-000001");
	code = line_run (line, "PL32-000001", NULL);
	ck_assert_msg (code == 0, "exit code %d: %s", code, line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "PASS");
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		ck_assert_msg (strcmp (step->verdict, "PASS") == 0, "%s: %s", step->name,
			       step->message);
	}
	line_assert_safe (line);
}
END_TEST

static const struct {
	const char *fault;
	int code; /* 1 = FAIL, 2 = ERROR */
	const char *step, *cause;
} cases[] = {
    {"hipot-breakdown", 1, "hipot", "breakdown"},
    {"low-insulation", 1, "insulation", "resistance_ohm_pos-chassis"},
    {"high-ground-bond", 1, "ground-bond", "resistance_ohm"},
    {"insulation-monitor-left-on", 1, "insulation", "resistance_ohm"},
    {"door-opened-under-hv", 2, "insulation", "door"},
    {"instrument-unplugged:role=hipot", 2, "bench-ready", "hipot"},
};

START_TEST (every_fault_that_the_tester_finds_ends_as_with_the_other_one)
{
	g_autoptr (Line) line = start (cases[_i].fault, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	const PlStepRow *blamed;
	int code;

	line_assemble (line, "PL32-000001");
	code = line_run (line, "PL32-000001", NULL);
	ck_assert_msg (code == cases[_i].code, "%s: exit code %d: %s", cases[_i].fault, code,
		       line_tail (line));
	run = line_last_run (line);
	blamed = line_blamed (run);
	ck_assert_ptr_nonnull (blamed);
	ck_assert_msg (strcmp (blamed->name, cases[_i].step) == 0 &&
			   strstr (blamed->message, cases[_i].cause) != NULL,
		       "%s: %s: %s", cases[_i].fault, blamed->name, blamed->message);
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-chroma");
	TCase *tcase = tcase_create ("chroma");

	tcase_set_timeout (tcase, 300);
	tcase_add_test (tcase, a_healthy_pack_passes_every_step_of_the_recipe);
	tcase_add_loop_test (tcase, every_fault_that_the_tester_finds_ends_as_with_the_other_one, 0,
			     G_N_ELEMENTS (cases));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
