/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/crc.h"
#include "firmware/bms/ports/host/board.h"
#include "fixtures/line/line.h"
#include "tests/suite.h"
#include <string.h>

/*
 * The flashed BMS in the simulated pack: what the station's steps rely on, by the physics of the
 * line and without a wire. The board runs in this process; requests are Modbus frames all the
 * same.
 */
enum { PRECHARGE_MS = 110, PROTECTION = 111, INSULATION = 114, CONTACTOR_FAULT = 118, CELLS = 130 };
enum { CONTACTOR, MONITOR, TEST_MODE, CLEAR, FORCE };

static struct flash flash;
static struct board board;
static GByteArray *sent;
static PlLine *line;
static struct afe_command command; /* last */

static void
sink (void *data, const uint8_t *bytes, size_t len)
{
	g_byte_array_append (sent, bytes, (guint)len);
}

static gboolean
exchange (gpointer data, const struct afe_sample *sample, struct afe_command *ret)
{
	board_sample (&board, sample, ret);
	command = *ret;
	return TRUE;
}

static void
put_image (void)
{
	g_autofree char *file = g_build_filename (g_getenv ("PACKLINE_BUILD"), "firmware", "bms",
						  "bms-1.4.2.bin", NULL);
	g_autofree char *bytes = NULL;
	gsize len;

	ck_assert (g_file_get_contents (file, &bytes, &len, NULL));
	flash_write (&flash, BMS_SLOT_ADDRESS, bytes, len);
}

/* A pack that stands in the fixture, powered for a second. */
static void
set_up (void)
{
	flash_open_memory (&flash);
	put_image ();
	board_init (&board, &flash, NULL, 3);
	board.send = sink;
	sent = g_byte_array_new ();
	line = pl_line_new (7, PL_LINE_CELLS);
	pl_line_set_bms (line, exchange, NULL);
	pl_line_fixture (line)->bms_power = TRUE;
	pl_line_fixture (line)->clamp = TRUE;
	pl_line_fixture (line)->load_relay = TRUE;
	pl_line_advance (line, 2);
}

static void
tear_down (void)
{
	pl_line_free (line);
	board_clear (&board);
	flash_close (&flash);
	g_byte_array_unref (sent);
}

/* ---- talking to it ---- */

static guint
ask (guint8 *frame, guint len)
{
	guint16 crc = bms_crc16 (frame, len);

	frame[len] = crc & 0xff;
	frame[len + 1] = crc >> 8;
	g_byte_array_set_size (sent, 0);
	board_receive (&board, frame, len + 2);
	return sent->len;
}

static gint
read_word (guint16 address)
{
	guint8 frame[8] = {1, 4, address >> 8, address & 0xff, 0, 1};

	ck_assert_uint_eq (ask (frame, 6), 7);
	return sent->data[3] << 8 | sent->data[4];
}

static bool
put (guint16 address, guint16 value)
{
	guint8 frame[8] = {1, 6, address >> 8, address & 0xff, value >> 8, value & 0xff};

	return ask (frame, 6) == 8;
}

static bool
put_wide (guint16 address, guint32 value)
{
	guint8 frame[13] = {1, 16,	    address >> 8, address & 0xff, 0,	       2,
			    4, value >> 24, value >> 16,  value >> 8,	  value & 0xff};

	return ask (frame, 11) == 8;
}

static double
read_current (void)
{
	guint8 frame[8] = {1, 4, 0, 103, 0, 2};

	ck_assert_uint_eq (ask (frame, 6), 9);
	return (gint32)((guint32)sent->data[3] << 24 | sent->data[4] << 16 | sent->data[5] << 8 |
			sent->data[6]) /
	       1e3;
}

static void
supply (double amperes)
{
	const PlSupplyDemand demand = {
	    .on = TRUE, .current_a = amperes, .v_max = 116.8, .v_min = 80};

	pl_line_set_supply (line, &demand);
}

/* Seconds until the register is as wanted, in steps of the station's 0.1 s; -1 after max_s. */
static double
await (guint16 address, gint mask, gint value, double max_s)
{
	double began = pl_line_time (line);

	while (pl_line_time (line) - began <= max_s) {
		if ((read_word (address) & mask) == value)
			return pl_line_time (line) - began;
		pl_line_advance (line, 0.1);
	}
	return -1;
}

static void
close_contactor (void)
{
	ck_assert (put (CONTACTOR, 1));
	ck_assert_double_ge (await (108, 1, 1, 8), 0);
}

static void
fault (const char *spec)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_line_fault (line, spec, TRUE, &error), error);
}

/* ---- a healthy pack ---- */

START_TEST (cells_and_charge_are_read_as_they_are)
{
	for (guint i = 0; i < PL_LINE_CELLS; i++)
		ck_assert_double_eq_tol (read_word ((guint16)(CELLS + i)) / 1e4,
					 pl_line_cell_sense (line, i), 0.0025);
	/* the line's packs come with 35 % in the middle of their hysteresis */
	ck_assert_double_eq_tol (read_word (105) / 10.0, 35, 3);
	ck_assert_int_eq (read_word (PROTECTION), 0);
}
END_TEST

