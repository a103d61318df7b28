/* SPDX-License-Identifier: Apache-2.0 */
#include "db/journal.h"
#include "station/keys.h"
#include "station/record.h"
#include "tests/station/room.h"
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What may be live, who may stop it, and what is left after a station that died. */

#define ALL "hipot supply daq bms plc printer"
#define TEARDOWN                                                                                   \
	"teardown:\n  - step: make-safe\n  - step: fixture-open\n    limits:\n"                    \
	"      fixture_v: { max: 60, source: s }\n"
#define LEAK                                                                                       \
	"  - step: leak\n    with: { fill_s: 5, settle_s: 5, time_s: 60 }\n    limits:\n"          \
	"      start_pressure_pa: { min: 1000, source: s }\n      decay_pa: { max: 50, source: s " \
	"}\n"
#define BOND "  - step: ground-bond\n    limits:\n      resistance_ohm: { max: 0.1, source: s }\n"
#define WITHSTAND                                                                                  \
	"  - step: hipot\n"                                                                        \
	"    with: { routes: hv-chassis, voltage_v: 2000, time_s: 1, tester_limit_a: 0.001 }\n"    \
	"    limits:\n      breakdown_hv-chassis: { equals: none, source: s }\n"                   \
	"      leakage_a_hv-chassis: { max: 0.001, source: s }\n"
#define CYCLE                                                                                      \
	"  - step: short-cycle\n    with: { time_s: 30 }\n    limits:\n"                           \
	"      alarms_count: { max: 0, source: s }\n      hottest_degc: { max: 45, source: s }\n"  \
	"      widest_spread_v: { max: 0.03, source: s }\n"
#define IDENTIFY                                                                                   \
	"  - step: identify\n    limits:\n      cells_count: { min: 0, source: s }\n"              \
	"      boards_count: { min: 0, source: s }\n      grades_count: { min: 0, source: s }\n"

static Room *the_room;
static PlRun *the_run;

static Ran *
run (Room *room, const char *body)
{
	return room_run (room, room_recipe (body), "P0001", NULL);
}

static void
take_run (gpointer data, const PlRunEvent *event)
{
	the_run = event->run;
}

static Ran *
run_watched (Room *room, const char *body)
{
	PlRunOptions options = {.kind = "engineering", .observer = take_run};

	the_room = room;
	return room_run (room, room_recipe (body), "P0001", &options);
}

static int
last_of (const char *call)
{
	int at = -1, next = -1;

	while ((next = fake_find (call, next)) >= 0)
		at = next;
	return at;
}

/* -- committed before energised ---------------------------------------------------------------- */

static guint commands, uncommitted;

/* At the moment of the command a restart would already know of it. */
static void
look_for_the_row (const char *call)
{
	static const struct {
		const char *call, *what;
	} live[] = {{"hipot start", "hipot output"},
		    {"plc write hv_enable=1", "hipot output"},
		    {"bms write contactor=1", "pack terminals"},
		    {"supply output on", "supply output"}};

	for (guint i = 0; i < G_N_ELEMENTS (live); i++) {
		g_autofree char *rows = NULL;

		if (!g_str_equal (call, live[i].call))
			continue;
		rows = room_query (
		    the_room, "SELECT group_concat (what) FROM energised WHERE cleared IS NULL");
		commands++;
		uncommitted += rows == NULL || strstr (rows, live[i].what) == NULL;
	}
}

