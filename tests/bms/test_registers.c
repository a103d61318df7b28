/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/modbus/map.h"
#include "tests/bms/rig.h"
#include <string.h>

/* The application behind its registers: the map file against the table, switches, keys, test
 * mode, calibration. */
enum { INPUT_SOC = 105, OUTPUTS = 107, PROTECTION = 111, BALANCE = 112, INSULATION = 114 };
enum { TRIP_TIME = 117, TEMPERATURES = 120, CELLS = 130 };
enum {
	CONTACTOR,
	MONITOR,
	TEST_MODE,
	CLEAR,
	FORCE,
	ENTER_BOOT = 6,
	COMMIT,
	OVP = 20,
	UVP,
	CHARGE_OC
};
enum {
	DISCHARGE_OC = 23,
	CHARGE_OT,
	DISCHARGE_UT,
	SHORT_CIRCUIT,
	GAIN = 40,
	OFFSET = 42,
	SERIAL = 44
};

static Rig rig;
static struct bms_state app;
static struct afe_sample sample;
static struct afe_command command;

static void
periods (guint n)
{
	while (n-- > 0) {
		bool main = (command.outputs & AFE_OUT_MAIN) != 0;

		sample.flags &= ~(uint32_t)AFE_FLAG_MAIN_AUX;
		sample.flags |= main ? AFE_FLAG_MAIN_AUX : 0u;
		sample.terminal_mv = (command.outputs & (AFE_OUT_MAIN | AFE_OUT_PRECHARGE)) != 0
					 ? sample.stack_mv
					 : 0;
		if ((command.outputs & AFE_OUT_CLEAR_SHORT) != 0)
			sample.flags &= ~(uint32_t)AFE_FLAG_SHORT_CIRCUIT;
		bms_state_control (&app, &sample, &command);
	}
}

static void
set_up (void)
{
	rig_open (&rig);
	memset (&command, 0, sizeof command);
	sample = healthy_sample ();
	bms_state_init (&app, &rig.port);
	periods (30);
}

static void
tear_down (void)
{
	rig_close (&rig);
}

static guint
get (enum bms_modbus_space space, guint16 address, guint words)
{
	uint16_t values[2] = {0};

	ck_assert_uint_eq (bms_registers_read (&app, space, address, (uint16_t)words, values), 0);
	return words == 2 ? (guint)values[0] << 16 | values[1] : values[0];
}

static uint8_t
put (guint16 address, guint16 value)
{
	return bms_registers_write (&app, address, 1, &value);
}

static uint8_t
put_wide (guint16 address, guint32 value)
{
	const uint16_t values[2] = {(uint16_t)(value >> 16), (uint16_t)value};

	return bms_registers_write (&app, address, 2, values);
}

static void
close_contactor (void)
{
	ck_assert_uint_eq (put (CONTACTOR, 1), 0);
	periods (30);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, AFE_OUT_MAIN);
}

/* ---- map ---- */

static PlMap *
load_map (void)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps",
						  "bms-reference.yaml", NULL);
	g_autoptr (GError) error = NULL;
	PlMap *map = pl_map_load (file, &error);

	ck_assert_ok (map != NULL, error);
	return map;
}

static bool
is_there (enum bms_modbus_space space, guint16 address, guint words)
{
	uint16_t values[125];

	return bms_registers_read (&app, space, address, (uint16_t)words, values) == 0;
}

START_TEST (every_register_of_the_map_is_in_the_bms_at_its_place_and_size)
{
	g_autoptr (PlMap) map = load_map ();

	ck_assert_uint_eq (map->unit, BMS_UNIT);
	for (guint i = 0; i < map->registers->len; i++) {
		const PlRegister *reg = g_ptr_array_index (map->registers, i);
		guint words = pl_register_words (reg);
		enum bms_modbus_space space =
		    reg->table == PL_MODBUS_INPUT ? BMS_INPUT : BMS_HOLDING;

		ck_assert_msg (is_there (space, reg->address, words * reg->count), "%s", reg->name);
		/* half of a wide value is refused: a map that is wrong by width cannot go
		 * unnoticed */
		ck_assert_msg (words == 1 || !is_there (space, reg->address, 1), "%s", reg->name);
	}
}
END_TEST

