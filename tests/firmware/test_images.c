/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/image/image.h"
#include "tests/suite.h"
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PATTERN 300

static guint8
pattern (guint i)
{
	return (guint8)(7 * i + 3);
}

/* -- helpers ----------------------------------------------------------------------------------- */

static PlImage *
parse_text (const char *format, const char *text, GError **error)
{
	return pl_image_parse ((const guint8 *)text, strlen (text), format, 0, error);
}

/* The refusal's code, and a piece of what it says (the line, mostly). */
static void
refused (const char *format, const char *text, int code, const char *says)
{
	g_autoptr (GError) error = NULL;

	ck_assert_msg (parse_text (format, text, &error) == NULL, "taken: %s", text);
	ck_assert_err (error, PL_IMAGE_ERROR, code);
	ck_assert_msg (strstr (error->message, says) != NULL, "\"%s\" lacks \"%s\"", error->message,
		       says);
}

static PlImage *
taken (const char *format, const char *text)
{
	g_autoptr (GError) error = NULL;
	PlImage *image = parse_text (format, text, &error);

	ck_assert_ok (image != NULL, error);
	return image;
}

static void
holds (PlImage *image, guint i, guint32 address, const void *data, gsize len)
{
	const PlSegment *segment;

	ck_assert_uint_lt (i, pl_image_n_segments (image));
	segment = pl_image_segment (image, i);
	ck_assert_uint_eq (segment->address, address);
	ck_assert_uint_eq (g_bytes_get_size (segment->data), len);
	ck_assert_mem_eq (g_bytes_get_data (segment->data, NULL), data, len);
}

/* The format's own definition, written down a second time: what a HEX file of these bytes looks
 * like. */
static void
put_hex (GString *out, guint type, guint offset, const guint8 *data, guint len)
{
	guint8 sum = len + (offset >> 8) + offset + type;

	g_string_append_printf (out, ":%02X%04X%02X", len, offset, type);
	for (guint i = 0; i < len; i++) {
		g_string_append_printf (out, "%02X", data[i]);
		sum += data[i];
	}
	g_string_append_printf (out, "%02X\n", (guint8)-sum);
}

static char *
golden (const char *name)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "firmware", "golden", name,
				 NULL);
}

/* -- other people's files ---------------------------------------------------------------------- */

static const struct {
	const char *file;
	guint32 address, entry;
} goldens[] = {
    {"pattern.hex", 0x0800ff80, 0x0800ff80},
    {"pattern.s37", 0x08007f80, 0x1000ff01},
    {"pattern.s28", 0x0007ff80, 0x000fff01},
    {"pattern.s19", 0x00001000, 0x00002001},
};

/* _i: the file */
START_TEST (a_file_of_another_tool_gives_its_bytes_address_and_entry)
{
	g_autofree char *path = golden (goldens[_i].file);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = pl_image_load (path, NULL, 0, &error);
	guint8 expected[PATTERN];
	guint32 entry = 0;

	ck_assert_ok (image != NULL, error);
	for (guint i = 0; i < PATTERN; i++)
		expected[i] = pattern (i);
	ck_assert_uint_eq (pl_image_n_segments (image), 1);
	holds (image, 0, goldens[_i].address, expected, PATTERN);
	ck_assert (pl_image_get_entry (image, &entry));
	ck_assert_uint_eq (entry, goldens[_i].entry);
}
END_TEST

/* _i: the file; every byte of it changed, one after the other */
START_TEST (no_single_changed_character_gives_other_bytes)
{
	g_autofree char *path = golden (goldens[_i].file), *text = NULL;
	g_autoptr (PlImage) whole = pl_image_load (path, NULL, 0, NULL);
	gsize len;

	ck_assert (g_file_get_contents (path, &text, &len, NULL));
	for (gsize i = 0; i < len; i++) {
		g_autoptr (PlImage) image = NULL;

		/* S0 turned into S1 is data at address 0: the format cannot tell, the flash's range
		 * can */
		if (g_ascii_isspace (text[i]) || (i == 1 && g_str_has_suffix (path, "s19")))
			continue;
		text[i] ^= 0x01;
		image = pl_image_parse ((const guint8 *)text, len, NULL, 0, NULL);
		ck_assert_msg (image == NULL, "character %zu (%c) of %s", i, text[i],
			       goldens[_i].file);
		text[i] ^= 0x01;
	}
	ck_assert_uint_eq (pl_image_size (whole), PATTERN);
}
END_TEST