START_TEST (what_is_about_to_be_live_is_committed_before_the_command_and_cleared_after_its_undo)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *left = NULL, *rows = NULL;

	the_room = room;
	fake.on_call = look_for_the_row;
	ran = run (room, "main:\n" BOND WITHSTAND CYCLE TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_uint_eq (commands, 6);
	ck_assert_uint_eq (uncommitted, 0);
	left = room_query (room, "SELECT count(*) FROM energised WHERE cleared IS NULL");
	rows = room_query (room, "SELECT count(*) FROM energised");
	ck_assert_str_eq (left, "0");
	ck_assert_str_eq (rows, "4");
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static gboolean
break_energised (sqlite3 *sql, gpointer data, GError **error)
{
	return sqlite3_exec (sql,
			     "CREATE TRIGGER broken BEFORE INSERT ON energised BEGIN"
			     " SELECT RAISE (ABORT, 'as arranged'); END",
			     NULL, NULL, NULL) == SQLITE_OK;
}

START_TEST (what_cannot_be_committed_is_not_energised)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	ck_assert (pl_db_write (room->station->db, break_energised, NULL, NULL));
	ran = run (room, "main:\n" WITHSTAND TEARDOWN);
	ck_assert_step (ran, "hipot", PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_lt (fake_find ("hipot start", -1), 0);
	ck_assert_int_lt (fake_find ("plc write hv_enable=1", -1), 0);
}
END_TEST

/* -- undoing ----------------------------------------------------------------------------------- */

START_TEST (a_step_that_fails_is_undone_in_reverse)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	int failed;

	fake_break ("daq measure shunt", -1, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "unplugged");
	ran = run (room, "main:\n" CYCLE TEARDOWN);
	ck_assert_step (ran, "short-cycle", PL_VERDICT_INCONCLUSIVE);
	failed = fake_find ("daq measure shunt", -1);
	ck_assert_int_lt (failed, fake_find ("supply output off", failed));
	ck_assert_int_lt (fake_find ("supply output off", failed),
			  fake_find ("plc write load_relay=0", failed));
	ck_assert_int_lt (fake_find ("plc write load_relay=0", failed),
			  fake_find ("bms write contactor=0", failed));
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static char *left_after_main;

/* Making safe in teardown opens the tester first of all. */
static void
look_after_main (const char *call)
{
	if (g_str_equal (call, "hipot open"))
		left_after_main = room_query (
		    the_room,
		    "SELECT group_concat (what, '; ') FROM energised WHERE cleared IS NULL");
}

START_TEST (undoing_goes_on_after_a_failure_and_the_first_one_is_told)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	const PlStepResult *cycle;

	the_room = room;
	fake.on_call = look_after_main;
	fake_break ("supply output off", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the supply is silent");
	fake_break ("bms write contactor=0", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the BMS is silent");
	ran = run (room, "main:\n" CYCLE "    retries: 3\n" IDENTIFY TEARDOWN);
	cycle = ran_step (ran, "short-cycle");
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_int_eq (cycle->verdict, PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (cycle->message,
			"could not switch off supply output on the pack: the supply is silent");
	ck_assert_ptr_null (strstr (cycle->message, "the BMS is silent"));
	ck_assert_int_ge (fake_find ("plc write load_relay=0", -1), 0);
	/* what may be live is not tried again, and nothing but teardown follows it */
	ck_assert_uint_eq (ran_attempts (ran, "short-cycle"), 1);
	ck_assert_uint_eq (ran_attempts (ran, "identify"), 0);
	ck_assert_says (left_after_main, "supply output on the pack");
	ck_assert_says (left_after_main, "pack terminals");
	g_free (left_after_main);
}
END_TEST

START_TEST (making_safe_in_teardown_clears_what_a_step_could_not_undo)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autofree char *left = NULL;

	fake_break ("supply output off", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the supply is silent");
	ran = run (room, "main:\n" CYCLE TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "make-safe", PL_VERDICT_PASS);
	left = room_query (room, "SELECT count(*) FROM energised WHERE cleared IS NULL");
	ck_assert_str_eq (left, "0");
	ck_assert_ptr_null (fake_live ());
}
END_TEST

START_TEST (the_discharge_relay_stays_closed_on_what_is_not_proved_discharged)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.fixture_stays_charged = TRUE;
	ran = run (room, "main:\n" WITHSTAND "    retries: 2\n" TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (ran_step (ran, "hipot")->message, "the fixture still has 2000.0 V");
	ck_assert_uint_eq (ran_attempts (ran, "hipot"), 1);
	ck_assert_int_gt (last_of ("plc write discharge=1"), last_of ("plc write discharge=0"));
	/* and the door stays locked */
	ck_assert_step (ran, "fixture-open", PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_lt (fake_find ("plc write door_lock=0", -1), 0);
}
END_TEST

START_TEST (the_door_stays_locked_while_anything_may_still_be_live)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("supply output off", -1, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP,
		    "the supply's cable is out");
	ran = run (room, "main:\n" CYCLE TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "fixture-open", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (ran, "fixture-open")->message, "supply output on the pack");
	ck_assert_int_lt (fake_find ("plc write door_lock=0", -1), 0);
}
END_TEST

START_TEST (the_door_stays_locked_on_a_pack_whose_terminals_are_live)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.welded = TRUE;
	ran = run (room, "main:\n" LEAK TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, "make-safe", PL_VERDICT_INCONCLUSIVE);
	ck_assert_step (ran, "fixture-open", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (ran, "fixture-open")->message, "the pack's terminals still have");
	ck_assert_int_lt (fake_find ("plc write door_lock=0", -1), 0);
}
END_TEST

/* -- limits watched on every sample ------------------------------------------------------------ */

START_TEST (a_watched_limit_stops_the_step_at_once_and_is_not_tried_again)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	const PlStepResult *leak;

	fake.leak_pa_per_s = 100;
	ran = run (room, "main:\n" LEAK "    retries: 3\n    on_fail: continue\n"
			 "    watch:\n      pressure_pa: { min: 1000, source: vessel }\n" IDENTIFY);
	leak = ran_step (ran, "leak");
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_int_eq (leak->verdict, PL_VERDICT_FAIL);
	ck_assert_says (leak->message, "pressure_pa reached 9");
	ck_assert_says (leak->message, "watched limit >= 1000 (vessel): stopped and made safe");
	/* 2000 Pa fall below 1000 Pa in 10 s, of which 5 s are not sampled yet */
	ck_assert_double_lt (leak->duration_s, 5 + 10 + 2);
	ck_assert_uint_eq (ran_attempts (ran, "leak"), 1);
	ck_assert_uint_eq (ran_attempts (ran, "identify"), 0);
}
END_TEST

START_TEST (a_watched_limit_that_holds_lets_the_step_pass)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = run (
	    room, "main:\n" LEAK "    watch:\n      pressure_pa: { min: 1000, source: vessel }\n");

	ck_assert_run (ran, PL_RUN_PASS);
}
END_TEST

