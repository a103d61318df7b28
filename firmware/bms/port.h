/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/afe.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one door between the portable firmware and what it runs on: the port hands bootloader and
 * application a struct of functions, the application hands back another. Nothing else is shared,
 * so that the host process and a Cortex-M board run the same sources. All calls come from one
 * thread, none re-enters.
 */
#define BMS_PORT_API 1u
#define BMS_APP_SYMBOL "bms_app" /* of struct bms_app, in the payload */

enum { BMS_RESET_POWER_ON = 1, BMS_RESET_PIN = 2, BMS_RESET_SOFTWARE = 3 };

/* What the bootloader knows of this boot. */
struct bms_boot_info {
	uint32_t bootloader_version; /* major<<24 | minor<<16 | patch */
	uint32_t hardware_revision;
	uint32_t boot_count;
	uint32_t security_counter; /* highest that ever ran here */
	uint32_t reset_cause;
};

struct bms_port {
	void *host;
	void (*uart_write) (void *host, const uint8_t *data, size_t len);
	/* Flash by its addresses; false outside it. Writing can only clear bits (NOR), erasing
	 * sets a page to 0xFF. */
	bool (*flash_read) (void *host, uint32_t address, void *ret, size_t len);
	bool (*flash_write) (void *host, uint32_t address, const void *data, size_t len);
	bool (*flash_erase) (void *host, uint32_t address);
	/* Takes effect when the call that the firmware is in has returned. */
	void (*reset) (void *host, bool into_bootloader);
	const struct bms_boot_info *boot;
};

struct bms_app {
	uint32_t api; /* BMS_PORT_API */
	uint32_t version;
	void (*start) (const struct bms_port *port); /* port outlives the application */
	void (*receive) (const uint8_t *data, size_t len);
	void (*silence) (void); /* the line has been quiet for longer than a frame's gap */
	/* One period of the control loop. */
	void (*control) (const struct afe_sample *sample, struct afe_command *ret);
};
