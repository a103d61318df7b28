/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"

void
pl_energised_row_free (gpointer data)
{
	PlEnergisedRow *row = data;

	g_free (row->what);
	g_free (row->since);
	g_free (row->serial);
	g_free (row->bench);
	g_free (row);
}

/* Committed before the command goes out: what is in here after a crash may be live, what is not,
 * was never commanded. */
gboolean
pl_energised_add (sqlite3 *sql, gint64 run, const char *what, gint64 *ret_id, GError **error)
{
	g_autofree char *now = pl_utc_now ();

	if (!pl_sql_run (sql,
			 pl_sql (sql, error,
				 "INSERT INTO energised (run, what, since) VALUES (?, ?, ?)", "iss",
				 run, what, now),
			 error))
		return FALSE;
	*ret_id = sqlite3_last_insert_rowid (sql);
	return TRUE;
}

/* Not deleted: when something was live, and for how long, is part of the run. The first clearing
 * counts. */
gboolean
pl_energised_clear (sqlite3 *sql, gint64 id, GError **error)
{
	g_autofree char *now = pl_utc_now ();

	return pl_sql_run (
	    sql,
	    pl_sql (sql, error, "UPDATE energised SET cleared = ? WHERE id = ? AND cleared IS NULL",
		    "si", now, id),
	    error);
}

/* coalesce: one query for one bench and for all. Another bench's rows are its own slot's to make
 * safe. */
GPtrArray *
pl_energised_list (sqlite3 *sql, const char *bench, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_energised_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT energised.id, run, what, since, serial, bench FROM energised JOIN run ON "
	    "run.id = energised.run JOIN unit ON unit.id = run.unit WHERE cleared IS NULL "
	    "AND bench = coalesce (?, bench) ORDER BY energised.id",
	    "s", bench);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlEnergisedRow *row = g_new0 (PlEnergisedRow, 1);

		row->id = sqlite3_column_int64 (found, 0);
		row->run = sqlite3_column_int64 (found, 1);
		row->what = g_strdup ((const char *)sqlite3_column_text (found, 2));
		row->since = g_strdup ((const char *)sqlite3_column_text (found, 3));
		row->serial = g_strdup ((const char *)sqlite3_column_text (found, 4));
		row->bench = g_strdup ((const char *)sqlite3_column_text (found, 5));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

char *
pl_energised_last_of_unit (sqlite3 *sql, gint64 unit, const char *until, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT max (min (ifnull (cleared, ?2), ?2)) FROM run CROSS JOIN energised"
		    " ON energised.run = run.id WHERE unit = ?1 AND since <= ?2",
		    "is", unit, until);

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return NULL;
	return g_strdup ((const char *)sqlite3_column_text (found, 0));
}
