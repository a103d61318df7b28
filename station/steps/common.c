/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The longest that a main contactor may take through pre-charge: maker's 5 s with margin, plant default. */
#define CONTACTOR_MAX_S 8.0

gboolean
pl_reg_get (PlInstrument *instrument, const char *name, double *ret, GError **error)
{
	return instrument->ops.registers->read (instrument, name, ret, 1, error);
}

gboolean
pl_reg_get_n (PlInstrument *instrument, const char *name, double *ret, guint n, GError **error)
{
	return instrument->ops.registers->read (instrument, name, ret, n, error);
}

gboolean
pl_reg_set (PlInstrument *instrument, const char *name, double value, GError **error)
{
	return instrument->ops.registers->write (instrument, name, value, error);
}

gboolean
pl_daq_get_n (PlInstrument *daq, const char *channels, double *ret, guint n, GError **error)
{
	const char *names[] = {channels, NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

	if (!daq->ops.daq->measure (daq, names, values, NULL, error))
		return FALSE;
	if (values->len != n) {
		g_set_error (
		    error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
		    "the DAQ has %u channels named %s, %u are needed: correct the bench file",
		    values->len, channels, n);
		return FALSE;
	}
	memcpy (ret, values->data, n * sizeof (double));
	return TRUE;
}

gboolean
pl_daq_get (PlInstrument *daq, const char *channel, double *ret, char **ret_raw, GError **error)
{
	const char *names[] = {channel, NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

	if (!daq->ops.daq->measure (daq, names, values, ret_raw, error))
		return FALSE;
	g_return_val_if_fail (values->len == 1, FALSE);
	*ret = g_array_index (values, double, 0);
	return TRUE;
}

/* -- switching with undo ---------------------------------------------------------------------------------- */

typedef struct {
	PlInstrument *instrument;
	char *name;
	double safe;
} Switch;

static void
switch_free (gpointer data)
{
	Switch *s = data;

	g_free (s->name);
	g_free (s);
}

static gboolean
switch_back (gpointer data, GError **error)
{
	Switch *s = data;

	return pl_reg_set (s->instrument, s->name, s->safe, error);
}

gboolean
pl_step_switch (PlStepContext *context, PlInstrument *instrument, const char *name, double value,
		double safe, GError **error)
{
	Switch *s = g_new0 (Switch, 1);
	g_autofree char *what = g_strdup_printf ("%s %s back to %g", instrument->name, name, safe);

	s->instrument = instrument;
	s->name = g_strdup (name);
	s->safe = safe;
	pl_step_push_undo (context, what, switch_back, s, switch_free);
	return pl_reg_set (instrument, name, value, error);
}

gboolean
pl_step_await (PlStepContext *context, PlInstrument *instrument, const char *name, double value,
	       double max_s, const char *what, GError **error)
{
	double began = pl_step_elapsed (context), now = 0;

	for (;;) {
		if (!pl_reg_get (instrument, name, &now, error))
			return FALSE;
		if (fabs (now - value) < 1e-9)
			return TRUE;
		if (pl_step_elapsed (context) - began > max_s)
			break;
		if (!pl_step_wait (context, 0.1, error))
			return FALSE;
	}
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		     "%s: %s still reads %g instead of %g after %.1f s", what, name, now, value,
		     max_s);
	return FALSE;
}

static gboolean
open_contactor (gpointer data, GError **error)
{
	return pl_reg_set (data, "contactor", 0, error);
}

gboolean
pl_step_close_contactor (PlStepContext *context, PlInstrument *bms, GError **error)
{
	return pl_step_energise (context, "pack terminals (main contactor closed)", open_contactor,
				 bms, error) &&
	       pl_reg_set (bms, "contactor", 1, error) &&
	       pl_step_await (context, bms, "main_aux", 1, CONTACTOR_MAX_S,
			      "closing the main contactor", error);
}

/* -- supply ----------------------------------------------------------------------------------------------- */

const PlParam pl_supply_params[] = {
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

/* Protections stand 2.5 % outside the working limits (reference: 2-3 % outside, armed before output on). */
void
pl_step_supply_limits (PlStepContext *context, double current_a, PlSupplyLimits *ret)
{
	double high = pl_step_number (context, "voltage_max_v"),
	       low = pl_step_number (context, "voltage_min_v");

	*ret = (PlSupplyLimits){
	    .voltage_max_v = high,
	    .voltage_min_v = low,
	    .charge_max_a = current_a,
	    .discharge_max_a = current_a,
	    .ovp_v = high * 1.025,
	    .uvp_v = low * 0.975,
	    .ocp_a = current_a * 1.1 + 1,
	    .watchdog_s = pl_step_number (context, "watchdog_s"),
	};
}

static gboolean
supply_off (gpointer data, GError **error)
{
	PlInstrument *supply = data;

	return supply->make_safe (supply, error);
}

gboolean
pl_step_connect_supply (PlStepContext *context, PlInstrument *supply, const PlSupplyLimits *limits,
			GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	if (plc == NULL || !supply->ops.supply->arm (supply, limits, error))
		return FALSE;
	return pl_step_switch (context, plc, "load_relay", 1, 0, error) &&
	       pl_step_energise (context, "supply output on the pack", supply_off, supply, error) &&
	       supply->ops.supply->set_current (supply, 0, error) &&
	       supply->ops.supply->output (supply, TRUE, error);
}

/* -- numbers ---------------------------------------------------------------------------------------------- */

static int
compare_doubles (const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
pl_median (const double *values, guint n)
{
	g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);

	g_return_val_if_fail (n > 0, NAN);
	qsort (sorted, n, sizeof *sorted, compare_doubles);
	return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double
pl_minimum (const double *values, guint n)
{
	double least = NAN;

	for (guint i = 0; i < n; i++)
		least = fmin (least, values[i]);
	return least;
}

double
pl_maximum (const double *values, guint n)
{
	double most = NAN;

	for (guint i = 0; i < n; i++)
		most = fmax (most, values[i]);
	return most;
}

double
pl_total (const double *values, guint n)
{
	double total = 0;

	for (guint i = 0; i < n; i++)
		total += values[i];
	return total;
}
