/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/instrument.h"
#include "fixtures/printer_zpl/protocol.h"
#include "tests/registers/world.h"
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

extern const PlSimType pl_sim_zpl_printer;
extern const PlDriver pl_driver_zpl_printer;

/* Host status as the ZPL guide prints it. Fields that the tests change: paper out, pause, formats
 * waiting ... */
#define STATUS(paper, pause, waiting, full, lost, cold, hot, head, ribbon, batch)                  \
	"\002030," paper "," pause ",1245," waiting "," full ",0,0,000," lost "," cold "," hot     \
	"\003\r\n\002000,0," head "," ribbon ",0,2,4,0," batch ",1,000\003\r\n\0021234,0\003\r\n"
#define HEALTHY STATUS ("0", "0", "000", "0", "0", "0", "0", "0", "0", "00000000")
#define WAITING STATUS ("0", "0", "001", "0", "0", "0", "0", "0", "0", "00000000")
#define PRINTING STATUS ("0", "0", "000", "0", "0", "0", "0", "0", "0", "00000001")
#define PAPER_OUT STATUS ("1", "0", "001", "0", "0", "0", "0", "0", "0", "00000000")
#define LABEL "^XA^FO20,20^FDPL32S^FS^XZ"

/* -- the bytes --------------------------------------------------------------------------------- */

static PlZplStatus
parsed (const char *text)
{
	PlZplStatus status = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_zpl_parse_status (text, strlen (text), &status, &error), error);
	return status;
}

START_TEST (a_healthy_printer_has_no_trouble)
{
	PlZplStatus status = parsed (HEALTHY);

	ck_assert_ptr_null (pl_zpl_trouble (&status));
	ck_assert_uint_eq (status.formats_waiting, 0);
	status = parsed (STATUS ("0", "0", "012", "0", "0", "0", "0", "0", "0", "00000034"));
	ck_assert_uint_eq (status.formats_waiting, 12);
	ck_assert_uint_eq (status.labels_left, 34);
}
END_TEST

START_TEST (each_trouble_is_named_with_what_to_do)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {PAPER_OUT, "out of labels: put in a new roll"},
	    {STATUS ("0", "1", "000", "0", "0", "0", "0", "0", "0", "00000000"),
	     "paused: press its pause key"},
	    {STATUS ("0", "0", "000", "1", "0", "0", "0", "0", "0", "00000000"), "buffer is full"},
	    {STATUS ("0", "0", "000", "0", "1", "0", "0", "0", "0", "00000000"),
	     "lost its settings"},
	    {STATUS ("0", "0", "000", "0", "0", "1", "0", "0", "0", "00000000"),
	     "too hot or too cold"},
	    {STATUS ("0", "0", "000", "0", "0", "0", "1", "0", "0", "00000000"),
	     "too hot or too cold"},
	    {STATUS ("0", "0", "000", "0", "0", "0", "0", "1", "0", "00000000"),
	     "its head is open: close it"},
	    {STATUS ("0", "0", "000", "0", "0", "0", "0", "0", "1", "00000000"), "out of ribbon"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		PlZplStatus status = parsed (cases[i].text);

		ck_assert_ptr_nonnull (pl_zpl_trouble (&status));
		ck_assert_msg (strstr (pl_zpl_trouble (&status), cases[i].says) != NULL, "%u: %s",
			       i, pl_zpl_trouble (&status));
	}
}
END_TEST

START_TEST (what_is_no_status_is_not_understood)
{
	static const char *const bad[] = {
	    "",
	    "\002",
	    "hello",
	    "\002030,0,0,1245,000,0,0,0,000,0,0,0\003\r\n",
	    "030,0,0,1245,000,0,0,0,000,0,0,0\r\n000,0,0,0,0,2,4,0,00000000,1,000\r\n1234,0\r\n",
	    "\002030,0,0,1245,000,0,0,0,000,0,0\003\r\n\002000,0,0,0,0,2,4,0,0,1,0\003\r\n\0020,"
	    "0\003\r\n",
	    "\002030,x,0,1245,000,0,0,0,000,0,0,0\003\r\n\002000,0,0,0,0,2,4,0,0,1,0\003\r\n\0020,"
	    "0\003\r\n",
	    "\002030,-1,0,1245,000,0,0,0,000,0,0,0\003\r\n\002000,0,0,0,0,2,4,0,0,1,0\003\r\n\0020,"
	    "0\003\r\n",
	    "\002030,,0,1245,000,0,0,0,000,0,0,0\003\r\n\002000,0,0,0,0,2,4,0,0,1,0\003\r\n\0020,"
	    "0\003\r\n",
	    HEALTHY "\002",
	};

	for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
		PlZplStatus status = {0};
		g_autoptr (GError) error = NULL;

		ck_assert_msg (!pl_zpl_parse_status (bad[i], strlen (bad[i]), &status, &error),
			       "%u was taken", i);
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	}
}
END_TEST

