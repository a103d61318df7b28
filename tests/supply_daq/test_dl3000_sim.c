/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_rigol_dl3000;
extern const PlSimType pl_sim_rigol_dl3000;

/* -- the simulator without any driver, on a pack of 12 V ----------------------------------------
 */

static Alone *alone;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "DL3021", NULL);

	alone = alone_new (&pl_sim_rigol_dl3000, settings);
	alone->line->ocv_v = 12;
}

static void
tear_down (void)
{
	alone_free (alone);
}

#define assert_says(message, answer) ck_assert_str_eq (alone_say (alone, message), answer)

START_TEST (a_level_clamps_to_its_range_and_the_range_moves_with_the_input_off_only)
{
	assert_says (":SOUR:CURR:RANG 4;:SOUR:CURR 30;:SOUR:CURR?", "4.000000\n");
	assert_says (":SOUR:CURR:RANG 40;:SOUR:CURR 30;:SOUR:CURR?", "30.000000\n");
	assert_says (":SOUR:CURR 2;:SOUR:INP:STAT 1;:SOUR:CURR:RANG 4;:SOUR:CURR:RANG?",
		     "40.000000\n");
	assert_says (":SYST:ERR?", "0,\"No error\"\n");
	assert_says (":SOUR:CURR:ILIM 99;:SOUR:CURR:ILIM?", "70.000000\n");
}
END_TEST

START_TEST (it_takes_current_and_tells_it_without_a_sign)
{
	assert_says (":SOUR:CURR 10;:SOUR:INP:STAT 1", "");
	alone_advance (alone, 1);
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), -10, 1e-6);
	ck_assert_double_eq_tol (g_ascii_strtod (alone_say (alone, ":MEAS:CURR?"), NULL), 10, 0.01);
}
END_TEST

START_TEST (a_battery_s_discharge_ends_at_its_voltage_without_any_bit)
{
	assert_says (":SOUR:FUNC:MODE BATT;:SOUR:BATT:LEV:IMM 5;:SOUR:BATT:VST 11;"
		     ":SOUR:BATT:VEN 1;:SOUR:INP:STAT 1",
		     "");
	alone_advance (alone, 3600);
	assert_says (":SOUR:INP:STAT?", "1\n");
	ck_assert_double_eq_tol (g_ascii_strtod (alone_say (alone, ":MEAS:CAP?"), NULL), 5000, 10);
	alone->line->ocv_v = 11;
	alone_advance (alone, 0.2);
	assert_says (":SOUR:INP:STAT?", "0\n");
	assert_says (":STAT:QUES:COND?", "0\n");
}
END_TEST

START_TEST (constant_current_knows_no_end)
{
	assert_says (":SOUR:CURR 5;:SOUR:BATT:VST 11;:SOUR:BATT:VEN 1;:SOUR:INP:STAT 1", "");
	alone->line->ocv_v = 5;
	alone_advance (alone, 0.5);
	assert_says (":SOUR:INP:STAT?", "1\n");
}
END_TEST

static const struct {
	const char *set;
	double volts;
	const char *bits;
} faults[] = {
    {":SOUR:CURR:VLIM 11.5", 12, "4096\n"},
    {":SOUR:CURR:ILIM 4", 12, "2\n"},
    {"", 60, "8\n"},
};

START_TEST (a_fault_switches_off_and_stays_until_it_is_confirmed)
{
	g_autofree char *said = NULL;

	assert_says (":SOUR:CURR 5;:SOUR:INP:STAT 1", "");
	assert_says (faults[_i].set, "");
	alone->line->ocv_v = faults[_i].volts;
	alone_advance (alone, 0.2);
	assert_says (":SOUR:INP:STAT?", "0\n");
	assert_says (":STAT:QUES:COND?", faults[_i].bits);
	assert_says (":SOUR:INP:STAT 1;:SOUR:INP:STAT?", "0\n");
	ck_assert (alone->type->act (alone->sim, "clear", &said));
	assert_says (":STAT:QUES:COND?", "0\n");
}
END_TEST

