/* SPDX-License-Identifier: Apache-2.0 */
#include "station/setup_check.h"
#include "tests/station/room.h"
#include <math.h>
#include <string.h>

/* A cell under the probes and on the scale: what is measured, what is the cell's fault by its name,
 * and what is the station's. */

#define OCV_WITH(with)                                                                             \
	"main:\n  - step: ocv\n    with: { interval_s: 0" with " }\n    limits:\n"                 \
	"      ocv_v: { min: 3.2, max: 3.33, source: s }\n"                                        \
	"      ocv_spread_v: { max: 0.0005, source: s }\n"
#define OCV OCV_WITH ("")
#define ACIR_MAX(max)                                                                              \
	"main:\n  - step: acir\n    with: { interval_s: 0 }\n    limits:\n"                        \
	"      acir_ohm: { min: 0.0001, max: " max ", source: s }\n"
#define ACIR ACIR_MAX ("0.0003")
#define WEIGH                                                                                      \
	"main:\n  - step: weigh\n    with: { sentence: Weigh it, sentence-zh_CN: \"称\" }\n"      \
	"    limits:\n      mass_g: { min: 1920, max: 2040, source: s }\n"

static Ran *
run (Room *room, const char *body)
{
	return room_run (room, room_recipe (body), "P0001", NULL);
}

static double
measured (const Ran *ran, const char *step, const char *name)
{
	return ran_measured (ran, step, name)->value;
}

/* -- voltage ----------------------------------------------------------------------------------- */

START_TEST (a_good_cell_passes_with_mean_and_spread_of_its_readings)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_drift_v = 1e-4;
	ran = run (room, OCV_WITH (", readings: 3, expected_ohm: 0.0004"));
	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_double_eq_tol (measured (ran, "ocv", "ocv_v"), 3.2801, 1e-9);
	ck_assert_double_eq_tol (measured (ran, "ocv", "ocv_spread_v"), 2e-4, 1e-9);
	ck_assert_double_eq_tol (measured (ran, "ocv", "repeatability_v"), 1e-4, 1e-12);
	ck_assert_int_ge (fake_find ("meter setup 0.0004", -1), 0);
}
END_TEST

START_TEST (a_cell_that_still_moves_fails_at_its_spread)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_drift_v = 1e-3;
	ran = run (room, OCV);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_int_eq (ran_measured (ran, "ocv", "ocv_v")->verdict, PL_VERDICT_PASS);
	ck_assert_int_eq (ran_measured (ran, "ocv", "ocv_spread_v")->verdict, PL_VERDICT_FAIL);
}
END_TEST

static const struct {
	double volts;
	const char *says;
} bad_cells[] = {
    {-3.28, "reversed: -3.280 V"},
    {3.70, "another chemistry"},
    {2.90, NULL},
    {0.01, NULL},
    {3.36, NULL},
};

START_TEST (a_bad_cell_fails_by_the_name_of_its_defect)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_v = bad_cells[_i].volts;
	ran = run (room, OCV);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_double_eq_tol (measured (ran, "ocv", "ocv_v"), bad_cells[_i].volts, 1e-9);
	if (bad_cells[_i].says != NULL)
		ck_assert_says (pl_run_cause (ran->run), bad_cells[_i].says);
}
END_TEST

START_TEST (a_reversed_cell_fails_whatever_the_recipe_allows)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_v = -3.28;
	ran = run (room,
		   "main:\n  - step: ocv\n    limits:\n      ocv_v: { max: 3.33, source: s }\n");
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (ran->run), "reversed");
}
END_TEST

START_TEST (more_than_the_meter_can_show_is_no_single_cell)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_v = NAN;
	fake.cell_over = TRUE;
	ran = run (room, OCV);
	ck_assert_run (ran, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (ran->run), "no single cell");
}
END_TEST

static const char *const probed[] = {OCV, ACIR};
static const char *const probed_ids[] = {"ocv", "acir"};

START_TEST (an_open_probe_is_the_stations_matter_and_says_what_to_do)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.probe_open = TRUE;
	ran = run (room, probed[_i]);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, probed_ids[_i], PL_VERDICT_INCONCLUSIVE);
	ck_assert_says (pl_run_cause (ran->run), "put both probes on firmly");
}
END_TEST

START_TEST (a_silent_meter_is_the_stations_matter)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake_break ("meter read", -1, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT, "no answer");
	ran = run (room, probed[_i]);
	ck_assert_run (ran, PL_RUN_ERROR);
	ck_assert_step (ran, probed_ids[_i], PL_VERDICT_INCONCLUSIVE);
}
END_TEST

/* -- resistance -------------------------------------------------------------------------------- */

START_TEST (the_resistance_at_1_khz_is_held_against_its_limit)
{
	static const double ohms[] = {0.2e-3, 0.35e-3, 0.05e-3};
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) ran = NULL;

	fake.cell_ohm = ohms[_i];
	ran = run (room, ACIR);
	ck_assert_run (ran, _i == 0 ? PL_RUN_PASS : PL_RUN_FAIL);
	ck_assert_double_eq_tol (measured (ran, "acir", "acir_ohm"), ohms[_i], 1e-12);
	ck_assert_double_eq_tol (measured (ran, "acir", "acir_spread_ohm"), 0, 1e-12);
}
END_TEST

START_TEST (a_resistance_beyond_the_range_is_a_bad_cell_where_the_limit_lies_within_it)
{
	g_autoptr (Room) room = room_new ("meter", TRUE);
	g_autoptr (Ran) bad = NULL, doubtful = NULL;

	fake.cell_over = TRUE;
	bad = run (room, ACIR);
	ck_assert_run (bad, PL_RUN_FAIL);
	ck_assert_says (pl_run_cause (bad->run), "beyond the meter's range");
	doubtful = run (room, ACIR_MAX ("0.01"));
	ck_assert_run (doubtful, PL_RUN_ERROR);
	ck_assert_says (pl_run_cause (doubtful->run), "expected_ohm");
}
END_TEST

