/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/play.h"
#include <math.h>
#include <string.h>

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (a_running_test_is_read_in_si_units_with_its_reply_kept)
{
	static const char *const lines[] = {SETUP,    START,
					    ">MEAS?", "<DCW,TEST ,0.500kV,00.17 mA ,R=000.5S",
					    ">MEAS?", "<DCW,TEST ,1.000kV,12.5 uA ,T=003.0S",
					    NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_RAMP);
	ck_assert_double_eq_tol (reading.level, 500, 1e-9);
	ck_assert_double_eq_tol (reading.value, 0.17e-3, 1e-12);
	ck_assert_double_eq_tol (reading.elapsed_s, 0.5, 1e-9);
	ck_assert_str_eq (reading.raw, "DCW,TEST ,0.500kV,00.17 mA ,R=000.5S");
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_TEST);
	ck_assert_double_eq_tol (reading.value, 12.5e-6, 1e-12);
	ck_assert (!reading.over);
	play_over (&play);
}
END_TEST

START_TEST (volunteered_lines_in_front_of_a_reply_are_passed_over)
{
	static const char *const lines[] = {OPEN,
					    ">TEST:RET OFF",
					    ">FUNC:TEST OFF",
					    ">FUNC:TEST?",
					    "<DCW,TEST ,1.000kV,00.02 mA ,T=001.0S",
					    "<OK",
					    "<TEST OFF",
					    ">*CLS",
					    WRITE,
					    ">SYST:ERR ?",
					    "<OK",
					    "<0,No Error",
					    ">MAIN:FUNC ?",
					    "<OK",
					    "<MANU MODE",
					    ">MANU:STEP ?",
					    "<100",
					    ">MANU:UTIL:ARCM ?",
					    "<ARC OFF",
					    ">MANU:UTIL:MAXH ?",
					    "<MAX HOLD OFF",
					    ">MANU:EDIT:MODE ?",
					    "<OK",
					    "<DCW",
					    ">MANU100:EDIT:SHOW ?",
					    "<DCW,PASS ,1.000kV,00.02 mA ,T=500.0S",
					    SHOWN,
					    ">MANU:DCW:REF ?",
					    "<OK",
					    "<00.00mA",
					    START,
					    ">MEAS?",
					    "<OK",
					    "<TEST OFF",
					    "<DCW,TEST ,1.000kV,00.02 mA ,T=001.0S",
					    NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_TEST);
	play_over (&play);
}
END_TEST

#define OFF_AGAIN ">FUNC:TEST?", "<TEST OFF", ">MEAS?"
#define TESTING "<DCW,TEST ,1.000kV,00.02 mA ,T=499.9S"

