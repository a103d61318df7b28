/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "db/journal.h"
#include "db/run.h"
#include "station/canonical.h"
#include <stdio.h>
#include <string.h>

/* What the instrument tells goes before what the file says: the two differ only where the bench
 * would refuse it anyway. */
const char *
pl_calibration_serial (const PlBenchEntry *entry, const PlIdentity *identity)
{
	if (identity != NULL && *identity->serial != '\0')
		return identity->serial;
	return entry->serial != NULL ? entry->serial : "";
}

/* -- which one counts -------------------------------------------------------------------------- */

/* A copy, so that both kinds are freed alike. */
static PlCalibrationRow *
of_bench_file (const PlBenchEntry *entry)
{
	PlCalibrationRow *row = g_new0 (PlCalibrationRow, 1);

	row->calibrated = g_strdup (entry->calibrated);
	row->due = g_strdup (entry->calibration_due);
	row->certificate = g_strdup (entry->certificate);
	return row;
}

/* ISO dates compare as text. A file that says no date says nothing. */
PlCalibrationRow *
pl_calibration_that_counts (sqlite3 *sql, const PlBenchEntry *entry, const char *serial,
			    GError **error)
{
	g_autoptr (PlCalibrationRow) entered = NULL;

	if (*serial != '\0' &&
	    !pl_calibration_entered (sql, pl_role_name (entry->role), serial, &entered, error))
		return NULL;
	if (entered == NULL || (entry->calibration_due != NULL && entry->calibrated != NULL &&
				strcmp (entry->calibrated, entered->calibrated) > 0))
		return of_bench_file (entry);
	return g_steal_pointer (&entered);
}

typedef struct {
	const PlBenchEntry *entry;
	const char *serial;
	PlCalibrationRow *row;
} Question;

static gboolean
ask (sqlite3 *sql, gpointer data, GError **error)
{
	Question *question = data;

	question->row = pl_calibration_that_counts (sql, question->entry, question->serial, error);
	return question->row != NULL;
}

PlCalibrationRow *
pl_station_calibration (PlStation *station, const PlBenchEntry *entry, const char *serial,
			GError **error)
{
	Question question = {entry, serial, NULL};

	return pl_db_read (station->db, ask, &question, error) ? question.row : NULL;
}

/* -- entering one ------------------------------------------------------------------------------ */

/* Dates are compared as texts, so sscanf's signs and blanks are no digits here. %n: nothing may
 * follow the day. g_date_valid_dmy knows February. */
static gboolean
is_date (const char *text)
{
	int year, month, day, end = 0;

	return text != NULL && strspn (text, "0123456789-") == strlen ("2026-01-01") &&
	       sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 &&
	       end == (int)strlen (text) && year > 1900 &&
	       g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean
refuse (GError **error, const char *text)
{
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "the calibration was not kept: %s", text);
	return FALSE;
}

/* All that can be seen on a certificate without knowing it. A calibration that is overdue when it
 * is entered is kept: what is true may be entered, and the check still says that it is over. */
static gboolean
check (const PlCalibrationRow *row, const char *serial, GError **error)
{
	/* the plant's day: a certificate of this morning is one of yesterday in UTC, east of it */
	g_autoptr (GDateTime) here = g_date_time_new_now_local ();
	g_autofree char *today = g_date_time_format (here, "%F");

	if (*serial == '\0')
		return refuse (error, "the instrument tells no serial number; write it into the "
				      "bench file first");
	if (!is_date (row->calibrated) || !is_date (row->due))
		return refuse (error, "a date is written YYYY-MM-DD");
	if (strcmp (row->calibrated, today) > 0)
		return refuse (error, "it was calibrated in the future; look at the certificate's "
				      "date");
	if (strcmp (row->due, row->calibrated) <= 0)
		return refuse (error, "it is due before it was calibrated; look at the "
				      "certificate's dates");
	if (row->certificate == NULL || row->certificate[strspn (row->certificate, " ")] == '\0')
		return refuse (error, "the number of the certificate is missing");
	return TRUE;
}

typedef struct {
	const PlBenchEntry *entry;
	const PlIdentity *identity;
	const PlCalibrationRow *row;
	const char *serial, *who;
} Entry;

static char *
journal_text (const Entry *e)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "by", e->who);
	pl_canonical_member (json, "calibrated", e->row->calibrated);
	pl_canonical_member (json, "certificate", e->row->certificate);
	pl_canonical_member (json, "due", e->row->due);
	pl_canonical_member (json, "model", e->identity->model);
	pl_canonical_member (json, "role", pl_role_name (e->entry->role));
	pl_canonical_member (json, "serial", e->serial);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

/* The instrument's row first, since it may never have measured here. Row and journal in one commit:
 * no date without a name that answers for it. */
static gboolean
enter (sqlite3 *sql, gpointer data, GError **error)
{
	const Entry *e = data;
	g_autofree char *text = journal_text (e), *hash = NULL;
	gint64 instrument, none, seq;

	return pl_instrument_row (sql, pl_role_name (e->entry->role), e->identity->maker,
				  e->identity->model, e->serial, e->identity->firmware, NULL, NULL,
				  NULL, &instrument, &none, error) &&
	       pl_calibration_enter (sql, instrument, e->row, e->who, error) &&
	       pl_journal_append (sql, "calibration", text, &seq, &hash, error);
}

gboolean
pl_station_calibrate (PlStation *station, const PlBenchEntry *entry, const PlIdentity *identity,
		      const PlCalibrationRow *row, const char *who, GError **error)
{
	Entry e = {entry, identity, row, pl_calibration_serial (entry, identity), who};

	return check (row, e.serial, error) && pl_db_write (station->db, enter, &e, error);
}
