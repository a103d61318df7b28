/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include "tests/suite.h"
#include "ui/settings.h"
#include "ui/slot_choice.h"
#include "ui/tile_plan.h"
#include <string.h>

/* What can be known of many slots without a display: whose a code is, where a tile writes. */

/* A letter a slot: r ready, t testing, p passed, f failed, u unsafe, h held. */
static GPtrArray *
slots (const char *letters)
{
	GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)pl_snapshot_unref);

	for (guint i = 0; letters[i] != '\0'; i++) {
		PlSnapshot *s = pl_snapshot_new ();
		const char c = letters[i];

		s->slot = i;
		s->state = c == 'r'   ? PL_SLOT_READY
			   : c == 't' ? PL_SLOT_RUNNING
			   : c == 'p' ? PL_SLOT_PASSED
			   : c == 'f' ? PL_SLOT_FAILED
			   : c == 'h' ? PL_SLOT_HELD
				      : PL_SLOT_UNSAFE;
		g_ptr_array_add (all, s);
	}
	return all;
}

static const struct {
	const char *slots;
	int chosen;
	const char *code;
	PlChoiceKind kind;
	guint slot;
} choices[] = {
    {"r", -1, "P1", PL_CHOICE_GIVE, 0},
    {"t", -1, "P1", PL_CHOICE_RUNS, 0},
    /* of one slot the code of a slot is a code like any other */
    {"f", -1, "SLOT-1", PL_CHOICE_GIVE, 0},
    {"rr", -1, "P1", PL_CHOICE_WHICH, 0},
    {"rp", -1, "P1", PL_CHOICE_WHICH, 0},
    {"tr", -1, "P1", PL_CHOICE_GIVE, 1},
    {"ufhr", -1, "P1", PL_CHOICE_GIVE, 3},
    {"tt", -1, "P1", PL_CHOICE_NONE_FREE, 0},
    {"rrr", 1, "P1", PL_CHOICE_GIVE, 1},
    {"rtr", 1, "P1", PL_CHOICE_RUNS, 1},
    /* the slot itself says why it does not take it */
    {"rfr", 1, "P1", PL_CHOICE_GIVE, 1},
    {"rrr", -1, "SLOT-3", PL_CHOICE_CHOSEN, 2},
    {"rrr", 0, "SLOT-2", PL_CHOICE_CHOSEN, 1},
    {"rrr", -1, "SLOT-4", PL_CHOICE_NO_SUCH, 0},
    {"rrr", -1, "SLOT-0", PL_CHOICE_NO_SUCH, 0},
    {"rrr", 1, "SLOT-", PL_CHOICE_NO_SUCH, 0},
    {"rrr", 1, "SLOT-1x", PL_CHOICE_NO_SUCH, 0},
    {"rft", -1, "BIN", PL_CHOICE_GIVE, 1},
    {"ffr", -1, "BIN", PL_CHOICE_GIVE, 2},
    {"ffr", 0, "BIN", PL_CHOICE_GIVE, 0},
};

START_TEST (a_code_goes_to_the_chosen_slot_or_the_only_free_one_and_is_never_guessed)
{
	g_autoptr (GPtrArray) all = slots (choices[_i].slots);
	PlChoice choice = pl_slot_choose (all, choices[_i].chosen, choices[_i].code, "BIN");

	ck_assert_int_eq (choice.kind, choices[_i].kind);
	if (choice.kind <= PL_CHOICE_RUNS)
		ck_assert_uint_eq (choice.slot, choices[_i].slot);
}
END_TEST

/* -- where a tile writes ----------------------------------------------------------------------- */

static void
assert_inside (const PlTileLine *line, double width, double height)
{
	ck_assert_double_ge (line->x, 0);
	ck_assert_double_le (line->x + line->width, width);
	ck_assert_double_ge (line->y - 0.9 * line->size, 0);
	ck_assert_double_le (line->y + 0.2 * line->size, height);
}

