/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"
#include <gtk/gtk.h>

/* What passes the wires of a bench, also while a run has them: a look and no more. "said" (char
 * *line): a sentence for the person. */
#define PL_TYPE_TRAFFIC_VIEW (pl_traffic_view_get_type ())
G_DECLARE_FINAL_TYPE (PlTrafficView, pl_traffic_view, PL, TRAFFIC_VIEW, GtkBox)

/* Whose bench; may be another one later. The station outlives the view. */
void pl_traffic_view_set_up (PlTrafficView *self, PlStation *station);
/* All words anew. */
void pl_traffic_view_refresh (PlTrafficView *self);
/* Takes in what has come since; of its own accord five times a second while it can be seen. */
void pl_traffic_view_catch_up (PlTrafficView *self);
