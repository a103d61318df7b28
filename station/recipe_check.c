/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_check.h"
#include "fixtures/yaml.h"
#include <math.h>
#include <string.h>

/* What a recipe says, held against what the step table says can be said. */

typedef struct {
	const PlRecipe *recipe;
	const PlRecipeStep *step;
	GPtrArray *faults;
} Check;

guint
pl_recipe_line_of (const PlRecipeStep *step, const char *part, const char *name)
{
	g_autofree char *key = g_strjoin (" ", part, name, NULL);
	guint line = GPOINTER_TO_UINT (g_hash_table_lookup (step->lines, key));

	return line != 0 ? line : step->line;
}

/* part NULL = the step as a whole */
static void G_GNUC_PRINTF (4, 5)
    fault (const Check *c, const char *part, const char *name, const char *format, ...)
{
	guint line = part != NULL ? pl_recipe_line_of (c->step, part, name) : c->step->line;
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_ptr_array_add (c->faults, g_strdup_printf ("%s:%u: step \"%s\": %s", c->recipe->file,
						     line, c->step->id, text));
}

char *
pl_recipe_suggestion (const char *word, const char *const *words)
{
	const char *meant = pl_yaml_nearest (word, words);

	return meant != NULL ? g_strdup_printf (" (did you mean \"%s\"?)", meant) : g_strdup ("");
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

/* -- names of the table ------------------------------------------------------------------------ */

static const PlParam *
find_param (const PlStepType *type, const char *name)
{
	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return p;
	return NULL;
}

static const char **
param_names (const PlStepType *type)
{
	GPtrArray *names = g_ptr_array_new ();

	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		g_ptr_array_add (names, (gpointer)p->name);
	g_ptr_array_add (names, NULL);
	return (const char **)g_ptr_array_free (names, FALSE);
}

static const char **
measure_names (const PlStepType *type)
{
	GPtrArray *names = g_ptr_array_new ();

	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++)
		g_ptr_array_add (names, (gpointer)m->name);
	g_ptr_array_add (names, NULL);
	return (const char **)g_ptr_array_free (names, FALSE);
}

/* What is allowed is told in full: the table is the only place that has it. */
static char *
listed (const char *const *names, const char *none)
{
	return *names != NULL ? g_strjoinv (", ", (char **)names) : g_strdup (none);
}

/* -- parameters -------------------------------------------------------------------------------- */

/* g_ascii_strtod, not the locale's: a comma is no decimal point in a recipe. */
static void
check_number (const Check *c, const PlParam *param, const char *value)
{
	char *end;
	double number = g_ascii_strtod (value, &end);

	if (strchr (value, '\n') != NULL)
		fault (c, "with", param->name, "parameter %s is a list; one number is needed",
		       param->name);
	else if (end == value || *end != '\0' || !isfinite (number))
		fault (c, "with", param->name,
		       "parameter %s is \"%s\", not a number; allowed is %g to %g", param->name,
		       value, param->min, param->max);
	else if (param->kind == PL_PARAM_INTEGER && fabs (number - round (number)) > 0)
		fault (c, "with", param->name, "parameter %s is %s; a whole number is needed",
		       param->name, value);
	else if (number < param->min || number > param->max)
		fault (c, "with", param->name, "parameter %s is %s; allowed is %g to %g",
		       param->name, value, param->min, param->max);
}

static void
check_words (const Check *c, const PlParam *param, const char *value)
{
	g_auto (GStrv) words = g_strsplit (value, "\n", -1);
	g_autofree char *allowed =
	    param->words != NULL ? g_strjoinv (", ", (char **)param->words) : NULL;

	if (param->kind == PL_PARAM_TEXT && g_strv_length (words) > 1)
		fault (c, "with", param->name, "parameter %s is a list; one word is needed",
		       param->name);
	if (*value == '\0')
		fault (c, "with", param->name, "parameter %s is empty; %s", param->name,
		       allowed != NULL ? allowed : param->help);
	for (guint i = 0; *value != '\0' && words[i] != NULL; i++) {
		g_autofree char *meant =
		    param->words != NULL ? pl_recipe_suggestion (words[i], param->words) : NULL;

		if (param->words != NULL && !g_strv_contains (param->words, words[i]))
			fault (c, "with", param->name, "parameter %s is \"%s\"%s; allowed are %s",
			       param->name, words[i], meant, allowed);
		if (g_strv_contains ((const char *const *)words + i + 1, words[i]))
			fault (c, "with", param->name, "parameter %s has \"%s\" twice", param->name,
			       words[i]);
	}
}

