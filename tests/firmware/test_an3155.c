/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include "tests/firmware/fakerom.h"
#include "tests/link/wire.h"
#include <string.h>

/* The bytes on the wire, as the application note writes them down. */
#define SYNC "79"
#define GET "79 0b 31 00 01 02 11 21 31 44 63 73 82 92 79"
#define GET_WITH_CHECKSUM "79 0c 31 00 01 02 11 21 31 44 63 73 82 92 a1 79"
#define GET_SHORT_ERASE "79 0b 22 00 01 02 11 21 31 43 63 73 82 92 79"
#define GID "79 01 04 10 79"
/* both are asked twice, since they have no sum */
#define OPENING SYNC, GET, GID, GET, GID

static void
wrote (Script *script, guint i, const char *hex)
{
	g_autofree char *text = script_wrote (script, i);
	g_auto (GStrv) pairs = g_strsplit (hex, " ", -1);
	g_autofree char *wanted = g_strjoinv ("", pairs);

	ck_assert_str_eq (text, wanted);
}

/* Opened over a script; what follows the opening begins at write number 5. */
typedef struct {
	Script *script;
	PlLink *link;
	PlAn3155 *loader;
	GError *error;
} Session;
#define FIRST 5

static Session
session (const char *const *answers)
{
	Session s = {.script = script_new (answers)};

	s.link = script_link (s.script);
	s.loader = pl_an3155_open (s.link, &s.error);
	ck_assert_ok (s.loader != NULL, s.error);
	return s;
}

static void
end (Session *s)
{
	pl_an3155_free (s->loader);
	pl_link_free (s->link);
	script_free (s->script);
	g_clear_error (&s->error);
}

START_TEST (opening_syncs_and_asks_what_the_rom_can_do)
{
	static const char *const answers[] = {OPENING, NULL};
	Session s = session (answers);

	wrote (s.script, 0, "7f");
	wrote (s.script, 1, "00 ff");
	wrote (s.script, 2, "02 fd");
	ck_assert_uint_eq (pl_an3155_version (s.loader), 0x31);
	ck_assert_uint_eq (pl_an3155_device (s.loader), 0x410);
	ck_assert (pl_an3155_can (s.loader, 0x44));
	ck_assert (!pl_an3155_can (s.loader, PL_AN3155_CHECKSUM));
	end (&s);
}
END_TEST

START_TEST (a_rom_that_contradicts_itself_is_asked_again)
{
	static const char *const answers[] = {
	    SYNC, GET, GID, GET_SHORT_ERASE, GID, /* resync */ "1f", GET, GET, GID, GET, GID, NULL};
	Session s = session (answers);

	ck_assert (pl_an3155_can (s.loader, 0x44));
	ck_assert (!pl_an3155_can (s.loader, 0x43));
	end (&s);
}
END_TEST

START_TEST (reading_sends_address_and_count_with_their_sums)
{
	static const char *const answers[] = {OPENING, "79", "79", "79 de ad 79 1f", NULL};
	Session s = session (answers);
	guint8 bytes[4];

	ck_assert_ok (pl_an3155_read (s.loader, 0x0800c0de, bytes, 4, &s.error), s.error);
	wrote (s.script, FIRST, "11 ee");
	wrote (s.script, FIRST + 1, "08 00 c0 de 16");
	wrote (s.script, FIRST + 2, "03 fc");
	ck_assert_mem_eq (bytes, "\xde\xad\x79\x1f", 4);
	end (&s);
}
END_TEST

START_TEST (writing_pads_to_words_and_sums_over_count_and_data)
{
	static const char *const answers[] = {OPENING, "79", "79", "79", NULL};
	Session s = session (answers);

	ck_assert_ok (pl_an3155_write (s.loader, 0x08000100, (const guint8 *)"\x01\x02\x03\x04\x05",
				       5, &s.error),
		      s.error);
	wrote (s.script, FIRST, "31 ce");
	wrote (s.script, FIRST + 1, "08 00 01 00 09");
	wrote (s.script, FIRST + 2, "07 01 02 03 04 05 ff ff ff f9");
	end (&s);
}
END_TEST

