/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_image.h"

/* Any bytes as Intel HEX, as they are and with the sum of every line set right. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree guint8 *mended = g_memdup2 (data, size);

	fuzz_image (data, size, "ihex", 0);
	fuzz_mend_sums (mended, size, 1, 0x00);
	fuzz_image (mended, size, "ihex", 0);
	return 0;
}
