/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Curves of a step. Times are whole microseconds; each column is kept at its own resolution `scale`
 * (1e-6 V and the like): what is read back is the value at that resolution, exactly. */
typedef struct {
	char *curve;
	char **columns; /* names with units, without the time */
	double *scales; /* one a column */
	GArray *t_us; /* gint64 */
	GPtrArray *values; /* GArray* of double, one a column */
	char *sha256; /* of what is stored; loading only */
} PlSampleCurve;
void pl_sample_curve_free (gpointer curve);

gboolean pl_sample_add (sqlite3 *sql, gint64 step, const PlSampleCurve *curve, GError **error);
/* All curves of a step, of both kinds (db/curve.h): PlSampleCurve*; sha256 is NULL for one that is
 * not sealed yet. Damage is an error. Caller unrefs. */
GPtrArray *pl_sample_load (sqlite3 *sql, gint64 step, GError **error);
