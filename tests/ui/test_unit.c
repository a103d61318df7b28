/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/scan_frame.h"
#include "ui/snapshot.h"
#include "ui/sound.h"
#include "ui/watchdog.h"
#include <math.h>
#include <string.h>
#include <time.h>

/* What can be known of the window without a display. */

/* -- the scanner that types -------------------------------------------------------------------- */

/* '<' is the prefix key, '>' the terminator, '^' a shift; each key 10 ms after the last. */
static PlScanResult
type (PlScanFrame *frame, const char *keys)
{
	PlScanResult last = PL_SCAN_PASS;

	for (; *keys != '\0'; keys++) {
		PlScanKey kind = *keys == '<'	? PL_SCAN_KEY_PREFIX
				 : *keys == '>' ? PL_SCAN_KEY_END
				 : *keys == '^' ? PL_SCAN_KEY_OTHER
						: PL_SCAN_KEY_CHAR;

		last = pl_scan_frame_key (frame, kind, (guint32)*keys, frame->last_us + 10000);
	}
	return last;
}

START_TEST (a_framed_code_comes_whole_with_its_shifts_swallowed)
{
	PlScanFrame frame = {0};

	ck_assert_int_eq (type (&frame, "<^P^L32-000001>"), PL_SCAN_CODE);
	ck_assert_str_eq (frame.code, "PL32-000001");
	ck_assert_int_eq (type (&frame, "<PL32-000002>"), PL_SCAN_CODE);
	ck_assert_str_eq (frame.code, "PL32-000002");
}
END_TEST

START_TEST (keys_without_a_frame_are_nobodys_code)
{
	PlScanFrame frame = {0};

	ck_assert_int_eq (type (&frame, "PL32-000001>"), PL_SCAN_PASS);
	ck_assert_int_eq (type (&frame, " "), PL_SCAN_PASS);
}
END_TEST

START_TEST (the_return_of_an_unframed_code_presses_nothing_and_a_persons_own_does)
{
	PlScanFrame frame = {0};
	gint64 at = 5 * G_USEC_PER_SEC;

	ck_assert (!pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_END, 0, at));
	ck_assert (!pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_CHAR, ' ', at));
	ck_assert (!pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_CHAR, 'P', at));
	ck_assert (pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_CHAR, ' ', at + 1000));
	ck_assert (!pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_CHAR, '7', at + 2000));
	ck_assert (pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_END, 0, at + 3000));
	ck_assert (!pl_scan_frame_is_stray (&frame, PL_SCAN_KEY_END, 0, at + 2 * G_USEC_PER_SEC));
}
END_TEST

START_TEST (a_frame_that_begins_again_is_torn_and_the_second_counts)
{
	PlScanFrame frame = {0};

	ck_assert_int_eq (type (&frame, "<PL32-00"), PL_SCAN_SWALLOW);
	ck_assert_int_eq (type (&frame, "<"), PL_SCAN_TORN);
	ck_assert_int_eq (type (&frame, "PL32-000002>"), PL_SCAN_CODE);
	ck_assert_str_eq (frame.code, "PL32-000002");
}
END_TEST

START_TEST (a_frame_that_stands_still_for_a_second_gives_no_code)
{
	PlScanFrame frame = {0};

	type (&frame, "<PL32-0000");
	frame.last_us -= 2 * G_USEC_PER_SEC;
	ck_assert_int_eq (
	    pl_scan_frame_key (&frame, PL_SCAN_KEY_CHAR, '0', frame.last_us + 2 * G_USEC_PER_SEC),
	    PL_SCAN_TORN);
	ck_assert_int_eq (type (&frame, "1>"), PL_SCAN_PASS);
}
END_TEST

START_TEST (empty_overlong_and_control_codes_are_torn)
{
	PlScanFrame frame = {0};
	g_autofree char *overlong = g_strnfill (PL_SCAN_FRAME_MAX + 1, 'A');

	ck_assert_int_eq (type (&frame, "<>"), PL_SCAN_TORN);
	type (&frame, "<");
	ck_assert_int_eq (type (&frame, overlong), PL_SCAN_TORN);
	ck_assert_int_eq (type (&frame, ">"), PL_SCAN_PASS);
	ck_assert_int_eq (type (&frame, "<A\tB"), PL_SCAN_PASS);
	ck_assert_int_eq (type (&frame, "<A\x1d"
					"B>"),
			  PL_SCAN_CODE);
	ck_assert_mem_eq (frame.code,
			  "A\x1d"
			  "B",
			  4);
}
END_TEST

/* -- snapshots --------------------------------------------------------------------------------- */

