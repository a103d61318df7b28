/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Labels as they were sent to the printer; result is "printed", or why it is not sure. */
gboolean pl_label_add (sqlite3 *sql, gint64 run, const char *zpl, const char *result,
		       GError **error);
/* The newest label of a unit's runs that passed (unit > 0), or of one run if it passed (unit 0);
 * NULL with NOT_FOUND. A label of any other run may lie on the floor, but must not get onto a pack.
 * Caller frees. */
char *pl_label_last (sqlite3 *sql, gint64 unit, gint64 run, GError **error);
