/* SPDX-License-Identifier: Apache-2.0 */
#include "db/journal.h"
#include "tests/station/room.h"
#include <string.h>

/* What runs when, and what a run comes to. */

#define IDENTIFY(id)                                                                               \
	"  - step: identify\n    id: " id "\n    limits:\n"                                        \
	"      cells_count: { min: 0, source: s }\n      boards_count: { min: 0, source: s }\n"    \
	"      grades_count: { min: 0, source: s }\n"
/* fails: no cells are recorded */
#define IDENTIFY_32(id)                                                                            \
	"  - step: identify\n    id: " id "\n    limits:\n"                                        \
	"      cells_count: { min: 32, source: s }\n      boards_count: { min: 0, source: s }\n"   \
	"      grades_count: { min: 0, source: s }\n"
#define TEMPERATURES                                                                               \
	"  - step: temperatures\n    limits:\n      ambient_difference_k: { max: 3, source: s }\n" \
	"      spread_k: { max: 3, source: s }\n"
#define LEAK                                                                                       \
	"  - step: leak\n    limits:\n      start_pressure_pa: { min: 1000, source: s }\n"         \
	"      decay_pa: { max: 50, source: s }\n"
#define TEARDOWN "teardown:\n" IDENTIFY ("after")
#define ALL "hipot supply daq bms plc printer"

static Ran *
run (Room *room, const char *body)
{
	return room_run (room, room_recipe (body), "P0001", NULL);
}

static void
ck_events (const Ran *ran, const char *const *expected)
{
	g_autoptr (GString) seen = g_string_new (NULL), wanted = g_string_new (NULL);

	for (guint i = 0; i < ran->events->len; i++)
		g_string_append_printf (seen, "%s, ", (char *)g_ptr_array_index (ran->events, i));
	for (guint i = 0; expected[i] != NULL; i++)
		g_string_append_printf (wanted, "%s, ", expected[i]);
	ck_assert_str_eq (seen->str, wanted->str);
}

/* -- the plain path ---------------------------------------------------------------------------- */

START_TEST (setup_main_and_teardown_run_in_order_and_every_event_is_told)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran = run (room, "setup:\n" IDENTIFY ("before") "main:\n" IDENTIFY ("a")
					     IDENTIFY ("b") TEARDOWN);
	static const char *const expected[] = {"STARTED",
					       "step before",
					       "measured entry",
					       "measured cells_count",
					       "measured boards_count",
					       "measured grades_count",
					       "ended before",
					       "step a",
					       "measured entry",
					       "measured cells_count",
					       "measured boards_count",
					       "measured grades_count",
					       "ended a",
					       "step b",
					       "measured entry",
					       "measured cells_count",
					       "measured boards_count",
					       "measured grades_count",
					       "ended b",
					       "step after",
					       "measured entry",
					       "measured cells_count",
					       "measured boards_count",
					       "measured grades_count",
					       "ended after",
					       "ENDED",
					       NULL};

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_ptr_null (pl_run_cause (ran->run));
	ck_events (ran, expected);
}
END_TEST

START_TEST (a_simulated_bench_makes_simulated_runs_whatever_was_asked)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	PlRunOptions options = {.kind = "production", .entry = "typed"};
	g_autoptr (Ran) ran =
	    room_run (room, room_recipe ("main:\n" IDENTIFY ("a")), "P0001", &options);
	g_autofree char *kind = room_query (room, "SELECT kind FROM run");

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (pl_run_kind (ran->run), "simulated");
	ck_assert_str_eq (kind, "simulated");
}
END_TEST

START_TEST (a_run_keeps_its_recipe_operator_bench_and_how_the_serial_came)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *row = NULL, *text = NULL;

	room->station->operator_id = g_strdup ("4711");
	ran = run (room, "main:\n" IDENTIFY ("a"));
	row = room_query (
	    room,
	    "SELECT recipe.name || recipe.version || bench || entry || operator.name || run.kind "
	    "|| "
	    "software"
	    " FROM run JOIN recipe ON hash = recipe_hash JOIN operator ON operator.id = operator");
	text = room_query (room, "SELECT text FROM recipe");
	ck_assert_str_eq (row, "test3fakesscanned4711engineering" PL_VERSION);
	ck_assert_str_eq (text, ran->recipe->text);
	ck_assert_str_eq (ran_measured (ran, "a", "entry")->words, "scanned");
}
END_TEST

