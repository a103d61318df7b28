/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bms/rig.h"

/* Every protection by a table of its own: what crosses it, when it trips, what brings it back. */
enum field { CELL_HIGH, CELL_LOW, PACK, WARM, COLD, CURRENT, LATCH, SENSOR };

static const struct {
	const char *name;
	uint32_t bit;
	enum field field;
	gint32 inside, past; /* just on this side of the limit, just on the other */
	gint32 not_back, back; /* past release by nothing, and by a little */
	guint delay_ms, release_ms; /* release 0 = by command only */
	uint32_t fets; /* what may still conduct */
} cases[] = {
    {"cell over-voltage", 0, CELL_HIGH, 3800000, 3800001, 3400001, 3400000, 2000, 1000,
     AFE_OUT_DISCHARGE_FET},
    {"cell under-voltage", 1, CELL_LOW, 2500000, 2499999, 3099999, 3100000, 2000, 1000,
     AFE_OUT_CHARGE_FET},
    {"pack over-voltage", 2, PACK, 121600, 121601, 108801, 108800, 2000, 1000,
     AFE_OUT_DISCHARGE_FET},
    {"pack under-voltage", 3, PACK, 80000, 79999, 99199, 99200, 2000, 1000, AFE_OUT_CHARGE_FET},
    {"charge over-temperature", 4, WARM, 55000, 55001, 50001, 50000, 1000, 1000,
     AFE_OUT_DISCHARGE_FET},
    {"charge under-temperature", 5, COLD, 0, -1, 1999, 2000, 1000, 1000, AFE_OUT_DISCHARGE_FET},
    {"discharge over-temperature", 6, WARM, 65000, 65001, 60001, 60000, 1000, 1000,
     AFE_OUT_CHARGE_FET},
    {"discharge under-temperature", 7, COLD, -20000, -20001, -15001, -15000, 1000, 1000,
     AFE_OUT_CHARGE_FET},
    {"charge over-current", 8, CURRENT, 120000, 120001, 120001, 120000, 1000, 30000,
     AFE_OUT_DISCHARGE_FET},
    {"discharge over-current", 9, CURRENT, -150000, -150001, -150001, -150000, 1000, 30000,
     AFE_OUT_CHARGE_FET},
    {"short circuit", 10, LATCH, 0, 1, 1, 0, 0, 0, 0},
    {"front-end error", 11, SENSOR, 0, 1, 1, 0, 1000, 1000, 0},
};

static struct bms_protection protection;
static struct bms_measured measured;

static void
set_up (void)
{
	measured = healthy ();
	bms_protection_init (&protection);
}

static void
put (enum field field, gint32 value)
{
	switch (field) {
	case CELL_HIGH:
		measured.cell_max_uv = value;
		break;
	case CELL_LOW:
		measured.cell_min_uv = value;
		break;
	case PACK:
		measured.pack_mv = value;
		break;
	case WARM:
		measured.warmest_mdegc = value;
		break;
	case COLD:
		measured.coldest_mdegc = value;
		break;
	case CURRENT:
		measured.current_ma = value;
		break;
	case LATCH:
		measured.flags = value != 0 ? AFE_FLAG_SHORT_CIRCUIT : 0;
		break;
	case SENSOR:
		measured.implausible = value != 0;
		break;
	}
}

static bool
is_tripped (int i)
{
	return (protection.tripped >> cases[i].bit & 1u) != 0;
}

/* ms until the bit is as wanted, or -1 after a minute */
static gint
step_until (int i, bool tripped)
{
	for (gint ms = PERIOD_US / 1000; ms <= 60000; ms += PERIOD_US / 1000) {
		bms_protection_step (&protection, &measured, false);
		if (is_tripped (i) == tripped)
			return ms;
	}
	return -1;
}

static void
trip (int i)
{
	put (cases[i].field, cases[i].past);
	ck_assert_int_gt (step_until (i, true), 0);
}

