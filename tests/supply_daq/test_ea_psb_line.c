/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_ea_psb, pl_driver_ea_psb_monitored;
extern const PlSimType pl_sim_ea_psb, pl_sim_ea_psb_monitored;

/* Driver and simulator, each knowing only the other's bytes, on one pack of 48 V. */
static const PlSupplyLimits usual = {54, 40, 50, 50, 56, 38, 55, 30};
static Rig *rig;
static PlInstrument *supply;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "PSB 10060-120 2U", NULL);

	rig = rig_new (&pl_sim_ea_psb_monitored, &pl_driver_ea_psb_monitored, PL_ROLE_SUPPLY,
		       settings);
	rig->line->ocv_v = 48;
	supply = rig->instrument;
}

static void
set_up_older (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "PSB 9080-360 3U", NULL);

	rig = rig_new (&pl_sim_ea_psb, &pl_driver_ea_psb, PL_ROLE_SUPPLY, settings);
	rig->line->ocv_v = 48;
	supply = rig->instrument;
}

static void
tear_down (void)
{
	rig_free (rig);
}

static void
start (double amperes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->arm (supply, &usual, &error), error);
	ck_assert_ok (supply->ops.supply->set_current (supply, amperes, &error), error);
	ck_assert_ok (supply->ops.supply->output (supply, TRUE, &error), error);
	rig_advance (rig, 1);
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

static void
at_panel (const char *words)
{
	g_autofree char *said = NULL;

	g_mutex_lock (&rig->lock);
	ck_assert (rig->type->act (rig->sim, words, &said));
	g_mutex_unlock (&rig->lock);
}

START_TEST (a_pack_is_charged_discharged_and_left_alone)
{
	g_autoptr (GError) error = NULL;

	start (20);
	ck_assert_double_eq_tol (read_ok ().current_a, 20, 0.11);
	ck_assert_double_eq_tol (read_ok ().voltage_v, 48.6, 0.02);
	ck_assert_ok (supply->ops.supply->set_current (supply, -50, &error), error);
	rig_advance (rig, 1);
	ck_assert_double_eq_tol (read_ok ().current_a, -50, 0.11);
	ck_assert_double_lt (read_ok ().power_w, 0);
	ck_assert_ok (supply->make_safe (supply, &error), error);
	ck_assert (!read_ok ().output_on);
	ck_assert (!rig->line->demand.on);
}
END_TEST

START_TEST (the_armed_voltages_end_charge_and_discharge)
{
	g_autoptr (GError) error = NULL;

	start (50);
	rig->line->ocv_v = 53.7;
	rig_advance (rig, 1);
	ck_assert_double_eq_tol (read_ok ().current_a, 10, 0.1);
	ck_assert_ok (supply->ops.supply->set_current (supply, -50, &error), error);
	rig->line->ocv_v = 40.3;
	rig_advance (rig, 1);
	ck_assert_double_eq_tol (read_ok ().current_a, -10, 0.1);
}
END_TEST

START_TEST (an_alarm_is_named_and_a_person_clears_it)
{
	g_autoptr (GError) again = NULL, safe = NULL;

	start (20);
	rig->line->ocv_v = 56.5;
	rig_advance (rig, 0.5);
	expect_trip ("over-voltage (OVP)");
	ck_assert_ok (supply->make_safe (supply, &safe), safe);
	rig->line->ocv_v = 48;
	ck_assert (!supply->ops.supply->arm (supply, &usual, &again));
	ck_assert_err (again, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	at_panel ("clear");
	start (20);
	ck_assert_double_gt (read_ok ().current_a, 19);
}
END_TEST

START_TEST (a_pack_that_is_not_there_trips_the_undervoltage)
{
	start (20);
	rig->line->ocv_v = 10;
	rig_advance (rig, 0.5);
	expect_trip ("under-voltage (UVD)");
}
END_TEST

START_TEST (a_station_that_falls_silent_finds_the_output_off_and_can_arm_again)
{
	g_autoptr (GError) error = NULL;

	start (20);
	for (guint i = 0; i < 3; i++) {
		rig_advance (rig, 28);
		ck_assert_double_gt (read_ok ().current_a, 19);
	}
	rig_advance (rig, 31);
	expect_trip ("longer than its watchdog");
	ck_assert_ok (supply->make_safe (supply, &error), error);
	start (20);
	ck_assert_double_gt (read_ok ().current_a, 19);
}
END_TEST

START_TEST (who_takes_it_at_the_panel_keeps_it)
{
	g_autoptr (GError) error = NULL;

	at_panel ("local");
	ck_assert (!supply->ops.supply->arm (supply, &usual, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, "LOCAL") != NULL, "%s", error->message);
}
END_TEST

/* Why its driver says that nothing ends the energy: the recipe must not leave it alone. */
START_TEST (an_older_one_stays_on_without_the_station)
{
	start (20);
	rig_advance (rig, 600);
	ck_assert (rig->line->demand.on);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ea-psb-line");
	TCase *newer = tcase_create ("newer"), *older = tcase_create ("older");
	TCase *const both[] = {newer, older};

	tcase_add_checked_fixture (newer, set_up, tear_down);
	tcase_add_checked_fixture (older, set_up_older, tear_down);
	for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
		tcase_add_test (both[i], a_pack_is_charged_discharged_and_left_alone);
		tcase_add_test (both[i], the_armed_voltages_end_charge_and_discharge);
		tcase_add_test (both[i], an_alarm_is_named_and_a_person_clears_it);
		tcase_add_test (both[i], a_pack_that_is_not_there_trips_the_undervoltage);
		tcase_add_test (both[i], who_takes_it_at_the_panel_keeps_it);
		suite_add_tcase (suite, both[i]);
	}
	tcase_add_test (newer, a_station_that_falls_silent_finds_the_output_off_and_can_arm_again);
	tcase_add_test (older, an_older_one_stays_on_without_the_station);
	return pl_suite_main (suite);
}