/* -- when a step does not pass ----------------------------------------------------------------- */

START_TEST (a_failed_step_ends_main_and_teardown_runs_all_the_same)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran = run (room, "main:\n" IDENTIFY_32 ("a") IDENTIFY ("b") TEARDOWN);

	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_uint_eq (ran_attempts (ran, "b"), 0);
	ck_assert_step (ran, "after", PL_VERDICT_PASS);
	ck_assert_says (pl_run_cause (ran->run),
			"Pack and its parts: no cells are recorded in pack P0001");
	ck_assert_says (pl_run_cause (ran->run), "cells_count is 0, limit >= 32");
}
END_TEST

START_TEST (on_fail_continue_goes_on_and_the_run_still_fails)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran =
	    run (room, "main:\n" IDENTIFY_32 ("a") "    on_fail: continue\n" IDENTIFY ("b"));

	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_step (ran, "b", PL_VERDICT_PASS);
}
END_TEST

START_TEST (on_fail_continue_does_not_go_on_after_what_could_not_be_judged)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("daq measure", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "the DAQ is silent");
	ran = run (room, "main:\n" TEMPERATURES "    on_fail: continue\n" IDENTIFY ("b"));
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "temperatures", PL_VERDICT_INCONCLUSIVE);
	ck_assert_uint_eq (ran_attempts (ran, "b"), 0);
	ck_assert_says (pl_run_cause (ran->run), "the DAQ is silent");
}
END_TEST

START_TEST (trouble_in_setup_is_the_stations_and_main_is_not_entered)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran =
	    run (room, "setup:\n" IDENTIFY_32 ("before") "main:\n" IDENTIFY ("a") TEARDOWN);

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_uint_eq (ran_attempts (ran, "a"), 0);
	ck_assert_step (ran, "after", PL_VERDICT_PASS);
}
END_TEST

START_TEST (trouble_in_teardown_takes_the_pass_but_not_the_fail)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) good =
	    run (room, "main:\n" IDENTIFY ("a") "teardown:\n" IDENTIFY_32 ("after")),
			bad = NULL;

	ck_assert_run (good, PL_RUN_ERROR);
	bad = run (room, "main:\n" IDENTIFY_32 ("a") "teardown:\n" IDENTIFY_32 ("after"));
	ck_assert_run (bad, PL_RUN_FAIL);
}
END_TEST

START_TEST (teardown_goes_through_every_step_whatever_the_first_comes_to)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("daq measure", -1, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "unplugged");
	ran = run (room, "main:\n" IDENTIFY ("a") "teardown:\n" TEMPERATURES IDENTIFY ("after"));
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "after", PL_VERDICT_PASS);
}
END_TEST

START_TEST (a_fail_is_the_cause_even_if_the_station_had_trouble_first)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("daq measure", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "the DAQ is silent");
	ran =
	    run (room, "main:\n" TEMPERATURES "    group: g\n" IDENTIFY_32 ("b") "    group: g\n");
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (ran->run), "cells_count is 0");
}
END_TEST

START_TEST (a_limit_whose_measurement_never_came_is_inconclusive)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran =
	    run (room, "main:\n" TEMPERATURES "      ntc_degc_5: { max: 60, source: s }\n");

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "temperatures", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (pl_run_cause (ran->run), "ntc_degc_5 was not measured");
}
END_TEST

/* -- retries ----------------------------------------------------------------------------------- */

static void
cool_down_at_second_look (const char *call)
{
	static guint looks;

	if (g_str_equal (call, "bms read temperature") && ++looks == 2)
		fake.ntc_degc[2] = 25;
}

