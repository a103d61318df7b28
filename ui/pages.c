/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pages.h"
#include "ui/language.h"
#include "ui/recipes_page.h"

const PlPageRow pl_pages[] = {
    {"recipes", N_ ("Recipes"), "document-properties-symbolic", GDK_KEY_F5, PL_MAY_RUN,
     pl_recipes_page_get_type},
    {NULL},
};
