/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* What may be live. A row is committed before the command goes out; it is cleared once the undo has
 * succeeded. */
typedef struct {
	gint64 id, run; /* rows */
	char *what, *since, *serial, *bench; /* since: UTC text; serial: of the run's pack */
} PlEnergisedRow;
void pl_energised_row_free (gpointer row);

/* Inside a PlDbWork; who energises waits for its commit. `what` is for people, and is
 * what recovery says may be live. */
gboolean pl_energised_add (sqlite3 *sql, gint64 run, const char *what, gint64 *ret_id,
			   GError **error);
/* Again, or of a row that is not there, changes nothing and is no error. */
gboolean pl_energised_clear (sqlite3 *sql, gint64 id, GError **error);
/* PlEnergisedRow*, oldest first, of runs on that bench; NULL = on any. Caller unrefs. */
GPtrArray *pl_energised_list (sqlite3 *sql, const char *bench, GError **error);
/* UTC text of when the last of what was live for a unit by `until` was made safe; what was not made
 * safe by then counts as `until`. NULL without an error: nothing was ever live. Caller frees. */
char *pl_energised_last_of_unit (sqlite3 *sql, gint64 unit, const char *until, GError **error);
