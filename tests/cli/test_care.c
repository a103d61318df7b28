/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <fcntl.h>
#include <signal.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

/* The station's memory and its care, benches, and what goes wrong with disks, other stations and
 * people. */

static char *
database (Place *place)
{
	return g_build_filename (place->home, "station.sqlite", NULL);
}

/* -- db ---------------------------------------------------------------------------------------- */

START_TEST (a_sound_database_is_said_to_be_sound)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) check = NULL, verify = NULL;

	place_assemble (place, "P1", "C");
	check = packline (place, "db", "check", NULL);
	ck_assert_code (check, 0);
	ck_assert_says (check->out, ": sound");
	verify = packline (place, "db", "verify", NULL);
	ck_assert_code (verify, 0);
	ck_assert_says (verify->out, "0 records");
}
END_TEST

/* Overwrites bytes [from, from + 4096) of the file, after the WAL was taken in by the last
 * close. */
static void
damage (const char *file, gsize from)
{
	g_autofree char *noise = g_malloc (4096);
	int fd = open (file, O_WRONLY);

	memset (noise, 0x5a, 4096);
	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (pwrite (fd, noise, 4096, (off_t)from), 4096);
	close (fd);
}

START_TEST (a_damaged_database_exits_1)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = NULL;
	g_autoptr (Reply) check = NULL;

	place_assemble (place, "P1", "C");
	file = database (place);
	damage (file, 4096 * 4);
	check = packline (place, "db", "check", NULL);
	ck_assert_code (check, 1);
	ck_assert_says (check->err, "damaged");
	ck_assert_says (check->err, "restore the last backup");
}
END_TEST

START_TEST (a_file_that_is_no_database_exits_1_and_stays_as_it_is)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = NULL, *after = NULL;
	g_autoptr (Reply) check = NULL, assemble = NULL;

	ck_assert_int_eq (g_mkdir_with_parents (place->home, 0755), 0);
	file = place_write (place, "home/station.sqlite",
			    "this is a letter to my grandmother, not a database, and it is longer "
			    "than a database's header so that nobody takes it for a new one");
	check = packline (place, "db", "check", NULL);
	ck_assert_code (check, 1);
	assemble = packline (place, "assemble", "P1", "C1", NULL);
	ck_assert_code (assemble, 2);
	ck_assert_says (assemble->err, "not a database");
	ck_assert (g_file_get_contents (file, &after, NULL, NULL));
	ck_assert_says (after, "grandmother");
}
END_TEST

START_TEST (a_backup_is_whole_and_never_overwrites)
{
	g_autoptr (Place) place = place_new (), other = place_new ();
	g_autofree char *copy = NULL;
	g_autoptr (Reply) backup = NULL, again = NULL, show = NULL;

	place_assemble (place, "P1", "C");
	ck_assert_int_eq (g_mkdir_with_parents (other->home, 0755), 0);
	copy = database (other);
	backup = packline (place, "db", "backup", copy, NULL);
	ck_assert_code (backup, 0);
	again = packline (place, "db", "backup", copy, NULL);
	ck_assert_code (again, 3);
	ck_assert_says (again->err, "never overwrites");
	show = packline (other, "show", "C7", NULL);
	ck_assert_code (show, 0);
	ck_assert_says (show->out, "built into P1");
}
END_TEST

/* The shell's sqlite3 goes past the triggers as a forger would. */
static gboolean
forge (const char *file, const char *sql)
{
	const char *argv[] = {"sqlite3", file, sql, NULL};
	g_autofree char *found = g_find_program_in_path ("sqlite3");

	return found != NULL && g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
					      NULL, NULL, NULL, NULL, NULL);
}

START_TEST (a_forged_record_in_the_database_is_found)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autofree char *file = database (place);
	g_autoptr (Reply) run =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	g_autoptr (Reply) before = packline (place, "db", "verify", NULL);
	g_autoptr (Reply) after = NULL;

	ck_assert_code (run, 1);
	ck_assert_code (before, 0);
	ck_assert_says (before->out, "1 records");
	if (!forge (file, "DROP TRIGGER record_immutable; UPDATE record SET body = replace (body, "
			  "'FAIL', 'PASS')"))
		return; /* no sqlite3 on this machine */
	after = packline (place, "db", "verify", NULL);
	ck_assert_code (after, 1);
	ck_assert_says (after->err, "the record of run 1 is not the one that the journal holds");
}
END_TEST

