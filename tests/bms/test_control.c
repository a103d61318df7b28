/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bms/rig.h"
#include <string.h>

/* Contactor sequences, balancing and state of charge: modules alone, with the world in the
 * test's hands. */
static struct bms_contactor contactor;
static struct bms_measured m;
static uint32_t coils; /* as last commanded */

static void
set_up (void)
{
	memset (&contactor, 0, sizeof contactor);
	m = healthy ();
	m.terminal_mv = 0;
	coils = 0;
}

/* ---- contactor ---- */

enum world { SOUND, NO_PRECHARGE, STUCK_OPEN, WELDED };

/* Terminals charge with 100 ms; auxiliary contacts follow in the next period. */
static void
period (enum world world, bool blocked)
{
	bool main = (coils & AFE_OUT_MAIN) != 0;

	m.flags = (main && world != STUCK_OPEN) || world == WELDED ? AFE_FLAG_MAIN_AUX : 0;
	if (m.flags != 0)
		m.terminal_mv = m.stack_mv;
	else if ((coils & AFE_OUT_PRECHARGE) != 0 && world != NO_PRECHARGE)
		m.terminal_mv += (m.stack_mv - m.terminal_mv) / 5;
	coils = bms_contactor_step (&contactor, &m, blocked);
}

static void
periods (enum world world, guint n)
{
	while (n-- > 0)
		period (world, false);
}

START_TEST (it_stays_open_until_it_is_asked)
{
	periods (SOUND, 500);
	ck_assert_uint_eq (coils, 0);
	ck_assert_uint_eq (contactor.faults, 0);
}
END_TEST

START_TEST (closing_goes_through_precharge_and_hands_over_with_both_closed)
{
	guint precharging = 0, both = 0;

	contactor.request = true;
	period (SOUND, false);
	while (coils == AFE_OUT_PRECHARGE && precharging < 500) {
		ck_assert_int_lt (m.terminal_mv, m.stack_mv);
		precharging++;
		period (SOUND, false);
	}
	while (coils == (AFE_OUT_PRECHARGE | AFE_OUT_MAIN) && both < 500) {
		both++;
		period (SOUND, false);
	}
	ck_assert_uint_eq (coils, AFE_OUT_MAIN);
	ck_assert_uint_ge (both, 1);
	ck_assert_int_ge (m.terminal_mv, m.stack_mv - m.stack_mv * 3 / 100);
	/* 3 % of the way is left after 16 steps of a fifth each */
	ck_assert_uint_eq (contactor.precharge_ms, 320);
	ck_assert (!bms_contactor_is_locked (&contactor));
}
END_TEST

START_TEST (precharge_takes_its_least_time_even_on_charged_terminals)
{
	contactor.request = true;
	m.terminal_mv = m.stack_mv;
	periods (SOUND, 5);
	ck_assert_uint_eq (coils, AFE_OUT_PRECHARGE);
	periods (SOUND, 5);
	ck_assert_uint_eq (coils, AFE_OUT_MAIN);
	ck_assert_uint_ge (contactor.precharge_ms, 100);
}
END_TEST

START_TEST (a_precharge_that_gets_nowhere_locks_it_open)
{
	contactor.request = true;
	periods (NO_PRECHARGE, 250);
	ck_assert_uint_eq (coils, AFE_OUT_PRECHARGE);
	periods (NO_PRECHARGE, 2);
	ck_assert_uint_eq (coils, 0);
	ck_assert_uint_eq (contactor.faults, BMS_FAULT_PRECHARGE);
	ck_assert (bms_contactor_is_locked (&contactor));
	ck_assert (!contactor.request);
	bms_contactor_clear (&contactor);
	ck_assert (!bms_contactor_is_locked (&contactor));
}
END_TEST

START_TEST (a_main_contact_that_does_not_follow_locks_it_open)
{
	contactor.request = true;
	periods (STUCK_OPEN, 17);
	ck_assert_uint_eq (coils & AFE_OUT_MAIN, AFE_OUT_MAIN);
	periods (STUCK_OPEN, 30);
	ck_assert_uint_eq (coils, 0);
	ck_assert_uint_eq (contactor.faults, BMS_FAULT_NOT_CLOSED);
}
END_TEST

START_TEST (a_main_contact_that_falls_off_under_way_locks_it_open)
{
	contactor.request = true;
	periods (SOUND, 50);
	ck_assert_uint_eq (coils, AFE_OUT_MAIN);
	periods (STUCK_OPEN, 30);
	ck_assert_uint_eq (coils, 0);
	ck_assert_uint_eq (contactor.faults, BMS_FAULT_NOT_CLOSED);
}
END_TEST

