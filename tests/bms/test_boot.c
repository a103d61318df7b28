/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/boot.h"
#include "tests/bms/rig.h"
#include <string.h>

/*
 * The bootloader byte by byte, from the table of AN3155's commands; our own loader is not in
 * here. 79 is ACK, 1f NACK. Each exchange is written "host's bytes", "device's bytes".
 */
static Rig rig;
static struct bms_boot boot;
static const struct bms_target target = {BMS_PORT_HOST, "PL-BMS-32S", 3, 0};

static void
send (const char *hex)
{
	g_autoptr (GByteArray) bytes = bytes_of (hex);

	bms_boot_receive (&boot, bytes->data, bytes->len);
}

static void
talk (const char *hex, const char *answer)
{
	send (hex);
	rig_expect (&rig, answer);
}

static void
set_up (void)
{
	rig_open (&rig);
	bms_boot_init (&boot, &rig.port, &target);
	talk ("7f", "79");
}

static void
tear_down (void)
{
	rig_close (&rig);
}

static guint8 *
flash_at (guint32 address)
{
	return rig.flash.bytes + (address - BMS_FLASH_ADDRESS);
}

START_TEST (before_synchronisation_everything_but_7f_is_noise)
{
	bms_boot_init (&boot, &rig.port, &target);
	talk ("00ff 02fd 1fe0 79 00", "");
	talk ("7f", "79");
	talk ("02fd", "79 01 0414 79");
}
END_TEST

START_TEST (a_second_7f_is_half_a_command_and_two_are_refused)
{
	talk ("7f", "");
	talk ("7f", "1f");
	talk ("00ff", "79 08 31 00 01 02 11 21 31 44 a1 79");
}
END_TEST

