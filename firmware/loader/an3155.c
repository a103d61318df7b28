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
	CHECKSUM = PL_AN3155_CHECKSUM
};

/* Patience in ms, all times PACKLINE_TIMEOUT_SCALE: a reply 1 s, a page's erase 5 s as stm32flash
 * has it; a byte takes 9.2 ms at 1200 baud, the slowest line in ST's tested range. */
#define REPLY_MS 1000
#define PAGE_ERASE_MS 5000
#define CHECKSUM_MS 5000
#define BYTE_MS 10
/* The first 0x7F is answered at once or, by a device in sync, only together with the next. */
#define FIRST_SYNC_MS 25
#define SYNC_MS 250
#define SYNC_TRIES 5
#define SETTLE_US 20000 /* what an out-of-step device still answers comes within this */
/* the protocol's own limit for one extended erase */
#define ERASE_PAGES_MAX 511
/* a count byte of 0xFF would mean mass erase in the short form */
#define SHORT_ERASE_PAGES_MAX 254

/* What Get and Get ID tell. */
typedef struct {
	guint version, device;
	guint n_commands;
	guint8 commands[256];
} About;

struct _PlAn3155 {
	PlLink *link;
	About about; /* all zero until it was told twice */
};

static gint64
patience (gint64 ms)
{
	const char *scale = g_getenv ("PACKLINE_TIMEOUT_SCALE");
	double factor = scale != NULL ? g_ascii_strtod (scale, NULL) : 1;

	return pl_deadline_ms ((gint64)(ms * (factor > 0 ? factor : 1)));
}

/* -- answers ----------------------------------------------------------------------------------- */

