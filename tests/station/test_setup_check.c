/* SPDX-License-Identifier: Apache-2.0 */
#include "station/setup_check.h"
#include "db/journal.h"
#include "station/slot.h"
#include "tests/station/room.h"
#include <glib/gstdio.h>
#include <string.h>

/* Is the station fit for a shift: each thing that can be wrong fails its own line, and says what to
 * do; production waits for a check that passed. */

#define ALL "hipot supply daq plc scanner printer"
#define MAIN                                                                                       \
	"main:\n  - step: identify\n    limits:\n      cells_count: { min: 0, source: s }\n"       \
	"      boards_count: { min: 0, source: s }\n      grades_count: { min: 0, source: s }\n"

static const PlCheckLine *
line_of (const PlCheckResult *result, PlCheckKind kind, PlRole role)
{
	for (guint i = 0; i < result->lines->len; i++) {
		const PlCheckLine *line = g_ptr_array_index (result->lines, i);

		if (line->kind == kind && (role == PL_ROLE_LAST || line->role == role))
			return line;
	}
	ck_abort_msg ("no line %s", pl_check_name (kind));
}

static PlCheckResult *
check (Room *room, const PlSetupCheckPlan *plan)
{
	PlSetupCheckPlan bare = {.who = "4711"};
	g_autoptr (GError) error = NULL;
	PlCheckResult *result = pl_setup_check (room->station, plan != NULL ? plan : &bare, &error);

	ck_assert_ok (result != NULL, error);
	return result;
}

/* That line failed, saying so, and no other one did. */
static void
assert_only (const PlCheckResult *result, PlCheckKind kind, PlRole role, const char *says)
{
	const PlCheckLine *failed = line_of (result, kind, role);

	ck_assert (!result->passed);
	ck_assert_msg (!failed->passed, "%s passed: %s", pl_check_name (kind), failed->detail);
	ck_assert_says (failed->detail, says);
	for (guint i = 0; i < result->lines->len; i++) {
		const PlCheckLine *line = g_ptr_array_index (result->lines, i);

		ck_assert_msg (line == failed || line->passed, "%s failed, too: %s",
			       pl_check_name (line->kind), line->detail);
	}
}

/* -- lines ------------------------------------------------------------------------------------- */

START_TEST (a_sound_station_passes_every_line_and_keeps_that)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) result = check (room, NULL);
	g_autoptr (GPtrArray) rows = pl_setup_check_history (room->station, 10, NULL);
	g_autofree char *journal =
	    room_query (room, "SELECT body FROM journal WHERE kind = 'setup-check'");

	for (guint i = 0; i < result->lines->len; i++) {
		const PlCheckLine *line = g_ptr_array_index (result->lines, i);

		ck_assert_msg (line->passed, "%s: %s", pl_check_name (line->kind), line->detail);
	}
	ck_assert (result->passed);
	ck_assert_says (line_of (result, PL_CHECK_INSTRUMENT, PL_ROLE_HIPOT)->detail,
			"fake-hipot SN-hipot");
	ck_assert_uint_eq (rows->len, 1);
	ck_assert (((PlSetupCheckRow *)g_ptr_array_index (rows, 0))->passed);
	ck_assert_ptr_null (((PlSetupCheckRow *)g_ptr_array_index (rows, 0))->failed);
	ck_assert_says (journal, "bench fakes, by 4711: PASS, 0 of");
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static const struct {
	const char *call, *says;
	PlRole role;
} silent[] = {
    {"hipot open", "Look at its power and its cable", PL_ROLE_HIPOT},
    {"supply open", "Look at its power and its cable", PL_ROLE_SUPPLY},
    {"hipot stop", "Look at its power and its cable", PL_ROLE_HIPOT},
    {"printer status", "Look at its power and its cable", PL_ROLE_PRINTER},
    {"scanner open", "Look at its power and its cable", PL_ROLE_SCANNER},
};

START_TEST (an_instrument_that_does_not_answer_fails_its_own_line)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) result = NULL;

	fake_break (silent[_i].call, -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no answer");
	result = check (room, NULL);
	assert_only (result, PL_CHECK_INSTRUMENT, silent[_i].role, silent[_i].says);
}
END_TEST

/* The DAQ's line and the lock's, and the lock was not let go. */
static void
assert_stays_locked (const PlCheckResult *result, const char *says)
{
	const PlCheckLine *daq = line_of (result, PL_CHECK_INSTRUMENT, PL_ROLE_DAQ);
	const PlCheckLine *lock = line_of (result, PL_CHECK_LOCK, PL_ROLE_LAST);

	ck_assert (!result->passed && !daq->passed && !lock->passed);
	ck_assert_says (daq->detail, says);
	ck_assert_says (lock->detail, "the door stays locked: ");
	ck_assert_int_ge (fake_find ("plc write door_lock=1", -1), 0);
	ck_assert_int_lt (fake_find ("plc write door_lock=0", -1), 0);
}

