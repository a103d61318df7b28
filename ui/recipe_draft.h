/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe_edit.h"

/* What an engineer has changed of a recipe and not kept yet, checked at every step. Main thread. */
typedef struct {
	const PlRecipe *base; /* borrowed; outlives the draft */
	GPtrArray *edits; /* PlRecipeEdit* with strings of their own, in the order they came */
	PlRecipe *edited; /* with all edits; NULL without any, or where something is wrong */
	char *fault; /* what is wrong with them; NULL */
} PlRecipeDraft;

PlRecipeDraft *pl_recipe_draft_new (const PlRecipe *base);
void pl_recipe_draft_free (PlRecipeDraft *draft);
/* What stands there now, edited or not; NULL = the recipe has no such figure. Caller frees. */
char *pl_recipe_draft_get (const PlRecipeDraft *draft, const char *step, const char *part,
			   const char *name, const char *key);
/* What the base says where an edit is; NULL = nothing. Caller frees. */
char *pl_recipe_draft_base (const PlRecipeDraft *draft, const PlRecipeEdit *edit);
/* A value as it is typed; what the recipe says already is no edit. */
void pl_recipe_draft_set (PlRecipeDraft *draft, const char *step, const char *part,
			  const char *name, const char *key, const char *value);
void pl_recipe_draft_drop (PlRecipeDraft *draft, guint at);
/* PlRecipeEdit* for a worker; caller unrefs. */
GPtrArray *pl_recipe_draft_copy_edits (const PlRecipeDraft *draft);
