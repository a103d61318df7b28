/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include "tests/station/room.h"
#include <math.h>
#include <string.h>

/* Every step type on a healthy pack, on a bad one, and where its readings contradict one another.
 */

#define ALL "hipot supply daq bms plc printer"
#define SAFE "teardown:\n  - step: make-safe\n"

#define BOND                                                                                       \
	"main:\n  - step: ground-bond\n    limits:\n      resistance_ohm: { max: 0.1, source: s "  \
	"}\n" SAFE
#define INSULATION                                                                                 \
	"main:\n  - step: insulation\n    with: { time_s: 10 }\n    limits:\n"                     \
	"      resistance_ohm_*: { min: 2e7, source: s }\n" SAFE
#define WITHSTAND                                                                                  \
	"main:\n  - step: hipot\n    with: { voltage_v: 2000, time_s: 1, tester_limit_a: 0.001 "   \
	"}\n"                                                                                      \
	"    limits:\n      breakdown_*: { equals: none, source: s }\n"                            \
	"      leakage_a_*: { max: 0.001, source: s }\n" SAFE
#define CELLS                                                                                      \
	"main:\n  - step: cell-voltages\n    with: { rest_s: 60 }\n    limits:\n"                  \
	"      cells_present_count: { min: 32, source: s }\n      cell_difference_v: { max: "      \
	"0.005, source: s }\n"                                                                     \
	"      stack_difference_v: { max: 0.2, source: s }\n      cell_spread_v: { max: 0.02, "    \
	"source: s }\n"
#define TEMPERATURES                                                                               \
	"main:\n  - step: temperatures\n    limits:\n      ambient_difference_k: { max: 3, "       \
	"source: s }\n"                                                                            \
	"      spread_k: { max: 3, source: s }\n"
#define DCIR                                                                                       \
	"main:\n  - step: dcir\n    limits:\n      pack_ohm_*: { max: 0.04, source: s }\n"         \
	"      cell_deviation_percent_*: { max: 15, source: s }\n"                                 \
	"      busbar_excess_ohm_*: { max: 0.0001, source: s }\n" SAFE
#define CURRENT                                                                                    \
	"main:\n  - step: current-calibration\n    limits:\n      zero_a: { max: 0.05, source: s " \
	"}\n"                                                                                      \
	"      gain_error_percent: { max: 0.5, source: s }\n"                                      \
	"      sign_correct_count: { min: 2, source: s }\n" SAFE
#define CONTACTORS                                                                                 \
	"main:\n  - step: contactors\n    limits:\n      open_before_v: { max: 1, source: s }\n"   \
	"      open_after_v: { max: 1, source: s }\n      precharge_s: { min: 0.05, max: 3, "      \
	"source: s }\n"                                                                            \
	"      closed_drop_v: { max: 0.1, source: s }\n" SAFE
#define PROTECTIONS_LIMITS(trip)                                                                   \
	"    limits:\n      trip_s_*: { max: " trip ", source: s }\n"                              \
	"      contactor_closed_*: { max: 0, source: s }\n      release_s_*: { max: 3, source: s " \
	"}\n" SAFE
#define PROTECTIONS "main:\n  - step: protections\n" PROTECTIONS_LIMITS ("3")
#define BALANCING                                                                                  \
	"main:\n  - step: balancing\n    limits:\n      working_count: { min: 32, source: s }\n"
#define CYCLE                                                                                      \
	"main:\n  - step: short-cycle\n    with: { time_s: 60 }\n    limits:\n"                    \
	"      alarms_count: { max: 0, source: s }\n      hottest_degc: { max: 45, source: s }\n"  \
	"      widest_spread_v: { max: 0.03, source: s }\n" SAFE
#define LEAK                                                                                       \
	"main:\n  - step: leak\n    limits:\n      start_pressure_pa: { min: 1000, source: s }\n"  \
	"      decay_pa: { min: -20, max: 50, source: s }\n"
