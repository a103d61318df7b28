/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gpt/room.h"
#include <math.h>
#include <string.h>

/* The simulator fed with bytes, against the replies seen of real testers. */

static Tester tester;

static void
setup_9804 (void)
{
	world_reset ();
	tester = tester_new ("GPT-9804");
}

static void
teardown (void)
{
	tester_free (&tester);
}

static void
asks (const char *message, const char *answer)
{
	g_autofree char *line = g_strconcat (answer, *answer != '\0' ? "\r\n" : "", NULL);

	ck_assert_msg (g_str_equal (tester_send (&tester, message), line), "\"%s\" answers \"%s\"",
		       message, tester.said->str);
}

static void
tells (const char *const *messages)
{
	for (; *messages != NULL; messages++)
		asks (*messages, "");
}

#define TELL(...) tells ((const char *const[]){__VA_ARGS__, NULL})

static void
dcw_1000_v (const char *high, const char *ramp, const char *seconds)
{
	g_autofree char *chis = g_strconcat ("MANU:DCW:CHIS ", high, NULL);
	g_autofree char *rtim = g_strconcat ("MANU:RTIM ", ramp, NULL);
	g_autofree char *ttim = g_strconcat ("MANU:DCW:TTIM ", seconds, NULL);

	TELL ("MAIN:FUNC MANU", "MANU:STEP 1", "MANU:EDIT:MODE DCW", "MANU:DCW:VOLT 1.000", chis,
	      rtim, ttim);
}

/* -- the language ------------------------------------------------------------------------------ */

START_TEST (it_says_who_it_is_with_padding_and_a_last_comma)
{
	asks ("*IDN?", "GPT-9804 ,EM110867    ,v2.08,");
	asks ("*idn?", "GPT-9804 ,EM110867    ,v2.08,");
}
END_TEST

START_TEST (short_and_long_forms_small_letters_and_a_blank_before_the_question_mark_are_understood)
{
	asks ("MANU:ACW:VOLTage 1.5", "");
	asks ("manu:acw:volt?", "1.500kV");
	asks ("MANU:ACW:VOLTAGE ?", "1.500kV");
	asks ("MANU: ACW: VOLT ?", "1.500kV");
	asks ("MANU:ACW:VOLTA 2", "");
	asks ("SYST:ERR ?", "0x14,Command Error");
	asks ("SYSTem:ERRor?", "0,No Error");
	asks ("FUNCtion:TEST?", "TEST OFF");
}
END_TEST

START_TEST (settings_read_back_in_the_testers_own_format)
{
	TELL ("MANU:STEP 1", "MANU:EDIT:MODE DCW", "MANU:DCW:VOLT 1.5", "MANU:DCW:CHIS 0.1",
	      "MANU:RTIM 10", "MANU:DCW:TTIM 3.3");
	asks ("MANU1:EDIT:SHOW ?", "DCW,1.500kV,H=00.10mA,L=00.00mA,R=010.0S,T=003.3S");
	TELL ("MANU:EDIT:MODE ACW", "MANU:ACW:VOLT 2.5", "MANU:ACW:CHIS 5", "MANU:ACW:CLOS 0.2",
	      "MANU:RTIM 0.1", "MANU:ACW:TTIM 1", "MANU:ACW:FREQ 50");
	asks ("MANU1:EDIT:SHOW?", "ACW,2.500kV,H=05.00mA,L=00.20mA,R=000.1S,T=001.0S");
	asks ("MANU:ACW:FREQ?", "50 Hz");
	TELL ("MANU:STEP 3", "MANU:EDIT:MODE GB", "MANU:GB:CURR 25", "MANU:GB:RHIS 126.7",
	      "MANU:GB:REF 24.6", "MANU:GB:TTIM 3", "MANU:GB:FREQ 50");
	asks ("MANU:EDIT:MODE?", "GB");
	asks ("MANU:GB:RHIS?", "126.7m Ohm");
	asks ("MANU:GB:RLOS?", "000.0m Ohm");
	asks ("MANU:GB:TTIM?", "003.0 S");
	asks ("MANU:GB:REF?", "024.6m Ohm");
	asks ("MANU:GB:CURR?", "25.00A");
	asks ("MANU:GB:FREQ?", "50 Hz");
	asks ("MANU:STEP?", "003");
	asks ("MAIN:FUNC?", "MANU MODE");
	asks ("SYST:ERR?", "0,No Error");
	/* program 1 is as it was */
	asks ("MANU1:EDIT:SHOW ?", "ACW,2.500kV,H=05.00mA,L=00.20mA,R=000.1S,T=001.0S");
}
END_TEST

