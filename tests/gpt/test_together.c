/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/room.h"
#include <math.h>
#include <string.h>

/* Driver and simulator on a socket: what one says the other understands, and a test ends as the
 * world has it. */

static const PlHipotSetup acw = {PL_HIPOT_ACW, 1480, 10e-3, 0, 1, 1, 60};
static const PlHipotSetup dcw = {PL_HIPOT_DCW, 2093, 1e-3, 0, 5, 1, 0};
static const PlHipotSetup ir = {PL_HIPOT_IR, 500, 0, 20e6, 0, 10, 0};
static const PlHipotSetup gb = {PL_HIPOT_GB, 25, 0.1, 0, 0, 5, 0};

static void
start (Room *room, const PlHipotSetup *setup)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (room->hipot->ops.hipot->setup (room->hipot, setup, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->ops.hipot->start (room->hipot, &error), error);
}

/* Looks every 0.1 s as the station does. */
static gboolean
watch (Room *room, PlHipotReading *ret, gboolean *ret_ramp, gboolean *ret_test, GError **error)
{
	gboolean ramp = FALSE, test = FALSE;

	for (guint i = 0; i < 5000; i++) {
		ck_assert (pl_clock_wait (room->clock, 0.1, NULL));
		if (!room->hipot->ops.hipot->read (room->hipot, ret, error))
			return FALSE;
		ramp |= ret->state == PL_HIPOT_RAMP;
		test |= ret->state == PL_HIPOT_TEST;
		if (ret->state != PL_HIPOT_RAMP && ret->state != PL_HIPOT_TEST) {
			if (ret_ramp != NULL)
				*ret_ramp = ramp;
			if (ret_test != NULL)
				*ret_test = test;
			return TRUE;
		}
	}
	ck_abort_msg ("the test never ends");
}

