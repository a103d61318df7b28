/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/bootlog.h"
#include "firmware/bms/crc.h"
#include "tests/bms/rig.h"
#include <string.h>

/* What has to outlive reflash and power cuts: identity and calibration in two copies, boot
 * count, rollback counter. */
static Rig rig;

static void
set_up (void)
{
	rig_open (&rig);
}

static void
tear_down (void)
{
	rig_close (&rig);
}

static struct bms_identity
named (const char *serial, gint32 gain_ppm)
{
	struct bms_identity identity = {.current_gain_ppm = gain_ppm, .current_offset_ma = -12};

	g_strlcpy (identity.serial, serial, sizeof identity.serial);
	return identity;
}

static void
write_it (const char *serial, gint32 gain_ppm)
{
	struct bms_identity identity = named (serial, gain_ppm);

	ck_assert (bms_identity_write (&rig.port, &identity));
}

/* ---- identity ---- */

START_TEST (a_blank_flash_has_no_identity)
{
	struct bms_identity identity;

	ck_assert (!bms_identity_read (&rig.port, &identity));
	ck_assert_uint_eq (identity.generation, 0);
	ck_assert_str_eq (identity.serial, "");
}
END_TEST

START_TEST (the_newest_generation_is_read_and_the_two_pages_take_turns)
{
	struct bms_identity identity;

	for (guint i = 1; i <= 5; i++) {
		g_autofree char *serial = g_strdup_printf ("PACK-%u", i);
		guint32 other = BMS_IDENTITY_ADDRESS + (i % 2 == 0 ? 0 : BMS_PAGE_SIZE);
		guint8 before[64], after[64];

		flash_read (&rig.flash, other, before, sizeof before);
		write_it (serial, (gint32)i);
		flash_read (&rig.flash, other, after, sizeof after);
		ck_assert_int_eq (memcmp (before, after, sizeof before), 0);
		ck_assert (bms_identity_read (&rig.port, &identity));
		ck_assert_str_eq (identity.serial, serial);
		ck_assert_uint_eq (identity.generation, i);
		ck_assert_int_eq (identity.current_offset_ma, -12);
	}
}
END_TEST

START_TEST (a_write_torn_at_any_byte_leaves_the_older_copy)
{
	struct bms_identity identity = named ("NEW", 2000), back;

	write_it ("FIRST", 1);
	write_it ("OLD", 1000);
	rig.bytes_to_power_cut = _i;
	ck_assert (!bms_identity_write (&rig.port, &identity));
	rig.bytes_to_power_cut = -1;
	ck_assert (bms_identity_read (&rig.port, &back));
	ck_assert_str_eq (back.serial, "OLD");
	ck_assert_int_eq (back.current_gain_ppm, 1000);
	/* and the next write is a good one */
	write_it ("NEW", 2000);
	ck_assert (bms_identity_read (&rig.port, &back));
	ck_assert_str_eq (back.serial, "NEW");
	ck_assert_uint_eq (back.generation, 3);
}
END_TEST

START_TEST (any_flipped_bit_of_the_newest_copy_falls_back_to_the_other)
{
	guint8 *newest =
	    rig.flash.bytes + (BMS_IDENTITY_ADDRESS + BMS_PAGE_SIZE - BMS_FLASH_ADDRESS);
	struct bms_identity back;

	write_it ("OLD", 1000);
	write_it ("NEW", 2000);
	for (guint bit = 0; bit < 8 * sizeof back; bit++) {
		newest[bit / 8] ^= 1u << bit % 8;
		ck_assert (bms_identity_read (&rig.port, &back));
		ck_assert_str_eq (back.serial, "OLD");
		newest[bit / 8] ^= 1u << bit % 8;
	}
	ck_assert (bms_identity_read (&rig.port, &back));
	ck_assert_str_eq (back.serial, "NEW");
}
END_TEST

START_TEST (with_both_copies_broken_there_is_none)
{
	struct bms_identity back;

	write_it ("OLD", 1000);
	write_it ("NEW", 2000);
	rig.flash.bytes[BMS_IDENTITY_ADDRESS - BMS_FLASH_ADDRESS + 9] ^= 1;
	rig.flash.bytes[BMS_IDENTITY_ADDRESS + BMS_PAGE_SIZE - BMS_FLASH_ADDRESS + 9] ^= 1;
	ck_assert (!bms_identity_read (&rig.port, &back));
}
END_TEST

