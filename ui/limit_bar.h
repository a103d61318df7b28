/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gtk/gtk.h>

/* Where a value stands against its limits, at a glance: the allowed part of a line, and a mark on
 * it, or outside of it. */
#define PL_TYPE_LIMIT_BAR (pl_limit_bar_get_type ())
G_DECLARE_FINAL_TYPE (PlLimitBar, pl_limit_bar, PL, LIMIT_BAR, GtkWidget)

GtkWidget *pl_limit_bar_new (void);
/* Bounds may be NaN; without any, or without a value, nothing is drawn. */
void pl_limit_bar_update (PlLimitBar *self, double value, double low, double high);
/* Pure: where they stand on a line from 0 to 1, the bounds at 0.2 and 0.8. */
double pl_limit_bar_place (double value, double low, double high);
