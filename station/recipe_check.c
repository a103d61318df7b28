/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_check.h"
#include <math.h>
#include <string.h>

static void G_GNUC_PRINTF (4, 5) fault (GPtrArray *faults, const PlRecipe *recipe,
					const PlRecipeStep *step, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_ptr_array_add (faults, g_strdup_printf ("%s:%u: step \"%s\": %s", recipe->file,
						  step->line, step->id, text));
}

char *
pl_recipe_known_steps (void)
{
	g_autoptr (GString) names = g_string_new (NULL);

	for (guint i = 0; pl_step_types ()[i] != NULL; i++)
		g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
					pl_step_types ()[i]->name);
	return g_string_free (g_steal_pointer (&names), FALSE);
}

static const PlParam *
find_param (const PlStepType *type, const char *name)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return p;
	return NULL;
}

static char *
param_names (const PlStepType *type)
{
	g_autoptr (GString) names = g_string_new (NULL);

	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", p->name);
	return g_string_free (g_steal_pointer (&names), FALSE);
}

/* "cell_voltage_v_*" in the table stands for cell_voltage_v_1 and so on. */
static gboolean
measure_fits (const char *pattern, const char *name)
{
	gsize stem = strlen (pattern) - 1;

	if (pattern[stem] != '*')
		return g_str_equal (pattern, name);
	return strncmp (pattern, name, stem) == 0;
}

static const PlMeasure *
find_measure (const PlStepType *type, const char *name)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++)
		if (measure_fits (m->name, name))
			return m;
	return NULL;
}

static char *
measure_names (const PlStepType *type)
{
	g_autoptr (GString) names = g_string_new (NULL);

	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++)
		g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", m->name);
	return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
is_word (const PlParam *param, const char *value)
{
	return param->words == NULL || g_strv_contains (param->words, value);
}

static void
check_number (const PlRecipe *recipe, const PlRecipeStep *step, const PlParam *param,
	      const char *value, GPtrArray *faults)
{
	char *end;
	double number = g_ascii_strtod (value, &end);

	if (end == value || *end != '\0' || !isfinite (number))
		fault (faults, recipe, step, "parameter %s is \"%s\", not a number", param->name,
		       value);
	else if (param->kind == PL_PARAM_INTEGER && fabs (number - round (number)) > 0)
		fault (faults, recipe, step, "parameter %s is %s; a whole number is needed",
		       param->name, value);
	else if (number < param->min || number > param->max)
		fault (faults, recipe, step, "parameter %s is %s; allowed is %g to %g", param->name,
		       value, param->min, param->max);
}

static void
check_words (const PlRecipe *recipe, const PlRecipeStep *step, const PlParam *param,
	     const char *value, GPtrArray *faults)
{
	g_auto (GStrv) words = g_strsplit (value, "\n", -1);

	if (param->kind == PL_PARAM_TEXT && g_strv_length (words) > 1)
		fault (faults, recipe, step, "parameter %s is a list; one word is needed",
		       param->name);
	for (guint i = 0; words[i] != NULL; i++)
		if (!is_word (param, words[i])) {
			g_autofree char *allowed = g_strjoinv (", ", (char **)param->words);

			fault (faults, recipe, step, "parameter %s is \"%s\"; allowed are %s",
			       param->name, words[i], allowed);
		}
}

static void
check_params (const PlRecipe *recipe, const PlRecipeStep *step, GPtrArray *faults)
{
	GHashTableIter iter;
	gpointer name, value;

	g_hash_table_iter_init (&iter, step->params);
	while (g_hash_table_iter_next (&iter, &name, &value)) {
		const PlParam *param = find_param (step->type, name);

		if (param == NULL) {
			g_autofree char *allowed = param_names (step->type);

			fault (faults, recipe, step, "unknown parameter %s; %s takes %s",
			       (char *)name, step->type->name, *allowed != '\0' ? allowed : "none");
		} else if (param->kind == PL_PARAM_BOOL) {
			if (!g_str_equal (value, "true") && !g_str_equal (value, "false"))
				fault (faults, recipe, step,
				       "parameter %s is \"%s\"; allowed are true, false",
				       param->name, (char *)value);
		} else if (param->kind == PL_PARAM_NUMBER || param->kind == PL_PARAM_INTEGER)
			check_number (recipe, step, param, value, faults);
		else
			check_words (recipe, step, param, value, faults);
	}
	for (const PlParam *p = step->type->params; p != NULL && p->name != NULL; p++)
		if (p->required && !g_hash_table_contains (step->params, p->name))
			fault (faults, recipe, step, "parameter %s is missing (%s)", p->name,
			       p->help);
}

static void
check_limit (const PlRecipe *recipe, const PlRecipeStep *step, const char *name,
	     const PlLimit *limit, GPtrArray *faults)
{
	const PlMeasure *measure = find_measure (step->type, name);

	if (measure == NULL) {
		g_autofree char *allowed = measure_names (step->type);

		fault (faults, recipe, step,
		       "limit for %s, which %s does not measure; it measures %s", name,
		       step->type->name, *allowed != '\0' ? allowed : "nothing");
		return;
	}
	if (measure->text != (limit->equals != NULL))
		fault (faults, recipe, step, "limit of %s: %s", name,
		       measure->text ? "it is text, use equals"
				     : "it is a number, use min and max");
	if (limit->min > limit->max)
		fault (faults, recipe, step, "limit of %s is impossible: min %g is above max %g",
		       name, limit->min, limit->max);
	if (limit->min > measure->high || limit->max < measure->low)
		fault (faults, recipe, step,
		       "limit of %s is impossible: it can only be %g to %g %s", name, measure->low,
		       measure->high, measure->unit);
}

