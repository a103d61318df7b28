/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "tests/station/room.h"
#include <glib/gstdio.h>
#include <string.h>

/* Who may come in, what locks them out, and that their codes are kept nowhere. */

#define BADGE_Q "PLB-quality-77"
#define BADGE_T "PLB-technician-4"
#define BADGE_O "PLB-operator-12"
#define PIN_Q "802-quince"
#define PIN_T "417-tamarind"

static Room *room;

static void
enrol (const char *name, PlPersonRole role, const char *badge, const char *pin)
{
	PlPersonForm form = {name, role, badge, pin};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_enrol (room->station, &form, "installer", &error), error);
}

static void
set_up (void)
{
	room = room_new ("", FALSE);
	enrol ("Q1", PL_PERSON_QUALITY, BADGE_Q, PIN_Q);
	enrol ("T1", PL_PERSON_TECHNICIAN, BADGE_T, PIN_T);
	enrol ("O1", PL_PERSON_OPERATOR, BADGE_O, NULL);
}

static void
tear_down (void)
{
	room_free (room);
}

static PlPerson *
ask (const char *badge, const char *pin, PlMay may, gint64 first, GError **error)
{
	return pl_people_ask (room->station, &(PlBadgeQuestion){badge, pin, may, first}, error);
}

static void
assert_in (const char *badge, const char *pin, const char *name)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlPerson) person = ask (badge, pin, PL_MAY_LAST, 0, &error);

	ck_assert_ok (person != NULL, error);
	ck_assert_str_eq (person->name, name);
}

static void
assert_out (const char *badge, const char *pin, PlMay may, PlPeopleError code)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlPerson) person = ask (badge, pin, may, 0, &error);

	ck_assert_ptr_null (person);
	ck_assert_err (error, PL_PEOPLE_ERROR, code);
}

static void
assert_value (const char *sql, const char *value)
{
	g_autofree char *got = room_query (room, sql);

	ck_assert_msg (g_strcmp0 (got, value) == 0, "%s: \"%s\", not \"%s\"", sql, got, value);
}

static gboolean
run_sql (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_sql_run (sql, pl_sql (sql, error, data, ""), error);
}

/* Ten minutes later. */
static void
let_the_lock_run_out (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, run_sql,
				   (gpointer) "UPDATE operator SET locked_until = "
					      "'2026-01-01T00:00:00Z' WHERE locked_until NOTNULL",
				   &error),
		      error);
}

/* -- coming in --------------------------------------------------------------------------------- */

START_TEST (a_badge_lets_an_operator_in_and_asks_everybody_else_for_the_pin)
{
	assert_in (BADGE_O, NULL, "O1");
	assert_out (BADGE_T, NULL, PL_MAY_LAST, PL_PEOPLE_ERROR_PIN_MISSING);
	assert_value ("SELECT count(*) FROM journal WHERE kind = 'login-refused'", "0");
	assert_in (BADGE_T, PIN_T, "T1");
	assert_value ("SELECT group_concat(json_extract(body, '$.person')) FROM journal "
		      "WHERE kind = 'login'",
		      "O1,T1");
}
END_TEST

START_TEST (a_badge_that_is_nobodys_is_refused_and_journalled)
{
	assert_out ("PLB-found-it", "1234", PL_MAY_LAST, PL_PEOPLE_ERROR_BADGE);
	/* another letter case is another badge */
	assert_out ("plb-operator-12", NULL, PL_MAY_LAST, PL_PEOPLE_ERROR_BADGE);
	assert_value ("SELECT group_concat(json_extract(body, '$.why')) FROM journal "
		      "WHERE kind = 'login-refused'",
		      "unknown-badge,unknown-badge");
}
END_TEST