/* -- the driver, on a list of answers ---------------------------------------------------------- */

typedef struct {
	Script *script;
	GPtrArray *answers;
	PlClock *clock;
	PlInstrument *printer;
	GError *error;
} Printer;

/* Answers as text; "" = silence. */
static Printer
printer_with (const char *const *texts)
{
	Printer p = {.answers = g_ptr_array_new_with_free_func (g_free)};

	for (guint i = 0; texts[i] != NULL; i++) {
		GString *hex = g_string_new (NULL);

		for (const char *at = texts[i]; *at != '\0'; at++)
			g_string_append_printf (hex, "%02x", (guint8)*at);
		g_ptr_array_add (p.answers, g_string_free (hex, FALSE));
	}
	g_ptr_array_add (p.answers, NULL);
	p.script = script_new ((const char *const *)p.answers->pdata);
	p.clock = pl_clock_new_scaled (200);
	p.printer = pl_driver_zpl_printer.open (PL_ROLE_PRINTER, script_link (p.script), p.clock,
						NULL, &p.error);
	ck_assert_ok (p.printer != NULL, p.error);
	return p;
}

static void
end (Printer *p)
{
	pl_instrument_free (p->printer);
	pl_clock_free (p->clock);
	script_free (p->script);
	g_ptr_array_unref (p->answers);
	g_clear_error (&p->error);
}

static gboolean
print (Printer *p)
{
	return p->printer->ops.printer->print (p->printer, LABEL, &p->error);
}

static gboolean
status (Printer *p, char **ret_raw)
{
	return p->printer->ops.printer->status (p->printer, ret_raw, &p->error);
}

static void
failed (Printer *p, gboolean ok, GQuark domain, int code, const char *says)
{
	ck_assert (!ok);
	ck_assert_err (p->error, domain, code);
	ck_assert_msg (strstr (p->error->message, says) != NULL, "\"%s\" lacks \"%s\"",
		       p->error->message, says);
	g_clear_error (&p->error);
}

static guint
labels_sent (const Printer *p)
{
	guint n = 0;

	for (guint i = 0; i < p->script->written->len; i++) {
		const GByteArray *bytes = g_ptr_array_index (p->script->written, i);

		n += bytes->len == strlen (LABEL) && memcmp (bytes->data, LABEL, bytes->len) == 0;
	}
	return n;
}

START_TEST (status_is_what_the_printer_says_now)
{
	static const char *const answers[] = {HEALTHY, PAPER_OUT, NULL};
	Printer p = printer_with (answers);
	g_autofree char *raw = NULL, *none = NULL, *asked = NULL;

	ck_assert_ok (status (&p, &raw), p.error);
	asked = script_wrote (p.script, 0);
	ck_assert_str_eq (asked, "7e4853"); /* ~HS */
	ck_assert_msg (g_str_has_prefix (raw, "\\002030,0,0,1245"), "%s", raw);
	failed (&p, status (&p, &none), PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY,
		"out of labels");
	ck_assert_ptr_null (none);
	end (&p);
}
END_TEST

START_TEST (no_reply_is_unknown_and_not_healthy)
{
	static const char *const answers[] = {"", "\002030,0,0,1245,000,0,0,0,000,0,0,0\003\r\n",
					      NULL};
	Printer p = printer_with (answers);

	failed (&p, status (&p, NULL), PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT,
		"does not tell its status, so it is not trusted to print");
	failed (&p, status (&p, NULL), PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "does not tell");
	end (&p);
}
END_TEST

START_TEST (garbage_is_no_status)
{
	g_autofree char *endless = g_strnfill (600, 'x');
	const char *const answers[] = {"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", endless,
				       NULL};
	Printer p = printer_with (answers);

	failed (&p, status (&p, NULL), PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL, "not understood");
	failed (&p, status (&p, NULL), PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL, "has no end");
	end (&p);
}
END_TEST

START_TEST (a_label_is_printed_when_nothing_waits_any_more)
{
	static const char *const answers[] = {HEALTHY, "", WAITING, PRINTING, HEALTHY, NULL};
	Printer p = printer_with (answers);
	gint64 began = pl_clock_now (p.clock);

	ck_assert_ok (print (&p), p.error);
	ck_assert_uint_eq (labels_sent (&p), 1);
	ck_assert_uint_eq (p.script->written->len, 5);
	ck_assert_int_ge (pl_clock_now (p.clock) - began, 3 * G_USEC_PER_SEC);
	end (&p);
}
END_TEST

