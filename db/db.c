/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"
#include "db/migrate.h"
#include "db/statements.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* How many queued works share one commit at most, and the WAL's size beyond which the writer asks
 * for a full checkpoint (reference/performance: readers that always overlap starve the automatic
 * one). */
#define GROUP_MAX 64
#define WAL_GUARD_BYTES (64 * 1024 * 1024)
#define BUSY_MS 5000

/* A write as its caller waits for it: on the caller's stack, which is why pl_db_write never
 * returns before `done`. */
typedef struct {
	PlDbWork work;
	gpointer data;
	gboolean ok, done;
	GError *error;
} Job;

struct _PlDb {
	char *file;
	PlDbMode mode;
	int lock_fd;
	gboolean still; /* a reader where nobody can write: no -wal and no -shm are made */
	sqlite3 *writer; /* owned by the writer thread after open */
	GThread *thread;
	GAsyncQueue *queue;
	GMutex mutex; /* guards done flags and idle readers */
	GCond done;
	GPtrArray *idle_readers; /* sqlite3* */
	guint reading; /* reads under way */
};

/* Told apart by its address; goes through the queue, so that everything queued before it is
 * written. */
static Job quit_job;

/* -- one station a database -------------------------------------------------------------------- */

/* flock, and not the file's existence: it goes with the process, however that ends. The file
 * itself stays, since removing it would race with the next station that opens it. */
static gboolean
take_lock (PlDb *db, GError **error)
{
	g_autofree char *name = g_strdup_printf ("%s.lock", db->file);
	g_autofree char *pid = g_strdup_printf ("%d\n", (int)getpid ());
	char holder[32] = "";

	db->lock_fd = open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (db->lock_fd < 0) {
		PlDbError code =
		    errno == EROFS || errno == EACCES ? PL_DB_ERROR_READ_ONLY : PL_DB_ERROR_OPEN;

		g_set_error (error, PL_DB_ERROR, code,
			     "cannot write %s: %s; check the owner of the station's folder and "
			     "the mount",
			     name, g_strerror (errno));
		return FALSE;
	}
	if (flock (db->lock_fd, LOCK_EX | LOCK_NB) != 0) {
		/* best effort: the number helps a person, the lock is what counts */
		if (read (db->lock_fd, holder, sizeof holder - 1) < 0)
			holder[0] = '\0';
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_BUSY,
			     "%s is in use by another station (process %s): close it first, or use "
			     "another --home",
			     db->file, g_strstrip (holder));
		return FALSE;
	}
	if (ftruncate (db->lock_fd, 0) != 0 || write (db->lock_fd, pid, strlen (pid)) < 0)
		g_debug ("the lock file does not name its holder: %s", g_strerror (errno));
	return TRUE;
}

/* -- handles ----------------------------------------------------------------------------------- */

static gboolean
run_script (sqlite3 *sql, const char *script, const char *doing, GError **error)
{
	if (sqlite3_exec (sql, script, NULL, NULL, NULL) == SQLITE_OK)
		return TRUE;
	return pl_sql_fail (sql, error, doing);
}

/* NOMUTEX: a handle belongs to one thread at a time, by our own locks. */
static sqlite3 *
open_handle (const char *file, int flags, GError **error)
{
	sqlite3 *sql = NULL;

	if (sqlite3_open_v2 (file, &sql, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		pl_sql_fail (sql, error, file);
		sqlite3_close (sql);
		return NULL;
	}
	/* only for the moments in which another process, a backup or sqlite3(1), holds the file */
	sqlite3_busy_timeout (sql, BUSY_MS);
	pl_statements_keep (sql);
	return sql;
}

static void
close_handle (gpointer sql)
{
	pl_statements_drop (sql);
	sqlite3_close (sql);
}

static gboolean
open_writer (PlDb *db, GError **error)
{
	db->writer = open_handle (db->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
	if (db->writer == NULL)
		return FALSE;
	/* READWRITE falls back to reading where it may not write, without a word */
	if (sqlite3_db_readonly (db->writer, "main") == 1) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_READ_ONLY,
			     "%s is read-only: check the file's owner and the mount", db->file);
		return FALSE;
	}
	return run_script (
		   db->writer,
		   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
		   "PRAGMA wal_autocheckpoint=1000; PRAGMA temp_store=MEMORY; PRAGMA "
		   "trusted_schema=OFF",
		   db->file, error) &&
	       pl_db_migrate (db->writer, db->file, error);
}

