/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/shift.h"

/* What there is to know of a station beside its run, and takes its time to ask: database and disk.
 * Immutable once made, counted. */
typedef enum { PL_HEALTH_GOOD, PL_HEALTH_SOON, PL_HEALTH_BAD } PlHealth;

typedef struct {
	PlRole role;
	char *model, *link; /* as the bench file has them */
	gboolean has_days;
	int days; /* until its calibration is due */
} PlInstrumentSnapshot;

typedef struct {
	gatomicrefcount refs;
	PlInstrumentSnapshot *instruments; /* of the bench, in its file's order */
	guint n_instruments;
	double disk_free_gb;
	PlHealth disk;
	gboolean has_waiting;
	guint waiting; /* records that are to leave for partners */
	char *partners; /* "cells-east 3, oem 1"; NULL = none waits */
	char *checked; /* UTC of the last setup check; NULL = never */
	gboolean check_passed;
	gboolean has_shift;
	PlShift shift;
	gint64 shift_began_s; /* of the clock on the wall */
} PlSurvey;

/* Nothing is known. */
PlSurvey *pl_survey_new (void);
PlSurvey *pl_survey_ref (const PlSurvey *survey);
void pl_survey_unref (const PlSurvey *survey);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSurvey, pl_survey_unref)

/* Asks; any thread that may wait. The shift's figures are taken from `before` where it is the same
 * shift and no run has ended since; NULL = none. */
PlSurvey *pl_survey_make (PlStation *station, const PlPace *pace, GDateTime *now,
			  const PlSurvey *before);
