/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/firmware/fakerom.h"
#include <string.h>

enum { ACK = 0x79, NACK = 0x1f, NONE = -1 };

static void
append (FakeRom *rom, const void *data, gsize len)
{
	g_byte_array_append (rom->to_host, data, len);
	rom->wire_bytes += len;
}

/* The next byte, or NONE when the test is over or the host has gone. */
static int
next (FakeRom *rom)
{
	static const guint8 ack = ACK;
	int byte = NONE;

	g_mutex_lock (&rom->lock);
	while (rom->to_rom->len == 0 && !rom->stop && !rom->dead) {
		rom->waiting = TRUE;
		g_cond_broadcast (&rom->changed);
		g_cond_wait (&rom->changed, &rom->lock);
	}
	if (rom->to_rom->len > 0 && !rom->dead) {
		byte = rom->to_rom->data[0];
		g_byte_array_remove_index (rom->to_rom, 0);
		for (; rom->late > 0; rom->late--)
			append (rom, &ack, 1);
	}
	g_mutex_unlock (&rom->lock);
	return byte;
}

static gboolean
next_all (FakeRom *rom, guint8 *ret, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		int byte = next (rom);

		if (byte == NONE)
			return FALSE;
		ret[i] = byte;
	}
	return TRUE;
}

static void
say (FakeRom *rom, const void *data, gsize len)
{
	g_mutex_lock (&rom->lock);
	if (!rom->faults.deaf && !rom->dead)
		append (rom, data, len);
	g_mutex_unlock (&rom->lock);
}

static void
say_byte (FakeRom *rom, guint8 byte)
{
	say (rom, &byte, 1);
}

/* Does the fault strike the n-th event? `first` 0 = never. */
static gboolean
strikes (const FakeRom *rom, guint first, guint n)
{
	return first != 0 && n >= first && n < first + MAX (1, rom->faults.times);
}

static guint8
xor_all (const guint8 *data, gsize len)
{
	guint8 x = 0;

	for (gsize i = 0; i < len; i++)
		x ^= data[i];
	return x;
}

/* Four bytes, most significant first, and their XOR; ACKed. FALSE = NACKed or over. */
static gboolean
take_word (FakeRom *rom, guint32 *ret)
{
	guint8 b[5];

	if (!next_all (rom, b, sizeof b))
		return FALSE;
	if (xor_all (b, 5) != 0) {
		say_byte (rom, NACK);
		return FALSE;
	}
	*ret = (guint32)b[0] << 24 | (guint32)b[1] << 16 | (guint32)b[2] << 8 | b[3];
	return TRUE;
}

static gboolean
in_flash (guint32 address, guint len)
{
	return address >= ROM_BASE && (guint64)address + len <= (guint64)ROM_BASE + ROM_SIZE;
}

static gboolean
take_address (FakeRom *rom, guint32 *ret)
{
	if (!take_word (rom, ret))
		return FALSE;
	if (in_flash (*ret, 1)) {
		say_byte (rom, ACK);
		return TRUE;
	}
	say_byte (rom, NACK);
	return FALSE;
}

/* -- the commands ------------------------------------------------------------------------------ */

static void
get (FakeRom *rom)
{
	guint8 reply[] = {0x79, 0,    0x31, 0x00, 0x01, 0x02, 0x11, 0x21,
			  0x31, 0x44, 0x63, 0x73, 0x82, 0x92, 0xa1, 0x79};
	gsize n = sizeof reply - (rom->faults.no_checksum ? 1 : 0);

	reply[n - 1] = 0x79;
	reply[1] = n - 4; /* the bytes that follow, ACK apart, less one */
	if (rom->faults.short_erase)
		reply[9] = 0x43;
	say (rom, reply, n);
}

