/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/app.h"
#include "firmware/bms/mem.h"

static void
send (void *data, const uint8_t *frame, size_t len)
{
	const struct bms_state *s = data;

	s->port->uart_write (s->port->host, frame, len);
}

void
bms_state_test_mode (struct bms_state *s, bool on)
{
	s->test_mode = on;
	memset (&s->balance, 0, sizeof s->balance);
	bms_protection_default_limits (&s->protection);
}

void
bms_state_init (struct bms_state *s, const struct bms_port *port)
{
	memset (s, 0, sizeof *s);
	s->port = port;
	s->registers.read = bms_registers_read;
	s->registers.write = bms_registers_write;
	s->registers.send = send;
	s->registers.data = s;
	s->modbus.registers = &s->registers;
	s->modbus.unit = BMS_UNIT;
	s->insulation_monitor = true;
	bms_protection_init (&s->protection);
	bms_identity_read (port, &s->identity);
	port->flash_read (port->host, BMS_SLOT_ADDRESS, &s->image, sizeof s->image);
}

/* A test that the station forgot, or died in, must leave neither a pack without its protections nor
 * its terminals live for ever. */
static void
supervise_master (struct bms_state *s, uint32_t dt_us)
{
	s->quiet_us = bms_add_time (s->quiet_us, dt_us);
	if (s->quiet_us < BMS_MASTER_TIMEOUT_US)
		return;
	s->contactor.request = false;
	if (s->test_mode)
		bms_state_test_mode (s, false);
}

/* Measure, judge, act, in this order and from one sample: what trips opens in the same period. */
void
bms_state_control (struct bms_state *s, const struct afe_sample *sample, struct afe_command *ret)
{
	bool blocked;
	uint32_t contactors;

	s->uptime_us += sample->dt_us;
	supervise_master (s, sample->dt_us);
	bms_measure (sample, &s->identity, &s->measured);
	bms_soc_step (&s->soc, &s->measured);
	bms_protection_step (&s->protection, &s->measured, bms_contactor_is_locked (&s->contactor));
	blocked = s->protection.tripped != 0;
	contactors = bms_contactor_step (&s->contactor, &s->measured, blocked);
	s->balancing = bms_balance_step (&s->balance, &s->measured, blocked);
	/* the FETs carry nothing while both contactors are open */
	s->outputs = contactors | (contactors != 0 ? bms_protection_fets (&s->protection) : 0) |
		     (s->insulation_monitor ? AFE_OUT_INSULATION_MONITOR : 0) |
		     (s->protection.clear_short ? AFE_OUT_CLEAR_SHORT : 0);
	ret->outputs = s->outputs;
	ret->balance = s->balancing;
	ret->short_circuit_ma = (uint32_t)s->protection.limit[BMS_SHORT];
}

/* -- what the port calls ----------------------------------------------------------------------- */

static struct bms_state state;

static void
start (const struct bms_port *port)
{
	bms_state_init (&state, port);
}

static void
receive (const uint8_t *data, size_t len)
{
	bms_modbus_receive (&state.modbus, data, len);
}

static void
silence (void)
{
	bms_modbus_silence (&state.modbus);
}

static void
control (const struct afe_sample *sample, struct afe_command *ret)
{
	bms_state_control (&state, sample, ret);
}

__attribute__ ((visibility ("default"))) const struct bms_app bms_app = {
    BMS_PORT_API, BMS_APP_VERSION, start, receive, silence, control,
};
