/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"

/* Dielectric withstand of each route: no breakdown, leakage below the limit. */

static void
measure_route (PlStepContext *context, const char *route, const PlHipotReading *reading,
	       PlInstrument *by)
{
	g_autofree char *leakage = g_strdup_printf ("leakage_a_%s", route);
	g_autofree char *breakdown = g_strdup_printf ("breakdown_%s", route);
	g_autofree char *level = g_strdup_printf ("voltage_v_%s", route);

	if (reading->state != PL_HIPOT_PASS)
		pl_step_blame (context, "%s on %s at %.0f V", pl_hipot_judgement (reading->state),
			       route, reading->level);
	pl_step_measure_text (context, breakdown, pl_hipot_judgement (reading->state), by,
			      reading->raw);
	pl_step_measure (context, leakage, reading->value, by, reading->raw);
	pl_step_measure (context, level, reading->level, by, reading->raw);
}

static gboolean
withstand (PlStepContext *context, const char *route, gboolean *ret_stands, GError **error)
{
	gboolean dc = g_str_equal (pl_step_text (context, "mode"), "dc");
	PlHipotSetup setup = {
	    .mode = dc ? PL_HIPOT_DCW : PL_HIPOT_ACW,
	    .level = pl_step_number (context, "voltage_v"),
	    .limit_high = pl_step_number (context, "tester_limit_a"),
	    .ramp_s = pl_step_number (context, "ramp_s"),
	    .test_s = pl_step_number (context, "time_s"),
	    .frequency_hz = dc ? 0 : 60,
	};
	PlHipotReading reading = {0};

	/* every route makes itself safe, which switches the monitor on again */
	if (!pl_step_monitor_off (context, error) ||
	    !pl_step_hipot (context, route, &setup, &reading, error))
		return FALSE;
	measure_route (context, route, &reading, pl_step_borrow (context, PL_ROLE_HIPOT, NULL));
	*ret_stands = reading.state == PL_HIPOT_PASS;
	return TRUE;
}

static gboolean
run_hipot (PlStepContext *context, GError **error)
{
	g_auto (GStrv) routes = pl_step_list (context, "routes");
	gboolean stands = TRUE;

	/* insulation that has broken down gets no more high voltage */
	for (guint i = 0; stands && routes[i] != NULL; i++) {
		pl_step_progress (context, (double)i / g_strv_length (routes), routes[i]);
		if (!withstand (context, routes[i], &stands, error))
			return FALSE;
	}
	return TRUE;
}

static const char *const modes[] = {"ac", "dc", NULL};

static const PlParam params[] = {
    {"routes", PL_PARAM_TEXT_LIST, FALSE, 0, 0, "hv-chassis\nhv-lv", pl_route_words,
     "what against what"},
    {"mode", PL_PARAM_TEXT, FALSE, 0, 0, "dc", modes, "ac or dc"},
    {"voltage_v", PL_PARAM_NUMBER, TRUE, 50, 6100, NULL, NULL, "test voltage"},
    {"ramp_s", PL_PARAM_NUMBER, FALSE, 0.1, 999, "5", NULL, "time to reach it"},
    {"time_s", PL_PARAM_NUMBER, TRUE, 0.5, 999, NULL, NULL, "time at full voltage"},
    {"tester_limit_a", PL_PARAM_NUMBER, TRUE, 1e-6, 0.11, NULL, NULL, "the tester's own trip"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"breakdown_*", "", TRUE, TRUE, 0, 0, "the tester's judgement of a route: none, breakdown, ...",
     "routes"},
    {"leakage_a_*", "A", TRUE, FALSE, 0, 1, "leakage current of a route", "routes"},
    {"voltage_v_*", "V", FALSE, FALSE, 0, 7000, "the voltage that really stood", "routes"},
    {NULL},
};

static const char *const columns[] = {"voltage_v", "leakage_a", NULL};

const PlStepType pl_step_hipot_type = {
    .name = "hipot",
    .title = "Dielectric withstand",
    .params = params,
    .measures = measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_PLC) | PL_ROLE_BIT (PL_ROLE_DAQ) |
	     PL_ROLE_BIT (PL_ROLE_BMS),
    .high_voltage = TRUE,
    .weight = 10,
    .run = run_hipot,
};
