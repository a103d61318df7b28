/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cli/cli.h"
#include <string.h>

/* Files and genealogy: recipes, releases, assembly. No bench. */

/* -- recipe ------------------------------------------------------------------------------------ */

START_TEST (a_good_recipe_is_said_to_be_good)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_recipe (place);
	g_autoptr (Reply) reply = packline (place, "recipe", "check", recipe, NULL);

	ck_assert_code (reply, 0);
	ck_assert_says (reply->out, "good: parts version 3, 1 steps");
}
END_TEST

START_TEST (every_fault_of_a_recipe_has_file_and_line)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe =
	    place_write (place, "bad.yaml",
			 "recipe: bad\n"
			 "version: 1\n"
			 "title: Bad\n"
			 "product: X\n"
			 "serial: P\n"
			 "main:\n"
			 "  - step: no-such-step\n"
			 "  - step: ground-bond\n"
			 "    with: { current_a: lots }\n"
			 "    limits:\n"
			 "      resistance_ohm: { min: 1, max: 0.1, source: x }\n");
	g_autofree char *first = g_strdup_printf ("%s:7: ", recipe);
	g_autofree char *second = g_strdup_printf ("%s:8: ", recipe);
	g_autoptr (Reply) reply = packline (place, "recipe", "check", recipe, NULL);

	ck_assert_code (reply, 1);
	ck_assert_says (reply->err, first);
	ck_assert_says (reply->err, "no-such-step");
	ck_assert_says (reply->err, second);
	ck_assert_says (reply->err, "\"lots\", not a number");
	ck_assert_says (reply->err, "min 1 is above max 0.1");
}
END_TEST

/* place_recipe's with another version and limit */
static char *
other_recipe (Place *place)
{
	g_autofree char *first = place_recipe (place);
	g_autofree char *text = NULL;
	g_auto (GStrv) parts = NULL;
	g_autofree char *other = NULL;

	ck_assert (g_file_get_contents (first, &text, NULL, NULL));
	parts = g_strsplit (text, "version: 3", 2);
	other = g_strjoin ("version: 4 # next", parts[0], parts[1], NULL);
	return place_write (place, "other.yaml", other);
}

START_TEST (two_recipes_are_compared_by_what_they_say)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *old = place_recipe (place);
	g_autofree char *new = other_recipe (place);
	g_autoptr (Reply) differ = packline (place, "recipe", "diff", old, new, NULL);
	g_autoptr (Reply) same = packline (place, "recipe", "diff", old, old, NULL);

	ck_assert_code (differ, 1);
	ck_assert_says (differ->out, "old   parts@3  hash ");
	ck_assert_says (differ->out, "new   parts@4  hash ");
	ck_assert_says (differ->out, "(recipe)  version  changed  3    4");
	ck_assert_code (same, 0);
	ck_assert_says (same->out, "the same text");
	ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_recipe_that_is_no_file_is_looked_for_in_the_stations_memory)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = place_recipe (place);
	g_autofree char *bench = place_bench (place);
	g_autoptr (Reply) nowhere = packline (place, "recipe", "diff", file, "parts@3", NULL);
	g_autoptr (Reply) run = NULL;
	g_autoptr (Reply) found = NULL;
	g_autoptr (Reply) unknown = NULL;

	ck_assert_code (nowhere, 3);
	ck_assert_says (nowhere->err, "nothing is recorded in");
	place_assemble (place, "P0001", "C");
	run =
	    packline (place, "run", "--bench", bench, "--recipe", file, "--serial", "P0001", NULL);
	found = packline (place, "recipe", "diff", file, "parts@3", NULL);
	ck_assert_msg (found->code == 0, "%s; the run: %s %s", found->err, run->out, run->err);
	unknown = packline (place, "recipe", "diff", file, "parts@9", NULL);
	ck_assert_code (unknown, 3);
	ck_assert_says (unknown->err, "no recipe parts@9 is remembered here");
}
END_TEST

