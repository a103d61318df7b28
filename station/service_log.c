/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/run.h"
#include "db/unit.h"
#include "station/canonical.h"
#include "station/record.h"
#include "station/service_inside.h"

/* A sitting as rows: it is a run, so that what it leaves behind is found as any run's is. */

/* The text is hashed and kept as any recipe's, so that a sitting's record names what it was made
 * by. */
#define RECIPE                                                                                     \
	"# Outputs switched by hand by a technician: what was done are this run's events.\n"       \
	"recipe: service\nversion: 1\n"

typedef struct {
	PlService *service;
	const char *what, *result, *danger;
	PlRunRow *row;
	gint64 id;
} Work;

/* -- begin ------------------------------------------------------------------------------------- */

/* Nobody's pack: the bench itself stands in its place, under a scheme of its own. */
static gboolean
begin (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	PlService *s = w->service;
	g_autofree char *unit = g_strdup_printf ("bench %s", w->row->bench);
	g_autofree char *held = g_strdup_printf ("the bench, in the hands of %s", s->who);

	return pl_unit_register (sql, "pack", unit, "service", NULL, NULL, NULL, &w->row->unit,
				 error) &&
	       pl_run_row_begin (sql, w->row, RECIPE, s->who, &s->run, error) &&
	       pl_energised_add (sql, s->run, held, &s->row, error);
}

/* A simulated bench stamps its sittings, too: no record of one may look real. */
gboolean
pl_service_log_begin (PlService *service, GError **error)
{
	PlBench *bench = service->station->bench;
	g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, RECIPE, -1);
	g_autofree char *now = pl_utc_now (), *uuid = pl_uuid7 ();
	PlRunRow row = {.uuid = uuid,
			.kind =
			    (char *)(pl_bench_is_simulated (bench) ? "simulated" : "engineering"),
			.recipe = (char *)"service",
			.recipe_hash = hash,
			.recipe_version = 1,
			.station = service->station->name,
			.bench = (char *)pl_bench_name (bench),
			.software = (char *)PL_VERSION,
			.entry = (char *)"typed",
			.started = now};
	Work w = {.service = service, .row = &row};

	if (pl_db_write (service->station->db, begin, &w, error))
		return TRUE;
	service->run = service->row = 0;
	return FALSE;
}

/* -- what may be live -------------------------------------------------------------------------- */

static gboolean
add_energised (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_energised_add (sql, w->service->run, w->what, &w->id, error);
}

/* A commit of its own, and synced: a power cut right after the relay has closed must find the row.
 */
gboolean
pl_service_log_energised (PlService *service, const char *what, gint64 *ret_row, GError **error)
{
	Work w = {.service = service, .what = what};

	if (!pl_db_write (service->station->db, add_energised, &w, error))
		return FALSE;
	*ret_row = w.id;
	return TRUE;
}

static gboolean
clear_energised (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_energised_clear (sql, ((Work *)data)->id, error);
}

gboolean
pl_service_log_cleared (PlService *service, gint64 row, GError **error)
{
	Work w = {.service = service, .id = row};

	return pl_db_write (service->station->db, clear_energised, &w, error);
}

/* -- what was done ----------------------------------------------------------------------------- */

static char *
journal_text (const Work *w)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "bench", pl_bench_name (w->service->station->bench));
	pl_canonical_member (json, "by", w->service->who);
	pl_canonical_member (json, "order", w->what);
	pl_canonical_member (json, "result", w->result);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

/* The journal has it even if the sitting could not begin: then it is no run's event. */
static gboolean
add_log (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	g_autofree char *event = g_strdup_printf ("%s: %s", w->what, w->result);
	g_autofree char *text = journal_text (w), *hash = NULL;
	gint64 seq;

	if (w->service->run != 0 &&
	    !pl_run_row_add_event (sql, w->service->run, "service", event, error))
		return FALSE;
	return pl_journal_append (sql, "service", text, &seq, &hash, error);
}

/* A warning only: an output that is on must still be switched off when the disk is full. */
void
pl_service_log (PlService *service, const char *what, const char *result)
{
	g_autofree char *plain = pl_plain_text (result);
	Work w = {.service = service, .what = what, .result = plain};
	g_autoptr (GError) error = NULL;

	if (!pl_db_write (service->station->db, add_log, &w, &error))
		g_warning ("\"%s: %s\" of a sitting was not kept: %s", what, plain, error->message);
}

/* -- end --------------------------------------------------------------------------------------- */

/* Verdict, record and journal in one commit, as of any run. */
static gboolean
end (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	PlService *s = w->service;
	g_autofree char *body = NULL, *cause = NULL;

	cause =
	    w->danger == NULL
		? g_strdup_printf ("the bench was in the hands of %s; all outputs are safe", s->who)
		: g_strdup_printf ("the bench was in the hands of %s and is not proved safe: %s",
				   s->who, w->danger);
	if (!pl_run_row_end (sql, s->run, w->danger == NULL ? "ABORTED" : "ERROR", cause, NULL,
			     error) ||
	    (w->danger == NULL && !pl_energised_clear (sql, s->row, error)))
		return FALSE;
	body = pl_record_make (sql, s->run, NULL, s->station->home, error);
	return body != NULL && pl_record_add (sql, s->run, body, error);
}

gboolean
pl_service_log_end (PlService *service, const char *danger, GError **error)
{
	Work w = {.service = service, .danger = danger};

	return pl_db_write (service->station->db, end, &w, error);
}
