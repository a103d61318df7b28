/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/image.h"
#include "firmware/flasher.h"
#include "tests/bench/mark.h"
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/*
 * Flashing the reference BMS over a link that is paced to a line rate, from sync to proof by the
 * device's checksum. The peer is what the protocol itself allows at that rate: 268 characters of 11
 * bits for 256 bytes (265 from the host, 3 acknowledgements), nothing else on the line.
 */
#define BAUD 115200
#define BITS 11
#define BYTES (32 * 1024)

typedef struct {
	char *address;
	GPid bms;
	PlImage *image;
} Self;

static void
finish (gpointer data)
{
	Self *self = data;

	if (self->bms > 0) {
		kill (self->bms, SIGTERM);
		waitpid (self->bms, NULL, 0);
	}
	pl_image_free (self->image);
	g_free (self->address);
	g_free (self);
}

static gboolean
start_bms (Self *self, const char *directory, GError **error)
{
	g_autofree char *path = g_build_filename (directory, "bms", NULL);
	g_autofree char *link = g_strconcat ("pty:", path, NULL);
	g_autofree char *flash = g_build_filename (directory, "bms.flash", NULL);
	const char *argv[] = {PL_BMS_PROGRAM, "--link", link, "--flash", flash, NULL};

	if (!g_spawn_async (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
			    &self->bms, error))
		return FALSE;
	for (guint i = 0; i < 500 && !g_file_test (path, G_FILE_TEST_EXISTS); i++)
		g_usleep (10000);
	self->address = g_strdup (link);
	return TRUE;
}

/* Bytes that look like code to nobody: none of them 0xFF, so none may be skipped. */
static PlImage *
make_image (GError **error)
{
	g_autofree guint8 *data = g_malloc (BYTES);
	PlImage *image = pl_image_new ();

	for (guint i = 0; i < BYTES; i++)
		data[i] = (guint8)((i * 131u + (i >> 8) * 17u) % 255u);
	if (pl_image_add (image, BMS_SLOT_ADDRESS, data, BYTES, error))
		return image;
	pl_image_free (image);
	return NULL;
}

static gpointer
prepare (const char *directory, GError **error)
{
	Self *self = g_new0 (Self, 1);

	if (start_bms (self, directory, error) && (self->image = make_image (error)) != NULL)
		return self;
	finish (self);
	return NULL;
}

static gboolean
round_once (gpointer data, PlRound *ret, GError **error)
{
	Self *self = data;
	PlLink *bare = pl_link_open (self->address, error);
	g_autoptr (PlLink) link = bare != NULL ? pl_link_pace (bare, BAUD, BITS, 0) : NULL;
	PlFlashOptions options = {.verify = PL_VERIFY_CRC};
	PlFlashEvidence evidence = {0};
	gint64 began = g_get_monotonic_time ();

	if (link == NULL ||
	    !pl_flasher_run (link, "an3155", self->image, &options, &evidence, error))
		return FALSE;
	ret->subject = pl_mark_since (began);
	ret->peer = BYTES / 256.0 * 268 * BITS / BAUD;
	return TRUE;
}

const PlMark pl_mark_an3155_line_rate = {
    .name = "an3155-line-rate",
    .unit = "s",
    .title = "32 KiB by AN3155 at 115200 baud 8E1, written and verified",
    .peer = "the protocol's own limit at that rate",
    .bar = 0.95,
    .at_least = TRUE,
    .ratio = TRUE,
    .rounds = 5,
    .prepare = prepare,
    .round = round_once,
    .finish = finish,
};
