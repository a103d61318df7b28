/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/charge.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* Ah and Wh of one stage, against integrals that are known in closed form. */

#define SECOND 1000000
static const PlChargeLimits strict = {.percent = 0.05, .least_ah = 1e-6, .least_wh = 1e-6};

static PlChargePoint
point (double seconds, double volts, double amps)
{
	return (PlChargePoint){(gint64)llround (seconds * SECOND), volts, amps, NAN, NAN, NAN};
}

static void
assert_near (double value, double expected, double relative)
{
	ck_assert_msg (fabs (value - expected) <= fabs (expected) * relative, "%.12g, not %.12g",
		       value, expected);
}

/* 1 A falling by exp (-t / tau) at a held 3.65 V; the instrument counts what truly flows. */
static PlCharge
decay (double tau, double step_s, double end_s, gboolean counted)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){.hold_v = 3.65});
	for (double t = 0; t <= end_s; t += step_s) {
		PlChargePoint at = point (t, 3.65, exp (-t / tau));

		if (counted) {
			at.ah = tau * (1 - exp (-t / tau)) / 3600;
			at.wh = 3.65 * at.ah;
		}
		pl_charge_add (&charge, &at);
	}
	return charge;
}

START_TEST (a_constant_current_gives_its_ah_and_wh)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){.constant_current = TRUE});
	for (int t = 0; t <= 3600; t++) {
		PlChargePoint at = point (t, 3.2 + 0.1 * t / 3600, 50);

		at.degc = 25 + 5.0 * t / 3600;
		pl_charge_add (&charge, &at);
	}
	assert_near (pl_charge_ah (&charge), 50, 1e-12);
	assert_near (pl_charge_wh (&charge), 50 * 3.25, 1e-12);
	ck_assert_double_eq (charge.discharge_ah, 0);
	ck_assert_double_eq (pl_charge_seconds (&charge), 3600);
	ck_assert_double_eq (charge.volt_first, 3.2);
	assert_near (charge.volt_last, 3.3, 1e-12);
	ck_assert_double_eq (charge.degc_first, 25);
	assert_near (charge.degc_max, 30, 1e-12);
	ck_assert_int_eq (charge.gap_us, SECOND);
	ck_assert_double_eq (pl_charge_cc_share (&charge), 1);
	ck_assert_ptr_null (pl_charge_doubt (&charge, &strict));
}
END_TEST

START_TEST (charge_and_discharge_are_kept_apart_also_where_the_sign_changes_between_records)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){0});
	pl_charge_add (&charge, &(PlChargePoint){0, 3, 1, NAN, NAN, NAN});
	pl_charge_add (&charge, &(PlChargePoint){4 * 3600LL * SECOND, 3, -3, NAN, NAN, NAN});
	assert_near (charge.charge_ah, 0.5, 1e-12); /* 1 h long, 1 A high */
	assert_near (charge.discharge_ah, 4.5, 1e-12);
	assert_near (charge.charge_wh, 1.5, 1e-12);
	assert_near (charge.discharge_wh, 13.5, 1e-12);
	ck_assert_double_eq (pl_charge_ah (&charge), charge.discharge_ah);
}
END_TEST

START_TEST (a_dense_decay_at_held_voltage_agrees_with_the_instruments_count)
{
	PlCharge charge = decay (600, 1, 1800, TRUE);

	ck_assert_uint_eq (charge.open, 0);
	ck_assert_ptr_null (pl_charge_doubt (&charge, &strict));
	ck_assert_double_eq (pl_charge_cc_share (&charge), 0);
}
END_TEST

START_TEST (a_sparse_decay_is_doubted_with_both_numbers)
{
	PlCharge charge = decay (600, 900, 1800, TRUE);
	g_autofree char *why = pl_charge_doubt (&charge, &strict);
	double truth = 600 * (1 - exp (-3.0)) / 3600;

	ck_assert_ptr_nonnull (why);
	ck_assert_msg (strstr (why, "by the instrument's own count") != NULL, "%s", why);
	ck_assert_msg (strstr (why, "2 pairs of records, up to 900 s") != NULL, "%s", why);
	/* however wrong it is, it is not more wrong than was said */
	ck_assert_double_le (fabs (pl_charge_ah (&charge) - truth), charge.open_ah);
}
END_TEST

