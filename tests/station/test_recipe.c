/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

/* Recipes: what is right is taken as it stands, what is wrong is told with file, line and what is
 * allowed. */

#define HEAD "recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: \"P[0-9]+\"\n"
#define MAIN HEAD "main:\n"
/* lines 7 .. 11 */
#define IDENTIFY                                                                                   \
	"  - step: identify\n    limits:\n      cells_count: { min: 32, max: 32, source: s }\n"    \
	"      boards_count: { min: 1, max: 1, source: s }\n      grades_count: { max: 1, "        \
	"source: s }\n"
#define TEARDOWN "teardown:\n  - step: make-safe\n"

static PlRecipe *
parse (const char *text, GError **error)
{
	return pl_recipe_parse (text, strlen (text), "r.yaml", error);
}

static PlRecipe *
parse_good (const char *text)
{
	g_autoptr (GError) error = NULL;
	PlRecipe *recipe = parse (text, &error);

	ck_assert_ok (recipe != NULL, error);
	return recipe;
}

static const PlRecipeStep *
step_at (const PlRecipe *recipe, guint i)
{
	ck_assert_uint_lt (i, recipe->steps->len);
	return g_ptr_array_index (recipe->steps, i);
}

/* -- what is right ----------------------------------------------------------------------------- */

START_TEST (a_good_recipe_is_taken_as_it_stands)
{
	g_autoptr (PlRecipe) recipe =
	    parse_good (HEAD "requires: [before, other]\n"
			     "setup:\n"
			     "  - step: fixture-close\n"
			     "    with: { wake_s: 1.5 }\n"
			     "    retries: 2\n"
			     "main:\n"
			     "  - step: ground-bond\n"
			     "    id: bond\n"
			     "    title: Ground\n"
			     "    label: type\n"
			     "    clause: UL 1973 40.3\n"
			     "    on_fail: continue\n"
			     "    when: [production, golden]\n"
			     "    unverified: [current_a, resistance_ohm]\n"
			     "    waivable: true\n"
			     "    limits:\n"
			     "      resistance_ohm: { max: 0.1, source: UL 1973 }\n"
			     "    watch:\n"
			     "      current_a: { max: 30, source: plant default }\n" TEARDOWN);
	const PlRecipeStep *close = step_at (recipe, 0), *bond = step_at (recipe, 1);
	const PlLimit *limit = pl_recipe_step_limit (bond, "resistance_ohm");

	ck_assert_uint_eq (recipe->steps->len, 3);
	ck_assert_str_eq (recipe->name, "r");
	ck_assert_uint_eq (recipe->version, 1);
	ck_assert_str_eq (recipe->requires[1], "other");
	ck_assert_str_eq (close->id, "fixture-close");
	ck_assert_str_eq (close->title, "Close the fixture");
	ck_assert_int_eq (close->phase, PL_PHASE_SETUP);
	ck_assert_str_eq (g_hash_table_lookup (close->params, "wake_s"), "1.5");
	ck_assert_uint_eq (close->retries, 2);
	ck_assert (close->routine && !close->waivable && close->when == NULL &&
		   close->on_fail == PL_ON_FAIL_STOP);
	ck_assert_str_eq (bond->id, "bond");
	ck_assert_int_eq (bond->phase, PL_PHASE_MAIN);
	ck_assert (!bond->routine && bond->waivable && bond->on_fail == PL_ON_FAIL_CONTINUE);
	ck_assert_str_eq (bond->clause, "UL 1973 40.3");
	ck_assert_str_eq (bond->when[1], "golden");
	ck_assert_str_eq (bond->unverified[1], "resistance_ohm");
	ck_assert_double_eq (limit->max, 0.1);
	ck_assert (isnan (limit->min));
	ck_assert_str_eq (limit->source, "UL 1973");
	ck_assert_ptr_nonnull (g_hash_table_lookup (bond->watch, "current_a"));
}
END_TEST

START_TEST (a_recipe_is_for_a_pack_unless_it_says_that_it_is_for_a_cell)
{
	g_autoptr (PlRecipe) pack = parse_good (HEAD "main:\n" IDENTIFY);
	g_autoptr (PlRecipe) cell =
	    parse_good (HEAD "unit: cell\nrated_ah: 104.5\nmain:\n" IDENTIFY);

	ck_assert_str_eq (pack->unit, "pack");
	ck_assert_double_eq (pack->rated_ah, 0);
	ck_assert_str_eq (cell->unit, "cell");
	ck_assert_double_eq (cell->rated_ah, 104.5);
}
END_TEST

