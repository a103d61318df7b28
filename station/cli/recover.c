/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include <signal.h>
#include <stdio.h>

/* What every run begins with, asked for by hand: after an accident people want to see it done
 * before they go near. */

static char *bench_file;

/* Said as it happens: if something hangs, the last line says what. */
static void
say_line (gpointer data, const char *line)
{
	printf ("%s\n", line);
	fflush (stdout);
}

static gboolean
make_safe (PlStation *station, GError **error)
{
	PlClock *clock = pl_bench_clock (station->bench, error);
	guint found = 0;
	gboolean ok;

	if (clock == NULL || !pl_clock_join (clock, error))
		return FALSE;
	ok = pl_station_recover (station, say_line, NULL, &found, error);
	/* asked for by hand: also when nothing is remembered as live */
	if (ok && found == 0)
		ok = pl_station_make_safe (station, error);
	pl_clock_leave (clock);
	if (ok && found == 0)
		printf ("no run was interrupted; all outputs are off, %s\n",
			pl_bench_entry (station->bench, PL_ROLE_DAQ) != NULL
			    ? "the fixture is discharged"
			    : "and this bench has no DAQ to prove the fixture discharged");
	return ok;
}

static PlExit
run_recover (char **args)
{
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	PlExit exit = PL_EXIT_USAGE;

	if (bench_file == NULL)
		return pl_say_usage ("which bench? give --bench FILE");
	if ((station = pl_open_station (bench_file, &exit)) == NULL)
		return exit;
	/* making safe is short and bounded; half of it would be worse than waiting */
	signal (SIGINT, SIG_IGN);
	signal (SIGTERM, SIG_IGN);
	signal (SIGHUP, SIG_IGN);
	/* software has no further means here; people and the main switch have */
	if (make_safe (station, &error))
		return PL_EXIT_PASS;
	pl_say (
	    "NOT SAFE: %s\nKeep out; switch the bench off at its main switch, call the technician.",
	    error->message);
	return PL_EXIT_UNJUDGED;
}

static const GOptionEntry options[] = {
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, &bench_file, "the bench file (needed)", "FILE"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_recover;
const PlCommand pl_command_recover = {
    .name = "recover",
    .arguments = "",
    .summary = "make a bench safe by hand, and end interrupted runs",
    .about =
	"Says what may be live, switches every output off, proves the fixture discharged by an\n"
	"independent reading, and ends interrupted runs as ERROR. Every packline run begins\n"
	"with the same. Exit code 2: it could not be proved safe.",
    .example = "  packline recover --bench bench.yaml",
    .options = options,
    .run = run_recover,
};
