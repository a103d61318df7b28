/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "station/recipe.h"
#include "station/slot.h"
#include "ui/settings.h"

/*
 * What all pages stand on, owned by the application, which outlives them. Main thread; station and
 * recipe may be read from a worker, too.
 */
typedef struct {
	PlStation *station; /* of the slot that was opened last, at first the first one's; its
			       database is every slot's */
	PlRecipe *recipe;
	PlSlot *slot; /* the same one; NULL before it is there, and in tests of pages */
	const PlSettings *settings;
	PlPerson *person; /* who is logged in; NULL = nobody */
} PlDesk;

gboolean pl_desk_may (const PlDesk *desk, PlMay what);
/* The name that goes into records and journal. */
const char *pl_desk_who (const PlDesk *desk);
