/* SPDX-License-Identifier: Apache-2.0 */
#include "db/journal.h"
#include "db/run.h"
#include "db/unit.h"
#include "station/keys.h"
#include "station/record.h"
#include "tests/station/room.h"
#include "tests/folder.h"
#include <json-glib/json-glib.h>
#include <string.h>

/* What is left of a run for ever. */

#define ALL "hipot supply daq bms plc printer"
#define BODY                                                                                       \
	"main:\n"                                                                                  \
	"  - step: ground-bond\n    clause: UL 1973 40.3\n    label: type\n"                       \
	"    limits:\n      resistance_ohm: { max: 0.1, source: \"UL \\\"1973\\\"\" }\n"           \
	"      current_a: { min: 24, source: plant default }\n"                                    \
	"  - step: temperatures\n    limits:\n      ambient_difference_k: { max: 3, source: s }\n" \
	"      spread_k: { max: 3, source: s }\n"                                                  \
	"  - step: identify\n    waivable: true\n    limits:\n      cells_count: { min: 32, "      \
	"source: s }\n"                                                                            \
	"      boards_count: { min: 1, source: s }\n      grades_count: { max: 1, source: s }\n"   \
	"  - step: leak\n    with: { time_s: 10 }\n    limits:\n"                                  \
	"      start_pressure_pa: { min: 1000, source: s }\n      decay_pa: { max: 50, source: s " \
	"}\n"                                                                                      \
	"teardown:\n  - step: make-safe\n"

static gboolean
build_in (sqlite3 *sql, gpointer data, GError **error)
{
	gint64 pack, part;

	return pl_unit_register (sql, "pack", "P0001", "plain", NULL, NULL, NULL, &pack, error) &&
	       pl_unit_register (sql, "cell",
				 "C\x1d"
				 "1",
				 "plain", "maker", "L7", "A", &part, error) &&
	       pl_unit_link (sql, part, pack, 1, "built", "test", error) &&
	       pl_unit_register (sql, "bms", "B1", "plain", NULL, NULL, NULL, &part, error) &&
	       pl_unit_link (sql, part, pack, 2, "built", "test", error);
}

/* One run with a waived step and a curve; its record as it was kept. Caller frees. */
static char *
make (Room *room, const char *recipe_body)
{
	const PlWaiver waiver = {.step = "identify", .by = "Q", .reason = "parts on order"};
	PlRunOptions options = {
	    .kind = "engineering", .entry = "scanned", .waivers = &waiver, .n_waivers = 1};
	g_autoptr (GError) error = NULL;
	g_autoptr (Ran) ran = NULL;

	ck_assert_ok (pl_db_write (room->station->db, build_in, NULL, &error), error);
	g_free (room->station->operator_id);
	room->station->operator_id = g_strdup ("Jane-4711");
	ran = room_run (room, room_recipe (recipe_body), "P0001", &options);
	ck_assert_run (ran, PL_RUN_PASS);
	return room_query (room, "SELECT body FROM record");
}

static char *
key_of (Room *room)
{
	g_autoptr (GError) error = NULL;
	char *key = pl_keys_public (room->home, &error);

	ck_assert_ok (key != NULL, error);
	return key;
}

/* -- what is in it ----------------------------------------------------------------------------- */

static JsonObject *
find (JsonArray *list, const char *key, const char *value)
{
	for (guint i = 0; i < json_array_get_length (list); i++) {
		JsonObject *object = json_array_get_object_element (list, i);

		if (g_strcmp0 (json_object_get_string_member (object, key), value) == 0)
			return object;
	}
	ck_abort_msg ("nothing with %s = %s", key, value);
}

static void
ck_member (JsonObject *object, const char *key, const char *value)
{
	ck_assert_msg (json_object_has_member (object, key), "no %s", key);
	ck_assert_str_eq (json_object_get_string_member (object, key), value);
}

static void
ck_run (JsonObject *record, const Room *room)
{
	JsonObject *recipe = json_object_get_object_member (record, "recipe");
	g_autoptr (PlRecipe) same = room_recipe (BODY);

	ck_member (record, "format", "packline-record/1");
	ck_member (record, "serial", "P0001");
	ck_member (record, "kind", "simulated");
	ck_assert (json_object_get_boolean_member (record, "simulated"));
	ck_member (record, "bench", "fakes");
	ck_member (record, "entry", "scanned");
	ck_member (record, "software", PL_VERSION);
	ck_member (record, "station", room->station->name);
	ck_member (record, "verdict", "PASS");
	ck_assert_uint_eq (strlen (json_object_get_string_member (record, "run")), 36);
	ck_assert_uint_eq (strlen (json_object_get_string_member (record, "utcOffset")), 6);
	ck_assert (g_str_has_suffix (json_object_get_string_member (record, "started"), "Z"));
	ck_member (recipe, "name", "test");
	ck_assert_int_eq (json_object_get_int_member (recipe, "version"), 3);
	ck_member (recipe, "sha256", same->hash);
}

