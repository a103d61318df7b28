/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/kvalue.h"
#include "tests/cell/rested.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

typedef struct {
	double leak, soc, rest_h, days, degc1, degc2;
} Story;

static PlOcvCurve *
curve_of_table (void)
{
	g_autoptr (GError) error = NULL;
	PlOcvCurve *curve = pl_ocv_curve_load ("lfp", &error);

	ck_assert_ok (curve != NULL, error);
	return curve;
}

/* What a person would measure of a cell that has lived through the story. */
static PlKInput
live (const Story *story)
{
	PlRandom random = {7};
	PlKInput in = {story->soc, story->days, story->rest_h};
	PlCell cell;

	pl_cell_init (&cell, &random, 1, 25);
	cell.leak_s = leak_of (story->leak);
	set_charge (&cell, story->soc);
	let_pass (&cell, 0, story->rest_h * 3600, 60);
	in.first = (PlKLook){ocv_at (&cell, story->degc1), story->degc1};
	cell.degc = 25;
	let_pass (&cell, 0, story->days * DAY_S, 600);
	in.second = (PlKLook){ocv_at (&cell, story->degc2), story->degc2};
	return in;
}

static gboolean
judge (const Story *story, PlKValue *k, GError **error)
{
	g_autoptr (PlOcvCurve) curve = curve_of_table ();
	PlKInput in = live (story);

	return pl_k_value (curve, &pl_k_rules, &in, k, error);
}

