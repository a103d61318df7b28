/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/itech_it8500/protocol.h"
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_itech_it8500;

/* -- frames by their bytes --------------------------------------------------------------------- */

/* Remote on, as the manual of the series prints it. */
static const guint8 remote_on[PL_IT8500_FRAME] = {0xAA, 0, 0x20, 1, [25] = 0xCB};

START_TEST (a_frame_has_its_sum_at_the_end)
{
	PlIt8500Frame frame = {.command = 0x20};
	guint8 bytes[PL_IT8500_FRAME];

	pl_it8500_put (&frame, 0, 1, 1);
	pl_it8500_encode (&frame, bytes);
	ck_assert_mem_eq (bytes, remote_on, sizeof bytes);
	frame.command = 0x2A;
	pl_it8500_put (&frame, 0, 4, 200000); /* 20 A */
	pl_it8500_encode (&frame, bytes);
	ck_assert_mem_eq (bytes + 3, "\x40\x0d\x03\x00", 4);
	ck_assert_uint_eq (pl_it8500_get (&frame, 0, 4), 200000);
}
END_TEST

START_TEST (a_frame_is_found_behind_noise_and_behind_what_looked_like_a_beginning)
{
	g_autoptr (GByteArray) in = g_byte_array_new ();
	PlIt8500Frame frame;

	g_byte_array_append (in, (const guint8 *)"\x00\xAA\x55\xAA", 4);
	ck_assert (!pl_it8500_take (in, &frame));
	/* in three pieces, as a serial line has it */
	g_byte_array_append (in, remote_on, 10);
	ck_assert (!pl_it8500_take (in, &frame));
	g_byte_array_append (in, remote_on + 10, 16);
	g_byte_array_append (in, (const guint8 *)"\xAA", 1);
	ck_assert (pl_it8500_take (in, &frame));
	ck_assert_uint_eq (frame.command, 0x20);
	ck_assert_uint_eq (frame.data[0], 1);
	ck_assert (!pl_it8500_take (in, &frame));
	ck_assert_uint_eq (in->len, 1); /* the next one's beginning */
}
END_TEST

START_TEST (a_frame_with_a_wrong_sum_is_none)
{
	g_autoptr (GByteArray) in = g_byte_array_new ();
	PlIt8500Frame frame;
	guint8 bad[PL_IT8500_FRAME];

	memcpy (bad, remote_on, sizeof bad);
	bad[25]++;
	g_byte_array_append (in, bad, sizeof bad);
	ck_assert (!pl_it8500_take (in, &frame));
	g_byte_array_append (in, remote_on, sizeof remote_on);
	ck_assert (pl_it8500_take (in, &frame));
}
END_TEST

START_TEST (a_state_is_millivolts_tenths_of_milliamperes_and_bits)
{
	PlIt8500Frame frame = {.command = 0x5F};
	PlIt8500State state;

	pl_it8500_put (&frame, 0, 4, 3302);
	pl_it8500_put (&frame, 4, 4, 200003);
	pl_it8500_put (&frame, 8, 4, 66041);
	pl_it8500_put (&frame, 12, 1, 0x4C);
	pl_it8500_put (&frame, 13, 2, 0x0042);
	pl_it8500_parse_state (&frame, &state);
	ck_assert_double_eq_tol (state.voltage_v, 3.302, 1e-9);
	ck_assert_double_eq_tol (state.current_a, 20.0003, 1e-9);
	ck_assert_double_eq_tol (state.power_w, 66.041, 1e-9);
	ck_assert (state.on && state.remote && state.timer);
	ck_assert_uint_eq (pl_it8500_faults (state.demand), 2);
}
END_TEST

static const struct {
	guint8 code;
	const char *what;
} codes[] = {
    {0x80, NULL},
    {0x90, "wrong checksum"},
    {0xA0, "wrong parameter"},
    {0xB0, "it cannot be carried out"},
    {0xC0, "no such command"},
    {0x11, "an unknown status"},
};

START_TEST (every_status_has_its_word)
{
	ck_assert_pstr_eq (pl_it8500_status (codes[_i].code), codes[_i].what);
}
END_TEST

