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

/* Looks every 0.1 s as the station does; ret_seen is a mask of 1 << PlHipotState. */
static gboolean
watch (Room *room, PlHipotReading *ret, guint *ret_seen, GError **error)
{
	*ret_seen = 0;
	for (guint i = 0; i < 5000; i++) {
		ck_assert (pl_clock_wait (room->clock, 0.1, NULL));
		if (!room->hipot->ops.hipot->read (room->hipot, ret, error))
			return FALSE;
		*ret_seen |= 1u << ret->state;
		if (ret->state != PL_HIPOT_RAMP && ret->state != PL_HIPOT_TEST)
			return TRUE;
	}
	ck_abort_msg ("the test never ends");
}

static PlHipotReading
outcome (Room *room, const PlHipotSetup *setup)
{
	PlHipotReading reading;
	guint seen;
	g_autoptr (GError) error = NULL;

	start (room, setup);
	ck_assert_ok (watch (room, &reading, &seen, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	return reading;
}

/* What of the world makes each mode end how. */
static const struct {
	const PlHipotSetup *setup;
	double ohm, farad, breaks_v, bond_ohm;
	PlHipotState state;
	double value, tolerance;
} ends[] = {
    {&acw, 1e9, 10e-9, 0, 0.02, PL_HIPOT_PASS, 5.58e-3, 0.05e-3},
    {&acw, 1e9, 20e-9, 0, 0.02, PL_HIPOT_FAIL_HIGH, 10.2e-3, 0.6e-3},
    {&dcw, 1e9, 10e-9, 0, 0.02, PL_HIPOT_PASS, 2.1e-6, 0.1e-6},
    {&dcw, 1.5e6, 10e-9, 0, 0.02, PL_HIPOT_FAIL_HIGH, 1.0e-3, 0.1e-3},
    {&dcw, 1e9, 10e-9, 900, 0.02, PL_HIPOT_FAIL_BREAKDOWN, 12e-3, 1e-4},
    {&ir, 1e9, 10e-9, 0, 0.02, PL_HIPOT_PASS, 1e9, 1e7},
    {&ir, 2e6, 10e-9, 0, 0.02, PL_HIPOT_FAIL_LOW, 2e6, 1e5},
    {&ir, 1e9, 10e-9, 300, 0.02, PL_HIPOT_FAIL_BREAKDOWN, 0, 1},
    {&gb, 1e9, 10e-9, 0, 0.02, PL_HIPOT_PASS, 0.02, 1e-6},
    {&gb, 1e9, 10e-9, 0, 0.25, PL_HIPOT_FAIL_HIGH, 0.25, 1e-6},
};

START_TEST (each_mode_ends_as_the_world_has_it)
{
	Room *room = room_new ("19032", "");
	PlHipotReading reading;

	world.ohm = ends[_i].ohm;
	world.farad = ends[_i].farad;
	world.breaks_v = ends[_i].breaks_v;
	world.bond_ohm = ends[_i].bond_ohm;
	reading = outcome (room, ends[_i].setup);
	ck_assert_msg (reading.state == ends[_i].state, "state %d: %s", reading.state, reading.raw);
	ck_assert_msg (fabs (reading.value - ends[_i].value) <= ends[_i].tolerance, "%g: %s",
		       reading.value, reading.raw);
	room_free (room);
}
END_TEST

START_TEST (withstand_with_dc_is_seen_ramping_then_testing_for_its_full_time)
{
	Room *room = room_new (_i == 0 ? "19032" : "19052", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;
	double began;
	guint seen;

	start (room, &dcw);
	began = world.time_s;
	ck_assert_ok (watch (room, &reading, &seen, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert (seen & 1u << PL_HIPOT_RAMP && seen & 1u << PL_HIPOT_TEST);
	ck_assert_double_ge (world.time_s - began, 6 - 0.05);
	ck_assert_double_eq_tol (reading.level, 2093, 0.5);
	ck_assert_double_eq_tol (reading.elapsed_s, 1, 1e-9);
	room_free (room);
}
END_TEST

START_TEST (insulation_beyond_its_range_says_so)
{
	Room *room = room_new ("19052", "");
	PlHipotReading reading;

	world.ohm = 1e12;
	world.farad = 0;
	reading = outcome (room, &ir);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert (reading.over);
	ck_assert_double_eq_tol (reading.value, 5e10, 1);
	room_free (room);
}
END_TEST

START_TEST (an_open_interlock_keeps_the_output_off_and_is_named)
{
	Room *room = room_new ("19032", "");
	g_autoptr (GError) error = NULL;

	world.fixture.hv_enable = FALSE;
	ck_assert (room->hipot->ops.hipot->setup (room->hipot, &dcw, NULL));
	ck_assert (!room->hipot->ops.hipot->start (room->hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK);
	ck_assert_double_eq_tol (world.highest, 0, 1e-9);
	room_free (room);
}
END_TEST

START_TEST (an_interlock_that_opens_in_the_test_ends_it_without_a_pass)
{
	Room *room = room_new ("19032", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;
	guint seen;

	start (room, &dcw);
	world.opens_at_s = world.time_s + 3;
	ck_assert_ok (watch (room, &reading, &seen, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	room_free (room);
}
END_TEST

START_TEST (the_stop_key_is_no_result)
{
	Room *room = room_new ("19032", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;
	guint seen;

	start (room, &dcw);
	ck_assert (pl_clock_wait (room->clock, 2, NULL));
	ck_assert (ROOM_SIM.act (room->tester.sim, "stop", NULL));
	ck_assert_ok (watch (room, &reading, &seen, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert_str_eq (reading.raw, "113 USER STOP");
	room_free (room);
}
END_TEST

START_TEST (every_test_is_judged_by_its_own_result)
{
	Room *room = room_new ("19032", "");

	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_PASS);
	world.breaks_v = 900;
	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_FAIL_BREAKDOWN);
	world.breaks_v = 0;
	ck_assert_int_eq (outcome (room, &ir).state, PL_HIPOT_PASS);
	world.ohm = 1e6;
	ck_assert_int_eq (outcome (room, &ir).state, PL_HIPOT_FAIL_LOW);
	room_free (room);
}
END_TEST

START_TEST (stop_is_proved_and_leaves_no_step_that_a_key_could_start)
{
	Room *room = room_new ("19032", "");
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start (room, &dcw);
	ck_assert (pl_clock_wait (room->clock, 2, NULL));
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->ops.hipot->read (room->hipot, &reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert (ROOM_SIM.act (room->tester.sim, "start", NULL));
	ck_assert (pl_clock_wait (room->clock, 1, NULL));
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_ok (room->hipot->ops.hipot->stop (room->hipot, &error), error);
	room_free (room);
}
END_TEST

START_TEST (what_a_dead_station_left_running_is_made_safe_by_the_next)
{
	Room *room = room_new ("19032", "");
	g_autoptr (GError) error = NULL;
	PlHipotSetup endless = dcw;

	endless.test_s = 500;
	start (room, &endless);
	ck_assert (pl_clock_wait (room->clock, 7, NULL));
	room_reconnect (room, "19032");
	ck_assert_int_eq (world.kind, PL_HV_DC);
	ck_assert_ok (room->hipot->make_safe (room->hipot, &error), error);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_PASS);
	room_free (room);
}
END_TEST

START_TEST (a_tester_that_another_program_made_talkative_and_left_running_is_taken_over)
{
	Room *room = room_new_unopened ("19032", "");
	g_autoptr (GError) error = NULL;

	tester_send (&room->tester, "SAFE:RES:AREP ON");
	tester_send (&room->tester, "SAFE:STEP1:AC 500");
	tester_send (&room->tester, "SAFE:STEP1:AC:TIME 0");
	tester_send (&room->tester, "SAFE:STEP2:AC 500");
	tester_send (&room->tester, "SAFE:STAR");
	tester_wait (&room->tester, 1);
	g_string_append (room->tester.said, "116\r\n");
	ck_assert_ok (room_open (room, "19032", &error), error);
	ck_assert_int_eq (outcome (room, &dcw).state, PL_HIPOT_PASS);
	room_free (room);
}
END_TEST

START_TEST (no_single_bad_byte_makes_a_bad_pack_pass)
{
	for (guint at = _i * 40; at < (_i + 1) * 40u; at++) {
		g_autofree char *fault = g_strdup_printf ("flip:rx@%u=1", at * 7);
		Room *room = room_new_direct ("19032", fault);
		PlHipotReading reading = {0};
		gboolean passed = FALSE;
		guint seen;

		world.breaks_v = 900;
		if (room_open (room, "19032", NULL) &&
		    room->hipot->ops.hipot->setup (room->hipot, &dcw, NULL) &&
		    room->hipot->ops.hipot->start (room->hipot, NULL))
			passed =
			    watch (room, &reading, &seen, NULL) && reading.state == PL_HIPOT_PASS;
		ck_assert_msg (!passed, "%s: %s", fault, reading.raw);
		room_free (room);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chroma-together");
	TCase *tcase = tcase_create ("together");

	tcase_set_timeout (tcase, 60);
	tcase_add_loop_test (tcase, each_mode_ends_as_the_world_has_it, 0, G_N_ELEMENTS (ends));
	tcase_add_loop_test (
	    tcase, withstand_with_dc_is_seen_ramping_then_testing_for_its_full_time, 0, 2);
	tcase_add_test (tcase, insulation_beyond_its_range_says_so);
	tcase_add_test (tcase, an_open_interlock_keeps_the_output_off_and_is_named);
	tcase_add_test (tcase, an_interlock_that_opens_in_the_test_ends_it_without_a_pass);
	tcase_add_test (tcase, the_stop_key_is_no_result);
	tcase_add_test (tcase, every_test_is_judged_by_its_own_result);
	tcase_add_test (tcase, stop_is_proved_and_leaves_no_step_that_a_key_could_start);
	tcase_add_test (tcase, what_a_dead_station_left_running_is_made_safe_by_the_next);
	tcase_add_test (
	    tcase, a_tester_that_another_program_made_talkative_and_left_running_is_taken_over);
	tcase_add_loop_test (tcase, no_single_bad_byte_makes_a_bad_pack_pass, 0, 4);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
