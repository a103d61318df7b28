/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/dates.h"
#include "station/cli/term.h"
#include <stdio.h>
#include <string.h>

/* -- check ------------------------------------------------------------------------------------- */

/* "Simulated" comes first thing: its runs are stamped so for ever. */
static void
say_bench (PlBench *bench)
{
	g_autofree char *scale = g_strdup_printf ("%g", pl_bench_time_scale (bench));

	printf ("bench %s%s%s%s%s, %u instruments\n", pl_bench_name (bench),
		pl_bench_is_simulated (bench) ? ", simulated, time scale " : "",
		pl_bench_is_simulated (bench) ? scale : "",
		pl_bench_is_simulated (bench) ? ", line " : "",
		pl_bench_is_simulated (bench) ? pl_bench_line_address (bench) : "",
		pl_bench_entries (bench)->len);
}

/* A file that is not there is a slip of the command; what stands in one is what is checked. */
static PlBench *
load (const char *file, PlExit *ret_exit)
{
	g_autoptr (GError) error = NULL;
	PlBench *bench = pl_bench_load (file, &error);

	if (bench == NULL) {
		pl_say ("%s", error->message);
		*ret_exit =
		    g_file_test (file, G_FILE_TEST_IS_REGULAR) ? PL_EXIT_FAIL : PL_EXIT_USAGE;
	}
	return bench;
}

static PlExit
run_check (char **args)
{
	static const char *const headers[] = {"role", "driver", "serial", "calibration due",
					      "link", NULL};
	PlExit exit = PL_EXIT_PASS;
	g_autoptr (PlBench) bench = load (args[0], &exit);
	g_autoptr (PlTable) table = NULL;
	guint overdue = 0;

	if (bench == NULL)
		return exit;
	say_bench (bench);
	table = pl_table_new (headers);
	for (guint i = 0; i < pl_bench_entries (bench)->len; i++) {
		const PlBenchEntry *entry = g_ptr_array_index (pl_bench_entries (bench), i);
		g_autofree char *due = pl_due_text (entry->calibration_due);

		overdue += pl_due_is_over (entry->calibration_due);
		pl_table_row (table, pl_due_tone (entry->calibration_due),
			      pl_role_name (entry->role), entry->driver,
			      entry->serial != NULL ? entry->serial : "-", due, entry->link, NULL);
	}
	pl_table_print (table);
	if (overdue == 0)
		return PL_EXIT_PASS;
	pl_say (
	    "%u calibration%s overdue: the bench would not be ready; the technician clears this",
	    overdue, overdue == 1 ? " is" : "s are");
	return PL_EXIT_FAIL;
}

extern const PlCommand pl_command_bench_file_check;
const PlCommand pl_command_bench_file_check = {
    .name = "bench-file check",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "find the fault of a bench file; opens nothing",
    .about =
	"Checks roles, drivers, links and dates, and lists the instruments. Exit code 1 for a\n"
	"fault (FILE:LINE: what, and what is allowed) and for a calibration that is overdue.",
    .example = "  packline bench-file check data/bench/demo.yaml",
    .run = run_check,
};

/* -- identify ---------------------------------------------------------------------------------- */

/* Borrowing is opening, and opening asks who answers: nothing more is needed, and nothing is
 * switched. */
static PlExit
identify_one (PlBench *bench, const PlBenchEntry *entry, PlTable *table, GPtrArray *wrong)
{
	g_autoptr (GError) error = NULL;
	PlInstrument *instrument =
	    pl_bench_borrow (bench, entry->role, "packline bench-file identify", 5.0, &error);
	g_autofree char *due = pl_due_text (entry->calibration_due);
	g_autofree char *model = NULL;

	if (instrument == NULL) {
		pl_table_row (table, PL_TONE_BAD, "✗", pl_role_name (entry->role), entry->driver,
			      "-", due, "(see below)", NULL);
		g_ptr_array_add (wrong, g_error_copy (error));
		return g_error_matches (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IDENTITY)
			   ? PL_EXIT_FAIL
			   : PL_EXIT_UNJUDGED;
	}
	model = g_strdup_printf ("%s %s", instrument->identity.maker, instrument->identity.model);
	g_strstrip (model);
	pl_table_row (table, pl_due_tone (entry->calibration_due),
		      pl_due_is_over (entry->calibration_due) ? "✗" : "✓",
		      pl_role_name (entry->role), *model != '\0' ? model : entry->driver,
		      *instrument->identity.serial != '\0' ? instrument->identity.serial : "-", due,
		      *instrument->identity.firmware != '\0' ? instrument->identity.firmware : "-",
		      NULL);
	pl_bench_return (bench, instrument);
	return pl_due_is_over (entry->calibration_due) ? PL_EXIT_FAIL : PL_EXIT_PASS;
}

