/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe.h"
#include "station/cli/command.h"
#include "station/cli/term.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Recipes and the step table as a person reads them. */

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
	fflush (stdout);
	fprintf (stderr, "%s\n", error->message);
	return PL_EXIT_FAIL;
}

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

/* Units belong to the step type's measure, so that a recipe cannot give another one. */
static const char *
unit_of (const PlStepType *type, const char *name)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
		gsize stem = strlen (m->name) - 1;

		if (g_str_equal (m->name, name) ||
		    (m->name[stem] == '*' && strncmp (m->name, name, stem) == 0))
			return m->unit;
	}
	return "";
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
		g_autofree char *text = pl_limit_text (limit, unit_of (step->type, names[i]));
		g_autofree char *name = g_strconcat (prefix, names[i], NULL);

		print_line (name, text, limit->source);
	}
}

static void
print_params (const PlRecipeStep *step)
{
	guint n;
	g_autofree gpointer *names = g_hash_table_get_keys_as_array (step->params, &n);
	g_autoptr (GString) line = g_string_new ("with");
	g_autofree char *wrapped = NULL;

	qsort (names, n, sizeof *names, by_name);
	for (guint i = 0; i < n; i++) {
		g_autofree char *value = g_strdup (g_hash_table_lookup (step->params, names[i]));

		g_strdelimit (value, "\n", ',');
		g_string_append_printf (line, " %s=%s", (char *)names[i], value);
	}
	wrapped = pl_text_wrap (line->str, pl_term_width () - 12, 11);
	if (n > 0)
		printf ("      %s\n", wrapped);
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
	pl_text_add (line, PL_TONE_DOUBT, 0, "unverified: ");
	g_string_append (line, names);
	puts (line->str);
}

static void
print_step (guint number, const PlRecipeStep *step)
{
	g_autoptr (GString) line = g_string_new (NULL);
	g_autofree char *conduct = conduct_of (step);

	g_string_append_printf (line, "%2u  ", number);
	pl_text_add (line, PL_TONE_STRONG, 38, step->title);
	g_string_append_c (line, ' ');
	pl_text_add (line, PL_TONE_DIM, 0, conduct);
	puts (line->str);
	print_params (step);
	print_unverified (step);
	print_limits (step, step->limits, "");
	print_limits (step, step->watch, "watched ");
}

static PlExit
run_show (char **args)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_load (args[0], &error);

	if (recipe == NULL) {
		fprintf (stderr, "%s\n", error->message);
		return pl_exit_of_error (error);
	}
	printf ("%s version %u: %s\nproduct %s, serial %s\nSHA-256 %s\n\n", recipe->name,
		recipe->version, recipe->title, recipe->product, recipe->serial_format,
		recipe->hash);
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
    .about = "Prints every step in the order of execution with its parameters, limits, watched\n"
	     "limits and where each limit comes from.",
    .example = "  packline recipe show data/recipes/pack-eol-32s.yaml",
    .run = run_show,
};

/* -- recipe steps ------------------------------------------------------------------------------ */

/* What a recipe may write there: the same facts that the check holds it against. */
static char *
allowed_text (const PlParam *p)
{
	static const char *const kinds[] = {"number", "whole number", "text", "true or false",
					    "list"};

	if (p->words != NULL) {
		g_autofree char *words = g_strjoinv (", ", (char **)p->words);

		return g_strdup_printf ("%s%s", p->kind == PL_PARAM_TEXT_LIST ? "list of " : "",
					words);
	}
	if (p->kind == PL_PARAM_NUMBER || p->kind == PL_PARAM_INTEGER)
		return g_strdup_printf ("%s, %g to %g", kinds[p->kind], p->min, p->max);
	return g_strdup (kinds[p->kind]);
}

static void
add_type_params (PlTable *table, const PlStepType *type)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++) {
		g_autofree char *allowed = allowed_text (p);
		g_autofree char *name = g_strdup_printf ("  with %s", p->name);
		g_autofree char *fallback =
		    p->required ? g_strdup ("needed")
				: g_strdup_printf ("%s", p->fallback != NULL ? p->fallback : "-");

		pl_table_row (table, PL_TONE_PLAIN, name, fallback, allowed,
			      p->help != NULL ? p->help : "", NULL);
	}
}

static void
add_type_measures (PlTable *table, const PlStepType *type)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
		g_autofree char *name = g_strdup_printf ("  limit %s", m->name);
		g_autofree char *range =
		    m->text ? g_strdup ("text")
			    : g_strdup_printf ("%g to %g %s", m->low, m->high, m->unit);

		pl_table_row (table, PL_TONE_PLAIN, name, m->required ? "needed" : "-", range,
			      m->help != NULL ? m->help : "", NULL);
	}
}

static void
add_type (PlTable *table, const PlStepType *type)
{
	g_autoptr (GString) roles = g_string_new (NULL);
	g_autofree char *title = NULL;

	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if (type->roles & PL_ROLE_BIT (role))
			g_string_append_printf (roles, "%s%s", roles->len > 0 ? ", " : "",
						pl_role_name (role));
	title = g_strdup_printf ("%s%s", type->title,
				 type->high_voltage ? " (high voltage: runs alone)" : "");
	pl_table_row (table, PL_TONE_STRONG, type->name, "", roles->str, title, NULL);
	add_type_params (table, type);
	add_type_measures (table, type);
}

static PlExit
run_steps (char **args)
{
	static const char *const headers[] = {"step", "default", "instruments, allowed",
					      "what it is", NULL};
	g_autoptr (PlTable) table = pl_table_new (headers);

	for (guint i = 0; pl_step_types ()[i] != NULL; i++)
		if (args[0] == NULL || g_str_equal (args[0], pl_step_types ()[i]->name))
			add_type (table, pl_step_types ()[i]);
	if (args[0] != NULL && pl_step_type_find (args[0]) == NULL)
		return pl_say_usage ("there is no step type \"%s\"", args[0]);
	pl_table_print (table);
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_recipe_steps;
const PlCommand pl_command_recipe_steps = {
    .name = "recipe steps",
    .arguments = "[TYPE]",
    .min = 0,
    .max = 1,
    .summary = "list the step types with parameters and measures",
    .about = "The step table itself: what each type is, which instruments it borrows, its\n"
	     "parameters with defaults and allowed values, and what it measures. \"needed\" means\n"
	     "that a recipe without it is refused.",
    .example = "  packline recipe steps hipot",
    .run = run_steps,
};
