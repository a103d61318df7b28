/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/gwinstek_gpt/protocol.h"
#include "tests/suite.h"
#include <locale.h>
#include <math.h>

/* -- results ----------------------------------------------------------------------------------- */

static const struct {
	const char *line;
	PlHipotMode mode;
	PlGptWord word;
	double level, value;
	gboolean over;
	char phase;
	double elapsed_s;
} meas[] = {
    /* replies seen of real testers */
    {"ACW,PASS ,2.498kV,00.17 mA ,T=003.0S", PL_HIPOT_ACW, PL_GPT_PASS, 2498, 0.17e-3, FALSE, 'T',
     3},
    {"IR ,PASS ,0.497kV,0015M ohm,T=001.0S", PL_HIPOT_IR, PL_GPT_PASS, 497, 15e6, FALSE, 'T', 1},
    {"IR ,PASS ,0.050kV,9999M ohm,T=001.0S", PL_HIPOT_IR, PL_GPT_PASS, 50, 9999e6, TRUE, 'T', 1},
    {"ACW,PASS ,0.099kV,0.002 mA ,T=001.0S", PL_HIPOT_ACW, PL_GPT_PASS, 99, 2e-6, FALSE, 'T', 1},
    {"ACW,TEST ,1.000kV,0.002 mA ,T=001.7S", PL_HIPOT_ACW, PL_GPT_TESTING, 1000, 2e-6, FALSE, 'T',
     1.7},
    {"ACW, FAIL , 0.024kV ,0.013 mA ,R=000.1S", PL_HIPOT_ACW, PL_GPT_FAIL, 24, 13e-6, FALSE, 'R',
     0.1},
    {"ACW,VIEW ,0.000kV,000.0 mA ,  ---.-S", PL_HIPOT_ACW, PL_GPT_VIEW, 0, 0, FALSE, 0, NAN},
    /* what else the units and words allow */
    {"DCW,PASS ,1.500kV,012.3 uA ,T=060.0S\r\n", PL_HIPOT_DCW, PL_GPT_PASS, 1500, 12.3e-6, FALSE,
     'T', 60},
    {"IR ,PASS ,0.500kV,1.250G ohm,T=010.0S", PL_HIPOT_IR, PL_GPT_PASS, 500, 1.25e9, FALSE, 'T',
     10},
    {"IR ,FAIL ,0.500kV,9.999G ohm,T=010.0S", PL_HIPOT_IR, PL_GPT_FAIL, 500, 9.999e9, TRUE, 'T',
     10},
    {"GB ,PASS ,25.00A,042.5m Ohm,T=005.0S", PL_HIPOT_GB, PL_GPT_PASS, 25, 42.5e-3, FALSE, 'T', 5},
    {"GB ,PASS ,25.00A,099.9mohm,T=005.0S", PL_HIPOT_GB, PL_GPT_PASS, 25, 99.9e-3, FALSE, 'T', 5},
    {"DCW,STOP ,0.000kV,--.-- mA ,  ---.-S", PL_HIPOT_DCW, PL_GPT_STOP, 0, NAN, FALSE, 0, NAN},
};

static gboolean
same (double a, double b)
{
	return (isnan (a) && isnan (b)) || fabs (a - b) <= 1e-12 * (1 + fabs (b));
}

START_TEST (a_result_is_read_with_its_units_phase_and_padding)
{
	PlGptMeas got;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_gpt_parse_meas (meas[_i].line, &got, &error), error);
	ck_assert_int_eq (got.mode, meas[_i].mode);
	ck_assert_int_eq (got.word, meas[_i].word);
	ck_assert (same (got.level, meas[_i].level));
	ck_assert_msg (same (got.value, meas[_i].value), "%g", got.value);
	ck_assert_int_eq (got.over, meas[_i].over);
	ck_assert_int_eq (got.phase, meas[_i].phase);
	ck_assert (same (got.elapsed_s, meas[_i].elapsed_s));
	ck_assert (!got.arc);
}
END_TEST

