/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/crc.h"

/* All three go bit by bit: a few milliseconds for a whole slot, and no tables in flash. */
uint32_t
bms_crc32 (uint32_t crc, const void *data, size_t len)
{
	const uint8_t *p = data;

	crc = ~crc;
	while (len-- > 0) {
		crc ^= *p++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return ~crc;
}

uint16_t
bms_crc16 (const uint8_t *data, size_t len)
{
	uint16_t crc = 0xffff;

	while (len-- > 0) {
		crc ^= *data++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = (uint16_t)((crc & 1u) != 0 ? crc >> 1 ^ 0xa001 : crc >> 1);
	}
	return crc;
}

uint32_t
bms_crc_stm32 (uint32_t crc, uint32_t polynomial, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i + 4 <= len; i += 4) {
		crc ^= (uint32_t)data[i] | (uint32_t)data[i + 1] << 8 |
		       (uint32_t)data[i + 2] << 16 | (uint32_t)data[i + 3] << 24;
		for (unsigned bit = 0; bit < 32; bit++)
			crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ polynomial : crc << 1;
	}
	return crc;
}
