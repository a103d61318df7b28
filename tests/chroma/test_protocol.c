/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/chroma_19050/protocol.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* -- codes ------------------------------------------------------------------------------------- */

/* The manual's table by its columns: what each failure of each mode comes to. */
static const struct {
	guint code;
	PlHipotState state;
	const char *word;
} judged[] = {
    {116, PL_HIPOT_PASS, "PASS"},
    {33, PL_HIPOT_FAIL_HIGH, "HIGH FAIL"},
    {49, PL_HIPOT_FAIL_HIGH, "HIGH FAIL"},
    {65, PL_HIPOT_FAIL_HIGH, "HIGH FAIL"},
    {36, PL_HIPOT_FAIL_HIGH, "HIGH FAIL 2"},
    {52, PL_HIPOT_FAIL_HIGH, "HIGH FAIL 2"},
    {42, PL_HIPOT_FAIL_HIGH, "REAL HIGH FAIL"},
    {34, PL_HIPOT_FAIL_LOW, "LOW FAIL"},
    {50, PL_HIPOT_FAIL_LOW, "LOW FAIL"},
    {66, PL_HIPOT_FAIL_LOW, "LOW FAIL"},
    {35, PL_HIPOT_FAIL_BREAKDOWN, "ARC FAIL"},
    {51, PL_HIPOT_FAIL_BREAKDOWN, "ARC FAIL"},
    {38, PL_HIPOT_FAIL_BREAKDOWN, "OUTPUT A/D OVER"},
    {54, PL_HIPOT_FAIL_BREAKDOWN, "OUTPUT A/D OVER"},
    {70, PL_HIPOT_FAIL_BREAKDOWN, "OUTPUT A/D OVER"},
    {39, PL_HIPOT_FAIL_BREAKDOWN, "METER A/D OVER"},
    {55, PL_HIPOT_FAIL_BREAKDOWN, "METER A/D OVER"},
    {71, PL_HIPOT_FAIL_BREAKDOWN, "METER A/D OVER"},
    {43, PL_HIPOT_FAIL_BREAKDOWN, "CORONA FAIL"},
    {97, PL_HIPOT_FAIL_BREAKDOWN, "SHORT FAIL"},
};

static const PlChromaCode *
code_of (guint number)
{
	g_autofree char *text = g_strdup_printf ("%u", number);
	g_autoptr (GError) error = NULL;
	const PlChromaCode *code = NULL;

	ck_assert_ok (pl_chroma_parse_code (text, &code, &error), error);
	return code;
}

START_TEST (every_judgement_comes_to_its_state_with_the_makers_word)
{
	const PlChromaCode *code = code_of (judged[_i].code);

	ck_assert_int_eq (code->outcome, PL_CHROMA_JUDGED);
	ck_assert_int_eq (code->state, judged[_i].state);
	ck_assert_str_eq (code->word, judged[_i].word);
}
END_TEST

static const struct {
	guint code;
	PlChromaOutcome outcome;
} others[] = {
    {112, PL_CHROMA_STOPPED},	  {113, PL_CHROMA_STOPPED},	{114, PL_CHROMA_CANNOT},
    {115, PL_CHROMA_TESTING},	  {53, PL_CHROMA_CONTACT},	{98, PL_CHROMA_CONTACT},
    {45, PL_CHROMA_GROUND_FAULT}, {61, PL_CHROMA_GROUND_FAULT}, {77, PL_CHROMA_GROUND_FAULT},
};

START_TEST (what_is_no_judgement_of_the_insulation_is_none)
{
	ck_assert_int_eq (code_of (others[_i].code)->outcome, others[_i].outcome);
}
END_TEST

START_TEST (only_one_code_is_a_pass_and_every_code_belongs_to_its_modes_sixteen)
{
	static const int bases[] = {0x20, 0x30, 0x40, 0x10};
	guint n, passes = 0;
	const PlChromaCode *codes = pl_chroma_codes (&n);

	for (guint i = 0; i < n; i++) {
		passes += codes[i].outcome == PL_CHROMA_JUDGED && codes[i].state == PL_HIPOT_PASS;
		if (codes[i].mode >= 0)
			ck_assert_int_eq ((int)(codes[i].code & 0xf0), bases[codes[i].mode]);
		ck_assert (i == 0 || codes[i].code > codes[i - 1].code);
	}
	ck_assert_uint_eq (passes, 1);
}
END_TEST

