/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* The running step, large; below it every step of the recipe with the value that decided. */
#define PL_TYPE_STEP_TABLE (pl_step_table_get_type ())
G_DECLARE_FINAL_TYPE (PlStepTable, pl_step_table, PL, STEP_TABLE, GtkBox)

void pl_step_table_update (PlStepTable *self, const PlSnapshot *snapshot);
