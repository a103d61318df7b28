/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/afe.h"
#include "station/steps/common.h"

/*
 * Insulation resistance of each route. The BMS's own insulation monitor loads the network (100 kohm class), so
 * it is switched off and proved off first (GB 38031-2025: monitor off or disconnected).
 */
static gboolean
monitor_off (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	g_autoptr (GError) silent = NULL;
	double outputs = 0;

	if (bms == NULL)
		return FALSE;
	/* a pack without an application has no monitor running; the flash step comes later and judges that */
	if (!pl_reg_get (bms, "outputs", &outputs, &silent)) {
		pl_step_event (context, "insulation",
			       "the BMS does not answer (%s): its monitor cannot be on by command",
			       silent->message);
		return TRUE;
	}
	if (!pl_step_switch (context, bms, "insulation_monitor", 0, 1, error) ||
	    !pl_step_wait (context, 0.5, error) || !pl_reg_get (bms, "outputs", &outputs, error))
		return FALSE;
	if ((guint32)outputs & AFE_OUT_INSULATION_MONITOR) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "the BMS's insulation monitor is still on after it was switched off: "
			     "insulation cannot be judged");
		return FALSE;
	}
	return TRUE;
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
	g_autofree char *name = g_strdup_printf ("resistance_ohm_%s", route);
	PlHipotReading reading = {0};

	if (!pl_step_hipot (context, route, &setup, &reading, error))
		return FALSE;
	pl_step_measure (context, name, reading.value,
			 pl_step_borrow (context, PL_ROLE_HIPOT, NULL), reading.raw);
	return TRUE;
}

static gboolean
run_insulation (PlStepContext *context, GError **error)
{
	g_auto (GStrv) routes = pl_step_list (context, "routes");

	for (guint i = 0; routes[i] != NULL; i++) {
		pl_step_progress (context, (double)i / g_strv_length (routes), routes[i]);
		/* every route makes itself safe, which switches the monitor on again */
		if (!monitor_off (context, error) || !measure_route (context, routes[i], error))
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
    {"resistance_ohm_*", "ohm", FALSE, FALSE, 0, 1e13, "insulation resistance of a route"},
    {NULL},
};

const PlStepType pl_step_insulation = {
    .name = "insulation",
    .title = "Insulation resistance",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_PLC) | PL_ROLE_BIT (PL_ROLE_DAQ) |
	     PL_ROLE_BIT (PL_ROLE_BMS),
    .high_voltage = TRUE,
    .weight = 20,
    .run = run_insulation,
};