START_TEST (one_bad_recipe_among_good_ones_decides_the_code)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *good = place_recipe (place);
	g_autofree char *bad = place_write (place, "bad.yaml", "recipe: [\n");
	g_autoptr (Reply) reply = packline (place, "recipe", "check", good, bad, good, NULL);
	g_autoptr (Reply) absent = packline (place, "recipe", "check", "/no/such/file", NULL);

	ck_assert_code (reply, 1);
	ck_assert_says (reply->out, "good: parts");
	ck_assert_says (reply->err, "bad.yaml:");
	ck_assert_code (absent, 3);
	ck_assert_says (absent->err, "/no/such/file");
}
END_TEST

START_TEST (show_names_every_limit_with_its_source)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_recipe (place);
	g_autoptr (Reply) reply = packline (place, "recipe", "show", recipe, NULL);

	ck_assert_code (reply, 0);
	ck_assert_says (reply->out, "cells_count");
	ck_assert_says (reply->out, "32 .. 32");
	ck_assert_says (reply->out, "product drawing");
	ck_assert_says (reply->out, "plant default");
}
END_TEST

START_TEST (show_says_how_a_step_is_taken_what_fills_its_gaps_and_what_is_not_verified)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *recipe = place_write (
	    place, "full.yaml",
	    "recipe: full\nversion: 1\ntitle: F\nproduct: X\nserial: P\nrequires: [before]\n"
	    "main:\n"
	    "  - step: ground-bond\n"
	    "    label: type\n"
	    "    clause: UL 1973 40.3\n"
	    "    waivable: true\n"
	    "    retries: 2\n"
	    "    on_fail: continue\n"
	    "    when: [golden, simulated]\n"
	    "    unverified: [current_a]\n"
	    "    with: { current_a: 25 }\n"
	    "    limits: { resistance_ohm: { max: 0.1, source: x } }\n"
	    "    watch: { current_a: { max: 30, source: cable } }\n"
	    "teardown:\n"
	    "  - step: make-safe\n");
	static const char *const parts[] = {"passed before",
					    "type test, UL 1973 40.3,",
					    "2 retries,",
					    "goes on after a FAIL,",
					    "golden and simulated runs,",
					    "may be waived",
					    "with    current_a=25",
					    "default tester_limit_ohm=0.1 time_s=5",
					    "unverified  current_a",
					    "watched current_a",
					    "<= 30 A",
					    "cable"};
	g_autoptr (Reply) reply = packline (place, "recipe", "show", recipe, NULL);
	/* wrapped lines are one text */
	g_auto (GStrv) words = g_strsplit_set (reply->out, " \n", -1);
	g_autoptr (GString) text = g_string_new (NULL);

	ck_assert_code (reply, 0);
	for (guint i = 0; words[i] != NULL; i++)
		if (*words[i] != '\0')
			g_string_append_printf (text, "%s ", words[i]);
	for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
		g_auto (GStrv) wanted = g_strsplit (parts[i], " ", -1);
		g_autoptr (GString) part = g_string_new (NULL);

		for (guint w = 0; wanted[w] != NULL; w++)
			if (*wanted[w] != '\0')
				g_string_append_printf (part, "%s ", wanted[w]);
		ck_assert_says (text->str, part->str);
	}
}
END_TEST

START_TEST (the_step_table_documents_itself)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) all = packline (place, "recipe", "steps", NULL);
	g_autoptr (Reply) one = packline (place, "recipe", "steps", "flash", NULL);

	ck_assert_code (all, 0);
	ck_assert_says (all->out, "ground-bond");
	ck_assert_says (all->out, "hipot");
	ck_assert_code (one, 0);
	ck_assert_says (one->out, "verify");
	ck_assert_says (one->out, "image_matches");
	ck_assert_ptr_null (strstr (one->out, "ground-bond"));
}
END_TEST

/* What could not be found by reading on: parameters, measures and samples of each, on 96 columns.
 */
