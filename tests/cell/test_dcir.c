/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/dcir.h"
#include "tests/cell/rested.h"
#include "tests/suite.h"
#include <math.h>
#include <string.h>

#define STEP_S 0.1
#define MOST 2000

/* A wire record of a physical cell: 5 s of rest, then what the schedule says. */
typedef struct {
	double t_s[MOST], volts[MOST], amperes[MOST];
	PlPulseRecord record;
	PlCell cell;
} Wire;

typedef struct {
	double seconds, amperes;
} Stretch;

static void
play (Wire *w, double soc, const Stretch *stretches, guint n)
{
	PlRandom random = {5};
	guint at = 0;

	pl_cell_init (&w->cell, &random, soc, 25);
	w->cell.resistance = 1;
	for (guint i = 0; i < n; i++)
		for (double t = 0; t < stretches[i].seconds - STEP_S / 2; t += STEP_S) {
			let_pass (&w->cell, stretches[i].amperes, STEP_S, STEP_S);
			w->t_s[at] = (at + 1) * STEP_S;
			w->volts[at] = w->cell.volts;
			w->amperes[at++] = stretches[i].amperes;
		}
	w->record = (PlPulseRecord){w->t_s, w->volts, w->amperes, at};
}

/* R0 0.35, R1 0.25 (8 s), R2 0.35 mohm (250 s): what they have come to after a time. */
static double
model_ohm (double seconds)
{
	return 0.35e-3 + 0.25e-3 * (1 - exp (-seconds / 8)) + 0.35e-3 * (1 - exp (-seconds / 250));
}

static PlDcir
measure (const Wire *w, PlDcirKind kind, double begins_s, double seconds)
{
	g_autoptr (GError) error = NULL;
	PlDcir value;

	ck_assert_ok (pl_dcir_of_record (&w->record, kind, begins_s, seconds, &value, &error),
		      error);
	return value;
}

START_TEST (ten_seconds_of_one_it_give_what_the_cell_is_built_of)
{
	static const Stretch pulse[] = {{5, 0}, {10, -100}, {5, 0}};
	static Wire w;
	PlDcir value;

	play (&w, 0.5, pulse, 3);
	value = measure (&w, PL_DCIR_PULSE, 5, 0);
	ck_assert_double_eq_tol (value.ohm, model_ohm (10), 0.08e-3);
	ck_assert_double_eq_tol (value.current_a, -100, 1e-6);
	ck_assert_double_eq_tol (value.seconds, 10, 1e-9);
	ck_assert (isnan (value.soc_percent) && isnan (value.degc));
	value = measure (&w, PL_DCIR_PULSE, 5, 1);
	ck_assert_double_eq_tol (value.ohm, model_ohm (1), 0.06e-3);
}
END_TEST

/* Between two currents: what the first has polarised is in both. */
START_TEST (two_points_give_less_than_the_pulse)
{
	static const Stretch two[] = {{5, 0}, {10, -20}, {1, -100}, {5, 0}};
	static Wire w;
	PlDcir value;

	play (&w, 0.5, two, 4);
	value = measure (&w, PL_DCIR_TWO_POINT, 5, 0);
	ck_assert_double_eq_tol (value.current_a, -100, 1e-6);
	ck_assert_double_eq_tol (value.ohm, model_ohm (1), 0.08e-3);
	ck_assert_double_lt (value.ohm, model_ohm (10));
}
END_TEST

START_TEST (hppc_gives_both_directions)
{
	static const Stretch pulses[] = {{5, 0}, {10, -100}, {40, 0}, {10, 75}, {5, 0}};
	static Wire w;
	PlDcir down, up;
	g_autofree char *why = NULL;

	play (&w, 0.5, pulses, 5);
	down = measure (&w, PL_DCIR_HPPC, 5, 0);
	up = measure (&w, PL_DCIR_HPPC, 55, 0);
	ck_assert_double_eq_tol (up.current_a, 75, 1e-6);
	ck_assert_double_eq_tol (up.ohm, down.ohm, 0.2e-3);
	why = pl_dcir_why_not_comparable (&down, &up);
	ck_assert_str_eq (why, "one was measured charging, the other discharging");
}
END_TEST

