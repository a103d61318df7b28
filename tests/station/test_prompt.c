/* SPDX-License-Identifier: Apache-2.0 */
#include "station/preflight.h"
#include "tests/station/room.h"
#include <glib/gstdio.h>
#include <string.h>

/* Steps that wait for a person: what is taken for an answer, what it comes to, and what ends the
 * wait. */

#define TEARDOWN "teardown:\n  - step: make-safe\n"
#define ASK(with) "  - step: prompt\n    with: { sentence: Look, " with " }\n"
#define PASS_FAIL ASK ("answer: pass-fail, reasons: [dent, scratch]")
#define SCAN ASK ("answer: scan, expects: \"TQ-[0-9]{4}\"")

/* What the test's person does with a prompt, on the run's own thread: the head's thread is another
 * one, which changes nothing for pl_run_answer. */
static struct {
	const char *answers[3]; /* one after the other; NULL = says no more */
	const char *who, *entry;
	void (*act) (PlRun *run); /* instead */
	char *refusal;
	char *sentence, *sentence_zh; /* as shown */
	guint opened, closed;
	char *scans; /* put into the scanner once the prompt is open */
} person;

static void
answer (PlRun *run)
{
	for (guint i = 0; i < G_N_ELEMENTS (person.answers) && person.answers[i] != NULL; i++) {
		g_autoptr (GError) error = NULL;

		if (pl_run_answer (run, person.answers[i], person.who != NULL ? person.who : "4711",
				   person.entry != NULL ? person.entry : "pressed", &error))
			return;
		g_free (person.refusal);
		person.refusal = g_strdup (error->message);
		ck_assert (g_error_matches (error, PL_STATION_ERROR, PL_STATION_ERROR_ANSWER));
	}
}

static void
observe (gpointer data, const PlRunEvent *event)
{
	if (event->kind != PL_EVENT_PROMPT)
		return;
	if (event->prompt == NULL) {
		person.closed++;
		return;
	}
	person.opened++;
	/* a test may ask twice */
	g_free (person.sentence);
	g_free (person.sentence_zh);
	person.sentence = g_strdup (event->prompt->sentence);
	person.sentence_zh =
	    g_strdup (pl_recipe_step_words (event->step->step, "sentence", "zh_CN"));
	if (person.scans != NULL)
		g_atomic_pointer_set (&fake.scanned, g_strdup (person.scans));
	if (person.act != NULL)
		person.act (event->run);
	else
		answer (event->run);
}

static Ran *
ask (Room *room, const char *body)
{
	PlRunOptions options = {.kind = "engineering", .entry = "scanned", .observer = observe};

	return room_run (room, room_recipe (body), "P0001", &options);
}

/* -- answers ----------------------------------------------------------------------------------- */

START_TEST (a_confirmed_prompt_passes_and_keeps_how_it_was_answered)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *event = NULL;

	person.answers[0] = "";
	ran = ask (room, "main:\n" ASK ("sentence-zh_CN: \"看\"") TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (ran_measured (ran, "prompt", "answer")->words, "confirmed");
	ck_assert_str_eq (ran_measured (ran, "prompt", "entry")->words, "pressed");
	ck_assert (ran_measured (ran, "prompt", "waited_s")->value >= 0);
	ck_assert_str_eq (person.sentence, "Look");
	ck_assert_str_eq (person.sentence_zh, "看");
	ck_assert_uint_eq (person.opened, 1);
	ck_assert_uint_eq (person.closed, 1);
	event = room_query (room, "SELECT text FROM event WHERE kind = 'prompt'");
	ck_assert_says (event, "answered by 4711 (pressed)");
}
END_TEST

START_TEST (who_answered_stays_in_the_plant)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *record = NULL;

	person.answers[0] = "";
	person.who = "the-very-person";
	ran = ask (room, "main:\n" ASK ("answer: confirm") TEARDOWN);
	record = room_query (room, "SELECT body FROM record");
	ck_assert_says (record, "confirmed");
	ck_assert_ptr_null (strstr (record, "the-very-person"));
}
END_TEST

START_TEST (a_no_is_a_fail_of_the_pack_for_one_of_the_recipes_reasons)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.answers[0] = "ugly";
	person.answers[1] = "scratch";
	ran = ask (room, "main:\n" PASS_FAIL TEARDOWN);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (ran->run), "scratch");
	ck_assert_says (person.refusal, "neither pass nor one of the recipe's reasons");
	ck_assert_str_eq (ran_measured (ran, "prompt", "answer")->words, "scratch");
}
END_TEST

START_TEST (a_yes_to_pass_or_fail_passes)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.answers[0] = "pass";
	ran = ask (room, "main:\n" PASS_FAIL TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
}
END_TEST