/* -- the operator's stop ----------------------------------------------------------------------- */

static gpointer
stop_soon (gpointer data)
{
	while (g_atomic_pointer_get (&the_run) == NULL)
		g_usleep (1000);
	g_usleep (200 * 1000);
	pl_run_stop (the_run, "the test");
	return NULL;
}

START_TEST (a_stop_from_another_thread_ends_a_long_wait_and_teardown_runs)
{
	g_autoptr (Room) room = room_new (ALL, FALSE); /* real time: the wait would take a minute */
	g_autoptr (GThread) thread = g_thread_new ("stop", stop_soon, NULL);
	gint64 began = g_get_monotonic_time ();
	g_autoptr (Ran) ran = run_watched (
	    room, "main:\n  - step: leak\n    with: { fill_s: 60 }\n    retries: 5\n    limits:\n"
		  "      start_pressure_pa: { min: 1000, source: s }\n      decay_pa: { max: 50, "
		  "source: s }\n" IDENTIFY TEARDOWN);
	g_autofree char *row = room_query (room, "SELECT verdict || ' ' || cause FROM run");

	g_thread_join (g_steal_pointer (&thread));
	ck_assert_run (ran, PL_RUN_ABORTED);
	ck_assert_str_eq (row, "ABORTED stopped by the test");
	ck_assert_int_lt (g_get_monotonic_time () - began, 20 * G_USEC_PER_SEC);
	ck_assert_step (ran, "leak", PL_VERDICT_INCONCLUSIVE);
	ck_assert_uint_eq (ran_attempts (ran, "leak"), 1);
	ck_assert_uint_eq (ran_attempts (ran, "identify"), 0);
	ck_assert_step (ran, "make-safe", PL_VERDICT_PASS);
	ck_assert_step (ran, "fixture-open", PL_VERDICT_PASS);
	ck_assert_int_ge (fake_find ("plc write leak_fill=0", -1), 0);
}
END_TEST

