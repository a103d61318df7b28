/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/person.h"
#include <string.h>

/* Four slots in one window, each with a simulated line of its own, all at work at the same time. */
#define SLOTS 4

static const char *const packs[SLOTS] = {"PL32-000001", "PL32-000002", "PL32-000003",
					 "PL32-000004"};

static Line *
line_of (Line *first, guint slot)
{
	return slot == 0 ? first : g_ptr_array_index (first->beside, slot - 1);
}

/* faults: NULL = none. */
static Line *
start_lines (const char *const faults[SLOTS])
{
	Line *first = NULL;

	for (guint i = 0; i < SLOTS; i++) {
		const char *one[] = {faults[i], NULL};

		if (i == 0)
			first = line_start (one, FALSE);
		else
			line_add (first, one);
	}
	for (guint i = 0; i < SLOTS; i++)
		line_assemble (first, packs[i]);
	return first;
}

/* Each bench's scanner belongs to its slot. */
static void
scan_at_benches (Line *first)
{
	for (guint i = 0; i < SLOTS; i++) {
		g_autofree char *words = g_strdup_printf ("act scanner scan %s", packs[i]);

		g_free (line_tell (line_of (first, i), words));
	}
}

static void
await_tile (Person *person, guint slot, const char *state)
{
	g_autofree char *name = g_strdup_printf ("Slot %u %s %s", slot + 1, state, packs[slot]);

	person_await_text (person, name);
}

static void
assert_kept (Line *first)
{
	const char *check[] = {"db", "check", NULL}, *verify[] = {"db", "verify", NULL};

	ck_assert_msg (line_packline (first, check) == 0, "%s", line_tail (first));
	ck_assert_msg (line_packline (first, verify) == 0, "%s", line_tail (first));
	for (guint i = 0; i < SLOTS; i++)
		line_assert_safe (line_of (first, i));
}

START_TEST (four_slots_at_once_come_each_to_their_own_verdict)
{
	static const char *const faults[SLOTS] = {NULL, "loose-busbar", NULL,
						  "estop-pressed at 20"};
	static const char *const verdicts[SLOTS] = {"PASS", "FAIL", "ABORTED", "ERROR"};
	g_autoptr (Line) first = start_lines (faults);
	Person *person = person_start (first);

	scan_at_benches (first);
	await_tile (person, 2, "TESTING");
	person_click (person, "Slot 3");
	person_await (person, "TESTING PL32-000003");
	person_click (person, "Stop");
	person_await (person, "ABORTED PL32-000003");
	person_press ("Escape");
	for (guint i = 0; i < SLOTS; i++)
		await_tile (person, i, verdicts[i]);
	person_stop (person);
	for (guint i = 0; i < SLOTS; i++) {
		g_autoptr (PlRunRow) run = line_run_of (first, packs[i]);
		g_autofree char *bench = g_strdup_printf ("line-%u", i + 1);

		ck_assert_str_eq (run->verdict, verdicts[i]);
		ck_assert_str_eq (run->bench, bench);
		ck_assert_str_eq (run->entry, "scanned");
	}
	assert_kept (first);
}
END_TEST

START_TEST (the_windows_scanner_gives_a_pack_to_the_chosen_slot_and_guesses_none)
{
	static const char *const faults[SLOTS] = {NULL};
	g_autoptr (Line) first = start_lines (faults);
	Person *person = person_start (first);
	g_autoptr (PlRunRow) second = NULL;

	person_scan (packs[1]);
	person_await_text (person, "Several slots are free");
	person_scan ("SLOT-2");
	person_await_text (person, "Slot 2 READY, chosen");
	person_scan (packs[1]);
	await_tile (person, 1, "TESTING");
	/* a pack is on one slot only */
	person_scan ("SLOT-4");
	person_scan (packs[1]);
	person_await_text (person, "Slot 4 BLOCKED PL32-000002");
	await_tile (person, 1, "PASS");
	person_stop (person);
	second = line_run_of (first, packs[1]);
	ck_assert_str_eq (second->bench, "line-2");
	ck_assert_str_eq (second->verdict, "PASS");
	assert_kept (first);
}
END_TEST

START_TEST (after_kill_9_with_four_slots_at_work_each_bench_is_made_safe_and_its_run_is_error)
{
	static const char *const faults[SLOTS] = {NULL};
	g_autoptr (Line) first = start_lines (faults);
	Person *person = person_start (first);

	scan_at_benches (first);
	for (guint i = 0; i < SLOTS; i++)
		await_tile (person, i, "TESTING");
	person_kill (person);
	person = person_start (first);
	for (guint i = 0; i < SLOTS; i++) {
		g_autoptr (PlRunRow) run = line_run_of (first, packs[i]);

		ck_assert_str_eq (run->verdict, "ERROR");
		ck_assert_ptr_nonnull (strstr (run->cause, "interrupted"));
	}
	assert_kept (first);
	person_stop (person);
}
END_TEST

START_TEST (a_window_that_is_closed_with_four_slots_at_work_tears_every_one_down)
{
	static const char *const faults[SLOTS] = {NULL};
	g_autoptr (Line) first = start_lines (faults);
	Person *person = person_start (first);

	scan_at_benches (first);
	for (guint i = 0; i < SLOTS; i++)
		await_tile (person, i, "TESTING");
	person_stop (person);
	for (guint i = 0; i < SLOTS; i++) {
		g_autoptr (PlRunRow) run = line_run_of (first, packs[i]);

		ck_assert_str_eq (run->verdict, "ABORTED");
		ck_assert_ptr_nonnull (strstr (run->cause, "closing the station"));
	}
	assert_kept (first);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-many");
	TCase *tcase = tcase_create ("many");

	tcase_set_timeout (tcase, 300);
	tcase_add_test (tcase, four_slots_at_once_come_each_to_their_own_verdict);
	tcase_add_test (tcase,
			the_windows_scanner_gives_a_pack_to_the_chosen_slot_and_guesses_none);
	tcase_add_test (
	    tcase,
	    after_kill_9_with_four_slots_at_work_each_bench_is_made_safe_and_its_run_is_error);
	tcase_add_test (tcase,
			a_window_that_is_closed_with_four_slots_at_work_tears_every_one_down);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
