/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite.h"
#include "ui/chart/series.h"
#include <math.h>

/* What the pyramid must answer, found by looking at every sample. */
static gboolean
look_at_all (const PlSeries *series, gsize from, gsize to, double *min, double *max)
{
	*min = INFINITY;
	*max = -INFINITY;
	for (gsize i = from; i < to; i++) {
		double value = pl_series_value (series, i);

		if (isnan (value))
			continue;
		*min = MIN (*min, value);
		*max = MAX (*max, value);
	}
	return *min <= *max;
}

static gboolean
same (double a, double b)
{
	return (isnan (a) && isnan (b)) || (a <= b && a >= b);
}

static void
assert_range (const PlSeries *series, gsize from, gsize to)
{
	double min = 7, max = -7, true_min, true_max;
	gboolean any = look_at_all (series, from, to, &true_min, &true_max);

	ck_assert_int_eq (pl_series_range (series, from, to, &min, &max), any);
	if (any) {
		ck_assert_msg (same (min, true_min) && same (max, true_max),
			       "%" G_GSIZE_FORMAT "..%" G_GSIZE_FORMAT ": %g..%g, not %g..%g", from,
			       to, min, max, true_min, true_max);
	} else {
		ck_assert_msg (same (min, 7) && same (max, -7), "gaps only, yet a range is set");
	}
}

static double
random_value (GRand *random)
{
	switch (g_rand_int_range (random, 0, 20)) {
	case 0:
		return NAN;
	case 1:
		return g_rand_double_range (random, -1e6, 1e6);
	default:
		return g_rand_double_range (random, -1, 1);
	}
}

/* Irregular steps, some of them none: two readings may carry one time stamp. */
static void
append_random (PlSeries *series, GRand *random, gsize n)
{
	gsize length = pl_series_length (series);
	double time = length > 0 ? pl_series_time (series, length - 1) : 0;

	for (gsize i = 0; i < n; i++) {
		if (g_rand_int_range (random, 0, 10) > 0)
			time += g_rand_double_range (random, 0, 0.2);
		pl_series_append (series, time, random_value (random));
	}
}

START_TEST (any_range_is_what_looking_at_every_sample_finds)
{
	g_autoptr (GRand) random = g_rand_new_with_seed (_i);
	g_autoptr (PlSeries) series = pl_series_new ();
	gsize n = g_rand_int_range (random, 1, 9000);

	append_random (series, random, n);
	for (guint k = 0; k < 400; k++) {
		gsize a = g_rand_int_range (random, 0, n + 1),
		      b = g_rand_int_range (random, 0, n + 1);

		assert_range (series, MIN (a, b), MAX (a, b));
	}
	assert_range (series, 0, n);
}
END_TEST

START_TEST (every_range_of_a_short_series_is_right_while_it_grows)
{
	g_autoptr (GRand) random = g_rand_new_with_seed (99);
	g_autoptr (PlSeries) series = pl_series_new ();

	/* past 256, where the second level begins */
	for (gsize n = 1; n <= 300; n++) {
		append_random (series, random, 1);
		for (gsize from = 0; from <= n; from += n < 40 ? 1 : 13)
			for (gsize to = from; to <= n; to += n < 40 ? 1 : 7)
				assert_range (series, from, to);
		assert_range (series, 0, n);
	}
}
END_TEST

START_TEST (a_spike_of_one_sample_is_in_its_column_wherever_it_is)
{
	enum { N = 100000, COLUMNS = 1280 };
	static const gsize places[] = {0, 1, 15, 16, 4095, 4096, 65535, 65536, 77777, N - 1};
	g_autoptr (PlSeries) series = pl_series_new ();
	PlColumn columns[COLUMNS];
	guint seen = 0;

	for (gsize i = 0; i < N; i++)
		pl_series_append (series, (double)i, i == places[_i] ? 42 : 1);
	pl_series_columns (series, 0, N, columns, COLUMNS);
	for (guint c = 0; c < COLUMNS; c++)
		if (columns[c].max > 41.9) {
			seen++;
			ck_assert_uint_eq (c, places[_i] * COLUMNS / N);
		}
	ck_assert_uint_eq (seen, 1);
}
END_TEST

static void
assert_columns (const PlSeries *series, double from, double to, const PlColumn *columns, guint n)
{
	gsize begin = pl_series_find (series, from), first = begin;
	guint64 count = 0;

	for (guint c = 0; c < n; c++) {
		double until = c + 1 == n ? to : from + (to - from) * (c + 1) / n, min, max;
		gsize end = begin;

		while (end < pl_series_length (series) && pl_series_time (series, end) < until)
			end++;
		ck_assert_uint_eq (columns[c].count, end - begin);
		if (!look_at_all (series, begin, end, &min, &max))
			min = max = NAN;
		ck_assert (same (columns[c].min, min) && same (columns[c].max, max));
		ck_assert (same (columns[c].right, pl_series_between (series, until)));
		ck_assert (same (columns[c].left,
				 c > 0 ? columns[c - 1].right : pl_series_between (series, from)));
		count += columns[c].count;
		begin = end;
	}
	ck_assert_uint_eq (count, pl_series_find (series, to) - first);
}

