/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <json-glib/json-glib.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs, their records, and what stands in their way: no instrument answers here. */

static Reply *
run_pack (Place *place, const char *serial, const char *option)
{
	g_autofree char *bench = place_bench (place);
	g_autofree char *recipe = place_recipe (place);

	return packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", serial,
			 option, NULL);
}

static JsonNode *
parse (const char *text)
{
	g_autoptr (JsonParser) parser = json_parser_new ();
	g_autoptr (GError) error = NULL;

	ck_assert_ok (json_parser_load_from_data (parser, text, -1, &error), error);
	return json_parser_steal_root (parser);
}

/* -- verdicts ---------------------------------------------------------------------------------- */

START_TEST (a_good_pack_exits_0_with_step_value_limit_verdict_and_record)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = NULL, verify = NULL;
	g_autofree char *pub = g_build_filename (place->home, "station.pub", NULL);
	g_autofree char *file = NULL;
	const char *record, *end;

	place_assemble (place, "P1", "C");
	reply = run_pack (place, "P1", NULL);
	ck_assert_code (reply, 0);
	ck_assert_says (reply->out, "1/1  Pack and its parts");
	ck_assert_says (reply->out, "cells_count");
	ck_assert_says (reply->out, "32 .. 32");
	ck_assert_says (reply->out, "✓  PASS");
	ck_assert_says (reply->out, "100 %");
	ck_assert_ptr_null (strchr (reply->out, '\033'));
	ck_assert_ptr_null (strchr (reply->out, '\r'));
	record = strstr (reply->out, place->home);
	end = strstr (record, ".json");
	ck_assert_ptr_nonnull (end);
	file = g_strndup (record, end + strlen (".json") - record);
	verify = packline (place, "record", "verify", file, "--key", pub, NULL);
	ck_assert_code (verify, 0);
	ck_assert_says (verify->out, "the record of P1");
}
END_TEST

START_TEST (a_bad_pack_exits_1_with_its_cause)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = run_pack (place, "P1", NULL);

	ck_assert_code (reply, 1);
	ck_assert_says (reply->out, "✗  FAIL");
	ck_assert_says (reply->out,
			"cause      Pack and its parts: no cells are recorded in pack P1");
}
END_TEST

START_TEST (a_passed_pack_is_blocked_and_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) first = NULL, second = NULL, released = NULL;

	place_assemble (place, "P1", "C");
	first = run_pack (place, "P1", NULL);
	second = run_pack (place, "P1", NULL);
	released = run_pack (place, "P1", "--kind=engineering");
	ck_assert_code (first, 0);
	ck_assert_code (second, 2);
	ck_assert_says (second->err, "packline run: P1 is blocked");
	ck_assert_code (released, 0);
}
END_TEST

START_TEST (a_serial_of_another_product_is_blocked)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = run_pack (place, "Q1", NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->err, "is not a serial of PL-PACK-32S100");
}
END_TEST

START_TEST (quiet_prints_the_verdict_only)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = run_pack (place, "P1", "--quiet");

	ck_assert_code (reply, 1);
	ck_assert_says (reply->out, "✗  FAIL");
	ck_assert_ptr_null (strstr (reply->out, "boards_count"));
}
END_TEST