/* _i: the file; cut at every length */
START_TEST (a_file_cut_short_anywhere_is_refused)
{
	g_autofree char *path = golden (goldens[_i].file), *text = NULL;
	gsize len;

	ck_assert (g_file_get_contents (path, &text, &len, NULL));
	/* the last record's line end may be missing */
	for (gsize cut = 1; cut < len - 2; cut++) {
		g_autoptr (GError) error = NULL;
		g_autoptr (PlImage) image =
		    pl_image_parse ((const guint8 *)text, cut, NULL, 0, &error);

		ck_assert_msg (image == NULL, "%zu of %zu bytes of %s were enough", cut, len,
			       goldens[_i].file);
		ck_assert_uint_eq (error->domain, PL_IMAGE_ERROR);
	}
}
END_TEST

/* -- Intel HEX --------------------------------------------------------------------------------- */

static void
shuffle (GPtrArray *lines, guint32 *seed)
{
	for (guint i = lines->len; i > 1; i--) {
		guint j;
		gpointer swap;

		*seed = *seed * 1664525u + 1013904223u;
		j = (*seed >> 8) % i;
		swap = lines->pdata[i - 1];
		lines->pdata[i - 1] = lines->pdata[j];
		lines->pdata[j] = swap;
	}
}

/* stm32flash 0.7 takes such a file for 4 GiB, erases the chip, writes nothing and returns success.
 * */
START_TEST (hex_records_may_come_in_any_order)
{
	guint32 seed = 1;

	for (guint round = 0; round < 50; round++) {
		g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
		g_autoptr (GString) text = g_string_new (":020000040800F2\n");
		guint8 bytes[64 * 16];

		for (guint i = 0; i < sizeof bytes; i++)
			bytes[i] = pattern (i * 3);
		for (guint i = 0; i < 64; i++) {
			g_autoptr (GString) line = g_string_new (NULL);

			put_hex (line, 0, i * 16, bytes + i * 16, 16);
			g_ptr_array_add (lines, g_strdup (line->str));
		}
		shuffle (lines, &seed);
		for (guint i = 0; i < lines->len; i++)
			g_string_append (text, lines->pdata[i]);
		g_string_append (text, ":00000001FF\n");
		g_autoptr (PlImage) image = taken ("ihex", text->str);

		ck_assert_uint_eq (pl_image_n_segments (image), 1);
		holds (image, 0, 0x08000000, bytes, sizeof bytes);
	}
}
END_TEST

START_TEST (hex_addresses_follow_segment_and_linear_records)
{
	/* 0x1000 << 4 + 0x10, then 0x0800 << 16 + 0x10, then back below it */
	g_autoptr (PlImage) image = taken ("ihex", ":020000021000EC\n"
						   ":02001000AABB89\n"
						   ":020000040800F2\n"
						   ":02001000CCDD45\n"
						   ":020000040000FA\n"
						   ":0100000011EE\n"
						   ":0400000300003800C1\n"
						   ":04000005080001C529\n"
						   ":00000001FF\n");
	guint32 entry = 0;

	ck_assert_uint_eq (pl_image_n_segments (image), 3);
	holds (image, 0, 0, "\x11", 1);
	holds (image, 1, 0x00010010, "\xaa\xbb", 2);
	holds (image, 2, 0x08000010, "\xcc\xdd", 2);
	ck_assert (pl_image_get_entry (image, &entry));
	ck_assert_uint_eq (entry, 0x080001c5);
}
END_TEST

START_TEST (hex_lines_may_end_as_any_system_ends_them)
{
	static const char *const files[] = {
	    ":0200000001FEFF\r\n:00000001FF\r\n",
	    ":0200000001FEFF\n:00000001FF",
	    "\r\n\n  \n:0200000001FEFF  \n\n:00000001FF\n\n\r\n",
	    ":0200000001feff\n:00000001ff\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
		g_autoptr (PlImage) image = taken (NULL, files[i]);

		holds (image, 0, 0, "\x01\xfe", 2);
	}
}
END_TEST

