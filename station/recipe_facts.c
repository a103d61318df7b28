/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_facts.h"
#include "station/canonical.h"
#include "station/recipe_check.h"
#include <math.h>
#include <string.h>

void
pl_recipe_fact_free (gpointer data)
{
	PlRecipeFact *fact = data;

	g_free (fact->name);
	g_free (fact->value);
	g_free (fact);
}

/* -- words ------------------------------------------------------------------------------------- */

/* A watched column and a parameter have their unit in their name only. */
static const char *
unit_of_ending (const char *name)
{
	static const struct {
		const char *ending, *unit;
	} units[] = {{"_v", "V"}, {"_a", "A"}, {"_ohm", "ohm"}, {"_degc", "degC"}, {"_pa", "Pa"},
		     {"_s", "s"}, {"_k", "K"}, {"_ah", "Ah"},	{"_percent", "%"}};

	for (guint i = 0; i < G_N_ELEMENTS (units); i++)
		if (g_str_has_suffix (name, units[i].ending))
			return units[i].unit;
	return "";
}

/* Units belong to the step type's measure, so that a recipe cannot give another one. */
const char *
pl_recipe_unit (const PlStepType *type, const char *name)
{
	const PlMeasure *measure = pl_step_type_measure (type, name);

	/* "pack_ohm_*" of a recipe stands for all that begin so; they share their unit */
	for (const PlMeasure *m = type->measures; measure == NULL && m != NULL && m->name != NULL;
	     m++) {
		gsize stem = strlen (name) - 1;

		if (name[stem] == '*' && strncmp (m->name, name, stem) == 0)
			measure = m;
	}
	return measure != NULL ? measure->unit : unit_of_ending (name);
}

/* Four digits are what people read; a limit that has more is not rounded for them. */
char *
pl_recipe_quantity (double value, const char *unit)
{
	g_autofree char *short_form = g_strdup_printf ("%.4g", value);
	g_autofree char *exact = NULL;

	if (!(fabs (g_ascii_strtod (short_form, NULL) - value) > 0))
		return pl_quantity_text (value, unit);
	exact = pl_decimal_text (value);
	return g_strdup_printf ("%s%s%s", exact, *unit != '\0' ? " " : "", unit);
}

/* One value for both sides is said once, as equality. */
char *
pl_recipe_limit_words (const PlLimit *limit, const char *unit)
{
	g_autofree char *low = isnan (limit->min) ? NULL : pl_recipe_quantity (limit->min, unit);
	g_autofree char *high = isnan (limit->max) ? NULL : pl_recipe_quantity (limit->max, unit);

	if (limit->equals != NULL)
		return g_strdup_printf ("= %s", limit->equals);
	if (low != NULL && high != NULL && g_str_equal (low, high))
		return g_strdup_printf ("= %s", low);
	if (low != NULL && high != NULL)
		return g_strdup_printf ("%s .. %s", low, high);
	return low != NULL ? g_strdup_printf ("\342\211\245 %s", low)
			   : g_strdup_printf ("\342\211\244 %s", high);
}

const char *
pl_recipe_param (const PlRecipeStep *step, const char *name, gboolean *ret_own)
{
	const char *own = g_hash_table_lookup (step->params, name);

	if (ret_own != NULL)
		*ret_own = own != NULL;
	for (const PlParam *p = step->type->params; own == NULL && p != NULL && p->name != NULL;
	     p++)
		if (g_str_equal (p->name, name))
			own = p->fallback;
	return own;
}

/* -- the order of the file --------------------------------------------------------------------- */

typedef struct {
	const PlRecipeStep *step;
	const char *part;
} Order;

static int
by_line (gconstpointer a, gconstpointer b, gpointer data)
{
	const Order *order = data;
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	guint at_x = pl_recipe_line_of (order->step, order->part, x),
	      at_y = pl_recipe_line_of (order->step, order->part, y);

	return at_x != at_y ? (at_x > at_y) - (at_x < at_y) : strcmp (x, y);
}

static GHashTable *
table_of (const PlRecipeStep *step, const char *part)
{
	return g_str_equal (part, "with")     ? step->params
	       : g_str_equal (part, "limits") ? step->limits
					      : step->watch;
}

/* A hash table has no order; the file's is the one that its author has in mind. */
GPtrArray *
pl_recipe_names (const PlRecipeStep *step, const char *part)
{
	GPtrArray *names = g_ptr_array_new ();
	Order order = {step, part};
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init (&iter, table_of (step, part));
	while (g_hash_table_iter_next (&iter, &name, NULL))
		g_ptr_array_add (names, name);
	g_ptr_array_sort_with_data (names, by_line, &order);
	return names;
}

/* -- facts ------------------------------------------------------------------------------------- */

