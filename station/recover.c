/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/run.h"
#include "fixtures/safety.h"
#include "station/record.h"
#include "station/station.h"

/* What a start does after a crash, and what every teardown does: make safe, and prove it. */

#define TOUCH_LIMIT_V 60.0 /* EN 50191 */
#define DISCHARGE_MAX_S 20.0

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
static gboolean
prove_discharged (PlBench *bench, GError **error)
{
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
	prove_discharged (station->bench, first == NULL ? &first : NULL);
	return first == NULL || unsafe (first->message, error);
}

/* -- the rows of what may be live -------------------------------------------------------------- */

static gboolean
clear_rows (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GPtrArray) live = pl_energised_list (sql, error);

	for (guint i = 0; live != NULL && i < live->len; i++)
		if (!pl_energised_clear (sql, ((PlEnergisedRow *)g_ptr_array_index (live, i))->id,
					 error))
			return FALSE;
	return live != NULL;
}

gboolean
pl_station_all_is_safe (PlStation *station, GError **error)
{
	return pl_db_write (station->db, clear_rows, NULL, error);
}

static gboolean
list_rows (sqlite3 *sql, gpointer data, GError **error)
{
	*(GPtrArray **)data = pl_energised_list (sql, error);
	return *(GPtrArray **)data != NULL;
}

char *
pl_station_live (PlStation *station)
{
	g_autoptr (GPtrArray) live = NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (GString) text = g_string_new (NULL);

	/* a memory that does not answer is no all-clear */
	if (!pl_db_read (station->db, list_rows, &live, &error))
		return g_strdup_printf ("anything (the database does not tell: %s)",
					error->message);
	for (guint i = 0; i < live->len; i++) {
		const PlEnergisedRow *row = g_ptr_array_index (live, i);

		g_string_append_printf (text, "%s%s since %s", i > 0 ? "; " : "", row->what,
					row->since);
	}
	return live->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* -- after a crash ----------------------------------------------------------------------------- */

typedef struct {
	const char *home;
	GPtrArray *live, *open;
} Found;

/* One snapshot of both, so that no row is seen without its run. */
static gboolean
look (sqlite3 *sql, gpointer data, GError **error)
{
	Found *found = data;

	found->live = pl_energised_list (sql, error);
	found->open = found->live != NULL ? pl_run_rows_open (sql, error) : NULL;
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
		if (!end_interrupted (sql, found->home,
				      ((PlRunRow *)g_ptr_array_index (found->open, i))->id, error))
			return FALSE;
	return clear_rows (sql, NULL, error);
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

/* Always before the first run: nothing is energised on top of what may be live. */
gboolean
pl_station_recover (PlStation *station, PlSay say, gpointer data, guint *ret_found, GError **error)
{
	Found found = {.home = station->home};
	gboolean ok = pl_db_read (station->db, look, &found, error);

	if (ok && found.live->len + found.open->len > 0)
		ok = recover (station, &found, say, data, error);
	if (ret_found != NULL)
		*ret_found = ok ? found.live->len + found.open->len : 0;
	g_clear_pointer (&found.live, g_ptr_array_unref);
	g_clear_pointer (&found.open, g_ptr_array_unref);
	return ok;
}
