/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The rework recipe as it is run at a terminal: what hands do, a code, a look. */

#define PACK "PL32-000001"
#define PATIENCE_US (60 * G_USEC_PER_SEC)

typedef struct {
	int fd;
	GPid pid;
	GString *seen;
	gsize read_to; /* what has been waited for */
} Terminal;

static char *
rework_recipe (void)
{
	return g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
				 "pack-rework-32s.yaml", NULL);
}

static void
start (Terminal *terminal, Line *line)
{
	g_autofree char *program =
	    g_build_filename (g_getenv ("PACKLINE_BUILD"), "station", "cli", "packline", NULL);
	g_autofree char *recipe = rework_recipe ();
	struct winsize size = {.ws_row = 50, .ws_col = 100};

	terminal->seen = g_string_new (NULL);
	/* a terminal: answers are read from nothing else */
	terminal->pid = forkpty (&terminal->fd, NULL, NULL, &size);
	ck_assert_int_ge (terminal->pid, 0);
	if (terminal->pid > 0)
		return;
	/* a test that is given up leaves no run on its line */
	prctl (PR_SET_PDEATHSIG, SIGKILL);
	g_setenv ("PACKLINE_HOME", line->home, TRUE);
	g_setenv ("NO_COLOR", "1", TRUE);
	if (chdir (line->dir) == 0)
		execl (program, program, "run", "--bench", "bench.yaml", "--recipe", recipe,
		       "--serial", PACK, "--operator", "4711", NULL);
	_exit (127);
}

/* Waits until it says so, after what was waited for before. */
static void
await (Terminal *terminal, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	const char *at;

	while ((at = strstr (terminal->seen->str + terminal->read_to, part)) == NULL) {
		char bytes[4096];
		gssize n = read (terminal->fd, bytes, sizeof bytes);

		/* Check shows no more than 8 KiB of a message */
		ck_assert_msg (n > 0 && g_get_monotonic_time () < end, "never said \"%s\": %.3000s",
			       part, terminal->seen->str + MAX (terminal->seen->len, 3000) - 3000);
		g_string_append_len (terminal->seen, bytes, n);
	}
	terminal->read_to = (gsize)(at - terminal->seen->str) + strlen (part);
}

static void
type (Terminal *terminal, const char *line)
{
	g_autofree char *text = g_strconcat (line, "\n", NULL);

	ck_assert_int_eq (write (terminal->fd, text, strlen (text)), strlen (text));
}

/* Reads on, so that the child is not held up by a full terminal. */
static int
end (Terminal *terminal)
{
	char bytes[4096];
	int code;

	while (read (terminal->fd, bytes, sizeof bytes) > 0)
		;
	code = line_wait (terminal->pid, 60);
	close (terminal->fd);
	g_string_free (terminal->seen, TRUE);
	return code;
}

static void
do_hands (Terminal *terminal)
{
	await (terminal, "Reseat the busbar at position 7");
	await (terminal, "busbar-position.svg");
	await (terminal, "[Enter]");
	type (terminal, "");
	await (terminal, "Scan the torque tool");
	type (terminal, "TQ-1");
	await (terminal, "is not the one that is asked for");
	type (terminal, "TQ-0007");
	await (terminal, "[p] pass");
}

static const PlStepRow *
step_named (const PlRunRow *run, const char *name)
{
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		if (g_str_equal (step->name, name))
			return step;
	}
	ck_abort_msg ("no step %s", name);
}

/* A pack whose busbar is loose, found by the whole test; then somebody mends it. */
static Line *
line_with_mended_pack (void)
{
	const char *faults[] = {"loose-busbar", NULL};
	Line *line = line_start (faults, TRUE);

	line_assemble (line, PACK);
	ck_assert_msg (line_run (line, PACK, NULL) == 1, "%s", line_tail (line));
	g_free (line_tell (line, "clear loose-busbar"));
	return line;
}

START_TEST (a_mended_pack_passes_the_rework_recipe_and_a_bad_look_fails_it)
{
	g_autoptr (Line) line = line_with_mended_pack ();
	g_autoptr (PlRunRow) bad = NULL;
	g_autoptr (PlRunRow) good = NULL;
	Terminal terminal = {0};

	start (&terminal, line);
	do_hands (&terminal);
	type (&terminal, "f");
	await (&terminal, "[2] torque mark out of line");
	type (&terminal, "9");
	await (&terminal, "[2] torque mark out of line");
	type (&terminal, "2");
	ck_assert_int_eq (end (&terminal), 1);
	bad = line_last_run (line);
	ck_assert_msg (strstr (bad->cause, "torque mark out of line") != NULL, "%s", bad->cause);
	terminal = (Terminal){0};
	start (&terminal, line);
	do_hands (&terminal);
	type (&terminal, "p");
	ck_assert_int_eq (end (&terminal), 0);
	good = line_last_run (line);
	ck_assert_str_eq (good->verdict, "PASS");
	ck_assert_str_eq (step_named (good, "dcir")->verdict, "PASS");
	line_assert_safe (line);
}
END_TEST

START_TEST (ctrl_c_at_a_question_ends_the_run_and_leaves_all_safe)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	Terminal terminal = {0};

	line_assemble (line, PACK);
	start (&terminal, line);
	await (&terminal, "[Enter]");
	kill (terminal.pid, SIGINT);
	ck_assert_int_eq (end (&terminal), 4);
	line_assert_safe (line);
}
END_TEST

START_TEST (without_a_keyboard_it_is_said_and_nothing_is_judged)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (PlRunRow) run = NULL;
	g_autofree char *recipe = rework_recipe ();
	const char *more[] = {"--recipe", recipe, NULL};

	line_assemble (line, PACK);
	ck_assert_msg (line_run (line, PACK, more) == 2, "%s", line_tail (line));
	run = line_last_run (line);
	ck_assert_str_eq (run->verdict, "ERROR");
	ck_assert_str_eq (step_named (run, "reseat")->verdict, "INCONCLUSIVE");
	ck_assert_msg (strstr (run->cause, "there is no keyboard here") != NULL, "%s", run->cause);
	line_assert_safe (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-prompt");
	TCase *tcase = tcase_create ("prompt");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (tcase, a_mended_pack_passes_the_rework_recipe_and_a_bad_look_fails_it);
	tcase_add_test (tcase, ctrl_c_at_a_question_ends_the_run_and_leaves_all_safe);
	tcase_add_test (tcase, without_a_keyboard_it_is_said_and_nothing_is_judged);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
