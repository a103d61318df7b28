/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe.h"
#include "fixtures/yaml.h"
#include "station/recipe_check.h"
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (pl - recipe - error - quark, pl_recipe_error)

const char *
pl_phase_name (PlPhase phase)
{
	static const char *const names[PL_PHASE_LAST] = {"setup", "main", "teardown"};

	g_return_val_if_fail (phase < PL_PHASE_LAST, "?");
	return names[phase];
}

static void
limit_free (gpointer data)
{
	PlLimit *limit = data;

	g_free (limit->equals);
	g_free (limit->source);
	g_free (limit);
}

static void
step_free (gpointer data)
{
	PlRecipeStep *step = data;

	g_free (step->id);
	g_free (step->title);
	g_free (step->clause);
	g_hash_table_unref (step->params);
	g_hash_table_unref (step->limits);
	g_hash_table_unref (step->watch);
	g_strfreev (step->when);
	g_strfreev (step->unverified);
	g_free (step->group);
	g_free (step);
}

void
pl_recipe_free (PlRecipe *recipe)
{
	if (recipe == NULL)
		return;
	g_free (recipe->name);
	g_free (recipe->title);
	g_free (recipe->product);
	g_free (recipe->serial_format);
	g_strfreev (recipe->requires);
	g_ptr_array_unref (recipe->steps);
	g_free (recipe->hash);
	g_free (recipe->file);
	g_free (recipe->text);
	g_free (recipe);
}

static PlRecipeStep *
step_new (PlPhase phase, guint line)
{
	PlRecipeStep *step = g_new0 (PlRecipeStep, 1);

	step->phase = phase;
	step->line = line;
	step->routine = TRUE;
	step->params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	step->limits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, limit_free);
	step->watch = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, limit_free);
	return step;
}

/* A sequence of scalars, or one scalar, as a list of words. */
static char **
words_of (const PlYamlNode *node, GError **error)
{
	g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

	if (pl_yaml_kind (node) == PL_YAML_SCALAR) {
		const char *word = pl_yaml_string (node, error);

		if (word == NULL)
			return NULL;
		g_strv_builder_add (words, word);
		return g_strv_builder_end (words);
	}
	if (!pl_yaml_expect (node, PL_YAML_SEQUENCE, "a list of words", error))
		return NULL;
	for (guint i = 0; i < pl_yaml_length (node); i++) {
		const char *word = pl_yaml_string (pl_yaml_item (node, i), error);

		if (word == NULL)
			return NULL;
		g_strv_builder_add (words, word);
	}
	return g_strv_builder_end (words);
}

static PlLimit *
parse_limit (const PlYamlNode *node, GError **error)
{
	static const char *const keys[] = {"min", "max", "equals", "source", NULL};
	const PlYamlNode *min = pl_yaml_get (node, "min"), *max = pl_yaml_get (node, "max");
	const PlYamlNode *equals = pl_yaml_get (node, "equals");
	const PlYamlNode *source;
	PlLimit limit = {NAN, NAN, NULL, NULL};
	const char *text;

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a limit ({ min, max or equals, source })",
			     error) ||
	    !pl_yaml_check_keys (node, keys, error))
		return NULL;
	if (min != NULL && !pl_yaml_double (min, &limit.min, error))
		return NULL;
	if (max != NULL && !pl_yaml_double (max, &limit.max, error))
		return NULL;
	if (min == NULL && max == NULL && equals == NULL) {
		pl_yaml_error (node, PL_YAML_ERROR_STRUCTURE, error,
			       "a limit without a bound judges nothing; give min, max or equals");
		return NULL;
	}
	source = pl_yaml_require (node, "source", error);
	if (source == NULL || (text = pl_yaml_string (source, error)) == NULL)
		return NULL;
	limit.source = g_strdup (text);
	if (equals != NULL) {
		text = pl_yaml_string (equals, error);
		limit.equals = g_strdup (text);
	}
	if (equals != NULL && limit.equals == NULL) {
		g_free (limit.source);
		return NULL;
	}
	return g_memdup2 (&limit, sizeof limit);
}

