/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_chroma_19050;

#define IDN "Chroma,19052,190520013341,5.14"
#define SET                                                                                        \
	"1,DC,+2.093000E+03,+1.000000E-03,+0.000000E+00,+0.000000E+00,+2.300000E+05,+1.000000E+00" \
	",+5.000000E+00,+0.000000E+00,(0),(0)"

/* A scripted tester that remembers single settings and answers the rest as a test sets it; time
 * runs a thousand times faster. */
static Echo *echo;
static PlClock *clock_;
static PlInstrument *hipot;
static const PlHipotSetup dcw = {PL_HIPOT_DCW, 2093, 1e-3, 0, 5, 1, 0};

static PlInstrument *
open_tester (const char *model, GError **error)
{
	g_autoptr (GHashTable) settings = settings_of ("model", model, NULL);
	PlLink *link = echo_link (echo);
	PlInstrument *opened =
	    pl_driver_chroma_19050.open (PL_ROLE_HIPOT, link, clock_, settings, error);

	if (opened == NULL)
		pl_link_free (link);
	return opened;
}

static void
set_up (void)
{
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	clock_ = pl_clock_new_scaled (1000);
	echo_set (echo, "*IDN", IDN);
	echo_set (echo, "SYST:ERR", "+0,\"No error\"");
	echo_set (echo, "SAFE:STAT", "STOPPED");
	echo_set (echo, "SAFE:RES:LAST", "112");
	echo_set (echo, "SAFE:STEP1:SET", SET);
	hipot = open_tester ("19052", &error);
	ck_assert_ok (hipot != NULL, error);
	hipot->name = g_strdup ("hipot");
}

static void
tear_down (void)
{
	pl_instrument_free (hipot);
	echo_free (echo);
	pl_clock_free (clock_);
}

/* None before, one after. */
static void
count_for_setup (void)
{
	echo_queue (echo, "SAFE:SNUM", "+0", "+1");
}

static void
set_up_test (void)
{
	g_autoptr (GError) error = NULL;

	count_for_setup ();
	ck_assert_ok (hipot->ops.hipot->setup (hipot, &dcw, &error), error);
}

static GError *
setup_error (void)
{
	GError *error = NULL;

	ck_assert (!hipot->ops.hipot->setup (hipot, &dcw, &error));
	return error;
}

static void
start_test (void)
{
	g_autoptr (GError) error = NULL;

	set_up_test ();
	echo_queue (echo, "SAFE:STAT", "RUNNING", "RUNNING");
	ck_assert_ok (hipot->ops.hipot->start (hipot, &error), error);
}

static void
result_is (const char *code, const char *mode, const char *level, const char *value,
	   const char *seconds)
{
	g_queue_clear_full (echo->queued, g_free);
	echo->queued = g_queue_new ();
	echo_set (echo, "SAFE:RES:LAST", code);
	echo_set (echo, "SAFE:RES:ALL:MODE", mode);
	echo_set (echo, "SAFE:RES:ALL:OMET", level);
	echo_set (echo, "SAFE:RES:ALL:MMET", value);
	echo_set (echo, "SAFE:RES:ALL:TIME", seconds);
}

static gboolean
read_now (PlHipotReading *ret, GError **error)
{
	return hipot->ops.hipot->read (hipot, ret, error);
}

/* -- opening ----------------------------------------------------------------------------------- */

START_TEST (it_starts_nothing_and_silences_reports_before_it_asks)
{
	ck_assert_int_eq (echo_place (echo, "SAFE:RES:AREP OFF", 0), 0);
	ck_assert_int_eq (echo_place (echo, "*IDN?", 0), 1);
	ck_assert_uint_eq (echo->heard->len, 2);
	ck_assert_str_eq (hipot->identity.serial, "190520013341");
	ck_assert_int_eq (hipot->driver->loss_of_pc, PL_LOSS_AUTONOMOUS);
	ck_assert_ptr_nonnull (hipot->make_safe);
}
END_TEST

