/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/query.h"
#include "station/reprint.h"
#include "station/story.h"
#include <stdio.h>

/* What is added to a run that has ended: a note, its label once more. */

static char *run_id, *who, *bench_file;

#define OPTION_RUN                                                                                 \
	{                                                                                          \
		"run", 0, 0, G_OPTION_ARG_FILENAME, &run_id,                                       \
		    "this run, by the beginning of its id (default: the newest)", "ID"             \
	}
#define OPTION_OPERATOR                                                                            \
	{                                                                                          \
		"operator", 0, 0, G_OPTION_ARG_FILENAME, &who,                                     \
		    "who does it (default: $PACKLINE_OPERATOR, else the login name)", "ID"         \
	}

/* -- note -------------------------------------------------------------------------------------- */

/* Opened for writing: while a window is open the note is written there. */
static PlExit
run_note (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlStation) station = pl_open_station (NULL, &exit);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRunRow) run = NULL;

	if (station == NULL)
		return exit;
	run = pl_query_run (station->db, args[0], run_id, &error);
	if (run == NULL ||
	    !pl_story_add_note (station, run->id, pl_operator (who), args[1], &error))
		return pl_say_error (error);
	printf ("noted on run %s of %s\n", run->uuid, run->serial);
	return PL_EXIT_PASS;
}

static const GOptionEntry note_options[] = {
    OPTION_RUN,
    OPTION_OPERATOR,
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_note;
const PlCommand pl_command_note = {
    .name = "note",
    .arguments = "SERIAL TEXT",
    .min = 2,
    .max = 2,
    .summary = "add a note to a pack's run",
    .about = "Keeps the text with the run, its author and its time. A note is never changed or\n"
	     "taken away: a correction is another note. packline show prints them.",
    .example = "  packline note PL32-000123 \"busbar 7 welded again, test it once more\"",
    .options = note_options,
    .run = run_note,
};

/* -- print ------------------------------------------------------------------------------------- */

/* The newest that has a label, unless it is named. */
static gint64
run_with_label (PlStation *station, const char *serial, GError **error)
{
	g_autoptr (PlRunRow) run = pl_query_run (station->db, serial, run_id, error);
	g_autoptr (PlStory) story = run != NULL ? pl_story_load (station, run->id, error) : NULL;

	if (story == NULL)
		return 0;
	for (guint i = 0; run_id == NULL && !story->has_label && i < story->others->len; i++) {
		const PlRunRow *other = g_ptr_array_index (story->others, i);

		if (g_strcmp0 (other->verdict, "PASS") == 0)
			return other->id;
	}
	return run->id;
}

static PlExit
run_print (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	gint64 run;

	if (bench_file == NULL)
		return pl_say_usage ("which printer it is is missing: --bench FILE");
	if ((station = pl_open_station (bench_file, &exit)) == NULL)
		return exit;
	run = run_with_label (station, args[0], &error);
	if (run == 0 || !pl_station_reprint (station, run, pl_operator (who), &error)) {
		pl_say ("%s: %s", args[0], error->message);
		return pl_exit_of_error (error);
	}
	printf ("the label of %s is printed\n", args[0]);
	return PL_EXIT_PASS;
}

static const GOptionEntry print_options[] = {
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, &bench_file, "the bench file (needed)", "FILE"},
    OPTION_RUN,
    OPTION_OPERATOR,
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_print;
const PlCommand pl_command_print = {
    .name = "print",
    .arguments = "SERIAL",
    .min = 1,
    .max = 1,
    .summary = "print a pack's label again, on the bench's printer",
    .about = "Prints the label of the newest run that passed, byte for byte as it was, and keeps\n"
	     "that it was printed again and for whom. Refused while a pack is on the bench.\n"
	     "packline label writes it to standard output instead.",
    .example = "  packline print PL32-000123 --bench bench.yaml",
    .options = print_options,
    .run = run_print,
};
