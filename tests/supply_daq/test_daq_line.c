/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_keysight_daq;
extern const PlSimType pl_sim_keysight_daq;

/* Driver and simulator, each knowing only the other's bytes, on the documented wiring. _i: the
 * model. */
static const char *const models[] = {"DAQ970A", "34970A"};
static Rig *rig;

static void
open_model (guint i)
{
	g_autoptr (GHashTable) settings = settings_of (
	    "model", models[i], "cell*", "101-116,201-216 dcv", "surface*", "117-120 tc-t",
	    "ambient", "217 tc-t", "terminal", "218 dcv", "fixture", "219 dcv x1000", "shunt",
	    "220 dcv x2000", "stack", "301 dcv", "loose", "320 tc-t", "missing", "321 dcv", NULL);

	rig = rig_new (&pl_sim_keysight_daq, &pl_driver_keysight_daq, PL_ROLE_DAQ, settings);
}

static void
tear_down (void)
{
	rig_free (rig);
}

static GArray *
measure (const char *name, GError **error)
{
	const char *names[] = {name, NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

	if (!rig->instrument->ops.daq->measure (rig->instrument, names, values, NULL, error))
		return NULL;
	return g_steal_pointer (&values);
}

static double
measure_one (const char *name)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GArray) values = measure (name, &error);

	ck_assert_ok (values != NULL, error);
	ck_assert_uint_eq (values->len, 1);
	return g_array_index (values, double, 0);
}

START_TEST (every_named_channel_reads_its_own_wire)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GArray) cells = NULL, surfaces = NULL;

	open_model (_i);
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		rig->line->cell_v[i] = 3 + i / 100.0;
		rig->line->surface_degc[i] = 20 + i;
	}
	rig->line->fixture_v = 2093;
	rig->line->shunt_a = -50;
	rig->line->terminal_v = 0.4;
	cells = measure ("cell*", &error);
	ck_assert_ok (cells != NULL, error);
	ck_assert_uint_eq (cells->len, 32);
	for (guint i = 0; i < 32; i++)
		ck_assert_double_eq_tol (g_array_index (cells, double, i), 3 + i / 100.0, 1e-3);
	surfaces = measure ("surface*", &error);
	ck_assert_ok (surfaces != NULL, error);
	ck_assert_double_eq_tol (g_array_index (surfaces, double, 2), 41, 0.1);
	ck_assert_double_eq_tol (measure_one ("ambient"), 25, 0.1);
	ck_assert_double_eq_tol (measure_one ("fixture"), 2093, 0.5);
	ck_assert_double_eq_tol (measure_one ("shunt"), -50, 0.05);
	ck_assert_double_eq_tol (measure_one ("stack"), 104, 0.01);
	ck_assert_double_eq_tol (measure_one ("terminal"), 0.4, 1e-3);
}
END_TEST

START_TEST (a_channel_is_measured_anew_each_time_also_when_others_come_between)
{
	open_model (_i);
	for (guint i = 0; i < 5; i++) {
		rig->line->shunt_a = 10.0 * i;
		rig->line->stack_v = 100 + i;
		ck_assert_double_eq_tol (measure_one ("shunt"), 10.0 * i, 0.02);
		ck_assert_double_eq_tol (measure_one ("shunt"), 10.0 * i, 0.02);
		ck_assert_double_eq_tol (measure_one ("stack"), 100 + i, 0.01);
		ck_assert_double_eq_tol (measure_one ("ambient"), 25, 0.1);
	}
}
END_TEST

START_TEST (open_and_overloaded_inputs_are_errors_and_the_others_go_on)
{
	g_autoptr (GError) loose = NULL, stack = NULL;

	open_model (_i);
	ck_assert_ptr_null (measure ("loose", &loose));
	ck_assert_err (loose, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	rig->line->stack_v = 320;
	ck_assert_ptr_null (measure ("stack", &stack));
	ck_assert_err (stack, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	ck_assert_double_eq_tol (measure_one ("terminal"), 104, 0.01);
	rig->line->stack_v = 104;
	ck_assert_double_eq_tol (measure_one ("stack"), 104, 0.01);
}
END_TEST

START_TEST (a_channel_that_the_modules_do_not_have_is_reported_and_the_others_go_on)
{
	g_autoptr (GError) error = NULL, again = NULL;

	open_model (_i);
	ck_assert_ptr_null (measure ("missing", &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_msg (strstr (error->message, "channel number out of range") != NULL, "%s",
		       error->message);
	ck_assert_double_eq_tol (measure_one ("stack"), 104, 0.01);
	ck_assert_ptr_null (measure ("missing", &again));
	ck_assert_err (again, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("daq-line");
	TCase *tcase = tcase_create ("line");

	tcase_add_checked_fixture (tcase, NULL, tear_down);
	tcase_add_loop_test (tcase, every_named_channel_reads_its_own_wire, 0,
			     G_N_ELEMENTS (models));
	tcase_add_loop_test (tcase,
			     a_channel_is_measured_anew_each_time_also_when_others_come_between, 0,
			     G_N_ELEMENTS (models));
	tcase_add_loop_test (tcase, open_and_overloaded_inputs_are_errors_and_the_others_go_on, 0,
			     G_N_ELEMENTS (models));
	tcase_add_loop_test (
	    tcase, a_channel_that_the_modules_do_not_have_is_reported_and_the_others_go_on, 0,
	    G_N_ELEMENTS (models));
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