/* Unknown ones first: a slip in the name would else leave the default in force in silence. */
static void
check_param (const Check *c, const char *name, const char *value)
{
	const PlParam *param = find_param (c->step->type, name);

	if (param == NULL) {
		g_autofree const char **names = param_names (c->step->type);
		g_autofree char *allowed = listed (names, "none"),
				*meant = pl_recipe_suggestion (name, names);

		fault (c, "with", name, "unknown parameter %s%s; %s takes %s", name, meant,
		       c->step->type->name, allowed);
	} else if (param->kind == PL_PARAM_BOOL) {
		if (!g_str_equal (value, "true") && !g_str_equal (value, "false"))
			fault (c, "with", name, "parameter %s is \"%s\"; allowed are true, false",
			       name, value);
	} else if (param->kind == PL_PARAM_NUMBER || param->kind == PL_PARAM_INTEGER)
		check_number (c, param, value);
	else
		check_words (c, param, value);
}

static void
check_params (const Check *c)
{
	GHashTableIter iter;
	gpointer name, value;

	g_hash_table_iter_init (&iter, c->step->params);
	while (g_hash_table_iter_next (&iter, &name, &value))
		check_param (c, name, value);
	for (const PlParam *p = c->step->type->params; p != NULL && p->name != NULL; p++)
		if (p->required && !g_hash_table_contains (c->step->params, p->name))
			fault (c, NULL, NULL, "parameter %s is missing (%s)", p->name, p->help);
	if (c->step->type->check != NULL) {
		const char *param = NULL;
		g_autofree char *wrong = c->step->type->check (c->step->params, &param);

		if (wrong != NULL)
			fault (c, "with", param, "%s", wrong);
	}
}

/* -- limits ------------------------------------------------------------------------------------ */

/* The words for which a measurement comes once each: the list parameter as the recipe gives it. */
static char **
instances (const PlRecipeStep *step, const PlMeasure *measure)
{
	const char *value = g_hash_table_lookup (step->params, measure->each);

	if (value == NULL)
		value = find_param (step->type, measure->each)->fallback;
	return g_strsplit (value, "\n", -1);
}

/* A limit on what will not be measured would make every run INCONCLUSIVE. */
static void
check_instance (const Check *c, const PlMeasure *measure, const char *name)
{
	const char *instance = name + strlen (measure->name) - 1;
	g_auto (GStrv) words = measure->each != NULL ? instances (c->step, measure) : NULL;
	g_autofree char *allowed = words != NULL ? g_strjoinv (", ", words) : NULL;

	if (words != NULL && !g_str_equal (instance, "*") &&
	    !g_strv_contains ((const char *const *)words, instance))
		fault (c, "limits", name, "limit for %s, but this step's %s are %s", name,
		       measure->each, allowed);
}

static void
check_bounds (const Check *c, const char *part, const char *name, const PlLimit *limit)
{
	if (limit->min > limit->max)
		fault (c, part, name, "limit of %s is impossible: min %g is above max %g", name,
		       limit->min, limit->max);
	if (limit->equals != NULL && !(isnan (limit->min) && isnan (limit->max)))
		fault (c, part, name, "limit of %s has equals besides min or max; give one kind",
		       name);
}

/* A bound beyond what the quantity can be is a unit mistaken: 20 meant as millivolts. */
static gboolean
is_outside (double bound, const PlMeasure *measure)
{
	return bound < measure->low || bound > measure->high;
}

/* "pack_ohm_*" in a recipe covers pack_ohm_charge and pack_ohm_discharge of the table. */
static gboolean
covers (const char *name, const PlMeasure *measure)
{
	gsize stem = strlen (name) - 1;

	return name[stem] == '*' && strncmp (measure->name, name, stem) == 0;
}

