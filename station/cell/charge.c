/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/charge.h"
#include <math.h>

/* A current that changes by more than this part between two records is not a straight line. */
#define OPEN_PART 0.02
/* What a cycler holds a voltage to: 0.1 % of 5 V full scale. */
#define HOLD_TOLERANCE_V 0.005
#define RISING_PART 0.9
#define HOUR_US 3600e6
/* No cell gives back more than it took, nor half; the margin is that of two counters. */
#define CE_MIN 0.5
#define CE_MAX 1.05
#define CAPACITY_MAX 1.2

void
pl_charge_begin (PlCharge *charge, const PlChargeStage *stage)
{
	*charge = (PlCharge){.stage = *stage,
			     .volt_first = NAN,
			     .volt_last = NAN,
			     .volt_min = NAN,
			     .volt_max = NAN,
			     .amp_first = NAN,
			     .amp_last = NAN,
			     .degc_first = NAN,
			     .degc_max = NAN,
			     .own_ah = NAN,
			     .own_wh = NAN};
}

static void
put (PlCharge *charge, double amps, double ah, double wh)
{
	double *ret_ah = amps > 0 ? &charge->charge_ah : &charge->discharge_ah;
	double *ret_wh = amps > 0 ? &charge->charge_wh : &charge->discharge_wh;

	*ret_ah += fabs (ah);
	*ret_wh += amps > 0 ? wh : -wh;
}

/* Where the current changes its sign, each side has a triangle of its own. */
static void
integrate (PlCharge *charge, const PlChargePoint *a, const PlChargePoint *b, double hours)
{
	double amps = a->amps + b->amps, watts = a->volts * a->amps + b->volts * b->amps;

	if (a->amps * b->amps >= 0) {
		if (fabs (amps) > 0)
			put (charge, amps, amps / 2 * hours, watts / 2 * hours);
	} else {
		double before = a->amps / (a->amps - b->amps) * hours, after = hours - before;

		put (charge, a->amps, a->amps / 2 * before, a->volts * a->amps / 2 * before);
		put (charge, b->amps, b->amps / 2 * after, b->volts * b->amps / 2 * after);
	}
}

static void
leave_open (PlCharge *charge, double ah, gint64 us)
{
	charge->open_ah += ah;
	charge->open++;
	charge->open_us = MAX (charge->open_us, us);
}

/* Two records and a current between them that went one way only: the truth lies between the two
 * rectangles, half their difference from the trapezoid. */
static void
add_interval (PlCharge *charge, const PlChargePoint *point)
{
	PlChargePoint from = charge->last;
	gint64 us = point->t_us - from.t_us;
	double hours = us / HOUR_US, larger = fmax (fabs (from.amps), fabs (point->amps));

	charge->gap_us = MAX (charge->gap_us, us);
	if (charge->records == 1 && charge->stage.constant_current && us > 0 &&
	    from.amps * point->amps >= 0 && fabs (from.amps) < RISING_PART * fabs (point->amps)) {
		charge->risen = TRUE;
		from.amps = point->amps;
	}
	if (us > 0 && fabs (point->amps - from.amps) > OPEN_PART * larger)
		leave_open (charge, fabs (point->amps - from.amps) / 2 * hours, us);
	if (charge->stage.hold_v > 0 &&
	    fabs (from.volts - charge->stage.hold_v) <= HOLD_TOLERANCE_V)
		charge->held_ah += fabs (from.amps + point->amps) / 2 * hours;
	integrate (charge, &from, point, hours);
}

static double
least (double known, double value)
{
	return isnan (known) || value < known ? value : known;
}

static double
most (double known, double value)
{
	return isnan (known) || value > known ? value : known;
}

static void
look (PlCharge *charge, const PlChargePoint *point)
{
	if (charge->records == 0)
		charge->amp_first = point->amps;
	charge->amp_last = point->amps;
	charge->amp_max = fmax (charge->amp_max, fabs (point->amps));
	if (isfinite (point->volts)) {
		if (isnan (charge->volt_first))
			charge->volt_first = point->volts;
		charge->volt_last = point->volts;
		charge->volt_min = least (charge->volt_min, point->volts);
		charge->volt_max = most (charge->volt_max, point->volts);
	}
	if (isfinite (point->degc)) {
		if (isnan (charge->degc_first))
			charge->degc_first = point->degc;
		charge->degc_max = most (charge->degc_max, point->degc);
	}
}

static void
count (PlCharge *charge, const PlChargePoint *point)
{
	if (point->ah < charge->own_ah || point->wh < charge->own_wh)
		charge->restarted++;
	if (isfinite (point->ah))
		charge->own_ah = point->ah;
	if (isfinite (point->wh))
		charge->own_wh = point->wh;
}

void
pl_charge_add (PlCharge *charge, const PlChargePoint *point)
{
	if (!isfinite (point->amps)) {
		charge->missing++;
		return;
	}
	if (charge->records > 0 && point->t_us < charge->last_us) {
		charge->backward++;
		return;
	}
	if (charge->records > 0)
		add_interval (charge, point);
	else if (charge->stage.late_us > 0 && fabs (point->amps) > 0)
		leave_open (charge, fabs (point->amps) * charge->stage.late_us / HOUR_US,
			    charge->stage.late_us);
	look (charge, point);
	count (charge, point);
	if (charge->records++ == 0)
		charge->first_us = point->t_us;
	charge->last_us = point->t_us;
	charge->last = *point;
}

