/* SPDX-License-Identifier: Apache-2.0 */
#include "db/journal.h"
#include "station/cli/command.h"
#include "station/cli/dates.h"
#include "station/cli/format.h"
#include <stdio.h>
#include <string.h>

/* Lists out of the station's memory: journal, instruments. */

/* 48 bits: enough to tell rows apart by eye */
#define SHORT_HASH 12

static int count = 20;

typedef GPtrArray *(*Fetch) (sqlite3 *sql, guint most, GError **error);

typedef struct {
	Fetch fetch;
	GPtrArray *rows;
} Query;

static gboolean
fetch_rows (sqlite3 *sql, gpointer data, GError **error)
{
	Query *query = data;

	query->rows = query->fetch (sql, (guint)count, error);
	return query->rows != NULL;
}

/* Every list is one reading transaction of its own handle: a station that runs beside it never
 * waits for it. NULL after having said why. */
static GPtrArray *
ask (Fetch fetch, PlExit *ret_exit)
{
	g_autoptr (PlDb) db = NULL;
	g_autoptr (GError) error = NULL;
	Query query = {fetch, NULL};

	if (count < 1) {
		*ret_exit = pl_say_usage ("--count %d: at least one", count);
		return NULL;
	}
	if ((db = pl_open_memory (ret_exit)) == NULL)
		return NULL;
	if (!pl_db_read (db, fetch_rows, &query, &error))
		*ret_exit = pl_say_error (error);
	return query.rows;
}

/* -- journal ----------------------------------------------------------------------------------- */

static PlExit
run_journal (char **args)
{
	static const char *const headers[] = {">row", "written (UTC)", "kind",
					      "hash", "body",	       NULL};
	PlExit exit = PL_EXIT_PASS;
	g_autoptr (GPtrArray) rows = ask (pl_journal_last, &exit);
	g_autoptr (PlTable) table = NULL;

	if (rows == NULL)
		return exit;
	if (rows->len == 0) {
		puts ("the journal is empty yet");
		return PL_EXIT_PASS;
	}
	table = pl_table_new (headers);
	for (guint i = 0; i < rows->len; i++) {
		const PlJournalRow *row = g_ptr_array_index (rows, i);
		g_autofree char *seq = g_strdup_printf ("%" G_GINT64_FORMAT, row->seq);
		g_autofree char *when = pl_utc_text (row->utc);
		g_autofree char *hash = g_strndup (row->hash, SHORT_HASH);

		pl_table_row (table, PL_TONE_PLAIN, seq, when, row->kind, hash, row->body, NULL);
	}
	pl_table_print (table);
	return PL_EXIT_PASS;
}

static const GOptionEntry journal_options[] = {
    {"count", 'n', 0, G_OPTION_ARG_INT, &count, "at most N (default: 20)", "N"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_journal;
const PlCommand pl_command_journal = {
    .name = "journal",
    .arguments = "",
    .summary = "show the last rows of the station's journal",
    .about = "The journal is a hash chain: each row's hash covers the one before. A record's row\n"
	     "holds the SHA-256 of the record. packline db verify walks the whole chain.",
    .example = "  packline journal -n 5",
    .options = journal_options,
    .run = run_journal,
};

/* -- instruments ------------------------------------------------------------------------------- */

/* All of them, whatever --count would be: a plant has dozens, not thousands. */
static GPtrArray *
fetch_instruments (sqlite3 *sql, guint most, GError **error)
{
	return pl_instrument_rows (sql, error);
}

/* What a service engineer asks for on the telephone; NULL if it has told nothing of it. */
static char *
particulars (const PlInstrumentRow *row)
{
	const char *const names[] = {"serial", "firmware", "certificate"};
	const char *const values[] = {row->serial, row->firmware, row->certificate};
	g_autoptr (GString) text = g_string_new (NULL);

	for (guint i = 0; i < G_N_ELEMENTS (names); i++)
		if (values[i] != NULL && *values[i] != '\0')
			g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "",
						names[i], values[i]);
	return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static PlExit
run_instruments (char **args)
{
	static const char *const headers[] = {"role", "instrument", "calibration due", NULL};
	PlExit exit = PL_EXIT_PASS;
	g_autoptr (GPtrArray) rows = ask (fetch_instruments, &exit);
	g_autoptr (PlTable) table = NULL;

	if (rows == NULL)
		return exit;
	if (rows->len == 0) {
		puts ("no instrument has measured here yet");
		return PL_EXIT_PASS;
	}
	table = pl_table_new (headers);
	for (guint i = 0; i < rows->len; i++) {
		const PlInstrumentRow *row = g_ptr_array_index (rows, i);
		g_autofree char *model = g_strdup_printf ("%s %s", row->maker, row->model);
		g_autofree char *due = pl_due_text (row->due), *more = particulars (row);

		g_strstrip (model);
		pl_table_row (table, pl_due_tone (row->due), row->role,
			      *model != '\0' ? model : "(does not tell who it is)", due, NULL);
		if (more != NULL)
			pl_table_note (table, more);
	}
	pl_table_print (table);
	return PL_EXIT_PASS;
}

static const GOptionEntry instruments_options[] = {PL_OPTION_HOME, {NULL}};

extern const PlCommand pl_command_instruments;
const PlCommand pl_command_instruments = {
    .name = "instruments",
    .arguments = "",
    .summary = "list the instruments that have measured here",
    .about = "Every instrument that a result of this station names, with its newest calibration.",
    .example = "  packline instruments",
    .options = instruments_options,
    .run = run_instruments,
};