static void
read_memory (FakeRom *rom)
{
	guint32 address;
	guint8 count[2];

	rom->reads++;
	if (!strikes (rom, rom->faults.lose_ack_read, rom->reads))
		say_byte (rom, ACK);
	if (!take_address (rom, &address) || !next_all (rom, count, 2))
		return;
	if ((count[0] ^ count[1]) != 0xff || !in_flash (address, count[0] + 1u)) {
		say_byte (rom, NACK);
		return;
	}
	say_byte (rom, ACK);
	say (rom, rom->flash + (address - ROM_BASE), count[0] + 1u);
}

/* Programming can only clear bits. The answer says nothing on whether it worked. */
static void
program (FakeRom *rom, guint32 address, const guint8 *data, guint len)
{
	guint8 *at = rom->flash + (address - ROM_BASE);

	for (guint i = 0; i < len; i++) {
		guint8 byte = data[i];

		if (i == 9 && strikes (rom, rom->faults.clear_block, rom->blocks))
			byte = 0;
		if (i == 9 && strikes (rom, rom->faults.set_block, rom->blocks))
			byte = 0xff;
		at[i] &= byte;
	}
}

static void
answer_block (FakeRom *rom)
{
	if (strikes (rom, rom->faults.die_block, rom->blocks)) {
		g_mutex_lock (&rom->lock);
		rom->dead = TRUE;
		g_cond_broadcast (&rom->changed);
		g_mutex_unlock (&rom->lock);
	}
	if (strikes (rom, rom->faults.fall_silent_block, rom->blocks))
		rom->faults.deaf = TRUE;
	if (strikes (rom, rom->faults.garbage_block, rom->blocks))
		say_byte (rom, 0xc3);
	else if (!strikes (rom, rom->faults.lose_ack_block, rom->blocks))
		say_byte (rom, ACK);
}

static void
write_memory (FakeRom *rom)
{
	guint32 address;
	guint8 frame[1 + 256 + 1];
	guint len;

	say_byte (rom, ACK);
	if (!take_address (rom, &address) || !next_all (rom, frame, 1))
		return;
	len = frame[0] + 1u;
	if (!next_all (rom, frame + 1, len + 1))
		return;
	rom->blocks++;
	if (xor_all (frame, len + 2) != 0 || address % 4 != 0 || len % 4 != 0 ||
	    !in_flash (address, len) || strikes (rom, rom->faults.nack_block, rom->blocks)) {
		/* what was refused half way may stand in the flash all the same */
		if (in_flash (address, len))
			rom->flash[address - ROM_BASE] &= 0x81;
		say_byte (rom, NACK);
		return;
	}
	program (rom, address, frame + 1, len);
	answer_block (rom);
}

static void
erase_pages (FakeRom *rom, const guint16 *pages, guint n)
{
	rom->erases++;
	for (guint i = 0; i < n; i++) {
		if (pages[i] >= ROM_PAGES || strikes (rom, rom->faults.nack_erase, rom->erases)) {
			say_byte (rom, NACK);
			return;
		}
	}
	for (guint i = 0; i < n && !strikes (rom, rom->faults.sticky_erase, rom->erases); i++)
		memset (rom->flash + pages[i] * ROM_PAGE, 0xff, ROM_PAGE);
	rom->erased_pages += n;
	if (!strikes (rom, rom->faults.lose_ack_erase, rom->erases))
		say_byte (rom, ACK);
}

static void
erase_extended (FakeRom *rom)
{
	guint8 frame[2 + 2 * 512 + 1];
	guint16 pages[512];
	guint n;

	say_byte (rom, ACK);
	if (!next_all (rom, frame, 2))
		return;
	n = (frame[0] << 8 | frame[1]) + 1u;
	if (n > G_N_ELEMENTS (pages)) { /* mass erases, which no test asks for */
		say_byte (rom, NACK);
		return;
	}
	if (!next_all (rom, frame + 2, 2 * n + 1))
		return;
	if (xor_all (frame, 2 + 2 * n + 1) != 0) {
		say_byte (rom, NACK);
		return;
	}
	for (guint i = 0; i < n; i++)
		pages[i] = frame[2 + 2 * i] << 8 | frame[3 + 2 * i];
	erase_pages (rom, pages, n);
}

