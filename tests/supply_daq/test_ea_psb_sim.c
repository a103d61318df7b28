/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlSimType pl_sim_ea_psb;

/* The simulator without any driver, by its bytes, on a pack of 48 V. */
static Alone *alone;

static void
set_up (void)
{
	alone = alone_new (&pl_sim_ea_psb, NULL);
	alone->line->ocv_v = 48;
}

static void
set_up_older (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "PSB 9080-360 3U", NULL);

	alone = alone_new (&pl_sim_ea_psb, settings);
	alone->line->ocv_v = 48;
}

static void
tear_down (void)
{
	alone_free (alone);
}

#define assert_says(message, answer) ck_assert_str_eq (alone_say (alone, message), answer)

/* Source only at these, on a pack of 48 V. */
static void
charge (void)
{
	assert_says ("SYST:LOCK ON;SINK:CURR 0;VOLT 50;CURR 10;OUTP ON", "");
	alone_advance (alone, 0.5);
}

START_TEST (values_come_with_their_units_and_digits)
{
	assert_says ("SYST:NOM:VOLT?", "60.000 V\n");
	assert_says ("SYST:NOM:CURR?", "120.00 A\n");
	assert_says ("SYST:NOM:POW?", "3000.0 W\n");
	assert_says ("SYST:LOCK ON;VOLT 3.65 V;VOLT?", "3.650 V\n");
	assert_says ("CURR 5A;:SOURce:CURRent:LEVel?", "5.00 A\n");
}
END_TEST

START_TEST (nothing_is_set_without_remote_control)
{
	assert_says ("VOLT 5;VOLT?", "0.000 V\n");
	assert_says ("SYST:ERR?", "-221,\"Settings conflict\"\n");
	assert_says ("SYST:LOCK ON;SYST:LOCK:OWNER?", "REMOTE\n");
	assert_says ("VOLT 5;VOLT?", "5.000 V\n");
}
END_TEST

START_TEST (somebody_at_the_panel_keeps_it)
{
	g_autofree char *said = NULL, *freed = NULL;

	ck_assert (alone->type->act (alone->sim, "local", &said));
	assert_says ("SYST:LOCK ON;SYST:LOCK:OWN?", "LOCAL\n");
	ck_assert (alone->type->act (alone->sim, "free", &freed));
	assert_says ("SYST:LOCK ON;SYST:LOCK:OWN?", "REMOTE\n");
}
END_TEST

START_TEST (beyond_102_percent_nothing_is_set_and_only_the_queue_tells)
{
	assert_says ("SYST:LOCK ON;VOLT 50;VOLT 61.3", "");
	assert_says ("VOLT?", "50.000 V\n");
	assert_says ("SYST:ERR?", "-222,\"Data out of range\"\n");
	assert_says ("SYST:ERR?", "0,\"No error\"\n");
	assert_says ("VOLT:PROT 66.1;SYST:ERR?", "-222,\"Data out of range\"\n");
}
END_TEST

START_TEST (one_voltage_serves_both_directions)
{
	charge ();
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), 10, 1e-3);
	assert_says ("VOLT 40", ""); /* below the pack: nothing to give, nothing to be taken */
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), 0, 1e-3);
	assert_says ("SINK:CURR 20", "");
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), -20, 1e-3);
}
END_TEST

START_TEST (power_limits_the_current_without_a_word)
{
	charge ();
	assert_says ("POW 96;SYST:ERR?", "0,\"No error\"\n");
	alone_advance (alone, 0.2);
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), 2, 0.05);
}
END_TEST

START_TEST (newer_ones_tell_what_they_take_with_a_sign)
{
	assert_says ("SYST:LOCK ON;VOLT 40;SINK:CURR 20;OUTP ON", "");
	alone_advance (alone, 0.2);
	ck_assert_ptr_nonnull (strstr (alone_say (alone, "MEAS:CURR?"), "-"));
	ck_assert_ptr_nonnull (strstr (alone_say (alone, "STAT:OPER:COND?"), "4"));
}
END_TEST

START_TEST (older_ones_tell_no_sign_and_have_no_monitoring)
{
	assert_says ("SYST:LOCK ON;VOLT 40;SINK:CURR 20;OUTP ON", "");
	alone_advance (alone, 0.2);
	ck_assert_ptr_null (strstr (alone_say (alone, "MEAS:ARR?"), "-"));
	ck_assert_int_eq (atoi (alone_say (alone, "STAT:OPER:COND?")) & 4096, 4096);
	assert_says ("SYST:COMM:MON:ACT ON;SYST:ERR?", "-113,\"Undefined header\"\n");
	assert_says ("SYST:NOM:VOLT?", "80.00 V\n");
}
END_TEST

/* -- alarms ------------------------------------------------------------------------------------ */

START_TEST (an_overvoltage_latches_counts_and_is_acknowledged_by_reading_the_queue)
{
	charge ();
	assert_says ("VOLT:PROT 50", "");
	alone->line->ocv_v = 51;
	alone_advance (alone, 0.2);
	assert_says ("OUTP?", "OFF\n");
	assert_says ("STAT:QUES:COND?", "1\n");
	assert_says ("SYST:ALARM:COUNT:OVOLTAGE?", "1\n");
	assert_says ("OUTP ON;OUTP?", "OFF\n");
	assert_says ("SYST:ERR?", "-200,\"Execution error\"\n"); /* its cause is still there */
	assert_says ("STAT:QUES:COND?", "1\n");
	alone->line->ocv_v = 48;
	alone_say (alone, "SYST:ERR?");
	assert_says ("STAT:QUES:COND?", "0\n");
	assert_says ("SYST:ALARM:COUNT:OVOLTAGE?", "1\n"); /* counted it stays */
	assert_says ("OUTP ON;OUTP?", "ON\n");
}
END_TEST