START_TEST (hex_faults_are_named_with_their_line)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} cases[] = {
	    {":0200000001FEFF\n:0200020001FEFE\n:00000001FF\n", PL_IMAGE_ERROR_CHECKSUM,
	     "line 2: its sum is 0xfe instead of 0xfd"},
	    {":0200000001FEFF\n\n\n", PL_IMAGE_ERROR_TRUNCATED,
	     "line 3: the end record is missing"},
	    {":00000001FF\n:0200000001FEFF\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: something follows the end record"},
	    {":0200000001FEFF\n:01000100FFFF\n:00000001FF\n", PL_IMAGE_ERROR_OVERLAP,
	     "line 2: 0x00000001..0x00000001 overlaps bytes already given at "
	     "0x00000000..0x00000001"},
	    {":02000004FFFFFC\n:02FFFF00AABB9B\n:00000001FF\n", PL_IMAGE_ERROR_RANGE, "line 2: "},
	    {":02FFFF00AABB9B\n:00000001FF\n", PL_IMAGE_ERROR_RANGE,
	     "line 1: 2 bytes at offset 0xffff run over the end"},
	    {":0200000601FEF9\n:00000001FF\n", PL_IMAGE_ERROR_FORMAT,
	     "line 1: record type 0x06 is unknown"},
	    {":0300000408000CE5\n", PL_IMAGE_ERROR_FORMAT, "line 1: record type 4 has 3 bytes"},
	    {":0300000001FEFF\n", PL_IMAGE_ERROR_FORMAT, "line 1: it says 3 data bytes and has 2"},
	    {":0200000001FEF\n", PL_IMAGE_ERROR_FORMAT, "line 1: it is not a record of hex bytes"},
	    {":02000000G1FEFF\n", PL_IMAGE_ERROR_FORMAT, "line 1: it is not a record of hex bytes"},
	    {":0000\n", PL_IMAGE_ERROR_FORMAT, "line 1: it is not a record of hex bytes"},
	    {":0200000001FEFF\nhello\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: it does not begin with \":\""},
	    {":00000001FF\n", PL_IMAGE_ERROR_EMPTY, "no bytes to flash"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
		refused ("ihex", cases[i].text, cases[i].code, cases[i].says);
}
END_TEST

START_TEST (a_line_longer_than_any_record_is_refused)
{
	g_autoptr (GString) text = g_string_new (":FF000000");

	for (guint i = 0; i < 4000; i++)
		g_string_append (text, "00");
	refused ("ihex", text->str, PL_IMAGE_ERROR_FORMAT, "line 1: ");
	text->str[0] = 'S';
	text->str[1] = '3';
	refused ("srec", text->str, PL_IMAGE_ERROR_FORMAT, "line 1: ");
}
END_TEST

/* -- S-records --------------------------------------------------------------------------------- */

START_TEST (a_count_record_that_agrees_is_taken)
{
	g_autoptr (PlImage) image = taken (NULL, "S00600004844521B\n"
						 "S10500000102F7\n"
						 "S10500020304F1\n"
						 "S5030002FA\n"
						 "S9030000FC\n");

	holds (image, 0, 0, "\x01\x02\x03\x04", 4);
}
END_TEST

START_TEST (srec_faults_are_named_with_their_line)
{
	static const struct {
		const char *text;
		int code;
		const char *says;
	} cases[] = {
	    {"S10500000102F7\nS10500020304F2\nS9030000FC\n", PL_IMAGE_ERROR_CHECKSUM,
	     "line 2: its sum 0xf2"},
	    {"S10500000102F7\nS5030002FA\nS9030000FC\n", PL_IMAGE_ERROR_TRUNCATED,
	     "line 2: 1 data records, but the count record says 2"},
	    {"S10500000102F7\nS5030001FB\nS10500020304F1\nS9030000FC\n", PL_IMAGE_ERROR_FORMAT,
	     "line 3: data after the count record"},
	    {"S10500000102F7\n", PL_IMAGE_ERROR_TRUNCATED, "line 1: the end record is missing"},
	    {"S10500000102F7\nS9030000FC\nS9030000FC\n", PL_IMAGE_ERROR_FORMAT,
	     "line 3: something follows the end record"},
	    {"S10500000102F7\nS10500010304F2\nS9030000FC\n", PL_IMAGE_ERROR_OVERLAP, "line 2: "},
	    {"S307FFFFFFFF0102F9\nS70500000000FA\n", PL_IMAGE_ERROR_RANGE, "line 1: "},
	    {"S30708000000AABB8B\nS9030000FC\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a record S9 among data records S3"},
	    {"S206080000AABB8C\nS70500000000FA\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a record S7 among data records S2"},
	    {"S10500000102F7\nS804000000FB\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a record S8 among data records S1"},
	    {"S30708000000AABB8B\nS206080080AABB0C\nS70500000000FA\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a record S2 among data records S3"},
	    {"S10500000102F7\nS00600004844521B\nS9030000FC\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a header in the middle of the file"},
	    {"S10500000102F7\nS905000001 2F7\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: it is not an S-record"},
	    {"S10500000102F7\nS90500000102F7\n", PL_IMAGE_ERROR_FORMAT,
	     "line 2: a record S9 holds no data"},
	    {"S4030000FC\n", PL_IMAGE_ERROR_FORMAT, "line 1: record type S4 is reserved"},
	    {"S3030000FC\n", PL_IMAGE_ERROR_FORMAT, "line 1: it is too short for its address"},
	    {"S10600000102F6\nS9030000FC\n", PL_IMAGE_ERROR_FORMAT,
	     "line 1: it says 6 bytes and has 5"},
	    {"S00600004844521B\nS9030000FC\n", PL_IMAGE_ERROR_EMPTY, "no bytes to flash"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
		refused ("srec", cases[i].text, cases[i].code, cases[i].says);
}
END_TEST

/* -- ELF --------------------------------------------------------------------------------------- */

/* Offsets of ELF32's header and program header (System V ABI, figures 4-3 and 5-1); written out
 * here as bytes, so that the test does not share <elf.h> with the parser. */
enum { CLASS = 4, MACHINE = 18, ENTRY = 24, PHOFF = 28, PHENTSIZE = 42, PHNUM = 44, EHSIZE = 52 };
enum {
	P_TYPE = 0,
	P_OFFSET = 4,
	P_VADDR = 8,
	P_PADDR = 12,
	P_FILESZ = 16,
	P_MEMSZ = 20,
	PHSIZE = 32
};

static void
put16 (GByteArray *out, guint at, guint value)
{
	out->data[at] = value;
	out->data[at + 1] = value >> 8;
}

static void
put32 (GByteArray *out, guint at, guint32 value)
{
	put16 (out, at, value);
	put16 (out, at + 2, value >> 16);
}

/* Header and n program headers of type PT_NULL; then 16 bytes to load: 0x10, 0x11 ... */
static GByteArray *
elf_new (guint n)
{
	static const guint8 ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
	GByteArray *out = g_byte_array_new ();
	guint load = EHSIZE + n * PHSIZE;

	g_byte_array_set_size (out, load + 16);
	memset (out->data, 0, out->len);
	memcpy (out->data, ident, sizeof ident);
	put16 (out, 16, 2); /* ET_EXEC */
	put16 (out, MACHINE, 40); /* EM_ARM */
	put32 (out, ENTRY, 0x08000101);
	put32 (out, PHOFF, EHSIZE);
	put16 (out, PHENTSIZE, PHSIZE);
	put16 (out, PHNUM, n);
	for (guint i = 0; i < 16; i++)
		out->data[load + i] = 0x10 + i;
	return out;
}

static void
elf_load (GByteArray *elf, guint i, guint32 vaddr, guint32 paddr, guint32 filesz)
{
	guint at = EHSIZE + i * PHSIZE;

	put32 (elf, at + P_TYPE, 1); /* PT_LOAD */
	put32 (elf, at + P_OFFSET, elf->len - 16);
	put32 (elf, at + P_VADDR, vaddr);
	put32 (elf, at + P_PADDR, paddr);
	put32 (elf, at + P_FILESZ, filesz);
	put32 (elf, at + P_MEMSZ, filesz + 64);
}

static void
elf_refused (const GByteArray *elf, gsize len, int code, const char *says)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_image_parse (elf->data, len, NULL, 0, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, code);
	ck_assert_msg (strstr (error->message, says) != NULL, "\"%s\" lacks \"%s\"", error->message,
		       says);
}

/* Initialised data runs from RAM and is flashed behind the code: the physical address counts. */
START_TEST (elf_segments_stand_at_their_physical_address)
{
	g_autoptr (GByteArray) elf = elf_new (4);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = NULL;
	guint32 entry = 0;

	elf_load (elf, 0, 0x20000000, 0x08000100, 8);
	elf_load (elf, 1, 0x08000000, 0x08000000, 16);
	elf_load (elf, 2, 0x20001000, 0x08000200, 0); /* .bss: nothing in the file */
	image = pl_image_parse (elf->data, elf->len, NULL, 0, &error);
	ck_assert_ok (image != NULL, error);
	ck_assert_uint_eq (pl_image_n_segments (image), 2);
	holds (image, 0, 0x08000000, elf->data + elf->len - 16, 16);
	holds (image, 1, 0x08000100, elf->data + elf->len - 16, 8);
	ck_assert (pl_image_get_entry (image, &entry));
	ck_assert_uint_eq (entry, 0x08000101);
}
END_TEST

START_TEST (elf_faults_are_named_with_their_offset)
{
	g_autoptr (GByteArray) elf = elf_new (2);

	elf_load (elf, 0, 0, 0x08000000, 16);
	elf_load (elf, 1, 0, 0x0800000f, 4);
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_OVERLAP, "program header at offset 0x54: ");
	elf_load (elf, 1, 0, 0xfffffffe, 4);
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_RANGE, "program header at offset 0x54: ");
	elf_load (elf, 1, 0, 0x08000100, 17);
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_TRUNCATED,
		     "a segment goes beyond the file (at offset 0x54)");
	elf_load (elf, 1, 0, 0x08000100, 0xffffffff);
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_TRUNCATED, "(at offset 0x54)");
	elf_refused (elf, EHSIZE + 2 * PHSIZE - 1, PL_IMAGE_ERROR_TRUNCATED,
		     "program headers go beyond the file (at offset 0x34)");
	elf_refused (elf, EHSIZE - 1, PL_IMAGE_ERROR_TRUNCATED, "(at offset 0x33)");
	put32 (elf, PHOFF, 0xfffffff0);
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_TRUNCATED, "(at offset 0xfffffff0)");
}
END_TEST

