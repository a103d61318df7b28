/* SPDX-License-Identifier: Apache-2.0 */
#include "station/sequencer.h"
#include "station/steps/channel.h"
#include <math.h>

/* Capacity: one discharge, or several cycles. */

extern const PlStepType pl_step_formation;

#define DISCHARGE_MEASURES                                                                         \
	PL_FIGURE ("capacity_ah", "Ah", TRUE, 0, 10000,                                            \
		   "by every record and every change of current"),                                 \
	    PL_FIGURE ("energy_wh", "Wh", FALSE, 0, 50000, "same, energy"),                        \
	    PL_FIGURE ("instrument_ah", "Ah", FALSE, 0, 10000, "the channel's own count"),         \
	    PL_FIGURE ("ah_difference_percent", "%", FALSE, -1000, 1000,                           \
		       "ours less the channel's own"),                                             \
	    PL_FIGURE ("temperature_max_degc", "degC", FALSE, -40, 125, "the cell's surface"),     \
	    PL_FIGURE ("temperature_rise_k", "K", FALSE, 0, 100, "from the step's beginning"),     \
	    PL_FIGURE ("coulombic_efficiency_percent", "%", FALSE, 0, 200,                         \
		       "of the charge before it in this run"),                                     \
	    PL_FIGURE ("energy_efficiency_percent", "%", FALSE, 0, 200, "same, energy")

static gboolean
has (const PlStepResult *result, const char *measurement)
{
	for (guint i = 0; i < result->measurements->len; i++)
		if (g_str_equal (
			((PlMeasurement *)g_ptr_array_index (result->measurements, i))->name,
			measurement))
			return TRUE;
	return FALSE;
}

/* An efficiency is one of a whole cycle: the charge before must have begun with an empty cell, or
 * have been its very first. */
static gboolean
began_empty (PlStepContext *context)
{
	GPtrArray *results = pl_run_results (pl_step_run (context));
	gboolean empty = FALSE, whole = FALSE;

	for (guint i = 0; i < results->len; i++) {
		const PlStepResult *result = g_ptr_array_index (results, i);

		if (has (result, "charge_ah"))
			whole = empty || result->step->type == &pl_step_formation;
		if (has (result, "moved_ah"))
			whole = FALSE;
		if (has (result, "charge_ah") || has (result, "moved_ah"))
			empty = FALSE;
		empty |= has (result, "capacity_ah");
	}
	return whole;
}

static gboolean
judge_efficiency (PlStepContext *context, double in_ah, double in_wh, const PlCharge *out,
		  GError **error)
{
	PlInstrument *cycler = pl_channel_cycler (context, error);
	g_autofree char *wrong =
	    pl_charge_implausible (in_ah, pl_charge_ah (out), pl_step_rated_ah (context));

	if (cycler == NULL)
		return FALSE;
	pl_step_measure (context, "coulombic_efficiency_percent", 100 * pl_charge_ah (out) / in_ah,
			 cycler, NULL);
	if (in_wh > 0 && isfinite (pl_charge_wh (out)))
		pl_step_measure (context, "energy_efficiency_percent",
				 100 * pl_charge_wh (out) / in_wh, cycler, NULL);
	if (wrong != NULL)
		g_set_error_literal (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE, wrong);
	return wrong == NULL;
}

/* -- discharge --------------------------------------------------------------------------------- */

static gboolean
plan_discharge (PlStepContext *context, PlProgram *program, GError **error)
{
	pl_channel_stage (context, program, PL_STAGE_DISCHARGE, pl_step_number (context, "rate_c"))
	    ->voltage_v = pl_step_number (context, "voltage_v");
	return TRUE;
}

static gboolean
judge_discharge (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	double in_ah = pl_step_earlier (context, "charge_ah");
	double in_wh = pl_step_earlier (context, "charge_wh");

	if (!pl_channel_came_to_its_end (context, &stages[0], error) ||
	    !pl_channel_judge_charge (context, &stages[0].charge, "capacity_ah", "energy_wh",
				      error))
		return FALSE;
	return !began_empty (context) ||
	       judge_efficiency (context, in_ah, in_wh, &stages[0].charge, error);
}

