/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <glib/gstdio.h>
#include <string.h>

/* History as a person has it: after two runs, with scanner and keyboard. */

#define GOOD "PL32-000001"
#define BAD "PL32-000002"
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static void
test_two_packs (Line *line, Person *person)
{
	person_scan (GOOD);
	person_await (person, "PASS " GOOD);
	g_free (line_tell (line, "fault loose-busbar"));
	person_scan (BAD);
	person_await (person, "FAIL " BAD);
	person_click (person, "Acknowledge");
	person_await (person, "READY");
}

static guint
count_notes (Line *line)
{
	const char *show[] = {"show", BAD, NULL};
	const char *at;
	guint n = 0;

	ck_assert_int_eq (line_packline (line, show), 0);
	for (at = line->said; (at = strstr (at, "welded again")) != NULL; at++)
		n++;
	return n;
}

START_TEST (a_serial_finds_its_run_whose_values_are_read_and_noted_and_run_is_one_key_away)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, GOOD);
	line_assemble (line, BAD);
	person = person_start (line);
	test_two_packs (line, person);
	person_press ("F3");
	person_await_text (person, "2 runs");
	person_scan (BAD);
	person_await_text (person, "1 run");
	person_press ("Return");
	person_await_text (person, "Record of");
	person_await_text (person, "FAIL " BAD);
	person_await_text (person, "busbar_excess_ohm_discharge");
	person_await_text (person, "loose busbar");
	person_fill (person, "Note", "welded again");
	person_click (person, "Add note");
	person_await_text (person, "welded again");
	ck_assert_uint_eq (count_notes (line), 1);
	person_press ("Escape");
	person_await_text (person, "Show all");
	person_press ("F1");
	person_await (person, "READY");
}
END_TEST

/* A toast may be gone before it is read on a busy machine: what counts is what was kept. */
static gboolean
count_labels (sqlite3 *sql, gpointer data, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error, "SELECT count (*) FROM label WHERE result = 'printed again for 4711'", "");

	if (found == NULL || pl_sql_step (sql, found, error) != 1)
		return FALSE;
	*(int *)data = sqlite3_column_int (found, 0);
	return TRUE;
}

static void
await_label (Line *line)
{
	g_autofree char *file = g_build_filename (line->home, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_ONLY, &error);
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	int n = 0;

	ck_assert_ok (db != NULL, error);
	while (n == 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "no label was printed again");
		ck_assert_ok (pl_db_read (db, count_labels, &n, &error), error);
		g_usleep (20000);
	}
	ck_assert_int_eq (n, 1);
}

static guint
count_files (Line *line, gboolean forget)
{
	g_autofree char *folder = g_build_filename (line->home, "records", NULL);
	g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
	const char *name;
	guint n = 0;

	ck_assert_ptr_nonnull (files);
	for (; (name = g_dir_read_name (files)) != NULL; n++) {
		g_autofree char *file = g_build_filename (folder, name, NULL);

		ck_assert (!forget || g_unlink (file) == 0);
	}
	return n;
}

static void
forget_files (Line *line)
{
	ck_assert_uint_eq (count_files (line, TRUE), 1);
}

static void
await_files (Line *line)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	while (count_files (line, FALSE) == 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "no record was written again");
		g_usleep (20000);
	}
}

START_TEST (a_label_is_printed_again_from_the_record_of_a_pack_that_passed)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, GOOD);
	person = person_start (line);
	person_scan (GOOD);
	person_await (person, "PASS " GOOD);
	person_press ("F3");
	person_scan (GOOD);
	person_await_text (person, "1 run");
	person_press ("Return");
	person_click (person, "Print the label again");
	await_label (line);
	forget_files (line);
	person_click (person, "Export files");
	await_files (line);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-past");
	TCase *tcase = tcase_create ("past");

	tcase_set_timeout (tcase, 240);
	tcase_add_test (
	    tcase, a_serial_finds_its_run_whose_values_are_read_and_noted_and_run_is_one_key_away);
	tcase_add_test (tcase, a_label_is_printed_again_from_the_record_of_a_pack_that_passed);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
