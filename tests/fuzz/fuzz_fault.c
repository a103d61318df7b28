/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/line/rack.h"

/* A fault's spec comes from a bench file or the control socket: any text is a fault that stands, or
 * an error. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (PlLine) line = pl_line_new (1, PL_LINE_CELLS);
	g_autofree char *spec = g_strndup ((const char *)data, size);
	g_autoptr (GError) error = NULL;
	gboolean ok;

	pl_line_rack_grow (line, 8);
	ok = pl_line_fault (line, spec, TRUE, &error);

	g_assert (ok == (error == NULL));
	g_assert (!ok || pl_line_has_fault (line, spec));
	pl_line_advance (line, 0.1);
	g_assert (!ok || pl_line_fault (line, spec, FALSE, NULL));
	g_assert (!pl_line_has_fault (line, spec));
	return 0;
}
