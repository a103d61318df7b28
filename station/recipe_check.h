/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"

/* Holds a parsed recipe against the step table; adds one "FILE:LINE: what is wrong; what is allowed" a fault. */
void pl_recipe_check (PlRecipe *recipe, GPtrArray *faults);
/* "bench-ready, cell-voltages, ..."; caller frees. */
char *pl_recipe_known_steps (void);
