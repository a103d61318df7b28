/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/term.h"
#include "station/setup_check.h"
#include <stdio.h>

/* The setup check from the command line, as the window's page does it. */

static char *bench_file, *recipe_file, *release_file, *golden_serial, *who;
static double golden_hours = 24;

static void
print (const PlCheckResult *result)
{
	static const char *const headers[] = {"", "", "", NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	for (guint i = 0; i < result->lines->len; i++) {
		const PlCheckLine *line = g_ptr_array_index (result->lines, i);
		g_autofree char *name = line->role < PL_ROLE_LAST
					    ? g_strdup_printf ("%s %s", pl_role_name (line->role),
							       pl_check_name (line->kind))
					    : g_strdup (pl_check_name (line->kind));

		pl_table_row (table, line->passed ? PL_TONE_PLAIN : PL_TONE_BAD,
			      line->passed ? "✓ PASS" : "✗ FAIL", name, line->detail, NULL);
	}
	pl_table_print (table);
	printf ("\n%s\n", result->passed ? "The station is fit." : "The station is not fit.");
}

/* 0 and 1 as a run's PASS and FAIL; what could not be checked at all has its error's own code. */
static PlExit
check (PlStation *station, const PlRecipe *recipe)
{
	PlSetupCheckPlan plan = {.recipe = recipe,
				 .release_file = release_file,
				 .golden_serial = golden_serial,
				 .golden_hours = golden_hours,
				 .who = pl_operator (who)};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCheckResult) result = pl_setup_check (station, &plan, &error);

	if (result == NULL)
		return pl_say_error (error);
	print (result);
	return result->passed ? PL_EXIT_PASS : PL_EXIT_FAIL;
}

static PlExit
run (char **args)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = NULL;
	g_autoptr (PlStation) station = NULL;
	PlExit exit;

	if (bench_file == NULL)
		return pl_say_usage ("which bench? give --bench FILE");
	if (recipe_file != NULL && (recipe = pl_recipe_load (recipe_file, &error)) == NULL)
		return pl_say_error (error);
	station = pl_open_station (bench_file, &exit);
	return station != NULL ? check (station, recipe) : exit;
}

static const GOptionEntry options[] = {
    {"bench", 'b', 0, G_OPTION_ARG_FILENAME, &bench_file, "the bench file (needed)", "FILE"},
    {"recipe", 'r', 0, G_OPTION_ARG_FILENAME, &recipe_file,
     "the recipe: its approval, and the files that it needs", "FILE"},
    {"release", 0, 0, G_OPTION_ARG_FILENAME, &release_file, "signed firmware release", "FILE"},
    {"golden", 0, 0, G_OPTION_ARG_FILENAME, &golden_serial,
     "the known good pack, which must have passed", "SERIAL"},
    {"golden-hours", 0, 0, G_OPTION_ARG_DOUBLE, &golden_hours,
     "how long its pass counts (default: 24)", "HOURS"},
    {"operator", 0, 0, G_OPTION_ARG_FILENAME, &who, "who checks (default: $PACKLINE_OPERATOR)",
     "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_check;
const PlCommand pl_command_check = {
    .name = "check",
    .arguments = "",
    .min = 0,
    .max = 0,
    .summary = "is the station fit for a shift, from instruments to disk",
    .about = "Every instrument is opened afresh, held against the bench file and asked to test\n"
	     "itself as far as it can; then calibrations, safety chain and door lock, release,\n"
	     "recipe, database, disk, clock, and the golden pack where one is named. The result\n"
	     "is kept, with a row of the journal.\n"
	     "\n"
	     "The exit code is 0 if every line passed, 1 if one failed.",
    .example = "  packline check --bench bench.yaml --recipe data/recipes/pack-eol-32s.yaml \\\n"
	       "    --release bms-1.4.2.plrel --golden PL32-900001",
    .options = options,
    .run = run,
};
