/* SPDX-License-Identifier: Apache-2.0 */
#include "db/energised.h"
#include "db/run.h"
#include "db/unit.h"
#include "tests/station/room.h"
#include <string.h>

/* Several benches of one station: what they share, and what is each one's own. */

#define PARTS                                                                                      \
	"main:\n  - step: identify\n    limits:\n      cells_count: { min: 0, source: s }\n"       \
	"      boards_count: { min: 0, source: s }\n      grades_count: { min: 0, source: s }\n"

static PlStation *
open_beside (Room *room, const char *name, const char *instruments, GError **error)
{
	g_autofree char *leaf = g_strconcat (name, ".yaml", NULL);
	g_autofree char *file = g_build_filename (room->dir, leaf, NULL);
	g_autofree char *text = g_strdup_printf ("bench: %s\ninstruments: %s\n", name, instruments);

	ck_assert (g_file_set_contents (file, text, -1, NULL));
	return pl_station_open_beside (room->station, file, error);
}

static PlStation *
beside (Room *room, const char *name)
{
	g_autoptr (GError) error = NULL;
	PlStation *station = open_beside (room, name, "[]", &error);

	ck_assert_ok (station != NULL, error);
	return station;
}

/* What a crash leaves: a run that has not ended, and a row of what may be live. */
static gboolean
leave (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 run, live;
	g_autofree char *uuid = pl_uuid7 ();
	PlRunRow row = {.kind = (char *)"engineering",
			.uuid = uuid,
			.recipe = (char *)"test",
			.recipe_hash = (char *)"0",
			.recipe_version = 3,
			.station = (char *)"s",
			.bench = data,
			.software = (char *)"s",
			.entry = (char *)"scanned",
			.started = (char *)"2026-11-25T00:00:00.000Z"};

	return pl_unit_register (sql, "pack", data, "plain", NULL, NULL, NULL, &row.unit, error) &&
	       pl_run_row_begin (sql, &row, "text", NULL, &run, error) &&
	       pl_energised_add (sql, run, "supply output", &live, error);
}

static void
crash_on (Room *room, const char *bench)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, leave, (gpointer)bench, &error), error);
}

static void
assert_open (Room *room, const char *benches)
{
	g_autofree char *runs = room_query (
	    room, "SELECT group_concat(bench) FROM run WHERE verdict IS NULL ORDER BY bench");
	g_autofree char *live = room_query (
	    room, "SELECT group_concat(bench) FROM energised JOIN run ON run.id = energised.run "
		  "WHERE cleared IS NULL ORDER BY bench");

	ck_assert_str_eq (runs != NULL ? runs : "", benches);
	ck_assert_str_eq (live != NULL ? live : "", benches);
}

static void
keep_line (gpointer data, const char *line)
{
	g_string_append_printf (data, "%s\n", line);
}

static guint
recover (PlStation *station, GString *said)
{
	g_autoptr (GError) error = NULL;
	guint found = 0;

	ck_assert_ok (pl_station_recover (station, keep_line, said, &found, &error), error);
	return found;
}

START_TEST (each_bench_recovers_its_own_runs_and_leaves_the_others_alone)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlStation) other = beside (room, "other");
	g_autoptr (GString) said = g_string_new (NULL);
	g_autofree char *live = NULL;

	crash_on (room, "fakes");
	crash_on (room, "other");
	live = pl_station_live (other);
	ck_assert_says (live, "supply output since");
	ck_assert_uint_eq (recover (other, said), 2);
	ck_assert_says (said->str, "run of pack other begun");
	ck_assert_ptr_null (strstr (said->str, "fakes"));
	assert_open (room, "fakes");
	ck_assert_ptr_null (pl_station_live (other));
	ck_assert_uint_eq (recover (room->station, said), 2);
	assert_open (room, "");
}
END_TEST

