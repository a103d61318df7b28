/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* What may be live. A row is committed before the command goes out; it is cleared once the undo has
 * succeeded. */
typedef struct {
	gint64 id, run;
	char *what, *since, *serial, *bench;
} PlEnergisedRow;
void pl_energised_row_free (gpointer row);

gboolean pl_energised_add (sqlite3 *sql, gint64 run, const char *what, gint64 *ret_id,
			   GError **error);
gboolean pl_energised_clear (sqlite3 *sql, gint64 id, GError **error);
/* PlEnergisedRow*, oldest first, of runs on that bench; NULL = on any. Caller unrefs. */
GPtrArray *pl_energised_list (sqlite3 *sql, const char *bench, GError **error);