static gboolean
send (PlAn3155 *l, const guint8 *data, gsize len, GError **error)
{
	return pl_link_write (l->link, data, len, patience (REPLY_MS + BYTE_MS * (gint64)len),
			      error);
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

/* One 0x7F. A device that is already in sync takes it for half a command and, with the next byte,
 * NACKs. */
static gboolean
try_sync (PlAn3155 *l, gint64 ms, gboolean *ret_synced, GError **error)
{
	const guint8 init = INIT;
	gint64 deadline;
	guint8 byte;

	*ret_synced = FALSE;
	if (pl_link_discard (l->link, error) < 0 || !send (l, &init, 1, error))
		return FALSE;
	deadline = patience (ms);
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

/* Ends in step with a device that is there, wherever it was: a half command is completed into a
 * NACK. */
static gboolean
sync_up (PlAn3155 *l, GError **error)
{
	gboolean synced = FALSE;

	for (guint i = 0; i < SYNC_TRIES && !synced; i++)
		if (!try_sync (l, i == 0 ? FIRST_SYNC_MS : SYNC_MS, &synced, error))
			return FALSE;
	if (synced)
		return TRUE;
	g_set_error (
	    error, PL_FLASH_ERROR, PL_FLASH_ERROR_NO_ANSWER,
	    "no bootloader answers on %s: is the pack powered, BOOT0 strapped and the cable in?",
	    pl_link_name (l->link));
	return FALSE;
}

static gboolean
is_nack (const GError *error)
{
	return g_error_matches (error, PL_FLASH_ERROR, PL_FLASH_ERROR_NACK);
}

static gboolean
try_command (PlAn3155 *l, guint8 code, const char *doing, GError **error)
{
	const guint8 bytes[2] = {code, code ^ 0xff};

	return pl_link_discard (l->link, error) >= 0 && send (l, bytes, 2, error) &&
	       await_ack (l, REPLY_MS, doing, error);
}

/* A command NACKed once may have been damaged on the wire, or the device out of step. One that Get
 * lists and that is NACKed again, in step, is refused by readout protection. */
static gboolean
command (PlAn3155 *l, guint8 code, const char *doing, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	if (try_command (l, code, doing, &wrong))
		return TRUE;
	if (is_nack (wrong) && code != GET) {
		g_clear_error (&wrong);
		if (!pl_an3155_resync (l, error))
			return FALSE;
		if (try_command (l, code, doing, &wrong))
			return TRUE;
	}
	if (is_nack (wrong) && pl_an3155_can (l, code) && code != GET && code != GET_ID) {
		g_set_error (
		    error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTECTED,
		    "%s: the device refuses although it knows the command: readout "
		    "protection is active; unprotecting erases the whole flash and needs a "
		    "rework order",
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

/* -- session ----------------------------------------------------------------------------------- */

/* length byte n, then n + 1 bytes, then ACK */
static gboolean
read_counted (PlAn3155 *l, guint8 *ret, guint *ret_n, const char *doing, GError **error)
{
	gint64 deadline = patience (REPLY_MS);
	guint8 count;

	do {
		if (!pl_link_read_exact (l->link, &count, 1, deadline, error)) {
			g_prefix_error (error, "%s: ", doing);
			return FALSE;
		}
	} while (count == ACK); /* some ROMs double an ACK; none has 122 bytes to tell */
	if (!pl_link_read_exact (l->link, ret, count + 1u, deadline, error)) {
		g_prefix_error (error, "%s: ", doing);
		return FALSE;
	}
	*ret_n = count + 1u;
	return await_ack (l, REPLY_MS, doing, error);
}

static gboolean
get_commands (PlAn3155 *l, About *ret, GError **error)
{
	guint8 list[256];
	guint n;

	if (!command (l, GET, "asking what the bootloader can do", error) ||
	    !read_counted (l, list, &n, "reading what the bootloader can do", error))
		return FALSE;
	memset (ret, 0, sizeof *ret);
	ret->version = list[0];
	ret->n_commands = n - 1;
	memcpy (ret->commands, list + 1, n - 1);
	return TRUE;
}

static gboolean
get_device (PlAn3155 *l, About *ret, GError **error)
{
	guint8 id[256];
	guint n;

	if (!command (l, GET_ID, "asking for the device id", error) ||
	    !read_counted (l, id, &n, "reading the device id", error))
		return FALSE;
	ret->device = n >= 2 ? id[0] << 8 | id[1] : id[0];
	return TRUE;
}

/* In step is who tells the same as before. */
static gboolean
prove_step (PlAn3155 *l, GError **error)
{
	About now;

	if (!get_commands (l, &now, error))
		return FALSE;
	now.device = l->about.device;
	if (l->about.n_commands == 0 || memcmp (&now, &l->about, sizeof now) == 0)
		return TRUE;
	g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTOCOL,
		     "the bootloader tells another list of commands than before");
	return FALSE;
}

/* For a device that waits for a block whose address it has acknowledged, unheard: 258 times 0xFF is
 * a well-formed block that programs nothing, and to any other state neither command, address nor
 * erase. Not for opening a session: a device just reset would take its baud rate from it. */
static gboolean
fill_up (PlAn3155 *l, GError **error)
{
	guint8 filler[PL_AN3155_BLOCK + 2];

	memset (filler, 0xff, sizeof filler);
	return send (l, filler, sizeof filler, error) &&
	       pl_link_drain (l->link, patience (REPLY_MS + BYTE_MS * sizeof filler), error) &&
	       sync_up (l, error);
}

static gboolean
is_silence (const GError *error)
{
	return g_error_matches (error, PL_FLASH_ERROR, PL_FLASH_ERROR_NO_ANSWER);
}

gboolean
pl_an3155_resync (PlAn3155 *l, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	for (guint i = 0; i < SYNC_TRIES; i++) {
		gboolean synced;

		g_clear_error (&wrong);
		pl_link_sleep (l->link, SETTLE_US);
		synced = sync_up (l, &wrong);
		if (!synced && is_silence (wrong)) {
			g_clear_error (&wrong);
			synced = fill_up (l, &wrong);
		}
		if (!synced)
			break; /* silent or gone: more of the same would not help */
		pl_link_sleep (l->link, SETTLE_US);
		if (prove_step (l, &wrong))
			return TRUE;
	}
	g_propagate_prefixed_error (
	    error, g_steal_pointer (&wrong),
	    "the bootloader lost its step and does not come back; reset the pack and retry: ");
	return FALSE;
}

/* Neither answer carries a sum: what it can do is believed when it says it twice. */
static gboolean
introduce (PlAn3155 *l, GError **error)
{
	About one, two;

	if (!get_commands (l, &one, error) || !get_device (l, &one, error) ||
	    !get_commands (l, &two, error) || !get_device (l, &two, error))
		return FALSE;
	if (memcmp (&one, &two, sizeof one) == 0) {
		l->about = one;
		return TRUE;
	}
	g_set_error (
	    error, PL_FLASH_ERROR, PL_FLASH_ERROR_PROTOCOL,
	    "the bootloader says two different things of what it can do: noise on the line");
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
	if (!sync_up (l, error))
		return NULL;
	if (introduce (l, NULL) || (pl_an3155_resync (l, error) && introduce (l, error)))
		return g_steal_pointer (&l);
	return NULL;
}

void
pl_an3155_free (PlAn3155 *l)
{
	g_free (l);
}

guint
pl_an3155_version (PlAn3155 *l)
{
	return l->about.version;
}

guint
pl_an3155_device (PlAn3155 *l)
{
	return l->about.device;
}

gboolean
pl_an3155_can (PlAn3155 *l, guint8 code)
{
	return memchr (l->about.commands, code, l->about.n_commands) != NULL;
}

/* -- memory ------------------------------------------------------------------------------------ */

gboolean
pl_an3155_read (PlAn3155 *l, guint32 address, guint8 *ret, guint len, GError **error)
{
	const guint8 count[2] = {len - 1, (guint8) ~(len - 1)};

	g_return_val_if_fail (len >= 1 && len <= PL_AN3155_BLOCK, FALSE);
	return command (l, READ, "reading memory", error) &&
	       send_address (l, address, "reading memory", error) && send (l, count, 2, error) &&
	       await_ack (l, REPLY_MS, "reading memory", error) &&
	       pl_link_read_exact (l->link, ret, len, patience (REPLY_MS + BYTE_MS * (gint64)len),
				   error);
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
	       await_ack (l, REPLY_MS + BYTE_MS * (gint64)len, "writing memory", error);
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
	guint most = extended ? ERASE_PAGES_MAX : SHORT_ERASE_PAGES_MAX;
	guint pages = extended ? 0x10000 : 0x100; /* that its page numbers can tell apart */

	if (!extended && !pl_an3155_can (l, ERASE)) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_UNSUPPORTED,
			     "this bootloader knows no erase command");
		return FALSE;
	}
	if (first >= pages || n > pages - first) {
		g_set_error (error, PL_FLASH_ERROR, PL_FLASH_ERROR_RANGE,
			     "pages %u to %" G_GUINT64_FORMAT
			     " cannot be erased: this bootloader counts "
			     "to %u; check the page size and where the flash begins",
			     first, (guint64)first + n - 1, pages - 1);
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

	g_return_val_if_fail (len > 0 && len % 4 == 0, FALSE);
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
	    !await_ack (l, CHECKSUM_MS + len / 256, "asking for a checksum", error) ||
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
