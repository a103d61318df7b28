/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Modbus RTU slave: functions 3, 4, 6 and 16 (Application Protocol V1.1b3, Serial Line V1.02). A
 * stream keeps no character times, so a request ends where its function code says that it ends;
 * what cannot be measured that way, and whatever is broken, lasts until the line falls silent.
 */
#define BMS_MODBUS_FRAME_MAX 256

enum bms_modbus_exception {
	BMS_MODBUS_OK = 0,
	BMS_MODBUS_FUNCTION = 1,
	BMS_MODBUS_ADDRESS = 2,
	BMS_MODBUS_VALUE = 3,
	BMS_MODBUS_FAILURE = 4,
};

enum bms_modbus_space { BMS_INPUT, BMS_HOLDING };

/* What the registers behind it do; both return an exception, 0 = done. */
struct bms_modbus_registers {
	uint8_t (*read) (void *data, enum bms_modbus_space space, uint16_t address, uint16_t n,
			 uint16_t *ret);
	uint8_t (*write) (void *data, uint16_t address, uint16_t n, const uint16_t *values);
	void (*send) (void *data, const uint8_t *frame, size_t len);
	void *data;
};

struct bms_modbus {
	const struct bms_modbus_registers *registers;
	uint8_t unit;
	uint8_t frame[BMS_MODBUS_FRAME_MAX];
	size_t len;
	bool deaf; /* until silence */
};

void bms_modbus_receive (struct bms_modbus *modbus, const uint8_t *data, size_t len);
/* No byte has come for longer than a frame's gap. */
void bms_modbus_silence (struct bms_modbus *modbus);
