/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/history.h"
#include "ui/run_item.h"

/*
 * The answer to a question as a list of PlRunItem: a million places, of which the pages that are
 * looked at are kept, and no others. A place is there at once and filled by a worker a moment
 * later: a page takes 1 ms from memory, but nobody knows how long from a disk that sleeps. Main
 * thread.
 */
#define PL_TYPE_RUN_LIST_MODEL (pl_run_list_model_get_type ())
G_DECLARE_FINAL_TYPE (PlRunListModel, pl_run_list_model, PL, RUN_LIST_MODEL, GObject)

#define PL_RUN_PAGE_ROWS 128

/* The database outlives it. Emits "failed" with a sentence where rows cannot be read. */
PlRunListModel *pl_run_list_model_new (PlDb *db);
/* Takes its own reference; NULL = an empty list. */
void pl_run_list_model_set (PlRunListModel *self, PlHistoryAnswer *answer);
PlHistoryAnswer *pl_run_list_model_get (PlRunListModel *self); /* borrowed; may be NULL */
/* The language is another: what is shown is to be said anew. */
void pl_run_list_model_reword (PlRunListModel *self);
/* A run may have ended: what is kept of runs that were open is read again. */
void pl_run_list_model_look_again (PlRunListModel *self);
