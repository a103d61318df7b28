/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"

/* Cells on channels: what goes in, what comes out, and where the rest went. */

#define AH 3600.0

static PlLine *
rack_of (guint channels, guint64 seed, gboolean unformed)
{
	PlLine *line = pl_line_new (seed, 0);

	pl_line_rack_deliver (line, unformed);
	pl_line_rack_grow (line, channels);
	return line;
}

static void
demand (PlLine *line, guint channel, PlRackMode mode, double amps, double volts)
{
	const PlRackDemand wanted = {mode, amps, volts};

	pl_line_rack_demand (line, channel, &wanted);
}

static void
fault (PlLine *line, const char *spec, gboolean on)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_line_fault (line, spec, on, &error), error);
}

/* CC-CV to 3.65 V, 5 A; returns the Ah that an ampere-hour meter at the terminals sees. */
static double
charge_full (PlLine *line, guint channel, double amps, double dt_s)
{
	double ah = 0;

	demand (line, channel, PL_RACK_VOLTAGE, amps, 3.65);
	do {
		pl_line_advance (line, dt_s);
		ah += pl_line_rack_amps (line, channel) * dt_s / AH;
		ck_assert_double_lt (pl_line_time (line), 4e6);
	} while (pl_line_rack_amps (line, channel) > 5);
	demand (line, channel, PL_RACK_OFF, 0, 0);
	return ah;
}

static double
discharge (PlLine *line, guint channel, double amps, double to_v, double dt_s)
{
	double ah = 0;

	demand (line, channel, PL_RACK_CURRENT, -amps, 0);
	do {
		pl_line_advance (line, dt_s);
		ah -= pl_line_rack_amps (line, channel) * dt_s / AH;
		ck_assert_double_lt (pl_line_time (line), 4e6);
	} while (pl_line_rack_volts (line, channel) > to_v);
	demand (line, channel, PL_RACK_OFF, 0, 0);
	return ah;
}

static void
balance (PlLine *line, guint channel)
{
	PlRackLedger l;

	pl_line_rack_ledger (line, channel, &l);
	ck_assert_double_eq_tol (l.in_c - l.out_c, l.stored_c + l.leak_c + l.lost_c,
				 1e-9 * (l.in_c + l.out_c) + 1e-6);
	ck_assert_double_eq_tol (l.in_j - l.out_j, l.stored_j + l.heat_j + l.lost_j,
				 2e-5 * (l.in_j + l.out_j) + 1e-3);
	ck_assert_double_ge (l.heat_j, 0);
}

START_TEST (charge_and_energy_are_kept_over_a_formation)
{
	g_autoptr (PlLine) line = rack_of (1, 3, TRUE);
	PlRackLedger l;
	double in, out;

	demand (line, 1, PL_RACK_CURRENT, 5, 0);
	pl_line_advance (line, 3600);
	in = 5 + charge_full (line, 1, 20, 1);
	pl_line_advance (line, 1800);
	out = discharge (line, 1, 33, 2.5, 1);
	balance (line, 1);
	pl_line_rack_ledger (line, 1, &l);
	ck_assert_double_eq_tol (in, l.in_c / AH, 1e-9 * in);
	ck_assert_double_eq_tol (out, l.out_c / AH, 1e-9 * out);
	ck_between (out / in, 0.89, 0.915); /* first-cycle efficiency */
	ck_between (l.lost_c / l.in_c, 0.085, 0.11);
	ck_assert_double_gt (in, PL_CELL_RATED_AH);
}
END_TEST

START_TEST (what_formation_takes_it_takes_once)
{
	g_autoptr (PlLine) line = rack_of (1, 3, TRUE);
	double in, out;

	charge_full (line, 1, 20, 1);
	discharge (line, 1, 33, 2.5, 1);
	in = charge_full (line, 1, 33, 1);
	out = discharge (line, 1, 33, 2.5, 1);
	ck_between (out / in, 0.995, 1.001);
	balance (line, 1);
}
END_TEST

START_TEST (energy_is_kept_in_coarse_steps_too)
{
	g_autoptr (PlLine) line = rack_of (3, 3, FALSE);

	for (guint i = 1; i <= 3; i++)
		demand (line, i, i == 2 ? PL_RACK_VOLTAGE : PL_RACK_CURRENT, i == 3 ? -30 : 30,
			3.4);
	for (guint i = 0; i < 60; i++)
		pl_line_advance (line, 60);
	pl_line_advance (line, 86400);
	for (guint i = 1; i <= 3; i++)
		balance (line, i);
}
END_TEST

