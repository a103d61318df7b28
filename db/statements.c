/* SPDX-License-Identifier: Apache-2.0 */
#include "db/statements.h"

/*
 * Preparing takes longer than running for the small statements of a record, so the writing handle
 * keeps what it has prepared. A statement in use is out of the shelf: the same text may be in use
 * twice.
 */
static GMutex lock;
static GHashTable *shelves; /* sqlite3* -> shelf: text -> sqlite3_stmt* */

static void
finalize (gpointer statement)
{
	sqlite3_finalize (statement);
}

void
pl_statements_keep (sqlite3 *sql)
{
	g_mutex_lock (&lock);
	if (shelves == NULL)
		shelves =
		    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
	g_hash_table_insert (shelves, sql,
			     g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize));
	g_mutex_unlock (&lock);
}

void
pl_statements_drop (sqlite3 *sql)
{
	g_mutex_lock (&lock);
	if (shelves != NULL)
		g_hash_table_remove (shelves, sql);
	g_mutex_unlock (&lock);
}

/* The shelf itself belongs to its handle's thread: only finding it needs the lock. */
static GHashTable *
shelf_of (sqlite3 *sql)
{
	GHashTable *shelf;

	g_mutex_lock (&lock);
	shelf = shelves != NULL ? g_hash_table_lookup (shelves, sql) : NULL;
	g_mutex_unlock (&lock);
	return shelf;
}

sqlite3_stmt *
pl_statements_take (sqlite3 *sql, const char *text)
{
	GHashTable *shelf = shelf_of (sql);
	gpointer statement = NULL;

	if (shelf != NULL)
		g_hash_table_steal_extended (shelf, text, NULL, &statement);
	return statement;
}

/* The shelf's key is the statement's own copy of its text, which lives as long as it does. */
void
pl_sql_release (sqlite3_stmt *statement)
{
	GHashTable *shelf = statement != NULL ? shelf_of (sqlite3_db_handle (statement)) : NULL;
	const char *text = shelf != NULL ? sqlite3_sql (statement) : NULL;

	if (text == NULL || g_hash_table_contains (shelf, text)) {
		sqlite3_finalize (statement);
		return;
	}
	sqlite3_reset (statement);
	sqlite3_clear_bindings (statement);
	g_hash_table_insert (shelf, (gpointer)text, statement);
}