START_TEST (on_its_limit_it_never_trips)
{
	put (cases[_i].field, cases[_i].inside);
	ck_assert_msg (step_until (_i, true) == -1, "%s", cases[_i].name);
}
END_TEST

START_TEST (past_its_limit_it_trips_after_its_delay_and_no_sooner)
{
	gint ms;

	put (cases[_i].field, cases[_i].past);
	ms = step_until (_i, true);
	ck_assert_msg (ms >= (gint)cases[_i].delay_ms && ms <= (gint)cases[_i].delay_ms + 20,
		       "%s after %d ms", cases[_i].name, ms);
	ck_assert_uint_eq (protection.trip_ms, cases[_i].delay_ms);
	/* limits for charging lie inside those for discharging and trip with them */
	ck_assert_int_eq (protection.trips, __builtin_popcount (protection.tripped));
}
END_TEST

START_TEST (it_blocks_the_direction_that_would_make_it_worse)
{
	trip (_i);
	ck_assert_msg ((bms_protection_fets (&protection) & ~cases[_i].fets) == 0, "%s",
		       cases[_i].name);
}
END_TEST

START_TEST (a_reading_that_comes_back_before_the_delay_starts_it_anew)
{
	if (cases[_i].delay_ms == 0)
		return;
	for (guint round = 0; round < 5; round++) {
		put (cases[_i].field, cases[_i].past);
		for (guint ms = 20; ms < cases[_i].delay_ms; ms += 20)
			bms_protection_step (&protection, &measured, false);
		put (cases[_i].field, cases[_i].inside);
		bms_protection_step (&protection, &measured, false);
	}
	ck_assert_msg (!is_tripped (_i), "%s", cases[_i].name);
}
END_TEST

START_TEST (it_releases_by_its_hysteresis_and_not_before)
{
	gint ms;

	trip (_i);
	put (cases[_i].field, cases[_i].not_back);
	ck_assert_int_eq (step_until (_i, false), -1);
	put (cases[_i].field, cases[_i].back);
	ms = step_until (_i, false);
	if (cases[_i].release_ms == 0)
		ck_assert_int_eq (ms, -1);
	else
		ck_assert_msg (ms >= (gint)cases[_i].release_ms &&
				   ms <= (gint)cases[_i].release_ms + 20,
			       "%s after %d ms", cases[_i].name, ms);
}
END_TEST

START_TEST (clearing_releases_at_once_what_has_come_back_and_nothing_else)
{
	trip (_i);
	put (cases[_i].field, cases[_i].not_back);
	bms_protection_step (&protection, &measured, false);
	bms_protection_clear (&protection, &measured);
	ck_assert_msg (is_tripped (_i), "%s", cases[_i].name);
	put (cases[_i].field, cases[_i].back);
	bms_protection_step (&protection, &measured, false);
	bms_protection_clear (&protection, &measured);
	ck_assert_msg (!is_tripped (_i), "%s", cases[_i].name);
}
END_TEST

START_TEST (the_latch_of_a_short_circuit_is_cleared_by_command_in_the_front_end_first)
{
	measured.flags = AFE_FLAG_SHORT_CIRCUIT;
	bms_protection_step (&protection, &measured, false);
	ck_assert (!protection.clear_short);
	bms_protection_clear (&protection, &measured);
	ck_assert (protection.clear_short);
	bms_protection_step (&protection, &measured, false);
	ck_assert_uint_eq (protection.tripped, 1u << BMS_SHORT);
	measured.flags = 0;
	bms_protection_step (&protection, &measured, false);
	ck_assert_uint_eq (protection.tripped, 0);
	ck_assert (!protection.clear_short);
}
END_TEST

START_TEST (a_sample_out_of_turn_takes_no_time_and_still_trips_what_acts_at_once)
{
	measured.dt_us = 0;
	measured.flags = AFE_FLAG_SHORT_CIRCUIT;
	measured.cell_max_uv = 4000000;
	for (guint i = 0; i < 1000; i++)
		bms_protection_step (&protection, &measured, false);
	ck_assert_uint_eq (protection.tripped, 1u << BMS_SHORT);
}
END_TEST

