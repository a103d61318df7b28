/* SPDX-License-Identifier: Apache-2.0 */
#include "station/assemble.h"
#include "station/cli/command.h"
#include <stdio.h>

/* Genealogy from the command line; the rules are in station/assemble.c. */

static char *cells_file, *board, *who, *reason;
static int count;

/* The recipe judges the number of cells again at the end of line; here it is cheap to mend. */
static gboolean
is_expected (guint cells)
{
	if (count <= 0 || (guint)count == cells)
		return TRUE;
	pl_say ("%u cells are listed, the pack takes %d: nothing was recorded", cells, count);
	return FALSE;
}

/* Serials on the command line are for a hand scanner: they stand in the order of the positions. */
static GPtrArray *
list_cells (char **serials, PlExit *ret_exit)
{
	g_autoptr (GError) error = NULL;
	GPtrArray *cells = cells_file != NULL
			       ? pl_cells_load (cells_file, &error)
			       : pl_cells_of_serials ((const char *const *)serials, &error);

	if (cells == NULL) {
		pl_say ("the list of cells is wrong, nothing was recorded:\n%s", error->message);
		*ret_exit = pl_exit_of_error (error);
	}
	return cells;
}

static PlExit
run_assemble (char **args)
{
	g_autoptr (GPtrArray) cells = NULL;
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	PlExit exit = PL_EXIT_USAGE;
	guint added = 0;

	/* a board alone is right: it is often mounted at another place than the cells */
	if (cells_file != NULL && args[1] != NULL)
		return pl_say_usage ("give the cells as --cells FILE or as arguments, not both");
	if (cells_file == NULL && args[1] == NULL && board == NULL)
		return pl_say_usage ("no cells are given: --cells FILE, or their serials in order");
	if ((cells = list_cells (args + 1, &exit)) == NULL)
		return exit;
	if (!is_expected (cells->len))
		return PL_EXIT_USAGE;
	station = pl_open_station (NULL, &exit);
	if (station == NULL)
		return exit;
	if (!pl_assemble (station, args[0], cells, board, pl_operator (who), &added, &error)) {
		/* what is wrong with the list are many lines, and stands below its own heading */
		if (error->domain != PL_ASSEMBLE_ERROR)
			return pl_say_error (error);
		pl_say ("pack %s: nothing was recorded (packline disassemble takes parts out):\n%s",
			args[0], error->message);
		return pl_exit_of_error (error);
	}
	/* said, because a person who scans twice wants to know which of both it was */
	if (added == 0)
		printf ("%s: all of this is recorded already\n", args[0]);
	else if (cells->len == 0)
		printf ("%s: BMS board %s recorded\n", args[0], board);
	else
		printf ("%s: %u cell%s%s%s recorded\n", args[0], cells->len,
			cells->len == 1 ? "" : "s", board != NULL ? " and BMS board " : "",
			board != NULL ? board : "");
	return PL_EXIT_PASS;
}

static const GOptionEntry assemble_options[] = {
    {"cells", 0, 0, G_OPTION_ARG_FILENAME, &cells_file,
     "CSV, first line position,serial[,grade[,vendor[,lot]]], one cell a line", "FILE"},
    {"bms", 0, 0, G_OPTION_ARG_FILENAME, &board, "serial of the BMS board", "SERIAL"},
    {"count", 0, 0, G_OPTION_ARG_INT, &count, "refuse unless exactly N cells are listed", "N"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, &who,
     "who answers for it (default: $PACKLINE_OPERATOR, else the login name)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_assemble;
const PlCommand pl_command_assemble = {
    .name = "assemble",
    .arguments = "PACK [CELL...]",
    .min = 1,
    .max = PL_ANY,
    .summary = "record which cells and which BMS board are in a pack",
    .about = "Records the genealogy of a pack: its cells by position, and its BMS board. A cell\n"
	     "that is in another pack, a serial or a position given twice, or a missing\n"
	     "position refuses the whole list: every fault is named, nothing is recorded.\n"
	     "The same list again changes nothing.",
    .example = "  packline assemble PL32-000123 --cells cells.csv --bms BMS-0042 --count 32",
    .options = assemble_options,
    .run = run_assemble,
};

static PlExit
run_disassemble (char **args)
{
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	PlExit exit = PL_EXIT_USAGE;

	/* the history is worth nothing without it */
	if (reason == NULL || *reason == '\0')
		return pl_say_usage ("say why: --reason TEXT");
	if ((station = pl_open_station (NULL, &exit)) == NULL)
		return exit;
	if (!pl_disassemble (station, (const char *const *)args, reason, pl_operator (who),
			     &error)) {
		pl_say ("nothing was recorded: %s", error->message);
		return pl_exit_of_error (error);
	}
	printf ("%u taken out; where they were stays in the history\n", g_strv_length (args));
	return PL_EXIT_PASS;
}

static const GOptionEntry disassemble_options[] = {
    {"reason", 0, 0, G_OPTION_ARG_FILENAME, &reason, "why, kept with the link (needed)", "TEXT"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, &who,
     "who answers for it (default: $PACKLINE_OPERATOR, else the login name)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_disassemble;
const PlCommand pl_command_disassemble = {
    .name = "disassemble",
    .arguments = "SERIAL...",
    .min = 1,
    .max = PL_ANY,
    .summary = "record that parts were taken out of a pack",
    .about = "Ends the link of each part with what it is built into: all of them or, if one is\n"
	     "built into nothing, none. The link itself stays as history, with the reason.",
    .example = "  packline disassemble 0PLCBA100L2611GB20000107 --reason \"weak, replaced\"",
    .options = disassemble_options,
    .run = run_disassemble,
};
