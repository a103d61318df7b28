/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"

/* Writes what an ended run left behind as files: HOME/records/SERIAL-RUN.json and, if a label
 * was printed, HOME/labels/SERIAL-RUN.zpl (*ret_label is NULL otherwise). The database is what
 * counts: a file that was lost is written again from there. `run` is the database's row; caller
 * frees both names. */
gboolean pl_station_export (PlStation *station, gint64 run, char **ret_record, char **ret_label,
			    GError **error);
