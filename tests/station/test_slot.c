/* SPDX-License-Identifier: Apache-2.0 */
#include "station/people.h"
#include "station/signals.h"
#include "tests/station/room.h"
#include <string.h>

/* The sitting of a slot, as a head sees it: states in order, and what is taken when. */

#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define PARTS                                                                                      \
	"main:\n  - step: identify\n    limits:\n      cells_count: { min: %d, source: s }\n"      \
	"      boards_count: { min: 0, source: s }\n      grades_count: { min: 0, source: s }\n"

typedef struct {
	Room *room;
	PlRecipe *recipe;
	PlSlot *slot;
	GMutex mutex;
	GCond cond;
	GString *states; /* "RECOVERING READY ..." */
	GString *said;
	PlSlotState now;
	char *cause, *badge;
	gboolean overridable; /* in the state that it is in */
	guint asked; /* prompts that were opened */
	gboolean tries_to_hold; /* as soon as a run begins */
	GError *refusal;
} Seat;

static void
on_state (gpointer data, PlSlotState state, const char *serial, PlRun *run, const char *cause)
{
	Seat *seat = data;

	if (seat->tries_to_hold && state == PL_SLOT_RUNNING)
		pl_slot_hold (seat->slot, "4711", &seat->refusal);
	g_mutex_lock (&seat->mutex);
	seat->now = state;
	seat->overridable = FALSE;
	g_free (seat->cause);
	seat->cause = g_strdup (cause);
	g_string_append_printf (seat->states, "%s ", pl_slot_state_name (state));
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static void
on_event (gpointer data, const PlRunEvent *event)
{
	Seat *seat = data;

	if (event->kind != PL_EVENT_PROMPT)
		return;
	g_mutex_lock (&seat->mutex);
	seat->asked += event->prompt != NULL;
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static void
on_said (gpointer data, const char *line)
{
	Seat *seat = data;

	g_mutex_lock (&seat->mutex);
	g_string_append_printf (seat->said, "%s\n", line);
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static void
on_overridable (gpointer data)
{
	Seat *seat = data;

	g_mutex_lock (&seat->mutex);
	seat->overridable = TRUE;
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static void
on_badge (gpointer data, const char *code)
{
	Seat *seat = data;

	g_mutex_lock (&seat->mutex);
	seat->badge = g_strdup (code);
	g_cond_broadcast (&seat->cond);
	g_mutex_unlock (&seat->mutex);
}

static const PlSlotObserver observer = {on_state, on_event, on_said, on_overridable};

static Seat *
seat_of (Room *room, const char *body, const char *reject_code)
{
	Seat *seat = g_new0 (Seat, 1);
	PlSlotPlan plan = {
	    .station = room->station, .kind = "production", .reject_code = reject_code};

	plan.badge = on_badge;
	plan.badge_data = seat;
	seat->room = room;
	seat->recipe = plan.recipe = room_recipe (body);
	seat->states = g_string_new (NULL);
	seat->said = g_string_new (NULL);
	g_mutex_init (&seat->mutex);
	g_cond_init (&seat->cond);
	seat->slot = pl_slot_new (&plan, &observer, seat);
	return seat;
}

/* With so many cells at least wanted: 0 passes, 32 fails, as nothing was assembled. */
static Seat *
seat_new (Room *room, int cells, const char *reject_code)
{
	g_autofree char *body = g_strdup_printf (PARTS, cells);

	return seat_of (room, body, reject_code);
}

static void
seat_free (Seat *seat)
{
	g_clear_pointer (&seat->slot, pl_slot_free);
	pl_recipe_free (seat->recipe);
	g_string_free (seat->states, TRUE);
	g_string_free (seat->said, TRUE);
	g_mutex_clear (&seat->mutex);
	g_cond_clear (&seat->cond);
	g_free (seat->cause);
	g_free (seat->badge);
	g_clear_error (&seat->refusal);
	g_free (seat);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seat, seat_free)

static void
await (Seat *seat, PlSlotState state)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (seat->now != state)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("never %s: %s", pl_slot_state_name (state),
				      seat->states->str);
	g_mutex_unlock (&seat->mutex);
}

/* A state may be over before anybody looks. */
static void
await_states (Seat *seat, const char *last)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (!g_str_has_suffix (seat->states->str, last))
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("never %s: %s", last, seat->states->str);
	g_mutex_unlock (&seat->mutex);
}

static void
await_said (Seat *seat, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (strstr (seat->said->str, part) == NULL)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("\"%s\" was never said, but: %s", part, seat->said->str);
	g_mutex_unlock (&seat->mutex);
}

static void
await_cause (Seat *seat, const char *part)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (seat->cause == NULL || strstr (seat->cause, part) == NULL)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("the cause is never \"%s\", but: %s", part, seat->cause);
	g_mutex_unlock (&seat->mutex);
}

static void
await_asked (Seat *seat)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (seat->asked == 0)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("nothing was asked: %s", seat->states->str);
	g_mutex_unlock (&seat->mutex);
}

