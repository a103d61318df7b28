/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Recipes by the hash of their text: what was ever run or written here. Every function is meant for
 * use inside one PlDbWork. */
typedef struct {
	char *hash, *name, *text;
	gint64 version;
	gint64 runs; /* made with it */
	char *last_run; /* UTC of the newest; NULL */
	char *author, *reason, *edited, *base; /* of one that was edited here, from the journal;
						  NULL otherwise */
} PlRecipeRow;
void pl_recipe_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRecipeRow, pl_recipe_row_free)

/* Once; the same text again changes nothing. */
gboolean pl_recipe_row_add (sqlite3 *sql, const char *hash, const char *name, gint64 version,
			    const char *text, GError **error);
/* All, by name, newest version first, without runs and author: PlRecipeRow*. Caller unrefs. */
GPtrArray *pl_recipe_rows (sqlite3 *sql, GError **error);
/* The same with them: goes through all runs and the whole journal, for a worker. */
GPtrArray *pl_recipe_rows_with_story (sqlite3 *sql, GError **error);
/* Every edit that has made this very text, as the journal has it: text and last_run NULL, no runs.
 * Caller unrefs. */
GPtrArray *pl_recipe_edits (sqlite3 *sql, const char *hash, GError **error);
/* By NAME@VERSION or by the beginning of its hash, without runs and author. NOT_FOUND, or
 * CONSTRAINT where several fit. */
PlRecipeRow *pl_recipe_row_find (sqlite3 *sql, const char *which, GError **error);
