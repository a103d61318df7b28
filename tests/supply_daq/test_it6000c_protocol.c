/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/itech_it6000c/protocol.h"
#include "fixtures/supply.h"
#include "fixtures/link/scpi.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

START_TEST (the_identity_found_on_hardware_is_read)
{
	PlIdentity id = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (
	    pl_identity_parse (
		"ITECH Electronics,IT6054C-800-225,800104020777110001,000.006.101,640.R,132.R", &id,
		&error),
	    error);
	ck_assert_str_eq (id.maker, "ITECH Electronics");
	ck_assert_str_eq (id.model, "IT6054C-800-225");
	ck_assert_str_eq (id.serial, "800104020777110001");
	ck_assert_str_eq (id.firmware, "000.006.101,640.R,132.R");
}
END_TEST

static const char *const no_identities[] = {
    "",
    "ITECH Electronics",
    "ITECH Electronics,IT6054C-800-225,123",
    "ITECH Electronics,,123,1.0",
    "ITECH Electronics,IT6054C-800-225, ,1.0",
    "ITECH\xff,IT6054C-800-225,1,1.0",
};

START_TEST (an_identity_with_an_empty_or_missing_field_is_none)
{
	PlIdentity id;
	g_autoptr (GError) error = NULL;

	ck_assert_msg (!pl_identity_parse (no_identities[_i], &id, &error), "\"%s\" was taken",
		       no_identities[_i]);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (ratings_come_from_the_table_or_else_from_the_name)
{
	PlIt6000cModel model;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_it6000c_parse_model ("it6054c-800-225", &model, &error), error);
	ck_assert_str_eq (model.name, "IT6054C-800-225");
	ck_assert_double_eq_tol (model.power_w, 54000, 1e-9);
	ck_assert_double_eq_tol (model.set_max_a, 227.25, 1e-9);
	ck_assert_ok (pl_it6000c_parse_model ("IT6012C-800-50", &model, &error), error);
	ck_assert_double_eq_tol (model.power_w, 12000, 1e-9);
	ck_assert_double_eq_tol (model.voltage_v, 800, 1e-9);
	ck_assert_double_eq_tol (model.current_a, 50, 1e-9);
	ck_assert_double_eq_tol (model.set_max_v, 808, 1e-9);
}
END_TEST

static const char *const no_models[] = {
    "",
    "IT6054C",
    "IT6054C-800",
    "IT6054C-800-225 ",
    "IT6054C-800-225-1",
    "IT6054C--800-5",
    "IT6000C-800-225",
    "IT6 54C-800-225",
    "IT6054D-800-225",
    "IT6054C-0-225",
    "IT8512A",
    "IT6054C-80000-225",
    "IT6054C-800-225\n",
    "IT6054C-800-+22",
    "IT6054C-800-\xe9",
};

START_TEST (a_name_that_is_not_of_the_series_is_a_configuration_error)
{
	PlIt6000cModel model;
	g_autoptr (GError) error = NULL;

	ck_assert_msg (!pl_it6000c_parse_model (no_models[_i], &model, &error), "\"%s\" was taken",
		       no_models[_i]);
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_CONFIG);
}
END_TEST

START_TEST (switches_status_and_errors_are_read_strictly)
{
	static const char *const bad_switches[] = {"", "2", "1 ", "yes", "ONN"};
	static const char *const bad_status[] = {"", "-1", "65536", "1.0", "0x1", "+", "1,0"};
	static const char *const bad_errors[] = {"",	    "0",	 "no error",   ",\"x\"",
						 "+,\"x\"", "1e3,\"x\"", "99999,\"x\""};
	gboolean on = FALSE;
	guint32 bits = 0;
	int code = 7;

	ck_assert (pl_supply_parse_switch ("1", &on, NULL) && on);
	ck_assert (pl_supply_parse_switch ("off", &on, NULL) && !on);
	ck_assert (pl_supply_parse_status ("8192", &bits, NULL) && bits == 8192);
	ck_assert (pl_supply_parse_status ("+0", &bits, NULL) && bits == 0);
	ck_assert (pl_scpi_parse_error ("0,\"No Error\"", &code, NULL) && code == 0);
	ck_assert (pl_scpi_parse_error ("+0,\"No Error\"", &code, NULL) && code == 0);
	ck_assert (pl_scpi_parse_error ("-113,\"Undefined header\"", &code, NULL) && code == -113);
	for (guint i = 0; i < G_N_ELEMENTS (bad_switches); i++)
		ck_assert_msg (!pl_supply_parse_switch (bad_switches[i], &on, NULL), "\"%s\"",
			       bad_switches[i]);
	for (guint i = 0; i < G_N_ELEMENTS (bad_status); i++)
		ck_assert_msg (!pl_supply_parse_status (bad_status[i], &bits, NULL), "\"%s\"",
			       bad_status[i]);
	for (guint i = 0; i < G_N_ELEMENTS (bad_errors); i++)
		ck_assert_msg (!pl_scpi_parse_error (bad_errors[i], &code, NULL), "\"%s\"",
			       bad_errors[i]);
}
END_TEST

