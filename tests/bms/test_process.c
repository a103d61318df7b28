/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/image.h"
#include "tests/bms/process.h"
#include "tests/folder.h"
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* packline-bms as a process, over its pty: what our own loader writes is what runs and answers
 * over Modbus. */
enum {
	HARDWARE = 16,
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

typedef struct {
	guint64 after; /* bytes of the phase */
	const char *phase;
	Bms *kill;
} Cut;

static gboolean
cut_off (gpointer data, const char *phase, guint64 done, guint64 total)
{
	Cut *cut = data;

	if (!g_str_equal (phase, cut->phase) || done < cut->after)
		return TRUE;
	if (cut->kill != NULL && cut->kill->pid != 0) {
		kill (cut->kill->pid, SIGKILL);
		waitpid (cut->kill->pid, NULL, 0);
		cut->kill->pid = 0;
	}
	return FALSE;
}

static const Cut cuts[] = {
    {2048, "writing", NULL}, {4096, "writing", NULL}, {8192, "writing", NULL}};

START_TEST (a_flash_that_is_cut_off_leaves_the_bootloader_and_another_one_recovers)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.1.hex", TRUE, NULL);
	g_autoptr (GError) error = NULL;
	Cut cut = cuts[_i];

	bms_reset (bms, TRUE);
	ck_assert (!flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_CRC, cut_off, &cut, &error));
	ck_assert_err (error, PL_FLASH_ERROR, PL_FLASH_ERROR_STOPPED);
	g_clear_error (&error);
	bms_reset (bms, FALSE);
	ck_assert (!bms_answers (bms));
	ck_assert_uint_eq (bms->command.outputs, 0);
	bms_reset (bms, TRUE);
	ck_assert_ok (flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_CRC, NULL, NULL, &error), error);
	bms_reset (bms, FALSE);
	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
}
END_TEST

START_TEST (a_process_that_is_killed_in_a_flash_comes_back_in_its_bootloader)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.1.hex", FALSE, NULL);
	g_autoptr (GError) error = NULL;
	Cut cut = {4096, "writing", bms};

	ck_assert (bms_write (bms, ENTER_BOOTLOADER, 0xb007, &error));
	ck_assert (!flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_READ, cut_off, &cut, &error));
	g_clear_error (&error);
	bms_kill (bms, SIGKILL);
	bms_restart (bms, NULL);
	ck_assert (!bms_answers (bms));
	ck_assert_ok (flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_READ, NULL, NULL, &error), error);
	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
}
END_TEST

START_TEST (a_reset_ends_a_session_that_died_inside_a_block)
{
	static const guint8 half[] = {0x7f, 0x31, 0xce, 0x08, 0x00, 0x40,
				      0x00, 0x48, 0xff, 1,    2,    3};
	g_autoptr (Bms) bms = bms_start ("bms-1.4.1.hex", TRUE, NULL);
	g_autoptr (GError) error = NULL;

	bms_reset (bms, TRUE);
	ck_assert (pl_link_write (bms->link, half, sizeof half, pl_deadline_ms (1000), NULL));
	pl_link_free (bms->link);
	bms->link = pl_link_open (bms->address, &error);
	ck_assert_ok (bms->link != NULL, error);
	bms_reset (bms, TRUE);
	ck_assert_ok (flash_with (bms, "bms-1.4.2.hex", PL_VERIFY_CRC, NULL, NULL, &error), error);
	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
}
END_TEST

START_TEST (another_product_s_image_can_be_written_and_does_not_run)
{
	g_autoptr (Bms) bms = bms_start (NULL, TRUE, NULL);

	/* the last step, Go, is where the device says no */
	ck_assert (!flash_with (bms, "bms-other-product.hex", PL_VERIFY_CRC, NULL, NULL, NULL));
	bms_reset (bms, FALSE);
	ck_assert (!bms_answers (bms));
}
END_TEST

START_TEST (an_older_image_does_not_run_once_a_newer_one_has)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);

	ck_assert_uint_eq (bms_input (bms, SECURITY_COUNTER, 2), 4);
	bms_reset (bms, TRUE);
	ck_assert (!flash_with (bms, "bms-1.4.1.hex", PL_VERIFY_CRC, NULL, NULL, NULL));
	bms_reset (bms, FALSE);
	ck_assert (!bms_answers (bms));
}
END_TEST

