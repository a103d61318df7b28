/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/history.h"
#include <gtk/gtk.h>

/* What is asked of the list of runs: a serial, and one choice each of verdict, kind, recipe and
 * time. Emits "changed" when the question is another; a moment after the last key of a serial. */
#define PL_TYPE_RUN_FILTER (pl_run_filter_get_type ())
G_DECLARE_FINAL_TYPE (PlRunFilter, pl_run_filter, PL, RUN_FILTER, GtkBox)

/* All words anew; nothing that is chosen changes. */
void pl_run_filter_refresh (PlRunFilter *self);
/* Names that can be chosen among: char*. */
void pl_run_filter_set_recipes (PlRunFilter *self, GPtrArray *names);
/* This serial and nothing else, as it was scanned. */
void pl_run_filter_scan (PlRunFilter *self, const char *serial);
void pl_run_filter_clear (PlRunFilter *self);
/* Days as pl_station_ask takes them. Caller frees. */
PlHistoryQuestion *pl_run_filter_question (PlRunFilter *self);
/* Is anything asked at all? */
gboolean pl_run_filter_is_narrow (PlRunFilter *self);
void pl_run_filter_focus (PlRunFilter *self);