START_TEST (the_newer_series_shows_insulation_in_its_own_units)
{
	tester_free (&tester);
	tester = tester_new ("GPT-9904");
	TELL ("MANU:EDIT:MODE IR", "MANU:IR:RLOS 0.002G");
	asks ("MANU:IR:RLOS?", "2M");
	TELL ("MANU:IR:RHIS 1.5G");
	asks ("MANU:IR:RHIS?", "1.500G");
	TELL ("MANU:EDIT:MODE DCW", "MANU:DCW:CHIS 25");
	asks ("MANU:DCW:CHIS?", "021.0mA");
}
END_TEST

START_TEST (values_out_of_range_are_clamped_without_an_error)
{
	TELL ("MANU:EDIT:MODE DCW", "MANU:DCW:VOLT 9", "MANU:DCW:CHIS 50", "MANU:DCW:TTIM 0",
	      "MANU:RTIM 5000");
	asks ("MANU:DCW:VOLT?", "6.100kV");
	asks ("MANU:DCW:CHIS?", "011.0mA");
	asks ("MANU:DCW:TTIM?", "000.5 S");
	asks ("MANU:RTIM?", "999.9 S");
	TELL ("MANU:EDIT:MODE IR", "MANU:IR:RLOS 0", "MANU:IR:VOLT 0.26");
	asks ("MANU:IR:RLOS?", "0001M");
	asks ("MANU:IR:VOLT?", "0.250kV");
	asks ("SYST:ERR ?", "0,No Error");
}
END_TEST

START_TEST (digits_that_the_high_limits_range_does_not_show_are_lost)
{
	TELL ("MANU:ACW:CHIS 12.34");
	asks ("MANU:ACW:CHIS?", "012.3mA");
	TELL ("MANU:ACW:CLOS 5.37");
	asks ("MANU:ACW:CLOS?", "005.3mA"); /* dropped, not rounded: looser than asked */
	TELL ("MANU:ACW:CLOS 0", "MANU:ACW:CHIS 0.002");
	asks ("MANU:ACW:CHIS?", "0.002mA");
}
END_TEST

START_TEST (limits_that_cross_and_modes_that_are_not_there_are_errors)
{
	TELL ("MANU:ACW:CHIS 5", "MANU:ACW:CLOS 5");
	asks ("SYST:ERR ?", "0x15,Value Error");
	TELL ("MANU:ACW:CLOS 4", "MANU:ACW:CHIS 3");
	asks ("SYST:ERR ?", "0x15,Value Error");
	asks ("MANU:ACW:CHIS?", "05.00mA");
	TELL ("MANU:DCW:VOLT 1");
	asks ("SYST:ERR ?", "0x18,Mode Error");
	tester_free (&tester);
	tester = tester_new ("GPT-9802");
	TELL ("MANU:EDIT:MODE GB");
	asks ("SYST:ERR ?", "0x18,Mode Error");
	asks ("MANU:EDIT:MODE?", "ACW");
}
END_TEST

START_TEST (errors_queue_up_and_are_cleared)
{
	TELL ("NONSENSE", "MANU:ACW:FOO 1", "MANU:GB:VOLT 1");
	asks ("SYST:ERR?", "0x14,Command Error");
	asks ("SYST:ERR?", "0x14,Command Error");
	TELL ("*CLS");
	asks ("SYST:ERR?", "0,No Error");
	for (guint i = 0; i < 40; i++)
		TELL ("NONSENSE");
	for (guint i = 0; i < 32; i++)
		asks ("SYST:ERR?", "0x14,Command Error");
	asks ("SYST:ERR?", "0,No Error");
}
END_TEST

