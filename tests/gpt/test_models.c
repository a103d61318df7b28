/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/gwinstek_gpt/models.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

static PlGptSettings
plan_ok (const char *model, PlHipotSetup setup)
{
	PlGptSettings plan;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_gpt_plan (pl_gpt_model_find (model), &setup, &plan, &error), error);
	return plan;
}

static const struct {
	const char *model;
	PlHipotSetup setup;
	const char *word; /* of the error */
} refused[] = {
    {"GPT-9801", {PL_HIPOT_DCW, 1000, 1e-3, 0, 1, 1, 0}, "withstand with DC"},
    {"GPT-9802", {PL_HIPOT_IR, 500, 0, 1e6, 0, 1, 0}, "insulation resistance"},
    {"GPT-9903A", {PL_HIPOT_GB, 25, 0.1, 0, 0, 1, 0}, "ground bond"},
    {"GPT-9804", {PL_HIPOT_ACW, 5001, 1e-3, 0, 1, 1, 0}, "100 to 5000 V"},
    {"GPT-9804", {PL_HIPOT_ACW, 99, 1e-3, 0, 1, 1, 0}, "100 to 5000 V"},
    {"GPT-9904", {PL_HIPOT_DCW, 6200, 1e-3, 0, 1, 1, 0}, "100 to 6100 V"},
    {"GPT-9904", {PL_HIPOT_DCW, NAN, 1e-3, 0, 1, 1, 0}, "level"},
    {"GPT-9904", {PL_HIPOT_DCW, -1000, 1e-3, 0, 1, 1, 0}, "level"},
    {"GPT-9804", {PL_HIPOT_ACW, 1000, 43e-3, 0, 1, 1, 0}, "1e-06 to 0.042 A"},
    {"GPT-9804", {PL_HIPOT_DCW, 1000, 12e-3, 0, 1, 1, 0}, "to 0.011 A"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 22e-3, 0, 1, 1, 0}, "to 0.021 A"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, -1e-3, 0, 1, 1, 0}, "high limit"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, NAN, 0, 1, 1, 0}, "high limit"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, 1e-3, 1, 1, 0}, "low limit"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, -1e-3, 1, 1, 0}, "low limit"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, NAN, 1, 1, 0}, "low limit"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, 0, 1, 0.4, 0}, "0.5 to 999.9 s"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, 0, 1000, 1, 0}, "ramp"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, 0, -1, 1, 0}, "ramp"},
    {"GPT-9904", {PL_HIPOT_DCW, 1000, 1e-3, 0, 1, 1, 50}, "frequency"},
    {"GPT-9904", {PL_HIPOT_ACW, 1000, 1e-3, 0, 1, 1, 55}, "50 or 60 Hz"},
    {"GPT-9804", {PL_HIPOT_ACW, 1000, 40e-3, 0, 5, 240, 50}, "to 239.9 s"},
    {"GPT-9904", {PL_HIPOT_ACW, 1000, 100e-3, 0, 5, 240, 50}, "to 239.9 s"},
    {"GPT-9904", {PL_HIPOT_IR, 510, 0, 1e6, 0, 1, 0}, "steps of 50 V, the nearest is 500 V"},
    {"GPT-9904", {PL_HIPOT_IR, 1050, 0, 1e6, 0, 1, 0}, "50 to 1000 V"},
    {"GPT-9904", {PL_HIPOT_IR, 500, 0, 1e6, 0, 0.5, 0}, "1 to 999.9 s"},
    {"GPT-9904", {PL_HIPOT_IR, 500, 0, 0.5e6, 0, 1, 0}, "1e+06 to 9.999e+09 ohm"},
    {"GPT-9904", {PL_HIPOT_IR, 500, 10e9, 1e6, 0, 1, 0}, "9.999e+09 ohm"},
    {"GPT-9904", {PL_HIPOT_GB, 2, 0.1, 0, 0, 1, 0}, "3 to 33 A"},
    {"GPT-9904", {PL_HIPOT_GB, 25, 0.7, 0, 0, 1, 0}, "to 0.65 ohm"},
    {"GPT-9904", {PL_HIPOT_GB, 25, 0.1, 0, 1, 1, 0}, "ramp of a ground bond"},
};

