/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"
#include <string.h>
#include <time.h>

/* The pack as a whole: what meters see, conservation, seeds, subdivision, cost. */

static double
spread_v (PlLine *line)
{
	double low = G_MAXDOUBLE, high = 0;

	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		low = MIN (low, pl_line_cell_sense (line, i));
		high = MAX (high, pl_line_cell_sense (line, i));
	}
	return high - low;
}

START_TEST (rested_pack_spreads_less_than_ten_millivolts)
{
	for (guint64 seed = 0; seed < 60; seed++) {
		PlLine *line = pl_line_new (seed, PL_LINE_CELLS);

		pl_line_advance (line, 10);
		ck_between (spread_v (line), 1e-3, 10e-3);
		ck_between (pl_line_stack_voltage (line), 104.5, 105.5);
		pl_line_free (line);
	}
}
END_TEST

START_TEST (cells_add_up_to_the_stack)
{
	g_autoptr (Script) s = script_new (3);
	double sum = 0;

	script_close (s);
	script_supply (s, 50);
	pl_line_advance (s->line, 5);
	for (guint i = 0; i < PL_LINE_CELLS; i++)
		sum += pl_line_cell_sense (s->line, i);
	ck_assert_double_eq_tol (sum, pl_line_stack_voltage (s->line), 1e-9);
}
END_TEST

START_TEST (cell_sense_includes_its_busbar)
{
	g_autoptr (Script) s = script_new (3);
	double busbar = s->line->pack.busbar_ohm[4];

	script_close (s);
	script_supply (s, -50);
	pl_line_advance (s->line, 1);
	ck_between (busbar, 30e-6, 50e-6);
	ck_assert_double_eq_tol (pl_line_cell_sense (s->line, 4) - s->line->pack.cells[4].volts,
				 -50 * busbar, 1e-6);
}
END_TEST

/* What the recipe's pulse asks of a healthy pack of any seed: 15 % of the median, 0.1 mohm over it.
 */
START_TEST (pack_pulse_sees_cells_and_busbars_within_the_lot)
{
	g_autoptr (Script) s = script_new ((guint64)_i);
	double before[PL_LINE_CELLS], r[PL_LINE_CELLS], mean = 0;

	script_close (s);
	for (guint i = 0; i < PL_LINE_CELLS; i++)
		before[i] = pl_line_cell_sense (s->line, i);
	script_supply (s, -50);
	pl_line_advance (s->line, 10);
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		r[i] = (pl_line_cell_sense (s->line, i) - before[i]) / -50;
		mean += r[i] / PL_LINE_CELLS;
	}
	/* 0.54 of the cell, 0.04 of the busbar, and some 0.03 of charge and hysteresis moving at 35
	 * % */
	ck_between (mean, 0.58e-3, 0.66e-3);
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		ck_between (r[i] / mean, 0.87, 1.13);
		ck_assert_double_lt (r[i] - mean, 0.08e-3);
	}
}
END_TEST

START_TEST (charge_and_energy_balance_through_a_working_day)
{
	g_autoptr (Script) s = script_new (4);

	pl_line_advance (s->line, 60);
	script_balance (s, 1e-6);
	script_close (s);
	script_balance (s, 1e-6);
	script_supply (s, -50);
	pl_line_advance (s->line, 600);
	script_balance (s, 1e-6);
	script_supply (s, 90);
	pl_line_advance (s->line, 900);
	script_balance (s, 1e-6);
	script_supply (s, 0);
	s->command.balance = 0x11111111;
	pl_line_advance (s->line, 600);
	script_balance (s, 1e-6);
	s->fixture->discharge = TRUE;
	script_outputs (s, 0);
	pl_line_advance (s->line, 10);
	script_balance (s, 1e-6);
}
END_TEST

