/* SPDX-License-Identifier: Apache-2.0 */
#include "db/recipe.h"
#include <string.h>

void
pl_recipe_row_free (gpointer data)
{
	PlRecipeRow *row = data;

	if (row == NULL)
		return;
	g_free (row->hash);
	g_free (row->name);
	g_free (row->text);
	g_free (row->last_run);
	g_free (row->author);
	g_free (row->reason);
	g_free (row->edited);
	g_free (row->base);
	g_free (row);
}

/* The text is stored with the hash: a recipe that has been edited since must still be readable as
 * it was run. */
gboolean
pl_recipe_row_add (sqlite3 *sql, const char *hash, const char *name, gint64 version,
		   const char *text, GError **error)
{
	return pl_sql_run (
	    sql,
	    pl_sql (sql, error,
		    "INSERT INTO recipe (hash, name, version, text) VALUES (?, ?, ?, ?)"
		    " ON CONFLICT DO NOTHING",
		    "ssis", hash, name, version, text),
	    error);
}

static char *
text_at (sqlite3_stmt *row, int column)
{
	return g_strdup ((const char *)sqlite3_column_text (row, column));
}

/* Numbers first, then texts, as all queries below select them. */
static GPtrArray *
rows_of (sqlite3 *sql, sqlite3_stmt *query, GError **error)
{
	g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (pl_recipe_row_free);
	g_autoptr (sqlite3_stmt) found = query;
	int more = -1;

	while (found != NULL && (more = pl_sql_step (sql, found, error)) == 1) {
		PlRecipeRow *row = g_new0 (PlRecipeRow, 1);
		char **texts[] = {&row->hash,	&row->name,   &row->text,   &row->last_run,
				  &row->author, &row->reason, &row->edited, &row->base};

		row->version = sqlite3_column_int64 (found, 0);
		row->runs = sqlite3_column_int64 (found, 1);
		for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
			*texts[i] = text_at (found, (int)i + 2);
		g_ptr_array_add (rows, row);
	}
	return more == 0 ? g_steal_pointer (&rows) : NULL;
}

/* Places that the plain list leaves empty keep the order of columns the same for both. */
#define PLAIN "SELECT version, 0, hash, name, text, NULL, NULL, NULL, NULL, NULL FROM recipe "

GPtrArray *
pl_recipe_rows (sqlite3 *sql, GError **error)
{
	return rows_of (sql, pl_sql (sql, error, PLAIN "ORDER BY name, version DESC, hash", ""),
			error);
}

/* Who wrote a version and why stands in the journal, where nobody can change it. */
GPtrArray *
pl_recipe_rows_with_story (sqlite3 *sql, GError **error)
{
	return rows_of (
	    sql,
	    pl_sql (
		sql, error,
		"SELECT version, coalesce (made.n, 0), hash, name, text, made.last, edit.author,"
		" edit.reason, edit.utc, edit.base FROM recipe"
		" LEFT JOIN (SELECT recipe_hash, count (*) AS n, max (started) AS last FROM run"
		" GROUP BY recipe_hash) AS made ON made.recipe_hash = hash"
		" LEFT JOIN (SELECT json_extract (body, '$.recipe') AS recipe,"
		" json_extract (body, '$.author') AS author,"
		" json_extract (body, '$.reason') AS reason,"
		" json_extract (body, '$.base') AS base, min (utc) AS utc FROM journal"
		" WHERE kind = 'recipe-edited' GROUP BY 1) AS edit ON edit.recipe = hash"
		" ORDER BY name, version DESC, hash",
		""),
	    error);
}

GPtrArray *
pl_recipe_edits (sqlite3 *sql, const char *hash, GError **error)
{
	return rows_of (sql,
			pl_sql (sql, error,
				"SELECT json_extract (body, '$.version'), 0,"
				" json_extract (body, '$.recipe') AS recipe,"
				" json_extract (body, '$.name'), NULL, NULL,"
				" json_extract (body, '$.author'), json_extract (body, '$.reason'),"
				" utc, json_extract (body, '$.base') FROM journal"
				" WHERE kind = 'recipe-edited' AND recipe = ? ORDER BY seq",
				"s", hash),
			error);
}

/* One, or a reason why there is not one. */
static PlRecipeRow *
only (GPtrArray *rows, const char *which, GError **error)
{
	/* two recipes of one name and version may have come from two stations: nobody guesses which
	 * is meant */
	g_autoptr (GString) several = g_string_new (NULL);

	if (rows->len == 1)
		return g_ptr_array_steal_index (rows, 0);
	for (guint i = 0; i < rows->len; i++)
		g_string_append_printf (several, "%s%.12s", i > 0 ? ", " : "",
					((PlRecipeRow *)g_ptr_array_index (rows, i))->hash);
	if (rows->len == 0)
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND,
			     "no recipe %s is remembered here: give NAME@VERSION, the beginning "
			     "of its hash, or a file",
			     which);
	else
		g_set_error (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT,
			     "%u recipes are %s: give more of the hash (%s)", rows->len, which,
			     several->str);
	return NULL;
}

/* The version is compared as text: "@01" or "@1x" is no version 1. A hash by its beginning, as Git
 * takes it; the empty beginning would fit all. */
PlRecipeRow *
pl_recipe_row_find (sqlite3 *sql, const char *which, GError **error)
{
	const char *at = strrchr (which, '@');
	g_autofree char *name = at != NULL ? g_strndup (which, at - which) : NULL;
	g_autoptr (GPtrArray) rows = NULL;

	if (name != NULL)
		rows = rows_of (sql,
				pl_sql (sql, error,
					PLAIN "WHERE name = ? AND CAST (version AS TEXT) = ?", "ss",
					name, at + 1),
				error);
	else
		rows =
		    rows_of (sql,
			     pl_sql (sql, error,
				     PLAIN "WHERE substr (hash, 1, length (?1)) = ?1 AND ?1 <> ''",
				     "s", which),
			     error);
	return rows != NULL ? only (rows, which, error) : NULL;
}