static void
feed (const char *bytes, gsize len)
{
	g_string_truncate (tester.said, 0);
	pl_sim_gwinstek_gpt.receive (tester.sim, (const guint8 *)bytes, len);
}

START_TEST (a_message_within_25_ms_of_the_last_is_lost)
{
	asks ("*IDN?", "GPT-9804 ,EM110867    ,v2.08,");
	feed ("FUNC:TEST?\r\n", 12);
	ck_assert_str_eq (tester.said->str, "");
	tester_wait (&tester, 0.02);
	feed ("FUNC:TEST?\r\n", 12);
	ck_assert_str_eq (tester.said->str, "");
	tester_wait (&tester, 0.005);
	feed ("FUNC:TEST?\r\n", 12);
	ck_assert_str_eq (tester.said->str, "TEST OFF\r\n");
}
END_TEST

START_TEST (messages_in_pieces_garbage_and_endless_ones_are_survived)
{
	g_autofree char *endless = g_strnfill (5000, 'A');

	tester_wait (&tester, 0.1);
	feed ("FUNC:", 5);
	feed ("TEST?", 5);
	feed ("\r\n", 2);
	ck_assert_str_eq (tester.said->str, "TEST OFF\r\n");
	tester_wait (&tester, 0.1);
	feed ("\xff\x00\x80:::?\r\n\r\n\n", 11);
	feed (endless, 5000);
	feed ("\r\n", 2);
	asks ("FUNC:TEST?", "TEST OFF");
	asks ("SYST:ERR ?", "0x14,Command Error");
}
END_TEST

/* -- tests ------------------------------------------------------------------------------------- */

START_TEST (a_test_ramps_stands_its_full_time_and_only_then_passes)
{
	dcw_1000_v ("1", "2", "3");
	world.ohm = 10e6;
	asks ("MEAS?", "DCW,VIEW ,0.000kV,000.0 mA ,  ---.-S");
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 0.97);
	asks ("FUNC:TEST?", "TEST ON");
	ck_assert_double_eq_tol (world.level, 500, 1);
	tester_wait (&tester, 0.2);
	ck_assert (g_str_has_prefix (tester_send (&tester, "MEAS?"), "DCW,TEST ,0.5"));
	ck_assert (strstr (tester.said->str, ",R=001.") != NULL);
	tester_wait (&tester, 2);
	ck_assert_double_eq_tol (world.level, 1000, 1e-9);
	asks ("FUNC:TEST?", "TEST ON");
	ck_assert (g_str_has_prefix (tester_send (&tester, "MEAS?"),
				     "DCW,TEST ,1.000kV,00.10 mA ,T=001."));
	tester_wait (&tester, 1.6);
	asks ("FUNC:TEST?", "TEST ON");
	tester_wait (&tester, 0.2);
	asks ("FUNC:TEST?", "TEST OFF");
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	tester_wait (&tester, 0.2);
	asks ("MEAS?", "DCW,PASS ,1.000kV,00.10 mA ,T=003.0S");
}
END_TEST

/* Ten tenths are a little less than one. */
START_TEST (the_rounding_of_time_shows_no_time_below_zero)
{
	dcw_1000_v ("1", "1", "1");
	asks ("FUNC:TEST ON", "");
	for (guint i = 0; i < 25; i++) {
		world_advance (0.1);
		pl_sim_gwinstek_gpt.tick (tester.sim, 0.1);
		feed ("MEAS?\r\n", 7);
		ck_assert_msg (strstr (tester.said->str, "=-") == NULL, "%s", tester.said->str);
	}
	ck_assert (strstr (tester.said->str, "PASS") != NULL);
}
END_TEST