START_TEST (a_door_before_a_fixture_under_voltage_stays_locked)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) result = NULL;

	fake.fixture_rest_v = 105;
	result = check (room, NULL);
	assert_stays_locked (result, "keep out");
}
END_TEST

START_TEST (a_door_before_a_fixture_that_nobody_measures_stays_locked)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) result = NULL;

	fake_break ("daq measure", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no answer");
	result = check (room, NULL);
	assert_stays_locked (result, "Look at its power and its cable");
}
END_TEST

/* The bench file with another date for its calibrations. */
static void
set_due (Room *room, const char *due)
{
	g_autofree char *text = NULL;
	g_auto (GStrv) parts = NULL;
	g_autofree char *changed = NULL;

	ck_assert (g_file_get_contents (room->bench_file, &text, NULL, NULL));
	parts = g_strsplit (text, "calibration_due: 2090-01-02", -1);
	changed = g_strjoinv (due, parts);
	ck_assert (g_file_set_contents (room->bench_file, changed, -1, NULL));
	room_restart (room);
}

START_TEST (a_calibration_that_is_over_fails_and_one_that_is_due_today_does_not)
{
	g_autoptr (Room) room = room_new ("hipot plc", FALSE);
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autofree char *today = g_date_time_format (now, "calibration_due: %F");
	g_autoptr (PlCheckResult) over = NULL;
	g_autoptr (PlCheckResult) last_day = NULL;

	set_due (room, "calibration_due: 2021-02-03");
	over = check (room, NULL);
	ck_assert (!line_of (over, PL_CHECK_CALIBRATION, PL_ROLE_HIPOT)->passed);
	ck_assert_says (line_of (over, PL_CHECK_CALIBRATION, PL_ROLE_HIPOT)->detail,
			"was due on 2021-02-03: the technician");
	g_free (room->bench_file);
	room->bench_file = g_build_filename (room->dir, "bench.yaml", NULL);
	{
		g_autofree char *text = NULL;
		g_auto (GStrv) parts = NULL;
		g_autofree char *changed = NULL;

		ck_assert (g_file_get_contents (room->bench_file, &text, NULL, NULL));
		parts = g_strsplit (text, "calibration_due: 2021-02-03", -1);
		changed = g_strjoinv (today, parts);
		ck_assert (g_file_set_contents (room->bench_file, changed, -1, NULL));
		room_restart (room);
	}
	last_day = check (room, NULL);
	ck_assert (line_of (last_day, PL_CHECK_CALIBRATION, PL_ROLE_HIPOT)->passed);
}
END_TEST

START_TEST (an_open_chain_and_a_lock_that_does_not_move_are_told_apart)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) chain = NULL;
	g_autoptr (PlCheckResult) lock = NULL;

	fake_set ("plc estop_ok", 0);
	chain = check (room, NULL);
	assert_only (chain, PL_CHECK_CHAIN, PL_ROLE_LAST, "release the emergency stop");
	fake_unset ("plc estop_ok");
	fake_set ("plc door_locked", 1); /* a contact that is welded */
	lock = check (room, NULL);
	assert_only (lock, PL_CHECK_LOCK, PL_ROLE_LAST, "switched off and still reads locked");
}
END_TEST

START_TEST (a_lock_that_does_not_lock_is_left_open)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) lock = NULL;

	fake_set ("plc door_locked", 0);
	lock = check (room, NULL);
	assert_only (lock, PL_CHECK_LOCK, PL_ROLE_LAST, "switched on and still reads open");
	ck_assert_int_ge (
	    fake_find ("plc write door_lock=0", fake_find ("plc write door_lock=1", -1)), 0);
}
END_TEST

START_TEST (nothing_is_tried_and_no_door_unlocked_before_what_may_be_live)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	PlRecipe *recipe =
	    room_recipe ("main:\n  - step: prompt\n    with: { sentence: Look, timeout_s: 0.1 }\n"
			 "teardown:\n  - step: make-safe\n");
	PlRunOptions options = {.kind = "engineering", .entry = "scanned"};
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;
	PlSetupCheckPlan plan = {.who = "4711"};

	fake_break ("plc write hv_enable=0", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	ran = room_run (room, recipe, "P0001", &options);
	ck_assert (!pl_run_is_torn_down (ran->run));
	ck_assert_ptr_null (pl_setup_check (room->station, &plan, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE);
	ck_assert_int_lt (fake_find ("plc write door_lock", -1), 0);
}
END_TEST

START_TEST (a_release_that_is_not_there_fails_and_the_engineer_is_named)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe (MAIN);
	PlSetupCheckPlan plan = {.recipe = recipe, .release_file = "/nowhere/bms.plrel"};
	g_autoptr (PlCheckResult) result = check (room, &plan);

	assert_only (result, PL_CHECK_RELEASE, PL_ROLE_LAST, "The engineer");
	ck_assert_says (line_of (result, PL_CHECK_RECIPE, PL_ROLE_LAST)->detail,
			"test version 3, hash ");
}
END_TEST

