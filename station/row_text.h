/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/run.h"

/* What rows of the database look like to people, on a terminal and on the screen alike. Callers
 * free. */
char *pl_row_value_text (const PlMeasurementRow *row);
char *pl_row_limit_text (const PlMeasurementRow *row); /* NULL without a limit */
/* "0.4 s", "2 min 05 s", "1 h 12 min" */
char *pl_duration_text (double seconds);
/* "2026-11-24 22:05:41" of the database's UTC text: in UTC, and by the plant's own clock. */
char *pl_utc_text (const char *utc);
char *pl_local_text (const char *utc);