START_TEST (every_line_of_a_tile_is_inside_it_and_below_the_one_before)
{
	static const double sizes[][2] = {{215, 112}, {120, 64},  {435, 236}, {890, 480},
					  {890, 976}, {300, 900}, {1800, 200}};
	double width = sizes[_i][0], height = sizes[_i][1], last;
	PlTilePlan plan;

	pl_tile_plan (&plan, width, height);
	assert_inside (&plan.number, width, height);
	assert_inside (&plan.word, width, height);
	assert_inside (&plan.serial, width, height);
	assert_inside (&plan.text, width, height);
	ck_assert_double_le (plan.number.y, plan.word.y - 0.9 * plan.word.size);
	ck_assert_double_le (plan.word.y, plan.serial.y - 0.9 * plan.serial.size);
	ck_assert_double_le (plan.serial.y, plan.text.y - 0.9 * plan.text.size);
	last = plan.text.y + 0.2 * plan.text.size;
	ck_assert_double_le (last + (plan.lines_with_bar - 1) * plan.step, plan.bar_y);
	ck_assert_double_le (last + (plan.lines - 1) * plan.step, height);
	ck_assert_double_le (plan.bar_y + plan.bar_height, height);
}
END_TEST

START_TEST (sixty_four_tiles_are_readable_on_a_screen_and_four_from_afar)
{
	PlTilePlan plan;

	pl_tile_plan (&plan, 208, 108);
	ck_assert_double_ge (plan.text.size, 15);
	ck_assert_double_ge (plan.word.size, 24);
	pl_tile_plan (&plan, 880, 470);
	ck_assert_double_ge (plan.word.size, 96);
	ck_assert_double_ge (plan.text.size, 30);
	ck_assert_uint_ge (plan.lines, 2);
}
END_TEST

/* -- a bench a slot ---------------------------------------------------------------------------- */

START_TEST (the_key_file_names_a_bench_a_slot_beside_itself)
{
	g_autofree char *dir = test_folder ();
	g_autofree char *file = g_build_filename (dir, "station.conf", NULL);
	g_autofree char *second = g_build_filename (dir, "b.yaml", NULL);
	const char *text = "[station]\nbench=/etc/a.yaml;b.yaml\nrecipe=r.yaml\n";
	PlSettings settings = {0};
	g_autoptr (GError) error = NULL;

	ck_assert (g_file_set_contents (file, text, -1, NULL));
	ck_assert_ok (pl_settings_load (&settings, file, &error), error);
	ck_assert_ok (pl_settings_check (&settings, &error), error);
	ck_assert_uint_eq (g_strv_length (settings.benches), 2);
	ck_assert_str_eq (settings.benches[0], "/etc/a.yaml");
	ck_assert_str_eq (settings.benches[1], second);
	pl_settings_clear (&settings);
}
END_TEST

START_TEST (benches_of_the_command_line_win_over_the_key_file)
{
	g_autofree char *dir = test_folder ();
	g_autofree char *file = g_build_filename (dir, "station.conf", NULL);
	const char *given[] = {"mine.yaml", NULL};
	PlSettings settings = {.benches = g_strdupv ((char **)given)};
	g_autoptr (GError) error = NULL;

	ck_assert (g_file_set_contents (file, "[station]\nbench=a.yaml;b.yaml\n", -1, NULL));
	ck_assert_ok (pl_settings_load (&settings, file, &error), error);
	ck_assert_uint_eq (g_strv_length (settings.benches), 1);
	ck_assert_str_eq (settings.benches[0], "mine.yaml");
	pl_settings_clear (&settings);
}
END_TEST

START_TEST (without_a_bench_the_station_says_what_is_missing)
{
	PlSettings settings = {.recipe = (char *)"r.yaml"};
	char *none[] = {NULL};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_settings_check (&settings, NULL));
	settings.benches = none;
	ck_assert (!pl_settings_check (&settings, &error));
	ck_assert_ptr_nonnull (strstr (error->message, "which bench?"));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-choice");
	TCase *tcase = tcase_create ("choice");

	tcase_add_loop_test (
	    tcase, a_code_goes_to_the_chosen_slot_or_the_only_free_one_and_is_never_guessed, 0,
	    G_N_ELEMENTS (choices));
	tcase_add_loop_test (tcase, every_line_of_a_tile_is_inside_it_and_below_the_one_before, 0,
			     7);
	tcase_add_test (tcase, sixty_four_tiles_are_readable_on_a_screen_and_four_from_afar);
	tcase_add_test (tcase, the_key_file_names_a_bench_a_slot_beside_itself);
	tcase_add_test (tcase, benches_of_the_command_line_win_over_the_key_file);
	tcase_add_test (tcase, without_a_bench_the_station_says_what_is_missing);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
