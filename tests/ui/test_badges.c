/* SPDX-License-Identifier: Apache-2.0 */
#include "station/approval.h"
#include "tests/ui/person.h"
#include <string.h>

/* People at the station as the screen has them: a badge, a PIN, a second person. */

#define PACK "PL32-000001"
#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define BADGE_O "PLB-O1-4711"
#define BADGE_T "PLB-T1-4712"
#define BADGE_E "PLB-E1-4713"
#define BADGE_Q "PLB-Q1-4714"
#define PIN "251-plum"

/* -- before the station opens ------------------------------------------------------------------ */

static void
enrol (PlStation *station, const char *name, PlPersonRole role, const char *badge, const char *pin)
{
	PlPersonForm form = {name, role, badge, pin};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_enrol (station, &form, "installer", &error), error);
}

static char *
recipe_file (Line *line)
{
	return g_build_filename (line->dir, "recipe.yaml", NULL);
}

/* Where people are enrolled production asks for an approved recipe. */
static void
approve (PlStation *station, Line *line)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *file = recipe_file (line);
	g_autoptr (PlRecipe) recipe = pl_recipe_load (file, &error);
	PlBadgeQuestion question = {BADGE_Q, PIN, PL_MAY_APPROVE_RECIPE, 0};
	g_autoptr (PlPerson) quality = pl_people_ask (station, &question, &error);

	ck_assert_ok (recipe != NULL && quality != NULL, error);
	ck_assert_ok (pl_approval_give (station, recipe, "E1", quality, "read", &error), error);
}

static void
staff (Line *line)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlStation) station = pl_station_open (line->home, NULL, &error);

	ck_assert_ok (station != NULL, error);
	enrol (station, "O1", PL_PERSON_OPERATOR, BADGE_O, NULL);
	enrol (station, "T1", PL_PERSON_TECHNICIAN, BADGE_T, PIN);
	enrol (station, "E1", PL_PERSON_ENGINEER, BADGE_E, PIN);
	enrol (station, "Q1", PL_PERSON_QUALITY, BADGE_Q, PIN);
	approve (station, line);
}

static void
require_in_recipe (Line *line, const char *recipe)
{
	g_autofree char *file = recipe_file (line);
	g_autofree char *text = NULL, *longer = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (g_file_get_contents (file, &text, NULL, &error), error);
	longer = g_strdup_printf ("%s\nrequires: [%s]\n", text, recipe);
	ck_assert_ok (g_file_set_contents (file, longer, -1, &error), error);
}

/* -- what is remembered ------------------------------------------------------------------------ */

typedef struct {
	const char *sql;
	char *value;
} Query;

static gboolean
look (sqlite3 *sql, gpointer data, GError **error)
{
	Query *q = data;
	g_autoptr (sqlite3_stmt) found = pl_sql (sql, error, q->sql, "");

	if (found == NULL || pl_sql_step (sql, found, error) < 0)
		return FALSE;
	q->value = g_strdup ((const char *)sqlite3_column_text (found, 0));
	return TRUE;
}

static char *
value_of (Line *line, const char *sql)
{
	g_autofree char *file = g_build_filename (line->home, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlDb) db = pl_db_open (file, PL_DB_READ_ONLY, &error);
	Query query = {sql, NULL};

	ck_assert_ok (db != NULL && pl_db_read (db, look, &query, &error), error);
	return query.value;
}

static void
await_value (Line *line, const char *sql, const char *value)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	g_autofree char *now = value_of (line, sql);

	while (g_strcmp0 (now, value) != 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s: \"%s\", not \"%s\"", sql, now,
			       value);
		g_usleep (50000);
		g_free (now);
		now = value_of (line, sql);
	}
}

/* -- claims ------------------------------------------------------------------------------------ */

START_TEST (a_pack_is_refused_until_somebody_has_logged_in_and_then_runs_in_their_name)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;
	g_autofree char *reason = NULL;

	line_assemble (line, PACK);
	staff (line);
	person = person_start (line);
	person_await_text (person, "Nobody is logged in");
	person_await_text (person, "Scan your badge");
	person_scan (PACK);
	person_await (person, "BLOCKED " PACK);
	reason = person_reason (person);
	ck_assert_msg (strstr (reason, "nobody is logged in: scan your badge") != NULL, "%s",
		       reason);
	await_value (line, "SELECT count(*) FROM run", "0");
	person_scan (BADGE_O);
	person_await_text (person, "O1, operator");
	person_scan (PACK);
	person_await (person, "TESTING " PACK);
	person_await (person, "PASS " PACK);
	await_value (line, "SELECT name FROM operator JOIN run ON run.operator = operator.id",
		     "O1");
}
END_TEST