static const char *const no_codes[] = {"", "0", "117", "116,116", "PASS", "-1", "116.0", "999"};

START_TEST (a_code_that_is_not_known_is_no_result)
{
	const PlChromaCode *code = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_msg (!pl_chroma_parse_code (no_codes[_i], &code, &error), "%s", no_codes[_i]);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

/* -- replies ----------------------------------------------------------------------------------- */

START_TEST (numbers_for_more_and_for_none_are_no_values)
{
	gboolean over = TRUE;
	double value;

	ck_assert (pl_chroma_parse_value ("+2.093000E+03", &value, &over, NULL));
	ck_assert (!over);
	ck_assert_double_eq_tol (value, 2093, 1e-9);
	ck_assert (pl_chroma_parse_value ("9.9000001E+37", &value, &over, NULL));
	ck_assert (over && isnan (value));
	ck_assert (pl_chroma_parse_value ("+9.900000E+37", &value, &over, NULL));
	ck_assert (over && isnan (value));
	ck_assert (pl_chroma_parse_value ("+9.910000E+37", &value, &over, NULL));
	ck_assert (!over && isnan (value));
	ck_assert (!pl_chroma_parse_value ("+9.920000E+38", &value, &over, NULL));
	ck_assert (!pl_chroma_parse_value ("1,2", &value, &over, NULL));
	ck_assert (!pl_chroma_parse_value ("", &value, &over, NULL));
}
END_TEST

/* As seen of a 19032. */
#define SEEN_AC                                                                                    \
	"1,AC,+3.000000E+03,+1.000000E-02,+3.000000E-04,+0.000000E+00,+2.300000E+05,+2.000000E+00" \
	",+0.000000E+00,+0.000000E+00,+0.000000E+00,(0),(0)"
#define SEEN_IR                                                                                    \
	"2,IR,+5.000000E+02,+4.000000E+06,+0.000000E+00,+2.000000E+00,+0.000000E+00,"              \
	"+0.000000E+00,+3.000000E-03,0,(0),(0)"

START_TEST (level_and_limits_of_a_step_stand_in_front)
{
	PlHipotPlan held = {0};
	guint step = 0;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_chroma_parse_set (SEEN_AC, &step, &held, &error), error);
	ck_assert (step == 1 && held.mode == PL_HIPOT_ACW);
	ck_assert_double_eq_tol (held.level, 3000, 1e-9);
	ck_assert_double_eq_tol (held.high, 0.01, 1e-12);
	ck_assert_double_eq_tol (held.low, 3e-4, 1e-12);
	ck_assert_ok (pl_chroma_parse_set (SEEN_IR, &step, &held, &error), error);
	ck_assert (step == 2 && held.mode == PL_HIPOT_IR);
	ck_assert_double_eq_tol (held.low, 4e6, 1e-3);
	ck_assert_double_eq_tol (held.high, 0, 1e-12);
}
END_TEST

static const char *const no_sets[] = {"",
				      "1,AC,+3.000000E+03,+1.000000E-02,+3.000000E-04",
				      "x,AC,+3.0E+03,+1.0E-02,+3.0E-04,0",
				      "1,PA,+3.0E+03,+1.0E-02,+3.0E-04,0",
				      "1,DC,+9.910000E+37,+1.0E-02,+3.0E-04,0",
				      "1,DC,3kV,+1.0E-02,+3.0E-04,0"};

START_TEST (what_is_not_wholly_a_step_is_none)
{
	PlHipotPlan held = {0};
	guint step = 0;

	ck_assert_msg (!pl_chroma_parse_set (no_sets[_i], &step, &held, NULL), "%s", no_sets[_i]);
}
END_TEST

