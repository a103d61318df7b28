/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/people.h"
#include "station/recipe.h"

/*
 * The versions of recipes that a station knows: those that it ran, those that were edited here, the
 * one that it tests with. All of it blocks: for a worker.
 */
typedef struct {
	char *name, *hash;
	guint version;
	gboolean loaded; /* what the station tests with now */
	gboolean next; /* what it will test with from its next start on, being approved and newer */
	gint64 runs;
	char *last_run; /* UTC; NULL = never run here */
	char *author, *reason, *edited; /* who edited it here, why, when; NULL = came as a file */
	char *base; /* hash of the version that was edited; NULL */
	char *approver, *approved, *approval_reason; /* the newest approval that holds; NULL */
	char *fault; /* what is wrong with an approval that does not hold; NULL */
} PlRecipeVersion;

void pl_recipe_version_free (gpointer version);

/* PlRecipeVersion*, by name, newest version first, `loaded` among them. Caller unrefs. */
GPtrArray *pl_recipe_book_list (PlStation *station, const PlRecipe *loaded, GError **error);
/* A recipe by its file, by NAME@VERSION or by the beginning of its hash; `db` may be NULL (files
 * only). The database's text must have the hash that it is kept under. Caller frees. */
PlRecipe *pl_recipe_book_find (PlDb *db, const char *which, GError **error);
/* The version that an edit of `recipe` gets: one above all that are known of its name; 0 after an
 * error. */
guint pl_recipe_book_next (PlStation *station, const PlRecipe *recipe, GError **error);
/* Keeps an edited recipe: in the database, in the journal (who, why, of which) and as a file
 * HOME/recipes/NAME@VERSION.yaml for the command line. */
gboolean pl_recipe_book_keep (PlStation *station, const PlRecipe *base, const PlRecipe *edited,
			      const PlPerson *author, const char *reason, GError **error);
/* What a station whose settings name `recipe` tests with: the newest approved version above it, or
 * NULL where there is none and the file stands. Caller frees. */
PlRecipe *pl_recipe_book_current (PlStation *station, const PlRecipe *recipe, GError **error);