static void
await_overridable (Seat *seat)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	g_mutex_lock (&seat->mutex);
	while (!seat->overridable)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("it cannot be overridden: %s", seat->cause);
	g_mutex_unlock (&seat->mutex);
}

START_TEST (packs_follow_each_other_without_a_word_after_a_pass)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	g_autofree char *entries = NULL;

	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	pl_slot_scan (seat->slot, "P0002", "typed");
	await_states (seat, "RUNNING PASSED RUNNING PASSED ");
	pl_slot_close (seat->slot);
	await (seat, PL_SLOT_CLOSED);
	ck_assert_str_eq (seat->states->str,
			  "RECOVERING READY RUNNING PASSED RUNNING PASSED CLOSED ");
	entries = room_query (room, "SELECT group_concat(entry) FROM run");
	ck_assert_str_eq (entries, "scanned,typed");
}
END_TEST

START_TEST (a_failed_pack_holds_the_slot_until_it_is_acknowledged)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 32, NULL);

	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_FAILED);
	ck_assert_says (seat->cause, "cells_count");
	pl_slot_scan (seat->slot, "P0002", "scanned");
	await_said (seat, "P0002 is not taken");
	ck_assert_int_eq (seat->now, PL_SLOT_FAILED);
	pl_slot_acknowledge (seat->slot, NULL);
	await (seat, PL_SLOT_READY);
}
END_TEST

START_TEST (with_a_reject_bin_only_its_code_acknowledges_a_fail)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 32, "REJECT-BIN-1");

	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_FAILED);
	pl_slot_acknowledge (seat->slot, NULL);
	await_said (seat, "scanning the reject bin");
	pl_slot_scan (seat->slot, "P0002", "scanned");
	await_said (seat, "P0002 is not taken");
	pl_slot_scan (seat->slot, "REJECT-BIN-1", "scanned");
	await (seat, PL_SLOT_READY);
}
END_TEST

START_TEST (a_blocked_pack_says_why_costs_nothing_and_needs_no_acknowledgement)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	g_autofree char *runs = NULL;

	pl_slot_scan (seat->slot, "Q1", "scanned");
	await (seat, PL_SLOT_BLOCKED);
	ck_assert_says (seat->cause, "is not a serial of P");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	/* a production pack that has passed is not tested twice */
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_BLOCKED);
	runs = room_query (room, "SELECT count(*) FROM run");
	ck_assert_str_eq (runs, "1");
}
END_TEST

START_TEST (closing_a_slot_that_waits_ends_it_at_once)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	gint64 began;

	await (seat, PL_SLOT_READY);
	began = g_get_monotonic_time ();
	pl_slot_close (seat->slot);
	await (seat, PL_SLOT_CLOSED);
	ck_assert_int_lt (g_get_monotonic_time () - began, 2 * G_USEC_PER_SEC);
}
END_TEST

/* The bench in somebody's hands. */
static void
hold (Seat *seat)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_slot_hold (seat->slot, "4711", &error), error);
	await (seat, PL_SLOT_HELD);
}

