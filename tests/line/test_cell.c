/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"

/* One cell against the figures of its sources. */

static PlCell
nominal (double soc)
{
	PlRandom random = {1};
	PlCell cell;

	pl_cell_init (&cell, &random, soc, 25);
	cell.capacity_c = PL_CELL_RATED_AH * 3600;
	cell.resistance = 1;
	return cell;
}

static double
flow (PlCell *cell, double amperes, double seconds, double dt_s)
{
	double heat, heat_j = 0;

	for (guint i = 0; i < (guint)(seconds / dt_s + 0.5); i++) {
		pl_cell_prepare (cell, dt_s);
		pl_cell_step (cell, amperes, dt_s, &heat);
		heat_j += heat;
	}
	return heat_j;
}

START_TEST (open_circuit_voltage_follows_the_table)
{
	static const double points[][2] = {{0, 2.286},	{.01, 2.783}, {.1, 3.197}, {.3, 3.270},
					   {.5, 3.300}, {.8, 3.335},  {1, 3.531}};

	for (guint i = 0; i < G_N_ELEMENTS (points); i++)
		ck_assert_double_eq_tol (pl_cell_ocv (points[i][0], 25), points[i][1], 1e-9);
}
END_TEST

START_TEST (slope_is_steep_at_thirty_and_flat_at_fifty_percent)
{
	double at30 = (pl_cell_ocv (.31, 25) - pl_cell_ocv (.29, 25)) * 1e3 / 2,
	       at52 = (pl_cell_ocv (.53, 25) - pl_cell_ocv (.51, 25)) * 1e3 / 2;

	ck_between (at30, 2.3, 3.6); /* mV per percent */
	ck_between (at52, 0, 0.4);
}
END_TEST

START_TEST (entropy_lowers_the_voltage_of_a_warm_cell_at_low_charge_and_raises_it_at_half)
{
	ck_assert_double_eq_tol (pl_cell_ocv (.1, 35) - pl_cell_ocv (.1, 25), -1.64e-3, 1e-6);
	ck_assert_double_eq_tol (pl_cell_ocv (.5, 35) - pl_cell_ocv (.5, 25), 1.10e-3, 1e-6);
}
END_TEST

START_TEST (ten_second_pulse_sees_0_54_milliohm)
{
	PlCell cell = nominal (.5);
	double before = cell.volts, ocv = pl_cell_ocv (cell.soc, 25), loop;

	flow (&cell, -100, 10, 0.02);
	/* without what is not resistance: the charge that went and the hysteresis that moved */
	loop = pl_cell_hysteresis_v (cell.soc) * cell.hysteresis;
	before += pl_cell_ocv (cell.soc, cell.degc) - ocv + loop;
	ck_assert_double_eq_tol ((cell.volts - before) / -100 * 1e3, 0.542, 0.002);
}
END_TEST

START_TEST (resistance_is_at_once_0_35_milliohm)
{
	PlCell cell = nominal (.5);
	double before = cell.volts;

	flow (&cell, 50, 0.002, 0.002);
	ck_assert_double_eq_tol ((cell.volts - before) / 50 * 1e3, 0.35, 0.002);
}
END_TEST

START_TEST (resistance_grows_in_the_cold_and_at_both_ends)
{
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.5, 25), 1, 1e-9);
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.5, 0), 2.4, 1e-9);
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.5, 10), 1.4, 1e-9);
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.5, 40), 0.75, 1e-9);
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.02, 25), 1.25, 1e-9);
	ck_assert_double_eq_tol (pl_cell_resistance_factor (.95, 25), 1.15, 1e-9);
}
END_TEST

START_TEST (polarisation_relaxes_with_both_time_constants)
{
	PlCell cell = nominal (.5);
	double v1, v2;

	flow (&cell, 100, 30, 0.02);
	v1 = cell.v1;
	v2 = cell.v2;
	flow (&cell, 0, 8, 0.02);
	ck_assert_double_eq_tol (cell.v1 / v1, exp (-1), 1e-3);
	flow (&cell, 0, 242, 0.1);
	ck_assert_double_eq_tol (cell.v2 / v2, exp (-1), 1e-3);
}
END_TEST

START_TEST (a_cell_rests_higher_after_charging_than_after_discharging)
{
	PlCell up = nominal (.4), down = nominal (.6);

	flow (&up, 50, 720, 0.1); /* 10 % each: more than crosses the loop */
	flow (&down, -50, 720, 0.1);
	flow (&up, 0, 3600, 0.1);
	flow (&down, 0, 3600, 0.1);
	ck_assert_double_eq_tol (up.soc, down.soc, 1e-9);
	ck_between (up.volts - down.volts, 0.030, 0.038); /* 2 x 19 mV at 50 % */
}
END_TEST

START_TEST (hysteresis_stays_while_nothing_flows)
{
	PlCell cell = nominal (.4);
	double left;

	flow (&cell, 50, 360, 0.1);
	left = cell.hysteresis;
	ck_between (left, 0.7, 1);
	flow (&cell, 0, 3600, 0.1);
	ck_assert_double_eq_tol (cell.hysteresis, left, 1e-12);
}
END_TEST

