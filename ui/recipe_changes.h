/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"
#include <gtk/gtk.h>

/* Two versions of a recipe side by side: what they say differently, step by step. */
#define PL_TYPE_RECIPE_CHANGES (pl_recipe_changes_get_type ())
G_DECLARE_FINAL_TYPE (PlRecipeChanges, pl_recipe_changes, PL, RECIPE_CHANGES, GtkBox)

/* Both are only looked at during the call; either may be NULL: nothing is shown. */
void pl_recipe_changes_update (PlRecipeChanges *self, const PlRecipe *from, const PlRecipe *to);