static const char *const not_meas[] = {
    "",
    "OK",
    "TEST ON",
    "0,No Error",
    "ACW,PASS ,2.498kV,00.17 mA ",
    "ACW,PASS ,2.498kV,00.17 mA ,T=003.0S,",
    "ACV,PASS ,2.498kV,00.17 mA ,T=003.0S",
    "acw,PASS ,2.498kV,00.17 mA ,T=003.0S",
    "ACW,PAS  ,2.498kV,00.17 mA ,T=003.0S",
    "ACW,PASSED,2.498kV,00.17 mA ,T=003.0S",
    "ACW,PASS ,2.498kA,00.17 mA ,T=003.0S",
    "ACW,PASS ,2.498kV,00.17 ,T=",
    "ACW,PASS ,2.498kV,00.17 mV ,T=003.0S",
    "ACW,PASS ,2.498kV,00.17 mA ,X=003.0S",
    "ACW,PASS ,2.498kV,00.17 mA ,003.0S",
    "ACW,PASS ,2..98kV,00.17 mA ,T=003.0S",
    "ACW,PASS ,nan kV,00.17 mA ,T=003.0S",
    "ACW,PASS ,0x10kV,00.17 mA ,T=003.0S",
    "ACW,PASS ,-2.498kV,00.17 mA ,T=003.0S",
    "ACW,PASS ,2.498kV,00.17 ohm,T=003.0S",
    "IR ,PASS ,0.497kV,0015 mA ,T=001.0S",
    "DCW,1.500kV,H=00.10mA,L=00.00mA,R=010.0S",
    "ACW,PASS ,0000000000002.498kV,00.17 mA ,T=003.0S",
    "\xff\xfe,PASS ,2.498kV,00.17 mA ,T=003.0S",
};

START_TEST (what_is_not_wholly_a_result_is_none)
{
	PlGptMeas got;
	g_autoptr (GError) error = NULL;

	ck_assert_msg (!pl_gpt_parse_meas (not_meas[_i], &got, &error), "\"%s\" was taken",
		       not_meas[_i]);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (an_arc_is_told_where_the_word_says_it)
{
	PlGptMeas got;

	ck_assert (pl_gpt_parse_meas ("DCW,FAIL ARC,2.000kV,00.01 mA ,T=000.2S", &got, NULL));
	ck_assert_int_eq (got.word, PL_GPT_FAIL);
	ck_assert (got.arc);
}
END_TEST

/* -- settings ---------------------------------------------------------------------------------- */

START_TEST (the_settings_of_a_test_are_read_from_one_line)
{
	PlGptSettings got;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (
	    pl_gpt_parse_show ("DCW,1.500kV,H=00.10mA,L=00.00mA,R=010.0S,T=003.3S", &got, &error),
	    error);
	ck_assert_int_eq (got.mode, PL_HIPOT_DCW);
	ck_assert (same (got.item[PL_GPT_LEVEL], 1500));
	ck_assert (same (got.item[PL_GPT_HIGH], 0.1e-3));
	ck_assert (same (got.item[PL_GPT_LOW], 0));
	ck_assert (same (got.item[PL_GPT_RAMP], 10));
	ck_assert (same (got.item[PL_GPT_TIME], 3.3));
	ck_assert (isnan (got.item[PL_GPT_FREQUENCY]) && isnan (got.item[PL_GPT_REFERENCE]));
	ck_assert_ok (
	    pl_gpt_parse_show ("ACW,2.500kV,H=05.00mA,L=00.20mA,R=000.1S,T=001.0S", &got, &error),
	    error);
	ck_assert (same (got.item[PL_GPT_LOW], 0.2e-3));
}
END_TEST

START_TEST (a_settings_line_with_a_part_wrong_twice_or_missing_its_level_is_none)
{
	static const char *const bad[] = {
	    "",
	    "DCW",
	    "DCW,1.500kV",
	    "DCW,H=00.10mA,L=00.00mA",
	    "DCW,1.500kV,H=00.10mA,H=00.20mA",
	    "DCW,1.500kV,Q=00.10mA",
	    "DCW,1.500kV,H=00.10kV",
	    "DCW,1.500kV,H=",
	    "DCW,1.500kV,H=--.--mA",
	    "ACW,PASS ,2.498kV,00.17 mA ,T=003.0S",
	    "DCW,1.500kV,H=00.10mA,L=00.00mA,R=010.0S,T=003.3S,X,Y,Z",
	};
	PlGptSettings got;

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert_msg (!pl_gpt_parse_show (bad[i], &got, &error), "\"%s\" was taken",
			       bad[i]);
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	}
}
END_TEST

