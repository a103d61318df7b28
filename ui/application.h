/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/settings.h"
#include <adwaita.h>

/* One station with its slots and its window. */
#define PL_TYPE_APPLICATION (pl_application_get_type ())
G_DECLARE_FINAL_TYPE (PlApplication, pl_application, PL, APPLICATION, AdwApplication)

PlApplication *pl_application_new (void);
/* 0 = closed by a person; 3 = could not start. For main, after g_application_run. */
int pl_application_exit (PlApplication *self);
/* Resources and style, for tests that build single widgets, too. Needs a display. */
void pl_ui_set_up (void);
