/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>
#include <string.h>

/* What ground bond, insulation and withstand tests share: one test on one route, from commit to
 * proof. */

/* EN 50191: below 60 V dc a fixture may be touched. */
#define TOUCH_LIMIT_V 60.0
/* Longest wait for the fixture to discharge through the relay: plant default; R*C*ln(V/60) is far
 * below. */
#define DISCHARGE_MAX_S 20.0
/* Between two looks at the tester while it runs. */
#define LOOK_S 0.1
/* A first reply may still be of the state before: that many looks in a row must say that nothing
 * runs. */
#define LOOKS_AT_REST 3
/* A test that reached less of its level, or lasted less of its time, was not this test. */
#define LEVEL_SHARE 0.9
#define TIME_SHARE 0.9
/* The tester rounds what it shows. */
#define ROUNDING 0.02

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

/* Units in the names: what may be watched differs by mode. */
static const char *
columns_of (PlHipotMode mode)
{
	switch (mode) {
	case PL_HIPOT_IR:
		return "voltage_v resistance_ohm";
	case PL_HIPOT_GB:
		return "current_a resistance_ohm";
	default:
		return "voltage_v leakage_a";
	}
}

const char *
pl_hipot_judgement (PlHipotState state)
{
	switch (state) {
	case PL_HIPOT_PASS:
		return "none";
	case PL_HIPOT_FAIL_BREAKDOWN:
		return "breakdown";
	case PL_HIPOT_FAIL_HIGH:
		return "above the tester's limit";
	case PL_HIPOT_FAIL_LOW:
		return "below the tester's limit";
	default:
		return "no judgement";
	}
}

static gboolean G_GNUC_PRINTF (3, 4)
    cannot_judge (GError **error, const PlHipotReading *reading, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE, "%s (last reply \"%s\")",
		     text, reading->raw);
	return FALSE;
}

gboolean
pl_step_hipot_agrees (PlVerdict ours, const PlHipotReading *reading, const char *route,
		      GError **error)
{
	return ours != PL_VERDICT_PASS || reading->state == PL_HIPOT_PASS ||
	       cannot_judge (error, reading,
			     "the tester judged %s on %s, but its value is within the recipe's "
			     "limit: it contradicts itself",
			     pl_hipot_judgement (reading->state), route);
}

/* Idempotent, and proved by the driver. */
static gboolean
tester_off (gpointer data, GError **error)
{
	PlInstrument *hipot = data;

	return hipot->ops.hipot->stop (hipot, error);
}

/* -- watching it ------------------------------------------------------------------------------- */

typedef struct {
	const PlHipotSetup *setup;
	const char *route;
	double began, highest; /* highest level while it ran */
	gboolean ran; /* it has been seen running */
	guint at_rest; /* looks in a row that saw nothing running */
} Watch;

/* The ramp is under voltage, too. */
static gboolean
is_running (PlHipotState state)
{
	return state == PL_HIPOT_RAMP || state == PL_HIPOT_TEST;
}

static gboolean
is_judged (PlHipotState state)
{
	return !is_running (state) && state != PL_HIPOT_IDLE && state != PL_HIPOT_STOPPED;
}

static gboolean
look (PlStepContext *context, PlInstrument *hipot, Watch *w, PlHipotReading *ret, GError **error)
{
	double values[2];

	if (!pl_step_wait (context, LOOK_S, error) || !hipot->ops.hipot->read (hipot, ret, error))
		return FALSE;
	values[0] = ret->level;
	values[1] = ret->value;
	w->ran |= is_running (ret->state);
	w->at_rest = is_running (ret->state) ? 0 : w->at_rest + 1;
	/* what is shown before it runs may be the test before; what is shown at rest is nothing */
	if (!w->ran || !(is_running (ret->state) || is_judged (ret->state)))
		return TRUE;
	w->highest = MAX (w->highest, ret->level);
	return pl_step_sample (context, w->route, columns_of (w->setup->mode), values, 2, error);
}

/* A test that never ends has to be ended by somebody: ten seconds after it should have. */
static gboolean
watch_test (PlStepContext *context, PlInstrument *hipot, Watch *w, PlHipotReading *ret,
	    GError **error)
{
	double patience = w->setup->ramp_s + w->setup->test_s + 10;

	do {
		if (!look (context, hipot, w, ret, error))
			return FALSE;
		if (is_judged (ret->state) && (w->ran || w->at_rest >= LOOKS_AT_REST))
			return TRUE;
		if (w->at_rest >= LOOKS_AT_REST)
			return cannot_judge (error, ret, "the test on %s ended without a judgement",
					     w->route);
	} while (pl_step_elapsed (context) - w->began < patience);
	return cannot_judge (
	    error, ret,
	    "the test on %s is still running %.0f s after its start; it was set to %.1f s",
	    w->route, patience, w->setup->ramp_s + w->setup->test_s);
}

