/* SPDX-License-Identifier: Apache-2.0 */
#include "db/calibration.h"

void
pl_calibration_row_free (PlCalibrationRow *row)
{
	if (row == NULL)
		return;
	g_free (row->calibrated);
	g_free (row->due);
	g_free (row->certificate);
	g_free (row);
}

/* The bench file may have brought the same dates before: then the row only gets its person. */
gboolean
pl_calibration_enter (sqlite3 *sql, gint64 instrument, const PlCalibrationRow *row, const char *who,
		      GError **error)
{
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO operator (name) VALUES (?) ON CONFLICT DO NOTHING",
				   "s", who),
			   error) &&
	       pl_sql_run (
		   sql,
		   pl_sql (sql, error,
			   "INSERT INTO calibration (instrument, calibrated, due, certificate, "
			   "entered_by) VALUES (?, ?, ?, ?, (SELECT id FROM operator WHERE name = "
			   "?)) ON CONFLICT DO UPDATE SET entered_by = coalesce (entered_by, "
			   "excluded.entered_by)",
			   "issss", instrument, row->calibrated, row->due, row->certificate, who),
		   error);
}

/* By serial and not by row: an instrument that came back from its maker with a new firmware has a
 * new row, and its certificate still holds. Rows of the bench file have no entered_by and are
 * passed over, since the file itself is at hand. */
gboolean
pl_calibration_entered (sqlite3 *sql, const char *role, const char *serial, PlCalibrationRow **ret,
			GError **error)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, error,
		    "SELECT calibrated, due, certificate FROM calibration JOIN instrument ON "
		    "instrument.id = instrument WHERE role = ? AND serial = ? AND entered_by IS "
		    "NOT NULL ORDER BY calibrated DESC, calibration.id DESC LIMIT 1",
		    "ss", role, serial);
	int more = found != NULL ? pl_sql_step (sql, found, error) : -1;

	*ret = NULL;
	if (more == 1) {
		*ret = g_new0 (PlCalibrationRow, 1);
		(*ret)->calibrated = g_strdup ((const char *)sqlite3_column_text (found, 0));
		(*ret)->due = g_strdup ((const char *)sqlite3_column_text (found, 1));
		(*ret)->certificate = g_strdup ((const char *)sqlite3_column_text (found, 2));
	}
	return more >= 0;
}
