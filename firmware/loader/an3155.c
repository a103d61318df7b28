/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/loader/an3155.h"
#include <string.h>

G_DEFINE_QUARK (pl - flash - error - quark, pl_flash_error)

enum { INIT = 0x7f, ACK = 0x79, NACK = 0x1f, BUSY = 0x76 };
enum {
	GET = 0x00,
	GET_ID = 0x02,
	READ = 0x11,
	GO = 0x21,
	WRITE = 0x31,
	ERASE = 0x43,
	EXT_ERASE = 0x44,
	CHECKSUM = 0xa1
};

/* Patience, ms: a reply 1 s, a page's erase 5 s (reference firmware-and-links 2.1), all times
 * PACKLINE_TIMEOUT_SCALE. */
#define REPLY_MS 1000
#define PAGE_ERASE_MS 5000
#define CHECKSUM_MS 5000
#define SYNC_TRIES 5
/* the protocol's own limit for one extended erase */
#define ERASE_PAGES_MAX 511

struct _PlAn3155 {
	PlLink *link;
	guint version, device;
	guint8 commands[256];
	guint n_commands;
};

static gint64
patience (gint64 ms)
{
	const char *scale = g_getenv ("PACKLINE_TIMEOUT_SCALE");
	double factor = scale != NULL ? g_ascii_strtod (scale, NULL) : 1;

	return pl_deadline_ms ((gint64)(ms * (factor > 0 ? factor : 1)));
}

/* -- answers ------------------------------------------------------------------------------------------------- */

static gboolean
send (PlAn3155 *l, const guint8 *data, gsize len, GError **error)
{
	return pl_link_write (l->link, data, len, patience (REPLY_MS + (gint64)len), error);
}

/* ACK, or NACK as PL_FLASH_ERROR_NACK; a stray 0x00 and BUSY are passed over. */
static gboolean
await_ack (PlAn3155 *l, gint64 ms, const char *doing, GError **error)
{
	gint64 deadline = patience (ms);
	guint8 byte;

	for (;;) {
		if (!pl_link_read_exact (l->link, &byte, 1, deadline, error)) {
			g_prefix_error (error, "%s: ", doing);
			return FALSE;
		}
		if (byte == ACK)
			return TRUE;
		if (byte == 0x00 || byte == BUSY)
			continue;
		if (byte == NACK)
			g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK,
				     "%s: the bootloader refused it (NACK)", doing);
		else
			g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTOCOL,
				     "%s: 0x%02x came where an acknowledge was due", doing, byte);
		return FALSE;
	}
}

/* A NACK at the command itself, of a command that Get lists, means that readout protection is on.
 * */
static gboolean
command (PlAn3155 *l, guint8 code, const char *doing, GError **error)
{
	const guint8 bytes[2] = {code, code ^ 0xff};
	g_autoptr (GError) wrong = NULL;

	if (pl_link_discard (l->link, error) < 0 || !send (l, bytes, 2, error))
		return FALSE;
	if (await_ack (l, REPLY_MS, doing, &wrong))
		return TRUE;
	if (g_error_matches (wrong, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK) &&
	    pl_an3155_can (l, code) && code != GET && code != GET_ID) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTECTED,
			     "%s: the device refuses although it knows the command: readout "
			     "protection is active; "
			     "unprotecting erases the whole flash and needs a rework order",
			     doing);
		return FALSE;
	}
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

static gboolean
send_address (PlAn3155 *l, guint32 address, const char *doing, GError **error)
{
	guint8 bytes[5] = {address >> 24, address >> 16, address >> 8, address, 0};

	bytes[4] = bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3];
	return send (l, bytes, sizeof bytes, error) && await_ack (l, REPLY_MS, doing, error);
}

static guint8
xor_of (const guint8 *data, gsize len)
{
	guint8 x = 0;

	while (len-- > 0)
		x ^= *data++;
	return x;
}

/* -- session ------------------------------------------------------------------------------------------------- */

/* One 0x7F. A device that is already in sync takes it for half a command and, with the next byte,
 * NACKs. */
static gboolean
try_sync (PlAn3155 *l, gboolean *ret_synced, GError **error)
{
	const guint8 init = INIT;
	gint64 deadline;
	guint8 byte;

	*ret_synced = FALSE;
	if (pl_link_discard (l->link, error) < 0 || !send (l, &init, 1, error))
		return FALSE;
	deadline = patience (REPLY_MS / 4);
	for (;;) {
		g_autoptr (GError) wrong = NULL;

		if (!pl_link_read_exact (l->link, &byte, 1, deadline, &wrong)) {
			if (g_error_matches (wrong, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT))
				return TRUE;
			g_propagate_error (error, g_steal_pointer (&wrong));
			return FALSE;
		}
		if (byte == ACK || byte == NACK) {
			*ret_synced = TRUE;
			return TRUE;
		}
	}
}

