/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/pages.h"

/* The pages, one above the other, at the window's edge. Emits "chosen" with a page's name. */
#define PL_TYPE_RAIL (pl_rail_get_type ())
G_DECLARE_FINAL_TYPE (PlRail, pl_rail, PL, RAIL, GtkBox)

/* The row of the page in view is marked; pages that the person may not see are left out. A rail
 * with nothing but Run is not shown. */
void pl_rail_update (PlRail *self, const PlDesk *desk, const char *in_view);
