/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/run.h"
#include "tests/suite.h"

/*
 * A whole line in a temporary folder: bench file, packline-sim as its own process, a station home
 * with a signed release, packs that assembly has recorded. The station is the built `packline`, run
 * as a child, so that what is tested is what a person runs; afterwards its database is read.
 */
typedef struct {
	char *dir; /* removed at the end unless PACKLINE_KEEP is set */
	char *home; /* the station's */
	GPid sim;
	GPtrArray
	    *beside; /* Line*: further slots of the same station, each with a line of its own */
	char *said; /* stdout and stderr of the last run */
} Line;

/* faults: as in a bench file's list, NULL-terminated or NULL. fast: the recipe's long waits cut
 * short. */
Line *line_start (const char *const *faults, gboolean fast);
/* The same in seconds of wall time: for who must do something at a moment of the run. */
Line *line_start_scaled (const char *const *faults, gboolean fast, double time_scale);
/* On another bench than the demo's: pairs of a regular expression and what its matches become in
 * the bench file, NULL-terminated. */
Line *line_start_changed (const char *const *faults, gboolean fast, const char *const *changes);
/* One more line for the station of `line`, which keeps it: a bench file and a packline-sim of its
 * own, home, recipe and release of the first. */
Line *line_add (Line *line, const char *const *faults);
void line_stop (Line *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_stop)

/* Says words to the control socket; returns its answer. Fails the test if the line refuses. */
char *line_tell (Line *line, const char *words);
/* One `key value` of the line's own view of the world. */
double line_state (Line *line, const char *key);

void line_assemble (Line *line, const char *serial);
/* `packline run` with more arguments (NULL-terminated, may be NULL); returns its exit code. */
int line_run (Line *line, const char *serial, const char *const *more);
/* Waits for the bench's scanner instead of taking a serial. */
int line_scan_and_run (Line *line);
/* The same, not waited for; its output goes to DIR/run.log. */
GPid line_run_async (Line *line, const char *serial);
/* Waits for a child, at most `patience_s` (scaled); -signal if it was killed. */
int line_wait (GPid pid, double patience_s);
/* The end of what was said: Check ends a test whose message is over 8 KiB without showing it. */
const char *line_tail (const Line *line);
/* Any `packline` command; output in line->said. */
int line_packline (Line *line, const char *const *arguments);

/* The newest run with its steps. */
PlRunRow *line_last_run (Line *line);
/* The newest of that pack. */
PlRunRow *line_run_of (Line *line, const char *serial);
/* The step that the run's verdict is blamed on: the first that is FAIL or INCONCLUSIVE; NULL if
 * none. */
const PlStepRow *line_blamed (const PlRunRow *run);
/* Claims that outputs are safe by the world's own account: supply off, high voltage off, contactor
 * and relays open. */
void line_assert_safe (Line *line);
