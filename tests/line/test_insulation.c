/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"

/* Insulation network under the tester, ground bond, interlock, and the housing's air. */

/* What a tester reads after a minute at 500 V dc. */
static double
insulation_ohm (Script *s, PlRoute route)
{
	double ohm;

	script_route (s, route);
	script_hold (s, PL_HV_DC, 500, 60);
	ohm = 500 / pl_line_hv_current (s->line);
	script_hold (s, PL_HV_OFF, 0, 0);
	s->fixture->discharge = TRUE;
	pl_line_advance (s->line, 2);
	s->fixture->discharge = FALSE;
	return ohm;
}

START_TEST (healthy_barriers_measure_about_a_gigaohm_each)
{
	g_autoptr (Script) s = script_new (1);
	double pos = insulation_ohm (s, PL_ROUTE_POS_CHASSIS),
	       neg = insulation_ohm (s, PL_ROUTE_NEG_CHASSIS);

	ck_between (pos, 0.75e9, 1.25e9);
	ck_between (neg, 0.75e9, 1.25e9);
	ck_between (insulation_ohm (s, PL_ROUTE_COMMS_CHASSIS), 0.75e9, 1.25e9);
	ck_between (insulation_ohm (s, PL_ROUTE_HV_LV), 0.75e9, 1.25e9);
	ck_assert_double_eq_tol (insulation_ohm (s, PL_ROUTE_HV_CHASSIS) * (1 / pos + 1 / neg), 1,
				 1e-3);
}
END_TEST

START_TEST (monitor_bridge_loads_the_poles_to_100_kiloohm)
{
	g_autoptr (Script) s = script_new (1);

	script_outputs (s, AFE_OUT_INSULATION_MONITOR);
	ck_between (insulation_ohm (s, PL_ROUTE_POS_CHASSIS), 99e3, 100e3);
	ck_between (insulation_ohm (s, PL_ROUTE_HV_CHASSIS), 49e3, 50e3);
	ck_between (insulation_ohm (s, PL_ROUTE_COMMS_CHASSIS), 0.75e9, 1.25e9);
	script_outputs (s, 0);
	ck_between (insulation_ohm (s, PL_ROUTE_POS_CHASSIS), 0.75e9, 1.25e9);
}
END_TEST