static gboolean
sync_up (PlAn3155 *l, GError **error)
{
	gboolean synced = FALSE;

	for (guint i = 0; i < SYNC_TRIES && !synced; i++)
		if (!try_sync (l, &synced, error))
			return FALSE;
	if (synced)
		return TRUE;
	g_set_error (
	    error, PL_FLASH_ERROR, PL_FLASH_ERROR_NO_ANSWER,
	    "no bootloader answers on %s: is the pack powered, BOOT0 strapped and the cable in?",
	    pl_link_name (l->link));
	return FALSE;
}

/* length byte n, then n + 1 bytes, then ACK */
static gboolean
read_counted (PlAn3155 *l, guint8 *ret, guint *ret_n, const char *doing, GError **error)
{
	gint64 deadline = patience (REPLY_MS);
	guint8 count;

	if (!pl_link_read_exact (l->link, &count, 1, deadline, error) ||
	    !pl_link_read_exact (l->link, ret, count + 1u, deadline, error)) {
		g_prefix_error (error, "%s: ", doing);
		return FALSE;
	}
	*ret_n = count + 1u;
	return await_ack (l, REPLY_MS, doing, error);
}

static gboolean
get_commands (PlAn3155 *l, GError **error)
{
	guint8 list[256];
	guint n;

	if (!command (l, GET, "asking what the bootloader can do", error) ||
	    !read_counted (l, list, &n, "reading what the bootloader can do", error))
		return FALSE;
	l->version = list[0];
	l->n_commands = n - 1;
	memcpy (l->commands, list + 1, n - 1);
	return TRUE;
}

static gboolean
get_device (PlAn3155 *l, GError **error)
{
	guint8 id[256];
	guint n;

	if (!command (l, GET_ID, "asking for the device id", error) ||
	    !read_counted (l, id, &n, "reading the device id", error))
		return FALSE;
	l->device = n >= 2 ? id[0] << 8 | id[1] : id[0];
	return TRUE;
}

gboolean
pl_an3155_resync (PlAn3155 *l, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	for (guint i = 0; i < SYNC_TRIES; i++) {
		g_clear_error (&wrong);
		pl_link_sleep (l->link, 20000);
		if (get_commands (l, &wrong))
			return TRUE;
		if (g_error_matches (wrong, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP))
			break;
	}
	g_propagate_prefixed_error (
	    error, g_steal_pointer (&wrong),
	    "the bootloader lost its step and does not come back; reset the pack and retry: ");
	return FALSE;
}

PlAn3155 *
pl_an3155_open (PlLink *link, GError **error)
{
	g_autoptr (PlAn3155) l = g_new0 (PlAn3155, 1);
	const PlLineSettings line = {0, 8, PL_PARITY_EVEN, 1};
	g_autoptr (GError) wrong = NULL;

	l->link = link;
	/* a back end without a line (socket, pty) says so; the protocol itself does not depend on
	 * parity */
	if (!pl_link_set_line (link, &line, &wrong))
		g_debug ("%s", wrong->message);
	/* the first Get may still meet an ACK doubled by the device's ROM: resync passes over it */
	if (!sync_up (l, error) || !pl_an3155_resync (l, error) || !get_device (l, error))
		return NULL;
	return g_steal_pointer (&l);
}

void
pl_an3155_free (PlAn3155 *l)
{
	g_free (l);
}

guint
pl_an3155_version (PlAn3155 *l)
{
	return l->version;
}

guint
pl_an3155_device (PlAn3155 *l)
{
	return l->device;
}

gboolean
pl_an3155_can (PlAn3155 *l, guint8 code)
{
	return memchr (l->commands, code, l->n_commands) != NULL;
}

/* -- memory -------------------------------------------------------------------------------------------------- */

gboolean
pl_an3155_read (PlAn3155 *l, guint32 address, guint8 *ret, guint len, GError **error)
{
	const guint8 count[2] = {len - 1, (guint8) ~(len - 1)};

	g_return_val_if_fail (len >= 1 && len <= PL_AN3155_BLOCK, FALSE);
	return command (l, READ, "reading memory", error) &&
	       send_address (l, address, "reading memory", error) && send (l, count, 2, error) &&
	       await_ack (l, REPLY_MS, "reading memory", error) &&
	       pl_link_read_exact (l->link, ret, len, patience (REPLY_MS), error);
}

