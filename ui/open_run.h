/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/story.h"
#include "ui/chart/series.h"

/* A run out of the past as the window has it open: its story, and its curves ready to be drawn. */
typedef struct {
	PlStory *story;
	GPtrArray
	    *series; /* PlSeries*, one a curve of the story, in seconds since the step began */
} PlOpenRun;

/* Reads and unpacks: on a worker. Whoever gets it uses it on one thread. */
PlOpenRun *pl_open_run_load (PlStation *station, gint64 run, GError **error);
void pl_open_run_free (PlOpenRun *open);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlOpenRun, pl_open_run_free)
