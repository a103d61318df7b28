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
	gboolean records; /* its judge looks at single records: short stages only */
	gboolean attended; /* somebody is there: it may run on a channel that nothing switches off
			      when the station dies */
} PlChannelStep;

/* A measurement that an earlier step of this run has made, the last one of that name; NaN = none.
 */
double pl_step_earlier (PlStepContext *context, const char *measurement);
/* The recipe's rated capacity, Ah. */
double pl_step_rated_ah (PlStepContext *context);