#define SOC                                                                                        \
	"main:\n  - step: set-soc\n    with: { soc_percent: 30, rated_ah: 100, sample_s: 5 }\n"    \
	"    limits:\n      soc_percent: { min: 28, max: 32, source: s }\n" SAFE
#define READY                                                                                      \
	"main:\n  - step: bench-ready\n    limits:\n"                                              \
	"      calibrations_overdue_count: { max: 0, source: s }\n"
#define CLOSE "main:\n  - step: fixture-close\n"
#define OPEN "main:\n  - step: fixture-open\n    limits:\n      fixture_v: { max: 60, source: s }\n"

static Ran *
run (Room *room, const char *body)
{
	return room_run (room, room_recipe (body), "P0001", NULL);
}

/* -- a healthy pack ---------------------------------------------------------------------------- */

static const char *const healthy[] = {
    BOND,	 INSULATION, WITHSTAND, CELLS, TEMPERATURES, DCIR,  CURRENT, CONTACTORS,
    PROTECTIONS, BALANCING,  CYCLE,	LEAK,  SOC,	     READY, CLOSE,   OPEN};

START_TEST (a_healthy_pack_passes_and_leaves_nothing_live)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = run (room, healthy[_i]);

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

START_TEST (every_measurement_names_its_instrument_and_keeps_the_meters_reply)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = run (room, healthy[_i]);
	const PlStepResult *step = g_ptr_array_index (pl_run_results (ran->run), 0);

	for (guint i = 0; i < step->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (step->measurements, i);
		gboolean reckoned = g_str_has_prefix (m->name, "pulse_s_") ||
				    g_str_equal (m->name, "calibrations_overdue_count") ||
				    g_str_equal (m->name, "moved_ah");

		ck_assert_msg (reckoned || m->role != PL_ROLE_LAST, "%s has no instrument",
			       m->name);
		/* the register maps have no reply as text; whether a meter is known is no reading;
		 * what is proved by several readings has no one reply */
		if ((m->role == PL_ROLE_DAQ || m->role == PL_ROLE_HIPOT) &&
		    !g_str_has_prefix (m->name, "identity_") && !g_str_equal (m->name, "fixture_v"))
			ck_assert_msg (m->raw != NULL && *m->raw != '\0', "%s has no reply",
				       m->name);
	}
}
END_TEST

/* -- bad packs and benches --------------------------------------------------------------------- */

static void
nothing (void)
{
}

static void
bad_bond (void)
{
	fake.bond_ohm = 0.3;
}

static void
low_insulation (void)
{
	fake.insulation_ohm = 5e6;
}

static void
breakdown (void)
{
	fake.breaks_down = TRUE;
}

static void
monitor_stays_on (void)
{
	fake_set ("bms outputs", 16);
}

static void
cell_7_reversed (void)
{
	fake.cell_offset_v[6] = -6.6;
}

static void
cell_9_swapped (void)
{
	fake.cell_offset_v[8] = 0.012;
}

static void
ntc_2_open (void)
{
	fake.ntc_degc[1] = -40;
}

static void
daq_overload (void)
{
	fake.ambient_degc = NAN;
}

static void
busbar_7_loose (void)
{
	fake.ohm[6] = 1.1e-3;
}

static void
cell_3_good_by_contrast (void)
{
	fake.ohm[2] = 0.1e-3;
	fake.ohm[6] = 0.65e-3;
}

static void
path_open (void)
{
	fake.path_open = TRUE;
}

static void
path_reversed (void)
{
	fake.path_reversed = TRUE;
}

static void
pack_gains_volts (void)
{
	for (guint i = 0; i < FAKE_CELLS; i++)
		fake.ohm[i] = -0.5e-3;
}

static void
bms_stands_still (void)
{
	fake_set ("bms cell_voltage", 3.3);
}

static void
gain_off (void)
{
	fake.gain = 1.01;
}

static void
zero_off (void)
{
	fake.zero_a = 0.2;
}

static void
sign_wrong (void)
{
	fake.gain = -1;
}

