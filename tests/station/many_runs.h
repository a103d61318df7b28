/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* A station's memory with n runs of n/2 packs in it, and for each of the first 100 packs four
 * cells, the last of which has been taken out of it and built into the next. Always the same. */
gboolean many_runs_fill (PlDb *db, guint n, GError **error);
