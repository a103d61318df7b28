/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/run_list_model.h"
#include <gtk/gtk.h>

/* The table of runs, newest first. Emits "opened" with a run's id (gint64) when a row is chosen. */
#define PL_TYPE_RUN_LIST (pl_run_list_get_type ())
G_DECLARE_FINAL_TYPE (PlRunList, pl_run_list, PL, RUN_LIST, GtkBox)

void pl_run_list_set_model (PlRunList *self, PlRunListModel *model);
/* All words anew. */
void pl_run_list_refresh (PlRunList *self);
/* The first row has the focus: Return opens it. */
void pl_run_list_focus (PlRunList *self);
/* Brings the first row, or one by chance, into view. */
void pl_run_list_go_to (PlRunList *self, guint at);
