/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/page.h"

/*
 * The recipes that a station knows: read, compared, changed by an engineer and approved by a second
 * person. What is changed and not kept yet stays while other pages are looked at.
 */
#define PL_TYPE_RECIPES_PAGE (pl_recipes_page_get_type ())
G_DECLARE_FINAL_TYPE (PlRecipesPage, pl_recipes_page, PL, RECIPES_PAGE, PlPage)

/* Is something being looked up or written, or the sheet still being filled? For tests. */
gboolean pl_recipes_page_is_busy (PlRecipesPage *self);