START_TEST (the_first_reply_after_start_and_after_the_end_is_of_the_state_before)
{
	dcw_1000_v ("1", "0.1", "0.5");
	tester_wait (&tester, 0.15); /* just drawn */
	asks ("FUNC:TEST ON", "");
	asks ("MEAS?", "DCW,VIEW ,0.000kV,000.0 mA ,  ---.-S");
	while (world.kind != PL_HV_OFF)
		tester_wait (&tester, 0.01);
	feed ("MEAS?\r\n", 7);
	ck_assert_msg (g_str_has_prefix (tester.said->str, "DCW,TEST ,"), "%s", tester.said->str);
	tester_wait (&tester, 0.1);
	asks ("MEAS?", "DCW,PASS ,1.000kV,00.00 mA ,T=000.5S");
	/* and that PASS is still there when the next test has begun */
	asks ("FUNC:TEST OFF", "");
	asks ("MEAS?", "DCW,PASS ,1.000kV,00.00 mA ,T=000.5S");
}
END_TEST

START_TEST (setup_is_ignored_without_an_error_while_a_test_runs)
{
	dcw_1000_v ("1", "1", "10");
	TELL ("FUNC:TEST ON", "MANU:DCW:VOLT 5", "MANU:DCW:CHIS 10", "MANU:EDIT:MODE ACW",
	      "MANU:STEP 7", "MANU:RTIM 9", "MAIN:FUNC AUTO", "MANU:UTIL:ARCM ON_STOP");
	asks ("MANU:DCW:VOLT?", "1.000kV");
	asks ("MANU:DCW:CHIS?", "01.00mA");
	asks ("MANU:EDIT:MODE?", "DCW");
	asks ("MANU:STEP?", "001");
	asks ("MANU:RTIM?", "001.0 S");
	asks ("MAIN:FUNC?", "MANU MODE");
	asks ("MANU:UTIL:ARCM?", "ARC OFF");
	asks ("SYST:ERR?", "0,No Error");
	TELL ("FUNC:TEST OFF", "MANU:DCW:VOLT 5");
	asks ("MANU:DCW:VOLT?", "5.000kV");
}
END_TEST

START_TEST (leakage_above_the_limit_trips_at_once_with_the_output_off)
{
	dcw_1000_v ("1", "1", "10");
	world.ohm = 0.8e6; /* 1.25 mA at 1 kV: the limit is met in the ramp */
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 1.2);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	asks ("FUNC:TEST?", "TEST OFF");
	ck_assert_msg (g_str_has_prefix (tester_send (&tester, "MEAS?"), "DCW,FAIL ,0.8"), "%s",
		       tester.said->str);
	ck_assert (strstr (tester.said->str, ",R=000.") != NULL);
}
END_TEST

START_TEST (a_breakdown_trips_at_once_and_shows_no_more_than_the_range)
{
	dcw_1000_v ("1", "1", "10");
	world.breaks_v = 700;
	world.ohm = 1e12;
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 0.9);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	ck_assert_double_le (world.highest, 800);
	ck_assert_msg (strstr (tester_send (&tester, "MEAS?"), "FAIL ,0.7") != NULL, "%s",
		       tester.said->str);
	ck_assert_msg (strstr (tester.said->str, ",11.00 mA") != NULL, "%s", tester.said->str);
}
END_TEST

START_TEST (a_current_below_the_low_limit_fails_at_the_end)
{
	dcw_1000_v ("1", "0.1", "1");
	world.ohm = 1e9;
	TELL ("MANU:DCW:CLOS 0.1", "FUNC:TEST ON");
	tester_wait (&tester, 0.9);
	asks ("FUNC:TEST?", "TEST ON");
	tester_wait (&tester, 0.4);
	asks ("MEAS?", "DCW,FAIL ,1.000kV,00.00 mA ,T=001.0S");
}
END_TEST

START_TEST (a_reference_is_taken_off_every_reading)
{
	dcw_1000_v ("1", "0.1", "1");
	world.ohm = 2e6;
	TELL ("MANU:DCW:REF 0.4", "FUNC:TEST ON");
	tester_wait (&tester, 1.4);
	asks ("MEAS?", "DCW,PASS ,1.000kV,00.10 mA ,T=001.0S");
}
END_TEST

