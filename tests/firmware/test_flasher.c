/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include "tests/firmware/fakerom.h"
#include <string.h>

/* One flashing of the fake ROM, and what came of it. */
typedef struct {
	FakeRom *rom;
	PlLink *link;
	PlImage *image;
	PlFlashEvidence evidence;
	GError *error;
	gboolean ok;
} Flashing;

static guint8
code (guint i)
{
	return (guint8)(i * 31 + (i >> 8) * 7 + 1);
}

static void
add (PlImage *image, guint32 address, guint len)
{
	g_autofree guint8 *data = g_malloc (len);
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < len; i++)
		data[i] = code (address + i);
	ck_assert_ok (pl_image_add (image, address, data, len, &error), error);
}

/* Two and a half pages with a hole, and one page far from them. */
static PlImage *
some_image (void)
{
	PlImage *image = pl_image_new ();

	add (image, ROM_BASE + 2 * ROM_PAGE, ROM_PAGE + 700);
	add (image, ROM_BASE + 4 * ROM_PAGE - 300, ROM_PAGE);
	add (image, ROM_BASE + 9 * ROM_PAGE + 512, 100);
	return image;
}

static Flashing
begin (PlImage *image, const RomFaults *faults, const char *wire_faults)
{
	Flashing f = {.image = image, .rom = rom_start (faults)};

	f.link = rom_link (f.rom);
	if (wire_faults != NULL)
		f.link = pl_link_fault (f.link, wire_faults, &f.error);
	ck_assert_ok (f.link != NULL, f.error);
	return f;
}

static void
run (Flashing *f, const PlFlashOptions *options)
{
	f->ok = pl_flasher_run (f->link, "an3155", f->image, options, &f->evidence, &f->error);
	ck_assert_int_eq (f->ok, f->error == NULL);
}

static Flashing
flash (PlImage *image, const RomFaults *faults, const char *wire_faults,
       const PlFlashOptions *options)
{
	Flashing f = begin (image, faults, wire_faults);

	run (&f, options);
	rom_stop (f.rom);
	return f;
}

static void
finish (Flashing *f)
{
	rom_free (f->rom);
	pl_link_free (f->link);
	g_clear_error (&f->error);
	pl_image_free (f->image);
}

/* Old firmware, as the ROM began with. One claim a page: Check writes to a file for each. */
static void
untouched (const FakeRom *rom, guint page)
{
	static guint8 old[ROM_PAGE];

	memset (old, 0x5a, sizeof old);
	ck_assert_mem_eq (rom->flash + page * ROM_PAGE, old, ROM_PAGE);
}

/* The only success that counts: the device holds the image, gaps are erased, other pages untouched.
 */
static void
holds_the_image (const Flashing *f)
{
	for (guint page = 0; page < ROM_PAGES; page++) {
		g_autoptr (GBytes) want =
		    pl_image_read (f->image, ROM_BASE + page * ROM_PAGE, ROM_PAGE, 0xff, NULL);

		if (want == NULL)
			untouched (f->rom, page);
		else
			ck_assert_mem_eq (f->rom->flash + page * ROM_PAGE,
					  g_bytes_get_data (want, NULL), ROM_PAGE);
	}
}

static const PlVerify verifies[] = {PL_VERIFY_READ, PL_VERIFY_CRC};

static void
recovers_over (const RomFaults *faults, const char *wire_faults, guint least_retries)
{
	for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
		PlFlashOptions options = {.verify = verifies[i]};
		Flashing f = flash (some_image (), faults, wire_faults, &options);

		ck_assert_ok (f.ok, f.error);
		ck_assert_ptr_nonnull (f.evidence.verified);
		holds_the_image (&f);
		ck_assert_uint_ge (f.evidence.retries, least_retries);
		finish (&f);
	}
}

static void
recovers (const RomFaults *faults, guint least_retries)
{
	recovers_over (faults, NULL, least_retries);
}

/* Never success without evidence; the cause is in the code and the words. */
static void
stops (const RomFaults *faults, GQuark domain, int code_, const char *says)
{
	for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
		PlFlashOptions options = {.verify = verifies[i], .go = TRUE};
		Flashing f = flash (some_image (), faults, NULL, &options);

		ck_assert (!f.ok);
		ck_assert_err (f.error, domain, code_);
		ck_assert_msg (strstr (f.error->message, says) != NULL, "\"%s\" lacks \"%s\"",
			       f.error->message, says);
		ck_assert_ptr_null (f.evidence.verified);
		ck_assert_uint_eq (f.rom->go, 0);
		finish (&f);
	}
}

