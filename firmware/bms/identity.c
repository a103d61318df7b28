/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/identity.h"
#include "firmware/bms/crc.h"
#include "firmware/bms/image.h"
#include "firmware/bms/mem.h"

static uint32_t
copy_address (unsigned copy)
{
	return BMS_IDENTITY_ADDRESS + copy * BMS_PAGE_SIZE;
}

/* The CRC is the last field and the last to be written: a copy without it does not count. */
static uint32_t
crc_of (const struct bms_identity *identity)
{
	return bms_crc32 (0, identity, offsetof (struct bms_identity, crc32));
}

static bool
read_copy (const struct bms_port *port, unsigned copy, struct bms_identity *ret)
{
	return port->flash_read (port->host, copy_address (copy), ret, sizeof *ret) &&
	       ret->magic == BMS_IDENTITY_MAGIC && ret->crc32 == crc_of (ret);
}

/* Index of the newest valid copy, -1 for none. Generations are compared by their difference:
 * they may wrap. */
static int
newest (const struct bms_port *port, struct bms_identity *ret)
{
	struct bms_identity copy[2];
	bool valid[2] = {read_copy (port, 0, &copy[0]), read_copy (port, 1, &copy[1])};
	int at;

	if (!valid[0] && !valid[1])
		return -1;
	at = !valid[0] || (valid[1] && (int32_t)(copy[1].generation - copy[0].generation) > 0);
	*ret = copy[at];
	return at;
}

bool
bms_identity_read (const struct bms_port *port, struct bms_identity *ret)
{
	memset (ret, 0, sizeof *ret);
	return newest (port, ret) >= 0;
}

/* Read back from the flash and compared whole: an erase that failed shows only there. */
bool
bms_identity_write (const struct bms_port *port, struct bms_identity *identity)
{
	struct bms_identity last = {0}, back;
	int at = newest (port, &last);
	unsigned copy = at == 0 ? 1 : 0;

	identity->magic = BMS_IDENTITY_MAGIC;
	identity->generation = last.generation + 1;
	identity->crc32 = crc_of (identity);
	return port->flash_erase (port->host, copy_address (copy)) &&
	       port->flash_write (port->host, copy_address (copy), identity, sizeof *identity) &&
	       port->flash_read (port->host, copy_address (copy), &back, sizeof back) &&
	       memcmp (&back, identity, sizeof back) == 0;
}

int32_t
bms_identity_current (const struct bms_identity *identity, int32_t raw_ma)
{
	int64_t ma = (int64_t)raw_ma - identity->current_offset_ma;

	return bms_clamp (ma + ma * identity->current_gain_ppm / 1000000, INT32_MIN, INT32_MAX);
}
