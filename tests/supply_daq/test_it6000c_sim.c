/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlSimType pl_sim_itech_it6000c;

/* The simulator alone, by the bytes that the reference has of the instrument. */
static Alone *supply;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("model", "IT6054C-800-225", "serial", "800104020777110001", NULL);

	supply = alone_new (&pl_sim_itech_it6000c, settings);
}

static void
tear_down (void)
{
	alone_free (supply);
}

static void
expect (const char *message, const char *reply)
{
	g_autofree char *shown = NULL;

	alone_say (supply, message);
	shown = g_strescape (supply->out->str, NULL);
	ck_assert_msg (g_str_equal (supply->out->str, reply), "%s: \"%s\" came back", message,
		       shown);
}

static double
number (const char *message)
{
	return g_ascii_strtod (alone_say (supply, message), NULL);
}

static void
say_all (const char *const *messages)
{
	for (guint i = 0; messages[i] != NULL; i++)
		expect (messages[i], "");
}

/* Output on in current priority between 80 and 116.8 V, its protections set for the pack. */
static void
charge_with (const char *current)
{
	static const char *const messages[] = {"FUNC CURR",
					       "CURR 0",
					       "VOLT:LIM 116.8",
					       "VOLT:LIM:NEG 80",
					       "VOLT:PROT 119.72",
					       "CURR:PROT 56",
					       "VOLT:UND:PROT 78",
					       "VOLT:UND:PROT:WARM 0.1",
					       "VOLT:UND:PROT:DEL 0.1",
					       "OUTP ON",
					       NULL};

	say_all (messages);
	expect (current, "");
	expect ("SYST:ERR?", "0,\"No Error\"\n");
}

START_TEST (identity_and_version_are_those_of_the_hardware)
{
	expect ("*IDN?",
		"ITECH Electronics,IT6054C-800-225,800104020777110001,000.006.101,640.R,132.R\n");
	expect ("SYST:VERS?", "IT60xxSrc-v1.3.7.xx\n");
}
END_TEST

/* What the reference has of the instrument as it was found. */
static const struct {
	const char *message, *reply;
} at_first[] = {
    {"OUTP?", "0\n"},
    {"FUNC?", "VOLTage\n"},
    {"FUNC:MODE?", "FIXed\n"},
    {"VOLT?", "4\n"},
    {"CURR:LIM?", "2.31\n"},
    {"CURR:LIM:NEG?", "-2.27\n"},
    {"CURR?", "2.31\n"},
    {"VOLT:LIM?", "0.2\n"},
    {"POW:LIM?", "55080\n"},
    {"POW:LIM:NEG?", "-55080\n"},
    {"VOLT:PROT?", "12.8\n"},
    {"VOLT:PROT:STAT?", "1\n"},
    {"VOLT:PROT:DEL?", "0.005\n"},
    {"CURR:PROT?", "227.25\n"},
    {"VOLT:UND:PROT?", "10\n"},
    {"CURR:UND:PROT:STAT?", "0\n"},
    {"OUTP:PROT:WDOG:STAT?", "0\n"},
    {"OUTP:PROT:WDOG:DEL?", "30\n"},
    {"STAT:QUES:COND?", "0\n"},
    {"STAT:OPER:COND?", "0\n"},
    {"SYST:ERR?", "0,\"No Error\"\n"},
};

START_TEST (it_starts_as_the_hardware_was_found)
{
	expect (at_first[_i].message, at_first[_i].reply);
}
END_TEST

START_TEST (headers_have_long_and_short_forms_in_any_case)
{
	expect ("VOLTage:PROTection:LEVel?", "12.8\n");
	expect (":sour:volt:prot?", "12.8\n");
	expect ("OUTPut:STATe?", "0\n");
	expect ("VOLTA:PROT?", "");
	expect ("SYST:ERR?", "-113,\"Undefined header\"\n");
}
END_TEST

