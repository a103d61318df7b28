/* SPDX-License-Identifier: Apache-2.0 */
#include "station/story.h"
#include "station/reprint.h"
#include "tests/station/room.h"
#include "tests/station/whole_run.h"
#include <math.h>
#include <string.h>

/* One run out of the past, a second one beside it, and what is done with it. */

static gint64
run_row (Room *room)
{
	g_autofree char *id = room_query (room, "SELECT max (id) FROM run");

	return g_ascii_strtoll (id, NULL, 10);
}

static PlStory *
load (Room *room, gint64 run)
{
	g_autoptr (GError) error = NULL;
	PlStory *story = pl_story_load (room->station, run, &error);

	ck_assert_ok (story != NULL, error);
	return story;
}

static const PlStepRow *
step_of (const PlStory *story, const char *name)
{
	for (guint i = 0; i < story->run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (story->run->steps, i);

		if (g_str_equal (step->name, name))
			return step;
	}
	ck_abort_msg ("there is no step %s", name);
}

static const PlMeasurementRow *
value_of (const PlStory *story, const char *step, const char *name)
{
	const PlStepRow *at = step_of (story, step);

	for (guint i = 0; i < at->measurements->len; i++) {
		const PlMeasurementRow *m = g_ptr_array_index (at->measurements, i);

		if (g_str_equal (m->name, name))
			return m;
	}
	ck_abort_msg ("%s has no %s", step, name);
}

START_TEST (a_run_comes_with_its_curves_and_what_every_sample_was_held_against)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (PlStory) story = load (room, run);
	guint watched = 0;

	ck_assert_str_eq (story->run->operator_name, "4711");
	ck_assert (story->has_label && story->has_record);
	ck_assert_ptr_null (story->approved_by);
	ck_assert_uint_eq (story->others->len, 0);
	/* two of the ground bond, two of the insulation, five of the resistance */
	ck_assert_uint_eq (story->curves->len, 9);
	for (guint i = 0; i < story->curves->len; i++) {
		const PlStoryCurve *curve = g_ptr_array_index (story->curves, i);

		ck_assert_uint_eq (curve->t_us->len, 101);
		ck_assert_uint_eq (curve->values->len, 101);
		watched += !isnan (curve->low) || !isnan (curve->high);
		if (g_str_equal (curve->name, "temperature_degc"))
			ck_assert_str_eq (curve->unit, "degC");
	}
	/* by the recipe that the run names: cells and temperature */
	ck_assert_uint_ge (watched, 3);
}
END_TEST

START_TEST (other_runs_of_the_pack_are_named_newest_first_and_without_this_one)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 first = whole_run_add (room->station->db, "P0001", TRUE);
	gint64 second = whole_run_add (room->station->db, "P0001", FALSE);
	gint64 third = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (PlStory) story = NULL;

	whole_run_add (room->station->db, "P0002", FALSE);
	story = load (room, second);
	ck_assert_uint_eq (story->others->len, 2);
	ck_assert_int_eq (((PlRunRow *)story->others->pdata[0])->id, third);
	ck_assert_int_eq (((PlRunRow *)story->others->pdata[1])->id, first);
}
END_TEST

START_TEST (values_stand_beside_those_of_the_same_step_attempt_and_name)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	g_autoptr (PlStory) bad = load (room, whole_run_add (room->station->db, "P0001", TRUE));
	g_autoptr (PlStory) good = load (room, whole_run_add (room->station->db, "P0002", FALSE));
	const PlMeasurementRow *now = value_of (bad, "dcir", "busbar_excess_ohm_discharge");
	const PlMeasurementRow *then = pl_story_counterpart (good, step_of (bad, "dcir"), now);
	g_autofree char *more = pl_story_difference (now, then);
	g_autofree char *less = pl_story_difference (then, now);
	g_autofree char *none = pl_story_difference (then, then);

	ck_assert_ptr_eq (then, value_of (good, "dcir", "busbar_excess_ohm_discharge"));
	ck_assert_str_eq (more, "+571 uohm");
	ck_assert_str_eq (less, "-571 uohm");
	ck_assert_str_eq (none, "0 ohm");
	ck_assert_ptr_null (pl_story_difference (now, NULL));
	/* another attempt of the step is not its counterpart */
	ck_assert_ptr_null (pl_story_counterpart (good, step_of (bad, "insulation"), now));
}
END_TEST