/* -- the writer thread ------------------------------------------------------------------------- */

/* Between two commits, on the writer's own thread: a checkpoint that truncates needs a moment
 * without readers, and whoever waits for a commit has it already. */
static void
guard_wal (PlDb *db)
{
	g_autofree char *wal = g_strdup_printf ("%s-wal", db->file);
	GStatBuf st;

	if (g_stat (wal, &st) == 0 && st.st_size > WAL_GUARD_BYTES)
		sqlite3_wal_checkpoint_v2 (db->writer, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
					   NULL);
}

/* A job that fails takes back only its own changes; the others of the group are committed. */
static void
run_job (sqlite3 *sql, Job *job)
{
	if (!run_script (sql, "SAVEPOINT job", "beginning a write", &job->error))
		return;
	job->ok = job->work (sql, job->data, &job->error);
	if (!job->ok)
		sqlite3_exec (sql, "ROLLBACK TO job", NULL, NULL, NULL);
	if (sqlite3_exec (sql, "RELEASE job", NULL, NULL, NULL) != SQLITE_OK && job->ok) {
		job->ok = FALSE;
		pl_sql_fail (sql, &job->error, "closing a write");
	}
}

/* A savepoint keeps a copy of every page that its job changes; a job that is alone has the
 * transaction itself. */
static void
commit_one (sqlite3 *sql, Job *job)
{
	if (!run_script (sql, "BEGIN IMMEDIATE", "beginning a write", &job->error))
		return;
	job->ok = job->work (sql, job->data, &job->error) &&
		  run_script (sql, "COMMIT", "committing a write", &job->error);
	if (!job->ok)
		sqlite3_exec (sql, "ROLLBACK", NULL, NULL, NULL);
}

static void
fail_group (PlDb *db, GPtrArray *group, const GError *why)
{
	for (guint i = 0; i < group->len; i++) {
		Job *job = g_ptr_array_index (group, i);

		if (job->error == NULL)
			job->error = g_error_copy (why);
		job->ok = FALSE;
	}
}

/* One fsync for all that wait: at synchronous=FULL that is what a commit costs. */
static void
commit_group (PlDb *db, GPtrArray *group)
{
	g_autoptr (GError) wrong = NULL;

	if (!run_script (db->writer, "BEGIN IMMEDIATE", "beginning a write", &wrong)) {
		fail_group (db, group, wrong);
		return;
	}
	for (guint i = 0; i < group->len; i++)
		run_job (db->writer, g_ptr_array_index (group, i));
	if (!run_script (db->writer, "COMMIT", "committing a write", &wrong)) {
		sqlite3_exec (db->writer, "ROLLBACK", NULL, NULL, NULL);
		fail_group (db, group, wrong);
	}
}

static gpointer
write_loop (gpointer data)
{
	PlDb *db = data;
	gboolean quit = FALSE;

	while (!quit) {
		g_autoptr (GPtrArray) group = g_ptr_array_new ();
		Job *job = g_async_queue_pop (db->queue);

		while (job != NULL && job != &quit_job) {
			g_ptr_array_add (group, job);
			/* never waits for more work: a lone write is committed at once */
			job = group->len < GROUP_MAX ? g_async_queue_try_pop (db->queue) : NULL;
		}
		quit = job == &quit_job;
		if (group->len == 0)
			continue;
		if (group->len == 1)
			commit_one (db->writer, g_ptr_array_index (group, 0));
		else
			commit_group (db, group);
		g_mutex_lock (&db->mutex);
		for (guint i = 0; i < group->len; i++)
			((Job *)g_ptr_array_index (group, i))->done = TRUE;
		/* each caller looks at its own flag; there are a handful of threads at most */
		g_cond_broadcast (&db->done);
		g_mutex_unlock (&db->mutex);
		guard_wal (db);
	}
	return NULL;
}

gboolean
pl_db_write (PlDb *db, PlDbWork work, gpointer data, GError **error)
{
	Job job = {work, data, FALSE, FALSE, NULL};

	if (db->mode == PL_DB_READ_ONLY) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_READ_ONLY,
			     "%s was opened for reading only", db->file);
		return FALSE;
	}
	g_async_queue_push (db->queue, &job);
	g_mutex_lock (&db->mutex);
	while (!job.done)
		g_cond_wait (&db->done, &db->mutex);
	g_mutex_unlock (&db->mutex);
	if (job.error != NULL)
		g_propagate_error (error, job.error);
	return job.ok;
}