static void
assert_refused (const Story *story, PlKError code, const char *word)
{
	g_autoptr (GError) error = NULL;
	PlKValue k;

	ck_assert (!judge (story, &k, &error));
	ck_assert_err (error, PL_K_ERROR, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

START_TEST (a_leak_of_three_percent_a_month_is_found_at_thirty_percent)
{
	const Story story = {0.03, 0.30, 48, 7, 25, 25};
	g_autoptr (GError) error = NULL;
	PlKValue k;

	ck_assert_ok (judge (&story, &k, &error), error);
	/* the reference's own figure is 0.29 mV a day */
	ck_assert_double_eq_tol (k.k_v_per_day, 0.29e-3, 0.05e-3);
	ck_assert_double_eq_tol (k.percent_per_month, 3, 0.5);
	ck_assert_double_lt (k.uncertainty_v_per_day, 0.01e-3);
}
END_TEST

START_TEST (at_fifty_percent_the_same_leak_is_refused_as_blind)
{
	assert_refused (&(Story){0.03, 0.50, 48, 7, 25, 25}, PL_K_ERROR_BLIND, "50 %");
	assert_refused (&(Story){0.03, 0.90, 48, 7, 25, 25}, PL_K_ERROR_BLIND, "set 30 %");
	assert_refused (&(Story){0.03, 0.99, 48, 7, 25, 25}, PL_K_ERROR_BLIND, "outside");
}
END_TEST

START_TEST (a_healthy_cell_is_told_from_a_leaking_one)
{
	g_autoptr (GError) error = NULL;
	PlKValue k, low;

	ck_assert_ok (judge (&(Story){0.003, 0.30, 48, 7, 25, 25}, &k, &error), error);
	ck_assert_double_eq_tol (k.k_v_per_day, 0.027e-3, 0.006e-3);
	ck_assert_double_eq_tol (k.percent_per_month, 0.3, 0.06);
	/* the option of the reference: steeper, so that the same leak shows more */
	ck_assert_ok (judge (&(Story){0.003, 0.10, 48, 7, 25, 25}, &low, &error), error);
	ck_assert_double_gt (low.k_v_per_day, 2 * k.k_v_per_day);
}
END_TEST

/* 0.044 mV/K at 30 %: five kelvin over a week are as much as a healthy cell's whole leak. */
START_TEST (what_the_room_does_is_taken_out_by_the_entropy)
{
	g_autoptr (GError) error = NULL;
	PlKValue still, warmer, colder;

	ck_assert_ok (judge (&(Story){0.01, 0.30, 48, 7, 25, 25}, &still, &error), error);
	ck_assert_ok (judge (&(Story){0.01, 0.30, 48, 7, 22, 27}, &warmer, &error), error);
	ck_assert_ok (judge (&(Story){0.01, 0.30, 48, 7, 27, 22}, &colder, &error), error);
	ck_assert_double_eq_tol (warmer.k_v_per_day, still.k_v_per_day, 0.004e-3);
	ck_assert_double_eq_tol (colder.k_v_per_day, still.k_v_per_day, 0.004e-3);
}
END_TEST

START_TEST (a_temperature_that_nobody_measured_makes_the_doubt_larger)
{
	g_autoptr (PlOcvCurve) curve = curve_of_table ();
	PlKInput in = live (&(Story){0.03, 0.30, 48, 7, 25, 25});
	g_autoptr (GError) error = NULL;
	PlKValue known, unknown;

	ck_assert_ok (pl_k_value (curve, &pl_k_rules, &in, &known, &error), error);
	in.second.degc = NAN;
	ck_assert_ok (pl_k_value (curve, &pl_k_rules, &in, &unknown, &error), error);
	ck_assert_double_gt (unknown.uncertainty_v_per_day, 3 * known.uncertainty_v_per_day);
	/* and one that is as small as that doubt is none any more */
	in = live (&(Story){0.0005, 0.30, 48, 7, 25, 25});
	in.second.degc = NAN;
	ck_assert (!pl_k_value (curve, &pl_k_rules, &in, &unknown, &error));
	ck_assert_err (error, PL_K_ERROR, PL_K_ERROR_METER);
}
END_TEST

START_TEST (looks_too_early_or_too_near_say_nothing)
{
	assert_refused (&(Story){0.03, 0.30, 47, 7, 25, 25}, PL_K_ERROR_RESTLESS, "47.0 h");
	assert_refused (&(Story){0.03, 0.30, 48, 6.5, 25, 25}, PL_K_ERROR_SHORT, "6.50 days");
}
END_TEST

START_TEST (below_what_the_meter_repeats_nothing_is_said)
{
	assert_refused (&(Story){0.0001, 0.30, 48, 7, 25, 25}, PL_K_ERROR_METER, "rest on");
}
END_TEST

START_TEST (a_voltage_that_rises_or_is_of_another_charge_contradicts_itself)
{
	g_autoptr (PlOcvCurve) curve = curve_of_table ();
	PlKInput in = {0.30, 7, 48, {3.2500, 25}, {3.2520, 25}};
	g_autoptr (GError) rises = NULL, other = NULL, missing = NULL, never = NULL;
	PlKValue k;

	ck_assert (!pl_k_value (curve, &pl_k_rules, &in, &k, &rises));
	ck_assert_err (rises, PL_K_ERROR, PL_K_ERROR_CONTRADICTION);
	ck_assert_ptr_nonnull (strstr (rises->message, "rose"));
	in.first.volts = 3.40;
	ck_assert (!pl_k_value (curve, &pl_k_rules, &in, &k, &other));
	ck_assert_err (other, PL_K_ERROR, PL_K_ERROR_CONTRADICTION);
	in.first.volts = NAN;
	ck_assert (!pl_k_value (curve, &pl_k_rules, &in, &k, &missing));
	ck_assert_err (missing, PL_K_ERROR, PL_K_ERROR_MISSING);
	/* no time is known: no number passes for one */
	in.rest_h = NAN;
	ck_assert (!pl_k_value (curve, &pl_k_rules, &in, &k, &never));
	ck_assert_err (never, PL_K_ERROR, PL_K_ERROR_RESTLESS);
}
END_TEST

/* -- the curve --------------------------------------------------------------------------------- */

START_TEST (the_table_has_the_slopes_of_the_reference)
{
	g_autoptr (PlOcvCurve) curve = curve_of_table ();
	const struct {
		double soc, mv_a_percent, tolerance;
	} rows[] = {{0.20, 4.6, 0.5},
		    {0.30, 2.9, 0.4},
		    {0.40, 1.7, 0.5},
		    {0.50, 0.4, 0.3},
		    {0.90, 0.5, 0.3}};

	ck_assert_double_eq_tol (pl_ocv_volts (curve, 0.30), 3.270, 1e-3);
	ck_assert_double_eq_tol (pl_ocv_entropy (curve, 0.30), -44.4e-6, 1e-6);
	for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
		ck_assert_msg (fabs (pl_ocv_slope (curve, rows[i].soc) * 10 -
				     rows[i].mv_a_percent) < rows[i].tolerance,
			       "%g: %g", rows[i].soc, pl_ocv_slope (curve, rows[i].soc) * 10);
}
END_TEST

START_TEST (tables_that_are_none_are_refused_with_file_and_line)
{
	const struct {
		const char *ocv, *where;
	} rows[] = {
	    {"SOC,OCV\n0,2.5\n0.5,x\n", "t-ocv.csv:3"},
	    {"SOC,OCV\n0,2.5\n0.5,3.3\n0.4,3.2\n", "t-ocv.csv:4"},
	    {"SOC,OCV\n0,2.5\n1.5,3.3\n", "t-ocv.csv:3"},
	    {"SOC,OCV\n0,2.5,1\n", "t-ocv.csv:2"},
	    {"SOC,OCV\n0,nan\n", "t-ocv.csv:2"},
	    {"SOC,OCV\n0,2.5\n", "t-ocv.csv: two points"},
	    {"", "t-ocv.csv: two points"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert_ptr_null (
		    pl_ocv_curve_parse (rows[i].ocv, "SOC,S\n0,0\n1,0\n", "t", &error));
		ck_assert_err (error, PL_OCV_ERROR, PL_OCV_ERROR_FILE);
		ck_assert_msg (g_str_has_prefix (error->message, rows[i].where), "%s",
			       error->message);
	}
}
END_TEST

/* One whole branch of a physical cell, with the current of a capacity test. */
static PlOcvBranch
record_branch (double amperes, double *ah, double *volts, guint n)
{
	PlRandom random = {3};
	PlCell cell;
	double heat, dt_s;

	pl_cell_init (&cell, &random, amperes < 0 ? 1 : 0, 25);
	cell.hysteresis = amperes < 0 ? 1 : -1;
	dt_s = cell.capacity_c / fabs (amperes) / n;
	for (guint i = 0; i < n; i++) {
		pl_cell_prepare (&cell, dt_s);
		pl_cell_step (&cell, amperes, dt_s, &heat);
		ah[i] = fabs (amperes) * dt_s * (i + 1) / 3600;
		volts[i] = cell.volts;
	}
	return (PlOcvBranch){ah, volts, n};
}

START_TEST (a_cells_own_records_give_the_slope_where_it_rests)
{
	enum { N = 3000 };
	static double ah[2][N], volts[2][N];
	PlOcvBranch down = record_branch (-33, ah[0], volts[0], N);
	PlOcvBranch up = record_branch (33, ah[1], volts[1], N);
	g_autoptr (PlOcvCurve) table = curve_of_table ();
	g_autoptr (GError) error = NULL;
	g_autoptr (PlOcvCurve) both = pl_ocv_curve_of_cell (&down, &up, table, &error);
	g_autoptr (PlOcvCurve) one = pl_ocv_curve_of_cell (&down, NULL, table, &error);

	ck_assert_ok (both != NULL && one != NULL, error);
	ck_assert_double_eq_tol (pl_ocv_volts (both, 0.3), pl_cell_ocv (0.3, 25), 5e-3);
	ck_assert_double_eq_tol (pl_ocv_slope (both, 0.3), 0.29, 0.06);
	ck_assert_double_eq_tol (pl_ocv_slope (one, 0.3), 0.28, 0.06);
	ck_assert_double_lt (pl_ocv_slope (one, 0.55), pl_k_rules.least_slope_v);
	ck_assert_double_eq_tol (pl_ocv_entropy (one, 0.3), pl_ocv_entropy (table, 0.3), 1e-12);
}
END_TEST

START_TEST (records_with_gaps_give_no_curve)
{
	double ah[60], volts[60];
	PlOcvBranch branch = {ah, volts, 60};
	g_autoptr (PlOcvCurve) table = curve_of_table ();
	g_autoptr (GError) few = NULL, falls = NULL, gaps = NULL;

	for (guint i = 0; i < 60; i++) {
		ah[i] = i < 30 ? i * 0.01 : 100 + i * 0.01;
		volts[i] = 3.2;
	}
	ck_assert_ptr_null (pl_ocv_curve_of_cell (&branch, NULL, table, &gaps));
	ck_assert_err (gaps, PL_OCV_ERROR, PL_OCV_ERROR_RECORD);
	branch.n = 10;
	ck_assert_ptr_null (pl_ocv_curve_of_cell (&branch, NULL, table, &few));
	branch.n = 60;
	ah[59] = 0;
	ck_assert_ptr_null (pl_ocv_curve_of_cell (NULL, &branch, table, &falls));
	ck_assert_ptr_nonnull (strstr (falls->message, "charge"));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cell-kvalue");
	TCase *tcase = tcase_create ("kvalue");

	tcase_add_test (tcase, a_leak_of_three_percent_a_month_is_found_at_thirty_percent);
	tcase_add_test (tcase, at_fifty_percent_the_same_leak_is_refused_as_blind);
	tcase_add_test (tcase, a_healthy_cell_is_told_from_a_leaking_one);
	tcase_add_test (tcase, what_the_room_does_is_taken_out_by_the_entropy);
	tcase_add_test (tcase, a_temperature_that_nobody_measured_makes_the_doubt_larger);
	tcase_add_test (tcase, looks_too_early_or_too_near_say_nothing);
	tcase_add_test (tcase, below_what_the_meter_repeats_nothing_is_said);
	tcase_add_test (tcase, a_voltage_that_rises_or_is_of_another_charge_contradicts_itself);
	tcase_add_test (tcase, the_table_has_the_slopes_of_the_reference);
	tcase_add_test (tcase, tables_that_are_none_are_refused_with_file_and_line);
	tcase_add_test (tcase, a_cells_own_records_give_the_slope_where_it_rests);
	tcase_add_test (tcase, records_with_gaps_give_no_curve);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
