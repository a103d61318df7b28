/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/lines.h"
#include <string.h>

/* No cycler writes longer ones; a file without line ends must not fill the memory. */
#define LINE_MAX_BYTES (256 * 1024)
#define READ_BYTES (64 * 1024)

struct _PlLines {
	GInputStream *stream;
	char *buffer;
	gsize from, to; /* what of the buffer is not handed out yet */
	guint number;
	gboolean ended;
};

G_DEFINE_QUARK (pl - cycler - file - error - quark, pl_cycler_file_error)

/* Two bytes say that it is gzip; they must be read again afterwards. */
static GInputStream *
unpacked (GInputStream *raw, GError **error)
{
	g_autoptr (GInputStream) peek = g_buffered_input_stream_new (raw);
	g_autoptr (GConverter) gzip = NULL;
	const guint8 *magic;
	gsize n;

	if (g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (peek), -1, NULL, error) < 0)
		return NULL;
	magic = g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (peek), &n);
	if (n < 2 || magic[0] != 0x1f || magic[1] != 0x8b)
		return g_steal_pointer (&peek);
	gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	return g_converter_input_stream_new (peek, gzip);
}

static PlLines *
lines_of (GInputStream *raw, GError **error)
{
	GInputStream *stream = unpacked (raw, error);
	PlLines *lines;

	if (stream == NULL)
		return NULL;
	lines = g_new0 (PlLines, 1);
	lines->stream = stream;
	lines->buffer = g_malloc (LINE_MAX_BYTES + READ_BYTES);
	return lines;
}

PlLines *
pl_lines_of_file (const char *file, GError **error)
{
	g_autoptr (GFile) name = g_file_new_for_path (file);
	g_autoptr (GError) wrong = NULL;
	g_autoptr (GFileInputStream) raw = g_file_read (name, NULL, &wrong);
	PlLines *lines = raw != NULL ? lines_of (G_INPUT_STREAM (raw), &wrong) : NULL;

	if (lines == NULL)
		g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ,
			     "cannot read %s: %s", file, wrong->message);
	return lines;
}

PlLines *
pl_lines_of_bytes (GBytes *bytes, GError **error)
{
	g_autoptr (GInputStream) raw = g_memory_input_stream_new_from_bytes (bytes);

	return lines_of (raw, error);
}

void
pl_lines_free (PlLines *lines)
{
	if (lines == NULL)
		return;
	g_object_unref (lines->stream);
	g_free (lines->buffer);
	g_free (lines);
}

/* What is left goes to the front, so that a line always lies in one piece. */
static gboolean
fill (PlLines *lines, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	gssize n;

	memmove (lines->buffer, lines->buffer + lines->from, lines->to - lines->from);
	lines->to -= lines->from;
	lines->from = 0;
	n = g_input_stream_read (lines->stream, lines->buffer + lines->to, READ_BYTES - 1, NULL,
				 &wrong);
	if (n >= 0) {
		lines->to += n;
		lines->ended = n == 0;
		return TRUE;
	}
	g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ,
		     "behind line %u the file cannot be read any more: %s", lines->number,
		     wrong->message);
	return FALSE;
}

static char *
not_text (PlLines *lines, const char *why, GError **error)
{
	g_set_error (error, PL_CYCLER_FILE_ERROR, PL_CYCLER_FILE_ERROR_READ,
		     "line %u is no text (%s): export it as CSV in UTF-8", lines->number, why);
	return NULL;
}

static char *
hand_out (PlLines *lines, char *end, GError **error)
{
	char *line = lines->buffer + lines->from;
	gsize len = (gsize)(end - line);

	lines->number++;
	lines->from = MIN ((gsize)(end - lines->buffer) + 1, lines->to);
	*end = '\0';
	if (len > 0 && line[len - 1] == '\r')
		line[--len] = '\0';
	if (memchr (line, '\0', len) != NULL)
		return not_text (lines, "a NUL byte", error);
	if (lines->number == 1 && g_str_has_prefix (line, "\xef\xbb\xbf"))
		line += strlen ("\xef\xbb\xbf");
	return line;
}

char *
pl_lines_next (PlLines *lines, GError **error)
{
	gsize seen = 0;

	for (;;) {
		char *start = lines->buffer + lines->from;
		char *end = memchr (start + seen, '\n', lines->to - lines->from - seen);

		if (end != NULL)
			return hand_out (lines, end, error);
		seen = lines->to - lines->from;
		if (lines->ended)
			return seen > 0 ? hand_out (lines, start + seen, error) : NULL;
		if (seen > LINE_MAX_BYTES - READ_BYTES) {
			lines->number++;
			return not_text (lines, "it does not end", error);
		}
		if (!fill (lines, error))
			return NULL;
	}
}

guint
pl_lines_number (PlLines *lines)
{
	return lines->number;
}

/* Quotes are taken off in place; a quote within them is written twice. */
static char *
unquote (char *field, char delimiter, char **ret_rest)
{
	char *to = field, *at = field + 1;

	while (*at != '\0' && !(at[0] == '"' && at[1] != '"')) {
		if (*at == '"')
			at++;
		*to++ = *at++;
	}
	*ret_rest = strchr (at, delimiter);
	*to = '\0';
	return field;
}

guint
pl_fields_split (char *line, char delimiter, char **ret_fields)
{
	guint n = 0;

	for (char *at = line; at != NULL;) {
		char *field = at + strspn (at, delimiter == '\t' ? " " : " \t"), *rest;

		if (*field == '"') {
			unquote (field, delimiter, &rest);
		} else {
			rest = strchr (field, delimiter);
		}
		if (rest != NULL)
			*rest++ = '\0';
		if (n < PL_FIELDS_MAX)
			ret_fields[n] = g_strchomp (field);
		n++;
		at = rest;
	}
	return n;
}
