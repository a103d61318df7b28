/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_image.h"

/* Any bytes as ELF, and as whatever they are taken for when nobody names a format. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	fuzz_image (data, size, "elf", 0);
	fuzz_image (data, size, NULL, 0xffffff00);
	return 0;
}