/* The ledger's own integrals against what a meter outside would integrate, by trapezoid. */
START_TEST (a_meter_outside_counts_what_the_ledger_counts)
{
	g_autoptr (Script) s = script_new (4);
	PlLineLedger before, after;
	double joule = 0, coulomb = 0, watt, soc = s->line->pack.cells[6].soc;

	script_close (s);
	pl_line_ledger (s->line, &before);
	script_supply (s, 20);
	pl_line_advance (s->line, 0.02);
	coulomb = 20 * 0.02;
	joule = coulomb * pl_line_supply_voltage (s->line);
	for (guint i = 0; i < 3000; i++) {
		watt = pl_line_supply_voltage (s->line) * pl_line_supply_current (s->line);
		pl_line_advance (s->line, 0.1);
		watt += pl_line_supply_voltage (s->line) * pl_line_supply_current (s->line);
		joule += watt / 2 * 0.1;
		coulomb += pl_line_shunt_current (s->line) * 0.1;
	}
	pl_line_ledger (s->line, &after);
	ck_assert_double_eq_tol (after.supply_j - before.supply_j, joule, 1e-5 * joule);
	ck_assert_double_eq_tol (after.supply_c - before.supply_c, coulomb, 1e-9 * coulomb);
	ck_assert_double_eq_tol (coulomb, 6000.4, 1e-6);
	ck_assert_double_eq_tol ((s->line->pack.cells[6].soc - soc) *
				     s->line->pack.cells[6].capacity_c,
				 6000.4, 1); /* bleeder and leak take less than 1 C */
}
END_TEST

START_TEST (round_trip_returns_less_energy_than_it_took)
{
	g_autoptr (Script) s = script_new (4);
	PlLineLedger up, both;

	script_close (s);
	script_supply (s, 50);
	pl_line_advance (s->line, 600);
	pl_line_ledger (s->line, &up);
	script_supply (s, -50);
	pl_line_advance (s->line, 600);
	pl_line_ledger (s->line, &both);
	ck_assert_double_eq_tol (both.supply_c, 0, 1e-6 * up.supply_c);
	ck_between ((up.supply_j - both.supply_j) / up.supply_j, 0.94, 0.99);
}
END_TEST

START_TEST (healthy_leak_is_0_3_percent_a_month)
{
	g_autoptr (PlLine) line = pl_line_new (2, PL_LINE_CELLS);
	PlLineLedger ledger;

	pl_line_advance (line, 3600);
	pl_line_ledger (line, &ledger);
	/* Ah a cell and month, of 100 */
	ck_between (ledger.leak_c / PL_LINE_CELLS / 3600 * 730.5, 0.25, 0.35);
}
END_TEST

