/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"
#include <adwaita.h>

/*
 * Where runs are seen. Of one slot it is the run page and nothing else; of several it is the grid
 * of all, whose tiles open the run page of theirs. It knows which slot is chosen, and so whose a
 * code is (slot_choice.h). Emits "scan" (slot, code, entry), "refused" (slot), "stop" (slot),
 * "acknowledge" (slot), "override" (slot, serial), "answer" (slot, answer), "opened" (slot),
 * "typing" and "language"; decides nothing of a run.
 */
#define PL_TYPE_RUN_AREA (pl_run_area_get_type ())
G_DECLARE_FINAL_TYPE (PlRunArea, pl_run_area, PL, RUN_AREA, AdwBin)

/* reject_code: of the reject bin, or NULL. */
void pl_run_area_set_up (PlRunArea *self, const char *reject_code);
/* Its slot is one more, or one that is known. TRUE: a run begins on the only slot. */
gboolean pl_run_area_update (PlRunArea *self, const PlSnapshot *snapshot);
/* All words anew. */
void pl_run_area_refresh (PlRunArea *self);
/* A code without a frame of its own: goes to its slot, or it is said why not. */
void pl_run_area_scan (PlRunArea *self, const char *code, const char *entry);
/* Would a code that is typed now go to a slot? If not, it is said why where there are several; of
 * one slot its state says it. */
gboolean pl_run_area_may_type (PlRunArea *self);
/* ... and is it the code that a running test asks for? After the above said yes. */
gboolean pl_run_area_wants_code (PlRunArea *self);
/* By Ctrl and its number, from 0: the next code goes there. Once more opens its page. */
void pl_run_area_choose (PlRunArea *self, guint slot);
/* Back to all slots. */
void pl_run_area_home (PlRunArea *self);
/* A code that is none: why, until there is news. */
void pl_run_area_refuse (PlRunArea *self, const char *why);
