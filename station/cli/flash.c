/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/flasher.h"
#include "station/cli/command.h"
#include "station/cli/format.h"
#include "station/cli/printer.h"
#include <signal.h>
#include <stdio.h>

/*
 * Flashing on its own, for the bench of a developer or a board that came back: no bench file, no
 * database, no signature. The station's own path is the recipe's flash step, which takes signed
 * releases only.
 */

static char *link_address, *loader, *base, *format, *verify, *flash_start, *page_size;
static gboolean go;
static volatile sig_atomic_t stopped;

typedef struct {
	PlPrinter *printer;
	gint64 began;
	const char *phase;
} Progress;

/* Only noted: the flasher stops at a page's end, where the device can be flashed again. */
static void
on_signal (int number)
{
	stopped = 1;
}

/* Where the long phases stand in the whole, by bytes on the wire; what comes before them is
 * short. */
static double
fraction_of (const char *phase, double done)
{
	static const struct {
		const char *phase;
		double from, to;
	} phases[] = {{"erasing", 0, 0.1}, {"writing", 0.1, 0.6}, {"verifying", 0.6, 1}};

	for (guint i = 0; i < G_N_ELEMENTS (phases); i++)
		if (g_str_equal (phases[i].phase, phase))
			return phases[i].from + (phases[i].to - phases[i].from) * done;
	return 0;
}

/* Rate and what is left, of this phase. */
static char *
pace_text (const Progress *p, guint64 done, guint64 total)
{
	double seconds = (double)(g_get_monotonic_time () - p->began) / G_USEC_PER_SEC;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	g_autofree char *left = pl_duration_text (rate > 0 ? (double)(total - done) / rate : 0);

	if (done == 0 || done >= total)
		return g_strdup_printf ("%.1f KiB", (double)total / 1024);
	return g_strdup_printf ("%.1f of %.1f KiB, %.1f KiB/s, %s left", (double)done / 1024,
				(double)total / 1024, rate / 1024, left);
}

static gboolean
on_flash (gpointer data, const char *phase, guint64 done, guint64 total)
{
	Progress *p = data;
	g_autofree char *pace = NULL;

	if (g_strcmp0 (phase, p->phase) != 0) {
		p->phase = phase;
		p->began = g_get_monotonic_time ();
	}
	pace = pace_text (p, done, total);
	pl_printer_progress (p->printer, phase, pace,
			     fraction_of (phase, total > 0 ? (double)done / (double)total : 1));
	return stopped == 0;
}

/* What was proved and how, not that "it worked". */
static void
print_evidence (const char *file, PlLink *link, const PlFlashEvidence *e)
{
	const char *note = pl_link_note (link);
	g_autofree char *duration = pl_duration_text (e->seconds);

	printf ("%s: %" G_GSIZE_FORMAT " bytes in %u pages written, every byte verified by %s\n",
		file, e->bytes, e->pages, e->verified);
	printf ("  device    0x%03x, bootloader %u.%u, on %s\n", e->device, e->loader_version >> 4,
		e->loader_version & 0xf, pl_link_name (link));
	printf ("  CRC-32    0x%08x over the written pages\n", e->crc);
	printf ("  retries   %u\n", e->retries);
	printf ("  time      %s, %.1f KiB/s\n", duration,
		e->seconds > 0 ? (double)e->bytes / 1024 / e->seconds : 0);
	if (note != NULL)
		printf ("  link      %s\n", note);
	puts (go ? "  started   yes" : "  started   no (--go starts it)");
}

static PlExit
execute (const char *file, PlLink *link, PlImage *image, const PlFlashOptions *given)
{
	Progress progress = {.printer = pl_printer_new ()};
	PlFlashOptions options = *given;
	PlFlashEvidence evidence = {0};
	g_autoptr (GError) error = NULL;
	gboolean ok;

	options.observer = on_flash;
	options.observer_data = &progress;
	signal (SIGINT, on_signal);
	signal (SIGTERM, on_signal);
	ok = pl_flasher_run (link, loader != NULL ? loader : "an3155", image, &options, &evidence,
			     &error);
	pl_printer_free (progress.printer);
	if (ok)
		print_evidence (file, link, &evidence);
	return ok ? PL_EXIT_PASS : pl_say_error (error);
}

