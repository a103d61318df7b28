/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/rig.h"
#include <string.h>

extern const PlDriver pl_driver_itech_it8500;
extern const PlSimType pl_sim_itech_it8500;

/* -- the simulator without any driver, by its bytes, on a pack of 48 V --------------------------
 */

static Alone *alone;

static void
set_up (void)
{
	g_autoptr (GHashTable) settings = settings_of ("model", "8512", NULL);

	alone = alone_new (&pl_sim_itech_it8500, settings);
	alone->line->ocv_v = 48;
}

static void
tear_down (void)
{
	alone_free (alone);
}

static void
finish (guint8 frame[26])
{
	frame[0] = 0xAA;
	frame[25] = 0;
	for (guint i = 0; i < 25; i++)
		frame[25] = (guint8)(frame[25] + frame[i]);
}

/* Sends a command with a number; the answer's 26 bytes, or NULL. */
static const guint8 *
tell (guint8 command, guint32 value)
{
	guint8 frame[26] = {0,
			    0,
			    command,
			    (guint8)value,
			    (guint8)(value >> 8),
			    (guint8)(value >> 16),
			    (guint8)(value >> 24)};

	finish (frame);
	g_string_truncate (alone->out, 0);
	alone->type->receive (alone->sim, frame, sizeof frame);
	return alone->out->len == 26 ? (const guint8 *)alone->out->str : NULL;
}

static void
expect_status (guint8 command, guint32 value, guint8 status)
{
	const guint8 *answer = tell (command, value);

	ck_assert_ptr_nonnull (answer);
	ck_assert_uint_eq (answer[2], 0x12);
	ck_assert_uint_eq (answer[3], status);
}

static guint32
number (const guint8 *answer)
{
	return (guint32)(answer[3] | answer[4] << 8 | answer[5] << 16) | (guint32)answer[6] << 24;
}

START_TEST (it_tells_its_name_and_ratings)
{
	const guint8 *answer = tell (0x6A, 0);

	ck_assert_mem_eq (answer + 3, "8512\0", 5);
	ck_assert_mem_eq (answer + 10, "6000120001", 10);
	answer = tell (0x01, 0);
	ck_assert_uint_eq (number (answer), 300000); /* 30 A */
}
END_TEST

START_TEST (wrong_sums_values_moments_and_commands_have_each_their_status)
{
	guint8 bad[26] = {0xAA, 0, 0x20, 1, [25] = 0x00};

	alone->type->receive (alone->sim, bad, sizeof bad);
	ck_assert_uint_eq ((guint8)alone->out->str[3], 0x90);
	expect_status (0x2A, 10000, 0xB0); /* not remote yet */
	expect_status (0x20, 1, 0x80);
	expect_status (0x2A, 310000, 0xA0); /* 31 A of 30 */
	expect_status (0x2A, 300000, 0x80);
	expect_status (0x77, 0, 0xC0);
	expect_status (0x21, 2, 0xA0);
}
END_TEST

START_TEST (noise_before_a_frame_is_passed_over_and_another_s_frame_is_not_answered)
{
	guint8 other[26] = {0, 5, 0x5F};
	const guint8 noise[] = {1, 2, 3};

	alone->type->receive (alone->sim, noise, sizeof noise);
	expect_status (0x20, 1, 0x80);
	finish (other);
	g_string_truncate (alone->out, 0);
	alone->type->receive (alone->sim, other, sizeof other);
	ck_assert_uint_eq (alone->out->len, 0);
}
END_TEST

static void
discharge (void)
{
	expect_status (0x20, 1, 0x80);
	expect_status (0x2A, 50000, 0x80);
	expect_status (0x21, 1, 0x80);
	alone_advance (alone, 1);
}

static gboolean
is_on (void)
{
	return (tell (0x5F, 0)[15] >> 3 & 1) != 0;
}

START_TEST (it_takes_current_and_shows_it)
{
	const guint8 *state;

	discharge ();
	ck_assert_double_eq_tol (pl_line_supply_current (alone->line), -5, 1e-6);
	state = tell (0x5F, 0);
	ck_assert_uint_eq (number (state), 47850); /* 48 V - 5 A * 30 mohm */
	ck_assert_uint_eq (number (state + 4), 50000);
}
END_TEST

START_TEST (the_timer_ends_it_unless_it_is_wound_again)
{
	expect_status (0x20, 1, 0x80);
	expect_status (0x50, 5, 0x80);
	expect_status (0x52, 1, 0x80);
	discharge ();
	for (guint i = 0; i < 3; i++) {
		alone_advance (alone, 3);
		ck_assert (is_on ());
		expect_status (0x50, 5, 0x80);
	}
	alone_advance (alone, 5.5);
	ck_assert (!is_on ());
	ck_assert_uint_eq (tell (0x5F, 0)[16] & 0x1F, 0); /* it is no fault */
}
END_TEST

START_TEST (a_battery_s_lowest_voltage_counts_in_its_function_only)
{
	expect_status (0x20, 1, 0x80);
	expect_status (0x4E, 40000, 0x80);
	discharge ();
	alone->line->ocv_v = 39;
	alone_advance (alone, 0.5);
	ck_assert (is_on ());
	expect_status (0x5D, 4, 0x80);
	alone_advance (alone, 0.2);
	ck_assert (!is_on ());
}
END_TEST

