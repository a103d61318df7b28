/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_ea_psb, pl_driver_ea_psb_monitored;

#define IDN "EA Elektro-Automatik GmbH & Co. KG,PSB 10060-120 2U,1612340001,V3.02"

static const PlSupplyLimits usual = {3.65, 2.5, 50, 40, 3.75, 2.4, 55, 30};

/* -- a scripted supply with the driver on it --------------------------------------------------- */

static Echo *echo;
static PlClock *wall;
static PlInstrument *supply;

static const char *const answers[][2] = {
    {"*IDN", IDN},
    {"OUTP", "OFF"},
    {"SYST:LOCK:OWN", "REMOTE"},
    {"SYST:NOM:VOLT", "60.00 V"},
    {"SYST:NOM:CURR", "120.00 A"},
    {"SYST:NOM:POW", "3000 W"},
    {"STAT:QUES:COND", "0"},
    {"STAT:OPER:COND", "0"},
    {"SYST:ERR", "0,\"No error\""},
    {"MEAS:ARR", "3.302 V, 5.00 A, 16.5 W"},
    {"SYST:ALARM:COUNT:OVOLTAGE", "0"},
    {"SYST:ALARM:COUNT:OCURRENT", "0"},
    {"SYST:ALARM:COUNT:OPOWER", "0"},
    {"SYST:ALARM:COUNT:OTEMPERATURE", "0"},
    {"SYST:ALARM:COUNT:PFAIL", "0"},
    {"SYST:SINK:ALARM:COUNT:OCURRENT", "0"},
    {"SYST:SINK:ALARM:COUNT:OPOWER", "0"},
};

static void
set_up (void)
{
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	wall = pl_clock_new_real ();
	for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
		echo_set (echo, answers[i][0], answers[i][1]);
	echo_fix (echo, "POW:STAG:AFT:REM", "OFF"); /* its word, not 0 */
	supply =
	    pl_driver_ea_psb_monitored.open (PL_ROLE_SUPPLY, echo_link (echo), wall, NULL, &error);
	ck_assert_ok (supply != NULL, error);
	supply->name = g_strdup ("supply");
}

static void
tear_down (void)
{
	pl_instrument_free (supply);
	echo_free (echo);
	pl_clock_free (wall);
}

static void
arm_ok (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->arm (supply, &usual, &error), error);
}

static void
set_ok (double amperes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->set_current (supply, amperes, &error), error);
}

static void
switch_on_ok (void)
{
	g_autoptr (GError) error = NULL;

	arm_ok ();
	ck_assert_ok (supply->ops.supply->output (supply, TRUE, &error), error);
}

