/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <math.h>
#include <string.h>

extern const PlDriver pl_driver_itech_it6000c;

#define IDN "ITECH Electronics,IT6054C-800-225,800104020777110001,000.006.101,640.R,132.R"

static const PlSupplyLimits usual = {116.8, 80, 50, 50, 119.72, 78, 56, 10};

/* -- a scripted supply with the driver on it --------------------------------------------------- */

static Echo *echo;
static PlClock *wall;
static PlInstrument *supply;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "IT6054C-800-225", NULL);
	g_autoptr (GError) error = NULL;

	echo = echo_new ();
	wall = pl_clock_new_real ();
	echo_set (echo, "*IDN", IDN);
	echo_set (echo, "OUTP", "0");
	echo_set (echo, "STAT:QUES:COND", "0");
	echo_set (echo, "SYST:ERR", "0,\"No Error\"");
	echo_set (echo, "MEAS:VOLT", "104.213");
	echo_set (echo, "MEAS:CURR", "-1.99969");
	echo_set (echo, "MEAS:POW", "-208.394");
	supply =
	    pl_driver_itech_it6000c.open (PL_ROLE_SUPPLY, echo_link (echo), wall, settings, &error);
	ck_assert_ok (supply != NULL, error);
	supply->name = g_strdup ("supply");
}

static void
tear_down (void)
{
	pl_instrument_free (supply);
	echo_free (echo);
	pl_clock_free (wall);
}

static void
arm_ok (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->arm (supply, &usual, &error), error);
}

static void
switch_on_ok (void)
{
	g_autoptr (GError) error = NULL;

	arm_ok ();
	ck_assert_ok (supply->ops.supply->output (supply, TRUE, &error), error);
}

/* The call fails with this code, and its message has this word in it. A macro: the call comes
 * before the look. */
#define assert_refused(call, error, code, word)                                                    \
	do {                                                                                       \
		ck_assert (!(call));                                                               \
		ck_assert_err (error, PL_INSTRUMENT_ERROR, code);                                  \
		ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);       \
	} while (0)