START_TEST (rounding_to_steps_never_makes_a_limit_looser)
{
	ck_assert_double_eq_tol (pl_supply_steps (116.8, 0.01, FALSE), 116.8, 1e-9);
	ck_assert_double_eq_tol (pl_supply_steps (116.8099, 0.01, FALSE), 116.8, 1e-9);
	ck_assert_double_eq_tol (pl_supply_steps (78.001, 0.01, TRUE), 78.01, 1e-9);
	ck_assert_double_eq_tol (pl_supply_steps (78, 0.01, TRUE), 78, 1e-9);
	ck_assert_double_eq_tol (pl_supply_steps (-50.009, 0.01, FALSE), -50, 1e-9);
	ck_assert_double_eq_tol (pl_supply_steps (10.9, 1, FALSE), 10, 1e-9);
	for (double a = -60; a <= 60; a += 0.0137) {
		double rounded = pl_supply_steps (a, 0.01, FALSE);

		ck_assert_msg (fabs (rounded) <= fabs (a) + 1e-7 && fabs (rounded - a) < 0.01,
			       "%g became %g", a, rounded);
	}
}
END_TEST

START_TEST (a_trip_is_named_with_what_to_do)
{
	g_autofree char *uvp = pl_supply_explain (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 5);
	g_autofree char *two =
	    pl_supply_explain (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 0 | 1u << 13);
	g_autofree char *unknown = pl_supply_explain (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 15);

	ck_assert_msg (strstr (uvp, "under-voltage (UVP)") && strstr (uvp, "contactor"), "%s", uvp);
	ck_assert_msg (strstr (two, "over-voltage (OVP), watchdog") != NULL, "%s", two);
	ck_assert_msg (strstr (unknown, "0x8000") != NULL, "%s", unknown);
	ck_assert (pl_supply_only_ours (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 13));
	ck_assert (!pl_supply_only_ours (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 13 | 1u << 0));
	ck_assert (!pl_supply_only_ours (pl_it6000c_trips, PL_IT6000C_TRIPS, 1u << 15));
}
END_TEST

static const PlSupplyLimits usual = {116.8, 80, 50, 50, 119.72, 78, 56, 10};

/* One change each to the usual limits. */
static const struct {
	PlSupplyLimits limits;
	const char *word;
} refused[] = {
    {{116.8, 80, 50, 50, 119.72, 80, 56, 10}, "must stand below the lower limit"},
    {{116.8, 80, 50, 50, 119.72, 81, 56, 10}, "must stand below the lower limit"},
    {{116.8, 0, 50, 50, 119.72, 1, 56, 10}, "must stand below the lower limit"},
    {{79, 80, 50, 50, 119.72, 78, 56, 10}, "below the upper one"},
    {{116.8, 80, 50, 50, 116.8, 78, 56, 10}, "must stand above the upper limit"},
    {{116.8, 80, 50, 50, 119.72, 78, 50, 10}, "must stand above 50 A"},
    {{116.8, 80, 20, 57, 119.72, 78, 56, 10}, "must stand above 57 A"},
    {{116.8, 80, 50, 50, 119.72, 78, 56, 0}, "a watchdog of 0 s"},
    {{116.8, 80, 50, 50, 119.72, 78, 56, 6001}, "a watchdog of 6001 s"},
    {{900, 80, 50, 50, 905, 78, 56, 10}, "900 V is more than the 800 V"},
    {{116.8, 80, 226, 50, 119.72, 78, 227, 10}, "226 A is more than the 225 A"},
    {{790, 80, 100, 50, 800, 78, 110, 10}, "more than the 54000 W"},
    {{116.8, 80, 50, 50, 809, 78, 56, 10}, "beyond the 808 V"},
    {{NAN, 80, 50, 50, 119.72, 78, 56, 10}, "is none"},
    {{116.8, 80, 50, 50, INFINITY, 78, 56, 10}, "is none"},
    {{116.8, 80, -50, 50, 119.72, 78, 56, 10}, "is none"},
};

START_TEST (limits_that_do_not_stand_in_order_are_refused)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_it6000c_check_limits (&pl_it6000c_models[0], &refused[_i].limits, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, refused[_i].word) != NULL, "%s", error->message);
}
END_TEST

START_TEST (the_usual_limits_are_taken)
{
	PlSupplyLimits no_floor = usual;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_it6000c_check_limits (&pl_it6000c_models[0], &usual, &error), error);
	no_floor.voltage_min_v = no_floor.uvp_v = 0;
	ck_assert_ok (pl_it6000c_check_limits (&pl_it6000c_models[0], &no_floor, &error), error);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("it6000c-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_test (tcase, the_identity_found_on_hardware_is_read);
	tcase_add_loop_test (tcase, an_identity_with_an_empty_or_missing_field_is_none, 0,
			     G_N_ELEMENTS (no_identities));
	tcase_add_test (tcase, ratings_come_from_the_table_or_else_from_the_name);
	tcase_add_loop_test (tcase, a_name_that_is_not_of_the_series_is_a_configuration_error, 0,
			     G_N_ELEMENTS (no_models));
	tcase_add_test (tcase, switches_status_and_errors_are_read_strictly);
	tcase_add_test (tcase, rounding_to_steps_never_makes_a_limit_looser);
	tcase_add_test (tcase, a_trip_is_named_with_what_to_do);
	tcase_add_loop_test (tcase, limits_that_do_not_stand_in_order_are_refused, 0,
			     G_N_ELEMENTS (refused));
	tcase_add_test (tcase, the_usual_limits_are_taken);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
