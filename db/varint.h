/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Inside db only: numbers as few bytes, as every packed form here has them. */

/* Small negative steps become small numbers. */
static inline guint64
pl_zigzag (guint64 value)
{
	return (value << 1) ^ (0 - (value >> 63));
}

static inline guint64
pl_unzigzag (guint64 coded)
{
	return (coded >> 1) ^ (0 - (coded & 1));
}

/* LEB128: seven bits a byte, the low ones first. Most differences take one byte, none over ten. */
static inline guint8 *
pl_put_varint (guint8 *at, guint64 value)
{
	while (value >= 0x80) {
		*at++ = (guint8)value | 0x80;
		value >>= 7;
	}
	*at++ = (guint8)value;
	return at;
}

/* NULL if the bytes end or run over 64 bits */
static inline const guint8 *
pl_get_varint (const guint8 *at, const guint8 *end, guint64 *ret)
{
	guint64 value = 0;

	for (guint shift = 0; at < end && shift < 70; shift += 7) {
		guint8 byte = *at++;

		if (shift == 63 && byte > 1)
			return NULL;
		value |= (guint64)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret = value;
			return at;
		}
	}
	return NULL;
}