static void
welded (void)
{
	fake.welded = TRUE;
}

static void
never_closes (void)
{
	fake_set ("bms main_aux", 0);
}

static void
slow_precharge (void)
{
	fake_set ("bms precharge_time", 4000);
}

static void
protection_dead (void)
{
	fake.protection_dead = TRUE;
}

static void
protection_stuck (void)
{
	fake.stuck_bits = 1;
}

static void
contactor_does_not_open (void)
{
	fake_set ("bms main_aux", 1);
}

static void
dead_balancing (void)
{
	fake.dead_balancing = TRUE;
}

static void
alarm_in_cycle (void)
{
	fake.stuck_bits = 1 << 4;
}

static void
hot_pack (void)
{
	fake.ntc_degc[3] = 50;
}

static void
leaking (void)
{
	fake.leak_pa_per_s = 2;
}

static void
hose_off (void)
{
	fake_set ("plc leak_pressure", 3);
}

static void
pressure_rises (void)
{
	fake.leak_pa_per_s = -2;
}

static void
soc_far_off (void)
{
	fake.soc_percent = 45;
}

static void
soc_reads_wrong (void)
{
	fake_set ("bms soc", 70);
}

static void
printer_out (void)
{
	fake_break ("printer status", -1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_NOT_READY,
		    "out of labels");
}

static void
daq_unplugged (void)
{
	fake_break ("daq open", -1, PL_LINK_ERROR, PL_LINK_ERROR_OPEN, "nobody there");
}

static void
clamp_stays_open (void)
{
	fake_set ("plc clamp_closed", 0);
}

static void
door_is_open (void)
{
	fake_set ("plc door_locked", 0);
}

static void
tester_refuses (void)
{
	fake_break ("hipot setup", -1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED,
		    "wrote 25, reads back 20");
}

/* The PLC has not been spoken to for its time. */
static void
load_relay_falls_off (void)
{
	fake_set ("plc load_relay", 0);
}

static void
discharge_falls_on (void)
{
	fake_set ("plc discharge", 1);
}

static void
valve_falls_shut (void)
{
	fake_set ("plc leak_fill", 0);
}