/* -- readers ----------------------------------------------------------------------------------- */

/* immutable: no lock, no -shm, no -wal; true only where nobody can write meanwhile */
static sqlite3 *
open_still (const char *file, GError **error)
{
	g_autofree char *path = g_canonicalize_filename (file, NULL);
	g_autofree char *uri = g_filename_to_uri (path, NULL, error);
	g_autofree char *still = uri != NULL ? g_strconcat (uri, "?immutable=1", NULL) : NULL;

	return still != NULL ? open_handle (still, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error)
			     : NULL;
}

/* Commits that a station which was interrupted, or still runs, has not merged into the file. */
static gboolean
has_wal (PlDb *db)
{
	g_autofree char *wal = g_strdup_printf ("%s-wal", db->file);
	GStatBuf st;

	return g_stat (wal, &st) == 0 && st.st_size > 0;
}

/* No station can begin while this reader reads. Without a lock file none ever has. */
static gboolean
share_lock (PlDb *db)
{
	g_autofree char *lock = g_strdup_printf ("%s.lock", db->file);

	db->lock_fd = open (lock, O_RDONLY | O_CLOEXEC);
	return db->lock_fd < 0 || flock (db->lock_fd, LOCK_SH | LOCK_NB) == 0;
}

/* A reader a concurrent read, kept for the next: opening one costs a schema parse. */
static sqlite3 *
lend_reader (PlDb *db, GError **error)
{
	sqlite3 *sql = NULL;

	g_mutex_lock (&db->mutex);
	db->reading++;
	if (db->idle_readers->len > 0)
		sql = g_ptr_array_steal_index_fast (db->idle_readers, db->idle_readers->len - 1);
	g_mutex_unlock (&db->mutex);
	if (sql != NULL)
		return sql;
	sql = db->still ? open_still (db->file, error)
			: open_handle (db->file, SQLITE_OPEN_READONLY, error);
	if (sql != NULL &&
	    !run_script (sql, "PRAGMA query_only=ON; PRAGMA foreign_keys=ON", db->file, error)) {
		close_handle (sql);
		return NULL;
	}
	return sql;
}

/* sql may be NULL. */
static void
take_back (PlDb *db, sqlite3 *sql)
{
	g_mutex_lock (&db->mutex);
	if (sql != NULL)
		g_ptr_array_add (db->idle_readers, sql);
	db->reading--;
	g_cond_broadcast (&db->done);
	g_mutex_unlock (&db->mutex);
}

gboolean
pl_db_read (PlDb *db, PlDbWork work, gpointer data, GError **error)
{
	sqlite3 *sql = lend_reader (db, error);
	gboolean ok;

	/* all queries of one read see the same moment */
	ok = sql != NULL && run_script (sql, "BEGIN", db->file, error) && work (sql, data, error);
	/* every reading transaction ends here: one that stayed open would starve the checkpoint */
	if (sql != NULL)
		sqlite3_exec (sql, "ROLLBACK", NULL, NULL, NULL);
	take_back (db, sql);
	return ok;
}

/* Workers of a window that has gone may still read. */
static void
await_readers (PlDb *db)
{
	g_mutex_lock (&db->mutex);
	while (db->reading > 0)
		g_cond_wait (&db->done, &db->mutex);
	g_mutex_unlock (&db->mutex);
}

/* -- open and close ---------------------------------------------------------------------------- */

static gboolean
check_reader (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (sqlite3_stmt) statement = pl_sql (sql, error, "PRAGMA user_version", "");

	if (statement == NULL || pl_sql_step (sql, statement, error) != 1)
		return FALSE;
	*(int *)data = sqlite3_column_int (statement, 0);
	return TRUE;
}

/* On a read-only mount, or in another user's folder, a WAL database cannot be read the usual way:
 * even a reader makes a -shm. Where nothing waits in a -wal, the file alone is all of it. */
