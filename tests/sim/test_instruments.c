/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/room.h"
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Instruments on their links, faults, and what an operator does. */

static Room *room;

static void
set_up (void)
{
	room = room_new ("0", "");
	room_start (room, NULL);
}

static void
tear_down (void)
{
	room_free (room);
	room = NULL;
}

static void
expect_error (const char *words, const char *part)
{
	g_autofree char *answer = tell (room, words);

	ck_assert_msg (g_str_has_prefix (answer, "error ") && strstr (answer, part) != NULL,
		       "\"%s\" was answered \"%s\"", words, answer);
}

static gboolean
stands (const char *fault)
{
	g_autofree char *all = tell (room, "faults"),
			*on = g_strconcat ("\non   ", fault, " ", NULL);
	g_autofree char *lines = g_strconcat ("\n", all, NULL);

	return strstr (lines, on) != NULL;
}

/* -- links ------------------------------------------------------------------------------------- */

static const char *const places[] = {"hipot", "supply.sock", "tcp"};

START_TEST (an_instrument_is_told_its_role_and_serial)
{
	int hipot = room_connect (room, "hipot");

	say (hipot, "who?\n");
	expect (hipot, "hipot H1");
	close (hipot);
}
END_TEST

START_TEST (a_new_client_of_a_socket_takes_over_from_the_old_one)
{
	int old = room_connect (room, places[_i]), new;

	say (old, "who?\n");
	g_free (hear (old));
	/* The old one's half command is not the new one's beginning. */
	say (old, "wh");
	new = room_connect (room, places[_i]);
	expect (old, NULL);
	say (new, "who?\n");
	expect (new, _i == 1 ? "supply (null)" : "plc (null)");
	close (old);
	close (new);
}
END_TEST

START_TEST (a_pty_serves_one_client_after_the_other)
{
	for (guint i = 0; i < 20; i++) {
		int hipot = room_connect (room, "hipot");

		say (hipot, "who?\n");
		expect (hipot, "hipot H1");
		close (hipot);
	}
}
END_TEST

START_TEST (binary_bytes_cross_a_pty_unchanged)
{
	g_autofree char *got = NULL;
	int scanner = room_connect (room, "scanner");

	/* Echo, signals (0x03), flow control (0x13) and line ends are what a tty that is not raw
	 * would touch. */
	expect_tell (room, "act scanner scan A\003B\023C\004D\035E", "ok scanned");
	got = hear (scanner);
	ck_assert_str_eq (got, "A\003B\023C\004D\035E");
	close (scanner);
}
END_TEST

START_TEST (a_client_that_never_reads_is_cut_off_and_hurts_nobody)
{
	int deaf = room_connect (room, "supply.sock"), other;
	gint64 now;

	for (guint i = 0; i < 40; i++)
		if (send (deaf, "flood 100\n", 10, MSG_NOSIGNAL) < 0)
			break;
	other = join (room, &now);
	ck_assert_int_eq (wait_us (other, 1000000), now + 1000000);
	close (deaf);
	deaf = room_connect (room, "supply.sock");
	say (deaf, "who?\n");
	expect (deaf, "supply (null)");
	close (deaf);
	close (other);
}
END_TEST

START_TEST (a_pty_that_nobody_reads_loses_bytes_and_blocks_nobody)
{
	int hipot = room_connect (room, "hipot"), client;
	gint64 now;

	for (guint i = 0; i < 20; i++)
		say (hipot, "flood 100\n");
	client = join (room, &now);
	ck_assert_int_eq (wait_us (client, 1000000), now + 1000000);
	close (client);
	close (hipot);
}
END_TEST

/* -- unplugging -------------------------------------------------------------------------------- */

static const char *const roles[] = {"hipot", "supply", "plc"};

START_TEST (an_unplugged_instrument_hangs_up_and_comes_back)
{
	g_autofree char *fault = g_strconcat ("fault instrument-unplugged:role=", roles[_i], NULL);
	g_autofree char *clear = g_strconcat ("clear instrument-unplugged:role=", roles[_i], NULL);
	int fd = room_connect (room, places[_i]);

	expect_tell (room, fault, "ok");
	expect (fd, NULL);
	ck_assert_int_lt (room_try_connect (room, places[_i]), 0);
	/* A pty's link stays where a by-path name would, and leads nowhere. */
	if (_i == 0)
		ck_assert (room_has (room, "hipot"));
	/* Twice is once. */
	expect_tell (room, fault, "ok");
	expect_tell (room, clear, "ok");
	close (fd);
	fd = room_connect (room, places[_i]);
	say (fd, "who?\n");
	g_free (hear (fd));
	close (fd);
}
END_TEST

