/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "tests/registers/world.h"
#include <math.h>
#include <modbus/modbus.h>
#include <string.h>
#include <unistd.h>

extern const PlSimType pl_sim_modbus_tcp;
extern const PlDriver pl_driver_modbus_tcp, pl_driver_modbus_rtu;

static Rig *rig;

static void
at_room (const char *words, gboolean known)
{
	g_autofree char *said = NULL;

	g_mutex_lock (&rig->lock);
	ck_assert_int_eq (rig->type->act (rig->sim, words, &said), known);
	g_mutex_unlock (&rig->lock);
}

/* -- the simulator alone, under libmodbus's own master ----------------------------------------- */

static modbus_t *master;
static int near;

static void
alone_setup (void)
{
	rig = rig_new_as (&pl_sim_modbus_tcp, "chamber", &near);
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

static double
actual (void)
{
	guint16 word;

	ck_assert_int_eq (modbus_read_input_registers (master, 0, 1, &word), 1);
	return (gint16)word / 10.0;
}

static void
drive_to (int tenths)
{
	ck_assert_int_eq (modbus_write_register (master, 0, (guint16)tenths), 1);
	ck_assert_int_eq (modbus_write_bit (master, 0, 1), 1);
}

START_TEST (the_room_comes_to_its_setpoint_in_its_own_time_and_the_rack_feels_it)
{
	ck_assert_double_eq_tol (actual (), 25, 0.05);
	drive_to (450);
	rig_tick (rig, 600);
	ck_assert_double_eq_tol (actual (), 45 - 20 * exp (-1), 0.1);
	ck_assert_double_eq_tol (rig->line.air_degc, actual (), 0.06);
	rig_tick (rig, 4000);
	ck_assert_double_eq_tol (actual (), 45, 0.1);
}
END_TEST

START_TEST (a_room_that_does_not_run_drifts_to_the_hall)
{
	drive_to (450);
	rig_tick (rig, 6000);
	ck_assert_int_eq (modbus_write_bit (master, 0, 0), 1);
	rig_tick (rig, 3600);
	ck_assert_double_eq_tol (actual (), 25 + 20 * exp (-1), 0.2);
}
END_TEST

START_TEST (a_setpoint_beyond_the_room_clamps_without_a_word)
{
	guint16 word;

	drive_to (900);
	ck_assert_int_eq (modbus_read_registers (master, 0, 1, &word), 1);
	ck_assert_uint_eq (word, 600);
	drive_to (-200);
	ck_assert_int_eq (modbus_read_registers (master, 0, 1, &word), 1);
	ck_assert_uint_eq (word, 100);
}
END_TEST

START_TEST (its_limiter_stops_it_until_a_person_clears_it)
{
	guint8 bit;

	drive_to (450);
	at_room ("degc 66", TRUE);
	rig_tick (rig, 1);
	ck_assert_int_eq (modbus_read_input_bits (master, 0, 1, &bit), 1);
	ck_assert_uint_eq (bit, 1);
	ck_assert_int_eq (modbus_write_bit (master, 0, 1), 1);
	ck_assert_int_eq (modbus_read_bits (master, 0, 1, &bit), 1);
	ck_assert_uint_eq (bit, 0);
	at_room ("degc 30", TRUE);
	at_room ("clear", TRUE);
	ck_assert_int_eq (modbus_write_bit (master, 0, 1), 1);
	ck_assert_int_eq (modbus_read_bits (master, 0, 1, &bit), 1);
	ck_assert_uint_eq (bit, 1);
	at_room ("open the window", FALSE);
	at_room ("degc warm", FALSE);
}
END_TEST

/* -- with the station's driver and the example map --------------------------------------------- */

static PlClock *wall;
static PlInstrument *room;

static void
setup (void)
{
	g_autofree char *map = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "maps",
						 "chamber-generic.yaml", NULL);
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;

	rig = rig_new_as (&pl_sim_modbus_tcp, "chamber", NULL);
	wall = pl_clock_new_real ();
	g_hash_table_insert (settings, (gpointer) "map", map);
	room = pl_driver_modbus_tcp.open (PL_ROLE_CHAMBER, rig->link, wall, settings, &error);
	ck_assert_ok (room != NULL, error);
	room->link = rig_take_link (rig);
	room->name = g_strdup ("chamber");
}

