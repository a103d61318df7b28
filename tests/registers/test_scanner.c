/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "tests/registers/world.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

extern const PlSimType pl_sim_serial_scanner;
extern const PlDriver pl_driver_serial_scanner;

/* The driver on a pseudo terminal, the test's hand on the scanner. */
static Wire wire;
static PlClock *process;
static PlInstrument *scanner;
static GError *error;

static PlInstrument *
scanner_on (PlLink *link, gboolean framed)
{
	g_autoptr (GHashTable) settings = g_hash_table_new (g_str_hash, g_str_equal);

	if (framed)
		g_hash_table_insert (settings, (gpointer) "framed", (gpointer) "true");
	return pl_driver_serial_scanner.open (PL_ROLE_SCANNER, link, process, settings, &error);
}

static void
setup (void)
{
	wire = wire_open (WIRE_PTY, "");
	process = pl_clock_new_scaled (100);
	scanner = scanner_on (g_steal_pointer (&wire.link), FALSE);
}

static void
teardown (void)
{
	pl_instrument_free (scanner);
	pl_clock_free (process);
	wire_close (&wire);
	g_clear_error (&error);
}

static void
send (const char *text)
{
	wire_send (&wire, text, strlen (text));
}

static void
scans (const char *expected)
{
	g_autofree char *code = scanner->ops.scanner->scan (scanner, 100, &error);

	ck_assert_ok (code != NULL, error);
	ck_assert_str_eq (code, expected);
}

static void
fails (double timeout_s, int code, const char *says)
{
	char *scanned = scanner->ops.scanner->scan (scanner, timeout_s, &error);

	ck_assert_msg (scanned == NULL, "\"%s\" was taken", scanned);
	ck_assert_err (error, PL_LINK_ERROR, code);
	ck_assert_msg (strstr (error->message, says) != NULL, "\"%s\" lacks \"%s\"", error->message,
		       says);
	g_clear_error (&error);
}

START_TEST (a_code_ends_with_cr_or_lf_or_both)
{
	static const char *const ends[] = {"\r", "\n", "\r\n", "\n\r", "\r\n\r\n"};

	for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
		send ("PL32S-000123");
		send (ends[i]);
		scans ("PL32S-000123");
	}
}
END_TEST

START_TEST (codes_that_come_together_are_scanned_one_by_one)
{
	send ("\r\nA1\rB2\r\nC3\n");
	scans ("A1");
	scans ("B2");
	scans ("C3");
}
END_TEST

START_TEST (gs_of_a_gs1_code_is_kept)
{
	send ("0104012345678901"
	      "10LOT7"
	      "\x1d"
	      "2112345\r");
	scans ("0104012345678901"
	       "10LOT7"
	       "\x1d"
	       "2112345");
}
END_TEST

START_TEST (other_control_characters_and_noise_refuse_the_code)
{
	static const struct {
		const char *text;
		gsize len;
		const char *says;
	} cases[] = {
	    {"AB\x1b[AC\r", 7, "control character"},
	    {"\x02"
	     "AB\x03\r",
	     5, "control character"},
	    {"AB\0CD\r", 6, "control character"},
	    {"AB\x7f\r", 4, "control character"},
	    {"\tAB\r", 4, "control character"},
	    {"AB\xc3\xa9\r", 5, "no character"},
	    {"\xfe\xff\r", 3, "are baud rate and parity those of the scanner?"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		wire_send (&wire, cases[i].text, cases[i].len);
		fails (100, PL_LINK_ERROR_PROTOCOL, cases[i].says);
		send ("NEXT\r"); /* nothing of the bad one stays */
		scans ("NEXT");
	}
}
END_TEST

START_TEST (a_framed_code_loses_its_frame_and_an_unframed_one_is_refused)
{
	PlLink *link = scanner->link;

	scanner->link = NULL;
	pl_instrument_free (scanner);
	scanner = scanner_on (link, TRUE);
	send ("\x02"
	      "A1\x1d"
	      "B2\x03\r\n");
	scans ("A1\x1d"
	       "B2");
	send ("A1\r");
	fails (100, PL_LINK_ERROR_PROTOCOL, "not framed by STX and ETX");
	send ("\x02\x03\r");
	fails (100, PL_LINK_ERROR_PROTOCOL, "not framed");
	send ("\x02"
	      "A\x02"
	      "B\x03\r");
	fails (100, PL_LINK_ERROR_PROTOCOL, "control character");
}
END_TEST

START_TEST (a_code_longer_than_any_serial_is_refused)
{
	g_autofree char *longest = g_strnfill (256, 'A'), *longer = g_strnfill (257, 'A');

	send (longest);
	send ("\r");
	scans (longest);
	send (longer);
	fails (100, PL_LINK_ERROR_PROTOCOL, "longer than any serial");
}
END_TEST

START_TEST (a_code_without_its_end_is_refused_and_not_joined_to_the_next)
{
	send ("PL32S-0001");
	fails (1000, PL_LINK_ERROR_PROTOCOL,
	       "its end is missing (set the scanner to end a code with CR)");
	send ("PL32S-0002\r");
	scans ("PL32S-0002");
}
END_TEST

static gpointer
send_slowly (gpointer data)
{
	for (const char *at = data; *at != '\0'; at++) {
		g_usleep (20000);
		wire_send (&wire, at, 1);
	}
	return NULL;
}

/* The caller looks for a code in slices of process time: a code across the edge must not lose its
 * first half. */
START_TEST (a_code_that_comes_while_the_patience_ends_comes_whole)
{
	GThread *thread = g_thread_new ("scanner", send_slowly, (gpointer) "PL32S-000123\r");
	g_autofree char *code = NULL;

	for (guint i = 0; i < 1000 && code == NULL; i++) {
		code = scanner->ops.scanner->scan (scanner, 1, &error);
		if (code == NULL)
			ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
		g_clear_error (&error);
	}
	g_thread_join (thread);
	ck_assert_str_eq (code, "PL32S-000123");
}
END_TEST

START_TEST (patience_is_process_time)
{
	gint64 wall = g_get_monotonic_time (), began = pl_clock_now (process);

	fails (60, PL_LINK_ERROR_TIMEOUT, "no code was scanned within 60 s");
	ck_assert_int_ge (pl_clock_now (process) - began, 60 * G_USEC_PER_SEC);
	ck_assert_int_lt (g_get_monotonic_time () - wall, 10 * G_USEC_PER_SEC);
}
END_TEST

START_TEST (a_scanner_that_is_unplugged_is_a_hang_up)
{
	send ("half");
	wire_hang_up (&wire);
	fails (1000, PL_LINK_ERROR_HANGUP, "waiting for a code: ");
}
END_TEST

static gint babbling;

static gpointer
babble (gpointer data)
{
	while (g_atomic_int_get (&babbling))
		if (write (wire.far, "\r\r\r\r\r\r\r\r", 8) < 0)
			g_usleep (100); /* the buffer is full */
	return NULL;
}

START_TEST (line_ends_without_end_are_a_timeout_and_no_hang)
{
	GThread *thread;

	fcntl (wire.far, F_SETFL, O_NONBLOCK);
	g_atomic_int_set (&babbling, 1);
	thread = g_thread_new ("babble", babble, NULL);
	fails (5, PL_LINK_ERROR_TIMEOUT, "no code was scanned");
	g_atomic_int_set (&babbling, 0);
	g_thread_join (thread);
}
END_TEST

START_TEST (recorded_scans_come_back_and_a_pulled_cable_too)
{
	static const char *const files[] = {"scanner-codes.rec", "scanner-unplugged.rec"};
	static const char *const firsts[] = {"PL32S-000123", NULL};

	for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
		g_autofree char *path = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests",
							  "registers", files[i], NULL);
		PlLink *link = pl_link_replay (path, &error);
		g_autofree char *code = NULL;

		ck_assert_ok (link != NULL, error);
		pl_instrument_free (scanner);
		scanner = scanner_on (link, FALSE);
		if (firsts[i] != NULL) {
			scans (firsts[i]);
			scans ("0104012345678901\x1d"
			       "10LOT7");
		} else {
			fails (10, PL_LINK_ERROR_HANGUP, "the port is gone");
		}
	}
}
END_TEST