START_TEST (an_undervoltage_is_an_event_that_trips_only_as_an_alarm)
{
	charge ();
	assert_says ("SYST:CONF:UVD 40", "");
	alone->line->ocv_v = 30;
	alone_advance (alone, 0.5);
	assert_says ("OUTP?", "ON\n");
	assert_says ("SYST:CONF:UVD:ACT ALARM;SYST:CONF:UVD:ACT?", "ALARM\n");
	alone_advance (alone, 0.2);
	assert_says ("OUTP?", "OFF\n");
	assert_says ("STAT:QUES:COND?", "32\n");
}
END_TEST

static const struct {
	const char *set, *counter;
} overcurrents[] = {
    {"CURR:PROT 9", "SYST:ALARM:COUNT:OCURRENT?"},
    {"POW:PROT 400", "SYST:ALARM:COUNT:OPOWER?"},
};

START_TEST (too_much_current_or_power_is_an_alarm_of_its_own)
{
	charge ();
	assert_says (overcurrents[_i].set, "");
	alone_advance (alone, 0.2);
	assert_says ("OUTP?", "OFF\n");
	assert_says (overcurrents[_i].counter, "1\n");
}
END_TEST

/* -- monitoring -------------------------------------------------------------------------------- */

START_TEST (silence_ends_remote_control_and_with_it_the_output)
{
	charge ();
	assert_says ("SYST:COMM:MON:TIM 5;SYST:COMM:MON:ACT ON", "");
	for (guint i = 0; i < 3; i++) { /* any message feeds it */
		alone_advance (alone, 4);
		assert_says ("OUTP?", "ON\n");
	}
	alone_advance (alone, 5.5);
	assert_says ("OUTP?", "OFF\n");
	assert_says ("SYST:LOCK:OWN?", "NONE\n");
	assert_says ("STAT:QUES:COND?", "0\n"); /* no alarm tells of it */
}
END_TEST

START_TEST (the_output_stays_where_the_state_after_remote_says_so)
{
	charge ();
	assert_says ("POW:STAG:AFT:REM AUTO;SYST:COMM:MON:TIM 5;SYST:COMM:MON:ACT ON", "");
	alone_advance (alone, 6);
	assert_says ("OUTP?", "ON\n");
	assert_says ("SYST:LOCK:OWN?", "NONE\n");
}
END_TEST

START_TEST (without_monitoring_it_stays_on_for_ever)
{
	charge ();
	alone_advance (alone, 3600);
	assert_says ("OUTP?", "ON\n");
}
END_TEST

START_TEST (what_it_does_not_know_is_an_error_of_the_queue)
{
	assert_says ("SYST:LOCK ON;FOO 1;SYST:ERR?", "-113,\"Undefined header\"\n");
	assert_says ("VOLT five;SYST:ERR?", "-104,\"Data type error\"\n");
	assert_says ("VOLT 5 A;SYST:ERR?", "-104,\"Data type error\"\n");
}
END_TEST

START_TEST (a_model_that_there_is_not_is_refused)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "PSB", NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_sim_ea_psb.create (alone->line, settings, NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ea-psb-sim");
	TCase *tcase = tcase_create ("newer"), *older = tcase_create ("older");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_checked_fixture (older, set_up_older, tear_down);
	tcase_add_test (tcase, values_come_with_their_units_and_digits);
	tcase_add_test (tcase, nothing_is_set_without_remote_control);
	tcase_add_test (tcase, somebody_at_the_panel_keeps_it);
	tcase_add_test (tcase, beyond_102_percent_nothing_is_set_and_only_the_queue_tells);
	tcase_add_test (tcase, one_voltage_serves_both_directions);
	tcase_add_test (tcase, power_limits_the_current_without_a_word);
	tcase_add_test (tcase, newer_ones_tell_what_they_take_with_a_sign);
	tcase_add_test (tcase,
			an_overvoltage_latches_counts_and_is_acknowledged_by_reading_the_queue);
	tcase_add_test (tcase, an_undervoltage_is_an_event_that_trips_only_as_an_alarm);
	tcase_add_loop_test (tcase, too_much_current_or_power_is_an_alarm_of_its_own, 0,
			     G_N_ELEMENTS (overcurrents));
	tcase_add_test (tcase, silence_ends_remote_control_and_with_it_the_output);
	tcase_add_test (tcase, the_output_stays_where_the_state_after_remote_says_so);
	tcase_add_test (tcase, without_monitoring_it_stays_on_for_ever);
	tcase_add_test (tcase, what_it_does_not_know_is_an_error_of_the_queue);
	tcase_add_test (tcase, a_model_that_there_is_not_is_refused);
	tcase_add_test (older, older_ones_tell_no_sign_and_have_no_monitoring);
	suite_add_tcase (suite, tcase);
	suite_add_tcase (suite, older);
	return pl_suite_main (suite);
}
