/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_diff.h"
#include "station/cli/command.h"
#include "station/cli/term.h"
#include "station/recipe_book.h"
#include <stdio.h>

/* What two recipes differ in, by what they say. */

static const GOptionEntry options[] = {PL_OPTION_HOME, {NULL}};

/* Files need no memory; a name or a hash is looked up in the station's. */
static PlRecipe *
find (const char *which, PlDb **db, PlExit *ret_exit)
{
	g_autoptr (GError) error = NULL;
	PlRecipe *recipe;

	if (*db == NULL && !g_file_test (which, G_FILE_TEST_EXISTS) &&
	    (*db = pl_open_memory (ret_exit)) == NULL)
		return NULL;
	recipe = pl_recipe_book_find (*db, which, &error);
	if (recipe == NULL)
		*ret_exit = pl_say_error (error);
	return recipe;
}

static void
print_name (const char *word, const PlRecipe *recipe)
{
	printf ("%-5s %s@%u  hash %.12s\n", word, recipe->name, recipe->version, recipe->hash);
}

/* One change a row, below the title of its step. */
static void
add_row (PlTable *table, const PlRecipeChange *change, const char *last)
{
	static const char *const words[] = {"added", "removed", "moved", "changed"};
	g_autofree char *place = pl_recipe_change_place (change);
	g_autofree char *before = pl_recipe_change_value (change, change->before);
	g_autofree char *after = pl_recipe_change_value (change, change->after);
	const char *step = change->step != NULL ? change->step : "(recipe)";

	pl_table_row (table, change->part == NULL ? PL_TONE_STRONG : PL_TONE_PLAIN,
		      g_strcmp0 (step, last) == 0 ? "" : step, place, words[change->kind], before,
		      after, NULL);
}

static void
print_changes (GPtrArray *changes)
{
	static const char *const headers[] = {"step", "what", "", "old", "new", NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);
	const char *last = "";

	for (guint i = 0; i < changes->len; i++) {
		const PlRecipeChange *change = g_ptr_array_index (changes, i);

		add_row (table, change, last);
		last = change->step != NULL ? change->step : "(recipe)";
	}
	pl_table_print (table);
}

/* Exit codes as diff has them: 0 the same, 1 they differ. */
static PlExit
run_diff (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = NULL;
	g_autoptr (PlRecipe) old = find (args[0], &db, &exit);
	g_autoptr (PlRecipe) new = old != NULL ? find (args[1], &db, &exit) : NULL;
	g_autoptr (GPtrArray) changes = NULL;

	if (new == NULL)
		return exit;
	print_name ("old", old);
	print_name ("new", new);
	changes = pl_recipe_diff (old, new);
	if (changes->len > 0) {
		putchar ('\n');
		print_changes (changes);
		return PL_EXIT_FAIL;
	}
	puts (g_str_equal (old->hash, new->hash)
		  ? "\nthe same text"
		  : "\nthey say the same: only comments or the form differ");
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_recipe_diff;
const PlCommand pl_command_recipe_diff = {
    .name = "recipe diff",
    .arguments = "OLD NEW",
    .min = 2,
    .max = 2,
    .summary = "what two recipes differ in: steps, parameters, limits",
    .about =
	"Compares what two recipes say, not how they are written: steps added, removed or moved,\n"
	"and every parameter, limit and word with its old and its new value. A recipe is a file,\n"
	"or NAME@VERSION or the beginning of a hash from the station's memory. Exit code 1 if\n"
	"they differ.",
    .example = "  packline recipe diff pack-eol-32s@1 pack-eol-32s@2",
    .options = options,
    .run = run_diff,
};
