/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/link/wire.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Claims on every back end, run for pty, tcp and unix; with the word "serial", under the shim, for
 * libserialport. */

static WireKind first_kind = WIRE_PTY, last_kind = WIRE_UNIX;

START_TEST (every_byte_value_passes_both_ways)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	guint8 all[256], got[256];

	for (guint i = 0; i < 256; i++)
		all[i] = i;
	ck_assert_ok (pl_link_write (wire.link, all, 256, pl_deadline_ms (5000), &error), error);
	ck_assert_ok (pl_link_drain (wire.link, pl_deadline_ms (5000), &error), error);
	wire_expect (&wire, all, 256);
	wire_send (&wire, all, 256);
	ck_assert_ok (pl_link_read_exact (wire.link, got, 256, pl_deadline_ms (5000), &error),
		      error);
	ck_assert_mem_eq (got, all, 256);
	wire_close (&wire);
}
END_TEST

START_TEST (a_silent_far_end_is_a_timeout_at_the_deadline_without_spinning)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	guint8 buf[8];
	gint64 start = g_get_monotonic_time (), cpu = wire_cpu_us ();

	ck_assert_int_eq (pl_link_read (wire.link, buf, sizeof buf, pl_deadline_ms (300), &error),
			  -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (strstr (error->message, wire.address) != NULL, "%s", error->message);
	ck_assert_int_ge (g_get_monotonic_time () - start, 300000);
	ck_assert_int_lt (wire_cpu_us () - cpu, 100000);
	wire_close (&wire);
}
END_TEST

START_TEST (a_hangup_is_typed_and_at_once_and_does_not_spin)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	guint8 buf[8];
	gint64 deadline = pl_deadline_ms (30000), cpu = wire_cpu_us ();

	wire_hang_up (&wire);
	ck_assert_int_eq (pl_link_read (wire.link, buf, sizeof buf, deadline, &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert_int_lt (g_get_monotonic_time (), deadline - 20000000);
	g_clear_error (&error);
	ck_assert_int_eq (pl_link_discard (wire.link, &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert_int_lt (wire_cpu_us () - cpu, 100000);
	wire_close (&wire);
}
END_TEST

static gpointer
hang_up_later (gpointer data)
{
	g_usleep (200000);
	wire_hang_up (data);
	return NULL;
}

START_TEST (a_hangup_during_a_read_ends_it_without_spinning)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	guint8 buf[8];
	gint64 deadline = pl_deadline_ms (30000), cpu = wire_cpu_us ();
	GThread *thread = g_thread_new ("hang-up", hang_up_later, &wire);

	ck_assert_int_eq (pl_link_read (wire.link, buf, sizeof buf, deadline, &error), -1);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert_int_lt (g_get_monotonic_time (), deadline - 20000000);
	ck_assert_int_lt (wire_cpu_us () - cpu, 100000);
	g_thread_join (thread);
	wire_close (&wire);
}
END_TEST

START_TEST (writing_to_a_far_end_that_is_gone_is_a_hangup)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	gboolean ok = TRUE;

	wire_hang_up (&wire);
	/* TCP only learns of it from the answer to its first segment. */
	for (guint i = 0; i < 200 && ok; i++) {
		ok = pl_link_write (wire.link, "x", 1, pl_deadline_ms (1000), &error);
		g_usleep (1000);
	}
	ck_assert (!ok);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	wire_close (&wire);
}
END_TEST

START_TEST (bytes_before_a_hangup_are_still_read)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	g_autofree char *line = NULL;

	if (wire.kind == WIRE_TCP ||
	    wire.kind == WIRE_UNIX) { /* a pty drops them with its master */
		wire_send (&wire, "last words\n", 11);
		wire_hang_up (&wire);
		line = pl_link_read_line (wire.link, '\n', 100, pl_deadline_ms (5000), &error);
		ck_assert_ok (line != NULL, error);
		ck_assert_str_eq (line, "last words");
	}
	wire_close (&wire);
}
END_TEST

#define TRICKLE 60

typedef struct {
	Wire wire;
	gint sent;
} Trickle;

static gpointer
trickle (gpointer data)
{
	Trickle *t = data;

	for (guint i = 0; i < TRICKLE; i++) {
		if (write (t->wire.far, "x", 1) != 1)
			break;
		g_atomic_int_inc (&t->sent);
		g_usleep (20000);
	}
	return NULL;
}

