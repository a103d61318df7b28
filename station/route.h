/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"
#include "station/station.h"

/* May this unit run this recipe now? Registers the unit. BLOCKED says the one reason and who clears
 * it: serial format, already passed (production only), a required recipe not passed, an open run.
 */
gboolean pl_route_check (PlStation *station, PlRecipe *recipe, const char *serial, const char *kind,
			 gint64 *ret_unit, GError **error);
/* BLOCKED while a run of this unit is open, on whatever bench; within a read or a write. */
gboolean pl_route_is_free (sqlite3 *sql, const char *serial, gint64 unit, GError **error);
