/* SPDX-License-Identifier: Apache-2.0 */
#include "station/recipe_book.h"
#include "db/journal.h"
#include "db/recipe.h"
#include "station/approval.h"
#include "station/canonical.h"
#include "station/keys.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	PlStation *station;
	const PlRecipe *recipe, *edited;
	const char *which, *journal;
	GPtrArray *rows, *approvals;
	/* the whole story is a look at every run; without it the list is of recipes alone */
	gboolean whole; /* with runs, authors and reasons */
	PlRecipeRow *row;
} Work;

void
pl_recipe_version_free (gpointer data)
{
	PlRecipeVersion *version = data;

	g_free (version->name);
	g_free (version->hash);
	g_free (version->last_run);
	g_free (version->author);
	g_free (version->reason);
	g_free (version->edited);
	g_free (version->base);
	g_free (version->approver);
	g_free (version->approved);
	g_free (version->approval_reason);
	g_free (version->fault);
	g_free (version);
}

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG, text);
	return FALSE;
}

/* -- list -------------------------------------------------------------------------------------- */

/* Both in one snapshot: no approval without its recipe. */
static gboolean
load_all (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	w->rows = w->whole ? pl_recipe_rows_with_story (sql, error) : pl_recipe_rows (sql, error);
	w->approvals = w->rows != NULL ? pl_approval_rows (sql, NULL, error) : NULL;
	return w->approvals != NULL;
}

static PlRecipeVersion *
version_of (const PlRecipeRow *row)
{
	PlRecipeVersion *version = g_new0 (PlRecipeVersion, 1);

	version->name = g_strdup (row->name);
	version->hash = g_strdup (row->hash);
	version->version = (guint)row->version;
	version->runs = row->runs;
	version->last_run = g_strdup (row->last_run);
	version->author = g_strdup (row->author);
	version->reason = g_strdup (row->reason);
	version->edited = g_strdup (row->edited);
	version->base = g_strdup (row->base);
	return version;
}

/* Approvals come newest first: the first that holds is the one that is told. */
static void
add_approvals (PlRecipeVersion *version, GPtrArray *approvals, const char *key)
{
	for (guint i = 0; i < approvals->len; i++) {
		const PlApprovalRow *row = g_ptr_array_index (approvals, i);
		g_autoptr (GError) wrong = NULL;

		if (!g_str_equal (row->recipe, version->hash))
			continue;
		if (!pl_approval_verify (row, key, &wrong)) {
			g_free (version->fault);
			version->fault = g_strdup (wrong->message);
		} else if (version->approver == NULL) {
			version->approver = g_strdup (row->approver);
			version->approved = g_strdup (row->utc);
			version->approval_reason = g_strdup (row->reason);
			if (version->author == NULL)
				version->author = g_strdup (row->author);
		}
	}
}

/* The loaded one has no row before its first run. */
static void
mark_loaded (GPtrArray *versions, const PlRecipe *loaded)
{
	PlRecipeVersion *version;

	for (guint i = 0; i < versions->len; i++) {
		version = g_ptr_array_index (versions, i);
		if (g_str_equal (version->hash, loaded->hash)) {
			version->loaded = TRUE;
			return;
		}
	}
	version = g_new0 (PlRecipeVersion, 1);
	version->name = g_strdup (loaded->name);
	version->hash = g_strdup (loaded->hash);
	version->version = loaded->version;
	version->loaded = TRUE;
	g_ptr_array_add (versions, version);
}

/* Newest first within a name; the hash makes the order of equals the same each time. */
static int
by_name (gconstpointer a, gconstpointer b)
{
	const PlRecipeVersion *x = *(PlRecipeVersion *const *)a, *y = *(PlRecipeVersion *const *)b;
	int names = strcmp (x->name, y->name);

	return names != 0		  ? names
	       : x->version != y->version ? (x->version < y->version) - (x->version > y->version)
					  : strcmp (x->hash, y->hash);
}

/* The one rule of which version a station takes: sorted newest first, so the first that fits. */
static PlRecipeVersion *
find_next (GPtrArray *versions, const PlRecipe *recipe)
{
	for (guint i = 0; i < versions->len; i++) {
		PlRecipeVersion *version = g_ptr_array_index (versions, i);

		if (version->approver != NULL && version->version > recipe->version &&
		    g_str_equal (version->name, recipe->name))
			return version;
	}
	return NULL;
}

/* Approvals are verified outside of the read: signatures take time that a reader would keep the log
 * from being folded back. */
static GPtrArray *
list (PlStation *station, const PlRecipe *loaded, gboolean whole, GError **error)
{
	g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func (pl_recipe_version_free);
	g_autofree char *key = pl_keys_public (station->home, error);
	Work w = {.station = station, .whole = whole};
	PlRecipeVersion *next;

	if (key == NULL)
		return NULL;
	if (pl_db_read (station->db, load_all, &w, error)) {
		for (guint i = 0; i < w.rows->len; i++) {
			PlRecipeVersion *version = version_of (g_ptr_array_index (w.rows, i));

			add_approvals (version, w.approvals, key);
			g_ptr_array_add (versions, version);
		}
		mark_loaded (versions, loaded);
		g_ptr_array_sort (versions, by_name);
		next = find_next (versions, loaded);
		if (next != NULL)
			next->next = TRUE;
	}
	g_clear_pointer (&w.rows, g_ptr_array_unref);
	if (w.approvals == NULL)
		return NULL;
	g_ptr_array_unref (w.approvals);
	return g_steal_pointer (&versions);
}

GPtrArray *
pl_recipe_book_list (PlStation *station, const PlRecipe *loaded, GError **error)
{
	return list (station, loaded, TRUE, error);
}

