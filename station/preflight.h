/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/sequencer.h"

/* A prompt's picture: the file of that name beside the recipe, else in data/pictures; NULL =
 * neither, or no name. Caller frees. */
char *pl_recipe_picture (const PlRecipe *recipe, const char *name);

/* All that can be known to be wrong before anything is touched, so that a pack is not found
 * half-tested because of a missing file at step 18: the release and its signature, the grade table.
 * Only what steps of such a run would use. */
gboolean pl_preflight (PlStation *station, const PlRecipe *recipe, const PlRunOptions *options,
		       GError **error);
