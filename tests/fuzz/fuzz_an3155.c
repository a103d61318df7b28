/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include "tests/fuzz/fuzz_link.h"

/* A bootloader that answers anything. The flasher ends, and believes only what it has read back or
 * what a checksum over all bytes says. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	FuzzSource source = {data, size, FALSE};
	g_autoptr (PlLink) link = fuzz_link (&source);
	g_autoptr (PlImage) image = pl_image_new ();
	g_autoptr (GError) error = NULL;
	PlFlashEvidence evidence;
	PlFlashOptions options = {.page_size = 16, .go = TRUE};
	gboolean ok;

	if (size == 0)
		return 0;
	options.verify = (data[size - 1] & 1) != 0 ? PL_VERIFY_CRC : PL_VERIFY_READ;
	pl_image_add (image, 0x08000000, (const guint8 *)"0123456789abcdefXYZ", 19, NULL);
	ok = pl_flasher_run (link, "an3155", image, &options, &evidence, &error);
	g_assert (ok == (error == NULL));
	g_assert (!ok || evidence.verified != NULL);
	return 0;
}
