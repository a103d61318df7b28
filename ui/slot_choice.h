/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ui/snapshot.h"

/*
 * Which slot a code from the window's own scanner, or from its keys, is for. A bench's scanner
 * belongs to that bench's slot and is not asked.
 *
 *   - One slot: it.
 *   - A slot's own code, SLOT-3: from now on slot 3 is chosen, as by opening its tile, or by Ctrl
 *     and its number (a bare digit could be a scanner's without its frame).
 *   - A slot is chosen: it, unless a test runs there that asks for no code.
 *   - The reject bin's code: the slot with the failed pack, if there is one only.
 *   - Else the slot that is free, or asks for a code, if there is one only; otherwise nobody
 * guesses: a person chooses.
 */
typedef enum {
	PL_CHOICE_GIVE, /* to `slot` */
	PL_CHOICE_CHOSEN, /* `slot` is the chosen one now */
	PL_CHOICE_RUNS, /* a test runs on `slot` */
	PL_CHOICE_NO_SUCH, /* there is no slot of this number */
	PL_CHOICE_NONE_FREE,
	PL_CHOICE_WHICH, /* several are free */
} PlChoiceKind;

typedef struct {
	PlChoiceKind kind;
	guint slot;
} PlChoice;

/* snapshots: PlSnapshot* of each slot; chosen: -1 = none. reject_code may be NULL. */
PlChoice pl_slot_choose (const GPtrArray *snapshots, int chosen, const char *code,
			 const char *reject_code);
