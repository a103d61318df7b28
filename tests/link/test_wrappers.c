/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/link/wire.h"
#include "tests/folder.h"
#include <string.h>
#include <unistd.h>

static gint64
soon (void)
{
	return pl_deadline_ms (5000);
}

static char *
recording_path (Wire *wire)
{
	return g_build_filename (wire->directory, "rec", NULL);
}

static PlLink *
replay_text (const char *text, GError **error)
{
	g_autofree char *directory = test_folder ();
	g_autofree char *path = g_build_filename (directory, "rec", NULL);
	PlLink *link;

	ck_assert (g_file_set_contents (path, text, -1, NULL));
	link = pl_link_replay (path, error);
	return link;
}

static PlLink *
replay_body (const char *body)
{
	g_autofree char *text = g_strconcat ("packline-link 1\n", body, NULL);
	g_autoptr (GError) error = NULL;
	PlLink *link = replay_text (text, &error);

	ck_assert_ok (link != NULL, error);
	return link;
}

/* -- record and replay ------------------------------------------------------------------------- */

/* One dialogue with everything in it; `wire` NULL on replay. What the station saw is added to
 * `seen`. */
static void
dialogue (PlLink *link, Wire *wire, GString *seen)
{
	static const guint8 binary[] = {0x00, 0x79, 0xff, 0x1f, 0x80};
	PlLineSettings line = {
	    .baud = 115200, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	g_autoptr (GError) error = NULL;
	g_autofree char *reply = NULL;
	guint8 buf[16];

	ck_assert_ok (pl_link_set_line (link, &line, &error), error);
	ck_assert_ok (pl_link_set_modem (link, TRUE, FALSE, &error), error);
	ck_assert_ok (pl_link_send_break (link, 1, &error), error);
	if (wire != NULL)
		wire_send (wire, "stale", 5);
	g_string_append_printf (seen, "discard %zd\n", pl_link_discard (link, &error));
	ck_assert_ok (pl_link_write (link, "*IDN?\r\n", 7, soon (), &error), error);
	if (wire != NULL)
		wire_send (wire, "say \"hi\\there\"\r\n", 16);
	reply = pl_link_read_line (link, '\n', 100, soon (), &error);
	g_string_append_printf (seen, "line %s\n", reply);
	pl_link_sleep (link, 200000);
	ck_assert_ok (pl_link_write (link, binary, sizeof binary, soon (), &error), error);
	if (wire != NULL)
		wire_send (wire, binary, sizeof binary);
	ck_assert_ok (pl_link_read_exact (link, buf, sizeof binary, soon (), &error), error);
	ck_assert_mem_eq (buf, binary, sizeof binary);
	ck_assert_int_eq (pl_link_read (link, buf, 1, pl_deadline_ms (300), &error), -1);
	g_string_append_printf (seen, "%d\n", error->code);
	g_clear_error (&error);
	if (wire != NULL)
		wire_hang_up (wire);
	ck_assert_int_eq (pl_link_read (link, buf, 1, soon (), &error), -1);
	g_string_append_printf (seen, "%d\n", error->code);
	g_clear_error (&error);
	ck_assert (!pl_link_write (link, "x", 1, soon (), &error));
	g_string_append_printf (seen, "%d\n", error->code);
}

START_TEST (a_replay_gives_the_same_bytes_and_errors_without_waiting)
{
	g_autofree char *options = NULL, *path = NULL;
	g_autoptr (GString) first = g_string_new (NULL), again = g_string_new (NULL);
	g_autoptr (GError) error = NULL;
	Wire wire = wire_open (WIRE_PTY, "");
	PlLink *link;
	gint64 start;

	path = recording_path (&wire);
	wire.link = pl_link_record (wire.link, path, &error);
	ck_assert_ok (wire.link != NULL, error);
	start = g_get_monotonic_time ();
	dialogue (wire.link, &wire, first);
	ck_assert_int_ge (g_get_monotonic_time () - start, 500000);
	pl_link_free (g_steal_pointer (&wire.link));

	link = pl_link_replay (path, &error);
	ck_assert_ok (link != NULL, error);
	start = g_get_monotonic_time ();
	dialogue (link, NULL, again);
	/* The dialogue waits half a second and sleeps a fifth; a replay does neither. */
	ck_assert_int_lt (g_get_monotonic_time () - start, 150000);
	ck_assert_str_eq (again->str, first->str);
	pl_link_free (link);
	wire_close (&wire);
}
END_TEST

START_TEST (an_address_can_ask_for_a_recording_and_for_its_replay)
{
	g_autofree char *directory = test_folder (), *options = NULL, *address = NULL, *line = NULL;
	g_autoptr (GError) error = NULL;
	g_autoptr (PlLink) link = NULL;
	Wire wire;

	options = g_strdup_printf ("?record=%s/rec", directory);
	wire = wire_open (WIRE_UNIX, options);
	ck_assert_ok (pl_link_write (wire.link, "a?\n", 3, soon (), &error), error);
	wire_send (&wire, "b\n", 2);
	g_free (pl_link_read_line (wire.link, '\n', 9, soon (), &error));
	wire_close (&wire);
	address = g_strdup_printf ("replay:%s/rec", directory);
	link = pl_link_open (address, &error);
	ck_assert_ok (link != NULL, error);
	ck_assert_ok (pl_link_write (link, "a?\n", 3, soon (), &error), error);
	line = pl_link_read_line (link, '\n', 9, soon (), &error);
	ck_assert_str_eq (line, "b");
}
END_TEST

START_TEST (a_write_that_differs_is_refused_naming_expected_and_got)
{
	g_autoptr (PlLink) link = replay_body ("# a comment\n> \"MEAS?\\n\"\n< \"1\\n\"\n");
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_link_write (link, "MEAX?\n", 6, soon (), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
	ck_assert_msg (strstr (error->message,
			       ":3: expected a write of \"MEAS?\\n\", got a write of "
			       "\"MEAX?\\n\"") != NULL,
		       "%s", error->message);
}
END_TEST

START_TEST (a_replay_compares_writes_as_a_stream)
{
	g_autoptr (PlLink) link = replay_body ("> 61 62\n> 6364\n< 65\n");
	g_autoptr (GError) error = NULL;
	guint8 byte;

	ck_assert_ok (pl_link_write (link, "a", 1, soon (), &error), error);
	ck_assert_int_eq (pl_link_read (link, &byte, 1, soon (), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
	g_clear_error (&error);
	ck_assert_ok (pl_link_write (link, "bcd", 3, soon (), &error), error);
	ck_assert_int_eq (pl_link_read (link, &byte, 1, soon (), &error), 1);
	ck_assert_uint_eq (byte, 'e');
	ck_assert_int_eq (pl_link_read (link, &byte, 1, soon (), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
}
END_TEST

START_TEST (a_replay_refuses_a_line_setting_that_differs)
{
	g_autoptr (PlLink) link = replay_body ("line 9600 8 none 1\n");
	PlLineSettings line = {
	    .baud = 9600, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_link_set_line (link, &line, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
	g_clear_error (&error);
	line.parity = PL_PARITY_NONE;
	ck_assert_ok (pl_link_set_line (link, &line, &error), error);
}
END_TEST

START_TEST (a_discard_on_replay_does_not_eat_the_answer_to_come)
{
	g_autoptr (PlLink) link = replay_body ("< \"answer\\n\"\n> \"q\"\n! write hangup gone\n");
	g_autoptr (GError) error = NULL;
	g_autofree char *line = NULL;

	ck_assert_int_eq (pl_link_discard (link, &error), 0);
	line = pl_link_read_line (link, '\n', 20, soon (), &error);
	ck_assert_str_eq (line, "answer");
	ck_assert (!pl_link_write (link, "q", 1, soon (), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert_msg (strstr (error->message, "gone") != NULL, "%s", error->message);
}
END_TEST

START_TEST (a_file_that_is_no_recording_is_refused_with_its_line)
{
	static const char *const bad[] = {
	    "packline-link 1\nhello\n",		  "packline-link 1\n> 6\n",
	    "packline-link 1\n> \"open\n",	  "packline-link 1\n> \"\\q\"\n",
	    "packline-link 1\n! read melted x\n", "packline-link 1\n>\n",
	    "packline-link 1\n< \"\"\n",
	};
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (replay_text ("", &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_clear_error (&error);
		ck_assert_ptr_null (replay_text (bad[i], &error));
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_REPLAY);
		ck_assert_msg (strstr (error->message, "rec:2: ") != NULL, "%s", error->message);
	}
}
END_TEST

START_TEST (a_recording_that_cannot_be_written_is_an_error)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (
	    pl_link_record (g_steal_pointer (&wire.link), "/nonexistent/rec", &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_OPEN);
	wire_close (&wire);
}
END_TEST

/* -- pace -------------------------------------------------------------------------------------- */

START_TEST (a_paced_link_is_never_faster_than_its_line)
{
	enum { LEN = 240, ROUNDS = 5 };
	Wire wire = wire_open (WIRE_UNIX, "?pace=9600&latency=16");
	g_autoptr (GError) error = NULL;
	guint8 data[LEN] = {0}, got[LEN];
	/* 10 bits a character, both ways, and the adapter's timer once a reply. */
	gint64 theory = ROUNDS * (2 * (gint64)LEN * 10 * G_USEC_PER_SEC / 9600 + 16000);
	gint64 start = g_get_monotonic_time (), took;

	for (guint i = 0; i < ROUNDS; i++) {
		ck_assert_ok (pl_link_write (wire.link, data, LEN, soon (), &error), error);
		wire_expect (&wire, data, LEN);
		wire_send (&wire, data, LEN);
		ck_assert_ok (pl_link_read_exact (wire.link, got, LEN, soon (), &error), error);
	}
	took = g_get_monotonic_time () - start;
	ck_assert_int_ge (took, theory);
	ck_assert_int_lt (took, 2 * theory);
	wire_close (&wire);
}
END_TEST

START_TEST (a_paced_line_of_even_parity_takes_eleven_bits_and_follows_the_baud_rate)
{
	enum { LEN = 110 };
	Wire wire = wire_open (WIRE_PTY, "?baud=115200&pace=0");
	PlLineSettings line = {
	    .baud = 4800, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	g_autoptr (GError) error = NULL;
	guint8 data[LEN] = {0};
	gint64 start;

	ck_assert_ok (pl_link_set_line (wire.link, &line, &error), error);
	start = g_get_monotonic_time ();
	ck_assert_ok (pl_link_write (wire.link, data, LEN, soon (), &error), error);
	ck_assert_int_ge (g_get_monotonic_time () - start,
			  (gint64)LEN * 11 * G_USEC_PER_SEC / 4800);
	wire_close (&wire);
}
END_TEST

START_TEST (a_deadline_before_the_bytes_are_off_the_line_is_a_timeout_and_loses_nothing)
{
	Wire wire = wire_open (WIRE_UNIX, "?pace=1200");
	g_autoptr (GError) error = NULL;
	guint8 got[60], data[60];
	gssize n;

	for (guint i = 0; i < sizeof data; i++)
		data[i] = i;
	wire_send (&wire, data, sizeof data); /* half a second of line time */
	n = pl_link_read (wire.link, got, sizeof got, pl_deadline_ms (100), &error);
	ck_assert_int_gt (n, 0);
	ck_assert_int_lt (n, 60);
	ck_assert_int_eq (pl_link_read (wire.link, got + n, 1, pl_deadline_ms (-1), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	g_clear_error (&error);
	ck_assert_ok (pl_link_read_exact (wire.link, got + n, 60 - n, soon (), &error), error);
	ck_assert_mem_eq (got, data, sizeof data);
	ck_assert (!pl_link_write (wire.link, data, sizeof data, pl_deadline_ms (50), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	wire_close (&wire);
}
END_TEST

/* -- faults ------------------------------------------------------------------------------------ */

static void
assert_received (const char *spec, const char *sent, const char *expected)
{
	g_autofree char *options = g_strconcat ("?fault=", spec, NULL);
	g_autofree char *got = g_malloc0 (strlen (expected) + 1);
	g_autoptr (GError) error = NULL;
	Wire wire = wire_open (WIRE_UNIX, options);

	wire_send (&wire, sent, strlen (sent));
	ck_assert_ok (
	    pl_link_read_exact (wire.link, (guint8 *)got, strlen (expected), soon (), &error),
	    error);
	ck_assert_str_eq (got, expected);
	ck_assert_int_eq (pl_link_discard (wire.link, &error), 0);
	wire_close (&wire);
}

static void
assert_sent (const char *spec, const char *sent, const char *expected)
{
	g_autofree char *options = g_strconcat ("?fault=", spec, NULL);
	g_autoptr (GError) error = NULL;
	Wire wire = wire_open (WIRE_UNIX, options);

	ck_assert_ok (pl_link_write (wire.link, sent, strlen (sent), soon (), &error), error);
	wire_expect (&wire, expected, strlen (expected));
	wire_close (&wire);
}

START_TEST (bytes_are_dropped_flipped_and_doubled_where_asked)
{
	assert_received ("drop@0", "abc", "bc");
	assert_received ("drop@1,drop@2", "abcd", "ad");
	assert_received ("flip:rx@1", "abc", "acc");
	assert_received ("flip@2=0x20", "abc", "abC");
	assert_received ("dup@2", "abc", "abcc");
	assert_received ("dup@0,flip@0=2", "abc", "ccbc");
	assert_sent ("drop:tx@0", "abc", "bc");
	assert_sent ("flip:tx@1", "abc", "acc");
	assert_sent ("dup:tx@2,delay:tx@1=1", "abc", "abcc");
}
END_TEST

START_TEST (a_dropped_byte_is_a_silence)
{
	Wire wire = wire_open (WIRE_UNIX, "?fault=drop@0");
	g_autoptr (GError) error = NULL;
	guint8 byte;

	wire_send (&wire, "x", 1);
	ck_assert_int_eq (pl_link_read (wire.link, &byte, 1, pl_deadline_ms (100), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	wire_send (&wire, "y", 1);
	g_clear_error (&error);
	ck_assert_int_eq (pl_link_read (wire.link, &byte, 1, soon (), &error), 1);
	ck_assert_uint_eq (byte, 'y');
	wire_close (&wire);
}
END_TEST

START_TEST (a_delayed_byte_comes_after_its_delay_and_what_is_before_it_at_once)
{
	Wire wire = wire_open (WIRE_UNIX, "?fault=delay@1=250");
	g_autoptr (GError) error = NULL;
	guint8 buf[3];
	gint64 start;

	wire_send (&wire, "abc", 3);
	ck_assert_int_eq (pl_link_read (wire.link, buf, 3, soon (), &error), 1);
	start = g_get_monotonic_time ();
	ck_assert_int_eq (pl_link_read (wire.link, buf, 3, pl_deadline_ms (50), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	g_clear_error (&error);
	ck_assert_int_eq (pl_link_read (wire.link, buf, 3, soon (), &error), 2);
	ck_assert_int_ge (g_get_monotonic_time () - start, 249000);
	ck_assert_mem_eq (buf, "bc", 2);
	wire_close (&wire);
}
END_TEST

START_TEST (a_hangup_on_purpose_kills_both_directions_from_its_byte_on)
{
	Wire wire = wire_open (WIRE_UNIX, "?fault=hangup@2");
	g_autoptr (GError) error = NULL;
	guint8 buf[4];

	wire_send (&wire, "abc", 3);
	ck_assert_ok (pl_link_read_exact (wire.link, buf, 2, soon (), &error), error);
	ck_assert_int_eq (pl_link_read (wire.link, buf, 1, soon (), &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	g_clear_error (&error);
	ck_assert (!pl_link_write (wire.link, "x", 1, soon (), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	wire_close (&wire);
}
END_TEST

START_TEST (a_hangup_while_sending_lets_the_bytes_before_it_through)
{
	Wire wire = wire_open (WIRE_UNIX, "?fault=hangup:tx@2");
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_link_write (wire.link, "abc", 3, soon (), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	wire_expect (&wire, "ab", 2);
	wire_close (&wire);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("link-wrappers");
	TCase *record = tcase_create ("record and replay"), *pace = tcase_create ("pace"),
	      *fault = tcase_create ("fault");

	tcase_set_timeout (pace, 60);
	tcase_add_test (record, a_replay_gives_the_same_bytes_and_errors_without_waiting);
	tcase_add_test (record, an_address_can_ask_for_a_recording_and_for_its_replay);
	tcase_add_test (record, a_write_that_differs_is_refused_naming_expected_and_got);
	tcase_add_test (record, a_replay_compares_writes_as_a_stream);
	tcase_add_test (record, a_replay_refuses_a_line_setting_that_differs);
	tcase_add_test (record, a_discard_on_replay_does_not_eat_the_answer_to_come);
	tcase_add_test (record, a_file_that_is_no_recording_is_refused_with_its_line);
	tcase_add_test (record, a_recording_that_cannot_be_written_is_an_error);
	tcase_add_test (pace, a_paced_link_is_never_faster_than_its_line);
	tcase_add_test (pace,
			a_paced_line_of_even_parity_takes_eleven_bits_and_follows_the_baud_rate);
	tcase_add_test (
	    pace, a_deadline_before_the_bytes_are_off_the_line_is_a_timeout_and_loses_nothing);
	tcase_add_test (fault, bytes_are_dropped_flipped_and_doubled_where_asked);
	tcase_add_test (fault, a_dropped_byte_is_a_silence);
	tcase_add_test (fault, a_delayed_byte_comes_after_its_delay_and_what_is_before_it_at_once);
	tcase_add_test (fault, a_hangup_on_purpose_kills_both_directions_from_its_byte_on);
	tcase_add_test (fault, a_hangup_while_sending_lets_the_bytes_before_it_through);
	suite_add_tcase (suite, record);
	suite_add_tcase (suite, pace);
	suite_add_tcase (suite, fault);
	return pl_suite_main (suite);
}
