/* SPDX-License-Identifier: Apache-2.0 */
#include "station/approval.h"
#include "db/journal.h"
#include "station/keys.h"
#include "station/recipe_book.h"
#include "station/recipe_edit.h"
#include "tests/station/room.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

/* A second person's word for a recipe: given, forged, asked for; and the versions of a recipe. */

#define BODY                                                                                       \
	"main:\n  - step: identify\n    limits:\n"                                                 \
	"      cells_count: { min: 32, source: s }\n      boards_count: { min: 1, source: s }\n"   \
	"      grades_count: { max: 1, source: s }\n"

static PlPerson writer = {1, (char *)"E-17", PL_PERSON_ENGINEER, FALSE};
static PlPerson second = {2, (char *)"Q-04", PL_PERSON_QUALITY, FALSE};
static PlPerson another = {4, (char *)"E-18", PL_PERSON_ENGINEER, FALSE};
static PlPerson worker = {3, (char *)"4711", PL_PERSON_OPERATOR, FALSE};
static PlPerson starter = {0, (char *)"root", PL_PERSON_ENGINEER, TRUE};

static gboolean
run_text (sqlite3 *sql, gpointer text, GError **error)
{
	return pl_sql_run (sql, pl_sql (sql, error, text, ""), error);
}

static void
must_write (Room *room, const char *statement)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, run_text, (gpointer)statement, &error),
		      error);
}

static void
enroll (Room *room)
{
	must_write (room, "INSERT INTO operator (id, name, role, badge) VALUES"
			  " (1, 'E-17', 'engineer', 'a'), (2, 'Q-04', 'quality', 'b'),"
			  " (3, '4711', 'operator', 'c')");
}

static Room *
enrolled_room (void)
{
	Room *room = room_new ("", TRUE);

	enroll (room);
	return room;
}

static void
give (Room *room, const PlRecipe *recipe)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (
	    pl_approval_give (room->station, recipe, "E-17", &second, "looked at it", &error),
	    error);
}

static PlRun *
begin (Room *room, PlRecipe *recipe, const char *kind, GError **error)
{
	PlRunOptions options = {.kind = kind, .entry = "scanned"};

	return pl_run_new (room->station, recipe, "P0001", &options, error);
}

static void
ck_gate (Room *room, PlRecipe *recipe, gboolean open)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRun) run = begin (room, recipe, "production", &error);

	if (open) {
		ck_assert_ok (run != NULL, error);
		return;
	}
	ck_assert_ptr_null (run);
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_BLOCKED);
	ck_assert_says (error->message, "is not approved");
	ck_assert_says (error->message, "second person");
}

/* -- the gate ---------------------------------------------------------------------------------- */

START_TEST (production_of_an_enrolled_station_waits_for_the_approval)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autofree char *hash = g_strdup_printf ("test@3 (hash %.8s)", recipe->hash);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRun) run = begin (room, recipe, "production", &error);

	ck_assert_ptr_null (run);
	ck_assert_says (error->message, hash);
	give (room, recipe);
	ck_gate (room, recipe, TRUE);
}
END_TEST

START_TEST (a_blocked_recipe_registers_no_unit)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autofree char *n = NULL;

	ck_gate (room, recipe, FALSE);
	n = room_query (room, "SELECT count (*) FROM unit");
	ck_assert_str_eq (n, "0");
}
END_TEST

START_TEST (an_engineering_run_may_try_what_nobody_has_approved)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRun) run = begin (room, recipe, "engineering", &error);

	ck_assert_ok (run != NULL, error);
}
END_TEST

START_TEST (a_station_where_nobody_is_enrolled_needs_no_approval)
{
	g_autoptr (Room) room = room_new ("", TRUE);
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);

	/* a name that runs have left there is nobody who is enrolled, nor is who has left */
	must_write (room, "INSERT INTO operator (name) VALUES ('4711')");
	must_write (room, "INSERT INTO operator (name, badge, retired) VALUES"
			  " ('gone', 'x', '2026-01-01T00:00:00.000Z')");
	ck_gate (room, recipe, TRUE);
}
END_TEST

START_TEST (one_byte_more_in_the_recipe_is_not_what_was_approved)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) changed = room_recipe (BODY "# \n");

	give (room, recipe);
	ck_gate (room, changed, FALSE);
}
END_TEST