START_TEST (a_locked_contactor_shows_as_fet_lock_until_it_is_cleared)
{
	ck_assert_uint_eq (bms_protection_step (&protection, &measured, true), 1u << BMS_FET_LOCK);
	for (guint i = 0; i < 5000; i++)
		bms_protection_step (&protection, &measured, false);
	ck_assert_uint_eq (protection.tripped, 1u << BMS_FET_LOCK);
	bms_protection_clear (&protection, &measured);
	ck_assert_uint_eq (protection.tripped, 0);
}
END_TEST

START_TEST (a_shifted_limit_takes_its_release_along)
{
	protection.limit[BMS_CELL_OV] = 3170000;
	for (guint i = 0; i < 101; i++)
		bms_protection_step (&protection, &measured, false);
	ck_assert_uint_eq (protection.tripped, 1u << BMS_CELL_OV);
	measured.cell_max_uv = 2770001;
	bms_protection_clear (&protection, &measured);
	ck_assert_uint_eq (protection.tripped, 1u << BMS_CELL_OV);
	measured.cell_max_uv = 2770000;
	bms_protection_clear (&protection, &measured);
	ck_assert_uint_eq (protection.tripped, 0);
}
END_TEST

START_TEST (sensors_and_cells_beyond_reason_are_a_front_end_error_and_no_temperature)
{
	static const struct {
		gint32 ntc, cell;
		bool wrong;
	} looks[] = {
	    {25000, 3270000, false}, {-40000, 3270000, true}, {125000, 3270000, true},
	    {25000, -3270000, true}, {25000, 6540000, true},  {-30000, 3270000, false},
	};
	struct afe_sample sample = healthy_sample ();
	struct bms_identity identity = {0};

	sample.ntc_mdegc[2] = looks[_i].ntc;
	sample.cell_uv[17] = looks[_i].cell;
	bms_measure (&sample, &identity, &measured);
	ck_assert (measured.implausible == looks[_i].wrong);
	ck_assert_int_eq (measured.coldest_mdegc, looks[_i].ntc == -30000 ? -30000 : 25000);
	ck_assert_int_eq (measured.warmest_mdegc, 25000);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("bms-protection");
	TCase *each = tcase_create ("each"), *more = tcase_create ("beyond");
	const int n = G_N_ELEMENTS (cases);

	tcase_add_checked_fixture (each, set_up, NULL);
	tcase_add_checked_fixture (more, set_up, NULL);
	tcase_add_loop_test (each, on_its_limit_it_never_trips, 0, n);
	tcase_add_loop_test (each, past_its_limit_it_trips_after_its_delay_and_no_sooner, 0, n);
	tcase_add_loop_test (each, it_blocks_the_direction_that_would_make_it_worse, 0, n);
	tcase_add_loop_test (each, a_reading_that_comes_back_before_the_delay_starts_it_anew, 0, n);
	tcase_add_loop_test (each, it_releases_by_its_hysteresis_and_not_before, 0, n);
	tcase_add_loop_test (each, clearing_releases_at_once_what_has_come_back_and_nothing_else, 0,
			     n);
	tcase_add_test (more,
			the_latch_of_a_short_circuit_is_cleared_by_command_in_the_front_end_first);
	tcase_add_test (more, a_sample_out_of_turn_takes_no_time_and_still_trips_what_acts_at_once);
	tcase_add_test (more, a_locked_contactor_shows_as_fet_lock_until_it_is_cleared);
	tcase_add_test (more, a_shifted_limit_takes_its_release_along);
	tcase_add_loop_test (
	    more, sensors_and_cells_beyond_reason_are_a_front_end_error_and_no_temperature, 0, 6);
	suite_add_tcase (suite, each);
	suite_add_tcase (suite, more);
	return pl_suite_main (suite);
}
