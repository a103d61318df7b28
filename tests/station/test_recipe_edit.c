/* SPDX-License-Identifier: Apache-2.0 */
#include "station/canonical.h"
#include "station/recipe_edit.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* What two recipes differ in, and figures changed in a recipe's text where they stand. */

#define HEAD "recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: \"P[0-9]+\"\n"
#define FIRST HEAD "main:\n"
#define BOND                                                                                       \
	"  - step: ground-bond\n    with: { current_a: 25, time_s: 5 }\n    limits:\n"             \
	"      resistance_ohm: { max: 0.1, source: UL 1973 }\n"
#define WARM                                                                                       \
	"  - step: temperatures\n    limits:\n"                                                    \
	"      ambient_difference_k: { max: 3, source: s }\n      spread_k: { max: 3, source: s "  \
	"}\n"
#define PARTS                                                                                      \
	"  - step: identify\n    limits:\n      cells_count: { min: 32, max: 32, source: s }\n"    \
	"      boards_count: { min: 1, max: 1, source: s }\n      grades_count: { max: 1, "        \
	"source: s }\n"
#define LAST "teardown:\n  - step: make-safe\n"

static PlRecipe *
parse (const char *text)
{
	g_autoptr (GError) error = NULL;
	PlRecipe *recipe = pl_recipe_parse (text, strlen (text), "r.yaml", &error);

	ck_assert_ok (recipe != NULL, error);
	return recipe;
}

static PlRecipe *
real (void)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes",
						  "pack-eol-32s.yaml", NULL);
	g_autoptr (GError) error = NULL;
	PlRecipe *recipe = pl_recipe_load (file, &error);

	ck_assert_ok (recipe != NULL, error);
	return recipe;
}

/* -- difference -------------------------------------------------------------------------------- */

/* One line a change: "kind step place before after". */
static char *
told (const char *from, const char *to)
{
	static const char *const kinds[] = {"added", "removed", "moved", "value"};
	g_autoptr (PlRecipe) old = parse (from);
	g_autoptr (PlRecipe) new = parse (to);
	g_autoptr (GPtrArray) changes = pl_recipe_diff (old, new);
	g_autoptr (GString) text = g_string_new (NULL);

	for (guint i = 0; i < changes->len; i++) {
		const PlRecipeChange *change = g_ptr_array_index (changes, i);
		g_autofree char *place = pl_recipe_change_place (change);
		g_autofree char *before = pl_recipe_change_value (change, change->before);
		g_autofree char *after = pl_recipe_change_value (change, change->after);

		g_string_append_printf (
		    text, "%s%s %s %s: %s, %s", i > 0 ? "; " : "", kinds[change->kind],
		    change->step != NULL ? change->step : "head", place, before, after);
	}
	return g_string_free (g_steal_pointer (&text), FALSE);
}

START_TEST (a_difference_is_told_by_step_and_place_with_old_and_new)
{
	g_autofree char *change =
	    told (FIRST BOND LAST, HEAD "requires: [before]\nmain:\n"
					"  - step: ground-bond\n    retries: 1\n"
					"    with: { current_a: 30 }\n"
					"    limits:\n"
					"      resistance_ohm: { max: 0.09, source: s }\n"
					"    watch:\n"
					"      current_a: { max: 33, source: s }\n" LAST);

	ck_assert_str_eq (change, "added head requires: -, before; "
				  "removed ground-bond parameter time_s: 5 s, -; "
				  "added ground-bond retries: -, 1; "
				  "value ground-bond parameter current_a: 25 A, 30 A; "
				  "value ground-bond limit resistance_ohm max: 0.1 ohm, 0.09 ohm; "
				  "value ground-bond limit resistance_ohm source: UL 1973, s; "
				  "added ground-bond watched limit current_a max: -, 33 A; "
				  "added ground-bond watched limit current_a source: -, s");
}
END_TEST

START_TEST (what_says_the_same_in_another_form_is_no_difference)
{
	g_autofree char *change = told (
	    FIRST BOND LAST,
	    "# more\nrecipe: r\ntitle: \"T\"\nversion: 1\nproduct: P\nserial: 'P[0-9]+'\nmain:\n"
	    "  - step: ground-bond\n    limits:\n"
	    "      resistance_ohm: { source: UL 1973, max: 1.0e-1 }\n"
	    "    with:\n      time_s: 5.0\n      current_a: 25 # amperes\n" LAST);

	ck_assert_str_eq (change, "");
}
END_TEST

