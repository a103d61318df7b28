/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* What the run asks of a person: a picture, one sentence, and one button, pass or fail, or a code
 * to be scanned. Stands in the step table's place while it asks. Emits "answered" with the recipe's
 * own word, whatever language the button had. */
#define PL_TYPE_PROMPT_VIEW (pl_prompt_view_get_type ())
G_DECLARE_FINAL_TYPE (PlPromptView, pl_prompt_view, PL, PROMPT_VIEW, GtkBox)

/* Only while snapshot->prompt is there. */
void pl_prompt_view_update (PlPromptView *self, const PlSnapshot *snapshot);
