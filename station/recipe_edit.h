/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe_diff.h"

/*
 * A change of figures written into a recipe's text where they stand: comments, order and everything
 * else stay byte for byte.
 */
typedef struct {
	const char *step; /* id */
	const char *part; /* "limits", "watch" or "with" */
	const char *name;
	const char *key; /* "min", "max", "equals" or "source"; NULL for a parameter */
	const char *value; /* as a person types it */
} PlRecipeEdit;

#define PL_RECIPE_EDIT_ERROR (pl_recipe_edit_error_quark ())
GQuark pl_recipe_edit_error_quark (void);
typedef enum {
	PL_RECIPE_EDIT_ERROR_VALUE, /* the value is no number, or what it is already */
	PL_RECIPE_EDIT_ERROR_FORM, /* it stands in a form that is not edited here; or does not stand
				      there at all: change the file */
} PlRecipeEditError;

/* The recipe with these edits as its next version, which is `version`: parsed and checked
 * (PL_RECIPE_ERROR says what is wrong with it), and proved to differ in nothing else. Caller frees.
 */
PlRecipe *pl_recipe_edit (const PlRecipe *recipe, guint version, const PlRecipeEdit *edits,
			  guint n_edits, GError **error);
