/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/command.h"
#include "station/cli/term.h"
#include "station/steps/step.h"
#include <stdio.h>

/* The step table as a person reads it: what a recipe can say of a step. */

#define LONG_DEFAULT 12 /* columns; a longer default goes to the end of the line */

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
		return g_strdup_printf ("%s, %.10g to %.10g", kinds[p->kind], p->min, p->max);
	return g_strdup (kinds[p->kind]);
}

/* A list stands with commas; a long one behind what is allowed, lest it widen the whole column. */
static void
add_params (PlTable *table, const PlStepType *type)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++) {
		g_autofree char *allowed = allowed_text (p);
		g_autofree char *fallback =
		    g_strdelimit (g_strdup (p->fallback != NULL ? p->fallback : "-"), "\n", ',');
		gboolean is_long = pl_text_width (fallback) > LONG_DEFAULT;
		g_autofree char *text =
		    g_strdup_printf ("%s; %s%s%s", p->help != NULL ? p->help : "", allowed,
				     is_long ? "; default " : "", is_long ? fallback : "");

		pl_table_row (table, PL_TONE_PLAIN, "  with", p->name,
			      p->required ? "needed"
			      : is_long	  ? "(list)"
					  : fallback,
			      text, NULL);
	}
}

static void
add_measures (PlTable *table, const PlStepType *type)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
		g_autofree char *range =
		    m->text ? g_strdup ("text")
			    : g_strdup_printf ("%.10g to %.10g %s", m->low, m->high, m->unit);
		g_autofree char *text = g_strdup_printf (
		    "%s; %s%s%s", m->help != NULL ? m->help : "", g_strchomp (range),
		    m->each != NULL ? "; one for each of " : "", m->each != NULL ? m->each : "");

		pl_table_row (table, PL_TONE_PLAIN, "  limit", m->name,
			      m->required ? "needed" : "-", text, NULL);
	}
}

static void
add_columns (PlTable *table, const PlStepType *type)
{
	g_autofree char *columns =
	    type->columns != NULL ? g_strjoinv (", ", (char **)type->columns) : NULL;

	if (columns != NULL)
		pl_table_row (table, PL_TONE_PLAIN, "  watch", "(any of)", "-", columns, NULL);
}

/* What a group of steps side by side goes by. */
static void
print_roles (const PlStepType *type)
{
	g_autoptr (GString) roles = g_string_new (NULL);
	g_autoptr (GString) line = g_string_new ("  ");

	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if (type->roles & PL_ROLE_BIT (role))
			g_string_append_printf (roles, "%s%s", roles->len > 0 ? ", " : "uses ",
						pl_role_name (role));
	if (type->alone || type->high_voltage)
		g_string_append_printf (roles, "%s%s", roles->len > 0 ? "; " : "",
					type->high_voltage ? "high voltage: runs alone"
							   : "runs alone");
	if (roles->len == 0)
		return;
	pl_text_add (line, PL_TONE_DIM, 0, roles->str);
	puts (line->str);
}

static void
print_type (const PlStepType *type)
{
	static const char *const no_headers[] = {"", "", "", "", NULL};
	g_autoptr (PlTable) table = pl_table_new (no_headers);
	g_autoptr (GString) line = g_string_new (NULL);

	pl_text_add (line, PL_TONE_STRONG, 20, type->name);
	g_string_append_printf (line, " %s", type->title);
	puts (line->str);
	print_roles (type);
	add_params (table, type);
	add_measures (table, type);
	add_columns (table, type);
	pl_table_print (table);
}

/* "hipto" most likely means hipot: the list of all is not read at that moment. */
static PlExit
unknown_type (const char *name)
{
	g_autoptr (GPtrArray) known = g_ptr_array_new ();
	g_autofree char *all = NULL, *nearest = NULL;

	for (guint i = 0; pl_step_types ()[i] != NULL; i++)
		g_ptr_array_add (known, (gpointer)pl_step_types ()[i]->name);
	g_ptr_array_add (known, NULL);
	all = g_strjoinv (", ", (char **)known->pdata);
	nearest = pl_help_nearest (name, (const char *const *)known->pdata);
	return pl_say_usage ("there is no step type \"%s\"%s%s%s; known are %s", name,
			     nearest != NULL ? "; did you mean \"" : "",
			     nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "", all);
}

static PlExit
run_steps (char **args)
{
	if (args[0] != NULL && pl_step_type_find (args[0]) == NULL)
		return unknown_type (args[0]);
	for (guint i = 0; pl_step_types ()[i] != NULL; i++) {
		if (args[0] != NULL && !g_str_equal (args[0], pl_step_types ()[i]->name))
			continue;
		if (args[0] == NULL && i > 0)
			puts ("");
		print_type (pl_step_types ()[i]);
	}
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
	     "parameters (with), what it measures (limit) and samples (watch), with defaults,\n"
	     "meaning and what is allowed. \"needed\" means that a recipe without it is refused.",
    .example = "  packline recipe steps hipot",
    .run = run_steps,
};
