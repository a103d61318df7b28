/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a freestanding program lacks. The first three are also what the compiler itself calls
 * for. */
void *memcpy (void *to, const void *from, size_t len);
void *memset (void *to, int value, size_t len);
int memcmp (const void *a, const void *b, size_t len);

static inline int32_t
bms_abs (int32_t value)
{
	return value < 0 ? -value : value;
}

static inline int32_t
bms_clamp (int64_t value, int32_t low, int32_t high)
{
	return value < low ? low : value > high ? high : (int32_t)value;
}

/* Adds to a time without ever wrapping: a timer that ran out stays run out. */
static inline uint32_t
bms_add_time (uint32_t us, uint32_t dt_us)
{
	return us + dt_us < us ? UINT32_MAX : us + dt_us;
}