/* -- giving ------------------------------------------------------------------------------------ */

START_TEST (an_approval_is_kept_journaled_and_verifies)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autofree char *journal = NULL, *statement = NULL, *signature = NULL, *key = NULL;

	give (room, recipe);
	journal = room_query (room, "SELECT body FROM journal WHERE kind = 'recipe-approved'");
	statement = room_query (room, "SELECT statement FROM approval");
	signature = room_query (room, "SELECT signature FROM approval");
	key = pl_keys_public (room->home, NULL);
	ck_assert_str_eq (journal, statement);
	ck_assert_says (statement, "{\"approver\":\"Q-04\",\"author\":\"E-17\",\"format\":"
				   "\"packline-approval/1\",\"reason\":\"looked at it\",");
	ck_assert_says (statement, recipe->hash);
	ck_assert (pl_keys_verify (key, statement, signature, NULL));
}
END_TEST

static const struct {
	const char *author;
	const PlPerson *approver;
	const char *reason, *said;
} unfit[] = {
    {"E-17", &writer, "because", "another person approves"},
    {"E-17", &worker, "because", "an engineer or quality approves"},
    {"E-17", &starter, "because", "a person who is enrolled"},
    {"E-17", NULL, "because", "a person who is enrolled"},
    {NULL, &second, "because", "needs an author"},
    {"nobody", &second, "because", "nobody is not enrolled"},
    {"E-17", &second, " \t", "needs a reason"},
    {"E-17", &second, NULL, "needs a reason"},
};

START_TEST (an_approval_by_the_wrong_person_or_for_nothing_is_refused)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (GError) error = NULL;
	g_autofree char *n = NULL;

	ck_assert (!pl_approval_give (room->station, recipe, unfit[_i].author, unfit[_i].approver,
				      unfit[_i].reason, &error));
	ck_assert_says (error->message, unfit[_i].said);
	n = room_query (room, "SELECT count (*) FROM approval");
	ck_assert_str_eq (n, "0");
	ck_gate (room, recipe, FALSE);
}
END_TEST

/* -- forgery ----------------------------------------------------------------------------------- */

/* The triggers stand in the way of an honest mistake only: who forges drops them. */
static void
forge (Room *room, const char *statement)
{
	must_write (room, "DROP TRIGGER IF EXISTS approval_immutable");
	must_write (room, statement);
}

static const char *const forgeries[] = {
    "UPDATE approval SET reason = 'another'",
    "UPDATE approval SET utc = '2020-01-01T00:00:00.000Z'",
    "UPDATE approval SET author = 3",
    "UPDATE approval SET approver = 3",
    "UPDATE operator SET name = 'another' WHERE id = 2",
    "UPDATE approval SET statement = replace (statement, 'Q-04', 'Q-05')",
    "UPDATE approval SET signature = replace (signature, substr (signature, 1, 1),"
    " CASE substr (signature, 1, 1) WHEN '0' THEN '1' ELSE '0' END)",
    "UPDATE approval SET signature = ''",
};

START_TEST (a_row_that_was_changed_is_no_approval)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (GPtrArray) versions = NULL;
	const PlRecipeVersion *version;

	give (room, recipe);
	forge (room, forgeries[_i]);
	ck_gate (room, recipe, FALSE);
	versions = pl_recipe_book_list (room->station, recipe, NULL);
	version = g_ptr_array_index (versions, 0);
	ck_assert_ptr_null (version->approver);
	ck_assert_says (version->fault, "does not hold");
}
END_TEST

START_TEST (an_approval_of_one_recipe_counts_for_no_other)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) other = room_recipe_named ("other", "", BODY);
	g_autofree char *move = NULL;

	give (room, recipe);
	give (room, other);
	move = g_strdup_printf ("UPDATE approval SET recipe = '%s' WHERE recipe = '%s'",
				recipe->hash, other->hash);
	forge (room, move);
	ck_gate (room, other, FALSE);
	ck_gate (room, recipe, TRUE);
}
END_TEST

