/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "station/sequencer.h"

/*
 * The sitting of one slot, for heads that stay: recovery, then pack after pack. A thread of its own
 * works in plain blocking style; a head hears of everything through the observer and may leave word
 * from any thread.
 */
typedef struct _PlSlot PlSlot;

typedef enum {
	PL_SLOT_RECOVERING, /* what an interrupted run left behind is made safe */
	PL_SLOT_READY, /* a code is awaited */
	PL_SLOT_RUNNING,
	PL_SLOT_PASSED, /* as READY: the next code begins the next run */
	PL_SLOT_FAILED, /* must be acknowledged before the next code is taken */
	PL_SLOT_ERROR, /* the station could not judge, or could not keep the result */
	PL_SLOT_ABORTED,
	PL_SLOT_BLOCKED, /* the route check, or recipe, bench and options, said no */
	PL_SLOT_UNSAFE, /* something may be live, whatever the verdict on the pack is: acknowledging
			   tries to make it safe */
	PL_SLOT_HELD, /* somebody works at the bench by hand: no code is taken */
	PL_SLOT_CLOSED,
	PL_SLOT_STATES
} PlSlotState;
const char *pl_slot_state_name (PlSlotState state); /* "READY" ... */
/* What a run that came to this leaves the slot in, if nothing is live. */
PlSlotState pl_slot_state_of (PlRunVerdict verdict);

/* Called on the slot's thread (events of parallel steps on theirs, one at a time); must not block.
 */
typedef struct {
	/* run is NULL where there is none; cause says why, NULL if nothing is to be said. */
	void (*state) (gpointer data, PlSlotState state, const char *serial, PlRun *run,
		       const char *cause);
	void (*event) (gpointer data, const PlRunEvent *event);
	/* For people, and changes nothing: a code that was not taken, a scanner that is gone. */
	void (*said) (gpointer data, const char *line);
	/* After BLOCKED, where pl_slot_override would let this pack run. May be NULL. */
	void (*overridable) (gpointer data);
	/* After BLOCKED, where it is known who clears it. May be NULL. */
	void (*cleared_by) (gpointer data, PlPersonRole who);
} PlSlotObserver;

typedef struct {
	PlStation *station; /* these outlive the slot */
	PlRecipe *recipe;
	const char *kind, *release_file;
	const char *reject_code; /* only this code acknowledges a FAIL; NULL = anything does */
	/* A badge that the bench's scanner has read between two runs, on the slot's thread; the
	 * code is wiped after the call. NULL = badges are dropped. */
	void (*badge) (gpointer data, const char *code);
	gpointer badge_data;
	double setup_check_hours; /* PlRunOptions' */
	const char *golden_serial; /* the run of this pack is of the kind "golden"; NULL */
	gboolean no_buzzer; /* the PLC's stays silent: a head makes the sounds, or nobody does */
} PlSlotPlan;

/* Starts its thread at once. The strings are copied. */
PlSlot *pl_slot_new (const PlSlotPlan *plan, const PlSlotObserver *observer, gpointer data);
/* Asks the thread to end: a run is stopped and torn down first. CLOSED is the last state. */
void pl_slot_close (PlSlot *slot);
/* Closes and waits for the thread. */
void pl_slot_free (PlSlot *slot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSlot, pl_slot_free)

/* A code that a head has got; entry is "scanned" or "typed". It is taken or refused on the slot's
 * thread, which says so. */
void pl_slot_scan (PlSlot *slot, const char *code, const char *entry);
/* A head has refused a code by itself: what is said of it is the head's, what is heard the slot's.
 */
void pl_slot_refuse (PlSlot *slot);
/* To the prompt of the run, by a button: "pass", a reason, or anything to confirm. Codes that come
 * while a prompt asks for one are its answer. */
void pl_slot_answer (PlSlot *slot, const char *answer, const char *who);
/* Stops the run, if there is one; its teardown is never skipped. */
void pl_slot_stop (PlSlot *slot, const char *who);
/* code may be NULL: a button. */
void pl_slot_acknowledge (PlSlot *slot, const char *code);

/* This pack runs all the same if it is the one that is BLOCKED now and its block can be overridden:
 * `by` is a second person who has shown that they may. */
void pl_slot_override (PlSlot *slot, const char *serial, const char *by, const char *reason);

/* Lends the bench to somebody who works by hand, from any thread and at once: HELD until it is
 * released, whoever closes the slot meanwhile. BLOCKED where a run is on, a failed pack is not
 * acknowledged yet, or somebody has it. */
gboolean pl_slot_hold (PlSlot *slot, const char *who, GError **error);
/* The slot looks for what is still live before it takes the next code: UNSAFE if there is any. */
void pl_slot_release (PlSlot *slot);
