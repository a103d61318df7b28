/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"
#include "station/verdict.h"

/* -- the plant's shifts and its takt ----------------------------------------------------------- */
#define PL_SHIFTS_MAX 12

typedef struct {
	guint n; /* 0 = one a day, from midnight */
	int starts[PL_SHIFTS_MAX]; /* minutes of the local day, ascending */
	double takt_s; /* a pack is wanted every so often; 0 = not said */
} PlPace;

/* shifts: "06:00,14:00,22:00"; takt: seconds; either may be NULL. */
gboolean pl_pace_parse (const char *shifts, const char *takt, PlPace *ret, GError **error);
/* The shift that `now` is in, by the clock on the wall: it has begun at *ret_start, the next begins
 * at *ret_end. Caller unrefs both. */
void pl_pace_shift (const PlPace *pace, GDateTime *now, GDateTime **ret_start, GDateTime **ret_end);

/* -- what the bench has done in it ------------------------------------------------------------- */
#define PL_LAST_RUNS 10

typedef struct {
	guint passed, failed, errors, aborted;
	guint judged_first, passed_first; /* first-pass yield is the second of the first */
	double cycle_s; /* median time from one end to the next, of the last of this shift; NaN */
	double test_s; /* what the last run took; NaN */
	PlRunVerdict last[PL_LAST_RUNS]; /* newest first, whatever shift they were in */
	guint n_last;
	gboolean clock_is_behind; /* the newest run ended later than it is now */
} PlShift;

/* Of the station's own bench, since `start`. Any thread. */
gboolean pl_shift_load (PlStation *station, GDateTime *start, PlShift *ret, GError **error);
