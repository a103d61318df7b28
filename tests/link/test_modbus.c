/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/modbus.h"
#include "tests/link/wire.h"
#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- libmodbus as the independent peer --------------------------------------------------------- */

typedef struct {
	modbus_t *server;
	modbus_mapping_t *map;
	PlLink *link;
	PlModbus *master;
	GThread *thread;
	int masters[2]; /* RTU: the two ptys' masters, joined by a thread */
	GThread *cable;
	gint stop;
} Peer;

static gpointer
serve (gpointer data)
{
	Peer *peer = data;
	guint8 query[MODBUS_TCP_MAX_ADU_LENGTH];

	while (!g_atomic_int_get (&peer->stop)) {
		int n = modbus_receive (peer->server, query);

		if (n > 0)
			modbus_reply (peer->server, query, n, peer->map);
		else if (n < 0 && errno == ECONNRESET)
			break;
	}
	return NULL;
}

/* A null modem: what comes out of one pty goes into the other. */
static gpointer
run_cable (gpointer data)
{
	Peer *peer = data;
	guint8 buf[512];

	while (!g_atomic_int_get (&peer->stop)) {
		struct pollfd set[2] = {{.fd = peer->masters[0], .events = POLLIN},
					{.fd = peer->masters[1], .events = POLLIN}};

		poll (set, 2, 20);
		for (guint i = 0; i < 2; i++) {
			gssize n =
			    (set[i].revents & POLLIN) != 0 ? read (set[i].fd, buf, sizeof buf) : 0;

			if (n > 0 && write (set[1 - i].fd, buf, n) != n)
				return NULL;
		}
	}
	return NULL;
}

static void
open_tcp (Peer *peer, GError **error)
{
	int listener, port;
	struct sockaddr_storage address;
	socklen_t len = sizeof address;
	char host[64], service[16];
	g_autofree char *text = NULL;

	peer->server = modbus_new_tcp ("127.0.0.1", 0);
	listener = modbus_tcp_listen (peer->server, 1);
	ck_assert_int_ge (listener, 0);
	getsockname (listener, (struct sockaddr *)&address, &len);
	port = g_ntohs (((guint16 *)&address)[1]); /* sin_port follows the family */
	g_snprintf (host, sizeof host, "127.0.0.1");
	g_snprintf (service, sizeof service, "%d", port);
	text = g_strdup_printf ("tcp:%s:%s", host, service);
	peer->link = pl_link_open (text, error);
	ck_assert_int_ge (modbus_tcp_accept (peer->server, &listener), 0);
	close (listener);
}

static void
open_rtu (Peer *peer, GError **error)
{
	g_autofree char *ours = NULL, *theirs = NULL, *text = NULL;

	peer->masters[0] = wire_pty_master (&ours);
	peer->masters[1] = wire_pty_master (&theirs);
	peer->server = modbus_new_rtu (theirs, 115200, 'N', 8, 1);
	modbus_set_slave (peer->server, 1);
	ck_assert_int_eq (modbus_connect (peer->server), 0);
	peer->cable = g_thread_new ("cable", run_cable, peer);
	text = g_strdup_printf ("pty:%s?baud=115200", ours);
	peer->link = pl_link_open (text, error);
}

/* _i: the framing. */
static Peer *
peer_open (PlModbusFraming framing)
{
	Peer *peer = g_new0 (Peer, 1);
	g_autoptr (GError) error = NULL;

	peer->map = modbus_mapping_new_start_address (0, 2000, 10, 16, 100, 130, 0, 125);
	if (framing == PL_MODBUS_TCP)
		open_tcp (peer, &error);
	else
		open_rtu (peer, &error);
	ck_assert_ok (peer->link != NULL, error);
	modbus_set_indication_timeout (peer->server, 0, 50000);
	peer->thread = g_thread_new ("server", serve, peer);
	peer->master = pl_modbus_new (peer->link, framing, 1);
	pl_modbus_set_timeout (peer->master, 3000);
	return peer;
}

