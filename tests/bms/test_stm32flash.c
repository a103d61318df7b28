/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bms/process.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/*
 * An independent loader, Debian's stm32flash, against our bootloader. It insists on parity,
 * which a pty has not, unless it is told 8n1. Skipped where it is not installed; ./packline test
 * installs it.
 */
static char *
ask_stm32flash (Bms *bms, const char *const *more, int *ret_code)
{
	g_autoptr (GPtrArray) argv = g_ptr_array_new ();
	g_autoptr (GError) error = NULL;
	char *output = NULL;
	int status;

	g_ptr_array_add (argv, (gpointer) "stm32flash");
	g_ptr_array_add (argv, (gpointer) "-m");
	g_ptr_array_add (argv, (gpointer) "8n1");
	g_ptr_array_add (argv, (gpointer) "-b");
	g_ptr_array_add (argv, (gpointer) "115200");
	for (; *more != NULL; more++)
		g_ptr_array_add (argv, (gpointer)*more);
	g_ptr_array_add (argv, bms->address + strlen ("pty:"));
	g_ptr_array_add (argv, NULL);
	ck_assert_ok (g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL,
				    NULL, &output, NULL, &status, &error),
		      error);
	*ret_code = g_spawn_check_wait_status (status, NULL) ? 0 : 1;
	return output;
}

START_TEST (it_knows_the_device)
{
	g_autoptr (Bms) bms = bms_start (NULL, FALSE, NULL);
	static const char *const arguments[] = {NULL};
	int code;
	g_autofree char *output = ask_stm32flash (bms, arguments, &code);

	ck_assert_int_eq (code, 0);
	ck_assert_msg (strstr (output, "0x0414") != NULL && strstr (output, "0x31") != NULL, "%s",
		       output);
}
END_TEST

START_TEST (it_writes_verifies_and_starts_hex_and_binary)
{
	g_autoptr (Bms) bms = bms_start (NULL, FALSE, NULL);
	g_autofree char *file = bms_image_path (_i == 0 ? "bms-1.4.2.hex" : "bms-1.4.2.bin");
	const char *const arguments[] = {"-S", "0x08004000", "-w",	   file,
					 "-v", "-g",	     "0x08004000", NULL};
	int code;
	g_autofree char *output = ask_stm32flash (bms, arguments, &code);

	ck_assert_msg (code == 0, "%s", output);
	ck_assert_ptr_nonnull (strstr (output, "(100.00%) Done."));
	ck_assert_uint_eq (bms_input (bms, 19, 2), 0x01040002);
}
END_TEST

START_TEST (it_reads_back_what_our_loader_wrote)
{
	g_autoptr (Bms) bms = bms_start (NULL, FALSE, NULL);
	g_autofree char *image = bms_image_path ("bms-1.4.2.bin"), *written = NULL, *back = NULL;
	g_autofree char *file =
	    g_build_filename (bms->directory, "afe", NULL); /* removed with it */
	g_autofree char *range = NULL, *output = NULL;
	const char *arguments[] = {"-S", NULL, "-r", file, NULL};
	g_autoptr (PlImage) parsed = pl_image_load (image, NULL, 0x08004000, NULL);
	g_autoptr (GError) error = NULL;
	PlFlashEvidence evidence;
	gsize len, len_back;
	int code;

	ck_assert_ok (
	    pl_flasher_run (bms->link, "an3155", parsed, &(PlFlashOptions){0}, &evidence, &error),
	    error);
	ck_assert (g_file_get_contents (image, &written, &len, NULL));
	range = g_strdup_printf ("0x08004000:%zu", len);
	arguments[1] = range;
	output = ask_stm32flash (bms, arguments, &code);
	ck_assert_msg (code == 0, "%s", output);
	ck_assert (g_file_get_contents (file, &back, &len_back, NULL));
	ck_assert_uint_eq (len_back, len);
	ck_assert_int_eq (memcmp (back, written, len), 0);
}
END_TEST

START_TEST (its_mass_erase_leaves_serial_number_and_boot_count)
{
	static const char *const more[] = {"--serial=PL32-000042", NULL};
	static const char *const erase[] = {"-o", NULL};
	g_autofree char *file = bms_image_path ("bms-1.4.2.hex");
	const char *const write[] = {"-S", "0x08004000", "-w",	       file,
				     "-v", "-g",	 "0x08004000", NULL};
	g_autoptr (Bms) bms = bms_start ("bms-1.4.1.hex", FALSE, more);
	g_autofree char *erased = NULL, *written = NULL;
	int code;

	ck_assert (bms_write (bms, 6, 0xb007, NULL));
	erased = ask_stm32flash (bms, erase, &code);
	ck_assert_msg (code == 0, "%s", erased);
	written = ask_stm32flash (bms, write, &code);
	ck_assert_msg (code == 0, "%s", written);
	ck_assert_uint_eq (bms_input (bms, 19, 2), 0x01040002);
	ck_assert_uint_eq (bms_input (bms, 25, 2), 2);
	ck_assert_uint_eq (bms_input (bms, 30, 2), 1);
}
END_TEST

START_TEST (it_is_refused_where_nothing_may_be_written)
{
	g_autoptr (Bms) bms = bms_start (NULL, FALSE, NULL);
	g_autofree char *file = bms_image_path ("bms-1.4.2.bin");
	const char *const arguments[] = {"-S", "0x08000000", "-w", file, NULL};
	int code;
	g_autofree char *output = ask_stm32flash (bms, arguments, &code);

	ck_assert_int_eq (code, 1);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-stm32flash");
	TCase *tc = tcase_create ("oracle");
	g_autofree char *program = g_find_program_in_path ("stm32flash");

	if (program == NULL) {
		puts ("1..0 # SKIP stm32flash is not installed");
		return 0;
	}
	tcase_set_timeout (tc, 120);
	tcase_add_test (tc, it_knows_the_device);
	tcase_add_loop_test (tc, it_writes_verifies_and_starts_hex_and_binary, 0, 2);
	tcase_add_test (tc, it_reads_back_what_our_loader_wrote);
	tcase_add_test (tc, its_mass_erase_leaves_serial_number_and_boot_count);
	tcase_add_test (tc, it_is_refused_where_nothing_may_be_written);
	suite_add_tcase (suite, tc);
	return pl_suite_main (suite);
}