START_TEST (a_retry_that_passes_passes_and_both_attempts_are_kept)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *rows = NULL;

	fake.ntc_degc[2] = 40;
	fake.on_call = cool_down_at_second_look;
	ran = run (room, "main:\n" TEMPERATURES "    retries: 3\n");
	ck_assert_run (ran, PL_RUN_PASS);
	rows = room_query (room, "SELECT group_concat (attempt || verdict) FROM step");
	ck_assert_str_eq (rows, "1FAIL,2PASS");
}
END_TEST

START_TEST (retries_are_counted)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran = run (room, "main:\n" IDENTIFY_32 ("a") "    retries: 2\n");

	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_uint_eq (ran_attempts (ran, "a"), 3);
}
END_TEST

START_TEST (a_broken_wire_is_opened_afresh_for_the_retry)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	int first, second;

	fake_break ("daq measure", 1, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "unplugged");
	ran = run (room, "main:\n" TEMPERATURES "    retries: 1\n");
	ck_assert_run (ran, PL_RUN_PASS);
	first = fake_find ("daq open", -1);
	second = fake_find ("daq open", first);
	ck_assert_int_gt (second, first);
}
END_TEST

/* -- what is left out -------------------------------------------------------------------------- */

START_TEST (a_step_of_another_kind_is_skipped_and_says_why)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran = run (
	    room, "main:\n" IDENTIFY_32 ("a") "    when: [production, golden]\n" IDENTIFY ("b"));
	g_autofree char *row =
	    room_query (room, "SELECT verdict || message FROM step WHERE name = 'a'");

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (row, "SKIPPEDnot part of a simulated run (recipe)");
}
END_TEST

START_TEST (a_run_that_tests_nothing_does_not_pass)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (Ran) ran =
	    run (room, "main:\n" IDENTIFY ("a") "    when: production\n" TEARDOWN);

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "nothing was tested");
}
END_TEST

START_TEST (a_waived_step_is_skipped_by_whom_and_why)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	const PlWaiver waiver = {
	    .step = "a", .by = "Q. Engineer", .reason = "gauge at calibration"};
	PlRunOptions options = {.kind = "engineering", .waivers = &waiver, .n_waivers = 1};
	g_autoptr (Ran) ran = room_run (
	    room, room_recipe ("main:\n" IDENTIFY_32 ("a") "    waivable: true\n" IDENTIFY ("b")),
	    "P0001", &options);
	g_autofree char *row =
	    room_query (room, "SELECT verdict || ' ' || message FROM step WHERE name = 'a'");

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (row, "SKIPPED waived by Q. Engineer: gauge at calibration");
}
END_TEST

static const struct {
	PlWaiver waiver;
	const char *says;
} bad_waivers[] = {
    {{"nothing", "Q", "R"}, "has no step \"nothing\""},
    {{"b", "Q", "R"}, "cannot be waived: the recipe does not call it waivable"},
    {{"a", " ", "R"}, "needs who waives it and why"},
    {{"a", "Q", NULL}, "needs who waives it and why"},
};

START_TEST (a_waiver_that_the_recipe_or_reason_does_not_allow_is_refused)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (PlRecipe) recipe =
	    room_recipe ("main:\n" IDENTIFY ("a") "    waivable: true\n" IDENTIFY ("b"));
	PlRunOptions options = {
	    .kind = "engineering", .waivers = &bad_waivers[_i].waiver, .n_waivers = 1};
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, "P0001", &options, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	ck_assert_says (error->message, bad_waivers[_i].says);
}
END_TEST

/* -- before anything is touched ---------------------------------------------------------------- */

START_TEST (what_only_a_channel_of_a_cycler_does_is_no_run_on_a_bench)
{
	g_autoptr (Room) room = room_new ("bms", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n  - step: rest\n    limits:\n"
						   "      rest_v: { min: 2, source: s }\n");
	PlRunOptions options = {.kind = "engineering"};
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, "P0001", &options, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	ck_assert_says (error->message, "step \"rest\" is done by a channel of a cycler");
}
END_TEST