START_TEST (the_step_table_says_what_may_be_watched_and_fits_the_screen)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) all = packline (place, "recipe", "steps", NULL);
	g_autoptr (Reply) wrong = packline (place, "recipe", "steps", "hipto", NULL);
	g_auto (GStrv) lines = g_strsplit (all->out, "\n", -1);

	ck_assert_says (all->out, "pack_v, current_a, cell_min_v, cell_max_v");
	ck_assert_says (all->out, "high voltage: runs alone");
	/* a list that is longer than the rest of its line is one word and stays whole */
	for (guint i = 0; lines[i] != NULL; i++)
		ck_assert_msg (g_utf8_strlen (lines[i], -1) <= 96 ||
				   strchr (g_strchug (lines[i]), ' ') == NULL,
			       "%s", lines[i]);
	ck_assert_code (wrong, 3);
	ck_assert_says (wrong->err, "did you mean \"hipot\"?; known are bench-ready");
}
END_TEST

/* -- release ----------------------------------------------------------------------------------- */

/* Two bytes at 0x08004000, by the format's own rules. */
#define HEX ":020000040800F2\n:02400000AABB59\n:00000001FF\n"

static Reply *
make_release (Place *place, const char *out)
{
	g_autofree char *image = place_write (place, "fw.hex", HEX);

	return packline (place, "release", "make", "--image", image, "--product", "PL-BMS-32S",
			 "--version", "1.4.2", "--hardware", "1-5", "--counter", "4", "--key",
			 "release-key", "--out", out, NULL);
}

START_TEST (a_release_goes_round_from_key_to_verified)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) keygen = packline (place, "release", "keygen", "release-key", NULL);
	g_autoptr (Reply) make = make_release (place, "a.plrel");
	g_autoptr (Reply) trust = packline (place, "release", "trust", "release-key.pub", NULL);
	g_autoptr (Reply) verify = packline (place, "release", "verify", "a.plrel", NULL);
	g_autoptr (Reply) show =
	    packline (place, "release", "show", "a.plrel", "--key", "release-key.pub", NULL);
	g_autofree char *installed = g_build_filename (place->home, "release.pub", NULL);
	g_autofree char *secret = place_path (place, "release-key");
	GStatBuf st;

	ck_assert_code (keygen, 0);
	ck_assert_int_eq (g_stat (secret, &st), 0);
	ck_assert_int_eq (st.st_mode & 0777, 0600);
	ck_assert_code (make, 0);
	ck_assert_code (trust, 0);
	ck_assert (g_file_test (installed, G_FILE_TEST_EXISTS));
	ck_assert_code (verify, 0);
	ck_assert_says (verify->out, "valid, PL-BMS-32S 1.4.2");
	ck_assert_code (show, 0);
	ck_assert_says (show->out, "hardware  1 to 5\ncounter   4\n");
	ck_assert_says (show->out, "0x08004000, 2 bytes");
}
END_TEST

START_TEST (a_changed_release_is_not_valid)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) keygen = packline (place, "release", "keygen", "release-key", NULL);
	g_autoptr (Reply) make = make_release (place, "a.plrel");
	g_autoptr (Reply) verify = NULL;
	g_autofree char *file = place_path (place, "a.plrel");
	g_autofree char *data = NULL;
	gsize len;

	ck_assert_code (keygen, 0);
	ck_assert_code (make, 0);
	ck_assert (g_file_get_contents (file, &data, &len, NULL));
	*strstr (data, "1.4.2") = '2';
	ck_assert (g_file_set_contents (file, data, len, NULL));
	verify = packline (place, "release", "verify", "a.plrel", "--key", "release-key.pub", NULL);
	ck_assert_code (verify, 1);
	ck_assert_says (verify->err, "NOT VALID");
}
END_TEST

START_TEST (another_key_does_not_verify_and_is_named_when_replaced)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) keygen = packline (place, "release", "keygen", "release-key", NULL);
	g_autoptr (Reply) other = packline (place, "release", "keygen", "other", NULL);
	g_autoptr (Reply) make = make_release (place, "a.plrel");
	g_autoptr (Reply) first = packline (place, "release", "trust", "release-key.pub", NULL);
	g_autoptr (Reply) second = packline (place, "release", "trust", "other.pub", NULL);
	g_autoptr (Reply) verify = packline (place, "release", "verify", "a.plrel", NULL);

	ck_assert_code (keygen, 0);
	ck_assert_code (other, 0);
	ck_assert_code (make, 0);
	ck_assert_code (first, 0);
	ck_assert_code (second, 0);
	ck_assert_says (second->out, "replaced the key");
	ck_assert_code (verify, 1);
}
END_TEST