static void
peer_close (Peer *peer)
{
	g_atomic_int_set (&peer->stop, 1);
	g_thread_join (peer->thread);
	if (peer->cable != NULL) {
		g_thread_join (peer->cable);
		close (peer->masters[0]);
		close (peer->masters[1]);
	}
	modbus_close (peer->server);
	modbus_free (peer->server);
	modbus_mapping_free (peer->map);
	pl_modbus_free (peer->master);
	pl_link_free (peer->link);
	g_free (peer);
}

START_TEST (registers_are_read_as_the_peer_holds_them)
{
	Peer *peer = peer_open (_i);
	g_autoptr (GError) error = NULL;
	guint16 got[125];

	for (guint i = 0; i < 125; i++)
		peer->map->tab_input_registers[i] = 0xff00 - 77 * i;
	peer->map->tab_registers[29] = 0xabcd;
	ck_assert_ok (pl_modbus_read_registers (peer->master, PL_MODBUS_INPUT, 0, 125, got, &error),
		      error);
	ck_assert_mem_eq (got, peer->map->tab_input_registers, sizeof got);
	ck_assert_ok (
	    pl_modbus_read_registers (peer->master, PL_MODBUS_HOLDING, 129, 1, got, &error), error);
	ck_assert_uint_eq (got[0], 0xabcd);
	peer_close (peer);
}
END_TEST

START_TEST (bits_are_read_as_the_peer_holds_them)
{
	Peer *peer = peer_open (_i);
	g_autoptr (GError) error = NULL;
	guint8 got[2000];

	for (guint i = 0; i < 2000; i++)
		peer->map->tab_bits[i] = i % 3 == 0;
	peer->map->tab_input_bits[15] = 1;
	ck_assert_ok (pl_modbus_read_bits (peer->master, PL_MODBUS_COILS, 0, 2000, got, &error),
		      error);
	ck_assert_mem_eq (got, peer->map->tab_bits, sizeof got);
	ck_assert_ok (pl_modbus_read_bits (peer->master, PL_MODBUS_DISCRETE, 24, 2, got, &error),
		      error);
	ck_assert_uint_eq (got[0], 0);
	ck_assert_uint_eq (got[1], 1);
	peer_close (peer);
}
END_TEST

START_TEST (writes_arrive_at_the_peer)
{
	static const guint16 values[] = {1, 0x1234, 0xffff};
	Peer *peer = peer_open (_i);
	g_autoptr (GError) error = NULL;
	guint8 bits[11] = {1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1};
	PlModbus *master = peer->master;

	ck_assert_ok (pl_modbus_write_bit (master, 7, TRUE, TRUE, &error), error);
	ck_assert_ok (pl_modbus_write_bits (master, 100, 11, bits, TRUE, &error), error);
	ck_assert_ok (pl_modbus_write_register (master, 101, 0xbeef, TRUE, &error), error);
	ck_assert_ok (pl_modbus_write_registers (master, 105, 3, values, FALSE, &error), error);
	ck_assert_uint_eq (peer->map->tab_bits[7], 1);
	ck_assert_mem_eq (peer->map->tab_bits + 100, bits, 11);
	ck_assert_uint_eq (peer->map->tab_registers[1], 0xbeef);
	ck_assert_mem_eq (peer->map->tab_registers + 5, values, sizeof values);
	ck_assert_ok (pl_modbus_write_bit (master, 7, FALSE, TRUE, &error), error);
	ck_assert_uint_eq (peer->map->tab_bits[7], 0);
	peer_close (peer);
}
END_TEST

START_TEST (an_exception_is_typed_and_names_function_address_and_cause)
{
	Peer *peer = peer_open (_i);
	g_autoptr (GError) error = NULL;
	guint16 got[4];

	ck_assert (
	    !pl_modbus_read_registers (peer->master, PL_MODBUS_HOLDING, 5000, 4, got, &error));
	ck_assert_err (error, PL_MODBUS_ERROR, PL_MODBUS_ERROR_ADDRESS);
	ck_assert_msg (strstr (error->message,
			       "reading holding register 5000 (x4) of unit 1, function 3: "
			       "exception 2, illegal data address") != NULL,
		       "%s", error->message);
	g_clear_error (&error);
	/* The line is in step afterwards. */
	ck_assert_ok (
	    pl_modbus_read_registers (peer->master, PL_MODBUS_HOLDING, 100, 4, got, &error), error);
	ck_assert (!pl_modbus_write_register (peer->master, 99, 1, TRUE, &error));
	ck_assert_err (error, PL_MODBUS_ERROR, PL_MODBUS_ERROR_ADDRESS);
	peer_close (peer);
}
END_TEST

