/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/exit.h"
#include "firmware/image/image.h"
#include "station/station.h"

/*
 * A subcommand is one file ending in const rows of the command table (commands.c). The row says
 * everything that --help and the man page's test need to know. Options are GLib's; their values
 * stand in the file's own statics.
 */
typedef struct {
	const char *name; /* "run", or a group and its word: "recipe check" */
	const char *arguments; /* as in the usage line: "FILE..."; "" = none */
	guint min, max; /* how many arguments; PL_ANY = no upper bound */
	const char *summary; /* one line for lists */
	const char *about; /* what it does; paragraphs parted by empty lines */
	const char *example; /* lines of a shell session */
	const GOptionEntry *options; /* ended by a row with long_name NULL; may be NULL */
	PlExit (*run) (char **args); /* NULL-terminated, never NULL */
} PlCommand;

#define PL_ANY G_MAXUINT

const PlCommand *const *pl_commands (void); /* NULL-terminated explicit table */

/* -- help.c: all text goes to standard output -------------------------------------------------- */
void pl_help_all (void);
void pl_help_group (const char *group);
void pl_help_command (const PlCommand *command);
/* Machine's list for the man page's test: "NAME" and "NAME --option" a line. */
void pl_help_table (void);
/* The known word that is nearest to a mistyped one, or NULL. Caller frees. */
char *pl_help_nearest (const char *word, const char *const *known);

/* -- common.c: what commands share ------------------------------------------------------------- */
extern char *pl_opt_home; /* value of PL_OPTION_HOME */
#define PL_OPTION_HOME                                                                             \
	{                                                                                          \
		"home", 0, 0, G_OPTION_ARG_FILENAME, &pl_opt_home,                                 \
		    "the station's folder (default: $PACKLINE_HOME, else "                         \
		    "~/.local/state/packline)",                                                    \
		    "DIR"                                                                          \
	}

/* "packline COMMAND: ", as errors begin. */
void pl_say_name (const char *command);
/* Standard error: "packline COMMAND: message". */
void pl_say (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* The same with an error's message; returns its exit code. */
PlExit pl_say_error (const GError *error);
/* Complains about the use of the command; returns USAGE. */
PlExit pl_say_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* HOME by option, environment or default; caller frees. */
char *pl_home (void);
/* A word as a shell needs it: in quotes where it must be. Caller frees. */
char *pl_shell_word (const char *word);
/* " --home DIR" as a command needs it that is to find the same station; "" if the environment says
 * it. Caller frees. */
char *pl_home_words (void);
/* The station with its writing database; NULL after having said why, with *ret_exit set. */
PlStation *pl_open_station (const char *bench_file, PlExit *ret_exit);
/* Its memory for reading, beside a station that may be running. */
PlDb *pl_open_memory (PlExit *ret_exit);
/* Who answers for what is recorded: `given`, $PACKLINE_OPERATOR or the login name; borrowed. */
const char *pl_operator (const char *given);
/* A number that may be hexadecimal (0x...). */
gboolean pl_parse_address (const char *text, guint32 *ret);
/* Loads firmware; a raw binary needs `base`, other formats say themselves where they go. format
 * NULL = by content. */
PlImage *pl_load_image (const char *file, const char *format, const guint32 *base, GError **error);
