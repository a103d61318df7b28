/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "station/cli/command.h"
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Who is enrolled, from the command line: what the People page does, for whoever sets a station up.
 * Codes are read from the keyboard and never are words of a command, which others could see. */

/* A badge's code is some tens of characters. */
#define CODE_MAX 128

static char *role, *by;

/* -- codes ------------------------------------------------------------------------------------- */

/* Byte by byte: a buffer of the C library would keep it. NULL = nothing came. */
static PlSecret *
read_line (void)
{
	PlSecret *code = g_malloc0 (CODE_MAX + 1);
	gsize len = 0;
	char c = 0;

	while (len < CODE_MAX && read (STDIN_FILENO, &c, 1) == 1 && c != '\n')
		if (c != '\r')
			code[len++] = c;
	if (len > 0)
		return code;
	pl_secret_free (code);
	return NULL;
}

/* Not shown while it is typed. */
static PlSecret *
read_code (const char *prompt)
{
	struct termios shown, hidden;
	PlSecret *code;

	if (tcgetattr (STDIN_FILENO, &shown) != 0)
		return read_line ();
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs (prompt, stderr);
	tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
	code = read_line ();
	tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
	fputc ('\n', stderr);
	return code;
}

/* -- enrol ------------------------------------------------------------------------------------- */

/* FALSE: the two are not the same. A pipe gives it once. */
static gboolean
read_pin (PlSecret **ret)
{
	g_autoptr (PlSecret) again = NULL;

	*ret = read_code ("PIN: ");
	if (!isatty (STDIN_FILENO))
		return TRUE;
	again = read_code ("PIN again: ");
	return g_strcmp0 (*ret, again) == 0;
}

/* The badge need not begin as the window's do: a station may have its own prefix in settings that
 * this command does not read. */
static PlExit
run_enrol (char **args)
{
	PlPersonRole as = pl_person_role_find (role);
	PlPersonForm form = {.name = args[0], .role = as};
	g_autoptr (PlStation) station = NULL;
	g_autoptr (PlSecret) badge = NULL;
	g_autoptr (PlSecret) pin = NULL;
	g_autoptr (GError) error = NULL;
	PlExit exit = PL_EXIT_USAGE;

	if (as == PL_PERSON_ROLES)
		return pl_say_usage ("which role? give --role operator, technician, engineer or "
				     "quality");
	if ((station = pl_open_station (NULL, &exit)) == NULL)
		return exit;
	form.badge = badge = read_code ("Badge (scan it): ");
	if (badge != NULL && !pl_station_is_badge (station, badge))
		pl_say ("note: badges begin with %s at the window, unless its settings say "
			"otherwise (badge-prefix)",
			PL_BADGE_PREFIX);
	if (pl_person_role_needs_pin (as) && !read_pin (&pin))
		return pl_say_usage ("the two PINs are not the same: nothing was recorded");
	form.pin = pin;
	if (!pl_people_enrol (station, &form, pl_operator (by), &error))
		return pl_say_error (error);
	printf ("%s is enrolled: %s\n", args[0], role);
	return PL_EXIT_PASS;
}

static const GOptionEntry enrol_options[] = {
    {"role", 0, 0, G_OPTION_ARG_STRING, &role, "operator, technician, engineer or quality (needed)",
     "ROLE"},
    {"operator", 0, 0, G_OPTION_ARG_STRING, &by,
     "who answers for it (default: $PACKLINE_OPERATOR, else the login name)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_people_enrol;
const PlCommand pl_command_people_enrol = {
    .name = "people enrol",
    .arguments = "NAME",
    .min = 1,
    .max = 1,
    .summary = "enrol a person with role, badge and PIN",
    .about = "Reads the badge's code and, for every role but operator, a PIN: from the keyboard,\n"
	     "where they are not shown, or as two lines of standard input. Only their hashes are\n"
	     "kept. Quality may manage people; once one of them is enrolled nobody is logged in\n"
	     "when the window opens, and production takes approved recipes only.",
    .example = "  packline people enrol 4711 --role quality",
    .options = enrol_options,
    .run = run_enrol,
};

/* -- list -------------------------------------------------------------------------------------- */

/* Beside a running station: it only reads. */
static PlExit
run_list (char **args)
{
	PlExit exit;
	g_autoptr (PlDb) db = pl_open_memory (&exit);
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = NULL;

	if (db == NULL)
		return exit;
	if ((rows = pl_people_list (db, &error)) == NULL)
		return pl_say_error (error);
	for (guint i = 0; i < rows->len; i++) {
		const PlPersonRow *row = g_ptr_array_index (rows, i);
		guint minutes = pl_person_row_minutes_locked (row);
		g_autofree char *locked =
		    minutes > 0 ? g_strdup_printf ("  locked, %u min left", minutes) : NULL;

		printf ("%-20s %-12s last login %s%s\n", row->name, row->role,
			row->last_login != NULL ? row->last_login : "-",
			locked != NULL ? locked : "");
	}
	if (rows->len == 0)
		puts ("nobody is enrolled (packline people enrol NAME --role quality)");
	return PL_EXIT_PASS;
}

static const GOptionEntry list_options[] = {PL_OPTION_HOME, {NULL}};

extern const PlCommand pl_command_people_list;
const PlCommand pl_command_people_list = {
    .name = "people list",
    .arguments = "",
    .summary = "print who is enrolled at this station",
    .about = "Name, role, last login and lock, a line a person, beside a station that may be\n"
	     "running.",
    .example = "  packline people list",
    .options = list_options,
    .run = run_list,
};

/* -- retire, unlock ---------------------------------------------------------------------------- */

/* For writing: while a window is open the station is its own, and its People page does this. */
static PlExit
change (const char *name, const char *done,
	gboolean (*func) (PlStation *station, const char *name, const char *who, GError **error))
{
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	PlExit exit = PL_EXIT_USAGE;

	if ((station = pl_open_station (NULL, &exit)) == NULL)
		return exit;
	if (!func (station, name, pl_operator (by), &error))
		return pl_say_error (error);
	printf ("%s is %s\n", name, done);
	return PL_EXIT_PASS;
}

static PlExit
run_retire (char **args)
{
	return change (args[0], "retired", pl_people_retire);
}

static PlExit
run_unlock (char **args)
{
	return change (args[0], "unlocked", pl_people_unlock);
}

static const GOptionEntry change_options[] = {
    {"operator", 0, 0, G_OPTION_ARG_STRING, &by,
     "who answers for it (default: $PACKLINE_OPERATOR, else the login name)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_people_retire;
const PlCommand pl_command_people_retire = {
    .name = "people retire",
    .arguments = "NAME",
    .min = 1,
    .max = 1,
    .summary = "forget a person's badge and PIN",
    .about = "The name stays in what it has done. The last person who may manage people stays.",
    .example = "  packline people retire 4711",
    .options = change_options,
    .run = run_retire,
};

extern const PlCommand pl_command_people_unlock;
const PlCommand pl_command_people_unlock = {
    .name = "people unlock",
    .arguments = "NAME",
    .min = 1,
    .max = 1,
    .summary = "let a person in again who is locked",
    .about = "Five wrong PINs in a row lock for ten minutes; this ends the lock.",
    .example = "  packline people unlock 4711",
    .options = change_options,
    .run = run_unlock,
};