static void
stop_under_high_voltage (const char *call)
{
	if (g_str_equal (call, "hipot start"))
		pl_run_stop (the_run, "the operator");
}

START_TEST (a_stop_under_high_voltage_is_off_within_a_poll_and_proved_discharged)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	int started, off;

	fake.on_call = stop_under_high_voltage;
	ran = run_watched (room, "main:\n" WITHSTAND TEARDOWN);
	ck_assert_run (ran, PL_RUN_ABORTED);
	started = fake_find ("hipot start", -1);
	off = fake_find ("hipot stop", started);
	ck_assert_int_gt (off, started);
	ck_assert_int_lt (fake_find ("hipot read", started), 0);
	ck_assert_int_gt (fake_find ("daq measure fixture", off), off);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static void
stop_at_the_end (gpointer data, const PlRunEvent *event)
{
	if (event->kind == PL_EVENT_STEP_ENDED && event->step->step->phase == PL_PHASE_MAIN)
		pl_run_stop (event->run, "the operator");
}

START_TEST (a_stop_does_not_launder_a_pack_that_has_failed)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	PlRunOptions options = {.kind = "engineering", .observer = stop_at_the_end};
	g_autoptr (Ran) bad = NULL, good = NULL;

	fake.bond_ohm = 0.3;
	bad = room_run (room, room_recipe ("main:\n" BOND TEARDOWN), "P0001", &options);
	ck_assert_run (bad, PL_RUN_FAIL);
	fake.bond_ohm = 0.02;
	good = room_run (room, room_recipe ("main:\n" BOND TEARDOWN), "P0002", &options);
	ck_assert_run (good, PL_RUN_ABORTED);
}
END_TEST

/* -- door, emergency stop, interlock ----------------------------------------------------------- */

static const char *opened;
static gint64 opened_at;
static guint checks;

/* Opens right after the chain was found closed: the worst moment. */
static void
open_after_a_check (const char *call)
{
	if (!g_str_equal (call, "plc read interlock_ok") || ++checks != 30)
		return;
	fake_set (opened, 0);
	opened_at = the_room->line->now;
}

static const struct {
	const char *name, *says;
	PlSafetyError code;
} chain[] = {
    {"plc door_closed", "the cage's door is open", PL_SAFETY_ERROR_DOOR},
    {"plc estop_ok", "the emergency stop is pressed", PL_SAFETY_ERROR_ESTOP},
    {"plc interlock_ok", "the interlock loop is open", PL_SAFETY_ERROR_INTERLOCK},
};

static const char *const under_way[] = {
    "main:\n" WITHSTAND "    retries: 3\n" TEARDOWN,
    "main:\n" CYCLE "    retries: 3\n" TEARDOWN,
    "main:\n" LEAK "    retries: 3\n" TEARDOWN,
};

START_TEST (an_open_chain_ends_any_step_within_one_poll_period_and_nothing_is_tried_again)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	const PlStepResult *step;

	the_room = room;
	opened = chain[_i % 3].name;
	fake.on_call = open_after_a_check;
	ran = run (room, under_way[_i / 3]);
	step = g_ptr_array_index (pl_run_results (ran->run), 0);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_int_eq (step->verdict, PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (step->message, chain[_i % 3].says);
	ck_assert_uint_eq (ran_attempts (ran, step->step->id), 1);
	ck_assert_int_ge (opened_at, 0);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

static gint64 off_at;

static void
note_the_off (const char *call)
{
	open_after_a_check (call);
	if (opened_at > 0 && off_at == 0 &&
	    (g_str_equal (call, "hipot stop") || g_str_equal (call, "supply output off")))
		off_at = the_room->line->now;
}

START_TEST (the_source_is_off_within_one_poll_period)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	the_room = room;
	opened = "plc door_closed";
	fake.on_call = note_the_off;
	ran = run (room, under_way[_i]);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_int_gt (off_at, 0);
	ck_assert_int_le (off_at - opened_at, 100 * 1000);
}
END_TEST

