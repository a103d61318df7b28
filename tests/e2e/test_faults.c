/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <string.h>

/*
 * One row a fault of the catalogue: what the run must come to, which step must say so, and what of
 * the cause a person must be able to read. None of them may ever PASS.
 */
static const struct {
	const char *fault;
	int code; /* 1 = FAIL, 2 = ERROR */
	const char *step; /* that takes the blame */
	const char *cause; /* in its message */
} cases[] = {
    {"loose-busbar", 1, "dcir", "position 7"},
    {"reversed-cell", 1, "cell-voltages", "cell 7"},
    {"swapped-sense-wires", 1, "cell-voltages", "cell"},
    {"open-probe", 1, "cell-voltages", "cell 7"},
    {"low-capacity-cell", 1, NULL, "cell"},
    {"soft-short", 1, "cell-voltages", "spread"},
    {"stuck-ntc", 1, "temperatures", "NTC 2"},
    {"welded-contactor", 1, "contactors", "welded"},
    {"hipot-breakdown", 1, "hipot", "breakdown"},
    {"low-insulation", 1, "insulation", "resistance_ohm_pos-chassis"},
    {"insulation-monitor-left-on", 1, "insulation", "resistance_ohm"},
    {"wrong-firmware", 2, "flash", "PL-BMS-16S"},
    {"bms-silent", 2, "flash", NULL},
    {"printer-paper-out", 2, "bench-ready", "labels"},
    {"instrument-unplugged:role=hipot", 2, "bench-ready", "hipot"},
    {"instrument-unplugged:role=daq at 200", 2, NULL, "daq"},
    {"door-opened-under-hv", 2, "insulation", "door"},
    {"open-probe:side=daq", 1, "cell-voltages", "cell 7"},
    {"cold-cell", 1, NULL, NULL},
    {"dead-balancer", 1, "balancing", "cell 9"},
    {"current-gain", 1, "current-calibration", "gain_error_percent"},
    {"stuck-open-contactor", 1, "dcir", "does not follow its coil"},
    {"no-precharge", 1, "dcir", "pre-charge"},
    {"high-ground-bond", 1, "ground-bond", "resistance_ohm"},
    {"leaky-housing", 1, "leak", "decay_pa"},
    {"estop-pressed", 2, NULL, "emergency stop"},
    {"door-open", 2, "fixture-close", "door"},
};

START_TEST (every_fault_ends_with_the_right_verdict_step_and_cause)
{
	const char *faults[] = {cases[_i].fault, NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	const PlStepRow *blamed;
	int code;

	line_assemble (line, "PL32-000001");
	code = line_run (line, "PL32-000001", NULL);
	ck_assert_msg (code == cases[_i].code, "%s: exit code %d, expected %d: %s", cases[_i].fault,
		       code, cases[_i].code, line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, code == 1 ? "FAIL" : "ERROR");
	ck_assert_ptr_nonnull (run->cause);
	blamed = line_blamed (run);
	ck_assert_ptr_nonnull (blamed);
	if (cases[_i].step != NULL)
		ck_assert_msg (strcmp (blamed->name, cases[_i].step) == 0,
			       "%s: %s is blamed (%s), not %s", cases[_i].fault, blamed->name,
			       blamed->message, cases[_i].step);
	if (cases[_i].cause != NULL)
		ck_assert_msg (strstr (blamed->message, cases[_i].cause) != NULL,
			       "%s: \"%s\" does not say \"%s\"", cases[_i].fault, blamed->message,
			       cases[_i].cause);
	if (strstr (cases[_i].fault, "unplugged") == NULL)
		line_assert_safe (line);
}
END_TEST

START_TEST (a_door_does_not_open_on_a_pack_whose_terminals_stay_live)
{
	const char *faults[] = {"welded-contactor", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	const PlStepRow *last;

	line_assemble (line, "PL32-000001");
	ck_assert_int_eq (line_run (line, "PL32-000001", NULL), 1);
	run = line_last_run (line);
	last = g_ptr_array_index (run->steps, run->steps->len - 1);
	ck_assert_str_eq (last->name, "fixture-open");
	ck_assert_msg (strstr (last->message, "the door stays locked") != NULL, "%s",
		       last->message);
	ck_assert_double_eq (line_state (line, "door_lock"), 1);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-faults");
	TCase *tcase = tcase_create ("faults");

	tcase_set_timeout (tcase, 300);
	tcase_add_loop_test (tcase, every_fault_ends_with_the_right_verdict_step_and_cause, 0,
			     G_N_ELEMENTS (cases));
	tcase_add_test (tcase, a_door_does_not_open_on_a_pack_whose_terminals_stay_live);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