START_TEST (a_bench_in_hand_takes_no_code_and_says_so_until_it_is_given_back)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	g_autoptr (GError) error = NULL;

	await (seat, PL_SLOT_READY);
	hold (seat);
	ck_assert_str_eq (seat->cause, "4711");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await_said (seat, "P0001 is not taken: somebody works at the bench");
	ck_assert (!pl_slot_hold (seat->slot, "4712", &error));
	ck_assert_says (error->message, "in the hands of 4711");
	pl_slot_release (seat->slot);
	await (seat, PL_SLOT_READY);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
}
END_TEST

START_TEST (a_bench_with_a_run_on_it_or_a_failed_pack_is_not_given_to_anybody)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 32, NULL);
	g_autoptr (GError) error = NULL;

	await (seat, PL_SLOT_READY);
	seat->tries_to_hold = TRUE;
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_FAILED);
	ck_assert_says (seat->refusal->message, "not free");
	ck_assert (!pl_slot_hold (seat->slot, "4711", &error));
	pl_slot_acknowledge (seat->slot, NULL);
	await (seat, PL_SLOT_READY);
	hold (seat);
	pl_slot_release (seat->slot);
}
END_TEST

START_TEST (a_slot_that_is_closed_waits_for_who_holds_the_bench)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);

	await (seat, PL_SLOT_READY);
	hold (seat);
	pl_slot_close (seat->slot);
	g_usleep (100000);
	ck_assert_int_eq (seat->now, PL_SLOT_HELD);
	pl_slot_release (seat->slot);
	await (seat, PL_SLOT_CLOSED);
}
END_TEST

/* -- the tower light --------------------------------------------------------------------------- */

static void
assert_in_order (const char *const *calls, guint n)
{
	int at = -1;

	for (guint i = 0; i < n; i++) {
		g_autofree char *all = fake_calls ();
		int found = fake_find (calls[i], at);

		ck_assert_msg (found > at, "no \"%s\" after the ones before: %s", calls[i], all);
		at = found;
	}
}

static int
await_call (const char *call, int after)
{
	gint64 end = g_get_monotonic_time () + PATIENCE_US;
	int at;

	while ((at = fake_find (call, after)) < 0) {
		ck_assert_msg (g_get_monotonic_time () < end, "never: %s", call);
		g_usleep (2000);
	}
	return at;
}

START_TEST (the_tower_follows_the_slot_and_the_buzzer_calls_until_a_fail_is_acknowledged)
{
	static const char *const calls[] = {
	    "plc write lamp_yellow=1", "plc write lamp_white=1", "plc write lamp_green=1",
	    "plc write buzzer=0",      "plc write lamp_red=1",	 "plc write buzzer=2",
	    "plc write lamp_red=0",    "plc write lamp_white=1", "plc write buzzer=0"};
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Seat) seat = seat_new (room, 32, NULL);

	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_FAILED);
	await_call ("plc write buzzer=2", -1);
	pl_slot_acknowledge (seat->slot, NULL);
	await (seat, PL_SLOT_READY);
	pl_slot_close (seat->slot);
	await (seat, PL_SLOT_CLOSED);
	assert_in_order (calls, G_N_ELEMENTS (calls));
}
END_TEST

START_TEST (a_tower_that_does_not_work_is_said_once_and_changes_no_verdict)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Seat) seat = NULL;
	const char *first;

	fake_break ("plc write lamp", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	seat = seat_new (room, 0, NULL);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	g_clear_pointer (&seat->slot, pl_slot_free);
	first = strstr (seat->said->str, "tower light: ");
	ck_assert_ptr_nonnull (first);
	ck_assert_ptr_null (strstr (first + 1, "tower light: "));
}
END_TEST

START_TEST (a_plc_without_a_tower_is_said_once_and_left_alone)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Seat) seat = NULL;

	fake.no_tower = TRUE;
	seat = seat_new (room, 0, NULL);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	g_clear_pointer (&seat->slot, pl_slot_free);
	await_said (seat, "no \"lamp_red\"");
	ck_assert_int_lt (fake_find ("plc write lamp", -1), 0);
	ck_assert_int_lt (fake_find ("plc write buzzer=1", -1), 0);
}
END_TEST

