/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/app.h"
#include "firmware/bms/mem.h"

/*
 * The register table: one row a name of docs/SIGNALS.md, at the address that
 * data/maps/bms-reference.yaml gives it. 32-bit values come high word first; a request covers
 * whole values or is refused. Setters are called twice, to check all values of a request before
 * the first one is applied, so that a refused request changes nothing.
 */
#define UNKNOWN_KOHM UINT32_MAX /* the insulation monitor is off */
#define WORD_MAX 0xffff

struct reg {
	enum bms_modbus_space space;
	uint16_t address;
	uint8_t words; /* of one value */
	uint8_t count; /* values, one after the other */
	uint32_t (*get) (const struct bms_state *s, unsigned i);
	/* NULL = cannot be written; returns an exception */
	uint8_t (*set) (struct bms_state *s, unsigned i, uint32_t value, bool apply);
};

/* -- identity ---------------------------------------------------------------------------------- */

static uint32_t
two_characters (const char *text, unsigned i)
{
	return (uint32_t)(uint8_t)text[2 * i] << 8 | (uint8_t)text[2 * i + 1];
}

static uint32_t
get_product (const struct bms_state *s, unsigned i)
{
	static const char product[32] = BMS_APP_PRODUCT;

	return two_characters (product, i);
}

static uint32_t
get_hardware_revision (const struct bms_state *s, unsigned i)
{
	return s->port->boot->hardware_revision;
}

static uint32_t
get_bootloader_version (const struct bms_state *s, unsigned i)
{
	return s->port->boot->bootloader_version;
}

/* Compiled in: what runs, whatever the header says. */
static uint32_t
get_firmware_version (const struct bms_state *s, unsigned i)
{
	return BMS_APP_VERSION;
}

static uint32_t
get_firmware_crc (const struct bms_state *s, unsigned i)
{
	return s->image.crc32;
}

/* The pack's, not the image's: what the next image has to reach. */
static uint32_t
get_security_counter (const struct bms_state *s, unsigned i)
{
	return s->port->boot->security_counter;
}

static uint32_t
get_boot_count (const struct bms_state *s, unsigned i)
{
	return s->port->boot->boot_count;
}

static uint32_t
get_reset_cause (const struct bms_state *s, unsigned i)
{
	return s->port->boot->reset_cause;
}

static uint32_t
get_uptime (const struct bms_state *s, unsigned i)
{
	return (uint32_t)(s->uptime_us / 1000000);
}

static uint32_t
get_identity_generation (const struct bms_state *s, unsigned i)
{
	return s->identity.generation;
}

/* -- live -------------------------------------------------------------------------------------- */

static uint32_t
get_pack_voltage (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp ((s->measured.pack_mv + 5) / 10, 0, WORD_MAX);
}

static uint32_t
get_stack_voltage (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp ((s->measured.stack_mv + 5) / 10, 0, WORD_MAX);
}

static uint32_t
get_terminal_voltage (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp ((s->measured.terminal_mv + 5) / 10, 0, WORD_MAX);
}

static uint32_t
get_current (const struct bms_state *s, unsigned i)
{
	return (uint32_t)s->measured.current_ma;
}

static uint32_t
get_soc (const struct bms_state *s, unsigned i)
{
	return bms_soc_permille (&s->soc);
}

static uint32_t
get_cell_count (const struct bms_state *s, unsigned i)
{
	return AFE_CELLS;
}

static uint32_t
get_outputs (const struct bms_state *s, unsigned i)
{
	return s->outputs;
}

static uint32_t
get_main_aux (const struct bms_state *s, unsigned i)
{
	return (s->measured.flags & AFE_FLAG_MAIN_AUX) != 0;
}

static uint32_t
get_precharge_aux (const struct bms_state *s, unsigned i)
{
	return (s->measured.flags & AFE_FLAG_PRECHARGE_AUX) != 0;
}

static uint32_t
get_precharge_time (const struct bms_state *s, unsigned i)
{
	return s->contactor.precharge_ms;
}

static uint32_t
get_protection (const struct bms_state *s, unsigned i)
{
	return s->protection.tripped;
}

static uint32_t
get_balance_active (const struct bms_state *s, unsigned i)
{
	return s->balancing;
}

