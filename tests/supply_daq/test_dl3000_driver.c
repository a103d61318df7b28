/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/rigol_dl3000/protocol.h"
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_rigol_dl3000;

#define IDN "RIGOL TECHNOLOGIES,DL3031,DL3A204800370,00.01.05.00.01"

static const PlSupplyLimits usual = {3.65, 2.5, 0, 40, 3.75, 2.4, 45, 30};

/* -- a scripted load with the driver on it ----------------------------------------------------- */

static Echo *echo;
static PlClock *wall;
static PlInstrument *load;

static void
set_up (void)
{
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	wall = pl_clock_new_real ();
	echo_set (echo, "*IDN", IDN);
	echo_set (echo, ":SOUR:INP:STAT", "0");
	echo_set (echo, ":STAT:QUES:COND", "0");
	echo_set (echo, "SYST:ERR", "0,\"No error\"");
	echo_set (echo, ":MEAS:VOLT", "3.302100");
	echo_set (echo, ":MEAS:CURR", "20.000300");
	echo_set (echo, ":MEAS:POW", "66.042000");
	load = pl_driver_rigol_dl3000.open (PL_ROLE_SUPPLY, echo_link (echo), wall, NULL, &error);
	ck_assert_ok (load != NULL, error);
}

static void
tear_down (void)
{
	pl_instrument_free (load);
	echo_free (echo);
	pl_clock_free (wall);
}

static void
arm_ok (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (load->ops.supply->arm (load, &usual, &error), error);
}

static void
switch_on_ok (void)
{
	g_autoptr (GError) error = NULL;

	arm_ok ();
	ck_assert_ok (load->ops.supply->set_current (load, -20, &error), error);
	ck_assert_ok (load->ops.supply->output (load, TRUE, &error), error);
}