START_TEST (lists_show_what_was_recorded)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) run =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	g_autoptr (Reply) runs = packline (place, "runs", NULL);
	g_autoptr (Reply) json = packline (place, "runs", "--json", NULL);
	g_autoptr (Reply) journal = packline (place, "journal", NULL);
	g_autoptr (Reply) instruments = packline (place, "instruments", NULL);
	g_autoptr (Reply) keys = packline (place, "keys", NULL);

	ck_assert_code (run, 1);
	ck_assert_code (runs, 0);
	ck_assert_says (runs->out, "✗ FAIL");
	ck_assert_says (json->out, "\"serial\":\"P1\"");
	ck_assert_code (journal, 0);
	ck_assert_says (journal->out, "record");
	ck_assert_code (instruments, 0);
	ck_assert_code (keys, 0);
	ck_assert_says (keys->out, "station.pub");
	ck_assert_says (keys->out, "no key is trusted yet");
}
END_TEST

START_TEST (runs_are_asked_for_by_serial_verdict_and_day)
{
	static const struct {
		const char *option, *value;
		int code;
		const char *says;
	} asked[] = {
	    {"--serial", "P", 0, "P1"},
	    {"--serial", "P1", 0, "P1"},
	    {"--serial", "P%", 0, "no run fits"},
	    {"--verdict", "FAIL", 0, "P1"},
	    {"--verdict", "PASS", 0, "no run fits"},
	    {"--to", "2020-01-01", 0, "no run fits"},
	    {"--from", "2020-01-01", 0, "P1"},
	    {"--from", "monday", 3, ""},
	};
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) run =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);

	ck_assert_code (run, 1);
	for (guint i = 0; i < G_N_ELEMENTS (asked); i++) {
		g_autoptr (Reply) reply =
		    packline (place, "runs", asked[i].option, asked[i].value, NULL);

		ck_assert_code (reply, asked[i].code);
		ck_assert_says (reply->out, asked[i].says);
		if (asked[i].code != 0)
			ck_assert_says (reply->err, "no day of the calendar");
	}
}
END_TEST

START_TEST (a_note_is_kept_with_its_run_and_shown_and_an_empty_one_is_not)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) run =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	g_autoptr (Reply) note =
	    packline (place, "note", "P1", "welded again", "--operator", "4712", NULL);
	g_autoptr (Reply) empty = packline (place, "note", "P1", "  ", NULL);
	g_autoptr (Reply) nobody = packline (place, "note", "P9", "text", NULL);
	g_autoptr (Reply) show = packline (place, "show", "P1", NULL);

	ck_assert_code (run, 1);
	ck_assert_code (note, 0);
	ck_assert_code (nobody, 3);
	ck_assert_int_ne (empty->code, 0);
	ck_assert_says (empty->err, "without words");
	ck_assert_says (show->out, "UTC, 4712\n    welded again");
}
END_TEST

START_TEST (a_label_is_not_printed_again_for_a_pack_that_never_passed)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) run =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	g_autoptr (Reply) print = packline (place, "print", "P1", "-b", bench, NULL);
	g_autoptr (Reply) no_bench = packline (place, "print", "P1", NULL);

	ck_assert_code (run, 1);
	ck_assert_code (print, 3);
	ck_assert_says (print->err, "no run that passed");
	ck_assert_code (no_bench, 3);
	ck_assert_says (no_bench->err, "--bench");
}
END_TEST

START_TEST (reading_commands_make_nothing_where_nothing_is)
{
	static const char *const commands[][3] = {
	    {"runs"},	      {"journal"},    {"keys"},		{"instruments"}, {"db", "check"},
	    {"db", "verify"}, {"show", "P1"}, {"record", "P1"}, {"label", "P1"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
		g_autoptr (Place) place = place_new ();
		g_autoptr (Reply) reply =
		    packline (place, commands[i][0], commands[i][1], commands[i][2], NULL);

		ck_assert_code (reply, 3);
		ck_assert_says (reply->err, place->home);
		ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
	}
}
END_TEST

/* -- disks and other stations ------------------------------------------------------------------ */

START_TEST (a_file_where_the_folder_should_be_exits_3)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = place_write (place, "home", "a file\n");
	g_autofree char *after = NULL;
	g_autoptr (Reply) reply = packline (place, "assemble", "P1", "C1", NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "packline assemble: ");
	ck_assert_says (reply->err, "--home");
	ck_assert (g_file_get_contents (file, &after, NULL, NULL));
	ck_assert_str_eq (after, "a file\n");
}
END_TEST