START_TEST (a_bench_without_a_role_that_the_recipe_needs_is_refused_at_once)
{
	g_autoptr (Room) room = room_new ("bms", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" TEMPERATURES);
	PlRunOptions options = {.kind = "engineering"};
	g_autoptr (GError) error = NULL;
	g_autofree char *calls = NULL, *runs = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, "P0001", &options, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	ck_assert_says (
	    error->message,
	    "test.yaml:7: step \"temperatures\" needs a daq, which bench fakes does not have");
	calls = fake_calls ();
	runs = room_query (room, "SELECT count(*) FROM run");
	ck_assert_str_eq (calls, "");
	ck_assert_str_eq (runs, "0");
}
END_TEST

START_TEST (a_kind_that_does_not_exist_is_refused)
{
	static const char *const kinds[] = {"simulated", "Production", "", NULL};
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" IDENTIFY ("a"));
	PlRunOptions options = {.kind = kinds[_i]};
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, "P0001", &options, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
}
END_TEST

START_TEST (a_station_without_a_bench_runs_nothing)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" IDENTIFY ("a"));
	PlRunOptions options = {.kind = "production"};
	PlBench *bench = g_steal_pointer (&room->station->bench);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, "P0001", &options, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG);
	room->station->bench = bench;
}
END_TEST

START_TEST (a_bench_without_a_plc_can_run_what_needs_none)
{
	g_autoptr (Room) room = room_new ("bms daq", TRUE);
	g_autoptr (Ran) ran = run (room, "main:\n" TEMPERATURES);

	ck_assert_run (ran, PL_RUN_PASS);
}
END_TEST

/* -- the route --------------------------------------------------------------------------------- */

static GError *
blocked (Room *room, PlRecipe *recipe, const char *serial, const char *kind)
{
	PlRunOptions options = {.kind = kind};
	GError *error = NULL;

	ck_assert_ptr_null (pl_run_new (room->station, recipe, serial, &options, &error));
	ck_assert (g_error_matches (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED) ||
		   g_error_matches (error, PL_STATION_ERROR, PL_STATION_ERROR_ROUTE));
	return error;
}

static const char *const not_serials[] = {"P000",
					  "P00012",
					  "xP0001",
					  "P0001\n",
					  "",
					  "P0001\x1b[31m",
					  "P\xff\xfe"
					  "01"};

START_TEST (a_code_that_is_no_serial_is_blocked_and_leaves_nothing)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" IDENTIFY ("a"));
	g_autoptr (GError) error = blocked (room, recipe, not_serials[_i], "production");
	g_autofree char *units = room_query (room, "SELECT count(*) FROM unit");

	ck_assert_says (error->message, "is not a serial of P (P[0-9]{4})");
	ck_assert_msg (strpbrk (error->message, "\x1b\xff\n") == NULL,
		       "a scanner's garbage reaches the terminal");
	ck_assert_str_eq (units, "0");
}
END_TEST

START_TEST (a_pack_that_passed_production_is_blocked_until_engineering_releases_it)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlRunOptions production = {.kind = "production"};
	g_autoptr (Ran) first =
	    room_run (room, room_recipe ("main:\n" IDENTIFY ("a")), "P0001", &production);
	g_autoptr (GError) error = blocked (room, first->recipe, "P0001", "production");
	g_autoptr (Ran) again = NULL, other = NULL;

	ck_assert_run (first, PL_RUN_PASS);
	ck_assert_says (error->message, "P0001 is blocked: it passed test at 20");
	ck_assert_says (error->message, "Override");
	again = run (room, "main:\n" IDENTIFY ("a"));
	ck_assert_run (again, PL_RUN_PASS);
	other = room_run (room, room_recipe ("main:\n" IDENTIFY ("a")), "P0002", &production);
	ck_assert_run (other, PL_RUN_PASS);
}
END_TEST

START_TEST (a_pack_that_failed_may_be_tested_again)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlRunOptions production = {.kind = "production"};
	g_autoptr (Ran) bad =
	    room_run (room, room_recipe ("main:\n" IDENTIFY_32 ("a")), "P0001", &production);
	g_autoptr (Ran) good =
	    room_run (room, room_recipe ("main:\n" IDENTIFY ("a")), "P0001", &production);

	ck_assert_run (bad, PL_RUN_FAIL);
	ck_assert_run (good, PL_RUN_PASS);
}
END_TEST