static const struct {
	const char *body;
	void (*arrange) (void);
	PlVerdict verdict;
	const char *says;
} cases[] = {
    {BOND, bad_bond, PL_VERDICT_FAIL,
     "the tester judged above the tester's limit; resistance_ohm is 300 mohm, limit <= 100"},
    {BOND, tester_refuses, PL_VERDICT_INCONCLUSIVE, "wrote 25, reads back 20"},
    {INSULATION, low_insulation, PL_VERDICT_FAIL,
     "resistance_ohm_pos-chassis is 5 Mohm, limit >= 20 Mohm"},
    {INSULATION, monitor_stays_on, PL_VERDICT_INCONCLUSIVE,
     "insulation monitor is still on after it was switched off"},
    {WITHSTAND, breakdown, PL_VERDICT_FAIL, "breakdown on hv-chassis at "},
    {WITHSTAND, low_insulation, PL_VERDICT_PASS,
     NULL}, /* 0.4 mA: within what a withstand test allows */
    {WITHSTAND, monitor_stays_on, PL_VERDICT_INCONCLUSIVE,
     "insulation monitor is still on after it was switched off"},
    {CELLS, cell_7_reversed, PL_VERDICT_FAIL,
     "cell 7 reads -3.300 V, not 3.00 .. 3.40 V (DAQ reads 3.300 V)"},
    {CELLS, cell_9_swapped, PL_VERDICT_FAIL, "cell 9: BMS reads 3.3120 V, DAQ reads 3.3000 V"},
    {TEMPERATURES, ntc_2_open, PL_VERDICT_FAIL, "NTC 2 reads -40.0 degC: open or shorted sensor"},
    {TEMPERATURES, daq_overload, PL_VERDICT_INCONCLUSIVE, "ambient that the daq gave is no number"},
    {TEMPERATURES, daq_unplugged, PL_VERDICT_INCONCLUSIVE, "opening the daq: nobody there"},
    {DCIR, busbar_7_loose, PL_VERDICT_FAIL,
     "position 7: 0.600 mohm over the median of 0.500 mohm: loose busbar"},
    {DCIR, cell_3_good_by_contrast, PL_VERDICT_FAIL, "position 7: 0.150 mohm over the median"},
    {DCIR, path_open, PL_VERDICT_INCONCLUSIVE, "the shunt reads 0.00 A with -50.00 A set"},
    {DCIR, path_reversed, PL_VERDICT_INCONCLUSIVE, "the shunt reads 50.00 A with -50.00 A set"},
    {DCIR, pack_gains_volts, PL_VERDICT_INCONCLUSIVE, "contradicts itself"},
    {DCIR, bms_stands_still, PL_VERDICT_INCONCLUSIVE,
     "cell_deviation_percent_discharge is (no value) %"},
    {CURRENT, gain_off, PL_VERDICT_FAIL, "gain_error_percent is 1 %, limit <= 0.5 %"},
    {CURRENT, zero_off, PL_VERDICT_FAIL, "zero_a is 200 mA, limit <= 50 mA"},
    {CURRENT, sign_wrong, PL_VERDICT_FAIL, "gain_error_percent is 200 %"},
    {CURRENT, path_open, PL_VERDICT_INCONCLUSIVE, "the shunt reads 0.00 A with 50.00 A set"},
    {CURRENT, path_reversed, PL_VERDICT_INCONCLUSIVE, "the shunt reads -50.00 A with 50.00 A set"},
    {CONTACTORS, welded, PL_VERDICT_FAIL,
     "105.6 V at the terminals with the contactor commanded open: welded contactor"},
    {CONTACTORS, slow_precharge, PL_VERDICT_FAIL, "precharge_s is 4 s, limit 0.05 s .. 3 s"},
    {CONTACTORS, never_closes, PL_VERDICT_INCONCLUSIVE,
     "closing the main contactor: main_aux still reads 0"},
    {CONTACTORS, path_open, PL_VERDICT_INCONCLUSIVE, "the shunt reads 0.00 A with -50.00 A set"},
    {PROTECTIONS, protection_dead, PL_VERDICT_FAIL,
     "ovp did not trip within 5.1 s; trip_s_ovp is 5.1 s, limit <= 3 s"},
    {PROTECTIONS, protection_stuck, PL_VERDICT_INCONCLUSIVE,
     "ovp is tripped already, before its threshold was moved"},
    {PROTECTIONS, contactor_does_not_open, PL_VERDICT_FAIL,
     "contactor_closed_ovp is 1, limit <= 0"},
    /* a limit that is longer than anybody waits would pass a protection that never acts */
    {"main:\n  - step: protections\n    with: { trips: ovp, patience_s: 2 }\n" PROTECTIONS_LIMITS (
	 "3"),
     protection_dead, PL_VERDICT_INCONCLUSIVE,
     "the limit of trip_s_ovp is longer than the step's patience"},
    {BALANCING, dead_balancing, PL_VERDICT_FAIL,
     "balancing of cell 5 draws nothing: its voltage fell by 0.0 mV, 2.0 mV"},
    {CYCLE, alarm_in_cycle, PL_VERDICT_FAIL,
     "the BMS raised protection bits 0x0010 while current flowed"},
    {CYCLE, hot_pack, PL_VERDICT_FAIL, "hottest_degc is 50 degC, limit <= 45 degC"},
    {CYCLE, path_open, PL_VERDICT_INCONCLUSIVE, "the shunt reads 0.00 A with 20.00 A set"},
    {LEAK, leaking, PL_VERDICT_FAIL, "decay_pa is 120 Pa"},
    {LEAK, hose_off, PL_VERDICT_FAIL,
     "only 3 Pa after filling, 1000 Pa needed: gross leak or hose off"},
    {LEAK, pressure_rises, PL_VERDICT_FAIL, "decay_pa is -120 Pa"},
    {SOC, soc_far_off, PL_VERDICT_PASS, NULL},
    {SOC, soc_reads_wrong, PL_VERDICT_FAIL, "soc_percent is 70 %, limit 28 % .. 32 %"},
    {SOC, path_open, PL_VERDICT_PASS, NULL}, /* is there already: nothing is moved */
    {READY, printer_out, PL_VERDICT_INCONCLUSIVE, "out of labels"},
    {READY, daq_unplugged, PL_VERDICT_INCONCLUSIVE, "opening the daq: nobody there"},
    {CLOSE, clamp_stays_open, PL_VERDICT_INCONCLUSIVE,
     "closing the clamp: clamp_closed still reads 0 instead of 1"},
    {CLOSE, door_is_open, PL_VERDICT_INCONCLUSIVE,
     "locking the door (is it closed?): door_locked still reads 0"},
    {DCIR, load_relay_falls_off, PL_VERDICT_INCONCLUSIVE, "load_relay of the plc reads 0"},
    {DCIR, discharge_falls_on, PL_VERDICT_INCONCLUSIVE, "discharge of the plc reads 1"},
    {CURRENT, load_relay_falls_off, PL_VERDICT_INCONCLUSIVE, "load_relay of the plc reads 0"},
    {CURRENT, discharge_falls_on, PL_VERDICT_INCONCLUSIVE, "discharge of the plc reads 1"},
    {CONTACTORS, load_relay_falls_off, PL_VERDICT_INCONCLUSIVE, "load_relay of the plc reads 0"},
    {PROTECTIONS, load_relay_falls_off, PL_VERDICT_INCONCLUSIVE, "load_relay of the plc reads 0"},
    {CYCLE, load_relay_falls_off, PL_VERDICT_INCONCLUSIVE, "load_relay of the plc reads 0"},
    {LEAK, valve_falls_shut, PL_VERDICT_INCONCLUSIVE, "leak_fill of the plc reads 0"},
    {TEMPERATURES, nothing, PL_VERDICT_PASS, NULL},
};