START_TEST (a_printer_in_trouble_gets_no_label)
{
	static const char *const troubles[] = {PAPER_OUT, "", "garbage\r\n\r\n\r\n", NULL};

	for (guint i = 0; troubles[i] != NULL; i++) {
		const char *const answers[] = {troubles[i], NULL};
		Printer p = printer_with (answers);

		ck_assert (!print (&p));
		ck_assert_uint_eq (labels_sent (&p), 0);
		end (&p);
	}
}
END_TEST

START_TEST (paper_that_runs_out_while_printing_asks_for_a_reprint)
{
	static const char *const answers[] = {HEALTHY, "", WAITING, PAPER_OUT, NULL};
	Printer p = printer_with (answers);

	failed (&p, print (&p), PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY,
		"may not have been printed: it is out of labels: put in a new roll, then reprint");
	end (&p);
}
END_TEST

START_TEST (a_label_that_waits_for_ever_is_not_printed)
{
	static const char *const answers[] = {HEALTHY, "",	WAITING, WAITING, WAITING,
					      WAITING, WAITING, WAITING, WAITING, WAITING,
					      WAITING, WAITING, HEALTHY, NULL};
	Printer p = printer_with (answers);

	failed (&p, print (&p), PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY,
		"took the label but does not print it");
	end (&p);
}
END_TEST

START_TEST (a_printer_that_falls_silent_after_the_label_has_not_printed_it)
{
	static const char *const answers[] = {HEALTHY, "", "", NULL};
	Printer p = printer_with (answers);

	failed (&p, print (&p), PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "does not tell its status");
	ck_assert_uint_eq (labels_sent (&p), 1);
	end (&p);
}
END_TEST

START_TEST (an_old_answer_is_not_taken_for_the_new_one)
{
	static const char *const answers[] = {HEALTHY PAPER_OUT, HEALTHY, NULL};
	Printer p = printer_with (answers);

	ck_assert_ok (status (&p, NULL), p.error);
	ck_assert_ok (status (&p, NULL), p.error);
	end (&p);
}
END_TEST

START_TEST (a_recorded_dialogue_prints_and_one_with_paper_out_does_not)
{
	static const struct {
		const char *file;
		gboolean printed;
	} cases[] = {{"printer-label.rec", TRUE}, {"printer-paper-out.rec", FALSE}};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autofree char *path = g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests",
							  "registers", cases[i].file, NULL);
		g_autoptr (PlClock) clock = pl_clock_new_scaled (200);
		g_autoptr (GError) error = NULL;
		PlLink *link = pl_link_replay (path, &error);
		g_autoptr (PlInstrument) p = NULL;

		ck_assert_ok (link != NULL, error);
		p = pl_driver_zpl_printer.open (PL_ROLE_PRINTER, link, clock, NULL, &error);
		ck_assert_int_eq (p->ops.printer->print (p, LABEL, &error), cases[i].printed);
		if (!cases[i].printed)
			ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	}
}
END_TEST

/* -- the simulator alone ----------------------------------------------------------------------- */

static Rig *rig;
static int near;

static void
alone_setup (void)
{
	rig = rig_new (&pl_sim_zpl_printer, &near);
}

static void
alone_teardown (void)
{
	close (near);
	rig_free (rig);
}

static void
say (const char *text)
{
	ck_assert_int_eq (write (near, text, strlen (text)), (gssize)strlen (text));
}

static void
answers (const char *text)
{
	char got[300];
	gsize n = 0;

	while (n < strlen (text)) {
		gssize r = read (near, got + n, strlen (text) - n);

		ck_assert_int_gt (r, 0);
		n += r;
	}
	got[n] = '\0';
	ck_assert_str_eq (got, text);
}

/* Three strings; paper and formats waiting as given. */
static void
tells (const char *paper, const char *waiting)
{
	g_autofree char *text = g_strdup_printf ("\002030,%s,0,0812,%s,0,0,0,000,0,0,0\003\r\n"
						 "\002000,0,0,0,0,2,4,0,00000000,1,000\003\r\n"
						 "\0020000,0\003\r\n",
						 paper, waiting);

	say ("~HS");
	answers (text);
}

static char *
label (guint n)
{
	g_autofree char *name = g_strdup_printf ("label-%04u.zpl", n);
	g_autofree char *path = g_build_filename (rig->directory, name, NULL);
	char *text = NULL;

	g_file_get_contents (path, &text, NULL, NULL);
	return text;
}

START_TEST (it_answers_host_status_in_three_strings)
{
	tells ("0", "000");
	rig->line.paper_out = TRUE;
	tells ("1", "000");
}
END_TEST