START_TEST (the_hash_is_the_sha_256_of_the_bytes)
{
	g_autoptr (PlRecipe) a = parse_good (MAIN IDENTIFY),
			     b = parse_good (MAIN IDENTIFY "# a word\n");
	g_autofree char *right =
	    g_compute_checksum_for_string (G_CHECKSUM_SHA256, MAIN IDENTIFY, -1);

	ck_assert_str_eq (a->hash, right);
	ck_assert_str_ne (a->hash, b->hash);
	ck_assert_str_eq (a->text, MAIN IDENTIFY);
}
END_TEST

START_TEST (a_limit_with_a_star_stands_for_all_that_begin_so_unless_they_have_their_own)
{
	g_autoptr (PlRecipe) recipe = parse_good (
	    MAIN "  - step: insulation\n"
		 "    limits:\n"
		 "      resistance_ohm_*: { min: 2e7, source: s }\n"
		 "      resistance_ohm_comms-chassis: { min: 1e6, source: s }\n" TEARDOWN);
	const PlRecipeStep *step = step_at (recipe, 0);

	ck_assert_double_eq (pl_recipe_step_limit (step, "resistance_ohm_pos-chassis")->min, 2e7);
	ck_assert_double_eq (pl_recipe_step_limit (step, "resistance_ohm_comms-chassis")->min, 1e6);
	ck_assert_ptr_null (pl_recipe_step_limit (step, "resistance"));
}
END_TEST

START_TEST (a_star_covers_every_row_of_the_table_that_begins_so)
{
	g_autoptr (PlRecipe) recipe = parse_good (
	    MAIN "  - step: dcir\n    limits:\n      pack_ohm_*: { max: 0.04, source: s }\n"
		 "      cell_deviation_percent_*: { max: 15, source: s }\n"
		 "      busbar_excess_ohm_*: { max: 0.0001, source: s }\n" TEARDOWN);

	ck_assert_double_eq (pl_recipe_step_limit (step_at (recipe, 0), "pack_ohm_charge")->max,
			     0.04);
}
END_TEST

START_TEST (the_whole_code_must_be_a_serial_not_only_its_beginning)
{
	static const struct {
		const char *format, *serial;
		gboolean taken;
	} cases[] = {
	    {"P[0-9]{4}", "P0001", TRUE},    {"P[0-9]{4}", "P00011", FALSE},
	    {"P[0-9]{4}", "P000", FALSE},    {"P[0-9]{4}", "XP0001", FALSE},
	    {"P[0-9]{4}", "P0001\n", FALSE}, {"P[0-9]{4}", "", FALSE},
	    {"P1|P12", "P12", TRUE}, /* the first alternative fits only its beginning */
	    {"P[0-9]+", "P\xff", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlRecipe recipe = {.serial_format = (char *)cases[i].format};

		ck_assert_msg (pl_recipe_takes_serial (&recipe, cases[i].serial) == cases[i].taken,
			       "%s %s", cases[i].format, cases[i].serial);
	}
}
END_TEST

static void
load_good (const char *name)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_SOURCE"), name, NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (file, &error);

	ck_assert_ok (recipe != NULL, error);
}

START_TEST (the_recipes_that_ship_load)
{
	load_good ("data/recipes/pack-eol-32s.yaml");
	load_good ("data/recipes/pack-rework-32s.yaml");
	load_good ("data/recipes/cell-formation-100ah.yaml");
	load_good ("data/recipes/cell-capacity-retest.yaml");
}
END_TEST

/* The words of an operator's screen in the other language: none is forgotten. */
START_TEST (every_title_and_prompt_of_the_recipes_that_ship_has_its_chinese)
{
	static const char *const names[] = {"pack-eol-32s.yaml", "pack-rework-32s.yaml",
					    "cell-formation-100ah.yaml",
					    "cell-capacity-retest.yaml"};
	static const char *const words[] = {"sentence", "reasons"};
	g_autofree char *file =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "data", "recipes", names[_i], NULL);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (file, &error);

	ck_assert_ok (recipe != NULL, error);
	ck_assert_str_ne (pl_recipe_title (recipe, "zh_CN"), recipe->title);
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		ck_assert_msg (g_strcmp0 (pl_recipe_step_title (step, "zh_CN"), step->title) != 0,
			       "step %s", step->id);
		ck_assert_str_eq (pl_recipe_step_title (step, "en"), step->title);
		for (guint k = 0; k < G_N_ELEMENTS (words); k++)
			ck_assert_msg (
			    g_hash_table_lookup (step->params, words[k]) == NULL ||
				g_strcmp0 (pl_recipe_step_words (step, words[k], "zh_CN"),
					   pl_recipe_step_words (step, words[k], "en")) != 0,
			    "step %s: %s", step->id, words[k]);
	}
}
END_TEST

