/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe.h"
#include <math.h>
#include <string.h>

/*
 * Any bytes as a recipe: either every fault with file and line, or something that can be run: steps
 * of the table, ids of their own, limits with a bound and a source, every required measurement
 * judged.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_faults (const GError *error)
{
	g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
	guint64 last = 0;

	for (guint i = 0; lines[i] != NULL; i++) {
		guint64 line;

		if (!g_str_has_prefix (lines[i], "fuzz:"))
			continue; /* a value with a line break in it */
		line = g_ascii_strtoull (lines[i] + strlen ("fuzz:"), NULL, 10);
		g_assert (line >= last);
		last = line;
	}
	g_assert (last >= 1);
}

static void
check_step (const PlRecipeStep *step)
{
	GHashTableIter iter;
	gpointer name, data;

	g_assert (step->type != NULL && *step->id != '\0' && *step->title != '\0' &&
		  step->retries <= 5);
	g_hash_table_iter_init (&iter, step->limits);
	while (g_hash_table_iter_next (&iter, &name, &data)) {
		const PlLimit *limit = data;

		g_assert (*limit->source != '\0');
		g_assert (limit->equals != NULL || !isnan (limit->min) || !isnan (limit->max));
		g_assert (!(limit->min > limit->max));
		g_assert (g_str_has_suffix (name, "*") ||
			  pl_step_type_measure (step->type, name) != NULL);
	}
	for (const PlMeasure *m = step->type->measures; m != NULL && m->name != NULL; m++)
		g_assert (!m->required || m->each != NULL ||
			  pl_recipe_step_limit (step, m->name) != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRecipe) recipe = pl_recipe_parse ((const char *)data, size, "fuzz", &error);

	g_assert ((recipe == NULL) == (error != NULL));
	if (error != NULL)
		check_faults (error);
	for (guint i = 0; recipe != NULL && i < recipe->steps->len; i++)
		check_step (g_ptr_array_index (recipe->steps, i));
	if (recipe != NULL)
		g_assert (!pl_recipe_takes_serial (recipe, ""));
	return 0;
}
