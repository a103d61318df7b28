/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* What is to leave for a partner. Enqueue inside the transaction that writes what it tells of. */
typedef struct {
	char *partner, *kind, *body, *sha256, *created, *state;
	gint64 seq, run; /* run: 0 = of no run */
} PlOutboxRow;
void pl_outbox_row_free (gpointer row);

/* The partner's next number, without gaps: a rolled back transaction takes its number back. run 0 =
 * none. */
gboolean pl_outbox_add (sqlite3 *sql, const char *partner, gint64 run, const char *kind,
			const char *body, gint64 *ret_seq, GError **error);
/* Waiting rows of one partner (NULL = all), in order. Caller unrefs. */
GPtrArray *pl_outbox_waiting (sqlite3 *sql, const char *partner, GError **error);
typedef struct {
	char *partner;
	guint n;
} PlOutboxCount;
void pl_outbox_count_free (gpointer count);
/* PlOutboxCount*: how many wait, for each partner that any wait for. Caller unrefs. */
GPtrArray *pl_outbox_counts (sqlite3 *sql, GError **error);
/* state: "sent", "acknowledged" (with receipt) or "parked". */
gboolean pl_outbox_mark (sqlite3 *sql, const char *partner, gint64 seq, const char *state,
			 const char *receipt, GError **error);