START_TEST (a_welded_contact_is_reported_and_not_locked)
{
	periods (WELDED, 20);
	ck_assert_uint_eq (contactor.faults, 0);
	periods (WELDED, 10);
	ck_assert_uint_eq (contactor.faults, BMS_FAULT_WELDED);
	ck_assert (!bms_contactor_is_locked (&contactor));
	bms_contactor_clear (&contactor);
	periods (WELDED, 30);
	ck_assert_uint_eq (contactor.faults, BMS_FAULT_WELDED);
}
END_TEST

START_TEST (opening_and_blocking_act_in_the_same_period)
{
	contactor.request = true;
	periods (SOUND, _i == 0 ? 3 : 50); /* in pre-charge; closed */
	ck_assert_uint_ne (coils, 0);
	period (SOUND, true);
	ck_assert_uint_eq (coils, 0);
	ck_assert (!contactor.request);
	periods (SOUND, 50);
	ck_assert_uint_eq (coils, 0);
	ck_assert_uint_eq (contactor.faults, 0);
}
END_TEST

/* ---- balancing ---- */

static struct bms_balance balance;

static void
set_up_balance (void)
{
	set_up ();
	memset (&balance, 0, sizeof balance);
	for (guint i = 0; i < AFE_CELLS; i++)
		m.cell_uv[i] = 3340000;
	m.cell_min_uv = 3340000;
}

static uint32_t
balance_for (guint n, bool blocked)
{
	uint32_t mask = 0;

	while (n-- > 0)
		mask = bms_balance_step (&balance, &m, blocked);
	return mask;
}

START_TEST (the_high_cells_of_a_resting_full_pack_are_drained)
{
	m.cell_uv[4] = 3350001;
	m.cell_uv[9] = 3350000; /* 10 mV and not more */
	ck_assert_uint_eq (balance_for (20, false), 0);
	ck_assert_uint_eq (balance_for (10, false), 1u << 4);
}
END_TEST

START_TEST (a_drained_cell_is_let_go_within_half_the_spread_that_started_it)
{
	m.cell_uv[4] = 3351000;
	ck_assert_uint_eq (balance_for (30, false), 1u << 4);
	m.cell_uv[4] = 3345001;
	balance_for (520, false);
	ck_assert_uint_eq (balance_for (40, false), 1u << 4);
	m.cell_uv[4] = 3345000;
	ck_assert_uint_eq (balance_for (560, false), 0);
}
END_TEST

START_TEST (it_looks_again_with_all_channels_off)
{
	guint off = 0;

	m.cell_uv[4] = 3360000;
	balance_for (30, false);
	for (guint i = 0; i < 525; i++)
		off += bms_balance_step (&balance, &m, false) == 0;
	ck_assert_uint_ge (off, 24);
	ck_assert_uint_le (off, 26);
}
END_TEST

START_TEST (neighbours_are_not_drained_together)
{
	for (guint i = 3; i < 8; i++)
		m.cell_uv[i] = 3360000;
	ck_assert_uint_eq (balance_for (30, false), 1u << 3 | 1u << 5 | 1u << 7);
}
END_TEST

START_TEST (nothing_is_drained_where_voltage_does_not_tell_charge)
{
	for (guint i = 0; i < AFE_CELLS; i++)
		m.cell_uv[i] -= _i == 0 ? 60000 : 0;
	m.cell_min_uv = m.cell_uv[0];
	m.cell_uv[4] += 20000; /* to 3.300 V in the first case */
	m.current_ma = _i == 1 ? 2001 : _i == 2 ? -2001 : 0;
	ck_assert_uint_eq (balance_for (600, _i == 3), 0);
}
END_TEST

START_TEST (a_test_forces_exactly_the_channels_that_it_names)
{
	balance.force = true;
	balance.forced = 0x11111111;
	m.cell_min_uv = 3000000;
	m.current_ma = 50000;
	ck_assert_uint_eq (balance_for (1, true), 0x11111111);
	balance.forced = 0;
	ck_assert_uint_eq (balance_for (1, false), 0);
}
END_TEST

/* ---- state of charge ---- */

static struct bms_soc soc;

static void
set_up_soc (void)
{
	set_up ();
	memset (&soc, 0, sizeof soc);
}

static void
soc_for (guint n)
{
	while (n-- > 0)
		bms_soc_step (&soc, &m);
}