START_TEST (the_map_leaves_no_register_of_the_bms_out)
{
	g_autoptr (PlMap) map = load_map ();
	guint in_map[2] = {0}, in_bms[2] = {0};

	for (guint i = 0; i < map->registers->len; i++) {
		const PlRegister *reg = g_ptr_array_index (map->registers, i);

		in_map[reg->table == PL_MODBUS_INPUT ? BMS_INPUT : BMS_HOLDING] +=
		    reg->count * pl_register_words (reg);
	}
	for (guint space = 0; space < 2; space++)
		for (guint address = 0; address < 65535; address++) {
			bool one = is_there (space, (guint16)address, 1);

			in_bms[space] += one ? 1 : is_there (space, (guint16)address, 2) ? 2 : 0;
		}
	ck_assert_uint_eq (in_bms[BMS_INPUT], in_map[BMS_INPUT]);
	ck_assert_uint_eq (in_bms[BMS_HOLDING], in_map[BMS_HOLDING]);
}
END_TEST

static double
value_of (const PlMap *map, const char *name, guint i)
{
	const PlRegister *reg = pl_map_find (map, name);
	guint words = pl_register_words (reg);
	guint raw = get (reg->table == PL_MODBUS_INPUT ? BMS_INPUT : BMS_HOLDING,
			 (guint16)(reg->address + i * words), words);
	double number = raw;

	if (reg->type == PL_REGISTER_S16)
		number = (gint16)raw;
	else if (reg->type == PL_REGISTER_S32)
		number = (gint32)raw;
	return number * reg->scale + reg->offset;
}

START_TEST (values_arrive_in_the_units_of_the_map)
{
	g_autoptr (PlMap) map = load_map ();

	sample.cell_uv[31] = 3271234;
	sample.cell_uv[30] = -5000;
	sample.current_ma = -51234;
	sample.ntc_mdegc[0] = -12340;
	sample.ntc_mdegc[3] = 45678;
	sample.stack_mv = 104567;
	periods (1);
	ck_assert_double_eq_tol (value_of (map, "cell_voltage", 31), 3.2712, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "cell_voltage", 30), 0, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "cell_voltage", 0), 3.27, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "current", 0), -51.234, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "temperature", 0), -12.3, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "temperature", 3), 45.7, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "stack_voltage", 0), 104.57, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "soc", 0), 30.0, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "insulation", 0), 80000, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "ovp", 0), 3.80, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "uvp", 0), 2.50, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "charge_oc", 0), 120, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "discharge_oc", 0), 150, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "charge_ot", 0), 55, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "discharge_ut", 0), -20, 1e-9);
	ck_assert_double_eq_tol (value_of (map, "short_circuit", 0), 300, 1e-9);
}
END_TEST

/* ---- requests ---- */