static const struct {
	PlHipotMode mode;
	PlGptItem item;
	const char *line;
	double value;
} answers[] = {
    {PL_HIPOT_GB, PL_GPT_HIGH, "126.7m Ohm", 126.7e-3},
    {PL_HIPOT_GB, PL_GPT_LOW, "000.0m Ohm", 0},
    {PL_HIPOT_GB, PL_GPT_REFERENCE, "024.6m Ohm", 24.6e-3},
    {PL_HIPOT_GB, PL_GPT_TIME, "003.0 S", 3},
    {PL_HIPOT_GB, PL_GPT_LEVEL, "25.00A", 25},
    {PL_HIPOT_GB, PL_GPT_FREQUENCY, "50 Hz", 50},
    {PL_HIPOT_ACW, PL_GPT_LEVEL, "0.100kV", 100},
    {PL_HIPOT_ACW, PL_GPT_HIGH, "0.001mA", 1e-6},
    {PL_HIPOT_ACW, PL_GPT_RAMP, "0.5 s\r\n", 0.5},
    {PL_HIPOT_IR, PL_GPT_HIGH, "0.002G", 2e6},
    {PL_HIPOT_IR, PL_GPT_LOW, "2M", 2e6},
    {PL_HIPOT_IR, PL_GPT_LOW, "9999M", 9999e6},
    {PL_HIPOT_IR, PL_GPT_LOW, " 500 ", 500e6}, /* without a unit it is the item's own */
    {PL_HIPOT_DCW, PL_GPT_HIGH, "500.0uA", 0.5e-3},
};

START_TEST (a_single_setting_is_read_in_its_unit)
{
	double value = NAN;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_gpt_parse_item (answers[_i].mode, answers[_i].item, answers[_i].line,
					 &value, &error),
		      error);
	ck_assert_msg (same (value, answers[_i].value), "%g", value);
}
END_TEST

START_TEST (a_setting_in_another_unit_or_that_its_mode_has_not_is_none)
{
	static const struct {
		PlHipotMode mode;
		PlGptItem item;
		const char *line;
	} bad[] = {
	    {PL_HIPOT_GB, PL_GPT_HIGH, "100.0mA"},
	    {PL_HIPOT_GB, PL_GPT_RAMP, "000.1 S"},
	    {PL_HIPOT_ACW, PL_GPT_LEVEL, "TEST ON"},
	    {PL_HIPOT_ACW, PL_GPT_TIME, "TIME OFF"},
	    {PL_HIPOT_ACW, PL_GPT_HIGH, ""},
	    {PL_HIPOT_ACW, PL_GPT_HIGH, "OK"},
	    {PL_HIPOT_DCW, PL_GPT_FREQUENCY, "50 Hz"},
	    {PL_HIPOT_ACW, PL_GPT_HIGH, "1.0 XA"},
	    {PL_HIPOT_ACW, PL_GPT_HIGH, "1.0mA 2.0mA"},
	    {PL_HIPOT_ACW, PL_GPT_HIGH, "---.-mA"},
	};
	double value;

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert_msg (
		    !pl_gpt_parse_item (bad[i].mode, bad[i].item, bad[i].line, &value, &error),
		    "\"%s\" was taken", bad[i].line);
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	}
}
END_TEST

/* -- commands ---------------------------------------------------------------------------------- */