gboolean
pl_an3155_write (PlAn3155 *l, guint32 address, const guint8 *data, guint len, GError **error)
{
	guint8 frame[PL_AN3155_BLOCK + 2];
	guint padded = (len + 3) & ~3u;

	g_return_val_if_fail (len >= 1 && len <= PL_AN3155_BLOCK && address % 4 == 0, FALSE);
	memset (frame, 0xff, sizeof frame);
	frame[0] = padded - 1;
	memcpy (frame + 1, data, len);
	frame[padded + 1] = xor_of (frame, padded + 1);
	return command (l, WRITE, "writing memory", error) &&
	       send_address (l, address, "writing memory", error) &&
	       send (l, frame, padded + 2, error) &&
	       await_ack (l, REPLY_MS, "writing memory", error);
}

static gboolean
erase_extended (PlAn3155 *l, guint first, guint n, GError **error)
{
	g_autofree guint8 *frame = g_malloc (2 + 2 * n + 1);

	frame[0] = (n - 1) >> 8;
	frame[1] = n - 1;
	for (guint i = 0; i < n; i++) {
		frame[2 + 2 * i] = (first + i) >> 8;
		frame[3 + 2 * i] = first + i;
	}
	frame[2 + 2 * n] = xor_of (frame, 2 + 2 * n);
	return command (l, EXT_ERASE, "erasing", error) && send (l, frame, 2 + 2 * n + 1, error) &&
	       await_ack (l, (gint64)n * PAGE_ERASE_MS, "erasing", error);
}

static gboolean
erase_short (PlAn3155 *l, guint first, guint n, GError **error)
{
	g_autofree guint8 *frame = g_malloc (n + 2);

	frame[0] = n - 1;
	for (guint i = 0; i < n; i++)
		frame[1 + i] = first + i;
	frame[n + 1] = xor_of (frame, n + 1);
	return command (l, ERASE, "erasing", error) && send (l, frame, n + 2, error) &&
	       await_ack (l, (gint64)n * PAGE_ERASE_MS, "erasing", error);
}

gboolean
pl_an3155_erase (PlAn3155 *l, guint first, guint n, GError **error)
{
	gboolean extended = pl_an3155_can (l, EXT_ERASE);
	/* a count byte of 0xFF would mean mass erase in the short form */
	guint most = extended ? ERASE_PAGES_MAX : 254;

	if (!extended && !pl_an3155_can (l, ERASE)) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED,
			     "this bootloader knows no erase command");
		return FALSE;
	}
	while (n > 0) {
		guint now = MIN (n, most);

		if (!(extended ? erase_extended : erase_short) (l, first, now, error))
			return FALSE;
		first += now;
		n -= now;
	}
	return TRUE;
}

guint32
pl_an3155_crc (guint32 crc, const guint8 *data, gsize len)
{
	for (gsize i = 0; i + 4 <= len; i += 4) {
		crc ^= (guint32)data[i] | (guint32)data[i + 1] << 8 | (guint32)data[i + 2] << 16 |
		       (guint32)data[i + 3] << 24;
		for (guint bit = 0; bit < 32; bit++)
			crc = crc & 0x80000000u ? crc << 1 ^ 0x04c11db7u : crc << 1;
	}
	return crc;
}

gboolean
pl_an3155_checksum (PlAn3155 *l, guint32 address, guint32 len, guint32 *ret, GError **error)
{
	guint8 crc[5];

	if (!pl_an3155_can (l, CHECKSUM)) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED,
			     "this bootloader computes no checksum");
		return FALSE;
	}
	if (!command (l, CHECKSUM, "asking for a checksum", error) ||
	    !send_address (l, address, "asking for a checksum", error) ||
	    !send_address (l, len, "asking for a checksum", error) ||
	    !send_address (l, 0x04c11db7, "asking for a checksum", error) ||
	    !send_address (l, 0xffffffff, "asking for a checksum", error) ||
	    !await_ack (l, CHECKSUM_MS, "asking for a checksum", error) ||
	    !pl_link_read_exact (l->link, crc, sizeof crc, patience (REPLY_MS), error))
		return FALSE;
	if (xor_of (crc, sizeof crc) != 0) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTOCOL,
			     "the device's checksum arrived damaged");
		return FALSE;
	}
	*ret = (guint32)crc[0] << 24 | crc[1] << 16 | crc[2] << 8 | crc[3];
	return TRUE;
}

gboolean
pl_an3155_go (PlAn3155 *l, guint32 address, GError **error)
{
	return command (l, GO, "starting the application", error) &&
	       send_address (l, address, "starting the application", error);
}
