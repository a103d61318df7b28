/* SPDX-License-Identifier: Apache-2.0 */
#include "db/journal.h"
#include <sodium.h>
#include <string.h>

/* What the first row follows: a digest that no row can have, so that a cut-off beginning shows. */
#define GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

/* Each part goes in behind its length: without it "ab" + "c" and "a" + "bc" would be one digest,
 * and a byte could be moved from one field to the next unseen. */
static void
hash_part (crypto_hash_sha256_state *state, const char *text)
{
	guint64 len = GUINT64_TO_BE (strlen (text));

	crypto_hash_sha256_update (state, (const guint8 *)&len, sizeof len);
	crypto_hash_sha256_update (state, (const guint8 *)text, strlen (text));
}

/* The tag keeps these digests apart from any other use of SHA-256 over the same bytes (records,
 * curves), and will tell the next form of the row from this one. */
static char *
row_hash (const char *prev, gint64 seq, const char *utc, const char *kind, const char *body)
{
	static const guint8 tag = 0x01;
	g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, seq);
	guint8 hash[crypto_hash_sha256_BYTES];
	char *hex = g_malloc (2 * sizeof hash + 1);
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init (&state);
	crypto_hash_sha256_update (&state, &tag, 1);
	hash_part (&state, prev);
	hash_part (&state, number);
	hash_part (&state, utc);
	hash_part (&state, kind);
	hash_part (&state, body);
	crypto_hash_sha256_final (&state, hash);
	return sodium_bin2hex (hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

/* Inside the writer's transaction: nobody can append between this look and the row that follows. */
static gboolean
last_row (sqlite3 *sql, gint64 *ret_seq, char **ret_hash, GError **error)
{
	g_autoptr (sqlite3_stmt) last =
	    pl_sql (sql, error, "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
	int more = last != NULL ? pl_sql_step (sql, last, error) : -1;

	*ret_seq = more == 1 ? sqlite3_column_int64 (last, 0) : 0;
	*ret_hash = g_strdup (more == 1 ? (const char *)sqlite3_column_text (last, 1) : GENESIS);
	return more >= 0;
}

/* The chain needs consecutive numbers, so they are counted here: AUTOINCREMENT promises only that
 * they grow. */
gboolean
pl_journal_append (sqlite3 *sql, const char *kind, const char *body, gint64 *ret_seq,
		   char **ret_hash, GError **error)
{
	g_autofree char *prev = NULL, *hash = NULL;
	g_autofree char *now = pl_utc_now ();
	gint64 seq;

	if (!last_row (sql, &seq, &prev, error))
		return FALSE;
	seq++;
	hash = row_hash (prev, seq, now, kind, body);
	if (!pl_sql_run (sql,
			 pl_sql (sql, error,
				 "INSERT INTO journal (seq, utc, kind, body, prev, hash) VALUES "
				 "(?, ?, ?, ?, ?, ?)",
				 "isssss", seq, now, kind, body, prev, hash),
			 error))
		return FALSE;
	*ret_seq = seq;
	if (ret_hash != NULL)
		*ret_hash = g_steal_pointer (&hash);
	return TRUE;
}

static gboolean
bad_row (GError **error, gint64 seq, const char *what)
{
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
		     "the journal is not whole at row %lld: %s", (long long)seq, what);
	return FALSE;
}

/* The digest is computed over what the row says, with the predecessor's digest as computed, not as
 * stored: changing a row and its digest breaks the next one. */
static gboolean
verify_row (sqlite3_stmt *row, gint64 expected, const char *prev, char **ret_hash, GError **error)
{
	gint64 seq = sqlite3_column_int64 (row, 0);
	const char *hash = (const char *)sqlite3_column_text (row, 5);
	g_autofree char *right = NULL;

	if (seq != expected)
		return bad_row (error, expected, "it is missing");
	if (g_strcmp0 ((const char *)sqlite3_column_text (row, 4), prev) != 0)
		return bad_row (error, seq, "it does not follow the row before it");
	right = row_hash (prev, seq, (const char *)sqlite3_column_text (row, 1),
			  (const char *)sqlite3_column_text (row, 2),
			  (const char *)sqlite3_column_text (row, 3));
	if (g_strcmp0 (right, hash) != 0)
		return bad_row (error, seq, "its content was changed");
	*ret_hash = g_steal_pointer (&right);
	return TRUE;
}

/* Reads the whole chain, which holds digests and no records: that is what keeps it quick. */
gboolean
pl_journal_verify (sqlite3 *sql, gint64 *ret_rows, GError **error)
{
	g_autoptr (sqlite3_stmt) rows = pl_sql (
	    sql, error, "SELECT seq, utc, kind, body, prev, hash FROM journal ORDER BY seq", "");
	g_autofree char *prev = g_strdup (GENESIS);
	int more = -1;

	*ret_rows = 0;
	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1) {
		char *hash = NULL;

		if (!verify_row (rows, *ret_rows + 1, prev, &hash, error))
			return FALSE;
		g_free (prev);
		prev = hash;
		(*ret_rows)++;
	}
	return more == 0;
}