START_TEST (get_version_and_id_are_what_they_are)
{
	talk ("00ff", "79 08 31 00 01 02 11 21 31 44 a1 79");
	talk ("01fe", "79 31 00 00 79");
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

static const char *const bad_commands[] = {
    "0000", "00fe", "3131", "43bc", /* short erase is not offered beside the extended one */
    "639c", "738c", "827d", "926d", "50af", "ff00",
};

START_TEST (a_wrong_complement_and_an_unknown_command_are_refused)
{
	talk (bad_commands[_i], "1f");
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

START_TEST (reading_gives_the_bytes_without_a_checksum)
{
	memcpy (flash_at (0x08004100), "\x01\x02\x03\x04\x05", 5);
	talk ("11ee", "79");
	talk ("08004100 49", "79");
	talk ("04fb", "79 0102030405");
	/* identity and bootloader pages may be read */
	talk ("11ee 0803f000 fb 00ff", "79 79 79 ff");
	talk ("11ee 08000000 08 00ff", "79 79 79 ff");
}
END_TEST

static const struct {
	const char *send, *answer;
} bad_reads[] = {
    {"11ee 08004100 48", "79 1f"}, /* xor */
    {"11ee 07ffffff f8", "79 1f"}, /* below the flash */
    {"11ee 08040000 0c", "79 1f"}, /* behind it */
    {"11ee 0803ffff 0b 01fe", "79 79 1f"}, /* begins inside, ends behind */
    {"11ee 08004100 49 04fa", "79 79 1f"}, /* count and its complement */
    {"11ee 20000000 20", "79 1f"}, /* no RAM */
};

START_TEST (what_cannot_be_read_is_refused_where_it_shows)
{
	talk (bad_reads[_i].send, bad_reads[_i].answer);
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

START_TEST (writing_programs_and_reads_back)
{
	talk ("31ce", "79");
	talk ("08004000 48", "79");
	talk ("03 a1a2a3a4 07", "79");
	ck_assert_int_eq (memcmp (flash_at (0x08004000), "\xa1\xa2\xa3\xa4\xff", 5), 0);
}
END_TEST

START_TEST (a_block_of_256_bytes_is_the_largest)
{
	GString *hex = g_string_new ("ff");

	for (guint i = 0; i < 256; i++)
		g_string_append_printf (hex, "%02x", i);
	g_string_append (hex, "ff"); /* 0 ^ 1 ^ ... ^ 255 = 0, with the count FF */
	talk ("31ce 08005000 58", "79 79");
	talk (hex->str, "79");
	for (guint i = 0; i < 256; i++)
		ck_assert_uint_eq (*flash_at (0x08005000 + i), i);
	g_string_free (hex, TRUE);
}
END_TEST

START_TEST (programming_only_clears_bits_and_is_acknowledged_all_the_same)
{
	talk ("31ce 08004000 48 03 f0f0f0f0 03", "79 79 79");
	talk ("31ce 08004000 48 03 3c3cffff 03", "79 79 79");
	ck_assert_int_eq (memcmp (flash_at (0x08004000), "\x30\x30\xf0\xf0", 4), 0);
}
END_TEST

static const struct {
	const char *send, *answer;
} bad_writes[] = {
    {"31ce 08004000 48 03 a1a2a3a4 06", "79 79 1f"}, /* xor of the data */
    {"31ce 08004000 49", "79 1f"}, /* xor of the address */
    {"31ce 08003ffc cb", "79 1f"}, /* the bootloader's own pages */
    {"31ce 0803e000 eb", "79 1f"}, /* boot records */
    {"31ce 0803f000 fb", "79 1f"}, /* identity */
    {"31ce 08004002 4a", "79 1f"}, /* not on a word */
    {"31ce 08004000 48 02 a1a2a3 a2", "79 79 1f"}, /* not whole words */
    {"31ce 0803dffc 28 07 a1a2a3a4a5a6a7a8 0f", "79 79 1f"}, /* runs out of the slot */
    {"31ce 20000000 20", "79 1f"},
};

START_TEST (a_write_that_is_damaged_or_out_of_bounds_writes_nothing)
{
	g_autofree guint8 *before = g_memdup2 (rig.flash.bytes, BMS_FLASH_SIZE);

	talk (bad_writes[_i].send, bad_writes[_i].answer);
	ck_assert_int_eq (memcmp (before, rig.flash.bytes, BMS_FLASH_SIZE), 0);
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

static void
fill_flash (void)
{
	memset (rig.flash.bytes, 0x55, BMS_FLASH_SIZE);
}

static guint
erased_pages (void)
{
	guint n = 0;

	for (guint page = 0; page < BMS_FLASH_SIZE / BMS_PAGE_SIZE; page++)
		n += flash_is_blank (&rig.flash, BMS_FLASH_ADDRESS + page * BMS_PAGE_SIZE,
				     BMS_PAGE_SIZE);
	return n;
}

START_TEST (extended_erase_takes_the_pages_that_are_named)
{
	fill_flash ();
	talk ("44bb 0001 0008 000a 03", "79 79"); /* 0x08004000 and 0x08005000 */
	ck_assert_uint_eq (erased_pages (), 2);
	ck_assert_uint_eq (*flash_at (0x08004000), 0xff);
	ck_assert_uint_eq (*flash_at (0x080047ff), 0xff);
	ck_assert_uint_eq (*flash_at (0x08004800), 0x55);
	ck_assert_uint_eq (*flash_at (0x08005000), 0xff);
}
END_TEST

START_TEST (mass_erase_takes_the_slot_and_spares_identity_records_and_bootloader)
{
	fill_flash ();
	talk ("44bb ffff 00", "79 79");
	ck_assert_uint_eq (erased_pages (), BMS_IMAGE_SPACE / BMS_PAGE_SIZE);
	ck_assert (flash_is_blank (&rig.flash, BMS_SLOT_ADDRESS, BMS_IMAGE_SPACE));
	ck_assert_uint_eq (*flash_at (0x08003fff), 0x55);
	ck_assert_uint_eq (*flash_at (BMS_BOOTLOG_ADDRESS), 0x55);
	ck_assert_uint_eq (*flash_at (BMS_IDENTITY_ADDRESS), 0x55);
}
END_TEST

START_TEST (erasing_protected_or_missing_pages_is_acknowledged_and_does_nothing)
{
	static const char *const pages[] = {"44bb 0000 0000 00", "44bb 0000 0007 07",
					    "44bb 0000 007c 7c", "44bb 0000 007f 7f",
					    "44bb 0000 0080 80", "44bb 0000 ffef 10"};

	fill_flash ();
	talk (pages[_i], "79 79");
	ck_assert_uint_eq (erased_pages (), 0);
}
END_TEST

START_TEST (an_erase_that_is_damaged_or_not_offered_erases_nothing)
{
	static const struct {
		const char *send, *answer;
	} bad[] = {
	    {"44bb 0001 0008 000a 02", "79 1f"}, /* xor */
	    {"44bb ffff 01", "79 1f"},
	    {"44bb fffe", "79 1f"}, /* banks: there is one */
	    {"44bb fffd", "79 1f"},
	    {"44bb 01ff", "79 1f"}, /* 512 pages in one command */
	};

	fill_flash ();
	talk (bad[_i].send, bad[_i].answer);
	ck_assert_uint_eq (erased_pages (), 0);
}
END_TEST

START_TEST (the_largest_erase_has_511_pages)
{
	GString *hex = g_string_new ("44bb 01fe");
	guint8 x = 0x01 ^ 0xfe;

	for (guint i = 0; i < 511; i++) {
		g_string_append_printf (hex, "%04x", i);
		x ^= i >> 8 ^ (i & 0xff);
	}
	g_string_append_printf (hex, "%02x", x);
	fill_flash ();
	talk (hex->str, "79 79");
	ck_assert_uint_eq (erased_pages (), BMS_IMAGE_SPACE / BMS_PAGE_SIZE);
	g_string_free (hex, TRUE);
}
END_TEST

/*
 * CRC-32/MPEG-2 of the catalogues has these parameters but takes bytes; the unit takes
 * little-endian words, so bytes come swapped in fours: of "4321", swapped to "1234", it is the
 * catalogue's CRC of "1234".
 */
START_TEST (the_checksum_is_that_of_the_crc_unit)
{
	memcpy (flash_at (0x08004000), "4321", 4);
	talk ("a15e", "79");
	talk ("08004000 48", "79");
	talk ("00000004 04", "79");
	talk ("04c11db7 6f", "79");
	talk ("ffffffff 00", "79 79 a695c4aa 5d");
}
END_TEST

START_TEST (the_checksum_takes_another_polynomial_and_start)
{
	memset (flash_at (0x08004000), 0, 8);
	/* a register of zero fed with zeros stays zero */
	talk ("a15e 08004000 48 00000008 08 04c11db7 6f 00000000 00",
	      "79 79 79 79 79 79 00000000 00");
	/* one bit in, 31 shifts later it has left by the top: what comes back is the polynomial */
	*flash_at (0x08004000) = 1;
	talk ("a15e 08004000 48 00000004 04 12345679 09 00000000 00",
	      "79 79 79 79 79 79 12345679 09");
}
END_TEST

START_TEST (a_checksum_that_cannot_be_given_is_refused_where_it_shows)
{
	static const struct {
		const char *send, *answer;
	} bad[] = {
	    {"a15e 08004000 49", "79 1f"},
	    {"a15e 08004001 49", "79 1f"}, /* not on a word */
	    {"a15e 08040000 0c", "79 1f"},
	    {"a15e 08004000 48 00000003 03", "79 79 1f"},
	    {"a15e 08004000 48 00000000 00", "79 79 1f"},
	    {"a15e 08004000 48 00040000 04", "79 79 1f"}, /* past the end */
	    {"a15e 08004000 48 00000004 04 04c11db7 6e", "79 79 79 1f"},
	    {"a15e 08004000 48 00000004 04 04c11db7 6f ffffffff 01", "79 79 79 79 1f"},
	};

	talk (bad[_i].send, bad[_i].answer);
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

START_TEST (go_is_refused_while_nothing_fits_to_run)
{
	static const struct {
		const char *send, *answer;
	} bad[] = {
	    {"21de 08004000 48", "79 1f"}, /* blank */
	    {"21de 08004000 49", "79 1f"},
	    {"21de 08005000 58", "79 1f"}, /* nothing begins there */
	};

	talk (bad[_i].send, bad[_i].answer);
	ck_assert (!boot.go);
	talk ("02fd", "79 01 04 14 79");
}
END_TEST

START_TEST (a_host_that_dies_in_a_block_is_waited_for_until_the_next_reset)
{
	talk ("31ce 08004000 48 ff 01020304", "79 79");
	talk ("7f 00ff", ""); /* taken as data: no time-out between bytes */
	ck_assert_uint_eq (*flash_at (0x08004000), 0xff);
	bms_boot_init (&boot, &rig.port, &target);
	talk ("7f", "79");
	talk ("31ce 08004000 48 03 a1a2a3a4 07", "79 79 79");
}
END_TEST

START_TEST (bytes_one_at_a_time_are_the_same)
{
	g_autoptr (GByteArray) bytes =
	    bytes_of ("31ce 08004000 48 03 a1a2a3a4 07 11ee 08004000 48 03fc");

	for (guint i = 0; i < bytes->len; i++)
		bms_boot_receive (&boot, bytes->data + i, 1);
	rig_expect (&rig, "79 79 79 79 79 79 a1a2a3a4");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-boot");
	TCase *tc = tcase_create ("AN3155");

	tcase_add_checked_fixture (tc, set_up, tear_down);
	tcase_add_test (tc, before_synchronisation_everything_but_7f_is_noise);
	tcase_add_test (tc, a_second_7f_is_half_a_command_and_two_are_refused);
	tcase_add_test (tc, get_version_and_id_are_what_they_are);
	tcase_add_loop_test (tc, a_wrong_complement_and_an_unknown_command_are_refused, 0,
			     G_N_ELEMENTS (bad_commands));
	tcase_add_test (tc, reading_gives_the_bytes_without_a_checksum);
	tcase_add_loop_test (tc, what_cannot_be_read_is_refused_where_it_shows, 0,
			     G_N_ELEMENTS (bad_reads));
	tcase_add_test (tc, writing_programs_and_reads_back);
	tcase_add_test (tc, a_block_of_256_bytes_is_the_largest);
	tcase_add_test (tc, programming_only_clears_bits_and_is_acknowledged_all_the_same);
	tcase_add_loop_test (tc, a_write_that_is_damaged_or_out_of_bounds_writes_nothing, 0,
			     G_N_ELEMENTS (bad_writes));
	tcase_add_test (tc, extended_erase_takes_the_pages_that_are_named);
	tcase_add_test (tc, mass_erase_takes_the_slot_and_spares_identity_records_and_bootloader);
	tcase_add_loop_test (
	    tc, erasing_protected_or_missing_pages_is_acknowledged_and_does_nothing, 0, 6);
	tcase_add_loop_test (tc, an_erase_that_is_damaged_or_not_offered_erases_nothing, 0, 5);
	tcase_add_test (tc, the_largest_erase_has_511_pages);
	tcase_add_test (tc, the_checksum_is_that_of_the_crc_unit);
	tcase_add_test (tc, the_checksum_takes_another_polynomial_and_start);
	tcase_add_loop_test (tc, a_checksum_that_cannot_be_given_is_refused_where_it_shows, 0, 8);
	tcase_add_loop_test (tc, go_is_refused_while_nothing_fits_to_run, 0, 3);
	tcase_add_test (tc, a_host_that_dies_in_a_block_is_waited_for_until_the_next_reset);
	tcase_add_test (tc, bytes_one_at_a_time_are_the_same);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
