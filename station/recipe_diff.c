/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_diff.h"
#include <string.h>

void
pl_recipe_change_free (gpointer data)
{
	PlRecipeChange *change = data;

	g_free (change->step);
	g_free (change->title);
	g_free (change->name);
	g_free (change->before);
	g_free (change->after);
	g_free (change);
}

static PlRecipeStep *
step_at (const PlRecipe *recipe, guint i)
{
	return g_ptr_array_index (recipe->steps, i);
}

/* recipe->steps->len = it has none of this id */
static guint
find_step (const PlRecipe *recipe, const char *id)
{
	guint i = 0;

	while (i < recipe->steps->len && !g_str_equal (step_at (recipe, i)->id, id))
		i++;
	return i;
}

static PlRecipeChange *
add (GPtrArray *changes, PlChangeKind kind, const PlRecipeStep *step)
{
	PlRecipeChange *change = g_new0 (PlRecipeChange, 1);

	change->kind = kind;
	change->step = step != NULL ? g_strdup (step->id) : NULL;
	change->title = step != NULL ? g_strdup (step->title) : NULL;
	change->unit = "";
	g_ptr_array_add (changes, change);
	return change;
}

/* -- facts ------------------------------------------------------------------------------------- */

/* By place, not by value: one that changed is one change and not a removal beside an addition. */
static const PlRecipeFact *
find_fact (GPtrArray *facts, const PlRecipeFact *like)
{
	for (guint i = 0; i < facts->len; i++) {
		const PlRecipeFact *fact = g_ptr_array_index (facts, i);

		if (g_str_equal (fact->part, like->part) &&
		    g_strcmp0 (fact->name, like->name) == 0 &&
		    g_strcmp0 (fact->key, like->key) == 0)
			return fact;
	}
	return NULL;
}

static void
add_fact (GPtrArray *changes, const PlRecipeStep *step, const PlRecipeFact *before,
	  const PlRecipeFact *after)
{
	const PlRecipeFact *fact = after != NULL ? after : before;
	PlRecipeChange *change = add (changes,
				      before == NULL  ? PL_CHANGE_ADDED
				      : after == NULL ? PL_CHANGE_REMOVED
						      : PL_CHANGE_VALUE,
				      step);

	change->part = fact->part;
	change->name = g_strdup (fact->name);
	change->key = fact->key;
	change->unit = fact->unit;
	change->before = before != NULL ? g_strdup (before->value) : NULL;
	change->after = after != NULL ? g_strdup (after->value) : NULL;
}

/* Of two steps of one id, or of the two heads (NULL both). */
static void
compare (GPtrArray *changes, const PlRecipe *from, const PlRecipeStep *old, const PlRecipe *to,
	 const PlRecipeStep *new)
{
	g_autoptr (GPtrArray) before = pl_recipe_facts (from, old);
	g_autoptr (GPtrArray) after = pl_recipe_facts (to, new);

	for (guint i = 0; i < before->len; i++)
		if (find_fact (after, g_ptr_array_index (before, i)) == NULL)
			add_fact (changes, new, g_ptr_array_index (before, i), NULL);
	for (guint i = 0; i < after->len; i++) {
		const PlRecipeFact *fact = g_ptr_array_index (after, i);
		const PlRecipeFact *was = find_fact (before, fact);

		if (was == NULL || !g_str_equal (was->value, fact->value))
			add_fact (changes, new, was, fact);
	}
}

/* -- order ------------------------------------------------------------------------------------- */

/* The longest row of steps that both have in the same order: whatever is not in it has moved. */
static guint
common_at (const guint *lengths, guint width, guint i, guint j)
{
	return lengths[i * (width + 1) + j];
}

static gboolean
is_same (const PlRecipe *from, const PlRecipe *to, guint i, guint j)
{
	return g_str_equal (step_at (from, i)->id, step_at (to, j)->id);
}

/* lengths[i][j] = of what begins at i and j. Caller frees. */
static guint *
common_lengths (const PlRecipe *from, const PlRecipe *to)
{
	guint n = from->steps->len, m = to->steps->len;
	guint *lengths = g_new0 (guint, (gsize)(n + 1) * (m + 1));

	for (guint i = n; i-- > 0;)
		for (guint j = m; j-- > 0;)
			lengths[i * (m + 1) + j] = is_same (from, to, i, j)
						       ? common_at (lengths, m, i + 1, j + 1) + 1
						       : MAX (common_at (lengths, m, i + 1, j),
							      common_at (lengths, m, i, j + 1));
	return lengths;
}

/* One a step of `to`: does it keep its place? Caller frees. */
static gboolean *
find_kept (const PlRecipe *from, const PlRecipe *to)
{
	guint n = from->steps->len, m = to->steps->len, i = 0, j = 0;
	g_autofree guint *lengths = common_lengths (from, to);
	gboolean *kept = g_new0 (gboolean, m + 1);

	while (i < n && j < m) {
		if (is_same (from, to, i, j)) {
			kept[j++] = TRUE;
			i++;
		} else if (common_at (lengths, m, i + 1, j) >= common_at (lengths, m, i, j + 1))
			i++;
		else
			j++;
	}
	return kept;
}

/* From 1, as people count steps. */
static void
add_moved (GPtrArray *changes, const PlRecipeStep *step, guint from, guint to)
{
	PlRecipeChange *change = add (changes, PL_CHANGE_MOVED, step);

	change->before = g_strdup_printf ("%u", from + 1);
	change->after = g_strdup_printf ("%u", to + 1);
}

/* -- all --------------------------------------------------------------------------------------- */

/* Steps that are gone come first, in the old order, since they have no place in the new one. A new
 * step is one change: its facts are all new. */
GPtrArray *
pl_recipe_diff (const PlRecipe *from, const PlRecipe *to)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func (pl_recipe_change_free);
	g_autofree gboolean *kept = find_kept (from, to);

	compare (changes, from, NULL, to, NULL);
	for (guint i = 0; i < from->steps->len; i++)
		if (find_step (to, step_at (from, i)->id) == to->steps->len)
			add (changes, PL_CHANGE_REMOVED, step_at (from, i));
	for (guint i = 0; i < to->steps->len; i++) {
		const PlRecipeStep *step = step_at (to, i);
		guint was = find_step (from, step->id);

		if (was == from->steps->len) {
			add (changes, PL_CHANGE_ADDED, step);
			continue;
		}
		if (!kept[i])
			add_moved (changes, step, was, i);
		compare (changes, from, step_at (from, was), to, step);
	}
	return changes;
}

/* -- words ------------------------------------------------------------------------------------- */

/* Words for a terminal; the window has its own, in its language. */
char *
pl_recipe_change_place (const PlRecipeChange *change)
{
	static const struct {
		const char *part, *word;
	} words[] = {{"with", "parameter"}, {"limits", "limit"}, {"watch", "watched limit"}};

	if (change->part == NULL)
		return g_strdup ("step");
	for (guint i = 0; i < G_N_ELEMENTS (words); i++)
		if (g_str_equal (change->part, words[i].part))
			return g_strdup_printf ("%s %s%s%s", words[i].word, change->name,
						change->key != NULL ? " " : "",
						change->key != NULL ? change->key : "");
	return g_strdup (change->part);
}

char *
pl_recipe_change_value (const PlRecipeChange *change, const char *value)
{
	if (value == NULL)
		return g_strdup ("-");
	return g_strdup_printf ("%s%s%s", value, *change->unit != '\0' ? " " : "", change->unit);
}
