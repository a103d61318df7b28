/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"

/* Contactors, pre-charge, FETs, the comparator, the supply's side; with a scripted BMS. */

/* Seconds until the BMS sees the flag, in the line's own time. */
static double
await_flag (Script *s, guint32 flag, gboolean set)
{
	double began = pl_line_time (s->line);

	while (((s->sample.flags & flag) != 0) != set && pl_line_time (s->line) - began < 5)
		pl_line_advance (s->line, 0.005);
	return pl_line_time (s->line) - began;
}

START_TEST (nothing_closes_without_a_bms)
{
	g_autoptr (PlLine) line = pl_line_new (1, PL_LINE_CELLS);
	PlSupplyDemand demand = {TRUE, 20, 116.8, 80};

	pl_line_fixture (line)->bms_power = TRUE;
	pl_line_advance (line, 5);
	ck_assert_double_lt (pl_line_terminal_voltage (line), 0.01);
	pl_line_set_supply (line, &demand);
	pl_line_advance (line, 1);
	ck_assert_double_eq_tol (pl_line_supply_current (line), 0, 1e-9);
}
END_TEST

START_TEST (outputs_fall_off_without_power_in_reset_and_when_the_bms_goes)
{
	for (guint i = 0; i < 3; i++) {
		g_autoptr (Script) s = script_new (1);

		script_close (s);
		ck_assert (s->sample.flags & AFE_FLAG_MAIN_AUX);
		if (i == 0)
			s->fixture->bms_power = FALSE;
		else if (i == 1)
			s->fixture->bms_reset = TRUE;
		else
			s->absent = TRUE;
		pl_line_advance (s->line, 0.2);
		ck_assert (!(s->sample.flags & AFE_FLAG_MAIN_AUX));
	}
}
END_TEST

START_TEST (pins_follow_the_fixture)
{
	g_autoptr (Script) s = script_new (1);

	s->fixture->bms_boot = s->fixture->bms_reset = TRUE;
	pl_line_advance (s->line, 0.2);
	ck_assert_uint_eq (s->sample.pins, AFE_PIN_POWER | AFE_PIN_BOOT0 | AFE_PIN_RESET);
	s->fixture->bms_boot = s->fixture->bms_reset = s->fixture->bms_power = FALSE;
	pl_line_advance (s->line, 0.2);
	ck_assert_uint_eq (s->sample.pins, 0);
}
END_TEST

START_TEST (precharge_reaches_95_percent_after_three_time_constants)
{
	g_autoptr (Script) s = script_new (1);
	double began, stack;

	s->command.outputs = AFE_OUT_PRECHARGE;
	await_flag (s, AFE_FLAG_PRECHARGE_AUX, TRUE);
	began = pl_line_time (s->line);
	stack = pl_line_stack_voltage (s->line);
	while (pl_line_terminal_voltage (s->line) < 0.95 * stack)
		pl_line_advance (s->line, 0.002);
	/* 100 ohm x 1 mF x ln 20 = 0.30 s, less what the aux contact was reported late */
	ck_between (pl_line_time (s->line) - began, 0.27, 0.31);
	ck_assert (!(s->sample.flags & AFE_FLAG_MAIN_AUX));
}
END_TEST

START_TEST (main_contact_travels_before_it_reports)
{
	g_autoptr (Script) s = script_new (1);

	pl_line_advance (s->line, 1);
	s->command.outputs = AFE_OUT_MAIN;
	pl_line_advance (s->line, 0.1); /* commanded at its end at the latest */
	ck_between (await_flag (s, AFE_FLAG_MAIN_AUX, TRUE), 0.0, 0.08);
	s->command.outputs = 0;
	ck_between (await_flag (s, AFE_FLAG_MAIN_AUX, FALSE), 0.015, 0.14);
}
END_TEST

START_TEST (travel_takes_thirty_milliseconds)
{
	PlTerminal terminal = {.main.coil = TRUE};
	guint ms = 0;

	while (!pl_contactor_is_closed (&terminal.main) && ms < 100) {
		ck_assert (pl_terminal_move (&terminal, 1000));
		ms++;
	}
	ck_assert_uint_eq (ms, 30);
	ck_assert (!pl_terminal_move (&terminal, 1000));
	terminal.main.coil = FALSE;
	for (ms = 0; pl_contactor_is_closed (&terminal.main) && ms < 100; ms++)
		pl_terminal_move (&terminal, 1000);
	ck_assert_uint_eq (ms, 15);
}
END_TEST

START_TEST (closed_path_drops_a_milliohm)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	script_supply (s, -50);
	pl_line_advance (s->line, 1);
	ck_between (pl_line_stack_voltage (s->line) - pl_line_terminal_voltage (s->line), 0.045,
		    0.055);
	ck_assert_double_eq_tol (pl_line_shunt_current (s->line), -50, 1e-9);
	ck_assert_double_eq_tol (s->sample.current_ma / 1e3, -50, 0.25);
}
END_TEST

