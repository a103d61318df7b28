/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/service.h"
#include <gtk/gtk.h>

/* The outputs that can be switched by hand. Signals: "switched" (PlServiceOutput *output, double
 * value), "supply-on" (double lowest, double highest, double most), "supply-current" (double). */
#define PL_TYPE_OUTPUT_LIST (pl_output_list_get_type ())
G_DECLARE_FINAL_TYPE (PlOutputList, pl_output_list, PL, OUTPUT_LIST, GtkBox)

void pl_output_list_update (PlOutputList *self, const PlServiceSnapshot *snapshot);
