/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe.h"
#include "fixtures/yaml.h"
#include "station/recipe_check.h"
#include <math.h>
#include <string.h>

/* From the file's tree to a recipe. Parsing goes on after a fault: a person wants to see all of
 * them at once. */

G_DEFINE_QUARK (pl - recipe - error - quark, pl_recipe_error)

const char *
pl_phase_name (PlPhase phase)
{
	static const char *const names[PL_PHASE_LAST] = {"setup", "main", "teardown"};

	g_return_val_if_fail (phase < PL_PHASE_LAST, "?");
	return names[phase];
}

/* Limits are shared by reference with the measurements that they judged: the recipe outlives runs.
 */
static void
limit_free (gpointer data)
{
	PlLimit *limit = data;

	g_free (limit->equals);
	g_free (limit->source);
	g_free (limit);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlLimit, limit_free)

static void
step_free (gpointer data)
{
	PlRecipeStep *step = data;

	g_free (step->id);
	g_free (step->title);
	g_hash_table_unref (step->titles);
	g_free (step->clause);
	g_hash_table_unref (step->params);
	g_hash_table_unref (step->limits);
	g_hash_table_unref (step->watch);
	g_hash_table_unref (step->lines);
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
	g_hash_table_unref (recipe->titles);
	g_free (recipe->product);
	g_free (recipe->unit);
	g_free (recipe->serial_format);
	g_strfreev (recipe->requires);
	g_ptr_array_unref (recipe->steps);
	g_free (recipe->hash);
	g_free (recipe->file);
	g_free (recipe->text);
	g_free (recipe);
}

static GHashTable *
words_table (void)
{
	return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Defaults of what a recipe need not say. */
static PlRecipeStep *
step_new (PlPhase phase, guint line)
{
	PlRecipeStep *step = g_new0 (PlRecipeStep, 1);

	step->phase = phase;
	step->line = line;
	step->routine = TRUE;
	step->titles = words_table ();
	step->params = words_table ();
	step->limits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, limit_free);
	step->watch = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, limit_free);
	step->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
	return step;
}

/* -- words in more than one language ----------------------------------------------------------- */

/* Beside the recipe's own words. Keys that a recipe may have (title-zh_CN) are listed where they
 * are parsed. */
const char *const pl_recipe_languages[] = {"zh_CN", NULL};

const char *
pl_recipe_title (const PlRecipe *recipe, const char *language)
{
	const char *title = g_hash_table_lookup (recipe->titles, language);

	return title != NULL ? title : recipe->title;
}

const char *
pl_recipe_step_title (const PlRecipeStep *step, const char *language)
{
	const char *title = g_hash_table_lookup (step->titles, language);

	return title != NULL ? title : step->title;
}

/* A language that the recipe does not speak gets its own words: better read slowly than not at all.
 */
const char *
pl_recipe_step_words (const PlRecipeStep *step, const char *name, const char *language)
{
	g_autofree char *key = g_strjoin ("-", name, language, NULL);
	const char *words = g_hash_table_lookup (step->params, key);

	return words != NULL ? words : g_hash_table_lookup (step->params, name);
}

/* -- faults ------------------------------------------------------------------------------------ */

/* Takes the error's words, which begin with file and line. Always FALSE. */
static gboolean
note (GPtrArray *faults, GError *wrong)
{
	g_ptr_array_add (faults, g_strdup (wrong->message));
	g_error_free (wrong);
	return FALSE;
}

/* The kinds of YAML nodes are the commonest slip: a list where a map belongs. */
static gboolean
expect (const PlYamlNode *node, PlYamlKind kind, const char *what, GPtrArray *faults)
{
	GError *wrong = NULL;

	return pl_yaml_expect (node, kind, what, &wrong) || note (faults, wrong);
}

