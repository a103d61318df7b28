/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"

/*
 * A recipe taken apart into single facts, each with a place and a value: what two recipes differ
 * in, what an edit may change, and what a page shows are all told in them.
 */
typedef struct {
	const char *part; /* "title", "retries" ...; "with", "limits", "watch" */
	char *name; /* of the parameter, limit or column; NULL */
	const char *key; /* "min", "max", "equals" or "source" of a limit; NULL */
	char *value; /* exact: numbers as the shortest decimal that reads back the same */
	const char *unit; /* "" = none */
} PlRecipeFact;

void pl_recipe_fact_free (gpointer fact);
/* Of one step, or of the head (step NULL), in the order of a recipe: PlRecipeFact*. What is as
 * usual (no retries, always run ...) is left out. Caller unrefs. */
GPtrArray *pl_recipe_facts (const PlRecipe *recipe, const PlRecipeStep *step);
/* The names of a step's limits, watched columns or parameters (`part` as above) in the order of
 * the file: char*, borrowed from the step. Caller unrefs. */
GPtrArray *pl_recipe_names (const PlRecipeStep *step, const char *part);

/* Of a measurement, a column or a parameter; "" = a plain number or text. */
const char *pl_recipe_unit (const PlStepType *type, const char *name);
/* "12.3 mohm" where that is exact, "0.0123456 ohm" where a prefix would round. Caller frees. */
char *pl_recipe_quantity (double value, const char *unit);
/* The same for a limit: "10 mohm .. 40 mohm", "<= 5 s", "= none". Caller frees. */
char *pl_recipe_limit_words (const PlLimit *limit, const char *unit);
/* The recipe's value of a parameter, or else the step table's; NULL = neither. */
const char *pl_recipe_param (const PlRecipeStep *step, const char *name, gboolean *ret_own);