START_TEST (keys_and_releases_are_never_overwritten)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) keygen = packline (place, "release", "keygen", "release-key", NULL);
	g_autoptr (Reply) again = packline (place, "release", "keygen", "release-key", NULL);
	g_autoptr (Reply) make = make_release (place, "a.plrel");
	g_autoptr (Reply) twice = make_release (place, "a.plrel");

	ck_assert_code (keygen, 0);
	ck_assert_code (again, 3);
	ck_assert_says (again->err, "exists");
	ck_assert_code (make, 0);
	ck_assert_code (twice, 3);
	ck_assert_says (twice->err, "never replaced");
}
END_TEST

START_TEST (a_raw_binary_needs_its_address)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *image = place_write (place, "fw.bin", "\x01\x02\x03raw");
	g_autoptr (Reply) keygen = packline (place, "release", "keygen", "k", NULL);
	g_autoptr (Reply) without =
	    packline (place, "release", "make", "--image", image, "--product", "X", "--version",
		      "1", "--hardware", "1", "--counter", "0", "--key", "k", "--out", "x", NULL);
	g_autoptr (Reply) with =
	    packline (place, "release", "make", "--image", image, "--product", "X", "--version",
		      "1", "--hardware", "1", "--counter", "0", "--key", "k", "--out", "x",
		      "--base", "0x08004000", NULL);

	ck_assert_code (keygen, 0);
	ck_assert_code (without, 3);
	ck_assert_says (without->err, "--base ADDR");
	ck_assert_code (with, 0);
}
END_TEST

START_TEST (numbers_of_a_release_are_checked)
{
	static const char *const bad[][2] = {
	    {"5-1", "0"}, {"a-b", "0"}, {"1-5", "-1"}, {"1-2-3", "0"}};
	g_autoptr (Place) place = place_new ();
	g_autofree char *image = place_write (place, "fw.hex", HEX);

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autofree char *counter = g_strdup_printf ("--counter=%s", bad[i][1]);
		g_autoptr (Reply) reply = packline (
		    place, "release", "make", "--image", image, "--product", "X", "--version", "1",
		    "--hardware", bad[i][0], counter, "--key", "k", "--out", "x", NULL);

		ck_assert_code (reply, 3);
		ck_assert_says (reply->err, i == 2 ? "--counter -1" : "--hardware");
	}
}
END_TEST

/* -- assemble ---------------------------------------------------------------------------------- */

START_TEST (what_assembly_recorded_is_shown)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) pack = NULL, cell = NULL;

	place_assemble (place, "P1", "C");
	pack = packline (place, "show", "P1", NULL);
	ck_assert_code (pack, 0);
	ck_assert_says (pack->out, "32  cell  C32");
	ck_assert_says (pack->out, "bms   C-B");
	ck_assert_says (pack->out, "maker");
	cell = packline (place, "show", "C7", NULL);
	ck_assert_code (cell, 0);
	ck_assert_says (cell->out, "built into P1 at position 7");
}
END_TEST

START_TEST (the_same_list_again_changes_nothing)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file = place_path (place, "cells-P1.csv");
	g_autoptr (Reply) again = NULL;

	place_assemble (place, "P1", "C");
	again = packline (place, "assemble", "P1", "--cells", file, "--bms", "C-B", NULL);
	ck_assert_code (again, 0);
	ck_assert_says (again->out, "recorded already");
}
END_TEST