static void
erase_short (FakeRom *rom)
{
	guint8 frame[1 + 256 + 1];
	guint16 pages[256];
	guint n;

	say_byte (rom, ACK);
	if (!next_all (rom, frame, 1))
		return;
	n = frame[0] + 1u;
	if (n == 256 || !next_all (rom, frame + 1, n + 1) || xor_all (frame, n + 2) != 0) {
		say_byte (rom, NACK);
		return;
	}
	for (guint i = 0; i < n; i++)
		pages[i] = frame[1 + i];
	erase_pages (rom, pages, n);
}

/* The CRC unit eats 32-bit words, most significant bit first, as the core loads them
 * (little-endian). */
static guint32
crc_unit (const guint8 *data, guint32 len, guint32 poly, guint32 crc)
{
	for (guint32 i = 0; i < len; i += 4)
		for (int bit = 31; bit >= 0; bit--) {
			guint in = data[i + bit / 8] >> (bit % 8) & 1;

			crc = (crc >> 31) != in ? crc << 1 ^ poly : crc << 1;
		}
	return crc;
}

static void
get_checksum (FakeRom *rom)
{
	guint32 address, size, poly = 0x04c11db7, start = 0xffffffff, crc;
	guint8 reply[6];

	say_byte (rom, ACK);
	if (!take_address (rom, &address) || !take_word (rom, &size))
		return;
	if (size == 0 || size % 4 != 0 || !in_flash (address, size)) {
		say_byte (rom, NACK);
		return;
	}
	say_byte (rom, ACK);
	if (!rom->faults.short_checksum) {
		if (!take_word (rom, &poly))
			return;
		say_byte (rom, ACK);
		if (!take_word (rom, &start))
			return;
		say_byte (rom, ACK);
	}
	rom->checksums++;
	crc = crc_unit (rom->flash + (address - ROM_BASE), size, poly, start);
	if (strikes (rom, rom->faults.wrong_crc, rom->checksums))
		crc ^= 0x00010000;
	reply[0] = ACK;
	for (guint i = 0; i < 4; i++)
		reply[1 + i] = crc >> (24 - 8 * i);
	reply[5] = xor_all (reply + 1, 4);
	if (strikes (rom, rom->faults.damaged_crc, rom->checksums))
		reply[5] ^= 0x40;
	say (rom, reply, sizeof reply);
}

static void
go (FakeRom *rom)
{
	guint32 address;

	say_byte (rom, ACK);
	if (take_address (rom, &address)) {
		rom->go = address;
		rom->faults.deaf = TRUE; /* the application does not speak this protocol */
	}
}

/* -- the session ------------------------------------------------------------------------------- */

static void
obey (FakeRom *rom, guint8 command)
{
	static const guint8 id[] = {0x79, 0x01, 0x04, 0x10, 0x79};

	switch (command) {
	case 0x00:
		get (rom);
		break;
	case 0x02:
		say (rom, id, sizeof id);
		break;
	case 0x11:
		read_memory (rom);
		break;
	case 0x21:
		go (rom);
		break;
	case 0x31:
		write_memory (rom);
		break;
	case 0x43:
		erase_short (rom);
		break;
	case 0x44:
		erase_extended (rom);
		break;
	case 0xa1:
		get_checksum (rom);
		break;
	default:
		say_byte (rom, NACK);
	}
}

static gboolean
knows (const FakeRom *rom, guint8 command)
{
	if (rom->faults.protected)
		return command == 0x00 || command == 0x01 || command == 0x02 || command == 0x92;
	if (command == 0xa1)
		return !rom->faults.no_checksum;
	return command != (rom->faults.short_erase ? 0x44 : 0x43);
}

/* The baud rate is measured on 0x7F; anything else does not look like it. */
static void
wait_for_sync (FakeRom *rom)
{
	int byte;

	do
		byte = next (rom);
	while (byte != 0x7f && byte != NONE);
	for (guint i = 0; i < rom->faults.zeros; i++)
		say_byte (rom, 0x00);
	for (guint i = 0; i <= rom->faults.extra_acks; i++)
		say_byte (rom, ACK);
	rom->late = rom->faults.late_acks;
}

