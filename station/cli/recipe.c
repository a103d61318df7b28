/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/term.h"
#include "station/recipe_facts.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Recipes as a person reads them. */

/* -- recipe check ------------------------------------------------------------------------------ */

/* Faults go to standard error as they are, "FILE:LINE: ...", for editors to jump to. */
static PlExit
check_one (const char *file)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (file, &error);

	if (recipe != NULL) {
		printf ("%s: good: %s version %u, %u steps, hash %.12s\n", file, recipe->name,
			recipe->version, recipe->steps->len, recipe->hash);
		return PL_EXIT_PASS;
	}
	if (g_error_matches (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_FILE))
		return pl_say_error (error);
	/* the two streams often end on one screen: in the order in which things were found */
	fflush (stdout);
	fprintf (stderr, "%s\n", error->message);
	return PL_EXIT_FAIL;
}

/* All files are looked at, also after a bad one: an editor lists all faults of all recipes at
 * once. */
static PlExit
run_check (char **args)
{
	PlExit worst = PL_EXIT_PASS;

	for (guint i = 0; args[i] != NULL; i++) {
		PlExit exit = check_one (args[i]);

		worst = MAX (worst, exit);
	}
	return worst;
}

extern const PlCommand pl_command_recipe_check;
const PlCommand pl_command_recipe_check = {
    .name = "recipe check",
    .arguments = "FILE...",
    .min = 1,
    .max = PL_ANY,
    .summary = "find every fault of a recipe, with file and line",
    .about = "Holds a recipe against the step table: unknown keys, steps, parameters or limits,\n"
	     "wrong types, missing and impossible limits. Every fault is one line\n"
	     "FILE:LINE: what is wrong; what is allowed. Exit code 1 if there is any.",
    .example = "  packline recipe check data/recipes/*.yaml",
    .run = run_check,
};

/* -- recipe show ------------------------------------------------------------------------------- */

