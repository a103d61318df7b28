/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/printer.h"
#include "station/sequencer.h"

/* A run as it is seen from the command line: an observer of its events, as text for people or
 * lines of JSON. */
typedef enum { PL_VIEW_TEXT, PL_VIEW_QUIET, PL_VIEW_JSON } PlViewKind;

typedef struct {
	PlViewKind kind;
	gboolean all; /* also values that are not judged */
	PlPrinter *printer;
	GMutex mutex; /* steps side by side speak from their own threads */
	const PlStepResult *last; /* whose lines came last */
} PlView;

/* What there is to say once a run has ended; names may be NULL. */
typedef struct {
	const char *record, *label, *database;
	const char *danger; /* what may be live, and what to do; NULL = all was proved safe */
	double seconds, process_seconds; /* on the wall, and in the process */
} PlViewEnd;

/* PlRunObserver; data is the PlView. Only queues text. */
void pl_view_observe (gpointer data, const PlRunEvent *event);
/* The run's verdict, cause, grade, files and what to do next. */
void pl_view_end (PlView *view, PlRun *run, const PlViewEnd *end);

/* view_json.c: one line each. */
char *pl_view_json_event (const PlRunEvent *event);
char *pl_view_json_end (PlRun *run, const PlViewEnd *end);
