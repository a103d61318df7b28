/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/identity.h"
#include "firmware/bms/ports/host/bench.h"
#include "firmware/bms/ports/host/board.h"
#include "firmware/bms/ports/host/uart.h"
#include "firmware/image/image.h"
#include <errno.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The reference BMS as a process. The UART lives in wall time; the control loop runs once a
 * sample of the front end. */
#define FRAME_GAP_MS 20 /* a scheduler's hiccup is longer than the 1.75 ms of the standard */
#define BENCH_PERIOD_US 20000 /* control period without the simulated line */
#define AFE_PATIENCE_US (10 * G_USEC_PER_SEC)

struct process {
	struct flash flash;
	struct board board;
	struct uart uart;
	struct bench bench;
	int afe; /* -1 = bench */
	uint32_t bench_pins;
	gint64 bench_next; /* monotonic us */
	struct afe_sample sample;
	size_t sample_len;
	sigset_t unblocked;
};

static volatile sig_atomic_t stopped;

static void
on_signal (int number)
{
	stopped = 1;
}

/* Signals are let in only while waiting, so that none falls between the check and the wait. */
static void
catch_signals (struct process *p)
{
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;

	sigemptyset (&blocked);
	sigaddset (&blocked, SIGTERM);
	sigaddset (&blocked, SIGINT);
	sigprocmask (SIG_BLOCK, &blocked, &p->unblocked);
	sigaction (SIGTERM, &action, NULL);
	sigaction (SIGINT, &action, NULL);
}

static void
send_uart (void *sink, const uint8_t *data, size_t len)
{
	uart_write (sink, data, len);
}

/* -- analogue front end ------------------------------------------------------------------------ */

static int
connect_afe (const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy (address.sun_path, path, sizeof address.sun_path);
	if (fd >= 0 && connect (fd, (struct sockaddr *)&address, sizeof address) != 0) {
		close (fd);
		fd = -1;
	}
	return fd;
}

/* The world is often started at the same moment and may come up second. */
static gboolean
open_afe (struct process *p, const char *address, GError **error)
{
	gint64 deadline = g_get_monotonic_time () + AFE_PATIENCE_US;

	p->afe = -1;
	if (address == NULL)
		return TRUE;
	if (!g_str_has_prefix (address, "unix:")) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			     "--afe %s: only unix:PATH is served", address);
		return FALSE;
	}
	while ((p->afe = connect_afe (address + strlen ("unix:"))) < 0 &&
	       g_get_monotonic_time () < deadline)
		g_usleep (20000);
	if (p->afe >= 0)
		return TRUE;
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
		     "nobody serves the analogue front end at %s: start packline-sim first",
		     address);
	return FALSE;
}

/* FALSE = the world is gone, or speaks another language. */
static gboolean
serve_afe (struct process *p)
{
	struct afe_command command;
	ssize_t n =
	    recv (p->afe, (char *)&p->sample + p->sample_len, sizeof p->sample - p->sample_len, 0);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	p->sample_len += (size_t)n;
	if (p->sample_len < sizeof p->sample)
		return TRUE;
	p->sample_len = 0;
	if (p->sample.magic != AFE_SAMPLE_MAGIC) {
		fprintf (stderr, "packline-bms: what came from the front end is no sample\n");
		return FALSE;
	}
	board_sample (&p->board, &p->sample, &command);
	return send (p->afe, &command, sizeof command, MSG_NOSIGNAL) == (ssize_t)sizeof command;
}

/* The strap counts at the first boot only: a tool that has flashed may then start what it
 * flashed. */
static void
serve_bench (struct process *p)
{
	struct afe_sample sample;
	struct afe_command command;
	gint64 now = g_get_monotonic_time ();

	if (now < p->bench_next)
		return;
	p->bench_next = MAX (p->bench_next + BENCH_PERIOD_US, now);
	bench_sample (&p->bench, BENCH_PERIOD_US, AFE_PIN_POWER | p->bench_pins, &sample);
	board_sample (&p->board, &sample, &command);
	bench_command (&p->bench, &command);
	p->bench_pins = 0;
}

/* -- the loop ---------------------------------------------------------------------------------- */

static struct timespec
patience (const struct process *p)
{
	gint64 us = p->board.line_busy ? FRAME_GAP_MS * 1000 : G_USEC_PER_SEC;

	if (p->afe < 0)
		us = CLAMP (p->bench_next - g_get_monotonic_time (), 0, us);
	return (struct timespec){us / G_USEC_PER_SEC, us % G_USEC_PER_SEC * 1000};
}

static void
serve_uart (struct process *p)
{
	uint8_t bytes[1024];
	size_t n = uart_read (&p->uart, bytes, sizeof bytes);

	if (n > 0)
		board_receive (&p->board, bytes, n);
}

/* The front end comes first: the world stands still until it is answered, a UART's byte is never
 * urgent. */
static void
run (struct process *p)
{
	gint64 heard = 0;

	while (!stopped) {
		struct pollfd fds[2] = {{uart_poll_fd (&p->uart), POLLIN, 0}, {p->afe, POLLIN, 0}};
		struct timespec timeout = patience (p);
		int n = ppoll (fds, p->afe >= 0 ? 2 : 1, &timeout, &p->unblocked);

		if (n < 0 && errno != EINTR)
			break;
		if (n > 0 && fds[1].revents != 0 && !serve_afe (p))
			break;
		if (n > 0 && fds[0].revents != 0) {
			serve_uart (p);
			heard = g_get_monotonic_time ();
		} else if (p->board.line_busy &&
			   g_get_monotonic_time () - heard >= FRAME_GAP_MS * 1000) {
			board_silence (&p->board);
		}
		if (p->afe < 0)
			serve_bench (p);
	}
}

