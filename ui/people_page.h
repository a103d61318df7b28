/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/page.h"

/* Who is enrolled at this station, and the changes of it. */
#define PL_TYPE_PEOPLE_PAGE (pl_people_page_get_type ())
G_DECLARE_FINAL_TYPE (PlPeoplePage, pl_people_page, PL, PEOPLE_PAGE, PlPage)

/* PlPersonRow*, as it comes from the worker; for tests, too. */
void pl_people_page_show (PlPeoplePage *self, GPtrArray *rows);
