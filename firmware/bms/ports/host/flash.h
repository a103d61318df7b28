/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/image.h"
#include "firmware/bms/port.h"
#include <glib.h>

/*
 * The flash of the host port: a file of BMS_FLASH_SIZE bytes, mapped and shared, so that what a
 * process that dies has written is there for the next one. NOR by its rules: writing clears
 * bits, only erasing sets them.
 */
struct flash {
	uint8_t *bytes;
	int fd; /* locked; -1 = memory only (tests) */
};

/* Makes the file, all 0xFF, if there is none. Refuses one of another size and one that another
 * process runs from. */
gboolean flash_open (struct flash *flash, const char *file, GError **error);
void flash_open_memory (struct flash *flash);
void flash_close (struct flash *flash);
gboolean flash_is_blank (const struct flash *flash, uint32_t address, size_t len);

/* As struct bms_port wants them; host is the struct flash. */
bool flash_read (void *host, uint32_t address, void *ret, size_t len);
bool flash_write (void *host, uint32_t address, const void *data, size_t len);
bool flash_erase (void *host, uint32_t address);
