/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/port.h"

/*
 * Who this BMS is and how its current sensor is calibrated. Two pages hold a copy each; writing
 * goes to the one that does not hold the newest, so that a torn write leaves the older copy
 * valid.
 */
#define BMS_SERIAL_LENGTH 32
#define BMS_IDENTITY_MAGIC 0x4e444950u /* "PIDN" */

struct bms_identity {
	uint32_t magic;
	uint32_t generation; /* of this copy; 0 = none was ever written */
	char serial[BMS_SERIAL_LENGTH]; /* NUL-padded */
	int32_t current_gain_ppm;
	int32_t current_offset_ma;
	uint32_t crc32; /* of all before it */
};

/* The newest valid copy; all zero, and false, if there is none. */
bool bms_identity_read (const struct bms_port *port, struct bms_identity *ret);
/* Writes the next generation and reads it back; *identity gets its generation and CRC. False if
 * flash holds other bytes. */
bool bms_identity_write (const struct bms_port *port, struct bms_identity *identity);
/* (raw - offset) * (1 + gain) */
int32_t bms_identity_current (const struct bms_identity *identity, int32_t raw_ma);
