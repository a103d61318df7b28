/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/calibration.h"
#include "station/station.h"

/* Which calibration of an instrument counts: the newer of the bench file's and of what a person has
 * entered for its serial number. */

/* The serial that an instrument's records go by: what it told, else the bench file's word; "" if
 * neither. Borrowed. */
const char *pl_calibration_serial (const PlBenchEntry *entry, const PlIdentity *identity);
/* Inside one PlDbWork. serial may be "": then the bench file's counts. Dates of *ret are NULL where
 * none is kept; caller frees. NULL with an error. */
PlCalibrationRow *pl_calibration_that_counts (sqlite3 *sql, const PlBenchEntry *entry,
					      const char *serial, GError **error);
/* The same, asked of the station; blocks on the database. */
PlCalibrationRow *pl_station_calibration (PlStation *station, const PlBenchEntry *entry,
					  const char *serial, GError **error);
/* Keeps what stands on a certificate, for the instrument that has told who it is, with a row of the
 * journal. CONFIG where a date is none, they contradict each other, or nothing tells which
 * instrument it is. */
gboolean pl_station_calibrate (PlStation *station, const PlBenchEntry *entry,
			       const PlIdentity *identity, const PlCalibrationRow *row,
			       const char *who, GError **error);