START_TEST (a_running_test_is_read_with_its_times)
{
	PlChromaNow now = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_chroma_parse_fetch ("1,DC,+1.046000E+03,+1.200000E-05,+2.500000E+00,"
					     "+9.910000E+37",
					     &now, &error),
		      error);
	ck_assert_int_eq (now.mode, PL_HIPOT_DCW);
	ck_assert_double_eq_tol (now.level, 1046, 1e-9);
	ck_assert_double_eq_tol (now.value, 12e-6, 1e-12);
	ck_assert_double_eq_tol (now.ramp_s, 2.5, 1e-9);
	ck_assert (isnan (now.test_s) && !now.over);
	ck_assert (!pl_chroma_parse_fetch ("1,DC,+1.0E+03", &now, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (states_and_counts_are_read_strictly)
{
	gboolean running = FALSE;
	guint n = 7;

	ck_assert (pl_chroma_parse_status ("RUNNING", &running, NULL) && running);
	ck_assert (pl_chroma_parse_status ("STOPPED", &running, NULL) && !running);
	ck_assert (!pl_chroma_parse_status ("STOP", &running, NULL));
	ck_assert (pl_chroma_parse_count ("+2", &n, NULL) && n == 2);
	ck_assert (pl_chroma_parse_count ("0", &n, NULL) && n == 0);
	ck_assert (!pl_chroma_parse_count ("-1", &n, NULL));
	ck_assert (!pl_chroma_parse_count ("+2.0", &n, NULL));
}
END_TEST

/* -- models ------------------------------------------------------------------------------------ */

static const PlHipotSetup dcw = {PL_HIPOT_DCW, 2093, 1e-3, 0, 5, 1, 0};

static gboolean
plan (const char *model, const PlHipotSetup *setup, PlHipotPlan *ret, GError **error)
{
	return pl_chroma_plan (pl_chroma_model_find (model), setup, ret, error);
}

static const struct {
	const char *model;
	PlHipotSetup setup;
} impossible[] = {
    {"19052", {PL_HIPOT_GB, 25, 0.1, 0, 0, 5, 0}}, /* no ground bond */
    {"19051", {PL_HIPOT_IR, 500, 0, 20e6, 0, 10, 0}},
    {"19052", {PL_HIPOT_DCW, 6500, 1e-3, 0, 5, 1, 0}},
    {"19052", {PL_HIPOT_DCW, NAN, 1e-3, 0, 5, 1, 0}},
    {"19052", {PL_HIPOT_DCW, 2000, 20e-3, 0, 5, 1, 0}},
    {"19052", {PL_HIPOT_DCW, 2000, 1e-3, 2e-3, 5, 1, 0}}, /* limits crossed */
    {"19052", {PL_HIPOT_DCW, 2000, 1e-3, -1, 5, 1, 0}},
    {"19052", {PL_HIPOT_DCW, 2000, 1e-3, 0, 5, 0, 0}}, /* would never end */
    {"19052", {PL_HIPOT_DCW, 2000, 1e-3, 0, -1, 1, 0}},
    {"19052", {PL_HIPOT_DCW, 2000, 1e-3, 0, 5, 1, 60}},
    {"19052", {PL_HIPOT_ACW, 1500, 10e-3, 0, 5, 1, 400}},
    {"19032", {PL_HIPOT_GB, 25, 0.3, 0, 0, 5, 0}}, /* 7.5 V */
    {"19032", {PL_HIPOT_GB, 25, 0.1, 0, 2, 5, 0}}, /* no ramp */
    {"19032", {PL_HIPOT_IR, 500, 0, 1e3, 0, 10, 0}},
};

START_TEST (what_a_model_cannot_do_is_refused)
{
	PlHipotPlan planned;
	g_autoptr (GError) error = NULL;

	ck_assert (!plan (impossible[_i].model, &impossible[_i].setup, &planned, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

START_TEST (rounding_makes_no_limit_looser_and_no_time_shorter)
{
	PlHipotSetup setup = {PL_HIPOT_DCW, 2093.4, 1.2345678e-3, 1.5e-6, 4.91, 1.01, 0};
	PlHipotPlan planned;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (plan ("19052", &setup, &planned, &error), error);
	ck_assert_double_eq_tol (planned.high, 1.234e-3, 1e-12);
	ck_assert_double_eq_tol (planned.low, 2e-6, 1e-12);
	ck_assert_double_eq_tol (planned.ramp_s, 5.0, 1e-9);
	ck_assert_double_eq_tol (planned.test_s, 1.1, 1e-9);
	ck_assert_double_eq_tol (planned.level, 2093, 1e-9);
}
END_TEST

START_TEST (no_limit_is_the_widest_and_insulations_high_one_is_off)
{
	PlHipotSetup ir = {PL_HIPOT_IR, 500, 0, 0, 0, 10, 0}, dc = dcw;
	PlHipotPlan planned;

	dc.limit_high = 0;
	ck_assert (plan ("19052", &dc, &planned, NULL));
	ck_assert_double_eq_tol (planned.high, 10e-3, 1e-9);
	ck_assert (plan ("19052", &ir, &planned, NULL));
	ck_assert_double_eq_tol (planned.high, 0, 1e-12);
	ck_assert_double_eq_tol (planned.low, 1e5, 1e-3);
}
END_TEST

START_TEST (a_model_is_found_with_and_without_its_suffix)
{
	ck_assert_ptr_nonnull (pl_chroma_model_find ("19032"));
	ck_assert_ptr_eq (pl_chroma_model_find ("19032-P"), pl_chroma_model_find ("19032"));
	ck_assert_ptr_null (pl_chroma_model_find ("1903"));
	ck_assert_ptr_null (pl_chroma_model_find (""));
	ck_assert_ptr_null (pl_chroma_model_find ("190522"));
}
END_TEST

START_TEST (only_what_a_mode_has_is_written)
{
	const PlChromaModel *old = pl_chroma_model_find ("19032"),
			    *new = pl_chroma_model_find ("19052");
	g_autofree char *low = pl_chroma_header (new, PL_HIPOT_IR, PL_CHROMA_LOW);
	g_autofree char *dwell = pl_chroma_header (new, PL_HIPOT_DCW, PL_CHROMA_DWELL);

	ck_assert_str_eq (low, "SAFE:STEP1:IR:LIM");
	ck_assert_str_eq (dwell, "SAFE:STEP1:DC:TIME:DWEL");
	ck_assert_ptr_null (pl_chroma_header (old, PL_HIPOT_DCW, PL_CHROMA_DWELL));
	ck_assert_ptr_null (pl_chroma_header (old, PL_HIPOT_GB, PL_CHROMA_RAMP));
	ck_assert_ptr_null (pl_chroma_header (old, PL_HIPOT_IR, PL_CHROMA_ARC));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chroma-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_loop_test (tcase, every_judgement_comes_to_its_state_with_the_makers_word, 0,
			     G_N_ELEMENTS (judged));
	tcase_add_loop_test (tcase, what_is_no_judgement_of_the_insulation_is_none, 0,
			     G_N_ELEMENTS (others));
	tcase_add_test (tcase, only_one_code_is_a_pass_and_every_code_belongs_to_its_modes_sixteen);
	tcase_add_loop_test (tcase, a_code_that_is_not_known_is_no_result, 0,
			     G_N_ELEMENTS (no_codes));
	tcase_add_test (tcase, numbers_for_more_and_for_none_are_no_values);
	tcase_add_test (tcase, level_and_limits_of_a_step_stand_in_front);
	tcase_add_loop_test (tcase, what_is_not_wholly_a_step_is_none, 0, G_N_ELEMENTS (no_sets));
	tcase_add_test (tcase, a_running_test_is_read_with_its_times);
	tcase_add_test (tcase, states_and_counts_are_read_strictly);
	tcase_add_loop_test (tcase, what_a_model_cannot_do_is_refused, 0,
			     G_N_ELEMENTS (impossible));
	tcase_add_test (tcase, rounding_makes_no_limit_looser_and_no_time_shorter);
	tcase_add_test (tcase, no_limit_is_the_widest_and_insulations_high_one_is_off);
	tcase_add_test (tcase, a_model_is_found_with_and_without_its_suffix);
	tcase_add_test (tcase, only_what_a_mode_has_is_written);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
