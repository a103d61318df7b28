/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlSimType pl_sim_hioki_bt3560;

static Alone *alone;

static void
start (const char *model)
{
	g_autoptr (GHashTable) settings = settings_of ("model", model, NULL);

	alone = alone_new (&pl_sim_hioki_bt3560, settings);
	alone->line->cell_v[0] = 3.27123;
	alone->line->cell_ohm[0] = 0.2e-3;
}

static void
set_up (void)
{
	start ("BT3562A");
}

static void
tear_down (void)
{
	alone_free (alone);
}

static void
ready (const char *range)
{
	const char *const messages[] = {
	    "*CLS", ":INIT:CONT OFF", ":TRIG:SOUR IMM", ":AUT OFF", ":VOLT:RANG 6",
	};

	for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
		ck_assert_str_eq (alone_say (alone, messages[i]), "");
	ck_assert_str_eq (alone_say (alone, range), "");
}

static void
act (const char *words)
{
	g_autofree char *said = NULL;

	ck_assert_msg (pl_sim_hioki_bt3560.act (alone->sim, words, &said), "%s", said);
}

START_TEST (a_command_is_answered_by_nothing_and_a_wrong_question_too)
{
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "128\r\n");
	ck_assert_str_eq (alone_say (alone, ":FUNC RV"), "");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "0\r\n");
	ck_assert_str_eq (alone_say (alone, ":NONSENSE?"), "");
	ck_assert_str_eq (alone_say (alone, ":SAMP:RATE NONSENSE"), "");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "32\r\n");
	ck_assert_str_eq (alone_say (alone, ":RES:RANG 5000"), "");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "16\r\n");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "0\r\n");
}
END_TEST

START_TEST (its_serial_number_is_always_zero)
{
	ck_assert_str_eq (alone_say (alone, "*IDN?"), "HIOKI,BT3562A,0,V2.10\r\n");
}
END_TEST

START_TEST (what_sounds_like_an_error_queue_is_the_timing_of_a_contact)
{
	alone_say (alone, ":NONSENSE?");
	ck_assert_str_eq (alone_say (alone, ":SYST:ERR?"), "ASYNCHRONOUS\r\n");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "160\r\n");
}
END_TEST

START_TEST (a_reading_is_refused_while_it_measures_continuously)
{
	alone_say (alone, "*CLS");
	ck_assert_str_eq (alone_say (alone, ":READ?"), "");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "16\r\n");
	ck_assert_str_ne (alone_say (alone, ":FETC?"), "");
}
END_TEST

/* Half a digit of noise at most: the last digit may differ. */
static const struct {
	const char *range;
	double ohm;
	const char *resistance;
	gsize len;
} formats[] = {
    {":RES:RANG 3E-3", 0.2e-3, "  0.2000E-3, 3.2712", 18},
    {":RES:RANG 30E-3", 12.345e-3, "  12.34", 7},
    {":RES:RANG 300E-3", 136.02e-3, "  136.0", 7},
    {":RES:RANG 3E-3", 3.2e-3, " 10.0000E+8, 3.2712", 19},
    {":RES:RANG 300E-3", 0.4, " 1000.00E+6, 3.2712", 19},
};

START_TEST (the_format_is_fixed_by_the_range_with_blanks_for_zeros)
{
	alone->line->cell_ohm[0] = formats[_i].ohm;
	ready (formats[_i].range);
	ck_assert_msg (strncmp (alone_say (alone, ":READ?"), formats[_i].resistance,
				MIN (formats[_i].len, 8)) == 0,
		       "%s", alone->out->str);
}
END_TEST

