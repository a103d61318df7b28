/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/*
 * Lots of cells, and what was measured of them: the newest value of each name from runs that were
 * judged (PASS or FAIL; what the station could not judge, or a person stopped, counts for nothing).
 * Every function is meant for use inside one PlDbWork.
 */

typedef struct {
	gint64 unit;
	char *serial, *vendor, *lot, *grade; /* vendor and grade may be NULL */
	char *created; /* UTC text: when it was first heard of */
	char *holder; /* serial of what it is built into now; NULL = of nothing */
	gint64 plan; /* pack plan that holds it; 0 = none */
} PlLotCell;

typedef struct {
	char **names; /* as asked for */
	guint n_names;
	GPtrArray *cells; /* PlLotCell*, in the order of the lots, in a lot by serial */
	double *values; /* a row each cell, a column each name; NaN = not measured */
} PlLotTable;
void pl_lot_table_free (PlLotTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlLotTable, pl_lot_table_free)

/* Both NULL-terminated. A name may be that of a measurement ("capacity_ah"), or of one of a step
 * alone ("dcir-50.dcir_ohm"). NOT_FOUND names a lot that has no cell. */
PlLotTable *pl_lot_table_load (sqlite3 *sql, const char *const *lots, const char *const *names,
			       GError **error);
/* NaN = not measured. */
double pl_lot_value (const PlLotTable *table, guint cell, guint name);

typedef struct {
	char *lot, *vendor; /* vendor NULL = none, or several */
	gint64 cells, graded, built, held;
} PlLotRow;
void pl_lot_row_free (gpointer row);
/* Every lot that cells came in, by name: PlLotRow*. Caller unrefs. */
GPtrArray *pl_lot_rows (sqlite3 *sql, GError **error);

/* One value with what it must be read with. */
typedef struct {
	double value;
	double beside; /* of the name asked for beside it, in the same step; NaN = none */
	char *ended, *step; /* UTC text and name of the step that measured it */
	gint64 run;
	char *run_uuid;
} PlMeasured;
void pl_measured_free (PlMeasured *measured);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlMeasured, pl_measured_free)
/* The newest judged value of `name` (as above) of a unit, from runs before the row `before` (0 = of
 * all). NULL with NOT_FOUND if there is none. */
PlMeasured *pl_measured_last (sqlite3 *sql, gint64 unit, const char *name, const char *beside,
			      gint64 before, GError **error);
