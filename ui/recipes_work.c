/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/recipes_work.h"
#include "station/approval.h"
#include <string.h>

PlRecipesWork *
pl_recipes_work_new (PlRecipesDoing doing, PlStation *station, const PlRecipe *loaded)
{
	PlRecipesWork *work = g_new0 (PlRecipesWork, 1);

	work->doing = doing;
	work->station = station;
	work->loaded = loaded;
	return work;
}

void
pl_recipes_work_free (PlRecipesWork *work)
{
	g_free (work->selected);
	g_free (work->other);
	g_clear_pointer (&work->edits, g_ptr_array_unref);
	pl_person_free (work->person);
	g_free (work->author);
	g_free (work->reason);
	g_clear_pointer (&work->versions, g_ptr_array_unref);
	pl_recipe_free (work->shown);
	pl_recipe_free (work->compared);
	g_free (work);
}

/* The loaded one may never have run here, so that the database does not have it. */
static PlRecipe *
find (const PlRecipesWork *work, const char *hash, GError **error)
{
	const PlRecipe *loaded = work->loaded;

	return g_str_equal (hash, loaded->hash)
		   ? pl_recipe_parse (loaded->text, strlen (loaded->text), loaded->file, error)
		   : pl_recipe_book_find (work->station->db, hash, error);
}

static const PlRecipeVersion *
version_of (const PlRecipesWork *work, const char *hash)
{
	for (guint i = 0; i < work->versions->len; i++) {
		const PlRecipeVersion *version = g_ptr_array_index (work->versions, i);

		if (g_str_equal (version->hash, hash))
			return version;
	}
	return NULL;
}

/* What a version is compared with unless somebody chooses: the one that it was made of, or else the
 * next older one of its name. */
static char *
other_of (const PlRecipesWork *work, const PlRecipe *recipe)
{
	const PlRecipeVersion *version = version_of (work, recipe->hash);

	if (version != NULL && version->base != NULL)
		return g_strdup (version->base);
	for (guint i = 0; i < work->versions->len; i++) {
		const PlRecipeVersion *older = g_ptr_array_index (work->versions, i);

		if (g_str_equal (older->name, recipe->name) && older->version < recipe->version)
			return g_strdup (older->hash);
	}
	return NULL;
}

static gboolean
look (PlRecipesWork *work, GError **error)
{
	work->versions = pl_recipe_book_list (work->station, work->loaded, error);
	if (work->versions == NULL)
		return FALSE;
	/* what the page still shows may be gone: a database was put back from a copy */
	if (work->selected == NULL || version_of (work, work->selected) == NULL) {
		g_free (work->selected);
		work->selected = g_strdup (work->loaded->hash);
	}
	/* KEEP and APPROVE have read the version that they were done to */
	g_clear_pointer (&work->shown, pl_recipe_free);
	work->shown = find (work, work->selected, error);
	if (work->shown == NULL)
		return FALSE;
	if (work->other == NULL)
		work->other = other_of (work, work->shown);
	if (work->other != NULL)
		work->compared = find (work, work->other, error);
	return work->other == NULL || work->compared != NULL;
}

static gboolean
keep (PlRecipesWork *work, GError **error)
{
	/* asked as late as this: another engineer may have kept one meanwhile */
	guint version = pl_recipe_book_next (work->station, work->shown, error);
	g_autofree PlRecipeEdit *edits = g_new (PlRecipeEdit, work->edits->len + 1);
	g_autoptr (PlRecipe) edited = NULL;

	if (version == 0)
		return FALSE;
	for (guint i = 0; i < work->edits->len; i++)
		edits[i] = *(PlRecipeEdit *)g_ptr_array_index (work->edits, i);
	/* on the worker's own copy: the page may leave its draft while this is done */
	edited = pl_recipe_edit (work->shown, version, edits, work->edits->len, error);
	if (edited == NULL || !pl_recipe_book_keep (work->station, work->shown, edited,
						    work->person, work->reason, error))
		return FALSE;
	g_free (work->other);
	work->other = g_steal_pointer (&work->selected);
	work->selected = g_strdup (edited->hash);
	return TRUE;
}

gboolean
pl_recipes_work_do (PlRecipesWork *work, GError **error)
{
	if (work->doing == PL_RECIPES_LOOK)
		return look (work, error);
	work->shown = find (work, work->selected, error);
	if (work->shown == NULL)
		return FALSE;
	if (work->doing == PL_RECIPES_KEEP && !keep (work, error))
		return FALSE;
	if (work->doing == PL_RECIPES_APPROVE &&
	    !pl_approval_give (work->station, work->shown, work->author, work->person, work->reason,
			       error))
		return FALSE;
	return look (work, error);
}
