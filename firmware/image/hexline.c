/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/hexline.h"
#include "firmware/image/image.h"

gboolean
pl_hex_next (PlHexLines *lines, const guint8 **ret, gsize *ret_len)
{
	while (lines->at < lines->end) {
		const guint8 *start = lines->at, *stop = start;

		while (stop < lines->end && *stop != '\n')
			stop++;
		lines->at = stop < lines->end ? stop + 1 : stop;
		lines->line++;
		/* CR LF from Windows tools, and blanks that editors leave */
		while (stop > start && g_ascii_isspace (stop[-1]))
			stop--;
		if (stop == start)
			continue;
		*ret = start;
		*ret_len = stop - start;
		return TRUE;
	}
	return FALSE;
}

gboolean
pl_hex_decode (const guint8 *text, gsize len, guint8 *ret)
{
	if (len % 2 != 0)
		return FALSE;
	for (gsize i = 0; i < len / 2; i++) {
		int high = g_ascii_xdigit_value (text[2 * i]),
		    low = g_ascii_xdigit_value (text[2 * i + 1]);

		if (high < 0 || low < 0)
			return FALSE;
		ret[i] = high << 4 | low;
	}
	return TRUE;
}

/* Lines are counted with the blank ones, as an editor shows them. */
gboolean
pl_hex_error (const PlHexLines *lines, int code, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error (error, PL_IMAGE_ERROR, code, "line %u: %s", lines->line, text);
	return FALSE;
}
