/* SPDX-License-Identifier: Apache-2.0 */
#include "station/label.h"
#include "station/grade.h"
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <string.h>

/* Grades what has been measured so far and prints the label; a printer that says nothing is not
 * believed. */
static char *
grade_now (PlStepContext *context, GError **error)
{
	PlRun *run = pl_step_run (context);
	const char *product = pl_run_recipe (run)->product, *grade;
	g_autofree char *name = g_strdup_printf ("%s.yaml", product);
	g_autofree char *file = g_build_filename (pl_data_dir (), "grades", name, NULL);
	g_autoptr (PlGradeTable) table = pl_grade_table_load (file, error);

	if (table == NULL)
		return NULL;
	if (!g_str_equal (pl_grade_table_product (table), product)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
			     "%s grades product %s, this recipe is for %s", file,
			     pl_grade_table_product (table), product);
		return NULL;
	}
	grade = pl_grade_of (table, pl_run_results (run));
	if (grade == NULL)
		grade = "none";
	pl_run_set_fact (run, "grade_table", pl_grade_table_name (table));
	pl_run_set_fact (run, "grade", grade);
	return g_strdup (grade);
}

/* UTC, as in the record. */
static char *
zpl_of (PlRun *run, const char *grade, GError **error)
{
	g_autofree char *date = pl_utc_now ();
	char *zpl;

	date[strlen ("2026-01-01")] = '\0';
	zpl = pl_label_zpl (pl_run_recipe (run)->product, pl_run_serial (run), grade, date);
	if (zpl == NULL)
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
			     "the serial \"%s\" cannot be printed: ZPL would take ^ and ~ in it "
			     "for commands",
			     pl_run_serial (run));
	return zpl;
}

/* What went to the printer is kept also if it may not have come out: somebody may find it on the
 * floor. */
static gboolean
print_and_keep (PlStepContext *context, const char *zpl, GError **error)
{
	PlInstrument *printer = pl_step_borrow (context, PL_ROLE_PRINTER, error);
	g_autoptr (GError) wrong = NULL;
	gboolean printed;

	if (printer == NULL)
		return FALSE;
	printed = printer->ops.printer->print (printer, zpl, &wrong);
	if (!pl_run_keep_label (pl_step_run (context), zpl, printed ? "printed" : wrong->message,
				error))
		return FALSE;
	if (printed)
		pl_step_measure (context, "labels_printed_count", 1, printer, NULL);
	else
		g_propagate_error (error, g_steal_pointer (&wrong));
	return printed;
}

static gboolean
run_label (PlStepContext *context, GError **error)
{
	PlRun *run = pl_step_run (context);
	g_autofree char *grade = NULL, *zpl = NULL;

	if (!pl_run_is_clean (run)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "no label for a pack that has not passed every step before");
		return FALSE;
	}
	grade = grade_now (context, error);
	if (grade == NULL)
		return FALSE;
	pl_step_measure_text (context, "grade", grade, NULL, NULL);
	zpl = zpl_of (run, grade, error);
	return zpl != NULL && print_and_keep (context, zpl, error);
}

static const PlMeasure measures[] = {
    {"labels_printed_count", "", TRUE, FALSE, 0, 10, "labels that the printer confirmed"},
    {"grade", "", FALSE, TRUE, 0, 0, "by the product's grade table"},
    {NULL},
};

const PlStepType pl_step_label = {
    .name = "label",
    .title = "Grade and label",
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_PRINTER),
    .alone = TRUE,
    .weight = 1,
    .run = run_label,
};