START_TEST (without_the_instruments_count_a_sparse_decay_is_doubted_and_a_dense_one_is_not)
{
	PlCharge sparse = decay (600, 120, 1800, FALSE), dense = decay (600, 1, 1800, FALSE);
	g_autofree char *why = pl_charge_doubt (&sparse, &strict);

	ck_assert_ptr_nonnull (why);
	ck_assert_msg (strstr (why, "cannot be known") != NULL, "%s", why);
	ck_assert_ptr_null (pl_charge_doubt (&dense, &strict));
}
END_TEST

START_TEST (the_share_of_constant_current_is_what_flowed_before_the_voltage_was_held)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){.hold_v = 3.65});
	for (int t = 0; t <= 3000; t++)
		pl_charge_add (&charge, &(PlChargePoint){t * (gint64)SECOND, 3.2 + t * 1e-4, 1, NAN,
							 NAN, NAN});
	for (int t = 3001; t <= 4000; t++)
		pl_charge_add (&charge,
			       &(PlChargePoint){t * (gint64)SECOND, 3.65, 1, NAN, NAN, NAN});
	assert_near (pl_charge_cc_share (&charge), 0.75, 1e-3);
}
END_TEST

START_TEST (the_same_records_again_give_the_same_bits)
{
	PlCharge once = decay (731.3, 0.7, 5000, TRUE), again = decay (731.3, 0.7, 5000, TRUE);

	ck_assert_int_eq (memcmp (&once.charge_ah, &again.charge_ah, 4 * sizeof (double)), 0);
	ck_assert_int_eq (memcmp (&once.open_ah, &again.open_ah, sizeof (double)), 0);
}
END_TEST

START_TEST (a_copy_goes_on_where_the_original_was)
{
	PlCharge whole = decay (500, 1, 999, FALSE), half = decay (500, 1, 400, FALSE);

	for (int t = 401; t <= 999; t++) {
		PlChargePoint at = point (t, 3.65, exp (-t / 500.0));

		pl_charge_add (&half, &at);
	}
	ck_assert_int_eq (memcmp (&whole.charge_ah, &half.charge_ah, sizeof (double)), 0);
	ck_assert_uint_eq (whole.records, half.records);
}
END_TEST

/* Neware keeps a step's first record a moment before the current stands; the next is a minute on.
 */
START_TEST (a_first_record_in_the_rise_of_a_constant_current_costs_nothing_and_is_told)
{
	PlCharge constant, unknown;

	pl_charge_begin (&constant, &(PlChargeStage){.constant_current = TRUE});
	pl_charge_begin (&unknown, &(PlChargeStage){0});
	for (int t = 0; t <= 3600; t += 60) {
		PlChargePoint at = point (t, 3.2, t == 0 ? -0.001 : -1);

		pl_charge_add (&constant, &at);
		pl_charge_add (&unknown, &at);
	}
	ck_assert (constant.risen && !unknown.risen);
	assert_near (pl_charge_ah (&constant), 1, 1e-12);
	ck_assert_uint_eq (constant.open, 0);
	ck_assert_uint_eq (unknown.open, 1);
	assert_near (pl_charge_ah (&unknown), 1 - 0.999 / 120, 1e-12);
	assert_near (unknown.open_ah, 0.999 / 120, 1e-12);
}
END_TEST

START_TEST (a_first_record_that_comes_late_leaves_open_what_flowed_before_it)
{
	PlCharge charge;
	g_autofree char *why = NULL;

	pl_charge_begin (&charge, &(PlChargeStage){.late_us = 60 * SECOND});
	for (int t = 60; t <= 3600; t += 60)
		pl_charge_add (&charge, &(PlChargePoint){t * (gint64)SECOND, 3, 1, NAN, NAN, NAN});
	assert_near (charge.open_ah, 1.0 / 60, 1e-12);
	why = pl_charge_doubt (&charge, &strict);
	ck_assert_ptr_nonnull (why);
}
END_TEST

