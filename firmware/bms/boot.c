/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/boot.h"
#include "firmware/bms/crc.h"
#include "firmware/bms/mem.h"

/*
 * Written from the protocol's public description alone and apart from the host's loader, so that
 * the two cannot share a misunderstanding. Strict where silicon is strict: a host that gets by
 * with less has not been tested.
 */
enum { INIT = 0x7f, ACK = 0x79, NACK = 0x1f };
enum {
	GET = 0x00,
	GET_VERSION = 0x01,
	GET_ID = 0x02,
	READ = 0x11,
	GO = 0x21,
	WRITE = 0x31,
	EXTENDED_ERASE = 0x44,
	GET_CHECKSUM = 0xa1,
};
#define MASS_ERASE 0xffffu
#define SPECIAL_ERASE 0xfff0u /* from here on the count is a code, not a number of pages */

/* -- answers ----------------------------------------------------------------------------------- */

static void
send (struct bms_boot *boot, const uint8_t *data, size_t len)
{
	boot->port->uart_write (boot->port->host, data, len);
}

static void
answer (struct bms_boot *boot, uint8_t byte)
{
	send (boot, &byte, 1);
}

static uint8_t
xor_of (const uint8_t *data, size_t len)
{
	uint8_t x = 0;

	while (len-- > 0)
		x ^= *data++;
	return x;
}

