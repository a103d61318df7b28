/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/e2e/line.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

/*
 * kill -9 of the station at random moments of a run. Each time: the database is intact, every step
 * that was stored once is there once and complete, the next start says what may be live and makes
 * it safe, and the interrupted run is ERROR. PACKLINE_KILLS sets how many (100 in the slow suite, a
 * short form otherwise). The moments come from a fixed seed, one in each n-th part of what a run
 * takes on this machine today: where a run spends its time is where most kills hit it.
 */
typedef struct {
	guint runs, open, errors, steps, twice;
} Count;

static gboolean
count (sqlite3 *sql, gpointer data, GError **error)
{
	static const char *const questions[] = {
	    "SELECT count(*) FROM run", "SELECT count(*) FROM run WHERE verdict IS NULL",
	    "SELECT count(*) FROM run WHERE verdict = 'ERROR'", "SELECT count(*) FROM step",
	    "SELECT count(*) FROM (SELECT 1 FROM step GROUP BY "
	    "run, seq, attempt HAVING count(*) > 1)"};
	guint *into = data;

	for (guint i = 0; i < G_N_ELEMENTS (questions); i++) {
		g_autoptr (sqlite3_stmt) statement = pl_sql (sql, error, questions[i], "");

		if (statement == NULL || pl_sql_step (sql, statement, error) != 1)
			return FALSE;
		into[i] = (guint)sqlite3_column_int (statement, 0);
	}
	return TRUE;
}

static Count
count_all (Line *line)
{
	g_autofree char *file = g_build_filename (line->home, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_ONLY, &error);
	Count counted = {0};

	ck_assert_msg (db != NULL, "%s", error != NULL ? error->message : "");
	ck_assert_ok (pl_db_read (db, count, &counted, &error), error);
	return counted;
}

static guint
kills (void)
{
	const char *text = g_getenv ("PACKLINE_KILLS");

	return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : 8;
}

/* How long a run takes that nobody disturbs, in s of wall time. */
static double
run_length (Line *line)
{
	gint64 start = g_get_monotonic_time ();

	ck_assert_msg (line_run (line, "PL32-000001", NULL) == 0, "%s", line_tail (line));
	return (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
must (Line *line, guint kill_number, const char *const *arguments)
{
	ck_assert_msg (line_packline (line, arguments) == 0, "after kill %u packline %s: %s",
		       kill_number, arguments[0], line_tail (line));
}

/* What a technician does after the crash, and what must have become of the run. */
static void
recover_and_check (Line *line, guint kill_number, guint *interrupted, guint *said_live)
{
	const char *check[] = {"db", "check", NULL}, *verify[] = {"db", "verify", NULL};
	const char *recover[] = {"recover", "--bench", "bench.yaml", NULL};
	Count before = count_all (line), after;

	must (line, kill_number, check);
	must (line, kill_number, verify);
	must (line, kill_number, recover);
	ck_assert_msg (before.open == 0 || strstr (line->said, "interrupted: run of pack"),
		       "kill %u is not told: %s", kill_number, line_tail (line));
	*interrupted += before.open;
	*said_live += strstr (line->said, "may be live") != NULL;
	line_assert_safe (line);
	after = count_all (line);
	ck_assert_uint_eq (after.open, 0);
	ck_assert_uint_eq (after.errors, before.errors + before.open);
	ck_assert_uint_eq (after.twice, 0);
	ck_assert_uint_eq (after.runs, before.runs);
	ck_assert_uint_eq (after.steps, before.steps);
}

START_TEST (kill_9_at_any_moment_loses_and_doubles_nothing_and_the_next_start_is_safe)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (GRand) random = g_rand_new_with_seed (20261124);
	guint said_live = 0, interrupted = 0, n = kills ();
	double length;

	line_assemble (line, "PL32-000001");
	length = run_length (line);
	for (guint i = 0; i < n; i++) {
		GPid pid = line_run_async (line, "PL32-000001");

		g_usleep ((gulong)(1e6 * length * (i + g_rand_double (random)) / n));
		kill (pid, SIGKILL);
		line_wait (pid, 10);
		recover_and_check (line, i, &interrupted, &said_live);
	}
	printf ("# %u kills over %.1f s: %u interrupted a run, %u left something live\n", n, length,
		interrupted, said_live);
	fflush (stdout);
	/* most moments must have hit a run, and some an energised one, or nothing was tested */
	ck_assert_uint_ge (interrupted, n / 2);
	ck_assert_uint_gt (said_live, 0);
	run_length (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("e2e-kill");
	TCase *tcase = tcase_create ("kill");

	tcase_set_timeout (tcase, 3000);
	tcase_add_test (tcase,
			kill_9_at_any_moment_loses_and_doubles_nothing_and_the_next_start_is_safe);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