START_TEST (what_the_model_cannot_do_is_refused_with_what_it_can)
{
	PlGptSettings plan;
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_gpt_plan (pl_gpt_model_find (refused[_i].model), &refused[_i].setup, &plan,
				 &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_msg (strstr (error->message, refused[_i].word) != NULL, "%s", error->message);
	ck_assert (strstr (error->message, refused[_i].model) != NULL);
}
END_TEST

START_TEST (rounding_makes_no_limit_looser_and_no_time_shorter)
{
	PlGptSettings plan = plan_ok (
	    "GPT-9904", (PlHipotSetup){PL_HIPOT_DCW, 2093, 1.2387e-3, 0.1234e-3, 5.01, 0.51, 0});

	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 1.23e-3, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_LOW], 0.13e-3, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_TIME], 0.6, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_RAMP], 5.1, 1e-9);
	plan = plan_ok ("GPT-9904", (PlHipotSetup){PL_HIPOT_IR, 500, 1.9999e9, 20.1e6, 0, 60, 0});
	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 1999e6, 1);
	ck_assert_double_eq_tol (plan.item[PL_GPT_LOW], 21e6, 1);
	plan = plan_ok ("GPT-9904", (PlHipotSetup){PL_HIPOT_GB, 25, 0.10009, 0.00101, 0, 5, 0});
	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 0.1, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_LOW], 0.0011, 1e-9);
}
END_TEST

START_TEST (a_limit_in_the_testers_own_steps_is_not_rounded)
{
	for (guint i = 1; i <= 999; i++) {
		PlGptSettings plan =
		    plan_ok ("GPT-9904", (PlHipotSetup){PL_HIPOT_DCW, 1000, i * 1e-5, 0, 1, 1, 0});

		ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], i * 1e-5, 1e-12);
	}
}
END_TEST

START_TEST (no_limit_is_the_widest_and_no_ramp_the_shortest_that_the_model_has)
{
	PlGptSettings plan = plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_IR, 500, 0, 0, 0, 60, 0});

	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 9999e6, 1);
	ck_assert_double_eq_tol (plan.item[PL_GPT_LOW], 1e6, 1);
	ck_assert_double_eq_tol (plan.item[PL_GPT_RAMP], 0.1, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_REFERENCE], 0, 1e-12);
	ck_assert (isnan (plan.item[PL_GPT_FREQUENCY]));
	plan = plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_ACW, 1000, 0, 0, 1, 1, 0});
	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 42e-3, 1e-9);
	ck_assert_double_eq_tol (plan.item[PL_GPT_LOW], 0, 1e-12);
	ck_assert (isnan (plan.item[PL_GPT_FREQUENCY]));
	plan = plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_GB, 25, 0, 0, 0, 1, 50});
	ck_assert_double_eq_tol (plan.item[PL_GPT_HIGH], 0.65, 1e-9);
	ck_assert (isnan (plan.item[PL_GPT_RAMP]));
	ck_assert_double_eq_tol (plan.item[PL_GPT_FREQUENCY], 50, 1e-9);
}
END_TEST

START_TEST (levels_with_the_noise_of_arithmetic_are_taken)
{
	double third = 1000.0 / 3 * 3 + 1e-10;

	ck_assert_double_eq_tol (
	    plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_IR, third, 0, 1e6, 0, 1, 0})
		.item[PL_GPT_LEVEL],
	    1000, 1e-9);
	ck_assert_double_eq_tol (
	    plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_DCW, 1743.9999, 1e-3, 0, 1, 1, 0})
		.item[PL_GPT_LEVEL],
	    1744, 1e-9);
}
END_TEST

/* -- read back --------------------------------------------------------------------------------- */

