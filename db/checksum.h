/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sodium.h>

/* Inside db only: 64 bits that tell damage from data, SipHash under a key that is no secret.
 * Against people, who could compute it anew, stands the SHA-256 of what is sealed. */
static inline guint64
pl_checksum (const void *data, gsize len)
{
	static const guint8 key[crypto_shorthash_KEYBYTES] = "packline curves";
	guint64 sum;

	crypto_shorthash ((guint8 *)&sum, data, len, key);
	return GUINT64_FROM_LE (sum);
}
