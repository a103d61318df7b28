/* SPDX-License-Identifier: Apache-2.0 */
#include "station/assemble.h"

/* Any bytes are a list of cells with positions 1 .. n, or an error that names a line. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) cells =
	    pl_cells_parse ((const char *)data, size, "cells.csv", &error);

	g_assert ((cells == NULL) == (error != NULL));
	if (cells == NULL) {
		g_assert (g_str_has_prefix (error->message, "cells.csv:"));
		return 0;
	}
	g_assert (cells->len > 0);
	for (guint i = 0; i < cells->len; i++) {
		const PlCell *cell = g_ptr_array_index (cells, i);

		g_assert (cell->position >= 1 && cell->position <= cells->len);
		g_assert (*cell->serial != '\0');
	}
	return 0;
}
