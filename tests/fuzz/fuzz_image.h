/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/image/image.h"

/* What holds of any image that a parser has taken: ascending segments that do not touch, of no more
 * bytes than the file has, and all of them readable. */
static inline void
fuzz_image (const guint8 *data, gsize size, const char *format, guint32 base)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = pl_image_parse (data, size, format, base, &error);
	guint64 end = 0;

	g_assert ((image == NULL) == (error != NULL));
	if (image == NULL)
		return;
	g_assert (pl_image_size (image) > 0 && pl_image_size (image) <= size);
	for (guint i = 0; i < pl_image_n_segments (image); i++) {
		const PlSegment *segment = pl_image_segment (image, i);
		gsize len = g_bytes_get_size (segment->data);
		g_autoptr (GBytes) read = pl_image_read (image, segment->address, len, 0, NULL);

		g_assert (i == 0 || segment->address > end);
		g_assert (g_bytes_equal (read, segment->data));
		end = (guint64)segment->address + len;
		g_assert (end <= (guint64)1 << 32);
	}
}

/* One hex digit pair; -1 if it is none. */
static inline int
fuzz_pair (const guint8 *at)
{
	int high = g_ascii_xdigit_value (at[0]), low = g_ascii_xdigit_value (at[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Sets right the sum of each line of hex digits (from digit `from` on, ending in `target` if the
 * sum byte is counted in), so that mutations get past it. */
static inline void
fuzz_mend_sums (guint8 *text, gsize size, gsize from, guint8 target)
{
	for (gsize start = 0, stop; start < size; start = stop + 1) {
		guint8 sum = 0;
		gsize last;

		for (stop = start; stop < size && text[stop] != '\n'; stop++)
			;
		for (last = stop; last > start && g_ascii_isspace (text[last - 1]); last--)
			;
		if (last < start + from + 4)
			continue;
		for (gsize i = start + from; i + 2 < last; i += 2)
			sum += fuzz_pair (text + i);
		text[last - 2] = "0123456789ABCDEF"[(guint8)(target - sum) >> 4];
		text[last - 1] = "0123456789ABCDEF"[(guint8)(target - sum) & 15];
	}
}
