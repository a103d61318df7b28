/* SPDX-License-Identifier: Apache-2.0 */
#include "db/grading.h"
#include "db/journal.h"
#include "db/run.h"
#include <string.h>

void
pl_unit_grade_free (gpointer data)
{
	PlUnitGrade *row = data;

	g_free (row->serial);
	g_free (row->grade);
	g_free (row->reason);
	g_free (row);
}

void
pl_grading_row_free (gpointer data)
{
	PlGradingRow *row = data;

	g_free (row->lot);
	g_free (row->table_name);
	g_free (row->table_hash);
	g_free (row->table_text);
	g_free (row->utc);
	g_free (row->operator_name);
	g_free (row->body);
	g_free (row);
}

/* -- the digest that the journal keeps --------------------------------------------------------- */

/* Each part behind its length, so that nothing can be moved from one to the next unseen. */
static void
add_part (GChecksum *sum, const char *text)
{
	g_autofree char *len = g_strdup_printf ("%zu:", strlen (text));

	g_checksum_update (sum, (const guchar *)len, -1);
	g_checksum_update (sum, (const guchar *)text, -1);
}

static int
by_serial (gconstpointer a, gconstpointer b)
{
	const PlUnitGrade *const *x = a, *const *y = b;

	return strcmp ((*x)->serial, (*y)->serial);
}

/* In the order of SQLite's own comparison, in which the rows are read back. */
static char *
digest_of (const char *table_hash, const char *body, GPtrArray *grades)
{
	g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
	g_autoptr (GPtrArray) sorted = g_ptr_array_copy (grades, NULL, NULL);

	/* the copy lends its elements: only the array itself may go */
	g_ptr_array_set_free_func (sorted, NULL);
	g_ptr_array_sort (sorted, by_serial);
	add_part (sum, table_hash);
	add_part (sum, body);
	for (guint i = 0; i < sorted->len; i++) {
		const PlUnitGrade *row = g_ptr_array_index (sorted, i);

		add_part (sum, row->serial);
		add_part (sum, row->grade);
		add_part (sum, row->reason);
	}
	return g_strdup (g_checksum_get_string (sum));
}

/* -- adding ------------------------------------------------------------------------------------ */

static gboolean
keep_table (sqlite3 *sql, const PlGradingRow *grading, GError **error)
{
	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "INSERT INTO grade_table (hash, name, version, text) VALUES (?, ?, ?, ?)"
		    " ON CONFLICT (hash) DO NOTHING",
		    "ssis", grading->table_hash, grading->table_name, grading->table_version,
		    grading->table_text),
	    error);
}

/* A cell without a grade must not keep the one that it had before: nobody would build it in
 * knowingly. */