/* ---- in lock-step with the front end ---- */

START_TEST (the_contactor_closes_by_modbus_and_opens_on_a_trip)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ok (bms_write (bms, CONTACTOR, 1, &error), error);
	bms_periods (bms, 2);
	ck_assert_uint_eq (bms_input (bms, MAIN_AUX, 1), 0);
	bms_periods (bms, 48);
	ck_assert_uint_eq (bms_input (bms, MAIN_AUX, 1), 1);
	ck_assert_uint_eq (bms->command.outputs & 0xf,
			   AFE_OUT_MAIN | AFE_OUT_CHARGE_FET | AFE_OUT_DISCHARGE_FET);
	bms->sample.cell_uv[9] = 2400000;
	bms_periods (bms, 101);
	ck_assert_uint_eq (bms_input (bms, PROTECTION, 1), 2);
	ck_assert_uint_eq (bms->command.outputs & 0xf, 0);
	ck_assert (!bms_write (bms, CONTACTOR, 1, &error));
	ck_assert_err (error, PL_MODBUS_ERROR, PL_MODBUS_ERROR_DEVICE);
}
END_TEST

START_TEST (without_power_nothing_answers_and_power_brings_a_cold_boot)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);

	ck_assert (bms_write (bms, INSULATION_MONITOR, 0, NULL));
	bms_pins (bms, 0);
	ck_assert_uint_eq (bms->command.outputs, 0);
	ck_assert (!bms_answers (bms));
	bms_pins (bms, AFE_PIN_POWER);
	ck_assert (bms_answers (bms));
	ck_assert_uint_eq (bms_input (bms, OUTPUTS, 1), AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (bms_input (bms, RESET_CAUSE, 1), 1);
}
END_TEST

static gboolean
link_exists (Bms *bms)
{
	return g_file_test (bms->address + strlen ("pty:"), G_FILE_TEST_IS_SYMLINK);
}

START_TEST (it_ends_and_removes_its_link_when_the_front_end_goes_or_on_sigterm)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);

	ck_assert (link_exists (bms));
	if (_i == 0)
		close (bms->afe);
	else
		kill (bms->pid, SIGTERM);
	ck_assert_int_eq (bms_await_end (bms), 0);
	ck_assert (!link_exists (bms));
	bms->afe = -1;
}
END_TEST

START_TEST (a_front_end_that_speaks_otherwise_ends_it)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);

	bms->sample.magic = 0x12345678;
	ck_assert_int_eq (send (bms->afe, &bms->sample, sizeof bms->sample, 0), sizeof bms->sample);
	ck_assert_int_eq (bms_await_end (bms), 0);
}
END_TEST

START_TEST (it_waits_for_a_front_end_that_comes_up_later)
{
	g_autoptr (Bms) bms = bms_start_before_afe ("bms-1.4.2.hex");

	ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
}
END_TEST

START_TEST (a_sample_may_come_in_pieces)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", TRUE, NULL);
	const guint8 *bytes = (const guint8 *)&bms->sample;

	for (gsize i = 0; i < sizeof bms->sample; i++) {
		ck_assert_int_eq (send (bms->afe, bytes + i, 1, 0), 1);
		g_usleep (100);
	}
	ck_assert_int_eq (recv (bms->afe, &bms->command, sizeof bms->command, MSG_WAITALL),
			  sizeof bms->command);
	ck_assert_uint_eq (bms->command.seq, bms->sample.seq);
}
END_TEST

/* ---- alone ---- */

START_TEST (alone_it_has_a_healthy_pack_in_real_time)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", FALSE, NULL);
	gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

	ck_assert (bms_write (bms, CONTACTOR, 1, NULL));
	while (bms_input (bms, MAIN_AUX, 1) == 0 && g_get_monotonic_time () < deadline)
		g_usleep (20000);
	ck_assert_uint_eq (bms_input (bms, MAIN_AUX, 1), 1);
	ck_assert_uint_eq (bms_input (bms, PROTECTION, 1), 0);
}
END_TEST