/* A recipe of one step, as far as a snapshot looks at it. */
typedef struct {
	PlRecipeStep step;
	PlRecipe recipe;
	PlStepResult result;
	PlLimit limit;
	PlMeasurement low, high;
} Small;

static void
small_set_up (Small *self, PlSnapshot *s)
{
	self->step.title = (char *)"Ground bond";
	self->recipe.steps = g_ptr_array_new ();
	g_ptr_array_add (self->recipe.steps, &self->step);
	self->limit = (PlLimit){NAN, 0.1, NULL, (char *)"plant default"};
	self->low = (PlMeasurement){.name = (char *)"resistance_ohm",
				    .value = 0.0123,
				    .unit = "ohm",
				    .limit = &self->limit,
				    .verdict = PL_VERDICT_PASS};
	self->high = self->low;
	self->high.name = (char *)"other_ohm";
	self->high.value = 0.5;
	self->high.verdict = PL_VERDICT_FAIL;
	self->result = (PlStepResult){.step = &self->step, .attempt = 1};
	self->result.measurements = g_ptr_array_new ();
	s->steps = g_new0 (PlStepSnapshot, 1);
	s->n_steps = 1;
	s->steps[0].titles[PL_LANGUAGE_EN] = g_strdup (self->step.title);
}

static void
small_clear (Small *self)
{
	g_ptr_array_unref (self->recipe.steps);
	g_ptr_array_unref (self->result.measurements);
}

static void
tell (Small *self, PlSnapshot *s, PlEventKind kind, const PlMeasurement *m)
{
	PlRunEvent event = {kind, NULL, &self->result, m, 0.5, NULL};

	pl_snapshot_event (s, &self->recipe, &event);
}

START_TEST (a_step_shows_value_unit_and_limit_as_people_write_them)
{
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();
	Small small = {0};

	small_set_up (&small, s);
	tell (&small, s, PL_EVENT_STEP_STARTED, NULL);
	ck_assert_int_eq (s->running, 0);
	ck_assert_int_eq (s->steps[0].result, PL_ROW_RUNNING);
	tell (&small, s, PL_EVENT_MEASURED, &small.low);
	ck_assert_str_eq (s->steps[0].value, "12.3");
	ck_assert_str_eq (s->steps[0].unit, "mΩ");
	ck_assert_str_eq (s->steps[0].limit, "≤ 100 mΩ");
	small_clear (&small);
}
END_TEST

START_TEST (an_ended_step_shows_the_measurement_that_failed_and_not_the_last)
{
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();
	Small small = {0};

	small_set_up (&small, s);
	tell (&small, s, PL_EVENT_STEP_STARTED, NULL);
	g_ptr_array_add (small.result.measurements, &small.high);
	g_ptr_array_add (small.result.measurements, &small.low);
	small.result.verdict = PL_VERDICT_FAIL;
	tell (&small, s, PL_EVENT_STEP_ENDED, NULL);
	ck_assert_int_eq (s->steps[0].result, PL_ROW_FAIL);
	ck_assert_str_eq (s->steps[0].measurement, "other_ohm");
	ck_assert_str_eq (s->steps[0].value, "500");
	small_clear (&small);
}
END_TEST

START_TEST (a_copy_does_not_change_with_what_it_was_copied_from)
{
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();
	g_autoptr (PlSnapshot) copy = NULL;
	Small small = {0};

	small_set_up (&small, s);
	pl_snapshot_enter (s, PL_SLOT_RUNNING, "P1", NULL, NULL, 1);
	copy = pl_snapshot_copy (s);
	tell (&small, s, PL_EVENT_MEASURED, &small.low);
	pl_snapshot_enter (s, PL_SLOT_FAILED, "P1", "busbar_ohm is 593 uohm, limit <= 100 uohm",
			   NULL, 2);
	ck_assert_int_eq (copy->state, PL_SLOT_RUNNING);
	ck_assert_ptr_null (copy->steps[0].value);
	ck_assert_ptr_null (copy->cause);
	/* as it is recorded: it is said anew in the language of the screen */
	ck_assert_str_eq (s->cause, "busbar_ohm is 593 uohm, limit <= 100 uohm");
	small_clear (&small);
}
END_TEST