static void
teardown (void)
{
	pl_instrument_free (room);
	rig_free (rig);
	pl_clock_free (wall);
}

static double
value (const char *name)
{
	double got = NAN;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (room->ops.registers->read (room, name, &got, 1, &error), error);
	return got;
}

static void
write_ok (const char *name, double to)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (room->ops.registers->write (room, name, to, &error), error);
}

START_TEST (both_modbus_drivers_play_a_chamber)
{
	ck_assert ((pl_driver_modbus_tcp.roles & 1u << PL_ROLE_CHAMBER) != 0);
	ck_assert ((pl_driver_modbus_rtu.roles & 1u << PL_ROLE_CHAMBER) != 0);
}
END_TEST

START_TEST (the_four_names_drive_a_room)
{
	write_ok ("setpoint", 45);
	write_ok ("run", 1);
	rig_tick (rig, 6000);
	ck_assert_double_eq_tol (value ("actual"), 45, 0.1);
	ck_assert_double_eq_tol (value ("setpoint"), 45, 1e-9);
	ck_assert_double_eq_tol (value ("alarm"), 0, 1e-9);
}
END_TEST

START_TEST (a_setpoint_that_the_room_does_not_take_is_refused_with_both_numbers)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!room->ops.registers->write (room, "setpoint", 75, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, "wrote 75 degC, reads back 60 degC") != NULL, "%s",
		       error->message);
}
END_TEST

START_TEST (a_temperature_that_no_ageing_room_has_is_no_reading)
{
	double got = 0;
	g_autoptr (GError) error = NULL;

	at_room ("degc 95", TRUE);
	ck_assert (!room->ops.registers->read (room, "actual", &got, 1, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE);
}
END_TEST

START_TEST (a_room_that_its_limiter_keeps_off_does_not_run)
{
	g_autoptr (GError) error = NULL;

	at_room ("alarm", TRUE);
	ck_assert_double_eq_tol (value ("alarm"), 1, 1e-9);
	ck_assert (!room->ops.registers->write (room, "run", 1, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
}
END_TEST

START_TEST (making_safe_stops_the_heater)
{
	g_autoptr (GError) error = NULL;

	write_ok ("run", 1);
	ck_assert_ok (room->make_safe (room, &error), error);
	ck_assert_double_eq_tol (value ("run"), 0, 1e-9);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-chamber");
	TCase *alone = tcase_create ("alone"), *together = tcase_create ("together");

	tcase_add_checked_fixture (alone, alone_setup, alone_teardown);
	tcase_add_checked_fixture (together, setup, teardown);
	tcase_add_test (alone,
			the_room_comes_to_its_setpoint_in_its_own_time_and_the_rack_feels_it);
	tcase_add_test (alone, a_room_that_does_not_run_drifts_to_the_hall);
	tcase_add_test (alone, a_setpoint_beyond_the_room_clamps_without_a_word);
	tcase_add_test (alone, its_limiter_stops_it_until_a_person_clears_it);
	tcase_add_test (together, both_modbus_drivers_play_a_chamber);
	tcase_add_test (together, the_four_names_drive_a_room);
	tcase_add_test (together,
			a_setpoint_that_the_room_does_not_take_is_refused_with_both_numbers);
	tcase_add_test (together, a_temperature_that_no_ageing_room_has_is_no_reading);
	tcase_add_test (together, a_room_that_its_limiter_keeps_off_does_not_run);
	tcase_add_test (together, making_safe_stops_the_heater);
	suite_add_tcase (suite, alone);
	suite_add_tcase (suite, together);
	return pl_suite_main (suite);
}