START_TEST (a_held_voltage_is_held_and_its_current_falls)
{
	g_autoptr (PlLine) line = rack_of (1, 5, FALSE);
	double before;

	demand (line, 1, PL_RACK_VOLTAGE, 50, 3.40);
	while (pl_line_rack_amps (line, 1) > 49.999 || pl_line_time (line) < 1)
		pl_line_advance (line, 1);
	before = pl_line_rack_amps (line, 1);
	for (guint i = 0; i < 600; i++) {
		pl_line_advance (line, 0.1);
		ck_assert_double_eq_tol (pl_line_rack_volts (line, 1), 3.40, 2e-5);
	}
	ck_assert_double_lt (pl_line_rack_amps (line, 1), before);
	ck_assert_double_gt (pl_line_rack_amps (line, 1), 0);
}
END_TEST

START_TEST (how_finely_it_is_looked_at_does_not_change_what_flows)
{
	g_autoptr (PlLine) fine = rack_of (1, 9, FALSE), coarse = rack_of (1, 9, FALSE);
	double a = charge_full (fine, 1, 33, 0.1), b = charge_full (coarse, 1, 33, 1);

	/* the last look comes up to a second later: 5 A for a second are 0.0014 Ah */
	ck_assert_double_eq_tol (a, b, 0.003);
}
END_TEST

START_TEST (a_pulse_sees_the_same_resistance_as_the_pack_cell)
{
	g_autoptr (PlLine) line = rack_of (1, 1, FALSE);
	PlRackChannel *c = &line->rack.channels[0];
	double before;

	c->cell.resistance = 1;
	c->cell.soc = 0.5;
	c->cell.capacity_c = 1e9; /* so that only resistance is seen */
	c->cell.degc = line->rack.air_degc;
	pl_rack_channel_begin (c);
	before = pl_line_rack_volts (line, 1);
	demand (line, 1, PL_RACK_CURRENT, -100, 0);
	for (guint i = 0; i < 100; i++)
		pl_line_advance (line, 0.1);
	ck_assert_double_eq_tol ((before - pl_line_rack_volts (line, 1)) / 100 * 1e3, 0.542, 0.004);
	demand (line, 1, PL_RACK_OFF, 0, 0);
	pl_line_advance (line, 0.1);
	ck_assert_double_le (fabs (pl_line_rack_amps (line, 1)), 0);
}
END_TEST

START_TEST (a_lot_spreads_as_measured_and_a_channel_has_its_cell_on_any_rack)
{
	g_autoptr (PlLine) big = rack_of (512, 11, FALSE), small = rack_of (8, 11, FALSE);
	double q = 0, qq = 0, r = 0, rr = 0;

	for (guint i = 0; i < 512; i++) {
		const PlCell *cell = &big->rack.channels[i].cell;
		double share = cell->capacity_c / (PL_CELL_RATED_AH * AH);

		q += share / 512;
		qq += share * share / 512;
		r += cell->resistance / 512;
		rr += cell->resistance * cell->resistance / 512;
		ck_between (cell->soc, 0.29, 0.31);
	}
	ck_assert_double_eq_tol (sqrt (qq - q * q) / q, 0.0097, 0.0012);
	ck_assert_double_eq_tol (sqrt (rr - r * r) / r, 0.08, 0.01);
	for (guint i = 0; i < 8; i++)
		ck_assert_mem_eq (&big->rack.channels[i].cell, &small->rack.channels[i].cell,
				  sizeof (PlCell));
	pl_line_rack_swap (small, 3);
	ck_assert_mem_ne (&big->rack.channels[2].cell, &small->rack.channels[2].cell,
			  sizeof (PlCell));
}
END_TEST

START_TEST (growing_later_keeps_the_cells_that_are_in)
{
	g_autoptr (PlLine) line = rack_of (2, 7, FALSE);
	PlRackLedger l;

	demand (line, 2, PL_RACK_CURRENT, 10, 0);
	pl_line_advance (line, 360);
	pl_line_rack_grow (line, 64);
	pl_line_rack_grow (line, 4);
	ck_assert_uint_eq (pl_line_rack_channels (line), 64);
	pl_line_advance (line, 360);
	pl_line_rack_ledger (line, 2, &l);
	ck_assert_double_eq_tol (l.in_c / AH, 2, 1e-9);
}
END_TEST