static const struct {
	PlGptItem item;
	double held;
	const char *word; /* of the error; NULL = stands */
} held[] = {
    {PL_GPT_HIGH, 1e-3, NULL},
    {PL_GPT_HIGH, 1.01e-3, "looser"},
    {PL_GPT_HIGH, 11e-3, "looser"},
    {PL_GPT_HIGH, 0.99e-3, NULL}, /* a step to the strict side */
    {PL_GPT_HIGH, 0.5e-3, "tighter"},
    {PL_GPT_LOW, 0.2e-3, NULL},
    {PL_GPT_LOW, 0.19e-3, "looser"},
    {PL_GPT_LOW, 0, "looser"},
    {PL_GPT_LOW, 0.21e-3, NULL},
    {PL_GPT_LOW, 0.5e-3, "tighter"},
    {PL_GPT_LEVEL, 2093.4, NULL},
    {PL_GPT_LEVEL, 2092, "level of the tester: wrote 2093 V, reads back 2092 V"},
    {PL_GPT_LEVEL, 100, "level"},
    {PL_GPT_TIME, 1.0, NULL},
    {PL_GPT_TIME, 0.9, "test time"},
    {PL_GPT_TIME, 60, "test time"},
    {PL_GPT_RAMP, 0.1, "ramp time"},
    {PL_GPT_REFERENCE, 5e-3, "reference offset"},
    {PL_GPT_HIGH, NAN, "high limit"},
    {PL_GPT_FREQUENCY, 60, NULL}, /* not asked for */
};

START_TEST (what_reads_back_decides_whether_the_test_may_start)
{
	PlGptSettings plan =
	    plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_DCW, 2093, 1e-3, 0.2e-3, 5, 1, 0});
	PlGptSettings back = plan;
	g_autoptr (GError) error = NULL;
	gboolean ok;

	back.item[held[_i].item] = held[_i].held;
	ok = pl_gpt_compare (&plan, &back, &error);
	ck_assert_int_eq (ok, held[_i].word == NULL);
	if (ok)
		return;
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, held[_i].word) != NULL &&
			   strstr (error->message, "nothing was energised") != NULL,
		       "%s", error->message);
}
END_TEST

START_TEST (another_mode_reads_back_as_a_refusal)
{
	PlGptSettings plan =
	    plan_ok ("GPT-9804", (PlHipotSetup){PL_HIPOT_DCW, 2093, 1e-3, 0, 5, 1, 0});
	PlGptSettings back = plan;
	g_autoptr (GError) error = NULL;

	back.mode = PL_HIPOT_ACW;
	ck_assert (!pl_gpt_compare (&plan, &back, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert (strstr (error->message, "wrote DCW, reads back ACW") != NULL);
}
END_TEST

START_TEST (every_model_of_the_table_is_found_by_its_name)
{
	g_autofree char *names = pl_gpt_model_names ();
	g_auto (GStrv) each = g_strsplit (names, ", ", -1);

	ck_assert_uint_ge (g_strv_length (each), 8);
	for (guint i = 0; each[i] != NULL; i++)
		ck_assert_str_eq (pl_gpt_model_find (each[i])->name, each[i]);
	ck_assert_ptr_null (pl_gpt_model_find ("GPT-9805"));
	ck_assert_ptr_null (pl_gpt_model_find (""));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-models");
	TCase *tcase = tcase_create ("models");

	tcase_add_loop_test (tcase, what_the_model_cannot_do_is_refused_with_what_it_can, 0,
			     G_N_ELEMENTS (refused));
	tcase_add_test (tcase, rounding_makes_no_limit_looser_and_no_time_shorter);
	tcase_add_test (tcase, a_limit_in_the_testers_own_steps_is_not_rounded);
	tcase_add_test (tcase, no_limit_is_the_widest_and_no_ramp_the_shortest_that_the_model_has);
	tcase_add_test (tcase, levels_with_the_noise_of_arithmetic_are_taken);
	tcase_add_loop_test (tcase, what_reads_back_decides_whether_the_test_may_start, 0,
			     G_N_ELEMENTS (held));
	tcase_add_test (tcase, another_mode_reads_back_as_a_refusal);
	tcase_add_test (tcase, every_model_of_the_table_is_found_by_its_name);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
