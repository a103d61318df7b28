/* SPDX-License-Identifier: Apache-2.0 */
#include "db/curve.h"
#include "db/span.h"

#define ROW "SELECT id, run, step_seq, name, columns, scales, sealed FROM curve "

void
pl_curve_row_free (gpointer data)
{
	PlCurveRow *row = data;

	g_free (row->name);
	g_strfreev (row->columns);
	g_free (row->scales);
	g_free (row->sealed);
	g_free (row);
}

/* The text is ours, but the file may not be as we left it. */
static gboolean
parse_columns (PlCurveRow *row, const char *columns, const char *scales, GError **error)
{
	g_auto (GStrv) names = g_strsplit (columns, " ", -1);
	g_auto (GStrv) numbers = g_strsplit (scales, " ", -1);
	guint n = g_strv_length (names);

	if (n < 2 || !g_str_equal (names[0], "t_us") || g_strv_length (numbers) != n - 1)
		return pl_span_damaged (row->id, "its head contradicts itself", error);
	row->scales = g_new0 (double, n - 1);
	for (guint i = 0; i < n - 1; i++) {
		row->scales[i] = g_ascii_strtod (numbers[i], NULL);
		if (!(row->scales[i] > 0))
			return pl_span_damaged (row->id, "its head contradicts itself", error);
	}
	row->columns = g_strdupv (names + 1);
	return TRUE;
}

static PlCurveRow *
take (sqlite3_stmt *found, GError **error)
{
	g_autoptr (PlCurveRow) row = g_new0 (PlCurveRow, 1);

	row->id = sqlite3_column_int64 (found, 0);
	row->run = sqlite3_column_int64 (found, 1);
	row->step_seq = sqlite3_column_int64 (found, 2);
	row->name = g_strdup ((const char *)sqlite3_column_text (found, 3));
	row->sealed = g_strdup ((const char *)sqlite3_column_text (found, 6));
	if (!parse_columns (row, (const char *)sqlite3_column_text (found, 4),
			    (const char *)sqlite3_column_text (found, 5), error))
		return NULL;
	return g_steal_pointer (&row);
}

PlCurveRow *
pl_curve_row (sqlite3 *sql, gint64 curve, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, ROW "WHERE id = ?", "i", curve);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "there is no curve %" G_GINT64_FORMAT, curve);
	return more == 1 ? take (found, error) : NULL;
}

/* Consumes the statement, which may be NULL with the error set. */
static GPtrArray *
rows (sqlite3 *sql, sqlite3_stmt *statement, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_curve_row_free);
	g_autoptr (sqlite3_stmt) found = statement;
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlCurveRow *row = take (found, error);

		if (row == NULL)
			return NULL;
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
pl_curve_rows_of_run (sqlite3 *sql, gint64 run, GError **error)
{
	return rows (
	    sql, pl_sql (sql, error, ROW "WHERE run = ? ORDER BY step_seq, name", "i", run), error);
}

GPtrArray *
pl_curve_rows_of_step (sqlite3 *sql, gint64 run, gint64 step_seq, GError **error)
{
	return rows (sql,
		     pl_sql (sql, error, ROW "WHERE run = ? AND step_seq = ? ORDER BY name", "ii",
			     run, step_seq),
		     error);
}