START_TEST (extended_erase_counts_from_zero_and_names_pages_in_two_bytes)
{
	static const char *const answers[] = {OPENING, "79", "79", NULL};
	Session s = session (answers);

	ck_assert_ok (pl_an3155_erase (s.loader, 0x1fe, 3, &s.error), s.error);
	wrote (s.script, FIRST, "44 bb");
	wrote (s.script, FIRST + 1, "00 02 01 fe 01 ff 02 00 01");
	end (&s);
}
END_TEST

START_TEST (the_older_erase_names_pages_in_one_byte_and_refuses_more)
{
	static const char *const answers[] = {
	    SYNC, GET_SHORT_ERASE, GID, GET_SHORT_ERASE, GID, "79", "79", NULL};
	Session s = session (answers);
	guint before;

	ck_assert_ok (pl_an3155_erase (s.loader, 0xfe, 2, &s.error), s.error);
	wrote (s.script, FIRST, "43 bc");
	wrote (s.script, FIRST + 1, "01 fe ff 00");
	before = s.script->written->len;
	ck_assert (!pl_an3155_erase (s.loader, 0xff, 2, &s.error)); /* 0x100 would be page 0 */
	ck_assert_err (s.error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE);
	ck_assert_uint_eq (s.script->written->len, before);
	end (&s);
}
END_TEST

START_TEST (long_erases_are_split_as_the_protocol_demands)
{
	static const char *const answers[] = {OPENING, "79", "79", "79", "79", NULL};
	Session s = session (answers);

	ck_assert_ok (pl_an3155_erase (s.loader, 0, 600, &s.error), s.error);
	ck_assert_uint_eq (((GByteArray *)g_ptr_array_index (s.script->written, FIRST + 1))->len,
			   2 + 2 * 511 + 1);
	ck_assert_uint_eq (((GByteArray *)g_ptr_array_index (s.script->written, FIRST + 3))->len,
			   2 + 2 * 89 + 1);
	ck_assert (!pl_an3155_erase (s.loader, 0xfff0, 17, &s.error));
	ck_assert_err (s.error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE);
	end (&s);
}
END_TEST

START_TEST (the_checksum_is_asked_with_polynomial_and_start_value)
{
	static const char *const answers[] = {
	    SYNC, GET_WITH_CHECKSUM,	  GID, GET_WITH_CHECKSUM, GID, "79", "79", "79",
	    "79", "79 79 df 8a 8a 2b f4", NULL};
	Session s = session (answers);
	guint32 crc = 0;

	ck_assert_ok (pl_an3155_checksum (s.loader, 0x08004000, 0x800, &crc, &s.error), s.error);
	wrote (s.script, FIRST, "a1 5e");
	wrote (s.script, FIRST + 1, "08 00 40 00 48");
	wrote (s.script, FIRST + 2, "00 00 08 00 08");
	wrote (s.script, FIRST + 3, "04 c1 1d b7 6f");
	wrote (s.script, FIRST + 4, "ff ff ff ff 00");
	ck_assert_uint_eq (crc, 0xdf8a8a2b);
	end (&s);
}
END_TEST

START_TEST (a_rom_without_checksums_is_not_asked_for_one)
{
	static const char *const answers[] = {OPENING, NULL};
	Session s = session (answers);
	guint32 crc;

	ck_assert (!pl_an3155_checksum (s.loader, 0x08000000, 4, &crc, &s.error));
	ck_assert_err (s.error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED);
	ck_assert_uint_eq (s.script->written->len, FIRST);
	end (&s);
}
END_TEST

START_TEST (starting_sends_the_address)
{
	static const char *const answers[] = {OPENING, "79", "79", NULL};
	Session s = session (answers);

	ck_assert_ok (pl_an3155_go (s.loader, 0x08004000, &s.error), s.error);
	wrote (s.script, FIRST, "21 de");
	wrote (s.script, FIRST + 1, "08 00 40 00 48");
	end (&s);
}
END_TEST

