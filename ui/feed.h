/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "ui/snapshot.h"

/*
 * Between a slot's thread and the main loop. Events change a snapshot of the feed's own under a
 * lock; the main loop gets a copy at most every 50 ms, however many events there were, and a main
 * loop that stalls holds up nobody.
 */
typedef struct _PlFeed PlFeed;
typedef void (*PlFeedFunc) (gpointer data, const PlSnapshot *snapshot); /* main context */

/* slot: which one it is, for its snapshots. Watches the station's bench, and asks on a thread of
 * its own for what takes its time. */
PlFeed *pl_feed_new (PlStation *station, PlRecipe *recipe, guint slot, const PlPace *pace,
		     PlFeedFunc func, gpointer data);
/* Who is logged in; NULL = nobody. Main thread. */
void pl_feed_set_person (PlFeed *feed, const PlPerson *person);
/* Hands out what there is, now; on the main thread before there is a slot. */
void pl_feed_show (PlFeed *feed);
/* After the slot has gone; on the main thread. */
void pl_feed_free (PlFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlFeed, pl_feed_free)
/* To be given to pl_slot_new with the feed as its data. */
extern const PlSlotObserver pl_feed_observer;
