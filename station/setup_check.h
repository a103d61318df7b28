/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/setup_check.h"
#include "station/recipe.h"
#include "station/station.h"

/*
 * Is the station fit for a shift? Instruments, calibrations, safety chain, release, recipe,
 * database, disk, clock and, where one is named, the golden pack. Each line says what was found
 * and, where it failed, what to do. The result is kept with a row of the journal.
 */
typedef enum {
	PL_CHECK_INSTRUMENT,
	PL_CHECK_CALIBRATION,
	PL_CHECK_CHAIN,
	PL_CHECK_LOCK,
	PL_CHECK_RELEASE,
	PL_CHECK_RECIPE,
	PL_CHECK_DATABASE,
	PL_CHECK_DISK,
	PL_CHECK_CLOCK,
	PL_CHECK_GOLDEN,
	PL_CHECK_KINDS
} PlCheckKind;
const char *pl_check_name (PlCheckKind kind); /* "instrument" ... */

typedef struct {
	PlCheckKind kind;
	PlRole role; /* of an instrument's lines; LAST = none */
	gboolean passed;
	char *detail; /* what was found; what to do, where it failed */
} PlCheckLine;

typedef struct {
	char *utc; /* when it began */
	gboolean passed; /* every line */
	GPtrArray *lines; /* PlCheckLine* */
} PlCheckResult;
void pl_check_result_free (PlCheckResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCheckResult, pl_check_result_free)

typedef struct {
	const PlRecipe *recipe; /* NULL = of the bench alone */
	const char *release_file; /* NULL = none */
	const char *golden_serial; /* the known pack; NULL = none is asked for */
	double golden_hours; /* how old its last pass may be */
	const char *who; /* who checks; NULL */
} PlSetupCheckPlan;

/* Nobody else has the bench meanwhile: no run is on, a slot is held. Blocks for seconds. NULL only
 * if what may be live could not be made safe, or the result could not be kept. */
PlCheckResult *pl_setup_check (PlStation *station, const PlSetupCheckPlan *plan, GError **error);
/* Of this bench, newest first, at most `most`: PlSetupCheckRow*. Caller unrefs. */
GPtrArray *pl_setup_check_history (PlStation *station, guint most, GError **error);
/* BLOCKED where the last check of this bench did not pass, or is older than `hours`; 0 = not asked.
 */
gboolean pl_setup_check_is_fresh (PlStation *station, double hours, GError **error);
