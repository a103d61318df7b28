/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * How long the main loop is busy at a stretch: from the moment it wakes up until it is ready to
 * wait again. Nothing is drawn and no key is taken meanwhile. Costs two looks at the clock a turn,
 * and wakes nobody up. Main thread.
 */
typedef struct _PlWatchdog PlWatchdog;

/* Nothing of the window may take longer. */
#define PL_WATCHDOG_GOAL_MS 8
/* From here on it is said in the log: a machine that is busy with something else takes a turn
 * beyond the goal now and then, and that is nobody's fault. */
#define PL_WATCHDOG_LOUD_MS 50
#define PL_WATCHDOG_CLASSES 7

typedef struct {
	guint64 turns;
	guint64 wall[PL_WATCHDOG_CLASSES]; /* up to 1, 8, 16, 33, 50, 100 ms, and longer */
	guint64 processor[PL_WATCHDOG_CLASSES]; /* the same, of the thread's own processor time */
	double worst_ms, worst_processor_ms;
} PlStalls;

/* Of the default context; looks on until it is freed. */
PlWatchdog *pl_watchdog_new (void);
void pl_watchdog_free (PlWatchdog *watchdog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlWatchdog, pl_watchdog_free)
const PlStalls *pl_watchdog_stalls (PlWatchdog *watchdog);
/* Forgets what has been: opening a window is no stall of a window. */
void pl_watchdog_reset (PlWatchdog *watchdog);
/* A few lines for people; caller frees. */
char *pl_watchdog_text (PlWatchdog *watchdog);
