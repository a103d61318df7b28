/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/page.h"

/* All runs of the station: a serial finds them, a row opens one, another may be laid over it. */
#define PL_TYPE_HISTORY_PAGE (pl_history_page_get_type ())
G_DECLARE_FINAL_TYPE (PlHistoryPage, pl_history_page, PL, HISTORY_PAGE, PlPage)
