/* SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"
#include "station/cli/command.h"
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * Finds the command, reads its options with GLib and runs it. Nothing of the station is opened
 * before the command line is known to be right: a slip of the fingers leaves no database, key or
 * folder behind.
 */

/* -- which command ----------------------------------------------------------------------------- */

/* Two words before one: "record verify FILE" is not the record of a pack called verify.
 * *ret_used = words taken. */
static const PlCommand *
find_command (char **words, guint *ret_used)
{
	g_autofree char *both = words[0] != NULL && words[1] != NULL
				    ? g_strdup_printf ("%s %s", words[0], words[1])
				    : NULL;
	const PlCommand *one = NULL;

	for (guint i = 0; pl_commands ()[i] != NULL; i++) {
		const PlCommand *command = pl_commands ()[i];

		if (g_strcmp0 (command->name, both) == 0) {
			*ret_used = 2;
			return command;
		}
		if (g_strcmp0 (command->name, words[0]) == 0)
			one = command;
	}
	*ret_used = 1;
	return one;
}

/* "recipe" is no command, but "recipe check" is one. */
static gboolean
is_group (const char *word)
{
	g_autofree char *prefix = g_strdup_printf ("%s ", word);

	for (guint i = 0; pl_commands ()[i] != NULL; i++)
		if (g_str_has_prefix (pl_commands ()[i]->name, prefix))
			return TRUE;
	return FALSE;
}

/* Whole names, and the first words of groups, so that both "recipe chekc" and "recipes" find
 * something. */
static PlExit
unknown_command (char **words)
{
	g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_free);
	gboolean group = is_group (words[0]);
	g_autofree char *given = group && words[1] != NULL
				     ? g_strdup_printf ("%s %s", words[0], words[1])
				     : g_strdup (words[0]);
	g_autofree char *nearest = NULL;

	if (group && words[1] == NULL)
		return pl_say_usage ("%s needs a second word: see packline %s --help", words[0],
				     words[0]);
	for (guint i = 0; pl_commands ()[i] != NULL; i++) {
		const char *name = pl_commands ()[i]->name;

		g_ptr_array_add (known,
				 group ? g_strdup (name) : g_strndup (name, strcspn (name, " ")));
	}
	g_ptr_array_add (known, NULL);
	nearest = pl_help_nearest (given, (const char *const *)known->pdata);
	if (nearest != NULL)
		return pl_say_usage ("there is no command \"%s\"; did you mean \"%s\"?", given,
				     nearest);
	return pl_say_usage ("there is no command \"%s\"", given);
}

/* -- its options ------------------------------------------------------------------------------- */

/* GLib says "Unknown option --benhc"; this adds which one is near. */
static PlExit
bad_option (const PlCommand *command, const GError *error)
{
	g_autoptr (GPtrArray) known = g_ptr_array_new ();
	const char *dashes = strstr (error->message, "--");
	g_autofree char *nearest = NULL;

	for (const GOptionEntry *o = command->options; o != NULL && o->long_name != NULL; o++)
		g_ptr_array_add (known, (gpointer)o->long_name);
	g_ptr_array_add (known, NULL);
	if (g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION) &&
	    dashes != NULL)
		nearest = pl_help_nearest (dashes + 2, (const char *const *)known->pdata);
	if (nearest != NULL)
		return pl_say_usage ("%s; did you mean --%s?", error->message, nearest);
	return pl_say_usage ("%s", error->message);
}

static PlExit
run_command (const PlCommand *command, char **words)
{
	static gboolean help;
	static char **rest;
	static const GOptionEntry common[] = {
	    {"help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL},
	    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL},
	    {NULL},
	};
	g_autoptr (GOptionContext) context = g_option_context_new (NULL);
	g_autoptr (GError) error = NULL;
	g_auto (GStrv) argv = NULL;
	static char *none[] = {NULL};
	guint n;

	/* the table's entries are const; GLib wants an argument vector whose first word is the
	 * program */
	pl_say_name (command->name);
	g_option_context_set_help_enabled (context, FALSE);
	if (command->options != NULL)
		g_option_context_add_main_entries (context, command->options, NULL);
	g_option_context_add_main_entries (context, common, NULL);
	/* the first word is taken for the program's name */
	argv = g_strdupv (words);
	if (!g_option_context_parse_strv (context, &argv, &error))
		return bad_option (command, error);
	/* after parsing, so that help is given wherever --help stands; before counting arguments */
	if (help) {
		pl_help_command (command);
		return PL_EXIT_PASS;
	}
	n = rest != NULL ? g_strv_length (rest) : 0;
	if (n < command->min)
		return pl_say_usage ("something is missing: packline %s %s", command->name,
				     command->arguments);
	if (n > command->max)
		return pl_say_usage ("too many arguments, the first is \"%s\": packline %s %s",
				     rest[command->max], command->name, command->arguments);
	return command->run (rest != NULL ? rest : none);
}

/* Without any word the list is shown, but it is an error: a script that lost its arguments
 * should notice. */
static PlExit
dispatch (char **words)
{
	guint used;
	const PlCommand *command;

	if (words[0] == NULL || g_str_equal (words[0], "--help") || g_str_equal (words[0], "-h") ||
	    g_str_equal (words[0], "help")) {
		pl_help_all ();
		return words[0] != NULL ? PL_EXIT_PASS : PL_EXIT_USAGE;
	}
	if (g_str_equal (words[0], "--version")) {
		printf ("packline %s (database schema %d)\n", PL_VERSION, pl_db_newest_schema ());
		return PL_EXIT_PASS;
	}
	if (g_str_equal (words[0], "--commands")) {
		pl_help_table ();
		return PL_EXIT_PASS;
	}
	command = find_command (words, &used);
	if (command != NULL)
		return run_command (command, words + used - 1);
	if (is_group (words[0]) &&
	    (g_strcmp0 (words[1], "--help") == 0 || g_strcmp0 (words[1], "-h") == 0)) {
		pl_help_group (words[0]);
		return PL_EXIT_PASS;
	}
	return unknown_command (words);
}

/* -- the process ------------------------------------------------------------------------------- */

/* Warnings are for people: no process ids and brackets. Notes and debugging only where they are
 * asked for. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
	if (level &
	    (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return g_log_writer_default (level, fields, n, data);
	for (gsize i = 0; i < n; i++)
		if (g_str_equal (fields[i].key, "MESSAGE"))
			pl_say ("warning: %s", (const char *)fields[i].value);
	return G_LOG_WRITER_HANDLED;
}

/* What was asked for has not been done if its output did not arrive; a reader that went away
 * wanted no more. */
static PlExit
close_output (PlExit exit)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	gboolean whole = fflush (stdout) == 0 && ferror (stdout) == 0;

	if (whole || (poll (&out, 1, 0) == 1 && (out.revents & POLLERR) != 0))
		return exit;
	pl_say ("the output could not be written (%s): give it another place", g_strerror (errno));
	return exit == PL_EXIT_PASS ? PL_EXIT_UNJUDGED : exit;
}

int
main (int argc, char **argv)
{
	/* for file names only: numbers keep their point, whatever the country */
	setlocale (LC_CTYPE, "");
	/* a reader that went away or a full file must not end a run without its teardown */
	signal (SIGPIPE, SIG_IGN);
	signal (SIGXFSZ, SIG_IGN);
	g_log_set_writer_func (write_log, NULL, NULL);
	if (sodium_init () < 0) {
		pl_say ("libsodium does not start on this machine");
		return PL_EXIT_UNJUDGED;
	}
	return close_output (dispatch (argv + 1));
}
