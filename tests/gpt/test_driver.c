/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/play.h"
#include <string.h>

/* -- opening ----------------------------------------------------------------------------------- */

START_TEST (the_identity_is_read_with_its_padding_and_last_comma)
{
	static const char *const lines[] = {OPEN, NULL};
	Play play = play_new (lines);

	ck_assert_str_eq (play.hipot->identity.maker, "GW Instek");
	ck_assert_str_eq (play.hipot->identity.model, "GPT-9804");
	ck_assert_str_eq (play.hipot->identity.serial, "EM110867");
	ck_assert_str_eq (play.hipot->identity.firmware, "v2.08");
	ck_assert_ptr_eq (play.hipot->driver, &pl_driver_gwinstek_gpt);
	ck_assert_int_eq (play.hipot->driver->loss_of_pc, PL_LOSS_AUTONOMOUS);
	play_over (&play);
}
END_TEST

static void
assert_not_opened (const char *const *lines, const char *model, GQuark domain, int code,
		   const char *word)
{
	g_autoptr (GError) error = NULL;
	Play play = play_link (play_lines (lines), model, &error);

	ck_assert_ptr_null (play.hipot);
	ck_assert_err (error, domain, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
	play_over (&play);
}

START_TEST (another_model_is_not_opened)
{
	static const char *const lines[] = {OPEN, NULL};
	static const char *const unknown[] = {">TEST:RET OFF", ">*IDN?",
					      "<GPT-12004,EM110867,V1.00,", NULL};
	static const char *const nothing[] = {">TEST:RET OFF", NULL};

	assert_not_opened (lines, "GPT-9904", PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IDENTITY,
			   "GPT-9804 answers");
	assert_not_opened (unknown, NULL, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IDENTITY,
			   "GPT-12004 answers");
	assert_not_opened (nothing, "GPT-9000", PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG,
			   "GPT-9804");
}
END_TEST

START_TEST (who_does_not_answer_or_answers_garbage_is_not_opened)
{
	static const char *const silent[] = {">TEST:RET OFF", ">*IDN?", "!read timeout late", NULL};
	static const char *const garbage[] = {">TEST:RET OFF", ">*IDN?", "<\\x80\\xff?",
					      "!read timeout late", NULL};
	static const char *const gone[] = {">TEST:RET OFF", ">*IDN?", "<half an",
					   "!read hangup gone", NULL};

	assert_not_opened (silent, "GPT-9804", PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "*IDN?");
	assert_not_opened (garbage, "GPT-9804", PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL, "*IDN?");
	assert_not_opened (gone, "GPT-9804", PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "*IDN?");
}
END_TEST

/* -- setup ------------------------------------------------------------------------------------- */

START_TEST (a_setup_is_written_read_back_and_starts_nothing)
{
	static const char *const lines[] = {SETUP, NULL};
	Play play = play_new (lines);

	play_setup (&play);
	play_over (&play);
}
END_TEST

static void
assert_setup_fails (const char *const *lines, int code, const char *word)
{
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	ck_assert (!play.hipot->ops.hipot->setup (play.hipot, &play_dcw, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
	g_clear_error (&error);
	/* and it cannot be started either */
	ck_assert (!play.hipot->ops.hipot->start (play.hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	play_over (&play);
}

START_TEST (a_limit_that_reads_back_looser_blocks_the_test)
{
	static const char *const lines[] = {
	    OPEN,      CLEAR,	      WRITE,
	    NO_ERROR,  WORDS,	      "<DCW,1.000kV,H=11.00mA,L=00.00mA,R=001.0S,T=500.0S",
	    REFERENCE, ">FUNC:TEST?", "<TEST OFF",
	    NULL};

	assert_setup_fails (lines, PL_INSTRUMENT_ERROR_REFUSED,
			    "wrote 0.001 A, reads back 0.011 A (looser");
}
END_TEST

START_TEST (another_level_time_or_offset_blocks_the_test)
{
	static const char *const level[] = {
	    OPEN,      CLEAR,	      WRITE,
	    NO_ERROR,  WORDS,	      "<DCW,1.002kV,H=01.00mA,L=00.00mA,R=001.0S,T=500.0S",
	    REFERENCE, ">FUNC:TEST?", "<TEST OFF",
	    NULL};
	static const char *const seconds[] = {
	    OPEN,      CLEAR,	      WRITE,
	    NO_ERROR,  WORDS,	      "<DCW,1.000kV,H=01.00mA,L=00.00mA,R=001.0S,T=050.0S",
	    REFERENCE, ">FUNC:TEST?", "<TEST OFF",
	    NULL};
	static const char *const offset[] = {
	    OPEN,	CLEAR,	       WRITE,	    NO_ERROR, WORDS, SHOWN, ">MANU:DCW:REF ?",
	    "<00.50mA", ">FUNC:TEST?", "<TEST OFF", NULL};
	static const char *const half[] = {
	    OPEN,      CLEAR, WRITE, NO_ERROR, WORDS, "<DCW,1.000kV,H=01.00mA,L=00.00mA,R=001.0S",
	    REFERENCE, NULL};
	Play play;
	g_autoptr (GError) error = NULL;

	assert_setup_fails (level, PL_INSTRUMENT_ERROR_REFUSED, "wrote 1000 V, reads back 1002 V");
	assert_setup_fails (seconds, PL_INSTRUMENT_ERROR_REFUSED, "wrote 500 s, reads back 50 s");
	assert_setup_fails (offset, PL_INSTRUMENT_ERROR_REFUSED, "reference offset");
	/* what SHOW does not hold is asked for singly, and the recording has no answer to that */
	play = play_new (half);
	ck_assert (!play.hipot->ops.hipot->setup (play.hipot, &play_dcw, &error));
	ck_assert_msg (strstr (error->message, "MANU:DCW:TTIM ?") != NULL, "%s", error->message);
	pl_instrument_free (play.hipot);
	pl_clock_free (play.clock);
}
END_TEST

START_TEST (another_program_or_a_leftover_arc_mode_blocks_the_test)
{
	static const char *const program[] = {
	    OPEN,	  CLEAR,	  WRITE,  NO_ERROR,	 ">MAIN:FUNC ?",
	    "<MANU MODE", ">MANU:STEP ?", "<001", ">FUNC:TEST?", "<TEST OFF",
	    NULL};
	static const char *const arc[] = {OPEN,
					  CLEAR,
					  WRITE,
					  NO_ERROR,
					  ">MAIN:FUNC ?",
					  "<MANU MODE",
					  ">MANU:STEP ?",
					  "<100",
					  ">MANU:UTIL:ARCM ?",
					  "<ARC ON_STOP",
					  ">FUNC:TEST?",
					  "<TEST OFF",
					  NULL};

	assert_setup_fails (program, PL_INSTRUMENT_ERROR_REFUSED, "MANU:STEP");
	assert_setup_fails (arc, PL_INSTRUMENT_ERROR_REFUSED, "MANU:UTIL:ARCM");
}
END_TEST

START_TEST (setup_ignored_because_a_test_runs_is_found_and_the_test_switched_off)
{
	static const char *const lines[] = {OPEN,
					    CLEAR,
					    WRITE,
					    NO_ERROR,
					    ">MAIN:FUNC ?",
					    "<MANU MODE",
					    ">MANU:STEP ?",
					    "<001",
					    ">FUNC:TEST?",
					    "<TEST ON",
					    OFF,
					    NULL};

	assert_setup_fails (lines, PL_INSTRUMENT_ERROR_REFUSED, "started at the tester itself");
}
END_TEST

START_TEST (a_running_test_is_off_before_anything_is_set)
{
	static const char *const lines[] = {
	    OPEN,    ">TEST:RET OFF", ">FUNC:TEST OFF", ">FUNC:TEST?", "<TEST ON", OFF,
	    ">*CLS", WRITE,	      NO_ERROR,		WORDS,	       SHOWN,	   REFERENCE,
	    NULL};
	Play play = play_new (lines);

	play_setup (&play);
	play_over (&play);
}
END_TEST

START_TEST (an_error_of_the_tester_during_setup_is_passed_on)
{
	static const char *const lines[] = {OPEN, CLEAR, WRITE, ">SYST:ERR ?", "<0x15,Value Error",
					    NULL};

	assert_setup_fails (lines, PL_INSTRUMENT_ERROR_REPORTED, "0x15,Value Error");
}
END_TEST

START_TEST (what_the_model_cannot_do_never_reaches_the_wire)
{
	static const char *const lines[] = {OPEN, NULL};
	static const PlHipotSetup bad[] = {{PL_HIPOT_DCW, 7000, 1e-3, 0, 1, 1, 0},
					   {PL_HIPOT_DCW, 1000, 12e-3, 0, 1, 1, 0},
					   {PL_HIPOT_IR, 510, 0, 1e6, 0, 1, 0},
					   {PL_HIPOT_GB, 40, 0.1, 0, 0, 1, 0},
					   {PL_HIPOT_ACW, 1000, 1e-3, 0, 1, 0, 0}};
	Play play = play_new (lines);

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert (!play.hipot->ops.hipot->setup (play.hipot, &bad[i], &error));
		ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	}
	play_over (&play);
}
END_TEST

/* -- start ------------------------------------------------------------------------------------- */

START_TEST (a_start_is_proved)
{
	static const char *const lines[] = {SETUP, START, NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	play_over (&play);
}
END_TEST

START_TEST (a_tester_that_is_slow_to_start_is_given_time)
{
	static const char *const lines[] = {
	    SETUP,    ">MEAS?", VIEW, ">*CLS",	     ">FUNC:TEST ON", ">FUNC:TEST?", "<TEST OFF",
	    NO_ERROR, ">MEAS?", VIEW, ">FUNC:TEST?", "<TEST ON",      NULL};
	Play play = play_new (lines);

	play_setup_and_start (&play);
	play_over (&play);
}
END_TEST

static void
assert_start_fails (const char *const *lines, GQuark domain, int code, const char *word)
{
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup (&play);
	ck_assert (!play.hipot->ops.hipot->start (play.hipot, &error));
	ck_assert_err (error, domain, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
	play_over (&play);
}

#define NOT_YET ">FUNC:TEST?", "<TEST OFF", NO_ERROR, ">MEAS?", VIEW

START_TEST (an_open_interlock_is_named_and_the_tester_told_to_stop)
{
	static const char *const said[] = {SETUP,
					   ">MEAS?",
					   VIEW,
					   ">*CLS",
					   ">FUNC:TEST ON",
					   ">FUNC:TEST?",
					   "<TEST OFF",
					   ">SYST:ERR ?",
					   "<0x1C,Interlock Open",
					   ">FUNC:TEST OFF",
					   NULL};
	static const char *const unsaid[] = {
	    SETUP,   ">MEAS?",	       VIEW,	">*CLS", ">FUNC:TEST ON", NOT_YET, NOT_YET,
	    NOT_YET, NOT_YET,	       NOT_YET, NOT_YET, NOT_YET,	  NOT_YET, NOT_YET,
	    NOT_YET, ">FUNC:TEST OFF", NULL};

	assert_start_fails (said, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK,
			    "Interlock Open");
	assert_start_fails (unsaid, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK,
			    "interlock pins");
}
END_TEST

START_TEST (another_error_at_the_start_is_passed_on)
{
	static const char *const lines[] = {SETUP,
					    ">MEAS?",
					    VIEW,
					    ">*CLS",
					    ">FUNC:TEST ON",
					    ">FUNC:TEST?",
					    "<TEST OFF",
					    ">SYST:ERR ?",
					    "<0x1A,DC Over 50W",
					    ">FUNC:TEST OFF",
					    NULL};

	assert_start_fails (lines, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED,
			    "DC Over 50W");
}
END_TEST

START_TEST (a_dead_short_that_ends_the_test_before_the_first_question_is_a_breakdown)
{
	static const char *const lines[] = {
	    SETUP,    ">MEAS?", VIEW,  ">*CLS",	 ">FUNC:TEST ON", ">FUNC:TEST?", "<TEST OFF",
	    NO_ERROR, ">MEAS?", SHORT, ">MEAS?", SHORT,		  ">FUNC:TEST?", "<TEST OFF",
	    ">MEAS?", SHORT,	NULL};
	Play play = play_new (lines);
	PlHipotReading reading;

	play_setup_and_start (&play);
	reading = play_read (&play);
	ck_assert_int_eq (reading.state, PL_HIPOT_FAIL_BREAKDOWN);
	ck_assert (reading.over);
	play_over (&play);
}
END_TEST

START_TEST (a_hangup_at_the_start_is_that_error)
{
	static const char *const lines[] = {SETUP,
					    ">MEAS?",
					    VIEW,
					    ">*CLS",
					    ">FUNC:TEST ON",
					    ">FUNC:TEST?",
					    "!read hangup cable",
					    ">FUNC:TEST OFF",
					    NULL};

	assert_start_fails (lines, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "cable");
}
END_TEST

/* -- stop -------------------------------------------------------------------------------------- */

START_TEST (stop_is_proved_and_may_be_repeated)
{
	static const char *const lines[] = {OPEN, OFF, OFF, OFF, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	ck_assert_ok (play.hipot->ops.hipot->stop (play.hipot, &error), error);
	ck_assert_ok (play.hipot->ops.hipot->stop (play.hipot, &error), error);
	ck_assert_ok (play.hipot->make_safe (play.hipot, &error), error);
	play_over (&play);
}
END_TEST

#define STILL_ON ">FUNC:TEST OFF", ">FUNC:TEST?", "<TEST ON"

START_TEST (a_tester_that_does_not_stop_is_an_error_that_says_what_to_press)
{
	static const char *const lines[] = {OPEN,     STILL_ON, STILL_ON, STILL_ON,
					    STILL_ON, STILL_ON, STILL_ON, STILL_ON,
					    STILL_ON, STILL_ON, STILL_ON, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	ck_assert (!play.hipot->make_safe (play.hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert (strstr (error->message, "emergency stop") != NULL);
	play_over (&play);
}
END_TEST

START_TEST (after_a_stop_the_testers_display_is_no_result)
{
	static const char *const lines[] = {SETUP, START, OFF, ">MEAS?", PASS, NULL};
	Play play = play_new (lines);
	g_autoptr (GError) error = NULL;

	play_setup_and_start (&play);
	ck_assert_ok (play.hipot->ops.hipot->stop (play.hipot, &error), error);
	ck_assert (pl_clock_wait (play.clock, 501, NULL));
	ck_assert_int_eq (play_read (&play).state, PL_HIPOT_STOPPED);
	play_over (&play);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-driver");
	TCase *opening = tcase_create ("opening"), *setting = tcase_create ("setup"),
	      *starting = tcase_create ("start"), *stopping = tcase_create ("stop");

	tcase_add_test (opening, the_identity_is_read_with_its_padding_and_last_comma);
	tcase_add_test (opening, another_model_is_not_opened);
	tcase_add_test (opening, who_does_not_answer_or_answers_garbage_is_not_opened);
	tcase_add_test (setting, a_setup_is_written_read_back_and_starts_nothing);
	tcase_add_test (setting, a_limit_that_reads_back_looser_blocks_the_test);
	tcase_add_test (setting, another_level_time_or_offset_blocks_the_test);
	tcase_add_test (setting, another_program_or_a_leftover_arc_mode_blocks_the_test);
	tcase_add_test (setting,
			setup_ignored_because_a_test_runs_is_found_and_the_test_switched_off);
	tcase_add_test (setting, a_running_test_is_off_before_anything_is_set);
	tcase_add_test (setting, an_error_of_the_tester_during_setup_is_passed_on);
	tcase_add_test (setting, what_the_model_cannot_do_never_reaches_the_wire);
	tcase_add_test (starting, a_start_is_proved);
	tcase_add_test (starting, a_tester_that_is_slow_to_start_is_given_time);
	tcase_add_test (starting, an_open_interlock_is_named_and_the_tester_told_to_stop);
	tcase_add_test (starting, another_error_at_the_start_is_passed_on);
	tcase_add_test (starting,
			a_dead_short_that_ends_the_test_before_the_first_question_is_a_breakdown);
	tcase_add_test (starting, a_hangup_at_the_start_is_that_error);
	tcase_add_test (stopping, stop_is_proved_and_may_be_repeated);
	tcase_add_test (stopping, a_tester_that_does_not_stop_is_an_error_that_says_what_to_press);
	tcase_add_test (stopping, after_a_stop_the_testers_display_is_no_result);
	suite_add_tcase (suite, opening);
	suite_add_tcase (suite, setting);
	suite_add_tcase (suite, starting);
	suite_add_tcase (suite, stopping);
	return pl_suite_main (suite);
}