START_TEST (json_is_one_object_a_line_and_ends_with_the_verdict)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = run_pack (place, "P1", "--json");
	g_auto (GStrv) lines = g_strsplit (g_strchomp (reply->out), "\n", -1);
	guint n = g_strv_length (lines);
	g_autoptr (JsonNode) last = NULL;
	JsonObject *object;

	ck_assert_code (reply, 1);
	ck_assert_uint_ge (n, 5);
	for (guint i = 0; i < n; i++) {
		g_autoptr (JsonNode) node = parse (lines[i]);

		ck_assert (JSON_NODE_HOLDS_OBJECT (node));
		ck_assert_str_eq (
		    json_object_get_string_member (json_node_get_object (node), "serial"), "P1");
	}
	last = parse (lines[n - 1]);
	object = json_node_get_object (last);
	ck_assert_str_eq (json_object_get_string_member (object, "event"), "run-ended");
	ck_assert_str_eq (json_object_get_string_member (object, "verdict"), "FAIL");
	ck_assert (
	    g_file_test (json_object_get_string_member (object, "record"), G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_reader_that_goes_away_does_not_stop_the_run)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place);
	g_autofree char *recipe = place_recipe (place);
	g_autofree char *line = g_strdup_printf (
	    "\"$PACKLINE\" run -b %s -r %s -s P1 | true; exit ${PIPESTATUS[0]}", bench, recipe);
	const char *argv[] = {"bash", "-c", line, NULL};
	g_autoptr (Reply) show = NULL;
	int status;

	g_setenv ("PACKLINE_HOME", place->home, TRUE);
	ck_assert (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
				 NULL, &status, NULL));
	ck_assert_int_eq (WEXITSTATUS (status), 1);
	show = packline (place, "show", "P1", NULL);
	ck_assert_says (show->out, "✗ FAIL");
}
END_TEST

/* -- waivers ----------------------------------------------------------------------------------- */

/* Two steps, of which the second may be waived. */
static char *
waivable_recipe (Place *place)
{
	return place_write (place, "waivable.yaml",
			    "recipe: w\nversion: 1\ntitle: W\nproduct: X\nserial: \"P[0-9]+\"\n"
			    "main:\n"
			    "  - step: identify\n"
			    "    limits:\n"
			    "      cells_count: { min: 0, source: x }\n"
			    "      boards_count: { min: 0, source: x }\n"
			    "      grades_count: { min: 0, source: x }\n"
			    "  - step: identify\n"
			    "    id: again\n"
			    "    waivable: true\n"
			    "    limits:\n"
			    "      cells_count: { min: 400, source: x }\n"
			    "      boards_count: { min: 0, source: x }\n"
			    "      grades_count: { min: 0, source: x }\n");
}

START_TEST (a_waived_step_is_skipped_with_who_and_why)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = waivable_recipe (place);
	g_autoptr (Reply) strict =
	    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", NULL);
	g_autoptr (Reply) waived = packline (place, "run", "-b", bench, "-r", recipe, "-s", "P2",
					     "--waive", "again=gauge is broken", NULL);
	g_autoptr (Reply) record = packline (place, "record", "P2", NULL);

	ck_assert_code (strict, 1);
	ck_assert_code (waived, 0);
	ck_assert_says (waived->out, "SKIPPED");
	ck_assert_says (waived->out, "waived by 0815: gauge is broken");
	ck_assert_says (record->out, "waived by 0815: gauge is broken");
}
END_TEST

START_TEST (what_may_not_be_waived_is_refused_and_exits_3)
{
	static const char *const bad[][2] = {{"--waive=identify=x", "cannot be waived"},
					     {"--waive=no-such=x", "no-such"},
					     {"--waive=again", "STEP=REASON"},
					     {"--waive=again=", "STEP=REASON"}};
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = waivable_recipe (place);

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (Reply) reply =
		    packline (place, "run", "-b", bench, "-r", recipe, "-s", "P1", bad[i][0], NULL);

		ck_assert_code (reply, 3);
		ck_assert_says (reply->err, bad[i][1]);
	}
}
END_TEST

/* -- terminals --------------------------------------------------------------------------------- */

/* Everything that the program writes to a terminal of its own, 80 columns wide. */
static char *
on_terminal (Place *place, const char *no_color, const char *const *argv)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	g_autoptr (GString) all = g_string_new (NULL);
	char buf[4096];
	gssize n;
	int master, status;
	pid_t pid = forkpty (&master, NULL, NULL, &size);

	ck_assert_int_ge (pid, 0);
	if (pid == 0) {
		g_setenv ("PACKLINE_HOME", place->home, TRUE);
		g_setenv ("TERM", "xterm", TRUE);
		g_setenv ("NO_COLOR", no_color, TRUE);
		execv (argv[0], (char **)argv);
		_exit (127);
	}
	/* the end of a pty's other side is EIO */
	while ((n = read (master, buf, sizeof buf)) > 0)
		g_string_append_len (all, buf, n);
	waitpid (pid, &status, 0);
	close (master);
	ck_assert_int_eq (WEXITSTATUS (status), 1);
	return g_string_free (g_steal_pointer (&all), FALSE);
}

