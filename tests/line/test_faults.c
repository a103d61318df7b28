/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"
#include <string.h>

/* Every fault: what it is said to do, that it goes away again, and how a wrong spec is refused. */

static void
set (Script *s, const char *spec, gboolean on)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_line_fault (s->line, spec, on, &error), error);
}

static void
refuse (Script *s, const char *spec, const char *word)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_line_fault (s->line, spec, TRUE, &error));
	ck_assert_err (error, PL_LINE_ERROR, PL_LINE_ERROR_FAULT);
	ck_assert_msg (strstr (error->message, word) != NULL, "\"%s\" does not say \"%s\"",
		       error->message, word);
}

/* R of a cell by a pulse, with its busbar, ohm. */
static double
pulse_ohm (Script *s, guint cell)
{
	double before, ohm;

	pl_line_advance (s->line, 5);
	before = pl_line_cell_sense (s->line, cell);
	script_supply (s, -50);
	pl_line_advance (s->line, 1);
	ohm = (pl_line_cell_sense (s->line, cell) - before) / -50;
	script_supply (s, 0);
	pl_line_advance (s->line, 60);
	return ohm;
}

/* -- the table --------------------------------------------------------------------------------- */

START_TEST (table_is_whole_and_every_default_is_accepted_and_cleared)
{
	g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
	guint n;
	const PlFault *faults = pl_faults (&n);

	ck_assert_uint_ge (n, 20);
	for (guint i = 0; i < n; i++) {
		g_autoptr (Script) s = script_new (1);
		const char *behaviour[] = {"wrong-firmware", "printer-paper-out",
					   "instrument-unplugged", NULL};

		ck_assert (g_hash_table_add (names, (gpointer)faults[i].name));
		ck_assert_uint_gt (strlen (faults[i].title), 10);
		ck_assert ((faults[i].apply == NULL) ==
			   g_strv_contains (behaviour, faults[i].name));
		ck_assert (!pl_line_has_fault (s->line, faults[i].name));
		set (s, faults[i].name, TRUE);
		pl_line_advance (s->line, 1);
		ck_assert (pl_line_has_fault (s->line, faults[i].name));
		set (s, faults[i].name, FALSE);
		ck_assert (!pl_line_has_fault (s->line, faults[i].name));
	}
}
END_TEST

START_TEST (after_clearing_all_faults_the_world_is_as_built)
{
	guint n;
	const PlFault *faults = pl_faults (&n);

	for (guint i = 0; i < n; i++) {
		g_autoptr (Script) s = script_new (9), sound = script_new (9);

		set (s, faults[i].name, TRUE);
		set (s, faults[i].name, FALSE);
		pl_line_advance (s->line, 0.5);
		pl_line_advance (sound->line, 0.5);
		for (guint cell = 0; cell < PL_LINE_CELLS; cell++) {
			ck_assert_double_eq_tol (s->line->pack.cells[cell].resistance,
						 sound->line->pack.cells[cell].resistance, 1e-12);
			ck_assert_int_le (
			    abs (s->sample.cell_uv[cell] - sound->sample.cell_uv[cell]), 5000);
			ck_assert_double_eq_tol (s->line->pack.busbar_ohm[cell],
						 sound->line->pack.busbar_ohm[cell], 1e-12);
		}
		ck_assert_mem_eq (&s->line->insulation, &sound->line->insulation,
				  sizeof s->line->insulation);
		ck_assert_mem_eq (&s->line->terminal, &sound->line->terminal,
				  sizeof s->line->terminal);
		ck_assert_mem_eq (s->fixture, sound->fixture, sizeof *s->fixture);
		ck_assert_double_eq_tol (s->line->leak_tau_s, sound->line->leak_tau_s, 1e-9);
		ck_assert_uint_eq (s->line->pack.dead_balancers, 0);
		ck_assert_uint_eq (s->line->daq_open, 0);
		ck_assert_int_eq (s->sample.current_ma, sound->sample.current_ma);
		ck_assert_uint_eq (s->sample.pins, sound->sample.pins);
	}
}
END_TEST

