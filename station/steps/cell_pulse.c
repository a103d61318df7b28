/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/dcir.h"
#include "station/steps/channel.h"
#include <math.h>
#include <string.h>

/*
 * Resistance of a cell by current pulses on its channel. What it was measured by is kept with it:
 * current, time, state of charge, temperature, direction and definition; values of different
 * definitions are not comparable.
 *
 * pulse      one discharge, then one charge of the same current
 * hppc       the same with three quarters of the current for the charge
 * two-point  a fifth of the current, then all of it: R = dU / dI between the two (as IEC 61960 has
 *            it in principle; its times and currents are parameters here)
 */
#define PULSE_RECORD_S 0.1
#define HPPC_CHARGE_PART 0.75

enum { BEFORE, OUT, BETWEEN, IN };
enum { FIRST = 1, SECOND };

static gboolean
is (PlStepContext *context, const char *definition)
{
	return g_str_equal (pl_step_text (context, "definition"), definition);
}

static void
add_rest (PlStepContext *context, PlProgram *program, double seconds)
{
	PlStage *stage = pl_channel_stage (context, program, PL_STAGE_REST, 0);

	stage->end_s = seconds;
	stage->record_s = MIN (stage->record_s, MAX (1, seconds / 10));
}

static void
add_pulse (PlStepContext *context, PlProgram *program, PlStageKind kind, double rate_c,
	   double seconds)
{
	PlStage *stage = pl_channel_stage (context, program, kind, rate_c);

	stage->end_s = seconds;
	stage->record_s = PULSE_RECORD_S;
	stage->voltage_v = pl_step_number (context, kind == PL_STAGE_CHARGE ? "full_v" : "empty_v");
}

static gboolean
plan_pulse (PlStepContext *context, PlProgram *program, GError **error)
{
	double rate_c = pl_step_number (context, "rate_c");
	double seconds = pl_step_number (context, "pulse_s");

	add_rest (context, program, pl_step_number (context, "before_s"));
	if (is (context, "two-point")) {
		add_pulse (context, program, PL_STAGE_DISCHARGE,
			   rate_c * pl_step_number (context, "first_part"), seconds);
		add_pulse (context, program, PL_STAGE_DISCHARGE, rate_c,
			   pl_step_number (context, "second_s"));
		return TRUE;
	}
	add_pulse (context, program, PL_STAGE_DISCHARGE, rate_c, seconds);
	add_rest (context, program, pl_step_number (context, "between_s"));
	add_pulse (context, program, PL_STAGE_CHARGE,
		   is (context, "hppc") ? rate_c * HPPC_CHARGE_PART : rate_c, seconds);
	return TRUE;
}

/* A pulse that the channel has cut short, or that did not flow, measures nothing. */
static gboolean
is_whole (const PlChannelStage *stage, GError **error)
{
	const PlCharge *charge = &stage->charge;
	double amperes = fabs (charge->amp_last), seconds = pl_charge_seconds (charge);

	if (seconds >= stage->asked->end_s - 2 * PULSE_RECORD_S &&
	    fabs (amperes - stage->asked->current_a) <= 0.05 * stage->asked->current_a)
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		     "the pulse of %.2f A for %.1f s came out as %.2f A for %.1f s at %.3f V: "
		     "charge or discharge the cell to where it can carry it, then measure again",
		     stage->asked->current_a, stage->asked->end_s, amperes, seconds,
		     charge->volt_last);
	return FALSE;
}

/* Between the end of the stage before and one moment of the pulse; what contradicts itself is no
 * figure of the cell. */
static gboolean
measure_ohms (PlStepContext *context, const char *name, const PlChannelStage *before,
	      PlDcirPoint moment, PlInstrument *cycler, GError **error)
{
	PlDcirPoint end = {before->charge.volt_last, before->charge.amp_last};
	g_autoptr (GError) wrong = NULL;
	double ohm;

	if (!pl_dcir_between (&end, &moment, &ohm, &wrong)) {
		g_set_error_literal (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
				     wrong->message);
		return FALSE;
	}
	pl_step_measure (context, name, ohm, cycler, NULL);
	return TRUE;
}

static PlDcirPoint
end_of (const PlCharge *charge)
{
	return (PlDcirPoint){charge->volt_last, charge->amp_last};
}

static void
keep_pulse (PlStepContext *context, const PlChannelStage *pulse, PlInstrument *cycler,
	    const char *direction)
{
	g_autofree char *amperes = g_strconcat ("pulse_a_", direction, NULL);
	g_autofree char *seconds = g_strconcat ("pulse_s_", direction, NULL);

	pl_step_measure (context, amperes, pulse->charge.amp_last, cycler, NULL);
	pl_step_measure (context, seconds, pl_charge_seconds (&pulse->charge), cycler, NULL);
}

