/* SPDX-License-Identifier: Apache-2.0 */
#include "db/person.h"

/* How far back a last login is looked for: the journal holds a row a run, and has no index that
 * would find a kind. */
#define LATELY "100000"

#define COLUMNS                                                                                    \
	"operator.id, operator.failures, operator.name, operator.role, operator.badge, "           \
	"operator.pin, operator.locked_until, operator.retired"

void
pl_person_row_free (gpointer data)
{
	PlPersonRow *row = data;

	if (row == NULL)
		return;
	g_free (row->name);
	g_free (row->role);
	g_free (row->badge);
	g_free (row->pin);
	g_free (row->locked_until);
	g_free (row->retired);
	g_free (row->last_login);
	g_free (row);
}

static PlPersonRow *
row_of (sqlite3_stmt *at)
{
	PlPersonRow *row = g_new0 (PlPersonRow, 1);
	char **texts[] = {&row->name, &row->role,	  &row->badge,
			  &row->pin,  &row->locked_until, &row->retired};

	row->id = sqlite3_column_int64 (at, 0);
	row->failures = sqlite3_column_int64 (at, 1);
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		*texts[i] = g_strdup ((const char *)sqlite3_column_text (at, (int)i + 2));
	return row;
}

/* Nobody is an answer and no failure of the database: callers tell them apart by NOT_FOUND. */
static PlPersonRow *
only (sqlite3 *sql, sqlite3_stmt *statement, GError **error)
{
	g_autoptr (sqlite3_stmt) found = statement;
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no such person is known here");
	return more == 1 ? row_of (found) : NULL;
}

/* By the hash: every badge is hashed with the station's one salt, so that a badge names its person
 * in one look at an index. */
PlPersonRow *
pl_person_row_of_badge (sqlite3 *sql, const char *badge, GError **error)
{
	return only (
	    sql,
	    pl_sql (sql, error, "SELECT " COLUMNS " FROM operator WHERE badge = ?", "s", badge),
	    error);
}

PlPersonRow *
pl_person_row_of_name (sqlite3 *sql, const char *name, GError **error)
{
	return only (
	    sql, pl_sql (sql, error, "SELECT " COLUMNS " FROM operator WHERE name = ?", "s", name),
	    error);
}

/* Retired people have no badge any more; the second condition is for a row that was edited by hand.
 */
GPtrArray *
pl_person_rows (sqlite3 *sql, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_person_row_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT " COLUMNS ", login.utc FROM operator LEFT JOIN"
		    " (SELECT json_extract (body, '$.person') AS who, max (utc) AS utc FROM journal"
		    "   WHERE kind = 'login' AND seq > (SELECT coalesce (max (seq), 0) - " LATELY
		    "   FROM journal) GROUP BY who) AS login ON login.who = name"
		    " WHERE badge IS NOT NULL AND retired IS NULL ORDER BY name",
		    "");
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlPersonRow *row = row_of (found);

		row->last_login = g_strdup ((const char *)sqlite3_column_text (found, 8));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

gboolean
pl_person_row_add (sqlite3 *sql, const char *name, GError **error)
{
	return pl_sql_run (
	    sql, pl_sql (sql, error, "INSERT INTO operator (name) VALUES (?)", "s", name), error);
}

/* Whole: the caller has read it in the same transaction, so nothing of another's is lost. */
gboolean
pl_person_row_update (sqlite3 *sql, const PlPersonRow *row, GError **error)
{
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "UPDATE operator SET role = ?, badge = ?, pin = ?, failures = ?,"
				   " locked_until = ?, retired = ? WHERE id = ?",
				   "sssissi", row->role, row->badge, row->pin, row->failures,
				   row->locked_until, row->retired, row->id),
			   error);
}
