/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/lot.h"
#include "fixtures/line/random.h"
#include "tests/suite.h"
#include <math.h>

START_TEST (order_statistics_are_those_of_the_values_that_are_numbers)
{
	const double values[] = {5, NAN, 1, 4, 2, INFINITY, 3};
	PlLotShape s;

	pl_lot_shape (values, G_N_ELEMENTS (values), &s);
	ck_assert_uint_eq (s.count, 5);
	ck_assert_uint_eq (s.missing, 2);
	ck_assert_double_eq_tol (s.median, 3, 1e-12);
	ck_assert_double_eq_tol (s.mad, 1, 1e-12);
	ck_assert_double_eq_tol (s.min, 1, 1e-12);
	ck_assert_double_eq_tol (s.max, 5, 1e-12);
	ck_assert_double_eq_tol (s.p25, 2, 1e-12);
	ck_assert_double_eq_tol (s.p75, 4, 1e-12);
	ck_assert_double_eq_tol (s.p5, 1.2, 1e-12);
	ck_assert_double_eq_tol (s.fence_low, -1, 1e-12);
	ck_assert_double_eq_tol (s.fence_high, 7, 1e-12);
	ck_assert_double_eq_tol (pl_lot_quantile (values, 7, 0.5), 3, 1e-12);
}
END_TEST

START_TEST (nothing_measured_gives_no_number)
{
	PlLotShape s;

	pl_lot_shape (NULL, 0, &s);
	ck_assert_uint_eq (s.count, 0);
	ck_assert (isnan (s.median) && isnan (s.mad) && isnan (s.p5) && isnan (s.max));
	ck_assert (isnan (pl_lot_median_error (&s)));
	pl_lot_shape ((double[]){7}, 1, &s);
	ck_assert_double_eq_tol (s.median, 7, 1e-12);
	ck_assert_double_eq_tol (s.mad, 0, 1e-12);
	ck_assert_double_eq_tol (s.p95, 7, 1e-12);
}
END_TEST

START_TEST (one_impossible_value_moves_neither_median_nor_mad)
{
	double values[201];
	PlLotShape clean, glitch;

	for (guint i = 0; i < 201; i++)
		values[i] = 100 + 0.01 * i;
	pl_lot_shape (values, 200, &clean);
	values[200] = 2900;
	pl_lot_shape (values, 201, &glitch);
	ck_assert_double_eq_tol (glitch.median, clean.median, 0.0101);
	ck_assert_double_eq_tol (glitch.mad, clean.mad, 0.0101);
	ck_assert_double_gt (glitch.max, glitch.fence_high);
	/* nor does it squash the picture of all others into one bin */
	ck_assert_uint_eq (glitch.above, 1);
	ck_assert_double_lt (glitch.to, 110);
}
END_TEST

START_TEST (every_value_is_in_one_bin_or_beyond_them)
{
	PlRandom random = {1};
	double values[1000];
	PlLotShape s;
	guint sum;

	for (guint i = 0; i < 1000; i++)
		values[i] = pl_random_normal (&random, 5) + (i % 100 == 0 ? 40 : 0);
	pl_lot_shape (values, 1000, &s);
	sum = s.below + s.above;
	for (guint i = 0; i < PL_LOT_BINS; i++)
		sum += s.bins[i];
	ck_assert_uint_eq (sum, 1000);
	ck_assert_uint_eq (s.above, 10);
	/* all the same: one bin, no division by nothing */
	for (guint i = 0; i < 1000; i++)
		values[i] = 3;
	pl_lot_shape (values, 1000, &s);
	ck_assert_uint_eq (s.bins[PL_LOT_BINS / 2], 1000);
}
END_TEST

/* A lot's median with the spread that a lot of 256 cells of 1 % has. */
static double
lot_median (PlRandom *random, double centre)
{
	return centre + 0.08 * pl_random_normal (random, 4);
}

START_TEST (steady_lots_raise_no_alarm_and_a_drift_does)
{
	guint false_alarms = 0, found_after = 0;

	for (guint seed = 1; seed <= 50; seed++) {
		PlRandom random = {seed};
		double lots[40];
		PlLotDrift d;

		for (guint i = 0; i < 40; i++)
			lots[i] = lot_median (&random, 100);
		pl_lot_drift (lots, 39, lots[39], 0.08, &d);
		false_alarms += d.alarm;
		/* then each lot is 0.08 lower than the one before: one standard error a lot */
		for (guint i = 20; i < 40; i++) {
			lots[i] -= 0.08 * (i - 19);
			pl_lot_drift (lots, i, lots[i], 0.08, &d);
			if (d.alarm) {
				found_after += i - 19;
				break;
			}
			ck_assert_uint_lt (i, 39);
		}
	}
	ck_assert_uint_le (false_alarms, 3);
	ck_assert_uint_le (found_after, 8 * 50);
}
END_TEST

START_TEST (too_few_lots_know_no_drift)
{
	const double lots[] = {100, 100, 100, 100};
	PlLotDrift d;

	pl_lot_drift (lots, 3, 50, 0.1, &d);
	ck_assert (!d.known && !d.alarm && isnan (d.ewma));
	pl_lot_drift (lots, 4, NAN, 0.1, &d);
	ck_assert (!d.known && !d.alarm);
	/* lots that agree to the last digit: this one's own error is the least that is believed */
	pl_lot_drift (lots, 4, 100.01, 0.1, &d);
	ck_assert (d.known && !d.alarm);
	pl_lot_drift (lots, 4, 102, 0.1, &d);
	ck_assert (d.alarm);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cell-lot");
	TCase *tcase = tcase_create ("lot");

	tcase_add_test (tcase, order_statistics_are_those_of_the_values_that_are_numbers);
	tcase_add_test (tcase, nothing_measured_gives_no_number);
	tcase_add_test (tcase, one_impossible_value_moves_neither_median_nor_mad);
	tcase_add_test (tcase, every_value_is_in_one_bin_or_beyond_them);
	tcase_add_test (tcase, steady_lots_raise_no_alarm_and_a_drift_does);
	tcase_add_test (tcase, too_few_lots_know_no_drift);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
