/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"
#include <gtk/gtk.h>

/*
 * A recipe as a data sheet: steps in the order of the run, each with its settings, its limits and
 * where they come from. It is filled in idle moments, a step at a time. Signal "chosen" (step's id,
 * part, name) where a figure is pressed that can be changed.
 */
#define PL_TYPE_RECIPE_SHEET (pl_recipe_sheet_get_type ())
G_DECLARE_FINAL_TYPE (PlRecipeSheet, pl_recipe_sheet, PL, RECIPE_SHEET, GtkBox)

/* Shows another recipe (borrowed until the next call; NULL = none), from its beginning. Figures
 * can be pressed where it is editable. */
void pl_recipe_sheet_show (PlRecipeSheet *self, const PlRecipe *recipe, gboolean editable);
/* The same recipe with edits (NULL = none): figures that differ are told old -> new. */
void pl_recipe_sheet_mark (PlRecipeSheet *self, const PlRecipe *edited);
/* Is all of it there? */
gboolean pl_recipe_sheet_is_filled (PlRecipeSheet *self);