static void
nothing_erased (const Flashing *f)
{
	ck_assert_uint_eq (f->rom->erased_pages, 0);
	for (guint page = 0; page < ROM_PAGES; page++)
		untouched (f->rom, page);
}

/* -- the good path ----------------------------------------------------------------------------- */

START_TEST (an_image_is_written_proved_and_started)
{
	for (guint i = 0; i < G_N_ELEMENTS (verifies); i++) {
		PlFlashOptions options = {.verify = verifies[i], .go = TRUE};
		Flashing f = flash (some_image (), &(RomFaults){0}, NULL, &options);

		ck_assert_ok (f.ok, f.error);
		holds_the_image (&f);
		ck_assert_str_eq (f.evidence.verified, i == 0 ? "read-back" : "device checksum");
		ck_assert_uint_eq (f.evidence.bytes, 2 * ROM_PAGE + 700 + 100);
		ck_assert_uint_eq (f.evidence.pages, 4);
		ck_assert_uint_eq (f.evidence.retries, 0);
		ck_assert_uint_eq (f.evidence.device, 0x410);
		ck_assert_uint_eq (f.evidence.loader_version, 0x31);
		ck_assert_uint_eq (f.rom->erased_pages, 4);
		ck_assert_uint_eq (f.rom->go, ROM_BASE + 2 * ROM_PAGE);
		finish (&f);
	}
}
END_TEST

START_TEST (the_erase_with_one_byte_page_numbers_serves_older_parts)
{
	recovers (&(RomFaults){.short_erase = TRUE}, 0);
}
END_TEST

START_TEST (blocks_that_erased_flash_already_holds_are_not_sent)
{
	PlFlashOptions options = {.verify = PL_VERIFY_READ};
	PlImage *image = pl_image_new ();

	add (image, ROM_BASE, 10);
	add (image, ROM_BASE + ROM_PAGE - 10, 10);
	Flashing f = flash (image, &(RomFaults){0}, NULL, &options);

	ck_assert_ok (f.ok, f.error);
	holds_the_image (&f);
	ck_assert_uint_eq (f.rom->blocks, 2);
	finish (&f);
}
END_TEST

START_TEST (the_entry_to_start_may_be_given)
{
	PlFlashOptions options = {
	    .verify = PL_VERIFY_CRC, .go = TRUE, .go_address = ROM_BASE + 0x40};
	Flashing f = flash (some_image (), &(RomFaults){0}, NULL, &options);

	ck_assert_ok (f.ok, f.error);
	ck_assert_uint_eq (f.rom->go, ROM_BASE + 0x40);
	finish (&f);
}
END_TEST

/* -- getting in step --------------------------------------------------------------------------- */

START_TEST (noise_and_doubled_acks_at_the_start_are_passed_over)
{
	recovers (&(RomFaults){.zeros = 1}, 0);
	recovers (&(RomFaults){.zeros = 3, .extra_acks = 1}, 0);
	recovers (&(RomFaults){.extra_acks = 1}, 0);
	recovers (&(RomFaults){.late_acks = 1}, 0);
}
END_TEST

START_TEST (a_device_that_is_already_in_sync_is_taken_up)
{
	recovers (&(RomFaults){.in_sync = TRUE}, 0);
	recovers (&(RomFaults){.half_command = TRUE}, 0);
}
END_TEST

START_TEST (a_lost_first_byte_is_sent_again)
{
	recovers_over (&(RomFaults){0}, "drop:tx@0", 0);
	recovers_over (&(RomFaults){0}, "flip:tx@0=0x10", 0);
	recovers_over (&(RomFaults){0}, "drop:rx@0", 0);
}
END_TEST

START_TEST (silence_is_said_to_be_no_bootloader)
{
	stops (&(RomFaults){.deaf = TRUE}, PL_FLASH_ERROR, PL_FLASH_ERROR_NO_ANSWER,
	       "is the pack powered, BOOT0 strapped and the cable in?");
}
END_TEST

/* -- refused before anything is erased --------------------------------------------------------- */

START_TEST (readout_protection_is_named_before_anything_is_erased)
{
	stops (&(RomFaults){.protected = TRUE}, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTECTED,
	       "readout protection is active; unprotecting erases the whole flash");
	PlFlashOptions options = {.verify = PL_VERIFY_CRC};
	Flashing f = flash (some_image (), &(RomFaults){.protected = TRUE}, NULL, &options);

	nothing_erased (&f);
	finish (&f);
}
END_TEST