START_TEST (insulation_is_level_by_current_and_more_than_9999_megohm_is_all_nines)
{
	TELL ("MANU:EDIT:MODE IR", "MANU:IR:VOLT 0.5", "MANU:IR:TTIM 1", "MANU:IR:RLOS 10",
	      "FUNC:TEST ON");
	world.ohm = 15e6;
	tester_wait (&tester, 1.5);
	asks ("MEAS?", "IR ,PASS ,0.500kV,0015M ohm,T=001.0S");
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	world.ohm = 9e6;
	TELL ("FUNC:TEST ON");
	tester_wait (&tester, 1.5);
	asks ("MEAS?", "IR ,FAIL ,0.500kV,0009M ohm,T=001.0S");
	TELL ("FUNC:TEST OFF", "MANU:IR:VOLT 0.05", "FUNC:TEST ON");
	world.ohm = 1e12;
	tester_wait (&tester, 1.5);
	asks ("MEAS?", "IR ,PASS ,0.050kV,9999M ohm,T=001.0S");
}
END_TEST

START_TEST (ground_bond_drives_its_current_and_judges_the_resistance)
{
	TELL ("MANU:EDIT:MODE GB", "MANU:GB:CURR 25", "MANU:GB:RHIS 100", "MANU:GB:TTIM 1",
	      "FUNC:TEST ON");
	tester_wait (&tester, 0.5);
	ck_assert_int_eq (world.kind, PL_HV_BOND);
	ck_assert_double_eq_tol (world.level, 25, 1e-9);
	tester_wait (&tester, 0.8);
	asks ("MEAS?", "GB ,PASS ,25.00A,020.0m ohm,T=001.0S");
	world.bond_ohm = 0.101;
	TELL ("FUNC:TEST ON");
	tester_wait (&tester, 0.3);
	asks ("FUNC:TEST?", "TEST OFF");
	ck_assert (
	    g_str_has_prefix (tester_send (&tester, "MEAS?"), "GB ,FAIL ,25.00A,101.0m ohm"));
}
END_TEST

START_TEST (small_dc_currents_are_in_microamperes_on_the_newer_series)
{
	tester_free (&tester);
	tester = tester_new ("GPT-9904");
	dcw_1000_v ("0.05", "0.1", "1");
	world.ohm = 100e6;
	world.farad = 0;
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 1.4);
	asks ("MEAS?", "DCW,PASS ,1.000kV,010.0 uA ,T=001.0S");
}
END_TEST

START_TEST (with_the_interlock_open_nothing_starts_and_an_error_says_so)
{
	dcw_1000_v ("1", "1", "1");
	for (guint i = 0; i < 2; i++) {
		world.fixture.interlock_ok = i == 1;
		world.fixture.hv_enable = i == 0;
		asks ("FUNC:TEST ON", "");
		asks ("FUNC:TEST?", "TEST OFF");
		asks ("SYST:ERR?", "0x1C,Interlock Open");
		tester_wait (&tester, 0.3);
		ck_assert_int_eq (world.kind, PL_HV_OFF);
		asks ("MEAS?", "DCW,VIEW ,0.000kV,000.0 mA ,  ---.-S");
	}
}
END_TEST

START_TEST (an_interlock_that_opens_switches_off_within_a_step_and_leaves_no_pass)
{
	dcw_1000_v ("1", "0.1", "1");
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 0.5);
	ck_assert_int_eq (world.kind, PL_HV_DC);
	world.fixture.interlock_ok = FALSE;
	tester_wait (&tester, 0.05);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
	world.fixture.interlock_ok = TRUE;
	tester_wait (&tester, 2);
	asks ("FUNC:TEST?", "TEST OFF");
	asks ("MEAS?", "DCW,VIEW ,0.000kV,000.0 mA ,  ---.-S");
	asks ("SYST:ERR?", "0x1C,Interlock Open");
}
END_TEST

START_TEST (asked_to_it_volunteers_lines_during_the_test_and_at_its_end)
{
	dcw_1000_v ("1", "0.1", "3");
	asks ("TEST:RET ON", "");
	asks ("FUNC:TEST ON", "");
	tester_wait (&tester, 4);
	/* what lies there is in front of the answer to the next question */
	tester_wait (&tester, 0.03);
	pl_sim_gwinstek_gpt.receive (tester.sim, (const guint8 *)"MEAS?\r\n", 7);
	ck_assert_msg (g_str_has_prefix (tester.said->str, "DCW,TEST ,1.000kV,"), "%s",
		       tester.said->str);
	ck_assert_msg (g_str_has_suffix (tester.said->str,
					 "\r\nOK\r\nDCW,PASS ,1.000kV,00.00 mA ,T=003.0S\r\n"),
		       "%s", tester.said->str);
	asks ("TEST:RET OFF", "");
	TELL ("FUNC:TEST ON");
	tester_wait (&tester, 4);
	ck_assert_str_eq (tester.said->str, "");
}
END_TEST