static PlHipotReading
outcome (Room *room, const PlHipotSetup *setup)
{
	PlHipotReading reading;
	g_autoptr (GError) error = NULL;

	start (room, setup);
	ck_assert_ok (watch (room, &reading, NULL, NULL, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	return reading;
}

/* value in A or ohm; the world is the test's to change before. */
static void
assert_outcome (Room *room, const PlHipotSetup *setup, PlHipotState state, double value,
		double tolerance)
{
	PlHipotReading reading = outcome (room, setup);

	ck_assert_msg (reading.state == state, "state %d: %s", reading.state, reading.raw);
	ck_assert_double_eq_tol (reading.value, value, tolerance);
}

/* -- each mode, good and bad ------------------------------------------------------------------- */

START_TEST (withstand_with_ac_passes_and_shows_the_capacitive_current)
{
	Room *room = room_new ("GPT-9904", "");

	/* 1480 V * 2 pi * 60 Hz * 10 nF */
	assert_outcome (room, &acw, PL_HIPOT_PASS, 5.58e-3, 0.05e-3);
	ck_assert_double_eq_tol (world.highest, 1480, 1e-9);
	ck_assert_double_eq_tol (world.frequency_hz, 0, 1e-9);
	room_free (room);
}
END_TEST

START_TEST (withstand_with_ac_fails_high_where_the_current_is_above_the_limit)
{
	Room *room = room_new ("GPT-9904", "");

	world.farad = 20e-9;
	assert_outcome (room, &acw, PL_HIPOT_FAIL_HIGH, 10.2e-3, 0.3e-3);
	room_free (room);
}
END_TEST

START_TEST (withstand_with_ac_fails_low_where_nothing_is_connected)
{
	Room *room = room_new ("GPT-9904", "");
	PlHipotSetup setup = acw;

	setup.limit_low = 1e-3;
	world.farad = 1e-12;
	assert_outcome (room, &setup, PL_HIPOT_FAIL_LOW, 0, 0.05e-3);
	room_free (room);
}
END_TEST

START_TEST (withstand_with_dc_passes_after_ramp_and_full_time)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;
	gboolean ramp = FALSE, test = FALSE;
	double began;

	start (room, &dcw);
	began = world.time_s;
	ck_assert_ok (watch (room, &reading, &ramp, &test, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert_double_ge (world.time_s - began, 6 - 0.05);
	ck_assert (ramp && test);
	ck_assert_double_eq_tol (reading.level, 2093, 0.5);
	ck_assert_double_eq_tol (reading.elapsed_s, 1, 1e-9);
	ck_assert (g_str_has_prefix (reading.raw, "DCW,PASS ,2.093kV,00.00 mA ,T=001.0S"));
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	room_free (room);
}
END_TEST

START_TEST (a_breakdown_in_the_ramp_is_told_from_leakage)
{
	Room *room = room_new ("GPT-9904", "");
	PlHipotReading reading;

	world.breaks_v = 1200;
	reading = outcome (room, &dcw);
	ck_assert_int_eq (reading.state, PL_HIPOT_FAIL_BREAKDOWN);
	ck_assert_double_le (reading.level, 1300);
	ck_assert_double_le (world.highest, 1300);
	world.breaks_v = 0;
	world.ohm = 1.5e6;
	reading = outcome (room, &dcw);
	ck_assert_msg (reading.state == PL_HIPOT_FAIL_HIGH, "%s", reading.raw);
	room_free (room);
}
END_TEST

START_TEST (charging_the_capacitance_trips_a_limit_that_is_too_small_for_the_ramp)
{
	Room *room = room_new ("GPT-9904", "");
	PlHipotSetup setup = dcw;

	setup.ramp_s = 1;
	world.farad = 1e-6; /* 2.1 mA while it charges, nothing afterwards */
	ck_assert_int_ge (outcome (room, &setup).state, PL_HIPOT_FAIL_HIGH);
	setup.ramp_s = 5;
	ck_assert_int_eq (outcome (room, &setup).state, PL_HIPOT_PASS);
	room_free (room);
}
END_TEST

START_TEST (insulation_passes_with_its_resistance_and_says_when_it_is_more_than_it_can_show)
{
	Room *room = room_new ("GPT-9804", "");
	PlHipotReading reading;

	world.ohm = 350e6;
	assert_outcome (room, &ir, PL_HIPOT_PASS, 350e6, 0.5e6);
	world.ohm = 100e9;
	reading = outcome (room, &ir);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert (reading.over);
	ck_assert_double_eq_tol (reading.value, 9999e6, 1);
	room_free (room);
}
END_TEST

START_TEST (insulation_below_its_limit_fails_low_on_both_series)
{
	static const char *const models[] = {"GPT-9803", "GPT-9904"};

	for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
		Room *room = room_new (models[i], "");

		world.ohm = 5e6;
		assert_outcome (room, &ir, PL_HIPOT_FAIL_LOW, 5e6, 0.5e6);
		room_free (room);
	}
}
END_TEST

START_TEST (insulation_above_its_high_limit_fails_high)
{
	Room *room = room_new ("GPT-9904", "");
	PlHipotSetup setup = ir;

	setup.limit_high = 500e6;
	assert_outcome (room, &setup, PL_HIPOT_FAIL_HIGH, 1e9, 1e6);
	room_free (room);
}
END_TEST

START_TEST (ground_bond_passes_and_fails_by_its_resistance)
{
	Room *room = room_new ("GPT-9904", "");
	PlHipotReading reading = outcome (room, &gb);

	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert_double_eq_tol (reading.value, 0.02, 1e-6);
	ck_assert_double_eq_tol (reading.level, 25, 1e-6);
	world.bond_ohm = 0.15;
	assert_outcome (room, &gb, PL_HIPOT_FAIL_HIGH, 0.15, 1e-6);
	world.bond_ohm = 1e3; /* nothing there */
	reading = outcome (room, &gb);
	ck_assert_int_eq (reading.state, PL_HIPOT_FAIL_HIGH);
	ck_assert (reading.over);
	room_free (room);
}
END_TEST

/* -- the chain, the operator, the cable -------------------------------------------------------- */

START_TEST (an_open_interlock_keeps_the_output_off_and_is_named)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;

	world.fixture.hv_enable = FALSE;
	ck_assert_ok (room->hipot->ops.hipot->setup (room->hipot, &dcw, &error), error);
	ck_assert (!room->hipot->ops.hipot->start (room->hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_double_eq_tol (world.highest, 0, 1e-12);
	room_free (room);
}
END_TEST

START_TEST (an_interlock_that_opens_in_the_test_ends_it_without_a_pass)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start (room, &dcw);
	world.opens_at_s = world.time_s + 2;
	ck_assert (!watch (room, &reading, NULL, NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert (isnan (reading.value));
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	room_free (room);
}
END_TEST

START_TEST (stop_is_proved_may_be_repeated_and_leaves_no_result_behind)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start (room, &ir);
	ck_assert (pl_clock_wait (room->clock, 3, NULL));
	ck_assert_int_eq (world.kind, PL_HV_DC);
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->make_safe (room->hipot, &error), error);
	start (room, &ir);
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert (isnan (reading.value));
	room_free (room);
}
END_TEST

START_TEST (every_test_is_judged_by_its_own_result)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_PASS);
	/* the tester still shows that PASS */
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	world.ohm = 1e5;
	start (room, &dcw);
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_ne (reading.state, PL_HIPOT_PASS);
	ck_assert_ok (watch (room, &reading, NULL, NULL, &error), error);
	ck_assert_int_ge (reading.state, PL_HIPOT_FAIL_HIGH);
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_IDLE);
	room_free (room);
}
END_TEST