/* -- the simulator, alone and with the driver -------------------------------------------------- */

START_TEST (pulling_the_trigger_sends_the_code_and_cr)
{
	int near;
	Rig *rig = rig_new (&pl_sim_serial_scanner, &near);
	g_autofree char *said = NULL, *wrong = NULL, *nobody = NULL;
	char got[16];

	ck_assert (rig->type->act (rig->sim, "scan PL32S 1", &said));
	ck_assert_int_eq (read (near, got, sizeof got), 8);
	ck_assert_mem_eq (got, "PL32S 1\r", 8);
	ck_assert (!rig->type->act (rig->sim, "shake", &wrong));
	ck_assert_str_eq (wrong, "a scanner can: scan CODE");
	rig->type->attach (rig->sim, NULL, NULL);
	ck_assert (!rig->type->act (rig->sim, "scan X", &nobody));
	ck_assert_str_eq (nobody, "nobody listens to the scanner");
	close (near);
	rig_free (rig);
}
END_TEST

START_TEST (what_the_operator_scans_is_what_the_station_gets)
{
	Rig *rig = rig_new (&pl_sim_serial_scanner, NULL);
	g_autofree char *said = NULL;

	pl_instrument_free (scanner);
	scanner = scanner_on (rig_take_link (rig), FALSE);
	ck_assert (rig->type->act (rig->sim, "scan PL32S-000123", &said));
	scans ("PL32S-000123");
	rig_free (rig);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-scanner");
	TCase *tcase = tcase_create ("scanner");

	tcase_set_timeout (tcase, 30);
	tcase_add_checked_fixture (tcase, setup, teardown);
	tcase_add_test (tcase, a_code_ends_with_cr_or_lf_or_both);
	tcase_add_test (tcase, codes_that_come_together_are_scanned_one_by_one);
	tcase_add_test (tcase, gs_of_a_gs1_code_is_kept);
	tcase_add_test (tcase, other_control_characters_and_noise_refuse_the_code);
	tcase_add_test (tcase, a_framed_code_loses_its_frame_and_an_unframed_one_is_refused);
	tcase_add_test (tcase, a_code_longer_than_any_serial_is_refused);
	tcase_add_test (tcase, a_code_without_its_end_is_refused_and_not_joined_to_the_next);
	tcase_add_test (tcase, a_code_that_comes_while_the_patience_ends_comes_whole);
	tcase_add_test (tcase, patience_is_process_time);
	tcase_add_test (tcase, a_scanner_that_is_unplugged_is_a_hang_up);
	tcase_add_test (tcase, line_ends_without_end_are_a_timeout_and_no_hang);
	tcase_add_test (tcase, recorded_scans_come_back_and_a_pulled_cable_too);
	tcase_add_test (tcase, pulling_the_trigger_sends_the_code_and_cr);
	tcase_add_test (tcase, what_the_operator_scans_is_what_the_station_gets);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
