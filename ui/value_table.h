/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/story.h"
#include <gtk/gtk.h>

/* Steps of a run with every attempt and measurement: value, limits, result; beside them, if a
 * second run is given, its value and the difference. The chosen row tells all that is known of it
 * below. */
#define PL_TYPE_VALUE_TABLE (pl_value_table_get_type ())
G_DECLARE_FINAL_TYPE (PlValueTable, pl_value_table, PL, VALUE_TABLE, GtkBox)

/* Both are borrowed until the next update; other may be NULL, and story, too, for an empty table.
 */
void pl_value_table_update (PlValueTable *self, const PlStory *story, const PlStory *other);