static void
ck_children (JsonObject *record)
{
	JsonArray *children = json_object_get_array_member (record, "children");
	JsonObject *cell = find (children, "kind", "cell");

	ck_assert_uint_eq (json_array_get_length (children), 2);
	ck_member (cell, "serial",
		   "C\x1d"
		   "1");
	ck_member (cell, "vendor", "maker");
	ck_member (cell, "lot", "L7");
	ck_member (cell, "grade", "A");
	ck_assert_int_eq (json_object_get_int_member (cell, "position"), 1);
	ck_member (find (children, "kind", "bms"), "serial", "B1");
}

static void
ck_measurement (JsonObject *record)
{
	JsonObject *step =
	    find (json_object_get_array_member (record, "steps"), "id", "ground-bond");
	JsonObject *ohm =
	    find (json_object_get_array_member (step, "measurements"), "name", "resistance_ohm");

	ck_member (step, "clause", "UL 1973 40.3");
	ck_member (step, "label", "type");
	ck_member (step, "phase", "main");
	ck_member (step, "verdict", "PASS");
	ck_assert_int_eq (json_object_get_int_member (step, "attempt"), 1);
	ck_member (ohm, "value", "0.02");
	ck_member (ohm, "unit", "ohm");
	ck_member (ohm, "high", "0.1");
	ck_assert (!json_object_has_member (ohm, "low"));
	ck_member (ohm, "comparator", "LE");
	ck_member (ohm, "limitSource", "UL \"1973\"");
	ck_member (ohm, "verdict", "PASS");
	ck_member (ohm, "instrument", "fake-hipot SN-hipot");
	ck_member (ohm, "calibrationDue", "2090-01-02");
	ck_member (ohm, "raw", "0.025kV,0.02");
}

static void
ck_curve (JsonObject *record)
{
	JsonObject *step = find (json_object_get_array_member (record, "steps"), "id", "leak");
	JsonObject *curve =
	    json_array_get_object_element (json_object_get_array_member (step, "curves"), 0);

	ck_member (curve, "name", "decay");
	ck_member (curve, "columns", "pressure_pa");
	ck_assert_int_eq (json_object_get_int_member (curve, "samples"), 10);
	ck_assert_uint_eq (strlen (json_object_get_string_member (curve, "sha256")), 64);
}

START_TEST (a_record_tells_unit_parts_recipe_versions_measurements_limits_instruments_and_curves)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY), *key = key_of (room);
	g_autoptr (JsonNode) root = json_from_string (body, NULL);
	JsonObject *whole = json_node_get_object (root),
		   *record = json_object_get_object_member (whole, "record");
	JsonObject *waived;

	ck_member (whole, "key", key);
	ck_run (record, room);
	ck_children (record);
	ck_measurement (record);
	ck_curve (record);
	waived = find (json_object_get_array_member (record, "steps"), "id", "identify");
	ck_member (waived, "verdict", "SKIPPED");
	ck_member (waived, "message", "waived by Q: parts on order");
	ck_assert_ptr_nonnull (json_object_get_object_member (record, "facts"));
	/* who stood there never leaves the plant */
	ck_assert_ptr_null (strstr (body, "Jane"));
}
END_TEST

/* Sorted, without white space: what another program of RFC 8785 would write of the same. */
START_TEST (a_record_is_canonical)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY);
	g_autofree char *argument = NULL, *out = NULL;
	const char *script = "import json,sys\n"
			     "t=sys.argv[1]\n"
			     "print(json.dumps(json.loads(t),sort_keys=True,separators=(',',':'),"
			     "ensure_ascii=False)==t.strip())";
	const char *argv[] = {"python3", "-c", script, body, NULL};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
				    &out, NULL, NULL, &error),
		      error);
	ck_assert_str_eq (g_strstrip (out), "True");
}
END_TEST

/* -- what holds it together -------------------------------------------------------------------- */

START_TEST (a_record_verifies_by_the_stations_key_and_by_no_other)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY), *key = key_of (room), *summary = NULL;
	g_autofree char *other_home = test_folder (), *other = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_record_verify (body, key, &summary, &error), error);
	ck_assert_str_eq (summary, "P0001");
	ck_assert (pl_keys_ensure (other_home, NULL));
	other = pl_keys_public (other_home, NULL);
	ck_assert (!pl_record_verify (body, other, NULL, &error));
	ck_assert_err (error, PL_RECORD_ERROR, PL_RECORD_ERROR_SIGNATURE);
}
END_TEST

