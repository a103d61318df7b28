/* SPDX-License-Identifier: Apache-2.0 */
#include "db/approval.h"

void
pl_approval_row_free (gpointer data)
{
	PlApprovalRow *row = data;

	if (row == NULL)
		return;
	g_free (row->recipe);
	g_free (row->author);
	g_free (row->approver);
	g_free (row->reason);
	g_free (row->utc);
	g_free (row->statement);
	g_free (row->signature);
	g_free (row);
}

/* A name that only ever stood in a run's row is nobody who could answer for a recipe. */
static gboolean
enrolled_id (sqlite3 *sql, const char *name, gint64 *ret, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error, "SELECT id FROM operator WHERE name = ? AND badge IS NOT NULL", "s", name);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1) {
		*ret = sqlite3_column_int64 (found, 0);
		return TRUE;
	}
	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "%s is not enrolled at this station (People page): author and "
			     "approver of a recipe must be",
			     name);
	return FALSE;
}

/* The table's own CHECK refuses author = approver: a head that forgets to ask cannot approve alone.
 */
gboolean
pl_approval_row_add (sqlite3 *sql, const PlApprovalRow *row, GError **error)
{
	gint64 author, approver;

	return enrolled_id (sql, row->author, &author, error) &&
	       enrolled_id (sql, row->approver, &approver, error) &&
	       pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO approval (recipe, author, approver, reason, utc,"
				   " statement, signature) VALUES (?, ?, ?, ?, ?, ?, ?)",
				   "siissss", row->recipe, author, approver, row->reason, row->utc,
				   row->statement, row->signature),
			   error);
}

/* With names and not ids: the statement that was signed has names, and is written anew from them.
 */
GPtrArray *
pl_approval_rows (sqlite3 *sql, const char *recipe, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_approval_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT approval.id, recipe, author.name, approver.name, reason, utc, statement,"
	    " signature FROM approval JOIN operator AS author ON author.id = author"
	    " JOIN operator AS approver ON approver.id = approver"
	    /* ?1 IS NULL: one query for one recipe and for all */
	    " WHERE ?1 IS NULL OR recipe = ?1 ORDER BY approval.id DESC",
	    "s", recipe);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlApprovalRow *row = g_new0 (PlApprovalRow, 1);
		char **texts[] = {&row->recipe, &row->author,	 &row->approver, &row->reason,
				  &row->utc,	&row->statement, &row->signature};

		row->id = sqlite3_column_int64 (found, 0);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] =
			    g_strdup ((const char *)sqlite3_column_text (found, (int)i + 1));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}
