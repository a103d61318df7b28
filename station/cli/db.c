/* SPDX-License-Identifier: Apache-2.0 */
#include "db/grading.h"
#include "db/journal.h"
#include "station/cli/command.h"
#include <glib/gstdio.h>
#include <stdio.h>

/* The care of the station's memory. Everything here reads only, and works beside a running
 * station. */

static const GOptionEntry options[] = {PL_OPTION_HOME, {NULL}};

/* Damage is what these commands are there to find: exit code 1, also if it is so bad that
 * nothing opens. */
static PlExit
say_damage (PlDb *db, const GError *error)
{
	gboolean damaged = g_error_matches (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);

	pl_say ("%s%s%s", db != NULL ? pl_db_file (db) : "", db != NULL ? ": " : "",
		error->message);
	return damaged ? PL_EXIT_FAIL : pl_exit_of_error (error);
}

/* A file that cannot be opened because of its content is the worst damage, not a reason to judge
 * nothing. */
static PlDb *
open_for_care (PlExit *ret_exit)
{
	PlDb *db = pl_open_memory (ret_exit);

	if (db == NULL && *ret_exit == PL_EXIT_UNJUDGED)
		*ret_exit = PL_EXIT_FAIL;
	return db;
}

/* -- check ------------------------------------------------------------------------------------- */

static PlExit
run_check (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = open_for_care (&exit);
	g_autoptr (GError) error = NULL;

	if (db == NULL)
		return exit;
	if (!pl_db_check (db, &error))
		return say_damage (db, error);
	printf ("%s: sound (schema %d)\n", pl_db_file (db), pl_db_schema_version (db));
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_db_check;
const PlCommand pl_command_db_check = {
    .name = "db check",
    .arguments = "",
    .summary = "is the database undamaged?",
    .about =
	"Runs SQLite's integrity check and foreign key check over the whole file. Exit code 1\n"
	"lists what is damaged: keep the file, restore the last backup.",
    .example = "  packline db check",
    .options = options,
    .run = run_check,
};

/* -- backup ------------------------------------------------------------------------------------ */

static PlExit
run_backup (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = pl_open_memory (&exit);
	g_autoptr (GError) error = NULL;
	GStatBuf st = {0};

	if (db == NULL)
		return exit;
	if (!pl_db_backup (db, args[0], &error))
		return pl_say_error (error);
	g_stat (args[0], &st);
	printf ("%s: %lld bytes, synced\n", args[0], (long long)st.st_size);
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_db_backup;
const PlCommand pl_command_db_backup = {
    .name = "db backup",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "copy the database into a new file, also during a run",
    .about = "One consistent copy of the whole database, synced to the disk. Never overwrites.\n"
	     "Keys are not in it: keep HOME/station.key elsewhere too.",
    .example = "  packline db backup /mnt/backup/station-2026-11-24.sqlite",
    .options = options,
    .run = run_backup,
};

/* -- verify ------------------------------------------------------------------------------------ */

typedef struct {
	gint64 rows, records, gradings;
} Chain;

/* The chain says that no row changed; the digests of records and gradings tie what was handed out,
 * and which grade each cell got, to its rows. */
static gboolean
walk (sqlite3 *sql, gpointer data, GError **error)
{
	Chain *chain = data;

	return pl_journal_verify (sql, &chain->rows, error) &&
	       pl_journal_verify_records (sql, &chain->records, error) &&
	       pl_grading_verify (sql, &chain->gradings, error);
}

static PlExit
run_verify (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = open_for_care (&exit);
	g_autoptr (GError) error = NULL;
	Chain chain = {0};

	if (db == NULL)
		return exit;
	if (!pl_db_read (db, walk, &chain, &error))
		return say_damage (db, error);
	printf ("%s: the journal's %lld rows follow one from the other, %lld records are as they "
		"were signed, %lld gradings as they were judged\n",
		pl_db_file (db), (long long)chain.rows, (long long)chain.records,
		(long long)chain.gradings);
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_db_verify;
const PlCommand pl_command_db_verify = {
    .name = "db verify",
    .arguments = "",
    .summary = "was nothing changed, removed or inserted afterwards?",
    .about =
	"Walks the journal's hash chain from its first row and holds every record, and every\n"
	"grading of a lot, against the digest that its journal row keeps. Exit code 1 names the\n"
	"first row that is wrong.",
    .example = "  packline db verify",
    .options = options,
    .run = run_verify,
};
