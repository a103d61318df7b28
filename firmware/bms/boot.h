/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/image.h"
#include "firmware/bms/verify.h"

/*
 * The resident bootloader: the device's side of the STM32 USART protocol (AN3155) over the
 * application slot. Like the silicon it has no time-out between bytes: a host that dies in the
 * middle of a block has to reset the pack.
 */
#define BMS_BOOT_VERSION 0x01020000u /* 1.2.0 */
#define BMS_BOOT_PROTOCOL                                                                          \
	0x31u /* version byte of Get: 3.1, which has extended erase instead of erase */
#define BMS_BOOT_PRODUCT_ID                                                                        \
	0x0414u /* a part with pages of 2 KiB, so that outside tools plan the same pages */
#define BMS_BOOT_ERASE_MAX 512u /* pages in one command */

struct bms_boot {
	const struct bms_port *port;
	const struct bms_target *target;
	bool synced;
	bool go; /* the host has asked to start the application, and it fits */
	/* Takes the frame of `want` bytes that the running command waits for. */
	void (*next) (struct bms_boot *boot);
	size_t want, len;
	uint8_t frame[2 * BMS_BOOT_ERASE_MAX + 1];
	uint32_t address, size, polynomial;
};

/* port and target are borrowed. */
void bms_boot_init (struct bms_boot *boot, const struct bms_port *port,
		    const struct bms_target *target);
void bms_boot_receive (struct bms_boot *boot, const uint8_t *data, size_t len);
