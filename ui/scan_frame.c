/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scan_frame.h"

static PlScanResult
torn (PlScanFrame *frame)
{
	frame->open = FALSE;
	return PL_SCAN_TORN;
}

static PlScanResult
begin (PlScanFrame *frame)
{
	gboolean was_open = frame->open;

	frame->open = TRUE;
	frame->len = 0;
	frame->code[0] = '\0';
	return was_open ? PL_SCAN_TORN : PL_SCAN_SWALLOW;
}

static PlScanResult
add (PlScanFrame *frame, guint32 c)
{
	if ((c < 0x20 && c != 0x1d) || c > 0x7e || frame->len == PL_SCAN_FRAME_MAX)
		return torn (frame);
	frame->code[frame->len++] = (char)c;
	frame->code[frame->len] = '\0';
	return PL_SCAN_SWALLOW;
}

PlScanResult
pl_scan_frame_key (PlScanFrame *frame, PlScanKey key, guint32 c, gint64 time_us)
{
	gboolean stale = frame->open && time_us - frame->last_us > PL_SCAN_FRAME_TORN_US;

	frame->last_us = time_us;
	if (stale)
		frame->open = FALSE;
	if (key == PL_SCAN_KEY_PREFIX)
		return begin (frame);
	/* the key after a frame that was given up could be its rest: it is not let through either
	 */
	if (stale)
		return PL_SCAN_TORN;
	if (!frame->open)
		return PL_SCAN_PASS;
	if (key == PL_SCAN_KEY_CHAR)
		return add (frame, c);
	if (key == PL_SCAN_KEY_OTHER)
		return PL_SCAN_SWALLOW; /* shift and its like */
	if (frame->len == 0)
		return torn (frame);
	frame->open = FALSE;
	return PL_SCAN_CODE;
}

gboolean
pl_scan_frame_is_stray (PlScanFrame *frame, PlScanKey key, guint32 c, gint64 time_us)
{
	gboolean presses = key == PL_SCAN_KEY_END || (key == PL_SCAN_KEY_CHAR && c == ' ');

	if (key == PL_SCAN_KEY_CHAR && !presses)
		frame->stray_us = time_us;
	return presses && frame->stray_us != 0 && time_us - frame->stray_us < PL_SCAN_FRAME_TORN_US;
}