START_TEST (a_terminal_gets_colour_and_progress_and_no_color_is_respected)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	const char *argv[] = {
	    g_getenv ("PACKLINE"), "run", "-b", bench, "-r", recipe, "-s", "P1", NULL};
	g_autofree char *coloured = on_terminal (place, "", argv);
	g_autofree char *plain = on_terminal (place, "1", argv);

	ck_assert_says (coloured, "\033[31m✗ FAIL\033[0m");
	ck_assert_says (coloured, "\033[32m✓ PASS\033[0m");
	ck_assert_ptr_null (strstr (plain, "\033[31m"));
	ck_assert_says (plain, "✗ FAIL");
	ck_assert_says (plain, "\r\033[K");
	ck_assert_says (plain, "1/1 Pack and its parts");
}
END_TEST

/* Characters of a line as they are seen: without escapes, after the last carriage return. */
static guint
seen_width (const char *line)
{
	const char *at = strrchr (line, '\r') != NULL && strrchr (line, '\r')[1] != '\0'
			     ? strrchr (line, '\r') + 1
			     : line;
	guint width = 0;

	for (; *at != '\0' && *at != '\r'; at = g_utf8_next_char (at)) {
		if (*at == '\033')
			while (!g_ascii_isalpha (*at))
				at++;
		else
			width++;
	}
	return width;
}

START_TEST (a_run_fits_a_terminal_of_80_columns)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place), *recipe = place_recipe (place);
	const char *argv[] = {
	    g_getenv ("PACKLINE"), "run", "-b", bench, "-r", recipe, "-s", "P1", NULL};
	g_autofree char *text = on_terminal (place, "", argv);
	g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		ck_assert_msg (seen_width (lines[i]) <= 80 ||
				   strstr (lines[i], place->home) != NULL,
			       "%u columns: %s", seen_width (lines[i]), lines[i]);
}
END_TEST

/* -- what a run needs -------------------------------------------------------------------------- */

START_TEST (a_missing_bench_file_exits_3_and_makes_nothing)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_recipe (place);
	g_autofree char *db = g_build_filename (place->home, "station.sqlite", NULL);
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", "no-such.yaml", "--recipe", recipe, NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "no-such.yaml");
	ck_assert (!g_file_test (db, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_bad_bench_file_exits_3_with_its_line)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_recipe (place);
	g_autofree char *bench =
	    place_write (place, "bad.yaml", "bench: x\ninstruments:\n  - role: oven\n");
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "bad.yaml:3: ");
	ck_assert_says (reply->err, "oven");
}
END_TEST

START_TEST (a_bad_recipe_exits_3_with_its_line)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place);
	g_autofree char *recipe = place_write (place, "bad.yaml", "recipe: x\nsteps: []\n");
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "bad.yaml:2: ");
}
END_TEST

START_TEST (an_instrument_that_the_bench_lacks_is_found_before_the_run)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place);
	g_autofree char *recipe =
	    place_write (place, "plc.yaml",
			 "recipe: r\nversion: 1\ntitle: R\nproduct: X\nserial: \"P[0-9]+\"\n"
			 "setup:\n  - step: fixture-close\n"
			 "main:\n  - step: identify\n    limits:\n"
			 "      cells_count: { min: 0, source: x }\n"
			 "      boards_count: { min: 0, source: x }\n"
			 "      grades_count: { min: 0, source: x }\n");
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1", NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "needs a plc, which bench empty does not have");
}
END_TEST

START_TEST (without_scanner_the_serial_must_be_given)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = place_bench (place);
	g_autofree char *recipe = place_recipe (place);
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "--serial");
}
END_TEST

/* A PLC at a port where nobody listens. */
static char *
absent_bench (Place *place)
{
	return place_write (
	    place, "absent.yaml",
	    "bench: absent\n"
	    "instruments:\n"
	    "  - { role: plc, driver: modbus-tcp, link: \"tcp:127.0.0.1:1\",\n"
	    "      settings: { map: plc-fixture.yaml } }\n"
	    "  - { role: scanner, driver: serial-scanner, link: \"pty:no-such\" }\n");
}

