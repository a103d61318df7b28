/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/open_run.h"
#include <gtk/gtk.h>

/* The curves of a run, one recording at a time, with what the recipe held them against; those of a
 * second run lie faded under them, both beginning with their step. */
#define PL_TYPE_RUN_CURVES (pl_run_curves_get_type ())
G_DECLARE_FINAL_TYPE (PlRunCurves, pl_run_curves, PL, RUN_CURVES, GtkBox)

/* Both are borrowed until the next update and may be NULL. The chosen recording stays, if the run
 * has it. */
void pl_run_curves_update (PlRunCurves *self, const PlOpenRun *run, const PlOpenRun *other);
