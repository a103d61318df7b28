/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"
#include "station/sequencer.h"

/* May this unit run this recipe now? Registers the unit. BLOCKED says the one reason and who clears
 * it: serial format, a required recipe that ended otherwise than PASS, an open run. ROUTE, where
 * override->by is NULL: already passed (production only), a required recipe that was never run.
 * *ret_overridden says what was; NULL = nothing stood in the way. Caller frees. */
gboolean pl_route_check (PlStation *station, PlRecipe *recipe, const char *serial, const char *kind,
			 const PlOverride *override, gint64 *ret_unit, char **ret_overridden,
			 GError **error);
/* BLOCKED while a run of this unit is open, on whatever bench; within a read or a write. */
gboolean pl_route_is_free (sqlite3 *sql, const char *serial, gint64 unit, GError **error);
