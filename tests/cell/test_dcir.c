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
	double volts[MOST], amperes[MOST];
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
			w->volts[at] = w->cell.volts;
			w->amperes[at++] = stretches[i].amperes;
		}
}

/* R0 0.35, R1 0.25 (8 s), R2 0.35 mohm (250 s): what they have come to after a time. */
static double
model_ohm (double seconds)
{
	return 0.35e-3 + 0.25e-3 * (1 - exp (-seconds / 8)) + 0.35e-3 * (1 - exp (-seconds / 250));
}

static PlDcirPoint
at (const Wire *w, double t_s)
{
	guint i = (guint)lround (t_s / STEP_S) - 1;

	return (PlDcirPoint){w->volts[i], w->amperes[i]};
}

static double
ohms (const Wire *w, double from_s, double to_s)
{
	PlDcirPoint before = at (w, from_s), after = at (w, to_s);
	g_autoptr (GError) error = NULL;
	double ohm;

	ck_assert_ok (pl_dcir_between (&before, &after, &ohm, &error), error);
	return ohm;
}

START_TEST (a_pulse_gives_what_the_cell_is_built_of)
{
	static Wire w;

	play (&w, 0.5, (Stretch[]){{5, 0}, {10, -100}, {40, 0}, {10, 75}}, 4);
	ck_assert_double_eq_tol (ohms (&w, 5, 15), model_ohm (10), 0.08e-3);
	ck_assert_double_eq_tol (ohms (&w, 5, 6), model_ohm (1), 0.06e-3);
	/* charging, from the rest behind it */
	ck_assert_double_eq_tol (ohms (&w, 55, 65), model_ohm (10), 0.2e-3);
}
END_TEST

/* Between two currents: what the first has polarised is in both. */
START_TEST (two_points_give_less_than_the_pulse)
{
	static Wire w;

	play (&w, 0.5, (Stretch[]){{5, 0}, {10, -20}, {1, -100}}, 3);
	ck_assert_double_eq_tol (ohms (&w, 15, 16), model_ohm (1), 0.08e-3);
	ck_assert_double_lt (ohms (&w, 15, 16), model_ohm (10));
}
END_TEST

static void
assert_refused (PlDcirPoint before, PlDcirPoint after, PlDcirError code)
{
	g_autoptr (GError) error = NULL;
	double ohm;

	ck_assert (!pl_dcir_between (&before, &after, &ohm, &error));
	ck_assert_err (error, PL_DCIR_ERROR, code);
}

START_TEST (a_current_that_does_not_step_gives_no_number)
{
	assert_refused ((PlDcirPoint){3.30, 0}, (PlDcirPoint){3.29, 0.005}, PL_DCIR_ERROR_CURRENT);
	assert_refused ((PlDcirPoint){3.30, 0}, (PlDcirPoint){3.29, NAN}, PL_DCIR_ERROR_CURRENT);
}
END_TEST

/* Sense wires the wrong way round, or a current with the other sign. */
START_TEST (a_voltage_that_goes_the_other_way_contradicts_itself)
{
	assert_refused ((PlDcirPoint){3.30, 0}, (PlDcirPoint){3.25, 100},
			PL_DCIR_ERROR_CONTRADICTION);
	assert_refused ((PlDcirPoint){3.30, 0}, (PlDcirPoint){3.30, 100},
			PL_DCIR_ERROR_CONTRADICTION);
	assert_refused ((PlDcirPoint){3.30, 0}, (PlDcirPoint){NAN, 100},
			PL_DCIR_ERROR_CONTRADICTION);
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

	tcase_add_test (tcase, a_pulse_gives_what_the_cell_is_built_of);
	tcase_add_test (tcase, two_points_give_less_than_the_pulse);
	tcase_add_test (tcase, a_current_that_does_not_step_gives_no_number);
	tcase_add_test (tcase, a_voltage_that_goes_the_other_way_contradicts_itself);
	tcase_add_test (tcase, only_values_measured_in_the_same_way_are_compared);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