static gboolean
keep_grades (sqlite3 *sql, gint64 grading, GPtrArray *grades, GError **error)
{
	for (guint i = 0; i < grades->len; i++) {
		const PlUnitGrade *row = g_ptr_array_index (grades, i);

		if (!pl_sql_run (sql,
				 pl_sql (sql, error,
					 "INSERT INTO unit_grade (grading, unit, grade, reason) "
					 "VALUES (?, ?, ?, ?)",
					 "iiss", grading, row->unit, row->grade, row->reason),
				 error) ||
		    !pl_sql_run (sql,
				 pl_sql (sql, error,
					 "UPDATE unit SET grade = nullif (?, '" PL_NO_GRADE "') "
					 "WHERE id = ?",
					 "si", row->grade, row->unit),
				 error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
keep_grading (sqlite3 *sql, PlGradingRow *grading, GPtrArray *grades, GError **error)
{
	g_autofree char *digest = digest_of (grading->table_hash, grading->body, grades);
	gint64 seq, who = 0;

	if ((grading->operator_name != NULL &&
	     !pl_operator_row (sql, grading->operator_name, &who, error)) ||
	    !pl_journal_append (sql, "grading", digest, &seq, NULL, error) ||
	    !pl_sql_run (sql,
			 pl_sql (sql, error,
				 "INSERT INTO grading (lot, grade_table, operator, utc, cells, "
				 "body, journal) VALUES (?, ?, nullif (?, 0), ?, ?, ?, ?)",
				 "ssisisi", grading->lot, grading->table_hash, who, grading->utc,
				 grading->cells, grading->body, seq),
			 error))
		return FALSE;
	grading->id = sqlite3_last_insert_rowid (sql);
	return TRUE;
}

gboolean
pl_grading_add (sqlite3 *sql, PlGradingRow *grading, GPtrArray *grades, GError **error)
{
	g_free (grading->utc);
	grading->utc = pl_utc_now ();
	grading->cells = grades->len;
	return keep_table (sql, grading, error) && keep_grading (sql, grading, grades, error) &&
	       keep_grades (sql, grading->id, grades, error);
}

/* -- reading ----------------------------------------------------------------------------------- */

static char *
text_at (sqlite3_stmt *row, int column)
{
	return g_strdup ((const char *)sqlite3_column_text (row, column));
}

GPtrArray *
pl_grading_rows (sqlite3 *sql, const char *lot, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_grading_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT g.id, g.lot, g.utc, g.cells, g.body, t.hash, t.name, t.version, o.name"
	    " FROM grading AS g JOIN grade_table AS t ON t.hash = g.grade_table"
	    " LEFT JOIN operator AS o ON o.id = g.operator WHERE g.lot = ? ORDER BY g.id DESC",
	    "s", lot);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlGradingRow *row = g_new0 (PlGradingRow, 1);

		row->id = sqlite3_column_int64 (found, 0);
		row->lot = text_at (found, 1);
		row->utc = text_at (found, 2);
		row->cells = sqlite3_column_int64 (found, 3);
		row->body = text_at (found, 4);
		row->table_hash = text_at (found, 5);
		row->table_name = text_at (found, 6);
		row->table_version = sqlite3_column_int64 (found, 7);
		row->operator_name = text_at (found, 8);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
pl_grading_grades (sqlite3 *sql, gint64 grading, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_unit_grade_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT unit, serial, g.grade, reason FROM unit_grade AS g"
		    " JOIN unit ON unit.id = g.unit WHERE grading = ? ORDER BY serial",
		    "i", grading);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlUnitGrade *row = g_new0 (PlUnitGrade, 1);

		row->unit = sqlite3_column_int64 (found, 0);
		row->serial = text_at (found, 1);
		row->grade = text_at (found, 2);
		row->reason = text_at (found, 3);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* The place of a median in a body is that of station/grading.c. */
GArray *
pl_grading_medians (sqlite3 *sql, const char *name, const char *but_lot, GError **error)
{
	g_autoptr (GArray) medians = g_array_new (FALSE, FALSE, sizeof (double));
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT cast (json_extract (body, '$.figures.\"' || ? || '\".median') AS REAL) AS m"
	    " FROM grading WHERE id IN (SELECT max (id) FROM grading WHERE lot <> ? GROUP BY lot)"
	    " AND m IS NOT NULL ORDER BY (SELECT min (id) FROM grading AS f WHERE f.lot = "
	    "grading.lot)",
	    "ss", name, but_lot);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		double median = sqlite3_column_double (found, 0);

		g_array_append_val (medians, median);
	}
	return more == 0 ? g_steal_pointer (&medians) : NULL;
}

/* -- verifying --------------------------------------------------------------------------------- */

gboolean
pl_grading_verify (sqlite3 *sql, gint64 *ret_rows, GError **error)
{
	g_autoptr (sqlite3_stmt) rows = pl_sql (
	    sql, error,
	    "SELECT g.id, g.lot, g.grade_table, g.body, journal.body FROM grading AS g"
	    " LEFT JOIN journal ON journal.seq = g.journal AND journal.kind = 'grading' ORDER BY "
	    "g.id",
	    "");
	int more = -1;

	*ret_rows = 0;
	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1) {
		g_autoptr (GPtrArray) grades =
		    pl_grading_grades (sql, sqlite3_column_int64 (rows, 0), error);
		g_autofree char *digest =
		    grades != NULL ? digest_of ((const char *)sqlite3_column_text (rows, 2),
						(const char *)sqlite3_column_text (rows, 3), grades)
				   : NULL;

		if (digest == NULL)
			return FALSE;
		if (g_strcmp0 (digest, (const char *)sqlite3_column_text (rows, 4)) != 0) {
			g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
				     "grading %lld of lot \"%s\" is not the one that the journal "
				     "holds: it was changed",
				     (long long)sqlite3_column_int64 (rows, 0),
				     (const char *)sqlite3_column_text (rows, 1));
			return FALSE;
		}
		(*ret_rows)++;
	}
	return more == 0;
}