START_TEST (another_unit_on_the_bus_stays_silent_and_that_is_a_timeout)
{
	Peer *peer = peer_open (PL_MODBUS_RTU);
	g_autoptr (GError) error = NULL;
	guint16 got;

	pl_modbus_set_unit (peer->master, 9);
	pl_modbus_set_timeout (peer->master, 100);
	ck_assert (!pl_modbus_read_registers (peer->master, PL_MODBUS_INPUT, 0, 1, &got, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (strstr (error->message, "tried 3 times") != NULL, "%s", error->message);
	pl_modbus_set_unit (peer->master, 1);
	pl_modbus_set_timeout (peer->master, 3000);
	g_clear_error (&error);
	ck_assert_ok (pl_modbus_read_registers (peer->master, PL_MODBUS_INPUT, 0, 1, &got, &error),
		      error);
	peer_close (peer);
}
END_TEST

/* -- byte by byte ------------------------------------------------------------------------------ */

/* Reads one holding register at 0x006B from unit 0x11 of a scripted peer; ret_tries is how often it
 * was asked. */
static gboolean
ask_script (PlModbusFraming framing, const char *const *answers, guint16 *ret, guint *ret_tries,
	    GError **error)
{
	Script *script = script_new (answers);
	g_autoptr (PlLink) link = script_link (script);
	g_autoptr (PlModbus) master = pl_modbus_new (link, framing, 0x11);
	gboolean ok = pl_modbus_read_registers (master, PL_MODBUS_HOLDING, 0x6B, 1, ret, error);

	*ret_tries = script->written->len;
	script_free (script);
	return ok;
}

static void
assert_script (PlModbusFraming framing, const char *const *answers, guint16 value, guint tries)
{
	g_autoptr (GError) error = NULL;
	guint16 got = 0;
	guint asked;

	ck_assert_ok (ask_script (framing, answers, &got, &asked, &error), error);
	ck_assert_uint_eq (got, value);
	ck_assert_uint_eq (asked, tries);
}

static void
assert_script_fails (PlModbusFraming framing, const char *answer, PlLinkError code,
		     const char *word)
{
	const char *answers[] = {answer, answer, answer, NULL};
	g_autoptr (GError) error = NULL;
	guint16 got = 0;
	guint asked;

	ck_assert_msg (!ask_script (framing, answers, &got, &asked, &error), "%s was taken",
		       answer);
	ck_assert_err (error, PL_LINK_ERROR, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
	ck_assert_uint_eq (asked, 3);
}

START_TEST (frames_are_those_of_the_specification)
{
	static const char *const rtu_answers[] = {"11 03 02 02 2B 38 F8", NULL};
	static const char *const tcp_answers[] = {"0001 0000 0005 11 03 02 02 2B", NULL};
	/* Unit 0x11, function 3, address 0x6B, 3 registers: CRC 0x8776 goes out low byte first
	 * (Serial Line guide's widely printed example). */
	static const guint8 rtu[] = {0x11, 0x03, 0x00, 0x6B, 0x00, 0x03};

	ck_assert_uint_eq (pl_modbus_crc16 (rtu, sizeof rtu), 0x8776);
	ck_assert_uint_eq (pl_modbus_crc16 ((const guint8 *)"123456789", 9), 0x4B37);
	assert_script (PL_MODBUS_RTU, rtu_answers, 0x022B, 1);
	assert_script (PL_MODBUS_TCP, tcp_answers, 0x022B, 1);
}
END_TEST

START_TEST (broken_rtu_answers_are_refused_after_two_repeats)
{
	assert_script_fails (PL_MODBUS_RTU, "11 03 02 02 2B 39 F8", PL_LINK_ERROR_PROTOCOL, "CRC");
	assert_script_fails (PL_MODBUS_RTU, "12 03 02 02 2B 38 F8", PL_LINK_ERROR_PROTOCOL,
			     "unit 18");
	assert_script_fails (PL_MODBUS_RTU, "11 04 02 02 2B 38 F8", PL_LINK_ERROR_PROTOCOL,
			     "function 4");
	assert_script_fails (PL_MODBUS_RTU, "11 03 FF 00 00", PL_LINK_ERROR_PROTOCOL, "257 bytes");
	assert_script_fails (PL_MODBUS_RTU, "11 03 02 02", PL_LINK_ERROR_TIMEOUT,
			     "after 1 of 4 bytes");
	assert_script_fails (PL_MODBUS_RTU, "", PL_LINK_ERROR_TIMEOUT, "tried 3 times");
}
END_TEST

START_TEST (an_rtu_answer_of_another_length_is_refused)
{
	guint8 frame[] = {0x11, 0x03, 0x04, 0, 1, 0, 2, 0, 0};
	guint16 crc = pl_modbus_crc16 (frame, 7);
	g_autofree char *text =
	    g_strdup_printf ("11 03 04 00 01 00 02 %02X %02X", crc & 0xff, crc >> 8);

	assert_script_fails (PL_MODBUS_RTU, text, PL_LINK_ERROR_PROTOCOL,
			     "4 bytes of data for 1 values, 2 expected");
}
END_TEST

START_TEST (broken_tcp_answers_are_refused_after_two_repeats)
{
	assert_script_fails (PL_MODBUS_TCP, "7777 0000 0005 11 03 02 02 2B", PL_LINK_ERROR_PROTOCOL,
			     "transaction 30583");
	assert_script_fails (PL_MODBUS_TCP, "0001 0001 0005 11 03 02 02 2B", PL_LINK_ERROR_PROTOCOL,
			     "protocol 1");
	assert_script_fails (PL_MODBUS_TCP, "0001 0000 0002 11 03", PL_LINK_ERROR_PROTOCOL,
			     "2 bytes");
	assert_script_fails (PL_MODBUS_TCP, "0001 0000 FFFF 11 03", PL_LINK_ERROR_PROTOCOL,
			     "65535 bytes");
	assert_script_fails (PL_MODBUS_TCP, "0001 0000 0005 11 03", PL_LINK_ERROR_TIMEOUT,
			     "after 1 of 4");
}
END_TEST

START_TEST (a_broken_answer_is_asked_for_again)
{
	static const char *const noise[] = {"11 03 02 FF 2B 38 F8", "", "11 03 02 02 2B 38 F8",
					    NULL};

	assert_script (PL_MODBUS_RTU, noise, 0x022B, 3);
}
END_TEST

START_TEST (a_late_answer_to_the_request_before_is_passed_over)
{
	/* Silence at first; the late answer (transaction 1) arrives with the one to the repeat (2).
	 */
	static const char *const late[] = {
	    "", "0001 0000 0005 11 03 02 11 11  0002 0000 0005 11 03 02 02 2B", NULL};

	assert_script (PL_MODBUS_TCP, late, 0x022B, 2);
}
END_TEST

START_TEST (exceptions_and_hangups_are_not_repeated)
{
	static const char *const busy[] = {"0001 0000 0003 11 83 06", NULL};
	static const char *const nothing[] = {NULL};
	Script *script = script_new (nothing);
	g_autoptr (PlLink) link = script_link (script);
	g_autoptr (PlModbus) master = pl_modbus_new (link, PL_MODBUS_RTU, 1);
	g_autoptr (GError) error = NULL;
	guint16 got;
	guint tries;

	ck_assert (!ask_script (PL_MODBUS_TCP, busy, &got, &tries, &error));
	ck_assert_err (error, PL_MODBUS_ERROR, PL_MODBUS_ERROR_BUSY);
	ck_assert_uint_eq (tries, 1);
	g_clear_error (&error);
	script->hung_up = TRUE;
	ck_assert (!pl_modbus_read_registers (master, PL_MODBUS_HOLDING, 0, 1, &got, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert_uint_eq (script->written->len, 0);
	script_free (script);
}
END_TEST

START_TEST (a_command_is_sent_once_and_an_idempotent_write_again)
{
	static const char *const silence[] = {"", "", "", "", "", NULL};
	Script *script = script_new (silence);
	g_autoptr (PlLink) link = script_link (script);
	g_autoptr (PlModbus) master = pl_modbus_new (link, PL_MODBUS_RTU, 1);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_modbus_write_register (master, 200, 0xB007, FALSE, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_uint_eq (script->written->len, 1);
	g_clear_error (&error);
	ck_assert (!pl_modbus_write_register (master, 200, 1, TRUE, &error));
	ck_assert_uint_eq (script->written->len, 4);
	script_free (script);
}
END_TEST

START_TEST (a_write_whose_echo_differs_is_refused)
{
	static const char *const wrong[] = {"0001 0000 0006 01 06 00C8 0002", NULL};
	Script *script = script_new (wrong);
	g_autoptr (PlLink) link = script_link (script);
	g_autoptr (PlModbus) master = pl_modbus_new (link, PL_MODBUS_TCP, 1);
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_modbus_write_register (master, 200, 1, FALSE, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	script_free (script);
}
END_TEST

START_TEST (more_than_one_frame_holds_is_refused_unsent)
{
	static const char *const nothing[] = {NULL};
	Script *script = script_new (nothing);
	g_autoptr (PlLink) link = script_link (script);
	g_autoptr (PlModbus) master = pl_modbus_new (link, PL_MODBUS_RTU, 1);
	g_autoptr (GError) error = NULL;
	guint16 words[200] = {0};
	guint8 bits[2100] = {0};

	ck_assert (!pl_modbus_read_registers (master, PL_MODBUS_INPUT, 0, 126, words, &error));
	ck_assert_err (error, PL_MODBUS_ERROR, PL_MODBUS_ERROR_VALUE);
	ck_assert (!pl_modbus_read_registers (master, PL_MODBUS_INPUT, 65535, 2, words, NULL));
	ck_assert (!pl_modbus_read_registers (master, PL_MODBUS_INPUT, 0, 0, words, NULL));
	ck_assert (!pl_modbus_read_bits (master, PL_MODBUS_COILS, 0, 2001, bits, NULL));
	ck_assert (!pl_modbus_write_registers (master, 0, 124, words, TRUE, NULL));
	ck_assert (!pl_modbus_write_bits (master, 0, 1969, bits, TRUE, NULL));
	ck_assert_uint_eq (script->written->len, 0);
	script_free (script);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("link-modbus");
	TCase *peer = tcase_create ("against libmodbus"), *bytes = tcase_create ("byte by byte");

	tcase_set_timeout (peer, 60);
	tcase_add_loop_test (peer, registers_are_read_as_the_peer_holds_them, 0, 2);
	tcase_add_loop_test (peer, bits_are_read_as_the_peer_holds_them, 0, 2);
	tcase_add_loop_test (peer, writes_arrive_at_the_peer, 0, 2);
	tcase_add_loop_test (peer, an_exception_is_typed_and_names_function_address_and_cause, 0,
			     2);
	tcase_add_test (peer, another_unit_on_the_bus_stays_silent_and_that_is_a_timeout);
	tcase_add_test (bytes, frames_are_those_of_the_specification);
	tcase_add_test (bytes, broken_rtu_answers_are_refused_after_two_repeats);
	tcase_add_test (bytes, an_rtu_answer_of_another_length_is_refused);
	tcase_add_test (bytes, broken_tcp_answers_are_refused_after_two_repeats);
	tcase_add_test (bytes, a_broken_answer_is_asked_for_again);
	tcase_add_test (bytes, a_late_answer_to_the_request_before_is_passed_over);
	tcase_add_test (bytes, exceptions_and_hangups_are_not_repeated);
	tcase_add_test (bytes, a_command_is_sent_once_and_an_idempotent_write_again);
	tcase_add_test (bytes, a_write_whose_echo_differs_is_refused);
	tcase_add_test (bytes, more_than_one_frame_holds_is_refused_unsent);
	suite_add_tcase (suite, peer);
	suite_add_tcase (suite, bytes);
	return pl_suite_main (suite);
}
