/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"

/* Prints a run's label again, as it was, and keeps that it was and for whom. BLOCKED while a pack
 * is on the bench: a label that comes out beside another pack gets onto it. NOT_FOUND (PL_DB_ERROR)
 * if the run has not passed. Waits for the printer: on a worker. */
gboolean pl_station_reprint (PlStation *station, gint64 run, const char *who, GError **error);