START_TEST (any_flipped_bit_of_a_record_fails)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY), *key = key_of (room);
	gsize len = strlen (body);

	for (gsize i = 0; i < len; i++)
		for (guint bit = 0; bit < 8;
		     bit += 5) { /* the last bit, and the one between cases */
			body[i] ^= 1 << bit;
			if (body[i] != '\0')
				ck_assert_msg (!pl_record_verify (body, key, NULL, NULL),
					       "byte %zu, bit %u", i, bit);
			body[i] ^= 1 << bit;
		}
	ck_assert (pl_record_verify (body, key, NULL, NULL));
}
END_TEST

static const struct {
	const char *from, *to;
} changes[] = {
    {"\"serial\":\"P0001\"", "\"serial\":\"P0002\""},
    {"\"verdict\":\"PASS\"", "\"verdict\":\"FAIL\""},
    {"{\"key\"", " {\"key\""},
    {"\"}\n", "\"}\n "},
    {"\"}\n", "\",\"more\":\"\"}\n"},
    {"\"}\n", "\""},
    {",\"signature\":\"", ",\"signatur\":\""},
};

START_TEST (what_was_changed_added_or_cut_off_is_refused)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY), *key = key_of (room), *changed = NULL;
	char *at = g_strrstr (body, changes[_i].from);
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_nonnull (at);
	*at = '\0';
	changed = g_strconcat (body, changes[_i].to, at + strlen (changes[_i].from), NULL);
	ck_assert (!pl_record_verify (changed, key, NULL, &error));
	ck_assert_int_eq (error->domain, PL_RECORD_ERROR);
}
END_TEST

static const char *const no_records[] = {"", "{}", "{\"key\":\"\"}", "garbage"};

START_TEST (what_is_no_record_is_refused)
{
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_record_verify (no_records[_i], "00", NULL, &error));
	ck_assert_int_eq (error->domain, PL_RECORD_ERROR);
}
END_TEST

static gboolean
verify_journal (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_journal_verify (sql, data, error);
}

START_TEST (the_journals_chain_holds_every_record)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *body = make (room, BODY), *linked = NULL, *digest = NULL, *right = NULL;
	g_autoptr (Ran) second = NULL;
	g_autoptr (GError) error = NULL;
	gint64 rows = 0;

	second = room_run (room,
			   room_recipe ("main:\n  - step: temperatures\n    limits:\n"
					"      ambient_difference_k: { max: 3, source: s }\n"
					"      spread_k: { max: 3, source: s }\n"),
			   "P0002", NULL);
	ck_assert_run (second, PL_RUN_PASS);
	ck_assert_ok (pl_db_read (room->station->db, verify_journal, &rows, &error), error);
	ck_assert_int_eq (rows, 2);
	linked = room_query (
	    room, "SELECT count(*) FROM record JOIN journal ON journal.seq = record.journal"
		  " WHERE instr (journal.body, record.sha256) > 0");
	ck_assert_str_eq (linked, "2");
	digest = room_query (room, "SELECT sha256 FROM record ORDER BY run");
	right = g_compute_checksum_for_string (G_CHECKSUM_SHA256, body, -1);
	ck_assert_str_eq (digest, right);
}
END_TEST

START_TEST (a_verdict_without_its_record_is_not_kept_either)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *secret = g_build_filename (room->home, "station.key", NULL), *open = NULL;
	g_autoptr (Ran) ran = NULL;

	ck_assert (g_file_set_contents (secret, "lost", -1, NULL));
	ran = room_run (room,
			room_recipe ("main:\n  - step: temperatures\n    limits:\n"
				     "      ambient_difference_k: { max: 3, source: s }\n"
				     "      spread_k: { max: 3, source: s }\n"),
			"P0001", NULL);
	ck_assert_err (ran->error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE);
	ck_assert_run (ran, PL_RUN_ERROR);
	open = room_query (room, "SELECT count(*) FROM run WHERE verdict IS NULL");
	ck_assert_str_eq (open, "1");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-record");
	TCase *holds = tcase_create ("holds"), *stands = tcase_create ("stands");

	tcase_add_test (
	    holds,
	    a_record_tells_unit_parts_recipe_versions_measurements_limits_instruments_and_curves);
	tcase_add_test (holds, a_record_is_canonical);
	tcase_add_test (stands, a_record_verifies_by_the_stations_key_and_by_no_other);
	tcase_add_test (stands, any_flipped_bit_of_a_record_fails);
	tcase_add_loop_test (stands, what_was_changed_added_or_cut_off_is_refused, 0,
			     G_N_ELEMENTS (changes));
	tcase_add_loop_test (stands, what_is_no_record_is_refused, 0, G_N_ELEMENTS (no_records));
	tcase_add_test (stands, the_journals_chain_holds_every_record);
	tcase_add_test (stands, a_verdict_without_its_record_is_not_kept_either);
	tcase_set_timeout (holds, 60);
	tcase_set_timeout (stands, 60);
	suite_add_tcase (suite, holds);
	suite_add_tcase (suite, stands);
	return pl_suite_main (suite);
}