START_TEST (the_open_circuit_voltage_gives_the_charge_of_the_reference_curve)
{
	/* the reference's points, between them, and beyond both ends */
	static const struct {
		gint32 uv;
		guint permille;
	} points[] = {{3197000, 100}, {3234000, 200}, {3270000, 300}, {3292000, 400},
		      {3276500, 325}, {3300000, 500}, {3335000, 800}, {3531000, 1000},
		      {2000000, 0},   {2286000, 0},   {3700000, 1000}};

	ck_assert_uint_eq (bms_soc_from_ocv (points[_i].uv), points[_i].permille);
}
END_TEST

START_TEST (the_curve_only_rises)
{
	for (gint32 uv = 2200000; uv < 3600000; uv += 500)
		ck_assert_uint_le (bms_soc_from_ocv (uv), bms_soc_from_ocv (uv + 500));
}
END_TEST

START_TEST (a_boot_takes_the_charge_from_the_resting_cells)
{
	soc_for (25);
	ck_assert (soc.known);
	ck_assert_uint_eq (bms_soc_permille (&soc), 300);
	/* what the voltage does later is no matter */
	m.cell_mean_uv = 3400000;
	soc_for (100);
	ck_assert_uint_eq (bms_soc_permille (&soc), 300);
}
END_TEST

START_TEST (charge_is_counted_in_both_directions)
{
	soc_for (25);
	m.current_ma = 20000;
	soc_for (50 * 900); /* 20 A for 900 s = 5 Ah of 100 */
	ck_assert_uint_eq (bms_soc_permille (&soc), 350);
	m.current_ma = -50000;
	soc_for (50 * 720); /* 10 Ah */
	ck_assert_uint_eq (bms_soc_permille (&soc), 250);
}
END_TEST

START_TEST (small_currents_are_not_lost_to_rounding)
{
	soc_for (25);
	m.current_ma = 7;
	m.dt_us = 100;
	soc_for (1000000); /* 7 mA for 100 s */
	ck_assert_int_eq (soc.charge_mas - 300LL * 360000, 700);
}
END_TEST

START_TEST (charge_stays_between_empty_and_full)
{
	soc_for (25);
	m.dt_us = 1000000;
	m.current_ma = 200000;
	soc_for (7200);
	ck_assert_uint_eq (bms_soc_permille (&soc), 1000);
	m.current_ma = -200000;
	soc_for (7200);
	ck_assert_uint_eq (bms_soc_permille (&soc), 0);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-control");
	TCase *tc = tcase_create ("contactor"), *bal = tcase_create ("balancing"),
	      *charge = tcase_create ("state of charge");

	tcase_add_checked_fixture (tc, set_up, NULL);
	tcase_add_test (tc, it_stays_open_until_it_is_asked);
	tcase_add_test (tc, closing_goes_through_precharge_and_hands_over_with_both_closed);
	tcase_add_test (tc, precharge_takes_its_least_time_even_on_charged_terminals);
	tcase_add_test (tc, a_precharge_that_gets_nowhere_locks_it_open);
	tcase_add_test (tc, a_main_contact_that_does_not_follow_locks_it_open);
	tcase_add_test (tc, a_main_contact_that_falls_off_under_way_locks_it_open);
	tcase_add_test (tc, a_welded_contact_is_reported_and_not_locked);
	tcase_add_loop_test (tc, opening_and_blocking_act_in_the_same_period, 0, 2);
	tcase_add_checked_fixture (bal, set_up_balance, NULL);
	tcase_add_test (bal, the_high_cells_of_a_resting_full_pack_are_drained);
	tcase_add_test (bal, a_drained_cell_is_let_go_within_half_the_spread_that_started_it);
	tcase_add_test (bal, it_looks_again_with_all_channels_off);
	tcase_add_test (bal, neighbours_are_not_drained_together);
	tcase_add_loop_test (bal, nothing_is_drained_where_voltage_does_not_tell_charge, 0, 4);
	tcase_add_test (bal, a_test_forces_exactly_the_channels_that_it_names);
	tcase_add_checked_fixture (charge, set_up_soc, NULL);
	tcase_add_loop_test (
	    charge, the_open_circuit_voltage_gives_the_charge_of_the_reference_curve, 0, 11);
	tcase_add_test (charge, the_curve_only_rises);
	tcase_add_test (charge, a_boot_takes_the_charge_from_the_resting_cells);
	tcase_add_test (charge, charge_is_counted_in_both_directions);
	tcase_add_test (charge, small_currents_are_not_lost_to_rounding);
	tcase_add_test (charge, charge_stays_between_empty_and_full);
	suite_add_tcase (suite, tc);
	suite_add_tcase (suite, bal);
	suite_add_tcase (suite, charge);
	return pl_suite_main (suite);
}
