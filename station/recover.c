/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/run.h"
#include "fixtures/safety.h"
#include "station/record.h"
#include "station/station.h"

/* What a start does after a crash, and what every teardown does: make safe, and prove it. */

#define TOUCH_LIMIT_V 60.0 /* EN 50191 */
#define DISCHARGE_MAX_S 20.0 /* plant default, as fixture-open's */

/* Source first, then what connects it: the order in which a person would do it. */
static const PlRole safe_order[] = {PL_ROLE_HIPOT, PL_ROLE_SUPPLY, PL_ROLE_BMS, PL_ROLE_PLC};

/* An instrument that failed is opened afresh: its wire may be what is wrong. */
static gboolean
make_one_safe (PlBench *bench, PlRole role, GError **error)
{
	PlInstrument *instrument;
	gboolean ok;

	if (pl_bench_entry (bench, role) == NULL)
		return TRUE;
	instrument = pl_bench_borrow (bench, role, "make safe", 5.0, error);
	if (instrument == NULL)
		return FALSE;
	ok = instrument->make_safe == NULL || instrument->make_safe (instrument, error);
	pl_bench_return (bench, instrument);
	if (!ok)
		pl_bench_forget (bench, role);
	return ok;
}

/* By the DAQ, which had no part in charging it. The BMS's word that its contactor is commanded open
 * is no proof that it is. */
gboolean
pl_station_prove_discharged (PlStation *station, GError **error)
{
	PlBench *bench = station->bench;
	PlClock *clock = pl_bench_clock (bench, NULL);
	PlInstrument *daq;
	double volts;
	gboolean ok;

	if (pl_bench_entry (bench, PL_ROLE_DAQ) == NULL)
		return TRUE;
	daq = pl_bench_borrow (bench, PL_ROLE_DAQ, "proving the fixture discharged", 5.0, error);
	if (daq == NULL)
		return FALSE;
	ok = pl_safety_prove_discharged (daq, clock, TOUCH_LIMIT_V, DISCHARGE_MAX_S, &volts,
					 error) &&
	     pl_safety_prove_terminals (daq, clock, TOUCH_LIMIT_V, DISCHARGE_MAX_S, &volts, error);
	pl_bench_return (bench, daq);
	return ok;
}

/* A BMS that does not obey loses its supply: without it no coil holds a contactor closed. */
static void
cut_bms_power (PlBench *bench, const GError *disobeyed)
{
	g_autoptr (GError) error = NULL;
	PlInstrument *plc = NULL;

	g_info ("%s", disobeyed->message);
	if (pl_bench_entry (bench, PL_ROLE_PLC) != NULL)
		plc = pl_bench_borrow (bench, PL_ROLE_PLC, "make safe", 5.0, &error);
	if (plc == NULL)
		return;
	if (plc->ops.registers->count (plc, "bms_power") > 0 &&
	    !plc->ops.registers->write (plc, "bms_power", 0, &error))
		g_warning ("cutting the BMS's supply: %s", error->message);
	pl_bench_return (bench, plc);
}

static gboolean
unsafe (const char *why, GError **error)
{
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE, "making safe: %s", why);
	return FALSE;
}

void
pl_station_doubt (PlStation *station, gboolean doubted)
{
	g_atomic_int_set (&station->doubted, doubted);
}

gboolean
pl_station_is_doubted (PlStation *station)
{
	return g_atomic_int_get (&station->doubted);
}

/* Every instrument is tried, whatever the one before said: one that is silent must not leave the
 * next one live. The proof is made even then, but only the first failure is told. */
gboolean
pl_station_make_safe (PlStation *station, GError **error)
{
	g_autoptr (GError) first = NULL;

	if (station->bench == NULL)
		return unsafe ("the bench's file is not known: give it with --bench", error);
	for (guint i = 0; i < G_N_ELEMENTS (safe_order); i++) {
		g_autoptr (GError) wrong = NULL;

		if (make_one_safe (station->bench, safe_order[i], &wrong))
			continue;
		/* a pack whose BMS does not answer is made safe by its supply and relays */
		if (safe_order[i] == PL_ROLE_BMS) {
			cut_bms_power (station->bench, wrong);
			continue;
		}
		if (first == NULL)
			first = g_steal_pointer (&wrong);
		else
			g_warning ("%s", wrong->message);
	}
	pl_station_prove_discharged (station, first == NULL ? &first : NULL);
	pl_station_doubt (station, first != NULL);
	return first == NULL || unsafe (first->message, error);
}

/* -- the rows of what may be live -------------------------------------------------------------- */

/* Whose rows they are; without a bench they are anybody's. */
static const char *
bench_of (PlStation *station)
{
	return station->bench != NULL ? pl_bench_name (station->bench) : NULL;
}

/* data: the station. */
static gboolean
clear_rows (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GPtrArray) live = pl_energised_list (sql, bench_of (data), error);

	for (guint i = 0; live != NULL && i < live->len; i++)
		if (!pl_energised_clear (sql, ((PlEnergisedRow *)g_ptr_array_index (live, i))->id,
					 error))
			return FALSE;
	return live != NULL;
}

gboolean
pl_station_all_is_safe (PlStation *station, GError **error)
{
	return pl_db_write (station->db, clear_rows, station, error);
}

typedef struct {
	PlStation *station;
	GPtrArray *live, *open;
} Found;

static gboolean
list_live (sqlite3 *sql, gpointer data, GError **error)
{
	Found *found = data;

	found->live = pl_energised_list (sql, bench_of (found->station), error);
	return found->live != NULL;
}