START_TEST (a_format_waits_and_then_lies_printed)
{
	g_autofree char *before = NULL, *one = NULL, *two = NULL, *three = NULL;

	say ("\r\n" LABEL "\r\n^XA^FDsecond");
	tells ("0", "001"); /* answered at once, in the middle of the second format */
	before = label (1);
	ck_assert_ptr_null (before);
	say ("^FS^XZ");
	tells ("0", "002");
	rig_tick (rig, 1.1);
	tells ("0", "000");
	one = label (1);
	two = label (2);
	three = label (3);
	ck_assert_str_eq (one, LABEL);
	ck_assert_str_eq (two, "^XA^FDsecond^FS^XZ");
	ck_assert_ptr_null (three);
}
END_TEST

START_TEST (without_paper_formats_wait)
{
	g_autofree char *before = NULL, *after = NULL;

	rig->line.paper_out = TRUE;
	say (LABEL);
	tells ("1", "001");
	rig_tick (rig, 5);
	tells ("1", "001");
	before = label (1);
	ck_assert_ptr_null (before);
	rig->line.paper_out = FALSE;
	rig_tick (rig, 0.6);
	tells ("0", "000");
	after = label (1);
	ck_assert_str_eq (after, LABEL);
}
END_TEST

START_TEST (noise_is_passed_over)
{
	static const char noise[] = "\0\0~HI\0^XZ garbage ~";

	ck_assert_int_eq (write (near, noise, sizeof noise), sizeof noise);
	tells ("0", "000");
}
END_TEST

/* -- together ---------------------------------------------------------------------------------- */

static PlClock *process;
static PlInstrument *printer;

static void
together_setup (void)
{
	rig = rig_new (&pl_sim_zpl_printer, NULL);
	process = pl_clock_new_scaled (100);
	rig_follow (rig, process);
	printer =
	    pl_driver_zpl_printer.open (PL_ROLE_PRINTER, rig_take_link (rig), process, NULL, NULL);
}

static void
together_teardown (void)
{
	pl_instrument_free (printer);
	rig_free (rig);
	pl_clock_free (process);
}

START_TEST (a_label_goes_through_and_lies_there_when_print_returns)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (printer->ops.printer->print (printer, LABEL, &error), error);
	text = label (1);
	ck_assert_str_eq (text, LABEL);
}
END_TEST

START_TEST (paper_out_is_told_before_and_after)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *none = NULL;

	rig->line.paper_out = TRUE;
	ck_assert (!printer->ops.printer->print (printer, LABEL, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY);
	rig_tick (rig, 1);
	rig->line.paper_out = FALSE;
	rig_tick (rig, 5);
	none = label (1); /* it was never sent */
	ck_assert_ptr_null (none);
}
END_TEST

START_TEST (a_printer_that_is_switched_off_is_a_hang_up)
{
	g_autoptr (GError) error = NULL;

	shutdown (rig->far, SHUT_RDWR);
	ck_assert (!printer->ops.printer->status (printer, NULL, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("registers-printer");
	TCase *driver = tcase_create ("driver"), *alone = tcase_create ("alone"),
	      *together = tcase_create ("together");

	tcase_set_timeout (driver, 30);
	tcase_add_test (driver, a_healthy_printer_has_no_trouble);
	tcase_add_test (driver, each_trouble_is_named_with_what_to_do);
	tcase_add_test (driver, what_is_no_status_is_not_understood);
	tcase_add_test (driver, status_is_what_the_printer_says_now);
	tcase_add_test (driver, no_reply_is_unknown_and_not_healthy);
	tcase_add_test (driver, garbage_is_no_status);
	tcase_add_test (driver, a_label_is_printed_when_nothing_waits_any_more);
	tcase_add_test (driver, a_printer_in_trouble_gets_no_label);
	tcase_add_test (driver, paper_that_runs_out_while_printing_asks_for_a_reprint);
	tcase_add_test (driver, a_label_that_waits_for_ever_is_not_printed);
	tcase_add_test (driver, a_printer_that_falls_silent_after_the_label_has_not_printed_it);
	tcase_add_test (driver, an_old_answer_is_not_taken_for_the_new_one);
	tcase_add_test (driver, a_recorded_dialogue_prints_and_one_with_paper_out_does_not);
	suite_add_tcase (suite, driver);
	tcase_set_timeout (alone, 30);
	tcase_add_checked_fixture (alone, alone_setup, alone_teardown);
	tcase_add_test (alone, it_answers_host_status_in_three_strings);
	tcase_add_test (alone, a_format_waits_and_then_lies_printed);
	tcase_add_test (alone, without_paper_formats_wait);
	tcase_add_test (alone, noise_is_passed_over);
	suite_add_tcase (suite, alone);
	tcase_set_timeout (together, 30);
	tcase_add_checked_fixture (together, together_setup, together_teardown);
	tcase_add_test (together, a_label_goes_through_and_lies_there_when_print_returns);
	tcase_add_test (together, paper_out_is_told_before_and_after);
	tcase_add_test (together, a_printer_that_is_switched_off_is_a_hang_up);
	suite_add_tcase (suite, together);
	return pl_suite_main (suite);
}
