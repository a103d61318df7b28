/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_image.h"

/* Any bytes as S-records, as they are and with the sum of every line set right. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autofree guint8 *mended = g_memdup2 (data, size);

	fuzz_image (data, size, "srec", 0);
	fuzz_mend_sums (mended, size, 2, 0xff);
	fuzz_image (mended, size, "srec", 0);
	return 0;
}