static gboolean
judge_both (PlStepContext *context, const PlChannelStage *s, PlInstrument *cycler, GError **error)
{
	const PlCharge *out = &s[OUT].charge, *in = &s[IN].charge;

	if (!is_whole (&s[OUT], error) || !is_whole (&s[IN], error) ||
	    !measure_ohms (context, "dcir_ohm", &s[BEFORE], end_of (out), cycler, error) ||
	    !measure_ohms (context, "r0_ohm", &s[BEFORE],
			   (PlDcirPoint){out->volt_first, out->amp_first}, cycler, error))
		return FALSE;
	keep_pulse (context, &s[OUT], cycler, "discharge");
	if (!measure_ohms (context, "dcir_ohm_charge", &s[BETWEEN], end_of (in), cycler, error))
		return FALSE;
	keep_pulse (context, &s[IN], cycler, "charge");
	return TRUE;
}

static gboolean
judge_two_point (PlStepContext *context, const PlChannelStage *s, PlInstrument *cycler,
		 GError **error)
{
	if (!is_whole (&s[FIRST], error) || !is_whole (&s[SECOND], error) ||
	    !measure_ohms (context, "dcir_ohm", &s[FIRST], end_of (&s[SECOND].charge), cycler,
			   error))
		return FALSE;
	keep_pulse (context, &s[SECOND], cycler, "discharge");
	return TRUE;
}

static gboolean
judge_pulse (PlStepContext *context, const PlChannelStage *stages, guint n, GError **error)
{
	PlInstrument *cycler = pl_channel_cycler (context, error);
	double soc = pl_step_earlier (context, "soc_percent");

	if (cycler == NULL)
		return FALSE;
	if (!isfinite (soc)) {
		g_set_error_literal (
		    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
		    "a resistance means nothing without the state of charge: put a "
		    "step cell-soc before this one in the recipe");
		return FALSE;
	}
	pl_step_measure_text (context, "dcir_definition", pl_step_text (context, "definition"),
			      cycler, NULL);
	pl_step_measure (context, "dcir_soc_percent", soc, cycler, NULL);
	if (isfinite (stages[BEFORE].charge.degc_max))
		pl_step_measure (context, "dcir_degc", stages[BEFORE].charge.degc_max, cycler,
				 NULL);
	return is (context, "two-point") ? judge_two_point (context, stages, cycler, error)
					 : judge_both (context, stages, cycler, error);
}

static const PlParam params[] = {
    {"definition", PL_PARAM_TEXT, FALSE, 0, 0, "pulse", pl_dcir_kinds, "how it is measured"},
    {"rate_c", PL_PARAM_NUMBER, FALSE, 0.01, 10, "1", NULL, "times the rated capacity an hour"},
    {"pulse_s", PL_PARAM_NUMBER, FALSE, 0.5, 60, "10", NULL, "length; of two-point: of the first"},
    {"second_s", PL_PARAM_NUMBER, FALSE, 0.5, 60, "1", NULL, "of two-point: of the second"},
    {"first_part", PL_PARAM_NUMBER, FALSE, 0.01, 0.9, "0.2", NULL,
     "of two-point: the first current, of the second"},
    {"before_s", PL_PARAM_NUMBER, FALSE, 1, 86400, "3600", NULL, "rest before"},
    {"between_s", PL_PARAM_NUMBER, FALSE, 1, 86400, "40", NULL, "rest between the pulses"},
    {"full_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "3.65", NULL, "never above"},
    {"empty_v", PL_PARAM_NUMBER, FALSE, 0.1, 10, "2.5", NULL, "never below"},
    PL_CHANNEL_PARAMS,
    {NULL},
};

static const PlMeasure measures[] = {
    {"dcir_ohm", "ohm", TRUE, FALSE, -1, 1, "at the end of the discharge pulse"},
    {"dcir_ohm_charge", "ohm", FALSE, FALSE, -1, 1, "same, charging"},
    {"r0_ohm", "ohm", FALSE, FALSE, -1, 1, "by the first record of the discharge pulse"},
    {"pulse_a_*", "A", FALSE, FALSE, -10000, 10000, "the current of a direction"},
    {"pulse_s_*", "s", FALSE, FALSE, 0, 100, "for how long it had flowed"},
    {"dcir_soc_percent", "%", FALSE, FALSE, -20, 120, "state of charge that it was measured at"},
    {"dcir_degc", "degC", FALSE, FALSE, -40, 125, "the cell's surface, before"},
    {"dcir_definition", "", FALSE, TRUE, 0, 0, "pulse, hppc or two-point"},
    {NULL},
};

static const PlChannelStep channel = {.plan = plan_pulse, .judge = judge_pulse};

const PlStepType pl_step_dcir_pulse = {
    .name = "dcir-pulse",
    .title = "Resistance of a cell by pulses",
    .params = params,
    .measures = measures,
    .columns = pl_channel_columns,
    .roles = PL_ROLE_BIT (PL_ROLE_CYCLER),
    .weight = 5,
    .channel = &channel,
};
