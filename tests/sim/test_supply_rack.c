/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/bench.h"
#include "fixtures/cycler.h"
#include "tests/sim/room.h"
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* A rack of eight EA-PSB, run by the station stage by stage, against packline-sim: the cells of its
 * world are charged, rested and discharged, and its own ledger is the judge. */
#define CHANNELS 8
#define POLL_S 2.0

static Room *room;
static PlBench *bench;
static PlClock *watch;
static PlInstrument *rack;
static PlChannelReading look[CHANNELS];

static void
set_up_with (const char *driver)
{
	g_autofree char *text =
	    g_strdup_printf ("bench: rack\nsimulated: true\ntime_scale: 0\nline: unix:line.sock\n"
			     "instruments:\n  - role: cycler\n    driver: %s\n"
			     "    link: \"unix:psu{}.sock\"\n    channels: %u\n    first: 101\n"
			     "  - { role: chamber, driver: modbus-tcp, link: \"unix:room.sock\",\n"
			     "      settings: { map: chamber-generic.yaml } }\n",
			     driver, CHANNELS);
	g_autoptr (GError) error = NULL;

	room = room_new_with (text);
	room_start (room, NULL);
	bench = pl_bench_load (room->bench, &error);
	ck_assert_ok (bench != NULL, error);
	watch = pl_bench_clock (bench, &error);
	ck_assert_ok (watch != NULL && pl_clock_join (watch, &error), error);
	rack = pl_bench_borrow (bench, PL_ROLE_CYCLER, "tray", 1, &error);
	ck_assert_ok (rack != NULL, error);
}

static void
set_up (void)
{
	set_up_with ("ea-psb-monitored");
}

static void
set_up_loads (void)
{
	set_up_with ("itech-it8500");
}

static void
tear_down (void)
{
	pl_bench_return (bench, rack);
	pl_clock_leave (watch);
	pl_bench_free (bench);
	room_signal (room, SIGTERM);
	ck_assert_int_eq (room_end (room), 0);
	room_free (room);
}

static void
poll_after (double seconds)
{
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_clock_wait (watch, seconds, &error), error);
	ck_assert_ok (rack->ops.cycler->poll (rack, look, &error), error);
}

static PlProgram *
program_of (const PlStage *stages, guint n)
{
	PlProgram *program = pl_program_new ();

	program->protection =
	    (PlChannelProtection){.volt_max = 3.75, .volt_min = 2.4, .amp_max = 105};
	g_array_append_vals (program->stages, stages, n);
	return program;
}

static char *
start_ok (guint channel, const PlProgram *program)
{
	g_autofree char *barcode = g_strdup_printf ("CELL-%u", channel);
	g_autoptr (GError) error = NULL;
	char *test = NULL;

	ck_assert_ok (rack->ops.cycler->start (rack, channel, program, barcode, &test, &error),
		      error);
	return test;
}

/* What the simulated world itself knows of a channel: Ah in and out at the cell's terminals. */
static void
ledger (guint channel, double *ret_in, double *ret_out)
{
	g_autofree char *text = tell (room, "cells");
	g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
	guint n = 0;
	double v, a, degc, soc;

	ck_assert_uint_ge (g_strv_length (lines), CHANNELS);
	ck_assert_int_eq (sscanf (lines[channel - 1], "%u %lf %lf %lf %lf %lf %lf", &n, &v, &a,
				  &degc, &soc, ret_in, ret_out),
			  7);
	ck_assert_uint_eq (n, channel);
}

static double
ah_of_stage (guint channel, const char *test, guint stage)
{
	g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (PlChannelRecord));
	g_autoptr (GError) error = NULL;
	double ah = NAN;

	ck_assert_ok (rack->ops.cycler->fetch (rack, channel, test, 0, G_MAXUINT, records, &error),
		      error);
	for (guint i = 0; i < records->len; i++)
		if (g_array_index (records, PlChannelRecord, i).stage == stage)
			ah = g_array_index (records, PlChannelRecord, i).stage_ah;
	return ah;
}