START_TEST (the_deadline_holds_although_bytes_trickle_in)
{
	Trickle t = {.wire = wire_open (_i, "")};
	g_autoptr (GError) error = NULL;
	g_autofree char *line = NULL;
	gint64 start = g_get_monotonic_time ();
	GThread *thread = g_thread_new ("trickle", trickle, &t);

	line = pl_link_read_line (t.wire.link, '\n', 1000, pl_deadline_ms (250), &error);
	ck_assert_ptr_null (line);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (strstr (error->message, "unfinished line (\"x") != NULL, "%s",
		       error->message);
	ck_assert_int_ge (g_get_monotonic_time () - start, 250000);
	/* whoever restarts the deadline at each byte ends only after the last of them */
	ck_assert_int_lt (g_atomic_int_get (&t.sent), TRICKLE);
	g_thread_join (thread);
	wire_close (&t.wire);
}
END_TEST

START_TEST (a_far_end_that_does_not_read_makes_a_write_time_out_saying_how_far_it_came)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	gsize len = 16 * 1024 * 1024;
	g_autofree char *much = g_malloc0 (len);
	gint64 cpu = wire_cpu_us ();

	ck_assert (!pl_link_write (wire.link, much, len, pl_deadline_ms (300), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (strstr (error->message, " of 16777216 bytes") != NULL, "%s", error->message);
	ck_assert_int_lt (wire_cpu_us () - cpu, 200000);
	wire_close (&wire);
}
END_TEST

START_TEST (read_exact_says_how_many_bytes_came)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	guint8 buf[8];

	wire_send (&wire, "abc", 3);
	ck_assert (!pl_link_read_exact (wire.link, buf, 8, pl_deadline_ms (100), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (g_str_has_prefix (error->message, "after 3 of 8 bytes"), "%s",
		       error->message);
	wire_close (&wire);
}
END_TEST

START_TEST (lines_are_cut_at_their_terminator_and_the_rest_stays)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	gint64 deadline = pl_deadline_ms (5000);
	g_autofree char *one = NULL, *two = NULL, *three = NULL, *none = NULL;
	char rest[4] = "";

	wire_send (&wire, "one\r\ntwo\nthree\rrest", 19);
	one = pl_link_read_line (wire.link, '\n', 10, deadline, &error);
	two = pl_link_read_line (wire.link, '\n', 10, deadline, &error);
	three = pl_link_read_line (wire.link, '\r', 10, deadline, &error);
	ck_assert_ok (error == NULL, error);
	ck_assert_str_eq (one, "one");
	ck_assert_str_eq (two, "two");
	ck_assert_str_eq (three, "three");
	ck_assert_ok (pl_link_read_exact (wire.link, (guint8 *)rest, 4, deadline, &error), error);
	ck_assert_mem_eq (rest, "rest", 4);
	wire_send (&wire, "0123456789a\nok\n", 15);
	none = pl_link_read_line (wire.link, '\n', 10, deadline, &error);
	ck_assert_ptr_null (none);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	wire_close (&wire);
}
END_TEST

START_TEST (discard_throws_away_what_lies_there_and_only_that)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	g_autofree char *line = NULL;

	ck_assert_int_eq (pl_link_discard (wire.link, &error), 0);
	wire_send (&wire, "first\nstale", 11);
	line = pl_link_read_line (wire.link, '\n', 10, pl_deadline_ms (5000), &error);
	ck_assert_str_eq (line, "first");
	ck_assert_int_eq (pl_link_discard (wire.link, &error), 5);
	g_free (line);
	wire_send (&wire, "fresh\n", 6);
	line = pl_link_read_line (wire.link, '\n', 10, pl_deadline_ms (5000), &error);
	ck_assert_str_eq (line, "fresh");
	wire_close (&wire);
}
END_TEST

START_TEST (a_nul_byte_in_a_line_is_refused)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;
	g_autofree char *line = NULL;

	wire_send (&wire, "a\0b\nok\n", 7);
	ck_assert_ptr_null (pl_link_read_line (wire.link, '\n', 10, pl_deadline_ms (5000), &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	g_clear_error (&error);
	line = pl_link_read_line (wire.link, '\n', 10, pl_deadline_ms (5000), &error);
	ck_assert_str_eq (line, "ok");
	wire_close (&wire);
}
END_TEST

START_TEST (a_tty_has_one_holder)
{
	Wire wire = wire_open (_i, "");
	g_autoptr (GError) error = NULL;

	if (_i == WIRE_PTY || _i == WIRE_SERIAL) {
		ck_assert_ptr_null (pl_link_open (wire.address, &error));
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_BUSY);
		g_clear_error (&error);
		pl_link_free (wire.link);
		wire.link = pl_link_open (wire.address, &error);
		ck_assert_ok (wire.link != NULL, error);
	}
	wire_close (&wire);
}
END_TEST

static void
assert_refused (const char *address, PlLinkError code)
{
	g_autoptr (GError) error = NULL;
	PlLink *link = pl_link_open (address, &error);

	ck_assert_msg (link == NULL, "%s was opened", address);
	ck_assert_err (error, PL_LINK_ERROR, code);
	ck_assert_msg (strlen (error->message) > strlen (address) + 10, "%s", error->message);
}

