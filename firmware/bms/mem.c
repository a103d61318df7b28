/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/mem.h"

/* In the payload only: a hosted build has its C library's. Built with loop idioms left alone,
 * lest they call themselves. */
void *
memcpy (void *to, const void *from, size_t len)
{
	uint8_t *d = to;
	const uint8_t *s = from;

	while (len-- > 0)
		*d++ = *s++;
	return to;
}

void *
memset (void *to, int value, size_t len)
{
	uint8_t *d = to;

	while (len-- > 0)
		*d++ = (uint8_t)value;
	return to;
}

int
memcmp (const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;

	for (; len > 0; len--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
