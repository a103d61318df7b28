/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/hexline.h"
#include "firmware/image/image.h"

/*
 * Motorola S-records: "Stcc<address><data>ss", address of 2, 3 or 4 bytes by type; sum = ones'
 * complement of count, address and data. The sum does not cover the type: so a header comes first
 * or not at all, all data records are of one width, and the end record (S7, S8, S9), which must
 * come last and once, is of that width too. A count record (S5, S6) must agree and comes after the
 * data.
 */
typedef struct {
	PlHexLines lines;
	PlImage *image;
	guint records;
	guint wide; /* address bytes of the data records */
	gboolean begun, counted, ended;
} Parser;

static gboolean
probe (const guint8 *data, gsize len)
{
	gsize i = 0;

	while (i < len && g_ascii_isspace (data[i]))
		i++;
	return i + 1 < len && data[i] == 'S' && g_ascii_isdigit (data[i + 1]);
}

/* The types are not in the order of their widths: S7 ends a file of S3, S8 of S2, S9 of S1. */
static guint
address_bytes (char type)
{
	switch (type) {
	case '2':
	case '6':
	case '8':
		return 3;
	case '3':
	case '7':
		return 4;
	default:
		return 2;
	}
}

static gboolean
check_count (Parser *p, guint64 count, GError **error)
{
	p->counted = TRUE;
	if (count == p->records)
		return TRUE;
	return pl_hex_error (&p->lines, PL_IMAGE_ERROR_TRUNCATED, error,
			     "%u data records, but the count record says %u", p->records,
			     (guint)count);
}

static gboolean
check_width (Parser *p, char type, GError **error)
{
	guint wide = address_bytes (type);

	if (p->records > 0 && wide != p->wide)
		return pl_hex_error (
		    &p->lines, PL_IMAGE_ERROR_FORMAT, error,
		    "a record S%c among data records S%u: use one width in the whole file", type,
		    p->wide - 1);
	p->wide = wide;
	return TRUE;
}

static gboolean
add_data (Parser *p, guint64 address, const guint8 *data, guint len, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	if (p->counted)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "data after the count record");
	p->records++;
	if (pl_image_add (p->image, address, data, len, &wrong))
		return TRUE;
	return pl_hex_error (&p->lines, wrong->code, error, "%s", wrong->message);
}

/* Type, address and length have been checked. */
static gboolean
take_content (Parser *p, char type, guint64 address, const guint8 *data, guint len, GError **error)
{
	switch (type) {
	case '0':
		if (p->begun)
			return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
					     "a header in the middle of the file");
		return TRUE; /* a name for people */
	case '5':
	case '6':
		return check_count (p, address, error);
	case '1':
	case '2':
	case '3':
		return check_width (p, type, error) && add_data (p, address, data, len, error);
	default:
		if (!check_width (p, type, error))
			return FALSE;
		p->ended = TRUE;
		pl_image_set_entry (p->image, (guint32)address);
		return TRUE;
	}
}

static gboolean
take_record (Parser *p, char type, const guint8 *r, GError **error)
{
	guint wide = address_bytes (type);
	guint len = r[0] - wide - 1;
	guint64 address = 0;

	if (type == '4')
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "record type S4 is reserved");
	if (r[0] < wide + 1)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it is too short for its address");
	if (type >= '5' && len > 0)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "a record S%c holds no data", type);
	for (guint i = 0; i < wide; i++)
		address = address << 8 | r[1 + i];
	if (!take_content (p, type, address, r + 1 + wide, len, error))
		return FALSE;
	p->begun = TRUE;
	return TRUE;
}

static gboolean
take_line (Parser *p, const guint8 *text, gsize len, GError **error)
{
	/* the count counts itself out: address, data and sum */
	guint8 r[1 + 255];
	guint8 sum = 0;

	if (p->ended)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "something follows the end record");
	if (len < 10 || text[0] != 'S' || !g_ascii_isdigit (text[1]) || len > 2 + 2 * sizeof r ||
	    !pl_hex_decode (text + 2, len - 2, r))
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it is not an S-record");
	if ((len - 2) / 2 != (gsize)r[0] + 1)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_FORMAT, error,
				     "it says %u bytes and has %d", r[0], (int)(len - 2) / 2 - 1);
	for (guint i = 0; i <= r[0]; i++)
		sum += r[i];
	if (sum != 0xff)
		return pl_hex_error (&p->lines, PL_IMAGE_ERROR_CHECKSUM, error,
				     "its sum 0x%02x is wrong", r[r[0]]);
	return take_record (p, text[1], r, error);
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

const PlImageFormat pl_format_srec = {"srec", probe, parse};