static void
check_limit_of (const Check *c, const char *name, const PlLimit *limit, const PlMeasure *measure)
{
	if (measure->text != (limit->equals != NULL))
		fault (c, "limits", name, "limit of %s: %s", name,
		       measure->text ? "it is text, use equals"
				     : "it is a number, use min and max");
	else if (!measure->text &&
		 (is_outside (limit->min, measure) || is_outside (limit->max, measure)))
		fault (c, "limits", name,
		       "limit of %s is impossible: a bound lies outside %g to %g %s, which is all "
		       "it can be",
		       name, measure->low, measure->high, measure->unit);
}

static void
check_limit (const Check *c, const char *name, const PlLimit *limit)
{
	const PlMeasure *one = pl_step_type_measure (c->step->type, name);
	guint covered = 0;

	if (*limit->source == '\0')
		return; /* did not parse, which has been said */
	check_bounds (c, "limits", name, limit);
	for (const PlMeasure *m = c->step->type->measures; m != NULL && m->name != NULL; m++)
		if (m == one || covers (name, m)) {
			check_limit_of (c, name, limit, m);
			covered++;
		}
	if (covered == 0) {
		g_autofree const char **names = measure_names (c->step->type);
		g_autofree char *allowed = listed (names, "nothing"),
				*meant = pl_recipe_suggestion (name, names);

		fault (c, "limits", name,
		       "limit for %s, which %s does not measure%s; it measures %s", name,
		       c->step->type->name, meant, allowed);
	}
	if (one != NULL)
		check_instance (c, one, name);
}

/* A required measurement is never left unjudged, in none of its instances. */
static void
check_required (const Check *c, const PlMeasure *measure)
{
	g_auto (GStrv) words = measure->each != NULL ? instances (c->step, measure) : NULL;
	g_autofree char *stem = g_strndup (measure->name, strlen (measure->name) - 1);

	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		g_autofree char *name = g_strconcat (stem, words[i], NULL);

		if (pl_recipe_step_limit (c->step, name) == NULL)
			fault (
			    c, NULL, NULL,
			    "no limit for %s (%s); a required measurement is never left unjudged",
			    name, measure->help);
	}
	if (words == NULL && pl_recipe_step_limit (c->step, measure->name) == NULL)
		fault (c, NULL, NULL,
		       "no limit for %s (%s); a required measurement is never left unjudged",
		       measure->name, measure->help);
}

/* A column that is never sampled would be watched in vain. */
static void
check_watch (const Check *c, const char *name, const PlLimit *limit)
{
	static const char *const nothing[] = {NULL};
	const char *const *columns =
	    c->step->type->columns != NULL ? c->step->type->columns : nothing;

	if (!g_strv_contains (columns, name)) {
		g_autofree char *allowed = listed (columns, "nothing"),
				*meant = pl_recipe_suggestion (name, columns);

		fault (c, "watch", name, "%s cannot be watched%s; %s samples %s", name, meant,
		       c->step->type->name, allowed);
	}
	check_bounds (c, "watch", name, limit);
	if (limit->equals != NULL)
		fault (c, "watch", name,
		       "watched limit of %s: samples are numbers, use min and max", name);
}

static void
check_limits (const Check *c)
{
	GHashTableIter iter;
	gpointer name, limit;

	g_hash_table_iter_init (&iter, c->step->limits);
	while (g_hash_table_iter_next (&iter, &name, &limit))
		check_limit (c, name, limit);
	for (const PlMeasure *m = c->step->type->measures; m != NULL && m->name != NULL; m++)
		if (m->required)
			check_required (c, m);
	g_hash_table_iter_init (&iter, c->step->watch);
	while (g_hash_table_iter_next (&iter, &name, &limit))
		check_watch (c, name, limit);
}

/* -- conduct ----------------------------------------------------------------------------------- */

/* A kind that does not exist would skip the step for ever. */
static void
check_when (const Check *c)
{
	static const char *const kinds[] = {"production", "engineering", "golden", "simulated",
					    NULL};

	for (guint i = 0; c->step->when != NULL && c->step->when[i] != NULL; i++)
		if (!g_strv_contains (kinds, c->step->when[i])) {
			g_autofree char *meant = pl_recipe_suggestion (c->step->when[i], kinds);

			fault (
			    c, "when", NULL,
			    "when \"%s\"%s; allowed are production, engineering, golden, simulated",
			    c->step->when[i], meant);
		}
}

