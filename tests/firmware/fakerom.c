/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/firmware/fakerom.h"
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACK = 0x79, NACK = 0x1f, NONE = -1 };

/* The next byte, or NONE when the test is over or the host has gone. */
static int
next (FakeRom *rom)
{
	struct pollfd set = {.fd = rom->fd, .events = POLLIN};

	while (rom->taken >= rom->got) {
		if (g_atomic_int_get (&rom->stop) || rom->fd < 0 || rom->got < 0)
			return NONE;
		if (poll (&set, 1, 20) <= 0)
			continue;
		rom->taken = 0;
		rom->got = read (rom->fd, rom->in, sizeof rom->in);
		if (rom->got <= 0)
			rom->got = -1; /* for good */
	}
	return rom->in[rom->taken++];
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
	if (!rom->faults.deaf && rom->fd >= 0 && write (rom->fd, data, len) != (gssize)len)
		rom->fd = -1;
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
		shutdown (rom->fd, SHUT_RDWR);
		rom->fd = -1;
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
	if (rom->faults.late_acks == 0)
		return;
	g_usleep (5000);
	for (guint i = 0; i < rom->faults.late_acks; i++)
		say_byte (rom, ACK);
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

FakeRom *
rom_start (int far, const RomFaults *faults)
{
	FakeRom *rom = g_new0 (FakeRom, 1);

	rom->faults = *faults;
	rom->fd = far;
	memset (rom->flash, 0x5a, sizeof rom->flash);
	rom->thread = g_thread_new ("rom", serve, rom);
	return rom;
}

void
rom_stop (FakeRom *rom)
{
	g_atomic_int_set (&rom->stop, 1);
	g_clear_pointer (&rom->thread, g_thread_join);
}

void
rom_free (FakeRom *rom)
{
	if (rom->thread != NULL)
		rom_stop (rom);
	g_free (rom);
}
