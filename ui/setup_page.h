/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/setup_check.h"
#include "ui/page.h"

/* The setup check at the start of a shift: one button, a line for each thing, and the last checks.
 * The golden pack is tested from here by scanning it. */
#define PL_TYPE_SETUP_PAGE (pl_setup_page_get_type ())
G_DECLARE_FINAL_TYPE (PlSetupPage, pl_setup_page, PL, SETUP_PAGE, PlPage)

/* What the page shows; history: PlSetupCheckRow*, newest first. Both are taken; NULL = as before.
 */
void pl_setup_page_show (PlSetupPage *self, PlCheckResult *result, GPtrArray *history);
