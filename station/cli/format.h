/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/term.h"
#include "station/row_text.h"

/* How values and verdicts look, alike while a pack runs and when it is shown again. Callers free
 * what is char *. */

/* By the word that the database keeps: "PASS", "FAIL", "INCONCLUSIVE", "ERROR", ...; NULL = not
 * judged. */
PlTone pl_verdict_tone (const char *verdict);
const char *pl_verdict_sign (const char *verdict);

/* One measurement as an aligned line without its end; limit and verdict may be NULL. */
char *pl_measurement_line (const char *name, const char *value, const char *limit,
			   const char *verdict);
/* As much of a run's id as tells it apart from every other of this station, for --run. */
char *pl_short_id (const char *uuid);