START_TEST (a_refused_code_sounds_each_time_but_not_over_a_fail)
{
	static const char *const calls[] = {"plc write buzzer=3", "plc write buzzer=0",
					    "plc write buzzer=3"};
	g_autoptr (Room) room = room_new ("plc", TRUE);
	g_autoptr (Seat) seat = seat_new (room, 32, NULL);
	int refused;

	await (seat, PL_SLOT_READY);
	pl_slot_refuse (seat->slot);
	await_call ("plc write buzzer=3", -1);
	pl_slot_refuse (seat->slot);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await_call ("plc write buzzer=2", -1);
	assert_in_order (calls, G_N_ELEMENTS (calls));
	refused = fake_find ("plc write buzzer=2", -1);
	pl_slot_scan (seat->slot, "P0002", "scanned");
	await_said (seat, "P0002 is not taken");
	g_clear_pointer (&seat->slot, pl_slot_free);
	ck_assert_int_lt (fake_find ("plc write buzzer=3", refused), 0);
}
END_TEST

START_TEST (a_slot_whose_sounds_are_made_elsewhere_keeps_the_buzzer_silent)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	PlTower tower = {.bench = room->station->bench, .no_buzzer = TRUE};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_tower_show (&tower, pl_signal_of (PL_SLOT_FAILED, FALSE), &error), error);
	ck_assert_ok (pl_tower_sound (&tower, PL_SOUND_REFUSED, &error), error);
	ck_assert_int_ge (fake_find ("plc write lamp_red=1", -1), 0);
	ck_assert_int_ge (fake_find ("plc write buzzer=0", -1), 0);
	ck_assert_int_lt (fake_find ("plc write buzzer=2", -1), 0);
	ck_assert_int_lt (fake_find ("plc write buzzer=3", -1), 0);
}
END_TEST

START_TEST (a_lamp_that_cannot_flash_burns_steadily)
{
	g_autoptr (Room) room = room_new ("plc", TRUE);
	PlTower tower = {.bench = room->station->bench};
	g_autoptr (GError) error = NULL;

	fake_break ("plc write lamp_green=2", -1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED,
		    "2 does not fit");
	ck_assert_ok (pl_tower_show (&tower, pl_signal_of (PL_SLOT_PASSED, FALSE), &error), error);
	ck_assert_int_ge (fake_find ("plc write lamp_green=1", -1), 0);
}
END_TEST

/* By what the hall can tell apart: no two states look alike from there. */
START_TEST (each_state_has_a_light_of_its_own_and_what_must_be_acknowledged_sounds_on)
{
	for (guint a = 0; a < PL_SLOT_STATES; a++) {
		const PlSignal *one = pl_signal_of (a, FALSE);
		guint lit = 0;

		for (guint i = 0; i < PL_LAMPS; i++)
			lit += one->lamps[i] != PL_LIGHT_OFF;
		ck_assert_int_eq (lit == 0, a == PL_SLOT_CLOSED);
		ck_assert_int_eq (pl_sound_goes_on (one->sound),
				  a == PL_SLOT_FAILED || a == PL_SLOT_UNSAFE);
		ck_assert_int_eq (one->lamps[PL_LAMP_RED] != PL_LIGHT_OFF,
				  a == PL_SLOT_FAILED || a == PL_SLOT_UNSAFE);
		for (guint b = a + 1; b < PL_SLOT_STATES; b++)
			ck_assert_int_ne (
			    memcmp (one->lamps, pl_signal_of (b, FALSE)->lamps, sizeof one->lamps),
			    0);
	}
	ck_assert_int_eq (pl_signal_of (PL_SLOT_RUNNING, TRUE)->lamps[PL_LAMP_BLUE],
			  PL_LIGHT_FLASH);
	ck_assert_ptr_eq (pl_signal_of (PL_SLOT_FAILED, TRUE),
			  pl_signal_of (PL_SLOT_FAILED, FALSE));
}
END_TEST