/* -- find -------------------------------------------------------------------------------------- */

static gboolean
find_row (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	w->row = pl_recipe_row_find (sql, w->which, error);
	return w->row != NULL;
}

/* A text that was changed in the database is not what was run, approved or asked for. */
static PlRecipe *
parse_row (const PlRecipeRow *row, GError **error)
{
	g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, row->text, -1);
	g_autofree char *name = g_strdup_printf ("%s@%" G_GINT64_FORMAT, row->name, row->version);

	if (!g_str_equal (hash, row->hash)) {
		refuse (error,
			"recipe %s is kept under hash %.8s, but its text has %.8s: it was changed "
			"in the database; restore a backup",
			name, row->hash, hash);
		return NULL;
	}
	return pl_recipe_parse (row->text, strlen (row->text), name, error);
}

/* A file goes first: what a person can see in their folder is what they mean. */
PlRecipe *
pl_recipe_book_find (PlDb *db, const char *which, GError **error)
{
	Work w = {.which = which};
	g_autoptr (PlRecipeRow) row = NULL;

	if (db == NULL || g_file_test (which, G_FILE_TEST_EXISTS))
		return pl_recipe_load (which, error);
	if (!pl_db_read (db, find_row, &w, error))
		return NULL;
	row = w.row;
	return parse_row (row, error);
}

/* -- edits ------------------------------------------------------------------------------------- */

/* Above all that are known, not above this one: two edits of version 3 are 4 and 5. */
guint
pl_recipe_book_next (PlStation *station, const PlRecipe *recipe, GError **error)
{
	g_autoptr (GPtrArray) versions = list (station, recipe, FALSE, error);
	guint highest = recipe->version;

	if (versions == NULL)
		return 0;
	for (guint i = 0; i < versions->len; i++) {
		const PlRecipeVersion *version = g_ptr_array_index (versions, i);

		if (g_str_equal (version->name, recipe->name))
			highest = MAX (highest, version->version);
	}
	return highest + 1;
}

static char *
journal_body (const PlRecipe *base, const PlRecipe *edited, const PlPerson *author,
	      const char *reason)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "author", author->name);
	pl_canonical_member (json, "base", base->hash);
	pl_canonical_member (json, "name", edited->name);
	pl_canonical_member (json, "reason", reason);
	pl_canonical_member (json, "recipe", edited->hash);
	pl_canonical_member_integer (json, "version", edited->version);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

/* The base goes in, too: it may be a file that was never run, and the journal's row names its hash.
 */
static gboolean
keep (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	gint64 seq;

	return pl_recipe_row_add (sql, w->recipe->hash, w->recipe->name, w->recipe->version,
				  w->recipe->text, error) &&
	       pl_recipe_row_add (sql, w->edited->hash, w->edited->name, w->edited->version,
				  w->edited->text, error) &&
	       pl_journal_append (sql, "recipe-edited", w->journal, &seq, NULL, error);
}

/* Caller frees the file's name; NULL after an error. */
static char *
write_file (PlStation *station, const PlRecipe *recipe, GError **error)
{
	g_autofree char *folder = pl_station_path (station, "recipes");
	g_autofree char *name = g_strdup_printf ("%s@%u.yaml", recipe->name, recipe->version);
	g_autofree char *file = g_build_filename (folder, name, NULL);
	g_autoptr (GError) wrong = NULL;

	if (g_mkdir_with_parents (folder, 0755) != 0)
		refuse (error, "cannot make the folder %s: %s", folder, g_strerror (errno));
	else if (!g_file_set_contents (file, recipe->text, -1, &wrong))
		refuse (error, "cannot write the recipe: %s", wrong->message);
	else
		return g_steal_pointer (&file);
	return NULL;
}

/* The file first, then the commit: a file without its row is taken away again, a row without its
 * file could not be. */
gboolean
pl_recipe_book_keep (PlStation *station, const PlRecipe *base, const PlRecipe *edited,
		     const PlPerson *author, const char *reason, GError **error)
{
	g_autofree char *why = g_strstrip (g_strdup (reason != NULL ? reason : ""));
	g_autofree char *body = NULL, *file = NULL;
	Work w = {.station = station, .recipe = base, .edited = edited};

	if (!pl_person_may (author, PL_MAY_EDIT_RECIPE))
		return refuse (error, "%s may not edit recipes: an engineer does",
			       author != NULL ? author->name : "nobody");
	if (*why == '\0')
		return refuse (error, "a change of a recipe needs a reason");
	file = write_file (station, edited, error);
	if (file == NULL)
		return FALSE;
	w.journal = body = journal_body (base, edited, author, why);
	if (pl_db_write (station->db, keep, &w, error))
		return TRUE;
	g_unlink (file);
	return FALSE;
}

/* -- what is tested with ----------------------------------------------------------------------- */

/* Without going through all runs: a station that has made a million starts as fast. */
PlRecipe *
pl_recipe_book_current (PlStation *station, const PlRecipe *recipe, GError **error)
{
	g_autoptr (GPtrArray) versions = list (station, recipe, FALSE, error);
	const PlRecipeVersion *next = versions != NULL ? find_next (versions, recipe) : NULL;
	PlRecipe *found =
	    next != NULL ? pl_recipe_book_find (station->db, next->hash, error) : NULL;
	g_autofree char *folder = g_path_get_dirname (recipe->file);
	g_autofree char *name = NULL;

	if (found == NULL)
		return NULL;
	/* its pictures lie beside the file that it came of */
	name = found->file;
	found->file = g_build_filename (folder, name, NULL);
	return found;
}
