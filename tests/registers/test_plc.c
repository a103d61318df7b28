/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "fixtures/modbus/map.h"
#include "tests/registers/world.h"
#include <errno.h>
#include <modbus/modbus.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern const PlSimType pl_sim_modbus_tcp;
extern const PlDriver pl_driver_modbus_tcp;

/* The wiring list (docs/fixture-plc.md), once more by hand. */
enum { ESTOP_OK, DOOR_CLOSED, DOOR_LOCKED, CLAMP_CLOSED, INTERLOCK_OK, AIR_OK, TWO_HAND };
enum { LOCK, CLAMP, LOAD = 6, DISCHARGE, POWER, BOOT, RESET, FILL, HV };
enum { ROUTE, HEARTBEAT, SAFE_TIMEOUT, LAMPS, BUZZER = 8 };
enum { PRESSURE, LOSSES };

/* -- the simulator alone, under libmodbus's own master ----------------------------------------- */

static Rig *rig;
static modbus_t *master;
static int near;

static void
alone_setup (void)
{
	rig = rig_new (&pl_sim_modbus_tcp, &near);
	master = modbus_new_tcp ("127.0.0.1", 1502);
	modbus_set_socket (master, near);
	modbus_set_slave (master, 1);
	modbus_set_response_timeout (master, 5, 0);
}

static void
alone_teardown (void)
{
	modbus_free (master);
	close (near);
	rig_free (rig);
}

static guint
input (guint address)
{
	guint8 bit;

	ck_assert_int_eq (modbus_read_input_bits (master, (int)address, 1, &bit), 1);
	return bit;
}

static guint
coil (guint address)
{
	guint8 bit;

	ck_assert_int_eq (modbus_read_bits (master, (int)address, 1, &bit), 1);
	return bit;
}

static guint
reg (guint address)
{
	guint16 word;

	ck_assert_int_eq (modbus_read_registers (master, (int)address, 1, &word), 1);
	return word;
}

static guint
input_reg (guint address)
{
	guint16 word;

	ck_assert_int_eq (modbus_read_input_registers (master, (int)address, 1, &word), 1);
	return word;
}

static void
set (guint address, gboolean on)
{
	ck_assert_int_eq (modbus_write_bit (master, (int)address, on), 1);
}

static void
set_reg (guint address, guint value)
{
	ck_assert_int_eq (modbus_write_register (master, (int)address, (guint16)value), 1);
}

START_TEST (inputs_are_what_the_fixture_shows)
{
	PlFixtureState *fixture = &rig->line.fixture;

	ck_assert_uint_eq (input (ESTOP_OK), 1);
	ck_assert_uint_eq (input (DOOR_CLOSED), 1);
	ck_assert_uint_eq (input (DOOR_LOCKED), 0);
	ck_assert_uint_eq (input (AIR_OK), 1);
	ck_assert_uint_eq (input (TWO_HAND), 0);
	fixture->estop_ok = fixture->door_closed = FALSE;
	ck_assert_uint_eq (input (ESTOP_OK), 0);
	ck_assert_uint_eq (input (DOOR_CLOSED), 0);
	rig->line.leak_pressure = -120.7;
	ck_assert_int_eq ((gint16)input_reg (PRESSURE), -120);
	rig->line.leak_pressure = 2500;
	ck_assert_uint_eq (input_reg (PRESSURE), 2500);
}
END_TEST

START_TEST (coils_are_the_fixtures_outputs)
{
	PlFixtureState *fixture = &rig->line.fixture;
	const struct {
		guint address;
		gboolean *output;
	} cases[] = {{CLAMP, &fixture->clamp},	       {LOAD, &fixture->load_relay},
		     {DISCHARGE, &fixture->discharge}, {POWER, &fixture->bms_power},
		     {BOOT, &fixture->bms_boot},       {RESET, &fixture->bms_reset},
		     {FILL, &fixture->leak_fill},      {HV, &fixture->hv_enable},
		     {LOCK, &fixture->door_lock}};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		set (cases[i].address, TRUE);
		ck_assert_uint_eq (coil (cases[i].address), 1);
		ck_assert (*cases[i].output);
		set (cases[i].address, FALSE);
		ck_assert_uint_eq (coil (cases[i].address), 0);
		ck_assert (!*cases[i].output);
	}
	set_reg (ROUTE, PL_ROUTE_HV_CHASSIS);
	ck_assert_uint_eq (reg (ROUTE), PL_ROUTE_HV_CHASSIS);
	ck_assert_int_eq (fixture->route, PL_ROUTE_HV_CHASSIS);
	set_reg (ROUTE, PL_ROUTE_LAST); /* no such place of the matrix */
	ck_assert_int_eq (fixture->route, PL_ROUTE_HV_CHASSIS);
}
END_TEST