START_TEST (a_folder_that_takes_no_file_exits_3)
{
	g_autoptr (Place) place = place_new ();
	/* also root cannot make a file there */
	g_autoptr (Reply) reply = packline (place, "assemble", "P1", "C1", "--home", "/proc", NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "/proc/station.sqlite");
}
END_TEST

START_TEST (a_folder_where_the_database_should_be_exits_3)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = database (place);
	g_autoptr (Reply) reply = NULL;

	ck_assert_int_eq (g_mkdir_with_parents (file, 0755), 0);
	reply = packline (place, "assemble", "P1", "C1", NULL);
	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "station.sqlite");
}
END_TEST

START_TEST (a_full_disk_exits_2_and_loses_nothing)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) full = NULL, p1 = NULL, p2 = NULL, again = NULL;

	place_assemble (place, "P1", "C");
	full = packline_limited (place, 8192, "assemble", "P2", "N1", "N2", NULL);
	ck_assert_code (full, 2);
	ck_assert_says (full->err, "disk");
	p1 = packline (place, "show", "C32", NULL);
	ck_assert_says (p1->out, "built into P1");
	p2 = packline (place, "show", "N1", NULL);
	ck_assert_code (p2, 3);
	again = packline (place, "assemble", "P2", "N1", "N2", NULL);
	ck_assert_code (again, 0);
}
END_TEST

START_TEST (a_disk_that_is_full_from_the_start_exits_2_and_heals)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) full = packline_limited (place, 64, "assemble", "P1", "C1", NULL);
	g_autoptr (Reply) again = packline (place, "assemble", "P1", "C1", NULL);

	ck_assert_code (full, 2);
	ck_assert_code (again, 0);
}
END_TEST

/* How much room lets a run begin and not end depends on the file's layout: try more and more. */
START_TEST (a_full_disk_under_a_run_exits_2_and_the_next_start_says_so)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	g_autoptr (Reply) full = NULL, next = NULL, show = NULL;

	place_assemble (place, "P1", "C");
	for (guint64 room = 32 * 1024;; room += 1024) {
		g_clear_pointer (&full, reply_free);
		full = packline_limited (place, room, "run", "-b", bench, "-r", recipe, "-s", "P1",
					 NULL);
		ck_assert_code (full, 2);
		ck_assert_says (full->err, "disk is full");
		if (strstr (full->err, "could not be kept") != NULL)
			break;
	}
	next = packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	ck_assert_code (next, 0);
	ck_assert_says (next->err, "interrupted: run of pack P1");
	show = packline (place, "show", "P1", NULL);
	ck_assert_code (show, 0);
	ck_assert_says (show->out, "? ERROR");
	ck_assert_says (show->out, "✓ PASS");
}
END_TEST

START_TEST (standard_output_that_is_full_exits_2)
{
	g_autoptr (Place) place = place_new ();
	const char *argv[] = {"sh", "-c", "\"$PACKLINE\" recipe steps >/dev/full", NULL};
	g_autofree char *err = NULL;
	int status;

	ck_assert (g_spawn_sync (place->dir, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
				 NULL, &err, &status, NULL));
	ck_assert_int_eq (WEXITSTATUS (status), 2);
	ck_assert_says (err, "could not be written");
}
END_TEST