START_TEST (a_bench_that_is_not_open_stays_as_it_is_and_is_named)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlStation) other = beside (room, "other");
	g_autoptr (GString) said = g_string_new (NULL);

	crash_on (room, "other");
	ck_assert_uint_eq (recover (room->station, said), 0);
	ck_assert_str_eq (said->str, "");
	crash_on (room, "absent");
	ck_assert_uint_eq (recover (room->station, said), 0);
	ck_assert_says (said->str, "bench absent is not in use here");
	assert_open (room, "other,absent");
}
END_TEST

/* -- one pack, one place ----------------------------------------------------------------------- */

static PlRun *
run_on (PlStation *station, PlRecipe *recipe, GError **error)
{
	PlRunOptions options = {.kind = "engineering", .entry = "scanned"};

	return pl_run_new (station, recipe, "P0001", &options, error);
}

static struct {
	PlStation *other;
	PlRecipe *recipe;
	GError *new_error, *begun_error;
	PlRun *checked; /* its route was free when it was looked at */
} race;

/* In the middle of the first one's run. */
static void
meanwhile (gpointer data, const PlRunEvent *event)
{
	g_autoptr (PlRun) late = NULL;

	if (event->kind != PL_EVENT_STEP_STARTED)
		return;
	late = run_on (race.other, race.recipe, &race.new_error);
	ck_assert_ptr_null (late);
	ck_assert (!pl_run_execute (race.checked, &race.begun_error));
}

START_TEST (a_pack_that_is_on_one_slot_is_refused_on_another_even_if_both_were_asked_at_once)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlStation) other = beside (room, "other");
	PlRunOptions options = {.kind = "engineering", .entry = "scanned", .observer = meanwhile};
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;
	g_autofree char *runs = NULL;

	race.other = other;
	race.recipe = room_recipe (PARTS);
	race.checked = run_on (other, race.recipe, &error);
	ck_assert_ok (race.checked != NULL, error);
	ran = room_run (room, room_recipe (PARTS), "P0001", &options);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_err (race.new_error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED);
	ck_assert_says (race.new_error->message, "on bench fakes");
	ck_assert_err (race.begun_error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED);
	runs = room_query (room, "SELECT count(*) FROM run");
	ck_assert_str_eq (runs, "1");
	pl_run_free (race.checked);
	pl_recipe_free (race.recipe);
	g_error_free (race.new_error);
	g_error_free (race.begun_error);
}
END_TEST

/* -- what does not go together ----------------------------------------------------------------- */

START_TEST (two_benches_of_one_name_are_refused)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlStation) other = beside (room, "other");
	g_autoptr (GError) error = NULL, again = NULL;

	ck_assert_ptr_null (open_beside (room, "fakes", "[]", &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	ck_assert_says (error->message, "are called fakes");
	/* beside another than the first, too */
	ck_assert_ptr_null (open_beside (room, "other", "[]", &again));
	ck_assert_says (again->message, "are called other");
}
END_TEST

START_TEST (two_benches_on_one_wire_are_refused)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (open_beside (
	    room, "other", "\n  - { role: hipot, driver: fake, link: unix:wire }", &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	ck_assert_says (error->message, "the plc of bench fakes and the hipot of bench other");
}
END_TEST

START_TEST (who_stands_in_front_of_one_stands_in_front_of_all)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlStation) other = beside (room, "other");
	g_autofree char *who = NULL;

	pl_station_set_operator (other, "4711");
	ck_assert_str_eq (room->station->operator_id, "4711");
	who = pl_station_operator (other);
	ck_assert_str_eq (who, "4711");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-beside");
	TCase *tcase = tcase_create ("beside");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, each_bench_recovers_its_own_runs_and_leaves_the_others_alone);
	tcase_add_test (tcase, a_bench_that_is_not_open_stays_as_it_is_and_is_named);
	tcase_add_test (
	    tcase,
	    a_pack_that_is_on_one_slot_is_refused_on_another_even_if_both_were_asked_at_once);
	tcase_add_test (tcase, two_benches_of_one_name_are_refused);
	tcase_add_test (tcase, two_benches_on_one_wire_are_refused);
	tcase_add_test (tcase, who_stands_in_front_of_one_stands_in_front_of_all);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
