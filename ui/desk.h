/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "station/recipe.h"
#include "station/slot.h"
#include "ui/settings.h"
#include <gtk/gtk.h>

typedef void (*PlBadgeFunc) (gpointer data, const char *code);

/*
 * What all pages stand on, owned by the application, which outlives them. Main thread; station and
 * recipe may be read from a worker, too.
 */
typedef struct {
	PlStation *station; /* of the slot that was opened last, at first the first one's; its
			       database is every slot's */
	guint at; /* which one that is, as snapshots number them */
	PlRecipe *recipe;
	PlSlot *slot; /* the same one; NULL before it is there, and in tests of pages */
	const PlSettings *settings;
	PlPerson *person; /* who is logged in; NULL = nobody */
	PlBadgeFunc badge_func; /* pl_desk_catch_badges */
	gpointer badge_data;
	void (*people_changed) (gpointer data); /* pl_desk_people_changed; NULL in tests of pages */
	gpointer people_data;
} PlDesk;

gboolean pl_desk_may (const PlDesk *desk, PlMay what);
/* The name that goes into records and journal. */
const char *pl_desk_who (const PlDesk *desk);
/* Does the code begin as badges do, and is never a serial? */
gboolean pl_desk_is_badge (const PlDesk *desk, const char *code);
/* Until func NULL comes with the same data, badges that the bench's scanner reads are func's and
 * log nobody in: a dialog asks for one. */
void pl_desk_catch_badges (PlDesk *desk, PlBadgeFunc func, gpointer data);

/* Who is enrolled, or what they may, is another: tells whoever decides who is logged in. */
void pl_desk_people_changed (PlDesk *desk);

/* second = NULL: cancelled. Both live during the call only. */
typedef void (*PlSecondFunc) (gpointer data, const PlPerson *second, const char *reason);
/* Asks in a dialog over the window of `over` for a reason and for a second person, another one than
 * desk->person, who may `may`; what = in the screen's language, what it is for. func is called once
 * on the main thread; not at all if the window itself goes. The journal's row is the caller's. */
void pl_desk_ask_second (PlDesk *desk, GtkWidget *over, PlMay may, const char *what,
			 PlSecondFunc func, gpointer data);
