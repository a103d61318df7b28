/* SPDX-License-Identifier: Apache-2.0 */
#include "db/outbox.h"
#include "tests/ui/person.h"
#include <stdio.h>
#include <string.h>

/* What the hall sees and hears of the station, asked of the simulated line's own tower. */

#define PACK "PL32-000001"
#define PATIENCE_US (30 * G_USEC_PER_SEC)

static void
await_state (Line *line, const char *key, int value)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	int now;

	while ((now = (int)line_state (line, key)) != value) {
		ck_assert_msg (g_get_monotonic_time () < end, "%s is %d, not %d", key, now, value);
		g_usleep (20000);
	}
}

START_TEST (a_good_pack_flashes_green_and_sounds_once)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	await_state (line, "lamp_white", 1);
	person_scan (PACK);
	person_await (person, "PASS " PACK);
	await_state (line, "lamp_green", 2);
	await_state (line, "buzzer", 1);
	await_state (line, "lamp_red", 0);
	await_state (line, "lamp_white", 0);
}
END_TEST

START_TEST (a_bad_pack_burns_red_and_sounds_until_somebody_acknowledges)
{
	const char *faults[] = {"reversed-cell", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "FAIL " PACK);
	await_state (line, "lamp_red", 1);
	await_state (line, "buzzer", 2);
	await_state (line, "lamp_green", 0);
	person_click (person, "Acknowledge");
	person_await (person, "READY");
	await_state (line, "lamp_red", 0);
	await_state (line, "buzzer", 0);
	await_state (line, "lamp_white", 1);
}
END_TEST

START_TEST (a_torn_code_is_heard_and_changes_no_lamp)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);

	await_state (line, "lamp_white", 1);
	person_scan ("");
	person_await_text (person, "broke off");
	await_state (line, "buzzer", 3);
	await_state (line, "lamp_white", 1);
}
END_TEST

START_TEST (the_shifts_figures_are_on_the_screen_again_after_a_restart)
{
	const char *faults[] = {"reversed-cell", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	Person *person;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "FAIL " PACK);
	person_await_text (person, "FAIL 1");
	person_await_text (person, "First pass 0 %");
	person_stop (person);
	person = person_start (line);
	person_await_text (person, "FAIL 1");
	person_await_text (person, "First pass 0 %");
	person_await_text (person, "Last verdicts FAIL");
	person_stop (person);
}
END_TEST

START_TEST (a_scanner_whose_cable_is_pulled_shows_in_the_strip_while_nothing_else_happens)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autoptr (Person) person = person_start (line);

	person_await_text (person, "Door closed");
	g_free (line_tell (line, "fault instrument-unplugged:scanner"));
	person_await_text (person, "Scanner: no answer since");
	g_free (line_tell (line, "clear instrument-unplugged:scanner"));
	person_await_text (person, "● Scanner");
	g_free (line_tell (line, "operator estop press"));
	person_await_text (person, "Emergency stop pressed");
	g_free (line_tell (line, "operator estop release"));
	person_await_text (person, "Door closed");
}
END_TEST

START_TEST (an_instrument_that_fell_silent_in_a_run_shows_in_the_strip)
{
	const char *faults[] = {"instrument-unplugged:role=printer", NULL};
	g_autoptr (Line) line = line_start (faults, TRUE);
	g_autoptr (Person) person = NULL;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "ERROR " PACK);
	person_await_text (person, "Printer: no answer since");
	await_state (line, "lamp_yellow", 2);
}
END_TEST

/* Not held against the clock on the wall: this machine has other things to do. */
/* Twelve records for a partner whose portal has not taken them. */
static gboolean
leave_waiting (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 seq;

	for (guint i = 0; i < 12; i++)
		if (!pl_outbox_add (sql, "cells-east", 0, "record", "{}", &seq, error))
			return FALSE;
	return TRUE;
}

START_TEST (what_waits_for_a_partners_portal_is_shown_and_holds_up_no_pack)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *file = NULL;
	g_autoptr (Person) person = NULL;
	g_autoptr (GError) error = NULL;
	PlDb *db;

	line_assemble (line, PACK);
	file = g_build_filename (line->home, "station.sqlite", NULL);
	db = pl_db_open (file, PL_DB_READ_WRITE, &error);
	ck_assert_ok (db != NULL, error);
	ck_assert_ok (pl_db_write (db, leave_waiting, NULL, &error), error);
	pl_db_close (db);
	person = person_start (line);
	person_await_text (person, "Waiting to be sent 12");
	person_scan (PACK);
	person_await (person, "PASS " PACK);
	person_await_text (person, "Waiting to be sent 12");
}
END_TEST

START_TEST (the_main_loop_is_never_busy_for_long_while_a_pack_is_tested)
{
	g_autoptr (Line) line = line_start (NULL, TRUE);
	g_autofree char *log = g_build_filename (line->dir, "station.log", NULL), *said = NULL;
	const char *figure;
	double worst_ms, worst_processor_ms;
	Person *person;

	line_assemble (line, PACK);
	person = person_start (line);
	person_scan (PACK);
	person_await (person, "PASS " PACK);
	person_stop (person);
	ck_assert (g_file_get_contents (log, &said, NULL, NULL));
	figure = strstr (said, "turns, longest ");
	ck_assert_msg (figure != NULL, "%s", said);
	ck_assert_int_eq (
	    sscanf (figure, "turns, longest %lf ms (%lf ms", &worst_ms, &worst_processor_ms), 2);
	ck_assert_double_lt (worst_processor_ms, 100);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-hall");
	TCase *tcase = tcase_create ("hall");

	tcase_set_timeout (tcase, 180);
	tcase_add_test (tcase, a_good_pack_flashes_green_and_sounds_once);
	tcase_add_test (tcase, a_bad_pack_burns_red_and_sounds_until_somebody_acknowledges);
	tcase_add_test (tcase, a_torn_code_is_heard_and_changes_no_lamp);
	tcase_add_test (tcase, the_shifts_figures_are_on_the_screen_again_after_a_restart);
	tcase_add_test (
	    tcase, a_scanner_whose_cable_is_pulled_shows_in_the_strip_while_nothing_else_happens);
	tcase_add_test (tcase, an_instrument_that_fell_silent_in_a_run_shows_in_the_strip);
	tcase_add_test (tcase, what_waits_for_a_partners_portal_is_shown_and_holds_up_no_pack);
	tcase_add_test (tcase, the_main_loop_is_never_busy_for_long_while_a_pack_is_tested);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