START_TEST (the_tower_shows_what_its_registers_hold_and_keeps_it_without_a_station)
{
	for (guint i = 0; i < G_N_ELEMENTS (rig->line.tower.lamps); i++)
		set_reg (LAMPS + i, i % 3);
	set_reg (BUZZER, 5);
	/* a question that comes after it is answered after it is done */
	ck_assert_uint_eq (reg (BUZZER), 5);
	rig->type->tick (rig->sim, 10);
	for (guint i = 0; i < G_N_ELEMENTS (rig->line.tower.lamps); i++)
		ck_assert_uint_eq (rig->line.tower.lamps[i], i % 3);
	ck_assert_uint_eq (rig->line.tower.buzzer, 5);
}
END_TEST

START_TEST (the_clamp_takes_its_travel)
{
	set (CLAMP, TRUE);
	rig_tick (rig, 0.3);
	ck_assert_uint_eq (input (CLAMP_CLOSED), 0);
	rig_tick (rig, 0.2);
	ck_assert_uint_eq (input (CLAMP_CLOSED), 1);
	set (CLAMP, FALSE);
	rig_tick (rig, 0.1);
	ck_assert_uint_eq (input (CLAMP_CLOSED), 0);
}
END_TEST

START_TEST (the_interlock_needs_estop_door_and_lock)
{
	ck_assert_uint_eq (input (INTERLOCK_OK), 0);
	set (LOCK, TRUE);
	ck_assert_uint_eq (input (DOOR_LOCKED), 1);
	ck_assert_uint_eq (input (INTERLOCK_OK), 1);
	rig->line.fixture.estop_ok = FALSE;
	rig_tick (rig, 0.1);
	ck_assert_uint_eq (input (INTERLOCK_OK), 0);
	rig->line.fixture.estop_ok = TRUE;
	rig->line.fixture.door_closed = FALSE; /* forced open */
	rig_tick (rig, 0.1);
	ck_assert_uint_eq (input (DOOR_LOCKED), 0);
	ck_assert_uint_eq (input (INTERLOCK_OK), 0);
}
END_TEST

START_TEST (the_lock_holds_while_the_fixture_is_charged)
{
	set (LOCK, TRUE);
	rig->line.fixture_voltage = 60;
	set (LOCK, FALSE);
	ck_assert_uint_eq (coil (LOCK), 1); /* echoed as asked, reads back as it is */
	ck_assert_uint_eq (input (DOOR_LOCKED), 1);
	rig->line.fixture_voltage = 59;
	set (LOCK, FALSE);
	ck_assert_uint_eq (coil (LOCK), 0);
	ck_assert_uint_eq (input (DOOR_LOCKED), 0);
}
END_TEST

START_TEST (the_estop_drops_what_carries_energy)
{
	set (HV, TRUE);
	set (LOAD, TRUE);
	set (CLAMP, TRUE);
	rig->line.fixture.estop_ok = FALSE;
	rig_tick (rig, 0.1);
	ck_assert (!rig->line.fixture.hv_enable && !rig->line.fixture.load_relay);
	ck_assert_uint_eq (coil (HV), 0);
	ck_assert_uint_eq (coil (LOAD), 0);
	ck_assert_uint_eq (coil (CLAMP), 1);
}
END_TEST

static void
energise (void)
{
	set (LOCK, TRUE);
	set (CLAMP, TRUE);
	set (HV, TRUE);
	set (LOAD, TRUE);
	set (FILL, TRUE);
	set (DISCHARGE, FALSE);
	set_reg (ROUTE, PL_ROUTE_POS_CHASSIS);
}