static void
read_fails (int domain_is_link, int code, const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!supply->ops.supply->read (supply, &reading, &error));
	ck_assert_err (error, domain_is_link ? PL_LINK_ERROR : PL_INSTRUMENT_ERROR, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

/* -- opening ----------------------------------------------------------------------------------- */

static const struct {
	const char *header, *answer, *model;
	int code;
	const PlDriver *driver;
} strangers[] = {
    {"*IDN", "EA,PSB 10060-120 2U,1,1", "PSB 10080-120 2U", PL_INSTRUMENT_ERROR_IDENTITY,
     &pl_driver_ea_psb},
    {"*IDN", "ITECH,IT6054C-800-225,1,1", NULL, PL_INSTRUMENT_ERROR_IDENTITY, &pl_driver_ea_psb},
    {"*IDN", "EA,EL 9080-170,1,1", NULL, PL_INSTRUMENT_ERROR_IDENTITY, &pl_driver_ea_psb},
    {"*IDN", IDN, "IT6000C", PL_INSTRUMENT_ERROR_CONFIG, &pl_driver_ea_psb},
    /* one that would stay on without the station is not taken for one that would not */
    {"*IDN", "EA,PSB 9080-360 3U,1,1", NULL, PL_INSTRUMENT_ERROR_IDENTITY,
     &pl_driver_ea_psb_monitored},
    {"SYST:LOCK:OWN", "LOCAL", NULL, PL_INSTRUMENT_ERROR_REFUSED, &pl_driver_ea_psb},
};

START_TEST (who_is_another_or_in_other_hands_is_not_opened)
{
	g_autoptr (GHashTable) settings =
	    strangers[_i].model != NULL ? settings_of ("model", strangers[_i].model, NULL) : NULL;
	g_autoptr (PlLink) link = echo_link (echo);
	g_autoptr (GError) error = NULL;

	echo_fix (echo, strangers[_i].header, strangers[_i].answer);
	ck_assert_ptr_null (
	    strangers[_i].driver->open (PL_ROLE_SUPPLY, link, wall, settings, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, strangers[_i].code);
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

START_TEST (what_becomes_of_the_energy_is_told_by_the_driver_that_was_chosen)
{
	ck_assert_int_eq (pl_driver_ea_psb.loss_of_pc, PL_LOSS_NONE);
	ck_assert_int_eq (pl_driver_ea_psb_monitored.loss_of_pc, PL_LOSS_WATCHDOG);
	arm_ok ();
	ck_assert_int_ge (echo_place (echo, "SYST:COMM:MON:TIM 30", 0), 0);
	ck_assert_int_ge (echo_place (echo, "SYST:COMM:MON:ACT ON", 0), 0);
	ck_assert_int_ge (echo_place (echo, "POW:STAG:AFT:REM OFF", 0), 0);
}
END_TEST

/* -- arming ------------------------------------------------------------------------------------ */

START_TEST (the_currents_are_zero_before_the_voltage_moves_and_all_is_read_back)
{
	int off, zero, sink, volt, uvd;

	arm_ok ();
	off = echo_place (echo, "OUTP OFF", 0);
	zero = echo_place (echo, "CURR 0", off);
	sink = echo_place (echo, "SINK:CURR 0", zero);
	volt = echo_place (echo, "VOLT 3.65", sink);
	uvd = echo_place (echo, "SYST:CONF:UVD:ACT ALARM", volt);
	ck_assert_int_ge (off, 0);
	ck_assert_int_ge (uvd, 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:PROT 3.75", volt), 0);
	ck_assert_int_ge (echo_place (echo, "CURR:PROT 55", volt), 0);
	ck_assert_int_ge (echo_place (echo, "SINK:CURR:PROT 55", volt), 0);
	ck_assert_int_ge (echo_place (echo, "SYST:CONF:UVD 2.4", volt), 0);
	ck_assert_int_ge (echo_place (echo, "POW 3000", volt), 0);
	ck_assert_int_ge (echo_place (echo, "SYST:CONF:UVD:ACT?", uvd), 0);
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

/* To read the error queue acknowledges alarms: the bits come first. */
START_TEST (alarms_are_looked_at_before_the_queue_that_clears_them)
{
	arm_ok ();
	ck_assert_int_lt (echo_place (echo, "STAT:QUES:COND?", 0),
			  echo_place (echo, "SYST:ERR?", 0));
}
END_TEST

static const struct {
	const char *header, *value, *word;
} other_values[] = {
    {"VOLT", "3.652 V", "wrote 3.65 V, reads back 3.652 V, which is looser"},
    {"VOLT", "3.70 V", "wrote 3.65 V, reads back 3.7 V, which is looser"},
    {"VOLT:PROT", "66.000 V", "reads back 66 V, which is looser"},
    {"CURR:PROT", "132.00 A", "reads back 132 A, which is looser"},
    {"SINK:CURR:PROT", "132.00 A", "which is looser"},
    {"SYST:CONF:UVD", "0.000 V", "which is looser"},
    {"SYST:CONF:UVD:ACT", "SIGNAL", "reads back SIGNAL"},
    {"POW", "100.0 W", "reads back 100 W"},
    {"SYST:COMM:MON:TIM", "36000", "which is looser"},
    {"SYST:COMM:MON:ACT", "OFF", "wrote ON, reads back OFF"},
    {"POW:STAG:AFT:REM", "AUTO", "reads back AUTO"},
    {"SYST:LOCK:OWN", "NONE", "reads back NONE"},
    {"CURR", "1.00 A", "reads back 1 A"},
};

START_TEST (what_reads_back_otherwise_is_not_armed)
{
	g_autoptr (GError) error = NULL, on = NULL;

	echo_fix (echo, other_values[_i].header, other_values[_i].value);
	ck_assert (!supply->ops.supply->arm (supply, &usual, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, other_values[_i].word) != NULL, "%s",
		       error->message);
	ck_assert (!supply->ops.supply->output (supply, TRUE, &on));
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

static const struct {
	const char *header, *value;
	gboolean link;
	int code;
} bad_arming[] = {
    {"STAT:QUES:COND", "1", FALSE, PL_INSTRUMENT_ERROR_PROTECTION},
    {"STAT:QUES:COND", "one", TRUE, PL_LINK_ERROR_PROTOCOL},
    {"VOLT:PROT", "3.75 A", TRUE, PL_LINK_ERROR_PROTOCOL},
    {"SYST:ERR", "-222,\"Data out of range\"", FALSE, PL_INSTRUMENT_ERROR_REPORTED},
    {"SYST:ALARM:COUNT:OVOLTAGE", "many", TRUE, PL_LINK_ERROR_PROTOCOL},
    {"VOLT", NULL, TRUE, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (alarms_garbage_silence_and_refusals_end_the_arming)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, bad_arming[_i].header, bad_arming[_i].value);
	ck_assert (!supply->ops.supply->arm (supply, &usual, &error));
	ck_assert_err (error, bad_arming[_i].link ? PL_LINK_ERROR : PL_INSTRUMENT_ERROR,
		       bad_arming[_i].code);
}
END_TEST

/* -- current ----------------------------------------------------------------------------------- */

/* One voltage serves both directions: at a pack between its limits the wrong one would drive. */
START_TEST (turning_round_goes_through_zero_in_both_directions)
{
	int charge, zero, sink, volt;

	switch_on_ok ();
	set_ok (50);
	charge = echo_place (echo, "CURR 50", 0);
	set_ok (-40);
	zero = echo_place (echo, "CURR 0", charge);
	sink = echo_place (echo, "SINK:CURR 0", zero);
	volt = echo_place (echo, "VOLT 2.5", sink);
	ck_assert_int_gt (echo_place (echo, "SINK:CURR 40", volt), volt);
	ck_assert_int_gt (volt, sink);
	set_ok (-20);
	ck_assert_int_eq (echo_place (echo, "VOLT 2.5", volt + 1), -1);
}
END_TEST

START_TEST (a_current_outside_of_what_is_armed_is_not_sent)
{
	g_autoptr (GError) unarmed = NULL, more = NULL;

	ck_assert (!supply->ops.supply->set_current (supply, 10, &unarmed));
	ck_assert_err (unarmed, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	arm_ok ();
	ck_assert (!supply->ops.supply->set_current (supply, 50.5, &more));
	ck_assert_err (more, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_int_eq (echo_place (echo, "CURR 50.5", 0), -1);
}
END_TEST

/* -- reading ----------------------------------------------------------------------------------- */

static const struct {
	const char *array, *state;
	double amperes, watts;
} signs[] = {
    {"3.302 V, 5.00 A, 16.5 W", "0", 5, 16.5},
    {"3.302 V, 5.00 A, 16.5 W", "4096", -5, -16.5}, /* older firmware: the bit alone tells */
    {"3.302 V, -5.00 A, -16.5 W", "4096", -5, -16.5},
    {"3.302 V, -5.00 A, 16.5 W", "0", -5, -16.5},
};

START_TEST (the_direction_is_told_by_sign_or_bit)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_fix (echo, "MEAS:ARR", signs[_i].array);
	echo_fix (echo, "STAT:OPER:COND", signs[_i].state);
	ck_assert_ok (supply->ops.supply->read (supply, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, signs[_i].amperes, 1e-9);
	ck_assert_double_eq_tol (reading.power_w, signs[_i].watts, 1e-9);
	ck_assert_double_eq_tol (reading.voltage_v, 3.302, 1e-9);
	ck_assert (reading.output_on);
}
END_TEST

START_TEST (what_went_off_by_itself_is_told_by_its_alarm_its_counter_or_its_owner)
{
	switch_on_ok ();
	echo_fix (echo, "STAT:QUES:COND", "2081"); /* and bit 11, no alarm */
	read_fails (FALSE, PL_INSTRUMENT_ERROR_PROTECTION, "over-voltage (OVP), under-voltage");
	echo_fix (echo, "STAT:QUES:COND", "0");
	echo_fix (echo, "OUTP", "OFF");
	read_fails (FALSE, PL_INSTRUMENT_ERROR_PROTECTION, "went off by itself");
	echo_fix (echo, "SYST:LOCK:OWN", "NONE");
	read_fails (FALSE, PL_INSTRUMENT_ERROR_PROTECTION, "longer than its watchdog");
	echo_fix (echo, "SYST:SINK:ALARM:COUNT:OCURRENT", "1");
	read_fails (FALSE, PL_INSTRUMENT_ERROR_PROTECTION, "over-current discharging alarms");
}
END_TEST

START_TEST (an_output_that_is_on_without_us_is_said)
{
	arm_ok ();
	echo_fix (echo, "OUTP", "ON");
	read_fails (FALSE, PL_INSTRUMENT_ERROR_REFUSED, "this station has not switched it on");
}
END_TEST

START_TEST (readings_that_are_none_are_errors)
{
	switch_on_ok ();
	echo_fix (echo, "MEAS:ARR", "73.0 V, 5.00 A, 16.5 W");
	read_fails (FALSE, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "73");
	echo_fix (echo, "MEAS:ARR", "\x01\x02garbage");
	read_fails (TRUE, PL_LINK_ERROR_PROTOCOL, "garbage");
	echo_fix (echo, "MEAS:ARR", NULL);
	read_fails (TRUE, PL_LINK_ERROR_TIMEOUT, "MEAS:ARR");
	echo->hang_up_after = 0;
	read_fails (TRUE, PL_LINK_ERROR_HANGUP, "hung up");
}
END_TEST

/* -- safe -------------------------------------------------------------------------------------- */

START_TEST (making_safe_takes_the_currents_back_and_proves_the_output_off)
{
	g_autoptr (GError) error = NULL, again = NULL;
	int zero, off;

	switch_on_ok ();
	set_ok (50);
	ck_assert_ok (supply->make_safe (supply, &error), error);
	zero = echo_place (echo, "CURR 0", echo_place (echo, "CURR 50", 0));
	off = echo_place (echo, "OUTP OFF", zero);
	ck_assert_int_gt (zero, 0);
	ck_assert_int_gt (echo_place (echo, "OUTP?", off), off);
	ck_assert (!supply->ops.supply->output (supply, TRUE, &again)); /* is not armed any more */
}
END_TEST

START_TEST (an_output_that_stays_on_is_said_and_switched_off_whatever_the_current_does)
{
	g_autoptr (GError) error = NULL, stuck = NULL;
	int begun;

	switch_on_ok ();
	echo_fix (echo, "CURR", "5.00 A");
	begun = (int)echo->heard->len;
	ck_assert (!supply->make_safe (supply, &error));
	ck_assert_int_ge (echo_place (echo, "OUTP OFF", begun), 0);
	echo_fix (echo, "CURR", "0.00 A");
	echo_fix (echo, "OUTP", "ON");
	ck_assert (!supply->make_safe (supply, &stuck));
	ck_assert_msg (strstr (stuck->message, "emergency stop") != NULL, "%s", stuck->message);
}
END_TEST

/* -- a recording ------------------------------------------------------------------------------- */

START_TEST (a_recorded_charge_is_played_again)
{
	PlLink *link = recording_open ("ea-psb-charge.rec");
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;
	PlInstrument *played =
	    pl_driver_ea_psb_monitored.open (PL_ROLE_SUPPLY, link, wall, NULL, &error);
	const PlSupplyOps *ops;

	ck_assert_ok (played != NULL, error);
	played->link = link;
	ops = played->ops.supply;
	ck_assert_ok (ops->arm (played, &usual, &error), error);
	ck_assert_ok (ops->set_current (played, 20, &error), error);
	ck_assert_ok (ops->output (played, TRUE, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, 20, 0.05);
	ck_assert_ok (ops->set_current (played, -20, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -20, 0.05);
	ck_assert_ok (played->make_safe (played, &error), error);
	pl_instrument_free (played);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ea-psb-driver");
	TCase *tcase = tcase_create ("driver");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_loop_test (tcase, who_is_another_or_in_other_hands_is_not_opened, 0,
			     G_N_ELEMENTS (strangers));
	tcase_add_test (tcase, what_becomes_of_the_energy_is_told_by_the_driver_that_was_chosen);
	tcase_add_test (tcase, the_currents_are_zero_before_the_voltage_moves_and_all_is_read_back);
	tcase_add_test (tcase, alarms_are_looked_at_before_the_queue_that_clears_them);
	tcase_add_loop_test (tcase, what_reads_back_otherwise_is_not_armed, 0,
			     G_N_ELEMENTS (other_values));
	tcase_add_loop_test (tcase, alarms_garbage_silence_and_refusals_end_the_arming, 0,
			     G_N_ELEMENTS (bad_arming));
	tcase_add_test (tcase, turning_round_goes_through_zero_in_both_directions);
	tcase_add_test (tcase, a_current_outside_of_what_is_armed_is_not_sent);
	tcase_add_loop_test (tcase, the_direction_is_told_by_sign_or_bit, 0, G_N_ELEMENTS (signs));
	tcase_add_test (tcase,
			what_went_off_by_itself_is_told_by_its_alarm_its_counter_or_its_owner);
	tcase_add_test (tcase, an_output_that_is_on_without_us_is_said);
	tcase_add_test (tcase, readings_that_are_none_are_errors);
	tcase_add_test (tcase, making_safe_takes_the_currents_back_and_proves_the_output_off);
	tcase_add_test (tcase,
			an_output_that_stays_on_is_said_and_switched_off_whatever_the_current_does);
	tcase_add_test (tcase, a_recorded_charge_is_played_again);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
