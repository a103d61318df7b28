/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "station/cli/command.h"
#include <stdio.h>

/* A certificate that came back with its instrument. */

static char *bench_file, *calibrated, *due, *certificate, *operator_id;

/* NULL, too, for a role that this bench does not have. */
static const PlBenchEntry *
find_role (PlBench *bench, const char *role)
{
	for (guint i = 0; i < PL_ROLE_LAST; i++)
		if (g_str_equal (pl_role_name (i), role))
			return pl_bench_entry (bench, i);
	return NULL;
}

/* The instrument itself says who it is: a certificate is entered for the one that is connected. */
static gboolean
enter (PlStation *station, const PlBenchEntry *entry, GError **error)
{
	PlCalibrationRow row = {calibrated, due, certificate};
	PlInstrument *instrument =
	    pl_bench_borrow (station->bench, entry->role, "packline calibrate", 5.0, error);
	gboolean ok;

	if (instrument == NULL)
		return FALSE;
	ok = pl_station_calibrate (station, entry, &instrument->identity, &row,
				   pl_operator (operator_id), error);
	if (ok)
		printf ("%s %s %s: calibrated %s, due %s, certificate %s\n",
			pl_role_name (entry->role), instrument->identity.model,
			pl_calibration_serial (entry, &instrument->identity), calibrated, due,
			certificate);
	pl_bench_return (station->bench, instrument);
	return ok;
}

static PlExit
run_calibrate (char **args)
{
	g_autoptr (PlStation) station = NULL;
	g_autoptr (GError) error = NULL;
	const PlBenchEntry *entry;
	PlExit exit = PL_EXIT_USAGE;

	if (bench_file == NULL || calibrated == NULL || due == NULL || certificate == NULL)
		return pl_say_usage ("what stands on the certificate? give --bench FILE, --date, "
				     "--due and --certificate");
	if ((station = pl_open_station (bench_file, &exit)) == NULL)
		return exit;
	entry = find_role (station->bench, args[0]);
	if (entry == NULL)
		return pl_say_usage ("bench %s has no %s", pl_bench_name (station->bench), args[0]);
	return enter (station, entry, &error) ? PL_EXIT_PASS : pl_say_error (error);
}

static const GOptionEntry options[] = {
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, &bench_file, "the bench file (needed)", "FILE"},
    {"date", 0, 0, G_OPTION_ARG_STRING, &calibrated, "when it was calibrated (needed)",
     "YYYY-MM-DD"},
    {"due", 0, 0, G_OPTION_ARG_STRING, &due, "when it is due again (needed)", "YYYY-MM-DD"},
    {"certificate", 0, 0, G_OPTION_ARG_STRING, &certificate, "its number (needed)", "TEXT"},
    {"operator", 0, 0, G_OPTION_ARG_STRING, &operator_id,
     "who answers for it (default: $PACKLINE_OPERATOR, else the login name)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_calibrate;
const PlCommand pl_command_calibrate = {
    .name = "calibrate",
    .arguments = "ROLE",
    .min = 1,
    .max = 1,
    .summary = "enter the certificate of an instrument of a bench",
    .about = "Asks the instrument who it is and keeps the dates for its serial number, with who\n"
	     "entered them. The newer of this and the bench file's dates counts, for whether the\n"
	     "bench is ready and in every record from then on.",
    .example = "  packline calibrate daq --bench bench.yaml --date 2026-11-20 \\\n"
	       "    --due 2027-11-20 --certificate K-2026-0815",
    .options = options,
    .run = run_calibrate,
};