START_TEST (the_identity_is_known_after_opening)
{
	ck_assert_str_eq (supply->identity.model, "IT6054C-800-225");
	ck_assert_str_eq (supply->identity.serial, "800104020777110001");
	ck_assert_int_ge (echo_place (echo, "SYST:REM", 0), 0);
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

static const struct {
	const char *idn, *model;
	int code;
} strangers[] = {
    {"ITECH Electronics,IT6012C-800-50,1,1", "IT6054C-800-225", PL_INSTRUMENT_ERROR_IDENTITY},
    {"GW.INSTEK,GPT-9904,EM110867,V2.08", NULL, PL_INSTRUMENT_ERROR_IDENTITY},
    {"Somebody,IT6054C-800-225,1,1", NULL, PL_INSTRUMENT_ERROR_IDENTITY},
    {IDN, "IT8512A", PL_INSTRUMENT_ERROR_CONFIG},
};

START_TEST (another_instrument_is_not_taken_for_the_supply)
{
	g_autoptr (GHashTable) settings = strangers[_i].model != NULL
					      ? settings_of ("model", strangers[_i].model, NULL)
					      : settings_of (NULL, NULL);
	g_autoptr (PlLink) link = echo_link (echo);
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "*IDN", strangers[_i].idn);
	ck_assert_ptr_null (
	    pl_driver_itech_it6000c.open (PL_ROLE_SUPPLY, link, wall, settings, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, strangers[_i].code);
}
END_TEST

START_TEST (without_a_model_in_the_bench_file_any_of_the_series_will_do)
{
	PlLink *link = echo_link (echo);
	g_autoptr (GError) error = NULL;
	PlInstrument *other;

	echo_fix (echo, "*IDN", "ITECH Electronics,IT6012C-800-50,1,1");
	other = pl_driver_itech_it6000c.open (PL_ROLE_SUPPLY, link, wall, NULL, &error);
	ck_assert_ok (other != NULL, error);
	ck_assert_str_eq (other->identity.model, "IT6012C-800-50");
	pl_instrument_free (other);
}
END_TEST

/* -- arming ------------------------------------------------------------------------------------ */

START_TEST (arming_writes_limits_in_the_priority_that_takes_them_and_undervoltage_last)
{
	int off, volt, limits, curr, volt_lim, uvp, uvp_on, wdog_on;

	arm_ok ();
	off = echo_place (echo, "OUTP OFF", 0);
	volt = echo_place (echo, "FUNC VOLT", off);
	limits = echo_place (echo, "CURR:LIM:NEG -50", volt);
	curr = echo_place (echo, "FUNC CURR", limits);
	volt_lim = echo_place (echo, "VOLT:LIM 116.8", curr);
	uvp = echo_place (echo, "VOLT:UND:PROT 78", volt_lim);
	uvp_on = echo_place (echo, "VOLT:UND:PROT:STAT ON", uvp);
	wdog_on = echo_place (echo, "OUTP:PROT:WDOG:STAT ON", uvp_on);
	ck_assert_int_ge (wdog_on, 0);
	ck_assert_int_ge (echo_place (echo, "CURR 0", curr), 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:LIM:NEG 80", volt_lim), 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:PROT 119.72", curr), 0);
	ck_assert_int_ge (echo_place (echo, "CURR:PROT 56", curr), 0);
	ck_assert_int_ge (echo_place (echo, "OUTP:PROT:WDOG:DEL 10", curr), 0);
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

/* Each of them is read back after the last of them was written. */
static const char *const read_back[] = {
    "CURR?",
    "VOLT:LIM?",
    "VOLT:LIM:NEG?",
    "VOLT:PROT?",
    "VOLT:PROT:DEL?",
    "VOLT:PROT:STAT?",
    "CURR:PROT?",
    "CURR:PROT:DEL?",
    "CURR:PROT:STAT?",
    "VOLT:UND:PROT?",
    "VOLT:UND:PROT:DEL?",
    "VOLT:UND:PROT:WARM?",
    "VOLT:UND:PROT:STAT?",
    "OUTP:PROT:WDOG:DEL?",
    "OUTP:PROT:WDOG:STAT?",
    "FUNC?",
    "FUNC:MODE?",
};

START_TEST (every_setting_is_read_back_after_all_are_written)
{
	int last;

	arm_ok ();
	last = echo_place (echo, "OUTP:PROT:WDOG:STAT ON", 0);
	ck_assert_int_ge (last, 0);
	ck_assert_msg (echo_place (echo, read_back[_i], last) > last, "%s was not asked",
		       read_back[_i]);
}
END_TEST

static const struct {
	const char *header, *value, *word;
} other_values[] = {
    {"VOLT:PROT", "808", "wrote 119.72 V, reads back 808 V, which is looser"},
    {"VOLT:PROT", "119.73", "which is looser"},
    {"VOLT:PROT", "110", "wrote 119.72 V, reads back 110 V"},
    {"VOLT:PROT:DEL", "10", "wrote 0.005 s, reads back 10 s, which is looser"},
    {"VOLT:PROT:STAT", "0", "overvoltage protection (VOLT:PROT:STAT): wrote ON, reads back OFF"},
    {"CURR:PROT", "227.25", "wrote 56 A, reads back 227.25 A, which is looser"},
    {"CURR:PROT:STAT", "0", "overcurrent protection (CURR:PROT:STAT): wrote ON"},
    {"VOLT:UND:PROT", "10", "wrote 78 V, reads back 10 V, which is looser"},
    {"VOLT:UND:PROT:WARM", "20", "which is looser"},
    {"VOLT:UND:PROT:STAT", "OFF", "undervoltage protection (VOLT:UND:PROT:STAT): wrote ON"},
    {"OUTP:PROT:WDOG:DEL", "30", "wrote 10 s, reads back 30 s, which is looser"},
    {"OUTP:PROT:WDOG:STAT", "0", "watchdog (OUTP:PROT:WDOG:STAT): wrote ON"},
    /* the coupling rule: what the switch of priority copied stayed there */
    {"VOLT:LIM", "4", "wrote 116.8 V, reads back 4 V"},
    {"VOLT:LIM:NEG", "0.2", "wrote 80 V, reads back 0.2 V, which is looser"},
    {"CURR:LIM", "227.25", "which is looser"},
    {"CURR:LIM:NEG", "-227.25", "which is looser"},
    {"CURR", "2.31", "wrote 0 A, reads back 2.31 A"},
    {"FUNC", "VOLTage", "wrote CURR, reads back VOLTage"},
    {"FUNC:MODE", "LIST", "wrote FIX, reads back LIST"},
    {"OUTP", "1", "reads back ON"},
};

START_TEST (a_limit_that_reads_back_looser_blocks_the_test)
{
	g_autoptr (GError) error = NULL, unarmed = NULL;

	echo_fix (echo, other_values[_i].header, other_values[_i].value);
	assert_refused (supply->ops.supply->arm (supply, &usual, &error), error,
			PL_INSTRUMENT_ERROR_REFUSED, other_values[_i].word);
	assert_refused (supply->ops.supply->output (supply, TRUE, &unarmed), unarmed,
			PL_INSTRUMENT_ERROR_REFUSED, "arm it first");
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

START_TEST (a_readback_within_half_a_step_is_the_value_that_was_written)
{
	echo_fix (echo, "CURR:LIM:NEG", "-49.9951");
	echo_fix (echo, "VOLT:LIM", "116.803");
	arm_ok ();
}
END_TEST

START_TEST (an_error_in_the_supplys_queue_blocks_the_test)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "SYST:ERR", "-221,\"Settings conflict\"");
	assert_refused (supply->ops.supply->arm (supply, &usual, &error), error,
			PL_INSTRUMENT_ERROR_REPORTED, "Settings conflict");
}
END_TEST