START_TEST (wrong_specs_are_refused_and_told_what_there_is)
{
	g_autoptr (Script) s = script_new (1);

	refuse (s, "gremlins", "loose-busbar, reversed-cell");
	refuse (s, "", "there are");
	refuse (s, "loose-busbar:bolt=7", "cell=7,ohm=0.0006");
	refuse (s, "loose-busbar:cell=33", "from 1 to 32");
	refuse (s, "loose-busbar:cell=0", "from 1 to 32");
	refuse (s, "loose-busbar:cell=1.5", "whole");
	refuse (s, "loose-busbar:cell=seven", "seven");
	refuse (s, "loose-busbar:cell=7,ohm=", "ohm");
	refuse (s, "loose-busbar:cell=7,ohm=nan", "ohm");
	refuse (s, "swapped-sense-wires:cell=1", "from 2 to 31");
	refuse (s, "low-insulation:route=roof", "pos-chassis");
	refuse (s, "open-probe:side=both", "daq");
	refuse (s, "estop-pressed:now", "takes none");
	refuse (s, "loose-busbar:,", "cell");
	ck_assert_uint_eq (s->line->faults->len, 0);
}
END_TEST

START_TEST (a_cell_beyond_a_short_pack_is_refused)
{
	g_autoptr (PlLine) line = pl_line_new (1, 16);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_line_fault (line, "soft-short:cell=17", TRUE, &error));
	ck_assert_err (error, PL_LINE_ERROR, PL_LINE_ERROR_FAULT);
}
END_TEST

START_TEST (arguments_given_and_defaulted_can_be_asked_for)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "loose-busbar:ohm=0.001", TRUE);
	ck_assert_str_eq (pl_line_fault_argument (s->line, "loose-busbar", "ohm"), "0.001");
	ck_assert_str_eq (pl_line_fault_argument (s->line, "loose-busbar", "cell"), "7");
	ck_assert_ptr_null (pl_line_fault_argument (s->line, "loose-busbar", "volt"));
	ck_assert_ptr_null (pl_line_fault_argument (s->line, "soft-short", "cell"));
	set (s, "instrument-unplugged:daq", TRUE);
	ck_assert_str_eq (pl_line_fault_argument (s->line, "instrument-unplugged", "role"), "daq");
}
END_TEST

START_TEST (a_fault_with_a_place_stands_in_several_and_is_cleared_in_one_or_all)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "instrument-unplugged:hipot", TRUE);
	set (s, "instrument-unplugged:role=daq", TRUE);
	ck_assert (pl_line_has_fault (s->line, "instrument-unplugged:hipot"));
	ck_assert (pl_line_has_fault (s->line, "instrument-unplugged:daq"));
	ck_assert (!pl_line_has_fault (s->line, "instrument-unplugged:bms"));
	set (s, "instrument-unplugged:hipot", FALSE);
	ck_assert (!pl_line_has_fault (s->line, "instrument-unplugged:hipot"));
	ck_assert (pl_line_has_fault (s->line, "instrument-unplugged"));
	set (s, "instrument-unplugged", FALSE);
	ck_assert (!pl_line_has_fault (s->line, "instrument-unplugged"));
}
END_TEST

START_TEST (setting_a_fault_again_replaces_it)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "loose-busbar:cell=7,ohm=0.001", TRUE);
	set (s, "loose-busbar:cell=7,ohm=0.002", TRUE);
	set (s, "leaky-housing:tau=100", TRUE);
	set (s, "leaky-housing:tau=200", TRUE);
	ck_assert_uint_eq (s->line->faults->len, 2);
	ck_between (s->line->pack.busbar_ohm[6], 0.002, 0.0021);
	set (s, "loose-busbar", FALSE);
	ck_assert_double_lt (s->line->pack.busbar_ohm[6], 60e-6);
}
END_TEST

/* -- cells ------------------------------------------------------------------------------------- */

