/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The longest that a main contactor may take through pre-charge: maker's 5 s with margin, plant
 * default. */
#define CONTACTOR_MAX_S 8.0

/* A driver gives numbers or an error; what is neither must not slip through a comparison. */
static gboolean
all_numbers (PlInstrument *instrument, const char *name, const double *values, guint n,
	     GError **error)
{
	for (guint i = 0; i < n; i++) {
		if (isfinite (values[i]))
			continue;
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "value %u of %s that the %s gave is no number", i + 1, name,
			     instrument->name);
		return FALSE;
	}
	return TRUE;
}

gboolean
pl_reg_get (PlInstrument *instrument, const char *name, double *ret, GError **error)
{
	return pl_reg_get_n (instrument, name, ret, 1, error);
}

gboolean
pl_reg_get_n (PlInstrument *instrument, const char *name, double *ret, guint n, GError **error)
{
	return instrument->ops.registers->read (instrument, name, ret, n, error) &&
	       all_numbers (instrument, name, ret, n, error);
}

gboolean
pl_reg_set (PlInstrument *instrument, const char *name, double value, GError **error)
{
	return instrument->ops.registers->write (instrument, name, value, error);
}

gboolean
pl_daq_read (PlInstrument *daq, const char *const *names, double *ret, guint n, char **ret_raw,
	     GError **error)
{
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
	g_autofree char *raw = NULL, *all = g_strjoinv (" ", (char **)names);

	if (!daq->ops.daq->measure (daq, names, values, &raw, error))
		return FALSE;
	if (values->len != n) {
		g_set_error (
		    error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
		    "the DAQ has %u channels named %s, %u are needed: correct the bench file",
		    values->len, all, n);
		return FALSE;
	}
	memcpy (ret, values->data, n * sizeof (double));
	if (ret_raw != NULL)
		*ret_raw = g_steal_pointer (&raw);
	return all_numbers (daq, all, ret, n, error);
}

gboolean
pl_daq_get_n (PlInstrument *daq, const char *channels, double *ret, guint n, char **ret_raw,
	      GError **error)
{
	const char *names[] = {channels, NULL};

	return pl_daq_read (daq, names, ret, n, ret_raw, error);
}

gboolean
pl_daq_get (PlInstrument *daq, const char *channel, double *ret, char **ret_raw, GError **error)
{
	return pl_daq_get_n (daq, channel, ret, 1, ret_raw, error);
}

/* -- switching with undo ----------------------------------------------------------------------- */

typedef struct {
	PlInstrument *instrument;
	char *name;
	double safe;
} Switch;

/* The name is copied: routes are put together on the stack. */
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

/* Pushed before it is written: a write that failed half-way has its undo, too. */
gboolean
pl_step_switch (PlStepContext *context, PlInstrument *instrument, const char *name, double value,
		double safe, GError **error)
{
	Switch *s = g_new0 (Switch, 1);
	g_autofree char *what =
	    g_strdup_printf ("set %s %s back to %g", instrument->name, name, safe);

	s->instrument = instrument;
	s->name = g_strdup (name);
	s->safe = safe;
	pl_step_push_undo (context, what, switch_back, s, switch_free);
	return pl_reg_set (instrument, name, value, error);
}

/* Asked once more after the time is over, so that the last answer decides, not the clock. */
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

/* The command's register is read back; whether the contacts obey is what the contactor step tests.
 */
static gboolean
open_contactor (gpointer data, GError **error)
{
	return pl_reg_set (data, "contactor", 0, error);
}

/* A BMS that knows why its contactor does not close has found the pack's defect. TRUE = it does not
 * know. */
static gboolean
knows_no_defect (PlInstrument *bms, GError **error)
{
	static const char *const defects[] = {"pre-charge does not bring the terminals up",
					      "the main contact does not follow its coil",
					      "a contact is welded"};
	double bits;

	if (bms->ops.registers->count (bms, "contactor_fault") == 0)
		return TRUE;
	if (!pl_reg_get (bms, "contactor_fault", &bits, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS (defects); i++)
		if ((guint)bits >> i & 1) {
			g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
				     "the main contactor does not close, and the BMS says: %s",
				     defects[i]);
			return FALSE;
		}
	return TRUE;
}

/* Through the BMS's own pre-charge: closing onto the fixture's capacitors would weld it. */
gboolean
pl_step_close_contactor (PlStepContext *context, PlInstrument *bms, GError **error)
{
	g_autoptr (GError) open = NULL;

	if (!pl_step_energise (context, "pack terminals (main contactor closed)", open_contactor,
			       bms, error) ||
	    !pl_reg_set (bms, "contactor", 1, error))
		return FALSE;
	if (pl_step_await (context, bms, "main_aux", 1, CONTACTOR_MAX_S,
			   "closing the main contactor", &open))
		return TRUE;
	if (!g_error_matches (open, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE) ||
	    knows_no_defect (bms, error))
		g_propagate_error (error, g_steal_pointer (&open));
	return FALSE;
}

