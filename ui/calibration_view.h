/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/service.h"
#include <gtk/gtk.h>

/* Until when each instrument is calibrated, and a form for a certificate that came back with one.
 * "entered" (guint role, PlCalibrationRow *row). */
#define PL_TYPE_CALIBRATION_VIEW (pl_calibration_view_get_type ())
G_DECLARE_FINAL_TYPE (PlCalibrationView, pl_calibration_view, PL, CALIBRATION_VIEW, GtkBox)

void pl_calibration_view_update (PlCalibrationView *self, const PlServiceSnapshot *snapshot);
