/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* packline flash: on its own against the reference BMS's bootloader, and against nothing at all. */

#define HEX ":020000040800F2\n:02400000AABB59\n:00000001FF\n"

START_TEST (flash_without_device_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *image = place_write (place, "fw.hex", HEX);
	g_autoptr (Reply) reply = packline (place, "flash", "--link", "pty:/no/such", image, NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->err, "packline flash: nothing was changed: pty:/no/such");
}
END_TEST

START_TEST (flash_with_a_wrong_command_line_exits_3)
{
	static const struct {
		const char *options[2];
		const char *says;
	} cases[] = {
	    {{"--loader", "an3155"}, "--link LINK"},
	    {{"--link=carrier-pigeon:", "--go"}, "carrier-pigeon"},
	    {{"--link=pty:x", "--verify=hope"}, "read and crc"},
	    {{"--link=pty:x", "--page-size=two"}, "--page-size two"},
	    {{"--link=pty:x", "--format=pdf"}, "pdf"},
	};
	g_autoptr (Place) place = place_new ();
	g_autofree char *image = place_write (place, "fw.hex", HEX);

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (Reply) reply = packline (place, "flash", cases[i].options[0],
						    cases[i].options[1], image, NULL);

		ck_assert_code (reply, 3);
		ck_assert_says (reply->err, cases[i].says);
	}
}
END_TEST

START_TEST (a_damaged_image_is_refused_before_the_link_is_opened)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *image = place_write (place, "fw.hex", ":02400000AABB58\n");
	g_autoptr (Reply) reply = packline (place, "flash", "--link", "pty:/no/such", image, NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "fw.hex");
	ck_assert_ptr_null (strstr (reply->err, "/no/such"));
}
END_TEST

/* -- against the reference BMS ----------------------------------------------------------------- */

typedef struct {
	GPid pid;
	char *link; /* "pty:PATH" */
} Board;

/* A board with an empty flash waits in its bootloader. */
static Board *
board_new (Place *place)
{
	g_autofree char *link = place_path (place, "bms");
	g_autofree char *flash = place_path (place, "flash.bin");
	Board *board = g_new0 (Board, 1);
	g_autofree char *link_option = g_strdup_printf ("--link=pty:%s", link);
	g_autofree char *flash_option = g_strdup_printf ("--flash=%s", flash);
	const char *argv[] = {g_getenv ("PACKLINE_BMS"), link_option, flash_option, NULL};
	g_autoptr (GError) error = NULL;

	board->link = g_strdup_printf ("pty:%s", link);
	ck_assert_ok (g_spawn_async (NULL, (char **)argv, NULL,
				     G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
					 G_SPAWN_STDERR_TO_DEV_NULL,
				     NULL, NULL, &board->pid, &error),
		      error);
	for (guint i = 0; i < 500 && !g_file_test (link, G_FILE_TEST_EXISTS); i++)
		g_usleep (10000);
	return board;
}

static void
board_free (Board *board)
{
	kill (board->pid, SIGTERM);
	waitpid (board->pid, NULL, 0);
	g_free (board->link);
	g_free (board);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Board, board_free)

/* What stands in the board's flash at the application's slot, for as many bytes as the image
 * has. */
static gboolean
holds_image (Place *place)
{
	const gsize slot = 0x4000; /* 0x08004000 less the flash's begin */
	g_autofree char *file = place_path (place, "flash.bin");
	g_autofree char *flash = NULL, *image = NULL;
	gsize flash_len, image_len;

	ck_assert (g_file_get_contents (file, &flash, &flash_len, NULL));
	ck_assert (g_file_get_contents (g_getenv ("PACKLINE_IMAGE_BIN"), &image, &image_len, NULL));
	ck_assert_uint_gt (flash_len, slot + image_len);
	return memcmp (flash + slot, image, image_len) == 0;
}

