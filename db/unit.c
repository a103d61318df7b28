/* SPDX-License-Identifier: Apache-2.0 */
#include "db/unit.h"

void
pl_unit_row_free (gpointer data)
{
	PlUnitRow *row = data;

	g_free (row->kind);
	g_free (row->serial);
	g_free (row->scheme);
	g_free (row->vendor);
	g_free (row->lot);
	g_free (row->grade);
	g_free (row);
}

gboolean
pl_unit_find (sqlite3 *sql, const char *kind, const char *serial, gint64 *ret_id, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error, "SELECT id FROM unit WHERE kind = ? AND serial = ?", "ss", kind, serial);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1)
		*ret_id = sqlite3_column_int64 (found, 0);
	else if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no %s with serial \"%s\" is known here", kind, serial);
	return more == 1;
}

/* A serial that is known keeps what it was registered with: a delivery list that is read twice
 * changes nothing. */
gboolean
pl_unit_register (sqlite3 *sql, const char *kind, const char *serial, const char *scheme,
		  const char *vendor, const char *lot, const char *grade, gint64 *ret_id,
		  GError **error)
{
	g_autofree char *now = pl_utc_now ();

	return pl_sql_run (
		   sql,
		   pl_sql (sql, error,
			   "INSERT INTO unit (kind, serial, scheme, vendor, lot, grade, created)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, serial) DO NOTHING",
			   "sssssss", kind, serial, scheme, vendor, lot, grade, now),
		   error) &&
	       pl_unit_find (sql, kind, serial, ret_id, error);
}

/* NULL without an error: it is free. */
char *
pl_unit_holder (sqlite3 *sql, gint64 child, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT parent.serial FROM link JOIN unit AS parent ON parent.id = link.parent"
		    " WHERE link.child = ? AND link.t_to IS NULL",
		    "i", child);

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return NULL;
	return g_strdup ((const char *)sqlite3_column_text (found, 0));
}

gboolean
pl_unit_link (sqlite3 *sql, gint64 child, gint64 parent, gint64 position, const char *reason,
	      const char *by, GError **error)
{
	g_autofree char *now = pl_utc_now ();
	g_autoptr (GError) wrong = NULL;
	/* the index would refuse it, too, but could not say where the part is now */
	g_autofree char *holder = pl_unit_holder (sql, child, &wrong);

	if (wrong != NULL) {
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	if (holder != NULL) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT,
			     "unit %lld is already built into %s: take it out there first",
			     (long long)child, holder);
		return FALSE;
	}
	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "INSERT INTO link (child, parent, position, t_from, reason, by_whom)"
		    " VALUES (?, ?, ?, ?, ?, ?)",
		    "iiisss", child, parent, position, now, reason, by),
	    error);
}

/* The row stays with its end: what a pack was built of on a day must be told years later. The
 * reason is appended because the first one is why it was put in. */
gboolean
pl_unit_unlink (sqlite3 *sql, gint64 child, const char *reason, const char *by, GError **error)
{
	g_autofree char *now = pl_utc_now ();
	g_autofree char *why = g_strdup_printf ("; removed by %s: %s", by, reason);

	if (!pl_sql_run (sql,
			 pl_sql (sql, error,
				 "UPDATE link SET t_to = ?, reason = reason || ? WHERE child = ? "
				 "AND t_to IS NULL",
				 "ssi", now, why, child),
			 error))
		return FALSE;
	/* an UPDATE of no row is a success to SQLite, and a mistake of the caller */
	if (sqlite3_changes (sql) == 1)
		return TRUE;
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND, "unit %lld is in no other unit",
		     (long long)child);
	return FALSE;
}

/* id, six texts, position: as both queries below select them. */
static GPtrArray *
rows_of (sqlite3 *sql, sqlite3_stmt *query, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_unit_row_free);
	g_autoptr (sqlite3_stmt) found = query;
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlUnitRow *row = g_new0 (PlUnitRow, 1);
		char **texts[] = {&row->kind,	&row->serial, &row->scheme,
				  &row->vendor, &row->lot,    &row->grade};

		row->id = sqlite3_column_int64 (found, 0);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = g_strdup ((const char *)sqlite3_column_text (found, i + 1));
		row->position = sqlite3_column_int64 (found, 7);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

GPtrArray *
pl_unit_children (sqlite3 *sql, gint64 parent, GError **error)
{
	return rows_of (
	    sql,
	    pl_sql (sql, error,
		    "SELECT unit.id, kind, serial, scheme, vendor, lot, grade, position FROM link"
		    " JOIN unit ON unit.id = link.child WHERE link.parent = ? AND t_to IS NULL "
		    "ORDER BY position",
		    "i", parent),
	    error);
}

GPtrArray *
pl_unit_rows_of_serial (sqlite3 *sql, const char *serial, GError **error)
{
	return rows_of (
	    sql,
	    pl_sql (
		sql, error,
		"SELECT unit.id, kind, serial, scheme, vendor, lot, grade,"
		" ifnull ((SELECT position FROM link WHERE child = unit.id AND t_to IS NULL), 0)"
		/* packs before cells: who types a serial mostly means the pack */
		" FROM unit WHERE serial = ? ORDER BY kind DESC",
		"s", serial),
	    error);
}
