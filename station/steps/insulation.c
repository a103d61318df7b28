/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/* Insulation resistance of each route, with the BMS's own insulation monitor proved off. */

static gboolean
judge_route (PlStepContext *context, const char *route, const PlHipotReading *reading,
	     GError **error)
{
	g_autofree char *name = g_strdup_printf ("resistance_ohm_%s", route);
	const PlLimit *limit = pl_step_limit (context, name);
	PlInstrument *hipot = pl_step_borrow (context, PL_ROLE_HIPOT, error);

	if (hipot == NULL)
		return FALSE;
	if (reading->over && limit != NULL && !isnan (limit->max)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "%s is beyond the tester's range (reply \"%s\"): it cannot be held "
			     "against a max of %g ohm",
			     name, reading->raw, limit->max);
		return FALSE;
	}
	return pl_step_hipot_agrees (
	    pl_step_measure (context, name, reading->value, hipot, reading->raw), reading, route,
	    error);
}

static gboolean
measure_route (PlStepContext *context, const char *route, GError **error)
{
	PlHipotSetup setup = {
	    .mode = PL_HIPOT_IR,
	    .level = pl_step_number (context, "voltage_v"),
	    .limit_low = pl_step_number (context, "tester_limit_ohm"),
	    .test_s = pl_step_number (context, "time_s"),
	};
	PlHipotReading reading = {0};

	/* every route makes itself safe, which switches the monitor on again */
	return pl_step_monitor_off (context, error) &&
	       pl_step_hipot (context, route, &setup, &reading, error) &&
	       judge_route (context, route, &reading, error);
}

static gboolean
run_insulation (PlStepContext *context, GError **error)
{
	g_auto (GStrv) routes = pl_step_list (context, "routes");

	for (guint i = 0; routes[i] != NULL; i++) {
		pl_step_progress (context, (double)i / g_strv_length (routes), routes[i]);
		if (!measure_route (context, routes[i], error))
			return FALSE;
	}
	return TRUE;
}

static const PlParam params[] = {
    {"routes", PL_PARAM_TEXT_LIST, FALSE, 0, 0, "pos-chassis\nneg-chassis\ncomms-chassis",
     pl_route_words, "what is measured against what"},
    {"voltage_v", PL_PARAM_NUMBER, FALSE, 50, 1000, "500", NULL, "test voltage, dc"},
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 999, "60", NULL, "test time"},
    {"tester_limit_ohm", PL_PARAM_NUMBER, FALSE, 1e6, 9.999e9, "1e6", NULL,
     "the tester's own low limit"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"resistance_ohm_*", "ohm", TRUE, FALSE, 0, 1e13, "insulation resistance of a route", "routes"},
    {NULL},
};

static const char *const columns[] = {"voltage_v", "resistance_ohm", NULL};

const PlStepType pl_step_insulation = {
    .name = "insulation",
    .title = "Insulation resistance",
    .params = params,
    .measures = measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_PLC) | PL_ROLE_BIT (PL_ROLE_DAQ) |
	     PL_ROLE_BIT (PL_ROLE_BMS),
    .high_voltage = TRUE,
    .weight = 20,
    .run = run_insulation,
};