static gboolean
parse_limits (const PlYamlNode *node, GHashTable *into, GPtrArray *faults)
{
	g_autoptr (GError) error = NULL;

	if (node == NULL)
		return TRUE;
	if (!pl_yaml_expect (node, PL_YAML_MAP, "limits by measurement name", &error)) {
		g_ptr_array_add (faults, g_strdup (error->message));
		return FALSE;
	}
	for (guint i = 0; i < pl_yaml_length (node); i++) {
		g_autoptr (GError) wrong = NULL;
		PlLimit *limit = parse_limit (pl_yaml_item (node, i), &wrong);

		if (limit != NULL)
			g_hash_table_insert (into, g_strdup (pl_yaml_key (node, i)), limit);
		else
			g_ptr_array_add (faults, g_strdup (wrong->message));
	}
	return TRUE;
}

static gboolean
parse_params (const PlYamlNode *node, PlRecipeStep *step, GError **error)
{
	if (node == NULL)
		return TRUE;
	if (!pl_yaml_expect (node, PL_YAML_MAP, "parameters by name", error))
		return FALSE;
	for (guint i = 0; i < pl_yaml_length (node); i++) {
		g_auto (GStrv) words = words_of (pl_yaml_item (node, i), error);

		if (words == NULL)
			return FALSE;
		g_hash_table_insert (step->params, g_strdup (pl_yaml_key (node, i)),
				     g_strjoinv ("\n", words));
	}
	return TRUE;
}

/* label: routine | type, retries, on_fail, when, group, unverified: all optional */
static gboolean
parse_conduct (const PlYamlNode *node, PlRecipeStep *step, GError **error)
{
	static const char *const labels[] = {"type", "routine", NULL};
	static const char *const on_fails[] = {"stop", "continue", NULL};
	const PlYamlNode *label = pl_yaml_get (node, "label"),
			 *retries = pl_yaml_get (node, "retries");
	const PlYamlNode *on_fail = pl_yaml_get (node, "on_fail"),
			 *when = pl_yaml_get (node, "when");
	const PlYamlNode *unverified = pl_yaml_get (node, "unverified");
	const PlYamlNode *group = pl_yaml_get (node, "group"),
			 *clause = pl_yaml_get (node, "clause");
	guint choice;
	gint64 n;

	if (label != NULL) {
		if (!pl_yaml_choice (label, labels, &choice, error))
			return FALSE;
		step->routine = choice == 1;
	}
	if (retries != NULL) {
		if (!pl_yaml_int (retries, 0, 5, &n, error))
			return FALSE;
		step->retries = n;
	}
	if (on_fail != NULL) {
		if (!pl_yaml_choice (on_fail, on_fails, &choice, error))
			return FALSE;
		step->on_fail = choice == 0 ? PL_ON_FAIL_STOP : PL_ON_FAIL_CONTINUE;
	}
	if (when != NULL && (step->when = words_of (when, error)) == NULL)
		return FALSE;
	if (unverified != NULL && (step->unverified = words_of (unverified, error)) == NULL)
		return FALSE;
	if (group != NULL && (step->group = g_strdup (pl_yaml_string (group, error))) == NULL)
		return FALSE;
	if (clause != NULL && (step->clause = g_strdup (pl_yaml_string (clause, error))) == NULL)
		return FALSE;
	return TRUE;
}

static gboolean
parse_identity (const PlYamlNode *node, PlRecipeStep *step, GError **error)
{
	static const char *const keys[] = {"id",   "step",   "title",	   "label",   "clause",
					   "with", "limits", "watch",	   "retries", "on_fail",
					   "when", "group",  "unverified", NULL};
	const PlYamlNode *type, *id = pl_yaml_get (node, "id"),
				*title = pl_yaml_get (node, "title");
	const char *name;

	if (!pl_yaml_expect (node, PL_YAML_MAP, "a step ({ step: TYPE, ... })", error) ||
	    !pl_yaml_check_keys (node, keys, error) ||
	    (type = pl_yaml_require (node, "step", error)) == NULL ||
	    (name = pl_yaml_string (type, error)) == NULL)
		return FALSE;
	step->type = pl_step_type_find (name);
	if (step->type == NULL) {
		g_autofree char *known = pl_recipe_known_steps ();

		return pl_yaml_error (type, PL_YAML_ERROR_VALUE, error,
				      "unknown step \"%s\"; known are %s", name, known);
	}
	step->id = g_strdup (id != NULL ? pl_yaml_string (id, error) : name);
	step->title = g_strdup (title != NULL ? pl_yaml_string (title, error) : step->type->title);
	return step->id != NULL && step->title != NULL;
}