static guint
running (void)
{
	guint n = 0;

	for (guint i = 0; i < CHANNELS; i++)
		n += look[i].state == PL_CHANNEL_RUNNING;
	return n;
}

START_TEST (eight_cells_go_through_charge_rest_and_discharge_and_the_ledger_agrees)
{
	static const PlStage stages[] = {
	    {PL_STAGE_CHARGE, 50, 3.5, TRUE, 5, .record_s = 60, .record_a = 1, .record_v = 0.01},
	    {PL_STAGE_REST, .end_s = 600, .record_s = 60},
	    {PL_STAGE_DISCHARGE, 50, 2.6, .record_s = 60, .record_v = 0.01},
	};
	g_autoptr (PlProgram) program = program_of (stages, G_N_ELEMENTS (stages));
	char *tests[CHANNELS];

	for (guint i = 0; i < CHANNELS; i++)
		tests[i] = start_ok (i + 1, program);
	for (double t = 0; t < 20000; t += POLL_S) {
		poll_after (POLL_S);
		if (running () == 0)
			break;
	}
	for (guint i = 0; i < CHANNELS; i++) {
		double in = 0, out = 0, charged = ah_of_stage (i + 1, tests[i], 1);
		double discharged = ah_of_stage (i + 1, tests[i], 3);

		ck_assert_msg (look[i].state == PL_CHANNEL_FINISHED, "channel %u: %s, %s", i + 1,
			       pl_channel_state_name (look[i].state), look[i].why);
		ledger (i + 1, &in, &out);
		ck_assert_double_gt (charged, 50);
		ck_assert_double_gt (discharged, 80);
		/* meters of 10 mA at 50 A, and what flows between a look and the switching */
		ck_assert_double_eq_tol (charged, in, 5e-4 * in);
		ck_assert_double_eq_tol (discharged, out, 5e-4 * out);
		g_free (tests[i]);
	}
}
END_TEST

START_TEST (a_supply_that_is_unplugged_is_silent_alone_and_its_step_is_over_when_it_is_back)
{
	static const PlStage stages[] = {{PL_STAGE_CHARGE, 20, 3.5, .record_s = 10}};
	g_autoptr (PlProgram) program = program_of (stages, G_N_ELEMENTS (stages));
	g_autofree char *one = start_ok (1, program), *two = start_ok (2, program);

	poll_after (10);
	ck_assert_int_eq (look[0].state, PL_CHANNEL_RUNNING);
	expect_tell (room, "fault instrument-unplugged:cycler-1", "ok");
	poll_after (1);
	ck_assert_int_eq (look[0].state, PL_CHANNEL_SILENT);
	ck_assert_int_eq (look[1].state, PL_CHANNEL_RUNNING);
	for (guint i = 0; i < 40; i++)
		poll_after (1);
	expect_tell (room, "clear instrument-unplugged:cycler-1", "ok");
	g_usleep (6 * G_USEC_PER_SEC); /* it is tried again each 5 s of the wall's time */
	for (guint i = 0; i < 10 && look[0].state == PL_CHANNEL_SILENT; i++)
		poll_after (1);
	ck_assert_int_eq (look[0].state, PL_CHANNEL_PROTECTED);
	ck_assert_int_eq (look[1].state, PL_CHANNEL_RUNNING);
	/* what had been counted stays what had been seen */
	ck_assert_double_le (look[0].stage_ah, 20 * 11 / 3600.0);
}
END_TEST

START_TEST (a_station_that_slept_finds_its_channels_off)
{
	static const PlStage stages[] = {{PL_STAGE_CHARGE, 20, 3.5, .record_s = 10}};
	g_autoptr (PlProgram) program = program_of (stages, G_N_ELEMENTS (stages));
	g_autofree char *test = start_ok (1, program);
	double in = 0, out = 0;

	poll_after (10);
	poll_after (40);
	ck_assert_int_eq (look[0].state, PL_CHANNEL_PROTECTED);
	ck_assert_msg (strstr (look[0].why, "left remote control") != NULL, "%s", look[0].why);
	ledger (1, &in, &out);
	ck_assert_double_le (in, 20 * 40.2 / 3600); /* 30 s after the last look it was off */
}
END_TEST

