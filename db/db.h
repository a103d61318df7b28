/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sqlite3.h>

/*
 * The station's memory. One writer thread owns the writing handle (WAL, synchronous=FULL, foreign
 * keys on); readers have handles of their own and never block it. Only one station may have a
 * database open for writing: the second is refused with BUSY, naming the holder's process.
 */
#define PL_DB_ERROR (pl_db_error_quark ())
GQuark pl_db_error_quark (void);
typedef enum {
	PL_DB_ERROR_OPEN, /* cannot be opened or created */
	PL_DB_ERROR_BUSY, /* another station holds it */
	PL_DB_ERROR_READ_ONLY,
	PL_DB_ERROR_FULL, /* disk full */
	PL_DB_ERROR_CORRUPT,
	PL_DB_ERROR_MIGRATION, /* a migration failed; nothing was changed; the backup is named */
	PL_DB_ERROR_TOO_NEW, /* written by a newer Packline */
	PL_DB_ERROR_CONSTRAINT, /* a duplicate, a missing parent */
	PL_DB_ERROR_NOT_FOUND,
	PL_DB_ERROR_SQL,
} PlDbError;

typedef struct _PlDb PlDb;

typedef enum { PL_DB_READ_WRITE, PL_DB_READ_ONLY } PlDbMode;

/* Opens or creates; migrates if older (backup beside it first). */
PlDb *pl_db_open (const char *file, PlDbMode mode, GError **error);
void pl_db_close (PlDb *db); /* waits for reads, commits what is queued, joins the writer */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlDb, pl_db_close)
const char *pl_db_file (PlDb *db);

/* Runs on the writer thread inside a transaction (its own savepoint in the group). FALSE with an
 * error rolls back this function's work only. It must not wait for anything. */
typedef gboolean (*PlDbWork) (sqlite3 *sql, gpointer data, GError **error);
/* Returns once the work is committed and synced, or has failed. */
gboolean pl_db_write (PlDb *db, PlDbWork work, gpointer data, GError **error);
/* Runs on the calling thread with a reading handle lent for the call: one consistent snapshot. */
gboolean pl_db_read (PlDb *db, PlDbWork work, gpointer data, GError **error);

/* "ok", or an error that lists what SQLite's integrity and foreign key checks found. */
gboolean pl_db_check (PlDb *db, GError **error);
/* Online backup into a new file, synced. Refuses to overwrite. */
gboolean pl_db_backup (PlDb *db, const char *to, GError **error);
int pl_db_schema_version (PlDb *db);

/* -- small helpers for the subjects' files and station/ ---------------------------------------- */
/* Prepares and binds by a format string, one letter a parameter: 's' const char* (NULL = NULL), 'i'
 * gint64, 'd' double (NaN = NULL), 'b' GBytes*, 'n' NULL without argument. */
sqlite3_stmt *pl_sql (sqlite3 *sql, GError **error, const char *text, const char *types, ...);
/* Steps to completion, ignoring rows; frees the statement (which may be NULL with *error set). */
gboolean pl_sql_run (sqlite3 *sql, sqlite3_stmt *statement, GError **error);
/* 1 row, 0 done, -1 error. */
int pl_sql_step (sqlite3 *sql, sqlite3_stmt *statement, GError **error);
/* Ends the use of a statement: its handle keeps it prepared for the next. NULL is fine. */
void pl_sql_release (sqlite3_stmt *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, pl_sql_release)
/* Fills error from the handle's last failure, mapped to PlDbError, prefixed with `doing`. Returns
 * FALSE. */
gboolean pl_sql_fail (sqlite3 *sql, GError **error, const char *doing);
/* UUIDv7 as 36 characters; caller frees. Thread-safe, monotonic in one process. */
char *pl_uuid7 (void);
/* Now, as "2026-11-23T20:15:07.123Z"; caller frees. */
char *pl_utc_now (void);
