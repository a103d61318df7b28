/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_keysight_daq;

#define IDN "Keysight Technologies,DAQ970A,MY58001234,A.02.04-00.16-11.29-00.02-02-01"

static Echo *echo;
static PlClock *wall;
static PlInstrument *daq;

static GHashTable *
bench_settings (void)
{
	return settings_of ("model", "DAQ970A", "cell*", "101-103,201 dcv", "surface*",
			    "117-118 tc-t", "terminal", "218 dcv 300V", "shunt",
			    "220 dcv 0.1V x2000", "stack", "301 dcv", NULL);
}

static void
set_up (void)
{
	g_autoptr (GHashTable) settings = bench_settings ();
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	wall = pl_clock_new_real ();
	echo_set (echo, "*IDN", IDN);
	echo_set (echo, "SYST:ERR", "+0,\"No error\"");
	daq = pl_driver_keysight_daq.open (PL_ROLE_DAQ, echo_link (echo), wall, settings, &error);
	ck_assert_ok (daq != NULL, error);
	daq->name = g_strdup ("daq");
}

static void
tear_down (void)
{
	pl_instrument_free (daq);
	echo_free (echo);
	pl_clock_free (wall);
}

static GArray *values;

/* What the channel gives with this reply, or the error. */
static gboolean
measure (const char *name, const char *reply, char **ret_raw, GError **error)
{
	const char *names[] = {name, NULL};

	echo_fix (echo, "FETC", reply);
	g_clear_pointer (&values, g_array_unref);
	values = g_array_new (FALSE, FALSE, sizeof (double));
	return daq->ops.daq->measure (daq, names, values, ret_raw, error);
}

static double
measure_one (const char *name, const char *reply)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (measure (name, reply, NULL, &error), error);
	ck_assert_uint_eq (values->len, 1);
	return g_array_index (values, double, 0);
}

/* What has been sent since that place, with "|" between the messages. */
static char *
sent_since (guint place)
{
	GString *all = g_string_new (NULL);

	for (guint i = place; i < echo->heard->len; i++)
		g_string_append_printf (all, "%s%s", i > place ? "|" : "",
					(char *)g_ptr_array_index (echo->heard, i));
	return g_string_free (all, FALSE);
}

static void
assert_sent (guint place, const char *expected)
{
	g_autofree char *sent = sent_since (place);

	ck_assert_str_eq (sent, expected);
}

/* -- opening ----------------------------------------------------------------------------------- */

START_TEST (it_starts_from_a_known_state_with_its_errors_checked)
{
	ck_assert_str_eq (daq->identity.model, "DAQ970A");
	ck_assert_str_eq (daq->identity.serial, "MY58001234");
	assert_sent (0, "*IDN?|*RST|*CLS|SYST:ERR?");
}
END_TEST

START_TEST (a_34970a_does_not_tell_its_serial_number)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "34970A", "stack", "301 dcv", NULL);
	g_autoptr (GError) error = NULL;
	PlInstrument *old;

	echo_fix (echo, "*IDN", "HEWLETT-PACKARD,34970A,0,13-2-2");
	old = pl_driver_keysight_daq.open (PL_ROLE_DAQ, echo_link (echo), wall, settings, &error);
	ck_assert_ok (old != NULL, error);
	ck_assert_str_eq (old->identity.serial, "");
	pl_instrument_free (old);
}
END_TEST

