/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/*
 * The reference BMS's application slot, as bootloader, application and station all see it. The
 * slot starts with this header (little-endian), then `size` bytes of payload at offset 64:
 * native code for the port that it was built for (port 1: a position-independent ELF shared
 * object that the host process loads and runs; port 2: Cortex-M code). The bootloader runs
 * nothing whose CRC, product or hardware range does not fit.
 */
#define BMS_SLOT_ADDRESS 0x08004000u
#define BMS_SLOT_SIZE 0x0003c000u /* 240 KiB */
#define BMS_FLASH_ADDRESS 0x08000000u
#define BMS_FLASH_SIZE 0x00040000u
#define BMS_PAGE_SIZE 2048u
/*
 * The slot's last four pages are not the image's: two of boot records, two of identity and
 * calibration. No erase by the bootloader reaches them, mass erase included: a reflash keeps
 * serial number, calibration and rollback counter.
 */
#define BMS_BOOTLOG_ADDRESS 0x0803e000u
#define BMS_IDENTITY_ADDRESS 0x0803f000u
#define BMS_IMAGE_SPACE (BMS_BOOTLOG_ADDRESS - BMS_SLOT_ADDRESS) /* header and payload, 232 KiB */
#define BMS_IMAGE_MAGIC 0x474d4950u /* "PIMG" */
enum { BMS_PORT_HOST = 1, BMS_PORT_CORTEX_M = 2 };

struct bms_image_header {
	uint32_t magic;
	uint32_t header_size; /* 64 */
	uint32_t size; /* payload bytes */
	uint32_t crc32; /* IEEE 802.3 reflected, of header with this field 0, then payload */
	uint32_t port;
	uint32_t version; /* major<<24 | minor<<16 | patch */
	uint32_t security_counter;
	uint16_t hw_min, hw_max; /* hardware revisions it may run on */
	char product[32]; /* "PL-BMS-32S", NUL-padded */
};
