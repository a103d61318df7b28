/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_hioki_bt3560;

#define READING "  0.2013E-3, 3.27123E+0"

static Echo *echo;
static PlClock *wall;
static PlInstrument *meter;

/* As the meter answers, whatever is written in which form. */
static void
answer_like_the_meter (void)
{
	echo_fix (echo, "*IDN", "HIOKI,BT3562A,0,V2.10");
	echo_fix (echo, "*ESR", "0");
	echo_fix (echo, ":INIT:CONT", "OFF");
	echo_fix (echo, ":TRIG:SOUR", "IMMEDIATE");
	echo_fix (echo, ":AUT", "OFF");
	echo_fix (echo, ":VOLT:RANG", "6.00000E+0");
	echo_fix (echo, ":READ", READING);
	echo_fix (echo, ":FETC", READING);
}

static PlInstrument *
open_meter (const char *model, GError **error)
{
	g_autoptr (GHashTable) settings = model != NULL
					      ? settings_of ("model", model, NULL)
					      : g_hash_table_new (g_str_hash, g_str_equal);
	PlLink *link = echo_link (echo);
	PlInstrument *opened =
	    pl_driver_hioki_bt3560.open (PL_ROLE_METER, link, wall, settings, error);

	if (opened == NULL)
		pl_link_free (link);
	return opened;
}

static void
set_up (void)
{
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	wall = pl_clock_new_real ();
	answer_like_the_meter ();
	meter = open_meter ("BT3562A", &error);
	ck_assert_ok (meter != NULL, error);
	meter->name = g_strdup ("meter");
}

static void
tear_down (void)
{
	pl_instrument_free (meter);
	echo_free (echo);
	pl_clock_free (wall);
}

static void
set_up_for_cells (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (meter->ops.meter->setup (meter, 0.2e-3, &error), error);
}

static PlMeterReading
read_one (void)
{
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (meter->ops.meter->read (meter, &reading, &error), error);
	return reading;
}

static GError *
read_error (void)
{
	PlMeterReading reading = {0};
	GError *error = NULL;

	ck_assert (!meter->ops.meter->read (meter, &reading, &error));
	return error;
}

/* -- opening ----------------------------------------------------------------------------------- */

START_TEST (the_serial_number_that_all_of_them_tell_is_none)
{
	ck_assert_str_eq (meter->identity.maker, "HIOKI");
	ck_assert_str_eq (meter->identity.model, "BT3562A");
	ck_assert_str_eq (meter->identity.serial, "");
	ck_assert_str_eq (meter->identity.firmware, "V2.10");
	ck_assert (meter->ops.meter->repeatability_v > 0);
	ck_assert_ptr_null (meter->make_safe);
}
END_TEST