/* -- start ------------------------------------------------------------------------------------- */

/* Into a blank slot only: starting the process again must not undo what a station has flashed. */
static gboolean
load_image (struct process *p, const char *file, GError **error)
{
	g_autoptr (PlImage) image = NULL;

	if (!flash_is_blank (&p->flash, BMS_SLOT_ADDRESS, BMS_IMAGE_SPACE))
		return TRUE;
	image = pl_image_load (file, NULL, BMS_SLOT_ADDRESS, error);
	if (image == NULL)
		return FALSE;
	for (guint i = 0; i < pl_image_n_segments (image); i++) {
		const PlSegment *segment = pl_image_segment (image, i);
		gsize len;
		const guint8 *data = g_bytes_get_data (segment->data, &len);

		if (segment->address < BMS_SLOT_ADDRESS || len > BMS_IMAGE_SPACE ||
		    segment->address - BMS_SLOT_ADDRESS > BMS_IMAGE_SPACE - len) {
			g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				     "%s: %zu bytes at 0x%08x lie outside the application's slot",
				     file, len, segment->address);
			return FALSE;
		}
		flash_write (&p->flash, segment->address, data, len);
	}
	return TRUE;
}

/* What the board's maker does once, before any station has seen it. */
static gboolean
provision (struct process *p, const char *serial, GError **error)
{
	struct bms_identity identity;

	if (bms_identity_read (&p->board.port, &identity))
		return TRUE;
	if (strlen (serial) > BMS_SERIAL_LENGTH) {
		g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			     "--serial %s: at most %d characters", serial, BMS_SERIAL_LENGTH);
		return FALSE;
	}
	memcpy (identity.serial, serial, strlen (serial));
	if (bms_identity_write (&p->board.port, &identity))
		return TRUE;
	g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
		     "--serial %s: the flash does not keep it", serial);
	return FALSE;
}

struct options {
	char *link, *flash, *afe, *load, *serial, *product;
	int hardware;
	gboolean boot0;
};

static gboolean
parse_options (int *argc, char ***argv, struct options *o, GError **error)
{
	const GOptionEntry entries[] = {
	    {"link", 0, 0, G_OPTION_ARG_STRING, &o->link,
	     "where its UART is: pty:PATH, unix:PATH or tcp:127.0.0.1:PORT", "LINK"},
	    {"flash", 0, 0, G_OPTION_ARG_FILENAME, &o->flash,
	     "its flash; made, all 0xFF, if there is none", "FILE"},
	    {"afe", 0, 0, G_OPTION_ARG_STRING, &o->afe,
	     "analogue front end, served by packline-sim; without it a healthy pack is assumed",
	     "unix:PATH"},
	    {"load", 0, 0, G_OPTION_ARG_FILENAME, &o->load,
	     "put this image into the slot if that is blank", "IMAGE"},
	    {"serial", 0, 0, G_OPTION_ARG_STRING, &o->serial, "serial number, if it has none yet",
	     "TEXT"},
	    {"product", 0, 0, G_OPTION_ARG_STRING, &o->product,
	     "product that the board is: images of others do not run (PL-BMS-32S)", "NAME"},
	    {"hardware", 0, 0, G_OPTION_ARG_INT, &o->hardware, "hardware revision (3)", "N"},
	    {"boot0", 0, 0, G_OPTION_ARG_NONE, &o->boot0, "without --afe: start in the bootloader",
	     NULL},
	    {NULL},
	};
	g_autoptr (GOptionContext) context =
	    g_option_context_new ("- the reference BMS as a process");

	g_option_context_set_summary (
	    context,
	    "Bootloader (AN3155) and application (Modbus RTU, unit 1) on one UART. What runs is "
	    "what is in the\n"
	    "flash: start it on a new flash file, flash an image, and ask over Modbus what it is.");
	g_option_context_add_main_entries (context, entries, NULL);
	if (!g_option_context_parse (context, argc, argv, error))
		return FALSE;
	if (*argc == 1 && o->link != NULL && o->flash != NULL && o->hardware >= 1)
		return TRUE;
	g_set_error (
	    error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
	    "--link LINK and --flash FILE are needed, and nothing beside options: see --help");
	return FALSE;
}

static gboolean
start (struct process *p, const struct options *o, GError **error)
{
	if (!flash_open (&p->flash, o->flash, error))
		return FALSE;
	board_init (&p->board, &p->flash, o->product, (uint32_t)o->hardware);
	p->board.send = send_uart;
	p->board.sink = &p->uart;
	p->bench_pins = o->boot0 ? AFE_PIN_BOOT0 : 0;
	p->bench_next = g_get_monotonic_time ();
	return (o->load == NULL || load_image (p, o->load, error)) &&
	       (o->serial == NULL || provision (p, o->serial, error)) &&
	       uart_open (&p->uart, o->link, error) && open_afe (p, o->afe, error);
}

static void
finish (struct process *p, struct options *o)
{
	if (p->board.flash != NULL)
		board_clear (&p->board);
	uart_close (&p->uart);
	if (p->flash.bytes != NULL)
		flash_close (&p->flash);
	g_free (o->link);
	g_free (o->flash);
	g_free (o->afe);
	g_free (o->load);
	g_free (o->serial);
	g_free (o->product);
}

int
main (int argc, char **argv)
{
	static struct process p;
	struct options options = {.hardware = 3};
	g_autoptr (GError) error = NULL;
	int rc = 0;

	catch_signals (&p);
	p.uart = (struct uart){-1, -1, -1, NULL};
	if (parse_options (&argc, &argv, &options, &error) && start (&p, &options, &error)) {
		run (&p);
	} else {
		fprintf (stderr, "packline-bms: %s\n", error->message);
		rc = 3;
	}
	finish (&p, &options);
	return rc;
}
