/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/hioki_bt3560/protocol.h"
#include <math.h>

/* Any bytes in place of a line of the cell meter: a reading whose numbers can be used, or an
 * error. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static gboolean
usable (double value, double most)
{
	return isnan (value) || fabs (value) <= most;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	static const double cells[] = {0.2e-3, 10e-3, 100e-3};
	const PlHiokiModel *model = pl_hioki_model_find ("BT3562A");
	g_autofree char *line = g_strndup ((const char *)data, size);
	g_autoptr (GError) event = NULL;
	guint events = 0;

	for (guint i = 0; i < G_N_ELEMENTS (cells); i++) {
		PlMeterReading reading = {0};
		g_autoptr (GError) error = NULL;
		gboolean ok = pl_hioki_parse_reading (line, pl_hioki_range_for (model, cells[i]),
						      &reading, &error);

		g_assert (ok == (error == NULL));
		if (!ok)
			continue;
		g_assert (usable (reading.acir_ohm, 10) && usable (reading.ocv_v, 1e4));
		g_assert (!(reading.open && reading.over));
		g_assert (reading.open || reading.over ||
			  (!isnan (reading.acir_ohm) && !isnan (reading.ocv_v)));
	}
	g_assert (pl_hioki_parse_events (line, &events, &event) == (event == NULL));
	g_free (pl_hioki_events_in_words (events));
	return 0;
}