START_TEST (five_wrong_pins_lock_for_ten_minutes_and_the_right_one_does_not_open)
{
	g_autoptr (GError) error = NULL;

	for (guint i = 1; i < PL_PEOPLE_FAILURES_MAX; i++)
		assert_out (BADGE_T, "0000", PL_MAY_LAST, PL_PEOPLE_ERROR_PIN_WRONG);
	assert_out (BADGE_T, "0000", PL_MAY_LAST, PL_PEOPLE_ERROR_LOCKED);
	ck_assert_ptr_null (ask (BADGE_T, PIN_T, PL_MAY_LAST, 0, &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_LOCKED);
	ck_assert_says (error->message, "T1 is locked, 10 min left");
	assert_value ("SELECT group_concat(json_extract(body, '$.why')) FROM journal "
		      "WHERE kind = 'login-refused'",
		      "wrong-pin,wrong-pin,wrong-pin,wrong-pin,wrong-pin,locked");
	/* nobody else is */
	assert_in (BADGE_Q, PIN_Q, "Q1");
}
END_TEST

START_TEST (when_the_time_is_over_the_right_pin_opens_and_one_more_wrong_one_locks_again)
{
	for (guint i = 0; i < PL_PEOPLE_FAILURES_MAX; i++)
		ck_assert_ptr_null (ask (BADGE_T, "0000", PL_MAY_LAST, 0, NULL));
	let_the_lock_run_out ();
	assert_out (BADGE_T, "0000", PL_MAY_LAST, PL_PEOPLE_ERROR_LOCKED);
	let_the_lock_run_out ();
	assert_in (BADGE_T, PIN_T, "T1");
	/* in a row: the right one has ended the row */
	assert_out (BADGE_T, "0000", PL_MAY_LAST, PL_PEOPLE_ERROR_PIN_WRONG);
}
END_TEST

START_TEST (who_manages_people_unlocks)
{
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < PL_PEOPLE_FAILURES_MAX; i++)
		ck_assert_ptr_null (ask (BADGE_T, "0000", PL_MAY_LAST, 0, NULL));
	ck_assert_ok (pl_people_unlock (room->station, "T1", "Q1", &error), error);
	assert_in (BADGE_T, PIN_T, "T1");
}
END_TEST

START_TEST (a_second_person_is_another_one_who_may)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlPerson) first = ask (BADGE_T, PIN_T, PL_MAY_LAST, 0, NULL);
	g_autoptr (PlPerson) second = NULL;

	ck_assert_ptr_nonnull (first);
	ck_assert_ptr_null (ask (BADGE_T, PIN_T, PL_MAY_OVERRIDE, first->id, &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_SAME);
	assert_out (BADGE_O, NULL, PL_MAY_OVERRIDE, PL_PEOPLE_ERROR_RIGHT);
	assert_out (BADGE_Q, "0000", PL_MAY_OVERRIDE, PL_PEOPLE_ERROR_PIN_WRONG);
	second = ask (BADGE_Q, PIN_Q, PL_MAY_OVERRIDE, first->id, NULL);
	ck_assert_str_eq (second->name, "Q1");
	/* it is no login */
	assert_value ("SELECT count(*) FROM journal WHERE kind = 'login'", "1");
}
END_TEST

START_TEST (each_role_may_what_the_table_says_and_nobody_may_nothing)
{
	for (PlMay may = 0; may < PL_MAY_LAST; may++) {
		ck_assert (!pl_person_may (NULL, may));
		ck_assert (pl_person_may (&(PlPerson){.may_all = TRUE}, may));
	}
	ck_assert (pl_person_role_may (PL_PERSON_OPERATOR, PL_MAY_RUN));
	ck_assert (!pl_person_role_may (PL_PERSON_OPERATOR, PL_MAY_OVERRIDE));
	ck_assert (!pl_person_role_may (PL_PERSON_TECHNICIAN, PL_MAY_MANAGE_PEOPLE));
	ck_assert (pl_person_role_may (PL_PERSON_QUALITY, PL_MAY_MANAGE_PEOPLE));
	ck_assert (!pl_person_role_may (PL_PERSON_ROLES, PL_MAY_RUN));
}
END_TEST

/* -- changes ----------------------------------------------------------------------------------- */

static void
assert_refused (const PlPersonForm *form, PlPeopleError code)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_people_enrol (room->station, form, "Q1", &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, code);
}

START_TEST (what_would_make_two_people_one_or_a_badge_worthless_is_refused)
{
	assert_refused (&(PlPersonForm){"T1", 0, "PLB-new-one", NULL}, PL_PEOPLE_ERROR_NAME_TAKEN);
	assert_refused (&(PlPersonForm){" ", 0, "PLB-new-one", NULL}, PL_PEOPLE_ERROR_NAME);
	assert_refused (&(PlPersonForm){"N\n1", 0, "PLB-new-one", NULL}, PL_PEOPLE_ERROR_NAME);
	assert_refused (&(PlPersonForm){"N1", 0, BADGE_O, NULL}, PL_PEOPLE_ERROR_BADGE_TAKEN);
	assert_refused (&(PlPersonForm){"N1", 0, "short", NULL}, PL_PEOPLE_ERROR_BADGE_SHORT);
	assert_refused (&(PlPersonForm){"N1", PL_PERSON_ENGINEER, "PLB-new-one", NULL},
			PL_PEOPLE_ERROR_PIN_SHORT);
	assert_refused (&(PlPersonForm){"N1", PL_PERSON_ENGINEER, "PLB-new-one", "123"},
			PL_PEOPLE_ERROR_PIN_SHORT);
	assert_value ("SELECT count(*) FROM operator WHERE badge NOTNULL", "3");
	assert_value ("SELECT count(*) FROM operator WHERE name = 'N1'", "0");
}
END_TEST