START_TEST (one_c_makes_nine_watts)
{
	PlCell cell = nominal (.6);
	double heat_j, reversible_w, loop_w;

	flow (&cell, -100, 900, 0.1); /* both RC pairs and the loop have settled, at 35 % */
	heat_j = flow (&cell, -100, 10, 0.1);
	/* 0.95 mohm at 100 A; reversible -I T dU/dT; the loop's width times I */
	reversible_w = -100 * 298.15 * 28e-6;
	loop_w = 100 * 0.026;
	ck_assert_double_eq_tol (heat_j / 10, 9.5 + reversible_w + loop_w, 0.6);
}
END_TEST

START_TEST (reversible_heat_changes_sign_with_the_current)
{
	PlCell up = nominal (.7), down = nominal (.7);
	double warm = flow (&up, 10, 10, 0.1), cool = flow (&down, -10, 10, 0.1);

	/* at 70 % dU/dT is +0.145 mV/K: charging gives off 10 A x 298 K x 0.145 mV = 0.43 W */
	ck_assert_double_eq_tol ((warm - cool) / 20, 0.432, 0.01);
}
END_TEST

START_TEST (energy_in_is_energy_stored_and_heat_across_every_knot)
{
	PlCell cell = nominal (.02);
	double stored = pl_cell_chemical_j (&cell), in_j = 0, heat_j = 0, heat;

	for (guint i = 0; i < 68000; i++) { /* 50 A for 6800 s: to 96 % */
		pl_cell_prepare (&cell, 0.1);
		in_j += 50 * 0.1 * pl_cell_step (&cell, 50, 0.1, &heat);
		heat_j += heat;
	}
	stored = pl_cell_chemical_j (&cell) - stored + pl_cell_polarisation_j (&cell);
	ck_assert_double_gt (cell.soc, 0.95);
	ck_assert_double_eq_tol (in_j, stored + heat_j, 1e-6 * in_j);
	ck_between (heat_j / in_j, 0.01, 0.04); /* it is not all stored */
}
END_TEST

START_TEST (prepared_line_predicts_the_step)
{
	PlCell cell = nominal (.33);
	double heat;

	flow (&cell, -30, 20, 0.02);
	pl_cell_prepare (&cell, 0.02);
	ck_assert_double_eq_tol (cell.step_v + 40 * cell.step_ohm,
				 pl_cell_step (&cell, 40, 0.02, &heat), 2e-6);
}
END_TEST

START_TEST (over_discharge_goes_on_falling)
{
	PlCell cell = nominal (0.005);

	flow (&cell, -50, 60, 0.1);
	ck_assert_double_lt (cell.soc, 0);
	ck_assert_double_lt (cell.volts, 2.25);
}
END_TEST

START_TEST (lot_spreads_as_measured)
{
	PlRandom random = {5};
	double q = 0, qq = 0, r = 0, rr = 0;
	const guint n = 4000;

	for (guint i = 0; i < n; i++) {
		PlCell cell;
		double capacity, resistance;

		pl_cell_init (&cell, &random, .35, 25);
		capacity = cell.capacity_c / (PL_CELL_RATED_AH * 3600);
		resistance = cell.resistance;
		q += capacity;
		qq += capacity * capacity;
		r += resistance;
		rr += resistance * resistance;
		ck_between (resistance, 0.90, 1.10); /* the grade's window */
	}
	ck_assert_double_eq_tol (q / n, 1, 0.001);
	ck_assert_double_eq_tol (sqrt (qq / n - q * q / n / n), 0.0097, 0.0006);
	ck_assert_double_eq_tol (r / n, 1, 0.004);
	ck_between (sqrt (rr / n - r * r / n / n), 0.035, 0.055);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-cell");
	TCase *tc = tcase_create ("cell");

	tcase_add_test (tc, open_circuit_voltage_follows_the_table);
	tcase_add_test (tc, slope_is_steep_at_thirty_and_flat_at_fifty_percent);
	tcase_add_test (
	    tc, entropy_lowers_the_voltage_of_a_warm_cell_at_low_charge_and_raises_it_at_half);
	tcase_add_test (tc, ten_second_pulse_sees_0_54_milliohm);
	tcase_add_test (tc, resistance_is_at_once_0_35_milliohm);
	tcase_add_test (tc, resistance_grows_in_the_cold_and_at_both_ends);
	tcase_add_test (tc, polarisation_relaxes_with_both_time_constants);
	tcase_add_test (tc, a_cell_rests_higher_after_charging_than_after_discharging);
	tcase_add_test (tc, hysteresis_stays_while_nothing_flows);
	tcase_add_test (tc, one_c_makes_nine_watts);
	tcase_add_test (tc, reversible_heat_changes_sign_with_the_current);
	tcase_add_test (tc, energy_in_is_energy_stored_and_heat_across_every_knot);
	tcase_add_test (tc, prepared_line_predicts_the_step);
	tcase_add_test (tc, over_discharge_goes_on_falling);
	tcase_add_test (tc, lot_spreads_as_measured);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