/* Takes the value; NULL is no fact. */
static void
add (GPtrArray *facts, const char *part, const char *name, const char *key, char *value,
     const char *unit)
{
	PlRecipeFact *fact;

	if (value == NULL)
		return;
	fact = g_new0 (PlRecipeFact, 1);
	fact->part = part;
	fact->name = g_strdup (name);
	fact->key = key;
	fact->value = value;
	fact->unit = unit;
	g_ptr_array_add (facts, fact);
}

static void
add_word (GPtrArray *facts, const char *part, const char *word)
{
	add (facts, part, NULL, NULL, g_strdup (word), "");
}

static char *
joined (char **words)
{
	return words != NULL && *words != NULL ? g_strjoinv (", ", words) : NULL;
}

/* NaN is a limit's open side. */
static char *
bound (double value)
{
	return isnan (value) ? NULL : pl_decimal_text (value);
}

static void
add_limits (GPtrArray *facts, const PlRecipeStep *step, const char *part)
{
	g_autoptr (GPtrArray) names = pl_recipe_names (step, part);

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index (names, i);
		const PlLimit *limit = g_hash_table_lookup (table_of (step, part), name);
		const char *unit = pl_recipe_unit (step->type, name);

		add (facts, part, name, "min", bound (limit->min), unit);
		add (facts, part, name, "max", bound (limit->max), unit);
		add (facts, part, name, "equals", g_strdup (limit->equals), "");
		add (facts, part, name, "source", g_strdup (limit->source), "");
	}
}

/* 0.10 and 0.1 are one number, and no difference. */
static char *
param_value (const PlStepType *type, const char *name, const char *text)
{
	char *value;

	for (const PlParam *p = type->params; p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name) &&
		    (p->kind == PL_PARAM_NUMBER || p->kind == PL_PARAM_INTEGER))
			return pl_decimal_text (g_ascii_strtod (text, NULL));
	value = g_strdup (text);
	return g_strdelimit (value, "\n", ',');
}

/* Only those that the recipe says: defaults are the step table's, and change with the software's
 * version. */
static void
add_params (GPtrArray *facts, const PlRecipeStep *step)
{
	g_autoptr (GPtrArray) names = pl_recipe_names (step, "with");

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index (names, i);

		add (facts, "with", name, NULL,
		     param_value (step->type, name, pl_recipe_param (step, name, NULL)),
		     unit_of_ending (name));
	}
}

/* What is as usual is NULL and no fact: "retries 0" in one file and nothing in the other say the
 * same. */
static void
add_conduct (GPtrArray *facts, const PlRecipeStep *step)
{
	add_word (facts, "step", step->type->name);
	add_word (facts, "title", step->title);
	add_word (facts, "title-zh_CN", g_hash_table_lookup (step->titles, "zh_CN"));
	add_word (facts, "phase", pl_phase_name (step->phase));
	add_word (facts, "label", step->routine ? NULL : "type");
	add_word (facts, "clause", step->clause);
	add (facts, "retries", NULL, NULL,
	     step->retries > 0 ? g_strdup_printf ("%u", step->retries) : NULL, "");
	add_word (facts, "on_fail", step->on_fail == PL_ON_FAIL_CONTINUE ? "continue" : NULL);
	add (facts, "when", NULL, NULL, joined (step->when), "");
	add_word (facts, "group", step->group);
	add_word (facts, "waivable", step->waivable ? "true" : NULL);
	add (facts, "unverified", NULL, NULL, joined (step->unverified), "");
}

static void
add_head (GPtrArray *facts, const PlRecipe *recipe)
{
	add_word (facts, "recipe", recipe->name);
	add (facts, "version", NULL, NULL, g_strdup_printf ("%u", recipe->version), "");
	add_word (facts, "title", recipe->title);
	add_word (facts, "title-zh_CN", g_hash_table_lookup (recipe->titles, "zh_CN"));
	add_word (facts, "product", recipe->product);
	add_word (facts, "unit", recipe->unit);
	add (facts, "rated_ah", NULL, NULL,
	     recipe->rated_ah > 0 ? pl_decimal_text (recipe->rated_ah) : NULL, "Ah");
	add_word (facts, "serial", recipe->serial_format);
	add (facts, "requires", NULL, NULL, joined (recipe->requires), "");
}

GPtrArray *
pl_recipe_facts (const PlRecipe *recipe, const PlRecipeStep *step)
{
	GPtrArray *facts = g_ptr_array_new_with_free_func (pl_recipe_fact_free);

	if (step == NULL) {
		add_head (facts, recipe);
		return facts;
	}
	add_conduct (facts, step);
	add_params (facts, step);
	add_limits (facts, step, "limits");
	add_limits (facts, step, "watch");
	return facts;
}
