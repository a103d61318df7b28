/* SPDX-License-Identifier: Apache-2.0 */
#include "station/approval.h"
#include "db/journal.h"
#include "db/recipe.h"
#include "station/canonical.h"
#include "station/keys.h"
#include <string.h>

G_DEFINE_QUARK (pl - approval - error - quark, pl_approval_error)

/* Part of what is signed: a statement of a later form cannot be taken for one of this. */
#define FORMAT "packline-approval/1"

typedef struct {
	PlStation *station;
	const PlRecipe *recipe;
	PlApprovalRow *row;
} Work;

/* Keys in alphabetical order, as canonical JSON has them: one statement has one text. */
char *
pl_approval_statement (const PlApprovalRow *row)
{
	g_autoptr (PlCanonical) json = pl_canonical_new ();

	pl_canonical_begin_object (json);
	pl_canonical_member (json, "approver", row->approver);
	pl_canonical_member (json, "author", row->author);
	pl_canonical_member (json, "format", FORMAT);
	pl_canonical_member (json, "reason", row->reason);
	pl_canonical_member (json, "recipe", row->recipe);
	pl_canonical_member (json, "utc", row->utc);
	pl_canonical_end_object (json);
	return pl_canonical_text (json);
}

static gboolean
forged (const PlApprovalRow *row, GError **error, const char *why)
{
	g_set_error (error, PL_APPROVAL_ERROR, PL_APPROVAL_ERROR_FORGED,
		     "the approval of recipe %.8s by %s at %s does not hold: %s", row->recipe,
		     row->approver, row->utc, why);
	return FALSE;
}

/* The statement is written anew from the row: columns that were changed beside it count for
 * nothing. */
gboolean
pl_approval_verify (const PlApprovalRow *row, const char *public_key, GError **error)
{
	g_autofree char *statement = pl_approval_statement (row);
	g_autoptr (GError) wrong = NULL;

	if (g_str_equal (row->author, row->approver))
		return forged (row, error, "author and approver are one person");
	if (g_strcmp0 (statement, row->statement) != 0)
		return forged (row, error, "its row does not say what was signed");
	return pl_keys_verify (public_key, statement, row->signature, &wrong) ||
	       forged (row, error, wrong->message);
}

/* -- giving ------------------------------------------------------------------------------------ */

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (PlApprovalError code, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_APPROVAL_ERROR, code, text);
	return FALSE;
}

/* By name: the journal, which says who wrote a version, has no ids. */
static gboolean
check_person (const char *author, const PlPerson *approver, GError **error)
{
	if (approver == NULL || approver->id == 0)
		return refuse (PL_APPROVAL_ERROR_PERSON, error,
			       "a recipe is approved by a person who is enrolled at this station "
			       "(People page)");
	if (!pl_person_may (approver, PL_MAY_APPROVE_RECIPE))
		return refuse (PL_APPROVAL_ERROR_PERSON, error,
			       "%s is %s: an engineer or quality approves recipes", approver->name,
			       pl_person_role_name (approver->role));
	if (author == NULL)
		return refuse (PL_APPROVAL_ERROR_PERSON, error,
			       "a recipe needs an author beside who approves it");
	return !g_str_equal (author, approver->name) ||
	       refuse (PL_APPROVAL_ERROR_PERSON, error,
		       "%s wrote this recipe: another person approves it", author);
}

/* -- whose work is in it ----------------------------------------------------------------------- */

/* Of one text: is none of its edits the approver's? Adds what they were made of to `bases`. */
static gboolean
check_edits (sqlite3 *sql, const char *hash, const char *approver, GPtrArray *bases, GError **error)
{
	g_autoptr (GPtrArray) edits = pl_recipe_edits (sql, hash, error);

	for (guint i = 0; edits != NULL && i < edits->len; i++) {
		const PlRecipeRow *edit = g_ptr_array_index (edits, i);

		if (g_strcmp0 (edit->author, approver) == 0)
			return refuse (PL_APPROVAL_ERROR_PERSON, error,
				       "work of %s is in this recipe (version %d), which nobody "
				       "has approved yet: another person approves it",
				       approver, (int)edit->version);
		if (edit->base != NULL &&
		    !g_ptr_array_find_with_equal_func (bases, edit->base, g_str_equal, NULL))
			g_ptr_array_add (bases, g_strdup (edit->base));
	}
	return edits != NULL;
}