static const struct {
	const char *model;
	PlHipotMode mode;
	PlGptItem item;
	double value;
	const char *write, *query;
} commands[] = {
    {"GPT-9804", PL_HIPOT_ACW, PL_GPT_LEVEL, 1480, "MANU:ACW:VOLT 1.480", "MANU:ACW:VOLT ?"},
    {"GPT-9804", PL_HIPOT_ACW, PL_GPT_FREQUENCY, 60, "MANU:ACW:FREQ 60", "MANU:ACW:FREQ ?"},
    {"GPT-9804", PL_HIPOT_DCW, PL_GPT_HIGH, 1e-3, "MANU:DCW:CHIS 1.000", "MANU:DCW:CHIS ?"},
    {"GPT-9804", PL_HIPOT_DCW, PL_GPT_RAMP, 5, "MANU:RTIM 5.0", "MANU:RTIM ?"},
    {"GPT-9804", PL_HIPOT_DCW, PL_GPT_TIME, 999.9, "MANU:DCW:TTIM 999.9", "MANU:DCW:TTIM ?"},
    {"GPT-9804", PL_HIPOT_IR, PL_GPT_LEVEL, 500, "MANU:IR:VOLT 0.500", "MANU:IR:VOLT ?"},
    {"GPT-9804", PL_HIPOT_IR, PL_GPT_LOW, 20e6, "MANU:IR:RLOS 20", "MANU:IR:RLOS ?"},
    {"GPT-9904", PL_HIPOT_IR, PL_GPT_LOW, 20e6, "MANU:IR:RLOS 20M", "MANU:IR:RLOS ?"},
    {"GPT-9904", PL_HIPOT_IR, PL_GPT_HIGH, 1.5e9, "MANU:IR:RHIS 1.500G", "MANU:IR:RHIS ?"},
    {"GPT-9904", PL_HIPOT_GB, PL_GPT_LEVEL, 25, "MANU:GB:CURR 25.00", "MANU:GB:CURR ?"},
    {"GPT-9904", PL_HIPOT_GB, PL_GPT_HIGH, 0.1, "MANU:GB:RHIS 100.0", "MANU:GB:RHIS ?"},
    {"GPT-9904", PL_HIPOT_GB, PL_GPT_RAMP, 1, NULL, NULL},
    {"GPT-9904", PL_HIPOT_IR, PL_GPT_FREQUENCY, 50, NULL, NULL},
};

START_TEST (a_setting_is_written_as_the_tester_reads_it)
{
	const PlGptModel *model = pl_gpt_model_find (commands[_i].model);
	g_autofree char *write =
	    pl_gpt_write (model, commands[_i].mode, commands[_i].item, commands[_i].value);
	g_autofree char *query = pl_gpt_query (commands[_i].mode, commands[_i].item);

	ck_assert_pstr_eq (write, commands[_i].write);
	ck_assert_pstr_eq (query, commands[_i].query);
}
END_TEST

START_TEST (a_language_with_decimal_commas_changes_nothing_on_the_wire)
{
	static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};
	g_autofree char *write = NULL;
	PlGptMeas got;

	for (guint i = 0; i < G_N_ELEMENTS (names); i++)
		if (setlocale (LC_ALL, names[i]) != NULL)
			break;
	write = pl_gpt_write (pl_gpt_model_find ("GPT-9804"), PL_HIPOT_ACW, PL_GPT_LEVEL, 1500);
	ck_assert_str_eq (write, "MANU:ACW:VOLT 1.500");
	ck_assert (pl_gpt_parse_meas (meas[0].line, &got, NULL));
	ck_assert (same (got.level, 2498));
}
END_TEST

/* -- the rest ---------------------------------------------------------------------------------- */

START_TEST (an_identity_loses_its_padding_and_its_last_comma)
{
	static const struct {
		const char *line, *model, *serial, *firmware;
	} good[] = {
	    {"GPT-9804 ,EM110867    ,v2.08,", "GPT-9804", "EM110867", "v2.08"},
	    {"GPT-9902A,GES121109   ,V2.06,", "GPT-9902A", "GES121109", "V2.06"},
	    {"GPT-9803, ABCDEFGHIJKL, V1.00\r\n", "GPT-9803", "ABCDEFGHIJKL", "V1.00"},
	};
	static const char *const bad[] = {"",
					  "GPT-9804",
					  "GPT-9804,EM110867",
					  "GPT-9804, ,v2.08,",
					  "GPT-9804,EM110867,v2.08,more",
					  "A,B,C,,",
					  "OK",
					  "GPT-9804,0123456789012345678901234567890123456789"
					  "0123456789,v2.08,"};

	for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
		PlIdentity got;
		g_autoptr (GError) error = NULL;

		ck_assert_ok (pl_gpt_parse_idn (good[i].line, &got, &error), error);
		ck_assert_str_eq (got.model, good[i].model);
		ck_assert_str_eq (got.serial, good[i].serial);
		ck_assert_str_eq (got.firmware, good[i].firmware);
		ck_assert_str_eq (got.maker, "GW Instek");
	}
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		PlIdentity got;
		g_autoptr (GError) error = NULL;

		ck_assert_msg (!pl_gpt_parse_idn (bad[i], &got, &error), "\"%s\"", bad[i]);
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	}
}
END_TEST