START_TEST (a_required_recipe_must_have_passed_in_the_same_kind_of_run_last)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlRunOptions production = {.kind = "production"};
	const char *requires = "requires: first\n";
	g_autoptr (PlRecipe) second =
	    room_recipe_named ("second", requires, "main:\n" IDENTIFY ("a"));
	g_autoptr (GError) never = blocked (room, second, "P0001", "production"), failed = NULL;
	g_autoptr (Ran) other_kind = room_run (
	    room, room_recipe_named ("first", "", "main:\n" IDENTIFY ("a")), "P0001", NULL);
	g_autoptr (GError) other = blocked (room, second, "P0001", "production");
	g_autoptr (Ran) bad = NULL, good = NULL, after = NULL;

	ck_assert_says (never->message, "it has not passed first; run that first");
	ck_assert_run (other_kind, PL_RUN_PASS);
	ck_assert_says (other->message, "it has not passed first");
	bad = room_run (room, room_recipe_named ("first", "", "main:\n" IDENTIFY_32 ("a")), "P0001",
			&production);
	ck_assert_run (bad, PL_RUN_FAIL);
	failed = blocked (room, second, "P0001", "production");
	ck_assert_says (failed->message, "its last run of first ended FAIL at 20");
	good = room_run (room, room_recipe_named ("first", "", "main:\n" IDENTIFY ("a")), "P0001",
			 &production);
	ck_assert_run (good, PL_RUN_PASS);
	after = room_run (room, room_recipe_named ("second", requires, "main:\n" IDENTIFY ("a")),
			  "P0001", &production);
	ck_assert_run (after, PL_RUN_PASS);
}
END_TEST

static Room *room_of_hook;
static GError *error_of_hook;

static void
try_a_second_run (gpointer data, const PlRunEvent *event)
{
	g_autoptr (PlRecipe) other = NULL;

	if (event->kind != PL_EVENT_RUN_STARTED)
		return;
	other = room_recipe_named ("other", "", "main:\n" IDENTIFY ("a"));
	error_of_hook = blocked (room_of_hook, other, "P0001", "golden");
}

START_TEST (a_pack_with_an_open_run_is_blocked_for_every_recipe_and_kind)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlRunOptions options = {.kind = "engineering", .observer = try_a_second_run};
	g_autoptr (Ran) ran = NULL;

	room_of_hook = room;
	ran = room_run (room, room_recipe ("main:\n" IDENTIFY ("a")), "P0001", &options);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_ptr_nonnull (error_of_hook);
	ck_assert_says (error_of_hook->message, "a run of test that began 20");
	g_clear_error (&error_of_hook);
}
END_TEST

/* -- side by side ------------------------------------------------------------------------------ */

static gint identify_ended;

static void
note_end (gpointer data, const PlRunEvent *event)
{
	static gint inside;

	/* one at a time, even from two threads */
	ck_assert_int_eq (g_atomic_int_add (&inside, 1), 0);
	if (event->kind == PL_EVENT_STEP_ENDED && g_str_equal (event->step->step->id, "b"))
		g_atomic_int_set (&identify_ended, 1);
	g_atomic_int_add (&inside, -1);
}

/* In wall time the other step ends while this one still rests; a line would leap over that. */
static void
wait_for_the_other (const char *call)
{
	gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

	while (g_str_equal (call, "daq measure cell*") && !g_atomic_int_get (&identify_ended) &&
	       g_get_monotonic_time () < end)
		g_usleep (1000);
}

#define CELLS                                                                                      \
	"  - step: cell-voltages\n    with: { rest_s: 60 }\n    limits:\n"                         \
	"      cells_present_count: { min: 32, source: s }\n      cell_difference_v: { max: "      \
	"0.005, source: s }\n"                                                                     \
	"      stack_difference_v: { max: 0.2, source: s }\n      cell_spread_v: { max: 0.02, "    \
	"source: s }\n"