START_TEST (of_steps_in_another_order_only_those_that_moved_are_told)
{
	g_autofree char *moved = told (FIRST BOND WARM PARTS LAST, FIRST WARM PARTS BOND LAST);
	g_autofree char *other = told (FIRST BOND WARM LAST, FIRST WARM PARTS LAST);

	ck_assert_str_eq (moved, "moved ground-bond step: 1, 3");
	ck_assert_str_eq (other, "removed ground-bond step: -, -; added identify step: -, -");
}
END_TEST

START_TEST (limits_that_look_alike_when_rounded_are_told_exactly)
{
	g_autofree char *change =
	    told (FIRST WARM LAST, FIRST "  - step: temperatures\n    limits:\n"
					 "      ambient_difference_k: { max: 3.00001, source: s }\n"
					 "      spread_k: { max: 3, source: s }\n" LAST);
	g_autofree char *words = pl_recipe_quantity (0.100004, "ohm");
	g_autofree char *plain = pl_recipe_quantity (0.1, "ohm");

	ck_assert_str_eq (change,
			  "value temperatures limit ambient_difference_k max: 3 K, 3.00001 K");
	ck_assert_str_eq (words, "0.100004 ohm");
	ck_assert_str_eq (plain, "100 mohm");
}
END_TEST

/* -- edit -------------------------------------------------------------------------------------- */

/* The lines in which two texts differ; -1 where they have not the same number of lines. */
static int
lines_changed (const char *a, const char *b)
{
	g_auto (GStrv) old = g_strsplit (a, "\n", -1);
	g_auto (GStrv) new = g_strsplit (b, "\n", -1);
	int n = 0;

	if (g_strv_length (old) != g_strv_length (new))
		return -1;
	for (guint i = 0; old[i] != NULL; i++)
		n += !g_str_equal (old[i], new[i]);
	return n;
}

/* Just inside what it was, so that no check of the recipe minds. */
static char *
other_value (const PlRecipeFact *fact)
{
	double value = g_ascii_strtod (fact->value, NULL);

	if (g_strcmp0 (fact->key, "source") == 0)
		return g_strdup ("plant's \"own\": a, b # c");
	return pl_decimal_text (g_str_equal (fact->key, "min") ? value - fabs (value) / 64
							       : value - fabs (value) / 128);
}

static gboolean
is_editable (const PlRecipeFact *fact)
{
	return g_strcmp0 (fact->key, "min") == 0 || g_strcmp0 (fact->key, "max") == 0 ||
	       g_strcmp0 (fact->key, "source") == 0;
}

static PlRecipe *
edit_one (const PlRecipe *recipe, const char *step, const PlRecipeFact *fact, const char *value)
{
	PlRecipeEdit edit = {step, fact->part, fact->name, fact->key, value};
	g_autoptr (GError) error = NULL;
	PlRecipe *edited = pl_recipe_edit (recipe, recipe->version + 1, &edit, 1, &error);

	ck_assert_msg (edited != NULL, "%s %s %s = %s: %s", step, fact->name, fact->key, value,
		       error != NULL ? error->message : "");
	return edited;
}

/* 0 and bounds that are one figure given twice cannot be moved alone. */
static gboolean
can_move (const PlRecipeStep *step, const PlRecipeFact *fact)
{
	GHashTable *table = g_str_equal (fact->part, "watch") ? step->watch : step->limits;
	const PlLimit *limit = g_hash_table_lookup (table, fact->name);

	if (g_str_equal (fact->key, "source"))
		return TRUE;
	return fabs (g_ascii_strtod (fact->value, NULL)) > 0 &&
	       (g_str_equal (fact->key, "min") || !(limit->min >= limit->max));
}

START_TEST (each_limit_of_the_real_recipe_can_be_changed_and_changes_its_line_only)
{
	g_autoptr (PlRecipe) recipe = real ();
	guint tried = 0;

	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);
		g_autoptr (GPtrArray) facts = pl_recipe_facts (recipe, step);

		for (guint f = 0; f < facts->len; f++) {
			const PlRecipeFact *fact = g_ptr_array_index (facts, f);
			g_autofree char *value = NULL;
			g_autoptr (PlRecipe) edited = NULL;
			g_autoptr (GPtrArray) changes = NULL;

			if (!is_editable (fact) || !can_move (step, fact))
				continue;
			value = other_value (fact);
			edited = edit_one (recipe, step->id, fact, value);
			changes = pl_recipe_diff (recipe, edited);
			ck_assert_uint_eq (changes->len, 2);
			ck_assert_int_eq (lines_changed (recipe->text, edited->text), 2);
			ck_assert_uint_eq (edited->version, recipe->version + 1);
			ck_assert_str_ne (edited->hash, recipe->hash);
			tried++;
		}
	}
	/* 86 limits and watches with their sources: none has been left out in silence */
	ck_assert_uint_ge (tried, 150);
}
END_TEST

