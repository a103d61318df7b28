/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* All slots of the station, a tile each, from 2 to 64 on one screen. Emits "opened" with the slot
 * (from 0) of a tile that was pressed, "typing" and "language" from its buttons. */
#define PL_TYPE_SLOT_GRID (pl_slot_grid_get_type ())
G_DECLARE_FINAL_TYPE (PlSlotGrid, pl_slot_grid, PL, SLOT_GRID, GtkBox)

/* snapshots: PlSnapshot* of each slot; chosen: -1 = none; said: one line to the person, or NULL. A
 * tile paints only if its own has changed. */
void pl_slot_grid_update (PlSlotGrid *self, const GPtrArray *snapshots, int chosen,
			  const char *said);