static gboolean
charges (const PlCharge *charge)
{
	return charge->charge_ah >= charge->discharge_ah;
}

double
pl_charge_ah (const PlCharge *charge)
{
	return charges (charge) ? charge->charge_ah : charge->discharge_ah;
}

double
pl_charge_wh (const PlCharge *charge)
{
	return charges (charge) ? charge->charge_wh : charge->discharge_wh;
}

double
pl_charge_seconds (const PlCharge *charge)
{
	return (charge->last_us - charge->first_us) / 1e6;
}

double
pl_charge_cc_share (const PlCharge *charge)
{
	double all = charge->charge_ah + charge->discharge_ah;

	return all > 0 ? CLAMP (1 - charge->held_ah / all, 0, 1) : NAN;
}

PlChargeMatch
pl_charge_compare (double ours, double theirs, double limit_percent, double least)
{
	PlChargeMatch match = {isfinite (ours) && isfinite (theirs), FALSE, NAN};
	double apart = fabs (ours - theirs);

	if (match.known) {
		match.agree = apart <= limit_percent / 100 * fabs (theirs) || apart <= least;
		if (fabs (theirs) > 0)
			match.percent = 100 * (ours - theirs) / fabs (theirs);
	}
	return match;
}

/* With what may explain it, the likeliest first: nobody repairs a number without knowing why. */
static char *
differ (const PlCharge *charge, const PlChargeLimits *limits, const char *unit, double ours,
	double theirs, double percent)
{
	double blur = limits->least_a / 2 * pl_charge_seconds (charge) / 3600;

	if (charge->open > 0)
		return g_strdup_printf (
		    "by the records %.6g %s have flowed, by the instrument's own count %.6g: "
		    "%+.4g %% apart. The current changed too much between %u pairs of records, up "
		    "to %.3g s apart: have it log by change of current and voltage too",
		    ours, unit, theirs, percent, charge->open, charge->open_us / 1e6);
	if (blur > limits->percent / 100 * pl_charge_ah (charge))
		return g_strdup_printf (
		    "by the records %.6g %s have flowed, by the instrument's own count %.6g: "
		    "%+.4g %% apart. The records tell the current to %g A only: export it with "
		    "more places",
		    ours, unit, theirs, percent, limits->least_a);
	return g_strdup_printf ("by the records %.6g %s have flowed, by the instrument's own count "
				"%.6g: %+.4g %% apart",
				ours, unit, theirs, percent);
}

/* Faults of the records themselves, whatever the numbers. */
static char *
broken (const PlCharge *charge, const PlChargeLimits *limits)
{
	if (charge->records < 2)
		return g_strdup ("fewer than two records: there is nothing to integrate");
	if (charge->backward > 0)
		return g_strdup_printf ("records older than the one before them: %u",
					charge->backward);
	if (charge->missing > 0)
		return g_strdup_printf ("records without a current: %u", charge->missing);
	if (charge->restarted > 0)
		return g_strdup_printf ("the instrument's own count fell within the stage (%u x)",
					charge->restarted);
	if (limits->gap_us > 0 && charge->gap_us > limits->gap_us)
		return g_strdup_printf ("%.6g s lie between two records, allowed are %.6g s",
					charge->gap_us / 1e6, limits->gap_us / 1e6);
	return NULL;
}

char *
pl_charge_doubt (const PlCharge *charge, const PlChargeLimits *limits)
{
	double ours_ah = pl_charge_ah (charge), ours_wh = pl_charge_wh (charge);
	PlChargeMatch ah =
	    pl_charge_compare (ours_ah, charge->own_ah, limits->percent, limits->least_ah);
	PlChargeMatch wh =
	    pl_charge_compare (ours_wh, charge->own_wh, limits->percent, limits->least_wh);
	char *why = broken (charge, limits);

	if (why != NULL)
		return why;
	if (ah.known && !ah.agree)
		return differ (charge, limits, "Ah", ours_ah, charge->own_ah, ah.percent);
	if (wh.known && !wh.agree)
		return differ (charge, limits, "Wh", ours_wh, charge->own_wh, wh.percent);
	if (!ah.known && charge->open_ah > limits->percent / 100 * ours_ah)
		return g_strdup_printf ("the instrument has no count of its own, and the current "
					"changed too much between %u pairs of records: %.3g Ah of "
					"%.6g Ah cannot be known",
					charge->open, charge->open_ah, ours_ah);
	return NULL;
}

char *
pl_charge_implausible (double charge_ah, double discharge_ah, double rated_ah)
{
	double ce = discharge_ah / charge_ah;

	if (!isnan (ce) && (ce < CE_MIN || ce > CE_MAX))
		return g_strdup_printf ("a coulombic efficiency of %.5g (%.6g Ah out of %.6g Ah) "
					"is none that a cell can have (%g to %g)",
					ce, discharge_ah, charge_ah, CE_MIN, CE_MAX);
	if (discharge_ah > CAPACITY_MAX * rated_ah)
		return g_strdup_printf ("a capacity of %.6g Ah is more than %g x the rated %.6g Ah",
					discharge_ah, CAPACITY_MAX, rated_ah);
	if (discharge_ah <= 0)
		return g_strdup_printf ("a capacity of %.6g Ah is none", discharge_ah);
	return NULL;
}