static uint32_t
get_insulation (const struct bms_state *s, unsigned i)
{
	return s->insulation_monitor ? s->measured.insulation_kohm : UNKNOWN_KOHM;
}

static uint32_t
get_alarm_count (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp (s->protection.trips, 0, WORD_MAX);
}

static uint32_t
get_trip_time (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp (s->protection.trip_ms, 0, WORD_MAX);
}

static uint32_t
get_contactor_fault (const struct bms_state *s, unsigned i)
{
	return s->contactor.faults;
}

/* 0.1 degC, rounded away from zero's side alike */
static uint32_t
get_temperature (const struct bms_state *s, unsigned i)
{
	int32_t t = s->measured.ntc_mdegc[i];

	return (uint32_t)((t + (t < 0 ? -50 : 50)) / 100);
}

/* 0.1 mV; the converter of a front end reads a reversed cell as nothing. */
static uint32_t
get_cell_voltage (const struct bms_state *s, unsigned i)
{
	return (uint32_t)bms_clamp ((s->measured.cell_uv[i] + 50) / 100, 0, WORD_MAX);
}

/* -- switches and commands --------------------------------------------------------------------- */

static uint32_t
get_nothing (const struct bms_state *s, unsigned i)
{
	return 0;
}

static uint32_t
get_contactor (const struct bms_state *s, unsigned i)
{
	return s->contactor.request;
}

/* Opening is always obeyed; closing is refused while a protection stands. */
static uint8_t
set_contactor (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value > 1)
		return BMS_MODBUS_VALUE;
	if (value == 1 && s->protection.tripped != 0)
		return BMS_MODBUS_FAILURE;
	if (apply)
		s->contactor.request = value == 1;
	return BMS_MODBUS_OK;
}

static uint32_t
get_insulation_monitor (const struct bms_state *s, unsigned i)
{
	return s->insulation_monitor;
}

static uint8_t
set_insulation_monitor (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value > 1)
		return BMS_MODBUS_VALUE;
	if (apply)
		s->insulation_monitor = value == 1;
	return BMS_MODBUS_OK;
}

static uint32_t
get_test_mode (const struct bms_state *s, unsigned i)
{
	return s->test_mode ? BMS_TEST_KEY : 0;
}

/* The key again begins anew, so that one test cannot leave its limits to the next. */
static uint8_t
set_test_mode (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value != 0 && value != BMS_TEST_KEY)
		return BMS_MODBUS_VALUE;
	if (apply)
		bms_state_test_mode (s, value != 0);
	return BMS_MODBUS_OK;
}

/* The contactor's faults first: they are what the lock's bit stands for. */
static uint8_t
set_clear_protection (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value != 1)
		return BMS_MODBUS_VALUE;
	if (apply) {
		bms_contactor_clear (&s->contactor);
		bms_protection_clear (&s->protection, &s->measured);
	}
	return BMS_MODBUS_OK;
}

static uint32_t
get_balance_force (const struct bms_state *s, unsigned i)
{
	return s->balance.forced;
}

/* 0 is taken at any time: it asks for nothing. */
static uint8_t
set_balance_force (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (!s->test_mode && value != 0)
		return BMS_MODBUS_FAILURE;
	if (apply) {
		s->balance.force = s->test_mode;
		s->balance.forced = value;
	}
	return BMS_MODBUS_OK;
}

/* The port resets after the answer has gone out. */
static uint8_t
set_enter_bootloader (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value != BMS_BOOT_KEY)
		return BMS_MODBUS_VALUE;
	if (apply)
		s->port->reset (s->port->host, true);
	return BMS_MODBUS_OK;
}

/* -- volatile limits --------------------------------------------------------------------------- */

static const struct {
	uint8_t bit;
	int32_t scale; /* of the protection's own unit to the register's step */
} limits[] = {
    {BMS_CELL_OV, 100},	  {BMS_CELL_UV, 100},	   {BMS_CHARGE_OC, 10}, {BMS_DISCHARGE_OC, 10},
    {BMS_CHARGE_OT, 100}, {BMS_DISCHARGE_UT, 100}, {BMS_SHORT, 100},
};

static uint32_t
get_limit (const struct bms_state *s, unsigned i)
{
	return (uint32_t)(s->protection.limit[limits[i].bit] / limits[i].scale);
}

static bool
is_temperature (unsigned i)
{
	return limits[i].bit == BMS_CHARGE_OT || limits[i].bit == BMS_DISCHARGE_UT;
}

