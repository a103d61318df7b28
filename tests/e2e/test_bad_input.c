/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * What people and the world do to a station: garbage in every file and on every wire, a cable
 * pulled, no paper, a full disk, a disk that became read-only, a second station. Each time: it says
 * so, with the exit code for it; nothing is lost, nothing crashes, nothing passes.
 */

#define PACK "PL32-000001"

static char *
in_dir (const Line *line, const char *name)
{
	return g_build_filename (line->dir, name, NULL);
}

static void
says (const Line *line, const char *part)
{
	ck_assert_msg (strstr (line->said, part) != NULL, "\"%s\" is not in: %s", part,
		       line_tail (line));
}

static void
says_not (const Line *line, const char *part)
{
	ck_assert_msg (strstr (line->said, part) == NULL, "\"%s\" is in: %s", part,
		       line_tail (line));
}

/* Exit code and words of any packline command; words are parted by blanks. */
static void
expect (Line *line, int code, const char *words)
{
	g_auto (GStrv) argv = g_strsplit (words, " ", -1);
	int got = line_packline (line, (const char *const *)argv);

	ck_assert_msg (got == code, "packline %s: exit code %d, expected %d: %s", words, got, code,
		       line_tail (line));
}

/* After whatever has happened the memory is whole and signed. */
static void
assert_intact (Line *line)
{
	expect (line, 0, "db check");
	expect (line, 0, "db verify");
}

/* -- files ------------------------------------------------------------------------------------- */

/* BAD stands for the file; a folder in its place is always a slip of the command (3). */
static const struct {
	const char *words;
	int code;
} readers[] = {
    {"run --bench BAD --recipe recipe.yaml --release release.plrel --serial " PACK, 3},
    {"run --bench bench.yaml --recipe BAD --release release.plrel --serial " PACK, 3},
    {"run --bench bench.yaml --recipe recipe.yaml --release BAD --serial " PACK, 3},
    {"recover --bench BAD", 3},
    {"bench-file check BAD", 1},
    {"recipe check BAD", 1},
    {"recipe show BAD", 3},
    {"assemble PL32-000009 --cells BAD", 3},
    {"release make --image BAD --product P --version 1 --hardware 1-5 --counter 1 --key key "
     "--out o.plrel",
     3},
    {"release verify BAD", 1},
    {"release verify release.plrel --key BAD", 3},
    {"release trust BAD", 3},
    {"record verify BAD --key station/station.pub", 1},
    {"record verify bench.yaml --key BAD", 3},
    {"flash --link pty:none BAD", 3},
};

static void
write_bad (Line *line, guint form)
{
	g_autofree char *file = in_dir (line, "bad");
	g_autoptr (GRand) random = g_rand_new_with_seed (20261125);
	guint8 bytes[4096];

	for (guint i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)g_rand_int (random);
	if (form == 0)
		ck_assert (g_file_set_contents (file, (char *)bytes, sizeof bytes, NULL));
	else if (form == 1)
		ck_assert (g_file_set_contents (file, "", 0, NULL));
	else
		ck_assert_int_eq (mkdir (file, 0755), 0);
}

START_TEST (garbage_in_any_file_is_refused_by_name_and_leaves_the_memory_as_it_was)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);

	line_assemble (line, PACK);
	write_bad (line, _i);
	for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
		g_auto (GStrv) parts = g_strsplit (readers[i].words, "BAD", 2);
		g_autofree char *words = g_strjoinv ("bad", parts);

		expect (line, _i == 2 ? 3 : readers[i].code, words);
		says (line, "bad");
	}
	expect (line, 0, "runs");
	says (line, "no run is recorded yet");
	assert_intact (line);
}
END_TEST

/* -- codes ------------------------------------------------------------------------------------- */

/* The operator scans again when the screen says so. */
static gpointer
scan_again (gpointer data)
{
	Line *line = data;
	g_autofree char *log = in_dir (line, "said.log");
	g_autofree char *program =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "fixtures/line/packline-sim", NULL);
	const char *argv[] = {program,	 "--tell", "bench.yaml", "act",
			      "scanner", "scan",   PACK,	 NULL};

	for (guint i = 0; i < 6000; i++) {
		g_autofree char *said = NULL;

		if (g_file_get_contents (log, &said, NULL, NULL) &&
		    strstr (said, "scan it again") != NULL)
			break;
		g_usleep (10000);
	}
	g_spawn_sync (line->dir, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
		      NULL, NULL, NULL);
	return NULL;
}

START_TEST (a_code_with_control_characters_is_refused_and_the_next_scan_is_taken)
{
	static const char *const codes[] = {"PL32-000001\n", "PL32-00\033[2J1", "\xff\xfe", "",
					    "PL32-000001\r\nPL32-000002"};
	g_autoptr (Line) line = line_start (NULL, TRUE);
	GThread *again;

	line_assemble (line, PACK);
	for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
		ck_assert_int_eq (line_run (line, codes[i], NULL), 2);
		says (line, "is not a serial of PL-PACK-32S100");
		says_not (line, "\033");
	}
	g_free (line_tell (line, "act scanner scan PL32-\033[2J"));
	again = g_thread_new ("operator", scan_again, line);
	ck_assert_msg (line_scan_and_run (line) == 0, "%s", line_tail (line));
	g_thread_join (again);
	says (line, "holds a control character; scan it again");
	says_not (line, "\033");
	assert_intact (line);
}
END_TEST

