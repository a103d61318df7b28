/* SPDX-License-Identifier: Apache-2.0 */
#include "db/label.h"

/* Whatever came of the printing: a label that was lost on the way to the printer can be printed
 * again as it was. */
gboolean
pl_label_add (sqlite3 *sql, gint64 run, const char *zpl, const char *result, GError **error)
{
	g_autofree char *now = pl_utc_now ();

	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO label (run, utc, zpl, result) VALUES (?, ?, ?, ?)",
				   "isss", run, now, zpl, result),
			   error);
}

char *
pl_label_last (sqlite3 *sql, gint64 unit, gint64 run, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT zpl FROM label JOIN run ON run.id = label.run WHERE (run.unit = ? OR "
		    "run.id = ?) AND run.verdict = 'PASS' ORDER BY label.id DESC LIMIT 1",
		    "ii", unit, run);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1)
		return g_strdup ((const char *)sqlite3_column_text (found, 0));
	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no run that passed has printed a label for it");
	return NULL;
}