START_TEST (the_steps_of_a_group_overlap_and_are_waited_for)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	PlRunOptions options = {.kind = "engineering", .observer = note_end};
	g_autoptr (Ran) ran = NULL;
	gint64 began = room->line->now;

	fake.on_call = wait_for_the_other;
	ran = room_run (room,
			room_recipe ("main:\n" CELLS "    group: g\n" IDENTIFY (
			    "b") "    group: g\n" IDENTIFY ("c")),
			"P0001", &options);
	ck_assert_run (ran, PL_RUN_PASS);
	/* the second one ended before the first one read anything: they ran side by side */
	ck_assert_int_eq (identify_ended, 1);
	ck_assert_int_ge (room->line->now - began, 60 * G_USEC_PER_SEC);
	ck_assert_int_ge (
	    strcmp (ran_step (ran, "c")->started, ran_step (ran, "cell-voltages")->ended), 0);
}
END_TEST

START_TEST (one_member_that_cannot_be_judged_stops_main_after_the_group)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("daq measure", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silent");
	ran = run (room, "main:\n" TEMPERATURES
			 "    group: g\n" IDENTIFY ("b") "    group: g\n" IDENTIFY ("c"));
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "b", PL_VERDICT_PASS);
	ck_assert_uint_eq (ran_attempts (ran, "c"), 0);
}
END_TEST

/* -- a database that fails --------------------------------------------------------------------- */

static gboolean
run_text (sqlite3 *sql, gpointer text, GError **error)
{
	return sqlite3_exec (sql, text, NULL, NULL, NULL) == SQLITE_OK ||
	       pl_sql_fail (sql, error, "a test's statement");
}

static void
do_sql (Room *room, const char *text)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, run_text, (gpointer)text, &error), error);
}

START_TEST (results_that_cannot_be_kept_are_an_error_and_teardown_runs_all_the_same)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *open = NULL;

	do_sql (room, "CREATE TRIGGER broken BEFORE INSERT ON step BEGIN SELECT RAISE (ABORT, 'as "
		      "arranged'); END");
	ran = run (room, "main:\n" IDENTIFY ("a")
			     IDENTIFY ("b") "teardown:\n" TEMPERATURES IDENTIFY ("after"));
	ck_assert_ptr_nonnull (ran->error);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "could not be kept");
	ck_assert_uint_eq (ran_attempts (ran, "b"), 0);
	ck_assert_step (ran, "temperatures", PL_VERDICT_PASS);
	ck_assert_step (ran, "after", PL_VERDICT_PASS);
	ck_assert_str_eq (g_ptr_array_index (ran->events, ran->events->len - 1), "ENDED");
	/* the next start finds it open */
	open = room_query (room, "SELECT count(*) FROM run WHERE verdict IS NULL");
	ck_assert_str_eq (open, "1");
}
END_TEST

START_TEST (a_full_disk_is_told_as_one)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *pages = room_query (room, "SELECT page_count FROM pragma_page_count");
	g_autofree char *most = g_strdup_printf ("PRAGMA max_page_count = %s", pages);

	do_sql (room, most);
	ran = run (room, "main:\n" CELLS TEARDOWN);
	ck_assert_err (ran->error, PL_DB_ERROR, PL_DB_ERROR_FULL);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "after", PL_VERDICT_PASS);
}
END_TEST

static void
lose_the_database_at_print (const char *call)
{
	if (g_str_equal (call, "daq measure stack"))
		do_sql (room_of_hook, "CREATE TRIGGER broken BEFORE UPDATE ON run BEGIN SELECT "
				      "RAISE (ABORT, 'as arranged'); END");
}

