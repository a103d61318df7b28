/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/image.h"
#include "tests/bms/process.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* packline-bms as a process, over its pty: what our own loader writes is what runs and answers over Modbus. */
enum {
	FIRMWARE_VERSION = 19,
	FIRMWARE_CRC = 21,
	SECURITY_COUNTER = 23,
	BOOT_COUNT = 25,
	RESET_CAUSE = 27
};
enum { OUTPUTS = 107, MAIN_AUX = 108, PROTECTION = 111 };
enum { CONTACTOR = 0, INSULATION_MONITOR = 1, ENTER_BOOTLOADER = 6 };
#define V142 0x01040002u
#define V141 0x01040001u

static gboolean
flash_with (Bms *bms, const char *image, PlVerify verify, PlFlashObserver observer, gpointer data,
	    GError **error)
{
	g_autofree char *file = bms_image_path (image);
	g_autoptr (PlImage) parsed = pl_image_load (file, NULL, 0, error);
	PlFlashOptions options = {
	    .verify = verify, .go = TRUE, .observer = observer, .observer_data = data};
	PlFlashEvidence evidence;

	return parsed != NULL &&
	       pl_flasher_run (bms->link, "an3155", parsed, &options, &evidence, error);
}

START_TEST (a_blank_bms_waits_in_its_bootloader_and_runs_what_our_loader_writes)
{
	g_autoptr (Bms) bms = bms_start (NULL, FALSE, NULL);
	g_autoptr (GError) error = NULL;

	ck_assert (!bms_answers (bms));
	ck_assert_ok (flash_with (bms, "bms-1.4.2.hex", _i == 0 ? PL_VERIFY_READ : PL_VERIFY_CRC,
				  NULL, NULL, &error),
		      error);
	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
	ck_assert_uint_eq (bms_input (bms, SECURITY_COUNTER, 2), 4);
}
END_TEST

START_TEST (the_station_s_way_by_strap_and_reset_replaces_what_runs)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.1.hex", TRUE, NULL);
	g_autoptr (GError) error = NULL;
	guint crc_before, boots;

	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V141);
	ck_assert_uint_eq (bms_input (bms, RESET_CAUSE, 1), 1);
	crc_before = bms_input (bms, FIRMWARE_CRC, 2);
	boots = bms_input (bms, BOOT_COUNT, 2);
	bms_reset (bms, TRUE);
	ck_assert_uint_eq (bms->command.outputs, 0);
	ck_assert_ok (flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_CRC, NULL, NULL, &error), error);
	bms_reset (bms, FALSE);
	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
	ck_assert_uint_ne (bms_input (bms, FIRMWARE_CRC, 2), crc_before);
	ck_assert_uint_eq (bms_input (bms, RESET_CAUSE, 1), 2);
	ck_assert_uint_eq (bms_input (bms, BOOT_COUNT, 2), boots + 2);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-process");
	TCase *flashing = tcase_create ("flashing");

	tcase_set_timeout (flashing, 120);
	tcase_add_loop_test (
	    flashing, a_blank_bms_waits_in_its_bootloader_and_runs_what_our_loader_writes, 0, 2);
	tcase_add_test (flashing, the_station_s_way_by_strap_and_reset_replaces_what_runs);
	suite_add_tcase (suite, flashing);
	return pl_suite_main (suite);
}
