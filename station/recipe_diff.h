/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe_facts.h"

/*
 * What two recipes differ in by what they say: steps by their ids, and every parameter, limit and
 * word of a step. Comments, quotes and order of keys are no difference.
 */
typedef enum {
	PL_CHANGE_ADDED, /* a whole step, or a fact of one (before NULL) */
	PL_CHANGE_REMOVED, /* the same (after NULL) */
	PL_CHANGE_MOVED, /* a step stands at another place among those that both have */
	PL_CHANGE_VALUE
} PlChangeKind;

typedef struct {
	PlChangeKind kind;
	char *step, *title; /* NULL = the recipe's head */
	const char *part; /* as in PlRecipeFact; NULL = the step as a whole */
	char *name;
	const char *key;
	char *before, *after; /* values; positions in the run ("3") where a step has moved */
	const char *unit;
} PlRecipeChange;

void pl_recipe_change_free (gpointer change);
/* PlRecipeChange*: the head's, steps that `to` does not have, then those of its steps in their
 * order. Empty = they say the same. Caller unrefs. */
GPtrArray *pl_recipe_diff (const PlRecipe *from, const PlRecipe *to);
/* "limit resistance_ohm max", "parameter time_s", "retries": what a change is of; caller frees. */
char *pl_recipe_change_place (const PlRecipeChange *change);
/* A value with its unit; "-" where there is none. Caller frees. */
char *pl_recipe_change_value (const PlRecipeChange *change, const char *value);
