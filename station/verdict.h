/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What a step or a measurement came to. SKIPPED = waived, by whom and why is on the step. */
typedef enum {
	PL_VERDICT_NONE,
	PL_VERDICT_PASS,
	PL_VERDICT_FAIL,
	PL_VERDICT_INCONCLUSIVE,
	PL_VERDICT_SKIPPED
} PlVerdict;
/* What a run came to. FAIL = the pack is bad; ERROR = the station could not judge; ABORTED = a
 * person stopped it. */
typedef enum { PL_RUN_OPEN, PL_RUN_PASS, PL_RUN_FAIL, PL_RUN_ERROR, PL_RUN_ABORTED } PlRunVerdict;

const char *pl_verdict_name (PlVerdict verdict); /* "PASS" ... */
const char *pl_run_verdict_name (PlRunVerdict verdict); /* "PASS" ... */

/* One limit of one measurement. Bounds are inclusive; NaN = no such bound. */
typedef struct {
	double min, max;
	char *equals; /* for text; NULL = numeric */
	char *source; /* standard and clause, datasheet, or "plant default"; never NULL */
} PlLimit;

/* NaN and infinite values are INCONCLUSIVE, never PASS; a limit without any bound is INCONCLUSIVE.
 */
PlVerdict pl_limit_judge (const PlLimit *limit, double value);
PlVerdict pl_limit_judge_text (const PlLimit *limit, const char *value);
/* "GELE", "GE", "LE", "EQ" (IPC-2591 / ATML comparator words). */
const char *pl_limit_comparator (const PlLimit *limit);
/* "0.02 V .. 0.1 V", "<= 0.1 ohm", "= 1.4.2"; caller frees. */
char *pl_limit_text (const PlLimit *limit, const char *unit);
/* A number for people: engineering prefix by unit (0.0123 ohm -> "12.3 mohm", 2.1e9 ohm -> "2.10
 * Gohm"). */
char *pl_quantity_text (double value, const char *unit);
/* Text that came from a wire, as a terminal and a record may have it: valid UTF-8, with control
 * characters but the line break escaped (\033). NULL stays NULL. Caller frees. */
char *pl_plain_text (const char *text);