START_TEST (a_plc_that_goes_away_ends_main)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("plc read estop_ok", 3, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "the PLC is gone");
	ran = run (room, "main:\n" LEAK TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (ran_step (ran, "leak")->message, "the PLC is gone");
	/* and is opened afresh for teardown */
	ck_assert_int_gt (fake_find ("plc open", fake_find ("plc open", -1)), 0);
	ck_assert_step (ran, "make-safe", PL_VERDICT_PASS);
}
END_TEST

START_TEST (without_the_plc_main_is_not_entered_and_teardown_still_tries)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("plc open", -1, PL_LINK_ERROR, PL_LINK_ERROR_OPEN, "nobody there");
	ran = run (room, "main:\n" BOND TEARDOWN);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (ran->run), "the safety chain cannot be watched");
	ck_assert_says (pl_run_cause (ran->run), "nobody there");
	ck_assert_uint_eq (ran_attempts (ran, "ground-bond"), 0);
	ck_assert_step (ran, "make-safe", PL_VERDICT_INCONCLUSIVE);
	ck_assert_int_ge (fake_find ("supply output off", -1), 0);
}
END_TEST

/* -- a station that died ----------------------------------------------------------------------- */

static const char *die_at;

static void
die (const char *call)
{
	if (g_str_equal (call, die_at))
		_exit (9); /* as kill -9 would: nothing is written, undone or closed */
}

/* The run happens in a child that dies at a call; the station is closed meanwhile. */
static void
die_in_a_run (Room *room, const char *body, const char *call)
{
	int status;
	pid_t pid;

	g_clear_pointer (&room->station, pl_station_free);
	pid = fork ();
	if (pid == 0) {
		room_restart (room);
		die_at = call;
		fake.on_call = die;
		run (room, body);
		_exit (0);
	}
	ck_assert_int_eq (waitpid (pid, &status, 0), pid);
	ck_assert_int_eq (WEXITSTATUS (status), 9);
	room_restart (room);
}

static void
keep_line (gpointer data, const char *line)
{
	g_string_append_printf (data, "%s\n", line);
}

static gboolean
verify_journal (sqlite3 *sql, gpointer data, GError **error)
{
	return pl_journal_verify (sql, data, error);
}

static const struct {
	const char *body, *call, *live;
} deaths[] = {
    {"main:\n" WITHSTAND TEARDOWN, "hipot start", "hipot output, 2000 V on hv-chassis"},
    {"main:\n" WITHSTAND TEARDOWN, "hipot stop", "hipot output, 2000 V on hv-chassis"},
    {"main:\n" CYCLE TEARDOWN, "bms write contactor=1", "pack terminals (main contactor closed)"},
    {"main:\n" CYCLE TEARDOWN, "supply output on", "supply output on the pack"},
    {"main:\n" CYCLE TEARDOWN, "supply output off", "supply output on the pack"},
};

START_TEST (the_next_start_says_what_may_be_live_makes_it_safe_and_ends_the_run_as_error)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (GString) said = g_string_new (NULL);
	g_autoptr (GError) error = NULL;
	g_autofree char *row = NULL, *left = NULL, *event = NULL, *body = NULL, *key = NULL;
	guint found = 0;
	gint64 rows = 0;

	die_in_a_run (room, deaths[_i].body, deaths[_i].call);
	ck_assert_ok (pl_station_recover (room->station, keep_line, said, &found, &error), error);
	ck_assert_uint_ge (found, 2);
	ck_assert_says (said->str, "may be live since 20");
	ck_assert_says (said->str, deaths[_i].live);
	ck_assert_says (said->str, "(pack P0001)");
	ck_assert_says (said->str, "interrupted: run of pack P0001");
	/* every output was commanded off, and the fixture read */
	ck_assert_int_ge (fake_find ("hipot stop", -1), 0);
	ck_assert_int_gt (fake_find ("supply output off", -1), fake_find ("hipot stop", -1));
	ck_assert_int_gt (fake_find ("bms write contactor=0", -1),
			  fake_find ("supply output off", -1));
	ck_assert_int_gt (fake_find ("plc write hv_enable=0", -1),
			  fake_find ("bms write contactor=0", -1));
	ck_assert_int_gt (fake_find ("daq measure fixture", -1),
			  fake_find ("plc write discharge=1", -1));
	row = room_query (room, "SELECT verdict || ' ' || cause FROM run");
	left = room_query (room, "SELECT count(*) FROM energised WHERE cleared IS NULL");
	event = room_query (room, "SELECT text FROM event WHERE kind = 'recovered'");
	ck_assert_says (row, "ERROR interrupted");
	ck_assert_str_eq (left, "0");
	ck_assert_ptr_nonnull (event);
	/* it has its record, too */
	body = room_query (room, "SELECT body FROM record");
	key = pl_keys_public (room->home, &error);
	ck_assert_ok (pl_record_verify (body, key, NULL, &error), error);
	ck_assert_ok (pl_db_read (room->station->db, verify_journal, &rows, &error), error);
	ck_assert_int_eq (rows, 1);
}
END_TEST

