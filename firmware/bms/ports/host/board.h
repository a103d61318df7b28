/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/boot.h"
#include "firmware/bms/bootlog.h"
#include "firmware/bms/ports/host/flash.h"
#include "firmware/bms/ports/host/payload.h"

/*
 * The board around the processor: supply, reset and BOOT0 pins, the flash, the UART's two ends,
 * and who has the processor: bootloader, application or nobody. No descriptors in here; main.c
 * has them.
 */
enum board_state { BOARD_OFF, BOARD_HELD, BOARD_BOOTLOADER, BOARD_APPLICATION };

struct board {
	struct bms_port port;
	struct bms_boot_info info;
	struct bms_target target;
	struct flash *flash;
	struct bms_boot boot;
	struct payload payload;
	enum board_state state;
	uint32_t pins; /* of the last sample */
	bool reset_wanted, reset_into_bootloader;
	bool line_busy; /* bytes have come since the last silence */
	void (*send) (void *sink, const uint8_t *data, size_t len);
	void *sink;
};

/* flash and product (NULL = "PL-BMS-32S") are borrowed. The board is off until a sample brings
 * power. */
void board_init (struct board *board, struct flash *flash, const char *product,
		 uint32_t hardware_revision);
void board_clear (struct board *board);
/* One exchange with the analogue front end. */
void board_sample (struct board *board, const struct afe_sample *sample, struct afe_command *ret);
/* Bytes from the UART: lost while the board is off or held in reset. */
void board_receive (struct board *board, const uint8_t *data, size_t len);
void board_silence (struct board *board);
