/* SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"
#include "station/cli/command.h"
#include "station/cli/term.h"
#include "station/verdict.h"
#include <stdio.h>
#include <unistd.h>

/*
 * What commands share: how they speak, where the station lives, how its memory is opened. A command
 * says what is wrong once, where it happens, and hands an exit code up: main() says nothing a
 * second time.
 */

/* One option for all commands; its storage is here so that const option tables can point to it. */
char *pl_opt_home;
/* The command that runs, for the beginning of each message; "" until one was found. */
static const char *name = "";

/* -- speaking ---------------------------------------------------------------------------------- */

void
pl_say_name (const char *command)
{
	name = command;
}

static void G_GNUC_PRINTF (1, 0) say (const char *format, va_list args)
{
	g_autofree char *raw = g_strdup_vprintf (format, args), *text = pl_plain_text (raw);

	/* codes and files may hold anything; a terminal would obey it */
	fflush (stdout);
	/* a progress line may stand there */
	if (pl_term_live () && isatty (STDERR_FILENO))
		fputs ("\r\033[K", stderr);
	fprintf (stderr, "packline%s%s: %s\n", *name != '\0' ? " " : "", name, text);
}

void
pl_say (const char *format, ...)
{
	va_list args;

	va_start (args, format);
	say (format, args);
	va_end (args);
}

PlExit
pl_say_error (const GError *error)
{
	pl_say ("%s", error != NULL ? error->message : "failed without a reason");
	return pl_exit_of_error (error);
}

PlExit
pl_say_usage (const char *format, ...)
{
	va_list args;

	va_start (args, format);
	say (format, args);
	va_end (args);
	fprintf (stderr, "See: packline %s%s--help\n", name, *name != '\0' ? " " : "");
	return PL_EXIT_USAGE;
}

/* -- the station ------------------------------------------------------------------------------- */

/* In the order in which a person overrides: the option, the variable, the desktop's convention.
 * An empty variable counts as unset: a script that failed to fill it must not make a station in
 * the root of the file system. */
char *
pl_home (void)
{
	const char *home = pl_opt_home != NULL ? pl_opt_home : g_getenv ("PACKLINE_HOME");
	const char *state = g_getenv ("XDG_STATE_HOME");

	if (home != NULL && *home != '\0')
		return g_strdup (home);
	if (state != NULL && *state != '\0')
		return g_build_filename (state, "packline", NULL);
	return g_build_filename (g_get_home_dir (), ".local", "state", "packline", NULL);
}

char *
pl_shell_word (const char *word)
{
	static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_./:,=+@%";

	return *word != '\0' && strspn (word, plain) == strlen (word) ? g_strdup (word)
								      : g_shell_quote (word);
}

char *
pl_home_words (void)
{
	g_autofree char *quoted = pl_opt_home != NULL ? pl_shell_word (pl_opt_home) : NULL;

	return quoted != NULL ? g_strconcat (" --home ", quoted, NULL) : g_strdup ("");
}

PlStation *
pl_open_station (const char *bench_file, PlExit *ret_exit)
{
	g_autofree char *home = pl_home ();
	g_autoptr (GError) error = NULL;
	PlStation *station = pl_station_open (home, bench_file, &error);

	if (station == NULL)
		*ret_exit = pl_say_error (error);
	return station;
}

PlDb *
pl_open_memory (PlExit *ret_exit)
{
	g_autofree char *home = pl_home ();
	g_autofree char *file = g_build_filename (home, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = NULL;
	int schema;

	*ret_exit = PL_EXIT_USAGE;
	/* SQLite would only say "unable to open"; the usual cause is a forgotten --home */
	if (!g_file_test (file, G_FILE_TEST_EXISTS)) {
		pl_say ("nothing is recorded in %s yet (no station.sqlite): name the station's "
			"folder with --home or PACKLINE_HOME",
			home);
		return NULL;
	}
	db = pl_db_open (file, PL_DB_READ_ONLY, &error);
	if (db == NULL) {
		*ret_exit = pl_say_error (error);
		return NULL;
	}
	/* a reader does not migrate: it may stand beside a station that runs */
	schema = pl_db_schema_version (db);
	if (schema != pl_db_newest_schema ()) {
		pl_say ("%s has schema %d, this Packline reads %d: %s", file, schema,
			pl_db_newest_schema (),
			schema > pl_db_newest_schema ()
			    ? "install the newer Packline"
			    : "the next run or assemble brings it up to date (a backup is made)");
		return NULL;
	}
	*ret_exit = PL_EXIT_PASS;
	return g_steal_pointer (&db);
}

/* Genealogy and stops name somebody in any case: a login name is better than nobody. */
const char *
pl_operator (const char *given)
{
	const char *set = g_getenv ("PACKLINE_OPERATOR");

	if (given != NULL && *given != '\0')
		return given;
	return set != NULL && *set != '\0' ? set : g_get_user_name ();
}

gboolean
pl_parse_address (const char *text, guint32 *ret)
{
	gboolean hex = g_ascii_strncasecmp (text, "0x", 2) == 0;
	guint64 value;

	/* whole, unsigned, nothing behind it: "0x0800400O" must not become 0x0800400 */
	if (!g_ascii_string_to_unsigned (hex ? text + 2 : text, hex ? 16 : 10, 0, G_MAXUINT32,
					 &value, NULL))
		return FALSE;
	*ret = (guint32)value;
	return TRUE;
}

/* The same order as the image room's own probing, asked beforehand: only a raw binary needs a
 * base. */
static const char *
format_of (const char *data, gsize len)
{
	for (const PlImageFormat *const *f = pl_image_formats (); *f != NULL; f++)
		if ((*f)->probe ((const guint8 *)data, len))
			return (*f)->name;
	return "bin";
}

PlImage *
pl_load_image (const char *file, const char *format, const guint32 *base, GError **error)
{
	g_autofree char *data = NULL;
	gsize len;

	if (!g_file_get_contents (file, &data, &len, error))
		return NULL;
	if (format == NULL)
		format = format_of (data, len);
	if (base == NULL && g_str_equal (format, "bin")) {
		g_set_error (
		    error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		    "%s is a raw binary, which does not say where it goes: give --base ADDR", file);
		return NULL;
	}
	if (base != NULL && !g_str_equal (format, "bin"))
		pl_say ("note: --base is for raw binaries; %s (%s) says itself where it goes", file,
			format);
	return pl_image_load (file, format, base != NULL ? *base : 0, error);
}