START_TEST (closing_precharges_the_terminals_within_the_recipe_s_limits)
{
	ck_assert_double_lt (pl_line_terminal_voltage (line), 1);
	close_contactor ();
	ck_assert_int_ge (read_word (PRECHARGE_MS), 50);
	ck_assert_int_le (read_word (PRECHARGE_MS), 3000);
	ck_assert_double_eq_tol (pl_line_terminal_voltage (line), pl_line_stack_voltage (line),
				 0.1);
	pl_line_fixture (line)->discharge = TRUE;
	ck_assert (put (CONTACTOR, 0));
	pl_line_advance (line, 3);
	ck_assert_double_lt (pl_line_terminal_voltage (line), 1);
	ck_assert_int_eq (read_word (108), 0);
}
END_TEST

/* A BMS that nobody speaks to opens its contactor after a minute. */
static void
advance_in_touch (double seconds)
{
	for (double s = 0; s < seconds; s += 30) {
		pl_line_advance (line, MIN (30, seconds - s));
		read_word (PROTECTION);
	}
}

START_TEST (current_is_read_with_its_sign_and_charge_is_counted)
{
	double before;

	close_contactor ();
	before = read_word (105) / 10.0;
	supply (50);
	advance_in_touch (720); /* 10 Ah of 100 */
	ck_assert_double_eq_tol (read_current (), 50, 0.5);
	ck_assert_double_eq_tol (read_word (105) / 10.0, before + 10, 0.15);
	supply (-50);
	advance_in_touch (720);
	ck_assert_double_eq_tol (read_current (), -50, 0.5);
	ck_assert_double_eq_tol (read_word (105) / 10.0, before, 0.15);
	ck_assert_int_eq (read_word (PROTECTION), 0);
}
END_TEST

START_TEST (the_insulation_monitor_measures_while_it_is_on)
{
	guint8 frame[8] = {1, 4, 0, INSULATION, 0, 2};

	ck_assert_uint_eq (ask (frame, 6), 9);
	ck_assert_uint_ne (sent->data[5] << 8 | sent->data[6], 0);
	ck_assert (put (MONITOR, 0));
	pl_line_advance (line, 0.5);
	ck_assert_int_eq (read_word (107), 0);
}
END_TEST

START_TEST (every_channel_pulls_its_own_cell_down)
{
	ck_assert (put (TEST_MODE, 0x5aa5));
	for (guint group = 0; group < 4; group++) {
		gint before[PL_LINE_CELLS];

		ck_assert (put_wide (FORCE, 0));
		pl_line_advance (line, 1);
		for (guint i = 0; i < PL_LINE_CELLS; i++)
			before[i] = read_word ((guint16)(CELLS + i));
		ck_assert (put_wide (FORCE, 0x11111111u << group));
		pl_line_advance (line, 10);
		for (guint i = group; i < PL_LINE_CELLS; i += 4)
			ck_assert_int_ge (before[i] - read_word ((guint16)(CELLS + i)), 20);
	}
	ck_assert (put (TEST_MODE, 0));
	pl_line_advance (line, 1);
	ck_assert_uint_eq (command.balance, 0);
}
END_TEST

static const struct {
	const char *name;
	guint16 address;
	guint bit;
	double amperes;
	guint16 threshold; /* 0 = by the cells, below */
	gint shift; /* of the highest or lowest cell, 0.1 mV */
	double least_s, most_s; /* the recipe's limits */
} trips[] = {
    {"ovp", 20, 0, 0, 0, -1000, 1.5, 3},
    {"uvp", 21, 1, 0, 0, 1000, 1.5, 3},
    {"charge-oc", 22, 8, 25, 2000, 0, 0, 2},
    {"discharge-oc", 23, 9, -25, 2000, 0, 0, 2},
    {"charge-ot", 24, 4, 0, 200, 0, 0, 4},
    {"discharge-ut", 25, 7, 0, 300, 0, 0, 4},
    {"short-circuit", 26, 10, -25, 200, 0, 0, 0.3},
};

static guint16
threshold_of (int i)
{
	gint high = 0, low = G_MAXINT;

	if (trips[i].threshold != 0)
		return trips[i].threshold;
	for (guint cell = 0; cell < PL_LINE_CELLS; cell++) {
		gint now = read_word ((guint16)(CELLS + cell));

		high = MAX (high, now);
		low = MIN (low, now);
	}
	return (guint16)((trips[i].shift < 0 ? high : low) + trips[i].shift);
}

/* The station's way (station/steps/protections.c), all seven in one pack: what one leaves behind
 * meets the next. */