START_TEST (an_unknown_question_gets_no_reply_and_an_error)
{
	expect ("MEAS:FREQ?", "");
	expect ("NONSENSE 1", "");
	expect ("VOLT abc", "");
	expect ("OUTP MAYBE", "");
	expect ("SYST:ERR?", "-113,\"Undefined header\"\n");
	expect ("SYST:ERR?", "-113,\"Undefined header\"\n");
	expect ("SYST:ERR?", "-104,\"Data type error\"\n");
	expect ("SYST:ERR?", "-224,\"Illegal parameter value\"\n");
	expect ("SYST:ERR?", "0,\"No Error\"\n");
}
END_TEST

START_TEST (a_full_error_queue_ends_in_an_overflow)
{
	for (guint i = 0; i < 40; i++)
		expect ("NONSENSE", "");
	for (guint i = 0; i < 19; i++)
		expect ("SYST:ERR?", "-113,\"Undefined header\"\n");
	expect ("SYST:ERR?", "-350,\"Queue overflow\"\n");
	expect ("SYST:ERR?", "0,\"No Error\"\n");
}
END_TEST

START_TEST (voltage_limits_are_written_in_current_priority_only)
{
	expect ("VOLT:LIM 50", "");
	expect ("VOLT:LIM?", "0.2\n");
	expect ("SYST:ERR?", "-221,\"Settings conflict\"\n");
	expect ("FUNC CURR", "");
	expect ("VOLT:LIM 50", "");
	expect ("VOLT:LIM?", "50\n");
	expect ("CURR:LIM 5", "");
	expect ("CURR:LIM?", "2.31\n");
	expect ("SYST:ERR?", "-221,\"Settings conflict\"\n");
}
END_TEST

START_TEST (switching_the_priority_copies_values_into_the_other_limit_set)
{
	expect ("VOLT 30", "");
	expect ("CURR:LIM 7", "");
	expect ("FUNC CURR", "");
	expect ("VOLT:LIM?", "30\n");
	expect ("CURR?", "7\n");
	expect ("VOLT?", "30\n");
	expect ("CURR -3", "");
	expect ("VOLT:LIM 40", "");
	expect ("FUNC VOLT", "");
	expect ("CURR:LIM:NEG?", "-3\n");
	expect ("CURR:LIM?", "7\n");
	expect ("VOLT?", "40\n");
}
END_TEST

START_TEST (values_are_clamped_and_rounded_without_a_word)
{
	expect ("VOLT 900", "");
	expect ("VOLT?", "808\n");
	expect ("VOLT:PROT 119.7249", "");
	expect ("VOLT:PROT?", "119.72\n");
	expect ("OUTP:PROT:WDOG:DEL 0.2", "");
	expect ("OUTP:PROT:WDOG:DEL?", "1\n");
	expect ("FUNC CURR", "");
	expect ("CURR -500", "");
	expect ("CURR?", "-227.25\n");
	expect ("VOLT:LIM 100", "");
	expect ("VOLT:LIM:NEG 500", "");
	expect ("VOLT:LIM:NEG?", "100\n");
	expect ("SYST:ERR?", "0,\"No Error\"\n");
}
END_TEST

START_TEST (current_flows_into_the_pack_and_out_of_it)
{
	charge_with ("CURR 20");
	alone_advance (supply, 2);
	ck_assert_double_eq_tol (number ("MEAS:CURR?"), 20, 0.01);
	ck_assert_double_eq_tol (number ("MEAS:VOLT?"), 104.6, 0.01);
	ck_assert_double_eq_tol (number ("MEAS:POW?"), 2092, 2);
	expect ("STAT:OPER:COND?", "128\n");
	ck_assert_double_gt (supply->line->charge_as, 30);
	expect ("CURR -20", "");
	alone_advance (supply, 2);
	ck_assert_double_eq_tol (number ("MEAS:CURR?"), -20, 0.01);
	expect ("STAT:OPER:COND?", "2048\n");
	expect ("OUTP OFF", "");
	ck_assert_double_eq_tol (number ("MEAS:CURR?"), 0, 0.01);
	ck_assert (!supply->line->demand.on);
}
END_TEST

