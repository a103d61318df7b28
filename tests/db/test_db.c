/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/journal.h"
#include "db/migrate.h"
#include "db/run.h"
#include "db/sample.h"
#include "db/unit.h"
#include "tests/db/common.h"
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST (a_new_database_has_the_newest_schema_and_is_sound)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) db = open_in (folder);
	g_autoptr (GError) error = NULL;

	ck_assert_int_eq (pl_db_schema_version (db), pl_db_newest_schema ());
	ck_assert_ok (pl_db_check (db, &error), error);
}
END_TEST

START_TEST (a_second_station_is_refused_and_the_holder_is_named)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) db = open_in (folder);
	g_autoptr (GError) error = NULL;
	g_autofree char *pid = g_strdup_printf ("process %d", (int)getpid ());

	ck_assert_ptr_null (pl_db_open (pl_db_file (db), PL_DB_READ_WRITE, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_BUSY);
	ck_assert_ptr_nonnull (strstr (error->message, pid));
}
END_TEST

/* Its owner and root can write anywhere: without rights of its own the process stands before a
 * read-only mount. */
static void
close_folder (const char *folder, gboolean closed)
{
	static const char *const names[] = {"station.sqlite", "station.sqlite.lock",
					    "station.sqlite-wal", NULL};

	if (!closed && getuid () == 0)
		ck_assert_int_eq (seteuid (0), 0);
	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *file = g_build_filename (folder, names[i], NULL);

		if (g_file_test (file, G_FILE_TEST_EXISTS))
			ck_assert_int_eq (chmod (file, closed ? 0444 : 0644), 0);
	}
	ck_assert_int_eq (chmod (folder, closed ? 0555 : 0755), 0);
	if (closed && getuid () == 0)
		ck_assert_int_eq (seteuid (65534), 0);
}

START_TEST (a_database_that_nobody_can_write_is_read_all_the_same_and_written_by_none)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) reader = NULL;

	pl_db_close (open_in (folder));
	close_folder (folder, TRUE);
	ck_assert_ptr_null (pl_db_open (file, PL_DB_READ_WRITE, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_READ_ONLY);
	ck_assert_ptr_nonnull (strstr (error->message, "check the owner"));
	g_clear_error (&error);
	reader = pl_db_open (file, PL_DB_READ_ONLY, &error);
	ck_assert_ok (reader != NULL, error);
	ck_assert_int_eq (pl_db_schema_version (reader), pl_db_newest_schema ());
	ck_assert_ok (pl_db_check (reader, &error), error);
	close_folder (folder, FALSE);
}
END_TEST

/* What a crash left in the -wal is not in the file yet: half a database is not shown as whole. */
START_TEST (a_database_with_unmerged_commits_is_not_read_where_nobody_can_write)
{
	g_autofree char *from = test_folder (), *folder = test_folder ();
	PlDb *db = open_in (from);
	static const char *const names[] = {"station.sqlite", "station.sqlite-wal", NULL};
	g_autofree char *file = g_build_filename (folder, names[0], NULL);
	g_autoptr (GError) error = NULL;

	ck_assert (pl_db_write (db, run_text, (char *)"CREATE TABLE crash (x INT) STRICT", NULL));
	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *source = g_build_filename (from, names[i], NULL);
		g_autofree char *copy = g_build_filename (folder, names[i], NULL);
		g_autofree char *bytes = NULL;
		gsize len;

		ck_assert (g_file_get_contents (source, &bytes, &len, NULL));
		ck_assert_uint_gt (len, 0);
		ck_assert (g_file_set_contents (copy, bytes, len, NULL));
	}
	close_folder (folder, TRUE);
	ck_assert_ptr_null (pl_db_open (file, PL_DB_READ_ONLY, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_READ_ONLY);
	ck_assert_ptr_nonnull (strstr (error->message, "not merged yet"));
	close_folder (folder, FALSE);
	pl_db_close (db);
}
END_TEST

START_TEST (garbage_is_refused_and_left_as_it_was)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autofree char *after = NULL;
	g_autoptr (GError) error = NULL;
	const char *garbage =
	    "this is no database, it is a shopping list; it is longer than a hundred bytes so that "
	    "SQLite looks at all of its header";

	ck_assert (g_file_set_contents (file, garbage, -1, NULL));
	ck_assert_ptr_null (pl_db_open (file, PL_DB_READ_WRITE, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT);
	ck_assert (g_file_get_contents (file, &after, NULL, NULL));
	ck_assert_str_eq (after, garbage);
}
END_TEST