/* Well-formed in all, but by a key that is not this station's. */
START_TEST (an_approval_signed_by_another_key_is_refused)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	guint8 signature[crypto_sign_BYTES];
	char hex[2 * sizeof signature + 1];
	g_autofree char *statement = NULL, *update = NULL;

	give (room, recipe);
	statement = room_query (room, "SELECT statement FROM approval");
	crypto_sign_keypair (pk, sk);
	crypto_sign_detached (signature, NULL, (const guint8 *)statement, strlen (statement), sk);
	sodium_bin2hex (hex, sizeof hex, signature, sizeof signature);
	update = g_strdup_printf ("UPDATE approval SET signature = '%s'", hex);
	forge (room, update);
	ck_gate (room, recipe, FALSE);
}
END_TEST

START_TEST (an_approval_cannot_be_changed_or_taken_away_by_the_station)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);

	give (room, recipe);
	ck_assert (!pl_db_write (room->station->db, run_text,
				 (gpointer) "UPDATE approval SET reason = 'x'", NULL));
	ck_assert (
	    !pl_db_write (room->station->db, run_text, (gpointer) "DELETE FROM approval", NULL));
}
END_TEST

/* -- records ----------------------------------------------------------------------------------- */

static char *
record_of (Room *room, PlRecipe *recipe, const char *kind)
{
	PlRunOptions options = {.kind = kind, .entry = "scanned"};
	g_autoptr (Ran) ran = room_run (room, recipe, "P0001", &options);

	return room_query (room, "SELECT body FROM record ORDER BY run DESC LIMIT 1");
}

START_TEST (a_record_says_that_its_recipe_was_approved_and_names_nobody)
{
	g_autoptr (Room) room = enrolled_room ();
	PlRecipe *recipe = room_recipe (BODY);
	g_autofree char *signature = NULL, *member = NULL, *record = NULL;

	give (room, recipe);
	signature = room_query (room, "SELECT signature FROM approval");
	member = g_strdup_printf ("\"recipe\":{\"approval\":{\"signature\":\"%s\",\"utc\":\"",
				  signature);
	record = record_of (room, recipe, "production");
	ck_assert_says (record, member);
	ck_assert_ptr_null (strstr (record, "Q-04"));
	ck_assert_ptr_null (strstr (record, "E-17"));
}
END_TEST

START_TEST (a_record_of_an_unapproved_recipe_has_the_form_that_it_always_had)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autofree char *record = record_of (room, room_recipe (BODY), "engineering");

	ck_assert_says (record, "\"recipe\":{\"name\":\"test\",\"sha256\":\"");
	ck_assert_ptr_null (strstr (record, "approval"));
}
END_TEST

/* -- versions ---------------------------------------------------------------------------------- */

static PlRecipe *
edited_by (Room *room, const PlRecipe *recipe, const PlPerson *author)
{
	g_autoptr (GError) error = NULL;
	guint next = pl_recipe_book_next (room->station, recipe, &error);
	g_autofree char *value = g_strdup_printf ("%u", 27 + next);
	PlRecipeEdit edit = {"identify", "limits", "cells_count", "min", value};
	PlRecipe *draft = pl_recipe_edit (recipe, next, &edit, 1, &error);

	ck_assert_ok (draft != NULL, error);
	ck_assert_ok (
	    pl_recipe_book_keep (room->station, recipe, draft, author, " one less ", &error),
	    error);
	return draft;
}

static PlRecipe *
edited (Room *room, const PlRecipe *recipe)
{
	return edited_by (room, recipe, &writer);
}

START_TEST (an_edit_is_kept_with_who_and_why_and_waits_for_its_approval)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) draft = edited (room, recipe);
	g_autoptr (GPtrArray) versions = pl_recipe_book_list (room->station, recipe, NULL);
	const PlRecipeVersion *newest = g_ptr_array_index (versions, 0);
	const PlRecipeVersion *old = g_ptr_array_index (versions, 1);
	g_autofree char *file = g_build_filename (room->home, "recipes", "test@4.yaml", NULL);
	g_autofree char *text = NULL;

	ck_assert_uint_eq (versions->len, 2);
	ck_assert_uint_eq (newest->version, 4);
	ck_assert_str_eq (newest->author, "E-17");
	ck_assert_str_eq (newest->reason, "one less");
	ck_assert (!newest->loaded && !newest->next && newest->approver == NULL);
	ck_assert (old->loaded && old->author == NULL);
	ck_assert (g_file_get_contents (file, &text, NULL, NULL));
	ck_assert_str_eq (text, draft->text);
	ck_assert_ptr_null (pl_recipe_book_current (room->station, recipe, NULL));
}
END_TEST

