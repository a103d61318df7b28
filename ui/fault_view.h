/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/simulation.h"
#include <gtk/gtk.h>

/* The simulated line: its faults with switches, what a person can do at the fixture, and what is
 * physically true there. "fault" (char *spec, gboolean on), "operator" (char *words). */
#define PL_TYPE_FAULT_VIEW (pl_fault_view_get_type ())
G_DECLARE_FINAL_TYPE (PlFaultView, pl_fault_view, PL, FAULT_VIEW, GtkBox)

/* NULL = the line does not answer. */
void pl_fault_view_update (PlFaultView *self, const PlSimulation *simulation);
