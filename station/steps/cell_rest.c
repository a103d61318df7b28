/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/channel.h"
#include <math.h>

/* What a cell does between the measurements: it rests, or it is brought to a state of charge. */

/* Of the rated current: what a channel that is off may still show. */
#define STILL_PART 0.002
#define LEAST_MOVE_AH 1e-3 /* a stage without an end in Ah would run to its voltage */

/* -- rest -------------------------------------------------------------------------------------- */

static gboolean
plan_rest (PlStepContext *context, PlProgram *program, GError **error)
{
	pl_channel_stage (context, program, PL_STAGE_REST, 0)->end_s =
	    pl_step_number (context, "time_s");
	return TRUE;
}

static gboolean
judge_rest (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	const PlCharge *charge = &stages[0].charge;
	PlInstrument *cycler = pl_channel_cycler (context, error);

	if (cycler == NULL)
		return FALSE;
	pl_step_measure (context, "rest_v", charge->volt_last, cycler, NULL);
	pl_step_measure (context, "relaxation_v", charge->volt_last - charge->volt_first, cycler,
			 NULL);
	if (isfinite (charge->degc_max))
		pl_step_measure (context, "temperature_max_degc", charge->degc_max, cycler, NULL);
	if (charge->amp_max <= STILL_PART * pl_step_rated_ah (context))
		return TRUE;
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
	    "the cell was to rest, but %.3f A flowed: have the channel looked at, then let "
	    "the cell rest once more",
	    charge->amp_max);
	return FALSE;
}

static const PlParam rest_params[] = {
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 30 * 86400, "1800", NULL, "no current for so long"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure rest_measures[] = {
    {"rest_v", "V", TRUE, FALSE, -10, 10, "at its end, by the channel"},
    {"relaxation_v", "V", FALSE, FALSE, -10, 10, "by which it has moved since the beginning"},
    {"temperature_max_degc", "degC", FALSE, FALSE, -40, 125, "the cell's surface"},
    {NULL},
};

static const PlChannelStep rest_channel = {.plan = plan_rest, .judge = judge_rest};

const PlStepType pl_step_rest = {
    .name = "rest",
    .title = "Rest of a cell",
    .params = rest_params,
    .measures = rest_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 5,
    .channel = &rest_channel,
};

/* -- state of charge --------------------------------------------------------------------------- */

/* Of what this very cell has been measured to hold; of the rated capacity where it was not. */
static double
capacity_of (PlStepContext *context)
{
	double measured = pl_step_earlier (context, "capacity_ah");

	return isfinite (measured) ? measured : pl_step_rated_ah (context);
}

/* Where it stands before, 0..1; NaN = no step of this run has said so. */
static double
soc_before (PlStepContext *context)
{
	const char *from = pl_step_text (context, "from");

	if (g_str_equal (from, "last"))
		return pl_step_earlier (context, "soc_percent") / 100;
	return g_str_equal (from, "full") ? 1 : 0;
}

static gboolean
plan_soc (PlStepContext *context, PlProgram *program, GError **error)
{
	double more = pl_step_number (context, "soc_percent") / 100 - soc_before (context);
	PlStage *stage;

	if (isnan (more)) {
		g_set_error_literal (
		    error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
		    "from: last needs a step cell-soc before this one in the recipe");
		return FALSE;
	}
	stage = pl_channel_stage (context, program, more < 0 ? PL_STAGE_DISCHARGE : PL_STAGE_CHARGE,
				  pl_step_number (context, "rate_c"));
	stage->end_ah = MAX (fabs (more) * capacity_of (context), LEAST_MOVE_AH);
	stage->voltage_v = pl_step_number (context, more < 0 ? "empty_v" : "full_v");
	return TRUE;
}

/* It says what has been reached, by our own count. */
static gboolean
judge_soc (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	const PlCharge *charge = &stages[0].charge;
	double part = (charge->charge_ah - charge->discharge_ah) / capacity_of (context);

	if (!pl_channel_judge_charge (context, charge, "moved_ah", NULL, error))
		return FALSE;
	pl_step_measure (context, "soc_percent", 100 * (soc_before (context) + part),
			 pl_channel_cycler (context, NULL), NULL);
	return TRUE;
}

static const char *const froms[] = {"full", "empty", "last", NULL};

static const PlParam soc_params[] = {
    {"soc_percent", PL_PARAM_NUMBER, TRUE, 0.1, 99.9, NULL, NULL,
     "of what this run has measured, else of the rated capacity"},
    {"from", PL_PARAM_TEXT, FALSE, 0, 0, "full", froms,
     "what the step before has brought the cell to; last: what the cell-soc before has reached"},
    {"rate_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.33", NULL, "times the rated capacity an hour"},
    {"full_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "3.65", NULL, "never above"},
    {"empty_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "2.5", NULL, "never below"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure soc_measures[] = {
    {"soc_percent", "%", TRUE, FALSE, -20, 120, "that has been reached, by our own count"},
    {"moved_ah", "Ah", FALSE, FALSE, 0, 10000, "taken out or put in"},
    {"instrument_ah", "Ah", FALSE, FALSE, 0, 10000, "the channel's own count"},
    {"ah_difference_percent", "%", FALSE, FALSE, -1000, 1000, "ours less the channel's own"},
    {"temperature_max_degc", "degC", FALSE, FALSE, -40, 125, "the cell's surface"},
    {"temperature_rise_k", "K", FALSE, FALSE, 0, 100, "from the step's beginning"},
    {NULL},
};

static const PlChannelStep soc_channel = {
    .plan = plan_soc, .judge = judge_soc, .after_results = TRUE};

const PlStepType pl_step_cell_soc = {
    .name = "cell-soc",
    .title = "State of charge of a cell",
    .params = soc_params,
    .measures = soc_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 10,
    .channel = &soc_channel,
};