START_TEST (the_pack_does_not_feel_the_rack)
{
	g_autoptr (PlLine) with = pl_line_new (4, PL_LINE_CELLS),
			   without = pl_line_new (4, PL_LINE_CELLS);

	pl_line_rack_grow (with, 64);
	for (guint i = 1; i <= 64; i++)
		demand (with, i, PL_RACK_CURRENT, 50, 0);
	pl_line_advance (with, 60);
	pl_line_advance (without, 60);
	ck_assert_mem_eq (&with->pack, &without->pack, sizeof with->pack);
	ck_assert_double_gt (pl_line_rack_amps (with, 64), 49);
}
END_TEST

START_TEST (a_month_at_rest_takes_what_leaks)
{
	g_autoptr (PlLine) line = rack_of (1, 2, FALSE);
	PlRackLedger l;

	fault (line, "cell-soft-short:channel=1,ohm=300", TRUE);
	for (guint i = 0; i < 30 * 24; i++)
		pl_line_advance (line, 3600);
	pl_line_rack_ledger (line, 1, &l);
	/* 3.27 V / 300 ohm over 30 days, and 0.3 % of the cell's own */
	ck_between (l.leak_c / AH, 7.8 + 0.2, 7.9 + 0.45);
	balance (line, 1);
}
END_TEST

/* -- faults ------------------------------------------------------------------------------------ */

START_TEST (a_reversed_cell_reads_negative_and_an_open_probe_nothing)
{
	g_autoptr (PlLine) line = rack_of (4, 2, FALSE);

	fault (line, "cell-reversed:channel=2", TRUE);
	fault (line, "cell-open-probe:channel=3", TRUE);
	pl_line_advance (line, 1);
	ck_assert_double_eq_tol (pl_line_rack_volts (line, 2), -3.27, 0.01);
	ck_assert_double_le (fabs (pl_line_rack_volts (line, 3)), 0);
	ck_assert (isinf (pl_line_rack_acir (line, 3)));
	ck_between (pl_line_rack_acir (line, 4), 0.14e-3, 0.27e-3);
	fault (line, "cell-open-probe", FALSE);
	fault (line, "cell-reversed", FALSE);
	pl_line_advance (line, 1);
	ck_assert_double_eq_tol (pl_line_rack_volts (line, 2), 3.27, 0.01);
	ck_assert_double_eq_tol (pl_line_rack_volts (line, 3), 3.27, 0.01);
}
END_TEST

START_TEST (an_open_probe_lets_a_held_voltage_drive_all_it_has)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);

	fault (line, "cell-open-probe:channel=3", TRUE);
	demand (line, 3, PL_RACK_VOLTAGE, 20, 3.3);
	pl_line_advance (line, 3 * 3600);
	ck_assert_double_eq_tol (pl_line_rack_amps (line, 3), 20, 1e-9);
	/* a channel drives 5 V through cell and leads, not more */
	pl_line_advance (line, 24 * 3600);
	ck_assert_double_lt (pl_line_rack_amps (line, 3), 20);
	ck_assert_double_lt (pl_line_rack_supply_volts (line, 3), 5.01);
}
END_TEST

START_TEST (another_chemistry_has_another_voltage_and_keeps_its_own_account)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);

	fault (line, "cell-wrong-chemistry", TRUE);
	pl_line_advance (line, 1);
	ck_between (pl_line_rack_volts (line, 3), 3.58, 3.66);
	demand (line, 3, PL_RACK_CURRENT, 30, 0);
	pl_line_advance (line, 3600);
	balance (line, 3);
	fault (line, "cell-wrong-chemistry", FALSE);
	ck_between (pl_line_rack_volts (line, 3), 3.2, 3.4);
}
END_TEST

START_TEST (a_low_cell_holds_less)
{
	g_autoptr (PlLine) line = rack_of (2, 2, FALSE);
	double ah;

	fault (line, "cell-low-capacity:channel=2,ah=80", TRUE);
	charge_full (line, 2, 33, 1);
	ah = discharge (line, 2, 33, 2.5, 1);
	ck_between (ah, 78, 81);
	balance (line, 2);
}
END_TEST

START_TEST (a_cell_heats_only_while_it_is_charged)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);

	fault (line, "cell-over-temperature:channel=3,degc=70", TRUE);
	pl_line_advance (line, 600);
	ck_between (pl_line_rack_degc (line, 3), 24, 26);
	demand (line, 3, PL_RACK_CURRENT, 10, 0);
	pl_line_advance (line, 600);
	ck_between (pl_line_rack_degc (line, 3), 60, 71);
	balance (line, 3);
}
END_TEST