START_TEST (an_identity_that_is_no_text_is_refused)
{
	PlIt8500Frame frame = {.command = 0x6A};
	PlIdentity id;
	g_autoptr (GError) error = NULL, good = NULL;

	ck_assert (!pl_it8500_parse_identity (&frame, &id, &error));
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
	memcpy (frame.data,
		"8513C\x37\x01"
		"6000120001",
		17);
	ck_assert_ok (pl_it8500_parse_identity (&frame, &id, &good), good);
	ck_assert_str_eq (id.model, "8513C");
	ck_assert_str_eq (id.serial, "6000120001");
	ck_assert_str_eq (id.firmware, "1.37");
	frame.data[2] = 0xF0;
	ck_assert (!pl_it8500_parse_identity (&frame, &id, NULL));
}
END_TEST

/* -- a scripted load: it remembers what is set and answers with it ------------------------------
 */

typedef struct {
	guint8 memory[256][PL_IT8500_DATA]; /* by the command that sets */
	guint8 status[256]; /* what a command is answered with; 0 = obeyed */
	gboolean fixed[256]; /* setting does not change it */
	guint heard[256];
	GByteArray *in, *out;
	guint noise, spoilt, mute; /* so many answers to come */
	gboolean gone;
} Device;

static Device device;
static PlClock *wall;
static PlInstrument *load;
static const PlSupplyLimits usual = {3.65, 2.5, 0, 40, 3.75, 2.4, 45, 30};

static gssize
device_read (gpointer self, guint8 *buf, gsize len, gint64 deadline, GError **error)
{
	gsize n = MIN (len, device.out->len);

	if (n == 0) {
		g_set_error (error, PL_LINK_ERROR,
			     device.gone ? PL_LINK_ERROR_HANGUP : PL_LINK_ERROR_TIMEOUT, "silence");
		return -1;
	}
	memcpy (buf, device.out->data, n);
	g_byte_array_remove_range (device.out, 0, (guint)n);
	return (gssize)n;
}

static void
device_answer (PlIt8500Frame *answer)
{
	guint8 bytes[PL_IT8500_FRAME];

	pl_it8500_encode (answer, bytes);
	if (device.mute > 0) {
		device.mute--;
		return;
	}
	if (device.spoilt > 0) {
		device.spoilt--;
		bytes[7] ^= 0x10;
	}
	if (device.noise > 0) {
		device.noise--;
		g_byte_array_append (device.out, (const guint8 *)"\xAA\x00\x12", 3);
	}
	g_byte_array_append (device.out, bytes, sizeof bytes);
}

/* Questions are answered by what was set with the command before, or by their own memory. */
static gboolean
is_question (guint8 command)
{
	return command == 0x5F || command == 0x6A || command == 0x01 ||
	       (command >= 0x23 && command % 2 == 1 && command != 0x5D) || command == 0x5E;
}

static gboolean
device_write (gpointer self, const guint8 *data, gsize len, gint64 deadline, GError **error)
{
	PlIt8500Frame frame, answer = {0};

	if (device.gone) {
		g_set_error (error, PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "pulled");
		return FALSE;
	}
	g_byte_array_append (device.in, data, (guint)len);
	if (!pl_it8500_take (device.in, &frame))
		return TRUE;
	device.heard[frame.command]++;
	if (device.status[frame.command] != 0 || !is_question (frame.command)) {
		answer.command = 0x12;
		answer.data[0] =
		    device.status[frame.command] != 0 ? device.status[frame.command] : 0x80;
		if (answer.data[0] == 0x80 && !device.fixed[frame.command])
			memcpy (device.memory[frame.command], frame.data, PL_IT8500_DATA);
		if (frame.command == 0x21 && !device.fixed[0x21])
			device.memory[0x5F][12] =
			    (guint8)((device.memory[0x5F][12] & ~8) | frame.data[0] << 3);
	} else {
		guint8 of = frame.command == 0x5F || frame.command == 0x6A || frame.command == 0x01
				? frame.command
				: frame.command - 1;

		answer.command = frame.command;
		memcpy (answer.data, device.memory[of], PL_IT8500_DATA);
	}
	device_answer (&answer);
	return TRUE;
}

static void
device_free (gpointer self)
{
}

static PlLink *
device_link (void)
{
	static const PlLinkVtable vtable = {
	    .kind = "device", .read = device_read, .write = device_write, .free = device_free};

	return pl_link_new (&vtable, NULL, "device");
}

static void
put (guint8 command, guint at, guint bytes, guint32 value)
{
	PlIt8500Frame frame = {0};

	pl_it8500_put (&frame, 0, bytes, value);
	memcpy (device.memory[command] + at, frame.data, bytes);
}