START_TEST (a_bad_pack_fails_and_a_bench_at_odds_with_itself_cannot_judge)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	const PlStepResult *step;

	cases[_i].arrange ();
	ran = run (room, cases[_i].body);
	step = g_ptr_array_index (pl_run_results (ran->run), 0);
	ck_assert_msg (step->verdict == cases[_i].verdict, "case %d, %s: %s, %s", _i,
		       step->step->id, pl_verdict_name (step->verdict),
		       step->message != NULL ? step->message : "");
	if (cases[_i].says != NULL)
		ck_assert_says (step->message, cases[_i].says);
	fake.welded = FALSE; /* a welded contactor cannot be opened by anybody */
	ck_assert_ptr_null (fake_live ());
}
END_TEST

/* -- the tester's word ------------------------------------------------------------------------- */

#define READING(state_, level_, value_)                                                            \
	{                                                                                          \
		.state = state_, .level = level_, .value = value_, .raw = "as it came"             \
	}

static const struct {
	const char *name;
	guint running; /* replies that say TEST before the last one */
	double level; /* meanwhile */
	PlHipotReading last;
	PlVerdict verdict;
	const char *says;
} words[] = {
    {"pass", 20, 2000, READING (PL_HIPOT_PASS, 2000, 1e-5), PL_VERDICT_PASS, NULL},
    {"breakdown in the ramp", 2, 900, READING (PL_HIPOT_FAIL_BREAKDOWN, 900, 0.02), PL_VERDICT_FAIL,
     "breakdown on hv-lv"},
    {"breakdown at once", 0, 0, READING (PL_HIPOT_FAIL_BREAKDOWN, 100, 0.02), PL_VERDICT_FAIL,
     "breakdown on hv-lv"},
    {"pass of the test before", 0, 0, READING (PL_HIPOT_PASS, 2000, 1e-5), PL_VERDICT_INCONCLUSIVE,
     "says PASS on hv-lv, but was never seen testing (last reply \"as it came\")"},
    {"pass too soon", 2, 2000, READING (PL_HIPOT_PASS, 2000, 1e-5), PL_VERDICT_INCONCLUSIVE,
     "after 0.30 s of 1.00 s"},
    {"pass below the level", 20, 1500, READING (PL_HIPOT_PASS, 1500, 1e-5), PL_VERDICT_INCONCLUSIVE,
     "but reached 1500 of 2000 V"},
    {"pass beyond its own limit", 20, 2000, READING (PL_HIPOT_PASS, 2000, 0.002),
     PL_VERDICT_INCONCLUSIVE, "beyond its own limit of 0 .. 0.001"},
    {"stopped at the tester", 3, 2000, READING (PL_HIPOT_STOPPED, NAN, NAN),
     PL_VERDICT_INCONCLUSIVE, "the test on hv-lv ended without a judgement"},
    {"never started", 0, 0, READING (PL_HIPOT_IDLE, NAN, NAN), PL_VERDICT_INCONCLUSIVE,
     "ended without a judgement"},
    {"never ends", 0, 2000, READING (PL_HIPOT_TEST, 2000, 1e-5), PL_VERDICT_INCONCLUSIVE,
     "is still running 16 s after"},
    {"no number while it runs", 0, 0, READING (PL_HIPOT_TEST, NAN, 1e-5), PL_VERDICT_INCONCLUSIVE,
     "voltage_v could not be read while it was sampled"},
};

