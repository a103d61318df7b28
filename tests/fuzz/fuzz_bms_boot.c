/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/boot.h"
#include "firmware/bms/ports/host/flash.h"
#include <string.h>

/*
 * Any bytes at the BMS's bootloader, after its 0x7F: what is outside the slot stays as it is,
 * and nothing starts from a slot that holds no image.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static struct flash flash;

static void
on_answer (void *host, const uint8_t *bytes, size_t len)
{
	g_assert (len >= 1 && len <= 256);
}

static bool
on_read (void *host, uint32_t address, void *ret, size_t len)
{
	return flash_read (&flash, address, ret, len);
}

static bool
on_write (void *host, uint32_t address, const void *bytes, size_t len)
{
	g_assert (address >= BMS_SLOT_ADDRESS &&
		  len <= BMS_SLOT_ADDRESS + BMS_IMAGE_SPACE - address);
	return flash_write (&flash, address, bytes, len);
}

static bool
on_erase (void *host, uint32_t address)
{
	g_assert (address >= BMS_SLOT_ADDRESS && address < BMS_SLOT_ADDRESS + BMS_IMAGE_SPACE);
	return flash_erase (&flash, address);
}

static void
on_reset (void *host, bool into_bootloader)
{
	g_assert_not_reached ();
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	static const struct bms_port port = {NULL,     on_answer, on_read, on_write,
					     on_erase, on_reset,  NULL};
	static const struct bms_target target = {BMS_PORT_HOST, "PL-BMS-32S", 3, 0};
	static struct bms_boot boot;

	if (flash.bytes == NULL)
		flash_open_memory (&flash);
	bms_boot_init (&boot, &port, &target);
	bms_boot_receive (&boot, (const uint8_t *)"\x7f", 1);
	bms_boot_receive (&boot, data, size);
	g_assert (boot.synced);
	if (boot.go) {
		struct bms_image_header header;

		g_assert (bms_image_verify (&port, &target, &header) == BMS_IMAGE_FITS);
		flash_erase (&flash, BMS_SLOT_ADDRESS);
	}
	return 0;
}
