/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/channel.h"
#include "station/sequencer.h"
#include <math.h>

/* What the steps of a channel do alike. */

/* An instrument that logs 0.1 mAh cannot agree with us any better. */
#define LEAST_AH 2e-4
#define LEAST_WH 1e-3
#define CURRENT_MARGIN 1.1
#define END_V 0.003 /* a stage that came within this of its voltage came to it */

const char *const pl_channel_columns[] = {"voltage_v", "current_a", "temperature_degc", NULL};

void
pl_channel_begin (PlCharge *charge, const PlStage *stage)
{
	const PlChargeStage known = {.hold_v = stage->hold ? stage->voltage_v : 0,
				     .constant_current =
					 stage->kind != PL_STAGE_REST && !stage->hold};

	pl_charge_begin (charge, &known);
}

double
pl_step_earlier (PlStepContext *context, const char *measurement)
{
	GPtrArray *results = pl_run_results (pl_step_run (context));
	double value = NAN;

	for (guint i = 0; i < results->len; i++) {
		const PlStepResult *result = g_ptr_array_index (results, i);

		for (guint m = 0; m < result->measurements->len; m++) {
			const PlMeasurement *made = g_ptr_array_index (result->measurements, m);

			if (!made->text && g_str_equal (made->name, measurement))
				value = made->value;
		}
	}
	return value;
}

double
pl_step_rated_ah (PlStepContext *context)
{
	return pl_run_recipe (pl_step_run (context))->rated_ah;
}

/* The program has one protection for all of its stages: the widest that one of them asks for. */
static void
widen (PlProgram *program, PlStepContext *context, double current_a)
{
	PlChannelProtection *p = &program->protection;
	double low = pl_step_number (context, "uvp_v"), degc = pl_step_number (context, "degc_max");

	if (program->stages->len == 0)
		p->volt_min = low;
	p->volt_min = MIN (p->volt_min, low);
	p->volt_max = MAX (p->volt_max, pl_step_number (context, "ovp_v"));
	p->amp_max = MAX (p->amp_max, CURRENT_MARGIN * current_a);
	p->degc_max = MAX (p->degc_max, degc);
}

PlStage *
pl_channel_stage (PlStepContext *context, PlProgram *program, PlStageKind kind, double rate_c)
{
	double amperes = rate_c * pl_step_rated_ah (context);
	const PlStage stage = {
	    .kind = kind,
	    .current_a = amperes,
	    .end_s = pl_step_number (context, "max_h") * 3600,
	    .record_s = pl_step_number (context, "record_s"),
	    .record_v = pl_step_number (context, "record_v"),
	    .record_a = amperes * pl_step_number (context, "record_percent") / 100,
	};

	widen (program, context, amperes);
	g_array_append_val (program->stages, stage);
	return &g_array_index (program->stages, PlStage, program->stages->len - 1);
}

PlInstrument *
pl_channel_cycler (PlStepContext *context, GError **error)
{
	return pl_step_borrow (context, PL_ROLE_CYCLER, error);
}

static gboolean
doubted (const char *doubt, GError **error)
{
	if (doubt != NULL)
		g_set_error_literal (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE, doubt);
	return doubt == NULL;
}

/* Both numbers are kept, whatever comes of them: who reads the record must see what disagreed. */
static void
measure_both (PlStepContext *context, const PlCharge *charge, PlInstrument *by, const char *ah,
	      const char *wh)
{
	PlChargeMatch match = pl_charge_compare (pl_charge_ah (charge), charge->own_ah, 0, 0);

	pl_step_measure (context, ah, pl_charge_ah (charge), by, NULL);
	if (wh != NULL)
		pl_step_measure (context, wh, pl_charge_wh (charge), by, NULL);
	if (isfinite (charge->own_ah))
		pl_step_measure (context, "instrument_ah", charge->own_ah, by, NULL);
	if (isfinite (match.percent))
		pl_step_measure (context, "ah_difference_percent", match.percent, by, NULL);
	if (isfinite (charge->degc_max)) {
		pl_step_measure (context, "temperature_max_degc", charge->degc_max, by, NULL);
		pl_step_measure (context, "temperature_rise_k",
				 charge->degc_max - charge->degc_first, by, NULL);
	}
}

gboolean
pl_channel_judge_charge (PlStepContext *context, const PlCharge *charge, const char *ah,
			 const char *wh, GError **error)
{
	const PlChargeLimits limits = {.percent = pl_step_number (context, "agreement_percent"),
				       .least_ah = LEAST_AH,
				       .least_wh = LEAST_WH};
	PlInstrument *cycler = pl_channel_cycler (context, error);
	g_autofree char *doubt = NULL, *implausible = NULL;
	gboolean in = charge->charge_ah >= charge->discharge_ah;

	if (cycler == NULL)
		return FALSE;
	measure_both (context, charge, cycler, ah, wh);
	doubt = pl_charge_doubt (charge, &limits);
	implausible = pl_charge_implausible (
	    in ? pl_charge_ah (charge) : pl_step_earlier (context, "charge_ah"),
	    in ? NAN : pl_charge_ah (charge), pl_step_rated_ah (context));
	return doubted (doubt, error) && doubted (implausible, error);
}

/* What ran out of time is no measurement of the cell, and such a cell is not good. */
gboolean
pl_channel_came_to_its_end (PlStepContext *context, const PlChannelStage *stage, GError **error)
{
	const PlStage *asked = stage->asked;
	const PlCharge *charge = &stage->charge;
	double max_s = pl_step_number (context, "max_h") * 3600;

	if (asked->end_s < max_s || pl_charge_seconds (charge) < max_s - asked->record_s - 1)
		return TRUE;
	if (!asked->hold && fabs (charge->volt_last - asked->voltage_v) <= END_V)
		return TRUE;
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
	    "the cell was still at %.3f V and %.2f A after %.1f h, with %.3f V asked for: a "
	    "leak or a bad contact; look at the contact, then measure the cell once more",
	    charge->volt_last, charge->amp_last, pl_charge_seconds (charge) / 3600,
	    asked->voltage_v);
	return FALSE;
}
