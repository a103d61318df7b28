/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A scanner that types: a prefix key, the code, a terminator. Everything between is swallowed,
 * wherever the focus is. Telling a scanner from a person by its speed accepts torn codes on a
 * loaded machine; only a frame does not.
 */
#define PL_SCAN_FRAME_MAX 128
#define PL_SCAN_FRAME_TORN_US (G_USEC_PER_SEC)

typedef enum {
	PL_SCAN_PASS, /* not the scanner's: let the key through */
	PL_SCAN_SWALLOW,
	PL_SCAN_CODE, /* the code is whole: `code` holds it */
	PL_SCAN_TORN, /* begun and not ended as it should be: nothing is taken */
} PlScanResult;

typedef struct {
	gboolean open;
	gint64 last_us; /* of the key before, as the event says */
	gint64 stray_us; /* of the last letter or digit without a frame; 0 = none */
	char code[PL_SCAN_FRAME_MAX + 1];
	guint len;
} PlScanFrame;

typedef enum { PL_SCAN_KEY_PREFIX, PL_SCAN_KEY_END, PL_SCAN_KEY_CHAR, PL_SCAN_KEY_OTHER } PlScanKey;

/* One key; c counts with CHAR only (0x1D is kept: GS1). A frame that stood still for a second is
 * given up: a person's keys would be lost in it for ever. */
PlScanResult pl_scan_frame_key (PlScanFrame *frame, PlScanKey key, guint32 c, gint64 time_us);
/* A key that pl_scan_frame_key let through, outside of a text field: does it belong to a code that
 * came without its frame? Letters and digits do not, they press nothing; the Return or blank that
 * follows one within a second does, and would press the button that has the focus. */
gboolean pl_scan_frame_is_stray (PlScanFrame *frame, PlScanKey key, guint32 c, gint64 time_us);
