/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/service.h"
#include "ui/page.h"

/* The bench in a technician's hands: live values and outputs, wires, calibrations, and the faults
 * of a simulated line. The bench is taken over by a button and given back by another, or by leaving
 * the page. */
#define PL_TYPE_TECHNICIAN_PAGE (pl_technician_page_get_type ())
G_DECLARE_FINAL_TYPE (PlTechnicianPage, pl_technician_page, PL, TECHNICIAN_PAGE, PlPage)

/* All that it shows of the bench; NULL = it is the slot's. Called by the page itself; for tests,
 * too. */
void pl_technician_page_show (PlTechnicianPage *self, const PlServiceSnapshot *snapshot);
/* "bench", "wires", "calibration", "faults". */
void pl_technician_page_go (PlTechnicianPage *self, const char *name);