static void
read_fails (GQuark domain, int code, const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->read (load, &reading, &error));
	ck_assert_err (error, domain, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

static const struct {
	const char *idn, *name, *value;
	int code;
} strangers[] = {
    {"RIGOL TECHNOLOGIES,DL3021,1,1", "model", "DL3031", PL_INSTRUMENT_ERROR_IDENTITY},
    {"RIGOL TECHNOLOGIES,DP832,1,1", NULL, NULL, PL_INSTRUMENT_ERROR_IDENTITY},
    {"Somebody,DL3031,1,1", NULL, NULL, PL_INSTRUMENT_ERROR_IDENTITY},
    {IDN, "model", "DL9", PL_INSTRUMENT_ERROR_CONFIG},
    {IDN, "sense", "maybe", PL_INSTRUMENT_ERROR_CONFIG},
};

START_TEST (who_is_another_or_asked_for_the_impossible_is_not_opened)
{
	g_autoptr (GHashTable) settings =
	    settings_of (strangers[_i].name, strangers[_i].value, NULL);
	g_autoptr (PlLink) link = echo_link (echo);
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*IDN", strangers[_i].idn);
	ck_assert_ptr_null (
	    pl_driver_rigol_dl3000.open (PL_ROLE_SUPPLY, link, wall, settings, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, strangers[_i].code);
}
END_TEST

/* -- arming ------------------------------------------------------------------------------------ */

START_TEST (a_charge_asked_of_a_load_is_refused_before_anything_is_written)
{
	static const PlSupplyLimits charge = {3.65, 2.5, 10, 40, 3.75, 2.4, 45, 30};
	guint heard = echo->heard->len;
	g_autoptr (GError) error = NULL, current = NULL;

	ck_assert (!load->ops.supply->arm (load, &charge, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, "which is a load") != NULL, "%s", error->message);
	ck_assert_uint_eq (echo->heard->len, heard);
	arm_ok ();
	ck_assert (!load->ops.supply->set_current (load, 1, &current));
	ck_assert_err (current, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
}
END_TEST

START_TEST (the_range_comes_before_the_level_and_all_with_the_input_off)
{
	int off, mode, range, level, stop;

	arm_ok ();
	off = echo_place (echo, ":SOUR:INP:STAT 0", 0);
	mode = echo_place (echo, ":SOUR:FUNC:MODE BATT", off);
	range = echo_place (echo, ":SOUR:BATT:RANG 60", mode);
	level = echo_place (echo, ":SOUR:BATT:LEV:IMM 0", range);
	stop = echo_place (echo, ":SOUR:BATT:VST 2.4", level);
	ck_assert_int_ge (off, 0);
	ck_assert_int_gt (stop, level);
	ck_assert_int_gt (echo_place (echo, ":SOUR:BATT:VEN ON", stop), 0);
	ck_assert_int_gt (echo_place (echo, ":SOUR:CURR:VLIM 3.75", stop), 0);
	ck_assert_int_gt (echo_place (echo, ":SOUR:CURR:ILIM 45", stop), 0);
	ck_assert_int_gt (echo_place (echo, ":SOUR:BATT:CEN 0", stop), 0);
	ck_assert_int_gt (echo_place (echo, ":SOUR:BATT:TEN 0", stop), 0);
	ck_assert_int_eq (echo_place (echo, ":SOUR:INP:STAT 1", 0), -1);
}
END_TEST

static const struct {
	const char *header, *value, *word;
} other_values[] = {
    {":SOUR:FUNC:MODE", "FIX", "reads back FIX"},
    {":SOUR:BATT:RANG", "6", "reads back 6 A"},
    {":SOUR:BATT:LEV:IMM", "1", "which is looser"},
    {":SOUR:BATT:VST", "0.000000", "reads back 0 V, which is looser"},
    {":SOUR:BATT:VEN", "0", "wrote ON, reads back OFF"},
    {":SOUR:CURR:VLIM", "155", "which is looser"},
    {":SOUR:CURR:ILIM", "70", "which is looser"},
    {":SOUR:BATT:CEN", "1", "reads back 1"},
    {":SOUR:BATT:TEN", "1", "reads back 1"},
    {":SOUR:SENS", "1", "reads back 1"},
};

START_TEST (what_reads_back_otherwise_is_not_armed)
{
	g_autoptr (GError) error = NULL, on = NULL;

	echo_fix (echo, other_values[_i].header, other_values[_i].value);
	ck_assert (!load->ops.supply->arm (load, &usual, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, other_values[_i].word) != NULL, "%s",
		       error->message);
	ck_assert (!load->ops.supply->output (load, TRUE, &on));
}
END_TEST

static const struct {
	PlSupplyLimits limits;
	const char *word;
} beyond[] = {
    {{3.65, 2.5, 0, 61, 3.75, 2.4, 65, 0}, "more than the 60 A"},
    {{150, 2.5, 0, 10, 151, 2.4, 12, 0}, "more than the 350 W"},
    {{149, 2.5, 0, 1, 156, 2.4, 2, 0}, "beyond the 155 V"},
    {{3.65, 2.5, 0, 40, 3.75, 2.6, 45, 0}, "undervoltage"},
};

START_TEST (limits_beyond_the_load_are_refused)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->arm (load, &beyond[_i].limits, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, beyond[_i].word) != NULL, "%s", error->message);
}
END_TEST

START_TEST (faults_and_errors_of_the_queue_end_the_arming)
{
	g_autoptr (GError) fault = NULL, queue = NULL;

	echo_fix (echo, ":STAT:QUES:COND", "4096");
	ck_assert (!load->ops.supply->arm (load, &usual, &fault));
	ck_assert_err (fault, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	ck_assert_msg (strstr (fault->message, "over-voltage (OVP)") != NULL, "%s", fault->message);
	echo_fix (echo, ":STAT:QUES:COND", "16516"); /* VON, RUN, remote sense: states */
	echo_fix (echo, "SYST:ERR", "-222,\"Data out of range\"");
	ck_assert (!load->ops.supply->arm (load, &usual, &queue));
	ck_assert_err (queue, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
}
END_TEST

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (a_load_s_current_is_out_of_the_cell)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	ck_assert_int_ge (echo_place (echo, ":SOUR:BATT:LEV:IMM 20", 0), 0);
	ck_assert_ok (load->ops.supply->read (load, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -20.0003, 1e-9);
	ck_assert_double_eq_tol (reading.power_w, -66.042, 1e-9);
	ck_assert (reading.output_on);
}
END_TEST

/* Seen on a DL3021: each reading comes with a line of its own behind it. */
START_TEST (a_stray_line_behind_a_reading_is_no_answer_to_the_next_question)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_fix (echo, ":MEAS:VOLT", "3.302100\n0");
	echo_fix (echo, ":MEAS:CURR", "20.000300\n0");
	echo_fix (echo, ":MEAS:POW", "66.042000\n0");
	ck_assert_ok (load->ops.supply->read (load, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -20.0003, 1e-9);
	ck_assert_double_eq_tol (reading.voltage_v, 3.3021, 1e-9);
}
END_TEST

START_TEST (what_went_off_and_what_is_no_reading_are_told)
{
	switch_on_ok ();
	echo_fix (echo, ":SOUR:INP:STAT", "0");
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION,
		    "undervoltage protection of 2.4 V");
	echo_fix (echo, ":STAT:QUES:COND", "8");
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION, "over-power (OPP)");
	echo_fix (echo, ":MEAS:CURR", "99");
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "99");
	echo_fix (echo, ":MEAS:CURR", "\xff\xfe");
	read_fails (PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL, "not one number");
	echo_fix (echo, ":MEAS:CURR", NULL);
	read_fails (PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, ":MEAS:CURR?");
	echo->hang_up_after = 0;
	read_fails (PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "hung up");
}
END_TEST