START_TEST (the_last_one_who_may_manage_people_can_be_neither_retired_nor_demoted)
{
	PlPersonForm less = {"Q1", PL_PERSON_ENGINEER, NULL, NULL};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_people_retire (room->station, "Q1", "Q1", &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_LAST_MANAGER);
	g_clear_error (&error);
	ck_assert (!pl_people_change (room->station, &less, "Q1", &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_LAST_MANAGER);
	g_clear_error (&error);
	assert_in (BADGE_Q, PIN_Q, "Q1");
	enrol ("Q2", PL_PERSON_QUALITY, "PLB-quality-78", "another-pin");
	ck_assert_ok (pl_people_retire (room->station, "Q1", "Q2", &error), error);
}
END_TEST

START_TEST (who_is_retired_stays_out_and_may_be_enrolled_again)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = NULL;

	ck_assert_ok (pl_people_retire (room->station, "O1", "Q1", &error), error);
	assert_out (BADGE_O, NULL, PL_MAY_LAST, PL_PEOPLE_ERROR_BADGE);
	rows = pl_people_list (room->station->db, &error);
	ck_assert_uint_eq (rows->len, 2);
	enrol ("O1", PL_PERSON_OPERATOR, "PLB-operator-13", NULL);
	assert_in ("PLB-operator-13", NULL, "O1");
	assert_value ("SELECT count(*) FROM operator WHERE name = 'O1'", "1");
}
END_TEST

START_TEST (a_change_of_role_badge_and_pin_counts_from_then_on)
{
	PlPersonForm up = {"O1", PL_PERSON_ENGINEER, NULL, NULL};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_people_change (room->station, &up, "Q1", &error));
	ck_assert_err (error, PL_PEOPLE_ERROR, PL_PEOPLE_ERROR_PIN_SHORT);
	g_clear_error (&error);
	up.pin = "new-pin";
	up.badge = "PLB-operator-99";
	ck_assert_ok (pl_people_change (room->station, &up, "Q1", &error), error);
	assert_out (BADGE_O, NULL, PL_MAY_LAST, PL_PEOPLE_ERROR_BADGE);
	assert_in ("PLB-operator-99", "new-pin", "O1");
	assert_value ("SELECT body FROM journal WHERE kind = 'person-changed'",
		      "{\"by\":\"Q1\",\"person\":\"O1\",\"role\":\"engineer\","
		      "\"what\":\"role,badge,PIN\"}");
}
END_TEST

START_TEST (the_list_says_who_was_here_last)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GPtrArray) rows = NULL;
	const PlPersonRow *row;

	assert_in (BADGE_T, PIN_T, "T1");
	rows = pl_people_list (room->station->db, &error);
	ck_assert_ok (rows != NULL && rows->len == 3, error);
	row = g_ptr_array_index (rows, 2);
	ck_assert_str_eq (row->name, "T1");
	ck_assert_ptr_nonnull (row->last_login);
	row = g_ptr_array_index (rows, 0);
	ck_assert_ptr_null (row->last_login);
}
END_TEST

START_TEST (a_station_is_managed_once_somebody_is_enrolled_who_may)
{
	g_autoptr (Room) other = room_new ("", FALSE);
	PlPersonForm operator= {"O9", PL_PERSON_OPERATOR, "PLB-operator-9", NULL};
	PlPersonForm quality = {"Q9", PL_PERSON_QUALITY, "PLB-quality-9", "4711x"};
	g_autoptr (GError) error = NULL;
	gboolean managed;

	ck_assert_ok (pl_people_enrol (other->station, &operator, "installer", &error), error);
	ck_assert_ok (pl_people_is_managed (other->station->db, &managed, &error), error);
	ck_assert (!managed);
	ck_assert_ok (pl_people_enrol (other->station, &quality, "installer", &error), error);
	ck_assert_ok (pl_people_is_managed (other->station->db, &managed, &error), error);
	ck_assert (managed);
}
END_TEST

/* -- what is kept ------------------------------------------------------------------------------ */