static void
assert_value (Room *room, const char *sql, const char *value)
{
	g_autofree char *got = room_query (room, sql);

	ck_assert_msg (g_strcmp0 (got, value) == 0, "%s: \"%s\", not \"%s\"", sql, got, value);
}

START_TEST (a_second_person_lets_a_pack_run_that_has_passed_and_all_memory_says_so)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	g_autofree char *record = NULL;

	pl_station_set_operator (room->station, "O1");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	record = room_query (room, "SELECT body FROM record ORDER BY run LIMIT 1");
	ck_assert_ptr_null (strstr (record, "override"));
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_BLOCKED);
	await_overridable (seat);
	pl_slot_override (seat->slot, "P0001", "T1", "label was torn");
	await (seat, PL_SLOT_PASSED);
	assert_value (room,
		      "SELECT json_extract(body, '$.by') || ' ' || json_extract(body, '$.serial') "
		      "|| ': ' || json_extract(body, '$.reason') FROM journal "
		      "WHERE kind = 'override'",
		      "T1 P0001: label was torn");
	assert_value (room,
		      "SELECT json_extract(journal.body, '$.run') = run.uuid FROM journal, run "
		      "WHERE journal.kind = 'override' AND run.id = 2",
		      "1");
	assert_value (room,
		      "SELECT text LIKE 'T1 lets it run: label was torn (it passed %' "
		      "FROM event WHERE kind = 'override' AND run = 2",
		      "1");
	assert_value (room,
		      "SELECT json_extract(body, '$.record.facts.override') LIKE "
		      "'T1 lets it run: label was torn%' FROM record WHERE run = 2",
		      "1");
}
END_TEST

START_TEST (nobody_lets_their_own_pack_run)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);

	pl_station_set_operator (room->station, "T1");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await_overridable (seat);
	pl_slot_override (seat->slot, "P0001", "T1", "I know it");
	/* it took the word of the first to answer the second */
	pl_slot_override (seat->slot, "P0001", "Q1", "why not");
	await_said (seat, "is not blocked any more");
	ck_assert_says (seat->cause, "a second person: T1 is the operator");
	assert_value (room, "SELECT count(*) FROM run", "1");
	assert_value (room, "SELECT count(*) FROM journal WHERE kind = 'override'", "0");
}
END_TEST

static void
pass_and_block (Seat *seat, const char *serial)
{
	pl_slot_scan (seat->slot, serial, "scanned");
	await (seat, PL_SLOT_PASSED);
	pl_slot_scan (seat->slot, serial, "scanned");
	await_overridable (seat);
}

static guint
count_calls (const char *call, int from, int to)
{
	guint n = 0;

	for (int at = from; (at = fake_find (call, at)) >= 0 && at < to;)
		n++;
	return n;
}

/* The run holds the PLC meanwhile; a lamp that does not work is no trouble of the run. */
START_TEST (the_tower_calls_once_for_the_person_while_the_question_is_open)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autoptr (Seat) seat =
	    seat_of (room, "main:\n  - step: prompt\n    with: { sentence: Look }\n", NULL);
	int asked, answered;

	pl_slot_scan (seat->slot, "P0001", "scanned");
	await_asked (seat);
	pl_slot_answer (seat->slot, "confirmed", "O1");
	await (seat, PL_SLOT_PASSED);
	asked = fake_find ("plc write lamp_blue=2", -1);
	ck_assert_int_ge (asked, 0);
	answered = fake_find ("plc write lamp_blue=0", asked);
	ck_assert_int_gt (answered, asked);
	ck_assert_uint_eq (count_calls ("plc write buzzer=4", asked, answered), 1);
	fake_break ("plc write lamp", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	seat->asked = 0;
	pl_slot_scan (seat->slot, "P0002", "scanned");
	await_asked (seat);
	pl_slot_answer (seat->slot, "confirmed", "O1");
	await (seat, PL_SLOT_PASSED);
}
END_TEST