/* A PASS is believed only of the test that was asked for. */
static gboolean
believe (PlStepContext *context, const Watch *w, const PlHipotReading *reading, GError **error)
{
	const PlHipotSetup *setup = w->setup;
	double lasted = pl_step_elapsed (context) - w->began;

	if (reading->state != PL_HIPOT_PASS)
		return TRUE;
	if (!w->ran)
		return cannot_judge (error, reading,
				     "the tester says PASS on %s, but was never seen testing",
				     w->route);
	if (lasted < setup->test_s * TIME_SHARE)
		return cannot_judge (error, reading,
				     "the tester says PASS on %s after %.2f s of %.2f s", w->route,
				     lasted, setup->test_s);
	if (w->highest < setup->level * LEVEL_SHARE)
		return cannot_judge (
		    error, reading, "the tester says PASS on %s, but reached %.4g of %.4g %s",
		    w->route, w->highest, setup->level, setup->mode == PL_HIPOT_GB ? "A" : "V");
	if ((setup->limit_high > 0 && reading->value > setup->limit_high * (1 + ROUNDING)) ||
	    (setup->limit_low > 0 && reading->value < setup->limit_low * (1 - ROUNDING)))
		return cannot_judge (
		    error, reading,
		    "the tester says PASS on %s with %.4g, beyond its own limit of %.4g .. %.4g",
		    w->route, reading->value, setup->limit_low, setup->limit_high);
	return TRUE;
}

/* -- the whole of it --------------------------------------------------------------------------- */

/* The relay stays closed on what could not be proved discharged. */
static gboolean
discharge (PlStepContext *context, PlInstrument *plc, GError **error)
{
	PlInstrument *daq = pl_step_borrow (context, PL_ROLE_DAQ, error);
	double volts = 0;

	return pl_reg_set (plc, "discharge", 1, error) && daq != NULL &&
	       pl_safety_prove_discharged (daq, pl_step_clock (context), TOUCH_LIMIT_V,
					   DISCHARGE_MAX_S, &volts, error) &&
	       pl_reg_set (plc, "discharge", 0, error);
}

/* An open circuit looks like perfect insulation: what was tested must still have been connected at
 * the end. */
static gboolean
still_connected (PlStepContext *context, const char *route, PlInstrument *plc,
		 const PlHipotReading *reading, GError **error)
{
	double now, enabled;

	if (!pl_reg_get (plc, "hv_route", &now, error) ||
	    !pl_reg_get (plc, "hv_enable", &enabled, error))
		return FALSE;
	if (fabs (now - route_value (route)) < 0.5 && enabled > 0.5)
		return TRUE;
	return cannot_judge (error, reading,
			     "the fixture dropped the tester's route to %s while it was testing "
			     "(hv_route %g, hv_enable %g)",
			     route, now, enabled);
}

static gboolean
energise_and_watch (PlStepContext *context, const char *route, PlInstrument *hipot,
		    PlInstrument *plc, const PlHipotSetup *setup, PlHipotReading *ret,
		    GError **error)
{
	g_autofree char *what = g_strdup_printf ("hipot output, %g %s on %s", setup->level,
						 setup->mode == PL_HIPOT_GB ? "A" : "V", route);
	Watch w = {.setup = setup, .route = route};

	/* set up first: the tester takes seconds for it, in which the PLC would drop the route */
	if (!hipot->ops.hipot->setup (hipot, setup, error) ||
	    !pl_reg_set (plc, "discharge", 0, error) ||
	    !pl_step_switch (context, plc, "hv_route", route_value (route), 0, error) ||
	    !pl_step_energise (context, what, tester_off, hipot, error) ||
	    !pl_step_switch (context, plc, "hv_enable", 1, 0, error) ||
	    !pl_step_await (context, plc, "interlock_ok", 1, 2, "enabling high voltage", error) ||
	    !hipot->ops.hipot->start (hipot, error))
		return FALSE;
	w.began = pl_step_elapsed (context);
	return watch_test (context, hipot, &w, ret, error) && believe (context, &w, ret, error) &&
	       still_connected (context, route, plc, ret, error) &&
	       hipot->ops.hipot->stop (hipot, error);
}

/* The first trouble is the one to tell; those behind it go to the log. */
static void
keep_first (GError **first, GError *next)
{
	if (next == NULL)
		return;
	if (*first == NULL) {
		*first = next;
		return;
	}
	g_warning ("after another failure: %s", next->message);
	g_error_free (next);
}

gboolean
pl_step_hipot (PlStepContext *context, const char *route, const PlHipotSetup *setup,
	       PlHipotReading *ret, GError **error)
{
	PlInstrument *hipot = pl_step_borrow (context, PL_ROLE_HIPOT, error);
	PlInstrument *plc = hipot != NULL ? pl_step_borrow (context, PL_ROLE_PLC, error) : NULL;
	GError *first = NULL, *next = NULL;

	if (plc == NULL)
		return FALSE;
	pl_step_event (context, "hipot", "%g %s on %s for %g s", setup->level,
		       setup->mode == PL_HIPOT_GB ? "A" : "V", route, setup->test_s);
	if (!energise_and_watch (context, route, hipot, plc, setup, ret, &first)) {
		tester_off (hipot, &next); /* at once; what follows proves it again */
		keep_first (&first, g_steal_pointer (&next));
	}
	pl_reg_set (plc, "hv_enable", 0, &next);
	keep_first (&first, g_steal_pointer (&next));
	discharge (context, plc, &next);
	keep_first (&first, g_steal_pointer (&next));
	pl_step_make_safe (context, &next);
	keep_first (&first, g_steal_pointer (&next));
	if (first == NULL)
		return TRUE;
	g_propagate_error (error, first);
	return FALSE;
}
