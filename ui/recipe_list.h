/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

/* The versions of recipes, one button each. Signal "chosen" (hash). */
#define PL_TYPE_RECIPE_LIST (pl_recipe_list_get_type ())
G_DECLARE_FINAL_TYPE (PlRecipeList, pl_recipe_list, PL, RECIPE_LIST, GtkBox)

/* versions: PlRecipeVersion*; `selected` a hash; `approvals`: are they needed here? */
void pl_recipe_list_update (PlRecipeList *self, GPtrArray *versions, const char *selected,
			    gboolean approvals);