START_TEST (the_cells_come_to_the_ageing_room_s_temperature)
{
	PlInstrument *chamber;
	g_autofree char *text = NULL;
	g_auto (GStrv) lines = NULL;
	double v, a, degc = 0;
	guint n;
	g_autoptr (GError) error = NULL;

	chamber = pl_bench_borrow (bench, PL_ROLE_CHAMBER, "ageing", 1, &error);
	ck_assert_ok (chamber != NULL, error);
	ck_assert_ok (chamber->ops.registers->write (chamber, "setpoint", 45, &error), error);
	ck_assert_ok (chamber->ops.registers->write (chamber, "run", 1, &error), error);
	ck_assert_ok (pl_clock_wait (watch, 8 * 3600, &error), error);
	ck_assert_ok (chamber->ops.registers->read (chamber, "actual", &a, 1, &error), error);
	ck_assert_double_eq_tol (a, 45, 0.1);
	pl_bench_return (bench, chamber);
	text = tell (room, "cells");
	lines = g_strsplit (text, "\n", -1);
	for (guint i = 0; i < CHANNELS; i++) {
		ck_assert_int_eq (sscanf (lines[i], "%u %lf %lf %lf", &n, &v, &a, &degc), 4);
		ck_assert_double_eq_tol (degc, 45, 0.5);
	}
}
END_TEST

/* A load holds no voltage: the end is met by the next look, and what lies below is the load's own
 * protection. */
START_TEST (loads_discharge_cells_to_their_voltage_and_refuse_to_charge_them)
{
	static const PlStage out[] = {{PL_STAGE_DISCHARGE, 50, 2.8, .record_s = 60}};
	static const PlStage in[] = {{PL_STAGE_CHARGE, 50, 3.5, .record_s = 60}};
	g_autoptr (PlProgram) program = program_of (out, 1);
	g_autoptr (PlProgram) charge = program_of (in, 1);
	g_autoptr (GError) error = NULL;
	g_autofree char *test = start_ok (3, program), *none = NULL;
	double into = 0, from = 0, told;

	ck_assert (!rack->ops.cycler->start (rack, 4, charge, "CELL-4", &none, &error));
	ck_assert_err (error, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED);
	do
		poll_after (0.5);
	while (look[2].state == PL_CHANNEL_RUNNING);
	ck_assert_msg (look[2].state == PL_CHANNEL_FINISHED, "%s", look[2].why);
	ledger (3, &into, &from);
	told = ah_of_stage (3, test, 1);
	ck_assert_double_gt (told, 20);
	ck_assert_double_eq_tol (told, from, 3e-4 * from);
	ck_assert_double_le (look[2].volts, 2.8);
	ck_assert_double_ge (look[2].volts, 2.78);
	ck_assert_int_eq (look[3].state, PL_CHANNEL_IDLE);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("sim-supply-rack");
	TCase *tcase = tcase_create ("ea-psb"), *loads = tcase_create ("loads");

	tcase_add_checked_fixture (tcase, set_up, tear_down);
	tcase_set_timeout (tcase, 150);
	tcase_add_test (tcase,
			eight_cells_go_through_charge_rest_and_discharge_and_the_ledger_agrees);
	tcase_add_test (
	    tcase, a_supply_that_is_unplugged_is_silent_alone_and_its_step_is_over_when_it_is_back);
	tcase_add_test (tcase, a_station_that_slept_finds_its_channels_off);
	tcase_add_test (tcase, the_cells_come_to_the_ageing_room_s_temperature);
	tcase_add_checked_fixture (loads, set_up_loads, tear_down);
	tcase_set_timeout (loads, 150);
	tcase_add_test (loads, loads_discharge_cells_to_their_voltage_and_refuse_to_charge_them);
	suite_add_tcase (suite, tcase);
	suite_add_tcase (suite, loads);
	return pl_suite_main (suite);
}
