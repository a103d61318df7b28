/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* What the pack does now: voltage, current, extreme cells, temperature. A chart may stand beside
 * the numbers (pl_live_strip_set_chart). */
#define PL_TYPE_LIVE_STRIP (pl_live_strip_get_type ())
G_DECLARE_FINAL_TYPE (PlLiveStrip, pl_live_strip, PL, LIVE_STRIP, GtkBox)

void pl_live_strip_update (PlLiveStrip *self, const PlSnapshot *snapshot);
/* Takes the widget. */
void pl_live_strip_set_chart (PlLiveStrip *self, GtkWidget *chart);
