/* SPDX-License-Identifier: Apache-2.0 */
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <math.h>
#include <string.h>

/* What the scale shows, typed in or sent by the scale as a code. A cell that has lost electrolyte,
 * or got none, is found by nothing else so early. */

/* "1983", "  1983.4 g", "1983,4": grams, as scales send them and hands write them. */
#define GRAMS " *[0-9]{1,6}([.,][0-9]{1,3})? *g?"

/* The pattern lets one number through, with a point or a comma. */
static double
grams_of (const char *text)
{
	g_autofree char *point = g_strdelimit (g_strdup (text), ",", '.');

	return g_ascii_strtod (point, NULL);
}

static gboolean
run_weigh (PlStepContext *context, GError **error)
{
	PlPrompt prompt = {.kind = PL_ANSWER_SCAN,
			   .sentence = pl_step_text (context, "sentence"),
			   .expects = GRAMS,
			   .timeout_s = pl_step_number (context, "timeout_s")};
	g_autoptr (PlAnswer) answer = NULL;

	pl_step_progress (context, 0, "waiting for a person");
	answer = pl_step_ask (context, &prompt, error);
	if (answer == NULL)
		return FALSE;
	pl_step_measure (context, "mass_g", grams_of (answer->answer), NULL, answer->answer);
	pl_step_measure_text (context, "entry", answer->entry, NULL, NULL);
	pl_step_event (context, "prompt", "answered by %s (%s) after %.1f s: %s",
		       answer->who != NULL ? answer->who : "nobody who is known", answer->entry,
		       answer->waited_s, answer->answer);
	return TRUE;
}

static const PlParam params[] = {
    {"sentence", PL_PARAM_TEXT, TRUE, 0, 0, NULL, NULL, "what to do, in one sentence"},
    {"sentence-zh_CN", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL, "the same in Chinese"},
    {"timeout_s", PL_PARAM_NUMBER, FALSE, 0, 86400, "0", NULL,
     "nobody answers for so long: INCONCLUSIVE; 0 = no end"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"mass_g", "g", TRUE, FALSE, 0, 999999, "mass"},
    {"entry", "", FALSE, TRUE, 0, 0, "how it came: scanned or typed"},
    {NULL},
};

const PlStepType pl_step_weigh = {
    .name = "weigh",
    .title = "Mass",
    .params = params,
    .measures = measures,
    .alone = TRUE,
    .weight = 2,
    .run = run_weigh,
};