START_TEST (sockets_serve_one_client_after_the_other)
{
	g_autoptr (Bms) bms =
	    bms_start_at (_i == 0 ? "unix" : "tcp:127.0.0.1:48731", "bms-1.4.2.hex");
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < 3; i++) {
		ck_assert_uint_eq (bms_input (bms, FIRMWARE_VERSION, 2), V142);
		pl_link_free (bms->link);
		bms->link = pl_link_open (bms->address, &error);
		ck_assert_ok (bms->link != NULL, error);
	}
}
END_TEST

START_TEST (serial_and_hardware_are_given_once_and_by_option)
{
	static const char *const first[] = {"--serial=PL32-000042", "--hardware=5", NULL};
	static const char *const second[] = {"--serial=PL32-000043", NULL};
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", FALSE, first);
	g_autoptr (PlModbus) master = NULL;
	guint16 words[16];

	ck_assert_uint_eq (bms_input (bms, HARDWARE, 1), 5);
	bms_kill (bms, SIGTERM);
	bms_restart (bms, second);
	ck_assert_uint_eq (bms_input (bms, HARDWARE, 1), 3);
	master = pl_modbus_new (bms->link, PL_MODBUS_RTU, 1);
	ck_assert (pl_modbus_read_registers (master, PL_MODBUS_HOLDING, 44, 16, words, NULL));
	ck_assert_uint_eq (words[5], '2' << 8);
	ck_assert_uint_eq (words[4], '0' << 8 | '4');
}
END_TEST

/* As packline-sim starts a foreign board. */
START_TEST (a_foreign_board_runs_the_foreign_image)
{
	static const char *const more[] = {"--product", "PL-BMS-16S", NULL};
	g_autoptr (Bms) bms =
	    bms_start (_i == 0 ? "bms-other-product.hex" : "bms-1.4.2.hex", FALSE, more);

	ck_assert (bms_answers (bms) == (_i == 0));
}
END_TEST

START_TEST (hardware_outside_the_image_s_range_stays_in_the_bootloader)
{
	static const char *const more[] = {"--hardware=6", NULL};
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", FALSE, more);

	ck_assert (!bms_answers (bms));
}
END_TEST

/* What it says and how it ends, run to its end; %s in the arguments is a directory. */
static int
run_badly (const char *const *arguments, const char *directory, char **ret_message)
{
	g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
	g_autoptr (GError) error = NULL;
	int status;

	g_ptr_array_add (argv, bms_image_path ("packline-bms"));
	for (; *arguments != NULL; arguments++) {
		g_auto (GStrv) parts = g_strsplit (*arguments, "%s", -1);

		g_ptr_array_add (argv, g_strjoinv (directory, parts));
	}
	g_ptr_array_add (argv, NULL);
	ck_assert_ok (g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
				    NULL, NULL, NULL, ret_message, &status, &error),
		      error);
	return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}

static const struct {
	const char *arguments[6];
	const char *says;
} bad_starts[] = {
    {{"--link=pty:%s/tty", NULL}, "--flash FILE"},
    {{"--flash=%s/flash", NULL}, "--link LINK"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "more", NULL}, "--help"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "--hardware=0", NULL}, "--help"},
    {{"--link=serial:/dev/ttyS0", "--flash=%s/flash", NULL}, "is no link"},
    {{"--link=tcp:0.0.0.0:4000", "--flash=%s/flash", NULL}, "only tcp:127.0.0.1"},
    {{"--link=tcp:127.0.0.1:x", "--flash=%s/flash", NULL}, "only tcp:127.0.0.1"},
    {{"--link=pty:%s/short", "--flash=%s/flash", NULL}, "no symbolic link"},
    {{"--link=pty:%s/tty", "--flash=%s/short", NULL}, "another file"},
    {{"--link=pty:%s/tty", "--flash=%s/none/flash", NULL}, "none/flash"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "--afe=tcp:127.0.0.1:1", NULL}, "only unix:PATH"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "--load=%s/none", NULL}, "none"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "--load=%s/low.hex", NULL},
     "outside the application"},
    {{"--link=pty:%s/tty", "--flash=%s/flash", "--serial=123456789012345678901234567890123", NULL},
     "at most 32"},
};

