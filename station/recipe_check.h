/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"

/* Holds a parsed recipe against the step table; adds one "FILE:LINE: what is wrong; what is
 * allowed" a fault. */
void pl_recipe_check (PlRecipe *recipe, GPtrArray *faults);
/* "bench-ready, cell-voltages, ..."; caller frees. */
char *pl_recipe_known_steps (void);
/* ` (did you mean "x"?)` or nothing; caller frees. */
char *pl_recipe_suggestion (const char *word, const char *const *words);
/* Where a part of the step stands ("with NAME", "when" ...); the step's own line if the file does
 * not have it. */
guint pl_recipe_line_of (const PlRecipeStep *step, const char *part, const char *name);
