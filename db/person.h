/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* People, one row a name. A name that only stands in runs has a row, too: who is enrolled has a
 * badge. */
typedef struct {
	gint64 id, failures; /* PINs that were wrong, in a row */
	char *name, *role;
	char *badge, *pin; /* Argon2; NULL = none */
	char *locked_until, *retired; /* UTC; NULL = not */
	char *last_login; /* UTC; NULL = not lately; filled by pl_person_rows only */
} PlPersonRow;
void pl_person_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlPersonRow, pl_person_row_free)

/* NULL with NOT_FOUND where there is none. Caller frees. */
PlPersonRow *pl_person_row_of_badge (sqlite3 *sql, const char *badge, GError **error);
PlPersonRow *pl_person_row_of_name (sqlite3 *sql, const char *name, GError **error);
/* Who is enrolled, by name: PlPersonRow*. Caller unrefs. */
GPtrArray *pl_person_rows (sqlite3 *sql, GError **error);
/* A name without a badge. */
gboolean pl_person_row_add (sqlite3 *sql, const char *name, GError **error);
/* Everything but name and last_login, by id. CONSTRAINT if another has that badge. */
gboolean pl_person_row_update (sqlite3 *sql, const PlPersonRow *row, GError **error);