/* -- wires ------------------------------------------------------------------------------------- */

/* Whoever connects gets random bytes for as long as it listens. */
static gpointer
make_noise (gpointer data)
{
	int listener = GPOINTER_TO_INT (data), fd;
	g_autoptr (GRand) random = g_rand_new_with_seed (7);

	while ((fd = accept (listener, NULL, NULL)) >= 0) {
		guint8 bytes[64];

		do
			for (guint i = 0; i < sizeof bytes; i++)
				bytes[i] = (guint8)g_rand_int (random);
		while (send (fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0);
		close (fd);
	}
	return NULL;
}

static void
start_noise (Line *line)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_snprintf (address.sun_path, sizeof address.sun_path, "%s/noise.sock", line->dir);
	ck_assert_int_eq (bind (listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq (listen (listener, 4), 0);
	g_thread_unref (g_thread_new ("noise", make_noise, GINT_TO_POINTER (listener)));
}

/* The bench with one instrument's link going to the noise. */
static void
write_noisy_bench (Line *line, const char *role)
{
	g_autofree char *from = in_dir (line, "bench.yaml"), *to = in_dir (line, "noisy.yaml");
	g_autofree char *pattern = g_strdup_printf ("(role: %s\n.*\n *link:).*", role);
	g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
	g_autofree char *text = NULL, *noisy = NULL;

	ck_assert (g_file_get_contents (from, &text, NULL, NULL));
	noisy = g_regex_replace (regex, text, -1, 0, "\\1 unix:noise.sock", 0, NULL);
	ck_assert_str_ne (noisy, text);
	ck_assert (g_file_set_contents (to, noisy, -1, NULL));
}

static const struct {
	const char *role, *step;
} noisy[] = {{"hipot", "bench-ready"},
	     {"supply", "bench-ready"},
	     {"daq", "bench-ready"},
	     {"printer", "bench-ready"},
	     {"plc", NULL},
	     {"bms", NULL}};

START_TEST (noise_on_a_wire_is_error_names_the_instrument_and_drives_no_terminal)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (PlRunRow) run = NULL;

	line_assemble (line, PACK);
	start_noise (line);
	write_noisy_bench (line, noisy[_i].role);
	expect (line, 2,
		"run --bench noisy.yaml --recipe recipe.yaml --release release.plrel "
		"--serial " PACK);
	ck_assert (g_utf8_validate (line->said, -1, NULL));
	says_not (line, "\033");
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ERROR");
	ck_assert_msg (strstr (run->cause, noisy[_i].role) != NULL, "%s", run->cause);
	if (noisy[_i].step != NULL)
		ck_assert_str_eq (line_blamed (run)->name, noisy[_i].step);
	line_assert_safe (line);
	assert_intact (line);
}
END_TEST

START_TEST (a_cable_pulled_while_its_output_is_on_is_danger_until_it_is_proved_safe)
{
	static const char *const faults[] = {"instrument-unplugged:role=supply at 130", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);

	line_assemble (line, PACK);
	ck_assert_int_eq (line_run (line, PACK, NULL), 2);
	says (line, "DANGER");
	says (line, "may be live: supply output on the pack");
	says (line, "packline recover --bench bench.yaml");
	/* not before its cable is in again */
	ck_assert_int_eq (line_run (line, PACK, NULL), 2);
	says (line, "could not be proved safe: keep out");
	expect (line, 2, "recover --bench bench.yaml");
	says (line, "NOT SAFE");
	g_free (line_tell (line, "clear instrument-unplugged"));
	ck_assert_msg (line_run (line, PACK, NULL) == 0, "%s", line_tail (line));
	says (line, "after the last stop: may be live since");
	says (line, "all outputs are off, the fixture is discharged");
	says_not (line, "DANGER");
	line_assert_safe (line);
	assert_intact (line);
}
END_TEST

START_TEST (a_printer_that_runs_out_of_paper_gives_no_label_to_stick_on)
{
	static const char *const faults[] = {"printer-paper-out at 200", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autofree char *labels = g_build_filename (line->home, "labels", NULL);
	g_autoptr (PlRunRow) run = NULL;

	line_assemble (line, PACK);
	ck_assert_int_eq (line_run (line, PACK, NULL), 2);
	says (line, "put in a new roll");
	says_not (line, "stick the label");
	run = line_last_run (line);
	ck_assert_str_eq (line_blamed (run)->name, "label");
	ck_assert_ptr_null (run->grade);
	ck_assert (!g_file_test (labels, G_FILE_TEST_EXISTS));
	expect (line, 3, "label " PACK);
	says (line, "no run that passed");
	assert_intact (line);
}
END_TEST

/* -- the disk ---------------------------------------------------------------------------------- */

/* Of every file that a child writes from now on: what a full disk does to a database. */
static void
limit_files (rlim_t bytes)
{
	struct rlimit limit;

	ck_assert_int_eq (getrlimit (RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &limit), 0);
}

START_TEST (a_disk_that_fills_up_under_a_run_ends_it_safe_and_the_next_start_says_so)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	int code;

	line_assemble (line, PACK);
	limit_files (300 * 1024);
	code = line_run (line, PACK, NULL);
	limit_files (RLIM_INFINITY);
	ck_assert_msg (code == 2, "exit code %d: %s", code, line_tail (line));
	says (line, "disk is full");
	says (line, "could not be kept");
	line_assert_safe (line);
	assert_intact (line);
	ck_assert_msg (line_run (line, PACK, NULL) == 0, "%s", line_tail (line));
	says (line, "interrupted: run of pack " PACK);
	expect (line, 0, "show " PACK);
	says (line, "? ERROR");
	says (line, "✓ PASS");
	assert_intact (line);
}
END_TEST

/* Root may write anywhere: the children go without its rights, as on a read-only mount. The real id
 * goes too, since a process with two ids cannot be looked at by the leak check. */
static void
make_read_only (Line *line)
{
	static const char *const names[] = {"station.sqlite", "station.sqlite.lock"};

	ck_assert_int_eq (chmod (line->dir, 0777), 0);
	for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
		g_autofree char *file = g_build_filename (line->home, names[i], NULL);

		ck_assert_int_eq (chmod (file, 0444), 0);
	}
	ck_assert_int_eq (chmod (line->home, 0555), 0);
	if (geteuid () == 0)
		ck_assert_int_eq (setresuid (65534, 65534, 0), 0);
}

