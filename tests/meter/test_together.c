/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_hioki_bt3560;
extern const PlSimType pl_sim_hioki_bt3560;

/* Driver and simulator, each knowing only the other's bytes. _i: the model. */
static const char *const models[] = {"BT3561A", "BT3562A", "BT3563A"};
static Rig *rig;

static void
open_model (guint i)
{
	g_autoptr (GHashTable) settings = settings_of ("model", models[i], NULL);

	rig = rig_new (&pl_sim_hioki_bt3560, &pl_driver_hioki_bt3560, PL_ROLE_METER, settings);
}

static void
tear_down (void)
{
	rig_free (rig);
}

static gboolean
set_up_for (double ohm, GError **error)
{
	return rig->instrument->ops.meter->setup (rig->instrument, ohm, error);
}

static PlMeterReading
read_one (void)
{
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (rig->instrument->ops.meter->read (rig->instrument, &reading, &error), error);
	return reading;
}

static void
act (const char *words)
{
	g_autofree char *said = NULL;

	g_mutex_lock (&rig->lock);
	ck_assert_msg (rig->type->act (rig->sim, words, &said), "%s", said);
	g_mutex_unlock (&rig->lock);
}

START_TEST (each_cell_reads_its_own_voltage_and_resistance)
{
	g_autoptr (GError) error = NULL;

	open_model (_i);
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		rig->line->cell_v[i] = 3.2 + i / 1e3;
		rig->line->cell_ohm[i] = 0.15e-3 + i * 5e-6;
	}
	ck_assert_ok (set_up_for (0.2e-3, &error), error);
	for (guint i = 0; i < PL_LINE_CELLS; i += 7) {
		g_autofree char *words = g_strdup_printf ("probe %u", i + 1);
		PlMeterReading reading;

		act (words);
		reading = read_one ();
		ck_assert (!reading.open && !reading.over);
		ck_assert_double_eq_tol (reading.ocv_v, 3.2 + i / 1e3, 2e-5);
		/* a digit of the range: 0.1 uohm, or 1 in the model without the finest */
		ck_assert_double_eq_tol (reading.acir_ohm, 0.15e-3 + i * 5e-6,
					 _i == 0 ? 2e-6 : 2e-7);
	}
}
END_TEST

START_TEST (a_lifted_probe_and_a_swollen_cell_are_told_apart)
{
	g_autoptr (GError) error = NULL;
	PlMeterReading reading;

	open_model (_i);
	ck_assert_ok (set_up_for (0.2e-3, &error), error);
	act ("lift");
	reading = read_one ();
	ck_assert (reading.open && !reading.over && isnan (reading.ocv_v));
	act ("probe 3");
	rig->line->cell_ohm[2] = 40e-3;
	reading = read_one ();
	ck_assert (!reading.open && reading.over && isnan (reading.acir_ohm));
	ck_assert_double_eq_tol (reading.ocv_v, 3.25, 1e-4);
}
END_TEST

START_TEST (a_key_at_the_panel_or_a_power_failure_is_noticed_and_mended_by_setting_up)
{
	static const char *const causes[] = {"local", "off and on"};
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL, setup = NULL;

	open_model (1);
	ck_assert_ok (set_up_for (0.2e-3, &setup), setup);
	act (causes[_i]);
	ck_assert (!rig->instrument->ops.meter->read (rig->instrument, &reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REPORTED);
	ck_assert_ptr_nonnull (strstr (error->message, "execution error"));
	ck_assert_ok (set_up_for (0.2e-3, &setup), setup);
	ck_assert_double_eq_tol (read_one ().ocv_v, 3.25, 1e-4);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("meter-together");
	TCase *tcase = tcase_create ("together");

	tcase_add_checked_fixture (tcase, NULL, tear_down);
	tcase_add_loop_test (tcase, each_cell_reads_its_own_voltage_and_resistance, 0,
			     G_N_ELEMENTS (models));
	tcase_add_loop_test (tcase, a_lifted_probe_and_a_swollen_cell_are_told_apart, 0,
			     G_N_ELEMENTS (models));
	tcase_add_loop_test (
	    tcase, a_key_at_the_panel_or_a_power_failure_is_noticed_and_mended_by_setting_up, 0, 2);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
