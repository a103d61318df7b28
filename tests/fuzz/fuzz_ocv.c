/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/ocv.h"
#include <math.h>

/* Any bytes as a table of a cell: an error with its file, or a curve that is a number everywhere.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup ((const char *)data, size);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlOcvCurve) curve = pl_ocv_curve_parse (text, text, "fuzz", &error);

	g_assert ((curve == NULL) == (error != NULL));
	if (curve == NULL) {
		g_assert (g_str_has_prefix (error->message, "fuzz-"));
		return 0;
	}
	for (double soc = -0.1; soc < 1.2; soc += 0.05) {
		g_assert (isfinite (pl_ocv_volts (curve, soc)));
		g_assert (isfinite (pl_ocv_entropy (curve, soc)));
	}
	return 0;
}