START_TEST (a_request_that_names_a_gap_or_half_a_value_is_refused)
{
	uint16_t values[125];

	ck_assert_uint_eq (bms_registers_read (&app, BMS_INPUT, 31, 2, values), BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (bms_registers_read (&app, BMS_INPUT, 17, 1, values), BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (bms_registers_read (&app, BMS_INPUT, 18, 2, values), BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (bms_registers_read (&app, BMS_INPUT, 161, 2, values),
			   BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (bms_registers_read (&app, BMS_INPUT, 65535, 2, values),
			   BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (put (FORCE, 1), BMS_MODBUS_ADDRESS);
	ck_assert_uint_eq (put (8, 1), BMS_MODBUS_ADDRESS);
}
END_TEST

START_TEST (a_request_with_one_bad_value_changes_nothing)
{
	const uint16_t values[3] = {1, 0,
				    0x1234}; /* contactor, monitor, test mode with a wrong key */

	ck_assert_uint_eq (bms_registers_write (&app, CONTACTOR, 3, values), BMS_MODBUS_VALUE);
	ck_assert_uint_eq (get (BMS_HOLDING, CONTACTOR, 1), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, MONITOR, 1), 1);
}
END_TEST

START_TEST (switches_and_keys_take_their_values_only)
{
	static const struct {
		guint16 address, good, bad;
	} rows[] = {{CONTACTOR, 1, 2},	    {MONITOR, 0, 2},	     {TEST_MODE, 0x5aa5, 1},
		    {CLEAR, 1, 0},	    {ENTER_BOOT, 0xb007, 1}, {COMMIT, 0xca1b, 0xb007},
		    {OFFSET, 10000, 10001}, {SERIAL, 0x4142, 0x410a}};

	ck_assert_uint_eq (put (rows[_i].address, rows[_i].bad), BMS_MODBUS_VALUE);
	ck_assert_uint_eq (rig.resets, 0);
	ck_assert_uint_eq (app.identity.generation, 0);
	ck_assert_uint_eq (put (rows[_i].address, rows[_i].good), BMS_MODBUS_OK);
}
END_TEST

START_TEST (commands_read_as_nothing)
{
	ck_assert_uint_eq (put (CLEAR, 1), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, CLEAR, 1), 0);
	ck_assert_uint_eq (put (ENTER_BOOT, 0xb007), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, ENTER_BOOT, 1), 0);
	ck_assert_uint_eq (rig.resets, 1);
	ck_assert (rig.into_bootloader);
}
END_TEST

START_TEST (the_insulation_monitor_is_on_until_it_is_switched_off)
{
	ck_assert_uint_eq (command.outputs, AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (put (MONITOR, 0), 0);
	periods (1);
	ck_assert_uint_eq (command.outputs, 0);
	ck_assert_uint_eq (get (BMS_INPUT, OUTPUTS, 1), 0);
	ck_assert_uint_eq (get (BMS_INPUT, INSULATION, 2), 0xffffffff);
}
END_TEST

/* ---- contactor and protections together ---- */

START_TEST (closing_shows_in_outputs_and_opening_too)
{
	close_contactor ();
	ck_assert_uint_eq (get (BMS_INPUT, OUTPUTS, 1), AFE_OUT_MAIN | AFE_OUT_CHARGE_FET |
							    AFE_OUT_DISCHARGE_FET |
							    AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (put (CONTACTOR, 0), 0);
	periods (1);
	ck_assert_uint_eq (command.outputs, AFE_OUT_INSULATION_MONITOR);
}
END_TEST

START_TEST (a_trip_opens_the_contactor_and_closing_is_refused_until_it_is_gone)
{
	close_contactor ();
	sample.cell_uv[5] = 3900000;
	periods (99);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, AFE_OUT_MAIN);
	periods (1);
	ck_assert_uint_eq (command.outputs, AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 1u << BMS_CELL_OV);
	ck_assert_uint_eq (get (BMS_INPUT, TRIP_TIME, 1), 2000);
	ck_assert_uint_eq (get (BMS_HOLDING, CONTACTOR, 1), 0);
	ck_assert_uint_eq (put (CONTACTOR, 1), BMS_MODBUS_FAILURE);
	ck_assert_uint_eq (put (CONTACTOR, 0), BMS_MODBUS_OK);
	sample.cell_uv[5] = 3270000;
	periods (50);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 0);
	periods (100);
	ck_assert_uint_eq (command.outputs, AFE_OUT_INSULATION_MONITOR);
	close_contactor ();
}
END_TEST

START_TEST (a_short_circuit_opens_at_once_and_is_cleared_by_command)
{
	close_contactor ();
	sample.flags |= AFE_FLAG_SHORT_CIRCUIT;
	periods (1);
	ck_assert_uint_eq (command.outputs, AFE_OUT_INSULATION_MONITOR);
	ck_assert_uint_eq (get (BMS_INPUT, TRIP_TIME, 1), 0);
	periods (500);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 1u << BMS_SHORT);
	ck_assert_uint_eq (put (CLEAR, 1), 0);
	periods (2);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 0);
	ck_assert_uint_eq (command.outputs & AFE_OUT_CLEAR_SHORT, 0);
	close_contactor ();
}
END_TEST

/* ---- test mode: the station's sequence of station/steps/protections.c ---- */

static const struct {
	guint16 address, threshold; /* past the reading */
	guint bit;
	gint32 current_ma;
	guint periods; /* to the trip */
} trips[] = {
    {OVP, 31700, BMS_CELL_OV, 0, 100},		 {UVP, 33700, BMS_CELL_UV, 0, 100},
    {CHARGE_OC, 2000, BMS_CHARGE_OC, 25000, 50}, {DISCHARGE_OC, 2000, BMS_DISCHARGE_OC, -25000, 50},
    {CHARGE_OT, 200, BMS_CHARGE_OT, 0, 50},	 {DISCHARGE_UT, 300, BMS_DISCHARGE_UT, 0, 50},
};

START_TEST (a_shifted_threshold_trips_opens_and_releases_when_test_mode_ends)
{
	guint was = get (BMS_HOLDING, trips[_i].address, 1);

	close_contactor ();
	ck_assert_uint_eq (put (TEST_MODE, 0x5aa5), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, TEST_MODE, 1), 0x5aa5);
	sample.current_ma = trips[_i].current_ma;
	periods (50);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 0);
	ck_assert_uint_eq (put (trips[_i].address, trips[_i].threshold), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, trips[_i].address, 1), trips[_i].threshold);
	periods (trips[_i].periods - 1);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 0);
	periods (1);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 1u << trips[_i].bit);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, 0);
	sample.current_ma = 0;
	periods (25);
	ck_assert_uint_eq (put (trips[_i].address, (guint16)was), 0);
	ck_assert_uint_eq (put (TEST_MODE, 0), 0);
	ck_assert_uint_eq (put (CLEAR, 1), 0);
	periods (50);
	ck_assert_uint_eq (get (BMS_INPUT, PROTECTION, 1), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, trips[_i].address, 1), was);
	close_contactor ();
}
END_TEST