START_TEST (a_change_taken_back_gives_the_text_that_was)
{
	g_autoptr (PlRecipe) recipe = real ();
	PlRecipeEdit there = {"leak", "limits", "decay_pa", "max", "45.5"};
	PlRecipeEdit back = {"leak", "limits", "decay_pa", "max", "50"};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 2, &there, 1, &error);
	g_autoptr (PlRecipe) again = NULL;

	ck_assert_ok (edited != NULL, error);
	again = pl_recipe_edit (edited, 1, &back, 1, &error);
	ck_assert_ok (again != NULL, error);
	ck_assert_str_eq (again->text, recipe->text);
	ck_assert_str_eq (again->hash, recipe->hash);
}
END_TEST

START_TEST (several_figures_are_changed_at_once)
{
	g_autoptr (PlRecipe) recipe = real ();
	const PlRecipeEdit edits[] = {
	    {"set-soc", "watch", "temperature_degc", "max", "50"},
	    {"ground-bond", "limits", "resistance_ohm", "max", "0.09"},
	    {"ground-bond", "limits", "resistance_ohm", "source", "plant: tighter"},
	    {"ground-bond", "with", "time_s", NULL, "6"},
	    {"insulation", "with", "voltage_v", NULL, "600"},
	    {"flash", "with", "verify", NULL, "crc-and-version"},
	};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 7, edits, 5, &error);
	g_autoptr (PlRecipe) bad = NULL;

	ck_assert_ok (edited != NULL, error);
	ck_assert_int_eq (lines_changed (recipe->text, edited->text), 5);
	ck_assert_uint_eq (edited->version, 7);
	ck_assert_ptr_nonnull (
	    strstr (edited->text, "with: { current_a: 25, time_s: 6, tester_limit_ohm: 0.1 }"));
	ck_assert_ptr_nonnull (
	    strstr (edited->text, "resistance_ohm: { max: 0.09, source: \"plant: tighter\" }"));
	/* a word that the step table does not know is refused by the recipe's own check */
	bad = pl_recipe_edit (recipe, 7, edits, 6, &error);
	ck_assert_ptr_null (bad);
	ck_assert_err (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_CHECK);
}
END_TEST

/* Forms that people write; %s is where the edited figure stands. */
static const struct {
	const char *limit, *value;
} forms[] = {
    {"      spread_k: { max: 3, source: s }\n", "2.5"},
    {"      spread_k: {max: 3,source: s}\n", "2.5"},
    {"      spread_k:   { source: \"max: 4\", max:   3   }   # max: 9\n", "2.5"},
    {"      \"spread_k\": { 'source': 'it''s max: 4', \"max\": 3 }\n", "2.5"},
    {"      spread_k: { max: 3,\n        source: s }\n", "2.5"},
    {"      spread_k:\n        max: 3   # max: 9\n        source: s\n", "2.5"},
    {"      spread_k:   # max: 9\n\n        # max: 8\n        source: \"max: 7\"\n"
     "        max: 3\n",
     "2.5"},
};

START_TEST (every_form_in_which_a_limit_is_written_is_edited_in_place)
{
	g_autofree char *text = g_strconcat (
	    FIRST,
	    "  - step: temperatures\n    limits:\n"
	    "      ambient_difference_k: { max: 3, source: s } # spread_k: { max: 1 }\n",
	    forms[_i].limit, LAST, NULL);
	g_autoptr (PlRecipe) recipe = parse (text);
	PlRecipeEdit edit = {"temperatures", "limits", "spread_k", "max", forms[_i].value};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 2, &edit, 1, &error);

	ck_assert_ok (edited != NULL, error);
	ck_assert_int_eq (lines_changed (text, edited->text), 2);
	ck_assert_ptr_nonnull (strstr (edited->text, "# spread_k: { max: 1 }"));
}
END_TEST

/* Nothing is guessed: what is written otherwise stays, and the message says where it stands. */
static const char *const refused[] = {
    "      ? spread_k\n      : { max: 3, source: s }\n",
    "      spread_k: { source: s,\n        max: 3 }\n",
    "      spread_k:\n        { max: 3, source: s }\n",
};

