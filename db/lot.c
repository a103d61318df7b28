/* SPDX-License-Identifier: Apache-2.0 */
#include "db/lot.h"
#include <math.h>
#include <string.h>

/*
 * Newest first, so that a reader stops at what it looks for: the last run of a cell mostly has all
 * of it. CROSS JOIN holds SQLite to the order of the indices (run_unit, a step's place in its run,
 * the measurement's key), in which nothing need be sorted.
 */
#define NEWEST_FIRST                                                                               \
	"SELECT s.name, m.name, m.value, s.id, s.ended, r.id, r.uuid FROM run AS r"                \
	" CROSS JOIN step AS s ON s.run = r.id CROSS JOIN measurement AS m ON m.step = s.id"       \
	" WHERE r.unit = ? AND r.verdict IN ('PASS', 'FAIL') AND s.verdict IN ('PASS', 'FAIL')"    \
	" AND m.value IS NOT NULL"
#define IN_ORDER " ORDER BY r.id DESC, s.seq DESC, m.seq DESC"

typedef enum { STEP_NAME, NAME, VALUE, STEP, ENDED, RUN, UUID } Column;

static char *
text_at (sqlite3_stmt *row, int column)
{
	return g_strdup ((const char *)sqlite3_column_text (row, column));
}

/* "capacity_ah" is any step's, "dcir-50.dcir_ohm" that of one. */
static gboolean
is_named (const char *name, const char *step, const char *measurement)
{
	const char *dot = strchr (name, '.');
	gsize len;

	if (dot == NULL)
		return g_str_equal (name, measurement);
	len = (gsize)(dot - name);
	return strlen (step) == len && strncmp (name, step, len) == 0 &&
	       g_str_equal (dot + 1, measurement);
}

static gboolean
row_is (sqlite3_stmt *row, const char *name)
{
	return is_named (name, (const char *)sqlite3_column_text (row, STEP_NAME),
			 (const char *)sqlite3_column_text (row, NAME));
}

/* -- a lot as a matrix ------------------------------------------------------------------------- */

static void
cell_free (gpointer data)
{
	PlLotCell *cell = data;

	g_free (cell->serial);
	g_free (cell->vendor);
	g_free (cell->lot);
	g_free (cell->grade);
	g_free (cell->created);
	g_free (cell->holder);
	g_free (cell);
}

void
pl_lot_table_free (PlLotTable *table)
{
	if (table == NULL)
		return;
	g_strfreev (table->names);
	g_ptr_array_unref (table->cells);
	g_free (table->values);
	g_free (table);
}

double
pl_lot_value (const PlLotTable *table, guint cell, guint name)
{
	return table->values[(gsize)cell * table->n_names + name];
}

static gboolean
add_cells (sqlite3 *sql, const char *lot, GPtrArray *cells, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT u.id, u.serial, u.vendor, u.grade, u.created, parent.serial, p.plan"
		    " FROM unit AS u LEFT JOIN link ON link.child = u.id AND link.t_to IS NULL"
		    " LEFT JOIN unit AS parent ON parent.id = link.parent"
		    " LEFT JOIN pack_plan_cell AS p ON p.unit = u.id AND p.held = 1"
		    " WHERE u.lot = ? AND u.kind = 'cell' ORDER BY u.serial",
		    "s", lot);
	guint before = cells->len;
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlLotCell *cell = g_new0 (PlLotCell, 1);

		cell->unit = sqlite3_column_int64 (found, 0);
		cell->serial = text_at (found, 1);
		cell->vendor = text_at (found, 2);
		cell->lot = g_strdup (lot);
		cell->grade = text_at (found, 3);
		cell->created = text_at (found, 4);
		cell->holder = text_at (found, 5);
		cell->plan = sqlite3_column_int64 (found, 6);
		g_ptr_array_add (cells, cell);
	}
	if (more == 0 && cells->len == before)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no cell of lot \"%s\" is known here", lot);
	return more == 0 && cells->len > before;
}

/* Fills one row of the matrix; ends as soon as it is full. */
static gboolean
fill_row (sqlite3 *sql, sqlite3_stmt *newest, gint64 unit, char **names, guint n, double *values,
	  GError **error)
{
	guint left = n;
	int more = 1;

	sqlite3_reset (newest);
	sqlite3_bind_int64 (newest, 1, unit);
	while (left > 0 && (more = pl_sql_step (sql, newest, error)) == 1)
		for (guint i = 0; i < n; i++)
			if (isnan (values[i]) && row_is (newest, names[i])) {
				values[i] = sqlite3_column_double (newest, VALUE);
				left--;
			}
	return more >= 0;
}