START_TEST (monitor_reports_only_while_it_is_on_and_to_the_end_of_its_range)
{
	g_autoptr (Script) s = script_new (1);

	pl_line_advance (s->line, 1);
	ck_assert_uint_eq (s->sample.insulation_kohm, 0);
	script_outputs (s, AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (s->sample.insulation_kohm, 50000);
	s->line->insulation.barriers[PL_BARRIER_NEG].ohm = 300e3;
	pl_line_advance (s->line, 0.2);
	ck_between (s->sample.insulation_kohm, 299, 300);
}
END_TEST

START_TEST (dc_ramp_takes_c_dv_dt_and_the_plateau_leaks_microamperes)
{
	g_autoptr (Script) s = script_new (1);
	const PlBarrier *b = s->line->insulation.barriers;
	double farad = b[PL_BARRIER_POS].farad + b[PL_BARRIER_NEG].farad, leak;

	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_ramp (s, PL_HV_DC, 1744);
	leak = b[PL_BARRIER_POS].volts * (1 / b[PL_BARRIER_POS].ohm + 1 / b[PL_BARRIER_NEG].ohm);
	/* at the end of a tenth of a second's stair the source has caught up to 1 - e^-2 of it */
	ck_between ((pl_line_hv_current (s->line) - leak) / (farad * 1744 / 5), 0.2, 1);
	script_hold (s, PL_HV_DC, 1744, 10);
	ck_between (pl_line_hv_current (s->line), 2e-6, 5e-6);
	ck_assert_double_eq_tol (pl_line_fixture_voltage (s->line), 1744, 0.1);
	ck_assert (!pl_line_hv_broken_down (s->line));
}
END_TEST

START_TEST (healthy_pack_takes_less_than_ten_milliamperes_at_1480_volts_ac)
{
	for (guint64 seed = 0; seed < 20; seed++) {
		g_autoptr (Script) s = script_new (seed);
		double at60;

		script_route (s, PL_ROUTE_HV_CHASSIS);
		script_hold (s, PL_HV_AC, 1480, 1);
		at60 = pl_line_hv_current (s->line);
		ck_between (at60, 6e-3, 9e-3);
		pl_line_set_hv (s->line, PL_HV_AC, 1480, 50);
		pl_line_advance (s->line, 0.1);
		ck_assert_double_eq_tol (pl_line_hv_current (s->line) / at60, 50.0 / 60, 1e-3);
		ck_assert (!pl_line_hv_broken_down (s->line));
	}
}
END_TEST

static double
seconds_to_sixty_volts (gboolean relay)
{
	g_autoptr (Script) s = script_new (1);
	double began;

	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_ramp (s, PL_HV_DC, 1744);
	pl_line_set_hv (s->line, PL_HV_OFF, 0, 0);
	s->fixture->discharge = relay;
	began = pl_line_time (s->line);
	while (pl_line_fixture_voltage (s->line) > 60 && pl_line_time (s->line) < began + 600)
		pl_line_advance (s->line, 0.002);
	return pl_line_time (s->line) - began;
}

START_TEST (charge_stays_for_tens_of_seconds_without_the_discharge_relay)
{
	/* R C ln (1744 / 60) */
	ck_between (seconds_to_sixty_volts (FALSE), 15, 40);
	ck_between (seconds_to_sixty_volts (TRUE), 0.01, 0.1);
}
END_TEST

START_TEST (charge_stays_when_the_route_is_switched_away)
{
	g_autoptr (Script) s = script_new (1);

	script_route (s, PL_ROUTE_HV_LV);
	script_hold (s, PL_HV_DC, 500, 1);
	pl_line_set_hv (s->line, PL_HV_OFF, 0, 0);
	s->fixture->route = PL_ROUTE_NONE;
	pl_line_advance (s->line, 0.5);
	ck_assert_double_gt (pl_line_fixture_voltage (s->line), 400);
}
END_TEST

START_TEST (discharge_relay_under_test_shows_as_leakage)
{
	g_autoptr (Script) s = script_new (1);

	script_route (s, PL_ROUTE_POS_CHASSIS);
	s->fixture->discharge = TRUE;
	script_hold (s, PL_HV_DC, 1744, 1);
	ck_between (pl_line_hv_current (s->line), 1.7e-3, 1.8e-3);
}
END_TEST

START_TEST (no_high_voltage_unless_enabled_locked_closed_and_routed)
{
	for (guint i = 0; i < 5; i++) {
		g_autoptr (Script) s = script_new (1);

		script_route (s, i == 0 ? PL_ROUTE_NONE : PL_ROUTE_HV_CHASSIS);
		if (i == 1)
			s->fixture->hv_enable = FALSE;
		else if (i == 2)
			s->fixture->door_lock = FALSE;
		else if (i == 3)
			s->fixture->door_closed = FALSE;
		else if (i == 4)
			s->fixture->estop_ok = FALSE;
		script_hold (s, PL_HV_DC, 500, 1);
		ck_assert_double_eq_tol (pl_line_fixture_voltage (s->line), 0, 1e-12);
		ck_assert_double_eq_tol (pl_line_hv_current (s->line), 0, 1e-15);
		ck_assert (s->fixture->interlock_ok == (i < 2));
	}
}
END_TEST

START_TEST (opening_the_door_takes_the_source_away_and_leaves_the_charge)
{
	g_autoptr (Script) s = script_new (1);

	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_hold (s, PL_HV_DC, 1744, 1);
	s->fixture->door_closed = FALSE;
	pl_line_advance (s->line, 0.1);
	ck_assert (!s->fixture->interlock_ok);
	ck_assert_double_eq_tol (pl_line_hv_current (s->line), 0, 1e-15);
	ck_between (pl_line_fixture_voltage (s->line), 1600, 1744);
}
END_TEST

START_TEST (sound_barriers_withstand_and_break_beyond_their_measure)
{
	g_autoptr (Script) s = script_new (1);

	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_hold (s, PL_HV_DC, 6100, 2);
	ck_assert (!pl_line_hv_broken_down (s->line));
	script_hold (s, PL_HV_AC, 5000, 2); /* 7.1 kV peak */
	ck_assert (pl_line_hv_broken_down (s->line));
	script_hold (s, PL_HV_OFF, 0, 0.1);
	ck_assert (!pl_line_hv_broken_down (s->line));
}
END_TEST

START_TEST (ground_bond_is_tens_of_milliohm_on_its_route_only)
{
	for (guint64 seed = 0; seed < 20; seed++) {
		g_autoptr (Script) s = script_new (seed);

		script_route (s, PL_ROUTE_GROUND_BOND);
		script_hold (s, PL_HV_BOND, 25, 1);
		ck_between (pl_line_bond_resistance (s->line), 0.02, 0.04);
		ck_assert_double_eq_tol (pl_line_hv_current (s->line), 25, 1e-9);
		s->fixture->route = PL_ROUTE_POS_CHASSIS;
		pl_line_advance (s->line, 0.1);
		ck_assert_double_gt (pl_line_bond_resistance (s->line), 1e5);
		ck_assert_double_eq_tol (pl_line_fixture_voltage (s->line), 0, 1e-12);
	}
}
END_TEST

START_TEST (healthy_housing_fills_in_seconds_and_loses_ten_pascal_a_minute)
{
	g_autoptr (Script) s = script_new (1);
	double full;

	s->fixture->leak_fill = TRUE;
	pl_line_advance (s->line, 5);
	s->fixture->leak_fill = FALSE;
	pl_line_advance (s->line, 5);
	full = pl_line_leak_pressure (s->line);
	ck_between (full, 2450, 2500);
	pl_line_advance (s->line, 60);
	ck_between (full - pl_line_leak_pressure (s->line), 5, 20);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-insulation");
	TCase *tc = tcase_create ("insulation");

	tcase_add_test (tc, healthy_barriers_measure_about_a_gigaohm_each);
	tcase_add_test (tc, monitor_bridge_loads_the_poles_to_100_kiloohm);
	tcase_add_test (tc, monitor_reports_only_while_it_is_on_and_to_the_end_of_its_range);
	tcase_add_test (tc, dc_ramp_takes_c_dv_dt_and_the_plateau_leaks_microamperes);
	tcase_add_test (tc, healthy_pack_takes_less_than_ten_milliamperes_at_1480_volts_ac);
	tcase_add_test (tc, charge_stays_for_tens_of_seconds_without_the_discharge_relay);
	tcase_add_test (tc, charge_stays_when_the_route_is_switched_away);
	tcase_add_test (tc, discharge_relay_under_test_shows_as_leakage);
	tcase_add_test (tc, no_high_voltage_unless_enabled_locked_closed_and_routed);
	tcase_add_test (tc, opening_the_door_takes_the_source_away_and_leaves_the_charge);
	tcase_add_test (tc, sound_barriers_withstand_and_break_beyond_their_measure);
	tcase_add_test (tc, ground_bond_is_tens_of_milliohm_on_its_route_only);
	tcase_add_test (tc, healthy_housing_fills_in_seconds_and_loses_ten_pascal_a_minute);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
