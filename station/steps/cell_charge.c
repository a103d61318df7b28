/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/channel.h"
#include <math.h>
#include <string.h>

/* Charges of a cell: one of constant current with or without a held voltage, and the several stages
 * of a first one. */

/* The measurements of every charge. */
#define CHARGE_MEASURES                                                                            \
	PL_FIGURE ("charge_ah", "Ah", TRUE, 0, 10000,                                              \
		   "by every record and every change of current"),                                 \
	    PL_FIGURE ("charge_wh", "Wh", FALSE, 0, 50000, "same, energy"),                        \
	    PL_FIGURE ("instrument_ah", "Ah", FALSE, 0, 10000, "the channel's own count"),         \
	    PL_FIGURE ("ah_difference_percent", "%", FALSE, -1000, 1000,                           \
		       "ours less the channel's own"),                                             \
	    PL_FIGURE ("temperature_max_degc", "degC", FALSE, -40, 125, "the cell's surface"),     \
	    PL_FIGURE ("temperature_rise_k", "K", FALSE, 0, 100, "from the step's beginning"),     \
	    PL_FIGURE ("cc_share_percent", "%", FALSE, 0, 100,                                     \
		       "of the Ah that came before the voltage was held")

static void
measure_share (PlStepContext *context, const PlCharge *charge)
{
	double share = pl_charge_cc_share (charge);

	if (isfinite (share))
		pl_step_measure (context, "cc_share_percent", 100 * share,
				 pl_channel_cycler (context, NULL), NULL);
}

/* -- charge ------------------------------------------------------------------------------------ */

static gboolean
plan_charge (PlStepContext *context, PlProgram *program, GError **error)
{
	PlStage *stage = pl_channel_stage (context, program, PL_STAGE_CHARGE,
					   pl_step_number (context, "rate_c"));
	double hold_to_c = pl_step_number (context, "hold_to_c");

	stage->voltage_v = pl_step_number (context, "voltage_v");
	stage->hold = hold_to_c > 0;
	stage->end_current_a = hold_to_c * pl_step_rated_ah (context);
	return TRUE;
}

static gboolean
judge_charge (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	if (!pl_channel_came_to_its_end (context, &stages[0], error) ||
	    !pl_channel_judge_charge (context, &stages[0].charge, "charge_ah", "charge_wh", error))
		return FALSE;
	measure_share (context, &stages[0].charge);
	return TRUE;
}