START_TEST (each_protection_trips_opens_and_releases_in_the_recipe_s_time)
{
	close_contactor ();
	for (guint i = 0; i < G_N_ELEMENTS (trips); i++) {
		gint bit = 1 << trips[i].bit;
		double seconds;

		ck_assert (put (CLEAR, 1));
		close_contactor ();
		ck_assert (put (TEST_MODE, 0x5aa5));
		supply (trips[i].amperes);
		pl_line_advance (line, 1);
		ck_assert (put (trips[i].address, threshold_of ((int)i)));
		seconds = await (PROTECTION, bit, bit, 5);
		ck_assert_msg (seconds >= trips[i].least_s && seconds <= trips[i].most_s,
			       "%s tripped after %.2f s", trips[i].name, seconds);
		supply (0);
		pl_line_advance (line, 0.5);
		ck_assert_int_eq (read_word (108), 0);
		ck_assert (put (TEST_MODE, 0));
		ck_assert (put (CLEAR, 1));
		seconds = await (PROTECTION, bit, 0, 5);
		ck_assert_msg (seconds >= 0, "%s did not release", trips[i].name);
		ck_assert_int_eq (read_word (PROTECTION), 0);
	}
}
END_TEST

/* ---- packs with a fault ---- */

START_TEST (a_missing_precharge_and_a_stuck_contactor_lock_and_are_told_apart)
{
	fault (_i == 0 ? "no-precharge" : "stuck-open-contactor");
	ck_assert (put (CONTACTOR, 1));
	ck_assert_double_lt (await (108, 1, 1, 8), 0);
	ck_assert_int_eq (read_word (CONTACTOR_FAULT), _i == 0 ? 1 : 2);
	ck_assert_int_eq (read_word (PROTECTION), 1 << 12);
	ck_assert (!put (CONTACTOR, 1));
}
END_TEST

START_TEST (a_welded_contactor_is_reported)
{
	close_contactor ();
	fault ("welded-contactor");
	ck_assert (put (CONTACTOR, 0));
	pl_line_advance (line, 2);
	ck_assert_int_eq (read_word (CONTACTOR_FAULT), 4);
	ck_assert_int_eq (read_word (108), 1);
	ck_assert_int_eq (read_word (PROTECTION), 0);
}
END_TEST

static const struct {
	const char *fault;
	gint cell_high, cell_low; /* 0.1 mV; what the worst cells read at least, at most */
} wrong_packs[] = {
    {"reversed-cell", 0, 0}, {"swapped-sense-wires", 60000, 0}, {"open-probe", 60000, 0},
    {"stuck-ntc", 0, 33000}, {"stuck-ntc:degc=125", 0, 33000},
};

START_TEST (a_pack_that_is_wired_wrong_is_a_front_end_error_and_stays_open)
{
	gint high = 0, low = G_MAXINT;

	fault (wrong_packs[_i].fault);
	pl_line_advance (line, 2);
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		high = MAX (high, read_word ((guint16)(CELLS + i)));
		low = MIN (low, read_word ((guint16)(CELLS + i)));
	}
	ck_assert_int_ge (high, wrong_packs[_i].cell_high);
	ck_assert_int_le (low, wrong_packs[_i].cell_low);
	ck_assert_int_eq (read_word (PROTECTION) & 1 << 11, 1 << 11);
	ck_assert (!put (CONTACTOR, 1));
}
END_TEST

START_TEST (a_silent_bms_lets_everything_go)
{
	close_contactor ();
	fault ("bms-silent");
	pl_line_advance (line, 1);
	ck_assert_int_eq (board.state, BOARD_OFF);
	pl_line_fixture (line)->discharge = TRUE;
	pl_line_advance (line, 3);
	ck_assert_double_lt (pl_line_terminal_voltage (line), 1);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-pack");
	TCase *sound = tcase_create ("sound"), *faulty = tcase_create ("faulty");

	tcase_add_checked_fixture (sound, set_up, tear_down);
	tcase_add_checked_fixture (faulty, set_up, tear_down);
	tcase_set_timeout (sound, 60);
	tcase_set_timeout (faulty, 60);
	tcase_add_test (sound, cells_and_charge_are_read_as_they_are);
	tcase_add_test (sound, closing_precharges_the_terminals_within_the_recipe_s_limits);
	tcase_add_test (sound, current_is_read_with_its_sign_and_charge_is_counted);
	tcase_add_test (sound, the_insulation_monitor_measures_while_it_is_on);
	tcase_add_test (sound, every_channel_pulls_its_own_cell_down);
	tcase_add_test (sound, each_protection_trips_opens_and_releases_in_the_recipe_s_time);
	tcase_add_loop_test (
	    faulty, a_missing_precharge_and_a_stuck_contactor_lock_and_are_told_apart, 0, 2);
	tcase_add_test (faulty, a_welded_contactor_is_reported);
	tcase_add_loop_test (faulty, a_pack_that_is_wired_wrong_is_a_front_end_error_and_stays_open,
			     0, G_N_ELEMENTS (wrong_packs));
	tcase_add_test (faulty, a_silent_bms_lets_everything_go);
	suite_add_tcase (suite, sound);
	suite_add_tcase (suite, faulty);
	return pl_suite_main (suite);
}