static void
set_up (void)
{
	g_autoptr (GError) error = NULL;

	memset (&device, 0, sizeof device);
	device.in = g_byte_array_new ();
	device.out = g_byte_array_new ();
	memcpy (device.memory[0x6A],
		"8513C\x37\x01"
		"6000120001",
		17);
	put (0x01, 0, 4, 1200000);
	put (0x01, 4, 4, 120000);
	put (0x01, 12, 4, 600000);
	put (0x5F, 0, 4, 3302);
	put (0x5F, 4, 4, 200003);
	put (0x5F, 8, 4, 66041);
	put (0x5F, 13, 2, 0x40);
	wall = pl_clock_new_real ();
	load = pl_driver_itech_it8500.open (PL_ROLE_SUPPLY, device_link (), wall, NULL, &error);
	ck_assert_ok (load != NULL, error);
}

static void
tear_down (void)
{
	pl_instrument_free (load);
	pl_clock_free (wall);
	g_byte_array_unref (device.in);
	g_byte_array_unref (device.out);
}

static void
arm_ok (void)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (load->ops.supply->arm (load, &usual, &error), error);
}

static void
switch_on_ok (void)
{
	g_autoptr (GError) error = NULL;

	arm_ok ();
	ck_assert_ok (load->ops.supply->set_current (load, -20, &error), error);
	ck_assert_ok (load->ops.supply->output (load, TRUE, &error), error);
}

static PlSupplyReading
read_ok (void)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert_ok (load->ops.supply->read (load, &reading, &error), error);
	return reading;
}

static void
read_fails (GQuark domain, int code, const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->read (load, &reading, &error));
	ck_assert_err (error, domain, code);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

/* -- opening and arming ------------------------------------------------------------------------ */

START_TEST (the_load_tells_who_it_is_and_what_it_can)
{
	ck_assert_str_eq (load->identity.model, "8513C");
	ck_assert_str_eq (load->identity.serial, "6000120001");
	ck_assert_uint_eq (device.memory[0x20][0], 1);
	ck_assert_uint_eq (device.heard[0x21], 0);
	ck_assert_int_eq (pl_driver_itech_it8500.loss_of_pc, PL_LOSS_WATCHDOG);
}
END_TEST

