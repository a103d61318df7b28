/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/link/scpi.h"
#include "tests/link/wire.h"
#include <string.h>

static PlScpi
scpi_on (Wire *wire, PlClock *clock)
{
	return (PlScpi){.link = wire->link, .clock = clock, .eol = "\n", .timeout_ms = 5000};
}

START_TEST (a_message_gets_its_line_end_and_a_reply_loses_its_padding)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	PlScpi scpi = scpi_on (&wire, clock);
	g_autoptr (GError) error = NULL;

	scpi.eol = "\r\n";
	ck_assert_ok (pl_scpi_send (&scpi, &error, "VOLT %.3f", 3.65), error);
	wire_expect (&wire, "VOLT 3.650\r\n", 12);
	wire_close (&wire);
}
END_TEST

static gpointer
answer_stale_then_fresh (gpointer data)
{
	Wire *wire = data;

	wire_expect (wire, "MEAS?\n", 6);
	wire_send (wire, "  +1.234E+01 \r\n", 15);
	return NULL;
}

START_TEST (a_stale_reply_is_not_taken_for_the_answer)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	PlScpi scpi = scpi_on (&wire, clock);
	g_autoptr (GError) error = NULL;
	double value = 0;
	GThread *thread;

	wire_send (&wire, "9.99\n", 5);
	thread = g_thread_new ("peer", answer_stale_then_fresh, &wire);
	ck_assert_ok (pl_scpi_ask_double (&scpi, &value, &error, "MEAS?"), error);
	ck_assert_double_eq_tol (value, 12.34, 1e-12);
	g_thread_join (thread);
	wire_close (&wire);
}
END_TEST

START_TEST (silence_names_link_and_question)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (PlClock) clock = pl_clock_new_real ();
	PlScpi scpi = scpi_on (&wire, clock);
	g_autoptr (GError) error = NULL;

	scpi.timeout_ms = 50;
	ck_assert_ptr_null (pl_scpi_ask (&scpi, &error, "*IDN?"));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert_msg (strstr (error->message, "*IDN?") != NULL &&
			   strstr (error->message, wire.address) != NULL,
		       "%s", error->message);
	g_clear_error (&error);
	wire_hang_up (&wire);
	ck_assert (!pl_scpi_send (&scpi, &error, "OUTP OFF"));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	wire_close (&wire);
}
END_TEST

START_TEST (messages_keep_their_gap_in_process_time)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (PlClock) clock = pl_clock_new_scaled (10);
	PlScpi scpi = scpi_on (&wire, clock);
	g_autoptr (GError) error = NULL;
	gint64 start;

	scpi.gap_s = 0.5;
	ck_assert_ok (pl_scpi_send (&scpi, &error, "A"), error);
	start = scpi.last_sent_us;
	ck_assert_ok (pl_scpi_send (&scpi, &error, "B"), error);
	ck_assert_int_ge (scpi.last_sent_us - start, 500000);
	wire_close (&wire);
}
END_TEST

/* A simulated line begins at 0; here a clock that shows 0 for its first second stands for it. */
START_TEST (the_gap_is_kept_at_the_first_instant_of_a_clock_too)
{
	Wire wire = wire_open (WIRE_UNIX, "");
	g_autoptr (PlClock) clock = pl_clock_new_scaled (1e-6);
	PlScpi scpi = scpi_on (&wire, clock);
	g_autoptr (GError) error = NULL;
	gint64 start = g_get_monotonic_time ();

	scpi.gap_s = 1e-7; /* a tenth of a second of ours */
	ck_assert_ok (pl_scpi_send (&scpi, &error, "A"), error);
	ck_assert_int_lt (pl_clock_now (clock), 1);
	ck_assert_ok (pl_scpi_send (&scpi, &error, "B"), error);
	ck_assert_int_ge (g_get_monotonic_time () - start, 100000);
	wire_close (&wire);
}
END_TEST

START_TEST (only_a_whole_finite_number_is_a_number)
{
	static const char *const bad[] = {"",	 "  ",	"nan", "inf",	"-INF", "0x10", "1.2V",
					  "1,2", "1 2", "--1", "1e400", "e5",	".",	"+"};
	static const struct {
		const char *text;
		double value;
	} good[] = {
	    {"1", 1}, {"+1.5", 1.5}, {" -2.5e-3\t", -0.0025}, {".5", 0.5}, {"9.91E+37", 9.91e37}};
	double value;

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert_msg (!pl_scpi_parse_double (bad[i], &value, &error), "\"%s\" was taken",
			       bad[i]);
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	}
	for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
		g_autoptr (GError) error = NULL;

		ck_assert_ok (pl_scpi_parse_double (good[i].text, &value, &error), error);
		ck_assert_double_eq_tol (value, good[i].value,
					 1e-12 * good[i].value * good[i].value + 1e-15);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("link-scpi");
	TCase *tcase = tcase_create ("scpi");

	tcase_add_test (tcase, a_message_gets_its_line_end_and_a_reply_loses_its_padding);
	tcase_add_test (tcase, a_stale_reply_is_not_taken_for_the_answer);
	tcase_add_test (tcase, silence_names_link_and_question);
	tcase_add_test (tcase, messages_keep_their_gap_in_process_time);
	tcase_add_test (tcase, the_gap_is_kept_at_the_first_instant_of_a_clock_too);
	tcase_add_test (tcase, only_a_whole_finite_number_is_a_number);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
