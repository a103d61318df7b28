/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/steps/step.h"

/*
 * A recipe is data: which steps with which parameters and limits make a product good.
 * pl_recipe_load parses and checks it against the step table; what it returns can be run. The
 * file's format is in docs/recipes.md.
 */
#define PL_RECIPE_ERROR (pl_recipe_error_quark ())
GQuark pl_recipe_error_quark (void);
typedef enum { PL_RECIPE_ERROR_FILE, PL_RECIPE_ERROR_CHECK } PlRecipeError;

typedef enum { PL_PHASE_SETUP, PL_PHASE_MAIN, PL_PHASE_TEARDOWN, PL_PHASE_LAST } PlPhase;
const char *pl_phase_name (PlPhase phase);

typedef enum { PL_ON_FAIL_STOP, PL_ON_FAIL_CONTINUE } PlOnFail;

typedef struct {
	char *id; /* unique in the recipe: "hipot-hv-chassis" */
	char *title; /* for people; what records keep */
	GHashTable *titles; /* char* language -> char*: the title in other languages */
	const PlStepType *type;
	PlPhase phase;
	gboolean routine; /* routine (100 % production) or type test */
	gboolean
	    waivable; /* an authorised person may leave it out, giving a reason (PlRunOptions) */
	char *clause; /* standard and clause, or NULL */
	GHashTable *params; /* char* -> char* (scalars as text); lists joined by '\n' */
	GHashTable
	    *limits; /* char* -> PlLimit*; a name ending in `*` stands for all that begin so */
	GHashTable *watch; /* char* column -> PlLimit*: held against every sample */
	guint retries; /* further attempts after a FAIL or INCONCLUSIVE */
	PlOnFail on_fail;
	char **when; /* run kinds; NULL = always */
	char **unverified; /* parameters and limits whose standard's text nobody has checked yet;
			      NULL = none */
	char *group; /* steps of one group run side by side; NULL = alone */
	guint line; /* in the file */
	GHashTable
	    *lines; /* char* "with NAME", "limits NAME", "watch NAME", "when" ... -> its line */
} PlRecipeStep;

typedef struct {
	char *name;
	guint version;
	char *title;
	GHashTable *titles; /* as a step's */
	char *product; /* part type that it tests */
	char *unit; /* what kind of thing that is: "pack" or "cell" */
	double rated_ah; /* what its C-rates and states of charge refer to; 0 = not said */
	char *serial_format; /* regular expression of the unit's whole serial; see
				pl_recipe_takes_serial */
	char **requires; /* recipes that must have passed before; may be empty */
	GPtrArray *steps; /* PlRecipeStep*, setup then main then teardown */
	char *hash; /* SHA-256 of the file's bytes, hex */
	char *file;
	char *text; /* the file itself, kept with the run */
} PlRecipe;

/* All faults found are reported, in the file's order, one "FILE:LINE: what is wrong; what is
 * allowed" a line. */
PlRecipe *pl_recipe_load (const char *file, GError **error);
PlRecipe *pl_recipe_parse (const char *text, gsize len, const char *name, GError **error);
void pl_recipe_free (PlRecipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRecipe, pl_recipe_free)

/* Languages that a recipe may have words in besides its own ("zh_CN"); NULL-terminated. */
extern const char *const pl_recipe_languages[];
/* In that language where the recipe has it, else as records keep it. Borrowed. */
const char *pl_recipe_title (const PlRecipe *recipe, const char *language);
const char *pl_recipe_step_title (const PlRecipeStep *step, const char *language);
/* A parameter that is words for people: the recipe's NAME-LANGUAGE, else its NAME; NULL = neither.
 * Borrowed. */
const char *pl_recipe_step_words (const PlRecipeStep *step, const char *name, const char *language);
/* The limit that a measurement of this name is held against: its own, or else the longest `stem*`
 * that fits. NULL if there is none. */
const PlLimit *pl_recipe_step_limit (const PlRecipeStep *step, const char *measurement);
/* Is all of it, not only its beginning, a serial of this product? */
gboolean pl_recipe_takes_serial (const PlRecipe *recipe, const char *serial);