/* The whole code, not only its beginning, and neither a blank nor bytes that are no text. */
START_TEST (a_code_that_is_not_asked_for_is_refused_and_the_prompt_stays_open)
{
	static const char *const wrong[] = {"TQ-12345", "tq-1234", "", "TQ-1234\n",
					    "TQ-12\xff"
					    "4"};
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.answers[0] = wrong[_i];
	person.answers[1] = "TQ-1234";
	person.entry = "typed";
	ran = ask (room, "main:\n" SCAN TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_says (person.refusal, "is not the one that is asked for (TQ-[0-9]{4})");
	ck_assert_str_eq (ran_measured (ran, "prompt", "code")->words, "TQ-1234");
	ck_assert_str_eq (ran_measured (ran, "prompt", "entry")->words, "typed");
}
END_TEST

START_TEST (the_packs_own_label_can_be_asked_for)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.answers[0] = "P0002";
	person.answers[1] = "P0001";
	ran = ask (room, "main:\n" ASK ("answer: scan, expects_fact: serial") TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_says (person.refusal, "\"P0002\" is not the one that is asked for (P0001)");
}
END_TEST

START_TEST (a_fact_that_nobody_has_found_is_not_asked_for)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran =
	    ask (room, "main:\n" ASK ("answer: scan, expects_fact: bms_serial") TEARDOWN);

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "bms_serial");
	ck_assert_uint_eq (person.opened, 0);
}
END_TEST

START_TEST (the_benchs_scanner_answers_too_and_what_it_read_before_the_question_does_not)
{
	g_autoptr (Room) room = room_new ("plc scanner", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *events = NULL;

	fake.scanned = g_strdup ("TQ-0001");
	person.scans = (char *)"TQ-0002";
	ran = ask (room, "main:\n" SCAN TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_str_eq (ran_measured (ran, "prompt", "code")->words, "TQ-0002");
	ck_assert_str_eq (ran_measured (ran, "prompt", "entry")->words, "scanned");
	events = room_query (room, "SELECT group_concat (text) FROM event");
	ck_assert_says (events, "TQ-0001 was scanned too early");
}
END_TEST

static gpointer
answer_soon (gpointer run)
{
	g_usleep (400000);
	ck_assert (pl_run_answer (run, "TQ-0003", "4711", "scanned", NULL));
	return NULL;
}

static void
answer_from_a_thread (PlRun *run)
{
	g_thread_unref (g_thread_new ("person", answer_soon, run));
}

START_TEST (a_broken_scanner_leaves_the_other_ways_to_answer)
{
	g_autoptr (Room) room = room_new ("plc scanner", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *events = NULL;

	fake_break ("scanner scan", -1, PL_LINK_ERROR, PL_LINK_ERROR_IO, "the wire is gone");
	person.act = answer_from_a_thread;
	ran = ask (room, "main:\n" SCAN TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert (ran_measured (ran, "prompt", "waited_s")->value >= 0.4);
	events = room_query (room, "SELECT group_concat (text) FROM event");
	ck_assert_says (events, "the scanner does not work: the wire is gone");
}
END_TEST

START_TEST (an_answer_to_nothing_is_not_taken)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;

	person.answers[0] = "";
	ran = ask (room, "main:\n" ASK ("answer: confirm") TEARDOWN);
	ck_assert (!pl_run_answer (ran->run, "", "4711", "pressed", &error));
	ck_assert_says (error->message, "nothing was asked");
	ck_assert (!pl_run_wants_code (ran->run));
}
END_TEST

static void
answer_twice (PlRun *run)
{
	g_autoptr (GError) error = NULL;

	ck_assert (pl_run_answer (run, "pass", "first", "pressed", NULL));
	ck_assert (!pl_run_answer (run, "dent", "second", "pressed", &error));
}

START_TEST (the_first_answer_counts)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.act = answer_twice;
	ran = ask (room, "main:\n" PASS_FAIL TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
}
END_TEST

/* -- no answer --------------------------------------------------------------------------------- */

START_TEST (nobody_in_time_is_the_stations_trouble_and_not_the_packs)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran =
	    ask (room, "main:\n" ASK ("answer: confirm, timeout_s: 0.3") TEARDOWN);

	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "prompt", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (pl_run_cause (ran->run), "nobody answered within 0.3 s");
	ck_assert_uint_eq (person.closed, 1);
}
END_TEST

static void
have_nobody (PlRun *run)
{
	pl_run_cannot_answer (run, "there is no terminal");
}

START_TEST (a_head_without_a_person_says_so)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.act = have_nobody;
	ran = ask (room, "main:\n" PASS_FAIL TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "nobody could be asked: there is no terminal");
}
END_TEST

static void
stop (PlRun *run)
{
	pl_run_stop (run, "the test");
}

START_TEST (a_stop_ends_the_wait_and_teardown_runs)
{
	g_autoptr (Room) room = room_new ("plc daq", FALSE);
	g_autoptr (Ran) ran = NULL;

	person.act = stop;
	ran = ask (room, "main:\n" ASK ("answer: confirm") TEARDOWN);
	ck_assert_run (ran, PL_RUN_ABORTED);
	ck_assert_step (ran, "make-safe", PL_VERDICT_PASS);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static void
open_the_door (PlRun *run)
{
	fake_set ("plc door_closed", 0);
}

START_TEST (an_open_door_ends_a_prompt_of_main_and_is_expected_in_setup)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Ran) ran = NULL;
	g_autoptr (Ran) before = NULL;

	person.act = open_the_door;
	ran = ask (room, "main:\n" ASK ("answer: confirm") TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "the cage's door is open");
	person.act = NULL;
	person.answers[0] = "";
	before =
	    ask (room,
		 "setup:\n" ASK (
		     "answer: confirm") "main:\n  - step: identify\n    limits:\n"
					"      cells_count: { min: 0, source: s }\n      "
					"boards_count: { min: 0, "
					"source: s }\n      grades_count: { min: 0, source: s }\n");
	ck_assert_step (before, "prompt", PL_VERDICT_PASS);
}
END_TEST