static const struct {
	guint8 command;
	guint32 value;
	guint8 bit;
} limits[] = {
    {0x22, 40000, 0x02},
    {0x26, 100000, 0x08},
};

START_TEST (beyond_a_limit_it_is_off_with_its_bit_until_it_is_cleared)
{
	g_autofree char *said = NULL;

	discharge ();
	expect_status (limits[_i].command, limits[_i].value, 0x80);
	alone_advance (alone, 0.2);
	ck_assert (!is_on ());
	ck_assert_uint_eq (tell (0x5F, 0)[16] & 0x1F, limits[_i].bit);
	expect_status (0x21, 1, 0xB0);
	alone->line->ocv_v = 30;
	ck_assert (alone->type->act (alone->sim, "clear", &said));
	expect_status (0x21, 1, 0x80);
}
END_TEST

/* -- driver and simulator together ------------------------------------------------------------- */

static Rig *rig;
static PlInstrument *load;
static const PlSupplyLimits usual = {50, 40, 0, 10, 52, 38, 11, 30};

static void
set_up_rig (void)
{
	g_autoptr (GHashTable) settings =
	    settings_of ("model", "8513C", "address", "3", "sense", "on", NULL);

	rig = rig_new (&pl_sim_itech_it8500, &pl_driver_itech_it8500, PL_ROLE_SUPPLY, settings);
	rig->line->ocv_v = 48;
	load = rig->instrument;
}

static void
tear_down_rig (void)
{
	rig_free (rig);
}

static void
act (const char *words)
{
	g_autofree char *said = NULL;

	g_mutex_lock (&rig->lock);
	ck_assert (rig->type->act (rig->sim, words, &said));
	g_mutex_unlock (&rig->lock);
}

static void
start (double amperes)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (load->ops.supply->arm (load, &usual, &error), error);
	ck_assert_ok (load->ops.supply->set_current (load, amperes, &error), error);
	ck_assert_ok (load->ops.supply->output (load, TRUE, &error), error);
	rig_advance (rig, 1);
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
expect_trip (const char *word)
{
	PlSupplyReading reading;
	g_autoptr (GError) error = NULL;

	ck_assert (!load->ops.supply->read (load, &reading, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_PROTECTION);
	ck_assert_msg (strstr (error->message, word) != NULL, "%s", error->message);
}

START_TEST (a_pack_is_discharged_on_a_bad_wire_and_left_alone)
{
	g_autoptr (GError) error = NULL;

	start (-10);
	act ("noise");
	ck_assert_double_eq_tol (read_ok ().current_a, -10, 1e-3);
	act ("spoil");
	ck_assert_double_eq_tol (read_ok ().voltage_v, 47.7, 2e-3);
	act ("mute");
	ck_assert (read_ok ().output_on);
	ck_assert_ok (load->make_safe (load, &error), error);
	ck_assert (!rig->line->demand.on);
	ck_assert (!read_ok ().output_on);
}
END_TEST

START_TEST (a_station_that_falls_silent_finds_the_input_off_and_can_arm_again)
{
	g_autoptr (GError) error = NULL;

	start (-10);
	for (guint i = 0; i < 3; i++) {
		rig_advance (rig, 28);
		ck_assert_double_lt (read_ok ().current_a, -9);
	}
	rig_advance (rig, 31);
	ck_assert (!rig->line->demand.on);
	expect_trip ("watchdog of 30 s");
	ck_assert_ok (load->make_safe (load, &error), error);
	start (-10);
	ck_assert_double_lt (read_ok ().current_a, -9);
}
END_TEST

START_TEST (the_undervoltage_protection_ends_it_without_the_station)
{
	start (-10);
	rig->line->ocv_v = 38;
	rig_advance (rig, 0.5);
	ck_assert (!rig->line->demand.on);
	expect_trip ("undervoltage protection of 38 V");
}
END_TEST

START_TEST (an_overvoltage_is_named)
{
	start (-10);
	rig->line->ocv_v = 53;
	rig_advance (rig, 0.5);
	expect_trip ("over-voltage (OVP)");
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("it8500-sim");
	TCase *tcase = tcase_create ("alone"), *together = tcase_create ("together");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_add_checked_fixture (together, set_up_rig, tear_down_rig);
	tcase_add_test (tcase, it_tells_its_name_and_ratings);
	tcase_add_test (tcase, wrong_sums_values_moments_and_commands_have_each_their_status);
	tcase_add_test (tcase,
			noise_before_a_frame_is_passed_over_and_another_s_frame_is_not_answered);
	tcase_add_test (tcase, it_takes_current_and_shows_it);
	tcase_add_test (tcase, the_timer_ends_it_unless_it_is_wound_again);
	tcase_add_test (tcase, a_battery_s_lowest_voltage_counts_in_its_function_only);
	tcase_add_loop_test (tcase, beyond_a_limit_it_is_off_with_its_bit_until_it_is_cleared, 0,
			     G_N_ELEMENTS (limits));
	tcase_add_test (together, a_pack_is_discharged_on_a_bad_wire_and_left_alone);
	tcase_add_test (together,
			a_station_that_falls_silent_finds_the_input_off_and_can_arm_again);
	tcase_add_test (together, the_undervoltage_protection_ends_it_without_the_station);
	tcase_add_test (together, an_overvoltage_is_named);
	suite_add_tcase (suite, tcase);
	suite_add_tcase (suite, together);
	return pl_suite_main (suite);
}
