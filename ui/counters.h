/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* The shift in one line: packs by verdict, first-pass yield, time from pack to pack against what
 * the plant wants, the last ten verdicts. */
#define PL_TYPE_COUNTERS (pl_counters_get_type ())
G_DECLARE_FINAL_TYPE (PlCounters, pl_counters, PL, COUNTERS, GtkBox)

void pl_counters_update (PlCounters *self, const PlSnapshot *snapshot);