/* The first block that is marked as YAML. */
START_TEST (the_example_of_the_documentation_loads)
{
	g_autofree char *file =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "docs/recipes.md", NULL);
	g_autofree char *text = NULL;
	g_autoptr (PlRecipe) recipe = NULL;
	char *begin, *end;

	ck_assert (g_file_get_contents (file, &text, NULL, NULL));
	begin = strstr (text, "```yaml\n");
	ck_assert_ptr_nonnull (begin);
	begin += strlen ("```yaml\n");
	end = strstr (begin, "```");
	ck_assert_ptr_nonnull (end);
	*end = '\0';
	recipe = parse_good (begin);
	ck_assert_uint_ge (recipe->steps->len, 4);
}
END_TEST

/* -- what is wrong: every class of it, by its exact words -------------------------------------- */

static const struct {
	const char *text;
	const char *says; /* a whole line of the error, or its beginning */
} bad[] = {
    /* the file */
    {"", "r.yaml:1: a recipe: nothing stands here where a map is needed"},
    {"a: [", "r.yaml:"},
    {"a: 1\na: 2\n", "r.yaml:2:"},
    /* the head */
    {MAIN IDENTIFY "mian: []\n",
     "r.yaml:12: unknown key \"mian\" (did you mean \"main\"?); allowed are recipe, version, "
     "title, title-zh_CN, product, unit, rated_ah, serial, requires, setup, main, teardown"},
    {"version: 1\ntitle: T\nproduct: P\nserial: \"P\"\nmain:\n" IDENTIFY,
     "r.yaml:1: key \"recipe\" is missing"},
    {"recipe: a/b\nversion: 1\ntitle: T\nproduct: P\nserial: \"P\"\nmain:\n" IDENTIFY,
     "r.yaml:1: recipe is \"a/b\"; letters, digits and - _ . are allowed"},
    {"recipe: r\nversion: 1\ntitle: T\nproduct: ../P\nserial: \"P\"\nmain:\n" IDENTIFY,
     "r.yaml:4: product is \"../P\""},
    {"recipe: r\nversion: one\ntitle: T\nproduct: P\nserial: \"P\"\nmain:\n" IDENTIFY, "r.yaml:2:"},
    {"recipe: r\nversion: 1\ntitle: \"\"\nproduct: P\nserial: \"P\"\nmain:\n" IDENTIFY,
     "r.yaml:3: title is empty"},
    {"recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: \"P[\"\nmain:\n" IDENTIFY,
     "r.yaml:5: serial is not a regular expression: "},
    {"recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: \"a)|(b\"\nmain:\n" IDENTIFY,
     "r.yaml:5: serial is not a regular expression: "},
    {"recipe: r\nversion: 1\ntitle: T\nproduct: P\nserial: \"P*\"\nmain:\n" IDENTIFY,
     "r.yaml:5: serial \"P*\" also takes an empty code"},
    {HEAD "unit: module\nmain:\n" IDENTIFY, "r.yaml:6: "},
    {HEAD "rated_ah: -1\nmain:\n" IDENTIFY, "r.yaml:6: "},
    {HEAD "requires: [r]\nmain:\n" IDENTIFY, "r.yaml:6: a recipe cannot require itself"},
    {HEAD "requires: { a: b }\nmain:\n" IDENTIFY, "r.yaml:6: a word or a list of words"},
    {HEAD "setup:\n  - step: fixture-close\n",
     "r.yaml:1: no step in main: such a recipe would pass anything"},
    {HEAD "main: identify\n", "r.yaml:6: a list of steps"},
    /* steps */
    {MAIN "  - identify\n",
     "r.yaml:7: a step ({ step: TYPE, ... }): a scalar stands here where a map is needed"},
    {MAIN "  - step: hiptot\n",
     "r.yaml:7: unknown step \"hiptot\" (did you mean \"hipot\"?); known are bench-ready, "},
    {MAIN "  - title: T\n", "r.yaml:7: key \"step\" is missing"},
    {MAIN IDENTIFY "    titel: T\n",
     "r.yaml:12: unknown key \"titel\" (did you mean \"title\"?); allowed are id, step, "},
    {MAIN IDENTIFY "    id: a b\n", "r.yaml:12: id is \"a b\""},
    {MAIN IDENTIFY IDENTIFY,
     "r.yaml:12: step \"identify\": this id is used twice; give each step its own id"},
    {MAIN IDENTIFY "    label: rutine\n", "r.yaml:12: \"rutine\": allowed are type, routine"},
    {MAIN IDENTIFY "    on_fail: go\n", "r.yaml:12: \"go\": allowed are stop, continue"},
    {MAIN IDENTIFY "    waivable: yes\n", "r.yaml:12: \"yes\": allowed are false, true"},
    {MAIN IDENTIFY "    retries: 6\n", "r.yaml:12:"},
    {MAIN IDENTIFY "    retries: -1\n", "r.yaml:12:"},
    {MAIN IDENTIFY "    when: prodction\n", "r.yaml:12: step \"identify\": when \"prodction\" (did "
					    "you mean \"production\"?); allowed are production, "
					    "engineering, golden, simulated"},
    {MAIN IDENTIFY "    unverified: voltage_v\n",
     "r.yaml:12: step \"identify\": unverified \"voltage_v\" is neither a parameter nor a limit of "
     "it; parameters are none"},
    /* parameters */
    {MAIN IDENTIFY "    with: { a: 1 }\n",
     "r.yaml:12: step \"identify\": unknown parameter a; identify takes none"},
    {MAIN "  - step: leak\n    with:\n      time: 3\n",
     "r.yaml:9: step \"leak\": unknown parameter time (did you mean \"time_s\"?); leak takes "
     "fill_s, settle_s, time_s, "
     "least_pressure_pa"},
    {MAIN "  - step: leak\n    with:\n      time_s: long\n",
     "r.yaml:9: step \"leak\": parameter time_s is \"long\", not a number; allowed is 1 to 3600"},
    {MAIN "  - step: leak\n    with:\n      time_s: nan\n",
     "r.yaml:9: step \"leak\": parameter time_s is \"nan\", not a"},
    {MAIN "  - step: leak\n    with:\n      time_s: 0.5\n",
     "r.yaml:9: step \"leak\": parameter time_s is 0.5; allowed is 1 to 3600"},
    {MAIN "  - step: leak\n    with:\n      time_s: [1, 2]\n",
     "r.yaml:9: step \"leak\": parameter time_s is a list; one number is needed"},
    {MAIN "  - step: leak\n    with:\n      time_s: { a: 1 }\n",
     "r.yaml:9: a word or a list of words"},
    {MAIN "  - step: leak\n    with: 3\n", "r.yaml:8: parameters by name"},
    {MAIN "  - step: balancing\n    with:\n      groups: 2.5\n",
     "r.yaml:9: step \"balancing\": parameter groups is 2.5; a whole number is needed"},
    {MAIN "  - step: hipot\n    with:\n      mode: dd\n",
     "r.yaml:9: step \"hipot\": parameter mode is \"dd\" (did you mean \"dc\"?); allowed are ac, "
     "dc"},
    {MAIN "  - step: hipot\n    with:\n      mode: [ac, dc]\n",
     "r.yaml:9: step \"hipot\": parameter mode is a list; one word is needed"},
    {MAIN "  - step: hipot\n    with:\n      routes: [hv-chasis]\n",
     "r.yaml:9: step \"hipot\": parameter routes is \"hv-chasis\" (did you mean \"hv-chassis\"?); "
     "allowed are pos-chassis, "},
    {MAIN "  - step: hipot\n    with:\n      routes: [hv-lv, hv-lv]\n",
     "r.yaml:9: step \"hipot\": parameter routes has \"hv-lv\" twice"},
    {MAIN "  - step: hipot\n    with:\n      routes: []\n",
     "r.yaml:9: step \"hipot\": parameter routes is empty; "},
    {MAIN "  - step: hipot\n",
     "r.yaml:7: step \"hipot\": parameter voltage_v is missing (test voltage)"},
    /* limits */
    {MAIN "  - step: identify\n",
     "r.yaml:7: step \"identify\": no limit for cells_count (cells built into the pack); a "
     "required measurement is never left unjudged"},
    {MAIN "  - step: hipot\n", "r.yaml:7: step \"hipot\": no limit for breakdown_hv-lv ("},
    {MAIN
     "  - step: insulation\n    limits:\n      resistance_ohm_pos-chassis: { min: 1, source: s }\n",
     "r.yaml:7: step \"insulation\": no limit for resistance_ohm_neg-chassis ("},
    {MAIN IDENTIFY "      cell_count: { max: 3, source: s }\n",
     "r.yaml:12: step \"identify\": limit for cell_count, which identify does not measure (did you "
     "mean \"cells_count\"?); "
     "it measures cells_count, boards_count, grades_count, entry"},
    {MAIN "  - step: insulation\n    limits:\n      resistance_ohm_hv-lv: { min: 1, source: s }\n",
     "r.yaml:9: step \"insulation\": limit for resistance_ohm_hv-lv, but this step's routes are "
     "pos-chassis, neg-chassis, "
     "comms-chassis"},
    {MAIN IDENTIFY "      entry: { min: 1, source: s }\n",
     "r.yaml:12: step \"identify\": limit of entry: it is text, use equals"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { equals: many, source: s }\n",
     "r.yaml:9: step \"identify\": limit of cells_count: it is a number, use min and max"},
    {MAIN IDENTIFY "      entry: { equals: scanned, min: 1, source: s }\n",
     "r.yaml:12: step \"identify\": limit of entry has equals besides min or max; give one kind"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { min: 33, max: 32, source: s }\n",
     "r.yaml:9: step \"identify\": limit of cells_count is impossible: min 33 is above max 32"},
    {MAIN "  - step: cell-voltages\n    limits:\n      cell_spread_v: { max: 20, source: s }\n",
     "r.yaml:9: step \"cell-voltages\": limit of cell_spread_v is impossible: a bound lies outside "
     "0 to 5 V, which is all "
     "it can be"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { max: 32 }\n",
     "r.yaml:9: key \"source\" is missing"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { max: 32, source: \"\" }\n",
     "r.yaml:9: source is empty"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { source: s }\n",
     "r.yaml:9: a limit without a bound judges nothing; give min, max or equals"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { max: many, source: s }\n",
     "r.yaml:9:"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { max: .inf, source: s }\n",
     "r.yaml:9:"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: { maks: 1, source: s }\n",
     "r.yaml:9: unknown key \"maks\" (did you mean \"max\"?); allowed are min, max, equals, "
     "source"},
    {MAIN "  - step: identify\n    limits:\n      cells_count: 32\n",
     "r.yaml:9: a limit ({ min, max or equals, source })"},
    {MAIN "  - step: identify\n    limits: 32\n", "r.yaml:8: limits by name"},
    {MAIN "  - step: dcir\n    limits:\n      pack_ohm_*: { max: 40, source: s }\n",
     "r.yaml:9: step \"dcir\": limit of pack_ohm_* is impossible: a bound lies outside -10 to 10 "
     "ohm"},
    {MAIN "  - step: dcir\n    limits:\n      pack_om_*: { max: 4, source: s }\n",
     "r.yaml:9: step \"dcir\": limit for pack_om_*, which dcir does not measure"},
    /* watch */
    {MAIN "  - step: leak\n    watch:\n      presure_pa: { min: 1, source: s }\n",
     "r.yaml:9: step \"leak\": presure_pa cannot be watched (did you mean \"pressure_pa\"?); leak "
     "samples pressure_pa"},
    {MAIN IDENTIFY "    watch:\n      x: { min: 1, source: s }\n",
     "r.yaml:13: step \"identify\": x cannot be watched; identify samples nothing"},
    {MAIN "  - step: leak\n    watch:\n      pressure_pa: { min: 2, max: 1, source: s }\n",
     "r.yaml:9: step \"leak\": limit of pressure_pa is impossible: min 2 is above max 1"},
    {MAIN "  - step: leak\n    watch:\n      pressure_pa: { equals: x, source: s }\n",
     "r.yaml:9: step \"leak\": watched limit of pressure_pa: samples are numbers, use min and max"},
    /* groups */
    {MAIN "  - { step: hipot, group: g }\n",
     "r.yaml:7: step \"hipot\": high voltage: nothing may run beside it; take it "
     "out of group g"},
    {MAIN "  - { step: leak, group: g }\n",
     "r.yaml:7: step \"leak\": it drives the PLC and so cannot be in a group"},
    {MAIN "  - { step: label, group: g }\n",
     "r.yaml:7: step \"label\": it needs the whole bench or all results before it; "},
    {MAIN "  - { step: balancing, group: g }\n  - { step: temperatures, group: g }\n",
     "r.yaml:8: step \"temperatures\": group g: \"balancing\" uses the same instrument"},
    {MAIN
     "  - { step: balancing, group: g }\n  - { step: leak }\n  - { step: identify, group: g }\n",
     "r.yaml:9: step \"identify\": group g is not contiguous; put its steps one after the other"},
    {MAIN "  - { step: balancing, group: g }\nteardown:\n  - { step: identify, group: g }\n",
     "r.yaml:9: step \"identify\": group g spans two phases; a group stands in one"},
    /* teardown */
    {MAIN "  - step: ground-bond\n",
     "r.yaml:7: step \"ground-bond\": it energises, but teardown has no step make-safe "
     "(without when); add one"},
    {MAIN "  - step: ground-bond\nteardown:\n  - { step: make-safe, when: production }\n",
     "r.yaml:7: step \"ground-bond\": it energises, but teardown has no step make-safe"},
};

static gboolean
says (const char *message, const char *line)
{
	const char *at = strstr (message, line);

	return at != NULL && (at == message || at[-1] == '\n');
}

START_TEST (every_fault_is_told_with_its_line_and_what_is_allowed)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = parse (bad[_i].text, &error);
	gboolean found;

	ck_assert_msg (recipe == NULL, "case %d was taken", _i);
	ck_assert_err (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_CHECK);
	found = says (error->message, bad[_i].says);
	g_strdelimit (error->message, "\n", '|');
	ck_assert_msg (found, "no line of %s is %s", error->message, bad[_i].says);
}
END_TEST