START_TEST (flashing_says_its_evidence_over_every_byte)
{
	static const char *const ways[][2] = {{"read", "read-back"}, {"crc", "device checksum"}};

	for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
		g_autoptr (Place) place = place_new ();
		g_autoptr (Board) board = board_new (place);
		g_autoptr (Reply) reply =
		    packline (place, "flash", "--link", board->link, "--verify", ways[i][0],
			      g_getenv ("PACKLINE_IMAGE_HEX"), NULL);

		ck_assert_code (reply, 0);
		ck_assert_says (reply->out, "every byte verified by ");
		ck_assert_says (reply->out, ways[i][1]);
		ck_assert_says (reply->out, "retries   0");
		ck_assert_says (reply->out, "bootloader 3.1");
		ck_assert_says (reply->out, "started   no");
		ck_assert (holds_image (place));
	}
}
END_TEST

START_TEST (a_raw_image_goes_to_its_base)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Board) board = board_new (place);
	g_autoptr (Reply) without =
	    packline (place, "flash", "--link", board->link, g_getenv ("PACKLINE_IMAGE_BIN"), NULL);
	g_autoptr (Reply) with =
	    packline (place, "flash", "--link", board->link, "--base", "0x08004000", "--go",
		      g_getenv ("PACKLINE_IMAGE_BIN"), NULL);

	ck_assert_code (without, 3);
	ck_assert_says (without->err, "--base ADDR");
	ck_assert_code (with, 0);
	ck_assert_says (with->out, "started   yes");
	ck_assert (holds_image (place));
}
END_TEST

START_TEST (an_image_outside_the_flash_exits_3)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Board) board = board_new (place);
	g_autoptr (Reply) reply = packline (place, "flash", "--link", board->link, "--base",
					    "0x07000000", g_getenv ("PACKLINE_IMAGE_BIN"), NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "0x07000000");
}
END_TEST

/* At 9600 baud the image takes 15 s: the stop comes in its middle, at a page's end. */
START_TEST (ctrl_c_stops_at_a_page_s_end_and_flashing_again_completes)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Board) board = board_new (place);
	g_autofree char *slow = g_strdup_printf ("%s?pace=9600", board->link);
	g_autofree char *err_file = place_path (place, "err"), *err = NULL;
	g_autoptr (Reply) again = NULL;
	GPid pid = packline_start (place, err_file, "flash", "--link", slow,
				   g_getenv ("PACKLINE_IMAGE_HEX"), NULL);

	g_usleep (1500000);
	ck_assert_int_eq (kill (pid, SIGINT), 0);
	ck_assert_int_eq (packline_wait (pid), 4);
	ck_assert (g_file_get_contents (err_file, &err, NULL, NULL));
	ck_assert_says (err, "can be flashed again");
	ck_assert (!holds_image (place));
	again =
	    packline (place, "flash", "--link", board->link, g_getenv ("PACKLINE_IMAGE_HEX"), NULL);
	ck_assert_code (again, 0);
	ck_assert (holds_image (place));
}
END_TEST

START_TEST (an_application_that_runs_is_no_bootloader_and_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Board) board = board_new (place);
	g_autoptr (Reply) first = packline (place, "flash", "--link", board->link, "--go",
					    g_getenv ("PACKLINE_IMAGE_HEX"), NULL);
	g_autoptr (Reply) second =
	    packline (place, "flash", "--link", board->link, g_getenv ("PACKLINE_IMAGE_HEX"), NULL);

	ck_assert_code (first, 0);
	ck_assert_code (second, 2);
	ck_assert_says (second->err, "packline flash: ");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-flash");
	TCase *tests = tcase_create ("flash");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, flash_without_device_exits_2);
	tcase_add_test (tests, flash_with_a_wrong_command_line_exits_3);
	tcase_add_test (tests, a_damaged_image_is_refused_before_the_link_is_opened);
	tcase_add_test (tests, flashing_says_its_evidence_over_every_byte);
	tcase_add_test (tests, a_raw_image_goes_to_its_base);
	tcase_add_test (tests, an_image_outside_the_flash_exits_3);
	tcase_add_test (tests, ctrl_c_stops_at_a_page_s_end_and_flashing_again_completes);
	tcase_add_test (tests, an_application_that_runs_is_no_bootloader_and_exits_2);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