START_TEST (after_a_recovery_the_pack_can_be_tested_and_a_second_start_finds_nothing)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;
	guint found = 9;

	die_in_a_run (room, "main:\n" WITHSTAND TEARDOWN, "hipot start");
	ck_assert_ok (pl_station_recover (room->station, NULL, NULL, NULL, &error), error);
	ran = run (room, "main:\n" WITHSTAND TEARDOWN);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_ok (pl_station_recover (room->station, NULL, NULL, &found, &error), error);
	ck_assert_uint_eq (found, 0);
}
END_TEST

START_TEST (what_cannot_be_made_safe_stays_known)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (GError) error = NULL, again = NULL;
	g_autofree char *left = NULL, *open = NULL;

	die_in_a_run (room, "main:\n" CYCLE TEARDOWN, "supply output on");
	fake_break ("supply output off", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the supply is silent");
	ck_assert (!pl_station_recover (room->station, NULL, NULL, NULL, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE);
	ck_assert_says (error->message, "keep out, call the technician");
	ck_assert_says (error->message, "the supply is silent");
	left = room_query (room, "SELECT count(*) FROM energised WHERE cleared IS NULL");
	open = room_query (room, "SELECT count(*) FROM run WHERE verdict IS NULL");
	ck_assert_str_eq (left, "2");
	ck_assert_str_eq (open, "1");
	/* with the supply back it can be */
	ck_assert_ok (pl_station_recover (room->station, NULL, NULL, NULL, &again), again);
}
END_TEST

START_TEST (a_fixture_that_is_still_charged_is_not_safe)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	g_autoptr (GError) error = NULL;

	fake.fixture_stays_charged = TRUE;
	ran = run (room, "main:\n" WITHSTAND TEARDOWN);
	ck_assert (!pl_station_make_safe (room->station, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE);
	ck_assert_says (error->message, "do not open the door");
}
END_TEST

START_TEST (a_silent_bms_does_not_keep_a_bench_from_being_safe_a_silent_plc_does)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (GError) error = NULL;

	fake_break ("bms write", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no pack there");
	ck_assert_ok (pl_station_make_safe (room->station, &error), error);
	fake_break ("plc write hv_enable=0", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the PLC is silent");
	ck_assert (!pl_station_make_safe (room->station, &error));
	ck_assert_says (error->message, "the PLC is silent");
}
END_TEST

START_TEST (a_bms_that_does_not_open_its_contactor_loses_its_supply)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);

	die_in_a_run (room, "main:\n" CYCLE TEARDOWN, "supply read");
	fake_break ("bms write contactor=0", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		    "the BMS is silent");
	ck_assert (pl_station_recover (room->station, NULL, NULL, NULL, NULL));
	ck_assert_int_ge (fake_find ("plc write bms_power=0", -1), 0);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

START_TEST (a_contactor_that_is_commanded_open_and_stays_closed_is_not_safe)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (GError) error = NULL;

	fake.welded = TRUE;
	ck_assert (!pl_station_make_safe (room->station, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE);
	ck_assert_says (error->message, "the pack's terminals still have");
}
END_TEST

START_TEST (a_clean_start_does_nothing)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autofree char *calls = NULL;
	guint found = 9;

	ck_assert (pl_station_recover (room->station, NULL, NULL, &found, NULL));
	ck_assert_uint_eq (found, 0);
	calls = fake_calls ();
	ck_assert_str_eq (calls, "");
}
END_TEST