START_TEST (all_faults_are_told_in_one_go_in_the_order_of_the_file)
{
	static const char text[] = "recipe: r\n"
				   "version: 0\n"
				   "product: P\n"
				   "serial: \"P[\"\n"
				   "colour: red\n"
				   "main:\n"
				   "  - step: nothing\n"
				   "  - step: leak\n"
				   "    retries: many\n"
				   "    with:\n"
				   "      fill_s: 0\n"
				   "      settel_s: 3\n"
				   "    limits:\n"
				   "      start_pressure_pa: { min: 3, max: 2, source: s }\n"
				   "      decay_pa: { max: 3 }\n"
				   "    watch:\n"
				   "      temperature: { max: 3, source: s }\n"
				   "    when: never\n";
	static const guint lines[] = {1, 2, 4, 5, 7, 9, 11, 12, 14, 15, 17, 18};
	g_autoptr (GError) error = NULL;
	g_auto (GStrv) told = NULL;

	ck_assert_ptr_null (parse (text, &error));
	told = g_strsplit (error->message, "\n", -1);
	ck_assert_msg (g_strv_length (told) == G_N_ELEMENTS (lines), "%s", error->message);
	for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
		g_autofree char *begin = g_strdup_printf ("r.yaml:%u: ", lines[i]);

		ck_assert_msg (g_str_has_prefix (told[i], begin), "\"%s\" is not in line %u",
			       told[i], lines[i]);
	}
}
END_TEST

