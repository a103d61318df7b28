/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_edit.h"
#include <string.h>

/*
 * Every bound of any recipe, however it is written, set to another figure: either refused, or a
 * recipe that differs in that bound and its version only, with the same number of lines.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint
count_lines (const char *text)
{
	guint n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
edit_one (const PlRecipe *recipe, const PlRecipeStep *step, const PlRecipeFact *fact)
{
	PlRecipeEdit edit = {step->id, fact->part, fact->name, fact->key, "1.5"};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) edited =
	    pl_recipe_edit (recipe, recipe->version + 1, &edit, 1, &error);
	g_autoptr (GPtrArray) changes = NULL;

	/* a refusal says why, and what is done has no error */
	g_assert ((edited == NULL) == (error != NULL));
	if (edited == NULL)
		return;
	changes = pl_recipe_diff (recipe, edited);
	/* the figure and the version */
	g_assert (changes->len == 2 && edited->version == recipe->version + 1);
	g_assert (count_lines (edited->text) == count_lines (recipe->text));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (PlRecipe) recipe = pl_recipe_parse ((const char *)data, size, "fuzz", NULL);

	for (guint i = 0; recipe != NULL && i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);
		g_autoptr (GPtrArray) facts = pl_recipe_facts (recipe, step);

		for (guint f = 0; f < facts->len; f++) {
			const PlRecipeFact *fact = g_ptr_array_index (facts, f);

			if (g_str_equal (fact->part, "with") || g_strcmp0 (fact->key, "min") == 0 ||
			    g_strcmp0 (fact->key, "max") == 0)
				edit_one (recipe, step, fact);
		}
	}
	return 0;
}
