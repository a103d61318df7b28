/* SPDX-License-Identifier: Apache-2.0 */
#include "station/shift.h"
#include "db/shift.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MIN (24 * 60)

/* -- the plant's shifts and its takt ----------------------------------------------------------- */

/* Ascending, so that the one before is the shift's beginning without sorting; %n, so that nothing
 * follows the minutes. */
static gboolean
parse_start (PlPace *pace, const char *text, GError **error)
{
	int hour, minute, end = 0;

	if (sscanf (text, "%2d:%2d%n", &hour, &minute, &end) == 2 && text[end] == '\0' &&
	    hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && pace->n < PL_SHIFTS_MAX &&
	    (pace->n == 0 || pace->starts[pace->n - 1] < hour * 60 + minute)) {
		pace->starts[pace->n++] = hour * 60 + minute;
		return TRUE;
	}
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "shifts: \"%s\" is not when a shift begins: at most %d times of the day, each "
		     "later than the one before, as 06:00,14:00,22:00",
		     text, PL_SHIFTS_MAX);
	return FALSE;
}

/* A day at most: more is a slip, and 0 means that nobody said. */
static gboolean
parse_takt (PlPace *pace, const char *text, GError **error)
{
	char *end;

	pace->takt_s = g_ascii_strtod (text, &end);
	if (end != text && *end == '\0' && pace->takt_s > 0 && pace->takt_s <= DAY_MIN * 60)
		return TRUE;
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG,
		     "takt: \"%s\" is not a number of seconds from one pack to the next", text);
	return FALSE;
}

gboolean
pl_pace_parse (const char *shifts, const char *takt, PlPace *ret, GError **error)
{
	g_auto (GStrv) words = shifts != NULL ? g_strsplit (shifts, ",", -1) : NULL;

	memset (ret, 0, sizeof *ret);
	for (guint i = 0; words != NULL && words[i] != NULL; i++)
		if (!parse_start (ret, g_strstrip (words[i]), error))
			return FALSE;
	return takt == NULL || parse_takt (ret, takt, error);
}

/* A clock that is put forward skips times of the day: GLib gives the instant after the gap. */
static GDateTime *
start_on (GDateTime *day, int minutes)
{
	return g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
				      g_date_time_get_day_of_month (day), minutes / 60,
				      minutes % 60, 0);
}

/* From yesterday on, since a night's shift began there; the last that is not after now is its
 * beginning, the next one its end. */
void
pl_pace_shift (const PlPace *pace, GDateTime *now, GDateTime **ret_start, GDateTime **ret_end)
{
	static const int midnight[] = {0};
	const int *starts = pace->n > 0 ? pace->starts : midnight;
	g_autoptr (GDateTime) start = NULL, end = NULL;

	for (int d = -1; d <= 1 && end == NULL; d++) {
		g_autoptr (GDateTime) day = g_date_time_add_days (now, d);

		for (guint i = 0; i < MAX (pace->n, 1) && end == NULL; i++) {
			g_autoptr (GDateTime) at = start_on (day, starts[i]);
			GDateTime **edge = g_date_time_compare (at, now) <= 0 ? &start : &end;

			g_clear_pointer (edge, g_date_time_unref);
			*edge = g_steal_pointer (&at);
		}
	}
	*ret_start = g_steal_pointer (&start);
	*ret_end = g_steal_pointer (&end);
}

/* -- what the bench has done in it ------------------------------------------------------------- */

typedef struct {
	const char *bench;
	char *since;
	PlRunTally tally;
	GPtrArray *ends;
} Asked;

/* In one snapshot, so that the strip of verdicts and the counts fit each other. */
static gboolean
ask (sqlite3 *sql, gpointer data, GError **error)
{
	Asked *asked = data;

	/* one more end than verdicts are shown: ten intervals */
	asked->ends = pl_run_ends (sql, asked->bench, PL_LAST_RUNS + 1, error);
	return asked->ends != NULL &&
	       pl_run_tally (sql, asked->bench, asked->since, &asked->tally, error);
}

/* Negative where the clock was set back; callers leave those out. */
static double
seconds_between (const char *from, const char *to)
{
	g_autoptr (GDateTime) a = g_date_time_new_from_iso8601 (from, NULL);
	g_autoptr (GDateTime) b = g_date_time_new_from_iso8601 (to, NULL);

	return a != NULL && b != NULL
		   ? (double)g_date_time_difference (b, a) / (double)G_USEC_PER_SEC
		   : NAN;
}

static int
compare (gconstpointer a, gconstpointer b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The median: one break does not make a shift slow. */
static double
cycle_of (const GPtrArray *ends, const char *since)
{
	double spans[PL_LAST_RUNS];
	guint n = 0;

	for (guint i = 0; i + 1 < ends->len; i++) {
		const PlRunEnd *later = g_ptr_array_index (ends, i);
		const PlRunEnd *earlier = g_ptr_array_index (ends, i + 1);
		double span = seconds_between (earlier->ended, later->ended);

		if (strcmp (earlier->started, since) >= 0 && span >= 0)
			spans[n++] = span;
	}
	qsort (spans, n, sizeof *spans, compare);
	return n == 0 ? NAN : (spans[n / 2] + spans[(n - 1) / 2]) / 2;
}

static PlRunVerdict
verdict_of (const char *name)
{
	for (guint i = PL_RUN_PASS; i <= PL_RUN_ABORTED; i++)
		if (g_str_equal (name, pl_run_verdict_name (i)))
			return i;
	return PL_RUN_OPEN;
}

/* The clock is behind if the newest run ended later than now: counts by time are not to be trusted
 * then. */
static void
fill (PlShift *self, const Asked *asked)
{
	const PlRunEnd *newest = asked->ends->len > 0 ? asked->ends->pdata[0] : NULL;
	g_autofree char *now = pl_utc_now ();

	*self = (PlShift){.passed = asked->tally.passed,
			  .failed = asked->tally.failed,
			  .errors = asked->tally.errors,
			  .aborted = asked->tally.aborted,
			  .judged_first = asked->tally.judged_first,
			  .passed_first = asked->tally.passed_first,
			  .cycle_s = cycle_of (asked->ends, asked->since),
			  .test_s = NAN,
			  .n_last = MIN (asked->ends->len, PL_LAST_RUNS)};
	for (guint i = 0; i < self->n_last; i++)
		self->last[i] = verdict_of (((PlRunEnd *)asked->ends->pdata[i])->verdict);
	if (newest == NULL)
		return;
	self->test_s = seconds_between (newest->started, newest->ended);
	self->clock_is_behind = strcmp (newest->ended, now) > 0;
}

gboolean
pl_shift_load (PlStation *station, GDateTime *start, PlShift *ret, GError **error)
{
	g_autoptr (GDateTime) utc = g_date_time_to_utc (start);
	/* to the letter as pl_utc_now: these are compared as texts */
	g_autofree char *since = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S.000Z");
	Asked asked = {.bench = pl_bench_name (station->bench), .since = since};
	gboolean ok = pl_db_read (station->db, ask, &asked, error);

	if (ok)
		fill (ret, &asked);
	g_clear_pointer (&asked.ends, g_ptr_array_unref);
	return ok;
}