START_TEST (a_protection_that_tripped_on_the_pack_is_not_cleared_by_arming)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "STAT:QUES:COND", "1");
	assert_refused (supply->ops.supply->arm (supply, &usual, &error), error,
			PL_INSTRUMENT_ERROR_PROTECTION, "over-voltage (OVP)");
	ck_assert (strstr (error->message, "clear the protection at the supply") != NULL);
	ck_assert_int_eq (echo_place (echo, "OUTP:PROT:CLE", 0), -1);
}
END_TEST

START_TEST (a_watchdog_that_tripped_is_cleared_by_arming_and_checked)
{
	g_autoptr (GError) error = NULL;

	echo_fix (echo, "STAT:QUES:COND", "8192");
	assert_refused (supply->ops.supply->arm (supply, &usual, &error), error,
			PL_INSTRUMENT_ERROR_PROTECTION, "watchdog");
	ck_assert_int_ge (echo_place (echo, "OUTP:PROT:CLE", 0), 0);
}
END_TEST

START_TEST (limits_out_of_order_are_refused_before_anything_is_sent)
{
	PlSupplyLimits wrong = usual;
	g_autoptr (GError) error = NULL;
	guint before = echo->heard->len;

	wrong.uvp_v = 90;
	assert_refused (supply->ops.supply->arm (supply, &wrong, &error), error,
			PL_INSTRUMENT_ERROR_REFUSED, "undervoltage");
	ck_assert_uint_eq (echo->heard->len, before);
}
END_TEST

/* A wire that goes at any moment of arming leaves a supply that is not armed. */
START_TEST (a_hang_up_while_arming_is_a_hang_up_and_nothing_is_armed)
{
	g_autoptr (GError) error = NULL, unarmed = NULL;
	guint whole, before = echo->heard->len;

	arm_ok ();
	whole = echo->heard->len - before;
	for (guint n = 0; n < whole; n++) {
		g_clear_error (&error);
		g_clear_error (&unarmed);
		echo->hang_up_after = (int)(echo->heard->len + n);
		ck_assert (!supply->ops.supply->arm (supply, &usual, &error));
		ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
		echo->hang_up_after = -1;
		assert_refused (supply->ops.supply->output (supply, TRUE, &unarmed), unarmed,
				PL_INSTRUMENT_ERROR_REFUSED, "arm it first");
	}
}
END_TEST