START_TEST (a_newer_schema_is_refused)
{
	g_autofree char *folder = test_folder ();
	PlDb *db = open_in (folder);
	g_autofree char *file = g_strdup (pl_db_file (db));
	g_autoptr (GError) error = NULL;
	sqlite3 *sql;

	pl_db_close (db);
	ck_assert_int_eq (sqlite3_open (file, &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, "PRAGMA user_version = 99", NULL, NULL, NULL),
			  SQLITE_OK);
	sqlite3_close (sql);
	ck_assert_ptr_null (pl_db_open (file, PL_DB_READ_WRITE, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_TOO_NEW);
}
END_TEST

/* a database as schema 1 left it: made by the first migration alone */
static char *
make_v1 (const char *folder)
{
	char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autofree char *script = NULL;
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "db/schema/001-core.sql", NULL);
	sqlite3 *sql;

	ck_assert (g_file_get_contents (path, &script, NULL, NULL));
	ck_assert_int_eq (sqlite3_open (file, &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, script, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql,
					"INSERT INTO unit (kind, serial, scheme, created) VALUES "
					"('pack', 'OLD1', 'plain', '');"
					"PRAGMA user_version = 1",
					NULL, NULL, NULL),
			  SQLITE_OK);
	sqlite3_close (sql);
	return file;
}

static gboolean
find_old (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 id;

	return pl_unit_find (sql, "pack", "OLD1", &id, error);
}

static guint
count_backups (const char *folder)
{
	g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
	const char *name;
	guint n = 0;

	while ((name = g_dir_read_name (dir)) != NULL)
		n += g_str_has_suffix (name, ".bak");
	return n;
}

START_TEST (an_older_schema_is_backed_up_then_migrated_with_its_rows)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = make_v1 (folder);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_WRITE, &error);

	ck_assert_ok (db != NULL, error);
	ck_assert_int_eq (pl_db_schema_version (db), pl_db_newest_schema ());
	ck_assert_ok (pl_db_read (db, find_old, NULL, &error), error);
	ck_assert_uint_eq (count_backups (folder), 1);
}
END_TEST

/* -- files that past versions have left -------------------------------------------------------- */

static void
copy_stored (int version, const char *to)
{
	g_autofree char *path = g_strdup_printf ("%s/tests/data/db/station-v%d.sqlite",
						 g_getenv ("PACKLINE_SOURCE"), version);
	g_autofree char *data = NULL;
	gsize len;

	ck_assert_msg (g_file_get_contents (path, &data, &len, NULL),
		       "%s is missing: store a file of every schema version", path);
	ck_assert (g_file_set_contents (to, data, (gssize)len, NULL));
}

/* What the stored files hold: one pack of 32 cells and a board, one run of four steps, two curves,
 * two journal lines. */
static gboolean
read_stored (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (GPtrArray) children = NULL, curves = NULL;
	g_autoptr (PlRunRow) run = pl_run_row_load (sql, 1, error);
	gint64 pack, lines;
	guint n_curves = 0, n_measurements = 0;

	if (run == NULL || !pl_unit_find (sql, "pack", "PL32-000001", &pack, error) ||
	    (children = pl_unit_children (sql, pack, error)) == NULL ||
	    !pl_journal_verify (sql, &lines, error))
		return FALSE;
	for (guint i = 0; i < run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (run->steps, i);

		curves = pl_sample_load (sql, step->id, error);
		if (curves == NULL)
			return FALSE;
		n_curves += curves->len;
		n_measurements += step->measurements->len;
		g_clear_pointer (&curves, g_ptr_array_unref);
	}
	ck_assert_uint_eq (children->len, 33);
	ck_assert_uint_eq (run->steps->len, 4);
	ck_assert_uint_eq (n_measurements, 15);
	ck_assert_uint_eq (n_curves, 2);
	ck_assert_str_eq (run->verdict, "PASS");
	return TRUE;
}