START_TEST (a_client_that_goes_does_not_end_the_test)
{
	dcw_1000_v ("1", "0.1", "3");
	TELL ("TEST:RET ON", "FUNC:TEST ON");
	pl_sim_gwinstek_gpt.attach (tester.sim, NULL, NULL);
	tester_wait (&tester, 2);
	ck_assert_int_eq (world.kind, PL_HV_DC);
	tester_wait (&tester, 2);
	ck_assert_int_eq (world.kind, PL_HV_OFF);
}
END_TEST

START_TEST (a_model_that_does_not_exist_is_not_simulated)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;

	g_hash_table_insert (settings, (gpointer) "model", (gpointer) "GPT-1");
	ck_assert_ptr_null (pl_sim_gwinstek_gpt.create (NULL, settings, "/", &error));
	ck_assert_ptr_nonnull (error);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-sim");
	TCase *words = tcase_create ("language"), *tests = tcase_create ("tests");

	tcase_add_checked_fixture (words, setup_9804, teardown);
	tcase_add_checked_fixture (tests, setup_9804, teardown);
	tcase_add_test (words, it_says_who_it_is_with_padding_and_a_last_comma);
	tcase_add_test (
	    words,
	    short_and_long_forms_small_letters_and_a_blank_before_the_question_mark_are_understood);
	tcase_add_test (words, settings_read_back_in_the_testers_own_format);
	tcase_add_test (words, the_newer_series_shows_insulation_in_its_own_units);
	tcase_add_test (words, values_out_of_range_are_clamped_without_an_error);
	tcase_add_test (words, digits_that_the_high_limits_range_does_not_show_are_lost);
	tcase_add_test (words, limits_that_cross_and_modes_that_are_not_there_are_errors);
	tcase_add_test (words, errors_queue_up_and_are_cleared);
	tcase_add_test (words, a_message_within_25_ms_of_the_last_is_lost);
	tcase_add_test (words, messages_in_pieces_garbage_and_endless_ones_are_survived);
	tcase_add_test (tests, a_test_ramps_stands_its_full_time_and_only_then_passes);
	tcase_add_test (tests, the_rounding_of_time_shows_no_time_below_zero);
	tcase_add_test (tests,
			the_first_reply_after_start_and_after_the_end_is_of_the_state_before);
	tcase_add_test (tests, setup_is_ignored_without_an_error_while_a_test_runs);
	tcase_add_test (tests, leakage_above_the_limit_trips_at_once_with_the_output_off);
	tcase_add_test (tests, a_breakdown_trips_at_once_and_shows_no_more_than_the_range);
	tcase_add_test (tests, a_current_below_the_low_limit_fails_at_the_end);
	tcase_add_test (tests, a_reference_is_taken_off_every_reading);
	tcase_add_test (tests,
			insulation_is_level_by_current_and_more_than_9999_megohm_is_all_nines);
	tcase_add_test (tests, ground_bond_drives_its_current_and_judges_the_resistance);
	tcase_add_test (tests, small_dc_currents_are_in_microamperes_on_the_newer_series);
	tcase_add_test (tests, with_the_interlock_open_nothing_starts_and_an_error_says_so);
	tcase_add_test (tests,
			an_interlock_that_opens_switches_off_within_a_step_and_leaves_no_pass);
	tcase_add_test (tests, asked_to_it_volunteers_lines_during_the_test_and_at_its_end);
	tcase_add_test (tests, a_client_that_goes_does_not_end_the_test);
	tcase_add_test (tests, a_model_that_does_not_exist_is_not_simulated);
	suite_add_tcase (suite, words);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
