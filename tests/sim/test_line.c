/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/room.h"
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The whole line as the demo has it: every real simulator and the real BMS behind one packline-sim.
 * Bytes on the wires are from the instruments' manuals and the Modbus specification. */

static Room *room;

static void
set_up (void)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "bench", "demo.yaml", NULL);
	g_autofree char *text = NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (GString) bench = NULL;

	ck_assert_ok (g_file_get_contents (path, &text, NULL, &error), error);
	bench = g_string_new (text);
	/* Suites run side by side: no fixed ports. */
	ck_assert_int_eq (g_string_replace (bench, "tcp:127.0.0.1:15020", "unix:plc.sock", 0), 1);
	ck_assert_int_eq (g_string_replace (bench, "tcp:127.0.0.1:19100", "unix:printer.sock", 0),
			  1);
	room = room_new_with (bench->str);
	room_start (room, NULL);
}

static void
tear_down (void)
{
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	room_free (room);
}

/* Sends a frame and reads an answer of exactly this length. */
static void
exchange (int fd, const void *request, gsize request_len, guint8 *answer, gsize len)
{
	gsize n = 0;

	ck_assert_int_eq (write (fd, request, request_len), (gssize)request_len);
	while (n < len) {
		struct pollfd set = {.fd = fd, .events = POLLIN};
		gssize got;

		ck_assert_msg (poll (&set, 1, 5000) == 1, "%zu of %zu bytes came", n, len);
		got = read (fd, answer + n, len - n);
		ck_assert_int_gt (got, 0);
		n += (gsize)got;
	}
}

/* Modbus TCP function 5: the answer is the request. */
static void
set_coil (int plc, guint8 address, gboolean on)
{
	const guint8 request[] = {0, 1, 0, 0, 0, 6, 1, 5, 0, address, on ? 0xff : 0, 0};
	guint8 answer[sizeof request];

	exchange (plc, request, sizeof request, answer, sizeof answer);
	ck_assert_mem_eq (answer, request, sizeof request);
}

/* Modbus TCP function 2, the seven discrete inputs of the fixture: bit 1 is the closed door. */
static guint8
inputs (int plc)
{
	const guint8 request[] = {0, 2, 0, 0, 0, 6, 1, 2, 0, 0, 0, 7};
	guint8 answer[10];

	exchange (plc, request, sizeof request, answer, sizeof answer);
	ck_assert_int_eq (answer[7], 2);
	return answer[9];
}

static const struct {
	const char *place, *maker;
} scpi[] = {{"hipot", "GPT-"}, {"supply", "ITECH"}, {"daq", "DAQ970A"}};

START_TEST (every_scpi_instrument_says_who_it_is)
{
	int fd = room_connect (room, scpi[_i].place);
	g_autofree char *name = NULL;

	say (fd, "*IDN?\r\n");
	name = hear (fd);
	ck_assert_msg (strstr (name, scpi[_i].maker) != NULL, "%s", name);
	close (fd);
}
END_TEST

START_TEST (the_printer_tells_its_status)
{
	int fd = room_connect (room, "printer.sock");
	guint8 first;

	exchange (fd, "~HS", 3, &first, 1);
	ck_assert_int_eq (first, 0x02);
	close (fd);
}
END_TEST

START_TEST (the_plc_moves_the_world_and_sees_it)
{
	int plc = room_connect (room, "plc.sock"), client;
	gint64 now;

	client = join (room, &now);
	ck_assert_int_ne (inputs (plc) & 2, 0);
	expect_tell (room, "operator door open", "ok");
	wait_us (client, 100000);
	ck_assert_int_eq (inputs (plc) & 2, 0);
	expect_tell (room, "operator door close", "ok");
	set_coil (plc, 1, TRUE);
	wait_us (client, 1000000);
	ck_assert_double_gt (state (room, "clamp_closed"), 0.5);
	set_coil (plc, 0, TRUE);
	wait_us (client, 100000);
	ck_assert_double_gt (state (room, "interlock_ok"), 0.5);
	close (client);
	close (plc);
}
END_TEST

/* Modbus RTU function 4, addresses 0 to 15: the product's name. f1 c6 is the checksum. */
START_TEST (the_bms_runs_the_firmware_of_its_flash)
{
	static const guint8 request[] = {1, 4, 0, 0, 0, 16, 0xf1, 0xc6};
	int plc = room_connect (room, "plc.sock"), bms = room_connect (room, "bms"), client;
	guint8 answer[3 + 32 + 2];
	gint64 now;

	client = join (room, &now);
	set_coil (plc, 8, TRUE);
	wait_us (client, 2000000);
	exchange (bms, request, sizeof request, answer, sizeof answer);
	ck_assert_mem_eq (answer, "\001\004\040PL-BMS-32S\0", 14);
	close (client);
	close (bms);
	close (plc);
}
END_TEST

START_TEST (a_foreign_firmware_says_so)
{
	static const guint8 request[] = {1, 4, 0, 0, 0, 16, 0xf1, 0xc6};
	int plc = room_connect (room, "plc.sock"), client, bms;
	guint8 answer[3 + 32 + 2];
	gint64 now;

	client = join (room, &now);
	expect_tell (room, "fault wrong-firmware", "ok");
	bms = room_connect (room, "bms");
	set_coil (plc, 8, TRUE);
	wait_us (client, 2000000);
	exchange (bms, request, sizeof request, answer, sizeof answer);
	ck_assert_mem_eq (answer, "\001\004\040PL-BMS-16S\0", 14);
	close (client);
	close (bms);
	close (plc);
}
END_TEST

START_TEST (a_dead_station_leaves_the_load_relay_open)
{
	int plc = room_connect (room, "plc.sock"), client;
	gint64 now;

	client = join (room, &now);
	set_coil (plc, 6, TRUE);
	wait_us (client, 100000);
	ck_assert_double_gt (state (room, "load_relay"), 0.5);
	/* The PLC gives a silent station 2 s, in a world that has noticed after 0.3 s that it runs
	 * by itself. */
	close (client);
	close (plc);
	g_usleep (1000000);
	ck_assert_double_gt (state (room, "load_relay"), 0.5);
	for (guint i = 0; i < 100 && state (room, "load_relay") > 0.5; i++)
		g_usleep (100000);
	ck_assert_double_lt (state (room, "load_relay"), 0.5);
	ck_assert_double_gt (state (room, "discharge"), 0.5);
}
END_TEST

START_TEST (ten_minutes_with_all_simulators_and_the_bms_are_short)
{
	gint64 now, begun;
	int client = join (room, &now);

	begun = g_get_monotonic_time ();
	ck_assert_int_eq (wait_us (client, 600000000), now + 600000000);
	/* 0.25 s on an idle machine; sanitizers and neighbours take their share */
	ck_assert_int_lt (g_get_monotonic_time () - begun, 10000000);
	close (client);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("sim-line");
	TCase *tcase = tcase_create ("line");

	tcase_set_timeout (tcase, 60);
	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_loop_test (tcase, every_scpi_instrument_says_who_it_is, 0, 3);
	tcase_add_test (tcase, the_printer_tells_its_status);
	tcase_add_test (tcase, the_plc_moves_the_world_and_sees_it);
	tcase_add_test (tcase, the_bms_runs_the_firmware_of_its_flash);
	tcase_add_test (tcase, a_foreign_firmware_says_so);
	tcase_add_test (tcase, a_dead_station_leaves_the_load_relay_open);
	tcase_add_test (tcase, ten_minutes_with_all_simulators_and_the_bms_are_short);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
