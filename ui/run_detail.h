/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/open_run.h"
#include <gtk/gtk.h>

/*
 * One run out of the past, whole, and perhaps a second one beside it. Emits "back"; "compare" with
 * a run's id, 0 for one that is to be chosen from the list and -1 to stop; "reprint"; "export";
 * "noted" with a text. Decides and reads nothing itself.
 */
#define PL_TYPE_RUN_DETAIL (pl_run_detail_get_type ())
G_DECLARE_FINAL_TYPE (PlRunDetail, pl_run_detail, PL, RUN_DETAIL, GtkBox)

/* Both are borrowed until the next update; run may be NULL (nothing is open), other too. */
void pl_run_detail_update (PlRunDetail *self, const PlOpenRun *run, const PlOpenRun *other);
/* The note is kept: its line is free for the next. */
void pl_run_detail_noted (PlRunDetail *self);