/* -- mass -------------------------------------------------------------------------------------- */

static const char *said[4];
static guint n_said;

/* One answer after the other until one is taken. */
static void
answer (gpointer data, const PlRunEvent *event)
{
	if (event->kind != PL_EVENT_PROMPT || event->prompt == NULL)
		return;
	for (n_said = 0; said[n_said] != NULL; n_said++)
		if (pl_run_answer (event->run, said[n_said], "4711", "typed", NULL))
			return;
}

static Ran *
weigh (Room *room, const char *first, const char *second)
{
	PlRunOptions options = {.kind = "engineering", .entry = "scanned", .observer = answer};

	said[0] = first;
	said[1] = second;
	return room_run (room, room_recipe (WEIGH), "P0001", &options);
}

static const struct {
	const char *text;
	double grams;
} masses[] = {{"1983", 1983}, {"  1983.4 g", 1983.4}, {"1983,4g", 1983.4}, {"2040", 2040}};

START_TEST (a_mass_is_taken_as_scales_send_it_and_hands_write_it)
{
	g_autoptr (Room) room = room_new ("scanner", FALSE);
	g_autoptr (Ran) ran = weigh (room, masses[_i].text, NULL);

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_double_eq_tol (measured (ran, "weigh", "mass_g"), masses[_i].grams, 1e-9);
	ck_assert_str_eq (ran_measured (ran, "weigh", "entry")->words, "typed");
}
END_TEST

START_TEST (what_is_no_mass_is_asked_again)
{
	g_autoptr (Room) room = room_new ("scanner", FALSE);
	g_autoptr (Ran) ran = weigh (room, "04QCB76G0K1", "1980");

	ck_assert_run (ran, PL_RUN_PASS);
	ck_assert_uint_eq (n_said, 1);
	ck_assert_double_eq_tol (measured (ran, "weigh", "mass_g"), 1980, 1e-9);
}
END_TEST

START_TEST (a_cell_without_its_electrolyte_is_too_light)
{
	g_autoptr (Room) room = room_new ("scanner", FALSE);
	g_autoptr (Ran) ran = weigh (room, "1850", NULL);

	ck_assert_run (ran, PL_RUN_FAIL);
}
END_TEST

/* -- the check of the shift -------------------------------------------------------------------- */

static PlCheckResult *
check (Room *room)
{
	PlSetupCheckPlan plan = {.who = "4711"};
	g_autoptr (GError) error = NULL;
	PlCheckResult *result = pl_setup_check (room->station, &plan, &error);

	ck_assert_ok (result != NULL, error);
	return result;
}

START_TEST (the_setup_check_has_the_meter_measure_with_its_probes_in_the_air)
{
	g_autoptr (Room) room = room_new ("meter", FALSE);
	g_autoptr (PlCheckResult) result = NULL;

	fake.probe_open = TRUE;
	result = check (room);
	ck_assert (result->passed);
	ck_assert_int_gt (fake_find ("meter read", -1), fake_find ("meter setup", -1));
}
END_TEST

START_TEST (a_meter_that_takes_no_settings_fails_the_setup_check)
{
	g_autoptr (Room) room = room_new ("meter", FALSE);
	g_autoptr (PlCheckResult) result = NULL;

	fake_break ("meter setup", -1, PL_INSTRUMENT_ERROR, PL_INSTRUMENT_ERROR_REFUSED, "no");
	result = check (room);
	ck_assert (!result->passed);
}
END_TEST

static TCase *
probes (void)
{
	TCase *tcase = tcase_create ("probes");

	tcase_add_test (tcase, a_good_cell_passes_with_mean_and_spread_of_its_readings);
	tcase_add_test (tcase, a_cell_that_still_moves_fails_at_its_spread);
	tcase_add_loop_test (tcase, a_bad_cell_fails_by_the_name_of_its_defect, 0,
			     G_N_ELEMENTS (bad_cells));
	tcase_add_test (tcase, a_reversed_cell_fails_whatever_the_recipe_allows);
	tcase_add_test (tcase, more_than_the_meter_can_show_is_no_single_cell);
	tcase_add_loop_test (tcase, an_open_probe_is_the_stations_matter_and_says_what_to_do, 0, 2);
	tcase_add_loop_test (tcase, a_silent_meter_is_the_stations_matter, 0, 2);
	tcase_add_loop_test (tcase, the_resistance_at_1_khz_is_held_against_its_limit, 0, 3);
	tcase_add_test (tcase,
			a_resistance_beyond_the_range_is_a_bad_cell_where_the_limit_lies_within_it);
	return tcase;
}

int
main (void)
{
	Suite *suite = suite_create ("station-cell-meter");
	TCase *scale = tcase_create ("scale"), *shift = tcase_create ("shift");

	suite_add_tcase (suite, probes ());
	tcase_add_loop_test (scale, a_mass_is_taken_as_scales_send_it_and_hands_write_it, 0,
			     G_N_ELEMENTS (masses));
	tcase_add_test (scale, what_is_no_mass_is_asked_again);
	tcase_add_test (scale, a_cell_without_its_electrolyte_is_too_light);
	suite_add_tcase (suite, scale);
	tcase_add_test (shift, the_setup_check_has_the_meter_measure_with_its_probes_in_the_air);
	tcase_add_test (shift, a_meter_that_takes_no_settings_fails_the_setup_check);
	suite_add_tcase (suite, shift);
	return pl_suite_main (suite);
}