/* Every unknown key, not only the first. */
static void
check_keys (const PlYamlNode *map, const char *const *allowed, GPtrArray *faults)
{
	for (guint i = 0; i < pl_yaml_length (map); i++) {
		const char *key = pl_yaml_key (map, i);
		g_autofree char *list = g_strjoinv (", ", (char **)allowed);
		g_autofree char *meant = pl_recipe_suggestion (key, allowed);

		if (!g_strv_contains (allowed, key))
			g_ptr_array_add (
			    faults, g_strdup_printf ("%s:%u: unknown key \"%s\"%s; allowed are %s",
						     pl_yaml_file (map), pl_yaml_key_line (map, i),
						     key, meant, list));
	}
}

/* NULL where it is absent; a fault as well where it is required. Caller frees. */
static char *
text_of (const PlYamlNode *map, const char *key, gboolean required, GPtrArray *faults)
{
	const PlYamlNode *node = pl_yaml_get (map, key);
	GError *wrong = NULL;
	const char *text;

	if (node == NULL && !required)
		return NULL;
	if (node == NULL)
		node = pl_yaml_require (map, key, &wrong);
	text = node != NULL ? pl_yaml_string (node, &wrong) : NULL;
	if (text != NULL && *text == '\0')
		pl_yaml_error (node, PL_YAML_ERROR_VALUE, &wrong, "%s is empty", key);
	if (wrong != NULL)
		note (faults, wrong);
	return *(text != NULL ? text : "") != '\0' ? g_strdup (text) : NULL;
}

/* title-zh_CN and its like: all optional. */
static void
parse_titles (const PlYamlNode *map, GHashTable *into, GPtrArray *faults)
{
	for (guint i = 0; pl_recipe_languages[i] != NULL; i++) {
		g_autofree char *key = g_strconcat ("title-", pl_recipe_languages[i], NULL);
		char *title = text_of (map, key, FALSE, faults);

		if (title != NULL)
			g_hash_table_insert (into, g_strdup (pl_recipe_languages[i]), title);
	}
}