START_TEST (words_are_alike_or_not_and_units_never_mix)
{
	PlMeasurementRow none = {.words = (char *)"none", .unit = (char *)"", .value = NAN};
	PlMeasurementRow some = {.words = (char *)"arc", .unit = (char *)"", .value = NAN};
	PlMeasurementRow volts = {.unit = (char *)"V", .value = 3};
	PlMeasurementRow amperes = {.unit = (char *)"A", .value = 3};
	PlMeasurementRow missing = {.unit = (char *)"V", .value = NAN};
	g_autofree char *same = pl_story_difference (&none, &none);
	g_autofree char *other = pl_story_difference (&none, &some);

	ck_assert_str_eq (same, "=");
	ck_assert_str_eq (other, "≠");
	ck_assert_ptr_null (pl_story_difference (&volts, &amperes));
	ck_assert_ptr_null (pl_story_difference (&volts, &none));
	ck_assert_ptr_null (pl_story_difference (&volts, &missing));
}
END_TEST

START_TEST (curves_stand_over_those_of_the_same_step)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	g_autoptr (PlStory) a = load (room, whole_run_add (room->station->db, "P0001", TRUE));
	g_autoptr (PlStory) b = load (room, whole_run_add (room->station->db, "P0002", FALSE));

	for (guint i = 0; i < a->curves->len; i++) {
		const PlStoryCurve *curve = a->curves->pdata[i];
		const PlStoryCurve *like = pl_story_curve_of (b, a, curve);

		ck_assert_ptr_nonnull (like);
		ck_assert_str_eq (like->name, curve->name);
		ck_assert_str_eq (like->curve, curve->curve);
	}
	g_ptr_array_set_size (b->curves, 0);
	ck_assert_ptr_null (pl_story_curve_of (b, a, a->curves->pdata[0]));
}
END_TEST

START_TEST (notes_come_with_author_and_time_oldest_first_and_cannot_be_changed)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlStory) story = NULL;
	const PlNoteRow *first, *second;
	sqlite3 *sql;

	ck_assert_ok (
	    pl_story_add_note (room->station, run, "4711", "  busbar 7 looked at\n ", &error),
	    error);
	ck_assert_ok (pl_story_add_note (room->station, run, "4713", "\033[31mred", &error), error);
	story = load (room, run);
	ck_assert_uint_eq (story->notes->len, 2);
	first = story->notes->pdata[0];
	second = story->notes->pdata[1];
	ck_assert_str_eq (first->who, "4711");
	ck_assert_str_eq (first->text, "busbar 7 looked at");
	ck_assert_str_eq (second->who, "4713");
	/* a terminal that shows it obeys nothing */
	ck_assert_str_eq (second->text, "\\033[31mred");
	ck_assert_uint_eq (strlen (first->utc), strlen ("2026-11-23T20:15:07.123Z"));
	ck_assert_int_eq (sqlite3_open (pl_db_file (room->station->db), &sql), SQLITE_OK);
	ck_assert_int_ne (sqlite3_exec (sql, "UPDATE note SET text = ''", NULL, NULL, NULL),
			  SQLITE_OK);
	ck_assert_int_ne (sqlite3_exec (sql, "DELETE FROM note", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close (sql);
}
END_TEST

START_TEST (a_note_without_words_or_without_its_run_is_refused)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (GError) error = NULL;
	g_autoptr (GError) no_run = NULL;

	ck_assert (!pl_story_add_note (room->station, run, "4711", " \t\n", &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_RECORD);
	ck_assert (!pl_story_add_note (room->station, run + 1, "4711", "text", &no_run));
	ck_assert_err (no_run, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
}
END_TEST

START_TEST (a_run_that_is_not_there_is_said_to_be_none)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_story_load (room->station, 1, &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND);
}
END_TEST

/* -- labels ------------------------------------------------------------------------------------ */

START_TEST (a_label_is_printed_again_as_it_was_and_that_is_kept)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *kept = NULL;

	ck_assert_ok (pl_station_reprint (room->station, run, "4712", &error), error);
	ck_assert_str_eq (fake.printed, "^XA^FD^FS^XZ\n");
	kept = room_query (room, "SELECT group_concat (result, '; ') FROM label");
	ck_assert_str_eq (kept, "printed; printed again for 4712");
}
END_TEST

