/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/link/link.h"
#include "tests/suite.h"

/*
 * An STM32 system bootloader as ST's application note describes it, with NOR flash behind it
 * (programming clears bits, an erase sets them) and faults on demand. It shares nothing with the
 * loader under test.
 *
 * The link to it needs no patience: as soon as the ROM has taken all bytes and waits for more, a
 * read that finds nothing is a timeout at once. A lost answer costs no time, and no load of the
 * machine makes an answer late.
 */
#define ROM_BASE 0x08000000u
#define ROM_PAGE 2048u
#define ROM_PAGES 16u
#define ROM_SIZE (ROM_PAGE * ROM_PAGES)

/* Blocks and pages count from 1 in the order in which they are asked for; 0 = never. `times` is how
 * often in a row the fault strikes. */
typedef struct {
	guint zeros; /* 0x00 before the ACK of 0x7F */
	guint extra_acks; /* after it */
	guint late_acks; /* the same, but only when the host has begun to say the next thing */
	gboolean in_sync; /* somebody spoke to it before */
	gboolean half_command; /* and left a command half said */
	gboolean deaf; /* takes bytes, says nothing */
	gboolean protected; /* readout protection */
	gboolean no_checksum; /* an older ROM: A1 is not in its list */
	gboolean short_checksum; /* the variant that asks for no polynomial and start value */
	gboolean short_erase; /* 0x43 instead of 0x44 */
	guint nack_command; /* the n-th command is NACKed though it is fine */
	guint nack_block, lose_ack_block, garbage_block; /* at the data stage */
	guint clear_block, set_block; /* one bit of the block is programmed 0 for 1, or 1 for 0 */
	guint die_block; /* closes the line before it answers */
	guint fall_silent_block; /* or stays, and says nothing */
	guint sticky_erase; /* the n-th erase command answers ACK and erases nothing */
	guint nack_erase, lose_ack_erase;
	guint wrong_crc; /* the n-th checksum is another one */
	guint damaged_crc; /* or its own XOR does not fit */
	guint lose_ack_read;
	guint times; /* 0 = once */
} RomFaults;

typedef struct {
	RomFaults faults;
	guint8 flash[ROM_SIZE];
	guint commands, blocks, erases, checksums, reads; /* how many were asked for */
	guint erased_pages;
	guint32 go; /* address that was started, 0 = none */
	/* by the link: bytes of both directions, pauses that the host took, and what it still tried
	 * when the line was dead */
	guint64 wire_bytes, slept_us;
	guint tried_dead;
	/* -- the wire, under the lock -- */
	GMutex lock;
	GCond changed;
	GByteArray *to_rom, *to_host;
	guint late; /* ACKs still owed */
	gboolean waiting, dead, stop; /* waiting: for bytes that are not there */
	GThread *thread;
} FakeRom;

/* Old firmware (0x5A) fills the flash. */
FakeRom *rom_start (const RomFaults *faults);
/* The host's end; may be freed before or after the ROM's end, once. */
PlLink *rom_link (FakeRom *rom);
/* Joins the thread; the counters and the flash may be read afterwards. */
void rom_stop (FakeRom *rom);
void rom_free (FakeRom *rom);