START_TEST (loose_busbar_adds_to_its_cell_only)
{
	g_autoptr (Script) s = script_new (1);
	double sound, neighbour;

	script_close (s);
	sound = pulse_ohm (s, 6);
	neighbour = pulse_ohm (s, 7);
	set (s, "loose-busbar", TRUE);
	ck_assert_double_eq_tol (pulse_ohm (s, 6) - sound, 0.6e-3, 5e-6);
	ck_assert_double_eq_tol (pulse_ohm (s, 7) - neighbour, 0, 5e-6);
	set (s, "loose-busbar", FALSE);
	ck_assert_double_eq_tol (pulse_ohm (s, 6) - sound, 0, 5e-6);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (reversed_cell_reads_negative_and_takes_twice_from_the_stack)
{
	g_autoptr (Script) s = script_new (1);
	double stack = pl_line_stack_voltage (s->line), before;

	set (s, "reversed-cell:cell=12", TRUE);
	pl_line_advance (s->line, 1);
	ck_assert_double_eq_tol (stack - pl_line_stack_voltage (s->line), 2 * 3.283, 0.02);
	ck_between (s->sample.cell_uv[11], -3300000, -3250000);
	ck_assert_double_lt (pl_line_cell_sense (s->line, 11), -3.2);
	/* charging the pack discharges it */
	before = s->line->pack.cells[11].soc;
	script_close (s);
	script_supply (s, 50);
	pl_line_advance (s->line, 60);
	ck_assert_double_lt (s->line->pack.cells[11].soc, before - 0.005);
	script_balance (s, 1e-6);
	set (s, "reversed-cell", FALSE);
	pl_line_advance (s->line, 1);
	ck_assert_double_gt (pl_line_cell_sense (s->line, 11), 3.2);
}
END_TEST

START_TEST (weak_cell_shows_in_resistance_spread_and_capacity)
{
	g_autoptr (Script) s = script_new (1);
	double sound, moved;
	const PlCell *weak = &s->line->pack.cells[14], *other = &s->line->pack.cells[13];

	script_close (s);
	sound = pulse_ohm (s, 14);
	set (s, "low-capacity-cell:cell=15,ah=60", TRUE);
	script_balance (s, 1e-6);
	ck_between (pulse_ohm (s, 14) / sound, 1.4, 1.8);
	ck_between (pl_line_cell_sense (s->line, 13) - pl_line_cell_sense (s->line, 14), 0.02,
		    0.05);
	moved = weak->soc;
	sound = other->soc;
	script_supply (s, 20);
	pl_line_advance (s->line, 300);
	ck_assert_double_eq_tol ((weak->soc - moved) / (other->soc - sound),
				 other->capacity_c / weak->capacity_c, 1e-3);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (soft_short_has_emptied_its_cell_and_goes_on)
{
	g_autoptr (Script) s = script_new (1);
	double soc = s->line->pack.cells[19].soc;

	set (s, "soft-short", TRUE); /* 33 mA for four weeks: 22 Ah */
	ck_assert_double_eq_tol (soc - s->line->pack.cells[19].soc, 0.22, 0.01);
	ck_between (pl_line_cell_sense (s->line, 18) - pl_line_cell_sense (s->line, 19), 0.04,
		    0.12);
	soc = s->line->pack.cells[19].soc;
	pl_line_advance (s->line, 3600);
	ck_between (soc - s->line->pack.cells[19].soc, 0.0003, 0.00035); /* 32 mAh an hour */
	script_balance (s, 1e-6);
	set (s, "soft-short", FALSE);
	pl_line_advance (s->line, 1);
	ck_assert_double_lt (
	    fabs (pl_line_cell_sense (s->line, 18) - pl_line_cell_sense (s->line, 19)), 0.01);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (a_total_short_leaves_a_dead_cell_not_a_broken_world)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "soft-short:cell=20,ohm=1,weeks=52", TRUE);
	pl_line_advance (s->line, 600);
	ck_between (pl_line_cell_sense (s->line, 19), 0, 2.9);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (cold_cell_resists_and_warms_up)
{
	g_autoptr (Script) s = script_new (1);
	double sound;

	script_close (s);
	sound = pulse_ohm (s, 4);
	set (s, "cold-cell", TRUE);
	ck_between (pulse_ohm (s, 4) / sound, 1.9, 2.5);
	pl_line_advance (s->line, 7200);
	ck_assert_double_gt (s->line->pack.cells[4].degc, 20);
	script_balance (s, 1e-6);
}
END_TEST

START_TEST (dead_balancer_draws_nothing)
{
	g_autoptr (Script) s = script_new (1);
	struct afe_sample before;

	set (s, "dead-balancer:cell=9", TRUE);
	pl_line_advance (s->line, 1);
	before = s->sample;
	s->command.balance = 1u << 8 | 1u << 20;
	pl_line_advance (s->line, 10);
	ck_assert_int_lt (abs (before.cell_uv[8] - s->sample.cell_uv[8]), 500);
	ck_assert_int_gt (before.cell_uv[20] - s->sample.cell_uv[20], 2000);
}
END_TEST

/* -- sensing ----------------------------------------------------------------------------------- */

static int
sum_of (const struct afe_sample *sample)
{
	int sum = 0;

	for (guint i = 0; i < PL_LINE_CELLS; i++)
		sum += sample->cell_uv[i] / 1000;
	return sum;
}

START_TEST (swapped_wires_are_wrong_in_three_cells_and_right_in_sum)
{
	g_autoptr (Script) s = script_new (1);
	int sum;

	pl_line_advance (s->line, 1);
	sum = sum_of (&s->sample);
	set (s, "swapped-sense-wires:cell=7", TRUE);
	pl_line_advance (s->line, 1);
	ck_between (s->sample.cell_uv[6], -3300000, -3200000);
	ck_between (s->sample.cell_uv[5], 6500000, 6600000);
	ck_between (s->sample.cell_uv[7], 6500000, 6600000);
	ck_between (s->sample.cell_uv[8], 3200000, 3300000);
	ck_assert_int_le (abs (sum - sum_of (&s->sample)), PL_LINE_CELLS);
	ck_between (pl_line_cell_sense (s->line, 6), 3.2, 3.3); /* the other harness is right */
}
END_TEST

START_TEST (open_probe_shows_on_its_own_side_only)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "open-probe:cell=3,side=bms", TRUE);
	pl_line_advance (s->line, 1);
	ck_assert_int_lt (abs (s->sample.cell_uv[2]), 1000);
	ck_between (s->sample.cell_uv[3], 6500000, 6600000);
	ck_between (pl_line_cell_sense (s->line, 2), 3.2, 3.3);
	set (s, "open-probe:cell=3,side=daq", TRUE);
	pl_line_advance (s->line, 1);
	ck_between (s->sample.cell_uv[2], 3200000, 3300000);
	ck_between (pl_line_cell_sense (s->line, 2), 0, 0.1);
	ck_between (pl_line_cell_sense (s->line, 3), 3.2, 3.3);
}
END_TEST

