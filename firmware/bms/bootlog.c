/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/bootlog.h"
#include "firmware/bms/crc.h"
#include "firmware/bms/image.h"
#include "firmware/bms/mem.h"

/* Appended, not rewritten: a page bears a limited number of erases, and 128 boots share one. */
struct entry {
	uint32_t magic;
	struct bms_bootlog record;
	uint32_t crc32; /* of all before it */
};
#define ENTRY_MAGIC 0x544f4f42u /* "BOOT" */
#define ENTRIES (BMS_PAGE_SIZE / sizeof (struct entry))

static uint32_t
entry_address (unsigned page, unsigned at)
{
	return (uint32_t)(BMS_BOOTLOG_ADDRESS + page * BMS_PAGE_SIZE + at * sizeof (struct entry));
}

static bool
is_blank (const struct entry *entry)
{
	const uint8_t *bytes = (const uint8_t *)entry;

	for (size_t i = 0; i < sizeof *entry; i++)
		if (bytes[i] != 0xff)
			return false;
	return true;
}

static bool
is_valid (const struct entry *entry)
{
	return entry->magic == ENTRY_MAGIC &&
	       entry->crc32 == bms_crc32 (0, entry, offsetof (struct entry, crc32));
}

static bool
is_newer (const struct bms_bootlog *a, const struct bms_bootlog *b)
{
	return a->count > b->count ||
	       (a->count == b->count && a->security_counter > b->security_counter);
}

/* Page of the newest record, -1 if there is none. */
static int
find_newest (const struct bms_port *port, struct bms_bootlog *ret)
{
	struct entry entry;
	int page = -1;

	memset (ret, 0, sizeof *ret);
	for (unsigned i = 0; i < 2 * ENTRIES; i++) {
		if (!port->flash_read (port->host, entry_address (i / ENTRIES, i % ENTRIES), &entry,
				       sizeof entry) ||
		    !is_valid (&entry) || (page >= 0 && !is_newer (&entry.record, ret)))
			continue;
		page = (int)(i / ENTRIES);
		*ret = entry.record;
	}
	return page;
}

void
bms_bootlog_read (const struct bms_port *port, struct bms_bootlog *ret)
{
	find_newest (port, ret);
}

/* First blank place of a page, ENTRIES if it is full. A torn record is neither valid nor blank,
 * and is never written over: NOR would mix the two. */
static unsigned
find_room (const struct bms_port *port, unsigned page)
{
	struct entry entry;
	unsigned at = 0;

	while (at < ENTRIES &&
	       (!port->flash_read (port->host, entry_address (page, at), &entry, sizeof entry) ||
		!is_blank (&entry)))
		at++;
	return at;
}

/* The page with the newest record is never the one that is erased. */
bool
bms_bootlog_append (const struct bms_port *port, const struct bms_bootlog *record)
{
	struct entry entry = {ENTRY_MAGIC, *record, 0};
	struct bms_bootlog last;
	int newest = find_newest (port, &last);
	unsigned page = newest > 0 ? 1 : 0, at = find_room (port, page);

	if (at == ENTRIES) {
		page = newest < 0 ? page : 1 - page;
		at = 0;
		if (!port->flash_erase (port->host, entry_address (page, 0)))
			return false;
	}
	entry.crc32 = bms_crc32 (0, &entry, offsetof (struct entry, crc32));
	return port->flash_write (port->host, entry_address (page, at), &entry, sizeof entry);
}