START_TEST (an_hour_at_one_c_warms_the_pack_and_its_middle_most)
{
	g_autoptr (Script) s = script_new (6);
	double middle, end;

	script_close (s);
	script_supply (s, 100);
	pl_line_advance (s->line, 1800);
	middle = s->line->pack.cells[16].degc;
	end = s->line->pack.cells[0].degc;
	ck_between (middle - 25, 4, 12);
	ck_assert_double_lt (s->line->pack.cells[31].degc, middle);
	ck_assert_double_lt (fabs (end - middle), 3);
	ck_between (pl_line_surface_temperature (s->line, 16), middle - 0.5, middle);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (a_warm_pack_cools_with_its_time_constant)
{
	g_autoptr (PlLine) line = pl_line_new (1, PL_LINE_CELLS);

	for (guint i = 0; i < PL_LINE_CELLS; i++)
		line->pack.cells[i].degc = 45;
	pl_line_advance (line, 2000 / 0.7); /* C / hA: 48 min */
	ck_assert_double_eq_tol (line->pack.cells[12].degc, 25 + 20 * exp (-1), 0.1);
}
END_TEST

START_TEST (balancing_pulls_the_cell_and_lifts_its_neighbours)
{
	g_autoptr (Script) s = script_new (1);
	struct afe_sample before;
	PlLineLedger ledger;

	pl_line_advance (s->line, 1);
	before = s->sample;
	s->command.balance = 1u << 9;
	pl_line_advance (s->line, 10);
	ck_between (before.cell_uv[9] - s->sample.cell_uv[9], 5000, 15000);
	ck_between (s->sample.cell_uv[8] - before.cell_uv[8], 2500, 7500);
	ck_between (s->sample.cell_uv[10] - before.cell_uv[10], 2500, 7500);
	ck_assert_int_le (abs (s->sample.cell_uv[20] - before.cell_uv[20]), 20);
	pl_line_ledger (s->line, &ledger);
	ck_between (ledger.bleed_c / 10, 0.09, 0.11); /* 0.1 A */
}
END_TEST

START_TEST (balancing_does_not_show_at_the_external_harness)
{
	g_autoptr (Script) s = script_new (1);
	double before;

	pl_line_advance (s->line, 1);
	before = pl_line_cell_sense (s->line, 9);
	s->command.balance = 1u << 9;
	pl_line_advance (s->line, 10);
	ck_assert_double_lt (fabs (before - pl_line_cell_sense (s->line, 9)), 0.2e-3);
}
END_TEST

START_TEST (bms_agrees_with_the_harness_within_half_a_millivolt_and_one_percent_of_current)
{
	for (guint64 seed = 0; seed < 20; seed++) {
		g_autoptr (Script) s = script_new (seed);
		int zero;

		script_close (s);
		for (guint i = 0; i < PL_LINE_CELLS; i++)
			ck_assert_double_eq_tol (s->sample.cell_uv[i] * 1e-6,
						 pl_line_cell_sense (s->line, i), 0.6e-3);
		for (guint i = 0; i < PL_LINE_NTCS; i++)
			ck_assert_double_eq_tol (s->sample.ntc_mdegc[i] * 1e-3, 25, 0.6);
		zero = s->sample.current_ma;
		ck_assert_int_lt (abs (zero), 50);
		script_supply (s, 50);
		pl_line_advance (s->line, 1);
		ck_assert_double_eq_tol ((s->sample.current_ma - zero) / 50e3, 1, 0.005);
	}
}
END_TEST

static void
exercise (Script *s)
{
	script_close (s);
	script_supply (s, -50);
	pl_line_advance (s->line, 10);
	script_supply (s, 20);
	pl_line_advance (s->line, 30);
	s->fixture->leak_fill = TRUE;
	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_ramp (s, PL_HV_DC, 1744);
}

START_TEST (same_seed_is_the_same_world_to_the_bit)
{
	g_autoptr (Script) a = script_new (77), b = script_new (77);

	exercise (a);
	exercise (b);
	ck_assert_mem_eq (&a->line->pack, &b->line->pack, sizeof a->line->pack);
	ck_assert_mem_eq (&a->line->terminal, &b->line->terminal, sizeof a->line->terminal);
	ck_assert_mem_eq (&a->line->insulation, &b->line->insulation, sizeof a->line->insulation);
	ck_assert_mem_eq (&a->sample, &b->sample, sizeof a->sample);
}
END_TEST

START_TEST (another_seed_is_another_pack)
{
	g_autoptr (Script) a = script_new (77), b = script_new (78);

	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		const PlCell *one = &a->line->pack.cells[i], *other = &b->line->pack.cells[i];

		ck_assert_double_gt (fabs (one->capacity_c - other->capacity_c), 0);
		ck_assert_double_gt (fabs (one->resistance - other->resistance), 0);
	}
}
END_TEST

START_TEST (ten_seconds_in_one_go_or_in_a_thousand_are_the_same)
{
	g_autoptr (Script) one = script_new (5), many = script_new (5);
	Script *both[] = {one, many};

	for (guint i = 0; i < 2; i++) {
		script_close (both[i]);
		script_supply (both[i], -40);
	}
	pl_line_advance (one->line, 10);
	for (guint i = 0; i < 1000; i++)
		pl_line_advance (many->line, 0.01);
	ck_assert_double_eq_tol (pl_line_time (one->line), pl_line_time (many->line), 1e-9);
	for (guint i = 0; i < PL_LINE_CELLS; i++)
		ck_assert_double_eq_tol (pl_line_cell_sense (one->line, i),
					 pl_line_cell_sense (many->line, i), 2e-6);
	ck_assert_double_eq_tol (pl_line_terminal_voltage (one->line),
				 pl_line_terminal_voltage (many->line), 1e-3);
	ck_assert_double_eq_tol (one->line->pack.cells[3].soc, many->line->pack.cells[3].soc, 1e-9);
}
END_TEST