START_TEST (making_safe_takes_the_current_back_and_proves_the_input_off)
{
	g_autoptr (GError) error = NULL;
	int zero;

	switch_on_ok ();
	ck_assert_ok (load->make_safe (load, &error), error);
	zero = echo_place (echo, ":SOUR:BATT:LEV:IMM 0",
			   echo_place (echo, ":SOUR:BATT:LEV:IMM 20", 0));
	ck_assert_int_gt (zero, 0);
	ck_assert_int_gt (echo_place (echo, ":SOUR:INP:STAT 0", zero), zero);
	ck_assert_int_eq (pl_driver_rigol_dl3000.loss_of_pc, PL_LOSS_NONE);
}
END_TEST

START_TEST (a_recorded_discharge_is_played_again)
{
	PlLink *link = recording_open ("dl3000-discharge.rec");
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;
	PlInstrument *played =
	    pl_driver_rigol_dl3000.open (PL_ROLE_SUPPLY, link, wall, NULL, &error);
	const PlSupplyOps *ops;

	ck_assert_ok (played != NULL, error);
	played->link = link;
	ops = played->ops.supply;
	ck_assert_ok (ops->arm (played, &usual, &error), error);
	ck_assert_ok (ops->set_current (played, -20, &error), error);
	ck_assert_ok (ops->output (played, TRUE, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -20, 0.05);
	ck_assert_ok (ops->set_current (played, -10, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -10, 0.05);
	ck_assert_ok (played->make_safe (played, &error), error);
	pl_instrument_free (played);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("dl3000-driver");
	TCase *tcase = tcase_create ("driver");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_loop_test (tcase, who_is_another_or_asked_for_the_impossible_is_not_opened, 0,
			     G_N_ELEMENTS (strangers));
	tcase_add_test (tcase, a_charge_asked_of_a_load_is_refused_before_anything_is_written);
	tcase_add_test (tcase, the_range_comes_before_the_level_and_all_with_the_input_off);
	tcase_add_loop_test (tcase, what_reads_back_otherwise_is_not_armed, 0,
			     G_N_ELEMENTS (other_values));
	tcase_add_loop_test (tcase, limits_beyond_the_load_are_refused, 0, G_N_ELEMENTS (beyond));
	tcase_add_test (tcase, faults_and_errors_of_the_queue_end_the_arming);
	tcase_add_test (tcase, a_load_s_current_is_out_of_the_cell);
	tcase_add_test (tcase, a_stray_line_behind_a_reading_is_no_answer_to_the_next_question);
	tcase_add_test (tcase, what_went_off_and_what_is_no_reading_are_told);
	tcase_add_test (tcase, making_safe_takes_the_current_back_and_proves_the_input_off);
	tcase_add_test (tcase, a_recorded_discharge_is_played_again);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
