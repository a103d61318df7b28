/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* What people have added to a run. A note is never changed: a correction is another note. */
typedef struct {
	gint64 id;
	char *utc, *text;
	char *who; /* NULL = nobody was logged in */
} PlNoteRow;
void pl_note_row_free (gpointer row);

/* Inside a PlDbWork. who may be NULL. */
gboolean pl_note_add (sqlite3 *sql, gint64 run, const char *who, const char *text, GError **error);
/* Of one run, oldest first: PlNoteRow*. Caller unrefs. */
GPtrArray *pl_note_rows (sqlite3 *sql, gint64 run, GError **error);