static const PlParam charge_params[] = {
    {"rate_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.5", NULL, "times the rated capacity an hour"},
    {"voltage_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "3.65", NULL, "to this voltage"},
    {"hold_to_c", PL_PARAM_NUMBER, FALSE, 0, 10, "0.05", NULL,
     "holds it until the current has fallen to this; 0 = ends there"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure charge_measures[] = {CHARGE_MEASURES, {NULL}};

static const PlChannelStep charge_channel = {.plan = plan_charge, .judge = judge_charge};

const PlStepType pl_step_charge = {
    .name = "charge",
    .title = "Charge of a cell",
    .params = charge_params,
    .measures = charge_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 20,
    .channel = &charge_channel,
};

/* -- formation --------------------------------------------------------------------------------- */

/* "0.05C 60min" or "0.1C 3.50V" */
typedef struct {
	double rate_c, minutes, volts;
} FirstStage;

static gboolean
take_number (const char **text, const char *unit, double *ret)
{
	char *end;
	double value = g_ascii_strtod (*text, &end);

	if (end == *text || !(value > 0) || !isfinite (value) || !g_str_has_prefix (end, unit))
		return FALSE;
	*text = end + strlen (unit);
	*ret = value;
	return TRUE;
}

static gboolean
parse_stage (const char *text, FirstStage *ret)
{
	*ret = (FirstStage){0};
	if (!take_number (&text, "C ", &ret->rate_c) || ret->rate_c > 10)
		return FALSE;
	return (take_number (&text, "min", &ret->minutes) ||
		take_number (&text, "V", &ret->volts)) &&
	       *text == '\0';
}

static char *
check_stages (GHashTable *params, const char **ret_param)
{
	const char *text = g_hash_table_lookup (params, "stages");
	g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", "\n", -1);
	FirstStage stage = {0};

	*ret_param = "stages";
	for (guint i = 0; words[i] != NULL; i++)
		if (!parse_stage (words[i], &stage))
			return g_strdup_printf ("\"%s\" is no stage; \"0.05C 60min\" and \"0.1C "
						"3.50V\" are",
						words[i]);
	return text == NULL || stage.volts > 0
		   ? NULL
		   : g_strdup ("the last stage must go to a voltage, which is then held");
}

static gboolean
plan_formation (PlStepContext *context, PlProgram *program, GError **error)
{
	g_auto (GStrv) words = pl_step_list (context, "stages");
	double top = pl_step_number (context, "voltage_v");

	for (guint i = 0; words[i] != NULL; i++) {
		FirstStage first = {0};
		PlStage *stage;

		/* the recipe's check has refused what is none */
		if (!parse_stage (words[i], &first))
			continue;
		stage = pl_channel_stage (context, program, PL_STAGE_CHARGE, first.rate_c);
		stage->voltage_v = first.volts > 0 ? first.volts : top;
		if (first.minutes > 0)
			stage->end_s = first.minutes * 60;
		stage->hold = words[i + 1] == NULL;
		if (stage->hold)
			stage->end_current_a =
			    pl_step_number (context, "hold_to_c") * pl_step_rated_ah (context);
	}
	return TRUE;
}

static void
add (PlCharge *sum, const PlCharge *stage)
{
	sum->charge_ah += stage->charge_ah;
	sum->discharge_ah += stage->discharge_ah;
	sum->charge_wh += stage->charge_wh;
	sum->held_ah += stage->held_ah;
	sum->own_ah += stage->own_ah;
	sum->own_wh += stage->own_wh;
	sum->open_ah += stage->open_ah;
	sum->open += stage->open;
	sum->open_us = MAX (sum->open_us, stage->open_us);
	sum->missing += stage->missing;
	sum->backward += stage->backward;
	sum->restarted += stage->restarted;
	sum->degc_max = MAX (sum->degc_max, stage->degc_max);
	sum->volt_last = stage->volt_last;
	sum->last_us = stage->last_us;
	sum->records += stage->records;
}

/* The whole first charge is one figure; each stage's share stands beside it. */
static gboolean
judge_formation (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	PlCharge sum = stages[0].charge;
	PlInstrument *cycler = pl_channel_cycler (context, error);

	if (cycler == NULL)
		return FALSE;
	for (guint i = 0; i < n; i++) {
		g_autofree char *name = g_strdup_printf ("stage_ah_%u", i + 1);

		if (!pl_channel_came_to_its_end (context, &stages[i], error))
			return FALSE;
		pl_step_measure (context, name, pl_charge_ah (&stages[i].charge), cycler, NULL);
		if (i > 0)
			add (&sum, &stages[i].charge);
	}
	if (!pl_channel_judge_charge (context, &sum, "charge_ah", "charge_wh", error))
		return FALSE;
	measure_share (context, &sum);
	return TRUE;
}

/* battery-and-instruments facts: stages from a twentieth to a fifth of C, full at 3.65 V. */
static const PlParam formation_params[] = {
    {"stages", PL_PARAM_TEXT_LIST, FALSE, 0, 0, "0.05C 60min\n0.1C 3.50V\n0.2C 3.65V", NULL,
     "one after the other; the voltage of the last is held"},
    {"voltage_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "3.65", NULL,
     "no stage that ends by time goes above"},
    {"hold_to_c", PL_PARAM_NUMBER, FALSE, 0.001, 10, "0.05", NULL,
     "until the current has fallen so"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure formation_measures[] = {
    CHARGE_MEASURES,
    {"stage_ah_*", "Ah", FALSE, FALSE, 0, 10000, "one stage of it"},
    {NULL},
};

/* A cell that was never charged is below every voltage at which one may still discharge. */
static const PlChannelStep formation_channel = {
    .plan = plan_formation, .judge = judge_formation, .ends_program = TRUE};

const PlStepType pl_step_formation = {
    .name = "formation",
    .title = "First charge, in stages",
    .params = formation_params,
    .measures = formation_measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 60,
    .check = check_stages,
    .channel = &formation_channel,
};