START_TEST (an_address_that_is_refused_is_not_called_protection)
{
	static const char *const answers[] = {OPENING, "79", "1f", NULL};
	Session s = session (answers);
	guint8 byte;

	ck_assert (!pl_an3155_read (s.loader, 0x40000000, &byte, 1, &s.error));
	ck_assert_err (s.error, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK);
	end (&s);
}
END_TEST

START_TEST (a_busy_device_is_waited_for)
{
	static const char *const answers[] = {OPENING, "76 76 79", "76 79", NULL};
	Session s = session (answers);

	ck_assert_ok (pl_an3155_erase (s.loader, 0, 1, &s.error), s.error);
	end (&s);
}
END_TEST

/* 0x12345678 gives 0xdf8a8a2b in the CRC unit of every STM32; and the unit is CRC-32/MPEG-2 over
 * bytes that come most significant first: "123456789" has the published check value 0x0376e6e7. */
START_TEST (our_checksum_is_the_crc_units)
{
	ck_assert_uint_eq (pl_an3155_crc (0xffffffff, (const guint8 *)"\x78\x56\x34\x12", 4),
			   0xdf8a8a2b);
	/* its first eight characters, by an implementation that gives that check value */
	ck_assert_uint_eq (pl_an3155_crc (0xffffffff, (const guint8 *)"43218765", 8), 0x49e3c2fb);
}
END_TEST

/* -- speed ------------------------------------------------------------------------------------- */

/*
 * The protocol's own limit: a block costs command, address and data (2, 5 and 256 + 2 bytes) and
 * three ACKs, both ways together 268 characters. What keeps a flasher from the line's rate is a
 * second pass over the line, or pauses; tests/bench measures how near it really comes.
 */
START_TEST (flashing_takes_no_more_of_the_line_than_the_protocol_needs)
{
	const guint bytes = 16 * 1024;
	FakeRom *rom = rom_start (&(RomFaults){0});
	g_autoptr (PlLink) link = rom_link (rom);
	g_autoptr (PlImage) image = pl_image_new ();
	PlFlashOptions options = {.verify = PL_VERIFY_CRC};
	PlFlashEvidence evidence;
	g_autofree guint8 *data = g_malloc (bytes);
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < bytes; i++)
		data[i] = i % 251;
	ck_assert (pl_image_add (image, ROM_BASE, data, bytes, &error));
	ck_assert_ok (pl_flasher_run (link, "an3155", image, &options, &evidence, &error), error);
	rom_stop (rom);
	ck_assert_mem_eq (rom->flash, data, bytes);
	/* 3 % for getting in step, erasing, looking that it is blank, and the checksums */
	ck_assert_uint_ge (rom->wire_bytes, bytes / 256 * 268);
	ck_assert_uint_le (rom->wire_bytes, bytes / 256 * 268 * 103 / 100);
	ck_assert_uint_eq (rom->slept_us, 0);
	rom_free (rom);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("firmware-an3155");
	TCase *tcase = tcase_create ("an3155");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, opening_syncs_and_asks_what_the_rom_can_do);
	tcase_add_test (tcase, a_rom_that_contradicts_itself_is_asked_again);
	tcase_add_test (tcase, reading_sends_address_and_count_with_their_sums);
	tcase_add_test (tcase, writing_pads_to_words_and_sums_over_count_and_data);
	tcase_add_test (tcase, extended_erase_counts_from_zero_and_names_pages_in_two_bytes);
	tcase_add_test (tcase, the_older_erase_names_pages_in_one_byte_and_refuses_more);
	tcase_add_test (tcase, long_erases_are_split_as_the_protocol_demands);
	tcase_add_test (tcase, the_checksum_is_asked_with_polynomial_and_start_value);
	tcase_add_test (tcase, a_rom_without_checksums_is_not_asked_for_one);
	tcase_add_test (tcase, starting_sends_the_address);
	tcase_add_test (tcase, an_address_that_is_refused_is_not_called_protection);
	tcase_add_test (tcase, a_busy_device_is_waited_for);
	tcase_add_test (tcase, our_checksum_is_the_crc_units);
	tcase_add_test (tcase, flashing_takes_no_more_of_the_line_than_the_protocol_needs);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
