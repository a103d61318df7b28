/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Calibrations that a person has entered; those of the bench file come with what was measured
 * (pl_instrument_row). Every function is meant for use inside one PlDbWork. */
typedef struct {
	char *calibrated, *due; /* ISO dates */
	char *certificate;
} PlCalibrationRow;
void pl_calibration_row_free (PlCalibrationRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCalibrationRow, pl_calibration_row_free)

/* Twice is once; the first who entered it is kept. */
gboolean pl_calibration_enter (sqlite3 *sql, gint64 instrument, const PlCalibrationRow *row,
			       const char *who, GError **error);
/* The newest that was entered for this serial in this role, whatever firmware it had then; *ret is
 * NULL if there is none. */
gboolean pl_calibration_entered (sqlite3 *sql, const char *role, const char *serial,
				 PlCalibrationRow **ret, GError **error);
