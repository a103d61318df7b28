/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* What a bench has done since an instant: production runs (simulated ones on a simulated bench)
 * that have ended, counted by when they began. */
typedef struct {
	guint passed, failed, errors, aborted;
	guint judged_first, passed_first; /* packs that were judged for the first time ever */
} PlRunTally;

/* Of that bench alone; since: UTC text. Inside a PlDbWork. */
gboolean pl_run_tally (sqlite3 *sql, const char *bench, const char *since, PlRunTally *ret,
		       GError **error);

typedef struct {
	char *verdict, *started, *ended; /* times as UTC texts */
} PlRunEnd;
void pl_run_end_free (gpointer end);
/* PlRunEnd*, newest first, at most `most`, whenever they were. */
GPtrArray *pl_run_ends (sqlite3 *sql, const char *bench, guint most, GError **error);
