/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/curve.h"
#include "tests/db/common.h"
#include <math.h>

/* A run that curves can belong to, and samples that say which they are. */

static inline gboolean
grown_insert_run (sqlite3 *sql, gpointer data, GError **error)
{
	return sqlite3_exec (sql,
			     "INSERT OR IGNORE INTO unit (id, kind, serial, scheme, created) "
			     "VALUES (1, 'pack', 'P1', 'plain', '');"
			     "INSERT OR IGNORE INTO recipe VALUES ('h', 'r', 1, 'text');"
			     "INSERT OR IGNORE INTO run (id, uuid, unit, kind, recipe_hash, "
			     "station, bench, software, entry, started) VALUES (1, 'u', 1, "
			     "'simulated', 'h', 's', 'b', '0', 'typed', '')",
			     NULL, NULL, NULL) == SQLITE_OK ||
	       pl_sql_fail (sql, error, "a run");
}

static const char *const grown_columns[] = {"cell_v", "current_a", "cell_degc", NULL};
static const double grown_scales[] = {1e-4, 1e-3, 0.1};

/* Any sample of any curve, by its number: what is read back is held against it. */
static inline gint64
grown_sample (gint64 curve, gint64 i, double values[3])
{
	guint32 noise = (guint32)((guint64)(curve * 1000003 + i) * 0x9e3779b97f4a7c15u >> 40);

	values[0] = (33000 + (double)(i / 50) + noise % 7) / 1e4;
	values[1] = (double)(gint64)(noise % 11 + 50000 * (i / 300 % 3)) / 1e3;
	values[2] = (250 + noise % 3) / 10.0;
	return i * 100000 + noise % 4001;
}

static inline gint64
grown_begin (PlCurves *curves, const char *name)
{
	g_autoptr (GError) error = NULL;
	gint64 curve;

	ck_assert_ok (
	    pl_curves_begin (curves, 1, 1, name, grown_columns, grown_scales, &curve, &error),
	    error);
	return curve;
}

static inline void
grown_append (PlCurves *curves, gint64 curve, gint64 n)
{
	for (gint64 i = pl_curves_count (curves, curve), end = i + n; i < end; i++) {
		double values[3];
		gint64 t_us = grown_sample (curve, i, values);

		pl_curves_append (curves, curve, t_us, values);
	}
}

static inline void
grown_commit (PlCurves *curves)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_curves_commit (curves, &error), error);
}

typedef struct {
	gint64 curve, from_us, to_us;
	PlSampleCurve *got;
} GrownRead;

static inline gboolean
grown_read_work (sqlite3 *sql, gpointer data, GError **error)
{
	GrownRead *read = data;

	return pl_curve_read (sql, read->curve, read->from_us, read->to_us, &read->got, error);
}

/* Caller frees. */
static inline PlSampleCurve *
grown_read (PlDb *db, gint64 curve, gint64 from_us, gint64 to_us)
{
	GrownRead read = {curve, from_us, to_us, NULL};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_read (db, grown_read_work, &read, &error), error);
	return read.got;
}

/* The samples from number `first` on are exactly what was appended, none missing, none twice. */
static inline void
grown_assert_samples (const PlSampleCurve *got, gint64 curve, gint64 first, gint64 n)
{
	ck_assert_int_eq (got->t_us->len, n);
	for (gint64 i = 0; i < n; i++) {
		double values[3];
		gint64 t_us = grown_sample (curve, first + i, values);

		ck_assert_int_eq (g_array_index (got->t_us, gint64, i), t_us);
		for (guint c = 0; c < 3; c++) {
			double value =
			    g_array_index ((GArray *)g_ptr_array_index (got->values, c), double, i);

			/* the very same double */
			ck_assert_msg (memcmp (&value, &values[c], sizeof value) == 0,
				       "sample %d, column %u: %.17g for %.17g", (int)i, c, value,
				       values[c]);
		}
	}
}

static inline void
grown_assert_whole (PlDb *db, gint64 curve, gint64 n)
{
	PlSampleCurve *got = grown_read (db, curve, G_MININT64, G_MAXINT64);

	grown_assert_samples (got, curve, 0, n);
	pl_sample_curve_free (got);
}
