/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/story.h"
#include <glib-object.h>

/* A row of the table of values: a step, or one of its measurements. Borrows from the story that the
 * table shows. */
#define PL_TYPE_VALUE_ROW (pl_value_row_get_type ())
G_DECLARE_FINAL_TYPE (PlValueRow, pl_value_row, PL, VALUE_ROW, GObject)

typedef struct {
	const PlStepRow *step;
	const PlMeasurementRow *measurement; /* NULL = the step itself */
	const PlMeasurementRow *then; /* in the run that it is compared with; NULL = none */
} PlValue;

PlValueRow *pl_value_row_new (const PlValue *value);
const PlValue *pl_value_row_get (PlValueRow *self);