static const struct {
	const char *idn, *model, *map;
	GQuark (*domain) (void);
	int code;
} strangers[] = {
    {IDN, "34970A", "301 dcv", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IDENTITY},
    {"Keithley,DAQ6510,1,1", NULL, "301 dcv", pl_instrument_error_quark,
     PL_INSTRUMENT_ERROR_IDENTITY},
    {"Somebody,DAQ970A,1,1", NULL, "301 dcv", pl_instrument_error_quark,
     PL_INSTRUMENT_ERROR_IDENTITY},
    {IDN, "DAQ6510", "301 dcv", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {IDN, "DAQ970A", "301 ohm", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {"garbage", "DAQ970A", "301 dcv", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {NULL, "DAQ970A", "301 dcv", pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (another_instrument_or_map_is_refused)
{
	g_autoptr (GHashTable) settings =
	    strangers[_i].model != NULL
		? settings_of ("stack", strangers[_i].map, "model", strangers[_i].model, NULL)
		: settings_of ("stack", strangers[_i].map, NULL);
	g_autoptr (PlLink) link = echo_link (echo);
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*IDN", strangers[_i].idn);
	ck_assert_ptr_null (
	    pl_driver_keysight_daq.open (PL_ROLE_DAQ, link, wall, settings, &error));
	ck_assert_err (error, strangers[_i].domain (), strangers[_i].code);
}
END_TEST

/* -- messages ---------------------------------------------------------------------------------- */

START_TEST (channels_are_configured_listed_checked_and_read)
{
	guint from = echo->heard->len;
	g_autofree char *raw = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (measure ("cell*",
			       "+3.25000000E+00,+3.26000000E+00,+3.27000000E+00,+3.28000000E+00",
			       &raw, &error),
		      error);
	assert_sent (from, "CONF:VOLT:DC AUTO,DEF,(@101:103,201)|ROUT:SCAN "
			   "(@101:103,201)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
	ck_assert_uint_eq (values->len, 4);
	ck_assert_double_eq_tol (g_array_index (values, double, 3), 3.28, 1e-9);
	ck_assert_str_eq (raw, "+3.25000000E+00,+3.26000000E+00,+3.27000000E+00,+3.28000000E+00");
}
END_TEST

START_TEST (thermocouples_are_configured_with_the_internal_junction)
{
	guint from = echo->heard->len;

	g_autoptr (GError) error = NULL;

	ck_assert_ok (measure ("surface*", "+2.51000000E+01,+2.52000000E+01", NULL, &error), error);
	assert_sent (
	    from,
	    "CONF:TEMP TC,T,(@117:118)|SENS:TEMP:TRAN:TC:RJUN:TYPE INT,(@117:118)|"
	    "UNIT:TEMP C,(@117:118)|ROUT:SCAN (@117:118)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

START_TEST (a_range_and_a_scale_of_the_map_are_used)
{
	guint from = echo->heard->len;

	ck_assert_double_eq_tol (measure_one ("shunt", "+2.50000000E-02"), 50, 1e-9);
	assert_sent (from, "CONF:VOLT:DC 0.1,0.000001,(@220)|ROUT:SCAN "
			   "(@220)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

START_TEST (kinds_and_ranges_are_configured_apart_and_read_together_in_the_asked_order)
{
	static const char *const names[] = {"shunt", "surface2", "terminal",
					    "cell1", "cell1",	 NULL};
	guint from = echo->heard->len;
	g_autoptr (GArray) got = g_array_new (FALSE, FALSE, sizeof (double));
	g_autoptr (GError) error = NULL;
	const double expected[] = {20, 26, 104, 3.25, 3.25};

	/* by channel number: 101, 118, 218, 220 */
	echo_fix (echo, "FETC", "+3.25000000E+00,+2.60000000E+01,+1.04000000E+02,+1.00000000E-02");
	ck_assert_ok (daq->ops.daq->measure (daq, names, got, NULL, &error), error);
	ck_assert_uint_eq (got->len, 5);
	for (guint i = 0; i < 5; i++)
		ck_assert_double_eq_tol (g_array_index (got, double, i), expected[i], 1e-9);
	assert_sent (from, "CONF:VOLT:DC AUTO,DEF,(@101)|CONF:TEMP TC,T,(@118)|"
			   "SENS:TEMP:TRAN:TC:RJUN:TYPE INT,(@118)|UNIT:TEMP C,(@118)|"
			   "CONF:VOLT:DC 300,0.003,(@218)|CONF:VOLT:DC 0.1,0.000001,(@220)|"
			   "ROUT:SCAN (@101,118,218,220)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

START_TEST (the_same_channel_again_is_not_configured_again_and_is_measured_anew)
{
	guint from;

	ck_assert_double_eq_tol (measure_one ("stack", "+1.04000000E+02"), 104, 1e-9);
	from = echo->heard->len;
	ck_assert_double_eq_tol (measure_one ("stack", "+1.05000000E+02"), 105, 1e-9);
	ck_assert_double_eq_tol (measure_one ("stack", "+1.06000000E+02"), 106, 1e-9);
	assert_sent (from, "INIT|SYST:ERR?|FETC?|FETC?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

START_TEST (alternating_channels_change_the_scan_list_and_nothing_else)
{
	guint from;

	measure_one ("stack", "+1.04000000E+02");
	measure_one ("shunt", "+1.00000000E-02");
	from = echo->heard->len;
	ck_assert_double_eq_tol (measure_one ("stack", "+1.04500000E+02"), 104.5, 1e-9);
	ck_assert_double_eq_tol (measure_one ("shunt", "-1.00000000E-02"), -20, 1e-9);
	assert_sent (from, "ROUT:SCAN (@301)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?|ROUT:SCAN "
			   "(@220)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

/* -- faults ------------------------------------------------------------------------------------ */

static const struct {
	const char *name, *reply;
	GQuark (*domain) (void);
	int code;
	const char *word;
} faults[] = {
    {"stack", "+9.90000000E+37", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE,
     "stack (channel 301"},
    {"surface2", "+9.90000000E+37", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE,
     "thermocouple is open"},
    {"terminal", "-9.90000000E+37", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE,
     "dcv 300"},
    {"stack", "+1.04000000E+02,+1.04000000E+02", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL,
     "2 readings came for 1"},
    {"cell*", "+3.25000000E+00,+3.25000000E+00,+3.25000000E+00", pl_link_error_quark,
     PL_LINK_ERROR_PROTOCOL, "3 readings came for 4"},
    {"cell*", "+3.25000000E+00,+3.25000000E+00,+9.90000000E+37,+3.25000000E+00",
     pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "cell3 (channel 103"},
    {"stack", "1.04E+0\x82", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL, "not one number"},
    {"stack", "nan", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL, "not one number"},
    {"stack", NULL, pl_link_error_quark, PL_LINK_ERROR_TIMEOUT, "FETC?"},
    {"nothing", "+1", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_UNKNOWN_NAME, "nothing"},
};

START_TEST (a_reading_that_is_none_is_an_error_and_no_value)
{
	g_autofree char *raw = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert (!measure (faults[_i].name, faults[_i].reply, &raw, &error));
	ck_assert_err (error, faults[_i].domain (), faults[_i].code);
	ck_assert_msg (strstr (error->message, faults[_i].word) != NULL, "%s", error->message);
	ck_assert_uint_eq (values->len, 0);
	ck_assert_ptr_null (raw);
}
END_TEST

START_TEST (a_configuration_that_the_instrument_refuses_is_reported_and_tried_anew)
{
	g_autoptr (GError) error = NULL;
	guint from;

	echo_fix (echo, "SYST:ERR", "+112,\"Channel list: channel number out of range\"");
	ck_assert (!measure ("stack", "+1.04000000E+02", NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_msg (strstr (error->message, "channel number out of range") != NULL, "%s",
		       error->message);
	ck_assert_int_eq (echo_place (echo, "INIT", 0), -1);
	echo_fix (echo, "SYST:ERR", "+0,\"No error\"");
	from = echo->heard->len;
	ck_assert_double_eq_tol (measure_one ("stack", "+1.04000000E+02"), 104, 1e-9);
	assert_sent (from, "ABOR|*CLS|SYST:ERR?|CONF:VOLT:DC AUTO,DEF,(@301)|ROUT:SCAN "
			   "(@301)|SYST:ERR?|INIT|SYST:ERR?|FETC?|FETC?");
}
END_TEST

START_TEST (a_late_reply_is_not_taken_for_the_next_channels)
{
	g_autoptr (GError) silence = NULL, late = NULL;

	measure_one ("shunt", "+1.00000000E-02");
	ck_assert (!measure ("stack", NULL, NULL, &silence));
	ck_assert_err (silence, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	/* it comes when the next question has been asked: in the place of the error queue's
	 * answer */
	echo_fix (echo, "SYST:ERR", "+1.04000000E+02");
	ck_assert (!measure ("shunt", "+1.00000000E-02", NULL, &late));
	ck_assert_err (late, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	echo_fix (echo, "SYST:ERR", "+0,\"No error\"");
	ck_assert_double_eq_tol (measure_one ("shunt", "+1.10000000E-02"), 22, 1e-9);
}
END_TEST

/* FETC? answers its first and its second question otherwise. */
static gboolean
measure_garbled (const char *first, const char *second, guint times, GError **error)
{
	static const char *const names[] = {"stack", NULL};

	g_clear_pointer (&values, g_array_unref);
	values = g_array_new (FALSE, FALSE, sizeof (double));
	echo_fix (echo, "FETC", "+1.04000000E+02");
	for (guint i = 0; i < times; i++)
		echo_queue (echo, "FETC", first, second);
	return daq->ops.daq->measure (daq, names, values, NULL, error);
}

START_TEST (readings_that_do_not_come_the_same_way_twice_are_measured_once_more)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (measure_garbled ("+1.04000000E+02", "+1.05000000E+02", 1, &error), error);
	ck_assert_double_eq_tol (g_array_index (values, double, 0), 104, 1e-9);
	ck_assert_ok (measure_garbled ("+1.0<000000E+02", "+1.04000000E+02", 1, &error), error);
	ck_assert_double_eq_tol (g_array_index (values, double, 0), 104, 1e-9);
	ck_assert (!measure_garbled ("+1.04000000E+02", "+1.05000000E+02", 2, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	ck_assert_msg (strstr (error->message, "noise on the line") != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_scan_that_did_not_start_is_not_answered_by_the_one_before)
{
	g_autoptr (GError) error = NULL;

	measure_one ("stack", "+1.04000000E+02");
	echo_fix (echo, "SYST:ERR", "-113,\"Undefined header\"");
	ck_assert (!measure ("stack", "+1.04000000E+02", NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
}
END_TEST

START_TEST (half_a_message_of_a_conversation_that_broke_off_does_not_keep_it_from_opening)
{
	g_autoptr (GHashTable) settings = bench_settings ();
	g_autoptr (GError) error = NULL;
	PlInstrument *again;

	echo_queue (echo, "*IDN", NULL, IDN);
	again = pl_driver_keysight_daq.open (PL_ROLE_DAQ, echo_link (echo), wall, settings, &error);
	ck_assert_ok (again != NULL, error);
	pl_instrument_free (again);
}
END_TEST

START_TEST (a_hang_up_at_any_moment_is_a_hang_up)
{
	guint whole, from = echo->heard->len;

	measure_one ("stack", "+1.04000000E+02");
	whole = echo->heard->len - from;
	for (guint n = 0; n < whole; n++) {
		g_autoptr (GError) error = NULL;
		g_autoptr (GHashTable) settings = bench_settings ();
		PlInstrument *fresh = pl_driver_keysight_daq.open (PL_ROLE_DAQ, echo_link (echo),
								   wall, settings, &error);
		const char *names[] = {"stack", NULL};
		g_autoptr (GArray) got = g_array_new (FALSE, FALSE, sizeof (double));

		ck_assert_ok (fresh != NULL, error);
		echo->hang_up_after = (int)(echo->heard->len + n);
		ck_assert (!fresh->ops.daq->measure (fresh, names, got, NULL, &error));
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
		ck_assert_uint_eq (got->len, 0);
		echo->hang_up_after = -1;
		pl_instrument_free (fresh);
	}
}
END_TEST

/* -- recordings -------------------------------------------------------------------------------- */

static PlInstrument *
open_recording (const char *name)
{
	g_autoptr (GHashTable) settings = settings_of (
	    "model", "34970A", "cell*", "101-116 dcv 10V", "surface*", "117-120 tc-t", NULL);
	g_autoptr (GError) error = NULL;
	PlInstrument *opened = pl_driver_keysight_daq.open (PL_ROLE_DAQ, recording_open (name),
							    wall, settings, &error);

	ck_assert_ok (opened != NULL, error);
	return opened;
}

START_TEST (recorded_cells_and_temperatures_are_understood)
{
	g_autoptr (PlInstrument) d = open_recording ("daq-cells.rec");
	const char *cells[] = {"cell*", NULL}, *surfaces[] = {"surface*", NULL};
	g_autoptr (GArray) got = g_array_new (FALSE, FALSE, sizeof (double));
	g_autoptr (GError) error = NULL;

	ck_assert_ok (d->ops.daq->measure (d, cells, got, NULL, &error), error);
	ck_assert_uint_eq (got->len, 16);
	ck_assert_double_eq_tol (g_array_index (got, double, 15), 3.2715, 1e-9);
	ck_assert_ok (d->ops.daq->measure (d, surfaces, got, NULL, &error), error);
	ck_assert_uint_eq (got->len, 4);
	ck_assert_double_eq_tol (g_array_index (got, double, 0), 26.195, 1e-9);
}
END_TEST

static const struct {
	const char *file;
	GQuark (*domain) (void);
	int code;
	const char *word;
} bad_recordings[] = {
    {"daq-overload.rec", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE,
     "cell5 (channel 105"},
    {"daq-missing.rec", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL, "15 readings came for 16"},
    {"daq-unplugged.rec", pl_link_error_quark, PL_LINK_ERROR_HANGUP, "cell*"},
};

START_TEST (recorded_faults_are_errors)
{
	g_autoptr (PlInstrument) d = open_recording (bad_recordings[_i].file);
	const char *cells[] = {"cell*", NULL};
	g_autoptr (GArray) got = g_array_new (FALSE, FALSE, sizeof (double));
	g_autoptr (GError) error = NULL;

	ck_assert (!d->ops.daq->measure (d, cells, got, NULL, &error));
	ck_assert_err (error, bad_recordings[_i].domain (), bad_recordings[_i].code);
	ck_assert_msg (strstr (error->message, bad_recordings[_i].word) != NULL, "%s",
		       error->message);
	ck_assert_uint_eq (got->len, 0);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("daq-driver");
	TCase *tcase = tcase_create ("driver");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, it_starts_from_a_known_state_with_its_errors_checked);
	tcase_add_test (tcase, a_34970a_does_not_tell_its_serial_number);
	tcase_add_loop_test (tcase, another_instrument_or_map_is_refused, 0,
			     G_N_ELEMENTS (strangers));
	tcase_add_test (tcase, channels_are_configured_listed_checked_and_read);
	tcase_add_test (tcase, thermocouples_are_configured_with_the_internal_junction);
	tcase_add_test (tcase, a_range_and_a_scale_of_the_map_are_used);
	tcase_add_test (tcase,
			kinds_and_ranges_are_configured_apart_and_read_together_in_the_asked_order);
	tcase_add_test (tcase, the_same_channel_again_is_not_configured_again_and_is_measured_anew);
	tcase_add_test (tcase, alternating_channels_change_the_scan_list_and_nothing_else);
	tcase_add_loop_test (tcase, a_reading_that_is_none_is_an_error_and_no_value, 0,
			     G_N_ELEMENTS (faults));
	tcase_add_test (tcase,
			a_configuration_that_the_instrument_refuses_is_reported_and_tried_anew);
	tcase_add_test (tcase, a_late_reply_is_not_taken_for_the_next_channels);
	tcase_add_test (tcase, readings_that_do_not_come_the_same_way_twice_are_measured_once_more);
	tcase_add_test (tcase, a_scan_that_did_not_start_is_not_answered_by_the_one_before);
	tcase_add_test (
	    tcase, half_a_message_of_a_conversation_that_broke_off_does_not_keep_it_from_opening);
	tcase_add_test (tcase, a_hang_up_at_any_moment_is_a_hang_up);
	tcase_add_test (tcase, recorded_cells_and_temperatures_are_understood);
	tcase_add_loop_test (tcase, recorded_faults_are_errors, 0, G_N_ELEMENTS (bad_recordings));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
