/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/cycler.h"
#include "station/cell/charge.h"
#include "station/steps/step.h"

/*
 * A step that a channel of a cycler does by itself for hours or days. It has no run(): it says
 * beforehand which stages the channel shall go through, and judges afterwards by what came of them.
 * The steps of a recipe that follow each other become one program, so that a cycler which works
 * alone needs nobody until its end; a step that must know what was measured before begins a new
 * one.
 */

/* What came of one stage. */
typedef struct {
	const PlStage *asked;
	PlCharge charge; /* over every record, in order: ours, and the instrument's own count */
	GArray *records; /* PlChannelRecord; NULL unless the step asks for them */
} PlChannelStage;

typedef struct _PlChannelStep {
	/* Appends its stages; parameters by pl_step_number () and so on. CONFIG or INCONCLUSIVE
	 * where it cannot. */
	gboolean (*plan) (PlStepContext *context, PlProgram *program, GError **error);
	/* The stages that its plan had asked for, each whole; measures as any step does. */
	gboolean (*judge) (PlStepContext *context, const PlChannelStage *stages, guint n,
			   GError **error);
	gboolean after_results; /* its plan looks at what earlier steps have measured */
	gboolean ends_program; /* its protections are too wide for what follows: nothing runs behind
				  it in its program */
	gboolean records; /* its judge looks at single records: short stages only */
	gboolean attended; /* somebody is there: it may run on a channel that nothing switches off
			      when the station dies */
} PlChannelStep;

/* The integrator's beginning for a stage: what is held, and where current is constant. */
void pl_channel_begin (PlCharge *charge, const PlStage *stage);

/* A measurement that an earlier step of this run has made, the last one of that name; NaN = none.
 */
double pl_step_earlier (PlStepContext *context, const char *measurement);
/* The recipe's rated capacity, Ah. */
double pl_step_rated_ah (PlStepContext *context);

/* -- what the channel's steps do alike --------------------------------------------------------- */
/* Parameters of every one of them; record_*: how densely the channel logs. */
#define PL_NUMBER(name, min, max, fallback, help)                                                  \
	{                                                                                          \
		name, PL_PARAM_NUMBER, FALSE, min, max, fallback, NULL, help                       \
	}
#define PL_FIGURE(name, unit, required, low, high, help)                                           \
	{                                                                                          \
		name, unit, required, FALSE, low, high, help                                       \
	}
#define PL_CHANNEL_PARAMS                                                                          \
	PL_NUMBER ("record_s", 0.01, 3600, "10", "a record at least so often"),                    \
	    PL_NUMBER ("record_v", 0, 1, "0.005",                                                  \
		       "and whenever the voltage has changed so much; 0 = not"),                   \
	    PL_NUMBER ("record_percent", 0, 100, "2",                                              \
		       "and whenever the current has changed so much of what is set; 0 = not"),    \
	    PL_NUMBER ("ovp_v", 0, 10, "3.75", "the channel switches itself off above"),           \
	    PL_NUMBER ("uvp_v", -1, 10, "2.4", "and below"),                                       \
	    PL_NUMBER ("degc_max", 0, 90, "55",                                                    \
		       "and above this temperature; 0 = it has no sensor"),                        \
	    PL_NUMBER ("agreement_percent", 0.001, 10, "0.1",                                      \
		       "by which our Ah and the instrument's may differ"),                         \
	    PL_NUMBER ("max_h", 0.01, 200, "40",                                                   \
		       "a stage that takes longer ends there, and is a defect")
extern const char *const pl_channel_columns[]; /* of the curve of every channel's step */

/* A stage at so many times the rated capacity an hour, with the step's records and protections. */
PlStage *pl_channel_stage (PlStepContext *context, PlProgram *program, PlStageKind kind,
			   double rate_c);
/* Measures ours under these names (wh may be NULL), the instrument's own, their difference and the
 * temperature; INCONCLUSIVE where the two do not agree or no cell has such a figure. */
gboolean pl_channel_judge_charge (PlStepContext *context, const PlCharge *charge, const char *ah,
				  const char *wh, GError **error);
/* DEFECT where the stage ran out of time before it came to its voltage or current. */
gboolean pl_channel_came_to_its_end (PlStepContext *context, const PlChannelStage *stage,
				     GError **error);
/* The cycler that measured, for pl_step_measure; held by who judges. */
PlInstrument *pl_channel_cycler (PlStepContext *context, GError **error);