/* -- records that are not as they should be ------------------------------------------------------
 */

/* An hour at 1 A, one record a minute, one of them changed. */
static char *
doubt_of (guint index, const PlChargePoint *other, const PlChargeLimits *limits)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){0});
	for (guint i = 0; i <= 60; i++) {
		PlChargePoint at = point (i * 60, 3.2, 1);

		at.ah = i / 60.0;
		at.wh = 3.2 * at.ah;
		pl_charge_add (&charge, i == index ? other : &at);
	}
	return pl_charge_doubt (&charge, limits);
}

START_TEST (a_time_that_goes_back_a_missing_current_a_fallen_count_and_a_gap_are_each_told)
{
	static const struct {
		PlChargePoint other;
		gint64 gap_us;
		const char *says;
	} cases[] = {
	    {{0, 3.2, 1, NAN, 0.5, 1.6}, 0, "before them: 1"},
	    {{1800LL * SECOND, 3.2, NAN, NAN, 0.5, 1.6}, 0, "without a current: 1"},
	    {{1800LL * SECOND, 3.2, INFINITY, NAN, 0.5, 1.6}, 0, "without a current: 1"},
	    {{1800LL * SECOND, 3.2, 1, NAN, 0.1, 1.6}, 0, "(1 x)"},
	    {{1800LL * SECOND, 3.2, 1, NAN, 0.5, 1.6}, 59 * SECOND, "60 s lie between"},
	    {{1800LL * SECOND, 3.2, 1.5, NAN, 0.5, 1.6}, 0, "apart"},
	};
	g_autofree char *none = doubt_of (61, NULL, &strict);

	ck_assert_ptr_null (none);
	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlChargeLimits limits = strict;
		g_autofree char *why = NULL;

		limits.gap_us = cases[i].gap_us;
		why = doubt_of (30, &cases[i].other, &limits);
		ck_assert_msg (why != NULL && strstr (why, cases[i].says) != NULL, "%s: %s",
			       cases[i].says, why);
	}
}
END_TEST

START_TEST (a_record_that_goes_back_is_not_counted_twice)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){0});
	for (int pass = 0; pass < 2; pass++)
		for (int t = 0; t <= 3600; t += 60)
			pl_charge_add (&charge,
				       &(PlChargePoint){t * (gint64)SECOND, 3, 1, NAN, NAN, NAN});
	assert_near (charge.charge_ah, 1, 1e-12);
	ck_assert_uint_eq (charge.backward, 60);
}
END_TEST

START_TEST (a_missing_voltage_leaves_the_ah_and_no_wh)
{
	PlCharge charge;

	pl_charge_begin (&charge, &(PlChargeStage){0});
	for (int t = 0; t <= 3600; t += 60)
		pl_charge_add (&charge, &(PlChargePoint){t * (gint64)SECOND, t == 600 ? NAN : 3, 1,
							 NAN, NAN, NAN});
	assert_near (pl_charge_ah (&charge), 1, 1e-12);
	ck_assert (isnan (pl_charge_wh (&charge)));
	ck_assert_double_eq (charge.volt_min, 3);
}
END_TEST

START_TEST (no_record_and_a_single_one_are_nothing_to_integrate)
{
	PlCharge charge;
	g_autofree char *none = NULL, *one = NULL;

	pl_charge_begin (&charge, &(PlChargeStage){0});
	none = pl_charge_doubt (&charge, &strict);
	pl_charge_add (&charge, &(PlChargePoint){0, 3, 1, NAN, 0, 0});
	one = pl_charge_doubt (&charge, &strict);
	ck_assert_ptr_nonnull (none);
	ck_assert_ptr_nonnull (one);
	ck_assert (isnan (pl_charge_cc_share (&charge)));
}
END_TEST

/* -- comparing and plausibility ------------------------------------------------------------------
 */