#define ONE_ROUTE                                                                                  \
	"main:\n  - step: hipot\n    with: { routes: hv-lv, voltage_v: 2000, ramp_s: 5, time_s: "  \
	"1, tester_limit_a: 0.001 }\n"                                                             \
	"    limits:\n      breakdown_hv-lv: { equals: none, source: s }\n"                        \
	"      leakage_a_hv-lv: { max: 0.001, source: s }\n" SAFE

START_TEST (a_tester_is_believed_only_of_the_test_that_was_asked_for)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	PlHipotReading running = READING (PL_HIPOT_TEST, words[_i].level, 1e-5);
	g_autoptr (Ran) ran = NULL;
	const PlStepResult *step;

	for (guint i = 0; i < words[_i].running; i++)
		fake_say (&running);
	fake_say (&words[_i].last);
	ran = run (room, ONE_ROUTE);
	step = ran_step (ran, "hipot");
	ck_assert_msg (step->verdict == words[_i].verdict, "%s: %s, %s", words[_i].name,
		       pl_verdict_name (step->verdict), step->message != NULL ? step->message : "");
	if (words[_i].says != NULL)
		ck_assert_says (step->message, words[_i].says);
	ck_assert_ptr_null (fake_live ());
}
END_TEST

START_TEST (a_tester_that_fails_what_is_within_the_limit_contradicts_itself)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	PlHipotReading running = READING (PL_HIPOT_TEST, 25, 0.02),
		       last = READING (PL_HIPOT_FAIL_HIGH, 25, 0.02);
	g_autoptr (Ran) ran = NULL;

	for (guint i = 0; i < 50; i++)
		fake_say (&running);
	fake_say (&last);
	ran = run (room, BOND);
	ck_assert_step (ran, "ground-bond", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (ran, "ground-bond")->message, "it contradicts itself");
}
END_TEST

START_TEST (insulation_that_has_broken_down_gets_no_more_high_voltage)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.breaks_down = TRUE;
	ran = run (room, WITHSTAND);
	ck_assert_step (ran, "hipot", PL_VERDICT_FAIL);
	ck_assert_int_lt (fake_find ("hipot start", fake_find ("hipot start", -1)), 0);
}
END_TEST