START_TEST (stuck_ntc_reads_what_it_is_stuck_at)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "stuck-ntc", TRUE);
	set (s, "stuck-ntc:ntc=4,degc=125", TRUE);
	pl_line_advance (s->line, 1);
	ck_assert_int_eq (s->sample.ntc_mdegc[1], -40000);
	ck_assert_int_eq (s->sample.ntc_mdegc[3], 125000);
	ck_between (s->sample.ntc_mdegc[0], 24000, 26000);
	set (s, "stuck-ntc:ntc=2", FALSE);
	pl_line_advance (s->line, 1);
	ck_between (s->sample.ntc_mdegc[1], 24000, 26000);
}
END_TEST

START_TEST (current_gain_reads_three_percent_too_much)
{
	g_autoptr (Script) s = script_new (1);
	double sound;

	script_close (s);
	script_supply (s, 50);
	pl_line_advance (s->line, 1);
	sound = s->sample.current_ma;
	set (s, "current-gain", TRUE);
	pl_line_advance (s->line, 0.1);
	ck_assert_double_eq_tol (s->sample.current_ma - sound, 1500, 20);
	ck_assert_double_eq_tol (pl_line_shunt_current (s->line), 50, 1e-9);
}
END_TEST

START_TEST (silent_bms_has_no_power_and_opens)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	set (s, "bms-silent", TRUE);
	pl_line_advance (s->line, 0.5);
	ck_assert_uint_eq (s->sample.pins & AFE_PIN_POWER, 0);
	ck_assert (!pl_contactor_is_closed (&s->line->terminal.main));
	set (s, "bms-silent", FALSE);
	pl_line_advance (s->line, 0.5);
	ck_assert_uint_eq (s->sample.pins & AFE_PIN_POWER, AFE_PIN_POWER);
}
END_TEST

/* -- contactors -------------------------------------------------------------------------------- */

START_TEST (welded_contactor_keeps_the_terminals_live)
{
	g_autoptr (Script) s = script_new (1);

	script_close (s);
	set (s, "welded-contactor", TRUE);
	script_outputs (s, 0);
	s->fixture->discharge = TRUE;
	pl_line_advance (s->line, 3);
	ck_assert_double_gt (pl_line_terminal_voltage (s->line), 100);
	ck_assert (s->sample.flags & AFE_FLAG_MAIN_AUX); /* it is honest about itself */
	set (s, "welded-contactor", FALSE);
	pl_line_advance (s->line, 3);
	ck_assert_double_lt (pl_line_terminal_voltage (s->line), 1);
}
END_TEST

START_TEST (stuck_contactor_never_closes)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "stuck-open-contactor", TRUE);
	script_close (s);
	script_supply (s, -20);
	pl_line_advance (s->line, 1);
	ck_assert (!(s->sample.flags & AFE_FLAG_MAIN_AUX));
	ck_assert_double_lt (fabs (s->line->terminal.pack_a), 1e-9);
}
END_TEST