START_TEST (two_numbers_agree_within_the_limit_or_the_last_place_of_the_instruments)
{
	PlChargeMatch match = pl_charge_compare (100.05, 100, 0.051, 0);

	ck_assert (match.known && match.agree);
	assert_near (match.percent, 0.05, 1e-9);
	ck_assert (!pl_charge_compare (100.06, 100, 0.051, 0).agree);
	ck_assert (pl_charge_compare (3e-7, 0, 0.05, 1e-6).agree);
	ck_assert (!pl_charge_compare (3e-6, 0, 0.05, 1e-6).agree);
	ck_assert (!pl_charge_compare (1, NAN, 0.05, 1).known);
	ck_assert (!pl_charge_compare (NAN, 1, 0.05, 1).agree);
	ck_assert (!pl_charge_compare (INFINITY, INFINITY, 0.05, 1).agree);
}
END_TEST

START_TEST (figures_that_no_cell_has_are_named_and_those_that_it_may_have_are_not)
{
	static const struct {
		double charge_ah, discharge_ah, rated_ah;
		const char *says; /* NULL = nothing */
	} cases[] = {
	    {44.42491, 44.35199, 44, NULL}, /* pec.csv */
	    {NAN, 1.0725, 1.1, NULL},
	    {NAN, 30.971, 1.1, "capacity of 30.971 Ah is more than 1.2 x the rated 1.1 Ah"},
	    {NAN, 30.971, NAN, NULL}, /* nobody said what it is rated at */
	    {100, 49, 100, "coulombic efficiency of 0.49"},
	    {100, 106, 100, "coulombic efficiency of 1.06"},
	    {0, 1, 1, "none that a cell can have"}, /* out without in */
	    {NAN, 0, 1, "is none"},
	    {NAN, -1, 1, "is none"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autofree char *why = pl_charge_implausible (
		    cases[i].charge_ah, cases[i].discharge_ah, cases[i].rated_ah);

		if (cases[i].says == NULL)
			ck_assert_msg (why == NULL, "%u: %s", i, why);
		else
			ck_assert_msg (why != NULL && strstr (why, cases[i].says) != NULL, "%u: %s",
				       i, why);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cell-charge");
	TCase *flow = tcase_create ("what flowed"), *faults = tcase_create ("faulty records"),
	      *judging = tcase_create ("judging");

	tcase_add_test (flow, a_constant_current_gives_its_ah_and_wh);
	tcase_add_test (
	    flow, charge_and_discharge_are_kept_apart_also_where_the_sign_changes_between_records);
	tcase_add_test (flow, a_dense_decay_at_held_voltage_agrees_with_the_instruments_count);
	tcase_add_test (flow, a_sparse_decay_is_doubted_with_both_numbers);
	tcase_add_test (
	    flow, without_the_instruments_count_a_sparse_decay_is_doubted_and_a_dense_one_is_not);
	tcase_add_test (flow,
			the_share_of_constant_current_is_what_flowed_before_the_voltage_was_held);
	tcase_add_test (flow, the_same_records_again_give_the_same_bits);
	tcase_add_test (flow, a_copy_goes_on_where_the_original_was);
	tcase_add_test (flow,
			a_first_record_in_the_rise_of_a_constant_current_costs_nothing_and_is_told);
	tcase_add_test (flow, a_first_record_that_comes_late_leaves_open_what_flowed_before_it);
	suite_add_tcase (suite, flow);
	tcase_add_test (
	    faults, a_time_that_goes_back_a_missing_current_a_fallen_count_and_a_gap_are_each_told);
	tcase_add_test (faults, a_record_that_goes_back_is_not_counted_twice);
	tcase_add_test (faults, a_missing_voltage_leaves_the_ah_and_no_wh);
	tcase_add_test (faults, no_record_and_a_single_one_are_nothing_to_integrate);
	suite_add_tcase (suite, faults);
	tcase_add_test (judging,
			two_numbers_agree_within_the_limit_or_the_last_place_of_the_instruments);
	tcase_add_test (judging,
			figures_that_no_cell_has_are_named_and_those_that_it_may_have_are_not);
	suite_add_tcase (suite, judging);
	return pl_suite_main (suite);
}