START_TEST (an_instrument_that_does_not_answer_is_error_and_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = absent_bench (place);
	g_autofree char *recipe = place_recipe (place);
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1", NULL);
	g_autoptr (Reply) show = packline (place, "show", "P1", NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->out, "?  ERROR");
	ck_assert_says (reply->out, "127.0.0.1:1");
	ck_assert_says (show->out, "? ERROR");
}
END_TEST

START_TEST (a_scanner_that_does_not_answer_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *bench = absent_bench (place);
	g_autofree char *recipe = place_recipe (place);
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->err, "scanner");
}
END_TEST

START_TEST (a_simulated_line_that_is_not_there_exits_2)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_recipe (place);
	g_autofree char *bench =
	    place_write (place, "sim.yaml",
			 "bench: sim\nsimulated: true\nline: unix:no.sock\ninstruments: []\n");
	g_autoptr (Reply) reply =
	    packline (place, "run", "--bench", bench, "--recipe", recipe, "--serial", "P1", NULL);

	ck_assert_code (reply, 2);
	ck_assert_says (reply->err, "simulated line");
}
END_TEST

/* -- records ----------------------------------------------------------------------------------- */

START_TEST (a_record_comes_out_of_the_database_as_it_was_signed)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) run = run_pack (place, "P1", NULL);
	g_autoptr (Reply) record = packline (place, "record", "P1", NULL);
	g_autofree char *file = place_write (place, "r.json", record->out);
	g_autofree char *pub = g_build_filename (place->home, "station.pub", NULL);
	g_autoptr (Reply) verify = packline (place, "record", "verify", file, "--key", pub, NULL);

	ck_assert_code (run, 1);
	ck_assert_code (record, 0);
	ck_assert_code (verify, 0);
}
END_TEST

START_TEST (one_changed_character_of_a_record_exits_1)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) run = run_pack (place, "P1", NULL);
	g_autoptr (Reply) record = packline (place, "record", "P1", NULL);
	g_autofree char *pub = g_build_filename (place->home, "station.pub", NULL);
	g_autoptr (Reply) verify = NULL;
	g_autofree char *file = NULL;

	ck_assert_code (run, 1);
	memcpy (strstr (record->out, "\"FAIL\""), "\"PASS\"", 6);
	file = place_write (place, "r.json", record->out);
	verify = packline (place, "record", "verify", file, "--key", pub, NULL);
	ck_assert_code (verify, 1);
	ck_assert_says (verify->err, "NOT VALID");
}
END_TEST

START_TEST (an_older_run_is_found_by_the_beginning_of_its_id)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) first = run_pack (place, "P1", "--json");
	g_autofree char *id = g_strndup (strstr (first->out, "\"run\":\"") + 7, 36);
	g_autoptr (Reply) second = run_pack (place, "P1", NULL);
	g_autoptr (Reply) record = packline (place, "record", "P1", "--run", id, NULL);
	g_autoptr (Reply) newest = packline (place, "record", "P1", NULL);
	g_autoptr (Reply) none = packline (place, "record", "P1", "--run", "ffff", NULL);

	ck_assert_code (second, 1);
	ck_assert_code (record, 0);
	ck_assert_says (record->out, id);
	ck_assert_ptr_null (strstr (newest->out, id));
	ck_assert_code (none, 3);
	ck_assert_says (none->err, "no run whose id begins with ffff");
}
END_TEST

START_TEST (a_record_file_that_cannot_be_written_changes_no_verdict)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) run = NULL, record = NULL;
	g_autofree char *file = NULL;

	place_assemble (place, "P1", "C");
	file = place_write (place, "home/records", "a file where the folder should be\n");
	run = run_pack (place, "P1", NULL);
	ck_assert_code (run, 0);
	ck_assert_says (run->err, "the result is safe in the database");
	record = packline (place, "record", "P1", NULL);
	ck_assert_code (record, 0);
}
END_TEST

