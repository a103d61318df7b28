/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include "tests/folder.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TAIL 3000
#define CALM 60.0 /* s that anything may take on a loaded machine */

static double
scale (void)
{
	const char *text = g_getenv ("PACKLINE_TIMEOUT_SCALE");

	return text != NULL ? g_ascii_strtod (text, NULL) : 1;
}

static char *
in_build (const char *path)
{
	return g_build_filename (g_getenv ("PACKLINE_BUILD"), path, NULL);
}

static char *
in_source (const char *path)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), path, NULL);
}

/* -- the folder -------------------------------------------------------------------------------- */

static char *
read_file (const char *path)
{
	g_autoptr (GError) error = NULL;
	char *text;

	ck_assert_ok (g_file_get_contents (path, &text, NULL, &error), error);
	return text;
}

static void
write_file (const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename (dir, name, NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ok (g_file_set_contents (path, text, -1, &error), error);
}

static void
replace (char **text, const char *pattern, const char *with)
{
	g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
	char *changed = g_regex_replace (regex, *text, -1, 0, with, 0, NULL);

	ck_assert_msg (strcmp (changed, *text) != 0, "nothing matches %s", pattern);
	g_free (*text);
	*text = changed;
}

static char *
date_after (int months)
{
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) then = g_date_time_add_months (now, months);

	return g_date_time_format (then, "%F");
}

/* The demo's bench with unix sockets, so that suites run side by side. */
static void
write_bench (Line *line, const char *name, const char *const *faults, double time_scale,
	     const char *const *changes)
{
	g_autofree char *path = in_source ("data/bench/demo.yaml");
	g_autofree char *last = date_after (-6), *due = date_after (6);
	g_autofree char *calibrated = g_strconcat ("\\1 ", last, NULL);
	g_autofree char *until = g_strconcat ("\\1 ", due, NULL);
	g_autofree char *scale_line = g_strdup_printf ("time_scale: %g", time_scale);
	g_autofree char *named = g_strconcat ("bench: ", name, NULL);
	char *text = read_file (path);
	GString *bench;

	replace (&text, "^bench: demo", named);
	replace (&text, "^( *calibrated:).*", calibrated);
	replace (&text, "^( *calibration_due:).*", until);
	if (time_scale > 0)
		replace (&text, "^time_scale: 0", scale_line);
	replace (&text, "tcp:127.0.0.1:15020", "unix:plc.sock");
	replace (&text, "tcp:127.0.0.1:19100", "unix:printer.sock");
	for (guint i = 0; changes != NULL && changes[i] != NULL; i += 2)
		replace (&text, changes[i], changes[i + 1]);
	bench = g_string_new (text);
	if (faults != NULL && faults[0] != NULL)
		g_string_append (bench, "  faults:\n");
	for (guint i = 0; faults != NULL && faults[i] != NULL; i++)
		g_string_append_printf (bench, "    - \"%s\"\n", faults[i]);
	write_file (line->dir, "bench.yaml", bench->str);
	g_string_free (bench, TRUE);
	g_free (text);
}

static void
write_recipe (Line *line, gboolean fast)
{
	g_autofree char *path = in_source ("data/recipes/pack-eol-32s.yaml");
	char *text = read_file (path);

	if (fast) {
		replace (&text, "rest_s: 600", "rest_s: 60");
		replace (&text, "(voltage_v: 500\\s+time_s:) 60", "\\1 5");
		replace (&text, "time_s: 300", "time_s: 30");
		replace (&text, "tolerance_percent: 1,", "tolerance_percent: 20,");
		replace (&text, "soc_percent: \\{ min: 28, max: 32",
			 "soc_percent: { min: 20, max: 45");
	}
	write_file (line->dir, "recipe.yaml", text);
	g_free (text);
}

/* -- children ---------------------------------------------------------------------------------- */

/* Output of both streams to a file, input from nowhere; ends with its parent. */
static GPid
spawn (Line *line, const char *const *argv, const char *log)
{
	g_autofree char *path = g_build_filename (line->dir, log, NULL);
	GPid pid = fork ();

	ck_assert_int_ge (pid, 0);
	if (pid > 0)
		return pid;
	prctl (PR_SET_PDEATHSIG, SIGKILL);
	setpgid (0, 0);
	g_setenv ("PACKLINE_HOME", line->home, TRUE);
	if (chdir (line->dir) != 0 || freopen (path, "w", stdout) == NULL ||
	    freopen ("/dev/null", "r", stdin) == NULL || dup2 (1, 2) < 0)
		_exit (126);
	execv (argv[0], (char *const *)argv);
	_exit (127);
}