static int
by_name (gconstpointer a, gconstpointer b)
{
	return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* One line of a step: name, value, and where it comes from. */
static void
print_line (const char *name, const char *value, const char *source)
{
	g_autoptr (GString) line = g_string_new ("      ");
	g_autofree char *wrapped = NULL;

	pl_text_add (line, PL_TONE_PLAIN, 36, name);
	g_string_append_c (line, ' ');
	pl_text_add (line, PL_TONE_PLAIN, 22, value);
	g_string_append_c (line, ' ');
	wrapped = pl_text_wrap (source, pl_term_width () - pl_text_width (line->str),
				pl_text_width (line->str));
	pl_text_add (line, PL_TONE_DIM, 0, wrapped);
	puts (line->str);
}

static void
print_limits (const PlRecipeStep *step, GHashTable *limits, const char *prefix)
{
	guint n;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array (limits, &n);

	/* a hash table has no order of its own; the same recipe is always shown the same way */
	qsort (names, n, sizeof *names, by_name);
	for (guint i = 0; i < n; i++) {
		const PlLimit *limit = g_hash_table_lookup (limits, names[i]);
		g_autofree char *text =
		    pl_limit_text (limit, pl_recipe_unit (step->type, names[i]));
		g_autofree char *name = g_strconcat (prefix, names[i], NULL);

		print_line (name, text, limit->source);
	}
}

/* "NAME=VALUE ...", wrapped behind a word; nothing if there are none. */
static void
print_pairs (const char *word, PlTone tone, GPtrArray *pairs)
{
	g_autoptr (GString) line = g_string_new ("      ");
	g_autofree char *all = NULL, *wrapped = NULL;

	if (pairs->len == 0)
		return;
	g_ptr_array_sort (pairs, by_name);
	g_ptr_array_add (pairs, NULL);
	all = g_strjoinv (" ", (char **)pairs->pdata);
	wrapped = pl_text_wrap (all, pl_term_width () - 15, 14);
	pl_text_add (line, PL_TONE_DIM, 8, word);
	pl_text_add (line, tone, 0, wrapped);
	puts (line->str);
}

/* What the recipe gives, and below it what the step table fills in: the run takes both. */
static void
print_params (const PlRecipeStep *step)
{
	g_autoptr (GPtrArray) given = g_ptr_array_new_with_free_func (g_free);
	g_autoptr (GPtrArray) filled = g_ptr_array_new_with_free_func (g_free);

	for (const PlParam *p = step->type->params; p != NULL && p->name != NULL; p++) {
		const char *own = g_hash_table_lookup (step->params, p->name);
		const char *value = own != NULL ? own : p->fallback;
		g_autofree char *flat = g_strdup (value != NULL ? value : "");

		if (*flat != '\0')
			g_ptr_array_add (
			    own != NULL ? given : filled,
			    g_strdup_printf ("%s=%s", p->name, g_strdelimit (flat, "\n", ',')));
	}
	print_pairs ("with", PL_TONE_PLAIN, given);
	print_pairs ("default", PL_TONE_DIM, filled);
}

/* Everything that says how a step is taken, in words: what is as usual is left out. */
static char *
conduct_of (const PlRecipeStep *step)
{
	g_autoptr (GString) conduct = g_string_new (step->type->name);

	g_string_append_printf (conduct, "; %s, %s", pl_phase_name (step->phase),
				step->routine ? "routine" : "type test");
	if (step->clause != NULL)
		g_string_append_printf (conduct, ", %s", step->clause);
	if (step->retries > 0)
		g_string_append_printf (conduct, ", %u retries", step->retries);
	if (step->on_fail == PL_ON_FAIL_CONTINUE)
		g_string_append (conduct, ", goes on after a FAIL");
	if (step->group != NULL)
		g_string_append_printf (conduct, ", beside group %s", step->group);
	if (step->when != NULL) {
		g_autofree char *kinds = g_strjoinv (" and ", step->when);

		g_string_append_printf (conduct, ", only in %s runs", kinds);
	}
	if (step->waivable)
		g_string_append (conduct, ", may be waived");
	return g_string_free (g_steal_pointer (&conduct), FALSE);
}

/* Figures of a standard that the plant has not checked yet stand out until somebody has. */
static void
print_unverified (const PlRecipeStep *step)
{
	g_autofree char *names =
	    step->unverified != NULL ? g_strjoinv (", ", step->unverified) : g_strdup ("");
	g_autoptr (GString) line = g_string_new ("      ");

	if (*names == '\0')
		return;
	pl_text_add (line, PL_TONE_DOUBT, 0, "unverified  ");
	g_string_append_printf (line, "%s (the standard's text has not been checked)", names);
	puts (line->str);
}

static void
print_step (guint number, const PlRecipeStep *step)
{
	g_autoptr (GString) line = g_string_new (NULL);
	g_autofree char *conduct = conduct_of (step), *wrapped = NULL;

	g_string_append_printf (line, "%2u  ", number);
	pl_text_add (line, PL_TONE_STRONG, 38, step->title);
	g_string_append_c (line, ' ');
	wrapped = pl_text_wrap (conduct, pl_term_width () - pl_text_width (line->str),
				pl_text_width (line->str));
	pl_text_add (line, PL_TONE_DIM, 0, wrapped);
	puts (line->str);
	print_params (step);
	print_unverified (step);
	print_limits (step, step->limits, "");
	print_limits (step, step->watch, "watched ");
}

static void
print_head (const PlRecipe *recipe)
{
	g_autofree char *before = g_strjoinv (", ", recipe->requires);

	printf ("%s version %u: %s\nproduct %s, serial %s\n", recipe->name, recipe->version,
		recipe->title, recipe->product, recipe->serial_format);
	if (*before != '\0')
		printf ("only for packs that have passed %s\n", before);
	printf ("SHA-256 %s\n\n", recipe->hash);
}

static PlExit
run_show (char **args)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (args[0], &error);

	if (g_error_matches (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_FILE))
		return pl_say_error (error);
	if (recipe == NULL) {
		fprintf (stderr, "%s\n", error->message);
		return pl_exit_of_error (error);
	}
	print_head (recipe);
	for (guint i = 0; i < recipe->steps->len; i++)
		print_step (i + 1, g_ptr_array_index (recipe->steps, i));
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_recipe_show;
const PlCommand pl_command_recipe_show = {
    .name = "recipe show",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "show a recipe's steps, limits and where they come from",
    .about =
	"Prints every step in the order of execution: label and clause, parameters as the recipe\n"
	"gives them and as the step table fills them in, figures whose standard is not verified\n"
	"yet, limits, watched limits, and where each limit comes from.",
    .example = "  packline recipe show data/recipes/pack-eol-32s.yaml",
    .run = run_show,
};
