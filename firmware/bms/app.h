/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/balance.h"
#include "firmware/bms/contactor.h"
#include "firmware/bms/image.h"
#include "firmware/bms/modbus.h"
#include "firmware/bms/protection.h"
#include "firmware/bms/soc.h"

/* The application's whole state, in one place and with no other. */
#define BMS_UNIT 1
#define BMS_TEST_KEY 0x5aa5
#define BMS_BOOT_KEY 0xb007
#define BMS_COMMIT_KEY 0xca1b
#define BMS_MASTER_TIMEOUT_US 60000000u /* without a request */

struct bms_state {
	const struct bms_port *port;
	struct bms_image_header image; /* as flashed */
	struct bms_identity identity; /* with what was written and not yet committed */
	struct bms_modbus_registers registers;
	struct bms_modbus modbus;
	struct bms_measured measured;
	struct bms_protection protection;
	struct bms_contactor contactor;
	struct bms_balance balance;
	struct bms_soc soc;
	bool insulation_monitor, test_mode;
	uint32_t quiet_us; /* since the last request */
	uint64_t uptime_us;
	uint32_t outputs, balancing; /* as last commanded */
};

void bms_state_init (struct bms_state *state, const struct bms_port *port);
void bms_state_control (struct bms_state *state, const struct afe_sample *sample,
			struct afe_command *ret);
/* Limits, forced balancing and the mode itself go back to what a boot has; anew = and begin
 * again. */
void bms_state_test_mode (struct bms_state *state, bool on);

/* The register table (registers.c), as the Modbus slave calls it. */
uint8_t bms_registers_read (void *state, enum bms_modbus_space space, uint16_t address, uint16_t n,
			    uint16_t *ret);
uint8_t bms_registers_write (void *state, uint16_t address, uint16_t n, const uint16_t *values);

/* What this build is, told by the build. */
#ifndef BMS_APP_VERSION
#define BMS_APP_VERSION 0u
#endif
#ifndef BMS_APP_PRODUCT
#define BMS_APP_PRODUCT "PL-BMS-32S"
#endif

extern const struct bms_app bms_app;
