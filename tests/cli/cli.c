/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include "tests/folder.h"
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define PATIENCE_US (20 * G_USEC_PER_SEC)

Place *
place_new (void)
{
	Place *place = g_new0 (Place, 1);

	place->dir = test_folder ();
	place->home = g_build_filename (place->dir, "home", NULL);
	return place;
}

void
place_free (Place *place)
{
	g_free (place->dir);
	g_free (place->home);
	g_free (place);
}

char *
place_path (Place *place, const char *name)
{
	return g_build_filename (place->dir, name, NULL);
}

char *
place_write (Place *place, const char *name, const char *text)
{
	char *path = place_path (place, name);

	ck_assert (g_file_set_contents (path, text, -1, NULL));
	return path;
}

void
reply_free (Reply *reply)
{
	g_free (reply->out);
	g_free (reply->err);
	g_free (reply);
}

static GPtrArray *
words_of (va_list args)
{
	GPtrArray *words = g_ptr_array_new ();
	const char *word;

	g_ptr_array_add (words, (gpointer)g_getenv ("PACKLINE"));
	ck_assert_msg (words->pdata[0] != NULL, "PACKLINE does not name the program");
	while ((word = va_arg (args, const char *)) != NULL)
		g_ptr_array_add (words, (gpointer)word);
	g_ptr_array_add (words, NULL);
	return words;
}

static char **
environment_of (Place *place)
{
	char **env = g_get_environ ();

	env = g_environ_setenv (env, "PACKLINE_HOME", place->home, TRUE);
	env = g_environ_setenv (env, "PACKLINE_STATION", "test-station", TRUE);
	env = g_environ_setenv (env, "PACKLINE_OPERATOR", "0815", TRUE);
	env = g_environ_unsetenv (env, "XDG_STATE_HOME");
	return env;
}

/* Runs in the child between fork and exec. */
static void
limit_files (gpointer data)
{
	const guint64 *bytes = data;
	struct rlimit limit = {*bytes, *bytes};

	if (*bytes > 0)
		setrlimit (RLIMIT_FSIZE, &limit);
}

static int
code_of (int status)
{
	return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

static Reply *
spawn (Place *place, guint64 bytes, va_list args)
{
	g_autoptr (GPtrArray) words = words_of (args);
	g_auto (GStrv) env = environment_of (place);
	g_autoptr (GError) error = NULL;
	Reply *reply = g_new0 (Reply, 1);
	int status = 0;

	ck_assert_ok (g_spawn_sync (place->dir, (char **)words->pdata, env, G_SPAWN_DEFAULT,
				    limit_files, &bytes, &reply->out, &reply->err, &status, &error),
		      error);
	reply->code = code_of (status);
	return reply;
}

Reply *
packline (Place *place, ...)
{
	va_list args;
	Reply *reply;

	va_start (args, place);
	reply = spawn (place, 0, args);
	va_end (args);
	return reply;
}

Reply *
packline_limited (Place *place, guint64 bytes, ...)
{
	va_list args;
	Reply *reply;

	va_start (args, bytes);
	reply = spawn (place, bytes, args);
	va_end (args);
	return reply;
}

GPid
packline_start (Place *place, const char *err_file, ...)
{
	g_autoptr (GPtrArray) words = NULL;
	g_auto (GStrv) env = environment_of (place);
	g_autoptr (GError) error = NULL;
	FILE *err = fopen (err_file, "w");
	va_list args;
	GPid pid;

	va_start (args, err_file);
	words = words_of (args);
	va_end (args);
	ck_assert_ptr_nonnull (err);
	ck_assert_ok (
	    g_spawn_async_with_fds (place->dir, (char **)words->pdata, env,
				    G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
				    NULL, &pid, -1, -1, fileno (err), &error),
	    error);
	fclose (err);
	return pid;
}

int
packline_wait (GPid pid)
{
	gint64 until = g_get_monotonic_time () + PATIENCE_US;
	int status;

	while (waitpid (pid, &status, WNOHANG) == 0) {
		if (g_get_monotonic_time () > until) {
			kill (pid, SIGKILL);
			waitpid (pid, &status, 0);
			ck_abort_msg ("the program did not end within 20 s");
		}
		g_usleep (10000);
	}
	return code_of (status);
}

char *
place_bench (Place *place)
{
	return place_write (place, "bench.yaml", "bench: empty\ninstruments: []\n");
}

char *
place_recipe (Place *place)
{
	return place_write (place, "parts.yaml",
			    "recipe: parts\n"
			    "version: 3\n"
			    "title: Parts only\n"
			    "product: PL-PACK-32S100\n"
			    "serial: \"P[0-9]+\"\n"
			    "main:\n"
			    "  - step: identify\n"
			    "    limits:\n"
			    "      cells_count: { min: 32, max: 32, source: product drawing }\n"
			    "      boards_count: { min: 1, max: 1, source: product drawing }\n"
			    "      grades_count: { max: 1, source: plant default }\n");
}

void
place_assemble (Place *place, const char *pack, const char *prefix)
{
	g_autoptr (GString) csv = g_string_new ("position,serial,grade,vendor,lot\n");
	g_autofree char *name = g_strdup_printf ("cells-%s.csv", pack);
	g_autofree char *board = g_strdup_printf ("%s-B", prefix);
	g_autofree char *file = NULL;
	g_autoptr (Reply) reply = NULL;

	for (guint i = 1; i <= 32; i++)
		g_string_append_printf (csv, "%u,%s%u,A,maker,L1\n", i, prefix, i);
	file = place_write (place, name, csv->str);
	reply = packline (place, "assemble", pack, "--cells", file, "--bms", board, NULL);
	ck_assert_code (reply, 0);
}