START_TEST (time_does_not_get_lost_in_odd_steps)
{
	g_autoptr (PlLine) line = pl_line_new (1, PL_LINE_CELLS);

	for (guint i = 0; i < 30000; i++)
		pl_line_advance (line, 1.0 / 3000);
	ck_assert_double_eq_tol (pl_line_time (line), 10, 2e-6);
}
END_TEST

START_TEST (fewer_cells_leave_the_rest_bare)
{
	g_autoptr (PlLine) line = pl_line_new (1, 16);

	pl_line_advance (line, 1);
	ck_between (pl_line_stack_voltage (line), 52, 53);
	ck_assert_double_eq_tol (pl_line_cell_sense (line, 16), 0, 1e-12);
}
END_TEST

START_TEST (bms_is_asked_often_while_current_flows_and_seldom_at_rest)
{
	g_autoptr (Script) s = script_new (1);

	pl_line_advance (s->line, 10);
	s->longest_us = s->calls = 0;
	s->shortest_us = G_MAXUINT32;
	pl_line_advance (s->line, 10);
	ck_assert_uint_eq (s->longest_us, 100000);
	ck_assert_uint_eq (s->shortest_us, 100000);
	ck_assert_uint_eq (s->calls, 100);
	script_close (s);
	script_supply (s, 20);
	pl_line_advance (s->line, 1);
	s->longest_us = s->calls = 0;
	pl_line_advance (s->line, 10);
	ck_assert_uint_eq (s->longest_us, 20000);
	ck_assert_uint_eq (s->calls, 500);
}
END_TEST

static double
cpu_s (void)
{
	return (double)clock () / CLOCKS_PER_SEC;
}

/* The bars leave room for sanitizers; a plain build needs a tenth of them. */
START_TEST (ten_minutes_of_rest_and_five_of_current_are_cheap)
{
	g_autoptr (PlLine) line = pl_line_new (1, PL_LINE_CELLS);
	g_autoptr (Script) s = script_new (1);
	double began = cpu_s ();

	pl_line_advance (line, 600);
	ck_assert_double_lt (cpu_s () - began, 0.15);
	script_close (s);
	script_supply (s, 20);
	began = cpu_s ();
	pl_line_advance (s->line, 300);
	ck_assert_double_lt (cpu_s () - began, 0.3);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-pack");
	TCase *tc = tcase_create ("pack");

	tcase_set_timeout (tc, 60);
	tcase_add_test (tc, rested_pack_spreads_less_than_ten_millivolts);
	tcase_add_test (tc, cells_add_up_to_the_stack);
	tcase_add_test (tc, cell_sense_includes_its_busbar);
	tcase_add_loop_test (tc, pack_pulse_sees_cells_and_busbars_within_the_lot, 0, 40);
	tcase_add_test (tc, charge_and_energy_balance_through_a_working_day);
	tcase_add_test (tc, a_meter_outside_counts_what_the_ledger_counts);
	tcase_add_test (tc, round_trip_returns_less_energy_than_it_took);
	tcase_add_test (tc, healthy_leak_is_0_3_percent_a_month);
	tcase_add_test (tc, an_hour_at_one_c_warms_the_pack_and_its_middle_most);
	tcase_add_test (tc, a_warm_pack_cools_with_its_time_constant);
	tcase_add_test (tc, balancing_pulls_the_cell_and_lifts_its_neighbours);
	tcase_add_test (tc, balancing_does_not_show_at_the_external_harness);
	tcase_add_test (
	    tc, bms_agrees_with_the_harness_within_half_a_millivolt_and_one_percent_of_current);
	tcase_add_test (tc, same_seed_is_the_same_world_to_the_bit);
	tcase_add_test (tc, another_seed_is_another_pack);
	tcase_add_test (tc, ten_seconds_in_one_go_or_in_a_thousand_are_the_same);
	tcase_add_test (tc, time_does_not_get_lost_in_odd_steps);
	tcase_add_test (tc, fewer_cells_leave_the_rest_bare);
	tcase_add_test (tc, bms_is_asked_often_while_current_flows_and_seldom_at_rest);
	tcase_add_test (tc, ten_minutes_of_rest_and_five_of_current_are_cheap);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
