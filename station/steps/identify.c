/* SPDX-License-Identifier: Apache-2.0 */
#include "db/run.h"
#include "db/unit.h"
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <string.h>

/* What is in this pack, by the genealogy that assembly recorded: every cell, one lot window, one
 * BMS board. */
typedef struct {
	gint64 unit;
	GPtrArray *children;
} Query;

/* As built in now: parts that were taken out again do not count. */
static gboolean
children_of (sqlite3 *sql, gpointer data, GError **error)
{
	Query *query = data;

	query->children = pl_unit_children (sql, query->unit, error);
	return query->children != NULL;
}

/* A cell that is not GRADE is the reason of many a weak pack; ungraded cells count as mixed. */
static guint
count_grades (GPtrArray *children, guint *ret_cells, guint *ret_boards)
{
	g_autoptr (GHashTable) grades = g_hash_table_new (g_str_hash, g_str_equal);

	for (guint i = 0; i < children->len; i++) {
		const PlUnitRow *row = g_ptr_array_index (children, i);

		*ret_cells += g_str_equal (row->kind, "cell");
		*ret_boards += g_str_equal (row->kind, "bms");
		if (g_str_equal (row->kind, "cell"))
			g_hash_table_add (grades,
					  row->grade != NULL ? row->grade : (char *)"ungraded");
	}
	return g_hash_table_size (grades);
}

static gboolean
run_identify (PlStepContext *context, GError **error)
{
	PlRun *run = pl_step_run (context);
	Query query = {pl_run_unit (run), NULL};
	guint cells = 0, boards = 0, grades;

	if (!pl_db_read (pl_run_station (run)->db, children_of, &query, error))
		return FALSE;
	grades = count_grades (query.children, &cells, &boards);
	g_ptr_array_unref (query.children);
	if (cells == 0)
		pl_step_blame (context,
			       "no cells are recorded in pack %s: scan them in at assembly "
			       "(packline assemble)",
			       pl_run_serial (run));
	pl_step_measure_text (context, "entry", pl_run_entry (run), NULL, NULL);
	pl_step_measure (context, "cells_count", cells, NULL, NULL);
	pl_step_measure (context, "boards_count", boards, NULL, NULL);
	pl_step_measure (context, "grades_count", grades, NULL, NULL);
	return TRUE;
}

static const PlMeasure measures[] = {
    {"cells_count", "", TRUE, FALSE, 0, 400, "cells built into the pack"},
    {"boards_count", "", TRUE, FALSE, 0, 10, "BMS boards built into the pack"},
    {"grades_count", "", TRUE, FALSE, 0, 400, "different grades among the cells"},
    {"entry", "", FALSE, TRUE, 0, 0, "how the serial came: scanned or typed"},
    {NULL},
};

const PlStepType pl_step_identify = {
    .name = "identify",
    .title = "Pack and its parts",
    .measures = measures,
    .weight = 1,
    .run = run_identify,
};
