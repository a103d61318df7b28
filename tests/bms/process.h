/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/afe.h"
#include "firmware/flasher.h"
#include "fixtures/link/modbus.h"
#include "tests/suite.h"

/* A packline-bms in the test's hands, in a directory of its own; its analogue front end too, if
 * asked for. */
typedef struct {
	GPid pid;
	gboolean with_afe;
	char *directory, *address; /* "pty:..." */
	int listener, afe; /* -1 = it has its own pack */
	struct afe_sample sample; /* what the front end sees: the test changes it */
	struct afe_command command;
	PlLink *link;
} Bms;

/* image: name in the build directory ("bms-1.4.1.hex"), NULL = blank flash. more: further
 * options, NULL-terminated. */
Bms *bms_start (const char *image, gboolean with_afe, const char *const *more);
/* With a front end that comes up only after the BMS has begun to look for it. */
Bms *bms_start_before_afe (const char *image);
/* Alone, served at another link than its pty: "unix" or a port of "tcp:127.0.0.1:PORT". */
Bms *bms_start_at (const char *link, const char *image);
/* Starts it again on the same flash after bms_kill. */
void bms_restart (Bms *bms, const char *const *more);
void bms_kill (Bms *bms, int signal_number);
/* Waits for it to end by itself: its exit code, -1 if a signal ended it. */
int bms_await_end (Bms *bms);
void bms_free (Bms *bms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bms, bms_free)

char *bms_image_path (const char *image);
/* n control periods of 20 ms; the contactors' auxiliary contacts follow their coils. */
void bms_periods (Bms *bms, guint n);
void bms_pins (Bms *bms, uint32_t pins);
/* Reset with the BOOT0 strap as given. */
void bms_reset (Bms *bms, gboolean boot0);

guint bms_input (Bms *bms, guint16 address, guint words);
/* FALSE if the BMS refuses or does not answer. */
gboolean bms_write (Bms *bms, guint16 address, guint16 value, GError **error);
/* Does the application answer within 200 ms? */
gboolean bms_answers (Bms *bms);
