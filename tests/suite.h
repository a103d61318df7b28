/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <check.h>
#include <glib.h>
#include <stdlib.h>

/* Every suite's main: one forked child a test; TAP and verbosity come from the environment (CK_*).
 */
static inline int
pl_suite_main (Suite *suite)
{
	SRunner *runner = srunner_create (suite);
	int failed;

	srunner_run_all (runner, CK_ENV);
	failed = srunner_ntests_failed (runner);
	srunner_free (runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Claims that a call succeeded, and prints its GError if it did not. */
#define ck_assert_ok(ok, error)                                                                    \
	ck_assert_msg ((ok), "%s", (error) != NULL ? (error)->message : "failed without an error")
/* Claims that a call failed with this domain and code. */
#define ck_assert_err(error, domain, code_)                                                        \
	ck_assert_msg (g_error_matches ((error), (domain), (code_)), "other error: %s",            \
		       (error) != NULL ? (error)->message : "none")