START_TEST (open_terminals_keep_their_charge_until_the_discharge_relay)
{
	g_autoptr (Script) s = script_new (1);
	double before;

	script_close (s);
	s->fixture->load_relay = FALSE;
	script_outputs (s, 0);
	before = pl_line_terminal_voltage (s->line);
	pl_line_advance (s->line, 10); /* bleeder: 100 s */
	ck_assert_double_eq_tol (pl_line_terminal_voltage (s->line) / before, exp (-0.1), 1e-3);
	s->fixture->discharge = TRUE;
	pl_line_advance (s->line, 3); /* 0.22 s */
	ck_assert_double_lt (pl_line_terminal_voltage (s->line), 0.001);
}
END_TEST

START_TEST (nothing_flows_with_the_load_relay_open)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	s->fixture->load_relay = FALSE;
	script_supply (s, 20);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (pl_line_supply_current (s->line), 0, 1e-12);
	ck_assert_double_eq_tol (pl_line_supply_voltage (s->line), 116.8, 1e-12);
}
END_TEST

START_TEST (supply_on_open_contactors_charges_the_terminals_to_its_limit_and_no_more)
{
	g_autoptr (Script) s = script_new (1);

	s->fixture->load_relay = TRUE;
	script_supply (s, 20);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (pl_line_supply_voltage (s->line), 116.8, 1e-6);
	ck_between (pl_line_supply_current (s->line), 0.0005,
		    0.002); /* the bleeder's milliampere */
	ck_assert_double_lt (fabs (s->line->terminal.pack_a), 1e-12);
}
END_TEST

START_TEST (emergency_stop_opens_the_load_relay)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	script_supply (s, 20);
	pl_line_advance (s->line, 1);
	s->fixture->estop_ok = FALSE;
	pl_line_advance (s->line, 0.1);
	ck_assert_double_eq_tol (pl_line_supply_current (s->line), 0, 1e-12);
}
END_TEST

START_TEST (supply_goes_over_to_constant_voltage_and_never_reverses)
{
	g_autoptr (Script) s = script_new (1);
	PlSupplyDemand demand = {TRUE, 50, 106, 80};

	script_close (s);
	pl_line_set_supply (s->line, &demand);
	pl_line_advance (s->line, 60);
	ck_assert_double_eq_tol (pl_line_supply_voltage (s->line), 106, 1e-3);
	ck_between (pl_line_supply_current (s->line), 1, 49);
	demand.v_max = 100; /* below the stack: it stops, it does not discharge */
	pl_line_set_supply (s->line, &demand);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (pl_line_supply_current (s->line), 0, 1e-9);
	demand = (PlSupplyDemand){TRUE, -50, 116.8, 104.5};
	pl_line_set_supply (s->line, &demand);
	pl_line_advance (s->line, 300);
	ck_assert_double_eq_tol (pl_line_supply_voltage (s->line), 104.5, 1e-3);
	ck_between (pl_line_supply_current (s->line), -49, -1);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (each_fet_blocks_its_direction)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	script_outputs (s, AFE_OUT_MAIN | AFE_OUT_CHARGE_FET);
	script_supply (s, -20);
	pl_line_advance (s->line, 1);
	ck_assert_double_lt (fabs (s->line->terminal.pack_a), 1e-9);
	script_supply (s, 20);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (s->line->terminal.pack_a, 20, 0.01);
	script_outputs (s, AFE_OUT_MAIN | AFE_OUT_DISCHARGE_FET);
	ck_assert_double_lt (fabs (s->line->terminal.pack_a), 0.01);
	script_supply (s, -20);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (s->line->terminal.pack_a, -20, 0.01);
}
END_TEST

START_TEST (comparator_latches_before_any_such_current_has_flowed)
{
	g_autoptr (Script) s = script_new (1);
	double most = 0;

	script_close (s);
	s->command.short_circuit_ma = 30000;
	script_supply (s, -25);
	pl_line_advance (s->line, 1);
	ck_assert (!(s->sample.flags & AFE_FLAG_SHORT_CIRCUIT));
	s->command.short_circuit_ma = 20000;
	for (guint i = 0; i < 200; i++) {
		pl_line_advance (s->line, 0.001);
		if (s->line->terminal.short_circuit_a < 25)
			most = MAX (most, -s->line->terminal.pack_a);
	}
	ck_assert (s->sample.flags & AFE_FLAG_SHORT_CIRCUIT);
	ck_assert_double_lt (most, 20);
	ck_assert (!(s->sample.flags & AFE_FLAG_MAIN_AUX)); /* commanded, yet open */
}
END_TEST

START_TEST (comparator_ignores_charging)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	s->command.short_circuit_ma = 20000;
	script_supply (s, 50);
	pl_line_advance (s->line, 1);
	ck_assert (!(s->sample.flags & AFE_FLAG_SHORT_CIRCUIT));
	ck_assert_double_eq_tol (s->line->terminal.pack_a, 50, 0.01);
}
END_TEST