START_TEST (a_cell_of_another_pack_refuses_the_whole_list)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply = NULL, p2 = NULL;

	place_assemble (place, "P1", "C");
	reply = packline (place, "assemble", "P2", "N1", "C2", "N3", "C4", NULL);
	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "cell C2 is built into P1 already");
	ck_assert_says (reply->err, "cell C4 is built into P1 already");
	p2 = packline (place, "show", "P2", NULL);
	ck_assert_code (p2, 3);
	g_clear_pointer (&p2, reply_free);
	p2 = packline (place, "show", "N1", NULL);
	ck_assert_code (p2, 3);
}
END_TEST

START_TEST (a_label_scanned_in_another_s_place_is_refused)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) cell = packline (place, "assemble", "P1", "C1", "P1", NULL);
	g_autoptr (Reply) board = packline (place, "assemble", "P1", "--bms", "P1", NULL);
	g_autoptr (Reply) both = packline (place, "assemble", "P1", "C1", "--bms", "C1", NULL);
	g_autoptr (Reply) right = packline (place, "assemble", "P1", "--bms", "B1", NULL);

	ck_assert_code (cell, 3);
	ck_assert_says (cell->err, "position 2: P1 is the pack's own serial");
	ck_assert_code (board, 3);
	ck_assert_says (board->err, "scan the BMS board's label");
	ck_assert_code (both, 3);
	ck_assert_says (both->err, "C1 is the BMS board's serial, too");
	ck_assert_code (right, 0);
	ck_assert_says (right->out, "P1: BMS board B1 recorded");
}
END_TEST

START_TEST (another_cell_at_a_taken_position_is_refused)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) first = packline (place, "assemble", "P1", "C1", "C2", NULL);
	g_autoptr (Reply) other = packline (place, "assemble", "P1", "C1", "X2", NULL);
	g_autoptr (Reply) shorter = packline (place, "assemble", "P1", "C1", NULL);
	g_autoptr (Reply) moved = packline (place, "assemble", "P1", "C2", "C1", NULL);

	ck_assert_code (first, 0);
	ck_assert_code (other, 3);
	ck_assert_says (other->err, "cell 2 of pack P1 is C2 already, not X2");
	ck_assert_code (shorter, 3);
	ck_assert_says (shorter->err, "holds cell C2 at position 2");
	ck_assert_code (moved, 3);
	ck_assert_says (moved->err, "at another position");
}
END_TEST

START_TEST (a_replaced_cell_is_taken_out_with_a_reason_first)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) first = packline (place, "assemble", "P1", "C1", "C2", NULL);
	g_autoptr (Reply) out =
	    packline (place, "disassemble", "C2", "--reason", "weak, replaced", NULL);
	g_autoptr (Reply) again = packline (place, "disassemble", "C2", "--reason", "x", NULL);
	g_autoptr (Reply) in = packline (place, "assemble", "P1", "C1", "X2", NULL);
	g_autoptr (Reply) reused = packline (place, "assemble", "P2", "C2", NULL);

	ck_assert_code (first, 0);
	ck_assert_code (out, 0);
	ck_assert_code (again, 3);
	ck_assert_says (again->err, "C2 is built into nothing");
	ck_assert_code (in, 0);
	ck_assert_code (reused, 0);
}
END_TEST

START_TEST (one_unknown_part_keeps_all_of_them_in)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) first = packline (place, "assemble", "P1", "C1", "C2", NULL);
	g_autoptr (Reply) out =
	    packline (place, "disassemble", "C1", "no-such", "--reason", "x", NULL);
	g_autoptr (Reply) cell = packline (place, "show", "C1", NULL);

	ck_assert_code (first, 0);
	ck_assert_code (out, 3);
	ck_assert_says (out->err, "no part with serial no-such");
	ck_assert_says (cell->out, "built into P1");
}
END_TEST

