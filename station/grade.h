/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/sequencer.h"

/*
 * Grades of passed packs by a versioned table (YAML): the first grade whose every bound holds.
 * data/grades/ holds them; the table's name and version go into the record beside the grade.
 *
 *   grades: pack-32s
 *   version: 1
 *   product: PL-PACK-32S100
 *   table:
 *     - grade: A
 *       bounds:
 *         cell_spread_v: { max: 0.010, source: plant default }
 *     - grade: B
 */
typedef struct _PlGradeTable PlGradeTable;

/* Errors carry file and line: a bound on what no step measures, a grade that no pack could get. */
PlGradeTable *pl_grade_table_load (const char *file, GError **error);
/* The same from memory; `name` stands for the file. */
PlGradeTable *pl_grade_table_parse (const char *text, gsize len, const char *name, GError **error);
void pl_grade_table_free (PlGradeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlGradeTable, pl_grade_table_free)
/* results: PlStepResult*. The last measurement of a name counts; a bound on one that was not
 * measured does not hold. Returns the grade (borrowed) or NULL if none fits. */
const char *pl_grade_of (PlGradeTable *table, GPtrArray *results);
const char *pl_grade_table_product (PlGradeTable *table); /* borrowed */
/* "pack-32s@1"; borrowed. */
const char *pl_grade_table_name (PlGradeTable *table);
