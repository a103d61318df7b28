/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlSimType pl_sim_keysight_daq;

/* The simulator alone, by the bytes that the reference has of the instrument. */
static Alone *daq;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("model", "DAQ970A", "serial", "MY58001234", NULL);

	daq = alone_new (&pl_sim_keysight_daq, settings);
}

static void
tear_down (void)
{
	alone_free (daq);
}

static void
expect (const char *message, const char *reply)
{
	g_autofree char *shown = NULL;

	alone_say (daq, message);
	shown = g_strescape (daq->out->str, NULL);
	ck_assert_msg (g_str_equal (daq->out->str, reply), "%s: \"%s\" came back", message, shown);
}

static void
read_all (double *ret, guint n)
{
	g_auto (GStrv) fields = g_strsplit (alone_say (daq, "READ?"), ",", -1);

	ck_assert_uint_eq (g_strv_length (fields), n);
	for (guint i = 0; i < n; i++)
		ret[i] = g_ascii_strtod (fields[i], NULL);
}

static double
read_one (const char *configure)
{
	double value;

	expect (configure, "");
	expect ("SYST:ERR?", "+0,\"No error\"\n");
	read_all (&value, 1);
	return value;
}

START_TEST (identity_and_line_end_are_those_of_the_model)
{
	g_autoptr (GHashTable) old = settings_of ("model", "34970A", NULL);
	g_autoptr (GHashTable) none = settings_of ("model", "DAQ6510", NULL);
	g_autoptr (GError) error = NULL;

	expect ("*IDN?",
		"Keysight Technologies,DAQ970A,MY58001234,A.02.04-00.16-11.29-00.02-02-01\n");
	alone_free (daq);
	daq = alone_new (&pl_sim_keysight_daq, old);
	expect ("*IDN?", "HEWLETT-PACKARD,34970A,0,13-2-2\r\n");
	ck_assert_ptr_null (pl_sim_keysight_daq.create (daq->line, none, NULL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

START_TEST (readings_have_nine_digits_and_a_sign_and_come_with_commas)
{
	const char *reply;

	daq->line->cell_v[1] = -0.5;
	expect ("CONF:VOLT:DC 10,0.0001,(@101:102)", "");
	reply = alone_say (daq, "READ?");
	ck_assert_msg (strlen (reply) == 2 * 15 + 2 && reply[0] == '+' && reply[2] == '.' &&
			   reply[11] == 'E' && reply[12] == '+' && reply[15] == ',' &&
			   reply[16] == '-' && reply[31] == '\n',
		       "%s", reply);
}
END_TEST

START_TEST (the_wires_are_those_of_the_documented_bench)
{
	double values[45];

	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		daq->line->cell_v[i] = 3 + i / 100.0;
		daq->line->surface_degc[i] = 20 + i;
	}
	daq->line->ambient_degc = 24;
	daq->line->terminal_v = 101;
	daq->line->fixture_v = 2093;
	daq->line->shunt_a = -50;
	daq->line->stack_v = 103;
	expect ("CONF:TEMP TC,T,(@117:120,217)", "");
	expect ("ROUT:SCAN (@101:120,201:220,301)", "");
	read_all (values, 41);
	for (guint i = 0; i < 32; i++)
		ck_assert_double_eq_tol (values[i < 16 ? i : i + 4], 3 + i / 100.0, 1e-4);
	ck_assert_double_eq_tol (values[16], 20, 0.1); /* cells 1, 11, 22, 32 */
	ck_assert_double_eq_tol (values[17], 30, 0.1);
	ck_assert_double_eq_tol (values[18], 41, 0.1);
	ck_assert_double_eq_tol (values[19], 51, 0.1);
	ck_assert_double_eq_tol (values[36], 24, 0.1);
	ck_assert_double_eq_tol (values[37], 101, 1e-3);
	ck_assert_double_eq_tol (values[38], 2.093, 1e-4);
	ck_assert_double_eq_tol (values[39], -0.025, 1e-5);
	ck_assert_double_eq_tol (values[40], 103, 1e-3);
}
END_TEST

START_TEST (a_range_ends_twenty_percent_beyond_itself_and_300_v_is_the_end)
{
	daq->line->stack_v = 11.9;
	ck_assert_double_eq_tol (read_one ("CONF:VOLT:DC 10,0.0001,(@301)"), 11.9, 1e-3);
	daq->line->stack_v = 12.1;
	ck_assert_double_gt (read_one ("CONF:VOLT:DC 10,0.0001,(@301)"), 9.8e37);
	ck_assert_double_eq_tol (read_one ("CONF:VOLT:DC AUTO,DEF,(@301)"), 12.1, 1e-3);
	daq->line->stack_v = -12.1;
	ck_assert_double_lt (read_one ("CONF:VOLT:DC 10,0.0001,(@301)"), -9.8e37);
	daq->line->stack_v = 299;
	ck_assert_double_eq_tol (read_one ("CONF:VOLT:DC 300,0.003,(@301)"), 299, 1e-2);
	daq->line->stack_v = 301;
	expect ("CONF:VOLT:DC AUTO,DEF,(@301)", "");
	expect ("READ?", "+9.90000000E+37\n");
}
END_TEST

START_TEST (an_open_thermocouple_overloads_and_an_open_wire_floats)
{
	ck_assert_double_gt (read_one ("CONF:TEMP TC,T,(@320)"), 9.8e37);
	ck_assert_double_gt (read_one ("CONF:TEMP TC,T,(@101)"), 9.8e37); /* a cell is none */
	ck_assert_double_eq_tol (read_one ("CONF:VOLT:DC AUTO,DEF,(@320)"), 0.004, 1e-3);
	daq->line->surface_degc[0] = 50; /* as volts: 25 K of type T */
	ck_assert_double_eq_tol (read_one ("CONF:VOLT:DC AUTO,DEF,(@117)"), 0.001, 1e-4);
}
END_TEST

START_TEST (configuring_replaces_the_scan_list_which_is_always_ascending)
{
	double values[3];

	daq->line->cell_v[0] = 3.1;
	daq->line->cell_v[1] = 3.2;
	expect ("CONF:VOLT:DC 10,0.0001,(@101:102)", "");
	expect ("ROUT:SCAN?", "#210(@101,102)\n");
	expect ("CONF:VOLT:DC AUTO,DEF,(@301)", "");
	expect ("ROUT:SCAN?", "#16(@301)\n");
	expect ("ROUT:SCAN (@301,102,101,102)", "");
	expect ("ROUT:SCAN?", "#214(@101,102,301)\n");
	read_all (values, 3);
	ck_assert_double_eq_tol (values[0], 3.1, 1e-3);
	ck_assert_double_eq_tol (values[1], 3.2, 1e-3);
	ck_assert_double_eq_tol (values[2], 104, 1e-3);
}
END_TEST

START_TEST (a_scan_of_nothing_gets_no_reply_and_an_error)
{
	expect ("READ?", "");
	expect ("SYST:ERR?", "+113,\"Channel list: empty scan list\"\n");
	expect ("CONF:VOLT:DC AUTO,DEF,(@301)", "");
	expect ("ROUT:SCAN (@)", "");
	expect ("ROUT:SCAN?", "#13(@)\n");
	expect ("INIT", "");
	expect ("SYST:ERR?", "+113,\"Channel list: empty scan list\"\n");
}
END_TEST

START_TEST (a_started_scan_is_fetched_from_the_memory)
{
	g_autofree char *first = NULL;

	expect ("FETC?", "");
	expect ("SYST:ERR?", "-230,\"Data stale\"\n");
	expect ("CONF:VOLT:DC AUTO,DEF,(@301)", "");
	expect ("INIT", "");
	first = g_strdup (alone_say (daq, "FETC?"));
	daq->line->stack_v = 90;
	expect ("FETC?", first);
	ck_assert_double_eq_tol (g_ascii_strtod (first, NULL), 104, 1e-3);
	expect ("TRIG:COUN 2", "");
	expect ("INIT", "");
	ck_assert (strchr (alone_say (daq, "FETC?"), ',') != NULL);
}
END_TEST

static const struct {
	const char *message, *error;
} wrong[] = {
    {"MEAS:OHMS?", "-113,\"Undefined header\"\n"},
    {"CONF:VOLT:DC?", "-113,\"Undefined header\"\n"},
    {"CONF:VOLT:DC 10,0.0001", "-109,\"Missing parameter\"\n"},
    {"CONF:VOLT:DC 500,0.0001,(@101)", "-222,\"Data out of range\"\n"},
    {"CONF:VOLT:DC ten,0.0001,(@101)", "-222,\"Data out of range\"\n"},
    {"CONF:TEMP (@117)", "-224,\"Illegal parameter value\"\n"},
    {"CONF:TEMP TC,K,(@117)", "-224,\"Illegal parameter value\"\n"},
    {"CONF:VOLT:DC AUTO,DEF,(@401)", "+111,\"Channel list: slot number out of range\"\n"},
    {"CONF:VOLT:DC AUTO,DEF,(@121)", "+112,\"Channel list: channel number out of range\"\n"},
    {"ROUT:SCAN (@101:122)", "+112,\"Channel list: channel number out of range\"\n"},
    {"ROUT:SCAN (@101", "-102,\"Syntax error\"\n"},
    {"ROUT:SCAN (@101;102)", "-102,\"Syntax error\"\n"},
    {"ROUT:SCAN (@-5)", "-102,\"Syntax error\"\n"},
    {"ROUT:SCAN 101", "-109,\"Missing parameter\"\n"},
    {"UNIT:TEMP F,(@117)", "-224,\"Illegal parameter value\"\n"},
    {"TRIG:COUN 0", "-222,\"Data out of range\"\n"},
};

START_TEST (what_it_does_not_take_is_an_error_in_the_queue_and_changes_nothing)
{
	expect ("CONF:VOLT:DC AUTO,DEF,(@301)", "");
	expect (wrong[_i].message, "");
	expect ("SYST:ERR?", wrong[_i].error);
	expect ("ROUT:SCAN?", "#16(@301)\n");
}
END_TEST

START_TEST (a_span_over_slots_skips_the_numbers_that_are_none)
{
	expect ("ROUT:SCAN (@119:202)", "");
	expect ("SYST:ERR?", "+0,\"No error\"\n");
	expect ("ROUT:SCAN?", "#218(@119,120,201,202)\n");
}
END_TEST

START_TEST (the_noise_is_small_and_the_same_at_every_start)
{
	g_autofree char *first = NULL;
	double least = 10, most = 0, value;

	expect ("CONF:VOLT:DC 10,0.0001,(@101)", "");
	first = g_strdup (alone_say (daq, "READ?"));
	for (guint i = 0; i < 500; i++) {
		read_all (&value, 1);
		least = fmin (least, value);
		most = fmax (most, value);
	}
	ck_assert_double_lt (most - least, 50e-6);
	ck_assert_double_gt (most - least, 0);
	ck_assert_double_eq_tol ((most + least) / 2, 3.25, 10e-6);
	tear_down ();
	set_up ();
	expect ("CONF:VOLT:DC 10,0.0001,(@101)", "");
	ck_assert_str_eq (alone_say (daq, "READ?"), first);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("daq-sim");
	TCase *tcase = tcase_create ("sim");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, identity_and_line_end_are_those_of_the_model);
	tcase_add_test (tcase, readings_have_nine_digits_and_a_sign_and_come_with_commas);
	tcase_add_test (tcase, the_wires_are_those_of_the_documented_bench);
	tcase_add_test (tcase, a_range_ends_twenty_percent_beyond_itself_and_300_v_is_the_end);
	tcase_add_test (tcase, an_open_thermocouple_overloads_and_an_open_wire_floats);
	tcase_add_test (tcase, configuring_replaces_the_scan_list_which_is_always_ascending);
	tcase_add_test (tcase, a_scan_of_nothing_gets_no_reply_and_an_error);
	tcase_add_test (tcase, a_started_scan_is_fetched_from_the_memory);
	tcase_add_loop_test (tcase,
			     what_it_does_not_take_is_an_error_in_the_queue_and_changes_nothing, 0,
			     G_N_ELEMENTS (wrong));
	tcase_add_test (tcase, a_span_over_slots_skips_the_numbers_that_are_none);
	tcase_add_test (tcase, the_noise_is_small_and_the_same_at_every_start);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