/* An approval vouches for all that has changed since the last one, and that may be the work of
 * several: none of them approves it. */
static gboolean
check_chain (sqlite3 *sql, const char *home, const PlApprovalRow *row, GError **error)
{
	g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func (g_free);

	g_ptr_array_add (chain, g_strdup (row->recipe));
	for (guint i = 0; i < chain->len; i++) {
		const char *hash = g_ptr_array_index (chain, i);
		g_autoptr (PlApprovalRow) approved = NULL;

		if (i > 0 && !pl_approval_find (sql, home, hash, NULL, &approved, error))
			return FALSE;
		if (approved == NULL && !check_edits (sql, hash, row->approver, chain, error))
			return FALSE;
	}
	return TRUE;
}

/* The recipe's text goes in, too: an approval of a hash whose text nobody has could be looked up by
 * no auditor. */
static gboolean
give (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	gint64 seq;

	return check_chain (sql, w->station->home, w->row, error) &&
	       pl_recipe_row_add (sql, w->recipe->hash, w->recipe->name, w->recipe->version,
				  w->recipe->text, error) &&
	       pl_approval_row_add (sql, w->row, error) &&
	       pl_journal_append (sql, "recipe-approved", w->row->statement, &seq, NULL, error);
}

/* Signed before the transaction: the key is a file, and the writer waits for no disk but its own.
 */
gboolean
pl_approval_give (PlStation *station, const PlRecipe *recipe, const char *author,
		  const PlPerson *approver, const char *reason, GError **error)
{
	g_autofree char *now = pl_utc_now ();
	g_autofree char *why = g_strstrip (g_strdup (reason != NULL ? reason : ""));
	g_autofree char *statement = NULL, *signature = NULL;
	PlApprovalRow row = {
	    .recipe = recipe->hash, .author = (char *)author, .reason = why, .utc = now};
	Work w = {.station = station, .recipe = recipe, .row = &row};

	if (!check_person (author, approver, error))
		return FALSE;
	if (*why == '\0')
		return refuse (PL_APPROVAL_ERROR_REASON, error,
			       "an approval needs a reason: say what was checked");
	row.approver = approver->name;
	row.statement = statement = pl_approval_statement (&row);
	row.signature = signature = pl_keys_sign (station->home, statement, error);
	return signature != NULL && pl_db_write (station->db, give, &w, error);
}

/* -- asking ------------------------------------------------------------------------------------ */

/* Rows that do not hold are passed over here and shown on the page: one must not hide another. */
gboolean
pl_approval_find (sqlite3 *sql, const char *home, const char *recipe_hash, const char *before,
		  PlApprovalRow **ret, GError **error)
{
	g_autoptr (GPtrArray) rows = pl_approval_rows (sql, recipe_hash, error);
	g_autofree char *key = NULL;

	*ret = NULL;
	if (rows == NULL)
		return FALSE;
	if (rows->len > 0 && (key = pl_keys_public (home, error)) == NULL)
		return FALSE;
	for (guint i = 0; i < rows->len && *ret == NULL; i++) {
		const PlApprovalRow *row = g_ptr_array_index (rows, i);

		/* UTC texts of one form: their order is that of time */
		if ((before == NULL || strcmp (row->utc, before) <= 0) &&
		    pl_approval_verify (row, key, NULL))
			*ret = g_ptr_array_steal_index (rows, i);
	}
	return TRUE;
}

static gboolean
ask (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_approval_find (sql, w->station->home, w->recipe->hash, NULL, &w->row, error);
}

/* A station where nobody is enrolled has no second person; it becomes strict with its first
 * manager. Asked at each run, and not once at the start: an approval may come at any time. */
gboolean
pl_approval_check (PlStation *station, const PlRecipe *recipe, GError **error)
{
	Work w = {.station = station, .recipe = recipe};
	gboolean managed;

	if (!pl_people_is_managed (station->db, &managed, error))
		return FALSE;
	if (!managed)
		return TRUE;
	if (!pl_db_read (station->db, ask, &w, error))
		return FALSE;
	if (w.row != NULL) {
		pl_approval_row_free (w.row);
		return TRUE;
	}
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED,
		     "recipe %s@%u (hash %.8s) is not approved: its author asks for it on the "
		     "Recipes page, and a second person approves",
		     recipe->name, recipe->version, recipe->hash);
	return pl_error_is_cleared_by (error, PL_PERSON_ENGINEER);
}