START_TEST (more_than_the_tester_can_show_passes_a_min_and_cannot_be_held_against_a_max)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) min = NULL, max = NULL;

	fake.over_range = TRUE;
	min = run (room, INSULATION);
	ck_assert_run (min, PL_RUN_PASS);
	max = run (room,
		   "main:\n  - step: insulation\n    with: { routes: pos-chassis, time_s: 2 }\n    "
		   "limits:\n"
		   "      resistance_ohm_pos-chassis: { min: 2e7, max: 1e12, source: s }\n" SAFE);
	ck_assert_step (max, "insulation", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (max, "insulation")->message,
			"cannot be held against a max of 1e+12 ohm");
}
END_TEST

START_TEST (a_bms_that_does_not_answer_is_held_in_reset_while_insulation_is_measured)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;
	int held, measured;

	fake_break ("bms read outputs", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "silent");
	ran = run (room, INSULATION);
	ck_assert_run (ran, PL_RUN_PASS); /* with its bridge on it would read 100 kohm */
	held = fake_find ("plc write bms_reset=1", -1);
	measured = fake_find ("hipot start", -1);
	ck_assert_int_ge (held, 0);
	ck_assert_int_gt (measured, held);
	ck_assert_int_gt (fake_find ("plc write bms_reset=0", measured), measured);
}
END_TEST

START_TEST (a_bms_that_answers_nonsense_is_not_silent)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("bms read outputs", -1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_IMPLAUSIBLE,
		    "25.6 V a cell");
	ran = run (room, INSULATION);
	ck_assert_step (ran, "insulation", PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (ran_step (ran, "insulation")->message, "25.6 V a cell");
	ck_assert_int_lt (fake_find ("hipot start", -1), 0);
}
END_TEST

/* -- what was moved and for how long ----------------------------------------------------------- */

START_TEST (the_shipping_charge_is_set_by_the_missing_amount_and_once_reached_left_alone)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) down = NULL, there = NULL;

	fake.soc_percent = 34.8;
	down = run (room, SOC);
	ck_assert_run (down, PL_RUN_PASS);
	ck_assert_double_eq_tol (ran_measured (down, "set-soc", "moved_ah")->value, -4.8, 0.01);
	ck_assert_double_eq_tol (fake.soc_percent, 30, 0.01);
	ck_assert_double_eq_tol (ran_step (down, "set-soc")->duration_s, 4.8 / 20 * 3600, 1);
	there = run (room, SOC);
	ck_assert_run (there, PL_RUN_PASS);
	ck_assert_double_eq (ran_measured (there, "set-soc", "moved_ah")->value, 0);
}
END_TEST

START_TEST (a_resistance_is_kept_with_its_current_time_direction_charge_and_temperature)
{
	g_autoptr (Room) room = room_new (ALL, TRUE);
	g_autoptr (Ran) ran = run (room, DCIR);

	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "current_a_discharge")->value, -50,
				 1e-6);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "current_a_charge")->value, 50, 1e-6);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "pulse_s_charge")->value, 10, 0.11);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "cell_ohm_charge_32")->value, 0.5e-3,
				 1e-9);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "pack_ohm_charge")->value, 0.017, 1e-6);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "soc_percent")->value, 30, 0.01);
	ck_assert_double_eq_tol (ran_measured (ran, "dcir", "temperature_degc")->value, 25, 1e-6);
	ck_assert_uint_eq (ran_step (ran, "dcir")->curves->len, 3);
}
END_TEST

static gint64 last_feed, longest_hunger;

static void
watch_the_dog (const char *call)
{
	if (g_str_equal (call, "supply output on"))
		last_feed = 0;
	if (!g_str_has_prefix (call, "supply "))
		return;
	if (last_feed > 0)
		longest_hunger = MAX (longest_hunger, g_get_monotonic_time () - last_feed);
	last_feed = g_get_monotonic_time ();
}

