/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_itech_it6000c;
extern const PlSimType pl_sim_itech_it6000c;

/* Driver and simulator, each knowing only the other's bytes, on one pack. */
static const PlSupplyLimits usual = {116.8, 80, 50, 50, 119.72, 78, 56, 10};
static Rig *rig;
static PlInstrument *supply;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("model", "IT6054C-800-225", "serial", "800104020777110001", NULL);

	rig = rig_new (&pl_sim_itech_it6000c, &pl_driver_itech_it6000c, PL_ROLE_SUPPLY, settings);
	supply = rig->instrument;
}

static void
tear_down (void)
{
	rig_free (rig);
}

static void
start (const PlSupplyLimits *limits)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->arm (supply, limits, &error), error);
	ck_assert_ok (supply->ops.supply->set_current (supply, 0, &error), error);
	ck_assert_ok (supply->ops.supply->output (supply, TRUE, &error), error);
}

static void
set_current (double amperes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->set_current (supply, amperes, &error), error);
}

static PlSupplyReading
read_ok (void)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->read (supply, &reading, &error), error);
	return reading;
}

static void
expect_trip (const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!supply->ops.supply->read (supply, &reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
	ck_assert (!rig->line->demand.on);
}

START_TEST (a_pack_is_charged_discharged_and_left_alone)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	start (&usual);
	set_current (20);
	rig_advance (rig, 5);
	reading = read_ok ();
	ck_assert_double_eq_tol (reading.current_a, 20, 0.01);
	ck_assert_double_eq_tol (reading.voltage_v, 104.6, 0.01);
	ck_assert (reading.output_on);
	set_current (-50);
	rig_advance (rig, 5);
	reading = read_ok ();
	ck_assert_double_eq_tol (reading.current_a, -50, 0.01);
	ck_assert_double_eq_tol (reading.voltage_v, 102.5, 0.01);
	ck_assert_ok (supply->make_safe (supply, &error), error);
	reading = read_ok ();
	ck_assert (!reading.output_on);
	ck_assert_double_eq_tol (reading.current_a, 0, 0.01);
	ck_assert (!rig->line->demand.on);
}
END_TEST

START_TEST (the_voltage_limits_end_charge_and_discharge)
{
	start (&usual);
	rig->line->ocv_v = 116.5;
	set_current (50);
	rig_advance (rig, 2);
	ck_assert_double_eq_tol (read_ok ().current_a, 10, 0.1);
	rig->line->ocv_v = 80.3;
	set_current (-50);
	rig_advance (rig, 2);
	ck_assert_double_eq_tol (read_ok ().current_a, -10, 0.1);
}
END_TEST

START_TEST (a_pack_above_the_overvoltage_level_trips_and_says_so_until_a_person_clears_it)
{
	g_autoptr (GError) safe = NULL, again = NULL, cleared = NULL;
	g_autofree char *answer = NULL;

	start (&usual);
	rig->line->ocv_v = 119.9;
	rig_advance (rig, 0.5);
	expect_trip ("over-voltage (OVP)");
	ck_assert_ok (supply->make_safe (supply, &safe), safe);
	rig->line->ocv_v = 104;
	expect_trip ("over-voltage (OVP)");
	ck_assert (!supply->ops.supply->arm (supply, &usual, &again));
	ck_assert_err (again, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	g_mutex_lock (&rig->lock);
	rig->type->act (rig->sim, "clear", &answer);
	g_mutex_unlock (&rig->lock);
	ck_assert_ok (supply->ops.supply->arm (supply, &usual, &cleared), cleared);
}
END_TEST

START_TEST (a_pack_that_is_not_there_trips_the_undervoltage)
{
	rig->line->connected = FALSE;
	start (&usual);
	rig_advance (rig, 1);
	expect_trip ("under-voltage (UVP)");
}
END_TEST

START_TEST (a_station_that_falls_silent_finds_the_output_off_and_can_arm_again)
{
	g_autoptr (GError) error = NULL;

	start (&usual);
	set_current (20);
	for (guint i = 0; i < 3; i++) { /* reading feeds the watchdog */
		rig_advance (rig, 9);
		ck_assert_double_gt (read_ok ().current_a, 19);
	}
	rig_advance (rig, 11);
	ck_assert (!rig->line->demand.on);
	expect_trip ("watchdog");
	ck_assert_ok (supply->make_safe (supply, &error), error);
	start (&usual);
	rig_advance (rig, 1);
	read_ok ();
}
END_TEST

/* What the priority's switch copies is different each time; the armed values are the same. */
START_TEST (arming_holds_against_the_coupling_of_the_limits_whatever_was_set_before)
{
	static const char *const befores[] = {
	    "FUNC VOLT\nVOLT 30\nCURR:LIM 7\nCURR:LIM:NEG -200\n",
	    "FUNC CURR\nVOLT:LIM 500\nVOLT:LIM:NEG 400\nCURR -227\n"};

	for (guint i = 0; i < G_N_ELEMENTS (befores); i++) {
		g_mutex_lock (&rig->lock);
		rig->type->receive (rig->sim, (const guint8 *)befores[i], strlen (befores[i]));
		g_mutex_unlock (&rig->lock);
		start (&usual);
		rig_advance (rig, 2);
		ck_assert_double_eq_tol (read_ok ().current_a, 0, 0.01);
		ck_assert_double_eq_tol (rig->line->demand.v_max, 116.8, 1e-9);
		ck_assert_double_eq_tol (rig->line->demand.v_min, 80, 1e-9);
	}
}
END_TEST

START_TEST (other_limits_replace_the_first)
{
	static const PlSupplyLimits narrow = {110, 90, 10, 5, 113, 88, 12, 3};
	g_autoptr (GError) error = NULL;

	start (&usual);
	start (&narrow);
	ck_assert (!supply->ops.supply->set_current (supply, -6, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	set_current (-5);
	rig_advance (rig, 3.5);
	expect_trip ("watchdog");
}
END_TEST

START_TEST (a_pulled_cable_leaves_the_output_to_the_watchdog)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	start (&usual);
	set_current (20);
	rig_advance (rig, 1);
	g_mutex_lock (&rig->lock);
	g_atomic_int_set (&rig->stop, 1);
	g_mutex_unlock (&rig->lock);
	g_thread_join (g_steal_pointer (&rig->pump));
	wire_hang_up (&rig->wire);
	ck_assert (!supply->ops.supply->read (supply, &reading, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	rig_advance (rig, 8);
	ck_assert (rig->line->demand.on);
	rig_advance (rig, 3);
	ck_assert (!rig->line->demand.on);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("it6000c-line");
	TCase *tcase = tcase_create ("line");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, a_pack_is_charged_discharged_and_left_alone);
	tcase_add_test (tcase, the_voltage_limits_end_charge_and_discharge);
	tcase_add_test (
	    tcase, a_pack_above_the_overvoltage_level_trips_and_says_so_until_a_person_clears_it);
	tcase_add_test (tcase, a_pack_that_is_not_there_trips_the_undervoltage);
	tcase_add_test (tcase, a_station_that_falls_silent_finds_the_output_off_and_can_arm_again);
	tcase_add_test (tcase,
			arming_holds_against_the_coupling_of_the_limits_whatever_was_set_before);
	tcase_add_test (tcase, other_limits_replace_the_first);
	tcase_add_test (tcase, a_pulled_cable_leaves_the_output_to_the_watchdog);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
