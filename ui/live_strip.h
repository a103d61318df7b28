/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* What the pack on a slot does now: voltage, current, extreme cells and temperature as numbers,
 * cells and current as curves of the last two minutes. */
#define PL_TYPE_LIVE_STRIP (pl_live_strip_get_type ())
G_DECLARE_FINAL_TYPE (PlLiveStrip, pl_live_strip, PL, LIVE_STRIP, GtkBox)

void pl_live_strip_update (PlLiveStrip *self, const PlSnapshot *snapshot);
/* Keeps the samples of a slot that is not shown: its curves are whole when it is. */
void pl_live_strip_take (PlLiveStrip *self, const PlSnapshot *snapshot);