static gboolean
has_limit (const PlRecipeStep *step, const char *pattern)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init (&iter, step->limits);
	while (g_hash_table_iter_next (&iter, &name, NULL))
		if (measure_fits (pattern, name))
			return TRUE;
	return FALSE;
}

static void
check_limits (const PlRecipe *recipe, const PlRecipeStep *step, GPtrArray *faults)
{
	GHashTableIter iter;
	gpointer name, limit;

	g_hash_table_iter_init (&iter, step->limits);
	while (g_hash_table_iter_next (&iter, &name, &limit))
		check_limit (recipe, step, name, limit, faults);
	for (const PlMeasure *m = step->type->measures; m != NULL && m->name != NULL; m++)
		if (m->required && !has_limit (step, m->name))
			fault (
			    faults, recipe, step,
			    "no limit for %s (%s); a required measurement is never left unjudged",
			    m->name, m->help);
	g_hash_table_iter_init (&iter, step->watch);
	while (g_hash_table_iter_next (&iter, &name, &limit))
		if (((PlLimit *)limit)->min > ((PlLimit *)limit)->max)
			fault (faults, recipe, step,
			       "watched limit of %s is impossible: min above max", (char *)name);
}

static void
check_when (const PlRecipe *recipe, const PlRecipeStep *step, GPtrArray *faults)
{
	static const char *const kinds[] = {"production", "engineering", "golden", "simulated",
					    NULL};

	for (guint i = 0; step->when != NULL && step->when[i] != NULL; i++)
		if (!g_strv_contains (kinds, step->when[i]))
			fault (
			    faults, recipe, step,
			    "when \"%s\"; allowed are production, engineering, golden, simulated",
			    step->when[i]);
}

/* What is called unverified must exist, or a typing error would hide the mark. */
static void
check_unverified (const PlRecipe *recipe, const PlRecipeStep *step, GPtrArray *faults)
{
	for (guint i = 0; step->unverified != NULL && step->unverified[i] != NULL; i++)
		if (find_param (step->type, step->unverified[i]) == NULL &&
		    !g_hash_table_contains (step->limits, step->unverified[i])) {
			g_autofree char *allowed = param_names (step->type);

			fault (faults, recipe, step,
			       "unverified \"%s\" is neither a parameter nor a limit of it; "
			       "parameters are %s",
			       step->unverified[i], *allowed != '\0' ? allowed : "none");
		}
}

/* Members of a group stand side by side, use different instruments, and none has high voltage on or
 * drives the PLC (the sequencer needs it to watch the safety chain). */
static void
check_group (const PlRecipe *recipe, guint at, GPtrArray *faults)
{
	const PlRecipeStep *step = g_ptr_array_index (recipe->steps, at);

	if (step->group == NULL)
		return;
	if (step->type->high_voltage)
		fault (faults, recipe, step,
		       "high voltage: nothing may run beside it; take it out of group %s",
		       step->group);
	if (step->type->roles & PL_ROLE_BIT (PL_ROLE_PLC))
		fault (faults, recipe, step, "it drives the PLC and so cannot be in a group");
	for (guint i = at + 1; i < recipe->steps->len; i++) {
		const PlRecipeStep *other = g_ptr_array_index (recipe->steps, i);

		if (g_strcmp0 (other->group, step->group) != 0)
			continue;
		if (other->phase != step->phase)
			fault (faults, recipe, other, "group %s spans two phases", step->group);
		if (other->type->roles & step->type->roles)
			fault (faults, recipe, other, "group %s: \"%s\" uses the same instrument",
			       step->group, step->id);
		if (g_strcmp0 (((PlRecipeStep *)g_ptr_array_index (recipe->steps, i - 1))->group,
			       step->group) != 0)
			fault (faults, recipe, other, "group %s is not contiguous", step->group);
	}
}

void
pl_recipe_check (PlRecipe *recipe, GPtrArray *faults)
{
	g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
	g_autoptr (GError) error = NULL;
	g_autoptr (GRegex) regex = g_regex_new (recipe->serial_format, G_REGEX_ANCHORED, 0, &error);
	guint n_main = 0;

	if (regex == NULL)
		g_ptr_array_add (faults,
				 g_strdup_printf ("%s:1: serial is not a regular expression: %s",
						  recipe->file, error->message));
	for (guint i = 0; i < recipe->steps->len; i++) {
		PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		if (!g_hash_table_add (ids, step->id))
			fault (faults, recipe, step,
			       "this id is used twice; give each step its own id");
		check_params (recipe, step, faults);
		check_limits (recipe, step, faults);
		check_when (recipe, step, faults);
		check_unverified (recipe, step, faults);
		check_group (recipe, i, faults);
		n_main += step->phase == PL_PHASE_MAIN;
	}
	if (n_main == 0 && faults->len == 0)
		g_ptr_array_add (
		    faults,
		    g_strdup_printf ("%s:1: no step in main: such a recipe would pass anything",
				     recipe->file));
}