static const struct {
	const char *idn, *model;
	GQuark (*domain) (void);
	int code;
} strangers[] = {
    {"Chroma,19032-P,19032P101788,6.04", "19052", pl_instrument_error_quark,
     PL_INSTRUMENT_ERROR_IDENTITY},
    {"Somebody,19052,1,1", "19052", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IDENTITY},
    {IDN, "19073", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {"?", "19052", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {NULL, "19052", pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (another_tester_is_refused)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*IDN", strangers[_i].idn);
	ck_assert_ptr_null (open_tester (strangers[_i].model, &error));
	ck_assert_err (error, strangers[_i].domain (), strangers[_i].code);
}
END_TEST

/* -- setup ------------------------------------------------------------------------------------- */

START_TEST (a_step_is_built_checked_for_errors_and_read_back_before_anything_starts)
{
	int off, level, errors, set;

	set_up_test ();
	off = echo_place (echo, "SAFE:STOP", 0);
	level = echo_place (echo, "SAFE:STEP1:DC 2.093000E+03", off);
	errors = echo_place (echo, "SYST:ERR?", level);
	set = echo_place (echo, "SAFE:STEP1:SET?", errors);
	ck_assert (off >= 0 && level > off && errors > level && set > errors);
	ck_assert_int_gt (echo_place (echo, "SAFE:STEP1:DC:LIM 1.000000E-03", level), level);
	ck_assert_int_gt (echo_place (echo, "SAFE:STEP1:DC:LIM:ARC 0.000000E+00", level), level);
	ck_assert_int_gt (echo_place (echo, "SAFE:STEP1:DC:TIME:DWEL?", set), set);
	ck_assert_int_eq (echo_place (echo, "SAFE:STAR", 0), -1);
}
END_TEST

START_TEST (steps_of_another_program_go_first)
{
	g_autoptr (GError) error = NULL;

	echo_queue (echo, "SAFE:SNUM", "+2", "+1");
	count_for_setup ();
	ck_assert_ok (hipot->ops.hipot->setup (hipot, &dcw, &error), error);
	ck_assert_int_ge (echo_place (echo, "SAFE:STEP1:DEL", 0), 0);
}
END_TEST

START_TEST (steps_that_do_not_go_block_the_test)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "SAFE:SNUM", "+2");
	error = setup_error ();
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_ptr_nonnull (strstr (error->message, "keeps 2 steps"));
}
END_TEST

#define HELD(mode, level, high, low) "1," mode "," level "," high "," low ",0,0,0,0,0,(0),(0)"
static const struct {
	const char *set, *says;
} held[] = {
    {HELD ("DC", "+2.093000E+03", "+2.000000E-03", "+0.000000E+00"), "high limit"},
    {HELD ("DC", "+2.093000E+03", "+5.000000E-04", "+0.000000E+00"), "high limit"},
    {HELD ("DC", "+2.093000E+03", "+1.000000E-03", "+1.000000E-04"), "low limit"},
    {HELD ("DC", "+2.000000E+03", "+1.000000E-03", "+0.000000E+00"), "level"},
    {HELD ("AC", "+2.093000E+03", "+1.000000E-03", "+0.000000E+00"), "reads back AC"},
    {"2" SET, "mode of the tester"},
};

START_TEST (a_step_that_reads_back_otherwise_blocks_the_test)
{
	g_autoptr (GError) error = NULL, start = NULL;

	count_for_setup ();
	echo_fix (echo, "SAFE:STEP1:SET", held[_i].set);
	error = setup_error ();
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, held[_i].says) != NULL, "%s", error->message);
	ck_assert (!hipot->ops.hipot->start (hipot, &start));
	ck_assert_err (start, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	ck_assert_int_eq (echo_place (echo, "SAFE:STAR", 0), -1);
}
END_TEST

static const char *const singles[] = {
    "SAFE:STEP1:DC:LIM:ARC",   "SAFE:STEP1:DC:CURR:OFFS", "SAFE:STEP1:DC:TIME:RAMP",
    "SAFE:STEP1:DC:TIME:DWEL", "SAFE:STEP1:DC:TIME",	  "SAFE:STEP1:DC:TIME:FALL",
};

START_TEST (every_other_setting_is_read_back_too)
{
	g_autoptr (GError) error = NULL;

	count_for_setup ();
	echo_fix (echo, singles[_i], "+3.000000E+00");
	error = setup_error ();
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_ptr_nonnull (strstr (error->message, singles[_i]));
}
END_TEST