START_TEST (the_supplys_watchdog_is_fed_at_least_once_a_second)
{
	/* real time, in small: the hunger is measured where it would be felt */
	g_autoptr (Room) room = room_new (ALL, FALSE);
	g_autoptr (Ran) ran = NULL;

	fake.on_call = watch_the_dog;
	ran =
	    run (room, "main:\n  - step: dcir\n    with: { pulse_s: 0.5, rest_s: 3 }\n    limits:\n"
		       "      pack_ohm_*: { max: 0.04, source: s }\n      "
		       "cell_deviation_percent_*: { max: 15, source: s }\n"
		       "      busbar_excess_ohm_*: { max: 0.0001, source: s }\n" SAFE);
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_int_gt (longest_hunger, 0);
	ck_assert_int_lt (longest_hunger, 2500 * 1000);
}
END_TEST

/* -- numbers ----------------------------------------------------------------------------------- */

START_TEST (a_missing_number_leaves_nothing_to_say_of_all_of_them)
{
	const double whole[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, holed[] = {3, NAN, 2};

	ck_assert_double_eq (pl_median (whole, 3), 2);
	ck_assert_double_eq (pl_median (even, 4), 2.5);
	ck_assert_double_eq (pl_minimum (whole, 3), 1);
	ck_assert_double_eq (pl_maximum (whole, 3), 3);
	ck_assert_double_eq (pl_total (whole, 3), 6);
	ck_assert (isnan (pl_median (holed, 3)) && isnan (pl_minimum (holed, 3)) &&
		   isnan (pl_maximum (holed, 3)) && isnan (pl_total (holed, 3)));
	ck_assert (isnan (pl_median (NULL, 0)) && isnan (pl_minimum (NULL, 0)) &&
		   isnan (pl_maximum (NULL, 0)) && isnan (pl_total (NULL, 0)));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("station-steps");
	TCase *good = tcase_create ("healthy"), *bad = tcase_create ("bad"),
	      *tester = tcase_create ("tester");
	TCase *moved = tcase_create ("moved"), *numbers = tcase_create ("numbers");

	tcase_add_loop_test (good, a_healthy_pack_passes_and_leaves_nothing_live, 0,
			     G_N_ELEMENTS (healthy));
	tcase_add_loop_test (good,
			     every_measurement_names_its_instrument_and_keeps_the_meters_reply, 0,
			     G_N_ELEMENTS (healthy));
	tcase_add_loop_test (bad, a_bad_pack_fails_and_a_bench_at_odds_with_itself_cannot_judge, 0,
			     G_N_ELEMENTS (cases));
	tcase_add_loop_test (tester, a_tester_is_believed_only_of_the_test_that_was_asked_for, 0,
			     G_N_ELEMENTS (words));
	tcase_add_test (tester, a_tester_that_fails_what_is_within_the_limit_contradicts_itself);
	tcase_add_test (tester, insulation_that_has_broken_down_gets_no_more_high_voltage);
	tcase_add_test (
	    tester, more_than_the_tester_can_show_passes_a_min_and_cannot_be_held_against_a_max);
	tcase_add_test (tester,
			a_bms_that_does_not_answer_is_held_in_reset_while_insulation_is_measured);
	tcase_add_test (tester, a_bms_that_answers_nonsense_is_not_silent);
	tcase_add_test (
	    moved, the_shipping_charge_is_set_by_the_missing_amount_and_once_reached_left_alone);
	tcase_add_test (
	    moved, a_resistance_is_kept_with_its_current_time_direction_charge_and_temperature);
	tcase_add_test (moved, the_supplys_watchdog_is_fed_at_least_once_a_second);
	tcase_add_test (numbers, a_missing_number_leaves_nothing_to_say_of_all_of_them);
	tcase_set_timeout (good, 60);
	tcase_set_timeout (bad, 60);
	tcase_set_timeout (tester, 60);
	tcase_set_timeout (moved, 60);
	tcase_set_timeout (numbers, 60);
	suite_add_tcase (suite, good);
	suite_add_tcase (suite, bad);
	suite_add_tcase (suite, tester);
	suite_add_tcase (suite, moved);
	suite_add_tcase (suite, numbers);
	return pl_suite_main (suite);
}
