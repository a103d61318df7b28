/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/*
 * One slot among many: its number and bench, its state as glyph, word and luminance, the pack, what
 * is being done or why it ended so, the clock. A button that draws itself: labels for 64 of them
 * would keep a core busy.
 */
#define PL_TYPE_SLOT_TILE (pl_slot_tile_get_type ())
G_DECLARE_FINAL_TYPE (PlSlotTile, pl_slot_tile, PL, SLOT_TILE, GtkButton)

/* Paints only where what is seen is another than before. chosen: the next code goes there. */
void pl_slot_tile_update (PlSlotTile *self, const PlSnapshot *snapshot, gboolean chosen);
