/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cli/command.h"
#include "station/cli/view.h"

/*
 * One sitting at the station: recovery, then pack after pack. The slot's thread works in plain
 * blocking style; the calling thread's main loop only hears signals, so that a stop is taken
 * whatever the slot is doing.
 */
typedef struct {
	PlStation *station;
	PlRecipe *recipe;
	PlView *view;
	const char *kind, *release_file, *bench_file;
	const PlWaiver *waivers;
	guint n_waivers;
	PlOverride override;
	const char *serial; /* NULL = from the bench's scanner */
	guint packs; /* how many; PL_ANY = until stopped */
} PlSessionPlan;

/* The highest exit code of its packs. SIGINT, SIGTERM and SIGHUP stop the run, never its
 * teardown. */
PlExit pl_session (const PlSessionPlan *plan);