START_TEST (a_pass_is_taken_from_a_second_reply_after_the_full_time)
{
	static const char *const lines[] = {SETUP, START, ">MEAS?", PASS, OFF_AGAIN, PASS, NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert_double_eq_tol (reading.value, 0.02e-3, 1e-12);
	play_over (&play);
}
END_TEST

#define NOISY "<DCW,PASS ,1.000kV,00.12 mA ,T=500.0S" /* one bit of a digit is another */

START_TEST (a_result_is_taken_when_two_replies_in_a_row_are_the_same)
{
	static const char *const lines[] = {SETUP,    START, ">MEAS?", PASS, OFF_AGAIN, NOISY,
					    ">MEAS?", PASS,  ">MEAS?", PASS, NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert_double_eq_tol (reading.value, 0.02e-3, 1e-12);
	play_over (&play);
}
END_TEST

START_TEST (a_first_reply_that_still_shows_the_earlier_pass_is_not_believed)
{
	static const char *const lines[] = {SETUP,
					    ">MEAS?",
					    PASS,
					    ">*CLS",
					    ">FUNC:TEST ON",
					    ">FUNC:TEST?",
					    "<TEST ON",
					    ">MEAS?",
					    PASS,
					    ">FUNC:TEST?",
					    "<TEST ON",
					    ">MEAS?",
					    "<DCW,TEST ,0.100kV,00.02 mA ,R=000.1S",
					    NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_RAMP);
	play_over (&play);
}
END_TEST

START_TEST (a_pass_before_the_test_can_be_over_is_an_error_never_a_pass)
{
	static const char *const lines[] = {SETUP, START, ">MEAS?", PASS, OFF_AGAIN, PASS, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	error = play_read_error (&play);
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	ck_assert_msg (strstr (error->message, "takes 501.0 s") != NULL, "%s", error->message);
	play_over (&play);
}
END_TEST

static const struct {
	const char *pass, *word;
} contradictions[] = {
    {"<DCW,PASS ,1.000kV,00.02 mA ,T=003.0S", "test time was set to 500.0 s"},
    {"<DCW,PASS ,1.000kV,00.02 mA ,R=500.0S", "test time"},
    {"<DCW,PASS ,1.000kV,00.02 mA ,  ---.-S", "test time"},
    {"<DCW,PASS ,0.500kV,00.02 mA ,T=500.0S", "level was set to 1000"},
    {"<DCW,PASS ,--.--kV,00.02 mA ,T=500.0S", "level was set to 1000"},
    {"<DCW,PASS ,1.000kV,01.20 mA ,T=500.0S", "limits were set"},
    {"<DCW,PASS ,1.000kV,--.-- mA ,T=500.0S", "limits were set"},
    {"<ACW,PASS ,1.000kV,00.02 mA ,T=500.0S", "set up as DCW"},
};

START_TEST (a_pass_at_odds_with_what_was_set_is_an_error_never_a_pass)
{
	const char *pass = contradictions[_i].pass;
	const char *const lines[] = {SETUP, START, ">MEAS?", pass, OFF_AGAIN, pass, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	error = play_read_error (&play);
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	ck_assert_msg (strstr (error->message, contradictions[_i].word) != NULL, "%s",
		       error->message);
	play_over (&play);
}
END_TEST

START_TEST (a_tester_that_says_test_while_its_test_is_off_is_asked_until_it_agrees)
{
	static const char *const lines[] = {SETUP,   START,	">MEAS?", PASS, OFF_AGAIN,
					    TESTING, OFF_AGAIN, PASS,	  NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_PASS);
	play_over (&play);
}
END_TEST

#define AT_ODDS ">FUNC:TEST?", "<TEST ON", ">MEAS?", PASS

START_TEST (a_tester_that_never_agrees_with_itself_is_an_error)
{
	static const char *const lines[] = {SETUP,   START,   ">MEAS?", PASS,	 AT_ODDS,
					    AT_ODDS, AT_ODDS, AT_ODDS,	AT_ODDS, AT_ODDS,
					    AT_ODDS, AT_ODDS, AT_ODDS,	AT_ODDS, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	error = play_read_error (&play);
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	play_over (&play);
}
END_TEST

static const struct {
	const char *fail;
	PlHipotState state;
	gboolean over;
} fails[] = {
    {"<DCW,FAIL ,0.900kV,01.01 mA ,R=000.9S", PL_HIPOT_FAIL_HIGH, FALSE},
    {"<DCW,FAIL ,1.000kV,01.00 mA ,T=003.0S", PL_HIPOT_FAIL_HIGH, FALSE},
    {"<DCW,FAIL ,0.700kV,03.50 mA ,R=000.7S", PL_HIPOT_FAIL_BREAKDOWN, FALSE}, /* jumped */
    {"<DCW,FAIL ,0.700kV,11.00 mA ,R=000.7S", PL_HIPOT_FAIL_BREAKDOWN, TRUE}, /* off range */
    {"<DCW,FAIL ARC,1.000kV,00.02 mA ,T=003.0S", PL_HIPOT_FAIL_BREAKDOWN, FALSE},
    {"<DCW, FAIL , 0.024kV ,0.013 mA ,R=000.1S", PL_HIPOT_FAIL_BREAKDOWN, FALSE}, /* own trip */
    {"<DCW,FAIL ,0.000kV,00.00 mA ,T=500.0S", PL_HIPOT_FAIL_LOW, FALSE},
    {"<DCW,FAIL ,1.000kV,--.-- mA ,T=003.0S", PL_HIPOT_FAIL_BREAKDOWN, FALSE},
};

START_TEST (why_a_test_failed_is_told_from_its_value)
{
	const char *fail = fails[_i].fail;
	const char *const lines[] = {SETUP, START, ">MEAS?", fail, OFF_AGAIN, fail, NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, fails[_i].state);
	ck_assert_int_eq (reading.over, fails[_i].over);
	ck_assert_str_eq (reading.raw, fail + 1);
	play_over (&play);
}
END_TEST

START_TEST (a_test_that_ended_without_a_result_is_stopped_and_has_no_value)
{
	static const char *const lines[] = {SETUP, START,    ">MEAS?", VIEW, OFF_AGAIN,
					    VIEW,  NO_ERROR, ">MEAS?", VIEW, NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert (isnan (reading.value) && isnan (reading.level));
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_STOPPED);
	play_over (&play);
}
END_TEST

START_TEST (an_interlock_that_opened_in_the_test_is_named)
{
	static const char *const lines[] = {SETUP,     START, ">MEAS?",	     VIEW,
					    OFF_AGAIN, VIEW,  ">SYST:ERR ?", "<0x1C,Interlock Open",
					    NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	error = play_read_error (&play);
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK);
	play_over (&play);
}
END_TEST

START_TEST (a_result_that_nobody_started_is_idle_without_a_value)
{
	static const char *const lines[] = {OPEN, ">MEAS?", PASS, ">MEAS?", VIEW, NULL};
	Play play = play_new (lines);
	PlHipotReading reading = play_read (&play);

	ck_assert_int_eq (reading.state, PL_HIPOT_IDLE);
	ck_assert (isnan (reading.value));
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_IDLE);
	play_over (&play);
}
END_TEST

START_TEST (a_test_that_somebody_else_started_shows_but_its_pass_is_not_ours)
{
	static const char *const lines[] = {SETUP,    START,	">MEAS?", SHORT,	 OFF_AGAIN,
					    SHORT,    ">MEAS?", TESTING,  ">FUNC:TEST?", "<TEST ON",
					    ">MEAS?", TESTING,	">MEAS?", PASS,		 NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_FAIL_BREAKDOWN);
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_TEST);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_IDLE);
	play_over (&play);
}
END_TEST

START_TEST (a_hangup_or_garbage_in_the_middle_of_a_test_is_that_error)
{
	static const char *const gone[] = {SETUP, START, ">MEAS?", "!read hangup cable", NULL};
	static const char *const garbage[] = {
	    SETUP, START, ">MEAS?", "<DCW,TE", "!read timeout late", NULL};
	Play play = play_new (gone);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	error = play_read_error (&play);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	g_clear_error (&error);
	play_over (&play);
	play = play_new (garbage);
	play_setup_and_start (&play);
	error = play_read_error (&play);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	ck_assert (strstr (error->message, "\"DCW,TE\"") != NULL);
	play_over (&play);
}
END_TEST

/* -- whole recordings -------------------------------------------------------------------------- */

static const struct {
	const char *file, *model;
	PlHipotSetup setup;
	PlHipotState state;
	double level, value;
} recordings[] = {
    {"acw-pass.rec",
     "GPT-9804",
     {PL_HIPOT_ACW, 1480, 10e-3, 0, 1, 1, 60},
     PL_HIPOT_PASS,
     1480,
     5.6e-3},
    {"dcw-pass.rec", "GPT-9904", {PL_HIPOT_DCW, 2093, 1e-3, 0, 1, 1, 0}, PL_HIPOT_PASS, 2093, 0},
    {"ir-fail-low.rec",
     "GPT-9804",
     {PL_HIPOT_IR, 500, 0, 20e6, 0, 1, 0},
     PL_HIPOT_FAIL_LOW,
     500,
     15e6},
    {"gb-pass.rec", "GPT-9904", {PL_HIPOT_GB, 25, 0.1, 0, 0, 1, 60}, PL_HIPOT_PASS, 25, 20e-3},
};

START_TEST (a_recorded_test_ends_as_it_did)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "gpt",
						  recordings[_i].file, NULL);
	g_autoptr (GError) error = NULL;
	PlLink *link = pl_link_replay (file, &error);
	PlHipotReading reading;
	Play play;

	ck_assert_ok (link != NULL, error);
	play = play_link (link, recordings[_i].model, &error);
	ck_assert_ok (play.hipot != NULL, error);
	ck_assert_ok (play.hipot->ops.hipot->setup (play.hipot, &recordings[_i].setup, &error),
		      error);
	ck_assert_ok (play.hipot->ops.hipot->start (play.hipot, &error), error);
	do {
		ck_assert (pl_clock_wait (play.clock, 0.5, NULL));
		reading = play_read (&play);
	} while (reading.state == PL_HIPOT_RAMP || reading.state == PL_HIPOT_TEST);
	ck_assert_int_eq (reading.state, recordings[_i].state);
	ck_assert_double_eq_tol (reading.level, recordings[_i].level, 1e-9);
	ck_assert_double_eq_tol (reading.value, recordings[_i].value,
				 1e-9 * recordings[_i].value + 1e-12);
	ck_assert_ok (play.hipot->ops.hipot->stop (play.hipot, &error), error);
	play_over (&play);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-reading");
	TCase *reading = tcase_create ("reading"), *recorded = tcase_create ("recorded");

	tcase_add_test (reading, a_running_test_is_read_in_si_units_with_its_reply_kept);
	tcase_add_test (reading, volunteered_lines_in_front_of_a_reply_are_passed_over);
	tcase_add_test (reading, a_pass_is_taken_from_a_second_reply_after_the_full_time);
	tcase_add_test (reading, a_result_is_taken_when_two_replies_in_a_row_are_the_same);
	tcase_add_test (reading, a_first_reply_that_still_shows_the_earlier_pass_is_not_believed);
	tcase_add_test (reading, a_pass_before_the_test_can_be_over_is_an_error_never_a_pass);
	tcase_add_loop_test (reading, a_pass_at_odds_with_what_was_set_is_an_error_never_a_pass, 0,
			     G_N_ELEMENTS (contradictions));
	tcase_add_test (reading,
			a_tester_that_says_test_while_its_test_is_off_is_asked_until_it_agrees);
	tcase_add_test (reading, a_tester_that_never_agrees_with_itself_is_an_error);
	tcase_add_loop_test (reading, why_a_test_failed_is_told_from_its_value, 0,
			     G_N_ELEMENTS (fails));
	tcase_add_test (reading, a_test_that_ended_without_a_result_is_stopped_and_has_no_value);
	tcase_add_test (reading, an_interlock_that_opened_in_the_test_is_named);
	tcase_add_test (reading, a_result_that_nobody_started_is_idle_without_a_value);
	tcase_add_test (reading, a_test_that_somebody_else_started_shows_but_its_pass_is_not_ours);
	tcase_add_test (reading, a_hangup_or_garbage_in_the_middle_of_a_test_is_that_error);
	tcase_add_loop_test (recorded, a_recorded_test_ends_as_it_did, 0,
			     G_N_ELEMENTS (recordings));
	suite_add_tcase (suite, reading);
	suite_add_tcase (suite, recorded);
	return pl_suite_main (suite);
}