START_TEST (several_instruments_may_be_unplugged_and_others_go_on)
{
	int plc = room_connect (room, "tcp");

	expect_tell (room, "fault instrument-unplugged:hipot", "ok");
	expect_tell (room, "fault instrument-unplugged:supply", "ok");
	ck_assert_int_lt (room_try_connect (room, "hipot"), 0);
	ck_assert_int_lt (room_try_connect (room, "supply.sock"), 0);
	say (plc, "who?\n");
	expect (plc, "plc (null)");
	expect_tell (room, "clear instrument-unplugged:hipot", "ok");
	ck_assert_int_ge (room_try_connect (room, "hipot"), 0);
	ck_assert_int_lt (room_try_connect (room, "supply.sock"), 0);
	expect_tell (room, "clear instrument-unplugged", "ok");
	ck_assert_int_ge (room_try_connect (room, "supply.sock"), 0);
	expect_error ("fault instrument-unplugged:role=printer", "no role of this bench");
	close (plc);
}
END_TEST

START_TEST (an_unplugged_instrument_lives_on)
{
	int client, supply;
	gint64 now;
	g_autofree char *ticks = NULL;

	client = join (room, &now);
	expect_tell (room, "fault instrument-unplugged:supply", "ok");
	wait_us (client, 5000000);
	expect_tell (room, "clear instrument-unplugged:supply", "ok");
	supply = room_connect (room, "supply.sock");
	say (supply, "ticks?\n");
	ticks = hear (supply);
	ck_assert_int_ge (atoi (ticks), 50);
	close (supply);
	close (client);
}
END_TEST

/* -- faults ------------------------------------------------------------------------------------ */

START_TEST (a_fault_is_put_on_and_taken_off_by_name)
{
	ck_assert (!stands ("loose-busbar"));
	expect_tell (room, "fault loose-busbar:cell=9,ohm=0.001", "ok");
	ck_assert (stands ("loose-busbar"));
	expect_tell (room, "clear loose-busbar", "ok");
	ck_assert (!stands ("loose-busbar"));
	expect_error ("fault loose-bolt", "there is no fault \"loose-bolt\"");
	expect_error ("fault loose-busbar:cell=99", "cell");
	expect_error ("fault loose-busbar at noon", "is not a process time");
	expect_error ("fault loose-busbar at -1", "is not a process time");
	expect_error ("fault loose-busbar at nan", "is not a process time");
	expect_error ("fault", "fault takes SPEC");
	ck_assert (!stands ("loose-busbar"));
}
END_TEST

START_TEST (a_timed_fault_stands_from_its_microsecond_on)
{
	gint64 now, at;
	g_autofree char *fault = NULL, *clear = NULL;
	int client = join (room, &now);

	wait_us (client, 1000000 - now % 1000000);
	at = now - now % 1000000 + 4250000;
	fault = g_strdup_printf ("fault door-open at %.6f", (double)at / 1e6);
	clear = g_strdup_printf ("clear door-open at %.6f", (double)(at + 1000000) / 1e6);
	expect_tell (room, clear, "ok");
	expect_tell (room, fault, "ok");
	wait_us (client, 3250000 - 1);
	ck_assert (!stands ("door-open"));
	ck_assert_int_eq (wait_us (client, 1), at);
	ck_assert (stands ("door-open"));
	ck_assert_double_lt (state (room, "door_closed"), 0.5);
	ck_assert_int_eq (wait_us (client, 999999), at + 999999);
	ck_assert (stands ("door-open"));
	wait_us (client, 1);
	ck_assert (!stands ("door-open"));
	close (client);
}
END_TEST

START_TEST (a_timed_fault_comes_on_time_in_the_middle_of_a_wait_and_does_not_shift_it)
{
	gint64 now, at;
	int client = join (room, &now), hipot = room_connect (room, "hipot"),
	    supply = room_connect (room, "supply.sock");
	g_autofree char *unplug = NULL, *door = NULL, *since = NULL;

	at = now + 2123457;
	unplug = g_strdup_printf ("fault instrument-unplugged:hipot at %.6f", (double)at / 1e6);
	door = g_strdup_printf ("fault door-open at %.6f", (double)at / 1e6);
	expect_tell (room, unplug, "ok");
	expect_tell (room, door, "ok");
	ck_assert_int_eq (wait_us (client, 10000000), now + 10000000);
	expect (hipot, NULL);
	say (supply, "door?\n");
	since = hear (supply);
	ck_assert_int_eq (atoll (since), at);
	close (supply);
	close (hipot);
	close (client);
}
END_TEST