static gboolean
add_future_row (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_sql_run (sql,
			   pl_sql (sql, error,
				   "INSERT INTO journal (seq, utc, kind, body, prev, hash) VALUES "
				   "(1000000, '2999-01-01T00:00:00.000Z', 'test', '', '', '')",
				   ""),
			   error);
}

START_TEST (a_clock_before_the_newest_record_fails)
{
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (PlCheckResult) result = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, add_future_row, NULL, &error), error);
	result = check (room, NULL);
	assert_only (result, PL_CHECK_CLOCK, PL_ROLE_LAST, "before the newest record (2999-01-01");
}
END_TEST

/* The middle of the file is overwritten, as a dying disk does. */
START_TEST (a_damaged_page_of_the_database_is_found)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autofree char *copy = g_build_filename (room->dir, "copy.sqlite", NULL);
	g_autofree char *text = NULL;
	g_autoptr (GError) error = NULL;
	sqlite3 *sql = NULL;
	gsize len;

	ck_assert_ok (pl_db_backup (room->station->db, copy, &error), error);
	ck_assert_int_eq (sqlite3_open (copy, &sql), SQLITE_OK);
	ck_assert_ok (pl_setup_check_pages (sql, &error), error);
	sqlite3_close (sql);
	ck_assert (g_file_get_contents (copy, &text, &len, NULL));
	memset (text + len / 2, 0x5a, len / 4);
	ck_assert (g_file_set_contents (copy, text, (gssize)len, NULL));
	ck_assert_int_eq (sqlite3_open (copy, &sql), SQLITE_OK);
	ck_assert (!pl_setup_check_pages (sql, &error));
	sqlite3_close (sql);
}
END_TEST

/* -- the golden pack --------------------------------------------------------------------------- */

static void
test_golden (Room *room, int cells)
{
	PlRunOptions options = {.kind = "golden", .entry = "scanned"};
	g_autofree char *body = g_strdup_printf (
	    "main:\n  - step: identify\n    limits:\n      cells_count: { min: %d, source: s }\n"
	    "      boards_count: { min: 0, source: s }\n      grades_count: { min: 0, source: s "
	    "}\n",
	    cells);
	g_autoptr (Ran) ran = room_run (room, room_recipe (body), "P0001", &options);

	ck_assert_run (ran, cells > 0 ? PL_RUN_FAIL : PL_RUN_PASS);
}

START_TEST (the_golden_pack_must_have_passed_last_and_lately)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	PlSetupCheckPlan plan = {.golden_serial = "P0001", .golden_hours = 8};
	g_autoptr (PlCheckResult) never = check (room, &plan);
	g_autoptr (PlCheckResult) good = NULL;
	g_autoptr (PlCheckResult) old = NULL;
	g_autoptr (PlCheckResult) bad = NULL;

	assert_only (never, PL_CHECK_GOLDEN, PL_ROLE_LAST, "was never tested: put it on the bench");
	test_golden (room, 0);
	good = check (room, &plan);
	ck_assert (good->passed);
	plan.golden_hours = 0;
	old = check (room, &plan);
	assert_only (old, PL_CHECK_GOLDEN, PL_ROLE_LAST, "more than 0 h ago");
	plan.golden_hours = 8;
	test_golden (room, 32);
	bad = check (room, &plan);
	assert_only (bad, PL_CHECK_GOLDEN, PL_ROLE_LAST, "known to be good: the technician");
}
END_TEST

/* -- production waits -------------------------------------------------------------------------- */

static gboolean
may_begin (Room *room, const char *kind, double hours, GError **error)
{
	g_autoptr (PlRecipe) recipe = room_recipe (MAIN);
	PlRunOptions options = {.kind = kind, .setup_check_hours = hours};
	g_autoptr (PlRun) run = pl_run_new (room->station, recipe, "P0001", &options, error);

	return run != NULL;
}