START_TEST (the_comparator_s_threshold_goes_out_to_the_front_end)
{
	ck_assert_uint_eq (command.short_circuit_ma, 300000);
	put (TEST_MODE, 0x5aa5);
	ck_assert_uint_eq (put (SHORT_CIRCUIT, 200), 0);
	periods (1);
	ck_assert_uint_eq (command.short_circuit_ma, 20000);
	put (TEST_MODE, 0);
	periods (1);
	ck_assert_uint_eq (command.short_circuit_ma, 300000);
}
END_TEST

START_TEST (without_test_mode_limits_stand_and_nothing_is_forced)
{
	for (guint16 address = OVP; address <= SHORT_CIRCUIT; address++) {
		guint was = get (BMS_HOLDING, address, 1);

		ck_assert_uint_eq (put (address, 1), BMS_MODBUS_FAILURE);
		ck_assert_uint_eq (get (BMS_HOLDING, address, 1), was);
	}
	ck_assert_uint_eq (put_wide (FORCE, 1), BMS_MODBUS_FAILURE);
	ck_assert_uint_eq (put_wide (FORCE, 0), BMS_MODBUS_OK);
	periods (1);
	ck_assert_uint_eq (command.balance, 0);
}
END_TEST

START_TEST (test_mode_begins_anew_when_it_is_asked_for_again)
{
	put (TEST_MODE, 0x5aa5);
	put (OVP, 36000);
	ck_assert_uint_eq (put (TEST_MODE, 0x5aa5), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, OVP, 1), 38000);
}
END_TEST

START_TEST (forced_channels_are_exactly_those_and_end_with_test_mode)
{
	put (TEST_MODE, 0x5aa5);
	ck_assert_uint_eq (put_wide (FORCE, 0x88888888), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, FORCE, 2), 0x88888888);
	periods (1);
	ck_assert_uint_eq (command.balance, 0x88888888);
	ck_assert_uint_eq (get (BMS_INPUT, BALANCE, 2), 0x88888888);
	put (TEST_MODE, 0);
	periods (1);
	ck_assert_uint_eq (command.balance, 0);
	ck_assert_uint_eq (get (BMS_HOLDING, FORCE, 2), 0);
}
END_TEST

START_TEST (a_station_that_falls_silent_ends_test_mode_after_a_minute)
{
	put (TEST_MODE, 0x5aa5);
	put (UVP, 33000);
	put_wide (FORCE, 1);
	periods (2999);
	ck_assert_uint_eq (command.balance, 1);
	periods (1);
	ck_assert_uint_eq (command.balance, 0);
	ck_assert_uint_eq (get (BMS_HOLDING, TEST_MODE, 1), 0);
	ck_assert_uint_eq (get (BMS_HOLDING, UVP, 1), 25000);
}
END_TEST

START_TEST (a_station_that_falls_silent_leaves_no_live_terminals_after_a_minute)
{
	ck_assert_uint_eq (put (CONTACTOR, 1), BMS_MODBUS_OK);
	periods (2999);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, AFE_OUT_MAIN);
	periods (1);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, 0);
	periods (500);
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, 0);
	/* and any request keeps it closed */
	put (CONTACTOR, 1);
	for (guint i = 0; i < 3; i++) {
		periods (2900);
		ck_assert_uint_eq (get (BMS_HOLDING, CONTACTOR, 1), 1);
	}
	ck_assert_uint_eq (command.outputs & AFE_OUT_MAIN, AFE_OUT_MAIN);
}
END_TEST

START_TEST (any_request_keeps_test_mode_alive)
{
	put (TEST_MODE, 0x5aa5);
	for (guint i = 0; i < 5; i++) {
		periods (2900);
		ck_assert_uint_eq (get (BMS_HOLDING, TEST_MODE, 1), 0x5aa5);
	}
}
END_TEST

/* ---- identity and calibration ---- */

static void
write_serial (const char *text)
{
	uint16_t words[BMS_SERIAL_LENGTH / 2] = {0};

	for (gsize i = 0; i < strlen (text); i++)
		words[i / 2] |= (uint16_t)((guint8)text[i] << (i % 2 == 0 ? 8 : 0));
	ck_assert_uint_eq (bms_registers_write (&app, SERIAL, BMS_SERIAL_LENGTH / 2, words), 0);
}

