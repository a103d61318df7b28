/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe_book.h"
#include "station/recipe_edit.h"
#include <gio/gio.h>

/*
 * What the recipes' page has done on a worker: the station's memory is asked, an edit kept, an
 * approval given. One struct goes there and comes back.
 */
typedef enum { PL_RECIPES_LOOK, PL_RECIPES_KEEP, PL_RECIPES_APPROVE } PlRecipesDoing;

typedef struct {
	PlRecipesDoing doing;
	PlStation *station; /* borrowed, and so is the loaded recipe: they outlive the page */
	const PlRecipe *loaded;
	char *selected, *other; /* hashes; filled in where they are NULL */
	/* KEEP and APPROVE: of the selected recipe */
	GPtrArray *edits; /* PlRecipeEdit* */
	PlPerson *person; /* who edits, who approves */
	char *author, *reason;
	/* what comes back, of all three */
	GPtrArray *versions;
	PlRecipe *shown, *compared; /* of the two hashes; compared may be NULL */
} PlRecipesWork;

PlRecipesWork *pl_recipes_work_new (PlRecipesDoing doing, PlStation *station,
				    const PlRecipe *loaded);
void pl_recipes_work_free (PlRecipesWork *work);
/* On the calling thread; after KEEP, selected is the new version and other the one it comes from.
 */
gboolean pl_recipes_work_do (PlRecipesWork *work, GError **error);