int
line_wait (GPid pid, double patience_s)
{
	gint64 end = g_get_monotonic_time () + (gint64)(patience_s * scale () * G_USEC_PER_SEC);
	int status = 0;

	while (waitpid (pid, &status, WNOHANG) == 0) {
		if (g_get_monotonic_time () > end) {
			kill (pid, SIGKILL);
			waitpid (pid, &status, 0);
			ck_abort_msg ("process %d was still running after %.0f s", pid,
				      patience_s * scale ());
		}
		g_usleep (2000);
	}
	return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

static int
run_child (Line *line, const char *const *argv)
{
	g_autofree char *path = g_build_filename (line->dir, "said.log", NULL);
	int code = line_wait (spawn (line, argv, "said.log"), CALM * 3);

	g_free (line->said);
	line->said = read_file (path);
	return code;
}

const char *
line_tail (const Line *line)
{
	gsize len = strlen (line->said);

	return len > TAIL ? line->said + len - TAIL : line->said;
}

/* argv of `program` with two lists of words behind it. Borrowed words, caller frees the array. */
static const char **
command (const char *program, const char *const *words, const char *const *more)
{
	GPtrArray *argv = g_ptr_array_new ();

	g_ptr_array_add (argv, (gpointer)program);
	for (guint i = 0; words != NULL && words[i] != NULL; i++)
		g_ptr_array_add (argv, (gpointer)words[i]);
	for (guint i = 0; more != NULL && more[i] != NULL; i++)
		g_ptr_array_add (argv, (gpointer)more[i]);
	g_ptr_array_add (argv, NULL);
	return (const char **)g_ptr_array_free (argv, FALSE);
}

int
line_packline (Line *line, const char *const *arguments)
{
	g_autofree char *program = in_build ("station/cli/packline");
	g_autofree const char **argv = command (program, arguments, NULL);

	return run_child (line, argv);
}

static void
must (Line *line, const char *const *arguments)
{
	ck_assert_msg (line_packline (line, arguments) == 0, "packline %s: %s", arguments[0],
		       line_tail (line));
}

static const char *const run_words[] = {"run",		 "--bench",	"bench.yaml",
					"--recipe",	 "recipe.yaml", "--release",
					"release.plrel", "--serial",	NULL};

int
line_run (Line *line, const char *serial, const char *const *more)
{
	g_autofree char *program = in_build ("station/cli/packline");
	g_autofree const char **words = command (serial, more, NULL);
	g_autofree const char **argv = command (program, run_words, words);

	return run_child (line, argv);
}

int
line_scan_and_run (Line *line)
{
	g_autofree char *program = in_build ("station/cli/packline");
	const char *words[G_N_ELEMENTS (run_words)] = {NULL};
	g_autofree const char **argv = NULL;

	memcpy (words, run_words, sizeof words);
	words[G_N_ELEMENTS (run_words) - 2] = NULL; /* all but --serial */
	argv = command (program, words, NULL);
	return run_child (line, argv);
}

GPid
line_run_async (Line *line, const char *serial)
{
	g_autofree char *program = in_build ("station/cli/packline");
	const char *words[] = {serial, NULL};
	g_autofree const char **argv = command (program, run_words, words);

	return spawn (line, argv, "run.log");
}

/* -- the line ---------------------------------------------------------------------------------- */

static void
start_sim (Line *line)
{
	g_autofree char *program = in_build ("fixtures/line/packline-sim");
	g_autofree char *ready = g_build_filename (line->dir, "sim.ready", NULL);
	g_autofree char *log = g_build_filename (line->dir, "sim.log", NULL);
	const char *argv[] = {program, "--ready", "sim.ready", "bench.yaml", NULL};
	gint64 end = g_get_monotonic_time () + (gint64)(CALM * scale () * G_USEC_PER_SEC);

	line->sim = spawn (line, argv, "sim.log");
	while (!g_file_test (ready, G_FILE_TEST_EXISTS)) {
		if (waitpid (line->sim, NULL, WNOHANG) != 0 || g_get_monotonic_time () > end) {
			g_autofree char *text = read_file (log);

			ck_abort_msg ("packline-sim is not ready: %s", text);
		}
		g_usleep (2000);
	}
}

static void
make_release (Line *line)
{
	g_autofree char *image = in_build ("firmware/bms/bms-1.4.2.hex");
	const char *keygen[] = {"release", "keygen", "key", NULL};
	const char *make[] = {"release",       "make",	    "--image", image,	     "--product",
			      "PL-BMS-32S",    "--version", "1.4.2",   "--hardware", "1-5",
			      "--counter",     "4",	    "--key",   "key",	     "--out",
			      "release.plrel", NULL};
	const char *trust[] = {"release", "trust", "key.pub", NULL};

	must (line, keygen);
	must (line, make);
	must (line, trust);
}

void
line_assemble (Line *line, const char *serial)
{
	g_autoptr (GString) cells = g_string_new ("position,serial,grade,vendor,lot\n");
	g_autofree char *board = g_strconcat ("BMS-", serial, NULL);
	const char *words[] = {"assemble", serial, "--cells", "cells.csv", "--bms", board, NULL};

	for (guint i = 1; i <= 32; i++)
		g_string_append_printf (cells, "%u,%s-CELL-%02u,A,test-cells,L1\n", i, serial, i);
	write_file (line->dir, "cells.csv", cells->str);
	must (line, words);
}

static Line *
line_new (void)
{
	Line *line = g_new0 (Line, 1);

	line->dir = test_folder ();
	line->beside = g_ptr_array_new_with_free_func ((GDestroyNotify)line_stop);
	return line;
}

Line *
line_add (Line *first, const char *const *faults)
{
	Line *line = line_new ();
	g_autofree char *name = g_strdup_printf ("line-%u", first->beside->len + 2);

	line->home = g_strdup (first->home);
	write_bench (line, name, faults, 0, NULL);
	start_sim (line);
	g_ptr_array_add (first->beside, line);
	return line;
}

static Line *
start (const char *const *faults, gboolean fast, double time_scale, const char *const *changes)
{
	Line *line = line_new ();

	line->home = g_build_filename (line->dir, "station", NULL);
	write_bench (line, "line-1", faults, time_scale, changes);
	write_recipe (line, fast);
	start_sim (line);
	make_release (line);
	return line;
}

Line *
line_start (const char *const *faults, gboolean fast)
{
	return start (faults, fast, 0, NULL);
}

Line *
line_start_scaled (const char *const *faults, gboolean fast, double time_scale)
{
	return start (faults, fast, time_scale, NULL);
}

Line *
line_start_changed (const char *const *faults, gboolean fast, const char *const *changes)
{
	return start (faults, fast, 0, changes);
}

void
line_stop (Line *line)
{
	g_ptr_array_unref (line->beside);
	if (line->sim > 0) {
		kill (line->sim, SIGTERM);
		line_wait (line->sim, CALM);
	}
	g_free (line->dir);
	g_free (line->home);
	g_free (line->said);
	g_free (line);
}

char *
line_tell (Line *line, const char *text)
{
	g_autofree char *program = in_build ("fixtures/line/packline-sim");
	g_auto (GStrv) split = g_strsplit (text, " ", -1);
	const char *words[] = {"--tell", "bench.yaml", NULL};
	g_autofree const char **argv = command (program, words, (const char *const *)split);

	ck_assert_msg (run_child (line, argv) == 0, "telling the line \"%s\": %s", text,
		       line_tail (line));
	return g_strdup (line->said);
}

double
line_state (Line *line, const char *key)
{
	g_autofree char *all = line_tell (line, "state");
	g_auto (GStrv) lines = g_strsplit (all, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		if (g_str_has_prefix (lines[i], key) && lines[i][strlen (key)] == ' ')
			return g_ascii_strtod (lines[i] + strlen (key) + 1, NULL);
	ck_abort_msg ("the line's state has no %s: %s", key, all);
}

/* -- what the station remembers ---------------------------------------------------------------- */

typedef struct {
	const char *serial; /* NULL = any */
	PlRunRow *run;
} Last;

static gboolean
load_last (sqlite3 *sql, gpointer data, GError **error)
{
	Last *last = data;
	g_autoptr (GPtrArray) runs = pl_run_rows_last (sql, 1000, error);

	for (guint i = 0; runs != NULL && i < runs->len; i++) {
		const PlRunRow *row = g_ptr_array_index (runs, i);

		if (last->serial != NULL && !g_str_equal (row->serial, last->serial))
			continue;
		last->run = pl_run_row_load (sql, row->id, error);
		return last->run != NULL;
	}
	return FALSE;
}

PlRunRow *
line_run_of (Line *line, const char *serial)
{
	g_autofree char *file = g_build_filename (line->home, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_ONLY, &error);
	Last last = {serial, NULL};

	ck_assert_msg (db != NULL, "%s", error != NULL ? error->message : "");
	ck_assert_msg (pl_db_read (db, load_last, &last, &error), "no run of %s: %s",
		       serial != NULL ? serial : "any pack", error != NULL ? error->message : "");
	return last.run;
}

PlRunRow *
line_last_run (Line *line)
{
	return line_run_of (line, NULL);
}

const PlStepRow *
line_blamed (const PlRunRow *run)
{
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		if (g_strcmp0 (step->verdict, "FAIL") == 0 ||
		    g_strcmp0 (step->verdict, "INCONCLUSIVE") == 0)
			return step;
	}
	return NULL;
}

void
line_assert_safe (Line *line)
{
	ck_assert_double_eq (line_state (line, "supply_on"), 0);
	ck_assert_double_eq (line_state (line, "hv_on"), 0);
	ck_assert_double_eq (line_state (line, "hv_enable"), 0);
	ck_assert_double_eq (line_state (line, "load_relay"), 0);
	ck_assert_double_lt (line_state (line, "fixture_v"), 60);
}