/* The journal holds digests only, so that it stays small enough to be read whole; the bodies are
 * compared against it. LEFT JOIN, so that a record whose journal row is gone is found, too. */
gboolean
pl_journal_verify_records (sqlite3 *sql, gint64 *ret_rows, GError **error)
{
	g_autoptr (sqlite3_stmt) rows = pl_sql (
	    sql, error,
	    "SELECT record.run, record.body, sha256, journal.body FROM record LEFT JOIN journal"
	    " ON journal.seq = record.journal AND journal.kind = 'record' ORDER BY record.run",
	    "");
	int more = -1;

	*ret_rows = 0;
	while (rows != NULL && (more = pl_sql_step (sql, rows, error)) == 1) {
		const char *body = (const char *)sqlite3_column_text (rows, 1);
		g_autofree char *digest =
		    g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);

		if (g_strcmp0 (digest, (const char *)sqlite3_column_text (rows, 2)) != 0 ||
		    g_strcmp0 (digest, (const char *)sqlite3_column_text (rows, 3)) != 0) {
			g_set_error (
			    error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
			    "the record of run %lld is not the one that the journal holds: "
			    "it was changed",
			    (long long)sqlite3_column_int64 (rows, 0));
			return FALSE;
		}
		(*ret_rows)++;
	}
	return more == 0;
}

void
pl_journal_row_free (gpointer data)
{
	PlJournalRow *row = data;

	g_free (row->utc);
	g_free (row->kind);
	g_free (row->body);
	g_free (row->hash);
	g_free (row);
}

GPtrArray *
pl_journal_last (sqlite3 *sql, guint most, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_journal_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    /* the last ones, but told in the order in which they came */
	    "SELECT * FROM (SELECT seq, utc, kind, body, hash FROM journal ORDER BY seq DESC"
	    " LIMIT ?) ORDER BY seq",
	    "i", (gint64)most);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlJournalRow *row = g_new0 (PlJournalRow, 1);

		row->seq = sqlite3_column_int64 (found, 0);
		row->utc = g_strdup ((const char *)sqlite3_column_text (found, 1));
		row->kind = g_strdup ((const char *)sqlite3_column_text (found, 2));
		row->body = g_strdup ((const char *)sqlite3_column_text (found, 3));
		row->hash = g_strdup ((const char *)sqlite3_column_text (found, 4));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* Both rows in the caller's transaction: a record without its journal row would be a forgery, a
 * journal row without its record a loss. */
gboolean
pl_record_add (sqlite3 *sql, gint64 run, const char *body, GError **error)
{
	g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);
	gint64 seq;

	return pl_journal_append (sql, "record", digest, &seq, NULL, error) &&
	       pl_sql_run (
		   sql,
		   pl_sql (sql, error,
			   "INSERT INTO record (run, body, sha256, journal) VALUES (?, ?, ?, ?)",
			   "issi", run, body, digest, seq),
		   error);
}

char *
pl_record_get (sqlite3 *sql, gint64 run, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error, "SELECT body FROM record WHERE run = ?", "i", run);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	if (more == 1)
		return g_strdup ((const char *)sqlite3_column_text (found, 0));
	if (more == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND, "run %lld has no record",
			     (long long)run);
	return NULL;
}