char *
pl_station_live (PlStation *station)
{
	Found found = {.station = station};
	g_autoptr (GPtrArray) live = NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (GString) text = g_string_new (NULL);

	/* a memory that does not answer is no all-clear */
	if (!pl_db_read (station->db, list_live, &found, &error))
		return g_strdup_printf ("anything (the database does not tell: %s)",
					error->message);
	live = found.live;
	for (guint i = 0; i < live->len; i++) {
		const PlEnergisedRow *row = g_ptr_array_index (live, i);

		g_string_append_printf (text, "%s%s since %s", i > 0 ? "; " : "", row->what,
					row->since);
	}
	return live->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* -- after a crash ----------------------------------------------------------------------------- */

/* One snapshot of both, so that no row is seen without its run. */
static gboolean
look (sqlite3 *sql, gpointer data, GError **error)
{
	Found *found = data;

	if (list_live (sql, data, error))
		found->open = pl_run_rows_open (sql, bench_of (found->station), error);
	return found->open != NULL;
}

/* An interrupted run has its record, too: what was measured before stays measured. */
static gboolean
end_interrupted (sqlite3 *sql, const char *home, gint64 run, GError **error)
{
	g_autofree char *body = NULL;

	if (!pl_run_row_add_event (sql, run, "recovered",
				   "the station was interrupted; all outputs made safe", error) ||
	    !pl_run_row_end (sql, run, "ERROR",
			     "interrupted: the station stopped during this run; retest", NULL,
			     error))
		return FALSE;
	body = pl_record_make (sql, run, NULL, home, error);
	return body != NULL && pl_record_add (sql, run, body, error);
}

/* One commit: a second crash finds either all of it or none. */
static gboolean
settle (sqlite3 *sql, gpointer data, GError **error)
{
	Found *found = data;

	for (guint i = 0; i < found->open->len; i++)
		if (!end_interrupted (sql, found->station->home,
				      ((PlRunRow *)g_ptr_array_index (found->open, i))->id, error))
			return FALSE;
	return clear_rows (sql, found->station, error);
}

static void G_GNUC_PRINTF (3, 4) say_line (PlSay say, gpointer data, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	if (say == NULL)
		return;
	va_start (args, format);
	line = g_strdup_vprintf (format, args);
	va_end (args);
	say (data, line);
}

static gboolean
recover (PlStation *station, Found *found, PlSay say, gpointer data, GError **error)
{
	for (guint i = 0; i < found->live->len; i++) {
		const PlEnergisedRow *row = g_ptr_array_index (found->live, i);

		say_line (say, data, "may be live since %s: %s (pack %s)", row->since, row->what,
			  row->serial);
	}
	for (guint i = 0; i < found->open->len; i++) {
		const PlRunRow *run = g_ptr_array_index (found->open, i);

		say_line (say, data, "interrupted: run of pack %s begun %s", run->serial,
			  run->started);
	}
	if (!pl_station_make_safe (station, error)) {
		g_prefix_error (error, "what the last run left behind could not be proved safe: "
				       "keep out, call the technician: ");
		return FALSE;
	}
	if (!pl_db_write (station->db, settle, found, error)) {
		g_prefix_error (error,
				"the bench is safe, but the interrupted run could not be ended: ");
		return FALSE;
	}
	say_line (say, data,
		  "all outputs are off, the fixture is discharged, interrupted runs are ERROR");
	return TRUE;
}

/* -- of benches that nobody here looks after --------------------------------------------------- */

/* char* names of all benches on which something is live or a run is open; data: a set. */
static gboolean
list_benches (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GPtrArray) live = pl_energised_list (sql, NULL, error);
	g_autoptr (GPtrArray) open = live != NULL ? pl_run_rows_open (sql, NULL, error) : NULL;

	for (guint i = 0; open != NULL && i < live->len; i++)
		g_hash_table_add (
		    data, g_strdup (((PlEnergisedRow *)g_ptr_array_index (live, i))->bench));
	for (guint i = 0; open != NULL && i < open->len; i++)
		g_hash_table_add (data,
				  g_strdup (((PlRunRow *)g_ptr_array_index (open, i))->bench));
	return open != NULL;
}

static gboolean
is_attended (PlStation *first, const char *bench)
{
	gboolean attended = g_strcmp0 (bench_of (first), bench) == 0;

	for (guint i = 0; i < first->beside->len; i++)
		attended |= g_strcmp0 (bench_of (g_ptr_array_index (first->beside, i)), bench) == 0;
	return attended;
}

/* Without its bench file nothing of it can be made safe from here: the first says it for all. */
static void
say_unattended (PlStation *station, PlSay say, gpointer data)
{
	g_autoptr (GHashTable) benches =
	    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
	GHashTableIter at;
	gpointer bench;

	if (station->first != NULL || station->bench == NULL ||
	    !pl_db_read (station->db, list_benches, benches, NULL))
		return;
	g_hash_table_iter_init (&at, benches);
	while (g_hash_table_iter_next (&at, &bench, NULL))
		if (!is_attended (station, bench))
			say_line (say, data,
				  "bench %s is not in use here, but a run of it was interrupted or "
				  "left something live: packline recover --bench with its file",
				  (char *)bench);
}

/* Always before the first run: nothing is energised on top of what may be live. */
gboolean
pl_station_recover (PlStation *station, PlSay say, gpointer data, guint *ret_found, GError **error)
{
	Found found = {.station = station};
	gboolean ok = pl_db_read (station->db, look, &found, error);

	say_unattended (station, say, data);
	if (ok && found.live->len + found.open->len > 0)
		ok = recover (station, &found, say, data, error);
	pl_station_doubt (station, !ok);
	if (ret_found != NULL)
		*ret_found = ok ? found.live->len + found.open->len : 0;
	g_clear_pointer (&found.live, g_ptr_array_unref);
	g_clear_pointer (&found.open, g_ptr_array_unref);
	return ok;
}
