/* SPDX-License-Identifier: Apache-2.0 */
#include "station/grade.h"
#include <string.h>

/* Any bytes as a grade table: an error with file and line, or a table whose first grade a pack
 * without measurements gets only if it asks for none. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlGradeTable) table =
	    pl_grade_table_parse ((const char *)data, size, "fuzz", &error);
	g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

	g_assert ((table == NULL) == (error != NULL));
	if (error != NULL)
		g_assert (g_str_has_prefix (error->message, "fuzz:"));
	if (table != NULL) {
		g_assert (*pl_grade_table_name (table) != '\0' &&
			  *pl_grade_table_product (table) != '\0');
		pl_grade_of (table, nothing);
	}
	return 0;
}
