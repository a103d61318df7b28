/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/history.h"

/* Lists of runs, for heads. Each call is one snapshot of the database and may wait for the disk: on
 * a worker. */

/* The question's days are those of the plant's own calendar ("2026-11-25"), both of them in; what
 * is no day is refused. */
PlHistoryAnswer *pl_station_ask (PlDb *db, const PlHistoryQuestion *question,
				 GCancellable *cancellable, GError **error);
GPtrArray *pl_station_history_rows (PlDb *db, const PlHistoryAnswer *answer, guint from, guint n,
				    GError **error);
gboolean pl_station_newer (PlDb *db, const PlHistoryAnswer *answer, guint *ret_n, GError **error);
GPtrArray *pl_station_recipes (PlDb *db, GError **error);