START_TEST (current_rises_with_the_slew_rate)
{
	charge_with ("CURR 20");
	expect ("CURR:SLEW:POS 0.01", ""); /* A/ms */
	alone_advance (supply, 1);
	ck_assert_double_eq_tol (number ("MEAS:CURR?"), 10, 0.1);
}
END_TEST

START_TEST (charging_ends_at_the_upper_voltage_limit)
{
	charge_with ("CURR 50");
	supply->line->ocv_v = 116.2;
	alone_advance (supply, 2);
	ck_assert_double_eq_tol (number ("MEAS:VOLT?"), 116.8, 0.01);
	ck_assert_double_eq_tol (number ("MEAS:CURR?"), 20, 0.1);
}
END_TEST

/* While this current flows, a change to the settings or the world, and the bit that it trips. */
static const struct {
	const char *current, *message;
	double ocv_v;
	const char *status;
} trips[] = {
    {"CURR 20", "CURR 50", 119.8, "1\n"}, /* a pack above the level by itself */
    {"CURR 20", "CURR:PROT 10", 104, "2\n"},
    {"CURR -20", "CURR:PROT 10", 104, "4\n"},
    {"CURR 20", "POW:PROT 1000;POW:PROT:DEL 0", 104, "8\n"},
    {"CURR -20", "POW:PROT 1000;POW:PROT:DEL 0", 104, "16\n"},
    {"CURR 0", "CURR 0", 70, "32\n"},
    {"CURR 20", "VOLT:UND:PROT 130", 104, "32\n"}, /* above the setpoint */
    {"CURR 20", "CURR:UND:PROT 30;CURR:UND:PROT:DEL 0;CURR:UND:PROT:STAT ON", 104, "128\n"},
};

START_TEST (a_protection_switches_the_output_off_and_stays)
{
	charge_with (trips[_i].current);
	alone_advance (supply, 1);
	expect ("STAT:QUES:COND?", "0\n");
	expect (trips[_i].message, "");
	supply->line->ocv_v = trips[_i].ocv_v;
	alone_advance (supply, 1);
	expect ("OUTP?", "0\n");
	expect ("STAT:QUES:COND?", trips[_i].status);
	ck_assert (!supply->line->demand.on);
	expect ("OUTP ON", "");
	expect ("OUTP?", "0\n");
	expect ("OUTP:PROT:CLE", "");
	expect ("STAT:QUES:COND?", "0\n");
	expect ("OUTP?", "0\n");
}
END_TEST

START_TEST (a_protection_that_is_off_does_not_trip)
{
	charge_with ("CURR 20");
	expect ("VOLT:PROT:STAT OFF", "");
	supply->line->ocv_v = 119.8;
	alone_advance (supply, 1);
	expect ("STAT:QUES:COND?", "0\n");
	expect ("OUTP?", "1\n");
}
END_TEST

START_TEST (a_protection_waits_for_its_delay)
{
	charge_with ("CURR 0");
	expect ("VOLT:PROT:DEL 1", "");
	supply->line->ocv_v = 119.8;
	alone_advance (supply, 0.8);
	expect ("OUTP?", "1\n");
	supply->line->ocv_v = 104; /* it recovers in time and counts anew */
	alone_advance (supply, 0.2);
	supply->line->ocv_v = 119.8;
	alone_advance (supply, 0.8);
	expect ("OUTP?", "1\n");
	alone_advance (supply, 0.5);
	expect ("STAT:QUES:COND?", "1\n");
}
END_TEST

START_TEST (undervoltage_waits_for_its_warm_up)
{
	charge_with ("CURR 0");
	expect ("OUTP OFF", "");
	supply->line->ocv_v = 70;
	expect ("VOLT:UND:PROT:WARM 2", "");
	expect ("OUTP ON", "");
	alone_advance (supply, 1.8);
	expect ("OUTP?", "1\n");
	alone_advance (supply, 0.6);
	expect ("STAT:QUES:COND?", "32\n");
}
END_TEST

