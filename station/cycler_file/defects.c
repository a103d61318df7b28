/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"

/* A counter that is wrong is wrong in every line: ten tell enough. */
#define ROWS_OF_A_KIND 10
G_STATIC_ASSERT (PL_DEFECT_N <= G_N_ELEMENTS (((PlCyclerFile *)NULL)->defects_of_kind));

void
pl_cycler_defect (PlCyclerFile *file, PlDefectKind kind, guint line, const char *format, ...)
{
	guint *seen = &file->defects_of_kind[kind];
	PlCyclerDefect *defect;
	va_list args;

	if (++*seen > ROWS_OF_A_KIND) {
		/* the last of its kind that has a row */
		for (guint i = file->defects->len; i-- > 0;) {
			defect = g_ptr_array_index (file->defects, i);
			if (defect->kind == (guint)kind) {
				defect->more++;
				return;
			}
		}
	}
	defect = g_new0 (PlCyclerDefect, 1);
	defect->kind = kind;
	defect->line = line;
	va_start (args, format);
	defect->text = g_strdup_vprintf (format, args);
	va_end (args);
	g_ptr_array_add (file->defects, defect);
}
