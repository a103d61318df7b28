/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cycler_file/files.h"
#include <math.h>
#include <string.h>

/* Files of real cyclers, packed by gzip. */
#define SINTEF "bdf-reference/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv.gz"
#define LANDT "bdf-reference/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv.gz"

/* A cell of some 44 Ah with LFP's plateaus at C/25. */
START_TEST (pec_agrees_with_its_cycler_within_a_thousandth_of_a_percent_in_every_step)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file ("cellpy/pec.csv.gz", 0.001, 44);
	double most = 0;

	ck_assert_str_eq (pl_cycler_format_name (file->format), "pec");
	ck_assert_uint_eq (file->records->len, 16255);
	ck_assert_uint_eq (file->steps->len, 8);
	ck_assert_uint_eq (file->defects->len, 0);
	for (guint i = 0; i < file->steps->len; i++) {
		const PlCyclerStep *step = pl_test_step (file, i);

		ck_assert_msg (step->doubt == NULL, "step %u: %s", i + 1, step->doubt);
		ck_assert (step->ah.known && step->wh.known);
		if (step->kind != PL_CYCLER_REST)
			most = fmax (most, fmax (fabs (step->ah.percent), fabs (step->wh.percent)));
	}
	ck_assert_double_lt (most, 0.0002);
}
END_TEST

START_TEST (pec_gives_back_what_it_took_but_for_what_is_known_of_this_cell)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file ("cellpy/pec.csv.gz", 0.001, 44);
	const PlCyclerTurn *turn;

	ck_assert_uint_eq (file->turns->len, 1);
	turn = &g_array_index (file->turns, PlCyclerTurn, 0);
	ck_assert_double_eq_tol (100 * turn->discharge_ah / turn->charge_ah, 99.836, 0.0005);
	ck_assert_double_eq_tol (100 * turn->discharge_wh / turn->charge_wh, 97.67, 0.005);
	ck_assert_uint_eq (turn->last_step, 5);
	ck_assert_double_eq_tol (pl_test_step (file, 5)->charge.degc_first, 25, 3);
}
END_TEST

START_TEST (a_rated_capacity_that_is_not_this_cells_is_noticed)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file ("cellpy/pec.csv.gz", 0.001, 35);

	pl_assert_defect (file, pl_test_step (file, 5)->line, "more than 1.2 x the rated 35 Ah");
}
END_TEST

START_TEST (neware_agrees_within_a_twentieth_of_a_percent_in_every_step_of_constant_current)
{
	g_autoptr (PlCyclerFile) file =
	    pl_test_data_file ("cellpy/neware_uio.csv.gz", PL_CYCLER_LIMIT_PERCENT, NAN);
	guint driven = 0;

	ck_assert_str_eq (pl_cycler_format_name (file->format), "neware");
	ck_assert_uint_eq (file->records->len, 9065);
	ck_assert_uint_eq (file->defects->len, 0);
	for (guint i = 0; i < file->steps->len; i++) {
		const PlCyclerStep *step = pl_test_step (file, i);

		ck_assert_msg (step->doubt == NULL, "step %u: %s", i + 1, step->doubt);
		if (step->kind == PL_CYCLER_REST)
			continue;
		driven++;
		ck_assert (step->kind == PL_CYCLER_CC_CHARGE ||
			   step->kind == PL_CYCLER_CC_DISCHARGE);
		ck_assert_uint_ge (step->n, 50);
		ck_assert_double_lt (fabs (step->ah.percent), 0.006);
	}
	ck_assert_uint_eq (driven, 16);
}
END_TEST

/* Line 6971: 1.85 uA of 49.6 uA, with the next record a minute on. */
START_TEST (the_one_neware_step_whose_first_record_caught_the_rise_is_marked)
{
	g_autoptr (PlCyclerFile) file =
	    pl_test_data_file ("cellpy/neware_uio.csv.gz", PL_CYCLER_LIMIT_PERCENT, NAN);
	guint risen = 0;

	for (guint i = 0; i < file->steps->len; i++)
		if (pl_test_step (file, i)->charge.risen) {
			risen++;
			ck_assert_uint_eq (pl_test_step (file, i)->line, 6971);
		}
	ck_assert_uint_eq (risen, 1);
}
END_TEST