static uint32_t
word_at (const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* -- steps ------------------------------------------------------------------------------------- */

static void on_command (struct bms_boot *boot);

/* A command is a chain of frames whose lengths are known beforehand; each step names the next
 * one. */
static void
await (struct bms_boot *boot, size_t want, void (*next) (struct bms_boot *))
{
	boot->len = 0;
	boot->want = want;
	boot->next = next;
}

static void
finish (struct bms_boot *boot, uint8_t byte)
{
	answer (boot, byte);
	await (boot, 2, on_command);
}

static void
go_on (struct bms_boot *boot, size_t want, void (*next) (struct bms_boot *))
{
	answer (boot, ACK);
	await (boot, want, next);
}

/* Sums of address and length may wrap around 32 bits: differences do not. */
static bool
is_inside (uint32_t address, uint32_t len, uint32_t start, uint32_t size)
{
	return address >= start && len <= size && address - start <= size - len;
}

/* A word and its XOR, as addresses and sizes come; false when it came damaged. */
static bool
take_word (const struct bms_boot *boot, uint32_t *ret)
{
	*ret = word_at (boot->frame);
	return xor_of (boot->frame, 5) == 0;
}

/* -- reading ----------------------------------------------------------------------------------- */

/* The data carries no checksum of its own: a host that wants to be sure compares, or asks for
 * one. */
static void
on_read_count (struct bms_boot *boot)
{
	uint32_t n = boot->frame[0] + 1u;
	uint8_t data[256];

	if ((boot->frame[0] ^ boot->frame[1]) != 0xff ||
	    !boot->port->flash_read (boot->port->host, boot->address, data, n)) {
		finish (boot, NACK);
		return;
	}
	finish (boot, ACK);
	send (boot, data, n);
}

static void
on_read_address (struct bms_boot *boot)
{
	if (take_word (boot, &boot->address) &&
	    is_inside (boot->address, 1, BMS_FLASH_ADDRESS, BMS_FLASH_SIZE))
		go_on (boot, 2, on_read_count);
	else
		finish (boot, NACK);
}

/* -- writing ----------------------------------------------------------------------------------- */

/* frame: N, N + 1 bytes, XOR. What the flash did is not looked at: an ACK says that the block
 * came, not that it holds. */
static void
on_write_data (struct bms_boot *boot)
{
	uint32_t n = boot->frame[0] + 1u;

	if (xor_of (boot->frame, boot->want) != 0 || n % 4 != 0 ||
	    !is_inside (boot->address, n, BMS_SLOT_ADDRESS, BMS_IMAGE_SPACE)) {
		finish (boot, NACK);
		return;
	}
	boot->port->flash_write (boot->port->host, boot->address, boot->frame + 1, n);
	finish (boot, ACK);
}

/* The count stays in the frame: the XOR at its end covers it. */
static void
on_write_count (struct bms_boot *boot)
{
	boot->want = boot->frame[0] + 3u;
	boot->next = on_write_data;
}

static void
on_write_address (struct bms_boot *boot)
{
	if (take_word (boot, &boot->address) && boot->address % 4 == 0 &&
	    is_inside (boot->address, 4, BMS_SLOT_ADDRESS, BMS_IMAGE_SPACE))
		go_on (boot, 1, on_write_count);
	else
		finish (boot, NACK);
}

/* -- erasing ----------------------------------------------------------------------------------- */

/* Pages of the bootloader, of boot records and of identity are passed over in silence, as
 * protected sectors are. */
static void
erase_page (struct bms_boot *boot, uint32_t page)
{
	uint32_t address = BMS_FLASH_ADDRESS + page * BMS_PAGE_SIZE;

	if (page < BMS_FLASH_SIZE / BMS_PAGE_SIZE &&
	    is_inside (address, BMS_PAGE_SIZE, BMS_SLOT_ADDRESS, BMS_IMAGE_SPACE))
		boot->port->flash_erase (boot->port->host, address);
}

/* Whatever the slot holds is gone; who this BMS is and what ran here stays. */
static void
on_mass_erase (struct bms_boot *boot)
{
	if (xor_of (boot->frame, boot->want) != 0) {
		finish (boot, NACK);
		return;
	}
	for (uint32_t page = 0; page < BMS_FLASH_SIZE / BMS_PAGE_SIZE; page++)
		erase_page (boot, page);
	finish (boot, ACK);
}

/* Acknowledged whatever came of it, as the silicon does: a blank check is the host's business. */
static void
on_erase_pages (struct bms_boot *boot)
{
	if (xor_of (boot->frame, boot->want) != 0) {
		finish (boot, NACK);
		return;
	}
	for (size_t at = 2; at + 1 < boot->want; at += 2)
		erase_page (boot, (uint32_t)boot->frame[at] << 8 | boot->frame[at + 1]);
	finish (boot, ACK);
}

static void
on_erase_count (struct bms_boot *boot)
{
	uint32_t n = (uint32_t)boot->frame[0] << 8 | boot->frame[1];

	if (n == MASS_ERASE) {
		boot->want = 3;
		boot->next = on_mass_erase;
	} else if (n >= SPECIAL_ERASE || n + 1 >= BMS_BOOT_ERASE_MAX) {
		/* one bank only, and no room for more pages than that */
		finish (boot, NACK);
	} else {
		boot->want = 2 + 2 * (size_t)(n + 1) + 1;
		boot->next = on_erase_pages;
	}
}

/* -- starting ---------------------------------------------------------------------------------- */

/* The silicon jumps anywhere; here nothing runs that a boot would refuse, or Go would be the way
 * around it. */
static void
on_go_address (struct bms_boot *boot)
{
	struct bms_image_header header;

	boot->go = take_word (boot, &boot->address) && boot->address == BMS_SLOT_ADDRESS &&
		   bms_image_verify (boot->port, boot->target, &header) == BMS_IMAGE_FITS;
	finish (boot, boot->go ? ACK : NACK);
}

/* -- checksum ---------------------------------------------------------------------------------- */

/* The second ACK comes when the sum is done: until then the host waits without counting bytes. */
static void
send_checksum (struct bms_boot *boot, uint32_t crc)
{
	uint8_t data[256], reply[5];

	for (uint32_t at = 0; at < boot->size; at += sizeof data) {
		uint32_t n =
		    boot->size - at < sizeof data ? boot->size - at : (uint32_t)sizeof data;

		boot->port->flash_read (boot->port->host, boot->address + at, data, n);
		crc = bms_crc_stm32 (crc, boot->polynomial, data, n);
	}
	for (unsigned i = 0; i < 4; i++)
		reply[i] = (uint8_t)(crc >> (24 - 8 * i));
	reply[4] = xor_of (reply, 4);
	finish (boot, ACK);
	send (boot, reply, sizeof reply);
}

static void
on_checksum_start (struct bms_boot *boot)
{
	uint32_t start;

	if (!take_word (boot, &start)) {
		finish (boot, NACK);
		return;
	}
	answer (boot, ACK);
	send_checksum (boot, start);
}

static void
on_checksum_polynomial (struct bms_boot *boot)
{
	if (take_word (boot, &boot->polynomial))
		go_on (boot, 5, on_checksum_start);
	else
		finish (boot, NACK);
}

static void
on_checksum_size (struct bms_boot *boot)
{
	if (take_word (boot, &boot->size) && boot->size > 0 && boot->size % 4 == 0 &&
	    is_inside (boot->address, boot->size, BMS_FLASH_ADDRESS, BMS_FLASH_SIZE))
		go_on (boot, 5, on_checksum_polynomial);
	else
		finish (boot, NACK);
}

static void
on_checksum_address (struct bms_boot *boot)
{
	if (take_word (boot, &boot->address) && boot->address % 4 == 0 &&
	    is_inside (boot->address, 4, BMS_FLASH_ADDRESS, BMS_FLASH_SIZE))
		go_on (boot, 5, on_checksum_size);
	else
		finish (boot, NACK);
}

/* -- commands ---------------------------------------------------------------------------------- */

static void
reply_get (struct bms_boot *boot)
{
	static const uint8_t reply[] = {
	    ACK, 8,	BMS_BOOT_PROTOCOL, GET,		GET_VERSION, GET_ID, READ,
	    GO,	 WRITE, EXTENDED_ERASE,	   GET_CHECKSUM};

	send (boot, reply, sizeof reply);
	finish (boot, ACK);
}

/* Two option bytes follow the version, 0 since readout protection was never switched here. */
static void
reply_version (struct bms_boot *boot)
{
	static const uint8_t reply[] = {ACK, BMS_BOOT_PROTOCOL, 0, 0};

	send (boot, reply, sizeof reply);
	finish (boot, ACK);
}

static void
reply_id (struct bms_boot *boot)
{
	static const uint8_t reply[] = {ACK, 1, BMS_BOOT_PRODUCT_ID >> 8,
					BMS_BOOT_PRODUCT_ID & 0xff};

	send (boot, reply, sizeof reply);
	finish (boot, ACK);
}

static const struct {
	uint8_t code;
	void (*reply) (struct bms_boot *boot); /* the whole answer at once, or */
	size_t want; /* the first frame that is waited for */
	void (*next) (struct bms_boot *boot);
} commands[] = {
    {GET, reply_get, 0, NULL},
    {GET_VERSION, reply_version, 0, NULL},
    {GET_ID, reply_id, 0, NULL},
    {READ, NULL, 5, on_read_address},
    {GO, NULL, 5, on_go_address},
    {WRITE, NULL, 5, on_write_address},
    {EXTENDED_ERASE, NULL, 2, on_erase_count},
    {GET_CHECKSUM, NULL, 5, on_checksum_address},
};

/* An unknown code and a damaged one look the same, and both leave the device waiting for the
 * next command. */
static void
on_command (struct bms_boot *boot)
{
	uint8_t code = boot->frame[0];

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].code != code || (code ^ boot->frame[1]) != 0xff)
			continue;
		if (commands[i].reply != NULL)
			commands[i].reply (boot);
		else
			go_on (boot, commands[i].want, commands[i].next);
		return;
	}
	finish (boot, NACK);
}

void
bms_boot_init (struct bms_boot *boot, const struct bms_port *port, const struct bms_target *target)
{
	memset (boot, 0, sizeof *boot);
	boot->port = port;
	boot->target = target;
}

/* Until the first 0x7F, by which the silicon measures the line's rate, everything else is noise. */
static void
take (struct bms_boot *boot, uint8_t byte)
{
	if (!boot->synced) {
		boot->synced = byte == INIT;
		if (boot->synced)
			finish (boot, ACK);
		return;
	}
	boot->frame[boot->len++] = byte;
	if (boot->len == boot->want)
		boot->next (boot);
}

void
bms_boot_receive (struct bms_boot *boot, const uint8_t *data, size_t len)
{
	/* after Go the processor is no longer here to listen */
	while (len-- > 0 && !boot->go)
		take (boot, *data++);
}
