/* SPDX-License-Identifier: Apache-2.0 */
#include "db/outbox.h"

void
pl_outbox_row_free (gpointer data)
{
	PlOutboxRow *row = data;

	g_free (row->partner);
	g_free (row->kind);
	g_free (row->body);
	g_free (row->sha256);
	g_free (row->created);
	g_free (row->state);
	g_free (row);
}

/* One sequence a partner, without gaps, counted in the writer's transaction: a partner that sees
 * 17 after 15 knows that one is missing. */
gboolean
pl_outbox_add (sqlite3 *sql, const char *partner, gint64 run, const char *kind, const char *body,
	       gint64 *ret_seq, GError **error)
{
	g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);
	g_autofree char *now = pl_utc_now ();
	g_autoptr (sqlite3_stmt) next =
	    pl_sql (sql, error, "SELECT coalesce (max (seq), 0) + 1 FROM outbox WHERE partner = ?",
		    "s", partner);

	if (next == NULL || pl_sql_step (sql, next, error) != 1)
		return FALSE;
	*ret_seq = sqlite3_column_int64 (next, 0);
	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "INSERT INTO outbox (partner, seq, run, kind, body, sha256, created)"
		    " VALUES (?, ?, nullif (?, 0), ?, ?, ?, ?)",
		    "siissss", partner, *ret_seq, run, kind, body, digest, now),
	    error);
}

/* In order of each partner's own sequence: a partner takes 17 only after 16. */
GPtrArray *
pl_outbox_waiting (sqlite3 *sql, const char *partner, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_outbox_row_free);
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT seq, run, partner, kind, body, sha256, created, state FROM outbox"
	    /* ?1 IS NULL: one query for one partner and for all */
	    " WHERE state = 'waiting' AND (?1 IS NULL OR partner = ?1) ORDER BY partner, seq",
	    "s", partner);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlOutboxRow *row = g_new0 (PlOutboxRow, 1);
		char **texts[] = {&row->partner, &row->kind,	&row->body,
				  &row->sha256,	 &row->created, &row->state};

		row->seq = sqlite3_column_int64 (found, 0);
		row->run = sqlite3_column_int64 (found, 1);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = g_strdup ((const char *)sqlite3_column_text (found, i + 2));
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

void
pl_outbox_count_free (gpointer data)
{
	PlOutboxCount *count = data;

	g_free (count->partner);
	g_free (count);
}

/* A partner that nothing waits for has no row: who shows it knows its partners. */
GPtrArray *
pl_outbox_counts (sqlite3 *sql, GError **error)
{
	g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func (pl_outbox_count_free);
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT partner, count (*) FROM outbox WHERE state = 'waiting' "
		    "GROUP BY partner ORDER BY partner",
		    "");
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlOutboxCount *count = g_new0 (PlOutboxCount, 1);

		count->partner = g_strdup ((const char *)sqlite3_column_text (found, 0));
		count->n = (guint)sqlite3_column_int (found, 1);
		g_ptr_array_add (counts, count);
	}
	return more == 0 ? g_steal_pointer (&counts) : NULL;
}

/* The body stays: what was sent must be readable as it was sent, and the sequence has no gaps. */
gboolean
pl_outbox_mark (sqlite3 *sql, const char *partner, gint64 seq, const char *state,
		const char *receipt, GError **error)
{
	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "UPDATE outbox SET state = ?, receipt = ? WHERE partner = ? AND seq = ?",
		    "sssi", state, receipt, partner, seq),
	    error);
}
