/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/term.h"
#include <stdio.h>
#include <string.h>

/* Help is made from the command table and nowhere else, so that it cannot say other things than
 * the program does. */

#define WIDTH_OF_HELP 80
#define OPTION_COLUMN 24

/* Left column and wrapped text; what is too long for the column gets a line of its own. */
static void
print_entry (const char *left, const char *text)
{
	g_autoptr (GString) line = g_string_new ("  ");
	g_autofree char *wrapped =
	    pl_text_wrap (text, WIDTH_OF_HELP - OPTION_COLUMN, OPTION_COLUMN);

	g_string_append (line, left);
	if (line->len >= OPTION_COLUMN)
		g_string_append_printf (line, "\n%*s", OPTION_COLUMN, "");
	else
		pl_text_fill (line, OPTION_COLUMN);
	printf ("%s%s\n", line->str, wrapped);
}

static void
print_option (const GOptionEntry *option)
{
	g_autofree char *letter =
	    option->short_name != 0 ? g_strdup_printf ("-%c, ", option->short_name) : g_strdup ("");
	g_autofree char *left = g_strdup_printf (
	    "%s--%s%s%s", letter, option->long_name, option->arg_description != NULL ? " " : "",
	    option->arg_description != NULL ? option->arg_description : "");

	print_entry (left, option->description);
}

static void
print_exits (void)
{
	puts ("\nExit codes:\n"
	      "  0 passed, done    1 failed, not right       2 could not judge\n"
	      "  3 usage, file or configuration is wrong    4 stopped by a person");
}

/* Paragraphs are parted by empty lines; the line breaks inside them are only the source's. */
static void
print_about (const char *about)
{
	g_auto (GStrv) paragraphs = g_strsplit (about, "\n\n", -1);

	for (guint i = 0; paragraphs[i] != NULL; i++) {
		g_autofree char *wrapped = NULL;

		g_strdelimit (paragraphs[i], "\n", ' ');
		wrapped = pl_text_wrap (paragraphs[i], WIDTH_OF_HELP, 0);
		printf ("\n%s\n", wrapped);
	}
}

void
pl_help_all (void)
{
	puts ("packline: end-of-line test and traceability of LFP battery packs\n\n"
	      "Usage: packline COMMAND [OPTION...] [ARGUMENT...]\n\n"
	      "Commands:");
	for (guint i = 0; pl_commands ()[i] != NULL; i++)
		print_entry (pl_commands ()[i]->name, pl_commands ()[i]->summary);
	puts ("\nOptions:");
	print_entry ("--help", "this text; after a command: all about it");
	print_entry ("--version", "the version and its database schema");
	print_exits ();
	puts ("\nA first run without any hardware: ./packline demo. All about it: man packline.");
}

void
pl_help_group (const char *group)
{
	gsize len = strlen (group);

	printf ("Usage: packline %s WORD [OPTION...] [ARGUMENT...]\n\nCommands:\n", group);
	for (guint i = 0; pl_commands ()[i] != NULL; i++) {
		const PlCommand *command = pl_commands ()[i];

		if (strncmp (command->name, group, len) == 0 &&
		    (command->name[len] == ' ' || command->name[len] == '\0'))
			print_entry (command->name, command->summary);
	}
	printf ("\npackline %s WORD --help says all about one of them.\n", group);
}

void
pl_help_command (const PlCommand *command)
{
	printf ("packline %s: %s\n\nUsage: packline %s%s%s%s\n", command->name, command->summary,
		command->name, command->options != NULL ? " [OPTION...]" : "",
		*command->arguments != '\0' ? " " : "", command->arguments);
	print_about (command->about);
	puts ("\nOptions:");
	for (const GOptionEntry *o = command->options; o != NULL && o->long_name != NULL; o++)
		print_option (o);
	print_entry ("--help", "this text");
	printf ("\nExample:\n%s\n", command->example);
	print_exits ();
}

/* Not in any help: tests hold --help and the man page against it. */
void
pl_help_table (void)
{
	for (guint i = 0; pl_commands ()[i] != NULL; i++) {
		const PlCommand *command = pl_commands ()[i];

		puts (command->name);
		for (const GOptionEntry *o = command->options; o != NULL && o->long_name != NULL;
		     o++)
			printf ("%s --%s\n", command->name, o->long_name);
	}
}

/* Letters to change, add or leave out, to come from one word to the other. */
static guint
distance (const char *a, const char *b)
{
	gsize na = strlen (a), nb = strlen (b);
	g_autofree guint *row = g_new (guint, nb + 1);

	for (gsize j = 0; j <= nb; j++)
		row[j] = j;
	for (gsize i = 1; i <= na; i++) {
		guint diagonal = row[0];

		row[0] = i;
		for (gsize j = 1; j <= nb; j++) {
			guint up = row[j];

			row[j] =
			    MIN (MIN (row[j], row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = up;
		}
	}
	return row[nb];
}

/* Up to a third of the letters may be wrong, two in short words; further away nothing was meant. */
char *
pl_help_nearest (const char *word, const char *const *known)
{
	const char *nearest = NULL;
	guint best = MAX (2, strlen (word) / 3) + 1;

	for (guint i = 0; known[i] != NULL; i++) {
		guint d = distance (word, known[i]);

		if (d < best) {
			best = d;
			nearest = known[i];
		}
	}
	return g_strdup (nearest);
}
