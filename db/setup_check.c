/* SPDX-License-Identifier: Apache-2.0 */
#include "db/setup_check.h"
#include <string.h>

void
pl_setup_check_row_free (gpointer data)
{
	PlSetupCheckRow *row = data;

	if (row == NULL)
		return;
	g_free (row->bench);
	g_free (row->who);
	g_free (row->utc);
	g_free (row->failed);
	g_free (row);
}

/* A name that has no row becomes NULL: the check counts for the bench, whoever ran it, and the
 * journal's line keeps the name. */
gboolean
pl_setup_check_row_add (sqlite3 *sql, const char *bench, const char *who, const char *utc,
			gboolean passed, const char *body, GError **error)
{
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO setup_check (bench, operator, utc, verdict, body) "
				   "VALUES (?, (SELECT id FROM operator WHERE name = ?), ?, ?, ?)",
				   "sssss", bench, who, utc, passed ? "PASS" : "FAIL", body),
			   error);
}

static char *
text_of (sqlite3_stmt *row, int column)
{
	return g_strdup ((const char *)sqlite3_column_text (row, column));
}

/* The words of failed lines are put together by SQLite from the body, so that no second copy of
 * them can differ from it. */
GPtrArray *
pl_setup_check_rows (sqlite3 *sql, const char *bench, guint most, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_setup_check_row_free);
	g_autoptr (sqlite3_stmt) row =
	    pl_sql (sql, error,
		    "SELECT c.id, c.bench, o.name, c.utc, c.verdict = 'PASS', "
		    "(SELECT group_concat (json_extract (value, '$.detail'), '; ') "
		    "FROM json_each (c.body, '$.lines') "
		    "WHERE json_extract (value, '$.verdict') = 'FAIL') "
		    "FROM setup_check c LEFT JOIN operator o ON o.id = c.operator "
		    "WHERE c.bench = ? ORDER BY c.id DESC LIMIT ?",
		    "si", bench, (gint64)most);
	int more = row != NULL ? 1 : -1;

	while (more == 1 && (more = pl_sql_step (sql, row, error)) == 1) {
		PlSetupCheckRow *check = g_new0 (PlSetupCheckRow, 1);

		check->id = sqlite3_column_int64 (row, 0);
		check->bench = text_of (row, 1);
		check->who = text_of (row, 2);
		check->utc = text_of (row, 3);
		check->passed = sqlite3_column_int (row, 4) != 0;
		check->failed = text_of (row, 5);
		g_ptr_array_add (rows, check);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* Of ended runs only: a golden run that is on the bench right now says nothing yet. */
gboolean
pl_setup_check_golden (sqlite3 *sql, const char *serial, const char *kind, char **ret_verdict,
		       char **ret_ended, GError **error)
{
	g_autoptr (sqlite3_stmt) row =
	    pl_sql (sql, error,
		    "SELECT run.verdict, run.ended FROM run JOIN unit ON unit.id = run.unit "
		    "WHERE unit.serial = ? AND run.kind = ? AND run.ended IS NOT NULL "
		    "ORDER BY run.id DESC LIMIT 1",
		    "ss", serial, kind);
	int more = row != NULL ? pl_sql_step (sql, row, error) : -1;

	*ret_verdict = more == 1 ? text_of (row, 0) : NULL;
	*ret_ended = more == 1 ? text_of (row, 1) : NULL;
	return more >= 0;
}

/* Both, since a day without a run still has logins, and a station without people has runs. */
gboolean
pl_setup_check_newest (sqlite3 *sql, char **ret_utc, GError **error)
{
	g_autoptr (sqlite3_stmt) row =
	    pl_sql (sql, error,
		    "SELECT max (utc) FROM (SELECT max (started) AS utc FROM run "
		    "UNION ALL SELECT max (utc) FROM journal)",
		    "");
	int more = row != NULL ? pl_sql_step (sql, row, error) : -1;

	*ret_utc = more == 1 ? text_of (row, 0) : NULL;
	return more >= 0;
}

/* quick_check and not integrity_check: a person waits. It leaves out the comparison of indexes with
 * their tables, which pl_db_check makes. */
gboolean
pl_setup_check_pages (sqlite3 *sql, GError **error)
{
	g_autoptr (sqlite3_stmt) row = pl_sql (sql, error, "PRAGMA quick_check (1)", "");
	int more = row != NULL ? pl_sql_step (sql, row, error) : -1;
	const char *found = more == 1 ? (const char *)sqlite3_column_text (row, 0) : NULL;

	if (more < 0 || g_strcmp0 (found, "ok") == 0)
		return more >= 0;
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT, "%s", found != NULL ? found : "?");
	return FALSE;
}