static void
assert_refused (const Wire *w, PlDcirKind kind, double begins_s, PlDcirError code)
{
	g_autoptr (GError) error = NULL;
	PlDcir value;

	ck_assert (!pl_dcir_of_record (&w->record, kind, begins_s, 0, &value, &error));
	ck_assert_err (error, PL_DCIR_ERROR, code);
	ck_assert (!(value.ohm > 0));
}

START_TEST (a_record_that_ends_or_has_a_gap_gives_no_number)
{
	static const Stretch pulse[] = {{5, 0}, {8, -100}};
	static Wire w;

	play (&w, 0.5, pulse, 2);
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_RECORD);
	assert_refused (&w, PL_DCIR_PULSE, -1, PL_DCIR_ERROR_RECORD);
	play (&w, 0.5, (Stretch[]){{5, 0}, {20, -100}}, 2);
	memmove (w.t_s + 100, w.t_s + 160, (w.record.n - 160) * sizeof (double));
	memmove (w.volts + 100, w.volts + 160, (w.record.n - 160) * sizeof (double));
	w.record.n -= 60;
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_RECORD);
	w.record.n = 0;
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_RECORD);
}
END_TEST

START_TEST (a_current_that_does_not_hold_or_step_gives_no_number)
{
	static Wire w;

	play (&w, 0.5, (Stretch[]){{5, 0}, {6, -100}, {2, -60}, {4, -100}}, 4);
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_CURRENT);
	play (&w, 0.5, (Stretch[]){{20, 0}}, 1);
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_CURRENT);
	play (&w, 0.5, (Stretch[]){{20, NAN}}, 1);
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_CURRENT);
}
END_TEST

/* Sense wires the wrong way round, or a current with the other sign. */
START_TEST (a_voltage_that_goes_the_other_way_contradicts_itself)
{
	static Wire w;

	play (&w, 0.5, (Stretch[]){{5, 0}, {10, -100}}, 2);
	for (guint i = 0; i < w.record.n; i++)
		w.amperes[i] = -w.amperes[i];
	assert_refused (&w, PL_DCIR_PULSE, 5, PL_DCIR_ERROR_CONTRADICTION);
}
END_TEST

START_TEST (only_values_measured_in_the_same_way_are_compared)
{
	const PlDcir a = {PL_DCIR_PULSE, 0.5e-3, -100, 10, 50, 25};
	const struct {
		PlDcir other;
		const char *why;
	} rows[] = {
	    {{PL_DCIR_PULSE, 0.6e-3, -101, 10.05, 51, 24.5}, NULL},
	    {{PL_DCIR_HPPC, 0.6e-3, -100, 10, 50, 25}, "one is of pulse, the other of hppc"},
	    {{PL_DCIR_PULSE, 0.6e-3, 100, 10, 50, 25}, "charging"},
	    {{PL_DCIR_PULSE, 0.6e-3, -50, 10, 50, 25}, "-50 A"},
	    {{PL_DCIR_PULSE, 0.6e-3, -100, 1, 50, 25}, "after 1 s"},
	    {{PL_DCIR_PULSE, 0.6e-3, -100, 10, 10, 25}, "10 %"},
	    {{PL_DCIR_PULSE, 0.6e-3, -100, 10, 50, 10}, "10 degC"},
	    {{PL_DCIR_PULSE, 0.6e-3, -100, 10, NAN, 25}, "charge"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
		g_autofree char *why = pl_dcir_why_not_comparable (&a, &rows[i].other);

		if (rows[i].why == NULL)
			ck_assert_ptr_null (why);
		else
			ck_assert_msg (why != NULL && strstr (why, rows[i].why) != NULL,
				       "row %u: %s", i, why);
	}
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("cell-dcir");
	TCase *tcase = tcase_create ("dcir");

	tcase_add_test (tcase, ten_seconds_of_one_it_give_what_the_cell_is_built_of);
	tcase_add_test (tcase, two_points_give_less_than_the_pulse);
	tcase_add_test (tcase, hppc_gives_both_directions);
	tcase_add_test (tcase, a_record_that_ends_or_has_a_gap_gives_no_number);
	tcase_add_test (tcase, a_current_that_does_not_hold_or_step_gives_no_number);
	tcase_add_test (tcase, a_voltage_that_goes_the_other_way_contradicts_itself);
	tcase_add_test (tcase, only_values_measured_in_the_same_way_are_compared);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