START_TEST (columns_share_out_every_sample_of_the_window_once)
{
	g_autoptr (GRand) random = g_rand_new_with_seed (1000 + _i);
	g_autoptr (PlSeries) series = pl_series_new ();

	for (guint round = 0; round < 20; round++) {
		PlColumn columns[97];
		double last, from;

		append_random (series, random, g_rand_int_range (random, 1, 300));
		last = pl_series_time (series, pl_series_length (series) - 1);
		from = g_rand_double_range (random, -3, last + 1);
		pl_series_columns (series, from, last + 2, columns, 97);
		assert_columns (series, from, last + 2, columns, 97);
	}
}
END_TEST

START_TEST (an_empty_series_has_columns_of_nothing)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlColumn columns[5];
	double min, max;

	ck_assert (!pl_series_range (series, 0, 0, &min, &max));
	ck_assert_uint_eq (pl_series_find (series, 0), 0);
	pl_series_columns (series, 0, 1, columns, 5);
	for (guint c = 0; c < 5; c++) {
		ck_assert_uint_eq (columns[c].count, 0);
		ck_assert (isnan (columns[c].min) && isnan (columns[c].left));
	}
}
END_TEST

START_TEST (one_sample_is_least_and_greatest_and_no_line)
{
	g_autoptr (PlSeries) series = pl_series_new ();
	PlColumn columns[4];

	pl_series_append (series, 0.5, 3.3);
	pl_series_columns (series, 0, 1, columns, 4);
	ck_assert_uint_eq (columns[1].count, 0);
	ck_assert_uint_eq (columns[2].count, 1);
	ck_assert (same (columns[2].min, 3.3) && same (columns[2].max, 3.3));
	ck_assert (isnan (columns[2].left) && isnan (columns[2].right));
}
END_TEST

START_TEST (the_line_between_two_samples_is_straight_and_ends_with_them)
{
	g_autoptr (PlSeries) series = pl_series_new ();

	pl_series_append (series, 10, 1);
	pl_series_append (series, 20, 3);
	pl_series_append (series, 30, NAN);
	ck_assert_double_eq_tol (pl_series_between (series, 15), 2, 1e-12);
	ck_assert_double_eq_tol (pl_series_between (series, 20), 3, 1e-12);
	ck_assert (isnan (pl_series_between (series, 9.9)));
	ck_assert (isnan (pl_series_between (series, 25)));
	ck_assert (isnan (pl_series_between (series, 31)));
}
END_TEST

START_TEST (what_is_not_finite_is_a_gap_and_spoils_no_range)
{
	static const double bad[] = {NAN, INFINITY, -INFINITY};
	g_autoptr (PlSeries) series = pl_series_new ();
	double min, max;

	pl_series_append (series, 0, 1);
	pl_series_append (series, 1, bad[_i]);
	pl_series_append (series, 2, 2);
	ck_assert (isnan (pl_series_value (series, 1)));
	ck_assert (!pl_series_range (series, 1, 2, &min, &max));
	ck_assert (pl_series_range (series, 0, 3, &min, &max));
	ck_assert (same (min, 1) && same (max, 2));
}
END_TEST

START_TEST (time_that_goes_back_is_refused_aloud)
{
	static const double times[] = {0.999, NAN, INFINITY};
	g_autoptr (PlSeries) series = pl_series_new ();

	pl_series_append (series, 1, 1);
	g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*");
	pl_series_append (series, times[_i], 2);
	g_test_assert_expected_messages ();
	ck_assert_uint_eq (pl_series_length (series), 1);
}
END_TEST

START_TEST (the_first_sample_at_or_after_a_time_is_found)
{
	static const double times[] = {0, 1, 1, 1, 2};
	g_autoptr (PlSeries) series = pl_series_new ();

	for (guint i = 0; i < G_N_ELEMENTS (times); i++)
		pl_series_append (series, times[i], i);
	ck_assert_uint_eq (pl_series_find (series, -1), 0);
	ck_assert_uint_eq (pl_series_find (series, 1), 1);
	ck_assert_uint_eq (pl_series_find (series, 1.5), 4);
	ck_assert_uint_eq (pl_series_find (series, 2.1), 5);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("chart-series");
	TCase *tests = tcase_create ("series");

	tcase_set_timeout (tests, 60);
	tcase_add_loop_test (tests, any_range_is_what_looking_at_every_sample_finds, 0, 12);
	tcase_add_test (tests, every_range_of_a_short_series_is_right_while_it_grows);
	tcase_add_loop_test (tests, a_spike_of_one_sample_is_in_its_column_wherever_it_is, 0, 10);
	tcase_add_loop_test (tests, columns_share_out_every_sample_of_the_window_once, 0, 6);
	tcase_add_test (tests, an_empty_series_has_columns_of_nothing);
	tcase_add_test (tests, one_sample_is_least_and_greatest_and_no_line);
	tcase_add_test (tests, the_line_between_two_samples_is_straight_and_ends_with_them);
	tcase_add_loop_test (tests, what_is_not_finite_is_a_gap_and_spoils_no_range, 0, 3);
	tcase_add_loop_test (tests, time_that_goes_back_is_refused_aloud, 0, 3);
	tcase_add_test (tests, the_first_sample_at_or_after_a_time_is_found);
	suite_add_tcase (suite, tests);
	return pl_suite_main (suite);
}