START_TEST (addresses_that_make_no_sense_are_refused)
{
	static const char *const bad[] = {
	    "",
	    ":",
	    "tcp",
	    "tcp:",
	    "tcp:host",
	    "tcp:host:",
	    "tcp::80",
	    "tcp:host:0",
	    "tcp:host:65536",
	    "tcp:host:80x",
	    "usb:1",
	    "?pty:x",
	    "pty:/x?",
	    "pty:/x?baud",
	    "pty:/x?baud=",
	    "pty:/x?baud=-1",
	    "pty:/x?baud=9600x",
	    "pty:/x?baud=1&baud=2",
	    "pty:/x?parity=mark",
	    "pty:/x?data=9",
	    "pty:/x?speed=1",
	    "pty:/x?record=",
	    "pty:/x?fault=melt@1",
	    "pty:/x?fault=drop",
	    "pty:/x?fault=drop@1=2",
	    "pty:/x?fault=flip@1=0x100",
	    "pty:/x?fault=drop:up@1",
	    "pty:/x?latency=99999",
	    "tcp:h:80?baud=9600",
	    "unix:/x?parity=even",
	};

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (GError) error = NULL;

		assert_refused (bad[i], PL_LINK_ERROR_ADDRESS);
		ck_assert (!pl_link_check (bad[i], &error));
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_ADDRESS);
	}
}
END_TEST

START_TEST (an_address_with_every_option_is_accepted)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (
	    pl_link_check ("serial:/dev/ttyUSB0?baud=9600&parity=even&stop=1&data=8&record=/tmp/"
			   "x&pace=0&latency=16&fault=drop@1,flip:tx@0x10=0x80,delay@3=5",
			   &error),
	    error);
}
END_TEST

START_TEST (nobody_there_is_an_open_error)
{
	g_autofree char *longer = g_strnfill (200, 'x');
	g_autofree char *path = g_strconcat ("unix:/", longer, NULL);

	assert_refused ("pty:/nonexistent/tty", PL_LINK_ERROR_OPEN);
	assert_refused ("pty:/dev/null", PL_LINK_ERROR_OPEN);
	assert_refused ("serial:/nonexistent/tty", PL_LINK_ERROR_OPEN);
	assert_refused ("serial:/dev/null", PL_LINK_ERROR_OPEN);
	assert_refused ("unix:/nonexistent/sock", PL_LINK_ERROR_OPEN);
	assert_refused ("tcp:127.0.0.1:1", PL_LINK_ERROR_OPEN);
	assert_refused ("replay:/nonexistent.rec", PL_LINK_ERROR_OPEN);
	assert_refused (path, PL_LINK_ERROR_ADDRESS);
}
END_TEST