START_TEST (an_unknown_serial_exits_3)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) nowhere = packline (place, "show", "P1", NULL);
	g_autoptr (Reply) run = run_pack (place, "P1", NULL);
	g_autoptr (Reply) show = packline (place, "show", "P9", NULL);
	g_autoptr (Reply) record = packline (place, "record", "P9", NULL);
	g_autoptr (Reply) label = packline (place, "label", "P1", NULL);

	ck_assert_code (nowhere, 3);
	ck_assert_says (nowhere->err, "nothing is recorded in");
	ck_assert_code (run, 1);
	ck_assert_code (show, 3);
	ck_assert_code (record, 3);
	ck_assert_code (label, 3);
	ck_assert_says (label->err, "no run that passed");
}
END_TEST

START_TEST (show_as_json_has_units_parts_runs_and_steps)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) run = NULL, show = NULL;
	g_autoptr (JsonNode) root = NULL;
	JsonObject *unit, *last;
	JsonArray *steps;

	place_assemble (place, "P1", "C");
	run = run_pack (place, "P1", NULL);
	show = packline (place, "show", "P1", "--json", NULL);
	ck_assert_code (run, 0);
	ck_assert_code (show, 0);
	root = parse (show->out);
	unit = json_array_get_object_element (json_node_get_array (root), 0);
	ck_assert_str_eq (json_object_get_string_member (unit, "serial"), "P1");
	ck_assert_uint_eq (json_array_get_length (json_object_get_array_member (unit, "parts")),
			   33);
	last = json_array_get_object_element (json_object_get_array_member (unit, "runs"), 0);
	ck_assert_str_eq (json_object_get_string_member (last, "verdict"), "PASS");
	steps = json_object_get_array_member (last, "steps");
	ck_assert_uint_eq (json_array_get_length (steps), 1);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-run");
	TCase *tests = tcase_create ("run");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, a_good_pack_exits_0_with_step_value_limit_verdict_and_record);
	tcase_add_test (tests, a_bad_pack_exits_1_with_its_cause);
	tcase_add_test (tests, a_passed_pack_is_blocked_and_exits_2);
	tcase_add_test (tests, a_serial_of_another_product_is_blocked);
	tcase_add_test (tests, quiet_prints_the_verdict_only);
	tcase_add_test (tests, json_is_one_object_a_line_and_ends_with_the_verdict);
	tcase_add_test (tests, a_reader_that_goes_away_does_not_stop_the_run);
	tcase_add_test (tests, a_waived_step_is_skipped_with_who_and_why);
	tcase_add_test (tests, what_may_not_be_waived_is_refused_and_exits_3);
	tcase_add_test (tests, a_terminal_gets_colour_and_progress_and_no_color_is_respected);
	tcase_add_test (tests, a_run_fits_a_terminal_of_80_columns);
	tcase_add_test (tests, a_record_file_that_cannot_be_written_changes_no_verdict);
	tcase_add_test (tests, a_missing_bench_file_exits_3_and_makes_nothing);
	tcase_add_test (tests, a_bad_bench_file_exits_3_with_its_line);
	tcase_add_test (tests, a_bad_recipe_exits_3_with_its_line);
	tcase_add_test (tests, an_instrument_that_the_bench_lacks_is_found_before_the_run);
	tcase_add_test (tests, without_scanner_the_serial_must_be_given);
	tcase_add_test (tests, an_instrument_that_does_not_answer_is_error_and_exits_2);
	tcase_add_test (tests, a_scanner_that_does_not_answer_exits_2);
	tcase_add_test (tests, a_simulated_line_that_is_not_there_exits_2);
	tcase_add_test (tests, a_record_comes_out_of_the_database_as_it_was_signed);
	tcase_add_test (tests, one_changed_character_of_a_record_exits_1);
	tcase_add_test (tests, an_older_run_is_found_by_the_beginning_of_its_id);
	tcase_add_test (tests, an_unknown_serial_exits_3);
	tcase_add_test (tests, show_as_json_has_units_parts_runs_and_steps);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
