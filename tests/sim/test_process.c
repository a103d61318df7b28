/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/room.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* packline-sim and its BMS as processes: beginnings, ends, and what is left behind. */

#define BMS                                                                                        \
	"  - role: bms\n    driver: modbus-rtu\n    link: pty:bms\n    serial: B77\n"              \
	"    settings: { firmware: first.hex }\n"

static const char *const served[] = {"line.sock", "hipot", "supply.sock", "scanner"};

static void
expect_clean (Room *room)
{
	for (guint i = 0; i < G_N_ELEMENTS (served); i++)
		ck_assert_msg (!room_has (room, served[i]), "%s is left", served[i]);
	ck_assert (!room_has (room, "bms"));
	ck_assert (!room_has (room, "sim/afe.sock"));
	ck_assert_int_lt (room_try_connect (room, "tcp"), 0);
}

static void
expect_served (Room *room)
{
	for (guint i = 0; i < G_N_ELEMENTS (served); i++)
		close (room_connect (room, served[i]));
	close (room_connect (room, "tcp"));
}

/* Words of each start of the BMS; the last is empty. */
static GStrv
starts (Room *room)
{
	g_autofree char *text = room_text (room, "sim/bms.flash.starts");

	return g_strsplit (text != NULL ? text : "", "\n", -1);
}

static guint
count_starts (Room *room)
{
	g_auto (GStrv) lines = starts (room);

	return g_strv_length (lines) - 1;
}

static char *
last_start (Room *room)
{
	g_auto (GStrv) lines = starts (room);
	guint n = g_strv_length (lines);

	ck_assert_int_ge (n, 2);
	return g_strdup (lines[n - 2]);
}

static pid_t
last_bms (Room *room)
{
	g_autofree char *words = last_start (room);

	return atoi (words);
}

static gboolean
last_start_has (Room *room, const char *part)
{
	g_autofree char *words = last_start (room);

	return strstr (words, part) != NULL;
}

static gboolean
comes_true (gboolean (*condition) (Room *room), Room *room)
{
	for (guint i = 0; i < 500; i++) {
		if (condition (room))
			return TRUE;
		g_usleep (10000);
	}
	return FALSE;
}

/* -- beginnings and ends ----------------------------------------------------------------------- */

START_TEST (ready_means_that_everything_listens)
{
	Room *room = room_new ("0", BMS);
	g_autofree char *ready = room_path (room, "ready"), *files = room_path (room, "files");

	ck_assert (g_file_set_contents (ready, "of yesterday", -1, NULL));
	room_start (room, "--ready", ready, "--directory", files, NULL);
	expect_served (room);
	ck_assert (room_has (room, "bms"));
	ck_assert (room_has (room, "files/bms.flash"));
	ck_assert (!room_has (room, "sim"));
	/* "ready" comes first, then the file. */
	for (guint i = 0; i < 200 && g_file_test (ready, G_FILE_TEST_EXISTS) == 0; i++)
		g_usleep (10000);
	ck_assert (room_has (room, "ready"));
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	ck_assert (!room_has (room, "ready"));
	room_free (room);
}
END_TEST

static const int signals[] = {SIGTERM, SIGINT, 0};

START_TEST (it_takes_everything_away_when_it_ends)
{
	Room *room = room_new (_i == 0 ? "0" : "3", BMS);
	pid_t bms;
	gint64 now;
	int client;

	room_start (room, NULL);
	bms = last_bms (room);
	client = join (room, &now);
	ck_assert_int_eq (kill (bms, 0), 0);
	if (signals[_i] != 0)
		room_signal (room, signals[_i]);
	else
		expect_tell (room, "quit", "ok");
	ck_assert_int_eq (room_end (room), 0);
	expect_clean (room);
	ck_assert_int_lt (kill (bms, 0), 0);
	expect (client, NULL);
	close (client);
	room_free (room);
}
END_TEST

static gboolean
is_gone (Room *room)
{
	return !room_has (room, "line.sock");
}