START_TEST (a_second_station_on_the_same_database_exits_2_and_names_the_first)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *lock = NULL, *pid = g_strdup_printf ("process %d", (int)getpid ());
	g_autofree char *own = g_strdup_printf ("%d\n", (int)getpid ());
	g_autoptr (Reply) second = NULL, reader = NULL;
	int fd;

	place_assemble (place, "P1", "C");
	lock = g_build_filename (place->home, "station.sqlite.lock", NULL);
	fd = open (lock, O_RDWR | O_CLOEXEC);
	ck_assert_int_eq (flock (fd, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq (ftruncate (fd, 0), 0);
	ck_assert_int_gt (pwrite (fd, own, strlen (own), 0), 0);
	second = packline (place, "assemble", "P2", "N1", NULL);
	ck_assert_code (second, 2);
	ck_assert_says (second->err, "in use by another station");
	ck_assert_says (second->err, pid);
	reader = packline (place, "show", "P1", NULL);
	ck_assert_code (reader, 0);
	close (fd);
}
END_TEST

/* -- benches ----------------------------------------------------------------------------------- */

START_TEST (a_bench_file_is_checked_without_opening_anything)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *good =
	    place_write (place, "good.yaml",
			 "bench: b\n"
			 "instruments:\n"
			 "  - { role: printer, driver: zpl-printer, link: \"tcp:127.0.0.1:1\",\n"
			 "      calibrated: 2020-01-01, calibration_due: 2999-01-01 }\n");
	g_autofree char *late =
	    place_write (place, "late.yaml",
			 "bench: b\n"
			 "instruments:\n"
			 "  - { role: printer, driver: zpl-printer, link: \"tcp:127.0.0.1:1\",\n"
			 "      calibrated: 2020-01-01, calibration_due: 2021-01-01 }\n");
	g_autofree char *bad = place_write (place, "bad.yaml", "bench: b\ninstruments: 3\n");
	g_autoptr (Reply) g = packline (place, "bench-file", "check", good, NULL);
	g_autoptr (Reply) l = packline (place, "bench-file", "check", late, NULL);
	g_autoptr (Reply) b = packline (place, "bench-file", "check", bad, NULL);
	g_autoptr (Reply) none = packline (place, "bench-file", "check", "no-such", NULL);

	ck_assert_code (g, 0);
	ck_assert_says (g->out, "zpl-printer");
	ck_assert_code (l, 1);
	ck_assert_says (l->out, "OVERDUE");
	ck_assert_code (b, 1);
	ck_assert_says (b->err, "bad.yaml:2: ");
	ck_assert_code (none, 3);
}
END_TEST

START_TEST (identify_names_the_instrument_that_does_not_answer)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench =
	    place_write (place, "b.yaml",
			 "bench: b\n"
			 "instruments:\n"
			 "  - { role: printer, driver: zpl-printer, link: \"tcp:127.0.0.1:1\" }\n");
	g_autoptr (Reply) reply = packline (place, "bench-file", "identify", bench, NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->out, "✗  printer");
	ck_assert_says (reply->err, "opening the printer: tcp:127.0.0.1:1");
}
END_TEST

START_TEST (recover_exits_2_if_the_bench_cannot_be_made_safe)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *empty = place_bench (place);
	g_autofree char *bench =
	    place_write (place, "b.yaml",
			 "bench: b\n"
			 "instruments:\n"
			 "  - { role: plc, driver: modbus-tcp, link: \"tcp:127.0.0.1:1\",\n"
			 "      settings: { map: plc-fixture.yaml } }\n");
	g_autoptr (Reply) bad = packline (place, "recover", "--bench", bench, NULL);
	g_autoptr (Reply) good = packline (place, "recover", "--bench", empty, NULL);

	ck_assert_code (bad, 2);
	ck_assert_says (bad->err, "NOT SAFE");
	ck_assert_says (bad->err, "call the technician");
	ck_assert_code (good, 0);
	ck_assert_says (good->out, "no run was interrupted");
}
END_TEST

START_TEST (the_driver_table_is_listed)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = packline (place, "drivers", NULL);

	ck_assert_code (reply, 0);
	ck_assert_says (reply->out, "modbus-tcp");
	ck_assert_says (reply->out, "serial-scanner");
	ck_assert_says (reply->out, "tcp:HOST:PORT");
}
END_TEST

/* -- stops ------------------------------------------------------------------------------------- */

/* A pseudo terminal with nobody's scanner on it; *ret_master stays open for the test. */
static char *
silent_line (int *ret_master)
{
	*ret_master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge (*ret_master, 0);
	ck_assert_int_eq (grantpt (*ret_master), 0);
	ck_assert_int_eq (unlockpt (*ret_master), 0);
	return g_strdup (ptsname (*ret_master));
}

