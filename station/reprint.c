/* SPDX-License-Identifier: Apache-2.0 */
#include "station/reprint.h"
#include "db/label.h"
#include "db/run.h"

/* The slot's own look at the bench takes moments. */
#define PATIENCE_S 1.0

typedef struct {
	gint64 run;
	const char *bench, *result;
	char *zpl;
	char *under_test; /* serial of the pack on the bench; NULL = none */
} Work;

/* Open runs and the label in one snapshot. A run that begins before the label is out finds the
 * printer lent. */
static gboolean
look (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	g_autoptr (GPtrArray) open = pl_run_rows_open (sql, w->bench, error);

	if (open == NULL)
		return FALSE;
	if (open->len > 0)
		w->under_test = g_strdup (((PlRunRow *)g_ptr_array_index (open, 0))->serial);
	return (w->zpl = pl_label_last (sql, 0, w->run, error)) != NULL;
}

static gboolean
keep (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_label_add (sql, w->run, w->zpl, w->result, error);
}

/* An open wire that has failed once is made anew for the next. */
static gboolean
print (PlStation *station, const char *zpl, GError **error)
{
	PlInstrument *printer = pl_bench_borrow (station->bench, PL_ROLE_PRINTER,
						 "printing a label again", PATIENCE_S, error);
	gboolean printed;

	if (printer == NULL)
		return FALSE;
	printed = printer->ops.printer->print (printer, zpl, error);
	if (!printed)
		pl_bench_forget (station->bench, PL_ROLE_PRINTER);
	pl_bench_return (station->bench, printer);
	return printed;
}

/* A failed try is kept as well: half a label may have come out. */
static gboolean
print_and_keep (PlStation *station, Work *w, const char *who, GError **error)
{
	g_autoptr (GError) wrong = NULL;
	g_autofree char *result = NULL;
	gboolean printed = print (station, w->zpl, &wrong);

	w->result = result =
	    printed ? g_strdup_printf ("printed again for %s", who)
		    : g_strdup_printf ("printing again for %s failed: %s", who, wrong->message);
	if (!pl_db_write (station->db, keep, w, error))
		return FALSE;
	if (!printed)
		g_propagate_error (error, g_steal_pointer (&wrong));
	return printed;
}

gboolean
pl_station_reprint (PlStation *station, gint64 run, const char *who, GError **error)
{
	Work w = {.run = run, .bench = pl_bench_name (station->bench)};
	g_autofree char *zpl = NULL, *under_test = NULL;
	gboolean ok = pl_db_read (station->db, look, &w, error);

	zpl = w.zpl;
	under_test = w.under_test;
	if (!ok)
		return FALSE;
	if (under_test == NULL)
		return print_and_keep (station, &w, who, error);
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
		     "%s is on the bench, and its label comes out of the same printer: print again "
		     "when its test has ended",
		     under_test);
	return FALSE;
}