START_TEST (other_forms_are_refused_with_file_and_line)
{
	g_autofree char *text = g_strconcat (FIRST,
					     "  - step: temperatures\n    limits:\n"
					     "      ambient_difference_k: { max: 3, source: s }\n",
					     refused[_i], LAST, NULL);
	g_autoptr (PlRecipe) recipe = parse (text);
	PlRecipeEdit edit = {"temperatures", "limits", "spread_k", "max", "2.5"};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 2, &edit, 1, &error);

	ck_assert_ptr_null (edited);
	ck_assert_err (error, PL_RECIPE_EDIT_ERROR, PL_RECIPE_EDIT_ERROR_FORM);
	ck_assert_msg (g_str_has_prefix (error->message, "r.yaml:10: ") &&
			   strstr (error->message, "change the file") != NULL,
		       "%s", error->message);
}
END_TEST

static const struct {
	PlRecipeEdit edit;
	const char *said;
} faulty[] = {
    {{"leak", "limits", "decay_pa", "max", "loose"}, "\"loose\" is not a number"},
    {{"leak", "limits", "decay_pa", "max", "nan"}, "not a number"},
    {{"leak", "limits", "decay_pa", "max", "0x20"}, "not a number"},
    {{"leak", "limits", "decay_pa", "max", "5, min: -900"}, "not a number"},
    {{"leak", "limits", "decay_pa", "max", ""}, "not a number"},
    {{"leak", "limits", "decay_pa", "max", "50.0"}, "is 50 already"},
    {{"leak", "limits", "decay_pa", "max", "-30"}, "min -20 is above max -30"},
    {{"leak", "limits", "decay_pa", "source", " "}, "is empty"},
    {{"leak", "limits", "decay_pa", "source", "a\nmax: 3"}, "control characters"},
    {{"leak", "limits", "decay_pa", "equals", "1"}, "has no limits decay_pa equals"},
    {{"leak", "limits", "no_such", "max", "1"}, "has no limits no_such"},
    {{"no-such", "limits", "decay_pa", "max", "1"}, "of step \"no-such\""},
    {{"leak", "with", "fill_s", NULL, "-1"}, "allowed is"},
    {{"temperatures", "limits", "spread_k", "max", "1e9"}, "impossible"},
};

START_TEST (an_edit_that_is_wrong_is_refused_with_its_reason)
{
	g_autoptr (PlRecipe) recipe = real ();
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 2, &faulty[_i].edit, 1, &error);

	ck_assert_ptr_null (edited);
	ck_assert_msg (strstr (error->message, faulty[_i].said) != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_figure_that_is_edited_twice_at_once_is_refused)
{
	g_autoptr (PlRecipe) recipe = real ();
	const PlRecipeEdit edits[] = {{"leak", "limits", "decay_pa", "max", "40"},
				      {"leak", "limits", "decay_pa", "max", "41"}};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited = pl_recipe_edit (recipe, 2, edits, 2, &error);

	ck_assert_ptr_null (edited);
	ck_assert_err (error, PL_RECIPE_EDIT_ERROR, PL_RECIPE_EDIT_ERROR_FORM);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-recipe-edit");
	TCase *tcase = tcase_create ("recipe-edit");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_difference_is_told_by_step_and_place_with_old_and_new);
	tcase_add_test (tcase, what_says_the_same_in_another_form_is_no_difference);
	tcase_add_test (tcase, of_steps_in_another_order_only_those_that_moved_are_told);
	tcase_add_test (tcase, limits_that_look_alike_when_rounded_are_told_exactly);
	tcase_add_test (tcase,
			each_limit_of_the_real_recipe_can_be_changed_and_changes_its_line_only);
	tcase_add_test (tcase, a_change_taken_back_gives_the_text_that_was);
	tcase_add_test (tcase, several_figures_are_changed_at_once);
	tcase_add_loop_test (tcase, every_form_in_which_a_limit_is_written_is_edited_in_place, 0,
			     G_N_ELEMENTS (forms));
	tcase_add_loop_test (tcase, other_forms_are_refused_with_file_and_line, 0,
			     G_N_ELEMENTS (refused));
	tcase_add_loop_test (tcase, an_edit_that_is_wrong_is_refused_with_its_reason, 0,
			     G_N_ELEMENTS (faulty));
	tcase_add_test (tcase, a_figure_that_is_edited_twice_at_once_is_refused);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