START_TEST (a_stored_file_of_every_version_opens_with_all_that_it_held)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = NULL;

	copy_stored (_i, file);
	db = pl_db_open (file, PL_DB_READ_WRITE, &error);
	ck_assert_ok (db != NULL, error);
	ck_assert_int_eq (pl_db_schema_version (db), pl_db_newest_schema ());
	ck_assert_ok (pl_db_check (db, &error), error);
	ck_assert_ok (pl_db_read (db, read_stored, NULL, &error), error);
	ck_assert_uint_eq (count_backups (folder), _i < pl_db_newest_schema ());
}
END_TEST

START_TEST (a_failing_migration_changes_nothing_and_names_the_backup)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = make_v1 (folder);
	g_autoptr (GError) error = NULL;
	sqlite3 *sql;
	sqlite3_stmt *row;

	/* a table of that name is in the second migration's way */
	ck_assert_int_eq (sqlite3_open (file, &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, "CREATE TABLE label (x)", NULL, NULL, NULL),
			  SQLITE_OK);
	sqlite3_close (sql);
	ck_assert_ptr_null (pl_db_open (file, PL_DB_READ_WRITE, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_MIGRATION);
	ck_assert_ptr_nonnull (strstr (error->message, ".bak"));
	ck_assert_int_eq (sqlite3_open (file, &sql), SQLITE_OK);
	ck_assert_int_eq (
	    sqlite3_prepare_v2 (sql,
				"SELECT (SELECT count(*) FROM unit), user_version,"
				" (SELECT count(*) FROM sqlite_schema WHERE name = 'outbox')"
				" FROM pragma_user_version",
				-1, &row, NULL),
	    SQLITE_OK);
	ck_assert_int_eq (sqlite3_step (row), SQLITE_ROW);
	ck_assert_int_eq (sqlite3_column_int (row, 0), 1);
	ck_assert_int_eq (sqlite3_column_int (row, 1), 1);
	ck_assert_int_eq (sqlite3_column_int (row, 2), 0);
	sqlite3_finalize (row);
	sqlite3_close (sql);
}
END_TEST

START_TEST (a_backup_holds_the_same_rows_and_never_overwrites)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) db = open_in (folder);
	g_autofree char *to = g_build_filename (folder, "copy.sqlite", NULL);
	g_autoptr (PlDb) copy = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert (pl_db_write (db, run_text,
				(gpointer) "INSERT INTO unit (kind, serial, scheme, created)"
					   " VALUES ('pack', 'OLD1', 'plain', '')",
				&error));
	ck_assert_ok (pl_db_backup (db, to, &error), error);
	copy = pl_db_open (to, PL_DB_READ_ONLY, &error);
	ck_assert_ok (copy != NULL, error);
	ck_assert_ok (pl_db_read (copy, find_old, NULL, &error), error);
	ck_assert (!pl_db_backup (db, to, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
}
END_TEST

static gboolean
write_then_fail (sqlite3 *sql, gpointer data, GError **error)
{
	run_text (sql, (gpointer) "INSERT INTO operator (name) VALUES ('lost')", NULL);
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT, "as arranged");
	return FALSE;
}

static gboolean
count_operators (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (sqlite3_stmt) row = pl_sql (sql, error, "SELECT count(*) FROM operator", "");

	if (row == NULL || pl_sql_step (sql, row, error) != 1)
		return FALSE;
	*(int *)data = sqlite3_column_int (row, 0);
	return TRUE;
}

static gpointer
write_many (gpointer data)
{
	for (guint i = 0; i < 50; i++) {
		g_autofree char *text = g_strdup_printf (
		    "INSERT INTO operator (name) VALUES ('%p-%u')", (void *)g_thread_self (), i);
		g_autoptr (GError) error = NULL;

		if (!pl_db_write (data, run_text, text, &error))
			return error;
		pl_db_write (data, write_then_fail, NULL, NULL);
	}
	return NULL;
}

START_TEST (a_failing_write_in_a_group_takes_nobody_with_it)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) db = open_in (folder);
	GThread *threads[4];
	int n = 0;

	for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
		threads[i] = g_thread_new ("writer", write_many, db);
	for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
		ck_assert_ptr_null (g_thread_join (threads[i]));
	ck_assert (pl_db_read (db, count_operators, &n, NULL));
	ck_assert_int_eq (n, 200);
}
END_TEST

