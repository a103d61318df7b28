/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/modbus.h"
#include "firmware/bms/crc.h"

enum { READ_HOLDING = 3, READ_INPUT = 4, WRITE_REGISTER = 6, WRITE_REGISTERS = 16 };
#define READ_MAX 125
#define WRITE_MAX 123
#define EXCEPTION 0x80
#define BROADCAST 0

static uint16_t
get_u16 (const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void
put_u16 (uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* frame: unit and PDU, with room for the CRC. Nobody answers a broadcast. */
static void
send (struct bms_modbus *m, uint8_t *frame, size_t len)
{
	uint16_t crc = bms_crc16 (frame, len);

	frame[len] = (uint8_t)crc;
	frame[len + 1] = (uint8_t)(crc >> 8);
	if (m->frame[0] != BROADCAST)
		m->registers->send (m->registers->data, frame, len + 2);
}

/* The unit and function of the request come back, so that the master knows what was refused. */
static void
refuse (struct bms_modbus *m, uint8_t exception)
{
	uint8_t reply[5] = {m->frame[0], (uint8_t)(m->frame[1] | EXCEPTION), exception};

	send (m, reply, 3);
}

/* -- functions --------------------------------------------------------------------------------- */

/* Count before addresses, as the specification's state diagrams check them. */
static void
read_registers (struct bms_modbus *m, enum bms_modbus_space space)
{
	uint16_t address = get_u16 (m->frame + 2), n = get_u16 (m->frame + 4), words[READ_MAX];
	uint8_t reply[3 + 2 * READ_MAX + 2], wrong;

	if (n == 0 || n > READ_MAX) {
		refuse (m, BMS_MODBUS_VALUE);
		return;
	}
	wrong = m->registers->read (m->registers->data, space, address, n, words);
	if (wrong != BMS_MODBUS_OK) {
		refuse (m, wrong);
		return;
	}
	reply[0] = m->frame[0];
	reply[1] = m->frame[1];
	reply[2] = (uint8_t)(2 * n);
	for (unsigned i = 0; i < n; i++)
		put_u16 (reply + 3 + 2 * i, words[i]);
	send (m, reply, 3 + 2 * (size_t)n);
}

/* Both writes are answered with what of the request precedes the values. */
static void
write_registers (struct bms_modbus *m, uint16_t n, const uint8_t *values)
{
	uint16_t words[WRITE_MAX];
	uint8_t reply[8], wrong;

	for (unsigned i = 0; i < n; i++)
		words[i] = get_u16 (values + 2 * i);
	wrong = m->registers->write (m->registers->data, get_u16 (m->frame + 2), n, words);
	if (wrong != BMS_MODBUS_OK) {
		refuse (m, wrong);
		return;
	}
	for (unsigned i = 0; i < 6; i++)
		reply[i] = m->frame[i];
	send (m, reply, 6);
}

static void
write_multiple (struct bms_modbus *m)
{
	uint16_t n = get_u16 (m->frame + 4);

	if (n == 0 || n > WRITE_MAX || m->frame[6] != 2 * n)
		refuse (m, BMS_MODBUS_VALUE);
	else
		write_registers (m, n, m->frame + 7);
}

static void
serve (struct bms_modbus *m)
{
	switch (m->frame[1]) {
	case READ_HOLDING:
		read_registers (m, BMS_HOLDING);
		break;
	case READ_INPUT:
		read_registers (m, BMS_INPUT);
		break;
	case WRITE_REGISTER:
		write_registers (m, 1, m->frame + 4);
		break;
	case WRITE_REGISTERS:
		write_multiple (m);
		break;
	default:
		refuse (m, BMS_MODBUS_FUNCTION);
		break;
	}
}

/* -- framing ----------------------------------------------------------------------------------- */

static bool
is_for_us (const struct bms_modbus *m)
{
	return m->frame[0] == m->unit || m->frame[0] == BROADCAST;
}

/* Length of the request that begins like this; 0 = cannot be told yet, or ever. */
static size_t
request_length (const struct bms_modbus *m)
{
	if (m->len < 2 || !is_for_us (m))
		return 0;
	if (m->frame[1] >= 1 && m->frame[1] <= 6)
		return 8;
	if ((m->frame[1] == 15 || m->frame[1] == WRITE_REGISTERS) && m->len >= 7)
		return 9 + (size_t)m->frame[6];
	return 0;
}

static bool
crc_fits (const struct bms_modbus *m)
{
	return m->len >= 4 && bms_crc16 (m->frame, m->len - 2) ==
				  (m->frame[m->len - 2] | m->frame[m->len - 1] << 8);
}

/* A frame that is broken or ours to ignore makes us deaf: its end is only known by silence, and
 * its middle may look like a request. */
static void
take (struct bms_modbus *m, uint8_t byte)
{
	size_t want;

	if (m->deaf)
		return;
	m->frame[m->len++] = byte;
	want = request_length (m);
	if (m->len == want && crc_fits (m)) {
		serve (m);
		m->len = 0;
	} else if (m->len == want || want > sizeof m->frame || m->len == sizeof m->frame) {
		m->deaf = true;
	}
}

void
bms_modbus_receive (struct bms_modbus *m, const uint8_t *data, size_t len)
{
	while (len-- > 0)
		take (m, *data++);
}

/* A frame of a function that nobody here knows still gets its exception, if it is whole and
 * ours. */
void
bms_modbus_silence (struct bms_modbus *m)
{
	if (!m->deaf && request_length (m) == 0 && crc_fits (m) && is_for_us (m))
		refuse (m, BMS_MODBUS_FUNCTION);
	m->len = 0;
	m->deaf = false;
}
