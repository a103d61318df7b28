/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* The operator's page of one slot. Emits "stopped", "acknowledged", "language", "typing",
 * "answered" (with the answer) and "back" from its buttons; decides nothing itself. */
#define PL_TYPE_RUN_PAGE (pl_run_page_get_type ())
G_DECLARE_FINAL_TYPE (PlRunPage, pl_run_page, PL, RUN_PAGE, GtkBox)

void pl_run_page_update (PlRunPage *self, const PlSnapshot *snapshot);
/* For the curves of slots that are not in view. */
void pl_run_page_take (PlRunPage *self, const PlSnapshot *snapshot);
/* Its slot is one of many: it names it, and there is a way back to all. */
void pl_run_page_set_many (PlRunPage *self, gboolean many);
/* What the page itself has to say of a code (in place of the slot's words); NULL = nothing. */
void pl_run_page_hint (PlRunPage *self, const char *text);
