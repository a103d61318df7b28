/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cell/ocv.h"

/*
 * K-value: how fast a cell at rest loses voltage, from two looks days apart. On LFP it says
 * something only where the open-circuit voltage has a slope; elsewhere it is refused, since a cell
 * that leaks would look healthy there.
 */
#define PL_K_ERROR (pl_k_error_quark ())
GQuark pl_k_error_quark (void);
typedef enum {
	PL_K_ERROR_MISSING, /* a voltage is no number */
	PL_K_ERROR_BLIND, /* outside the window of slopes at this state of charge */
	PL_K_ERROR_RESTLESS, /* looked too soon after the last current */
	PL_K_ERROR_SHORT, /* too few days between the two */
	PL_K_ERROR_METER, /* below what the meter can repeat */
	PL_K_ERROR_CONTRADICTION, /* voltage that is not of this charge, or that rises */
} PlKError;

/* One look at the cell. */
typedef struct {
	double volts;
	double degc; /* NaN = not measured */
} PlKLook;

typedef struct {
	double soc; /* 0..1, by counted charge: on a plateau no voltage tells it */
	double days; /* between the two looks */
	double rest_h; /* from the last current to the first look */
	PlKLook first, second;
} PlKInput;

/* Recipe parameters; the steps' fallbacks are PL_K_RULES. */
typedef struct {
	double least_days, least_rest_h;
	double repeatability_v; /* of the meter, between two looks */
	double least_slope_v, most_slope_v; /* V per whole charge */
	double room_k; /* how far two temperatures may differ that nobody has measured */
	double off_v; /* how far the first voltage may be from the curve: hysteresis */
} PlKRules;
extern const PlKRules pl_k_rules;

typedef struct {
	double k_v_per_day; /* at 25 degC, + = voltage falls */
	double uncertainty_v_per_day; /* meter, and temperature where it was not measured */
	double percent_per_month; /* of charge, by the curve's slope */
	double slope_v; /* V per whole charge */
} PlKValue;

/* FALSE with a PL_K_ERROR where nothing can be said: the step is INCONCLUSIVE then. *ret is filled
 * as far as it is known (NaN). */
gboolean pl_k_value (const PlOcvCurve *curve, const PlKRules *rules, const PlKInput *in,
		     PlKValue *ret, GError **error);