START_TEST (a_pty_notes_parity_that_it_cannot_enforce_however_often_it_is_set)
{
	Wire wire = wire_open (WIRE_PTY, "?baud=115200&parity=even");
	PlLineSettings even = {
	    .baud = 57600, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	PlLineSettings none = {
	    .baud = 74880, .data_bits = 8, .parity = PL_PARITY_NONE, .stop_bits = 2};
	g_autoptr (GError) error = NULL;
	struct termios settings;

	for (guint i = 0; i < 3; i++) {
		ck_assert_str_eq (pl_link_note (wire.link), "parity not enforced, pseudo terminal");
		ck_assert_ok (pl_link_set_line (wire.link, &even, &error), error);
	}
	ck_assert_int_eq (tcgetattr (wire.far, &settings), 0);
	ck_assert_uint_eq (cfgetospeed (&settings), B57600);
	ck_assert_uint_eq (settings.c_cflag & PARENB, 0);
	ck_assert_ok (pl_link_set_line (wire.link, &none, &error), error);
	ck_assert_str_eq (pl_link_note (wire.link), "baud rate not enforced, pseudo terminal");
	none.data_bits = 9;
	ck_assert (!pl_link_set_line (wire.link, &none, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_ADDRESS);
	wire_close (&wire);
}
END_TEST

/* -- libserialport only ------------------------------------------------------------------------ */

START_TEST (a_uart_is_set_to_any_baud_rate_and_read_back)
{
	static const guint bauds[] = {1200, 9600, 12345, 74880, 115200, 250000, 921600, 4000000};
	Wire wire = wire_open (WIRE_SERIAL, "?baud=19200&stop=2");
	g_autoptr (GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS (bauds); i++) {
		PlLineSettings line = {.baud = bauds[i], .data_bits = 8, .stop_bits = 1};

		ck_assert_ok (pl_link_set_line (wire.link, &line, &error), error);
	}
	ck_assert_str_eq (pl_link_kind (wire.link), "serial");
	wire_close (&wire);
}
END_TEST

START_TEST (a_port_that_drops_parity_in_silence_is_found_out)
{
	Wire wire = wire_open (WIRE_SERIAL, "");
	PlLineSettings line = {
	    .baud = 115200, .data_bits = 8, .parity = PL_PARITY_EVEN, .stop_bits = 1};
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_link_set_line (wire.link, &line, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_IO);
	g_clear_error (&error);
	line.parity = PL_PARITY_NONE;
	ck_assert_ok (pl_link_set_line (wire.link, &line, &error), error);
	wire_close (&wire);
}
END_TEST

START_TEST (modem_lines_and_break_reach_the_port)
{
	Wire wire = wire_open (WIRE_SERIAL, "");
	int *modem = dlsym (RTLD_DEFAULT, "pl_ptyshim_modem"),
	    *breaks = dlsym (RTLD_DEFAULT, "pl_ptyshim_breaks");
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_link_set_modem (wire.link, TRUE, FALSE, &error), error);
	ck_assert_int_eq (*modem & (TIOCM_DTR | TIOCM_RTS), TIOCM_DTR);
	ck_assert_ok (pl_link_set_modem (wire.link, FALSE, TRUE, &error), error);
	ck_assert_int_eq (*modem & (TIOCM_DTR | TIOCM_RTS), TIOCM_RTS);
	ck_assert_ok (pl_link_send_break (wire.link, 2, &error), error);
	ck_assert_int_eq (*breaks, 1);
	wire_close (&wire);
}
END_TEST

START_TEST (closing_a_port_keeps_dtr_up)
{
	Wire wire = wire_open (WIRE_SERIAL, "");
	struct termios settings;

	ck_assert_int_eq (tcgetattr (wire.far, &settings), 0);
	ck_assert_uint_eq (settings.c_cflag & HUPCL, 0);
	wire_close (&wire);
}
END_TEST

static void
add_serial_tests (Suite *suite)
{
	TCase *tcase = tcase_create ("libserialport");

	tcase_add_test (tcase, a_uart_is_set_to_any_baud_rate_and_read_back);
	tcase_add_test (tcase, a_port_that_drops_parity_in_silence_is_found_out);
	tcase_add_test (tcase, modem_lines_and_break_reach_the_port);
	tcase_add_test (tcase, closing_a_port_keeps_dtr_up);
	suite_add_tcase (suite, tcase);
}

static void
add_address_tests (Suite *suite)
{
	TCase *tcase = tcase_create ("address");

	tcase_add_test (tcase, addresses_that_make_no_sense_are_refused);
	tcase_add_test (tcase, an_address_with_every_option_is_accepted);
	tcase_add_test (tcase, nobody_there_is_an_open_error);
	tcase_add_test (tcase, a_pty_notes_parity_that_it_cannot_enforce_however_often_it_is_set);
	suite_add_tcase (suite, tcase);
}

int
main (int argc, char **argv)
{
	gboolean serial = argc > 1 && g_str_equal (argv[1], "serial");
	Suite *suite = suite_create (serial ? "link-serial" : "link-backends");
	TCase *tcase = tcase_create ("every back end");

	if (serial && dlsym (RTLD_DEFAULT, "pl_ptyshim_modem") == NULL)
		g_error ("the serial suite needs its shim in LD_PRELOAD");
	if (serial)
		first_kind = last_kind = WIRE_SERIAL;
	tcase_set_timeout (tcase, 60);
	tcase_add_loop_test (tcase, every_byte_value_passes_both_ways, first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, a_silent_far_end_is_a_timeout_at_the_deadline_without_spinning,
			     first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, a_hangup_is_typed_and_at_once_and_does_not_spin, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (tcase, a_hangup_during_a_read_ends_it_without_spinning, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (tcase, writing_to_a_far_end_that_is_gone_is_a_hangup, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (tcase, bytes_before_a_hangup_are_still_read, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (tcase, the_deadline_holds_although_bytes_trickle_in, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (
	    tcase, a_far_end_that_does_not_read_makes_a_write_time_out_saying_how_far_it_came,
	    first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, read_exact_says_how_many_bytes_came, first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, lines_are_cut_at_their_terminator_and_the_rest_stays,
			     first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, discard_throws_away_what_lies_there_and_only_that, first_kind,
			     last_kind + 1);
	tcase_add_loop_test (tcase, a_nul_byte_in_a_line_is_refused, first_kind, last_kind + 1);
	tcase_add_loop_test (tcase, a_tty_has_one_holder, first_kind, last_kind + 1);
	suite_add_tcase (suite, tcase);
	if (serial)
		add_serial_tests (suite);
	else
		add_address_tests (suite);
	return pl_suite_main (suite);
}