START_TEST (an_error_in_the_queue_is_passed_on)
{
	g_autoptr (GError) error = NULL;

	count_for_setup ();
	echo_fix (echo, "SYST:ERR", "-222,\"Data out of range\"");
	error = setup_error ();
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_ptr_nonnull (strstr (error->message, "Data out of range"));
}
END_TEST

START_TEST (what_the_model_cannot_do_never_reaches_the_wire)
{
	const PlHipotSetup bond = {PL_HIPOT_GB, 25, 0.1, 0, 0, 5, 0};
	guint before = echo->heard->len;
	g_autoptr (GError) error = NULL;

	ck_assert (!hipot->ops.hipot->setup (hipot, &bond, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_uint_eq (echo->heard->len, before);
}
END_TEST

/* -- start ------------------------------------------------------------------------------------- */

START_TEST (can_not_test_is_an_open_interlock_and_the_tester_is_told_to_stop)
{
	g_autoptr (GError) error = NULL;
	int at;

	set_up_test ();
	echo_fix (echo, "SAFE:RES:LAST", "114");
	ck_assert (!hipot->ops.hipot->start (hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_INTERLOCK);
	ck_assert_ptr_nonnull (strstr (error->message, "CAN NOT TEST"));
	at = echo_place (echo, "SAFE:STAR", 0);
	ck_assert_int_gt (echo_place (echo, "SAFE:STOP", at), at);
}
END_TEST

START_TEST (a_dead_short_before_the_first_question_is_this_tests_fail)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	set_up_test ();
	result_is ("112", "DC", "+1.200000E+01", "+9.900000E+37", "+9.910000E+37");
	echo_queue (echo, "SAFE:RES:LAST", "112", "55");
	ck_assert_ok (hipot->ops.hipot->start (hipot, &error), error);
	result_is ("55", "DC", "+1.200000E+01", "+9.900000E+37", "+9.910000E+37");
	ck_assert_ok (read_now (&reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_FAIL_BREAKDOWN);
	ck_assert (reading.over);
	ck_assert_ptr_nonnull (strstr (reading.raw, "55 METER A/D OVER"));
}
END_TEST

/* -- results ----------------------------------------------------------------------------------- */

static void
wait_out (void)
{
	ck_assert (pl_clock_wait (clock_, 6.5, NULL));
}

START_TEST (a_pass_of_the_full_test_is_one)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	wait_out ();
	result_is ("116", "DC", "+2.092000E+03", "+1.200000E-05", "+1.000000E+00");
	ck_assert_ok (read_now (&reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_PASS);
	ck_assert_double_eq_tol (reading.value, 12e-6, 1e-12);
	ck_assert_double_eq_tol (reading.level, 2092, 1e-9);
	ck_assert_str_eq (reading.raw, "DC,+2.092000E+03,+1.200000E-05,+1.000000E+00,116 PASS");
}
END_TEST

static const struct {
	const char *mode, *level, *value, *seconds;
} odd[] = {
    {"AC", "+2.093000E+03", "+1.2E-05", "+1.0E+00"}, /* another mode */
    {"DC", "+1.500000E+03", "+1.2E-05", "+1.0E+00"}, /* another level */
    {"DC", "+2.093000E+03", "+1.2E-03", "+1.0E+00"}, /* above its own limit */
    {"DC", "+2.093000E+03", "+1.2E-05", "+5.0E-01"}, /* half the time */
    {"DC", "+2.093000E+03", "+9.91E+37", "+1.0E+00"}, /* no value */
    {"DC", "+9.910000E+37", "+1.2E-05", "+1.0E+00"},
};

START_TEST (a_pass_at_odds_with_what_was_set_is_an_error_never_a_pass)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	wait_out ();
	result_is ("116", odd[_i].mode, odd[_i].level, odd[_i].value, odd[_i].seconds);
	ck_assert (!read_now (&reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
}
END_TEST

START_TEST (a_pass_before_the_test_can_be_over_is_an_error)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	result_is ("116", "DC", "+2.093000E+03", "+1.2E-05", "+1.0E+00");
	ck_assert (!read_now (&reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
}
END_TEST

static const struct {
	const char *code;
	GQuark (*domain) (void);
	int error; /* -1 = none */
	const char *says;
} ends[] = {
    {"33", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "HIGH FAIL"}, /* of AC */
    {"53", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_REPORTED, "CHECK FAIL"},
    {"61", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_PROTECTION, "GFI FAIL"},
    {"114", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_INTERLOCK, "CAN NOT TEST"},
    {"115", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "TESTING"},
    {"1", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL, "judgement"},
};

START_TEST (what_is_no_judgement_is_an_error_with_the_makers_word)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	wait_out ();
	result_is (ends[_i].code, "DC", "+2.093000E+03", "+1.2E-05", "+1.0E+00");
	ck_assert (!read_now (&reading, &error));
	ck_assert_err (error, ends[_i].domain (), ends[_i].error);
	ck_assert_msg (strstr (error->message, ends[_i].says) != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_test_that_somebody_stopped_has_no_value)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	result_is ("113", "DC", "+1.0E+03", "+1.2E-05", "+0.0E+00");
	ck_assert_ok (read_now (&reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_STOPPED);
	ck_assert (isnan (reading.value) && isnan (reading.level));
	ck_assert_str_eq (reading.raw, "113 USER STOP");
}
END_TEST

START_TEST (a_result_that_nobody_started_is_idle)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	result_is ("116", "DC", "+2.093000E+03", "+1.2E-05", "+1.0E+00");
	ck_assert_ok (read_now (&reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_IDLE);
	ck_assert (isnan (reading.value));
}
END_TEST

START_TEST (a_digit_that_the_wire_has_changed_is_asked_for_again)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	wait_out ();
	result_is ("50", "DC", "+2.093000E+03", "+1.200000E-05", "+1.000000E+00");
	echo_queue (echo, "SAFE:RES:LAST", "55", "50");
	ck_assert_ok (read_now (&reading, &error), error);
	ck_assert_int_eq (reading.state, PL_HIPOT_FAIL_LOW);
}
END_TEST

/* -- stop -------------------------------------------------------------------------------------- */

START_TEST (stop_is_proved_and_takes_the_step_with_it)
{
	g_autoptr (GError) error = NULL;
	int stop;

	start_test ();
	g_queue_clear_full (echo->queued, g_free);
	echo->queued = g_queue_new ();
	echo_queue (echo, "SAFE:SNUM", "+1", "+0");
	stop = (int)echo->heard->len;
	ck_assert_ok (hipot->make_safe (hipot, &error), error);
	ck_assert_int_ge (echo_place (echo, "SAFE:STOP", stop), stop);
	ck_assert_int_gt (echo_place (echo, "SAFE:STEP1:DEL", stop), stop);
	ck_assert_ok (hipot->make_safe (hipot, &error), error);
}
END_TEST

START_TEST (a_tester_that_does_not_stop_is_an_error_that_says_what_to_press)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "SAFE:STAT", "RUNNING");
	ck_assert (!hipot->make_safe (hipot, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_ptr_nonnull (strstr (error->message, "emergency stop"));
}
END_TEST

START_TEST (a_hangup_in_the_test_is_that_error)
{
	g_autoptr (GError) error = NULL;
	PlHipotReading reading;

	start_test ();
	g_queue_clear_full (echo->queued, g_free);
	echo->queued = g_queue_new ();
	echo->hang_up_after = (int)echo->heard->len;
	ck_assert (!read_now (&reading, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
}
END_TEST

/* -- recordings -------------------------------------------------------------------------------- */

static const struct {
	const char *file;
	PlHipotSetup setup;
	PlHipotState state;
	double value;
	const char *word;
} recordings[] = {
    {"acw-pass.rec", {PL_HIPOT_ACW, 1480, 10e-3, 0, 1, 1, 60}, PL_HIPOT_PASS, 5.58e-3, "116 PASS"},
    {"dcw-breakdown.rec",
     {PL_HIPOT_DCW, 2093, 1e-3, 0, 1, 1, 0},
     PL_HIPOT_FAIL_BREAKDOWN,
     12e-3,
     "55 METER A/D OVER"},
    {"ir-fail-low.rec",
     {PL_HIPOT_IR, 500, 0, 20e6, 0, 1, 0},
     PL_HIPOT_FAIL_LOW,
     15e6,
     "66 LOW FAIL"},
    {"gb-pass.rec", {PL_HIPOT_GB, 25, 0.1, 0, 0, 1, 0}, PL_HIPOT_PASS, 20e-3, "116 PASS"},
};

static PlInstrument *
open_recording (const char *file, GError **error)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "chroma", file, NULL);
	g_autoptr (GHashTable) settings = settings_of ("model", "19032", NULL);
	PlLink *link = pl_link_replay (path, error);

	return link != NULL
		   ? pl_driver_chroma_19050.open (PL_ROLE_HIPOT, link, clock_, settings, error)
		   : NULL;
}

START_TEST (a_recorded_test_ends_as_it_did)
{
	g_autoptr (GError) error = NULL;
	PlInstrument *played = open_recording (recordings[_i].file, &error);
	PlHipotReading reading = {.state = PL_HIPOT_RAMP};

	ck_assert_ok (played != NULL, error);
	ck_assert_ok (played->ops.hipot->setup (played, &recordings[_i].setup, &error), error);
	ck_assert_ok (played->ops.hipot->start (played, &error), error);
	while (reading.state == PL_HIPOT_RAMP || reading.state == PL_HIPOT_TEST) {
		ck_assert (pl_clock_wait (clock_, 0.5, NULL));
		ck_assert_ok (played->ops.hipot->read (played, &reading, &error), error);
	}
	ck_assert_int_eq (reading.state, recordings[_i].state);
	ck_assert_double_eq_tol (reading.value, recordings[_i].value, recordings[_i].value * 0.01);
	ck_assert_msg (strstr (reading.raw, recordings[_i].word) != NULL, "%s", reading.raw);
	ck_assert_ok (played->ops.hipot->stop (played, &error), error);
	pl_instrument_free (played);
}
END_TEST

static TCase *
setups (void)
{
	TCase *tcase = tcase_create ("setup");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, it_starts_nothing_and_silences_reports_before_it_asks);
	tcase_add_loop_test (tcase, another_tester_is_refused, 0, G_N_ELEMENTS (strangers));
	tcase_add_test (tcase,
			a_step_is_built_checked_for_errors_and_read_back_before_anything_starts);
	tcase_add_test (tcase, steps_of_another_program_go_first);
	tcase_add_test (tcase, steps_that_do_not_go_block_the_test);
	tcase_add_loop_test (tcase, a_step_that_reads_back_otherwise_blocks_the_test, 0,
			     G_N_ELEMENTS (held));
	tcase_add_loop_test (tcase, every_other_setting_is_read_back_too, 0,
			     G_N_ELEMENTS (singles));
	tcase_add_test (tcase, an_error_in_the_queue_is_passed_on);
	tcase_add_test (tcase, what_the_model_cannot_do_never_reaches_the_wire);
	return tcase;
}

static TCase *
results (void)
{
	TCase *tcase = tcase_create ("results");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, can_not_test_is_an_open_interlock_and_the_tester_is_told_to_stop);
	tcase_add_test (tcase, a_dead_short_before_the_first_question_is_this_tests_fail);
	tcase_add_test (tcase, a_pass_of_the_full_test_is_one);
	tcase_add_loop_test (tcase, a_pass_at_odds_with_what_was_set_is_an_error_never_a_pass, 0,
			     G_N_ELEMENTS (odd));
	tcase_add_test (tcase, a_pass_before_the_test_can_be_over_is_an_error);
	tcase_add_loop_test (tcase, what_is_no_judgement_is_an_error_with_the_makers_word, 0,
			     G_N_ELEMENTS (ends));
	tcase_add_test (tcase, a_test_that_somebody_stopped_has_no_value);
	tcase_add_test (tcase, a_result_that_nobody_started_is_idle);
	tcase_add_test (tcase, a_digit_that_the_wire_has_changed_is_asked_for_again);
	tcase_add_test (tcase, stop_is_proved_and_takes_the_step_with_it);
	tcase_add_test (tcase, a_tester_that_does_not_stop_is_an_error_that_says_what_to_press);
	tcase_add_test (tcase, a_hangup_in_the_test_is_that_error);
	tcase_add_loop_test (tcase, a_recorded_test_ends_as_it_did, 0, G_N_ELEMENTS (recordings));
	return tcase;
}

int
main (void)
{
	Suite *suite = suite_create ("chroma-driver");

	suite_add_tcase (suite, setups ());
	suite_add_tcase (suite, results ());
	return pl_suite_main (suite);
}
