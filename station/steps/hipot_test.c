/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"

/* What ground bond, insulation and withstand tests share: one test on one route, from commit to proof. */

/* EN 50191: below 60 V dc a fixture may be touched. */
#define TOUCH_LIMIT_V 60.0
/* Longest wait for the fixture to discharge through the relay: plant default; R*C*ln(V/60) is far below. */
#define DISCHARGE_MAX_S 20.0
/* Between two looks at the tester while it runs. */
#define LOOK_S 0.1

const char *const pl_route_words[] = {
    "pos-chassis", "neg-chassis", "comms-chassis", "hv-lv", "hv-chassis", "ground-bond", NULL};

static double
route_value (const char *route)
{
	for (guint i = 0; pl_route_words[i] != NULL; i++)
		if (g_str_equal (pl_route_words[i], route))
			return i + 1;
	g_return_val_if_reached (0);
}

static gboolean
tester_off (gpointer data, GError **error)
{
	PlInstrument *hipot = data;

	return hipot->ops.hipot->stop (hipot, error);
}

static gboolean
is_over (PlHipotState state)
{
	return state != PL_HIPOT_RAMP && state != PL_HIPOT_TEST;
}

/* A first reply may still be of the state before: three looks in a row must say that nothing runs. */
static gboolean
watch_test (PlStepContext *context, PlInstrument *hipot, const char *curve,
	    const PlHipotSetup *setup, PlHipotReading *ret, GError **error)
{
	double patience = setup->ramp_s + setup->test_s + 10, began = pl_step_elapsed (context);

	for (;;) {
		double values[2];

		if (!pl_step_wait (context, LOOK_S, error) ||
		    !hipot->ops.hipot->read (hipot, ret, error))
			return FALSE;
		values[0] = ret->level;
		values[1] = ret->value;
		if (!pl_step_sample (context, curve, "level value", values, 2, error))
			return FALSE;
		if (is_over (ret->state))
			return TRUE;
		if (pl_step_elapsed (context) - began > patience)
			break;
	}
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
	    "the %s test on %s is still running %.0f s after its start; it was set to %.1f s",
	    hipot->name, curve, patience, setup->ramp_s + setup->test_s);
	return FALSE;
}

static gboolean
discharge (PlStepContext *context, PlInstrument *plc, GError **error)
{
	PlInstrument *daq = pl_step_borrow (context, PL_ROLE_DAQ, error);
	double volts = 0;

	if (daq == NULL || !pl_step_switch (context, plc, "discharge", 1, 0, error))
		return FALSE;
	return pl_safety_prove_discharged (daq, pl_step_clock (context), TOUCH_LIMIT_V,
					   DISCHARGE_MAX_S, &volts, error);
}

static gboolean
energise_and_watch (PlStepContext *context, const char *route, PlInstrument *hipot,
		    PlInstrument *plc, const PlHipotSetup *setup, PlHipotReading *ret,
		    GError **error)
{
	g_autofree char *what = g_strdup_printf ("hipot output, %g %s on %s", setup->level,
						 setup->mode == PL_HIPOT_GB ? "A" : "V", route);

	return pl_step_switch (context, plc, "hv_route", route_value (route), 0, error) &&
	       hipot->ops.hipot->setup (hipot, setup, error) &&
	       pl_step_energise (context, what, tester_off, hipot, error) &&
	       pl_step_switch (context, plc, "hv_enable", 1, 0, error) &&
	       pl_step_await (context, plc, "interlock_ok", 1, 2, "enabling high voltage", error) &&
	       hipot->ops.hipot->start (hipot, error) &&
	       watch_test (context, hipot, route, setup, ret, error) &&
	       hipot->ops.hipot->stop (hipot, error);
}

gboolean
pl_step_hipot (PlStepContext *context, const char *route, const PlHipotSetup *setup,
	       PlHipotReading *ret, GError **error)
{
	PlInstrument *hipot = pl_step_borrow (context, PL_ROLE_HIPOT, error);
	PlInstrument *plc = hipot != NULL ? pl_step_borrow (context, PL_ROLE_PLC, error) : NULL;
	g_autoptr (GError) wrong = NULL, live = NULL;
	gboolean ok;

	if (plc == NULL)
		return FALSE;
	pl_step_event (context, "hipot", "%g %s on %s for %g s", setup->level,
		       setup->mode == PL_HIPOT_GB ? "A" : "V", route, setup->test_s);
	ok = energise_and_watch (context, route, hipot, plc, setup, ret, &wrong);
	if (!ok)
		tester_off (hipot, NULL); /* at once; the step's end proves it again */
	if (!discharge (context, plc, &live)) {
		if (wrong == NULL)
			wrong = g_steal_pointer (&live);
		else
			g_warning ("%s", live->message);
		ok = FALSE;
	}
	if (!pl_step_make_safe (context, ok ? &wrong : NULL))
		ok = FALSE;
	if (!ok && wrong != NULL)
		g_propagate_error (error, g_steal_pointer (&wrong));
	return ok;
}
