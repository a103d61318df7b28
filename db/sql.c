/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"
#include "db/statements.h"
#include <math.h>

G_DEFINE_QUARK (pl - db - error - quark, pl_db_error)

static PlDbError
code_of (int extended)
{
	switch (extended & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
		/* a write that the file system refuses comes as an I/O error */
		return PL_DB_ERROR_FULL;
	case SQLITE_READONLY:
		return PL_DB_ERROR_READ_ONLY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return PL_DB_ERROR_CORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return PL_DB_ERROR_BUSY;
	case SQLITE_CANTOPEN:
		return PL_DB_ERROR_OPEN;
	case SQLITE_CONSTRAINT:
		return PL_DB_ERROR_CONSTRAINT;
	default:
		return PL_DB_ERROR_SQL;
	}
}

static const char *
advice (PlDbError code)
{
	switch (code) {
	case PL_DB_ERROR_FULL:
		return ": the disk is full or failing; free space, nothing committed is lost";
	case PL_DB_ERROR_READ_ONLY:
		return ": the database or its folder is read-only; check the file's owner and the "
		       "mount";
	case PL_DB_ERROR_CORRUPT:
		return ": the database is damaged; keep the file and restore the last backup";
	default:
		return "";
	}
}

gboolean
pl_sql_fail (sqlite3 *sql, GError **error, const char *doing)
{
	PlDbError code = code_of (sqlite3_extended_errcode (sql));

	g_set_error (error, PL_DB_ERROR, code, "%s: %s%s", doing, sqlite3_errmsg (sql),
		     advice (code));
	return FALSE;
}

/* Our own mistakes name the statement; what befalls a database needs none: people read it at night.
 */
static gboolean
statement_fail (sqlite3 *sql, GError **error, const char *text)
{
	PlDbError code = code_of (sqlite3_extended_errcode (sql));
	const char *file = sqlite3_db_filename (sql, "main");
	gboolean ours = code == PL_DB_ERROR_SQL || code == PL_DB_ERROR_CONSTRAINT;

	return pl_sql_fail (sql, error, ours || file == NULL ? text : file);
}

static int
bind (sqlite3_stmt *statement, int i, char type, va_list *args)
{
	double number;
	GBytes *bytes;
	const void *data;
	gsize len;

	switch (type) {
	case 's':
		/* TRANSIENT: a kept statement outlives its caller's strings; a NULL text binds
		 * NULL */
		return sqlite3_bind_text (statement, i, va_arg (*args, const char *), -1,
					  SQLITE_TRANSIENT);
	case 'i':
		return sqlite3_bind_int64 (statement, i, va_arg (*args, gint64));
	case 'd':
		number = va_arg (*args, double);
		/* SQLite would make it a NULL anyway; said here, so that nobody expects a NaN back
		 */
		return isnan (number) ? sqlite3_bind_null (statement, i)
				      : sqlite3_bind_double (statement, i, number);
	case 'b':
		bytes = va_arg (*args, GBytes *);
		/* an empty blob has no data, and a NULL pointer would bind NULL */
		data = g_bytes_get_data (bytes, &len);
		return sqlite3_bind_blob64 (statement, i, data != NULL ? data : "", len,
					    SQLITE_TRANSIENT);
	case 'n':
		return sqlite3_bind_null (statement, i);
	default:
		return SQLITE_MISUSE;
	}
}

/* Prepared statements are kept a handle (statements.c): preparing costs more than running most of
 * these. */
sqlite3_stmt *
pl_sql (sqlite3 *sql, GError **error, const char *text, const char *types, ...)
{
	g_autoptr (sqlite3_stmt) statement = pl_statements_take (sql, text);
	va_list args;
	int rc = SQLITE_OK;

	if (statement == NULL)
		rc = sqlite3_prepare_v2 (sql, text, -1, &statement, NULL);
	va_start (args, types);
	for (int i = 0; rc == SQLITE_OK && types[i] != '\0'; i++)
		rc = bind (statement, i + 1, types[i], &args);
	va_end (args);
	if (rc == SQLITE_OK)
		return g_steal_pointer (&statement);
	statement_fail (sql, error, text);
	return NULL;
}

int
pl_sql_step (sqlite3 *sql, sqlite3_stmt *statement, GError **error)
{
	int rc = sqlite3_step (statement);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	statement_fail (sql, error, sqlite3_sql (statement));
	return -1;
}

/* Takes NULL, so that pl_sql (...) can stand inside the call: its error is told already. */
gboolean
pl_sql_run (sqlite3 *sql, sqlite3_stmt *statement, GError **error)
{
	g_autoptr (sqlite3_stmt) owned = statement;
	int more;

	if (owned == NULL)
		return FALSE;
	do
		more = pl_sql_step (sql, owned, error);
	while (more == 1);
	return more == 0;
}