START_TEST (what_was_approved_is_what_the_next_start_tests_with)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) draft = edited (room, recipe);
	g_autoptr (PlRecipe) newer = edited (room, draft);
	g_autoptr (PlRecipe) current = NULL;
	g_autoptr (PlRecipe) above = NULL;
	g_autoptr (GPtrArray) versions = NULL;

	give (room, draft);
	g_free (recipe->file);
	recipe->file = g_strdup ("/plant/recipes/r.yaml");
	current = pl_recipe_book_current (room->station, recipe, NULL);
	ck_assert_str_eq (current->hash, draft->hash);
	/* where its pictures are looked for */
	ck_assert (g_str_has_prefix (current->file, "/plant/recipes/"));
	ck_assert_str_eq (current->text, draft->text);
	versions = pl_recipe_book_list (room->station, recipe, NULL);
	ck_assert_uint_eq (versions->len, 3);
	ck_assert (!((PlRecipeVersion *)g_ptr_array_index (versions, 0))->next);
	ck_assert (((PlRecipeVersion *)g_ptr_array_index (versions, 1))->next);
	ck_assert_str_eq (((PlRecipeVersion *)g_ptr_array_index (versions, 1))->approver, "Q-04");
	/* a file that is newer than what was approved here is meant to be tried */
	above = pl_recipe_book_current (room->station, newer, NULL);
	ck_assert_ptr_null (above);
}
END_TEST

START_TEST (a_text_that_was_changed_in_the_database_is_not_taken_for_what_was_approved)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) draft = edited (room, recipe);
	g_autoptr (GError) error = NULL;

	give (room, draft);
	must_write (room, "UPDATE recipe SET text = replace (text, '31', '1')");
	ck_assert_ptr_null (pl_recipe_book_current (room->station, recipe, &error));
	ck_assert_says (error->message, "it was changed in the database");
}
END_TEST

static gboolean
approve (Room *room, const PlRecipe *recipe, const PlPerson *author, const PlPerson *approver,
	 GError **error)
{
	return pl_approval_give (room->station, recipe, author->name, approver, "read it", error);
}

START_TEST (who_made_any_change_since_the_last_approval_approves_none_of_them)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) theirs = edited_by (room, recipe, &another);
	g_autoptr (PlRecipe) between = edited (room, theirs);
	g_autoptr (PlRecipe) mine = edited (room, between);
	g_autoptr (GError) error = NULL;
	g_autofree char *n = NULL;

	must_write (room, "INSERT INTO operator (id, name, role, badge) VALUES"
			  " (4, 'E-18', 'engineer', 'd')");
	/* the author that is told is not believed over the journal */
	ck_assert (!approve (room, mine, &another, &writer, &error));
	ck_assert_says (error->message, "work of E-17 is in this recipe (version 6)");
	g_clear_error (&error);
	ck_assert (!approve (room, mine, &writer, &another, &error));
	ck_assert_err (error, PL_APPROVAL_ERROR, PL_APPROVAL_ERROR_PERSON);
	ck_assert_says (error->message, "work of E-18 is in this recipe (version 4)");
	n = room_query (room, "SELECT count (*) FROM approval");
	ck_assert_str_eq (n, "0");
	ck_gate (room, mine, FALSE);
	/* once a third person has approved theirs, theirs is not what is asked about */
	give (room, theirs);
	g_clear_error (&error);
	ck_assert_ok (approve (room, mine, &writer, &another, &error), error);
	ck_gate (room, mine, TRUE);
}
END_TEST

START_TEST (versions_are_numbered_past_all_that_are_known)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) draft = edited (room, recipe);

	/* the base again, not the draft: still no second version 4 */
	ck_assert_uint_eq (pl_recipe_book_next (room->station, recipe, NULL), 5);
	ck_assert_uint_eq (draft->version, 4);
}
END_TEST