static GPid
start_waiting (Place *place, const char *err_file, int *ret_master)
{
	g_autofree char *slave = silent_line (ret_master);
	g_autofree char *text = g_strdup_printf ("bench: b\ninstruments:\n  - { role: scanner, "
						 "driver: serial-scanner, link: \"pty:%s\" }\n",
						 slave);
	g_autofree char *bench = place_write (place, "b.yaml", text);
	g_autofree char *recipe = place_recipe (place);
	g_autofree char *file = database (place);
	GPid pid = packline_start (place, err_file, "run", "-b", bench, "-r", recipe, NULL);

	for (guint i = 0; i < 500 && !g_file_test (file, G_FILE_TEST_EXISTS); i++)
		g_usleep (10000);
	g_usleep (300000);
	return pid;
}

START_TEST (ctrl_c_while_waiting_for_a_scan_exits_4)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *err_file = place_path (place, "err"), *err = NULL;
	int master;
	GPid pid = start_waiting (place, err_file, &master);

	ck_assert_int_eq (kill (pid, SIGINT), 0);
	ck_assert_int_eq (packline_wait (pid), 4);
	ck_assert (g_file_get_contents (err_file, &err, NULL, NULL));
	ck_assert_says (err, "packline run: stopping");
	close (master);
}
END_TEST

START_TEST (a_scanned_pack_is_run)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *err_file = place_path (place, "err");
	g_autoptr (Reply) show = NULL;
	int master;
	GPid pid = start_waiting (place, err_file, &master);

	ck_assert_int_eq (write (master, "P7\r\n", 4), 4);
	ck_assert_int_eq (packline_wait (pid), 1);
	show = packline (place, "show", "P7", "--all", NULL);
	ck_assert_code (show, 0);
	ck_assert_says (show->out, "scanned");
	close (master);
}
END_TEST

/* A PLC that takes the connection and never says a word: each request costs the station its
 * patience. */
static int
mute_plc (guint *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (bind (fd, (struct sockaddr *)&address, len), 0);
	ck_assert_int_eq (listen (fd, 16), 0);
	ck_assert_int_eq (getsockname (fd, (struct sockaddr *)&address, &len), 0);
	*ret_port = ntohs (address.sin_port);
	return fd;
}

static GPid
start_mute (Place *place, guint port, const char *err_file)
{
	g_autofree char *text = g_strdup_printf ("bench: b\ninstruments:\n  - { role: plc, driver: "
						 "modbus-tcp, link: \"tcp:127.0.0.1:%u\",\n"
						 "      settings: { map: plc-fixture.yaml } }\n",
						 port);
	g_autofree char *bench = place_write (place, "b.yaml", text);
	g_autofree char *recipe =
	    place_write (place, "r.yaml",
			 "recipe: r\nversion: 1\ntitle: R\nproduct: X\nserial: \"P[0-9]+\"\n"
			 "setup:\n  - step: fixture-close\n"
			 "main:\n  - step: identify\n    limits:\n"
			 "      cells_count: { min: 0, source: x }\n"
			 "      boards_count: { min: 0, source: x }\n"
			 "      grades_count: { min: 0, source: x }\n"
			 "teardown:\n  - step: make-safe\n");

	return packline_start (place, err_file, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
}

/* Until the run's row stands in the database: from then on there is something to stop. */
static void
await_run (Place *place)
{
	for (guint i = 0; i < 200; i++) {
		g_autoptr (Reply) runs = packline (place, "runs", NULL);

		if (strstr (runs->out, "OPEN") != NULL)
			return;
		g_usleep (20000);
	}
	ck_abort_msg ("no run began");
}

START_TEST (a_second_ctrl_c_does_not_skip_the_teardown_and_says_so)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *err_file = place_path (place, "err"), *err = NULL;
	g_autoptr (Reply) show = NULL;
	guint port;
	int plc = mute_plc (&port);
	GPid pid = start_mute (place, port, err_file);

	await_run (place);
	ck_assert_int_eq (kill (pid, SIGINT), 0);
	g_usleep (50000);
	ck_assert_int_eq (kill (pid, SIGINT), 0);
	g_usleep (50000);
	/* its cable is pulled, or making safe would wait for each of its outputs */
	close (accept (plc, NULL, NULL));
	close (plc);
	ck_assert_int_eq (packline_wait (pid), 4);
	ck_assert (g_file_get_contents (err_file, &err, NULL, NULL));
	ck_assert_says (err, "stopping: the pack is made safe");
	ck_assert_says (err, "already stopping: the teardown makes the pack safe");
	show = packline (place, "show", "P1", NULL);
	ck_assert_says (show->out, "■ ABORTED");
	ck_assert_says (show->out, "Make safe");
}
END_TEST