START_TEST (garbage_and_silence_while_arming_are_link_errors)
{
	g_autoptr (GError) garbage = NULL, silence = NULL;

	echo_fix (echo, "VOLT:PROT", "nan");
	ck_assert (!supply->ops.supply->arm (supply, &usual, &garbage));
	ck_assert_err (garbage, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	echo_fix (echo, "VOLT:PROT", NULL);
	ck_assert (!supply->ops.supply->arm (supply, &usual, &silence));
	ck_assert_err (silence, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT);
	ck_assert (strstr (silence->message, "VOLT:PROT?") != NULL);
}
END_TEST

START_TEST (limits_are_rounded_to_the_stricter_side)
{
	PlSupplyLimits odd = {116.8049, 80.001, 50.009, 49.999, 119.7299, 77.991, 56.009, 10.9};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (supply->ops.supply->arm (supply, &odd, &error), error);
	ck_assert_int_ge (echo_place (echo, "VOLT:LIM 116.8", 0), 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:LIM:NEG 80.01", 0), 0);
	ck_assert_int_ge (echo_place (echo, "CURR:LIM 50", 0), 0);
	ck_assert_int_ge (echo_place (echo, "CURR:LIM:NEG -49.99", 0), 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:PROT 119.72", 0), 0);
	ck_assert_int_ge (echo_place (echo, "VOLT:UND:PROT 78", 0), 0);
	ck_assert_int_ge (echo_place (echo, "CURR:PROT 56", 0), 0);
	ck_assert_int_ge (echo_place (echo, "OUTP:PROT:WDOG:DEL 10", 0), 0);
}
END_TEST

/* -- current and output ------------------------------------------------------------------------ */

START_TEST (output_and_current_need_arming_first)
{
	g_autoptr (GError) output = NULL, current = NULL;

	assert_refused (supply->ops.supply->output (supply, TRUE, &output), output,
			PL_INSTRUMENT_ERROR_REFUSED, "arm it first");
	assert_refused (supply->ops.supply->set_current (supply, 0, &current), current,
			PL_INSTRUMENT_ERROR_REFUSED, "arm it first");
	ck_assert_int_eq (echo_place (echo, "OUTP ON", 0), -1);
}
END_TEST

START_TEST (a_current_is_written_in_hundredths_and_read_back)
{
	g_autoptr (GError) error = NULL;

	arm_ok ();
	ck_assert_ok (supply->ops.supply->set_current (supply, -20.019, &error), error);
	ck_assert_int_ge (echo_place (echo, "CURR -20.01", 0), 0);
	ck_assert_ok (supply->ops.supply->set_current (supply, 50, &error), error);
	ck_assert_int_ge (echo_place (echo, "CURR 50", 0), 0);
	echo_fix (echo, "CURR", "20");
	assert_refused (supply->ops.supply->set_current (supply, 10, &error), error,
			PL_INSTRUMENT_ERROR_REFUSED, "wrote 10 A, reads back 20 A");
}
END_TEST

START_TEST (a_current_beyond_what_was_armed_is_refused)
{
	static const double beyond[] = {50.01, -50.01, 1e9, NAN, INFINITY, -INFINITY};

	arm_ok ();
	for (guint i = 0; i < G_N_ELEMENTS (beyond); i++) {
		g_autoptr (GError) error = NULL;
		guint before = echo->heard->len;

		assert_refused (supply->ops.supply->set_current (supply, beyond[i], &error), error,
				PL_INSTRUMENT_ERROR_REFUSED, "armed for, -50 to 50 A");
		ck_assert_uint_eq (echo->heard->len, before);
	}
}
END_TEST

START_TEST (an_output_that_does_not_come_on_is_switched_off_for_certain)
{
	g_autoptr (GError) refused = NULL, tripped = NULL;

	arm_ok ();
	echo_fix (echo, "OUTP", "0");
	assert_refused (supply->ops.supply->output (supply, TRUE, &refused), refused,
			PL_INSTRUMENT_ERROR_REFUSED, "reads back OFF");
	ck_assert_int_ge (echo_place (echo, "OUTP OFF", echo_place (echo, "OUTP ON", 0)), 0);
	echo_fix (echo, "STAT:QUES:COND", "32");
	assert_refused (supply->ops.supply->output (supply, TRUE, &tripped), tripped,
			PL_INSTRUMENT_ERROR_PROTECTION, "under-voltage (UVP)");
}
END_TEST

START_TEST (an_output_that_does_not_go_off_is_told)
{
	g_autoptr (GError) error = NULL, safe = NULL;

	switch_on_ok ();
	echo_fix (echo, "OUTP", "1");
	assert_refused (supply->ops.supply->output (supply, FALSE, &error), error,
			PL_INSTRUMENT_ERROR_REFUSED, "reads back ON: press its emergency stop");
	assert_refused (supply->make_safe (supply, &safe), safe, PL_INSTRUMENT_ERROR_REFUSED,
			"reads back ON");
}
END_TEST

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (an_off_that_was_lost_is_sent_again)
{
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_queue (echo, "OUTP", "1", NULL); /* still on, then garbled */
	ck_assert_ok (supply->ops.supply->output (supply, FALSE, &error), error);
	ck_assert_str_eq (g_hash_table_lookup (echo->memory, "OUTP"), "0");
}
END_TEST

START_TEST (half_a_message_of_a_conversation_that_broke_off_does_not_keep_it_from_opening)
{
	g_autoptr (GError) error = NULL;
	PlInstrument *again;

	echo_queue (echo, "*IDN", NULL, IDN);
	again = pl_driver_itech_it6000c.open (PL_ROLE_SUPPLY, echo_link (echo), wall, NULL, &error);
	ck_assert_ok (again != NULL, error);
	pl_instrument_free (again);
}
END_TEST

START_TEST (a_reading_holds_what_the_supply_says_and_its_words)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	ck_assert_ok (supply->ops.supply->read (supply, &reading, &error), error);
	ck_assert_double_eq_tol (reading.voltage_v, 104.213, 1e-9);
	ck_assert_double_eq_tol (reading.current_a, -1.99969, 1e-9);
	ck_assert_double_eq_tol (reading.power_w, -208.394, 1e-9);
	ck_assert (reading.output_on);
	ck_assert_str_eq (reading.raw, "104.213,-1.99969,-208.394");
}
END_TEST

static const struct {
	const char *status, *word;
} trips[] = {
    {"1", "over-voltage (OVP)"},
    {"2", "over-current charging"},
    {"4", "over-current discharging"},
    {"32", "under-voltage (UVP)"},
    {"8192", "watchdog"},
    {"33", "over-voltage (OVP), under-voltage (UVP)"},
    {"32768", "without a name"},
};

START_TEST (a_tripped_protection_is_an_error_that_names_it)
{
	PlSupplyReading reading = {.voltage_v = 42};
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_fix (echo, "STAT:QUES:COND", trips[_i].status);
	echo_fix (echo, "OUTP", "0");
	assert_refused (supply->ops.supply->read (supply, &reading, &error), error,
			PL_INSTRUMENT_ERROR_PROTECTION, trips[_i].word);
	ck_assert_double_eq_tol (reading.voltage_v, 42, 1e-9);
}
END_TEST

START_TEST (an_output_that_went_off_by_itself_is_a_trip_whatever_the_status_says)
{
	PlSupplyReading reading;

	switch_on_ok ();
	echo_fix (echo, "OUTP", "0");
	for (guint i = 0; i < 2; i++) { /* it stays one */
		g_autoptr (GError) error = NULL;

		assert_refused (supply->ops.supply->read (supply, &reading, &error), error,
				PL_INSTRUMENT_ERROR_PROTECTION, "went off by itself");
	}
}
END_TEST

START_TEST (an_output_that_is_on_without_us_is_told)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	arm_ok ();
	echo_fix (echo, "OUTP", "1");
	assert_refused (supply->ops.supply->read (supply, &reading, &error), error,
			PL_INSTRUMENT_ERROR_REFUSED, "has not switched it on");
}
END_TEST

static const struct {
	const char *header, *value;
	GQuark (*domain) (void);
	int code;
} no_readings[] = {
    {"MEAS:VOLT", "9.91E+37", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE},
    {"MEAS:VOLT", "nan", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"MEAS:VOLT", "", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"MEAS:VOLT", NULL, pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
    {"MEAS:CURR", "271", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IMPLAUSIBLE},
    {"MEAS:CURR", "1.5A", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"MEAS:POW", "1,2", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"STAT:QUES:COND", "garbage", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"OUTP", "maybe", pl_link_error_quark, PL_LINK_ERROR_PROTOCOL},
    {"OUTP", NULL, pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (no_value_is_returned_for_a_reply_that_is_none)
{
	PlSupplyReading reading = {.current_a = 42};
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_fix (echo, no_readings[_i].header, no_readings[_i].value);
	ck_assert (!supply->ops.supply->read (supply, &reading, &error));
	ck_assert_err (error, no_readings[_i].domain (), no_readings[_i].code);
	ck_assert_double_eq_tol (reading.current_a, 42, 1e-9);
}
END_TEST

/* -- safe state -------------------------------------------------------------------------------- */

START_TEST (making_safe_takes_the_current_back_then_the_output_and_disarms)
{
	g_autoptr (GError) error = NULL, unarmed = NULL;
	int zero, from;

	switch_on_ok ();
	from = (int)echo->heard->len;
	ck_assert_ok (supply->make_safe (supply, &error), error);
	zero = echo_place (echo, "CURR 0", from);
	ck_assert_int_ge (zero, 0);
	ck_assert_int_ge (echo_place (echo, "OUTP?", echo_place (echo, "OUTP OFF", zero)), 0);
	assert_refused (supply->ops.supply->output (supply, TRUE, &unarmed), unarmed,
			PL_INSTRUMENT_ERROR_REFUSED, "arm it first");
}
END_TEST

START_TEST (making_safe_switches_off_although_the_current_cannot_be_taken_back)
{
	g_autoptr (GError) error = NULL;
	int from;

	switch_on_ok ();
	echo_fix (echo, "CURR", "20");
	from = (int)echo->heard->len;
	assert_refused (supply->make_safe (supply, &error), error, PL_INSTRUMENT_ERROR_REFUSED,
			"reads back 20 A");
	ck_assert_int_ge (echo_place (echo, "OUTP OFF", from), 0);
}
END_TEST

START_TEST (making_safe_clears_no_protection)
{
	g_autoptr (GError) error = NULL;

	switch_on_ok ();
	echo_fix (echo, "STAT:QUES:COND", "1");
	echo_fix (echo, "OUTP", "0");
	ck_assert_ok (supply->make_safe (supply, &error), error);
	ck_assert_int_eq (echo_place (echo, "OUTP:PROT:CLE", 0), -1);
	ck_assert_int_eq (echo_place (echo, "*CLS", echo_place (echo, "OUTP ON", 0)), -1);
}
END_TEST

START_TEST (making_safe_before_anything_was_armed_touches_no_setpoint)
{
	g_autoptr (GError) error = NULL;

	echo_set (echo, "FUNC", "VOLTage");
	ck_assert_ok (supply->make_safe (supply, &error), error);
	ck_assert_int_eq (echo_place (echo, "CURR 0", 0), -1);
	ck_assert_int_ge (echo_place (echo, "OUTP OFF", 0), 0);
}
END_TEST

/* -- recordings -------------------------------------------------------------------------------- */

static PlInstrument *
open_recording (const char *name)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "IT6054C-800-225", NULL);
	g_autoptr (GError) error = NULL;
	PlInstrument *opened = pl_driver_itech_it6000c.open (PL_ROLE_SUPPLY, recording_open (name),
							     wall, settings, &error);

	ck_assert_ok (opened != NULL, error);
	opened->name = g_strdup ("supply");
	return opened;
}

START_TEST (a_recorded_charge_is_understood)
{
	g_autoptr (PlInstrument) s = open_recording ("it6000c-charge.rec");
	g_autoptr (GError) error = NULL;
	PlSupplyReading reading;

	ck_assert_ok (s->ops.supply->arm (s, &usual, &error), error);
	ck_assert_ok (s->ops.supply->set_current (s, 0, &error), error);
	ck_assert_ok (s->ops.supply->output (s, TRUE, &error), error);
	ck_assert_ok (s->ops.supply->set_current (s, 20, &error), error);
	ck_assert_ok (s->ops.supply->read (s, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, 19.9984, 1e-9);
	ck_assert_ok (s->make_safe (s, &error), error);
}
END_TEST

START_TEST (a_recorded_looser_limit_blocks_the_test)
{
	g_autoptr (PlInstrument) s = open_recording ("it6000c-looser.rec");
	g_autoptr (GError) error = NULL;

	assert_refused (s->ops.supply->arm (s, &usual, &error), error, PL_INSTRUMENT_ERROR_REFUSED,
			"wrote 80 V, reads back 0.2 V, which is looser");
}
END_TEST

START_TEST (a_recorded_watchdog_trip_is_named_and_cleared_by_the_next_arming)
{
	g_autoptr (PlInstrument) s = open_recording ("it6000c-watchdog.rec");
	g_autoptr (GError) error = NULL, tripped = NULL;
	PlSupplyReading reading;

	ck_assert_ok (s->ops.supply->arm (s, &usual, &error), error);
	ck_assert_ok (s->ops.supply->output (s, TRUE, &error), error);
	assert_refused (s->ops.supply->read (s, &reading, &tripped), tripped,
			PL_INSTRUMENT_ERROR_PROTECTION, "watchdog");
	ck_assert_ok (s->make_safe (s, &error), error);
	ck_assert_ok (s->ops.supply->arm (s, &usual, &error), error);
}
END_TEST

START_TEST (a_recorded_pulled_cable_is_a_hang_up)
{
	g_autoptr (PlInstrument) s = open_recording ("it6000c-unplugged.rec");
	g_autoptr (GError) error = NULL, gone = NULL;
	PlSupplyReading reading;

	ck_assert (!s->ops.supply->read (s, &reading, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
	ck_assert (!s->make_safe (s, &gone));
	ck_assert_err (gone, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP);
}
END_TEST

static void
add_output_tests (Suite *suite)
{
	TCase *tcase = tcase_create ("output");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, output_and_current_need_arming_first);
	tcase_add_test (tcase, a_current_is_written_in_hundredths_and_read_back);
	tcase_add_test (tcase, a_current_beyond_what_was_armed_is_refused);
	tcase_add_test (tcase, an_output_that_does_not_come_on_is_switched_off_for_certain);
	tcase_add_test (tcase, an_output_that_does_not_go_off_is_told);
	tcase_add_test (tcase, an_off_that_was_lost_is_sent_again);
	tcase_add_test (
	    tcase, half_a_message_of_a_conversation_that_broke_off_does_not_keep_it_from_opening);
	tcase_add_test (tcase, a_reading_holds_what_the_supply_says_and_its_words);
	tcase_add_loop_test (tcase, a_tripped_protection_is_an_error_that_names_it, 0,
			     G_N_ELEMENTS (trips));
	tcase_add_test (tcase,
			an_output_that_went_off_by_itself_is_a_trip_whatever_the_status_says);
	tcase_add_test (tcase, an_output_that_is_on_without_us_is_told);
	tcase_add_loop_test (tcase, no_value_is_returned_for_a_reply_that_is_none, 0,
			     G_N_ELEMENTS (no_readings));
	tcase_add_test (tcase, making_safe_takes_the_current_back_then_the_output_and_disarms);
	tcase_add_test (tcase, making_safe_switches_off_although_the_current_cannot_be_taken_back);
	tcase_add_test (tcase, making_safe_clears_no_protection);
	tcase_add_test (tcase, making_safe_before_anything_was_armed_touches_no_setpoint);
	suite_add_tcase (suite, tcase);
}

static void
add_recordings (Suite *suite)
{
	TCase *tcase = tcase_create ("recordings");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, a_recorded_charge_is_understood);
	tcase_add_test (tcase, a_recorded_looser_limit_blocks_the_test);
	tcase_add_test (tcase, a_recorded_watchdog_trip_is_named_and_cleared_by_the_next_arming);
	tcase_add_test (tcase, a_recorded_pulled_cable_is_a_hang_up);
	suite_add_tcase (suite, tcase);
}

int
main (void)
{
	Suite *suite = suite_create ("it6000c-driver");
	TCase *tcase = tcase_create ("arming");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, the_identity_is_known_after_opening);
	tcase_add_loop_test (tcase, another_instrument_is_not_taken_for_the_supply, 0,
			     G_N_ELEMENTS (strangers));
	tcase_add_test (tcase, without_a_model_in_the_bench_file_any_of_the_series_will_do);
	tcase_add_test (tcase,
			arming_writes_limits_in_the_priority_that_takes_them_and_undervoltage_last);
	tcase_add_loop_test (tcase, every_setting_is_read_back_after_all_are_written, 0,
			     G_N_ELEMENTS (read_back));
	tcase_add_loop_test (tcase, a_limit_that_reads_back_looser_blocks_the_test, 0,
			     G_N_ELEMENTS (other_values));
	tcase_add_test (tcase, a_readback_within_half_a_step_is_the_value_that_was_written);
	tcase_add_test (tcase, an_error_in_the_supplys_queue_blocks_the_test);
	tcase_add_test (tcase, a_protection_that_tripped_on_the_pack_is_not_cleared_by_arming);
	tcase_add_test (tcase, a_watchdog_that_tripped_is_cleared_by_arming_and_checked);
	tcase_add_test (tcase, limits_out_of_order_are_refused_before_anything_is_sent);
	tcase_add_test (tcase, a_hang_up_while_arming_is_a_hang_up_and_nothing_is_armed);
	tcase_add_test (tcase, garbage_and_silence_while_arming_are_link_errors);
	tcase_add_test (tcase, limits_are_rounded_to_the_stricter_side);
	suite_add_tcase (suite, tcase);
	add_output_tests (suite);
	add_recordings (suite);
	return pl_suite_main (suite);
}
