/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/keysight_daq/protocol.h"
#include "fixtures/link/scpi.h"
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

/* -- replies ----------------------------------------------------------------------------------- */

START_TEST (identities_of_both_generations_are_read)
{
	PlIdentity id = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_identity_parse ("HEWLETT-PACKARD,34970A,0,13-2-2", &id, &error), error);
	ck_assert_str_eq (id.model, "34970A");
	ck_assert_str_eq (id.serial, "0");
	ck_assert_ok (pl_identity_parse ("Keysight Technologies,DAQ970A,MY58001234,"
					 "A.02.04-00.16-11.29-00.02-02-01",
					 &id, &error),
		      error);
	ck_assert_str_eq (id.maker, "Keysight Technologies");
	ck_assert_str_eq (id.serial, "MY58001234");
	ck_assert (!pl_identity_parse ("Keysight Technologies,DAQ970A", &id, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (the_error_queue_is_read_strictly)
{
	static const char *const bad[] = {"", "0", "+,\"x\"", "+4.27E+00,\"x\"", "no", "--1,\"x\""};
	int code = 7;

	ck_assert (pl_scpi_parse_error ("+0,\"No error\"", &code, NULL) && code == 0);
	ck_assert (pl_scpi_parse_error ("-113,\"Undefined header\"", &code, NULL) && code == -113);
	ck_assert (pl_scpi_parse_error ("+112,\"Channel list\"", &code, NULL) && code == 112);
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
		ck_assert_msg (!pl_scpi_parse_error (bad[i], &code, NULL), "\"%s\"", bad[i]);
}
END_TEST

START_TEST (as_many_readings_as_channels_are_read)
{
	double values[3];
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_daq_parse_readings ("+4.27150000E+00,-1.32130000E-03,+2.61950000E+01",
					     values, 3, &error),
		      error);
	ck_assert_double_eq_tol (values[0], 4.2715, 1e-12);
	ck_assert_double_eq_tol (values[1], -1.3213e-3, 1e-12);
	ck_assert_double_eq_tol (values[2], 26.195, 1e-12);
}
END_TEST

static const struct {
	const char *reply, *word;
} no_readings[] = {
    {"", "0 readings came for 2 channels"},
    {"+1.00000000E+00", "1 readings came for 2 channels"},
    {"+1.00000000E+00,+2.00000000E+00,+3.00000000E+00", "3 readings"},
    {"+1.00000000E+00,", "reading 2 of 2"},
    {"+1.00000000E+00,nan", "reading 2 of 2"},
    {"+1.00000000E+00,+2.0 VDC", "reading 2 of 2"},
    {"garbage,\x01", "reading 1 of 2"},
};

START_TEST (another_number_of_readings_and_garbage_are_refused)
{
	double values[2];
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_daq_parse_readings (no_readings[_i].reply, values, 2, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	ck_assert_msg (strstr (error->message, no_readings[_i].word) != NULL, "%s", error->message);
}
END_TEST

static const struct {
	guint kind;
	double reading;
	const char *word;
} implausible[] = {
    {0, 9.9e37, "cell7 (channel 107 of the DAQ, dcv auto) reads overload: a wire is open"},
    {0, -9.9e37, "overload"},
    {0, 9.91e37, "overload"},
    {0, NAN, "overload"},
    {0, 301, "possible is -300 to 300 V"},
    {1, 9.9e37, "the thermocouple is open"},
    {1, -250, "possible is -200 to 400 degC"},
};

START_TEST (an_overload_is_an_error_that_names_the_channel)
{
	char name[] = "cell7";
	PlDaqChannel channel = {name, 107, &pl_daq_kinds[implausible[_i].kind], NULL, 1};
	double value = 42;
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_daq_take_reading (&channel, implausible[_i].reading, &value, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	ck_assert_msg (strstr (error->message, implausible[_i].word) != NULL, "%s", error->message);
	ck_assert_double_eq_tol (value, 42, 1e-12);
}
END_TEST

/* -- the map ----------------------------------------------------------------------------------- */

static GHashTable *
default_map (void)
{
	return settings_of ("model", "DAQ970A", "cell*", "101-116,201-216 dcv", "surface*",
			    "117-120 tc-t", "ambient", "217 tc-t", "terminal", "218 dcv", "fixture",
			    "219 dcv x1000", "shunt", "220 dcv x2000", "stack", "301 dcv", NULL);
}

static const PlDaqChannel *
find_channel (GPtrArray *map, const char *name)
{
	const char *names[] = {name, NULL};
	g_autoptr (GError) error = NULL;
	g_autoptr (GArray) places = pl_daq_map_find (map, names, &error);

	ck_assert_ok (places != NULL, error);
	ck_assert_uint_eq (places->len, 1);
	return g_ptr_array_index (map, g_array_index (places, guint, 0));
}

START_TEST (the_documented_map_is_read)
{
	g_autoptr (GHashTable) settings = default_map ();
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) map = pl_daq_map_new (settings, &error);

	ck_assert_ok (map != NULL, error);
	ck_assert_uint_eq (map->len, 32 + 4 + 5);
	ck_assert_uint_eq (find_channel (map, "cell1")->channel, 101);
	ck_assert_uint_eq (find_channel (map, "cell17")->channel, 201);
	ck_assert_uint_eq (find_channel (map, "cell32")->channel, 216);
	ck_assert_uint_eq (find_channel (map, "surface4")->channel, 120);
	ck_assert_str_eq (find_channel (map, "surface4")->kind->word, "tc-t");
	ck_assert_double_eq_tol (find_channel (map, "shunt")->scale, 2000, 1e-9);
	ck_assert_double_eq_tol (find_channel (map, "stack")->scale, 1, 1e-9);
	ck_assert_ptr_null (find_channel (map, "stack")->range);
}
END_TEST

START_TEST (a_channel_may_have_a_range_and_a_scale_in_either_order)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("shunt", "220  dcv 0.1V x-2000.5", "cell*", "101 dcv 10V", "hv",
			 "301 dcv x3 300V", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) map = pl_daq_map_new (settings, &error);

	ck_assert_ok (map != NULL, error);
	ck_assert_str_eq (find_channel (map, "shunt")->range->volts, "0.1");
	ck_assert_double_eq_tol (find_channel (map, "shunt")->scale, -2000.5, 1e-9);
	ck_assert_str_eq (find_channel (map, "cell1")->range->volts, "10");
	ck_assert_str_eq (find_channel (map, "hv")->range->volts, "300");
	ck_assert_double_eq_tol (find_channel (map, "hv")->scale, 3, 1e-9);
}
END_TEST

static const struct {
	const char *name, *text, *word;
} bad_maps[] = {
    {"a", "", "channels and kind are needed"},
    {"a", "101", "channels and kind are needed"},
    {"a", "dcv 101", "is no list of channels"},
    {"a", "100 dcv", "is no list of channels"},
    {"a", "141 dcv", "is no list of channels"},
    {"a", "401 dcv", "is no list of channels"},
    {"a*", "101- dcv", "is no list of channels"},
    {"a*", "116-101 dcv", "is no list of channels"},
    {"a*", "101-201 dcv", "is no list of channels"},
    {"a*", "101-102-103 dcv", "is no list of channels"},
    {"a*", "101,,102 dcv", "is no list of channels"},
    {"a*", "101,101 dcv", "may be there once"},
    {"a", "101-102 dcv", "need a name that ends in *"},
    {"a", "101 volts", "none of dcv and tc-t"},
    {"a", "101 dcv x", "neither a range"},
    {"a", "101 dcv x0", "neither a range"},
    {"a", "101 dcv xnan", "neither a range"},
    {"a", "101 dcv 5V", "neither a range"},
    {"a", "101 dcv 10V 1V", "neither a range"},
    {"a", "101 dcv x2 x3", "neither a range"},
    {"a", "101 tc-t 10V", "neither a range"},
};

START_TEST (an_entry_that_makes_no_sense_is_refused_with_what_is_allowed)
{
	g_autoptr (GHashTable) settings = settings_of (bad_maps[_i].name, bad_maps[_i].text, NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_daq_map_new (settings, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_msg (strstr (error->message, bad_maps[_i].word) != NULL, "%s", error->message);
}
END_TEST

START_TEST (one_name_or_one_number_twice_is_refused)
{
	g_autoptr (GHashTable) numbers =
	    settings_of ("stack", "101 dcv", "cell*", "101-116 dcv", NULL);
	g_autoptr (GHashTable) names =
	    settings_of ("cell1", "301 dcv", "cell*", "101-116 dcv", NULL);
	g_autoptr (GError) first = NULL, second = NULL;

	ck_assert_ptr_null (pl_daq_map_new (numbers, &first));
	ck_assert_err (first, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
	ck_assert_ptr_null (pl_daq_map_new (names, &second));
	ck_assert_err (second, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

START_TEST (a_star_stands_for_all_numbers_of_the_prefix_in_numeric_order)
{
	static const char *const names[] = {"stack", "cell*", "cell2", NULL};
	g_autoptr (GHashTable) settings =
	    settings_of ("cell*", "201-212 dcv", "cellar", "101 dcv", "stack", "102 dcv", NULL);
	g_autoptr (GPtrArray) map = pl_daq_map_new (settings, NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (GArray) places = pl_daq_map_find (map, names, &error);

	ck_assert_ok (places != NULL, error);
	ck_assert_uint_eq (places->len, 14);
	for (guint i = 0; i < places->len; i++) {
		const PlDaqChannel *c = g_ptr_array_index (map, g_array_index (places, guint, i));

		ck_assert_uint_eq (c->channel, i == 0 ? 102 : i < 13 ? 200 + i : 202);
	}
}
END_TEST

START_TEST (a_name_that_is_not_in_the_map_is_named)
{
	static const char *const wrong[] = {"volts", "volt*", "", "*x"};
	g_autoptr (GHashTable) settings = default_map ();
	g_autoptr (GPtrArray) map = pl_daq_map_new (settings, NULL);

	for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
		const char *names[] = {"stack", wrong[i], NULL};
		g_autoptr (GError) error = NULL;

		ck_assert_msg (pl_daq_map_find (map, names, &error) == NULL, "\"%s\"", wrong[i]);
		ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_UNKNOWN_NAME);
	}
}
END_TEST

START_TEST (lists_are_written_in_spans)
{
	static const guint channels[] = {101, 102, 103, 105, 116, 201};
	g_autofree char *list = pl_daq_format_list (channels, 6),
			*one = pl_daq_format_list (channels, 1);

	ck_assert_str_eq (list, "(@101:103,105,116,201)");
	ck_assert_str_eq (one, "(@101)");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("daq-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_test (tcase, identities_of_both_generations_are_read);
	tcase_add_test (tcase, the_error_queue_is_read_strictly);
	tcase_add_test (tcase, as_many_readings_as_channels_are_read);
	tcase_add_loop_test (tcase, another_number_of_readings_and_garbage_are_refused, 0,
			     G_N_ELEMENTS (no_readings));
	tcase_add_loop_test (tcase, an_overload_is_an_error_that_names_the_channel, 0,
			     G_N_ELEMENTS (implausible));
	tcase_add_test (tcase, the_documented_map_is_read);
	tcase_add_test (tcase, a_channel_may_have_a_range_and_a_scale_in_either_order);
	tcase_add_loop_test (tcase, an_entry_that_makes_no_sense_is_refused_with_what_is_allowed, 0,
			     G_N_ELEMENTS (bad_maps));
	tcase_add_test (tcase, one_name_or_one_number_twice_is_refused);
	tcase_add_test (tcase, a_star_stands_for_all_numbers_of_the_prefix_in_numeric_order);
	tcase_add_test (tcase, a_name_that_is_not_in_the_map_is_named);
	tcase_add_test (tcase, lists_are_written_in_spans);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