START_TEST (a_start_without_its_own_setup_is_refused)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (outcome (room, &gb).state, PL_HIPOT_PASS);
	ck_assert (!room->hipot->ops.hipot->start (room->hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	room_free (room);
}
END_TEST

START_TEST (what_a_dead_station_left_running_is_made_safe_by_the_next)
{
	Room *room = room_new ("GPT-9904", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start (room, &ir);
	ck_assert (pl_clock_wait (room->clock, 3, NULL));
	room_reconnect (room, "GPT-9904");
	ck_assert_int_eq (world.kind, PL_HV_DC); /* opening changes nothing */
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_TEST);
	ck_assert_ok (room->hipot->make_safe (room->hipot, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_IDLE);
	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_PASS);
	room_free (room);
}
END_TEST

START_TEST (a_tester_that_another_program_made_talkative_and_left_running_is_taken_over)
{
	Room *room = room_new_unopened ("GPT-9904", "");
	g_autoptr (GError) error = NULL;

	tester_send (&room->tester, "MANU:STEP 7");
	tester_send (&room->tester, "MANU:EDIT:MODE IR");
	tester_send (&room->tester, "MANU:IR:REF 50M");
	tester_send (&room->tester, "MANU:IR:TTIM 900");
	tester_send (&room->tester, "MANU:STEP 100");
	tester_send (&room->tester, "MANU:EDIT:MODE IR");
	tester_send (&room->tester, "MANU:IR:REF 50M");
	tester_send (&room->tester, "MANU:UTIL:MAXH ON");
	tester_send (&room->tester, "TEST:RET ON");
	tester_send (&room->tester, "NONSENSE");
	tester_send (&room->tester, "FUNC:TEST ON");
	tester_wait (&room->tester, 2.5);
	g_string_append (room->tester.said, "IR ,TEST ,0.050kV,0950M ohm,T=002.3S\r\nOK\r\n");
	ck_assert_ok (room_open (room, "GPT-9904", &error), error);
	world.ohm = 350e6;
	assert_outcome (room, &ir, PL_HIPOT_PASS, 350e6, 1e6);
	room_free (room);
}
END_TEST

START_TEST (a_cable_pulled_in_the_test_is_a_hangup)
{
	Room *room = room_new ("GPT-9904", "?fault=hangup@400");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start (room, &dcw);
	ck_assert (!watch (room, &reading, NULL, NULL, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	room_free (room);
}
END_TEST

/* One byte of what the tester says, or of what it hears, lost, doubled or changed: the world's
 * verdict or an error, never a PASS. */
START_TEST (no_single_bad_byte_makes_a_bad_pack_pass)
{
	static const struct {
		const char *kind, *mask;
	} faults[] = {{"flip:rx", "=0x04"},
		      {"drop:rx", ""},
		      {"dup:rx", ""},
		      {"flip:tx", "=0x01"},
		      {"drop:tx", ""}};
	guint judged = 0, errors = 0;

	for (guint at = (guint)_i % 3; at < 600; at += 3) {
		g_autofree char *fault = NULL;
		Room *room;
		g_autoptr (GError) error = NULL;
		PlHipotReading reading = {0};

		fault = g_strdup_printf ("%s@%u%s", faults[_i].kind, at, faults[_i].mask);
		room = room_new_direct ("GPT-9904", fault);
		world.ohm = 1e6; /* 2.1 mA at full level, 1 mA allowed */
		if (room_open (room, "GPT-9904", &error) &&
		    room->hipot->ops.hipot->setup (room->hipot, &dcw, &error) &&
		    room->hipot->ops.hipot->start (room->hipot, &error) &&
		    watch (room, &reading, NULL, NULL, &error)) {
			judged++;
			ck_assert_msg (reading.state >= PL_HIPOT_FAIL_HIGH, "%s: %s", fault,
				       reading.raw);
		} else
			errors++;
		room_free (room);
	}
	ck_assert_uint_ge (judged, 20);
	ck_assert_uint_ge (errors, 20);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-together");
	TCase *modes = tcase_create ("modes"), *chain = tcase_create ("chain");

	tcase_add_test (modes, withstand_with_ac_passes_and_shows_the_capacitive_current);
	tcase_add_test (modes, withstand_with_ac_fails_high_where_the_current_is_above_the_limit);
	tcase_add_test (modes, withstand_with_ac_fails_low_where_nothing_is_connected);
	tcase_add_test (modes, withstand_with_dc_passes_after_ramp_and_full_time);
	tcase_add_test (modes, a_breakdown_in_the_ramp_is_told_from_leakage);
	tcase_add_test (modes,
			charging_the_capacitance_trips_a_limit_that_is_too_small_for_the_ramp);
	tcase_add_test (
	    modes, insulation_passes_with_its_resistance_and_says_when_it_is_more_than_it_can_show);
	tcase_add_test (modes, insulation_below_its_limit_fails_low_on_both_series);
	tcase_add_test (modes, insulation_above_its_high_limit_fails_high);
	tcase_add_test (modes, ground_bond_passes_and_fails_by_its_resistance);
	tcase_add_test (chain, an_open_interlock_keeps_the_output_off_and_is_named);
	tcase_add_test (chain, an_interlock_that_opens_in_the_test_ends_it_without_a_pass);
	tcase_add_test (chain, stop_is_proved_may_be_repeated_and_leaves_no_result_behind);
	tcase_add_test (chain, every_test_is_judged_by_its_own_result);
	tcase_add_test (chain, a_start_without_its_own_setup_is_refused);
	tcase_add_test (chain, what_a_dead_station_left_running_is_made_safe_by_the_next);
	tcase_add_test (
	    chain, a_tester_that_another_program_made_talkative_and_left_running_is_taken_over);
	tcase_add_test (chain, a_cable_pulled_in_the_test_is_a_hangup);
	tcase_set_timeout (chain, 100);
	tcase_add_loop_test (chain, no_single_bad_byte_makes_a_bad_pack_pass, 0, 5);
	suite_add_tcase (suite, modes);
	suite_add_tcase (suite, chain);
	return pl_suite_main (suite);
}