START_TEST (production_waits_for_a_check_that_passed_and_other_kinds_do_not)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (GError) never = NULL;
	g_autoptr (GError) failed = NULL;
	g_autoptr (GError) old = NULL;

	ck_assert (may_begin (room, "production", 0, NULL));
	ck_assert (may_begin (room, "golden", 8, NULL));
	ck_assert (may_begin (room, "engineering", 8, NULL));
	ck_assert (!may_begin (room, "production", 8, &never));
	ck_assert_says (never->message, "was never checked");
	ck_assert_int_eq (pl_error_cleared_by (never), PL_PERSON_OPERATOR);
	pl_check_result_free (check (room, NULL));
	ck_assert (may_begin (room, "production", 8, NULL));
	ck_assert (!may_begin (room, "production", 1e-9, &old));
	ck_assert_says (old->message, "run it again (F7)");
	fake_set ("plc estop_ok", 0);
	pl_check_result_free (check (room, NULL));
	ck_assert (!may_begin (room, "production", 8, &failed));
	ck_assert_says (failed->message, "the last setup check failed: the emergency stop");
	ck_assert_int_eq (pl_error_cleared_by (failed), PL_PERSON_TECHNICIAN);
}
END_TEST

static gboolean
keep_one_of_the_future (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_setup_check_row_add (sql, "fakes", "4711", data, TRUE, "{\"lines\":[]}", error);
}

START_TEST (a_check_that_a_clock_set_back_has_put_into_the_future_is_none)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) then = g_date_time_add_hours (now, 3);
	g_autofree char *utc = g_date_time_format (then, "%Y-%m-%dT%H:%M:%S.000Z");
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_db_write (room->station->db, keep_one_of_the_future, utc, &error), error);
	ck_assert (!may_begin (room, "production", 8, &error));
	ck_assert_says (error->message, "after this computer's clock");
}
END_TEST

typedef struct {
	GMutex mutex;
	GCond cond;
	PlSlotState now;
	char *kind;
} Seat;

static void
on_state (gpointer data, PlSlotState state, const char *serial, PlRun *run, const char *cause)
{
	Seat *seat = data;

	g_mutex_lock (&seat->mutex);
	seat->now = state;
	if (run != NULL) {
		g_free (seat->kind);
		seat->kind = g_strdup (pl_run_kind (run));
	}
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static void
on_event (gpointer data, const PlRunEvent *event)
{
}

static void
on_said (gpointer data, const char *line)
{
}

static void
await (Seat *seat, PlSlotState state)
{
	gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

	g_mutex_lock (&seat->mutex);
	while (seat->now != state)
		ck_assert_msg (g_cond_wait_until (&seat->cond, &seat->mutex, end), "never %s",
			       pl_slot_state_name (state));
	g_mutex_unlock (&seat->mutex);
}

START_TEST (the_golden_packs_label_begins_a_golden_run_where_production_is_blocked)
{
	static const PlSlotObserver observer = {on_state, on_event, on_said};
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (PlRecipe) recipe = room_recipe (MAIN);
	PlSlotPlan plan = {.station = room->station,
			   .recipe = recipe,
			   .kind = "production",
			   .setup_check_hours = 8,
			   .golden_serial = "P9999"};
	Seat seat = {.kind = NULL};
	PlSlot *slot = pl_slot_new (&plan, &observer, &seat);

	await (&seat, PL_SLOT_READY);
	pl_slot_scan (slot, "P0001", "scanned");
	await (&seat, PL_SLOT_BLOCKED);
	pl_slot_scan (slot, "P9999", "scanned");
	await (&seat, PL_SLOT_PASSED);
	ck_assert_str_eq (seat.kind, "golden");
	pl_slot_free (slot);
	g_free (seat.kind);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-setup-check");
	TCase *tcase = tcase_create ("check");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, a_sound_station_passes_every_line_and_keeps_that);
	tcase_add_loop_test (tcase, an_instrument_that_does_not_answer_fails_its_own_line, 0,
			     G_N_ELEMENTS (silent));
	tcase_add_test (tcase, a_door_before_a_fixture_under_voltage_stays_locked);
	tcase_add_test (tcase, a_door_before_a_fixture_that_nobody_measures_stays_locked);
	tcase_add_test (tcase, a_calibration_that_is_over_fails_and_one_that_is_due_today_does_not);
	tcase_add_test (tcase, a_lock_that_does_not_lock_is_left_open);
	tcase_add_test (tcase, nothing_is_tried_and_no_door_unlocked_before_what_may_be_live);
	tcase_add_test (tcase, an_open_chain_and_a_lock_that_does_not_move_are_told_apart);
	tcase_add_test (tcase, a_release_that_is_not_there_fails_and_the_engineer_is_named);
	tcase_add_test (tcase, a_clock_before_the_newest_record_fails);
	tcase_add_test (tcase, a_damaged_page_of_the_database_is_found);
	tcase_add_test (tcase, the_golden_pack_must_have_passed_last_and_lately);
	tcase_add_test (tcase, production_waits_for_a_check_that_passed_and_other_kinds_do_not);
	tcase_add_test (tcase, a_check_that_a_clock_set_back_has_put_into_the_future_is_none);
	tcase_add_test (tcase,
			the_golden_packs_label_begins_a_golden_run_where_production_is_blocked);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