START_TEST (a_new_run_forgets_what_the_last_one_measured)
{
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();
	Small small = {0};

	small_set_up (&small, s);
	s->live[PL_LIVE_PACK_V] = 105;
	tell (&small, s, PL_EVENT_MEASURED, &small.low);
	pl_snapshot_enter (s, PL_SLOT_RUNNING, "P2", NULL, NULL, 1);
	ck_assert_ptr_null (s->steps[0].value);
	ck_assert_int_eq (s->steps[0].result, PL_ROW_WAITING);
	ck_assert (isnan (s->live[PL_LIVE_PACK_V]));
	/* nor does a blocked pack stand beside the values of the one before */
	tell (&small, s, PL_EVENT_MEASURED, &small.low);
	pl_snapshot_enter (s, PL_SLOT_PASSED, "P2", NULL, "A", 2);
	ck_assert_ptr_nonnull (s->steps[0].value);
	pl_snapshot_enter (s, PL_SLOT_BLOCKED, "P3", "passed before", NULL, 3);
	ck_assert_ptr_null (s->steps[0].value);
	small_clear (&small);
}
END_TEST

/* -- sounds ------------------------------------------------------------------------------------ */

static void
note_sound (gpointer data, PlSound sound)
{
	guint *counts = data;

	counts[sound]++;
}

static void
follow (PlSoundCard *card, PlSnapshot *s, PlSlotState state)
{
	pl_snapshot_enter (s, state, "P1", NULL, NULL, 1);
	pl_sound_card_follow (card, s);
	/* the same once more, as at each sample */
	pl_sound_card_follow (card, s);
}

START_TEST (each_verdict_sounds_once_and_a_slots_silence_is_its_own)
{
	guint counts[PL_SOUNDS] = {0};
	g_autoptr (PlSoundCard) card = pl_sound_card_new (note_sound, counts);
	g_autoptr (PlSnapshot) one = pl_snapshot_new ();
	g_autoptr (PlSnapshot) two = pl_snapshot_new ();

	two->slot = 1;
	follow (card, one, PL_SLOT_READY);
	follow (card, one, PL_SLOT_RUNNING);
	follow (card, two, PL_SLOT_RUNNING);
	follow (card, one, PL_SLOT_PASSED);
	follow (card, one, PL_SLOT_RUNNING);
	follow (card, one, PL_SLOT_PASSED);
	follow (card, two, PL_SLOT_FAILED);
	follow (card, one, PL_SLOT_BLOCKED);
	pl_sound_card_refuse (card);
	ck_assert_uint_eq (counts[PL_SOUND_NONE], 0);
	ck_assert_uint_eq (counts[PL_SOUND_PASS], 2);
	ck_assert_uint_eq (counts[PL_SOUND_FAIL], 1);
	ck_assert_uint_eq (counts[PL_SOUND_REFUSED], 2);
	ck_assert_uint_eq (counts[PL_SOUND_ALARM], 0);
}
END_TEST

START_TEST (a_fail_sounds_again_until_it_is_acknowledged)
{
	guint counts[PL_SOUNDS] = {0};
	g_autoptr (PlSoundCard) card = pl_sound_card_new (note_sound, counts);
	g_autoptr (PlSnapshot) s = pl_snapshot_new ();
	gint64 end = g_get_monotonic_time () + 12 * G_USEC_PER_SEC;
	guint then;

	follow (card, s, PL_SLOT_FAILED);
	while (counts[PL_SOUND_FAIL] < 2 && g_get_monotonic_time () < end)
		g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_ge (then = counts[PL_SOUND_FAIL], 2);
	follow (card, s, PL_SLOT_READY);
	end = g_get_monotonic_time () + 5500000;
	while (g_get_monotonic_time () < end)
		g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_eq (counts[PL_SOUND_FAIL], then);
}
END_TEST

/* How often a wave goes through zero upwards tells its tone. */
static guint
rises (GBytes *wave)
{
	gsize len;
	const guint8 *data = g_bytes_get_data (wave, &len);
	gint16 last = 0;
	guint n = 0;

	for (gsize i = 44; i + 1 < len; i += 2) {
		gint16 now = (gint16)(data[i] | data[i + 1] << 8);

		n += last <= 0 && now > 0;
		last = now;
	}
	return n;
}

START_TEST (the_tones_are_wave_files_that_differ_in_pitch_and_length)
{
	/* 2 kHz for 0.2 s, 400 Hz for twice 0.8 s, 1 kHz for three times 0.1 s */
	static const struct {
		PlSound sound;
		guint rises;
	} sounds[] = {{PL_SOUND_PASS, 400}, {PL_SOUND_FAIL, 640}, {PL_SOUND_REFUSED, 300}};

	for (guint i = 0; i < G_N_ELEMENTS (sounds); i++) {
		g_autoptr (GBytes) wave = pl_sound_wave (sounds[i].sound);
		const char *data = g_bytes_get_data (wave, NULL);
		guint n = rises (wave);

		ck_assert_mem_eq (data, "RIFF", 4);
		ck_assert_mem_eq (data + 8, "WAVEfmt ", 8);
		ck_assert_uint_ge (n, sounds[i].rises - 4);
		ck_assert_uint_le (n, sounds[i].rises + 4);
	}
}
END_TEST