START_TEST (broken_precharge_leaves_the_terminals_empty)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "no-precharge", TRUE);
	script_outputs (s, AFE_OUT_PRECHARGE);
	pl_line_advance (s->line, 3);
	ck_assert (s->sample.flags & AFE_FLAG_PRECHARGE_AUX);
	ck_assert_double_lt (pl_line_terminal_voltage (s->line), 0.01);
}
END_TEST

/* -- insulation and housing -------------------------------------------------------------------- */

START_TEST (breakdown_happens_in_the_ramp_at_its_level)
{
	g_autoptr (Script) s = script_new (1);
	double level = 0;

	set (s, "hipot-breakdown:volt=900", TRUE);
	script_route (s, PL_ROUTE_HV_CHASSIS);
	while (!pl_line_hv_broken_down (s->line) && level < 2093) {
		level += 10;
		script_hold (s, PL_HV_DC, level, 0.2);
	}
	ck_between (level, 900, 930);
	ck_assert_double_gt (pl_line_hv_current (s->line), 0.05);
	script_hold (s, PL_HV_OFF, 0, 1);
	script_route (s, PL_ROUTE_HV_LV);
	script_hold (s, PL_HV_DC, 2093, 1);
	ck_assert (!pl_line_hv_broken_down (s->line));
}
END_TEST

START_TEST (breakdown_counts_the_peak_of_ac)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "hipot-breakdown:route=hv-lv,volt=900", TRUE);
	script_route (s, PL_ROUTE_HV_LV);
	script_hold (s, PL_HV_AC, 600, 1);
	ck_assert (!pl_line_hv_broken_down (s->line));
	script_hold (s, PL_HV_AC, 650, 1);
	ck_assert (pl_line_hv_broken_down (s->line));
}
END_TEST

static double
insulation_ohm (Script *s, PlRoute route)
{
	script_route (s, route);
	script_hold (s, PL_HV_DC, 500, 10);
	return 500 / pl_line_hv_current (s->line);
}

START_TEST (low_insulation_measures_its_ohms_on_its_route)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "low-insulation", TRUE);
	ck_between (insulation_ohm (s, PL_ROUTE_POS_CHASSIS), 1.99e6, 2.01e6);
	ck_assert_double_gt (insulation_ohm (s, PL_ROUTE_NEG_CHASSIS), 5e8);
	set (s, "low-insulation:route=hv-chassis,ohm=5e6", TRUE);
	set (s, "low-insulation:route=pos-chassis", FALSE);
	set (s, "low-insulation:route=hv-chassis,ohm=5e6", TRUE);
	ck_between (insulation_ohm (s, PL_ROUTE_HV_CHASSIS), 4.9e6, 5.1e6);
}
END_TEST

START_TEST (monitor_left_on_loads_the_poles_while_the_bms_says_off)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "insulation-monitor-left-on", TRUE);
	script_outputs (s, 0);
	ck_between (insulation_ohm (s, PL_ROUTE_POS_CHASSIS), 99e3, 101e3);
	ck_assert_uint_eq (s->line->afe.command.outputs & AFE_OUT_INSULATION_MONITOR, 0);
	set (s, "insulation-monitor-left-on", FALSE);
	ck_assert_double_gt (insulation_ohm (s, PL_ROUTE_POS_CHASSIS), 5e8);
}
END_TEST

START_TEST (high_ground_bond_measures_its_ohms)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "high-ground-bond:ohm=0.25", TRUE);
	script_route (s, PL_ROUTE_GROUND_BOND);
	script_hold (s, PL_HV_BOND, 25, 1);
	ck_assert_double_eq_tol (pl_line_bond_resistance (s->line), 0.25, 1e-9);
}
END_TEST

START_TEST (leaky_housing_loses_pressure_and_a_gross_leak_never_fills)
{
	g_autoptr (Script) s = script_new (1);
	double full;

	set (s, "leaky-housing:tau=300", TRUE);
	s->fixture->leak_fill = TRUE;
	pl_line_advance (s->line, 10);
	s->fixture->leak_fill = FALSE;
	full = pl_line_leak_pressure (s->line);
	pl_line_advance (s->line, 60);
	ck_assert_double_eq_tol (pl_line_leak_pressure (s->line) / full, exp (-0.2), 1e-3);
	set (s, "leaky-housing:tau=0.2", TRUE);
	s->fixture->leak_fill = TRUE;
	pl_line_advance (s->line, 10);
	ck_assert_double_lt (pl_line_leak_pressure (s->line), 1000);
}
END_TEST

