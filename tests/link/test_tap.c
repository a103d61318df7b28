/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/tap.h"
#include "tests/folder.h"
#include "tests/link/wire.h"
#include <string.h>

/* A look at a link: it sees everything and changes nothing. */

static gint64
soon (void)
{
	return pl_deadline_ms (5000);
}

/* Something of everything that a recording knows; `wire` NULL on replay. Returns what the station
 * saw. */
static char *
dialogue (PlLink *link, Wire *wire)
{
	static const guint8 binary[] = {0x00, 0x79, 0xff, 0x1f, 0x80};
	PlLineSettings line = {
	    .baud = 115200, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	g_autoptr (GString) seen = g_string_new (NULL);
	g_autoptr (GError) error = NULL;
	g_autofree char *reply = NULL;
	guint8 buf[16];

	ck_assert_ok (pl_link_set_line (link, &line, &error), error);
	ck_assert_ok (pl_link_write (link, "*IDN?\r\n", 7, soon (), &error), error);
	if (wire != NULL)
		wire_send (wire, "say \"hi\\there\"\r\n", 16);
	reply = pl_link_read_line (link, '\n', 100, soon (), &error);
	g_string_append_printf (seen, "line %s\n", reply);
	ck_assert_ok (pl_link_write (link, binary, sizeof binary, soon (), &error), error);
	if (wire != NULL)
		wire_send (wire, binary, sizeof binary);
	ck_assert_ok (pl_link_read_exact (link, buf, sizeof binary, soon (), &error), error);
	ck_assert_mem_eq (buf, binary, sizeof binary);
	ck_assert_int_eq (pl_link_read (link, buf, 1, pl_deadline_ms (100), &error), -1);
	g_string_append_printf (seen, "%s %d\n", g_quark_to_string (error->domain), error->code);
	g_clear_error (&error);
	if (wire != NULL)
		wire_hang_up (wire);
	ck_assert_int_eq (pl_link_read (link, buf, 1, soon (), &error), -1);
	g_string_append_printf (seen, "%d\n", error->code);
	return g_string_free (g_steal_pointer (&seen), FALSE);
}

static void
assert_line (GPtrArray *lines, guint at, const char *beginning)
{
	const PlTapLine *line;

	ck_assert_uint_gt (lines->len, at);
	line = g_ptr_array_index (lines, at);
	ck_assert_msg (g_str_has_prefix (line->line, beginning), "line %u is %s, not %s", at,
		       line->line, beginning);
	ck_assert_uint_eq (line->seq, at + 1);
}

START_TEST (everything_that_passes_is_seen_in_order_errors_too)
{
	Wire wire = wire_open (_i, NULL);
	g_autoptr (PlTap) tap = pl_tap_new (wire.address);
	g_autofree char *seen = NULL;
	g_autoptr (GPtrArray) lines = NULL;
	gint64 before = g_get_real_time ();

	pl_link_set_tap (wire.link, tap);
	pl_tap_switch (tap, TRUE);
	seen = dialogue (wire.link, &wire);
	lines = pl_tap_lines (tap, 0);
	assert_line (lines, 0, "line 115200 8 even 1");
	assert_line (lines, 1, "> \"*IDN?\\r\\n\"");
	assert_line (lines, 2, "< \"say \\\"hi\\\\there\\\"\\r\\n\"");
	assert_line (lines, 3, "> 00 79 ff 1f 80");
	assert_line (lines, 4, "< 00 79 ff 1f 80");
	assert_line (lines, 5, "! read timeout");
	assert_line (lines, 6, "! read hangup");
	ck_assert_int_ge (((PlTapLine *)g_ptr_array_index (lines, 0))->utc_us, before);
	wire_close (&wire);
}
END_TEST

START_TEST (what_was_seen_is_a_recording_that_gives_the_same_dialogue_back)
{
	Wire wire = wire_open (WIRE_UNIX, NULL);
	g_autoptr (PlTap) tap = pl_tap_new (wire.address);
	g_autofree char *directory = test_folder ();
	g_autofree char *path = g_build_filename (directory, "seen.rec", NULL);
	g_autofree char *live = NULL, *text = NULL, *again = NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (PlLink) replay = NULL;

	pl_link_set_tap (wire.link, tap);
	pl_tap_switch (tap, TRUE);
	live = dialogue (wire.link, &wire);
	text = pl_tap_recording (tap);
	ck_assert (g_file_set_contents (path, text, -1, NULL));
	replay = pl_link_replay (path, &error);
	ck_assert_ok (replay != NULL, error);
	again = dialogue (replay, NULL);
	ck_assert_str_eq (live, again);
	wire_close (&wire);
}
END_TEST

START_TEST (a_look_changes_neither_bytes_nor_errors)
{
	g_auto (GStrv) seen = g_new0 (char *, 4);

	for (guint i = 0; i < 3; i++) {
		Wire wire = wire_open (WIRE_UNIX, NULL);
		g_autoptr (PlTap) tap = pl_tap_new (wire.address);

		if (i > 0)
			pl_link_set_tap (wire.link, tap);
		pl_tap_switch (tap, i > 1);
		seen[i] = dialogue (wire.link, &wire);
		wire_close (&wire);
	}
	ck_assert_str_eq (seen[0], seen[1]);
	ck_assert_str_eq (seen[0], seen[2]);
}
END_TEST

START_TEST (switched_off_nothing_is_kept_and_what_was_kept_stays)
{
	Wire wire = wire_open (WIRE_UNIX, NULL);
	g_autoptr (PlTap) tap = pl_tap_new (wire.address);
	g_autoptr (GPtrArray) off = NULL;
	g_autoptr (GPtrArray) on = NULL;
	g_autoptr (GPtrArray) cleared = NULL;

	pl_link_set_tap (wire.link, tap);
	ck_assert (pl_link_write (wire.link, "a", 1, soon (), NULL));
	off = pl_tap_lines (tap, 0);
	ck_assert_uint_eq (off->len, 0);
	pl_tap_switch (tap, TRUE);
	ck_assert (pl_link_write (wire.link, "b", 1, soon (), NULL));
	pl_tap_switch (tap, FALSE);
	ck_assert (pl_link_write (wire.link, "c", 1, soon (), NULL));
	on = pl_tap_lines (tap, 0);
	ck_assert_uint_eq (on->len, 1);
	assert_line (on, 0, "> \"b\"");
	pl_tap_clear (tap);
	cleared = pl_tap_lines (tap, 0);
	ck_assert_uint_eq (cleared->len, 0);
	wire_close (&wire);
}
END_TEST

/* A far end that never stops must not fill the memory of a station that runs for months. */
START_TEST (the_ring_is_bounded_in_lines_and_bytes_and_its_numbers_go_on)
{
	g_autoptr (PlTap) tap = pl_tap_new ("babble");
	g_autoptr (GPtrArray) many = NULL;
	g_autoptr (GPtrArray) big = NULL;
	g_autofree char *block = g_malloc0 (60000);

	pl_tap_switch (tap, TRUE);
	for (guint i = 0; i < 10000; i++)
		pl_tap_bytes (tap, '<', "x", 1);
	many = pl_tap_lines (tap, 0);
	ck_assert_uint_eq (many->len, 4000);
	ck_assert_uint_eq (((PlTapLine *)g_ptr_array_index (many, 0))->seq, 6001);
	for (guint i = 0; i < 10; i++)
		pl_tap_bytes (tap, '<', block, 60000);
	big = pl_tap_lines (tap, 10000);
	ck_assert_uint_eq (big->len, 4);
	ck_assert_uint_eq (((PlTapLine *)g_ptr_array_index (big, 3))->seq, 10010);
}
END_TEST

typedef struct {
	PlTap *tap;
	gint stop;
} Restless;

static gpointer
switch_about (gpointer data)
{
	Restless *restless = data;

	while (!g_atomic_int_get (&restless->stop)) {
		g_autoptr (GPtrArray) lines = pl_tap_lines (restless->tap, 0);

		pl_tap_switch (restless->tap, !pl_tap_is_on (restless->tap));
		if (lines->len > 1000)
			pl_tap_clear (restless->tap);
	}
	return NULL;
}

START_TEST (it_is_switched_and_read_from_another_thread_while_the_link_works)
{
	Wire wire = wire_open (WIRE_UNIX, NULL);
	g_autoptr (PlTap) tap = pl_tap_new (wire.address);
	Restless restless = {tap, 0};
	GThread *thread;

	pl_link_set_tap (wire.link, tap);
	thread = g_thread_new ("restless", switch_about, &restless);
	for (guint i = 0; i < 2000; i++) {
		g_autofree char *text = g_strdup_printf ("%04u\n", i);
		g_autofree char *back = NULL;
		g_autoptr (GError) error = NULL;

		ck_assert_ok (pl_link_write (wire.link, text, 5, soon (), &error), error);
		wire_expect (&wire, text, 5);
		wire_send (&wire, text, 5);
		back = pl_link_read_line (wire.link, '\n', 10, soon (), &error);
		ck_assert_ok (back != NULL, error);
		ck_assert_int_eq (strncmp (back, text, 4), 0);
	}
	g_atomic_int_set (&restless.stop, 1);
	g_thread_join (thread);
	wire_close (&wire);
}
END_TEST

START_TEST (a_badge_is_kept_as_stars_however_its_bytes_arrive_and_a_serial_is_not)
{
	static const char *const pieces[] = {"PL32-000001\r\nPL", "B-QX", "YK\r",
					     "\nPLB-W\r\nPL32-7\r\n"};
	g_autoptr (PlTap) tap = pl_tap_new ("scanner");
	g_autofree char *kept = NULL;

	pl_tap_hide (tap, "PLB-");
	pl_tap_switch (tap, TRUE);
	for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
		pl_tap_bytes (tap, '<', pieces[i], strlen (pieces[i]));
	kept = pl_tap_recording (tap);
	ck_assert_ptr_nonnull (strstr (kept, "PL32-000001"));
	ck_assert_ptr_nonnull (strstr (kept, "PLB-*\\r"));
	ck_assert_ptr_nonnull (strstr (kept, "PL32-7"));
	for (const char *secret = "QXYKW"; *secret != '\0'; secret++)
		ck_assert_msg (strchr (kept, *secret) == NULL, "%s", kept);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("link-tap");
	TCase *tcase = tcase_create ("tap");

	tcase_set_timeout (tcase, 60);
	tcase_add_loop_test (tcase, everything_that_passes_is_seen_in_order_errors_too, WIRE_PTY,
			     WIRE_UNIX + 1);
	tcase_add_test (tcase, what_was_seen_is_a_recording_that_gives_the_same_dialogue_back);
	tcase_add_test (tcase, a_look_changes_neither_bytes_nor_errors);
	tcase_add_test (tcase, switched_off_nothing_is_kept_and_what_was_kept_stays);
	tcase_add_test (tcase, the_ring_is_bounded_in_lines_and_bytes_and_its_numbers_go_on);
	tcase_add_test (tcase, it_is_switched_and_read_from_another_thread_while_the_link_works);
	tcase_add_test (tcase,
			a_badge_is_kept_as_stars_however_its_bytes_arrive_and_a_serial_is_not);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
