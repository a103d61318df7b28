/* SPDX-License-Identifier: Apache-2.0 */
#include "station/station.h"
#include "station/people.h"
#include "station/keys.h"
#include <errno.h>
#include <glib/gstdio.h>

/* -- errors that know who clears them ---------------------------------------------------------- */

typedef struct {
	PlPersonRole cleared_by;
} PlStationErrorPrivate;

static void
pl_station_error_private_init (PlStationErrorPrivate *self)
{
	self->cleared_by = PL_PERSON_ROLES;
}

static void
pl_station_error_private_copy (const PlStationErrorPrivate *from, PlStationErrorPrivate *to)
{
	*to = *from;
}

static void
pl_station_error_private_clear (PlStationErrorPrivate *self)
{
}

/* Its macro puts the type's name before _private_init and gives it a quark function. */
G_DEFINE_EXTENDED_ERROR (PlStationError, pl_station_error)

PlPersonRole
pl_error_cleared_by (const GError *error)
{
	PlStationErrorPrivate *self = pl_station_error_get_private (error);

	return self != NULL ? self->cleared_by : PL_PERSON_ROLES;
}

gboolean
pl_error_is_cleared_by (GError **error, PlPersonRole who)
{
	if (error != NULL && *error != NULL && (*error)->domain == PL_STATION_ERROR)
		pl_station_error_get_private (*error)->cleared_by = who;
	return FALSE;
}

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

/* -- who stands in front of it ----------------------------------------------------------------- */

/* A badge may be read while a run of another slot begins. */
static GMutex operator_lock;

/* People, bar and badge prefix are the station's and not a bench's: they live in the first. */
static PlStation *
first_of (PlStation *station)
{
	return station->first != NULL ? station->first : station;
}

char *
pl_station_operator (PlStation *station)
{
	char *who;

	g_mutex_lock (&operator_lock);
	who = g_strdup (first_of (station)->operator_id);
	g_mutex_unlock (&operator_lock);
	return who;
}

/* Copied before the lock: who may be the text that is freed. */
void
pl_station_set_operator (PlStation *station, const char *who)
{
	char *copy = g_strdup (who);

	g_mutex_lock (&operator_lock);
	g_free (first_of (station)->operator_id);
	first_of (station)->operator_id = copy;
	g_mutex_unlock (&operator_lock);
}

void
pl_station_bar (PlStation *station, const char *why)
{
	char *copy = g_strdup (why);

	g_mutex_lock (&operator_lock);
	g_free (first_of (station)->barred);
	first_of (station)->barred = copy;
	g_mutex_unlock (&operator_lock);
}

char *
pl_station_barred (PlStation *station)
{
	char *why;

	g_mutex_lock (&operator_lock);
	why = g_strdup (first_of (station)->barred);
	g_mutex_unlock (&operator_lock);
	return why;
}

const char *
pl_station_badge_prefix (PlStation *station)
{
	const char *set = first_of (station)->badge_prefix;

	return set != NULL ? set : PL_BADGE_PREFIX;
}

gboolean
pl_station_is_badge (PlStation *station, const char *code)
{
	return g_str_has_prefix (code, pl_station_badge_prefix (station));
}

/* -- coming and going -------------------------------------------------------------------------- */

PlStation *
pl_station_open (const char *home, const char *bench_file, GError **error)
{
	g_autoptr (PlStation) station = g_new0 (PlStation, 1);
	g_autofree char *file = g_build_filename (home, "station.sqlite", NULL);

	station->home = g_strdup (home);
	station->beside = g_ptr_array_new ();
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

/* A wire that two benches have in common would carry the commands of two runs at once. */
static gboolean
have_no_wire_in_common (PlBench *a, PlBench *b, GError **error)
{
	GPtrArray *of_a = pl_bench_entries (a), *of_b = pl_bench_entries (b);

	for (guint i = 0; i < of_a->len; i++)
		for (guint k = 0; k < of_b->len; k++) {
			const PlBenchEntry *one = g_ptr_array_index (of_a, i);
			const PlBenchEntry *other = g_ptr_array_index (of_b, k);

			if (!g_str_equal (one->link, other->link))
				continue;
			g_set_error (
			    error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
			    "the %s of bench %s and the %s of bench %s are both on %s: an "
			    "instrument belongs to one bench; correct the link in one of the files",
			    pl_role_name (one->role), pl_bench_name (a), pl_role_name (other->role),
			    pl_bench_name (b), one->link);
			return FALSE;
		}
	return TRUE;
}

/* The rows of a run name its bench: recovery tells by it what is whose. */
static gboolean
go_together (PlBench *a, PlBench *b, GError **error)
{
	if (!g_str_equal (pl_bench_name (a), pl_bench_name (b)))
		return have_no_wire_in_common (a, b, error);
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "two benches of this station are called %s: give each slot's bench file a "
		     "name of its own (bench: NAME)",
		     pl_bench_name (a));
	return FALSE;
}

/* Against every bench that is open, not the first alone. */
static gboolean
fits_in (PlStation *first, PlBench *bench, GError **error)
{
	if (first->bench != NULL && !go_together (first->bench, bench, error))
		return FALSE;
	for (guint i = 0; i < first->beside->len; i++)
		if (!go_together (((PlStation *)g_ptr_array_index (first->beside, i))->bench, bench,
				  error))
			return FALSE;
	return TRUE;
}

/* The bench is claimed last: what is refused for its file leaves no lock behind. */
PlStation *
pl_station_open_beside (PlStation *station, const char *bench_file, GError **error)
{
	PlStation *first = first_of (station), *self;
	g_autoptr (PlBench) bench = pl_bench_load (bench_file, error);

	if (bench == NULL || !fits_in (first, bench, error) || !pl_bench_claim (bench, error))
		return NULL;
	self = g_new0 (PlStation, 1);
	self->name = g_strdup (first->name);
	self->home = g_strdup (first->home);
	self->db = first->db;
	self->bench = g_steal_pointer (&bench);
	self->first = first;
	g_ptr_array_add (first->beside, self);
	return self;
}

/* The first closes the database, and only after all that stand beside it (station.h). */
void
pl_station_free (PlStation *station)
{
	if (station == NULL)
		return;
	pl_bench_free (station->bench);
	if (station->first != NULL)
		g_ptr_array_remove (station->first->beside, station);
	else
		pl_db_close (station->db);
	g_clear_pointer (&station->beside, g_ptr_array_unref);
	g_free (station->name);
	g_free (station->home);
	g_free (station->operator_id);
	g_free (station->barred);
	g_free (station->badge_prefix);
	g_free (station);
}

static gboolean
count_waiting (sqlite3 *sql, gpointer data, GError **error)
{
	*(GPtrArray **)data = pl_outbox_counts (sql, error);
	return *(GPtrArray **)data != NULL;
}

/* For the corner of a screen: how many, and for whom. NULL where the database does not tell. */
GPtrArray *
pl_station_waiting (PlStation *station, GError **error)
{
	GPtrArray *counts = NULL;

	pl_db_read (station->db, count_waiting, &counts, error);
	return counts;
}
