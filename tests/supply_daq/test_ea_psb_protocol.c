/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/ea_psb/protocol.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

static const struct {
	const char *reply;
	double v, a, w;
} arrays[] = {
    {"3.302 V, 5.00 A, 16.5 W", 3.302, 5, 16.5},
    {"3.302 V, -5.00 A, -16 W", 3.302, -5, -16},
    {"43.50V,0.0A,0W", 43.5, 0, 0},
    {"0.00 V, 0.00 A, 0 W", 0, 0, 0},
};

START_TEST (the_three_actual_values_are_read_with_their_units)
{
	double values[3];
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_ea_psb_parse_array (arrays[_i].reply, values, &error), error);
	ck_assert_double_eq_tol (values[0], arrays[_i].v, 1e-9);
	ck_assert_double_eq_tol (values[1], arrays[_i].a, 1e-9);
	ck_assert_double_eq_tol (values[2], arrays[_i].w, 1e-9);
}
END_TEST

static const char *const bad_arrays[] = {
    "",
    "3.3 V",
    "3.3 V, 5 A",
    "3.3 V, 5 A, 16 W, 1",
    "3.3 A, 5 V, 16 W", /* the units say what is what */
    "3.3 V, five A, 16 W",
    "3.3 V, 5 mA, 16 W",
    "nan V, 5 A, 16 W",
    "3.3 V; 5 A; 16 W",
};

START_TEST (what_are_not_three_values_is_refused_with_the_text)
{
	double values[3];
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_ea_psb_parse_array (bad_arrays[_i], values, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

static const struct {
	const char *name;
	gboolean good, monitors;
} names[] = {
    {"PSB 10060-120 2U", TRUE, TRUE},	{"EA-PSB 9080-360 3U", TRUE, FALSE},
    {"PSBE 10080-1000 4U", TRUE, TRUE}, {"PSB 9500-90", TRUE, FALSE},
    {"PS 9080-200", FALSE, FALSE},	{"PSB", FALSE, FALSE},
    {"PSB 8080-360 3U", FALSE, FALSE},	{"", FALSE, FALSE},
    {"PSB 10060", FALSE, FALSE},	{"PSB 10060-0120", FALSE, FALSE},
};

START_TEST (a_model_is_known_by_its_series)
{
	PlEaPsbModel model;
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (pl_ea_psb_parse_model (names[_i].name, &model, &error), names[_i].good);
	if (names[_i].good)
		ck_assert_int_eq (model.series->monitors, names[_i].monitors);
	else
		ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

START_TEST (the_last_digit_is_of_the_nominal_values_digits)
{
	PlEaPsbModel newer, older;

	ck_assert (pl_ea_psb_parse_model ("PSB 10060-120 2U", &newer, NULL));
	ck_assert (pl_ea_psb_parse_model ("PSB 9080-360 3U", &older, NULL));
	ck_assert_double_eq_tol (pl_ea_psb_step (&newer, 60), 0.001, 1e-9);
	ck_assert_double_eq_tol (pl_ea_psb_step (&newer, 120), 0.01, 1e-9);
	ck_assert_double_eq_tol (pl_ea_psb_step (&newer, 1000), 0.1, 1e-9);
	ck_assert_double_eq_tol (pl_ea_psb_step (&older, 80), 0.01, 1e-9);
	ck_assert_double_eq_tol (pl_ea_psb_step (&older, 360), 0.1, 1e-9);
}
END_TEST

/* Bit 11 is the output, bit 10 remote: states, no alarms. */
START_TEST (states_among_the_bits_are_no_alarms)
{
	g_autofree char *words = NULL;

	ck_assert_uint_eq (pl_ea_psb_alarms (0x0c00), 0);
	ck_assert_uint_eq (pl_ea_psb_alarms (0x0c21), 0x21);
	words = pl_supply_explain (pl_ea_psb_trips, PL_EA_PSB_TRIPS, 0x21);
	ck_assert (g_str_has_prefix (words, "over-voltage (OVP), under-voltage (UVD)"));
}
END_TEST

static const struct {
	PlSupplyLimits limits;
	gboolean monitored;
	const char *word; /* NULL = good */
} limits[] = {
    {{3.65, 2.5, 50, 50, 3.75, 2.4, 55, 30}, TRUE, NULL},
    {{3.65, 2.5, 50, 50, 3.75, 2.4, 55, 0}, FALSE, NULL},
    {{3.65, 2.5, 50, 50, 3.75, 2.4, 55, 0}, TRUE, "a watchdog of 0 s"},
    {{3.65, 2.5, 130, 50, 3.75, 2.4, 132, 30}, TRUE, "more than the 120 A"},
    {{61, 2.5, 10, 10, 62, 2.4, 12, 30}, TRUE, "more than the 60 V"},
    {{60, 2.5, 100, 10, 62, 2.4, 112, 30}, TRUE, "more than the 3000 W"},
    {{3.65, 2.5, 50, 50, 66.1, 2.4, 55, 30}, TRUE, "beyond"},
    {{3.65, 2.5, 50, 50, 3.65, 2.4, 55, 30}, TRUE, "overvoltage"},
    {{3.65, 2.4, 50, 50, 3.75, 2.4, 55, 30}, TRUE, "undervoltage"},
    {{3.65, 2.5, 50, 50, 3.75, 2.4, 50, 30}, TRUE, "overcurrent"},
    {{NAN, 2.5, 50, 50, 3.75, 2.4, 55, 30}, TRUE, "is none"},
};

START_TEST (limits_that_do_not_stand_in_order_or_are_beyond_the_model_are_refused)
{
	PlEaPsbModel model;
	g_autoptr (GError) error = NULL;
	gboolean good;

	ck_assert (pl_ea_psb_parse_model ("PSB 10060-120 2U", &model, NULL));
	model.voltage_v = 60;
	model.current_a = 120;
	model.power_w = 3000;
	good = pl_ea_psb_check_limits (&model, limits[_i].monitored, &limits[_i].limits, &error);
	ck_assert_int_eq (good, limits[_i].word == NULL);
	if (good)
		return;
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, limits[_i].word) != NULL, "%s", error->message);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ea-psb-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_loop_test (tcase, the_three_actual_values_are_read_with_their_units, 0,
			     G_N_ELEMENTS (arrays));
	tcase_add_loop_test (tcase, what_are_not_three_values_is_refused_with_the_text, 0,
			     G_N_ELEMENTS (bad_arrays));
	tcase_add_loop_test (tcase, a_model_is_known_by_its_series, 0, G_N_ELEMENTS (names));
	tcase_add_test (tcase, the_last_digit_is_of_the_nominal_values_digits);
	tcase_add_test (tcase, states_among_the_bits_are_no_alarms);
	tcase_add_loop_test (tcase,
			     limits_that_do_not_stand_in_order_or_are_beyond_the_model_are_refused,
			     0, G_N_ELEMENTS (limits));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
