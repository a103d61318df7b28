/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sample.h"
#include "db/codec.h"
#include "db/curve.h"
#include <math.h>

void
pl_sample_curve_free (gpointer data)
{
	PlSampleCurve *curve = data;

	g_free (curve->curve);
	g_strfreev (curve->columns);
	g_free (curve->scales);
	g_array_unref (curve->t_us);
	g_ptr_array_unref (curve->values);
	g_free (curve->sha256);
	g_free (curve);
}

/* "t_us pack_v/1e-06 current_a/0.001": the time, then each column with its resolution */
static char *
columns_text (const PlSampleCurve *curve)
{
	g_autoptr (GString) text = g_string_new ("t_us");
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	for (guint i = 0; curve->columns[i] != NULL; i++)
		g_string_append_printf (text, " %s/%s", curve->columns[i],
					g_ascii_dtostr (number, sizeof number, curve->scales[i]));
	return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Integers of the column's resolution: neighbouring samples then differ by little, and the
 * differences are what is packed. What a meter cannot resolve is noise that would not compress. */
static GBytes *
encode (const PlSampleCurve *curve, GError **error)
{
	guint n = curve->t_us->len, n_columns = curve->values->len + 1;
	g_autofree gint64 *all = g_new (gint64, (gsize)n * n_columns + 1);
	g_autofree const gint64 **columns = g_new (const gint64 *, n_columns);

	columns[0] = (const gint64 *)(gpointer)curve->t_us->data;
	for (guint c = 0; c < curve->values->len; c++) {
		GArray *values = g_ptr_array_index (curve->values, c);

		columns[c + 1] = all + (gsize)c * n;
		for (guint i = 0; i < n; i++)
			if (!pl_codec_scale (g_array_index (values, double, i), curve->scales[c],
					     &all[(gsize)c * n + i], error)) {
				g_prefix_error (error,
						"curve %s, column %s, sample %u: ", curve->curve,
						curve->columns[c], i);
				return NULL;
			}
	}
	return pl_codec_encode (columns, n_columns, n);
}

/* The digest is over the packed chunk: it can be checked without unpacking, and is what the signed
 * record names. */
gboolean
pl_sample_add (sqlite3 *sql, gint64 step, const PlSampleCurve *curve, GError **error)
{
	g_autofree char *columns = columns_text (curve);
	g_autoptr (GBytes) chunk = encode (curve, error);
	g_autofree char *digest = NULL;

	if (chunk == NULL)
		return FALSE;
	digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, chunk);
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO chunk (step, curve, columns, seq, n, data, sha256) "
				   "VALUES (?, ?, ?, 0, ?, ?, ?)",
				   "issibs", step, curve->curve, columns, (gint64)curve->t_us->len,
				   chunk, digest),
			   error);
}

static gboolean
bad_chunk (GError **error, const char *curve)
{
	g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CORRUPT,
		     "curve %s is damaged: restore the last backup", curve);
	return FALSE;
}

/* The text is ours, but the file may not be as we left it: every word is checked. */
static gboolean
parse_columns (const char *text, PlSampleCurve *curve, GError **error)
{
	g_auto (GStrv) words = g_strsplit (text, " ", -1);
	guint n = g_strv_length (words);

	if (n == 0 || !g_str_equal (words[0], "t_us"))
		return bad_chunk (error, curve->curve);
	curve->columns = g_new0 (char *, n);
	curve->scales = g_new0 (double, n);
	for (guint i = 1; i < n; i++) {
		char *slash = g_strrstr (words[i], "/");

		if (slash == NULL)
			return bad_chunk (error, curve->curve);
		curve->scales[i - 1] = g_ascii_strtod (slash + 1, NULL);
		curve->columns[i - 1] = g_strndup (words[i], slash - words[i]);
	}
	return TRUE;
}

static gboolean
decode (GBytes *chunk, PlSampleCurve *curve, GError **error)
{
	g_autoptr (GPtrArray) columns = NULL;
	guint n = g_strv_length (curve->columns);

	if (!pl_codec_decode (chunk, n + 1, &columns, error))
		return FALSE;
	g_array_unref (curve->t_us);
	curve->t_us = g_array_ref (g_ptr_array_index (columns, 0));
	for (guint c = 0; c < n; c++) {
		GArray *coded = g_ptr_array_index (columns, c + 1);
		GArray *values = g_array_sized_new (FALSE, FALSE, sizeof (double), coded->len);

		for (guint i = 0; i < coded->len; i++) {
			double value = g_array_index (coded, gint64, i) * curve->scales[c];

			g_array_append_val (values, value);
		}
		g_ptr_array_add (curve->values, values);
	}
	return TRUE;
}

static gboolean
load_chunks (sqlite3 *sql, gint64 step, GPtrArray *curves, GError **error)
{
	g_autoptr (sqlite3_stmt) found = pl_sql (
	    sql, error,
	    "SELECT curve, columns, data, sha256 FROM chunk WHERE step = ? ORDER BY curve, seq",
	    "i", step);
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		g_autoptr (GBytes) chunk =
		    g_bytes_new (sqlite3_column_blob (found, 2), sqlite3_column_bytes (found, 2));
		g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, chunk);
		PlSampleCurve *curve = g_new0 (PlSampleCurve, 1);

		curve->curve = g_strdup ((const char *)sqlite3_column_text (found, 0));
		curve->sha256 = g_strdup ((const char *)sqlite3_column_text (found, 3));
		curve->t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
		curve->values = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
		g_ptr_array_add (curves, curve);
		/* before it is unpacked: a digest that fits means that it unpacks, too */
		if (g_strcmp0 (digest, curve->sha256) != 0) {
			bad_chunk (error, curve->curve);
			return FALSE;
		}
		if (!parse_columns ((const char *)sqlite3_column_text (found, 1), curve, error) ||
		    !decode (chunk, curve, error))
			return FALSE;
	}
	return more == 0;
}

/* Those that grew while the step was under way. */
static gboolean
load_grown (sqlite3 *sql, gint64 step, GPtrArray *curves, GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error, "SELECT run, seq FROM step WHERE id = ?", "i", step);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;
	g_autoptr (GPtrArray) rows = NULL;

	if (more != 1)
		return more == 0;
	rows = pl_curve_rows_of_step (sql, sqlite3_column_int64 (found, 0),
				      sqlite3_column_int64 (found, 1), error);
	for (guint i = 0; rows != NULL && i < rows->len; i++) {
		const PlCurveRow *row = g_ptr_array_index (rows, i);
		PlSampleCurve *curve;

		if (!pl_curve_read (sql, row->id, G_MININT64, G_MAXINT64, &curve, error))
			return FALSE;
		g_ptr_array_add (curves, curve);
	}
	return rows != NULL;
}

GPtrArray *
pl_sample_load (sqlite3 *sql, gint64 step, GError **error)
{
	g_autoptr (GPtrArray) curves = g_ptr_array_new_with_free_func (pl_sample_curve_free);

	if (!load_chunks (sql, step, curves, error) || !load_grown (sql, step, curves, error))
		return NULL;
	return g_steal_pointer (&curves);
}