START_TEST (every_fault_of_a_list_of_cells_is_named_with_its_line)
{
	static const struct {
		const char *csv;
		const char *says[3];
	} cases[] = {
	    {"serial,position\nC1,1\n", {":1: the first line must be position,serial"}},
	    {"position,serial\n", {"no cell is listed"}},
	    {"position,serial\n1,C1\n2\nx,C3\n", {":3: 1 fields", ":4: position \"x\""}},
	    {"position,serial\n1,C1\n1,C2\n3,C1\n",
	     {":3: position 1 is taken twice", ":4: cell C1 is listed twice",
	      "position 2 is missing"}},
	    {"position,serial\n1,C1\n2,\n", {":3: position 2: not a serial"}},
	    {"position,serial,grade\n1,C1\n", {":2: 2 fields; the first line names 3"}},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (Place) place = place_new ();
		g_autofree char *file = place_write (place, "cells.csv", cases[i].csv);
		g_autoptr (Reply) reply = packline (place, "assemble", "P1", "--cells", file, NULL);

		ck_assert_code (reply, 3);
		for (guint n = 0; n < 3 && cases[i].says[n] != NULL; n++)
			ck_assert_says (reply->err, cases[i].says[n]);
		ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
	}
}
END_TEST

START_TEST (a_wrong_number_of_cells_is_refused)
{
	g_autoptr (Place) place = place_new ();
	g_autoptr (Reply) reply =
	    packline (place, "assemble", "P1", "C1", "C2", "--count", "3", NULL);

	ck_assert_code (reply, 3);
	ck_assert_says (reply->err, "2 cells are listed, the pack takes 3");
	ck_assert (!g_file_test (place->home, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_list_from_a_spreadsheet_is_read)
{
	g_autoptr (Place) place = place_new ();
	g_autofree char *file =
	    place_write (place, "cells.csv",
			 "\xef\xbb\xbfPosition, Serial, Grade\r\n2, C2, A\r\n1, C1, A\r\n\r\n");
	g_autoptr (Reply) reply = packline (place, "assemble", "P1", "--cells", file, NULL);
	g_autoptr (Reply) cell = packline (place, "show", "C2", NULL);

	ck_assert_code (reply, 0);
	ck_assert_says (cell->out, "at position 2");
	ck_assert_says (cell->out, "grade A");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cli-data");
	TCase *tests = tcase_create ("data");

	tcase_set_timeout (tests, 60);
	tcase_add_test (tests, a_good_recipe_is_said_to_be_good);
	tcase_add_test (tests, every_fault_of_a_recipe_has_file_and_line);
	tcase_add_test (tests, one_bad_recipe_among_good_ones_decides_the_code);
	tcase_add_test (tests, two_recipes_are_compared_by_what_they_say);
	tcase_add_test (tests, a_recipe_that_is_no_file_is_looked_for_in_the_stations_memory);
	tcase_add_test (tests, show_names_every_limit_with_its_source);
	tcase_add_test (tests,
			show_says_how_a_step_is_taken_what_fills_its_gaps_and_what_is_not_verified);
	tcase_add_test (tests, the_step_table_documents_itself);
	tcase_add_test (tests, the_step_table_says_what_may_be_watched_and_fits_the_screen);
	tcase_add_test (tests, a_release_goes_round_from_key_to_verified);
	tcase_add_test (tests, a_changed_release_is_not_valid);
	tcase_add_test (tests, another_key_does_not_verify_and_is_named_when_replaced);
	tcase_add_test (tests, keys_and_releases_are_never_overwritten);
	tcase_add_test (tests, a_raw_binary_needs_its_address);
	tcase_add_test (tests, numbers_of_a_release_are_checked);
	tcase_add_test (tests, what_assembly_recorded_is_shown);
	tcase_add_test (tests, the_same_list_again_changes_nothing);
	tcase_add_test (tests, a_cell_of_another_pack_refuses_the_whole_list);
	tcase_add_test (tests, a_label_scanned_in_another_s_place_is_refused);
	tcase_add_test (tests, another_cell_at_a_taken_position_is_refused);
	tcase_add_test (tests, a_replaced_cell_is_taken_out_with_a_reason_first);
	tcase_add_test (tests, one_unknown_part_keeps_all_of_them_in);
	tcase_add_test (tests, every_fault_of_a_list_of_cells_is_named_with_its_line);
	tcase_add_test (tests, a_wrong_number_of_cells_is_refused);
	tcase_add_test (tests, a_list_from_a_spreadsheet_is_read);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