START_TEST (a_silent_station_makes_outputs_fall_safe_in_process_time)
{
	PlFixtureState *fixture = &rig->line.fixture;

	energise ();
	rig_tick (rig, 1.9);
	ck_assert (fixture->hv_enable && fixture->load_relay && fixture->leak_fill);
	rig_tick (rig, 0.2);
	ck_assert (!fixture->hv_enable && !fixture->load_relay && !fixture->leak_fill);
	ck_assert (fixture->discharge);
	ck_assert_int_eq (fixture->route, PL_ROUTE_NONE);
	ck_assert (fixture->door_lock && fixture->clamp); /* a cage does not open by itself */
	rig_tick (rig, 10);
	ck_assert_uint_eq (input_reg (LOSSES), 1); /* one loss, however long */
	ck_assert_uint_eq (coil (HV), 0); /* and nothing comes back by itself */
	energise ();
	rig_tick (rig, 2.1);
	ck_assert (!fixture->hv_enable);
	ck_assert_uint_eq (input_reg (LOSSES), 2);
}
END_TEST

START_TEST (any_request_keeps_the_outputs_alive)
{
	energise ();
	for (guint i = 0; i < 5; i++) {
		rig_tick (rig, 1.5);
		input (ESTOP_OK);
	}
	for (guint i = 0; i < 5; i++) {
		rig_tick (rig, 1.5);
		set_reg (HEARTBEAT, i);
	}
	ck_assert (rig->line.fixture.hv_enable);
	ck_assert_uint_eq (input_reg (LOSSES), 0);
}
END_TEST

START_TEST (the_patience_is_a_register)
{
	ck_assert_uint_eq (reg (SAFE_TIMEOUT), 2000);
	set_reg (SAFE_TIMEOUT, 500);
	energise ();
	rig_tick (rig, 0.7);
	ck_assert (!rig->line.fixture.hv_enable);
}
END_TEST

START_TEST (what_is_not_wired_is_an_exception)
{
	guint8 bit;
	guint16 word;

	ck_assert_int_eq (modbus_read_bits (master, HV + 1, 1, &bit), -1);
	ck_assert_int_eq (errno, EMBXILADD);
	ck_assert_int_eq (modbus_read_input_bits (master, TWO_HAND + 1, 1, &bit), -1);
	ck_assert_int_eq (errno, EMBXILADD);
	ck_assert_int_eq (modbus_write_register (master, BUZZER + 1, 1), -1);
	ck_assert_int_eq (errno, EMBXILADD);
	ck_assert_int_eq (modbus_read_input_registers (master, LOSSES + 1, 1, &word), -1);
	ck_assert_int_eq (errno, EMBXILADD);
	ck_assert_uint_eq (input (ESTOP_OK), 1); /* and goes on */
}
END_TEST

START_TEST (a_station_that_goes_is_noticed_and_outputs_fall_safe)
{
	energise ();
	shutdown (near, SHUT_RDWR);
	for (guint i = 0; i < 500 && !rig->refused; i++)
		g_usleep (10000);
	ck_assert (rig->refused);
	rig_tick (rig, 2.1);
	ck_assert (!rig->line.fixture.hv_enable);
}
END_TEST

/* -- driver and simulator, each side by its bytes only ----------------------------------------- */

typedef struct {
	PlClock *clock;
	PlInstrument *plc;
	const PlRegisterOps *ops;
	GError *error;
} Station;
static Station s;

static void
together_setup (void)
{
	g_autofree char *map = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps",
						 "plc-fixture.yaml", NULL);
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);

	rig = rig_new (&pl_sim_modbus_tcp, NULL);
	s = (Station){.clock = pl_clock_new_real ()};
	g_hash_table_insert (settings, (gpointer) "map", map);
	s.plc = pl_driver_modbus_tcp.open (PL_ROLE_PLC, rig_take_link (rig), s.clock, settings,
					   &s.error);
	ck_assert_ok (s.plc != NULL, s.error);
	s.plc->name = g_strdup ("plc");
	s.ops = s.plc->ops.registers;
}

static void
together_teardown (void)
{
	pl_instrument_free (s.plc);
	pl_clock_free (s.clock);
	rig_free (rig);
	g_clear_error (&s.error);
}

static double
value (const char *name)
{
	double ret = -1;

	ck_assert_ok (s.ops->read (s.plc, name, &ret, 1, &s.error), s.error);
	return ret;
}

static void
write_ok (const char *name, double to)
{
	ck_assert_ok (s.ops->write (s.plc, name, to, &s.error), s.error);
	ck_assert_double_eq_tol (value (name), to, 1e-9);
}

START_TEST (every_name_of_the_map_is_wired)
{
	g_autofree char *path = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps",
						  "plc-fixture.yaml", NULL);
	g_autoptr (PlMap) map = pl_map_load (path, NULL);

	for (guint i = 0; i < map->registers->len; i++) {
		const PlRegister *r = g_ptr_array_index (map->registers, i);

		value (r->name);
		if (r->writable)
			write_ok (r->name, 1);
	}
	ck_assert (rig->line.fixture.hv_enable && rig->line.fixture.bms_power);
}
END_TEST

