/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/survey.h"
#include "station/setup_check.h"
#include "station/calibration.h"
#include <math.h>
#include <stdio.h>
#include <sys/statvfs.h>

#define DISK_LOW_GB 5.0 /* as the setup check: some ten thousand runs */
#define DISK_BAD_GB 1.0 /* a fifth of them: days of a busy line */

PlSurvey *
pl_survey_new (void)
{
	PlSurvey *self = g_new0 (PlSurvey, 1);

	g_atomic_ref_count_init (&self->refs);
	/* 0 s would be a figure */
	self->shift.cycle_s = self->shift.test_s = NAN;
	return self;
}

/* Const as it is handed about; the count is all that changes. */
PlSurvey *
pl_survey_ref (const PlSurvey *survey)
{
	PlSurvey *self = (PlSurvey *)survey;

	g_atomic_ref_count_inc (&self->refs);
	return self;
}

void
pl_survey_unref (const PlSurvey *survey)
{
	PlSurvey *self = (PlSurvey *)survey;

	if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
		return;
	for (guint i = 0; i < self->n_instruments; i++) {
		g_free (self->instruments[i].model);
		g_free (self->instruments[i].link);
	}
	g_free (self->instruments);
	g_free (self->partners);
	g_free (self->checked);
	g_free (self);
}

/* -- instruments and disk ---------------------------------------------------------------------- */

static gboolean
parse_date (const char *text, GDate *ret)
{
	int year, month, day;

	if (text == NULL || sscanf (text, "%d-%d-%d", &year, &month, &day) != 3 ||
	    !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return FALSE;
	g_date_clear (ret, 1);
	g_date_set_dmy (ret, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	return TRUE;
}

/* Of who answered last, as in a run. What cannot be asked for is shown as not known, and the bench
 * file's word is at hand. */
static char *
due_of (PlStation *station, const PlBenchEntry *entry)
{
	g_autoptr (PlCalibrationRow) counts = NULL;
	PlInstrumentHealth health;

	pl_bench_health (station->bench, entry->role, &health);
	if (station->db != NULL)
		counts = pl_station_calibration (
		    station, entry, pl_calibration_serial (entry, &health.identity), NULL);

	return g_strdup (counts != NULL ? counts->due : entry->calibration_due);
}

static void
set_instrument (PlInstrumentSnapshot *self, PlStation *station, const PlBenchEntry *entry,
		const GDate *today)
{
	const char *model = g_hash_table_lookup (entry->settings, "model");
	g_autofree char *text = due_of (station, entry);
	GDate due;

	self->role = entry->role;
	self->model = g_strdup (model != NULL ? model : entry->driver);
	self->link = g_strdup (entry->link);
	self->has_days = parse_date (text, &due);
	if (self->has_days)
		self->days = g_date_days_between (today, &due);
}

static void
set_instruments (PlSurvey *self, PlStation *station, GDateTime *now)
{
	GPtrArray *entries = pl_bench_entries (station->bench);
	GDate today;

	g_date_clear (&today, 1);
	g_date_set_dmy (&today, (GDateDay)g_date_time_get_day_of_month (now),
			(GDateMonth)g_date_time_get_month (now),
			(GDateYear)g_date_time_get_year (now));
	self->n_instruments = entries->len;
	self->instruments = g_new0 (PlInstrumentSnapshot, self->n_instruments);
	for (guint i = 0; i < self->n_instruments; i++)
		set_instrument (&self->instruments[i], station, g_ptr_array_index (entries, i),
				&today);
}

static void
set_disk (PlSurvey *self, const char *home)
{
	struct statvfs disk;

	/* a home that cannot be asked for is one that cannot be written to */
	if (statvfs (home, &disk) != 0) {
		self->disk = PL_HEALTH_BAD;
		return;
	}
	/* f_bavail: root's reserve is not the station's */
	self->disk_free_gb = (double)disk.f_bavail * (double)disk.f_frsize / 1e9;
	self->disk = self->disk_free_gb < DISK_BAD_GB	? PL_HEALTH_BAD
		     : self->disk_free_gb < DISK_LOW_GB ? PL_HEALTH_SOON
							: PL_HEALTH_GOOD;
}

/* -- what waits for partners ------------------------------------------------------------------- */

static void
set_waiting (PlSurvey *self, PlStation *station)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (GString) text = g_string_new (NULL);
	g_autoptr (GPtrArray) waiting = pl_station_waiting (station, &error);

	if (waiting == NULL) {
		g_warning ("what waits for partners is not known: %s", error->message);
		return;
	}
	self->has_waiting = TRUE;
	for (guint i = 0; i < waiting->len; i++) {
		const PlOutboxCount *at = g_ptr_array_index (waiting, i);

		self->waiting += at->n;
		g_string_append_printf (text, "%s%s %u", i > 0 ? ", " : "", at->partner, at->n);
	}
	if (waiting->len > 0)
		self->partners = g_string_free (g_steal_pointer (&text), FALSE);
}

/* -- the shift --------------------------------------------------------------------------------- */

static void
set_shift (PlSurvey *self, PlStation *station, const PlPace *pace, GDateTime *now,
	   const PlSurvey *before)
{
	g_autoptr (GDateTime) start = NULL;
	g_autoptr (GDateTime) end = NULL;
	g_autoptr (GError) error = NULL;

	pl_pace_shift (pace, now, &start, &end);
	self->shift_began_s = g_date_time_to_unix (start);
	/* its figures are asked for once a run, and not once a minute */
	if (before != NULL && before->has_shift && before->shift_began_s == self->shift_began_s) {
		self->has_shift = TRUE;
		self->shift = before->shift;
		return;
	}
	self->has_shift = pl_shift_load (station, start, &self->shift, &error);
	if (!self->has_shift)
		g_warning ("the shift's figures are not known: %s", error->message);
}

static void
set_check (PlSurvey *self, PlStation *station)
{
	g_autoptr (GPtrArray) rows = pl_setup_check_history (station, 1, NULL);
	const PlSetupCheckRow *last =
	    rows != NULL && rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

	if (last == NULL)
		return;
	self->checked = g_strdup (last->utc);
	self->check_passed = last->passed;
}

PlSurvey *
pl_survey_make (PlStation *station, const PlPace *pace, GDateTime *now, const PlSurvey *before)
{
	PlSurvey *self = pl_survey_new ();

	set_instruments (self, station, now);
	set_disk (self, station->home);
	/* a bench alone, in tests */
	if (station->db == NULL)
		return self;
	set_waiting (self, station);
	set_check (self, station);
	set_shift (self, station, pace, now, before);
	return self;
}