START_TEST (a_cold_cell_resists_more_and_warms_with_the_room)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);
	double cold, warm;

	fault (line, "cell-cold:channel=3,degc=0", TRUE);
	cold = pl_line_rack_acir (line, 3);
	ck_between (pl_line_rack_degc (line, 3), -0.1, 1);
	pl_line_rack_set_air (line, 30);
	pl_line_advance (line, 12 * 3600);
	warm = pl_line_rack_acir (line, 3);
	ck_between (pl_line_rack_degc (line, 3), 29.9, 30.1);
	ck_assert_double_gt (cold, 1.5 * warm);
}
END_TEST

START_TEST (a_loop_that_holds_too_much_goes_over_and_is_seen)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);

	fault (line, "cell-over-voltage:channel=3,volt=0.2", TRUE);
	demand (line, 3, PL_RACK_VOLTAGE, 50, 3.65);
	pl_line_advance (line, 3 * 3600);
	ck_assert_double_eq_tol (pl_line_rack_volts (line, 3), 3.85, 1e-3);
}
END_TEST

START_TEST (a_dead_channel_carries_nothing_and_a_deaf_one_is_only_deaf)
{
	g_autoptr (PlLine) line = rack_of (3, 2, FALSE);

	fault (line, "channel-dead:channel=1", TRUE);
	fault (line, "cycler-watchdog:channel=2", TRUE);
	for (guint i = 1; i <= 3; i++)
		demand (line, i, PL_RACK_CURRENT, 10, 0);
	pl_line_advance (line, 10);
	ck_assert_double_le (fabs (pl_line_rack_amps (line, 1)), 0);
	ck_assert (pl_line_rack_is_dead (line, 1) && !pl_line_rack_is_dead (line, 2));
	ck_assert_double_eq_tol (pl_line_rack_amps (line, 2), 10, 1e-9);
	ck_assert (pl_line_rack_is_deaf (line, 2) && !pl_line_rack_is_deaf (line, 3));
}
END_TEST

START_TEST (a_fault_on_a_channel_that_is_not_there_is_refused)
{
	g_autoptr (PlLine) line = rack_of (8, 2, FALSE);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_line_fault (line, "cell-cold:channel=9", TRUE, &error));
	ck_assert_err (error, PL_LINE_ERROR, PL_LINE_ERROR_FAULT);
	ck_assert_ptr_nonnull (strstr (error->message, "8 channels"));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-rack");
	TCase *tc = tcase_create ("rack");

	tcase_add_test (tc, charge_and_energy_are_kept_over_a_formation);
	tcase_add_test (tc, what_formation_takes_it_takes_once);
	tcase_add_test (tc, energy_is_kept_in_coarse_steps_too);
	tcase_add_test (tc, a_held_voltage_is_held_and_its_current_falls);
	tcase_add_test (tc, how_finely_it_is_looked_at_does_not_change_what_flows);
	tcase_add_test (tc, a_pulse_sees_the_same_resistance_as_the_pack_cell);
	tcase_add_test (tc, a_lot_spreads_as_measured_and_a_channel_has_its_cell_on_any_rack);
	tcase_add_test (tc, growing_later_keeps_the_cells_that_are_in);
	tcase_add_test (tc, the_pack_does_not_feel_the_rack);
	tcase_add_test (tc, a_month_at_rest_takes_what_leaks);
	tcase_add_test (tc, a_reversed_cell_reads_negative_and_an_open_probe_nothing);
	tcase_add_test (tc, an_open_probe_lets_a_held_voltage_drive_all_it_has);
	tcase_add_test (tc, another_chemistry_has_another_voltage_and_keeps_its_own_account);
	tcase_add_test (tc, a_low_cell_holds_less);
	tcase_add_test (tc, a_cell_heats_only_while_it_is_charged);
	tcase_add_test (tc, a_cold_cell_resists_more_and_warms_with_the_room);
	tcase_add_test (tc, a_loop_that_holds_too_much_goes_over_and_is_seen);
	tcase_add_test (tc, a_dead_channel_carries_nothing_and_a_deaf_one_is_only_deaf);
	tcase_add_test (tc, a_fault_on_a_channel_that_is_not_there_is_refused);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