START_TEST (a_recipe_that_is_not_there_is_an_error_of_its_own)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (pl_recipe_load ("/nonexistent/r.yaml", &error));
	ck_assert_err (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_FILE);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-recipe");
	TCase *good = tcase_create ("right"), *wrong = tcase_create ("wrong");

	tcase_add_test (good, a_good_recipe_is_taken_as_it_stands);
	tcase_add_test (good, a_recipe_is_for_a_pack_unless_it_says_that_it_is_for_a_cell);
	tcase_add_test (good, the_hash_is_the_sha_256_of_the_bytes);
	tcase_add_test (
	    good, a_limit_with_a_star_stands_for_all_that_begin_so_unless_they_have_their_own);
	tcase_add_test (good, a_star_covers_every_row_of_the_table_that_begins_so);
	tcase_add_test (good, the_whole_code_must_be_a_serial_not_only_its_beginning);
	tcase_add_test (good, the_recipes_that_ship_load);
	tcase_add_loop_test (good, every_title_and_prompt_of_the_recipes_that_ship_has_its_chinese,
			     0, 4);
	tcase_add_test (good, the_example_of_the_documentation_loads);
	tcase_add_loop_test (wrong, every_fault_is_told_with_its_line_and_what_is_allowed, 0,
			     G_N_ELEMENTS (bad));
	tcase_add_test (wrong, all_faults_are_told_in_one_go_in_the_order_of_the_file);
	tcase_add_test (wrong, a_recipe_that_is_not_there_is_an_error_of_its_own);
	tcase_set_timeout (good, 60);
	tcase_set_timeout (wrong, 60);
	suite_add_tcase (suite, good);
	suite_add_tcase (suite, wrong);
	return pl_suite_main (suite);
}