START_TEST (a_pack_that_failed_gets_no_label_from_the_past)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", TRUE);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_station_reprint (room->station, run, "4712", &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND);
	ck_assert_ptr_null (fake.printed);
}
END_TEST

START_TEST (no_label_comes_out_beside_a_pack_under_test)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *open =
	    g_strdup_printf ("INSERT INTO run (uuid, unit, kind, recipe_hash, station, bench, "
			     "software, entry, started) SELECT 'now', unit, kind, recipe_hash, "
			     "station, '%s', software, entry, started FROM run",
			     pl_bench_name (room->station->bench));
	sqlite3 *sql;

	ck_assert_int_eq (sqlite3_open (pl_db_file (room->station->db), &sql), SQLITE_OK);
	ck_assert_int_eq (sqlite3_exec (sql, open, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close (sql);
	ck_assert (!pl_station_reprint (room->station, run, "4712", &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED);
	ck_assert_says (error->message, "P0001 is on the bench");
	ck_assert_ptr_null (fake.printed);
}
END_TEST

START_TEST (a_printer_that_is_out_of_labels_says_so_and_that_is_kept_too)
{
	g_autoptr (Room) room = room_new ("printer", TRUE);
	gint64 run = whole_run_add (room->station->db, "P0001", FALSE);
	g_autoptr (GError) error = NULL;
	g_autofree char *kept = NULL;

	fake_break ("printer print", 1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY,
		    "out of labels");
	ck_assert (!pl_station_reprint (room->station, run, "4712", &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	kept = room_query (room, "SELECT result FROM label ORDER BY id DESC LIMIT 1");
	ck_assert_str_eq (kept, "printing again for 4712 failed: out of labels");
	g_clear_error (&error);
	ck_assert_ok (pl_station_reprint (room->station, run, "4712", &error), error);
}
END_TEST

START_TEST (a_run_that_was_really_run_is_told_as_it_was)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Ran) ran = room_run (
	    room,
	    room_recipe ("main:\n  - step: leak\n    watch: { pressure_pa: { min: 10, source: s } "
			 "}\n    limits:\n      start_pressure_pa: { min: 1000, source: s }\n"
			 "      decay_pa: { max: 50, source: s }\n"),
	    "P0001", NULL);
	g_autoptr (PlStory) story = load (room, run_row (room));
	const PlStoryCurve *curve;

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_uint_eq (story->curves->len, 1);
	curve = story->curves->pdata[0];
	ck_assert_str_eq (curve->name, "pressure_pa");
	ck_assert_str_eq (curve->unit, "Pa");
	ck_assert_double_eq (curve->low, 10);
	ck_assert (isnan (curve->high));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-story");
	TCase *tcase = tcase_create ("story");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_run_comes_with_its_curves_and_what_every_sample_was_held_against);
	tcase_add_test (tcase, other_runs_of_the_pack_are_named_newest_first_and_without_this_one);
	tcase_add_test (tcase, values_stand_beside_those_of_the_same_step_attempt_and_name);
	tcase_add_test (tcase, words_are_alike_or_not_and_units_never_mix);
	tcase_add_test (tcase, curves_stand_over_those_of_the_same_step);
	tcase_add_test (tcase, notes_come_with_author_and_time_oldest_first_and_cannot_be_changed);
	tcase_add_test (tcase, a_note_without_words_or_without_its_run_is_refused);
	tcase_add_test (tcase, a_run_that_is_not_there_is_said_to_be_none);
	tcase_add_test (tcase, a_label_is_printed_again_as_it_was_and_that_is_kept);
	tcase_add_test (tcase, a_pack_that_failed_gets_no_label_from_the_past);
	tcase_add_test (tcase, no_label_comes_out_beside_a_pack_under_test);
	tcase_add_test (tcase, a_printer_that_is_out_of_labels_says_so_and_that_is_kept_too);
	tcase_add_test (tcase, a_run_that_was_really_run_is_told_as_it_was);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