START_TEST (it_ends_with_the_program_that_started_it)
{
	Room *room = room_new ("0", "");
	const char *argv[] = {
	    "/bin/sh",	 "-c", "\"$0\" \"$1\" & read line", g_getenv ("PACKLINE_SIM"),
	    room->bench, NULL};
	int in;
	GPid shell;

	ck_assert (g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
					     NULL, NULL, &shell, &in, &room->out, NULL, NULL));
	expect (room->out, "ready");
	g_usleep (600000);
	expect_served (room);
	close (in);
	waitpid (shell, NULL, 0);
	ck_assert (comes_true (is_gone, room));
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (what_a_killed_one_leaves_is_replaced_by_the_next)
{
	Room *room = room_new ("0", BMS);
	pid_t bms;

	g_setenv ("FAKE_BMS", "clings", TRUE);
	room_start (room, NULL);
	bms = last_bms (room);
	room_signal (room, SIGKILL);
	ck_assert_int_eq (room_end (room), -SIGKILL);
	for (guint i = 0; i < G_N_ELEMENTS (served); i++)
		ck_assert (room_has (room, served[i]));
	/* The BMS does not outlive it. (It is adopted and reaped by somebody else.) */
	for (guint i = 0; i < 500 && kill (bms, 0) == 0; i++)
		g_usleep (10000);
	ck_assert_int_lt (kill (bms, 0), 0);
	room_start (room, NULL);
	expect_served (room);
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (a_second_one_of_the_same_bench_is_refused_and_the_first_goes_on)
{
	Room *room = room_new ("0", BMS);
	Room second = *room;
	int hipot;

	room_start (room, NULL);
	hipot = room_connect (room, "hipot");
	second.out = -1;
	second.errors = NULL;
	ck_assert_int_eq (room_fails (&second, NULL), 3);
	ck_assert_ptr_nonnull (strstr (second.errors, "another packline-sim"));
	g_free (second.errors);
	close (second.out);
	expect_served (room);
	say (hipot, "who?\n");
	expect (hipot, "hipot H1");
	ck_assert_int_eq (count_starts (room), 1);
	close (hipot);
	room_free (room);
}
END_TEST

/* -- what cannot be served --------------------------------------------------------------------- */

START_TEST (a_file_in_the_way_is_refused_and_kept)
{
	Room *room = room_new ("0", "");
	g_autofree char *path = room_path (room, served[_i]), *text = NULL;

	ck_assert (g_file_set_contents (path, "mine", -1, NULL));
	ck_assert_int_eq (room_fails (room, NULL), 3);
	ck_assert_msg (strstr (room->errors, "move it away") != NULL, "%s", room->errors);
	text = room_text (room, served[_i]);
	ck_assert_str_eq (text, "mine");
	unlink (path);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (a_port_in_use_is_refused)
{
	Room *room = room_new ("0", ""), *other = room_new ("0", "");
	g_autofree char *text = NULL, *port = g_strdup_printf ("%u", room->port);
	g_autofree char *other_port = g_strdup_printf ("%u", other->port);
	g_autoptr (GString) bench = NULL;

	room_start (room, NULL);
	text = room_text (other, "bench.yaml");
	bench = g_string_new (text);
	g_string_replace (bench, other_port, port, 1);
	ck_assert (g_file_set_contents (other->bench, bench->str, -1, NULL));
	ck_assert_int_eq (room_fails (other, NULL), 3);
	ck_assert_msg (strstr (other->errors, "Address already in use") != NULL &&
			   strstr (other->errors, "plc") != NULL,
		       "%s", other->errors);
	expect_served (room);
	room_free (room);
	room_free (other);
}
END_TEST

static const struct {
	const char *extra, *message;
} bad_benches[] = {
    {"  - role: daq\n    driver: probe\n    link: tcp:0.0.0.0:5025\n", "serves this machine only"},
    {"  - role: daq\n    driver: probe\n    link: tcp:example.com:5025\n",
     "serves this machine only"},
    {"  - role: daq\n    driver: probe\n    link: serial:/dev/ttyS0\n", "cannot be served on"},
    {"  - role: daq\n    driver: probe\n    link: unix:/nonexistent/daq.sock\n", "cannot listen"},
    {"  - role: daq\n    driver: probe\n    link: pty:/nonexistent/daq\n", "cannot make a link"},
    {"  - role: daq\n    driver: modbus-rtu\n    link: pty:daq\n",
     "there is no simulator for driver"},
    {"  - role: daq\n    driver: probe\n    link: pty:daq\n    settings: { broken: true }\n",
     "daq: settings, broken"},
    {"  - role: daq\n    driver: nothing\n    link: pty:daq\n", "does not exist"},
    {"simulation:\n  faults: [loose-bolt]\n", "there is no fault"},
    {"simulation:\n  faults: [\"instrument-unplugged:role=daq\"]\n", "no role of this bench"},
    {"  - garbage: [\n", "bench.yaml"},
};

START_TEST (a_bench_that_cannot_be_served_says_why_and_leaves_nothing)
{
	Room *room = room_new ("0", bad_benches[_i].extra);

	ck_assert_int_eq (room_fails (room, NULL), 3);
	ck_assert_msg (strstr (room->errors, bad_benches[_i].message) != NULL &&
			   g_str_has_prefix (room->errors, "packline-sim: "),
		       "%s", room->errors);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (a_real_bench_is_not_simulated)
{
	Room *room = room_new ("0", "");

	ck_assert (g_file_set_contents (
	    room->bench,
	    "bench: b\ninstruments:\n  - role: daq\n    driver: probe\n    link: unix:x.sock\n", -1,
	    NULL));
	ck_assert_int_eq (room_fails (room, NULL), 3);
	ck_assert_ptr_nonnull (strstr (room->errors, "this is a real bench"));
	room_free (room);
}
END_TEST

START_TEST (command_lines_that_make_no_sense_are_refused)
{
	static const char *const bad[][3] = {
	    {"--bogus", NULL, NULL},	     {"--seed", "x", NULL},
	    {"--seed", "-4", NULL},	     {"another.yaml", NULL, NULL},
	    {"--tell", NULL, NULL},	     {"--list-faults", NULL, NULL},
	    {"--fault", "loose-bolt", NULL}, {"--directory", "/proc/no", NULL}};
	Room *room = room_new ("0", "");

	ck_assert_int_eq (room_fails (room, bad[_i][0], bad[_i][1], bad[_i][2], NULL), 3);
	ck_assert_msg (g_str_has_prefix (room->errors, "packline-sim: "), "%s", room->errors);
	expect_clean (room);
	room_free (room);
}
END_TEST

/* -- the client mode --------------------------------------------------------------------------- */

static int
run_tell (Room *room, const char *words, char **ret_out, char **ret_errors)
{
	g_autofree char *command =
	    g_strdup_printf ("%s --tell %s %s", g_getenv ("PACKLINE_SIM"), room->bench, words);
	int status;

	ck_assert (g_spawn_command_line_sync (command, ret_out, ret_errors, &status, NULL));
	return WEXITSTATUS (status);
}

START_TEST (tell_prints_the_answer_and_exits_by_it)
{
	static const struct {
		const char *words, *out, *errors;
		int code;
	} cases[] = {
	    {"operator door open", "ok\n", "", 0},
	    {"act scanner scan X", "ok scanned\n", "", 0},
	    {"act scanner hop", "", "packline-sim: a scanner can: scan CODE\n", 1},
	    {"nonsense", "", "packline-sim: no such command; help lists them\n", 1},
	};
	Room *room = room_new ("0", "");
	g_autofree char *out = NULL, *errors = NULL;

	room_start (room, NULL);
	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autofree char *said = NULL, *complained = NULL;

		ck_assert_int_eq (run_tell (room, cases[i].words, &said, &complained),
				  cases[i].code);
		ck_assert_str_eq (said, cases[i].out);
		ck_assert_str_eq (complained, cases[i].errors);
	}
	ck_assert_int_eq (run_tell (room, "state", &out, &errors), 0);
	ck_assert (strstr (out, "door_closed 0\n") != NULL && strstr (out, "\n.\n") == NULL);
	ck_assert (!g_str_has_suffix (out, "."));
	room_free (room);
}
END_TEST

START_TEST (tell_to_nobody_is_a_configuration_error)
{
	Room *room = room_new ("0", "");
	g_autofree char *out = NULL, *errors = NULL;

	ck_assert_int_eq (run_tell (room, "state", &out, &errors), 3);
	ck_assert_ptr_nonnull (strstr (errors, "line.sock"));
	room_free (room);
}
END_TEST

/* -- the BMS ----------------------------------------------------------------------------------- */

START_TEST (the_bms_is_started_with_what_the_bench_says)
{
	Room *room = room_new ("0", BMS);
	g_auto (GStrv) lines = NULL;
	g_autofree char *words = NULL, *flash = NULL;

	room_start (room, NULL);
	lines = starts (room);
	words = g_strdup_printf (
	    " --link pty:%s/bms --flash %s/sim/bms.flash --afe unix:%s/sim/afe.sock"
	    " --load %s/first.hex --serial B77",
	    room->directory, room->directory, room->directory, room->directory);
	ck_assert_str_eq (strchr (lines[0], ' '), words);
	flash = room_text (room, "sim/bms.flash");
	ck_assert (g_str_has_suffix (flash, "/first.hex"));
	room_free (room);
}
END_TEST

static gboolean
runs_again (Room *room)
{
	return count_starts (room) == 2 && state (room, "bms_running") > 0.5;
}

START_TEST (a_bms_that_dies_is_started_again_with_its_flash)
{
	Room *room = room_new ("0", BMS);
	g_autofree char *flash = NULL;
	gint64 now;
	int client;

	room_start (room, NULL);
	client = join (room, &now);
	wait_us (client, 1000000);
	flash = room_path (room, "sim/bms.flash");
	ck_assert (g_file_set_contents (flash, "flashed since", -1, NULL));
	/* Noticed although time stands still. */
	kill (last_bms (room), SIGKILL);
	ck_assert (comes_true (runs_again, room));
	wait_us (client, 1000000);
	flash = (g_free (flash), room_text (room, "sim/bms.flash"));
	ck_assert_str_eq (flash, "flashed since");
	close (client);
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	ck_assert_ptr_nonnull (strstr (room->errors, "started again"));
	room_free (room);
}
END_TEST

START_TEST (a_bms_that_keeps_dying_does_not_stop_the_world)
{
	Room *room = room_new ("0", BMS);
	gint64 now;
	int client;

	g_setenv ("FAKE_BMS", "mortal", TRUE);
	room_start (room, NULL);
	client = join (room, &now);
	ck_assert_int_eq (wait_us (client, 5000000), now + 5000000);
	/* It answers four samples each time, so that it is always worth another start. */
	ck_assert_int_ge (count_starts (room), 5);
	close (client);
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (a_bms_out_of_step_is_given_up_until_it_is_plugged_anew)
{
	Room *room = room_new ("0", BMS);
	gint64 now;
	int client;

	g_setenv ("FAKE_BMS", "garbles", TRUE);
	room_start (room, NULL);
	client = join (room, &now);
	ck_assert_int_eq (wait_us (client, 5000000), now + 5000000);
	ck_assert_int_eq (count_starts (room), 3);
	ck_assert_double_lt (state (room, "bms_running"), 0.5);
	expect_tell (room, "fault instrument-unplugged:bms", "ok");
	expect_tell (room, "clear instrument-unplugged:bms", "ok");
	ck_assert_double_gt (state (room, "bms_running"), 0.5);
	close (client);
	room_free (room);
}
END_TEST

static const struct {
	const char *mood, *message;
} moods[] = {{"quits", "ended while it started"}, {"mute", "did not connect to its front end"}};

START_TEST (a_bms_that_does_not_come_up_is_a_configuration_error)
{
	Room *room = room_new ("0", BMS);

	g_setenv ("FAKE_BMS", moods[_i].mood, TRUE);
	ck_assert_int_eq (room_fails (room, NULL), 3);
	ck_assert_msg (strstr (room->errors, moods[_i].message) != NULL, "%s", room->errors);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (a_bms_program_that_is_not_there_is_a_configuration_error)
{
	Room *room = room_new ("0", BMS);

	g_setenv ("PACKLINE_BMS", "/nonexistent/packline-bms", TRUE);
	ck_assert_int_eq (room_fails (room, NULL), 3);
	ck_assert_msg (strstr (room->errors, "PACKLINE_BMS") != NULL, "%s", room->errors);
	expect_clean (room);
	room_free (room);
}
END_TEST

START_TEST (wrong_firmware_is_another_board)
{
	Room *room = room_new ("0", BMS);
	g_autofree char *flash = NULL;

	room_start (room, NULL);
	expect_tell (room, "fault wrong-firmware", "ok");
	flash = room_text (room, "sim/bms.flash");
	ck_assert_msg (g_str_has_suffix (flash, "/firmware/bms/bms-other-product.hex"), "%s",
		       flash);
	ck_assert (last_start_has (room, " --product PL-BMS-16S"));
	/* Another fault beside it changes no board. */
	expect_tell (room, "fault door-open", "ok");
	ck_assert_int_eq (count_starts (room), 2);
	expect_tell (room, "clear wrong-firmware", "ok");
	flash = (g_free (flash), room_text (room, "sim/bms.flash"));
	ck_assert (g_str_has_suffix (flash, "/first.hex"));
	ck_assert (!last_start_has (room, "--product"));
	room_free (room);
	/* From the start: one board, and that is the wrong one. */
	room = room_new ("0", BMS "simulation:\n  faults: [wrong-firmware]\n");
	room_start (room, NULL);
	flash = (g_free (flash), room_text (room, "sim/bms.flash"));
	ck_assert (g_str_has_suffix (flash, "/bms-other-product.hex"));
	ck_assert_int_eq (count_starts (room), 1);
	room_free (room);
}
END_TEST

START_TEST (an_unplugged_bms_is_off_and_keeps_its_flash)
{
	Room *room = room_new ("0", BMS);
	g_autofree char *path = room_path (room, "sim/bms.flash"), *flash = NULL;
	gint64 now;
	int client;

	room_start (room, NULL);
	client = join (room, &now);
	ck_assert (g_file_set_contents (path, "flashed since", -1, NULL));
	expect_tell (room, "fault instrument-unplugged:role=bms", "ok");
	ck_assert (!room_has (room, "bms"));
	ck_assert_double_lt (state (room, "bms_running"), 0.5);
	wait_us (client, 2000000);
	expect_tell (room, "clear instrument-unplugged:role=bms", "ok");
	ck_assert (room_has (room, "bms"));
	wait_us (client, 2000000);
	flash = room_text (room, "sim/bms.flash");
	ck_assert_str_eq (flash, "flashed since");
	close (client);
	room_free (room);
}
END_TEST

START_TEST (each_start_is_a_new_pack)
{
	Room *room = room_new ("0", BMS);
	g_autofree char *path = room_path (room, "sim/bms.flash"), *flash = NULL;

	room_start (room, NULL);
	ck_assert (g_file_set_contents (path, "flashed since", -1, NULL));
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	room_start (room, NULL);
	flash = room_text (room, "sim/bms.flash");
	ck_assert (g_str_has_suffix (flash, "/first.hex"));
	room_free (room);
}
END_TEST

static TCase *
bms_tests (void)
{
	TCase *tcase = tcase_create ("bms");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, the_bms_is_started_with_what_the_bench_says);
	tcase_add_test (tcase, a_bms_that_dies_is_started_again_with_its_flash);
	tcase_add_test (tcase, a_bms_that_keeps_dying_does_not_stop_the_world);
	tcase_add_test (tcase, a_bms_out_of_step_is_given_up_until_it_is_plugged_anew);
	tcase_add_loop_test (tcase, a_bms_that_does_not_come_up_is_a_configuration_error, 0, 2);
	tcase_add_test (tcase, a_bms_program_that_is_not_there_is_a_configuration_error);
	tcase_add_test (tcase, wrong_firmware_is_another_board);
	tcase_add_test (tcase, an_unplugged_bms_is_off_and_keeps_its_flash);
	tcase_add_test (tcase, each_start_is_a_new_pack);
	return tcase;
}

int
main (void)
{
	Suite *suite = suite_create ("sim-process");
	TCase *tcase = tcase_create ("process");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, ready_means_that_everything_listens);
	tcase_add_loop_test (tcase, it_takes_everything_away_when_it_ends, 0, 3);
	tcase_add_test (tcase, it_ends_with_the_program_that_started_it);
	tcase_add_test (tcase, what_a_killed_one_leaves_is_replaced_by_the_next);
	tcase_add_test (tcase, a_second_one_of_the_same_bench_is_refused_and_the_first_goes_on);
	tcase_add_loop_test (tcase, a_file_in_the_way_is_refused_and_kept, 0, 4);
	tcase_add_test (tcase, a_port_in_use_is_refused);
	tcase_add_loop_test (tcase, a_bench_that_cannot_be_served_says_why_and_leaves_nothing, 0,
			     G_N_ELEMENTS (bad_benches));
	tcase_add_test (tcase, a_real_bench_is_not_simulated);
	tcase_add_loop_test (tcase, command_lines_that_make_no_sense_are_refused, 0, 8);
	tcase_add_test (tcase, tell_prints_the_answer_and_exits_by_it);
	tcase_add_test (tcase, tell_to_nobody_is_a_configuration_error);
	suite_add_tcase (suite, tcase);
	suite_add_tcase (suite, bms_tests ());
	return pl_suite_main (suite);
}