static gboolean
open_reader (PlDb *db, GError **error)
{
	g_autofree char *folder = g_path_get_dirname (db->file);
	g_autoptr (GError) wrong = NULL;
	int version;

	if (pl_db_read (db, check_reader, &version, &wrong))
		return TRUE;
	if (wrong->code == PL_DB_ERROR_CORRUPT ||
	    faccessat (AT_FDCWD, folder, W_OK, AT_EACCESS) == 0 ||
	    faccessat (AT_FDCWD, db->file, R_OK, AT_EACCESS) != 0) {
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	if (has_wal (db) || !share_lock (db)) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_READ_ONLY,
			     "%s holds commits that are not merged yet, which takes a folder that "
			     "can be written: read it as the folder's owner, or read a copy of the "
			     "folder",
			     db->file);
		return FALSE;
	}
	db->still = TRUE;
	g_ptr_array_set_size (db->idle_readers, 0);
	return pl_db_read (db, check_reader, &version, error);
}

PlDb *
pl_db_open (const char *file, PlDbMode mode, GError **error)
{
	g_autoptr (PlDb) db = g_new0 (PlDb, 1);

	db->file = g_strdup (file);
	db->mode = mode;
	db->lock_fd = -1;
	db->queue = g_async_queue_new ();
	db->idle_readers = g_ptr_array_new_with_free_func (close_handle);
	g_mutex_init (&db->mutex);
	g_cond_init (&db->done);
	if (sodium_init () < 0) {
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_OPEN,
			     "libsodium does not start on this machine");
		return NULL;
	}
	if (mode == PL_DB_READ_ONLY)
		return open_reader (db, error) ? g_steal_pointer (&db) : NULL;
	if (!take_lock (db, error) || !open_writer (db, error))
		return NULL;
	db->thread = g_thread_new ("pl-db-writer", write_loop, db);
	return g_steal_pointer (&db);
}

/* Writes everything that was queued first. The last handle to close merges the -wal into the file.
 */
void
pl_db_close (PlDb *db)
{
	if (db == NULL)
		return;
	await_readers (db);
	if (db->thread != NULL) {
		g_async_queue_push (db->queue, &quit_job);
		g_thread_join (db->thread);
	}
	g_ptr_array_unref (db->idle_readers);
	close_handle (db->writer);
	if (db->lock_fd >= 0)
		close (db->lock_fd);
	g_async_queue_unref (db->queue);
	g_mutex_clear (&db->mutex);
	g_cond_clear (&db->done);
	g_free (db->file);
	g_free (db);
}

const char *
pl_db_file (PlDb *db)
{
	return db->file;
}

int
pl_db_schema_version (PlDb *db)
{
	int version = -1;

	return pl_db_read (db, check_reader, &version, NULL) ? version : -1;
}

/* -- care -------------------------------------------------------------------------------------- */

/* Two checks, because integrity_check says nothing of foreign keys. */
static gboolean
check_integrity (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GString) found = g_string_new (NULL);
	g_autoptr (sqlite3_stmt) integrity = pl_sql (sql, error, "PRAGMA integrity_check", "");
	g_autoptr (sqlite3_stmt) keys = NULL;
	int more;

	if (integrity == NULL)
		return FALSE;
	while ((more = pl_sql_step (sql, integrity, error)) == 1)
		if (g_strcmp0 ((const char *)sqlite3_column_text (integrity, 0), "ok") != 0)
			g_string_append_printf (found, "\n  %s",
						sqlite3_column_text (integrity, 0));
	if (more < 0 || (keys = pl_sql (sql, error, "PRAGMA foreign_key_check", "")) == NULL)
		return FALSE;
	while ((more = pl_sql_step (sql, keys, error)) == 1)
		g_string_append_printf (found, "\n  row %lld of %s refers to no row of %s",
					(long long)sqlite3_column_int64 (keys, 1),
					sqlite3_column_text (keys, 0),
					sqlite3_column_text (keys, 2));
	if (more == 0 && found->len == 0)
		return TRUE;
	if (more == 0)
		g_set_error (
		    error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
		    "the database is damaged; keep the file and restore the last backup:%s",
		    found->str);
	return FALSE;
}

gboolean
pl_db_check (PlDb *db, GError **error)
{
	return pl_db_read (db, check_integrity, NULL, error);
}

static gboolean
copy_to (sqlite3 *sql, gpointer to, GError **error)
{
	return pl_db_copy (sql, to, error);
}

/* On a reader: writers go on meanwhile. */
gboolean
pl_db_backup (PlDb *db, const char *to, GError **error)
{
	return pl_db_read (db, copy_to, (gpointer)to, error);
}
