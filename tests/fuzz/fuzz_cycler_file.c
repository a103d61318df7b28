/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/cycler_file.h"
#include <math.h>

/* Any bytes as a cycler's file: an error of this room, or records that are all in steps, steps that
 * follow one another, and sums that no damage makes negative. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (const PlCyclerFile *file)
{
	guint next = 0;

	for (guint i = 0; i < file->steps->len; i++) {
		const PlCyclerStep *step = g_ptr_array_index (file->steps, i);

		g_assert (step->first == next && step->n > 0);
		g_assert (step->kind >= PL_CYCLER_REST && step->kind <= PL_CYCLER_DISCHARGE);
		g_assert (step->charge.charge_ah >= 0 && step->charge.discharge_ah >= 0);
		g_assert (step->charge.records + step->charge.missing + step->charge.backward ==
			  step->n);
		next += step->n;
	}
	g_assert (next == file->records->len && next > 0);
	for (guint i = 0; i < file->defects->len; i++) {
		const PlCyclerDefect *defect = g_ptr_array_index (file->defects, i);

		g_assert (defect->line > 0 && *defect->text != '\0');
	}
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCyclerFile) file = pl_cycler_file_parse (bytes, "fuzz", &error);

	g_assert ((file == NULL) == (error != NULL));
	if (error != NULL)
		g_assert (error->domain == PL_CYCLER_FILE_ERROR);
	if (file != NULL) {
		check (file);
		pl_cycler_file_judge (file, PL_CYCLER_LIMIT_PERCENT, 1);
	}
	return 0;
}