START_TEST (a_database_that_became_read_only_refuses_a_run_and_can_still_be_read)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *log = in_dir (line, "said.log");
	gboolean was_root = geteuid () == 0;

	line_assemble (line, PACK);
	ck_assert_int_eq (unlink (log), 0);
	make_read_only (line);
	ck_assert_int_eq (line_run (line, PACK, NULL), 3);
	says (line, "check the owner of the station's folder and the mount");
	expect (line, 3, "assemble PL32-000002 X");
	expect (line, 0, "show " PACK);
	says (line, PACK "-CELL-32");
	expect (line, 0, "runs");
	says (line, "no run is recorded yet");
	assert_intact (line);
	if (was_root)
		ck_assert_int_eq (setresuid (0, 0, 0), 0);
	ck_assert_int_eq (chmod (line->home, 0755), 0);
}
END_TEST

/* -- two stations ------------------------------------------------------------------------------ */

START_TEST (a_second_station_on_the_database_or_the_bench_is_refused_and_disturbs_nobody)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *holder = NULL;
	GPid first;

	line_assemble (line, PACK);
	line_assemble (line, "PL32-000002");
	first = line_run_async (line, PACK);
	for (guint i = 0; i < 2000 && line_state (line, "time_s") < 5; i++)
		g_usleep (5000);
	holder = g_strdup_printf ("in use by another station (process %d)", (int)first);
	ck_assert_int_eq (line_run (line, "PL32-000002", NULL), 2);
	says (line, holder);
	expect (line, 2, "recover --bench bench.yaml");
	says (line, holder);
	expect (line, 2, "recover --bench bench.yaml --home other");
	says (line, "bench.yaml is in use by another station");
	expect (line, 0, "show " PACK);
	says (line, "OPEN");
	ck_assert_int_eq (line_wait (first, 60), 0);
	assert_intact (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-bad-input");
	TCase *tcase = tcase_create ("bad input");

	tcase_set_timeout (tcase, 300);
	tcase_add_loop_test (
	    tcase, garbage_in_any_file_is_refused_by_name_and_leaves_the_memory_as_it_was, 0, 3);
	tcase_add_test (tcase,
			a_code_with_control_characters_is_refused_and_the_next_scan_is_taken);
	tcase_add_loop_test (tcase,
			     noise_on_a_wire_is_error_names_the_instrument_and_drives_no_terminal,
			     0, G_N_ELEMENTS (noisy));
	tcase_add_test (tcase,
			a_cable_pulled_while_its_output_is_on_is_danger_until_it_is_proved_safe);
	tcase_add_test (tcase, a_printer_that_runs_out_of_paper_gives_no_label_to_stick_on);
	tcase_add_test (tcase,
			a_disk_that_fills_up_under_a_run_ends_it_safe_and_the_next_start_says_so);
	tcase_add_test (tcase,
			a_database_that_became_read_only_refuses_a_run_and_can_still_be_read);
	tcase_add_test (
	    tcase, a_second_station_on_the_database_or_the_bench_is_refused_and_disturbs_nobody);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