START_TEST (a_lifted_probe_is_a_fault_in_the_mantissa_of_the_range)
{
	ready (":RES:RANG 3E-3");
	act ("lift");
	ck_assert_str_eq (alone_say (alone, ":READ?"), "+10.0000E+9,+1.00000E+10\r\n");
	alone_say (alone, ":RES:RANG 300E-3");
	ck_assert_str_eq (alone_say (alone, ":READ?"), "+1000.00E+7,+1.00000E+10\r\n");
	alone_say (alone, ":ESE0 32");
	ck_assert_str_eq (alone_say (alone, "*STB?"), "17\r\n");
	ck_assert_str_eq (alone_say (alone, ":ESR0?"), "35\r\n");
	ck_assert_str_eq (alone_say (alone, ":ESR0?"), "0\r\n");
}
END_TEST

START_TEST (a_cell_the_wrong_way_round_reads_negative)
{
	alone->line->cell_v[4] = -3.3;
	alone->line->cell_ohm[4] = 0.2e-3;
	ready (":RES:RANG 3E-3");
	act ("probe 5");
	ck_assert_ptr_nonnull (strstr (alone_say (alone, ":READ?"), ",-3.30"));
}
END_TEST

START_TEST (a_range_is_the_lowest_that_holds_the_argument)
{
	ready (":RES:RANG 120E-3");
	ck_assert_str_eq (alone_say (alone, ":RES:RANG?"), "300.00E-3\r\n");
	ck_assert_str_eq (alone_say (alone, ":VOLT:RANG?"), "6.00000E+0\r\n");
	ck_assert_str_eq (alone_say (alone, ":AUT?"), "OFF\r\n");
}
END_TEST

START_TEST (the_smallest_model_has_no_3_mohm_range)
{
	tear_down ();
	start ("BT3561A");
	ready (":RES:RANG 3E-3");
	ck_assert_str_eq (alone_say (alone, ":RES:RANG?"), "30.000E-3\r\n");
}
END_TEST

START_TEST (headers_stand_in_front_of_answers_when_they_are_on)
{
	alone_say (alone, ":SYST:HEAD ON");
	ck_assert_str_eq (alone_say (alone, ":SAMP:RATE?"), ":SAMPLE:RATE SLOW\r\n");
	alone_say (alone, ":SYST:HEAD OFF");
	ck_assert_str_eq (alone_say (alone, ":TRIG:SOUR?"), "IMMEDIATE\r\n");
}
END_TEST

START_TEST (a_power_failure_brings_the_factory_settings_and_a_bit)
{
	ready (":RES:RANG 3E-3");
	act ("off and on");
	ck_assert_str_eq (alone_say (alone, ":INIT:CONT?"), "ON\r\n");
	ck_assert_str_eq (alone_say (alone, "*ESR?"), "128\r\n");
}
END_TEST

START_TEST (an_operator_is_told_what_can_be_done)
{
	g_autofree char *said = NULL;

	ck_assert (!pl_sim_hioki_bt3560.act (alone->sim, "probe 0", &said));
	ck_assert_ptr_nonnull (strstr (said, "probe 1 to"));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("meter-sim");
	TCase *tcase = tcase_create ("sim");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, a_command_is_answered_by_nothing_and_a_wrong_question_too);
	tcase_add_test (tcase, its_serial_number_is_always_zero);
	tcase_add_test (tcase, what_sounds_like_an_error_queue_is_the_timing_of_a_contact);
	tcase_add_test (tcase, a_reading_is_refused_while_it_measures_continuously);
	tcase_add_loop_test (tcase, the_format_is_fixed_by_the_range_with_blanks_for_zeros, 0,
			     G_N_ELEMENTS (formats));
	tcase_add_test (tcase, a_lifted_probe_is_a_fault_in_the_mantissa_of_the_range);
	tcase_add_test (tcase, a_cell_the_wrong_way_round_reads_negative);
	tcase_add_test (tcase, a_range_is_the_lowest_that_holds_the_argument);
	tcase_add_test (tcase, the_smallest_model_has_no_3_mohm_range);
	tcase_add_test (tcase, headers_stand_in_front_of_answers_when_they_are_on);
	tcase_add_test (tcase, a_power_failure_brings_the_factory_settings_and_a_bit);
	tcase_add_test (tcase, an_operator_is_told_what_can_be_done);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
