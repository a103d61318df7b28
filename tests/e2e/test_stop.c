/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <signal.h>
#include <string.h>

/* A person, the door or the emergency stop ends a run; and the station dies at any moment. */

/* Until the run has got as far as the line's own clock says. */
static void
await_time (Line *line, double seconds)
{
	for (guint i = 0; i < 2000 && line_state (line, "time_s") < seconds; i++)
		g_usleep (5000);
	ck_assert_double_ge (line_state (line, "time_s"), seconds);
}

START_TEST (an_operator_who_stops_a_run_gets_a_torn_down_bench_and_aborted)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	GPid pid;

	line_assemble (line, "PL32-000001");
	pid = line_run_async (line, "PL32-000001");
	await_time (line, 20);
	kill (pid, SIGINT);
	ck_assert_int_eq (line_wait (pid, 60), 4);
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ABORTED");
	ck_assert_str_eq (((PlStepRow *)g_ptr_array_index (run->steps, run->steps->len - 1))->name,
			  "fixture-open");
	line_assert_safe (line);
}
END_TEST

static const struct {
	const char *fault, *cause;
} chain[] = {
    {"estop-pressed at 20", "emergency stop"},
    {"door-open at 20", "door"},
    {"estop-pressed at 150", "emergency stop"},
    {"door-open at 150", "door"},
};

START_TEST (estop_and_door_end_a_run_as_error_with_outputs_off)
{
	const char *faults[] = {chain[_i].fault, NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (PlRunRow) run = NULL;

	line_assemble (line, "PL32-000001");
	ck_assert_msg (line_run (line, "PL32-000001", NULL) == 2, "%s", line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ERROR");
	ck_assert_msg (strstr (line_blamed (run)->message, chain[_i].cause) != NULL, "%s",
		       line_blamed (run)->message);
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-stop");
	TCase *tcase = tcase_create ("stop");

	tcase_set_timeout (tcase, 300);
	tcase_add_test (tcase, an_operator_who_stops_a_run_gets_a_torn_down_bench_and_aborted);
	tcase_add_loop_test (tcase, estop_and_door_end_a_run_as_error_with_outputs_off, 0,
			     G_N_ELEMENTS (chain));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