START_TEST (the_state_of_the_test_is_on_or_off_and_nothing_else)
{
	static const char *const bad[] = {"",  "ON", "OFF", "TEST", "TEST ONE", "TEST OFFTEST ON",
					  "OK"};
	gboolean on;
	g_autoptr (GError) error = NULL;

	ck_assert (pl_gpt_parse_test ("TEST ON\r\n", &on, NULL) && on);
	ck_assert (pl_gpt_parse_test ("test off", &on, NULL) && !on);
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
		ck_assert_msg (!pl_gpt_parse_test (bad[i], &on, NULL), "\"%s\"", bad[i]);
	ck_assert (!pl_gpt_parse_test ("MEAS", &on, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (only_code_zero_is_no_error)
{
	static const char *const bad[] = {
	    "", "No Error", "0", "0,", ",No Error", "OK", "ACW,PASS ,2.498kV,00.17 mA ,T=003.0S"};
	gboolean is_error;

	ck_assert (pl_gpt_parse_error ("0,No Error\r\n", &is_error, NULL) && !is_error);
	ck_assert (pl_gpt_parse_error ("0x14,Command Error", &is_error, NULL) && is_error);
	ck_assert (pl_gpt_parse_error ("20,Command Error", &is_error, NULL) && is_error);
	ck_assert (pl_gpt_parse_error ("00,No Error", &is_error, NULL) && is_error);
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
		ck_assert_msg (!pl_gpt_parse_error (bad[i], &is_error, NULL), "\"%s\"", bad[i]);
}
END_TEST

START_TEST (an_answer_in_words_is_not_a_volunteered_ok)
{
	static const char *const bad[] = {"", "OK", "0,No Error", "0.500kV", "A\x01"};
	gboolean there;

	ck_assert (pl_gpt_parse_words ("MANU MODE", "MANU", &there, NULL) && there);
	ck_assert (pl_gpt_parse_words ("AUTO MODE", "MANU", &there, NULL) && !there);
	ck_assert (pl_gpt_parse_words ("ARC OFF\r\n", "OFF", &there, NULL) && there);
	ck_assert (pl_gpt_parse_words ("ARC ON_STOP", "OFF", &there, NULL) && !there);
	ck_assert (pl_gpt_parse_words ("001", "100", &there, NULL) && !there);
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
		ck_assert_msg (!pl_gpt_parse_words (bad[i], "OFF", &there, NULL), "\"%s\"", bad[i]);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("gpt-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_loop_test (tcase, a_result_is_read_with_its_units_phase_and_padding, 0,
			     G_N_ELEMENTS (meas));
	tcase_add_loop_test (tcase, what_is_not_wholly_a_result_is_none, 0,
			     G_N_ELEMENTS (not_meas));
	tcase_add_test (tcase, an_arc_is_told_where_the_word_says_it);
	tcase_add_test (tcase, the_settings_of_a_test_are_read_from_one_line);
	tcase_add_test (tcase,
			a_settings_line_with_a_part_wrong_twice_or_missing_its_level_is_none);
	tcase_add_loop_test (tcase, a_single_setting_is_read_in_its_unit, 0,
			     G_N_ELEMENTS (answers));
	tcase_add_test (tcase, a_setting_in_another_unit_or_that_its_mode_has_not_is_none);
	tcase_add_loop_test (tcase, a_setting_is_written_as_the_tester_reads_it, 0,
			     G_N_ELEMENTS (commands));
	tcase_add_test (tcase, a_language_with_decimal_commas_changes_nothing_on_the_wire);
	tcase_add_test (tcase, an_identity_loses_its_padding_and_its_last_comma);
	tcase_add_test (tcase, the_state_of_the_test_is_on_or_off_and_nothing_else);
	tcase_add_test (tcase, only_code_zero_is_no_error);
	tcase_add_test (tcase, an_answer_in_words_is_not_a_volunteered_ok);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
