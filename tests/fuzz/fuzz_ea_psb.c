/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/ea_psb/protocol.h"
#include <math.h>

/* Any bytes as any reply of the supply: a value within its type or an error comes of them. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup ((const char *)data, size);
	g_autoptr (GError) a = NULL, b = NULL, c = NULL, d = NULL;
	PlEaPsbModel model;
	double values[3], one;
	guint32 bits;

	if (pl_ea_psb_parse_array (text, values, &a))
		g_assert (isfinite (values[0]) && isfinite (values[1]) && isfinite (values[2]));
	else
		g_assert (a != NULL);
	g_assert (pl_ea_psb_parse_model (text, &model, &b) == (b == NULL));
	g_assert (b != NULL || model.series != NULL);
	g_assert (pl_supply_parse_unit (text, "V", &one, &c) == (c == NULL));
	g_assert (c != NULL || isfinite (one));
	if (pl_supply_parse_status (text, &bits, &d))
		g_assert (pl_ea_psb_alarms (bits) == (pl_ea_psb_alarms (bits) & bits));
	return 0;
}
