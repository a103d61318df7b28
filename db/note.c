/* SPDX-License-Identifier: Apache-2.0 */
#include "db/note.h"
#include "db/run.h"

void
pl_note_row_free (gpointer data)
{
	PlNoteRow *row = data;

	g_free (row->utc);
	g_free (row->text);
	g_free (row->who);
	g_free (row);
}

/* A name that nobody enrolled has its row made here, as in runs: a note without its writer is worth
 * little. 0 as id becomes NULL, which is a note of nobody. */
gboolean
pl_note_add (sqlite3 *sql, gint64 run, const char *who, const char *text, GError **error)
{
	g_autofree char *now = pl_utc_now ();
	gint64 person = 0;

	if (who != NULL && !pl_operator_row (sql, who, &person, error))
		return FALSE;
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO note (run, operator, utc, text)"
				   " VALUES (?, nullif (?, 0), ?, ?)",
				   "iiss", run, person, now, text),
			   error);
}

GPtrArray *
pl_note_rows (sqlite3 *sql, gint64 run, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_note_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT note.id, utc, text, name FROM note"
	    " LEFT JOIN operator ON operator.id = note.operator WHERE run = ? ORDER BY note.id",
	    "i", run);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlNoteRow *row = g_new0 (PlNoteRow, 1);
		char **texts[] = {&row->utc, &row->text, &row->who};

		row->id = sqlite3_column_int64 (found, 0);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] =
			    g_strdup ((const char *)sqlite3_column_text (found, (int)i + 1));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}