START_TEST (elf_segments_that_share_bytes_do_not_blow_up)
{
	g_autoptr (GByteArray) elf = elf_new (64);

	for (guint i = 0; i < 64; i++) {
		elf_load (elf, i, 0, i * 0x10000, 0);
		put32 (elf, EHSIZE + i * PHSIZE + P_OFFSET, 0);
		put32 (elf, EHSIZE + i * PHSIZE + P_FILESZ, elf->len);
	}
	elf_refused (elf, elf->len, PL_IMAGE_ERROR_FORMAT,
		     "its segments share bytes of the file (at offset 0x54)");
}
END_TEST

START_TEST (elf_for_another_machine_is_refused)
{
	static const struct {
		guint at, value;
		const char *says;
	} cases[] = {
	    {CLASS, 2, "not a 32-bit little-endian ELF (at offset 0x4)"}, /* ELF64 */
	    {CLASS + 1, 2, "not a 32-bit little-endian ELF"}, /* big-endian */
	    {MACHINE, 62, "not for an ARM core (at offset 0x12)"}, /* x86-64 */
	    {PHENTSIZE, 56, "program headers have another size (at offset 0x2a)"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (GByteArray) elf = elf_new (1);

		elf_load (elf, 0, 0, 0x08000000, 16);
		elf->data[cases[i].at] = cases[i].value;
		elf_refused (elf, elf->len, PL_IMAGE_ERROR_FORMAT, cases[i].says);
	}
}
END_TEST

START_TEST (elf_without_bytes_to_load_is_empty)
{
	g_autoptr (GByteArray) elf = elf_new (1);

	elf_refused (elf, elf->len, PL_IMAGE_ERROR_EMPTY, "no bytes to flash");
}
END_TEST

/* -- raw, and telling formats apart ------------------------------------------------------------ */

START_TEST (raw_bytes_stand_at_the_base)
{
	static const guint8 bytes[] = {0, 1, 2, 0xff};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = pl_image_parse (bytes, sizeof bytes, NULL, 0x08004000, &error);
	guint32 entry;

	ck_assert_ok (image != NULL, error);
	holds (image, 0, 0x08004000, bytes, sizeof bytes);
	ck_assert (!pl_image_get_entry (image, &entry));
	ck_assert_ptr_null (pl_image_parse (bytes, sizeof bytes, "bin", 0xfffffffd, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE);
	g_clear_error (&error);
	ck_assert_ptr_null (pl_image_parse (bytes, 0, NULL, 0, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_EMPTY);
}
END_TEST

/* A HEX file that lost the beginning of its first line would otherwise be flashed as text. */
START_TEST (text_is_no_raw_binary_unless_it_is_said_to_be)
{
	g_autoptr (PlImage) image = NULL;

	refused (NULL, "10010000214601360121470136007EFE09D2190140\n:00000001FF\n",
		 PL_IMAGE_ERROR_FORMAT, "line 1: text that is neither");
	image = taken ("bin", "hello");
	holds (image, 0, 0, "hello", 5);
}
END_TEST

START_TEST (formats_are_known_by_name_and_by_content)
{
	static const struct {
		const char *content, *format;
	} cases[] = {{":0", "ihex"},
		     {"\n :", "ihex"},
		     {"S0", "srec"},
		     {"S9", "srec"},
		     {"\x7f"
		      "ELF",
		      "elf"},
		     {"Sx", "bin"},
		     {"\x7f"
		      "EL",
		      "bin"},
		     {"", "bin"}};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		const PlImageFormat *const *at = pl_image_formats ();

		while (!(*at)->probe ((const guint8 *)cases[i].content, strlen (cases[i].content)))
			at++;
		ck_assert_str_eq ((*at)->name, cases[i].format);
	}
	refused ("uf2", "whatever", PL_IMAGE_ERROR_FORMAT, "known are ihex, srec, elf, bin");
}
END_TEST

START_TEST (what_is_no_file_of_bearable_size_is_refused_before_it_is_read)
{
	g_autofree char *path = NULL;
	g_autoptr (GError) error = NULL;
	int fd = g_file_open_tmp ("pl-image-XXXXXX", &path, &error);

	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (ftruncate (fd, (off_t)1 << 36), 0); /* 64 GiB with nothing in it */
	close (fd);
	ck_assert_ptr_null (pl_image_load (path, NULL, 0, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE);
	ck_assert_msg (strstr (error->message, path) != NULL, "%s", error->message);
	g_clear_error (&error);
	g_unlink (path);
	ck_assert_ptr_null (pl_image_load (path, NULL, 0, &error));
	ck_assert_err (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
	g_clear_error (&error);
	ck_assert_ptr_null (pl_image_load ("/dev/zero", NULL, 0, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_FORMAT);
}
END_TEST

START_TEST (a_fault_in_a_file_names_the_file)
{
	g_autofree char *path = NULL;
	g_autoptr (GError) error = NULL;

	close (g_file_open_tmp ("pl-image-XXXXXX", &path, &error));
	ck_assert (g_file_set_contents (path, ":0200000001FEFE\n", -1, &error));
	ck_assert_ptr_null (pl_image_load (path, NULL, 0, &error));
	ck_assert_msg (g_str_has_prefix (error->message, path) &&
			   strstr (error->message, "ihex image: line 1: ") != NULL,
		       "%s", error->message);
	g_unlink (path);
}
END_TEST

/* -- the sparse map ---------------------------------------------------------------------------- */

static void
add (PlImage *image, guint64 address, const char *bytes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_image_add (image, address, (const guint8 *)bytes, strlen (bytes), &error),
		      error);
}

START_TEST (neighbours_become_one_segment)
{
	g_autoptr (PlImage) image = pl_image_new ();

	add (image, 0x100, "cd");
	add (image, 0x108, "kl");
	add (image, 0x104, "gh");
	ck_assert_uint_eq (pl_image_n_segments (image), 3);
	holds (image, 1, 0x104, "gh", 2);
	add (image, 0x0fe, "ab"); /* before */
	add (image, 0x102, "ef"); /* between two */
	add (image, 0x106, "ij");
	ck_assert_uint_eq (pl_image_n_segments (image), 1);
	holds (image, 0, 0x0fe, "abcdefghijkl", 12);
	ck_assert_uint_eq (pl_image_size (image), 12);
}
END_TEST

START_TEST (an_overlap_is_refused_and_changes_nothing)
{
	static const struct {
		guint64 address;
		gsize len;
	} cases[] = {{0x100, 1}, {0x0ff, 2},  {0x103, 9}, {0x0f0, 100},
		     {0x101, 2}, {0x104, 13}, {0x110, 4}};
	g_autoptr (PlImage) image = pl_image_new ();
	static const guint8 bytes[128];

	add (image, 0x100, "abcd");
	add (image, 0x110, "efgh");
	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert (!pl_image_add (image, cases[i].address, bytes, cases[i].len, &error));
		ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_OVERLAP);
	}
	ck_assert_uint_eq (pl_image_n_segments (image), 2);
	holds (image, 0, 0x100, "abcd", 4);
	holds (image, 1, 0x110, "efgh", 4);
}
END_TEST

START_TEST (bytes_end_at_four_gibibytes)
{
	g_autoptr (PlImage) image = pl_image_new ();
	g_autoptr (GError) error = NULL;

	add (image, 0xfffffffe, "ab");
	holds (image, 0, 0xfffffffe, "ab", 2);
	ck_assert (!pl_image_add (image, 0x100000000, (const guint8 *)"c", 1, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE);
	g_clear_error (&error);
	ck_assert (!pl_image_add (image, G_MAXUINT64, (const guint8 *)"cd", 2, &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE);
}
END_TEST

START_TEST (reading_fills_the_gaps_and_refuses_where_nothing_is)
{
	g_autoptr (PlImage) image = pl_image_new ();
	g_autoptr (GError) error = NULL;
	g_autoptr (GBytes) all = NULL, part = NULL, last = NULL;

	add (image, 0x100, "abcd");
	add (image, 0x106, "efgh");
	add (image, 0xffffffff, "z");
	all = pl_image_read (image, 0xff, 12, '.', &error);
	ck_assert_ok (all != NULL, error);
	ck_assert_mem_eq (g_bytes_get_data (all, NULL), ".abcd..efgh.", 12);
	part = pl_image_read (image, 0x102, 5, '.', &error);
	ck_assert_ok (part != NULL, error);
	ck_assert_mem_eq (g_bytes_get_data (part, NULL), "cd..e", 5);
	last = pl_image_read (image, 0xfffffff0, 32, '.', &error);
	ck_assert_ok (last != NULL, error);
	ck_assert_mem_eq (g_bytes_get_data (last, NULL), "...............z", 16);
	ck_assert_ptr_null (pl_image_read (image, 0x104, 2, '.', &error));
	ck_assert_err (error, PL_IMAGE_ERROR, PL_IMAGE_ERROR_RANGE);
	ck_assert_msg (strstr (error->message, "0x00000104..0x00000105") != NULL, "%s",
		       error->message);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("firmware-images");
	TCase *tcase = tcase_create ("images");
	int n = G_N_ELEMENTS (goldens);

	tcase_add_loop_test (tcase, a_file_of_another_tool_gives_its_bytes_address_and_entry, 0, n);
	tcase_add_loop_test (tcase, no_single_changed_character_gives_other_bytes, 0, n);
	tcase_add_loop_test (tcase, a_file_cut_short_anywhere_is_refused, 0, n);
	tcase_add_test (tcase, hex_records_may_come_in_any_order);
	tcase_add_test (tcase, hex_addresses_follow_segment_and_linear_records);
	tcase_add_test (tcase, hex_lines_may_end_as_any_system_ends_them);
	tcase_add_test (tcase, hex_faults_are_named_with_their_line);
	tcase_add_test (tcase, a_line_longer_than_any_record_is_refused);
	tcase_add_test (tcase, a_count_record_that_agrees_is_taken);
	tcase_add_test (tcase, srec_faults_are_named_with_their_line);
	tcase_add_test (tcase, elf_segments_stand_at_their_physical_address);
	tcase_add_test (tcase, elf_faults_are_named_with_their_offset);
	tcase_add_test (tcase, elf_segments_that_share_bytes_do_not_blow_up);
	tcase_add_test (tcase, elf_for_another_machine_is_refused);
	tcase_add_test (tcase, elf_without_bytes_to_load_is_empty);
	tcase_add_test (tcase, raw_bytes_stand_at_the_base);
	tcase_add_test (tcase, text_is_no_raw_binary_unless_it_is_said_to_be);
	tcase_add_test (tcase, formats_are_known_by_name_and_by_content);
	tcase_add_test (tcase, what_is_no_file_of_bearable_size_is_refused_before_it_is_read);
	tcase_add_test (tcase, a_fault_in_a_file_names_the_file);
	tcase_add_test (tcase, neighbours_become_one_segment);
	tcase_add_test (tcase, an_overlap_is_refused_and_changes_nothing);
	tcase_add_test (tcase, bytes_end_at_four_gibibytes);
	tcase_add_test (tcase, reading_fills_the_gaps_and_refuses_where_nothing_is);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