/* Its steps have undone what they did: no row of theirs says that anything may be live. */
START_TEST (what_a_teardown_could_not_prove_is_proved_before_the_slot_is_ready)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autofree char *body = g_strdup_printf (PARTS "teardown:\n  - step: make-safe\n", 0);
	g_autoptr (Seat) seat = seat_of (room, body, NULL);

	await (seat, PL_SLOT_READY);
	fake_break ("plc write hv_enable=0", 2, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_UNSAFE);
	ck_assert_says (seat->cause, "the teardown could not prove it safe");
	pl_slot_acknowledge (seat->slot, NULL);
	await_states (seat, "RUNNING UNSAFE RECOVERING UNSAFE ");
	pl_slot_acknowledge (seat->slot, NULL);
	await_states (seat, "RUNNING UNSAFE RECOVERING UNSAFE RECOVERING READY ");
}
END_TEST

START_TEST (the_tower_keeps_people_out_of_a_held_bench_until_it_is_proved_safe)
{
	g_autoptr (Room) room = room_new ("plc", FALSE);
	g_autofree char *body = g_strdup_printf (PARTS "teardown:\n  - step: make-safe\n", 0);
	g_autoptr (Seat) seat = seat_of (room, body, NULL);
	int at;

	fake_break ("plc write hv_enable=0", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_UNSAFE);
	at = await_call ("plc write buzzer=5", -1);
	hold (seat);
	at = await_call ("plc write buzzer=5", at); /* the alarm, as the hold begins */
	ck_assert_int_lt (fake_find ("plc write lamp_blue=1", -1), 0);
	ck_assert (pl_station_make_safe (room->station, NULL));
	at = await_call ("plc write lamp_blue=1", await_call ("plc write lamp_red=0", at));
	fake_break ("plc write hv_enable=0", 1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silence");
	ck_assert (!pl_station_make_safe (room->station, NULL));
	await_call ("plc write buzzer=5", await_call ("plc write lamp_red=2", at));
	pl_slot_release (seat->slot);
}
END_TEST

START_TEST (a_reason_given_for_one_pack_lets_no_other_run)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);

	pl_station_set_operator (room->station, "O1");
	pass_and_block (seat, "P0001");
	pass_and_block (seat, "P0002");
	pl_slot_override (seat->slot, "P0001", "T1", "label was torn");
	await_said (seat, "P0001 is not blocked any more");
	assert_value (room, "SELECT count(*) FROM run", "2");
	pl_slot_override (seat->slot, "P0002", "T1", "its label, too");
	await (seat, PL_SLOT_PASSED);
	assert_value (room, "SELECT count(*) FROM run", "3");
}
END_TEST

START_TEST (a_second_person_is_second_to_somebody)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);

	pass_and_block (seat, "P0001");
	pl_people_stand (room->station, NULL);
	pl_slot_override (seat->slot, "P0001", "T1", "label was torn");
	await_cause (seat, "nobody is logged in");
	assert_value (room, "SELECT count(*) FROM run", "1");
}
END_TEST

START_TEST (a_code_that_is_no_serial_is_not_overridden)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);

	pl_slot_scan (seat->slot, "Q1", "scanned");
	await (seat, PL_SLOT_BLOCKED);
	pl_slot_override (seat->slot, "Q1", "T1", "it is a pack");
	await_said (seat, "is not blocked any more");
	ck_assert (!seat->overridable);
}
END_TEST

START_TEST (without_anybody_logged_in_no_pack_is_tested)
{
	g_autoptr (Room) room = room_new ("", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	PlPerson person = {.id = 1, .name = (char *)"O1", .role = PL_PERSON_OPERATOR};

	await (seat, PL_SLOT_READY);
	pl_people_stand (room->station, NULL);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_BLOCKED);
	ck_assert_says (seat->cause, "nobody is logged in: scan your badge");
	assert_value (room, "SELECT count(*) FROM run", "0");
	pl_people_stand (room->station, &person);
	pl_slot_scan (seat->slot, "P0001", "scanned");
	await (seat, PL_SLOT_PASSED);
	assert_value (room, "SELECT name FROM operator JOIN run ON operator.id = run.operator",
		      "O1");
}
END_TEST

