/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/term.h"

/* When a calibration is due, an ISO date (NULL = none is kept). Due today is still in date. */
gboolean pl_due_is_over (const char *due);
PlTone pl_due_tone (const char *due);
/* "2027-05-04 (161 days)", "2026-05-04, OVERDUE by 3 days", "-"; caller frees. */
char *pl_due_text (const char *due);
