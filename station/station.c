/* SPDX-License-Identifier: Apache-2.0 */
#include "station/station.h"
#include "station/keys.h"
#include <errno.h>
#include <glib/gstdio.h>

G_DEFINE_QUARK (pl - station - error - quark, pl_station_error)

/* Read each time: tests and the demo point it elsewhere. */
const char *
pl_data_dir (void)
{
	const char *set = g_getenv ("PACKLINE_DATA");

	return set != NULL ? set : PL_DATA_DIR;
}

/* All that a station owns is below its home, so that one folder is its backup. */
char *
pl_station_path (PlStation *station, const char *name)
{
	return g_build_filename (station->home, name, NULL);
}

PlStation *
pl_station_open (const char *home, const char *bench_file, GError **error)
{
	g_autoptr (PlStation) station = g_new0 (PlStation, 1);
	g_autofree char *file = g_build_filename (home, "station.sqlite", NULL);

	station->home = g_strdup (home);
	station->name =
	    g_strdup (g_getenv ("PACKLINE_STATION") != NULL ? g_getenv ("PACKLINE_STATION")
							    : g_get_host_name ());
	station->operator_id = g_strdup (g_getenv ("PACKLINE_OPERATOR"));
	if (g_mkdir_with_parents (home, 0755) != 0) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
			     "cannot make the station's folder %s: %s; give another with --home",
			     home, g_strerror (errno));
		return NULL;
	}
	/* the bench file first: a typing error there should not have made a database */
	if (bench_file != NULL && (station->bench = pl_bench_load (bench_file, error)) == NULL)
		return NULL;
	station->db = pl_db_open (file, PL_DB_READ_WRITE, error);
	if (station->db == NULL || !pl_keys_ensure (home, error))
		return NULL;
	if (station->bench != NULL && !pl_bench_claim (station->bench, error))
		return NULL;
	return g_steal_pointer (&station);
}

void
pl_station_free (PlStation *station)
{
	if (station == NULL)
		return;
	pl_bench_free (station->bench);
	pl_db_close (station->db);
	g_free (station->name);
	g_free (station->home);
	g_free (station->operator_id);
	g_free (station);
}