START_TEST (a_fault_that_is_to_come_is_checked_when_it_is_asked_for)
{
	expect_error ("fault loose-bolt at 100", "there is no fault");
	expect_error ("fault loose-busbar:cell=99 at 100", "cell");
	expect_error ("fault instrument-unplugged:printer at 100", "no role of this bench");
}
END_TEST

START_TEST (faults_come_from_the_bench_file_and_the_command_line_too)
{
	gint64 now;
	int client;

	room_free (room);
	room =
	    room_new ("0", "simulation:\n  seed: 3\n  faults: [loose-busbar, door-open at 50]\n");
	room_start (room, "--fault", "instrument-unplugged:hipot", "--fault", "bms-silent at 60.5",
		    NULL);
	client = join (room, &now);
	ck_assert (stands ("loose-busbar"));
	ck_assert (stands ("instrument-unplugged"));
	ck_assert_int_lt (room_try_connect (room, "hipot"), 0);
	ck_assert (!stands ("door-open"));
	wait_us (client, 50000000 - now);
	ck_assert (stands ("door-open"));
	ck_assert (!stands ("bms-silent"));
	wait_us (client, 10500000);
	ck_assert (stands ("bms-silent"));
	close (client);
}
END_TEST

START_TEST (the_catalogue_is_listed_without_a_bench)
{
	g_autofree char *out = NULL,
			*command = g_strconcat (g_getenv ("PACKLINE_SIM"), " --list-faults", NULL);
	int code;

	ck_assert (g_spawn_command_line_sync (command, &out, NULL, &code, NULL));
	ck_assert_int_eq (code, 0);
	ck_assert_ptr_nonnull (strstr (out, "loose-busbar "));
	ck_assert_ptr_nonnull (strstr (out, "[role=hipot]"));
}
END_TEST

/* -- operator ---------------------------------------------------------------------------------- */

START_TEST (the_scanner_is_triggered_from_outside)
{
	int scanner = room_connect (room, "scanner");

	expect_tell (room, "act scanner scan PL32-000001", "ok scanned");
	expect (scanner, "PL32-000001");
	expect_error ("act scanner dance", "a scanner can");
	expect_error ("act scanner", "a scanner can");
	expect_error ("act hipot scan X", "an operator does nothing on the hipot");
	expect_error ("act printer scan X", "no simulator plays that role");
	close (scanner);
}
END_TEST

START_TEST (a_code_waits_on_the_line_for_a_station_that_opens_it_later)
{
	int scanner;

	expect_tell (room, "act scanner scan EARLY", "ok scanned");
	scanner = room_connect (room, "scanner");
	expect (scanner, "EARLY");
	close (scanner);
}
END_TEST

START_TEST (door_and_emergency_stop_are_the_operators)
{
	int hipot = room_connect (room, "hipot");

	expect_tell (room, "operator door open", "ok");
	ck_assert_double_lt (state (room, "door_closed"), 0.5);
	expect_tell (room, "operator door close", "ok");
	ck_assert_double_gt (state (room, "door_closed"), 0.5);
	expect_tell (room, "operator estop press", "ok");
	ck_assert_double_lt (state (room, "estop_ok"), 0.5);
	expect_tell (room, "operator estop release", "ok");
	ck_assert_double_gt (state (room, "estop_ok"), 0.5);
	expect_error ("operator window open", "an operator can");
	/* Nobody opens a bolted door. */
	say (hipot, "lock 1\nwho?\n");
	g_free (hear (hipot));
	expect_error ("operator door open", "the door is locked");
	ck_assert_double_gt (state (room, "door_closed"), 0.5);
	close (hipot);
}
END_TEST

START_TEST (state_tells_what_is_true)
{
	static const char *const keys[] = {"time_s",	   "door_closed",
					   "door_lock",	   "estop_ok",
					   "interlock_ok", "hv_enable",
					   "route",	   "load_relay",
					   "discharge",	   "bms_power",
					   "clamp",	   "main_contactor",
					   "supply_on",	   "hv_on",
					   "hv_level",	   "fixture_v",
					   "terminal_v",   "stack_v",
					   "supply_a",	   "shunt_a",
					   "bms_running",  "leak_pressure_pa",
					   "lamp_red",	   "buzzer"};
	g_autofree char *all = tell (room, "state");

	for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
		state (room, keys[i]);
	ck_assert (g_str_has_suffix (all, "\n."));
	/* 32 cells at rest, contactors open */
	ck_assert_double_gt (state (room, "stack_v"), 32 * 3.0);
	ck_assert_double_lt (state (room, "stack_v"), 32 * 3.6);
	ck_assert_double_lt (state (room, "terminal_v"), 1);
	ck_assert_double_lt (state (room, "main_contactor"), 0.5);
}
END_TEST