START_TEST (a_verdict_that_cannot_be_kept_is_no_pass)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	room_of_hook = room;
	fake.on_call = lose_the_database_at_print;
	ran = run (room, "main:\n" CELLS);
	ck_assert_ptr_nonnull (ran->error);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_ptr_null (pl_run_grade (ran->run));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-run");
	TCase *plain = tcase_create ("order"), *trouble = tcase_create ("trouble"),
	      *retry = tcase_create ("retries");
	TCase *skip = tcase_create ("skips"), *before = tcase_create ("before"),
	      *route = tcase_create ("route");
	TCase *group = tcase_create ("groups"), *lost = tcase_create ("database");

	tcase_add_test (plain, setup_main_and_teardown_run_in_order_and_every_event_is_told);
	tcase_add_test (plain, a_simulated_bench_makes_simulated_runs_whatever_was_asked);
	tcase_add_test (plain, a_run_keeps_its_recipe_operator_bench_and_how_the_serial_came);
	tcase_add_test (trouble, a_failed_step_ends_main_and_teardown_runs_all_the_same);
	tcase_add_test (trouble, on_fail_continue_goes_on_and_the_run_still_fails);
	tcase_add_test (trouble, on_fail_continue_does_not_go_on_after_what_could_not_be_judged);
	tcase_add_test (trouble, trouble_in_setup_is_the_stations_and_main_is_not_entered);
	tcase_add_test (trouble, trouble_in_teardown_takes_the_pass_but_not_the_fail);
	tcase_add_test (trouble, teardown_goes_through_every_step_whatever_the_first_comes_to);
	tcase_add_test (trouble, a_fail_is_the_cause_even_if_the_station_had_trouble_first);
	tcase_add_test (trouble, a_limit_whose_measurement_never_came_is_inconclusive);
	tcase_add_test (retry, a_retry_that_passes_passes_and_both_attempts_are_kept);
	tcase_add_test (retry, retries_are_counted);
	tcase_add_test (retry, a_broken_wire_is_opened_afresh_for_the_retry);
	tcase_add_test (skip, a_step_of_another_kind_is_skipped_and_says_why);
	tcase_add_test (skip, a_run_that_tests_nothing_does_not_pass);
	tcase_add_test (skip, a_waived_step_is_skipped_by_whom_and_why);
	tcase_add_loop_test (skip, a_waiver_that_the_recipe_or_reason_does_not_allow_is_refused, 0,
			     G_N_ELEMENTS (bad_waivers));
	tcase_add_test (before, what_only_a_channel_of_a_cycler_does_is_no_run_on_a_bench);
	tcase_add_test (before, a_bench_without_a_role_that_the_recipe_needs_is_refused_at_once);
	tcase_add_loop_test (before, a_kind_that_does_not_exist_is_refused, 0, 4);
	tcase_add_test (before, a_station_without_a_bench_runs_nothing);
	tcase_add_test (before, a_bench_without_a_plc_can_run_what_needs_none);
	tcase_add_loop_test (route, a_code_that_is_no_serial_is_blocked_and_leaves_nothing, 0,
			     G_N_ELEMENTS (not_serials));
	tcase_add_test (route,
			a_pack_that_passed_production_is_blocked_until_engineering_releases_it);
	tcase_add_test (route, a_pack_that_failed_may_be_tested_again);
	tcase_add_test (route, a_required_recipe_must_have_passed_in_the_same_kind_of_run_last);
	tcase_add_test (route, a_pack_with_an_open_run_is_blocked_for_every_recipe_and_kind);
	tcase_add_test (group, the_steps_of_a_group_overlap_and_are_waited_for);
	tcase_add_test (group, one_member_that_cannot_be_judged_stops_main_after_the_group);
	tcase_add_test (lost,
			results_that_cannot_be_kept_are_an_error_and_teardown_runs_all_the_same);
	tcase_add_test (lost, a_full_disk_is_told_as_one);
	tcase_add_test (lost, a_verdict_that_cannot_be_kept_is_no_pass);
	tcase_set_timeout (plain, 60);
	tcase_set_timeout (trouble, 60);
	tcase_set_timeout (retry, 60);
	tcase_set_timeout (skip, 60);
	tcase_set_timeout (before, 60);
	tcase_set_timeout (route, 60);
	tcase_set_timeout (group, 60);
	tcase_set_timeout (lost, 60);
	suite_add_tcase (suite, plain);
	suite_add_tcase (suite, trouble);
	suite_add_tcase (suite, retry);
	suite_add_tcase (suite, skip);
	suite_add_tcase (suite, before);
	suite_add_tcase (suite, route);
	suite_add_tcase (suite, group);
	suite_add_tcase (suite, lost);
	return pl_suite_main (suite);
}