START_TEST (ones_own_badge_again_logs_out_and_the_benchs_scanner_reads_badges_too)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	staff (line);
	person = person_start (line);
	g_free (line_tell (line, "act scanner scan " BADGE_O));
	person_await_text (person, "O1, operator");
	person_scan (BADGE_O);
	person_await_text (person, "Nobody is logged in");
	await_value (line,
		     "SELECT group_concat(kind || ' ' || json_extract(body, '$.person')) FROM "
		     "journal WHERE kind IN ('login', 'logout')",
		     "login O1,logout O1");
}
END_TEST

START_TEST (five_wrong_pins_lock_and_the_right_one_does_not_help)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	staff (line);
	person = person_start (line);
	person_scan (BADGE_T);
	person_await_text (person, "Type your PIN");
	for (guint i = 1; i <= PL_PEOPLE_FAILURES_MAX; i++) {
		g_autofree char *n = g_strdup_printf ("%u", i);

		person_type ("0000");
		person_press ("Return");
		await_value (line, "SELECT count(*) FROM journal WHERE kind = 'login-refused'", n);
		person_await_text (person, i < PL_PEOPLE_FAILURES_MAX ? "the PIN is wrong"
								      : "T1 is locked");
	}
	person_press ("Escape");
	/* the dialog takes a moment to go, and whatever is scanned meanwhile with it */
	g_usleep (G_USEC_PER_SEC);
	person_scan (BADGE_T);
	await_value (line,
		     "SELECT json_extract(body, '$.why') FROM journal ORDER BY seq DESC LIMIT 1",
		     "locked");
	person_await_text (person, "T1 is locked");
	await_value (line, "SELECT count(*) FROM journal WHERE kind = 'login'", "0");
	/* who is not locked comes in */
	person_scan (BADGE_O);
	person_await_text (person, "O1, operator");
}
END_TEST

START_TEST (a_second_person_lets_a_blocked_pack_run_and_the_journal_says_who_and_why)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	require_in_recipe (line, "formation-32s");
	line_assemble (line, PACK);
	staff (line);
	person = person_start (line);
	person_scan (BADGE_O);
	person_await_text (person, "O1, operator");
	person_scan (PACK);
	person_await (person, "BLOCKED " PACK);
	person_click (person, "Override");
	person_await_text (person, "Test it although it is blocked: " PACK);
	person_type ("formed at plant B");
	/* one's own badge is no second person */
	person_scan (BADGE_O);
	person_await_text (person, "The badge is read");
	person_type ("0000");
	person_press ("Return");
	person_await_text (person, "this is O1's own badge: a second person is needed");
	person_scan (BADGE_T);
	person_await_text (person, "The badge is read");
	person_type (PIN);
	person_press ("Return");
	person_await (person, "TESTING " PACK);
	person_await (person, "PASS " PACK);
	await_value (
	    line,
	    "SELECT json_extract(body, '$.by') || ': ' || json_extract(body, '$.reason') "
	    "|| ' / ' || json_extract(body, '$.what') FROM journal WHERE kind = 'override'",
	    "T1: formed at plant B / it has not passed formation-32s; run that first");
	await_value (line, "SELECT name FROM operator JOIN run ON run.operator = operator.id",
		     "O1");
}
END_TEST

START_TEST (who_may_manage_people_has_the_page_and_an_operator_has_not)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	staff (line);
	person = person_start (line);
	person_scan (BADGE_Q);
	person_await_text (person, "Type your PIN");
	person_type (PIN);
	person_press ("Return");
	person_await_text (person, "Q1, quality");
	person_press ("F6");
	person_await_text (person, "Enrol a person");
	person_await_text (person, "Retire … T1");
	/* another badge takes over, and the page is not theirs */
	person_scan (BADGE_O);
	person_await_text (person, "O1, operator");
	person_await (person, "READY");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-badges");
	TCase *tcase = tcase_create ("badges");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (tcase,
			a_pack_is_refused_until_somebody_has_logged_in_and_then_runs_in_their_name);
	tcase_add_test (tcase,
			ones_own_badge_again_logs_out_and_the_benchs_scanner_reads_badges_too);
	tcase_add_test (tcase, five_wrong_pins_lock_and_the_right_one_does_not_help);
	tcase_add_test (tcase,
			a_second_person_lets_a_blocked_pack_run_and_the_journal_says_who_and_why);
	tcase_add_test (tcase, who_may_manage_people_has_the_page_and_an_operator_has_not);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