/* -- other versions ---------------------------------------------------------------------------- */

/* SQLite keeps user_version, our schema's number, big-endian at byte 60 of the file. */
static void
set_schema (Place *place, guint8 schema)
{
	g_autofree char *file = database (place);
	int fd = open (file, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge (fd, 0);
	ck_assert_int_eq (pwrite (fd, &schema, 1, 63), 1);
	close (fd);
}

START_TEST (a_database_of_a_newer_packline_is_left_alone_and_exits_3)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) show = NULL, assemble = NULL;

	place_assemble (place, "P1", "C");
	set_schema (place, 99);
	show = packline (place, "show", "P1", NULL);
	ck_assert_code (show, 3);
	ck_assert_says (show->err, "schema 99");
	ck_assert_says (show->err, "install the newer Packline");
	assemble = packline (place, "assemble", "P2", "N1", NULL);
	ck_assert_code (assemble, 3);
	ck_assert_says (assemble->err, "install the newer Packline");
}
END_TEST

START_TEST (a_database_of_an_older_packline_is_not_read_before_it_is_migrated)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) show = NULL;

	place_assemble (place, "P1", "C");
	set_schema (place, 1);
	show = packline (place, "show", "P1", NULL);
	ck_assert_code (show, 3);
	ck_assert_says (show->err, "brings it up to date");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-care");
	TCase *tests = tcase_create ("care");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, a_sound_database_is_said_to_be_sound);
	tcase_add_test (tests, a_damaged_database_exits_1);
	tcase_add_test (tests, a_file_that_is_no_database_exits_1_and_stays_as_it_is);
	tcase_add_test (tests, a_backup_is_whole_and_never_overwrites);
	tcase_add_test (tests, a_forged_record_in_the_database_is_found);
	tcase_add_test (tests, lists_show_what_was_recorded);
	tcase_add_test (tests, runs_are_asked_for_by_serial_verdict_and_day);
	tcase_add_test (tests, a_note_is_kept_with_its_run_and_shown_and_an_empty_one_is_not);
	tcase_add_test (tests, a_label_is_not_printed_again_for_a_pack_that_never_passed);
	tcase_add_test (tests, reading_commands_make_nothing_where_nothing_is);
	tcase_add_test (tests, a_file_where_the_folder_should_be_exits_3);
	tcase_add_test (tests, a_folder_that_takes_no_file_exits_3);
	tcase_add_test (tests, a_folder_where_the_database_should_be_exits_3);
	tcase_add_test (tests, a_full_disk_exits_2_and_loses_nothing);
	tcase_add_test (tests, a_disk_that_is_full_from_the_start_exits_2_and_heals);
	tcase_add_test (tests, a_full_disk_under_a_run_exits_2_and_the_next_start_says_so);
	tcase_add_test (tests, standard_output_that_is_full_exits_2);
	tcase_add_test (tests, a_second_station_on_the_same_database_exits_2_and_names_the_first);
	tcase_add_test (tests, a_bench_file_is_checked_without_opening_anything);
	tcase_add_test (tests, identify_names_the_instrument_that_does_not_answer);
	tcase_add_test (tests, recover_exits_2_if_the_bench_cannot_be_made_safe);
	tcase_add_test (tests, the_driver_table_is_listed);
	tcase_add_test (tests, ctrl_c_while_waiting_for_a_scan_exits_4);
	tcase_add_test (tests, a_scanned_pack_is_run);
	tcase_add_test (tests, a_second_ctrl_c_does_not_skip_the_teardown_and_says_so);
	tcase_add_test (tests, a_database_of_a_newer_packline_is_left_alone_and_exits_3);
	tcase_add_test (tests, a_database_of_an_older_packline_is_not_read_before_it_is_migrated);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
