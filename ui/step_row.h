/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <glib-object.h>

/* One row of the step table: a step of a snapshot, which it keeps alive. Never changes; a changed
 * step is another row. */
#define PL_TYPE_STEP_ROW (pl_step_row_get_type ())
G_DECLARE_FINAL_TYPE (PlStepRow, pl_step_row, PL, STEP_ROW, GObject)

PlStepRow *pl_step_row_new (const PlSnapshot *snapshot, guint at);
const PlStepSnapshot *pl_step_row_get (PlStepRow *self);
/* Would it look the same? */
gboolean pl_step_row_shows (PlStepRow *self, const PlStepSnapshot *step);
