/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/sequencer.h"

/* All that can be known to be wrong before anything is touched, so that a pack is not found
 * half-tested because of a missing file at step 18: the release and its signature, the grade table.
 * Only what steps of such a run would use. */
gboolean pl_preflight (PlStation *station, const PlRecipe *recipe, const PlRunOptions *options,
		       GError **error);