/* -- the command line -------------------------------------------------------------------------- */

/* Absent is right: the flasher has its own defaults. */
static gboolean
take_number (const char *name, const char *text, guint32 *ret)
{
	if (text == NULL || pl_parse_address (text, ret))
		return TRUE;
	pl_say_usage ("--%s %s is not a number (0x08000000, 2048)", name, text);
	return FALSE;
}

static gboolean
take_options (PlFlashOptions *options, guint32 *ret_base)
{
	static const char *const verifies[] = {"read", "crc", NULL};
	guint32 page = 0;

	if (link_address == NULL) {
		pl_say_usage ("over which link? give --link LINK, for example "
			      "serial:/dev/ttyUSB0?baud=115200");
		return FALSE;
	}
	if (verify != NULL && !g_strv_contains (verifies, verify)) {
		pl_say_usage ("--verify %s: read and crc are allowed", verify);
		return FALSE;
	}
	if (!take_number ("base", base, ret_base) ||
	    !take_number ("flash-start", flash_start, &options->flash_start) ||
	    !take_number ("page-size", page_size, &page))
		return FALSE;
	options->verify = g_strcmp0 (verify, "crc") == 0 ? PL_VERIFY_CRC : PL_VERIFY_READ;
	options->page_size = page;
	options->go = go;
	return TRUE;
}

static PlExit
run_flash (char **args)
{
	PlFlashOptions options = {0};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = NULL;
	g_autoptr (PlLink) link = NULL;
	guint32 at = 0;

	if (!take_options (&options, &at))
		return PL_EXIT_USAGE;
	/* image and address first: what is wrong there must not have opened a port or moved a
	 * modem line */
	if (!pl_link_check (link_address, &error) ||
	    (image = pl_load_image (args[0], format, base != NULL ? &at : NULL, &error)) == NULL)
		return pl_say_error (error);
	if ((link = pl_link_open (link_address, &error)) == NULL) {
		g_prefix_error (&error, "nothing was changed: ");
		return pl_say_error (error);
	}
	return execute (args[0], link, image, &options);
}

static const GOptionEntry flash_options[] = {
    {"link", 0, 0, G_OPTION_ARG_FILENAME, &link_address,
     "serial:DEVICE, pty:PATH, tcp:HOST:PORT or unix:PATH, ?baud=N after it (needed)", "LINK"},
    {"loader", 0, 0, G_OPTION_ARG_FILENAME, &loader, "bootloader protocol: an3155 (default)",
     "LOADER"},
    {"base", 0, 0, G_OPTION_ARG_FILENAME, &base, "where a raw binary goes", "ADDR"},
    {"format", 0, 0, G_OPTION_ARG_FILENAME, &format, "ihex, srec, elf or bin (default: by content)",
     "FORMAT"},
    {"verify", 0, 0, G_OPTION_ARG_FILENAME, &verify,
     "by reading back (default) or by the target's own checksum", "read|crc"},
    {"flash-start", 0, 0, G_OPTION_ARG_FILENAME, &flash_start,
     "where the target's flash begins (default: 0x08000000)", "ADDR"},
    {"page-size", 0, 0, G_OPTION_ARG_FILENAME, &page_size,
     "bytes that it erases at once (default: 2048)", "BYTES"},
    {"go", 0, 0, G_OPTION_ARG_NONE, &go, "start the image afterwards", NULL},
    {NULL},
};

extern const PlCommand pl_command_flash;
const PlCommand pl_command_flash = {
    .name = "flash",
    .arguments = "IMAGE",
    .min = 1,
    .max = 1,
    .summary = "write firmware into a device; no bench, no database",
    .about =
	"Erases the pages that the image touches, writes and verifies them; a block that fails\n"
	"is erased and written again. Success is reported only on evidence over every byte.\n"
	"The image is Intel HEX, SREC, ELF, or raw with --base.\n\n"
	"Exit codes: 1 the flash does not hold what was written, 2 no bootloader answers,\n"
	"4 stopped by Ctrl-C at a page's end (flashing it again resumes cleanly). The device\n"
	"must be in its bootloader. For signed releases see packline run --release.",
    .example = "  packline flash --link 'serial:/dev/ttyUSB0?baud=115200' --go bms-1.4.2.hex",
    .options = flash_options,
    .run = run_flash,
};