/* Any value is taken: a test needs limits that no pack would have. */
static uint8_t
set_limit (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (!s->test_mode)
		return BMS_MODBUS_FAILURE;
	if (apply)
		s->protection.limit[limits[i].bit] =
		    (is_temperature (i) ? (int16_t)value : (int32_t)value) * limits[i].scale;
	return BMS_MODBUS_OK;
}

/* -- calibration ------------------------------------------------------------------------------- */

/* Beyond 10 % and 10 A no sensor is calibrated: it is broken. */
#define GAIN_MOST_PPM 100000
#define OFFSET_MOST_MA 10000

static uint32_t
get_current_gain (const struct bms_state *s, unsigned i)
{
	return (uint32_t)s->identity.current_gain_ppm;
}

static uint8_t
set_current_gain (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if ((int32_t)value < -GAIN_MOST_PPM || (int32_t)value > GAIN_MOST_PPM)
		return BMS_MODBUS_VALUE;
	if (apply)
		s->identity.current_gain_ppm = (int32_t)value;
	return BMS_MODBUS_OK;
}

static uint32_t
get_current_offset (const struct bms_state *s, unsigned i)
{
	return (uint32_t)s->identity.current_offset_ma;
}

static uint8_t
set_current_offset (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if ((int16_t)value < -OFFSET_MOST_MA || (int16_t)value > OFFSET_MOST_MA)
		return BMS_MODBUS_VALUE;
	if (apply)
		s->identity.current_offset_ma = (int16_t)value;
	return BMS_MODBUS_OK;
}

static uint32_t
get_serial_number (const struct bms_state *s, unsigned i)
{
	return two_characters (s->identity.serial, i);
}

/* What a label or a scanner can carry; NUL pads. */
static bool
is_printable (uint32_t character)
{
	return character == 0 || (character >= 0x20 && character < 0x7f);
}

static uint8_t
set_serial_number (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (!is_printable (value >> 8) || !is_printable (value & 0xff))
		return BMS_MODBUS_VALUE;
	if (apply) {
		s->identity.serial[2 * i] = (char)(value >> 8);
		s->identity.serial[2 * i + 1] = (char)value;
	}
	return BMS_MODBUS_OK;
}

static uint8_t
set_calibration_commit (struct bms_state *s, unsigned i, uint32_t value, bool apply)
{
	if (value != BMS_COMMIT_KEY)
		return BMS_MODBUS_VALUE;
	return !apply || bms_identity_write (s->port, &s->identity) ? BMS_MODBUS_OK
								    : BMS_MODBUS_FAILURE;
}

/* -- the table --------------------------------------------------------------------------------- */