START_TEST (the_watchdog_is_off_at_first)
{
	charge_with ("CURR 20");
	alone_advance (supply, 100);
	expect ("OUTP?", "1\n");
}
END_TEST

START_TEST (the_watchdog_switches_off_in_process_time_when_no_message_comes)
{
	charge_with ("CURR 20");
	expect ("OUTP:PROT:WDOG:DEL 5", "");
	expect ("OUTP:PROT:WDOG:STAT ON", "");
	for (guint i = 0; i < 5; i++) { /* any message feeds it */
		alone_advance (supply, 4.5);
		ck_assert_double_gt (number ("MEAS:CURR?"), 19);
	}
	alone_advance (supply, 4.5);
	ck_assert (supply->line->demand.on);
	alone_advance (supply, 0.8);
	ck_assert (!supply->line->demand.on);
	expect ("STAT:QUES:COND?", "8192\n");
	expect ("OUTP?", "0\n");
}
END_TEST

START_TEST (the_operator_can_clear_at_the_panel)
{
	g_autofree char *cleared = NULL, *what = NULL;

	charge_with ("CURR 0");
	supply->line->ocv_v = 70;
	alone_advance (supply, 1);
	expect ("STAT:QUES:COND?", "32\n");
	ck_assert (supply->type->act (supply->sim, "clear", &cleared));
	expect ("STAT:QUES:COND?", "0\n");
	ck_assert (!supply->type->act (supply->sim, "dance", &what));
}
END_TEST

START_TEST (messages_arrive_in_pieces_and_together)
{
	static const char text[] = "VOLT 12;VOLT?\r\nCURR:LIM?\n";

	for (gsize i = 0; i + 1 < sizeof text; i++)
		supply->type->receive (supply->sim, (const guint8 *)text + i, 1);
	ck_assert_str_eq (supply->out->str, "12\n2.31\n");
}
END_TEST

START_TEST (a_bench_file_with_another_model_is_refused)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "GPT-9904", NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_sim_itech_it6000c.create (supply->line, settings, NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("it6000c-sim");
	TCase *tcase = tcase_create ("sim");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, identity_and_version_are_those_of_the_hardware);
	tcase_add_loop_test (tcase, it_starts_as_the_hardware_was_found, 0,
			     G_N_ELEMENTS (at_first));
	tcase_add_test (tcase, headers_have_long_and_short_forms_in_any_case);
	tcase_add_test (tcase, an_unknown_question_gets_no_reply_and_an_error);
	tcase_add_test (tcase, a_full_error_queue_ends_in_an_overflow);
	tcase_add_test (tcase, voltage_limits_are_written_in_current_priority_only);
	tcase_add_test (tcase, switching_the_priority_copies_values_into_the_other_limit_set);
	tcase_add_test (tcase, values_are_clamped_and_rounded_without_a_word);
	tcase_add_test (tcase, current_flows_into_the_pack_and_out_of_it);
	tcase_add_test (tcase, current_rises_with_the_slew_rate);
	tcase_add_test (tcase, charging_ends_at_the_upper_voltage_limit);
	tcase_add_loop_test (tcase, a_protection_switches_the_output_off_and_stays, 0,
			     G_N_ELEMENTS (trips));
	tcase_add_test (tcase, a_protection_that_is_off_does_not_trip);
	tcase_add_test (tcase, a_protection_waits_for_its_delay);
	tcase_add_test (tcase, undervoltage_waits_for_its_warm_up);
	tcase_add_test (tcase, the_watchdog_is_off_at_first);
	tcase_add_test (tcase, the_watchdog_switches_off_in_process_time_when_no_message_comes);
	tcase_add_test (tcase, the_operator_can_clear_at_the_panel);
	tcase_add_test (tcase, messages_arrive_in_pieces_and_together);
	tcase_add_test (tcase, a_bench_file_with_another_model_is_refused);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
