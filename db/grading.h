/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/*
 * Gradings: one judging of one lot by one table, with the grade and reason of each cell. None is
 * ever changed: a later one stands beside it, and the unit's own grade follows the newest. Every
 * function is meant for use inside one PlDbWork.
 */

/* What stands for the grade of a cell that fits none, or of which something was not measured. */
#define PL_NO_GRADE "none"

typedef struct {
	gint64 unit;
	char *serial, *grade, *reason;
} PlUnitGrade;
void pl_unit_grade_free (gpointer row);

typedef struct {
	gint64 id;
	char *lot, *table_name, *table_hash, *table_text; /* table_text: adding only */
	gint64 table_version, cells;
	char *utc, *operator_name; /* operator_name NULL = nobody had logged in */
	char *body; /* canonical JSON */
} PlGradingRow;
void pl_grading_row_free (gpointer row);

/* grades: PlUnitGrade*, one each cell. Table, grading, grades, the units' own grade and the journal
 * row "grading" go together. id, cells and utc are filled in. */
gboolean pl_grading_add (sqlite3 *sql, PlGradingRow *grading, GPtrArray *grades, GError **error);
/* Newest first: PlGradingRow*. Caller unrefs. */
GPtrArray *pl_grading_rows (sqlite3 *sql, const char *lot, GError **error);
/* By serial: PlUnitGrade*. Caller unrefs. */
GPtrArray *pl_grading_grades (sqlite3 *sql, gint64 grading, GError **error);
/* Median of `name` in the newest grading of every lot but this one, in the order in which the lots
 * were graded: double. Lots in which it was not measured are left out. Caller unrefs. */
GArray *pl_grading_medians (sqlite3 *sql, const char *name, const char *but_lot, GError **error);
/* Holds every grading with its cells against its journal row; *ret_rows = gradings that are right.
 */
gboolean pl_grading_verify (sqlite3 *sql, gint64 *ret_rows, GError **error);
