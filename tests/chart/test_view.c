/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/chart/view.h"
#include <math.h>

#define ck_assert_near(a, b) ck_assert_double_eq_tol (a, b, 1e-9)

static PlChartView
view_of (double first, double last, double window)
{
	PlChartView view;

	pl_chart_view_init (&view);
	pl_chart_view_update (&view, first, last, window);
	return view;
}

START_TEST (a_live_view_shows_the_last_seconds_of_its_window)
{
	PlChartView view = view_of (0, 500, 60);

	ck_assert_near (view.from, 440);
	ck_assert_near (view.to, 500);
	pl_chart_view_update (&view, 0, 510, 60);
	ck_assert_near (view.from, 450);
}
END_TEST

START_TEST (a_window_that_has_not_filled_begins_with_the_record)
{
	PlChartView view = view_of (100, 110, 60);

	ck_assert_near (view.from, 100);
	ck_assert_near (view.to, 160);
}
END_TEST

START_TEST (without_a_window_the_whole_record_is_shown)
{
	PlChartView view = view_of (3, 500, 0);

	ck_assert_near (view.from, 3);
	ck_assert_near (view.to, 500);
}
END_TEST

START_TEST (a_record_of_one_instant_has_a_second_to_stand_in)
{
	PlChartView view = view_of (7, 7, 0);

	ck_assert_near (view.from, 7);
	ck_assert_near (view.to, 8);
}
END_TEST

START_TEST (zooming_leaves_the_time_under_the_pointer_where_it_is)
{
	PlChartView view = view_of (0, 1000, 0);
	double about = 100 * _i, share;

	pl_chart_view_zoom (&view, 0.5, about);
	share = (about - view.from) / (view.to - view.from);
	ck_assert_near (view.to - view.from, 500);
	ck_assert_near (share, about / 1000);
	ck_assert (!view.follows);
}
END_TEST

START_TEST (what_a_person_looks_at_stays_while_the_record_grows)
{
	PlChartView view = view_of (0, 500, 60);

	pl_chart_view_pan (&view, -100);
	pl_chart_view_update (&view, 0, 900, 60);
	ck_assert_near (view.from, 340);
	ck_assert_near (view.to, 400);
	pl_chart_view_follow (&view);
	ck_assert_near (view.to, 900);
}
END_TEST

START_TEST (zoomed_out_to_the_whole_record_it_is_followed_again)
{
	PlChartView view = view_of (0, 500, 0);

	pl_chart_view_zoom (&view, 0.5, 250);
	pl_chart_view_zoom (&view, 4, 250);
	ck_assert (view.follows);
	pl_chart_view_update (&view, 0, 600, 0);
	ck_assert_near (view.to, 600);
}
END_TEST

START_TEST (no_pan_or_zoom_leaves_the_record_or_the_least_span)
{
	g_autoptr (GRand) random = g_rand_new_with_seed (_i);
	double window = _i % 2 == 0 ? 0 : 60;
	PlChartView view = view_of (10, 300, window);

	for (guint k = 0; k < 3000; k++) {
		double by = g_rand_double_range (random, -400, 400);

		if (g_rand_boolean (random))
			pl_chart_view_pan (&view, by);
		else
			pl_chart_view_zoom (&view, exp (by / 100), 10 + fabs (by));
		ck_assert (view.from >= 10 - 1e-6 && view.to <= 300 + 1e-6);
		ck_assert (view.to - view.from > 0.99e-3);
	}
}
END_TEST

START_TEST (another_record_moves_the_view_into_it)
{
	PlChartView view = view_of (0, 1000, 0);

	pl_chart_view_zoom (&view, 0.1, 900);
	pl_chart_view_update (&view, 0, 50, 0);
	ck_assert (view.from >= 0 && view.to <= 50 + 1e-9 && view.to > view.from);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chart-view");
	TCase *tests = tcase_create ("view");

	tcase_add_test (tests, a_live_view_shows_the_last_seconds_of_its_window);
	tcase_add_test (tests, a_window_that_has_not_filled_begins_with_the_record);
	tcase_add_test (tests, without_a_window_the_whole_record_is_shown);
	tcase_add_test (tests, a_record_of_one_instant_has_a_second_to_stand_in);
	tcase_add_loop_test (tests, zooming_leaves_the_time_under_the_pointer_where_it_is, 0, 11);
	tcase_add_test (tests, what_a_person_looks_at_stays_while_the_record_grows);
	tcase_add_test (tests, zoomed_out_to_the_whole_record_it_is_followed_again);
	tcase_add_loop_test (tests, no_pan_or_zoom_leaves_the_record_or_the_least_span, 0, 6);
	tcase_add_test (tests, another_record_moves_the_view_into_it);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