/* What is called unverified must exist, or a typing error would hide the mark. */
static void
check_unverified (const Check *c)
{
	for (guint i = 0; c->step->unverified != NULL && c->step->unverified[i] != NULL; i++)
		if (find_param (c->step->type, c->step->unverified[i]) == NULL &&
		    !g_hash_table_contains (c->step->limits, c->step->unverified[i])) {
			g_autofree const char **names = param_names (c->step->type);
			g_autofree char *allowed = listed (names, "none");

			fault (c, "unverified", NULL,
			       "unverified \"%s\" is neither a parameter nor a limit of it; "
			       "parameters are %s",
			       c->step->unverified[i], allowed);
		}
}

static PlRecipeStep *
step_at (const PlRecipe *recipe, guint i)
{
	return g_ptr_array_index (recipe->steps, i);
}

/* Each pair once, told at the later of the two. */
static void
check_neighbour (const Check *c, guint i, const PlRecipeStep *first)
{
	if (c->step->phase != first->phase)
		fault (c, NULL, NULL, "group %s spans two phases; a group stands in one",
		       first->group);
	if (c->step->type->roles & first->type->roles)
		fault (c, NULL, NULL, "group %s: \"%s\" uses the same instrument", first->group,
		       first->id);
	if (g_strcmp0 (step_at (c->recipe, i - 1)->group, first->group) != 0)
		fault (c, NULL, NULL,
		       "group %s is not contiguous; put its steps one after the other",
		       first->group);
}

/* Members of a group stand side by side, use different instruments, and none has high voltage on or
 * drives the PLC (the sequencer needs it to watch the safety chain). */
static void
check_group (const Check *c, guint at)
{
	const PlRecipeStep *step = c->step;

	if (step->group == NULL)
		return;
	if (step->type->high_voltage)
		fault (c, NULL, NULL,
		       "high voltage: nothing may run beside it; take it out of group %s",
		       step->group);
	if (step->type->alone)
		fault (c, NULL, NULL,
		       "it needs the whole bench or all results before it; take it out of group %s",
		       step->group);
	if (step->type->roles & PL_ROLE_BIT (PL_ROLE_PLC))
		fault (c, NULL, NULL, "it drives the PLC and so cannot be in a group");
	for (guint i = at + 1; i < c->recipe->steps->len; i++) {
		Check other = {c->recipe, step_at (c->recipe, i), c->faults};

		if (g_strcmp0 (other.step->group, step->group) == 0)
			check_neighbour (&other, i, step);
	}
}

/* -- the recipe as a whole --------------------------------------------------------------------- */

/* Whatever a step leaves behind, its teardown must be able to take away. */
static void
check_teardown (const PlRecipe *recipe, GPtrArray *faults)
{
	const guint32 sources = PL_ROLE_BIT (PL_ROLE_HIPOT) | PL_ROLE_BIT (PL_ROLE_SUPPLY);
	const PlRecipeStep *live = NULL;

	for (guint i = recipe->steps->len; i > 0; i--) {
		const PlRecipeStep *step = step_at (recipe, i - 1);

		if (step->type->roles & sources)
			live = step;
		if (step->phase == PL_PHASE_TEARDOWN &&
		    g_str_equal (step->type->name, "make-safe") && step->when == NULL)
			return;
	}
	if (live != NULL) {
		Check c = {recipe, live, faults};

		fault (&c, NULL, NULL,
		       "it energises, but teardown has no step make-safe (without when); add one");
	}
}

/* An empty main passes anything; said only where nothing else explains it. */
void
pl_recipe_check (PlRecipe *recipe, GPtrArray *faults)
{
	g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
	guint n_main = 0;

	for (guint i = 0; i < recipe->steps->len; i++) {
		Check c = {recipe, step_at (recipe, i), faults};

		if (!g_hash_table_add (ids, c.step->id))
			fault (&c, NULL, NULL, "this id is used twice; give each step its own id");
		check_params (&c);
		check_limits (&c);
		check_when (&c);
		check_unverified (&c);
		check_group (&c, i);
		n_main += c.step->phase == PL_PHASE_MAIN;
	}
	check_teardown (recipe, faults);
	if (n_main == 0 && faults->len == 0)
		g_ptr_array_add (
		    faults,
		    g_strdup_printf ("%s:1: no step in main: such a recipe would pass anything",
				     recipe->file));
}