START_TEST (calibration_acts_at_once_and_stays_when_committed)
{
	write_serial ("PL32-000007");
	ck_assert_uint_eq (put_wide (GAIN, (guint32)-4000), 0);
	ck_assert_uint_eq (put (OFFSET, (guint16)-20), 0);
	sample.current_ma = 49980;
	periods (1);
	ck_assert_int_eq ((gint32)get (BMS_INPUT, 103, 2), 49800);
	if (_i == 1)
		ck_assert_uint_eq (put (COMMIT, 0xca1b), 0);
	ck_assert_uint_eq (get (BMS_INPUT, 30, 2), (guint)_i);
	bms_state_init (&app, &rig.port);
	periods (1);
	ck_assert_int_eq ((gint32)get (BMS_INPUT, 103, 2), _i == 1 ? 49800 : 49980);
	ck_assert_str_eq (app.identity.serial, _i == 1 ? "PL32-000007" : "");
}
END_TEST

START_TEST (a_commit_that_the_flash_does_not_keep_is_an_error)
{
	rig.bytes_to_power_cut = 10;
	ck_assert_uint_eq (put (COMMIT, 0xca1b), BMS_MODBUS_FAILURE);
}
END_TEST

START_TEST (a_gain_that_no_sensor_has_is_refused)
{
	ck_assert_uint_eq (put_wide (GAIN, 100000), 0);
	ck_assert_uint_eq (put_wide (GAIN, 100001), BMS_MODBUS_VALUE);
	ck_assert_uint_eq (put_wide (GAIN, (guint32)-100001), BMS_MODBUS_VALUE);
	ck_assert_uint_eq (get (BMS_HOLDING, GAIN, 2), 100000);
}
END_TEST

static TCase *
add_case (Suite *suite, const char *name)
{
	TCase *tc = tcase_create (name);

	tcase_add_checked_fixture (tc, set_up, tear_down);
	tcase_set_timeout (tc, 30);
	suite_add_tcase (suite, tc);
	return tc;
}

int
main (void)
{
	Suite *suite = suite_create ("bms-registers");
	TCase *map = add_case (suite, "map"), *tc = add_case (suite, "requests"),
	      *trip = add_case (suite, "trips"), *test = add_case (suite, "test mode"),
	      *identity = add_case (suite, "identity");

	tcase_add_test (map, every_register_of_the_map_is_in_the_bms_at_its_place_and_size);
	tcase_add_test (map, the_map_leaves_no_register_of_the_bms_out);
	tcase_add_test (map, values_arrive_in_the_units_of_the_map);
	tcase_add_test (tc, a_request_that_names_a_gap_or_half_a_value_is_refused);
	tcase_add_test (tc, a_request_with_one_bad_value_changes_nothing);
	tcase_add_loop_test (tc, switches_and_keys_take_their_values_only, 0, 8);
	tcase_add_test (tc, commands_read_as_nothing);
	tcase_add_test (tc, the_insulation_monitor_is_on_until_it_is_switched_off);
	tcase_add_test (trip, closing_shows_in_outputs_and_opening_too);
	tcase_add_test (trip, a_trip_opens_the_contactor_and_closing_is_refused_until_it_is_gone);
	tcase_add_test (trip, a_short_circuit_opens_at_once_and_is_cleared_by_command);
	tcase_add_loop_test (test, a_shifted_threshold_trips_opens_and_releases_when_test_mode_ends,
			     0, G_N_ELEMENTS (trips));
	tcase_add_test (test, the_comparator_s_threshold_goes_out_to_the_front_end);
	tcase_add_test (test, without_test_mode_limits_stand_and_nothing_is_forced);
	tcase_add_test (test, test_mode_begins_anew_when_it_is_asked_for_again);
	tcase_add_test (test, forced_channels_are_exactly_those_and_end_with_test_mode);
	tcase_add_test (test, a_station_that_falls_silent_ends_test_mode_after_a_minute);
	tcase_add_test (test, a_station_that_falls_silent_leaves_no_live_terminals_after_a_minute);
	tcase_add_test (test, any_request_keeps_test_mode_alive);
	tcase_add_loop_test (identity, calibration_acts_at_once_and_stays_when_committed, 0, 2);
	tcase_add_test (identity, a_commit_that_the_flash_does_not_keep_is_an_error);
	tcase_add_test (identity, a_gain_that_no_sensor_has_is_refused);
	return pl_suite_main (suite);
}