static const struct {
	const char *idn, *model;
	GQuark (*domain) (void);
	int code;
} strangers[] = {
    {"HIOKI,BT3561A,0,V2.10", "BT3562A", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IDENTITY},
    {"HIOKI,BT4560,0,V1.00", NULL, pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IDENTITY},
    {"HIOKI,BT3562A,0,V2.10", "BT3554", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {"HIOKI", "BT3562A", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {NULL, "BT3562A", pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (another_meter_is_refused)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*IDN", strangers[_i].idn);
	ck_assert_ptr_null (open_meter (strangers[_i].model, &error));
	ck_assert_err (error, strangers[_i].domain (), strangers[_i].code);
}
END_TEST

/* -- setup ------------------------------------------------------------------------------------- */

START_TEST (settings_are_written_looked_at_for_errors_and_read_back)
{
	int written, looked, read_back;

	set_up_for_cells ();
	written = echo_place (echo, ":RES:RANG 3E-3", 0);
	looked = echo_place (echo, "*ESR?", written);
	read_back = echo_place (echo, ":RES:RANG?", looked);
	ck_assert_int_ge (echo_place (echo, ":SYST:HEAD OFF", 0), 0);
	ck_assert_int_ge (echo_place (echo, ":INIT:CONT OFF", 0), 0);
	ck_assert_int_ge (written, 0);
	ck_assert_int_gt (looked, written);
	ck_assert_int_gt (read_back, looked);
	/* its name notwithstanding, that is a contact at the back */
	ck_assert_int_eq (echo_place (echo, ":SYST:ERR?", 0), -1);
}
END_TEST

static const struct {
	const char *header, *answer;
} held[] = {
    {":INIT:CONT", "ON"},   {":TRIG:SOUR", "EXTERNAL"},	  {":FUNC", "VOLTAGE"},
    {":AUT", "ON"},	    {":RES:RANG", "30.000E-3"},	  {":RES:RANG", "garbage"},
    {":SAMP:RATE", "FAST"}, {":VOLT:RANG", "60.0000E+0"},
};

START_TEST (a_setting_that_reads_back_otherwise_is_refused)
{
	g_autoptr (GError) error = NULL, unready = NULL;

	echo_fix (echo, held[_i].header, held[_i].answer);
	ck_assert (!meter->ops.meter->setup (meter, 0.2e-3, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_ptr_nonnull (strstr (error->message, held[_i].header));
	unready = read_error ();
	ck_assert_err (unready, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
}
END_TEST

START_TEST (an_event_after_the_settings_is_reported_in_words)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*ESR", "16");
	ck_assert (!meter->ops.meter->setup (meter, 0.2e-3, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_ptr_nonnull (strstr (error->message, "execution error"));
}
END_TEST

START_TEST (cells_beyond_its_ranges_are_refused_before_the_wire)
{
	g_autoptr (GError) error = NULL;
	guint before = echo->heard->len;

	ck_assert (!meter->ops.meter->setup (meter, 0.5, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_uint_eq (echo->heard->len, before);
}
END_TEST

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (a_reading_is_both_values_and_the_reply_as_it_came)
{
	PlMeterReading reading;

	set_up_for_cells ();
	reading = read_one ();
	ck_assert_double_eq_tol (reading.acir_ohm, 0.2013e-3, 1e-12);
	ck_assert_double_eq_tol (reading.ocv_v, 3.27123, 1e-12);
	ck_assert (!reading.open && !reading.over);
	ck_assert_ptr_nonnull (strstr (reading.raw, "3.27123E+0"));
}
END_TEST

START_TEST (every_reading_is_a_fresh_one)
{
	set_up_for_cells ();
	read_one ();
	echo_fix (echo, ":READ", "  0.2100E-3, 3.30000E+0");
	echo_fix (echo, ":FETC", "  0.2100E-3, 3.30000E+0");
	ck_assert_double_eq_tol (read_one ().ocv_v, 3.3, 1e-12);
}
END_TEST

START_TEST (a_digit_that_the_wire_has_changed_is_measured_again)
{
	set_up_for_cells ();
	g_queue_push_tail (echo->queued, g_strdup (":READ"));
	g_queue_push_tail (echo->queued, g_strdup ("  0.2013E-3, 3.97123E+0"));
	ck_assert_double_eq_tol (read_one ().ocv_v, 3.27123, 1e-12);
}
END_TEST

START_TEST (what_stays_garbled_is_an_error)
{
	g_autoptr (GError) error = NULL;

	set_up_for_cells ();
	echo_fix (echo, ":FETC", "  0.2013E-3, 3.27133E+0");
	error = read_error ();
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (a_reading_of_another_range_is_no_reading)
{
	g_autoptr (GError) error = NULL;

	set_up_for_cells ();
	echo_fix (echo, ":READ", "   0.201E-3, 3.27123E+0");
	echo_fix (echo, ":FETC", "   0.201E-3, 3.27123E+0");
	error = read_error ();
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

/* Continuous measuring on: the question is refused, which is silence and a bit. */
START_TEST (a_refused_question_says_why_and_wants_a_new_setup)
{
	g_autoptr (GError) error = NULL, unready = NULL;

	set_up_for_cells ();
	echo_fix (echo, ":READ", NULL);
	echo_fix (echo, "*ESR", "144");
	error = read_error ();
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_ptr_nonnull (strstr (error->message, "execution error, switched on since"));
	unready = read_error ();
	ck_assert_err (unready, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
}
END_TEST

START_TEST (silence_without_a_cause_stays_a_timeout)
{
	g_autoptr (GError) error = NULL;

	set_up_for_cells ();
	echo_fix (echo, ":READ", NULL);
	error = read_error ();
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
}
END_TEST

START_TEST (a_pulled_cable_is_a_hang_up)
{
	g_autoptr (GError) error = NULL;

	set_up_for_cells ();
	echo->hang_up_after = (int)echo->heard->len;
	error = read_error ();
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
}
END_TEST

/* -- a recording ------------------------------------------------------------------------------- */

START_TEST (a_recorded_conversation_is_played_back)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "meter", "cell.rec", NULL);
	g_autoptr (GHashTable) settings = settings_of ("model", "BT3562A", NULL);
	g_autoptr (GError) error = NULL;
	PlLink *link = pl_link_replay (path, &error);
	PlMeterReading reading = {0};
	PlInstrument *played;

	ck_assert_ok (link != NULL, error);
	played = pl_driver_hioki_bt3560.open (PL_ROLE_METER, link, wall, settings, &error);
	ck_assert_ok (played != NULL, error);
	ck_assert_ok (played->ops.meter->setup (played, 0.2e-3, &error), error);
	ck_assert_ok (played->ops.meter->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.ocv_v, 3.2826, 0.01);
	ck_assert_double_eq_tol (reading.acir_ohm, 0.2e-3, 0.05e-3);
	ck_assert_ok (played->ops.meter->read (played, &reading, &error), error);
	ck_assert (reading.open);
	pl_instrument_free (played);
}
END_TEST

static TCase *
opening_and_setup (void)
{
	TCase *tcase = tcase_create ("setup");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, the_serial_number_that_all_of_them_tell_is_none);
	tcase_add_loop_test (tcase, another_meter_is_refused, 0, G_N_ELEMENTS (strangers));
	tcase_add_test (tcase, settings_are_written_looked_at_for_errors_and_read_back);
	tcase_add_loop_test (tcase, a_setting_that_reads_back_otherwise_is_refused, 0,
			     G_N_ELEMENTS (held));
	tcase_add_test (tcase, an_event_after_the_settings_is_reported_in_words);
	tcase_add_test (tcase, cells_beyond_its_ranges_are_refused_before_the_wire);
	return tcase;
}

static TCase *
reading (void)
{
	TCase *tcase = tcase_create ("reading");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, a_reading_is_both_values_and_the_reply_as_it_came);
	tcase_add_test (tcase, every_reading_is_a_fresh_one);
	tcase_add_test (tcase, a_digit_that_the_wire_has_changed_is_measured_again);
	tcase_add_test (tcase, what_stays_garbled_is_an_error);
	tcase_add_test (tcase, a_reading_of_another_range_is_no_reading);
	tcase_add_test (tcase, a_refused_question_says_why_and_wants_a_new_setup);
	tcase_add_test (tcase, silence_without_a_cause_stays_a_timeout);
	tcase_add_test (tcase, a_pulled_cable_is_a_hang_up);
	tcase_add_test (tcase, a_recorded_conversation_is_played_back);
	return tcase;
}

int
main (void)
{
	Suite *suite = suite_create ("meter-driver");

	suite_add_tcase (suite, opening_and_setup ());
	suite_add_tcase (suite, reading ());
	return pl_suite_main (suite);
}