/* Ascending addresses in each space. */
static const struct reg table[] = {
    {BMS_INPUT, 0, 1, 16, get_product, NULL},
    {BMS_INPUT, 16, 1, 1, get_hardware_revision, NULL},
    {BMS_INPUT, 17, 2, 1, get_bootloader_version, NULL},
    {BMS_INPUT, 19, 2, 1, get_firmware_version, NULL},
    {BMS_INPUT, 21, 2, 1, get_firmware_crc, NULL},
    {BMS_INPUT, 23, 2, 1, get_security_counter, NULL},
    {BMS_INPUT, 25, 2, 1, get_boot_count, NULL},
    {BMS_INPUT, 27, 1, 1, get_reset_cause, NULL},
    {BMS_INPUT, 28, 2, 1, get_uptime, NULL},
    {BMS_INPUT, 30, 2, 1, get_identity_generation, NULL},
    {BMS_INPUT, 100, 1, 1, get_pack_voltage, NULL},
    {BMS_INPUT, 101, 1, 1, get_stack_voltage, NULL},
    {BMS_INPUT, 102, 1, 1, get_terminal_voltage, NULL},
    {BMS_INPUT, 103, 2, 1, get_current, NULL},
    {BMS_INPUT, 105, 1, 1, get_soc, NULL},
    {BMS_INPUT, 106, 1, 1, get_cell_count, NULL},
    {BMS_INPUT, 107, 1, 1, get_outputs, NULL},
    {BMS_INPUT, 108, 1, 1, get_main_aux, NULL},
    {BMS_INPUT, 109, 1, 1, get_precharge_aux, NULL},
    {BMS_INPUT, 110, 1, 1, get_precharge_time, NULL},
    {BMS_INPUT, 111, 1, 1, get_protection, NULL},
    {BMS_INPUT, 112, 2, 1, get_balance_active, NULL},
    {BMS_INPUT, 114, 2, 1, get_insulation, NULL},
    {BMS_INPUT, 116, 1, 1, get_alarm_count, NULL},
    {BMS_INPUT, 117, 1, 1, get_trip_time, NULL},
    {BMS_INPUT, 118, 1, 1, get_contactor_fault, NULL},
    {BMS_INPUT, 120, 1, AFE_NTCS, get_temperature, NULL},
    {BMS_INPUT, 130, 1, AFE_CELLS, get_cell_voltage, NULL},
    {BMS_HOLDING, 0, 1, 1, get_contactor, set_contactor},
    {BMS_HOLDING, 1, 1, 1, get_insulation_monitor, set_insulation_monitor},
    {BMS_HOLDING, 2, 1, 1, get_test_mode, set_test_mode},
    {BMS_HOLDING, 3, 1, 1, get_nothing, set_clear_protection},
    {BMS_HOLDING, 4, 2, 1, get_balance_force, set_balance_force},
    {BMS_HOLDING, 6, 1, 1, get_nothing, set_enter_bootloader},
    {BMS_HOLDING, 7, 1, 1, get_nothing, set_calibration_commit},
    {BMS_HOLDING, 20, 1, sizeof limits / sizeof *limits, get_limit, set_limit},
    {BMS_HOLDING, 40, 2, 1, get_current_gain, set_current_gain},
    {BMS_HOLDING, 42, 1, 1, get_current_offset, set_current_offset},
    {BMS_HOLDING, 44, 1, BMS_SERIAL_LENGTH / 2, get_serial_number, set_serial_number},
};

/* The row whose values include the one that begins at address; *ret_i is which. NULL = none
 * begins there. */
static const struct reg *
find (enum bms_modbus_space space, uint32_t address, unsigned *ret_i)
{
	for (size_t r = 0; r < sizeof table / sizeof *table; r++) {
		uint32_t at = address - table[r].address;

		if (table[r].space != space || address < table[r].address ||
		    at >= (uint32_t)table[r].count * table[r].words || at % table[r].words != 0)
			continue;
		*ret_i = at / table[r].words;
		return &table[r];
	}
	return NULL;
}

uint8_t
bms_registers_read (void *data, enum bms_modbus_space space, uint16_t address, uint16_t n,
		    uint16_t *ret)
{
	struct bms_state *s = data;
	unsigned at = 0, i;

	s->quiet_us = 0;
	while (at < n) {
		const struct reg *reg = find (space, (uint32_t)address + at, &i);
		uint32_t value;

		if (reg == NULL || at + reg->words > n)
			return BMS_MODBUS_ADDRESS;
		value = reg->get (s, i);
		if (reg->words == 2)
			ret[at++] = (uint16_t)(value >> 16);
		ret[at++] = (uint16_t)value;
	}
	return BMS_MODBUS_OK;
}

/* Ends at the first value that is refused: with apply only the flash still can, since the pass
 * before it has asked. */
static uint8_t
write_pass (struct bms_state *s, uint16_t address, uint16_t n, const uint16_t *values, bool apply)
{
	unsigned at = 0, i;

	while (at < n) {
		const struct reg *reg = find (BMS_HOLDING, (uint32_t)address + at, &i);
		uint32_t value;
		uint8_t wrong;

		if (reg == NULL || at + reg->words > n)
			return BMS_MODBUS_ADDRESS;
		value = reg->words == 2 ? (uint32_t)values[at] << 16 | values[at + 1] : values[at];
		wrong = reg->set (s, i, value, apply);
		if (wrong != BMS_MODBUS_OK)
			return wrong;
		at += reg->words;
	}
	return BMS_MODBUS_OK;
}

uint8_t
bms_registers_write (void *data, uint16_t address, uint16_t n, const uint16_t *values)
{
	struct bms_state *s = data;
	uint8_t wrong;

	s->quiet_us = 0;
	wrong = write_pass (s, address, n, values, false);
	return wrong != BMS_MODBUS_OK ? wrong : write_pass (s, address, n, values, true);
}
