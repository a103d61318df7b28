/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/hexline.h"
#include "firmware/image/image.h"

/*
 * Intel HEX (Intel, 1988): ":LLAAAATT..CC". Records may come in any order, as linkers write them;
 * everything else is strict: sums, lengths, one end record and nothing after it.
 */
enum { DATA, END, SEGMENT, START_SEGMENT, LINEAR, START_LINEAR };

typedef struct {
	PlHexLines lines;
	PlImage *image;
	/* of the last SEGMENT or LINEAR record; 0 before any */
	guint64 upper;
	gboolean ended;
} Parser;

static gboolean
probe (const guint8 *data, gsize len)
{
	gsize i = 0;

	while (i < len && g_ascii_isspace (data[i]))
		i++;
	return i < len && data[i] == ':';
}

static gboolean
add_data (Parser *p, guint offset, const guint8 *data, guint len, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	/* in segment mode Intel lets the address wrap here; tools disagree on it, so it is refused
	 */
	if (offset + len > 0x10000)
		return pl_hex_error (
		    &p->lines, PL_IMAGE_ERROR_RANGE, error,
		    "%u bytes at offset 0x%04x run over the end of their 64 KiB block", len,
		    offset);
	if (pl_image_add (p->image, p->upper + offset, data, len, &wrong))
		return TRUE;
	return pl_hex_error (&p->lines, wrong->code, error, "%s", wrong->message);
}

static gboolean
take_record (Parser *p, const guint8 *r, guint len, GError **error)
{
	/* by record type; DATA has any */
	static const guint8 lengths[] = {0, 0, 2, 4, 2, 4};
	const guint8 *data = r + 4;
	guint type = r[3];

	if (type > START_LINEAR)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "record type 0x%02x is unknown", type);
	if (type != DATA && len != lengths[type])
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "record type %u has %u bytes instead of %u", type, len,
				     lengths[type]);
	switch (type) {
	case DATA:
		return add_data (p, r[1] << 8 | r[2], data, len, error);
	case END:
		p->ended = TRUE;
		return TRUE;
	case SEGMENT:
		/* 8086 paragraphs */
		p->upper = (guint64)(data[0] << 8 | data[1]) << 4;
		return TRUE;
	case LINEAR:
		p->upper = (guint64)(data[0] << 8 | data[1]) << 16;
		return TRUE;
	case START_LINEAR:
		pl_image_set_entry (p->image, (guint32)data[0] << 24 | data[1] << 16 |
						  data[2] << 8 | data[3]);
		return TRUE;
	default:
		return TRUE; /* START_SEGMENT: CS:IP says nothing to a flat part */
	}
}

static gboolean
take_line (Parser *p, const guint8 *text, gsize len, GError **error)
{
	/* length, address, type and sum around the data */
	guint8 r[5 + 255];
	guint8 sum = 0;

	if (p->ended)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "something follows the end record");
	if (text[0] != ':')
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it does not begin with \":\"");
	if (len < 11 || len > 1 + 2 * sizeof r || !pl_hex_decode (text + 1, len - 1, r))
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it is not a record of hex bytes");
	if ((len - 1) / 2 != (gsize)r[0] + 5)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it says %u data bytes and has %d", r[0],
				     (int)(len - 1) / 2 - 5);
	/* all bytes with their sum make 0 */
	for (guint i = 0; i < r[0] + 5u; i++)
		sum += r[i];
	if (sum != 0)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_CHECKSUM, error,
				     "its sum is 0x%02x instead of 0x%02x", r[r[0] + 4],
				     (guint8)(r[r[0] + 4] - sum));
	return take_record (p, r, r[0], error);
}

static gboolean
parse (const guint8 *data, gsize len, guint32 base, PlImage *image, GError **error)
{
	Parser p = {.lines = {data, data + len, 0}, .image = image};
	const guint8 *line;
	gsize line_len;

	while (pl_hex_next (&p.lines, &line, &line_len))
		if (!take_line (&p, line, line_len, error))
			return FALSE;
	if (p.ended)
		return TRUE;
	return pl_hex_error (&p.lines, PL_IMAGE_ERROR_TRUNCATED, error,
			     "the end record is missing: the file is cut short");
}

const PlImageFormat pl_format_ihex = {"ihex", probe, parse};
