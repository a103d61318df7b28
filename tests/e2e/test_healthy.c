/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <string.h>

/* The 15 steps of the pack's end-of-line recipe; the last two of the file are one in the plan. */
static const char *const expected[] = {
    "bench-ready",
    "fixture-close",
    "identify",
    "ground-bond",
    "insulation",
    "hipot",
    "flash",
    "cell-voltages",
    "temperatures",
    "dcir",
    "current-calibration",
    "contactors",
    "protections",
    "balancing",
    "short-cycle",
    "leak",
    "set-soc",
    "label",
    "make-safe",
    "fixture-open",
};

START_TEST (a_healthy_pack_passes_every_step_of_the_recipe)
{
	g_autoptr (Line) line = line_start (NULL, FALSE);
	g_autoptr (PlRunRow) run = NULL;
	int code;

	line_assemble (line, "PL32-000001");
	code = line_run (line, "PL32-000001", NULL);
	ck_assert_msg (code == 0, "exit code %d: %s", code, line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "PASS");
	ck_assert_str_eq (run->kind, "simulated");
	ck_assert_ptr_nonnull (run->grade);
	ck_assert_uint_eq (run->steps->len, G_N_ELEMENTS (expected));
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		ck_assert_str_eq (step->name, expected[i]);
		ck_assert_msg (strcmp (step->verdict, "PASS") == 0, "%s: %s", step->name,
			       step->message);
	}
	line_assert_safe (line);
}
END_TEST

static void
record_and_verify (Line *line)
{
	const char *record[] = {"record", "PL32-000001", NULL};
	const char *verify[] = {"record", "verify", "record.json", "--key", "station/station.pub",
				NULL};
	g_autofree char *file = g_build_filename (line->dir, "record.json", NULL);
	char *at;

	ck_assert_int_eq (line_packline (line, record), 0);
	ck_assert (g_file_set_contents (file, line->said, -1, NULL));
	ck_assert_int_eq (line_packline (line, verify), 0);
	ck_assert (g_file_get_contents (file, &at, NULL, NULL));
	*strstr (at, "PL32-000001") = 'Q'; /* another serial under the same signature */
	ck_assert (g_file_set_contents (file, at, -1, NULL));
	g_free (at);
	ck_assert_int_eq (line_packline (line, verify), 1);
}

START_TEST (the_record_verifies_and_a_changed_one_does_not)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	const char *check[] = {"db", "check", NULL}, *verify[] = {"db", "verify", NULL};
	g_autofree char *label = g_build_filename (line->dir, "sim", "label-0001.zpl", NULL);
	g_autofree char *zpl = NULL;

	line_assemble (line, "PL32-000001");
	ck_assert_msg (line_run (line, "PL32-000001", NULL) == 0, "%s", line_tail (line));
	record_and_verify (line);
	ck_assert_int_eq (line_packline (line, check), 0);
	ck_assert_int_eq (line_packline (line, verify), 0);
	ck_assert (g_file_get_contents (label, &zpl, NULL, NULL));
	ck_assert_ptr_nonnull (strstr (zpl, "^BXN,8,200^FDPL32-000001^FS"));
}
END_TEST

START_TEST (flashing_changes_what_the_pack_really_runs_and_is_not_done_twice)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);

	line_assemble (line, "PL32-000001");
	ck_assert_msg (line_run (line, "PL32-000001", NULL) == 0, "%s", line_tail (line));
	ck_assert_msg (strstr (line->said, "written and verified") != NULL, "%s", line_tail (line));
	/* the board that is on the line keeps its flash: what was written is what it runs now */
	line_assemble (line, "PL32-000002");
	ck_assert_msg (line_run (line, "PL32-000002", NULL) == 0, "%s", line_tail (line));
	ck_assert_msg (strstr (line->said, "already runs the approved release") != NULL, "%s",
		       line_tail (line));
}
END_TEST

START_TEST (a_scanned_serial_starts_the_run)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (PlRunRow) run = NULL;

	line_assemble (line, "PL32-000003");
	g_free (line_tell (line, "act scanner scan PL32-000003"));
	ck_assert_msg (line_scan_and_run (line) == 0, "%s", line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->serial, "PL32-000003");
	ck_assert_str_eq (run->entry, "scanned");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-healthy");
	TCase *tcase = tcase_create ("healthy");

	tcase_set_timeout (tcase, 300);
	tcase_add_test (tcase, a_healthy_pack_passes_every_step_of_the_recipe);
	tcase_add_test (tcase, the_record_verifies_and_a_changed_one_does_not);
	tcase_add_test (tcase, flashing_changes_what_the_pack_really_runs_and_is_not_done_twice);
	tcase_add_test (tcase, a_scanned_serial_starts_the_run);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