static gboolean
fill_values (sqlite3 *sql, PlLotTable *table, GError **error)
{
	g_autoptr (sqlite3_stmt) newest = pl_sql (sql, error, NEWEST_FIRST IN_ORDER, "n");
	gsize n = (gsize)table->cells->len * table->n_names;

	table->values = g_new (double, n);
	for (gsize i = 0; i < n; i++)
		table->values[i] = NAN;
	for (guint i = 0; newest != NULL && i < table->cells->len; i++) {
		const PlLotCell *cell = g_ptr_array_index (table->cells, i);
		double *row = table->values + (gsize)i * table->n_names;

		if (!fill_row (sql, newest, cell->unit, table->names, table->n_names, row, error))
			return FALSE;
	}
	return newest != NULL;
}

PlLotTable *
pl_lot_table_load (sqlite3 *sql, const char *const *lots, const char *const *names, GError **error)
{
	g_autoptr (PlLotTable) table = g_new0 (PlLotTable, 1);

	table->names = g_strdupv ((char **)names);
	table->n_names = g_strv_length (table->names);
	table->cells = g_ptr_array_new_with_free_func (cell_free);
	for (guint i = 0; lots[i] != NULL; i++)
		if (!add_cells (sql, lots[i], table->cells, error))
			return NULL;
	return fill_values (sql, table, error) ? g_steal_pointer (&table) : NULL;
}

/* -- which lots there are ---------------------------------------------------------------------- */

void
pl_lot_row_free (gpointer data)
{
	PlLotRow *row = data;

	g_free (row->lot);
	g_free (row->vendor);
	g_free (row);
}

GPtrArray *
pl_lot_rows (sqlite3 *sql, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_lot_row_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT u.lot, count (*), count (u.grade), count (link.id), count (p.plan),"
		    " CASE WHEN min (u.vendor) = max (u.vendor) THEN min (u.vendor) END"
		    " FROM unit AS u LEFT JOIN link ON link.child = u.id AND link.t_to IS NULL"
		    " LEFT JOIN pack_plan_cell AS p ON p.unit = u.id AND p.held = 1"
		    " WHERE u.lot IS NOT NULL AND u.kind = 'cell' GROUP BY u.lot",
		    "");
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlLotRow *row = g_new0 (PlLotRow, 1);

		row->lot = text_at (found, 0);
		row->cells = sqlite3_column_int64 (found, 1);
		row->graded = sqlite3_column_int64 (found, 2);
		row->built = sqlite3_column_int64 (found, 3);
		row->held = sqlite3_column_int64 (found, 4);
		row->vendor = text_at (found, 5);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* -- one value of one cell --------------------------------------------------------------------- */

void
pl_measured_free (PlMeasured *measured)
{
	if (measured == NULL)
		return;
	g_free (measured->ended);
	g_free (measured->step);
	g_free (measured->run_uuid);
	g_free (measured);
}

static gboolean
add_beside (sqlite3 *sql, gint64 step, const char *name, PlMeasured *measured, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT value FROM measurement WHERE step = ? AND name = ? AND value IS NOT "
		    "NULL ORDER BY seq DESC",
		    "is", step, name);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1)
		measured->beside = sqlite3_column_double (found, 0);
	return more >= 0;
}

static PlMeasured *
measured_of (sqlite3 *sql, sqlite3_stmt *row, const char *beside, GError **error)
{
	g_autoptr (PlMeasured) measured = g_new0 (PlMeasured, 1);

	measured->value = sqlite3_column_double (row, VALUE);
	measured->beside = NAN;
	measured->ended = text_at (row, ENDED);
	measured->step = text_at (row, STEP_NAME);
	measured->run = sqlite3_column_int64 (row, RUN);
	measured->run_uuid = text_at (row, UUID);
	if (beside != NULL &&
	    !add_beside (sql, sqlite3_column_int64 (row, STEP), beside, measured, error))
		return NULL;
	return g_steal_pointer (&measured);
}

PlMeasured *
pl_measured_last (sqlite3 *sql, gint64 unit, const char *name, const char *beside, gint64 before,
		  GError **error)
{
	g_autoptr (sqlite3_stmt) newest = pl_sql (sql, error, NEWEST_FIRST " AND r.id < ?" IN_ORDER,
						  "ii", unit, before > 0 ? before : G_MAXINT64);
	int more = -1;

	while (newest != NULL && (more = pl_sql_step (sql, newest, error)) == 1)
		if (row_is (newest, name))
			return measured_of (sql, newest, beside, error);
	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no judged run has measured %s of this cell", name);
	return NULL;
}