START_TEST (a_full_disk_is_said_so_and_loses_no_commit)
{
	g_autofree char *folder = test_folder ();
	g_autoptr (PlDb) db = open_in (folder);
	g_autoptr (GError) error = NULL;
	int n = 0, kept = 0;

	ck_assert (pl_db_write (db, run_text, (gpointer) "PRAGMA max_page_count = 120", NULL));
	while (error == NULL && kept < 100000) {
		g_autofree char *text =
		    g_strdup_printf ("INSERT INTO operator (name) VALUES ('%0500d')", kept);

		kept += pl_db_write (db, run_text, text, &error);
	}
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_FULL);
	ck_assert (pl_db_read (db, count_operators, &n, NULL));
	ck_assert_int_eq (n, kept);
	g_clear_error (&error);
	ck_assert_ok (pl_db_check (db, &error), error);
}
END_TEST

/* The child acknowledges each commit over a pipe and is killed at a random moment: what it said is
 * there. */
START_TEST (killed_at_any_moment_every_acknowledged_commit_is_there)
{
	g_autofree char *folder = test_folder ();
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GRand) random = g_rand_new_with_seed (11);
	int acknowledged = 0;

	pl_db_close (open_in (folder));
	for (guint round = 0; round < 10; round++) {
		int fds[2], status;
		char byte;
		pid_t child;

		ck_assert_int_eq (pipe (fds), 0);
		child = fork ();
		if (child == 0) {
			g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_WRITE, NULL);

			for (guint i = 0;; i++) {
				g_autofree char *text = g_strdup_printf (
				    "INSERT INTO operator (name) VALUES ('%u-%u')", round, i);

				if (!pl_db_write (db, run_text, text, NULL) ||
				    write (fds[1], "k", 1) != 1)
					_exit (1);
			}
		}
		close (fds[1]);
		ck_assert_int_eq (read (fds[0], &byte, 1), 1);
		g_usleep (g_rand_int_range (random, 0, 40000));
		kill (child, SIGKILL);
		waitpid (child, &status, 0);
		ck_assert (WIFSIGNALED (status));
		acknowledged++;
		while (read (fds[0], &byte, 1) == 1)
			acknowledged++;
		close (fds[0]);
	}
	g_autoptr (PlDb) db = open_in (folder);
	g_autoptr (GError) error = NULL;
	int n = 0;

	ck_assert_ok (pl_db_check (db, &error), error);
	ck_assert (pl_db_read (db, count_operators, &n, NULL));
	/* at most the one commit of each round whose word was on its way */
	ck_assert_int_ge (n, acknowledged);
	ck_assert_int_le (n, acknowledged + 10);
}
END_TEST

START_TEST (ids_of_runs_never_go_backwards)
{
	g_autofree char *before = pl_uuid7 ();

	for (guint i = 0; i < 20000; i++) {
		char *next = pl_uuid7 ();

		ck_assert_int_eq (strlen (next), 36);
		ck_assert_int_eq (next[14], '7');
		ck_assert_int_lt (strcmp (before, next), 0);
		g_free (before);
		before = next;
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("db");
	TCase *tests = tcase_create ("db");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, a_new_database_has_the_newest_schema_and_is_sound);
	tcase_add_test (tests, a_second_station_is_refused_and_the_holder_is_named);
	tcase_add_test (tests,
			a_database_that_nobody_can_write_is_read_all_the_same_and_written_by_none);
	tcase_add_test (tests, a_database_with_unmerged_commits_is_not_read_where_nobody_can_write);
	tcase_add_test (tests, garbage_is_refused_and_left_as_it_was);
	tcase_add_test (tests, a_newer_schema_is_refused);
	tcase_add_test (tests, an_older_schema_is_backed_up_then_migrated_with_its_rows);
	tcase_add_loop_test (tests, a_stored_file_of_every_version_opens_with_all_that_it_held, 1,
			     pl_db_newest_schema () + 1);
	tcase_add_test (tests, a_failing_migration_changes_nothing_and_names_the_backup);
	tcase_add_test (tests, a_backup_holds_the_same_rows_and_never_overwrites);
	tcase_add_test (tests, a_failing_write_in_a_group_takes_nobody_with_it);
	tcase_add_test (tests, a_full_disk_is_said_so_and_loses_no_commit);
	tcase_add_test (tests, killed_at_any_moment_every_acknowledged_commit_is_there);
	tcase_add_test (tests, ids_of_runs_never_go_backwards);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
