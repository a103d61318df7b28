/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/run.h"

/* How verdicts that the database keeps look: the same glyph, word and colours as on the banner. */
typedef struct {
	const char *verdict; /* "PASS" ..., of a run or of a step */
	const char *glyph;
	const char *word; /* N_() */
	const char *class; /* of style.css */
} PlVerdictLook;

/* NULL = not judged, or still open. Never NULL; what is not known looks like a doubt. */
const PlVerdictLook *pl_verdict_look (const char *verdict);
/* "✔ PASS" in the language of the screen; caller frees. */
char *pl_verdict_text (const char *verdict);
/* "Insulation resistance (attempt 2)"; caller frees. */
char *pl_step_title_text (const PlStepRow *step);
/* A kind of run in the language of the screen. */
const char *pl_kind_word (const char *kind);