START_TEST (short_stays_latched_until_it_is_cleared)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	s->command.short_circuit_ma = 20000;
	script_supply (s, -25);
	pl_line_advance (s->line, 0.5);
	script_supply (s, 0);
	s->command.short_circuit_ma = 250000;
	pl_line_advance (s->line, 5);
	ck_assert (s->sample.flags & AFE_FLAG_SHORT_CIRCUIT);
	script_outputs (s, AFE_OUT_CLEAR_SHORT);
	ck_assert (!(s->sample.flags & AFE_FLAG_SHORT_CIRCUIT));
	script_outputs (s, ALL_CLOSED);
	ck_assert (s->sample.flags & AFE_FLAG_MAIN_AUX);
}
END_TEST

START_TEST (closing_onto_empty_terminals_loses_what_a_capacitor_loses)
{
	g_autoptr (Script) s = script_new (1);
	PlLineLedger l;

	script_outputs (s, ALL_CLOSED);
	pl_line_ledger (s->line, &l);
	ck_assert_double_eq_tol (pl_line_terminal_voltage (s->line), 105, 0.5);
	/* half of what the stack gave is in the capacitance, half is heat, most of it in the spark
	 */
	ck_assert_double_eq_tol (l.capacitor_j, 0.5e-3 * 105 * 105, 0.1);
	ck_between (l.path_j, 1, l.capacitor_j);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (discharge_relay_on_a_closed_pack_draws_half_an_ampere)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	s->fixture->discharge = TRUE;
	pl_line_advance (s->line, 5);
	ck_between (-s->line->terminal.pack_a, 0.45, 0.5);
	ck_assert_double_eq_tol (pl_line_shunt_current (s->line), 0, 1e-12);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (bms_sees_stack_and_terminals_in_millivolts)
{
	g_autoptr (Script) s = script_new (1);

	pl_line_advance (s->line, 1);
	ck_assert_int_le (abs (s->sample.stack_mv - (int)(pl_line_stack_voltage (s->line) * 1e3)),
			  1);
	ck_assert_int_eq (s->sample.terminal_mv, 0);
	script_close (s);
	ck_assert_int_le (abs (s->sample.stack_mv - s->sample.terminal_mv), 5);
}
END_TEST

START_TEST (a_short_pulse_on_a_pin_at_rest_reaches_the_bms)
{
	g_autoptr (Script) s = script_new (1);
	gboolean seen = FALSE;

	pl_line_advance (s->line, 10.05); /* between two of its visits, 100 ms apart at rest */
	s->fixture->bms_reset = TRUE;
	for (guint i = 0; i < 3; i++) {
		pl_line_advance (s->line, 0.01);
		seen |= (s->sample.pins & AFE_PIN_RESET) != 0;
	}
	s->fixture->bms_reset = FALSE;
	pl_line_advance (s->line, 0.02);
	ck_assert (seen);
	ck_assert (!(s->sample.pins & AFE_PIN_RESET));
}
END_TEST

START_TEST (samples_are_numbered_without_gaps_and_their_times_add_up)
{
	g_autoptr (Script) s = script_new (1);
	guint32 first;

	pl_line_advance (s->line, 1);
	first = s->sample.seq;
	s->calls = 0;
	script_close (s);
	ck_assert_uint_eq (s->sample.seq - first, s->calls);
	ck_assert_uint_eq (s->sample.magic, AFE_SAMPLE_MAGIC);
	ck_assert_uint_le (s->longest_us, 100000);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-terminal");
	TCase *tc = tcase_create ("terminal");

	tcase_add_test (tc, nothing_closes_without_a_bms);
	tcase_add_test (tc, outputs_fall_off_without_power_in_reset_and_when_the_bms_goes);
	tcase_add_test (tc, pins_follow_the_fixture);
	tcase_add_test (tc, precharge_reaches_95_percent_after_three_time_constants);
	tcase_add_test (tc, main_contact_travels_before_it_reports);
	tcase_add_test (tc, travel_takes_thirty_milliseconds);
	tcase_add_test (tc, closed_path_drops_a_milliohm);
	tcase_add_test (tc, open_terminals_keep_their_charge_until_the_discharge_relay);
	tcase_add_test (tc, nothing_flows_with_the_load_relay_open);
	tcase_add_test (tc,
			supply_on_open_contactors_charges_the_terminals_to_its_limit_and_no_more);
	tcase_add_test (tc, emergency_stop_opens_the_load_relay);
	tcase_add_test (tc, supply_goes_over_to_constant_voltage_and_never_reverses);
	tcase_add_test (tc, each_fet_blocks_its_direction);
	tcase_add_test (tc, comparator_latches_before_any_such_current_has_flowed);
	tcase_add_test (tc, comparator_ignores_charging);
	tcase_add_test (tc, short_stays_latched_until_it_is_cleared);
	tcase_add_test (tc, closing_onto_empty_terminals_loses_what_a_capacitor_loses);
	tcase_add_test (tc, discharge_relay_on_a_closed_pack_draws_half_an_ampere);
	tcase_add_test (tc, bms_sees_stack_and_terminals_in_millivolts);
	tcase_add_test (tc, a_short_pulse_on_a_pin_at_rest_reaches_the_bms);
	tcase_add_test (tc, samples_are_numbered_without_gaps_and_their_times_add_up);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