START_TEST (what_cannot_start_ends_with_3_and_says_why)
{
	g_autofree char *directory = test_folder (), *message = NULL;
	g_autofree char *brief = g_build_filename (directory, "short", NULL);
	g_autofree char *low = g_build_filename (directory, "low.hex", NULL);
	g_autofree char *flash = g_build_filename (directory, "flash", NULL);

	ck_assert (g_file_set_contents (brief, "too short", -1, NULL));
	ck_assert (g_file_set_contents (low, ":020000040800F2\n:0400000001020304F2\n:00000001FF\n",
					-1, NULL));
	ck_assert_int_eq (run_badly (bad_starts[_i].arguments, directory, &message), 3);
	ck_assert_msg (strstr (message, bad_starts[_i].says) != NULL, "%s", message);
	unlink (brief);
	unlink (low);
	unlink (flash);
	ck_assert_int_eq (rmdir (directory), 0); /* and leaves nothing else behind */
}
END_TEST

START_TEST (two_processes_never_run_from_one_flash)
{
	g_autoptr (Bms) bms = bms_start ("bms-1.4.2.hex", FALSE, NULL);
	static const char *const arguments[] = {"--link=pty:%s/other", "--flash=%s/flash", NULL};
	g_autofree char *message = NULL;

	ck_assert_int_eq (run_badly (arguments, bms->directory, &message), 3);
	ck_assert_ptr_nonnull (strstr (message, "another packline-bms"));
	ck_assert (bms_answers (bms));
}
END_TEST

START_TEST (help_is_complete_and_ends_with_0)
{
	static const char *const arguments[] = {"--help", NULL};
	g_autofree char *message = NULL;

	ck_assert_int_eq (run_badly (arguments, "", &message), 0);
}
END_TEST

static TCase *
add_case (Suite *suite, const char *name)
{
	TCase *tc = tcase_create (name);

	tcase_set_timeout (tc, 120);
	suite_add_tcase (suite, tc);
	return tc;
}

int
main (void)
{
	Suite *suite = suite_create ("bms-process");
	TCase *flashing = add_case (suite, "flashing"), *step = add_case (suite, "lock-step"),
	      *alone = add_case (suite, "alone"), *bad = add_case (suite, "bad starts");

	tcase_add_loop_test (
	    flashing, a_blank_bms_waits_in_its_bootloader_and_runs_what_our_loader_writes, 0, 2);
	tcase_add_test (flashing, the_station_s_way_by_strap_and_reset_replaces_what_runs);
	tcase_add_loop_test (flashing,
			     a_flash_that_is_cut_off_leaves_the_bootloader_and_another_one_recovers,
			     0, G_N_ELEMENTS (cuts));
	tcase_add_test (flashing, a_process_that_is_killed_in_a_flash_comes_back_in_its_bootloader);
	tcase_add_test (flashing, a_reset_ends_a_session_that_died_inside_a_block);
	tcase_add_test (flashing, another_product_s_image_can_be_written_and_does_not_run);
	tcase_add_test (flashing, an_older_image_does_not_run_once_a_newer_one_has);
	tcase_add_test (step, the_contactor_closes_by_modbus_and_opens_on_a_trip);
	tcase_add_test (step, without_power_nothing_answers_and_power_brings_a_cold_boot);
	tcase_add_loop_test (
	    step, it_ends_and_removes_its_link_when_the_front_end_goes_or_on_sigterm, 0, 2);
	tcase_add_test (step, a_front_end_that_speaks_otherwise_ends_it);
	tcase_add_test (step, it_waits_for_a_front_end_that_comes_up_later);
	tcase_add_test (step, a_sample_may_come_in_pieces);
	tcase_add_test (alone, alone_it_has_a_healthy_pack_in_real_time);
	tcase_add_loop_test (alone, sockets_serve_one_client_after_the_other, 0, 2);
	tcase_add_test (alone, serial_and_hardware_are_given_once_and_by_option);
	tcase_add_loop_test (alone, a_foreign_board_runs_the_foreign_image, 0, 2);
	tcase_add_test (alone, hardware_outside_the_image_s_range_stays_in_the_bootloader);
	tcase_add_loop_test (bad, what_cannot_start_ends_with_3_and_says_why, 0,
			     G_N_ELEMENTS (bad_starts));
	tcase_add_test (bad, two_processes_never_run_from_one_flash);
	tcase_add_test (bad, help_is_complete_and_ends_with_0);
	return pl_suite_main (suite);
}
