/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/history.h"
#include <glib-object.h>

/* A place in the list of runs: empty until its row has come from the database, then "filled" is
 * emitted; again if the row is another. Main thread. */
#define PL_TYPE_RUN_ITEM (pl_run_item_get_type ())
G_DECLARE_FINAL_TYPE (PlRunItem, pl_run_item, PL, RUN_ITEM, GObject)

PlRunItem *pl_run_item_new (void);
const PlHistoryRow *pl_run_item_row (PlRunItem *self); /* NULL = not yet */
/* Whoever shows it shows it anew: the language is another. */
void pl_run_item_touch (PlRunItem *self);
void pl_run_item_fill (PlRunItem *self, PlHistoryRow *row); /* takes the row */