static PlExit
run_identify (char **args)
{
	static const char *const headers[] = {
	    "", "role", "instrument", "serial", "calibration due", "firmware", NULL};
	PlExit worst = PL_EXIT_PASS;
	g_autoptr (PlBench) bench = load (args[0], &worst);
	g_autoptr (PlTable) table = pl_table_new (headers);
	g_autoptr (GPtrArray) wrong = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
	g_autoptr (GError) error = NULL;
	PlClock *clock;

	if (bench == NULL)
		return worst;
	/* on a stepped line the drivers' waits only pass while this thread is one of its clients */
	clock = pl_bench_clock (bench, &error);
	if (clock == NULL || !pl_clock_join (clock, &error))
		return pl_say_error (error);
	for (guint i = 0; i < pl_bench_entries (bench)->len; i++) {
		PlExit exit = identify_one (bench, g_ptr_array_index (pl_bench_entries (bench), i),
					    table, wrong);

		worst = MAX (worst, exit);
	}
	pl_clock_leave (clock);
	say_bench (bench);
	pl_table_print (table);
	for (guint i = 0; i < wrong->len; i++)
		pl_say_error (g_ptr_array_index (wrong, i));
	return worst;
}

extern const PlCommand pl_command_bench_file_identify;
const PlCommand pl_command_bench_file_identify = {
    .name = "bench-file identify",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "open every instrument of a bench and ask who it is",
    .about =
	"Switches nothing on. Exit code 1 if another instrument answers than the file expects\n"
	"or a calibration is overdue, 2 if one does not answer.",
    .example = "  packline bench-file identify bench.yaml",
    .run = run_identify,
};

/* -- drivers ----------------------------------------------------------------------------------- */

/* A driver can play several roles: one register map is a BMS, another a PLC. */
static char *
roles_text (guint32 mask)
{
	g_autoptr (GString) roles = g_string_new (NULL);

	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if (mask & (1u << role))
			g_string_append_printf (roles, "%s%s", roles->len > 0 ? ", " : "",
						pl_role_name (role));
	return g_string_free (g_steal_pointer (&roles), FALSE);
}

static PlExit
run_drivers (char **args)
{
	static const char *const headers[] = {"driver", "roles", "if the station dies",
					      "instrument", NULL};
	static const char *const losses[] = {"stays as it is", "watchdog: off", "protects itself",
					     "harmless"};
	g_autoptr (PlTable) table = pl_table_new (headers);

	for (const PlDriver *const *d = pl_drivers (); *d != NULL; d++) {
		g_autofree char *roles = roles_text ((*d)->roles);

		pl_table_row (table, PL_TONE_PLAIN, (*d)->name, roles, losses[(*d)->loss_of_pc],
			      (*d)->title, NULL);
	}
	pl_table_print (table);
	puts ("\nLinks: serial:DEVICE  pty:PATH  tcp:HOST:PORT  unix:PATH  replay:FILE\n"
	      "After a '?': baud= data= parity= stop= (serial, pty), record=FILE, pace=BAUD,\n"
	      "latency=MS, fault=SPEC; an '&' between them.");
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_drivers;
const PlCommand pl_command_drivers = {
    .name = "drivers",
    .arguments = "",
    .summary = "list the instrument drivers and kinds of links",
    .about =
	"What may stand in a bench file as driver: and link:, which role each driver can play,\n"
	"and what becomes of the energy if the station dies while it is on.",
    .example = "  packline drivers",
    .run = run_drivers,
};