/* A name that goes into file names, database rows and command lines. */
static char *
name_of (const PlYamlNode *map, const char *key, gboolean required, GPtrArray *faults)
{
	g_autofree char *name = text_of (map, key, required, faults);
	GError *wrong = NULL;

	if (name == NULL ||
	    (g_ascii_isalnum (*name) &&
	     strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.") == strlen (name)))
		return g_steal_pointer (&name);
	pl_yaml_error (
	    pl_yaml_get (map, key), PL_YAML_ERROR_VALUE, &wrong,
	    "%s is \"%s\"; letters, digits and - _ . are allowed, a letter or digit first", key,
	    name);
	note (faults, wrong);
	return NULL;
}

static const char *
word_of (const PlYamlNode *node, GPtrArray *faults)
{
	GError *wrong = NULL;
	const char *word = pl_yaml_string (node, &wrong);

	if (word != NULL && strchr (word, '\n') == NULL)
		return word;
	if (word != NULL)
		pl_yaml_error (node, PL_YAML_ERROR_VALUE, &wrong,
			       "a line break is not allowed here");
	note (faults, wrong);
	return NULL;
}

/* A sequence of scalars, or one scalar, as a list of words; NULL after a fault. */
static char **
words_of (const PlYamlNode *node, GPtrArray *faults)
{
	g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
	gboolean one = pl_yaml_kind (node) == PL_YAML_SCALAR;

	if (!one && !expect (node, PL_YAML_SEQUENCE, "a word or a list of words", faults))
		return NULL;
	for (guint i = 0; i < (one ? 1 : pl_yaml_length (node)); i++) {
		const char *word = word_of (one ? node : pl_yaml_item (node, i), faults);

		if (word == NULL)
			return NULL;
		g_strv_builder_add (words, word);
	}
	return g_strv_builder_end (words);
}

/* -- limits ------------------------------------------------------------------------------------ */

/* An optional bound: FALSE after a fault. */
static gboolean
parse_bound (const PlYamlNode *node, const char *key, double *ret, GPtrArray *faults)
{
	const PlYamlNode *bound = pl_yaml_get (node, key);
	GError *wrong = NULL;

	return bound == NULL || pl_yaml_double (bound, ret, &wrong) || note (faults, wrong);
}

/* Held together by `before`: every fault of a limit is told, and none of them leaves a limit
 * behind. */
static PlLimit *
parse_limit (const PlYamlNode *node, GPtrArray *faults)
{
	static const char *const keys[] = {"min", "max", "equals", "source", NULL};
	g_autoptr (PlLimit) limit = NULL;
	GError *wrong = NULL;
	guint before = faults->len;

	if (!expect (node, PL_YAML_MAP, "a limit ({ min, max or equals, source })", faults))
		return NULL;
	limit = g_new0 (PlLimit, 1);
	limit->min = limit->max = NAN;
	check_keys (node, keys, faults);
	parse_bound (node, "min", &limit->min, faults);
	parse_bound (node, "max", &limit->max, faults);
	limit->equals = text_of (node, "equals", FALSE, faults);
	limit->source = text_of (node, "source", TRUE, faults);
	if (faults->len == before && isnan (limit->min) && isnan (limit->max) &&
	    limit->equals == NULL) {
		pl_yaml_error (node, PL_YAML_ERROR_STRUCTURE, &wrong,
			       "a limit without a bound judges nothing; give min, max or equals");
		note (faults, wrong);
	}
	return faults->len == before ? g_steal_pointer (&limit) : NULL;
}

static void
remember (PlRecipeStep *step, const char *part, const char *name, guint line)
{
	g_hash_table_insert (step->lines, g_strjoin (" ", part, name, NULL),
			     GUINT_TO_POINTER (line));
}

static void
parse_limits (const PlYamlNode *map, const char *part, PlRecipeStep *step, GHashTable *into,
	      GPtrArray *faults)
{
	const PlYamlNode *node = pl_yaml_get (map, part);

	if (node == NULL || !expect (node, PL_YAML_MAP, "limits by name", faults))
		return;
	for (guint i = 0; i < pl_yaml_length (node); i++) {
		const char *name = pl_yaml_key (node, i);
		PlLimit *limit = parse_limit (pl_yaml_item (node, i), faults);

		/* a faulty one has its name taken, too, so that it is not called missing as well */
		if (limit == NULL) {
			limit = g_new0 (PlLimit, 1);
			limit->min = limit->max = NAN;
			limit->source = g_strdup ("");
		}
		remember (step, part, name, pl_yaml_key_line (node, i));
		g_hash_table_insert (into, g_strdup (name), limit);
	}
}

const PlLimit *
pl_recipe_step_limit (const PlRecipeStep *step, const char *measurement)
{
	const PlLimit *best = g_hash_table_lookup (step->limits, measurement);
	GHashTableIter iter;
	gpointer name, limit;
	gsize longest = 0;

	if (best != NULL)
		return best;
	g_hash_table_iter_init (&iter, step->limits);
	while (g_hash_table_iter_next (&iter, &name, &limit)) {
		gsize stem = strlen (name) - 1;

		if (((char *)name)[stem] == '*' && stem >= longest &&
		    strncmp (name, measurement, stem) == 0) {
			longest = stem;
			best = limit;
		}
	}
	return best;
}

/* -- steps ------------------------------------------------------------------------------------- */

/* Kept as text: what a word must be is known to the step table, which checks it next. */
static void
parse_params (const PlYamlNode *map, PlRecipeStep *step, GPtrArray *faults)
{
	const PlYamlNode *node = pl_yaml_get (map, "with");

	if (node == NULL || !expect (node, PL_YAML_MAP, "parameters by name", faults))
		return;
	for (guint i = 0; i < pl_yaml_length (node); i++) {
		g_auto (GStrv) words = words_of (pl_yaml_item (node, i), faults);
		const char *name = pl_yaml_key (node, i);

		if (words == NULL)
			continue;
		remember (step, "with", name, pl_yaml_key_line (node, i));
		g_hash_table_insert (step->params, g_strdup (name), g_strjoinv ("\n", words));
	}
}

/* The index of the key's word, or `otherwise` where it is absent or wrong. */
static guint
choice_of (const PlYamlNode *map, const char *key, const char *const *words, guint otherwise,
	   GPtrArray *faults)
{
	const PlYamlNode *node = pl_yaml_get (map, key);
	GError *wrong = NULL;
	guint choice = otherwise;

	if (node != NULL && !pl_yaml_choice (node, words, &choice, &wrong))
		note (faults, wrong);
	return choice;
}

static char **
list_of (const PlYamlNode *map, const char *key, PlRecipeStep *step, GPtrArray *faults)
{
	const PlYamlNode *node = pl_yaml_get (map, key);

	if (node == NULL)
		return NULL;
	remember (step, key, NULL, pl_yaml_line (node));
	return words_of (node, faults);
}

/* label, retries, on_fail, when, group, unverified, waivable: all optional */
static void
parse_conduct (const PlYamlNode *map, PlRecipeStep *step, GPtrArray *faults)
{
	static const char *const labels[] = {"type", "routine", NULL};
	static const char *const on_fails[] = {"stop", "continue", NULL};
	static const char *const truths[] = {"false", "true", NULL};
	const PlYamlNode *retries = pl_yaml_get (map, "retries");
	GError *wrong = NULL;
	gint64 n = 0;

	step->routine = choice_of (map, "label", labels, 1, faults) == 1;
	step->on_fail = choice_of (map, "on_fail", on_fails, 0, faults) == 0 ? PL_ON_FAIL_STOP
									     : PL_ON_FAIL_CONTINUE;
	step->waivable = choice_of (map, "waivable", truths, 0, faults) == 1;
	if (retries != NULL && !pl_yaml_int (retries, 0, 5, &n, &wrong))
		note (faults, wrong);
	step->retries = (guint)n;
	step->when = list_of (map, "when", step, faults);
	step->unverified = list_of (map, "unverified", step, faults);
	step->group = name_of (map, "group", FALSE, faults);
	step->clause = text_of (map, "clause", FALSE, faults);
}

static const char **
step_names (void)
{
	GPtrArray *names = g_ptr_array_new ();

	for (guint i = 0; pl_step_types ()[i] != NULL; i++)
		g_ptr_array_add (names, (gpointer)pl_step_types ()[i]->name);
	g_ptr_array_add (names, NULL);
	return (const char **)g_ptr_array_free (names, FALSE);
}

/* Without its type nothing else of a step can be checked. */
static const PlStepType *
parse_type (const PlYamlNode *map, GPtrArray *faults)
{
	g_autofree char *name = text_of (map, "step", TRUE, faults);
	const PlStepType *type = name != NULL ? pl_step_type_find (name) : NULL;
	GError *wrong = NULL;

	if (name != NULL && type == NULL) {
		g_autofree const char **names = step_names ();
		g_autofree char *known = pl_recipe_known_steps (),
				*meant = pl_recipe_suggestion (name, names);

		pl_yaml_error (pl_yaml_get (map, "step"), PL_YAML_ERROR_VALUE, &wrong,
			       "unknown step \"%s\"%s; known are %s", name, meant, known);
		note (faults, wrong);
	}
	return type;
}

static void
parse_step (PlRecipe *recipe, PlPhase phase, const PlYamlNode *map, GPtrArray *faults)
{
	static const char *const keys[] = {"id",    "step",	  "title",    "title-zh_CN",
					   "label", "clause",	  "with",     "limits",
					   "watch", "retries",	  "on_fail",  "when",
					   "group", "unverified", "waivable", NULL};
	PlRecipeStep *step;

	if (!expect (map, PL_YAML_MAP, "a step ({ step: TYPE, ... })", faults))
		return;
	step = step_new (phase, pl_yaml_line (map));
	check_keys (map, keys, faults);
	step->type = parse_type (map, faults);
	step->id = name_of (map, "id", FALSE, faults);
	step->title = text_of (map, "title", FALSE, faults);
	parse_titles (map, step->titles, faults);
	parse_conduct (map, step, faults);
	parse_params (map, step, faults);
	parse_limits (map, "limits", step, step->limits, faults);
	parse_limits (map, "watch", step, step->watch, faults);
	if (step->type == NULL) { /* nothing further of it can be held against anything */
		step_free (step);
		return;
	}
	if (step->id == NULL)
		step->id = g_strdup (step->type->name);
	if (step->title == NULL)
		step->title = g_strdup (step->type->title);
	g_ptr_array_add (recipe->steps, step);
}

/* Phases in the order of the run, whatever their order in the file. */
static void
parse_steps (PlRecipe *recipe, const PlYamlNode *root, GPtrArray *faults)
{
	for (PlPhase phase = PL_PHASE_SETUP; phase < PL_PHASE_LAST; phase++) {
		const PlYamlNode *steps = pl_yaml_get (root, pl_phase_name (phase));

		if (steps == NULL || !expect (steps, PL_YAML_SEQUENCE, "a list of steps", faults))
			continue;
		for (guint i = 0; i < pl_yaml_length (steps); i++)
			parse_step (recipe, phase, pl_yaml_item (steps, i), faults);
	}
}

/* -- the head ---------------------------------------------------------------------------------- */

/* The pattern for all of a serial. \z, not $: that would take a line break after it. */
static GRegex *
serial_regex (const char *format, GError **error)
{
	g_autofree char *whole = g_strdup_printf ("\\A(?:%s)\\z", format);
	g_autoptr (GRegex) alone = g_regex_new (format, 0, 0, error);

	/* alone first: "a)|(b" would be well-formed only inside our own brackets */
	return alone != NULL ? g_regex_new (whole, 0, 0, error) : NULL;
}

/* Compiled for each code: a code comes once a pack. Bytes that are no text never match. */
gboolean
pl_recipe_takes_serial (const PlRecipe *recipe, const char *serial)
{
	g_autoptr (GRegex) regex = serial_regex (recipe->serial_format, NULL);

	return regex != NULL && g_utf8_validate (serial, -1, NULL) &&
	       g_regex_match (regex, serial, 0, NULL);
}

static void
parse_serial (PlRecipe *recipe, const PlYamlNode *root, GPtrArray *faults)
{
	g_autoptr (GRegex) regex = NULL;
	GError *wrong = NULL, *why = NULL;

	recipe->serial_format = text_of (root, "serial", TRUE, faults);
	if (recipe->serial_format == NULL)
		return;
	regex = serial_regex (recipe->serial_format, &why);
	if (regex == NULL)
		pl_yaml_error (pl_yaml_get (root, "serial"), PL_YAML_ERROR_VALUE, &wrong,
			       "serial is not a regular expression: %s", why->message);
	else if (g_regex_match (regex, "", 0, NULL))
		pl_yaml_error (pl_yaml_get (root, "serial"), PL_YAML_ERROR_VALUE, &wrong,
			       "serial \"%s\" also takes an empty code; say what a code must have",
			       recipe->serial_format);
	g_clear_error (&why);
	if (wrong != NULL)
		note (faults, wrong);
}

/* A pack, unless the recipe says that it is a cell. */
static void
parse_unit (PlRecipe *recipe, const PlYamlNode *root, GPtrArray *faults)
{
	static const char *const kinds[] = {"pack", "cell", NULL};
	const PlYamlNode *unit = pl_yaml_get (root, "unit"),
			 *rated = pl_yaml_get (root, "rated_ah");
	GError *wrong = NULL;
	guint kind = 0;

	if (unit != NULL && !pl_yaml_choice (unit, kinds, &kind, &wrong))
		note (faults, wrong);
	recipe->unit = g_strdup (kinds[kind]);
	wrong = NULL;
	if (rated != NULL && !pl_yaml_double_in (rated, 0.001, 10000, &recipe->rated_ah, &wrong))
		note (faults, wrong);
}

/* Each key on its own, so that one missing does not hide another. */
static void
parse_head (PlRecipe *recipe, const PlYamlNode *root, GPtrArray *faults)
{
	static const char *const keys[] = {"recipe", "version",	 "title",  "title-zh_CN", "product",
					   "unit",   "rated_ah", "serial", "requires",	  "setup",
					   "main",   "teardown", NULL};
	const PlYamlNode *version, *before = pl_yaml_get (root, "requires");
	GError *wrong = NULL;
	gint64 n = 0;

	check_keys (root, keys, faults);
	recipe->name = name_of (root, "recipe", TRUE, faults);
	recipe->title = text_of (root, "title", TRUE, faults);
	parse_titles (root, recipe->titles, faults);
	recipe->product = name_of (root, "product", TRUE, faults);
	parse_unit (recipe, root, faults);
	parse_serial (recipe, root, faults);
	version = pl_yaml_require (root, "version", &wrong);
	if (version == NULL || !pl_yaml_int (version, 1, 1000000, &n, &wrong))
		note (faults, wrong);
	recipe->version = (guint)n;
	if (before != NULL && !pl_yaml_is_null (before))
		recipe->requires = words_of (before, faults);
	if (recipe->requires == NULL)
		recipe->requires = g_new0 (char *, 1);
	if (recipe->name != NULL &&
	    g_strv_contains ((const char *const *)recipe->requires, recipe->name)) {
		pl_yaml_error (before, PL_YAML_ERROR_VALUE, &wrong,
			       "a recipe cannot require itself");
		note (faults, wrong);
	}
}

/* -- all of it --------------------------------------------------------------------------------- */

/* By the line after "FILE:". */
static int
by_line (gconstpointer a, gconstpointer b, gpointer file)
{
	gsize skip = strlen (file) + 1;
	guint64 x = g_ascii_strtoull (*(char *const *)a + skip, NULL, 10),
		y = g_ascii_strtoull (*(char *const *)b + skip, NULL, 10);

	return (x > y) - (x < y);
}

/* Faults come from two passes; a person reads the file from top to bottom. */
static PlRecipe *
refuse (PlRecipe *recipe, GPtrArray *faults, GError **error)
{
	g_autofree char *text = NULL;

	g_ptr_array_sort_with_data (faults, by_line, recipe->file);
	g_ptr_array_add (faults, NULL);
	text = g_strjoinv ("\n", (char **)faults->pdata);
	g_set_error_literal (error, PL_RECIPE_ERROR, PL_RECIPE_ERROR_CHECK, text);
	return NULL;
}

/* The hash is of the bytes as they are: a comment more is another recipe. */
PlRecipe *
pl_recipe_parse (const char *text, gsize len, const char *name, GError **error)
{
	g_autoptr (PlRecipe) recipe = g_new0 (PlRecipe, 1);
	g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_free);
	GError *wrong = NULL;
	g_autoptr (PlYaml) yaml = pl_yaml_parse (text, len, name, &wrong);
	const PlYamlNode *root;

	recipe->steps = g_ptr_array_new_with_free_func (step_free);
	recipe->titles = words_table ();
	recipe->file = g_strdup (name);
	recipe->text = g_strndup (text, len);
	recipe->hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)text, len);
	root = yaml != NULL ? pl_yaml_root (yaml) : NULL;
	if (root == NULL)
		note (faults, wrong);
	else if (expect (root, PL_YAML_MAP, "a recipe", faults)) {
		parse_head (recipe, root, faults);
		parse_steps (recipe, root, faults);
		pl_recipe_check (recipe, faults);
	}
	return faults->len == 0 ? g_steal_pointer (&recipe) : refuse (recipe, faults, error);
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