/* -- supply ------------------------------------------------------------------------------------ */

/* Protections stand 2.5 % outside the working limits (reference: 2-3 % outside, armed before output
 * on). */
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

/* The driver proves it by reading the output's state back. */
static gboolean
supply_off (gpointer data, GError **error)
{
	PlInstrument *supply = data;

	return supply->make_safe (supply, error);
}

/* Armed before the relay, at 0 A before the output: nothing flows until the step asks for it. */
gboolean
pl_step_connect_supply (PlStepContext *context, PlInstrument *supply, const PlSupplyLimits *limits,
			GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	if (plc == NULL || !supply->ops.supply->arm (supply, limits, error))
		return FALSE;
	/* what the PLC did while the supply was armed, which takes long on a slow line */
	return pl_reg_set (plc, "discharge", 0, error) &&
	       pl_step_switch (context, plc, "load_relay", 1, 0, error) &&
	       pl_step_energise (context, "supply output on the pack", supply_off, supply, error) &&
	       supply->ops.supply->set_current (supply, 0, error) &&
	       supply->ops.supply->output (supply, TRUE, error);
}

gboolean
pl_step_borrow_meters (PlStepContext *context, PlPackMeters *ret, GError **error)
{
	return (ret->bms = pl_step_borrow (context, PL_ROLE_BMS, error)) != NULL &&
	       (ret->daq = pl_step_borrow (context, PL_ROLE_DAQ, error)) != NULL &&
	       (ret->supply = pl_step_borrow (context, PL_ROLE_SUPPLY, error)) != NULL;
}

/* The contactor first: through its pre-charge, and not onto a supply's charged output. */
gboolean
pl_step_connect_pack (PlStepContext *context, const PlPackMeters *m, double current_a,
		      GError **error)
{
	PlSupplyLimits limits;

	pl_step_supply_limits (context, current_a, &limits);
	return pl_step_close_contactor (context, m->bms, error) &&
	       pl_step_connect_supply (context, m->supply, &limits, error);
}

/* The supply counts silence in its own time; a reading is what it hears. */
gboolean
pl_step_wait_fed (PlStepContext *context, PlInstrument *supply, double seconds, GError **error)
{
	double end = pl_step_elapsed (context) + seconds, left;
	PlSupplyReading reading;

	while ((left = end - pl_step_elapsed (context)) > PL_NO_TIME_S)
		if (!pl_step_wait (context, MIN (left, 1), error) ||
		    !supply->ops.supply->read (supply, &reading, error))
			return FALSE;
	return TRUE;
}

gboolean
pl_step_still (PlInstrument *plc, const char *name, double value, GError **error)
{
	double now;

	if (!pl_reg_get (plc, name, &now, error))
		return FALSE;
	if (fabs (now - value) < 0.5)
		return TRUE;
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
	    "%s of the %s reads %g, the step had set %g: it fell off meanwhile, as it does "
	    "when the station is silent for too long; repeat the step",
	    name, plc->name, now, value);
	return FALSE;
}

gboolean
pl_step_supply_held (PlStepContext *context, GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	return plc != NULL && pl_step_still (plc, "load_relay", 1, error) &&
	       pl_step_still (plc, "discharge", 0, error);
}

/* -- numbers ----------------------------------------------------------------------------------- */

static int
compare_doubles (const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A reading that is missing leaves nothing to say of all of them. */
static gboolean
any_missing (const double *values, guint n)
{
	for (guint i = 0; i < n; i++)
		if (isnan (values[i]))
			return TRUE;
	return n == 0;
}

double
pl_median (const double *values, guint n)
{
	g_autofree double *sorted = g_memdup2 (values, n * sizeof *values);

	if (any_missing (values, n))
		return NAN;
	qsort (sorted, n, sizeof *sorted, compare_doubles);
	return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double
pl_minimum (const double *values, guint n)
{
	double least = INFINITY;

	for (guint i = 0; i < n; i++)
		least = MIN (least, values[i]);
	return any_missing (values, n) ? NAN : least;
}

double
pl_maximum (const double *values, guint n)
{
	double most = -INFINITY;

	for (guint i = 0; i < n; i++)
		most = MAX (most, values[i]);
	return any_missing (values, n) ? NAN : most;
}

double
pl_total (const double *values, guint n)
{
	double total = 0;

	for (guint i = 0; i < n; i++)
		total += values[i];
	return n > 0 ? total : NAN;
}

gboolean
pl_step_check_flow (double measured_a, double set_a, GError **error)
{
	if (measured_a * set_a > 0 && fabs (measured_a) >= fabs (set_a) / 2)
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		     "the shunt reads %.2f A with %.2f A set: check the fixture's current path and "
		     "the sense of the shunt",
		     measured_a, set_a);
	return FALSE;
}