START_TEST (an_image_outside_the_flash_is_refused_before_anything_is_erased)
{
	static const struct {
		guint32 address;
		guint len;
	} cases[] = {
	    {ROM_BASE - 4, 8}, /* before it */
	    {ROM_BASE + ROM_SIZE - 4, 8}, /* over its end */
	    {ROM_BASE + ROM_SIZE, 4},
	    {0xfffffff0, 16}, /* page numbers that only half fit */
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlFlashOptions options = {.verify = PL_VERIFY_CRC};
		PlImage *image = pl_image_new ();

		add (image, ROM_BASE + 64, 64);
		add (image, cases[i].address, cases[i].len);
		Flashing f = flash (image, &(RomFaults){0}, NULL, &options);

		ck_assert (!f.ok);
		ck_assert_err (f.error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE);
		ck_assert_msg (strstr (f.error->message, "nothing was erased") != NULL, "%s",
			       f.error->message);
		nothing_erased (&f);
		finish (&f);
	}
}
END_TEST

START_TEST (what_cannot_be_planned_is_refused_unsent)
{
	static const PlFlashOptions bad[] = {{.page_size = 1022}, {.flash_start = 0x08000002}};

	for (guint i = 0; i < 3; i++) {
		PlFlashOptions options = i < 2 ? bad[i] : (PlFlashOptions){0};
		Flashing f = flash (i < 2 ? some_image () : pl_image_new (), &(RomFaults){0}, NULL,
				    &options);

		ck_assert (!f.ok);
		ck_assert_err (f.error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE);
		ck_assert_uint_eq (f.rom->commands, 0);
		finish (&f);
	}
}
END_TEST

START_TEST (an_unknown_loader_is_refused)
{
	Flashing f = begin (some_image (), &(RomFaults){0}, NULL);

	ck_assert (
	    !pl_flasher_run (f.link, "smp", f.image, &(PlFlashOptions){0}, &f.evidence, &f.error));
	ck_assert_err (f.error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED);
	ck_assert_ptr_null (f.evidence.verified);
	finish (&f);
}
END_TEST

/* -- faults while writing ---------------------------------------------------------------------- */

/* _i: the block */
START_TEST (a_refused_block_is_mended_by_erasing_its_page)
{
	recovers (&(RomFaults){.nack_block = _i}, 1);
	recovers (&(RomFaults){.nack_block = _i, .times = 3}, 3);
}
END_TEST

START_TEST (a_block_refused_for_ever_is_a_refusal)
{
	stops (&(RomFaults){.nack_block = 5, .times = 1000}, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK,
	       "writing page 0x08001000: attempt 4: writing memory: the bootloader refused it");
}
END_TEST

START_TEST (a_lost_acknowledge_is_mended)
{
	recovers (&(RomFaults){.lose_ack_block = 1}, 1);
	recovers (&(RomFaults){.lose_ack_block = 5}, 1);
	recovers (&(RomFaults){.garbage_block = 5}, 1);
	recovers (&(RomFaults){.lose_ack_read = 1}, 1);
	recovers (&(RomFaults){.lose_ack_erase = 2}, 1);
}
END_TEST

/* Rewriting mends a bit that reads 1, and never one that reads 0: only an erased page takes both.
 * */
START_TEST (an_acknowledged_block_with_a_wrong_bit_is_found_and_mended)
{
	recovers (&(RomFaults){.set_block = 5}, 1);
	recovers (&(RomFaults){.clear_block = 5}, 1);
	recovers (&(RomFaults){.clear_block = 1, .times = 8}, 1);
}
END_TEST

START_TEST (bits_that_never_hold_are_a_verify_error)
{
	stops (&(RomFaults){.clear_block = 5, .times = 1000}, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY,
	       "page 0x08001000 does not hold what was written");
}
END_TEST

START_TEST (a_page_that_does_not_erase_is_an_erase_error)
{
	stops (&(RomFaults){.sticky_erase = 1, .times = 1000}, PL_FLASH_ERROR, PL_FLASH_ERROR_ERASE,
	       "page 0x08001000 is not blank after erasing: write-protected, or a worn flash");
}
END_TEST

START_TEST (an_erase_that_took_no_effect_once_is_found_and_done_again)
{
	recovers (&(RomFaults){.sticky_erase = 1}, 1);
	recovers (&(RomFaults){.sticky_erase = 1, .times = 2}, 1);
	recovers (&(RomFaults){.nack_erase = 1}, 1);
}
END_TEST

