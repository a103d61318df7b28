/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/note.h"
#include "db/run.h"
#include "db/unit.h"

/* What the reading commands ask the station's memory, one snapshot a question. */

/* A run of a pack with its steps: by the beginning of its id, or the newest. NOT_FOUND says why
 * not. */
PlRunRow *pl_query_run (PlDb *db, const char *serial, const char *id, GError **error);
/* The signed record of that run, or of the newest run that has one. Caller frees. */
char *pl_query_record (PlDb *db, const char *serial, const char *id, GError **error);
/* Notes of a run, oldest first: PlNoteRow*. Caller unrefs. */
GPtrArray *pl_query_notes (PlDb *db, gint64 run, GError **error);
/* The newest label of a pack. Caller frees. */
char *pl_query_label (PlDb *db, const char *serial, GError **error);

/* A unit with everything around it. */
typedef struct {
	PlUnitRow *unit;
	char *holder; /* what it is built into; NULL */
	GPtrArray *children; /* PlUnitRow* */
	GPtrArray *runs; /* PlRunRow*, newest first */
} PlUnitStory;
void pl_unit_story_free (gpointer story);
/* All units with this serial: PlUnitStory*; NOT_FOUND if there is none. Caller unrefs. */
GPtrArray *pl_query_stories (PlDb *db, const char *serial, GError **error);
