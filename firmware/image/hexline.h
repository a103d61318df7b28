/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What Intel HEX and S-records share: text lines of hex bytes. */
typedef struct {
	const guint8 *at, *end;
	guint line; /* number of the line last given, from 1 */
} PlHexLines;

/* The next line that is not blank, without its ends and trailing blanks; FALSE at the end of the
 * text. */
gboolean pl_hex_next (PlHexLines *lines, const guint8 **ret, gsize *ret_len);
/* Decodes an even number of hex digits into ret (len / 2 bytes). FALSE if any is none. */
gboolean pl_hex_decode (const guint8 *text, gsize len, guint8 *ret);
/* "line N: ..." in the PL_IMAGE_ERROR domain; always FALSE. */
gboolean pl_hex_error (const PlHexLines *lines, int code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