START_TEST (what_it_does_not_know_is_an_error_of_the_queue)
{
	assert_says (":FOO 1;:SYST:ERR?", "-113,\"Undefined header\"\n");
	assert_says (":SOUR:CURR five;:SYST:ERR?", "-104,\"Data type error\"\n");
}
END_TEST

/* -- driver and simulator together ------------------------------------------------------------- */

static Rig *rig;
static PlInstrument *load;
static const PlSupplyLimits usual = {13, 10, 0, 15, 14, 9.5, 17, 30};

static void
set_up_rig (void)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("model", "DL3021A", "firmware", "stray-line", "sense", "on", NULL);

	rig = rig_new (&pl_sim_rigol_dl3000, &pl_driver_rigol_dl3000, PL_ROLE_SUPPLY, settings);
	rig->line->ocv_v = 12;
	load = rig->instrument;
}

static void
tear_down_rig (void)
{
	rig_free (rig);
}

static void
start (double amperes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (load->ops.supply->arm (load, &usual, &error), error);
	ck_assert_ok (load->ops.supply->set_current (load, amperes, &error), error);
	ck_assert_ok (load->ops.supply->output (load, TRUE, &error), error);
	rig_advance (rig, 1);
}

static void
expect_trip (const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->read (load, &reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

START_TEST (a_pack_is_discharged_and_left_alone)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	start (-10);
	ck_assert_ok (load->ops.supply->read (load, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -10, 0.01);
	ck_assert_double_eq_tol (reading.voltage_v, 11.7, 0.01);
	ck_assert_ok (load->make_safe (load, &error), error);
	ck_assert (!rig->line->demand.on);
	ck_assert_ok (load->ops.supply->read (load, &reading, &error), error);
	ck_assert (!reading.output_on);
}
END_TEST

START_TEST (the_undervoltage_protection_ends_it_without_the_station)
{
	start (-10);
	rig->line->ocv_v = 9.4;
	rig_advance (rig, 0.5);
	ck_assert (!rig->line->demand.on);
	expect_trip ("undervoltage protection of 9.5 V");
}
END_TEST

START_TEST (nothing_ends_it_for_the_station_s_silence)
{
	start (-10);
	rig_advance (rig, 600);
	ck_assert (rig->line->demand.on);
}
END_TEST

START_TEST (an_overvoltage_is_named)
{
	start (-10);
	rig->line->ocv_v = 14.5;
	rig_advance (rig, 0.5);
	expect_trip ("over-voltage (OVP)");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("dl3000-sim");
	TCase *tcase = tcase_create ("alone"), *together = tcase_create ("together");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_checked_fixture (together, set_up_rig, tear_down_rig);
	tcase_add_test (tcase,
			a_level_clamps_to_its_range_and_the_range_moves_with_the_input_off_only);
	tcase_add_test (tcase, it_takes_current_and_tells_it_without_a_sign);
	tcase_add_test (tcase, a_battery_s_discharge_ends_at_its_voltage_without_any_bit);
	tcase_add_test (tcase, constant_current_knows_no_end);
	tcase_add_loop_test (tcase, a_fault_switches_off_and_stays_until_it_is_confirmed, 0,
			     G_N_ELEMENTS (faults));
	tcase_add_test (tcase, what_it_does_not_know_is_an_error_of_the_queue);
	tcase_add_test (together, a_pack_is_discharged_and_left_alone);
	tcase_add_test (together, the_undervoltage_protection_ends_it_without_the_station);
	tcase_add_test (together, nothing_ends_it_for_the_station_s_silence);
	tcase_add_test (together, an_overvoltage_is_named);
	suite_add_tcase (suite, tcase);
	suite_add_tcase (suite, together);
	return pl_suite_main (suite);
}