static void
parse_step (PlRecipe *recipe, PlPhase phase, const PlYamlNode *node, GPtrArray *faults)
{
	PlRecipeStep *step = step_new (phase, pl_yaml_line (node));
	g_autoptr (GError) error = NULL;

	if (!parse_identity (node, step, &error) || !parse_conduct (node, step, &error) ||
	    !parse_params (pl_yaml_get (node, "with"), step, &error)) {
		g_ptr_array_add (faults, g_strdup (error->message));
		step_free (step);
		return;
	}
	parse_limits (pl_yaml_get (node, "limits"), step->limits, faults);
	parse_limits (pl_yaml_get (node, "watch"), step->watch, faults);
	g_ptr_array_add (recipe->steps, step);
}

static void
parse_steps (PlRecipe *recipe, const PlYamlNode *root, GPtrArray *faults)
{
	for (PlPhase phase = PL_PHASE_SETUP; phase < PL_PHASE_LAST; phase++) {
		const PlYamlNode *steps = pl_yaml_get (root, pl_phase_name (phase));
		g_autoptr (GError) error = NULL;

		if (steps == NULL)
			continue;
		if (!pl_yaml_expect (steps, PL_YAML_SEQUENCE, "a list of steps", &error)) {
			g_ptr_array_add (faults, g_strdup (error->message));
			continue;
		}
		for (guint i = 0; i < pl_yaml_length (steps); i++)
			parse_step (recipe, phase, pl_yaml_item (steps, i), faults);
	}
}

static gboolean
required_text (const PlYamlNode *root, const char *key, char **ret, GError **error)
{
	const PlYamlNode *node = pl_yaml_require (root, key, error);
	const char *text = node != NULL ? pl_yaml_string (node, error) : NULL;

	*ret = g_strdup (text);
	return text != NULL;
}

static gboolean
parse_head (PlRecipe *recipe, const PlYamlNode *root, GError **error)
{
	static const char *const keys[] = {"recipe",   "version", "title", "product",  "serial",
					   "requires", "setup",	  "main",  "teardown", NULL};
	const PlYamlNode *version, *requires = pl_yaml_get (root, "requires");
	gint64 n = 0;

	if (!pl_yaml_expect (root, PL_YAML_MAP, "a recipe", error) ||
	    !pl_yaml_check_keys (root, keys, error) ||
	    !required_text (root, "recipe", &recipe->name, error) ||
	    !required_text (root, "title", &recipe->title, error) ||
	    !required_text (root, "product", &recipe->product, error) ||
	    !required_text (root, "serial", &recipe->serial_format, error) ||
	    (version = pl_yaml_require (root, "version", error)) == NULL ||
	    !pl_yaml_int (version, 1, 1000000, &n, error))
		return FALSE;
	recipe->version = n;
	if (requires != NULL && pl_yaml_length (requires) > 0)
		return (recipe->requires = words_of (requires, error)) != NULL;
	recipe->requires = g_new0 (char *, 1);
	return TRUE;
}

static gboolean
refuse (GPtrArray *faults, GError **error)
{
	g_autofree char *text = NULL;

	g_ptr_array_add (faults, NULL);
	text = g_strjoinv ("\n", (char **)faults->pdata);
	g_set_error_literal (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_CHECK, text);
	return FALSE;
}

PlRecipe *
pl_recipe_parse (const char *text, gsize len, const char *name, GError **error)
{
	g_autoptr (PlRecipe) recipe = g_new0 (PlRecipe, 1);
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
	g_autoptr (GError) wrong = NULL;
	g_autoptr (PlYaml) yaml = NULL;

	recipe->steps = g_ptr_array_new_with_free_func (step_free);
	recipe->file = g_strdup (name);
	recipe->text = g_strndup (text, len);
	recipe->hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, len);
	yaml = pl_yaml_parse (text, len, name, &wrong);
	if (yaml == NULL || !parse_head (recipe, pl_yaml_root (yaml), &wrong))
		g_ptr_array_add (faults, g_strdup (wrong->message));
	else {
		parse_steps (recipe, pl_yaml_root (yaml), faults);
		pl_recipe_check (recipe, faults);
	}
	if (faults->len > 0) {
		refuse (faults, error);
		return NULL;
	}
	return g_steal_pointer (&recipe);
}

PlRecipe *
pl_recipe_load (const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) wrong = NULL;
	gsize len;

	if (!g_file_get_contents (file, &text, &len, &wrong)) {
		g_set_error (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_FILE,
			     "cannot read the recipe: %s", wrong->message);
		return NULL;
	}
	return pl_recipe_parse (text, len, file, error);
}