/* -- fixture ----------------------------------------------------------------------------------- */

START_TEST (pressed_stop_and_open_door_break_the_interlock)
{
	static const char *const specs[] = {"estop-pressed", "door-open"};

	for (guint i = 0; i < 2; i++) {
		g_autoptr (Script) s = script_new (1);

		script_route (s, PL_ROUTE_HV_CHASSIS);
		ck_assert (s->fixture->interlock_ok);
		set (s, specs[i], TRUE);
		pl_line_advance (s->line, 0.1);
		ck_assert (!s->fixture->interlock_ok);
		ck_assert (s->fixture->estop_ok == (i == 1));
		ck_assert (s->fixture->door_closed == (i == 0));
		set (s, specs[i], FALSE);
		pl_line_advance (s->line, 0.1);
		ck_assert (s->fixture->interlock_ok);
	}
}
END_TEST

START_TEST (trapped_door_opens_only_once_the_tester_has_the_fixture_above_sixty_volts)
{
	g_autoptr (Script) s = script_new (1);

	set (s, "door-opened-under-hv", TRUE);
	script_route (s, PL_ROUTE_HV_CHASSIS);
	script_hold (s, PL_HV_DC, 50, 1);
	ck_assert (s->fixture->door_closed);
	script_hold (s, PL_HV_DC, 500, 0.5);
	ck_assert (!s->fixture->door_closed);
	ck_assert (!s->fixture->interlock_ok);
	ck_assert_double_lt (pl_line_fixture_voltage (s->line), 500);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("line-faults");
	TCase *tc = tcase_create ("faults");

	tcase_add_test (tc, table_is_whole_and_every_default_is_accepted_and_cleared);
	tcase_add_test (tc, after_clearing_all_faults_the_world_is_as_built);
	tcase_add_test (tc, wrong_specs_are_refused_and_told_what_there_is);
	tcase_add_test (tc, a_cell_beyond_a_short_pack_is_refused);
	tcase_add_test (tc, arguments_given_and_defaulted_can_be_asked_for);
	tcase_add_test (tc, a_fault_with_a_place_stands_in_several_and_is_cleared_in_one_or_all);
	tcase_add_test (tc, setting_a_fault_again_replaces_it);
	tcase_add_test (tc, loose_busbar_adds_to_its_cell_only);
	tcase_add_test (tc, reversed_cell_reads_negative_and_takes_twice_from_the_stack);
	tcase_add_test (tc, weak_cell_shows_in_resistance_spread_and_capacity);
	tcase_add_test (tc, soft_short_has_emptied_its_cell_and_goes_on);
	tcase_add_test (tc, a_total_short_leaves_a_dead_cell_not_a_broken_world);
	tcase_add_test (tc, cold_cell_resists_and_warms_up);
	tcase_add_test (tc, dead_balancer_draws_nothing);
	tcase_add_test (tc, swapped_wires_are_wrong_in_three_cells_and_right_in_sum);
	tcase_add_test (tc, open_probe_shows_on_its_own_side_only);
	tcase_add_test (tc, stuck_ntc_reads_what_it_is_stuck_at);
	tcase_add_test (tc, current_gain_reads_three_percent_too_much);
	tcase_add_test (tc, silent_bms_has_no_power_and_opens);
	tcase_add_test (tc, welded_contactor_keeps_the_terminals_live);
	tcase_add_test (tc, stuck_contactor_never_closes);
	tcase_add_test (tc, broken_precharge_leaves_the_terminals_empty);
	tcase_add_test (tc, breakdown_happens_in_the_ramp_at_its_level);
	tcase_add_test (tc, breakdown_counts_the_peak_of_ac);
	tcase_add_test (tc, low_insulation_measures_its_ohms_on_its_route);
	tcase_add_test (tc, monitor_left_on_loads_the_poles_while_the_bms_says_off);
	tcase_add_test (tc, high_ground_bond_measures_its_ohms);
	tcase_add_test (tc, leaky_housing_loses_pressure_and_a_gross_leak_never_fills);
	tcase_add_test (tc, pressed_stop_and_open_door_break_the_interlock);
	tcase_add_test (tc,
			trapped_door_opens_only_once_the_tester_has_the_fixture_above_sixty_volts);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
