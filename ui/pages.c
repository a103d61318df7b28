/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pages.h"
#include "ui/history_page.h"
#include "ui/language.h"
#include "ui/people_page.h"
#include "ui/recipes_page.h"
#include "ui/setup_page.h"
#include "ui/technician_page.h"

/* Name, title, icon, key, who sees it, class. History and recipes are read by everybody: whoever
 * works with a limit may look where it comes from. */
const PlPageRow pl_pages[] = {
    {"history", N_ ("History"), "document-open-recent-symbolic", GDK_KEY_F3, PL_MAY_RUN,
     pl_history_page_get_type},
    {"technician", N_ ("Technician"), "applications-engineering-symbolic", GDK_KEY_F4, PL_MAY_SERVE,
     pl_technician_page_get_type},
    {"recipes", N_ ("Recipes"), "document-properties-symbolic", GDK_KEY_F5, PL_MAY_RUN,
     pl_recipes_page_get_type},
    {"people", N_ ("People"), "system-users-symbolic", GDK_KEY_F6, PL_MAY_MANAGE_PEOPLE,
     pl_people_page_get_type},
    {"setup", N_ ("Setup check"), "object-select-symbolic", GDK_KEY_F7, PL_MAY_RUN,
     pl_setup_page_get_type},
    {NULL},
};