/* A command and its complement; any other second byte is a NACK, and the next byte begins anew. */
static gpointer
serve (gpointer data)
{
	FakeRom *rom = data;
	int first = rom->faults.half_command ? 0x31 : NONE, second;

	if (!rom->faults.in_sync && !rom->faults.half_command)
		wait_for_sync (rom);
	while (first != NONE || (first = next (rom)) != NONE) {
		second = next (rom);
		if (second == NONE)
			break;
		rom->commands++;
		if ((first ^ second) != 0xff || !knows (rom, first) ||
		    strikes (rom, rom->faults.nack_command, rom->commands))
			say_byte (rom, NACK);
		else
			obey (rom, first);
		first = NONE;
	}
	return NULL;
}

/* -- the host's end ---------------------------------------------------------------------------- */

static gboolean
line_is_dead (FakeRom *rom, GError **error)
{
	if (!rom->dead)
		return FALSE;
	rom->tried_dead++;
	g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "the line is dead");
	return TRUE;
}

static gssize
host_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	FakeRom *rom = self;
	gssize n;

	g_mutex_lock (&rom->lock);
	while (!rom->waiting && !rom->dead)
		g_cond_wait (&rom->changed, &rom->lock);
	n = MIN (len, rom->to_host->len);
	if (n > 0) {
		memcpy (buf, rom->to_host->data, n);
		g_byte_array_remove_range (rom->to_host, 0, n);
	} else {
		n = -1;
		if (!line_is_dead (rom, error))
			g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
				     "the ROM says nothing more");
	}
	g_mutex_unlock (&rom->lock);
	return n;
}

static gboolean
host_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	FakeRom *rom = self;
	gboolean ok;

	g_mutex_lock (&rom->lock);
	ok = !line_is_dead (rom, error);
	if (ok && len > 0) {
		g_byte_array_append (rom->to_rom, data, len);
		rom->wire_bytes += len;
		rom->waiting = FALSE;
		g_cond_broadcast (&rom->changed);
	}
	g_mutex_unlock (&rom->lock);
	return ok;
}

static gboolean
host_drain (gpointer self, gint64 deadline, GError **error)
{
	return TRUE;
}

static void
host_sleep (gpointer self, gint64 microseconds)
{
	((FakeRom *)self)->slept_us += microseconds;
}

static void
host_free (gpointer self)
{
}

PlLink *
rom_link (FakeRom *rom)
{
	static const PlLinkVtable vtable = {
	    .kind = "rom",
	    .read = host_read,
	    .write = host_write,
	    .drain = host_drain,
	    .sleep = host_sleep,
	    .free = host_free,
	};

	return pl_link_new (&vtable, rom, "rom");
}

FakeRom *
rom_start (const RomFaults *faults)
{
	FakeRom *rom = g_new0 (FakeRom, 1);

	rom->faults = *faults;
	memset (rom->flash, 0x5a, sizeof rom->flash);
	g_mutex_init (&rom->lock);
	g_cond_init (&rom->changed);
	rom->to_rom = g_byte_array_new ();
	rom->to_host = g_byte_array_new ();
	rom->thread = g_thread_new ("rom", serve, rom);
	return rom;
}

void
rom_stop (FakeRom *rom)
{
	g_mutex_lock (&rom->lock);
	rom->stop = TRUE;
	g_cond_broadcast (&rom->changed);
	g_mutex_unlock (&rom->lock);
	g_clear_pointer (&rom->thread, g_thread_join);
}

void
rom_free (FakeRom *rom)
{
	if (rom->thread != NULL)
		rom_stop (rom);
	g_byte_array_unref (rom->to_rom);
	g_byte_array_unref (rom->to_host);
	g_cond_clear (&rom->changed);
	g_mutex_clear (&rom->lock);
	g_free (rom);
}