static const struct {
	const char *name, *value;
	GQuark (*domain) (void);
	int code;
} bad_settings[] = {
    {"model", "8514C", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_IDENTITY},
    {"address", "255", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {"address", "x", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    {"sense", "x", pl_instrument_error_quark, PL_INSTRUMENT_ERROR_CONFIG},
    /* another's answers are not its own */
    {"address", "7", pl_link_error_quark, PL_LINK_ERROR_TIMEOUT},
};

START_TEST (another_load_or_settings_that_are_none_are_not_opened)
{
	g_autoptr (GHashTable) settings =
	    settings_of (bad_settings[_i].name, bad_settings[_i].value, NULL);
	g_autoptr (PlLink) link = device_link ();
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (
	    pl_driver_itech_it8500.open (PL_ROLE_SUPPLY, link, wall, settings, &error));
	ck_assert_err (error, bad_settings[_i].domain (), bad_settings[_i].code);
}
END_TEST

START_TEST (everything_is_set_and_read_back_with_the_input_off)
{
	PlIt8500Frame frame = {0};

	arm_ok ();
	ck_assert_uint_eq (device.memory[0x5D][0], PL_IT8500_FUNCTION_BATTERY);
	ck_assert_uint_eq (device.memory[0x28][0], PL_IT8500_MODE_CC);
	memcpy (frame.data, device.memory[0x22], 4);
	ck_assert_uint_eq (pl_it8500_get (&frame, 0, 4), 3750);
	memcpy (frame.data, device.memory[0x24], 4);
	ck_assert_uint_eq (pl_it8500_get (&frame, 0, 4), 450000);
	memcpy (frame.data, device.memory[0x4E], 4);
	ck_assert_uint_eq (pl_it8500_get (&frame, 0, 4), 2400);
	memcpy (frame.data, device.memory[0x50], 4);
	ck_assert_uint_eq (pl_it8500_get (&frame, 0, 2), 30);
	ck_assert_uint_eq (device.memory[0x52][0], 1);
	for (guint command = 0x23; command <= 0x27; command += 2)
		ck_assert_uint_ge (device.heard[command], 1);
	ck_assert_uint_eq (device.memory[0x21][0], 0);
}
END_TEST

static const struct {
	guint8 command;
	guint32 value;
	const char *word;
} other_values[] = {
    {0x22, 120000, "reads back 120 V, which is looser"},
    {0x24, 1200000, "reads back 120 A, which is looser"},
    {0x26, 1000, "reads back 1 W"},
    {0x28, 1, "mode (0x28): wrote 0, reads back 1"},
    {0x2A, 5000, "which is looser"},
    {0x4E, 100, "reads back 0.1 V, which is looser"},
    {0x50, 300, "reads back 300 s, which is looser"},
    {0x52, 0, "watchdog (0x52): wrote 1, reads back 0"},
    {0x5D, 0, "function (0x5D): wrote 4, reads back 0"},
    {0x56, 1, "remote sense (0x56): wrote 0, reads back 1"},
};

START_TEST (what_reads_back_otherwise_is_not_armed)
{
	g_autoptr (GError) error = NULL, on = NULL;

	device.fixed[other_values[_i].command] = TRUE;
	put (other_values[_i].command, 0, 4, other_values[_i].value);
	ck_assert (!load->ops.supply->arm (load, &usual, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_msg (strstr (error->message, other_values[_i].word) != NULL, "%s",
		       error->message);
	ck_assert (!load->ops.supply->output (load, TRUE, &on));
}
END_TEST

static const struct {
	guint8 status;
	gboolean of_wire;
	int code;
	const char *word;
	guint asked;
} refusals[] = {
    {0x90, TRUE, PL_LINK_ERROR_PROTOCOL, "wrong checksum in command 0x22", 3},
    {0xA0, FALSE, PL_INSTRUMENT_ERROR_REPORTED, "wrong parameter (status 0xa0)", 1},
    {0xB0, FALSE, PL_INSTRUMENT_ERROR_REPORTED, "cannot be carried out (status 0xb0)", 1},
    {0xC0, FALSE, PL_INSTRUMENT_ERROR_REPORTED, "no such command (status 0xc0)", 1},
    {0x11, FALSE, PL_INSTRUMENT_ERROR_REPORTED, "an unknown status (status 0x11)", 1},
};

START_TEST (a_refusal_is_told_and_only_a_wrong_sum_is_tried_again)
{
	g_autoptr (GError) error = NULL;

	device.status[0x22] = refusals[_i].status;
	ck_assert (!load->ops.supply->arm (load, &usual, &error));
	ck_assert_err (error, refusals[_i].of_wire ? PL_LINK_ERROR : PL_INSTRUMENT_ERROR,
		       refusals[_i].code);
	ck_assert_msg (strstr (error->message, refusals[_i].word) != NULL, "%s", error->message);
	ck_assert_uint_eq (device.heard[0x22], refusals[_i].asked);
}
END_TEST

START_TEST (a_charge_asked_of_a_load_is_refused)
{
	static const PlSupplyLimits charge = {3.65, 2.5, 10, 40, 3.75, 2.4, 45, 30};
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->arm (load, &charge, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	ck_assert_uint_eq (device.heard[0x22], 0);
}
END_TEST

START_TEST (a_load_with_a_fault_is_not_armed)
{
	g_autoptr (GError) error = NULL;

	put (0x5F, 13, 2, 0x01);
	ck_assert (!load->ops.supply->arm (load, &usual, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	ck_assert_msg (strstr (error->message, "reversed polarity") != NULL, "%s", error->message);
}
END_TEST

/* -- reading ----------------------------------------------------------------------------------- */

START_TEST (a_look_is_of_one_moment_and_winds_the_timer_again)
{
	PlSupplyReading reading;
	guint wound;

	switch_on_ok ();
	wound = device.heard[0x50];
	reading = read_ok ();
	ck_assert_double_eq_tol (reading.voltage_v, 3.302, 1e-9);
	ck_assert_double_eq_tol (reading.current_a, -20.0003, 1e-9);
	ck_assert_double_eq_tol (reading.power_w, -66.041, 1e-9);
	ck_assert (reading.output_on);
	ck_assert_uint_eq (device.heard[0x50], wound + 1);
}
END_TEST

START_TEST (noise_a_lost_and_a_spoilt_answer_cost_another_try_only)
{
	switch_on_ok ();
	device.noise = 2;
	read_ok ();
	device.spoilt = 1;
	read_ok ();
	device.mute = 2;
	read_ok ();
}
END_TEST

START_TEST (what_went_off_and_what_is_no_reading_are_told)
{
	switch_on_ok ();
	put (0x5F, 0, 4, 2410);
	device.memory[0x5F][12] = 0x04;
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION,
		    "at its undervoltage protection of 2.4 V");
	put (0x5F, 0, 4, 3302);
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION, "watchdog of 30 s");
	put (0x5F, 13, 2, 0x04);
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION, "over-current (OCP)");
	put (0x5F, 0, 4, 4000000000u);
	read_fails (PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE, "4e+06");
	device.mute = 3;
	read_fails (PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "command 0x5f");
	device.gone = TRUE;
	read_fails (PL_LINK_ERROR, PL_LINK_ERROR_HANGUP, "silence");
}
END_TEST

START_TEST (making_safe_takes_the_current_back_and_proves_the_input_off)
{
	g_autoptr (GError) error = NULL, stuck = NULL;

	switch_on_ok ();
	ck_assert_ok (load->make_safe (load, &error), error);
	ck_assert_uint_eq (device.memory[0x2A][0], 0);
	ck_assert_uint_eq (device.memory[0x21][0], 0);
	device.fixed[0x21] = TRUE;
	device.memory[0x5F][12] = 0x0C;
	ck_assert (!load->make_safe (load, &stuck));
	ck_assert_msg (strstr (stuck->message, "emergency stop") != NULL, "%s", stuck->message);
}
END_TEST

START_TEST (a_recorded_discharge_is_played_again)
{
	PlLink *link = recording_open ("it8500-discharge.rec");
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;
	PlInstrument *played =
	    pl_driver_itech_it8500.open (PL_ROLE_SUPPLY, link, wall, NULL, &error);
	const PlSupplyOps *ops;

	ck_assert_ok (played != NULL, error);
	played->link = link;
	ops = played->ops.supply;
	ck_assert_ok (ops->arm (played, &usual, &error), error);
	ck_assert_ok (ops->set_current (played, -20, &error), error);
	ck_assert_ok (ops->output (played, TRUE, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -20, 0.05);
	ck_assert_ok (ops->set_current (played, -10, &error), error);
	ck_assert_ok (ops->read (played, &reading, &error), error);
	ck_assert_double_eq_tol (reading.current_a, -10, 0.05);
	ck_assert_ok (played->make_safe (played, &error), error);
	pl_instrument_free (played);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("it8500-driver");
	TCase *bytes = tcase_create ("bytes"), *tcase = tcase_create ("driver");

	tcase_add_test (bytes, a_frame_has_its_sum_at_the_end);
	tcase_add_test (bytes,
			a_frame_is_found_behind_noise_and_behind_what_looked_like_a_beginning);
	tcase_add_test (bytes, a_frame_with_a_wrong_sum_is_none);
	tcase_add_test (bytes, a_state_is_millivolts_tenths_of_milliamperes_and_bits);
	tcase_add_loop_test (bytes, every_status_has_its_word, 0, G_N_ELEMENTS (codes));
	tcase_add_test (bytes, an_identity_that_is_no_text_is_refused);
	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_test (tcase, the_load_tells_who_it_is_and_what_it_can);
	tcase_add_loop_test (tcase, another_load_or_settings_that_are_none_are_not_opened, 0,
			     G_N_ELEMENTS (bad_settings));
	tcase_add_test (tcase, everything_is_set_and_read_back_with_the_input_off);
	tcase_add_loop_test (tcase, what_reads_back_otherwise_is_not_armed, 0,
			     G_N_ELEMENTS (other_values));
	tcase_add_loop_test (tcase, a_refusal_is_told_and_only_a_wrong_sum_is_tried_again, 0,
			     G_N_ELEMENTS (refusals));
	tcase_add_test (tcase, a_charge_asked_of_a_load_is_refused);
	tcase_add_test (tcase, a_load_with_a_fault_is_not_armed);
	tcase_add_test (tcase, a_look_is_of_one_moment_and_winds_the_timer_again);
	tcase_add_test (tcase, noise_a_lost_and_a_spoilt_answer_cost_another_try_only);
	tcase_add_test (tcase, what_went_off_and_what_is_no_reading_are_told);
	tcase_add_test (tcase, making_safe_takes_the_current_back_and_proves_the_input_off);
	tcase_add_test (tcase, a_recorded_discharge_is_played_again);
	suite_add_tcase (suite, bytes);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
