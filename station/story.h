/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/note.h"
#include "db/run.h"
#include "station/station.h"

/* One run with all that the station remembers of it, and two runs side by side, for heads. What
 * takes the station may wait for the disk: on a worker. */

/* A column of a curve, in seconds from the beginning of its step. */
typedef struct {
	guint step; /* index in the run's steps */
	char *curve; /* "charge" */
	char *name; /* "cell_min_v" */
	const char *unit; /* by the name's ending; "" = none */
	double low, high; /* what the recipe held every sample against; NaN = nothing */
	GArray *t_us; /* gint64 */
	GArray *values; /* double */
} PlStoryCurve;

typedef struct {
	PlRunRow *run; /* with steps */
	char *approved_by; /* the recipe, before the run; NULL = nobody */
	GPtrArray *curves; /* PlStoryCurve*, in the order of the steps */
	GPtrArray *notes; /* PlNoteRow*, oldest first */
	GPtrArray *others; /* PlRunRow* of the same unit, newest first, without steps */
	gboolean has_label, has_record;
} PlStory;

/* One snapshot of the database. */
PlStory *pl_story_load (PlStation *station, gint64 run, GError **error);
void pl_story_free (PlStory *story);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlStory, pl_story_free)
/* Blanks around the text go; one that holds nothing else is refused. */
gboolean pl_story_add_note (PlStation *station, gint64 run, const char *who, const char *text,
			    GError **error);

/* -- beside another run ------------------------------------------------------------------------ */

/* The same measurement of the same step and attempt in another run; NULL = it has none. */
const PlMeasurementRow *pl_story_counterpart (const PlStory *other, const PlStepRow *step,
					      const PlMeasurementRow *measurement);
/* What `now` has more than `then`: "+1.2 mV"; "=" and "≠" for words; NULL where there is nothing to
 * hold against each other. Caller frees. */
char *pl_story_difference (const PlMeasurementRow *now, const PlMeasurementRow *then);
/* The same column of the same step's curve; NULL = it has none. */
const PlStoryCurve *pl_story_curve_of (const PlStory *other, const PlStory *story,
				       const PlStoryCurve *curve);