START_TEST (generations_go_on_beyond_their_largest_number)
{
	struct bms_identity back;

	write_it ("A", 1);
	/* generation 0xFFFFFFFF by hand: its CRC is what the writer would give it */
	back = named ("LAST", 1);
	flash_erase (&rig.flash, BMS_IDENTITY_ADDRESS);
	back.magic = BMS_IDENTITY_MAGIC;
	back.generation = 0xffffffff;
	back.crc32 = bms_crc32 (0, &back, sizeof back - 4);
	flash_write (&rig.flash, BMS_IDENTITY_ADDRESS, &back, sizeof back);
	write_it ("WRAPPED", 1);
	ck_assert (bms_identity_read (&rig.port, &back));
	ck_assert_str_eq (back.serial, "WRAPPED");
	ck_assert_uint_eq (back.generation, 0);
}
END_TEST

START_TEST (calibration_takes_the_offset_off_and_then_the_gain)
{
	struct bms_identity identity = {.current_gain_ppm = 5000, .current_offset_ma = 40};

	ck_assert_int_eq (bms_identity_current (&identity, 40), 0);
	ck_assert_int_eq (bms_identity_current (&identity, 50040), 50250);
	ck_assert_int_eq (bms_identity_current (&identity, -49960), -50250);
	identity.current_gain_ppm = -100000;
	ck_assert_int_eq (bms_identity_current (&identity, G_MAXINT32), 1932735247);
	identity.current_gain_ppm = 100000;
	ck_assert_int_eq (bms_identity_current (&identity, G_MAXINT32), G_MAXINT32);
}
END_TEST

/* ---- boot records ---- */

START_TEST (boot_records_are_counted_over_many_pages)
{
	struct bms_bootlog record = {0}, back;

	for (guint i = 1; i <= 1000; i++) {
		record.count++;
		record.security_counter = i / 300;
		ck_assert (bms_bootlog_append (&rig.port, &record));
		bms_bootlog_read (&rig.port, &back);
		ck_assert_uint_eq (back.count, i);
		ck_assert_uint_eq (back.security_counter, i / 300);
	}
}
END_TEST

START_TEST (a_counter_may_rise_within_a_boot)
{
	struct bms_bootlog record = {7, 3}, back;

	bms_bootlog_append (&rig.port, &record);
	record.security_counter = 4;
	bms_bootlog_append (&rig.port, &record);
	bms_bootlog_read (&rig.port, &back);
	ck_assert_uint_eq (back.count, 7);
	ck_assert_uint_eq (back.security_counter, 4);
}
END_TEST

/* A power cut at each byte of a record, on an empty page, in the middle of one and where one is
 * full. */
START_TEST (a_torn_record_loses_no_earlier_one)
{
	static const guint before[] = {1, 5, 127, 128, 129, 256};
	struct bms_bootlog record = {0, 4}, back;

	for (record.count = 1; record.count < before[_i / 16]; record.count++)
		bms_bootlog_append (&rig.port, &record);
	bms_bootlog_append (&rig.port, &record);
	record.count++;
	rig.bytes_to_power_cut = _i % 16;
	bms_bootlog_append (&rig.port, &record);
	rig.bytes_to_power_cut = -1;
	bms_bootlog_read (&rig.port, &back);
	ck_assert_uint_eq (back.count, before[_i / 16]);
	ck_assert_uint_eq (back.security_counter, 4);
	ck_assert (bms_bootlog_append (&rig.port, &record));
	bms_bootlog_read (&rig.port, &back);
	ck_assert_uint_eq (back.count, before[_i / 16] + 1);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-identity");
	TCase *tc = tcase_create ("identity"), *log = tcase_create ("boot records");

	tcase_add_checked_fixture (tc, set_up, tear_down);
	tcase_add_checked_fixture (log, set_up, tear_down);
	tcase_add_test (tc, a_blank_flash_has_no_identity);
	tcase_add_test (tc, the_newest_generation_is_read_and_the_two_pages_take_turns);
	tcase_add_loop_test (tc, a_write_torn_at_any_byte_leaves_the_older_copy, 0,
			     sizeof (struct bms_identity));
	tcase_add_test (tc, any_flipped_bit_of_the_newest_copy_falls_back_to_the_other);
	tcase_add_test (tc, with_both_copies_broken_there_is_none);
	tcase_add_test (tc, generations_go_on_beyond_their_largest_number);
	tcase_add_test (tc, calibration_takes_the_offset_off_and_then_the_gain);
	tcase_add_test (log, boot_records_are_counted_over_many_pages);
	tcase_add_test (log, a_counter_may_rise_within_a_boot);
	tcase_add_loop_test (log, a_torn_record_loses_no_earlier_one, 0, 6 * 16);
	suite_add_tcase (suite, tc);
	suite_add_tcase (suite, log);
	return pl_suite_main (suite);
}