START_TEST (an_edit_without_right_or_reason_is_not_kept)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) other = room_recipe (BODY "# another\n");
	g_autoptr (GError) error = NULL;
	g_autofree char *folder = g_build_filename (room->home, "recipes", NULL);

	ck_assert (!pl_recipe_book_keep (room->station, recipe, other, &worker, "so", &error));
	ck_assert_says (error->message, "an engineer does");
	g_clear_error (&error);
	ck_assert (!pl_recipe_book_keep (room->station, recipe, other, &writer, " ", &error));
	ck_assert_says (error->message, "needs a reason");
	ck_assert (!g_file_test (folder, G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST (a_recipe_is_found_by_file_name_and_version_or_hash)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) recipe = room_recipe (BODY);
	g_autoptr (PlRecipe) draft = edited (room, recipe);
	g_autofree char *file = g_build_filename (room->home, "recipes", "test@4.yaml", NULL);
	g_autofree char *prefix = g_strndup (draft->hash, 10);
	const char *const ways[] = {file, "test@4", prefix};
	const char *const none[] = {"test@5", "test@04", "other@4", "zzzz", ""};

	for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
		g_autoptr (GError) error = NULL;
		g_autoptr (PlRecipe) found =
		    pl_recipe_book_find (room->station->db, ways[i], &error);

		ck_assert_ok (found != NULL, error);
		ck_assert_str_eq (found->hash, draft->hash);
	}
	for (guint i = 0; i < G_N_ELEMENTS (none); i++)
		ck_assert_ptr_null (pl_recipe_book_find (room->station->db, none[i], NULL));
}
END_TEST

START_TEST (two_texts_of_one_version_are_told_apart_by_their_hash)
{
	g_autoptr (Room) room = enrolled_room ();
	g_autoptr (PlRecipe) one = room_recipe (BODY);
	g_autoptr (PlRecipe) two = room_recipe (BODY "# another\n");
	g_autoptr (PlRecipe) found = NULL;
	g_autoptr (GError) error = NULL;

	give (room, one);
	give (room, two);
	ck_assert_ptr_null (pl_recipe_book_find (room->station->db, "test@3", &error));
	ck_assert_err (error, PL_DB_ERROR, PL_DB_ERROR_CONSTRAINT);
	ck_assert_says (error->message, "2 recipes are test@3");
	found = pl_recipe_book_find (room->station->db, two->hash, NULL);
	ck_assert_str_eq (found->hash, two->hash);
}
END_TEST

static void
add_versions (TCase *tcase)
{
	tcase_add_test (tcase, an_edit_is_kept_with_who_and_why_and_waits_for_its_approval);
	tcase_add_test (tcase, what_was_approved_is_what_the_next_start_tests_with);
	tcase_add_test (tcase,
			a_text_that_was_changed_in_the_database_is_not_taken_for_what_was_approved);
	tcase_add_test (tcase, who_made_any_change_since_the_last_approval_approves_none_of_them);
	tcase_add_test (tcase, versions_are_numbered_past_all_that_are_known);
	tcase_add_test (tcase, an_edit_without_right_or_reason_is_not_kept);
	tcase_add_test (tcase, a_recipe_is_found_by_file_name_and_version_or_hash);
	tcase_add_test (tcase, two_texts_of_one_version_are_told_apart_by_their_hash);
}

int
main (void)
{
	Suite *suite = suite_create ("station-approval");
	TCase *tcase = tcase_create ("approval");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, production_of_an_enrolled_station_waits_for_the_approval);
	tcase_add_test (tcase, a_blocked_recipe_registers_no_unit);
	tcase_add_test (tcase, an_engineering_run_may_try_what_nobody_has_approved);
	tcase_add_test (tcase, a_station_where_nobody_is_enrolled_needs_no_approval);
	tcase_add_test (tcase, one_byte_more_in_the_recipe_is_not_what_was_approved);
	tcase_add_test (tcase, an_approval_is_kept_journaled_and_verifies);
	tcase_add_loop_test (tcase, an_approval_by_the_wrong_person_or_for_nothing_is_refused, 0,
			     G_N_ELEMENTS (unfit));
	tcase_add_loop_test (tcase, a_row_that_was_changed_is_no_approval, 0,
			     G_N_ELEMENTS (forgeries));
	tcase_add_test (tcase, an_approval_of_one_recipe_counts_for_no_other);
	tcase_add_test (tcase, an_approval_signed_by_another_key_is_refused);
	tcase_add_test (tcase, an_approval_cannot_be_changed_or_taken_away_by_the_station);
	tcase_add_test (tcase, a_record_says_that_its_recipe_was_approved_and_names_nobody);
	tcase_add_test (tcase, a_record_of_an_unapproved_recipe_has_the_form_that_it_always_had);
	add_versions (tcase);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
