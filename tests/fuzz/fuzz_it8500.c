/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/itech_it8500/protocol.h"
#include <math.h>
#include <string.h>

/* Any bytes as what comes from the load: frames with good sums come of them, and they end. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_frame (const PlIt8500Frame *frame)
{
	guint8 bytes[PL_IT8500_FRAME], sum = 0;
	PlIt8500State state;
	PlIt8500Model model = {0};
	PlIdentity id;
	g_autoptr (GError) error = NULL;

	pl_it8500_encode (frame, bytes);
	for (guint i = 0; i < PL_IT8500_FRAME - 1; i++)
		sum = (guint8)(sum + bytes[i]);
	g_assert (bytes[0] == PL_IT8500_BEGIN && sum == bytes[PL_IT8500_FRAME - 1]);
	pl_it8500_parse_state (frame, &state);
	g_assert (isfinite (state.voltage_v) && state.voltage_v >= 0 && state.current_a >= 0);
	g_assert ((pl_it8500_faults (state.demand) & ~state.demand) == 0);
	pl_it8500_parse_limits (frame, &model);
	g_assert (model.power_w >= 0);
	g_assert (pl_it8500_parse_identity (frame, &id, &error) == (error == NULL));
	g_assert (error != NULL || g_str_is_ascii (id.model));
}

/* In pieces as long as the first byte says. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GByteArray) in = g_byte_array_new ();
	gsize piece = size > 0 ? data[0] % 40 + 1 : 1;
	PlIt8500Frame frame;

	for (gsize at = 0; at < size; at += piece) {
		g_byte_array_append (in, data + at, (guint)MIN (piece, size - at));
		while (pl_it8500_take (in, &frame))
			check_frame (&frame);
		g_assert (in->len < PL_IT8500_FRAME + PL_IT8500_DATA);
	}
	return 0;
}