START_TEST (a_command_refused_once_is_noise_and_not_protection)
{
	for (guint n = 1; n < 40; n += 3)
		recovers (&(RomFaults){.nack_command = n}, 0);
}
END_TEST

START_TEST (a_device_that_dies_while_writing_is_a_hang_up_at_once)
{
	const RomFaults dies = {.die_block = 6};
	PlFlashOptions options = {.verify = PL_VERIFY_CRC};
	Flashing f = flash (some_image (), &dies, NULL, &options);

	ck_assert_uint_eq (f.rom->tried_dead, 1); /* the read that found it out */
	finish (&f);
	stops (&dies, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "writing page 0x08001000");
}
END_TEST

START_TEST (a_device_that_falls_silent_is_given_up_with_what_to_do)
{
	stops (&(RomFaults){.fall_silent_block = 6}, PL_FLASH_ERROR, PL_FLASH_ERROR_NO_ANSWER,
	       "does not come back; reset the pack and retry");
}
END_TEST

/* -- faults while verifying -------------------------------------------------------------------- */

START_TEST (without_a_checksum_command_the_proof_is_read_back)
{
	static const RomFaults cases[] = {
	    {.no_checksum = TRUE}, {.short_checksum = TRUE}, {.damaged_crc = 1, .times = 1000}};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlFlashOptions options = {.verify = PL_VERIFY_CRC};
		Flashing f = flash (some_image (), &cases[i], NULL, &options);

		ck_assert_ok (f.ok, f.error);
		holds_the_image (&f);
		ck_assert_str_eq (f.evidence.verified, "read-back");
		finish (&f);
	}
}
END_TEST

START_TEST (a_checksum_that_differs_once_has_its_pages_looked_at_again)
{
	recovers (&(RomFaults){.wrong_crc = 1}, 0);
	recovers (&(RomFaults){.wrong_crc = 1, .times = 3}, 0);
	recovers (&(RomFaults){.damaged_crc = 1}, 0);
}
END_TEST

START_TEST (a_checksum_that_always_differs_is_a_verify_error)
{
	PlFlashOptions options = {.verify = PL_VERIFY_CRC};
	Flashing f =
	    flash (some_image (), &(RomFaults){.wrong_crc = 1, .times = 1000}, NULL, &options);

	ck_assert (!f.ok);
	ck_assert_err (f.error, PL_FLASH_ERROR, PL_FLASH_ERROR_VERIFY);
	ck_assert_ptr_null (f.evidence.verified);
	finish (&f);
}
END_TEST

/* -- faults of the wire ------------------------------------------------------------------------ */

/* A byte flipped, doubled or lost anywhere, in either direction: verified content comes of it. */
static void
fault_anywhere (const char *kind, guint step, guint end)
{
	for (guint at = 0; at < end; at += step) {
		g_autofree char *fault = g_strdup_printf ("%s@%u", kind, at);
		PlFlashOptions options = {.verify = PL_VERIFY_CRC};
		PlImage *image = pl_image_new ();

		add (image, ROM_BASE, 600);
		Flashing f = flash (image, &(RomFaults){0}, fault, &options);

		ck_assert_msg (f.ok, "%s: %s", fault, f.ok ? "" : f.error->message);
		holds_the_image (&f);
		finish (&f);
	}
}

START_TEST (a_flipped_bit_anywhere_on_the_wire_is_recovered)
{
	fault_anywhere ("flip:tx", 43, 900);
	fault_anywhere ("flip:rx", 5, 120);
}
END_TEST

START_TEST (a_byte_doubled_anywhere_on_the_wire_is_recovered)
{
	fault_anywhere ("dup:rx", 5, 120);
}
END_TEST

START_TEST (a_byte_lost_anywhere_on_the_wire_is_recovered)
{
	fault_anywhere ("drop:rx", 13, 120);
	fault_anywhere ("drop:tx", 151, 900);
}
END_TEST

/* -- the operator ------------------------------------------------------------------------------ */

typedef struct {
	const char *stop_at;
	guint64 last, calls;
	GString *phases;
} Watcher;

static gboolean
on_progress (gpointer data, const char *phase, guint64 done, guint64 total)
{
	Watcher *w = data;

	ck_assert_uint_le (done, total);
	if (!g_str_has_suffix (w->phases->str, phase))
		g_string_append_printf (w->phases, "%s%s", w->phases->len > 0 ? ", " : "", phase);
	w->calls++;
	w->last = done;
	return w->stop_at == NULL || !g_str_equal (phase, w->stop_at) || done < total / 2;
}

