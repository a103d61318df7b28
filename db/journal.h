/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* The station's journal: a hash chain. hash = SHA-256 (0x01, prev hash, then each of seq, utc, kind
 * and body with its length before it), so that no byte of a row can change, no row go missing from
 * the middle or change place. */
gboolean pl_journal_append (sqlite3 *sql, const char *kind, const char *body, gint64 *ret_seq,
			    char **ret_hash, GError **error);
/* Walks the whole chain; *ret_rows = rows that are right. The first bad row is named. */
gboolean pl_journal_verify (sqlite3 *sql, gint64 *ret_rows, GError **error);
/* Holds every kept record against its digest and its journal row; *ret_rows = records that are
 * right. */
gboolean pl_journal_verify_records (sqlite3 *sql, gint64 *ret_rows, GError **error);
typedef struct {
	gint64 seq;
	char *utc, *kind, *body, *hash;
} PlJournalRow;
void pl_journal_row_free (gpointer row);
/* The last rows, at most `most`, oldest first: PlJournalRow*. Caller unrefs. */
GPtrArray *pl_journal_last (sqlite3 *sql, guint most, GError **error);
/* The record of a run is kept as it was handed out, in the same transaction as its journal row. */
gboolean pl_record_add (sqlite3 *sql, gint64 run, const char *body, GError **error);
/* NULL with NOT_FOUND if the run has none. Caller frees. */
char *pl_record_get (sqlite3 *sql, gint64 run, GError **error);