START_TEST (a_stepped_line_does_not_race_while_a_person_thinks)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Ran) ran = NULL;

	person.act = answer_from_a_thread;
	ran = ask (room, "main:\n" SCAN TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert (ran_step (ran, "prompt")->duration_s < 60);
}
END_TEST

/* -- the recipe -------------------------------------------------------------------------------- */

static const struct {
	const char *with, *says;
} faults[] = {
    {"answer: maybe", "allowed are confirm, pass-fail, scan"},
    {"answer: scan", "either expects or expects_fact"},
    {"answer: scan, expects: \"A+\", expects_fact: serial", "either expects or expects_fact"},
    {"answer: scan, expects: \"(\"", "expects is not a regular expression"},
    {"answer: scan, expects: \"A*\"", "also takes an empty code"},
    {"answer: pass-fail", "needs reasons"},
    {"answer: pass-fail, reasons: [a, b], reasons-zh_CN: [c]", "2 reasons, but 1"},
    {"timeout_s: -1", "allowed is 0 to 86400"},
};

START_TEST (a_prompt_that_nobody_could_answer_is_refused_with_the_recipe)
{
	g_autofree char *text = g_strdup_printf (
	    "recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: P\nmain:\n  - step: prompt\n"
	    "    with: { sentence: Look, %s }\n",
	    faults[_i].with);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_parse (text, strlen (text), "r.yaml", &error);

	ck_assert_ptr_null (recipe);
	ck_assert_says (error->message, faults[_i].says);
	ck_assert_says (error->message, "step \"prompt\": ");
}
END_TEST

START_TEST (a_picture_that_is_not_there_is_found_missing_before_the_run)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" ASK ("picture: nowhere.png") TEARDOWN);
	PlRunOptions options = {.kind = "engineering"};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_preflight (room->station, recipe, &options, &error));
	ck_assert_says (error->message, "the picture nowhere.png of step \"prompt\"");
}
END_TEST

START_TEST (a_picture_beside_the_recipe_comes_before_the_stations_own)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe ("main:\n" ASK ("picture: a.png") TEARDOWN);
	g_autofree char *beside = g_build_filename (room->dir, "a.png", NULL);
	g_autofree char *found = NULL;

	g_free (recipe->file);
	recipe->file = g_build_filename (room->dir, "r.yaml", NULL);
	ck_assert_ptr_null (pl_recipe_picture (recipe, "a.png"));
	ck_assert (g_file_set_contents (beside, "x", 1, NULL));
	found = pl_recipe_picture (recipe, "a.png");
	ck_assert_str_eq (found, beside);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-prompt");
	TCase *tcase = tcase_create ("prompt");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_confirmed_prompt_passes_and_keeps_how_it_was_answered);
	tcase_add_test (tcase, who_answered_stays_in_the_plant);
	tcase_add_test (tcase, a_no_is_a_fail_of_the_pack_for_one_of_the_recipes_reasons);
	tcase_add_test (tcase, a_yes_to_pass_or_fail_passes);
	tcase_add_loop_test (
	    tcase, a_code_that_is_not_asked_for_is_refused_and_the_prompt_stays_open, 0, 5);
	tcase_add_test (tcase, the_packs_own_label_can_be_asked_for);
	tcase_add_test (tcase, a_fact_that_nobody_has_found_is_not_asked_for);
	tcase_add_test (
	    tcase, the_benchs_scanner_answers_too_and_what_it_read_before_the_question_does_not);
	tcase_add_test (tcase, a_broken_scanner_leaves_the_other_ways_to_answer);
	tcase_add_test (tcase, an_answer_to_nothing_is_not_taken);
	tcase_add_test (tcase, the_first_answer_counts);
	tcase_add_test (tcase, nobody_in_time_is_the_stations_trouble_and_not_the_packs);
	tcase_add_test (tcase, a_head_without_a_person_says_so);
	tcase_add_test (tcase, a_stop_ends_the_wait_and_teardown_runs);
	tcase_add_test (tcase, an_open_door_ends_a_prompt_of_main_and_is_expected_in_setup);
	tcase_add_test (tcase, a_stepped_line_does_not_race_while_a_person_thinks);
	tcase_add_loop_test (tcase, a_prompt_that_nobody_could_answer_is_refused_with_the_recipe, 0,
			     G_N_ELEMENTS (faults));
	tcase_add_test (tcase, a_picture_that_is_not_there_is_found_missing_before_the_run);
	tcase_add_test (tcase, a_picture_beside_the_recipe_comes_before_the_stations_own);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
