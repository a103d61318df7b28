/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/hioki_bt3560/protocol.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

static const PlHiokiRange *
range_of (const char *model, double ohm)
{
	const PlHiokiRange *range = pl_hioki_range_for (pl_hioki_model_find (model), ohm);

	ck_assert_ptr_nonnull (range);
	return range;
}

/* The manual's table of formats (BT3562A981, 8.6): blanks stand for + and for zeros. */
static const struct {
	double range, ohm, volt;
	const char *reply;
} readings[] = {
    {0.2e-3, 0.2013e-3, 3.27123, "  0.2013E-3, 3.27123E+0"},
    {0.2e-3, 3.1e-3, -3.27123, "  3.1000E-3,-3.27123E+0"},
    {0.2e-3, -0.0012e-3, 0.00012, "- 0.0012E-3, 0.00012E+0"},
    {10e-3, 12.345e-3, 3.3, "  12.345E-3, 3.30000E+0"},
    {100e-3, 136.02e-3, 3.3, "  136.02E-3, 3.30000E+0"},
};

START_TEST (a_reading_is_read_in_the_format_of_its_range)
{
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_hioki_parse_reading (readings[_i].reply,
					      range_of ("BT3562A", readings[_i].range), &reading,
					      &error),
		      error);
	ck_assert (!reading.open && !reading.over);
	ck_assert_double_eq_tol (reading.acir_ohm, readings[_i].ohm, 1e-12);
	ck_assert_double_eq_tol (reading.ocv_v, readings[_i].volt, 1e-12);
	ck_assert_str_eq (reading.raw, readings[_i].reply);
}
END_TEST

static const struct {
	double range;
	gboolean open, over, volt;
	const char *reply;
} specials[] = {
    {0.2e-3, TRUE, FALSE, FALSE, "+10.0000E+9,+1.00000E+10"},
    {10e-3, TRUE, FALSE, FALSE, "+100.000E+8,+1.00000E+10"},
    {100e-3, TRUE, FALSE, FALSE, "+1000.00E+7,+1.00000E+10"},
    {0.2e-3, TRUE, FALSE, FALSE, "+10.0000E+9, 3.27123E+0"},
    {0.2e-3, FALSE, TRUE, TRUE, " 10.0000E+8, 3.27123E+0"},
    {10e-3, FALSE, TRUE, TRUE, " 100.000E+7, 3.27123E+0"},
    {100e-3, FALSE, TRUE, TRUE, "-1000.00E+6, 3.27123E+0"},
    {0.2e-3, FALSE, TRUE, FALSE, "  0.2000E-3,-1.00000E+9"},
};

START_TEST (an_open_probe_and_an_overrun_are_no_values)
{
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_hioki_parse_reading (specials[_i].reply,
					      range_of ("BT3562A", specials[_i].range), &reading,
					      &error),
		      error);
	ck_assert_int_eq (reading.open, specials[_i].open);
	ck_assert_int_eq (reading.over, specials[_i].over);
	ck_assert_int_eq (isnan (reading.ocv_v), !specials[_i].volt);
	ck_assert (reading.open ? isnan (reading.acir_ohm) : TRUE);
}
END_TEST

/* All of these are read in the 3 mohm range. */
static const char *const garbled[] = {
    "",
    "  0.2013E-3",
    "  0.2013E-3, 3.27123E+0, 1",
    "  00.201E-3, 3.27123E+0", /* the 30 mohm range */
    "  0.2013E+0, 3.27123E+0", /* the 3 ohm range */
    "  0.2013E-3, 03.2712E+0", /* the 60 V range */
    "  0.2013E-3, 3.27123E+1",
    "  0.2013E-3, 3.27123",
    "  0.2013E-3, 3.27123E",
    "  0.2013E-3, 3.27123E+0x",
    "  0.2013e-3, 3.27123E+0",
    "  0x2013E-3, 3.27123E+0",
    "  --2013E-3, 3.27123E+0",
    "  inf, nan",
    ":MEASURE  0.2013E-3, 3.27123E+0",
    "  12345.2013E-3, 3.27123E+0",
};

START_TEST (what_is_not_of_the_range_is_refused)
{
	PlMeterReading reading = {0};
	g_autoptr (GError) error = NULL;

	ck_assert_msg (
	    !pl_hioki_parse_reading (garbled[_i], range_of ("BT3562A", 0.2e-3), &reading, &error),
	    "\"%s\"", garbled[_i]);
	ck_assert_err (error, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL);
}
END_TEST

START_TEST (the_finest_range_with_room_above_is_chosen)
{
	const PlHiokiModel *fine = pl_hioki_model_find ("BT3562A");

	ck_assert_double_eq_tol (range_of ("BT3562A", 0.2e-3)->ohm, 3e-3, 1e-9);
	ck_assert_double_eq_tol (range_of ("BT3562A", 2.5e-3)->ohm, 30e-3, 1e-9);
	ck_assert_double_eq_tol (range_of ("BT3563A", 100e-3)->ohm, 300e-3, 1e-9);
	ck_assert_double_eq_tol (range_of ("BT3561A", 0.2e-3)->ohm, 30e-3, 1e-9);
	ck_assert_ptr_null (pl_hioki_range_for (fine, 0.25));
	ck_assert_ptr_null (pl_hioki_range_for (fine, 0));
	ck_assert_ptr_null (pl_hioki_range_for (fine, -1));
	ck_assert_ptr_null (pl_hioki_range_for (fine, NAN));
}
END_TEST

START_TEST (every_model_says_how_well_it_repeats)
{
	static const char *const names[] = {"BT3561A", "BT3562A", "bt3563a"};

	for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
		const PlHiokiModel *model = pl_hioki_model_find (names[i]);

		ck_assert_ptr_nonnull (model);
		/* ten digits and more, and far below a healthy week of K */
		ck_assert (model->repeatability_v > 2e-5 && model->repeatability_v < 5e-4);
	}
	ck_assert_ptr_null (pl_hioki_model_find ("BT4560"));
}
END_TEST

START_TEST (the_event_register_is_read_and_said)
{
	g_autofree char *words = NULL;
	guint events = 7;

	ck_assert (pl_hioki_parse_events ("48", &events, NULL) && events == 48);
	words = pl_hioki_events_in_words (events | PL_HIOKI_POWER_ON);
	ck_assert_str_eq (words, "command error, execution error, switched on since");
	ck_assert_ptr_null (pl_hioki_events_in_words (0));
	ck_assert_ptr_null (pl_hioki_events_in_words (1)); /* operation complete is no error */
	ck_assert (!pl_hioki_parse_events ("256", &events, NULL));
	ck_assert (!pl_hioki_parse_events ("-1", &events, NULL));
	ck_assert (!pl_hioki_parse_events ("0.2013E-3", &events, NULL));
	ck_assert (!pl_hioki_parse_events ("", &events, NULL));
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("meter-protocol");
	TCase *tcase = tcase_create ("protocol");

	tcase_add_loop_test (tcase, a_reading_is_read_in_the_format_of_its_range, 0,
			     G_N_ELEMENTS (readings));
	tcase_add_loop_test (tcase, an_open_probe_and_an_overrun_are_no_values, 0,
			     G_N_ELEMENTS (specials));
	tcase_add_loop_test (tcase, what_is_not_of_the_range_is_refused, 0, G_N_ELEMENTS (garbled));
	tcase_add_test (tcase, the_finest_range_with_room_above_is_chosen);
	tcase_add_test (tcase, every_model_says_how_well_it_repeats);
	tcase_add_test (tcase, the_event_register_is_read_and_said);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