/* -- words that are none ----------------------------------------------------------------------- */

START_TEST (words_that_make_no_sense_are_errors)
{
	static const char *const bad[] = {"",	     " ",	  "hello",	  "JOIN",
					  "join me", "state now", "fault ",	  "\377\376 \001",
					  "faultX",  "operator",  "quit now",	  "wait",
					  "act",     "fault :::", "fault = at 5", "clear x at"};

	expect_error (bad[_i], "");
	expect_tell (room, "operator door close", "ok");
}
END_TEST

START_TEST (noise_on_the_control_socket_is_cut_off)
{
	g_autofree char *noise = g_strnfill (100000, 'n');
	g_autofree char *answer = NULL;
	int fd = room_connect (room, "line.sock");

	ck_assert_int_gt (send (fd, noise, 100000, MSG_NOSIGNAL), 0);
	answer = hear (fd);
	ck_assert_msg (answer == NULL || g_str_has_prefix (answer, "error "), "%s", answer);
	close (fd);
	fd = room_connect (room, "line.sock");
	ck_assert_int_eq (write (fd, "no\0w\nstate\n", 11), 11);
	answer = (g_free (answer), hear (fd));
	ck_assert_msg (g_str_has_prefix (answer, "error "), "%s", answer);
	close (fd);
	expect_tell (room, "operator door close", "ok");
}
END_TEST

START_TEST (several_commands_may_come_at_once)
{
	int fd = room_connect (room, "line.sock");

	say (fd, "operator door open\r\noperator door");
	expect (fd, "ok");
	ck_assert (is_silent (fd, 50));
	say (fd, " close\nhelp\n");
	expect (fd, "ok");
	for (;;) {
		g_autofree char *line = hear (fd);

		ck_assert_ptr_nonnull (line);
		if (g_str_equal (line, "."))
			break;
	}
	close (fd);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("sim-instruments");
	TCase *tcase = tcase_create ("instruments");

	tcase_set_timeout (tcase, 60);
	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, an_instrument_is_told_its_role_and_serial);
	tcase_add_loop_test (tcase, a_new_client_of_a_socket_takes_over_from_the_old_one, 1, 3);
	tcase_add_test (tcase, a_pty_serves_one_client_after_the_other);
	tcase_add_test (tcase, binary_bytes_cross_a_pty_unchanged);
	tcase_add_test (tcase, a_client_that_never_reads_is_cut_off_and_hurts_nobody);
	tcase_add_test (tcase, a_pty_that_nobody_reads_loses_bytes_and_blocks_nobody);
	tcase_add_loop_test (tcase, an_unplugged_instrument_hangs_up_and_comes_back, 0, 3);
	tcase_add_test (tcase, several_instruments_may_be_unplugged_and_others_go_on);
	tcase_add_test (tcase, an_unplugged_instrument_lives_on);
	tcase_add_test (tcase, a_fault_is_put_on_and_taken_off_by_name);
	tcase_add_test (tcase, a_timed_fault_stands_from_its_microsecond_on);
	tcase_add_test (tcase,
			a_timed_fault_comes_on_time_in_the_middle_of_a_wait_and_does_not_shift_it);
	tcase_add_test (tcase, a_fault_that_is_to_come_is_checked_when_it_is_asked_for);
	tcase_add_test (tcase, faults_come_from_the_bench_file_and_the_command_line_too);
	tcase_add_test (tcase, the_catalogue_is_listed_without_a_bench);
	tcase_add_test (tcase, the_scanner_is_triggered_from_outside);
	tcase_add_test (tcase, a_code_waits_on_the_line_for_a_station_that_opens_it_later);
	tcase_add_test (tcase, door_and_emergency_stop_are_the_operators);
	tcase_add_test (tcase, state_tells_what_is_true);
	tcase_add_loop_test (tcase, words_that_make_no_sense_are_errors, 0, 16);
	tcase_add_test (tcase, noise_on_the_control_socket_is_cut_off);
	tcase_add_test (tcase, several_commands_may_come_at_once);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