START_TEST (progress_names_each_phase_and_ends_whole)
{
	Watcher w = {.phases = g_string_new (NULL)};
	PlFlashOptions options = {
	    .verify = PL_VERIFY_CRC, .observer = on_progress, .observer_data = &w};
	Flashing f = flash (some_image (), &(RomFaults){0}, NULL, &options);

	ck_assert_ok (f.ok, f.error);
	ck_assert_str_eq (w.phases->str, "looking at the flash, erasing, writing, verifying");
	ck_assert_uint_eq (w.last, 4 * ROM_PAGE);
	g_string_free (w.phases, TRUE);
	finish (&f);
}
END_TEST

START_TEST (a_stop_leaves_a_device_that_can_be_flashed_again)
{
	static const char *const phases[] = {"looking at the flash", "erasing", "writing",
					     "verifying"};

	for (guint i = 0; i < G_N_ELEMENTS (phases); i++) {
		Watcher w = {.stop_at = phases[i], .phases = g_string_new (NULL)};
		PlFlashOptions options = {.go = TRUE, .observer = on_progress, .observer_data = &w};
		Flashing f = begin (some_image (), &(RomFaults){0}, NULL);

		run (&f, &options);
		ck_assert_err (f.error, PL_FLASH_ERROR, PL_FLASH_ERROR_STOPPED);
		ck_assert_ptr_null (f.evidence.verified);
		ck_assert_uint_eq (f.rom->go, 0);
		g_clear_error (&f.error);
		options.observer = NULL;
		run (&f, &options);
		ck_assert_ok (f.ok, f.error);
		rom_stop (f.rom);
		holds_the_image (&f);
		g_string_free (w.phases, TRUE);
		finish (&f);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("firmware-flasher");
	TCase *tcase = tcase_create ("flasher");

	tcase_set_timeout (tcase, 120);
	tcase_add_test (tcase, an_image_is_written_proved_and_started);
	tcase_add_test (tcase, the_erase_with_one_byte_page_numbers_serves_older_parts);
	tcase_add_test (tcase, blocks_that_erased_flash_already_holds_are_not_sent);
	tcase_add_test (tcase, the_entry_to_start_may_be_given);
	tcase_add_test (tcase, noise_and_doubled_acks_at_the_start_are_passed_over);
	tcase_add_test (tcase, a_device_that_is_already_in_sync_is_taken_up);
	tcase_add_test (tcase, a_lost_first_byte_is_sent_again);
	tcase_add_test (tcase, silence_is_said_to_be_no_bootloader);
	tcase_add_test (tcase, readout_protection_is_named_before_anything_is_erased);
	tcase_add_test (tcase, an_image_outside_the_flash_is_refused_before_anything_is_erased);
	tcase_add_test (tcase, what_cannot_be_planned_is_refused_unsent);
	tcase_add_test (tcase, an_unknown_loader_is_refused);
	tcase_add_loop_test (tcase, a_refused_block_is_mended_by_erasing_its_page, 1, 7);
	tcase_add_test (tcase, a_block_refused_for_ever_is_a_refusal);
	tcase_add_test (tcase, a_lost_acknowledge_is_mended);
	tcase_add_test (tcase, an_acknowledged_block_with_a_wrong_bit_is_found_and_mended);
	tcase_add_test (tcase, bits_that_never_hold_are_a_verify_error);
	tcase_add_test (tcase, a_page_that_does_not_erase_is_an_erase_error);
	tcase_add_test (tcase, an_erase_that_took_no_effect_once_is_found_and_done_again);
	tcase_add_test (tcase, a_command_refused_once_is_noise_and_not_protection);
	tcase_add_test (tcase, a_device_that_dies_while_writing_is_a_hang_up_at_once);
	tcase_add_test (tcase, a_device_that_falls_silent_is_given_up_with_what_to_do);
	tcase_add_test (tcase, without_a_checksum_command_the_proof_is_read_back);
	tcase_add_test (tcase, a_checksum_that_differs_once_has_its_pages_looked_at_again);
	tcase_add_test (tcase, a_checksum_that_always_differs_is_a_verify_error);
	tcase_add_test (tcase, a_flipped_bit_anywhere_on_the_wire_is_recovered);
	tcase_add_test (tcase, a_byte_doubled_anywhere_on_the_wire_is_recovered);
	tcase_add_test (tcase, a_byte_lost_anywhere_on_the_wire_is_recovered);
	tcase_add_test (tcase, progress_names_each_phase_and_ends_whole);
	tcase_add_test (tcase, a_stop_leaves_a_device_that_can_be_flashed_again);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