START_TEST (the_station_reads_what_the_fixture_shows)
{
	rig->line.leak_pressure = -75;
	ck_assert_double_eq_tol (value ("leak_pressure"), -75, 1e-9);
	rig->line.leak_pressure = 20000;
	ck_assert (!s.ops->read (s.plc, "leak_pressure", &(double){0}, 1, &s.error));
	ck_assert_err (s.error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
	write_ok ("door_lock", 1);
	ck_assert_double_eq_tol (value ("door_locked"), 1, 1e-9);
	ck_assert_double_eq_tol (value ("interlock_ok"), 1, 1e-9);
}
END_TEST

START_TEST (a_door_that_its_guard_holds_is_refused_to_the_station)
{
	write_ok ("door_lock", 1);
	rig->line.fixture_voltage = 500;
	ck_assert (!s.ops->write (s.plc, "door_lock", 0, &s.error));
	ck_assert_err (s.error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (s.error->message, "door_lock of the plc: wrote 0, reads back 1") !=
			   NULL,
		       "%s", s.error->message);
}
END_TEST

START_TEST (making_safe_leaves_no_energy_and_the_door_locked)
{
	PlFixtureState *fixture = &rig->line.fixture;

	write_ok ("door_lock", 1);
	write_ok ("clamp", 1);
	write_ok ("hv_enable", 1);
	write_ok ("load_relay", 1);
	write_ok ("hv_route", PL_ROUTE_GROUND_BOND);
	write_ok ("leak_fill", 1);
	write_ok ("bms_boot", 1);
	ck_assert_ok (s.plc->make_safe (s.plc, &s.error), s.error);
	ck_assert (!fixture->hv_enable && !fixture->load_relay && !fixture->leak_fill &&
		   !fixture->bms_boot);
	ck_assert (fixture->discharge && fixture->door_lock && fixture->clamp);
	ck_assert_int_eq (fixture->route, PL_ROUTE_NONE);
}
END_TEST

START_TEST (an_output_that_fell_safe_is_seen_by_the_station)
{
	write_ok ("hv_enable", 1);
	rig_tick (rig, 2.1);
	ck_assert_double_eq_tol (value ("comms_losses"), 1, 1e-9);
	ck_assert_double_eq_tol (value ("hv_enable"), 0, 1e-9);
	ck_assert_double_eq_tol (value ("discharge"), 1, 1e-9);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-plc");
	TCase *alone = tcase_create ("alone"), *together = tcase_create ("together");

	tcase_set_timeout (alone, 30);
	tcase_add_checked_fixture (alone, alone_setup, alone_teardown);
	tcase_add_test (alone, inputs_are_what_the_fixture_shows);
	tcase_add_test (alone, coils_are_the_fixtures_outputs);
	tcase_add_test (alone,
			the_tower_shows_what_its_registers_hold_and_keeps_it_without_a_station);
	tcase_add_test (alone, the_clamp_takes_its_travel);
	tcase_add_test (alone, the_interlock_needs_estop_door_and_lock);
	tcase_add_test (alone, the_lock_holds_while_the_fixture_is_charged);
	tcase_add_test (alone, the_estop_drops_what_carries_energy);
	tcase_add_test (alone, a_silent_station_makes_outputs_fall_safe_in_process_time);
	tcase_add_test (alone, any_request_keeps_the_outputs_alive);
	tcase_add_test (alone, the_patience_is_a_register);
	tcase_add_test (alone, what_is_not_wired_is_an_exception);
	tcase_add_test (alone, a_station_that_goes_is_noticed_and_outputs_fall_safe);
	suite_add_tcase (suite, alone);
	tcase_set_timeout (together, 30);
	tcase_add_checked_fixture (together, together_setup, together_teardown);
	tcase_add_test (together, every_name_of_the_map_is_wired);
	tcase_add_test (together, the_station_reads_what_the_fixture_shows);
	tcase_add_test (together, a_door_that_its_guard_holds_is_refused_to_the_station);
	tcase_add_test (together, making_safe_leaves_no_energy_and_the_door_locked);
	tcase_add_test (together, an_output_that_fell_safe_is_seen_by_the_station);
	suite_add_tcase (suite, together);
	return pl_suite_main (suite);
}