static void
assert_nowhere (const char *folder, const char *code)
{
	g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name (dir)) != NULL) {
		g_autofree char *path = g_build_filename (folder, name, NULL);
		g_autofree char *bytes = NULL;
		gsize len;

		if (g_file_test (path, G_FILE_TEST_IS_DIR))
			assert_nowhere (path, code);
		else if (g_file_get_contents (path, &bytes, &len, NULL))
			ck_assert_msg (memmem (bytes, len, code, strlen (code)) == NULL,
				       "%s has a code in clear", path);
	}
}

START_TEST (no_code_is_in_clear_anywhere_in_the_stations_folder)
{
	static const char *const codes[] = {"quality-77", "technician-4", "operator-12",
					    "802-quince", "417-tamarind", "found-it",
					    "wrong-guess"};
	PlPersonForm form = {"T1", PL_PERSON_TECHNICIAN, BADGE_T, PIN_T};

	assert_in (BADGE_Q, PIN_Q, "Q1");
	assert_out (BADGE_T, "wrong-guess", PL_MAY_LAST, PL_PEOPLE_ERROR_PIN_WRONG);
	assert_out ("PLB-found-it", NULL, PL_MAY_LAST, PL_PEOPLE_ERROR_BADGE);
	ck_assert (pl_people_change (room->station, &form, "Q1", NULL));
	/* as it lies there while the station runs, and after it was closed */
	for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
		assert_nowhere (room->home, codes[i]);
	room_restart (room);
	for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
		assert_nowhere (room->home, codes[i]);
}
END_TEST

START_TEST (the_salt_is_the_stations_alone_and_never_replaced_while_somebody_is_enrolled)
{
	g_autofree char *salt = g_build_filename (room->home, "people.salt", NULL);
	g_autoptr (GError) error = NULL;
	GStatBuf state;

	ck_assert_int_eq (g_stat (salt, &state), 0);
	ck_assert_uint_eq (state.st_mode & 0777, 0600);
	ck_assert_int_eq (g_chmod (salt, 0644), 0);
	ck_assert_ptr_null (ask (BADGE_O, NULL, PL_MAY_LAST, 0, &error));
	ck_assert_says (error->message, "open to others");
	g_clear_error (&error);
	ck_assert_int_eq (g_remove (salt), 0);
	ck_assert_ptr_null (ask (BADGE_O, NULL, PL_MAY_LAST, 0, &error));
	ck_assert_says (error->message, "restore it from a backup");
	ck_assert (!g_file_test (salt, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (coming_going_and_changing_are_rows_of_a_chain_that_holds)
{
	g_autoptr (PlPerson) person = ask (BADGE_O, NULL, PL_MAY_LAST, 0, NULL);
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_people_log_out (room->station, person, "badge", &error), error);
	assert_value ("SELECT group_concat(kind) FROM journal",
		      "person-enrolled,person-enrolled,person-enrolled,login,logout");
	assert_value ("SELECT body FROM journal WHERE kind = 'logout'",
		      "{\"person\":\"O1\",\"why\":\"badge\"}");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-people");
	TCase *tcase = tcase_create ("people");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_badge_lets_an_operator_in_and_asks_everybody_else_for_the_pin);
	tcase_add_test (tcase, a_badge_that_is_nobodys_is_refused_and_journalled);
	tcase_add_test (tcase,
			five_wrong_pins_lock_for_ten_minutes_and_the_right_one_does_not_open);
	tcase_add_test (
	    tcase, when_the_time_is_over_the_right_pin_opens_and_one_more_wrong_one_locks_again);
	tcase_add_test (tcase, who_manages_people_unlocks);
	tcase_add_test (tcase, a_second_person_is_another_one_who_may);
	tcase_add_test (tcase, each_role_may_what_the_table_says_and_nobody_may_nothing);
	tcase_add_test (tcase, what_would_make_two_people_one_or_a_badge_worthless_is_refused);
	tcase_add_test (tcase,
			the_last_one_who_may_manage_people_can_be_neither_retired_nor_demoted);
	tcase_add_test (tcase, who_is_retired_stays_out_and_may_be_enrolled_again);
	tcase_add_test (tcase, a_change_of_role_badge_and_pin_counts_from_then_on);
	tcase_add_test (tcase, the_list_says_who_was_here_last);
	tcase_add_test (tcase, a_station_is_managed_once_somebody_is_enrolled_who_may);
	tcase_add_test (tcase, no_code_is_in_clear_anywhere_in_the_stations_folder);
	tcase_add_test (
	    tcase, the_salt_is_the_stations_alone_and_never_replaced_while_somebody_is_enrolled);
	tcase_add_test (tcase, coming_going_and_changing_are_rows_of_a_chain_that_holds);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