/* -- the main loop ----------------------------------------------------------------------------- */

static gboolean
sleep_12_ms (gpointer data)
{
	g_usleep (12000);
	return G_SOURCE_REMOVE;
}

static gboolean
compute_12_ms (gpointer data)
{
	clock_t end = clock () + 12 * CLOCKS_PER_SEC / 1000;

	while (clock () < end)
		;
	return G_SOURCE_REMOVE;
}

/* Turns that took more than the goal. */
static guint64
beyond_goal (const guint64 *counts)
{
	guint64 n = 0;

	for (guint i = 2; i < PL_WATCHDOG_CLASSES; i++)
		n += counts[i];
	return n;
}

START_TEST (a_turn_that_takes_too_long_is_counted_and_whose_time_it_was)
{
	g_autoptr (PlWatchdog) watchdog = pl_watchdog_new ();
	const PlStalls *stalls = pl_watchdog_stalls (watchdog);
	g_autofree char *text = NULL;

	g_idle_add (sleep_12_ms, NULL);
	g_main_context_iteration (NULL, FALSE);
	g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_eq (beyond_goal (stalls->wall), 1);
	ck_assert_uint_eq (beyond_goal (stalls->processor), 0);
	ck_assert_double_ge (stalls->worst_ms, 12);
	g_idle_add (compute_12_ms, NULL);
	g_main_context_iteration (NULL, FALSE);
	g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_eq (beyond_goal (stalls->processor), 1);
	text = pl_watchdog_text (watchdog);
	ck_assert_ptr_nonnull (strstr (text, "main loop: "));
	pl_watchdog_reset (watchdog);
	g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_eq (beyond_goal (stalls->wall), 0);
}
END_TEST

static gboolean
do_nothing (gpointer data)
{
	return G_SOURCE_REMOVE;
}

START_TEST (waiting_for_something_to_do_is_no_stall)
{
	g_autoptr (PlWatchdog) watchdog = pl_watchdog_new ();
	const PlStalls *stalls = pl_watchdog_stalls (watchdog);

	for (guint i = 0; i < 3; i++) {
		g_autoptr (GSource) later = g_timeout_source_new (30);

		g_source_set_callback (later, do_nothing, NULL, NULL);
		g_source_attach (later, NULL);
		g_main_context_iteration (NULL, TRUE);
		g_source_destroy (later);
	}
	g_main_context_iteration (NULL, FALSE);
	ck_assert_uint_ge (stalls->turns, 3);
	ck_assert_double_lt (stalls->worst_processor_ms, 8);
	ck_assert_double_lt (stalls->worst_ms, 30);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("ui-unit");
	TCase *loop = tcase_create ("loop"), *sound = tcase_create ("sound"),
	      *scan = tcase_create ("scan"), *snapshot = tcase_create ("snapshot");

	tcase_add_test (scan, a_framed_code_comes_whole_with_its_shifts_swallowed);
	tcase_add_test (scan, keys_without_a_frame_are_nobodys_code);
	tcase_add_test (scan,
			the_return_of_an_unframed_code_presses_nothing_and_a_persons_own_does);
	tcase_add_test (scan, a_frame_that_begins_again_is_torn_and_the_second_counts);
	tcase_add_test (scan, a_frame_that_stands_still_for_a_second_gives_no_code);
	tcase_add_test (scan, empty_overlong_and_control_codes_are_torn);
	tcase_add_test (snapshot, a_step_shows_value_unit_and_limit_as_people_write_them);
	tcase_add_test (snapshot, an_ended_step_shows_the_measurement_that_failed_and_not_the_last);
	tcase_add_test (snapshot, a_copy_does_not_change_with_what_it_was_copied_from);
	tcase_add_test (snapshot, a_new_run_forgets_what_the_last_one_measured);
	tcase_add_test (loop, a_turn_that_takes_too_long_is_counted_and_whose_time_it_was);
	tcase_add_test (loop, waiting_for_something_to_do_is_no_stall);
	tcase_set_timeout (sound, 60);
	tcase_add_test (sound, each_verdict_sounds_once_and_a_slots_silence_is_its_own);
	tcase_add_test (sound, a_fail_sounds_again_until_it_is_acknowledged);
	tcase_add_test (sound, the_tones_are_wave_files_that_differ_in_pitch_and_length);
	suite_add_tcase (suite, sound);
	suite_add_tcase (suite, loop);
	suite_add_tcase (suite, scan);
	suite_add_tcase (suite, snapshot);
	return pl_suite_main (suite);
}
