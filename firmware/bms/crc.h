/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* IEEE 802.3, reflected, start and final XOR 0xFFFFFFFF. Start with crc 0; may be continued with
 * the last result. */
uint32_t bms_crc32 (uint32_t crc, const void *data, size_t len);
/* Modbus RTU: polynomial 0xA001 reflected, start 0xFFFF; goes on the wire low byte first. */
uint16_t bms_crc16 (const uint8_t *data, size_t len);
/* The CRC unit of STM32: any polynomial and start, no reflection, no final XOR, fed with
 * little-endian words. */
uint32_t bms_crc_stm32 (uint32_t crc, uint32_t polynomial, const uint8_t *data, size_t len);