START_TEST (the_impossible_cycle_counter_of_the_bdf_reference_is_told)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file (SINTEF, PL_CYCLER_LIMIT_PERCENT, NAN);

	ck_assert_str_eq (pl_cycler_format_name (file->format), "bdf");
	pl_assert_defect (file, 2, "the cycle counter is 6.283185307");
	for (guint i = 0; i < file->defects->len; i++) {
		const PlCyclerDefect *defect = g_ptr_array_index (file->defects, i);

		if (defect->line == 11)
			ck_assert_uint_eq (defect->more, 17587 - 10);
	}
}
END_TEST

/* Its discharge is set back to nothing twice on the way: 0.139 of 3.855 Ah are not in its count. */
START_TEST (counts_of_the_bdf_reference_that_begin_anew_within_a_step_leave_it_unsure)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file (SINTEF, PL_CYCLER_LIMIT_PERCENT, NAN);
	const PlCyclerStep *step = pl_test_step (file, 4);

	pl_assert_defect (file, 9105, "discharged Ah falls from 0.134784 to 0");
	pl_assert_defect (file, 9116, "discharged Ah falls from 0.00435386 to 0");
	pl_assert_defect (file, 8303, "begins anew");
	ck_assert_ptr_nonnull (step->doubt);
	ck_assert_msg (strstr (step->doubt, "(2 x)") != NULL, "%s", step->doubt);
	ck_assert_double_eq_tol (pl_charge_ah (&step->charge), 3.716034 + 0.134784 + 0.004354,
				 1e-4);
}
END_TEST

START_TEST (the_constant_voltage_step_of_the_bdf_reference_disagrees_and_is_not_averaged_away)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file (SINTEF, PL_CYCLER_LIMIT_PERCENT, NAN);
	const PlCyclerStep *cc = pl_test_step (file, 1), *cv = pl_test_step (file, 2);

	ck_assert_int_eq (cc->kind, PL_CYCLER_CC_CHARGE);
	ck_assert_ptr_null (cc->doubt);
	ck_assert_int_eq (cv->kind, PL_CYCLER_CV_CHARGE);
	ck_assert_double_eq_tol (cv->ah.percent, 0.0776, 0.0005);
	ck_assert_ptr_nonnull (cv->doubt);
	ck_assert (g_array_index (file->turns, PlCyclerTurn, 0).charge_doubted);
}
END_TEST

START_TEST (a_current_that_is_written_with_too_few_places_is_said_to_be_why)
{
	g_autoptr (PlCyclerFile) file = pl_test_data_file (LANDT, PL_CYCLER_LIMIT_PERCENT, NAN);

	ck_assert_uint_eq (file->steps->len, 4);
	for (guint i = 1; i < 4; i++) {
		const char *doubt = pl_test_step (file, i)->doubt;

		ck_assert_msg (doubt != NULL && strstr (doubt, "to 0.0001 A only") != NULL, "%s",
			       doubt);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cycler-file-real");
	TCase *tcase = tcase_create ("real files");

	tcase_add_test (tcase,
			pec_agrees_with_its_cycler_within_a_thousandth_of_a_percent_in_every_step);
	tcase_add_test (tcase, pec_gives_back_what_it_took_but_for_what_is_known_of_this_cell);
	tcase_add_test (tcase, a_rated_capacity_that_is_not_this_cells_is_noticed);
	tcase_add_test (
	    tcase, neware_agrees_within_a_twentieth_of_a_percent_in_every_step_of_constant_current);
	tcase_add_test (tcase, the_one_neware_step_whose_first_record_caught_the_rise_is_marked);
	tcase_add_test (tcase, the_impossible_cycle_counter_of_the_bdf_reference_is_told);
	tcase_add_test (tcase,
			counts_of_the_bdf_reference_that_begin_anew_within_a_step_leave_it_unsure);
	tcase_add_test (
	    tcase,
	    the_constant_voltage_step_of_the_bdf_reference_disagrees_and_is_not_averaged_away);
	tcase_add_test (tcase, a_current_that_is_written_with_too_few_places_is_said_to_be_why);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
