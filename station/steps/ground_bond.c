/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"

/* UL 1973 40.3 (2013 numbering): grounding continuity, any two points <= 0.1 ohm. */
static gboolean
run_ground_bond (PlStepContext *context, GError **error)
{
	PlHipotSetup setup = {
	    .mode = PL_HIPOT_GB,
	    .level = pl_step_number (context, "current_a"),
	    .limit_high = pl_step_number (context, "tester_limit_ohm"),
	    .test_s = pl_step_number (context, "time_s"),
	};
	PlHipotReading reading = {0};
	PlInstrument *hipot;

	if (!pl_step_hipot (context, "ground-bond", &setup, &reading, error))
		return FALSE;
	hipot = pl_step_borrow (context, PL_ROLE_HIPOT, NULL);
	if (reading.state != PL_HIPOT_PASS)
		pl_step_blame (context, "the tester judged %s", pl_hipot_judgement (reading.state));
	pl_step_measure (context, "current_a", reading.level, hipot, reading.raw);
	return pl_step_hipot_agrees (
	    pl_step_measure (context, "resistance_ohm", reading.value, hipot, reading.raw),
	    &reading, "ground-bond", error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 3, 33, "25", NULL, "test current"},
    {"time_s", PL_PARAM_NUMBER, FALSE, 0.5, 120, "5", NULL, "test time"},
    {"tester_limit_ohm", PL_PARAM_NUMBER, FALSE, 0.0001, 0.65, "0.1", NULL,
     "the tester's own high limit"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"resistance_ohm", "ohm", TRUE, FALSE, 0, 10, "ground stud to the farthest exposed metal"},
    {"current_a", "A", FALSE, FALSE, 0, 60, "the current that really flowed"},
    {NULL},
};

static const char *const columns[] = {"current_a", "resistance_ohm", NULL};

const PlStepType pl_step_ground_bond = {
    .name = "ground-bond",
    .title = "Ground continuity",
    .params = params,
    .measures = measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_PLC) | PL_ROLE_BIT (PL_ROLE_DAQ),
    .high_voltage = TRUE,
    .weight = 4,
    .run = run_ground_bond,
};
