/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/kvalue.h"
#include <math.h>

G_DEFINE_QUARK (pl - k - error - quark, pl_k_error)

#define MONTH_DAYS 30.4375

/*
 * The window of slopes is our default between what the LFP curve of data/cells gives: 2.9 mV a
 * percent at 30 %, 1.7 at 40 %, 0.4 at 50 %; above 20 (over 97 % and under 2 %) the cell's own
 * relaxation outweighs any leak. The meter: what a 6 V range with 10 uV digits repeats.
 */
const PlKRules pl_k_rules = {
    .least_days = 7,
    .least_rest_h = 48,
    .repeatability_v = 30e-6,
    .least_slope_v = 0.1,
    .most_slope_v = 2.0,
    .room_k = 2,
    .off_v = 0.05,
};

static gboolean
check_time (const PlKRules *rules, const PlKInput *in, GError **error)
{
	if (!(in->rest_h >= rules->least_rest_h)) {
		g_set_error (error, PL_K_ERROR, PL_K_ERROR_RESTLESS,
			     "the first voltage was read %.1f h after the last current, at least "
			     "%g h are needed: what follows is still relaxation",
			     in->rest_h, rules->least_rest_h);
		return FALSE;
	}
	if (in->days >= rules->least_days)
		return TRUE;
	g_set_error (error, PL_K_ERROR, PL_K_ERROR_SHORT,
		     "the two voltages are %.2f days apart, at least %g are needed: let the cell "
		     "rest on",
		     in->days, rules->least_days);
	return FALSE;
}

static gboolean
check_slope (const PlKRules *rules, const PlKInput *in, double slope_v, GError **error)
{
	if (slope_v >= rules->least_slope_v && slope_v <= rules->most_slope_v)
		return TRUE;
	g_set_error (
	    error, PL_K_ERROR, PL_K_ERROR_BLIND,
	    "at %.0f %% of charge the curve has %.2f mV a percent, outside %.2f to %.2f: a "
	    "leak cannot be told there; set 30 %% and let it rest again",
	    in->soc * 100, slope_v * 10, rules->least_slope_v * 10, rules->most_slope_v * 10);
	return FALSE;
}

static gboolean
check_looks (const PlOcvCurve *curve, const PlKRules *rules, const PlKInput *in, GError **error)
{
	double expected = pl_ocv_volts (curve, in->soc), off = in->first.volts - expected;

	if (!isfinite (in->first.volts) || !isfinite (in->second.volts)) {
		g_set_error (error, PL_K_ERROR, PL_K_ERROR_MISSING,
			     "one of the two voltages is missing: measure both");
		return FALSE;
	}
	if (fabs (off) <= rules->off_v)
		return TRUE;
	g_set_error (error, PL_K_ERROR, PL_K_ERROR_CONTRADICTION,
		     "%.4f V is not the voltage of a cell at %.0f %% of charge (%.4f V by its "
		     "curve): set its charge anew",
		     in->first.volts, in->soc * 100, expected);
	return FALSE;
}

/* Where both temperatures are known the fall is that at 25 degC; where one is not, the room's own
 * span goes into the doubt instead. */
static void
compute (const PlOcvCurve *curve, const PlKRules *rules, const PlKInput *in, PlKValue *ret)
{
	double per_k = pl_ocv_entropy (curve, in->soc);
	double warmer = in->second.degc - in->first.degc;
	gboolean known = isfinite (warmer);
	double fall = in->first.volts - in->second.volts + (known ? per_k * warmer : 0);

	ret->k_v_per_day = fall / in->days;
	ret->uncertainty_v_per_day =
	    (rules->repeatability_v + (known ? 0 : fabs (per_k) * rules->room_k)) / in->days;
	ret->percent_per_month = ret->k_v_per_day / ret->slope_v * 100 * MONTH_DAYS;
}

/* A leak only ever takes charge out: what rises by more than the meter's doubt is no leak. */
static gboolean
check_value (const PlKValue *k, GError **error)
{
	if (k->k_v_per_day > k->uncertainty_v_per_day)
		return TRUE;
	if (k->k_v_per_day < -k->uncertainty_v_per_day)
		g_set_error (error, PL_K_ERROR, PL_K_ERROR_CONTRADICTION,
			     "the voltage rose by %.4f mV a day at rest: the cell was charged, was "
			     "not at rest or the meter drifts",
			     -k->k_v_per_day * 1e3);
	else
		g_set_error (error, PL_K_ERROR, PL_K_ERROR_METER,
			     "%.4f mV a day is within the %.4f mV a day that meter and temperature "
			     "leave open: let the cell rest on",
			     k->k_v_per_day * 1e3, k->uncertainty_v_per_day * 1e3);
	return FALSE;
}

gboolean
pl_k_value (const PlOcvCurve *curve, const PlKRules *rules, const PlKInput *in, PlKValue *ret,
	    GError **error)
{
	*ret = (PlKValue){NAN, NAN, NAN, pl_ocv_slope (curve, in->soc)};
	if (!check_slope (rules, in, ret->slope_v, error) || !check_time (rules, in, error) ||
	    !check_looks (curve, rules, in, error))
		return FALSE;
	compute (curve, rules, in, ret);
	return check_value (ret, error);
}
