/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/recipe_draft.h"
#include <gtk/gtk.h>

/*
 * Beside a sheet: the figure that is being changed, the list of changes, whether they hold, and the
 * reason. Signals: "edited" (the draft has changed), "kept" (reason), "left".
 */
#define PL_TYPE_RECIPE_PANEL (pl_recipe_panel_get_type ())
G_DECLARE_FINAL_TYPE (PlRecipePanel, pl_recipe_panel, PL, RECIPE_PANEL, GtkBox)

/* Begins with this draft (borrowed until the next call; NULL = none). */
void pl_recipe_panel_show (PlRecipePanel *self, PlRecipeDraft *draft);
/* The figure to change. */
void pl_recipe_panel_choose (PlRecipePanel *self, const char *step, const char *part,
			     const char *name);
/* All words anew; while `busy` nothing can be pressed. */
void pl_recipe_panel_update (PlRecipePanel *self, gboolean busy);