START_TEST (a_badge_at_the_benchs_scanner_is_its_owners_and_is_said_to_nobody)
{
	g_autoptr (Room) room = room_new ("scanner", FALSE);
	g_autoptr (Seat) seat = seat_new (room, 0, NULL);
	gint64 end = g_get_monotonic_time () + PATIENCE_US;

	await (seat, PL_SLOT_READY);
	g_atomic_pointer_set (&fake.scanned, g_strdup ("PLB-operator-12"));
	g_mutex_lock (&seat->mutex);
	while (seat->badge == NULL)
		if (!g_cond_wait_until (&seat->cond, &seat->mutex, end))
			ck_abort_msg ("the badge was given to nobody: %s", seat->states->str);
	g_mutex_unlock (&seat->mutex);
	ck_assert_str_eq (seat->badge, "PLB-operator-12");
	ck_assert_ptr_null (strstr (seat->said->str, "PLB-"));
	ck_assert_str_eq (seat->states->str, "RECOVERING READY ");
}
END_TEST

static void
add_tower_tests (Suite *suite)
{
	TCase *tcase = tcase_create ("tower");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (
	    tcase, the_tower_follows_the_slot_and_the_buzzer_calls_until_a_fail_is_acknowledged);
	tcase_add_test (tcase, a_tower_that_does_not_work_is_said_once_and_changes_no_verdict);
	tcase_add_test (tcase, a_plc_without_a_tower_is_said_once_and_left_alone);
	tcase_add_test (tcase, a_refused_code_sounds_each_time_but_not_over_a_fail);
	tcase_add_test (tcase, a_slot_whose_sounds_are_made_elsewhere_keeps_the_buzzer_silent);
	tcase_add_test (tcase, a_lamp_that_cannot_flash_burns_steadily);
	tcase_add_test (tcase,
			each_state_has_a_light_of_its_own_and_what_must_be_acknowledged_sounds_on);
	tcase_add_test (tcase,
			a_second_person_lets_a_pack_run_that_has_passed_and_all_memory_says_so);
	tcase_add_test (tcase, nobody_lets_their_own_pack_run);
	tcase_add_test (tcase, the_tower_calls_once_for_the_person_while_the_question_is_open);
	tcase_add_test (tcase, what_a_teardown_could_not_prove_is_proved_before_the_slot_is_ready);
	tcase_add_test (tcase, the_tower_keeps_people_out_of_a_held_bench_until_it_is_proved_safe);
	tcase_add_test (tcase, a_reason_given_for_one_pack_lets_no_other_run);
	tcase_add_test (tcase, a_second_person_is_second_to_somebody);
	tcase_add_test (tcase, a_code_that_is_no_serial_is_not_overridden);
	tcase_add_test (tcase, without_anybody_logged_in_no_pack_is_tested);
	tcase_add_test (tcase, a_badge_at_the_benchs_scanner_is_its_owners_and_is_said_to_nobody);
	suite_add_tcase (suite, tcase);
}

int
main (void)
{
	Suite *suite = suite_create ("station-slot");
	TCase *tcase = tcase_create ("slot");

	tcase_set_timeout (tcase, 60);
	tcase_add_test (tcase, packs_follow_each_other_without_a_word_after_a_pass);
	tcase_add_test (tcase, a_failed_pack_holds_the_slot_until_it_is_acknowledged);
	tcase_add_test (tcase, with_a_reject_bin_only_its_code_acknowledges_a_fail);
	tcase_add_test (tcase, a_blocked_pack_says_why_costs_nothing_and_needs_no_acknowledgement);
	tcase_add_test (tcase, closing_a_slot_that_waits_ends_it_at_once);
	tcase_add_test (tcase, a_bench_in_hand_takes_no_code_and_says_so_until_it_is_given_back);
	tcase_add_test (tcase, a_bench_with_a_run_on_it_or_a_failed_pack_is_not_given_to_anybody);
	tcase_add_test (tcase, a_slot_that_is_closed_waits_for_who_holds_the_bench);
	suite_add_tcase (suite, tcase);
	add_tower_tests (suite);
	return pl_suite_main (suite);
}
