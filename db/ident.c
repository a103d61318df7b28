/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"
#include <sodium.h>

char *
pl_utc_now (void)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autofree char *seconds = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf ("%s.%03dZ", seconds, g_date_time_get_microsecond (now) / 1000);
}

/* RFC 9562, version 7: 48 bits of Unix milliseconds, then a 12-bit counter so that ids of one
 * process never go backwards within a millisecond or when the clock is set back, then 62 random
 * bits. */
char *
pl_uuid7 (void)
{
	static GMutex mutex;
	static gint64 last_ms;
	static guint counter;
	gint64 ms = g_get_real_time () / 1000;
	guint8 random[8];

	randombytes_buf (random, sizeof random);
	g_mutex_lock (&mutex);
	if (ms > last_ms) {
		last_ms = ms;
		counter = 0;
	} else if (++counter > 0xfff) {
		last_ms++;
		counter = 0;
	}
	ms = last_ms;
	guint count = counter;
	g_mutex_unlock (&mutex);
	return g_strdup_printf ("%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
				(guint)(ms >> 16), (guint)(ms & 0xffff), count,
				(random[0] & 0x3f) | 0x80, random[1], random[2], random[3],
				random[4], random[5], random[6], random[7]);
}