START_TEST (without_a_bench_nothing_can_be_made_safe)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	PlBench *bench = g_steal_pointer (&room->station->bench);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_station_make_safe (room->station, &error));
	ck_assert_err (error, PL_STATION_ERROR, PL_STATION_ERROR_UNSAFE);
	room->station->bench = bench;
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-safety");
	TCase *energy = tcase_create ("energy"), *watch = tcase_create ("watch"),
	      *stop = tcase_create ("stop");
	TCase *open = tcase_create ("chain"), *dead = tcase_create ("after a crash");

	tcase_add_test (
	    energy,
	    what_is_about_to_be_live_is_committed_before_the_command_and_cleared_after_its_undo);
	tcase_add_test (energy, what_cannot_be_committed_is_not_energised);
	tcase_add_test (energy, a_step_that_fails_is_undone_in_reverse);
	tcase_add_test (energy, undoing_goes_on_after_a_failure_and_the_first_one_is_told);
	tcase_add_test (energy, making_safe_in_teardown_clears_what_a_step_could_not_undo);
	tcase_add_test (energy, the_discharge_relay_stays_closed_on_what_is_not_proved_discharged);
	tcase_add_test (energy, the_door_stays_locked_while_anything_may_still_be_live);
	tcase_add_test (energy, the_door_stays_locked_on_a_pack_whose_terminals_are_live);
	tcase_add_test (watch, a_watched_limit_stops_the_step_at_once_and_is_not_tried_again);
	tcase_add_test (watch, a_watched_limit_that_holds_lets_the_step_pass);
	tcase_add_test (stop, a_stop_from_another_thread_ends_a_long_wait_and_teardown_runs);
	tcase_add_test (stop, a_stop_under_high_voltage_is_off_within_a_poll_and_proved_discharged);
	tcase_add_test (stop, a_stop_does_not_launder_a_pack_that_has_failed);
	tcase_add_loop_test (
	    open, an_open_chain_ends_any_step_within_one_poll_period_and_nothing_is_tried_again, 0,
	    9);
	tcase_add_loop_test (open, the_source_is_off_within_one_poll_period, 0, 2);
	tcase_add_test (open, a_plc_that_goes_away_ends_main);
	tcase_add_test (open, without_the_plc_main_is_not_entered_and_teardown_still_tries);
	tcase_add_loop_test (
	    dead, the_next_start_says_what_may_be_live_makes_it_safe_and_ends_the_run_as_error, 0,
	    G_N_ELEMENTS (deaths));
	tcase_add_test (dead,
			after_a_recovery_the_pack_can_be_tested_and_a_second_start_finds_nothing);
	tcase_add_test (dead, what_cannot_be_made_safe_stays_known);
	tcase_add_test (dead, a_fixture_that_is_still_charged_is_not_safe);
	tcase_add_test (dead, a_silent_bms_does_not_keep_a_bench_from_being_safe_a_silent_plc_does);
	tcase_add_test (dead, a_bms_that_does_not_open_its_contactor_loses_its_supply);
	tcase_add_test (dead, a_contactor_that_is_commanded_open_and_stays_closed_is_not_safe);
	tcase_add_test (dead, a_clean_start_does_nothing);
	tcase_add_test (dead, without_a_bench_nothing_can_be_made_safe);
	tcase_set_timeout (energy, 60);
	tcase_set_timeout (watch, 60);
	tcase_set_timeout (stop, 60);
	tcase_set_timeout (open, 60);
	tcase_set_timeout (dead, 60);
	suite_add_tcase (suite, energy);
	suite_add_tcase (suite, watch);
	suite_add_tcase (suite, stop);
	suite_add_tcase (suite, open);
	suite_add_tcase (suite, dead);
	return pl_suite_main (suite);
}
