/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <gtk/gtk.h>

/* The station's own state, always in sight: the safety chain, each instrument with the days of its
 * calibration that are left or since when it does not answer, what waits for partners, disk and
 * clock; all that is known of them behind a button. */
#define PL_TYPE_HEALTH_STRIP (pl_health_strip_get_type ())
G_DECLARE_FINAL_TYPE (PlHealthStrip, pl_health_strip, PL, HEALTH_STRIP, GtkBox)

void pl_health_strip_update (PlHealthStrip *self, const PlSnapshot *snapshot);