static const PlParam discharge_params[] = {
    {"rate_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.33", NULL, "times the rated capacity an hour"},
    {"voltage_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "2.5", NULL, "down to this voltage"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure discharge_measures[] = {DISCHARGE_MEASURES, {NULL}};

static const PlChannelStep discharge_channel = {.plan = plan_discharge, .judge = judge_discharge};

const PlStepType pl_step_discharge = {
    .name = "discharge",
    .title = "Discharge of a cell: its capacity",
    .params = discharge_params,
    .measures = discharge_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 30,
    .channel = &discharge_channel,
};

/* -- cycle ------------------------------------------------------------------------------------- */

enum { CHARGE, REST_FULL, DISCHARGE, REST_EMPTY, STAGES };

static gboolean
plan_cycle (PlStepContext *context, PlProgram *program, GError **error)
{
	double rated = pl_step_rated_ah (context), rest_s = pl_step_number (context, "rest_s");
	guint times = (guint)pl_step_number (context, "times");

	for (guint i = 0; i < times; i++) {
		PlStage *stage = pl_channel_stage (context, program, PL_STAGE_CHARGE,
						   pl_step_number (context, "charge_c"));

		stage->voltage_v = pl_step_number (context, "full_v");
		stage->hold = TRUE;
		stage->end_current_a = pl_step_number (context, "hold_to_c") * rated;
		pl_channel_stage (context, program, PL_STAGE_REST, 0)->end_s = rest_s;
		pl_channel_stage (context, program, PL_STAGE_DISCHARGE,
				  pl_step_number (context, "discharge_c"))
		    ->voltage_v = pl_step_number (context, "empty_v");
		pl_channel_stage (context, program, PL_STAGE_REST, 0)->end_s = rest_s;
	}
	return TRUE;
}

/* The last cycle is the capacity: the first ones may still settle. A single one may have begun
 * anywhere, and has no efficiency. */
static gboolean
judge_cycle (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	const PlChannelStage *last = &stages[n - STAGES];
	PlInstrument *cycler = pl_channel_cycler (context, error);

	if (cycler == NULL)
		return FALSE;
	for (guint i = 0; i < n; i += STAGES) {
		g_autofree char *name = g_strdup_printf ("cycle_ah_%u", i / STAGES + 1);

		if (!pl_channel_came_to_its_end (context, &stages[i + CHARGE], error) ||
		    !pl_channel_came_to_its_end (context, &stages[i + DISCHARGE], error))
			return FALSE;
		pl_step_measure (context, name, pl_charge_ah (&stages[i + DISCHARGE].charge),
				 cycler, NULL);
	}
	if (!pl_channel_judge_charge (context, &last[DISCHARGE].charge, "capacity_ah", "energy_wh",
				      error))
		return FALSE;
	return n == STAGES || judge_efficiency (context, pl_charge_ah (&last[CHARGE].charge),
						pl_charge_wh (&last[CHARGE].charge),
						&last[DISCHARGE].charge, error);
}

static const PlParam cycle_params[] = {
    {"times", PL_PARAM_INTEGER, FALSE, 1, 20, "3", NULL, "charge, rest, discharge, rest"},
    {"charge_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.5", NULL,
     "times the rated capacity an hour"},
    {"discharge_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.5", NULL, "same"},
    {"full_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "3.65", NULL, "charged to this and held"},
    {"hold_to_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.05", NULL,
     "until the current has fallen so"},
    {"empty_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "2.5", NULL, "discharged to this"},
    {"rest_s", PL_PARAM_NUMBER, FALSE, 1, 864000, "1800", NULL, "rest after each"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure cycle_measures[] = {
    DISCHARGE_MEASURES,
    {"cycle_ah_*", "Ah", FALSE, FALSE, 0, 10000, "one cycle's discharge"},
    {NULL},
};

static const PlChannelStep cycle_channel = {.plan = plan_cycle, .judge = judge_cycle};

const PlStepType pl_step_cycle = {
    .name = "cycle",
    .title = "Cycles of a cell",
    .params = cycle_params,
    .measures = cycle_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 90,
    .channel = &cycle_channel,
};
