/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/room.h"
#include <unistd.h>

/* packline-sim's time: who makes it move, by how much, and what comes before. */

START_TEST (time_stands_still_while_a_client_works)
{
	Room *room = room_new ("0", "");
	gint64 start;
	int client;

	room_start (room, NULL);
	client = join (room, &start);
	g_usleep (700000); /* more than twice what makes an idle world run */
	ck_assert_int_eq (wait_us (client, 0), start);
	ck_assert_int_eq (wait_us (client, 1), start + 1);
	ck_assert_int_eq (wait_us (client, 1234567), start + 1234568);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (all_clients_wait_before_time_leaps_to_the_earliest)
{
	Room *room = room_new ("0", "");
	g_autofree char *at_2 = NULL, *at_3 = NULL, *at_5 = NULL;
	gint64 start;
	int a, b;

	room_start (room, NULL);
	a = join (room, &start);
	b = join (room, &start);
	at_2 = g_strdup_printf ("now %" G_GINT64_FORMAT, start + 2000000);
	at_3 = g_strdup_printf ("now %" G_GINT64_FORMAT, start + 3000000);
	at_5 = g_strdup_printf ("now %" G_GINT64_FORMAT, start + 5000000);
	say (a, "wait 5000000\n");
	ck_assert (is_silent (a, 100));
	say (b, "wait 2000000\n");
	expect (b, at_2);
	ck_assert (is_silent (a, 100));
	say (b, "wait 1000000\n");
	expect (b, at_3);
	ck_assert (is_silent (a, 100));
	/* Leaving is by hanging up, and nobody waits for one that has left. */
	close (b);
	expect (a, at_5);
	close (a);
	room_free (room);
}
END_TEST

START_TEST (two_that_are_due_at_once_are_both_answered)
{
	Room *room = room_new ("0", "");
	gint64 start;
	int a, b;

	room_start (room, NULL);
	a = join (room, &start);
	b = join (room, &start);
	say (a, "wait 70000\n");
	ck_assert_int_eq (wait_us (b, 70000), start + 70000);
	ck_assert_int_eq (is_silent (a, 1000), FALSE);
	close (a);
	close (b);
	room_free (room);
}
END_TEST

START_TEST (who_joins_while_others_wait_does_not_disturb_them)
{
	Room *room = room_new ("0", "");
	g_autofree char *at_9 = NULL;
	gint64 start, now;
	int a, b, c;

	room_start (room, NULL);
	a = join (room, &start);
	b = join (room, &start);
	at_9 = g_strdup_printf ("now %" G_GINT64_FORMAT, start + 9000000);
	say (a, "wait 9000000\n");
	c = join (room, &now);
	ck_assert_int_eq (now, start);
	close (b);
	/* The newcomer's own wait is the shorter one and comes first. */
	ck_assert_int_eq (wait_us (c, 4000000), start + 4000000);
	ck_assert (is_silent (a, 50));
	close (c);
	expect (a, at_9);
	close (a);
	room_free (room);
}
END_TEST

START_TEST (asking_the_time_or_the_state_needs_no_joining_and_stops_nobody)
{
	Room *room = room_new ("0", "");
	gint64 start;
	int client, visitor;

	room_start (room, NULL);
	visitor = room_connect (room, "line.sock");
	client = join (room, &start);
	ck_assert_int_eq (wait_us (client, 3000000), start + 3000000);
	say (visitor, "now\n");
	{
		g_autofree char *line = hear (visitor);

		ck_assert_int_eq (g_ascii_strtoll (line + 4, NULL, 10), start + 3000000);
	}
	say (visitor, "wait 5\n");
	expect (visitor, "error join first");
	ck_assert_double_eq_tol (state (room, "time_s"), (double)(start + 3000000) / 1e6, 1e-6);
	close (visitor);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (waits_that_make_no_sense_are_errors)
{
	static const char *const bad[] = {"wait -1\n",	"wait x\n",  "wait 1.5\n",
					  "wait 1e6\n", "wait \n",   "wait 9223372036854775807\n",
					  "wait\n",	"wait 1 2\n"};
	Room *room = room_new ("0", "");
	g_autofree char *line = NULL;
	gint64 start;
	int client, other;

	room_start (room, NULL);
	client = join (room, &start);
	other = join (room, &start);
	say (client, bad[_i]);
	line = hear (client);
	ck_assert_msg (g_str_has_prefix (line, "error "), "%s", line);
	say (client, "wait 1000\nwait 1000\n");
	expect (client, "error this client already waits");
	ck_assert_int_eq (wait_us (other, 1000), start + 1000);
	close (client);
	close (other);
	room_free (room);
}
END_TEST

START_TEST (an_abandoned_world_runs_in_real_time_and_stops_for_a_client)
{
	Room *room = room_new ("0", "");
	double first, later, wall;
	gint64 start, begun;
	int client;

	room_start (room, NULL);
	g_usleep (600000);
	begun = g_get_monotonic_time ();
	first = state (room, "time_s");
	g_usleep (500000);
	later = state (room, "time_s");
	wall = (double)(g_get_monotonic_time () - begun) / 1e6;
	ck_assert_double_gt (first, 0);
	ck_assert_double_gt (later - first, 0.3);
	ck_assert_double_lt (later - first, wall + 0.1);
	client = join (room, &start);
	g_usleep (500000);
	ck_assert_int_eq (wait_us (client, 0), start);
	/* The station's own short absence is not the end of it. */
	close (client);
	g_usleep (5000);
	client = join (room, &begun);
	ck_assert_int_eq (begun, start);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (a_scaled_world_runs_by_the_wall_times_its_scale)
{
	Room *room = room_new ("20", "");
	double before, after, wall;
	gint64 begun, now, start;
	int client;

	room_start (room, NULL);
	begun = g_get_monotonic_time ();
	before = state (room, "time_s");
	g_usleep (500000);
	after = state (room, "time_s");
	wall = (double)(g_get_monotonic_time () - begun) / 1e6;
	ck_assert_double_gt (after - before, 5);
	ck_assert_double_lt (after - before, 20 * (wall + 0.1));
	/* Its clients are answered too; they only do not make time move. */
	client = join (room, &start);
	now = wait_us (client, 2000000);
	ck_assert_int_ge (now, start + 2000000);
	ck_assert_int_lt (now, start + 20000000);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (the_world_advances_in_slices_of_a_tenth_of_a_second_at_most)
{
	Room *room = room_new ("0", "");
	g_autofree char *before = NULL, *after = NULL;
	g_auto (GStrv) was = NULL, is = NULL;
	gint64 start;
	int client, probe;

	room_start (room, NULL);
	client = join (room, &start);
	probe = room_connect (room, "supply.sock");
	say (probe, "ticks?\n");
	before = hear (probe);
	was = g_strsplit (before, " ", 3);
	wait_us (client, 12345678);
	wait_us (client, 5);
	say (probe, "ticks?\n");
	after = hear (probe);
	is = g_strsplit (after, " ", 3);
	ck_assert_int_eq (atoi (is[0]) - atoi (was[0]), 124 + 1);
	ck_assert_int_le (atoi (is[1]), 100000);
	ck_assert_int_eq (atoll (is[2]) - atoll (was[2]), 12345683);
	close (probe);
	close (client);
	room_free (room);
}
END_TEST

/* On every kind of link: the instrument is asked for its time, the wait follows at once on the
 * other socket. */
static const char *const places[] = {"hipot", "supply.sock", "tcp"};

START_TEST (what_was_sent_before_a_wait_is_heard_before_time_moves)
{
	Room *room = room_new ("0", "");
	int client, probe;
	gint64 now;

	room_start (room, NULL);
	client = join (room, &now);
	probe = room_connect (room, places[_i]);
	for (guint i = 0; i < 300; i++) {
		g_autofree char *heard_at = NULL;

		say (probe, "time?\n");
		ck_assert_int_eq (wait_us (client, 60000000), now + 60000000);
		heard_at = hear (probe);
		ck_assert_int_eq (g_ascii_strtoll (heard_at, NULL, 10), now);
		now += 60000000;
	}
	close (probe);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (an_instrument_answers_later_at_its_process_time)
{
	Room *room = room_new ("0", "");
	g_autofree char *late = NULL;
	int client, probe;
	gint64 now;

	room_start (room, NULL);
	client = join (room, &now);
	probe = room_connect (room, places[_i]);
	say (probe, "late 0.3\n");
	ck_assert_int_eq (wait_us (client, 200000), now + 200000);
	ck_assert (is_silent (probe, 50));
	ck_assert_int_eq (wait_us (client, 200000), now + 400000);
	late = hear (probe);
	ck_assert_int_eq (g_ascii_strtoll (late + strlen ("late "), NULL, 10), now + 300000);
	close (probe);
	close (client);
	room_free (room);
}
END_TEST

START_TEST (a_ten_minute_rest_is_exact_and_short)
{
	Room *room = room_new ("0", "  - role: bms\n    driver: modbus-rtu\n    link: pty:bms\n");
	gint64 begun, start;
	int client;

	room_start (room, NULL);
	client = join (room, &start);
	begun = g_get_monotonic_time ();
	ck_assert_int_eq (wait_us (client, 600000000), start + 600000000);
	/* A tenth of this on an idle machine. */
	ck_assert_int_lt (g_get_monotonic_time () - begun, 5000000);
	close (client);
	room_free (room);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("sim-time");
	TCase *tcase = tcase_create ("time");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, time_stands_still_while_a_client_works);
	tcase_add_test (tcase, all_clients_wait_before_time_leaps_to_the_earliest);
	tcase_add_test (tcase, two_that_are_due_at_once_are_both_answered);
	tcase_add_test (tcase, who_joins_while_others_wait_does_not_disturb_them);
	tcase_add_test (tcase, asking_the_time_or_the_state_needs_no_joining_and_stops_nobody);
	tcase_add_loop_test (tcase, waits_that_make_no_sense_are_errors, 0, 8);
	tcase_add_test (tcase, an_abandoned_world_runs_in_real_time_and_stops_for_a_client);
	tcase_add_test (tcase, a_scaled_world_runs_by_the_wall_times_its_scale);
	tcase_add_test (tcase, the_world_advances_in_slices_of_a_tenth_of_a_second_at_most);
	tcase_add_loop_test (tcase, what_was_sent_before_a_wait_is_heard_before_time_moves, 0, 3);
	tcase_add_loop_test (tcase, an_instrument_answers_later_at_its_process_time, 0, 2);
	tcase_add_test (tcase, a_ten_minute_rest_is_exact_and_short);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
