/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/* The BMS's current sensor against the fixture's shunt (0.1 % class), at zero and at both signs. */
typedef struct {
	PlInstrument *bms, *daq, *supply;
} Meters;

/* The mean over `n` readings of both, so that noise does not pass for gain. */
static gboolean
read_pair (PlStepContext *context, const Meters *m, double *ret_bms, double *ret_shunt,
	   GError **error)
{
	guint n = (guint)pl_step_number (context, "readings");
	double bms_sum = 0, shunt_sum = 0;

	for (guint i = 0; i < n; i++) {
		double bms_a, shunt_a;
		PlSupplyReading reading;

		if (!pl_step_wait (context, 0.2, error) ||
		    !pl_reg_get (m->bms, "current", &bms_a, error) ||
		    !pl_daq_get (m->daq, "shunt", &shunt_a, NULL, error) ||
		    !m->supply->ops.supply->read (m->supply, &reading, error))
			return FALSE;
		bms_sum += bms_a;
		shunt_sum += shunt_a;
	}
	*ret_bms = bms_sum / n;
	*ret_shunt = shunt_sum / n;
	return TRUE;
}

static gboolean
at_current (PlStepContext *context, const Meters *m, double amperes, double *ret_bms,
	    double *ret_shunt, GError **error)
{
	return m->supply->ops.supply->set_current (m->supply, amperes, error) &&
	       pl_step_wait (context, pl_step_number (context, "settle_s"), error) &&
	       read_pair (context, m, ret_bms, ret_shunt, error);
}

static gboolean
compare_at_three (PlStepContext *context, const Meters *m, GError **error)
{
	double amperes = pl_step_number (context, "current_a");
	double zero, zero_shunt, plus, plus_shunt, minus, minus_shunt;

	if (!at_current (context, m, 0, &zero, &zero_shunt, error) ||
	    !at_current (context, m, amperes, &plus, &plus_shunt, error) ||
	    !at_current (context, m, -amperes, &minus, &minus_shunt, error) ||
	    !m->supply->ops.supply->set_current (m->supply, 0, error))
		return FALSE;
	if (fabs (plus_shunt) < amperes / 2 || fabs (minus_shunt) < amperes / 2) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "the shunt reads %.2f A and %.2f A with +-%.1f A set: check the "
			     "fixture's current path",
			     plus_shunt, minus_shunt, amperes);
		return FALSE;
	}
	pl_step_measure (context, "zero_a", fabs (zero - zero_shunt), m->bms, NULL);
	pl_step_measure (context, "gain_error_percent",
			 100 * fabs ((plus - minus) / (plus_shunt - minus_shunt) - 1), m->bms,
			 NULL);
	pl_step_measure (context, "sign_correct_count", (plus > 0) + (minus < 0), m->bms, NULL);
	pl_step_measure (context, "shunt_charge_a", plus_shunt, m->daq, NULL);
	pl_step_measure (context, "shunt_discharge_a", minus_shunt, m->daq, NULL);
	return TRUE;
}

static gboolean
run_current (PlStepContext *context, GError **error)
{
	Meters m = {0};
	PlSupplyLimits limits;

	if ((m.bms = pl_step_borrow (context, PL_ROLE_BMS, error)) == NULL ||
	    (m.daq = pl_step_borrow (context, PL_ROLE_DAQ, error)) == NULL ||
	    (m.supply = pl_step_borrow (context, PL_ROLE_SUPPLY, error)) == NULL)
		return FALSE;
	pl_step_supply_limits (context, pl_step_number (context, "current_a"), &limits);
	return pl_step_close_contactor (context, m.bms, error) &&
	       pl_step_connect_supply (context, m.supply, &limits, error) &&
	       compare_at_three (context, &m, error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "both signs of this are set"},
    {"settle_s", PL_PARAM_NUMBER, FALSE, 0.1, 60, "2", NULL, "after each change of current"},
    {"readings", PL_PARAM_INTEGER, FALSE, 1, 100, "5", NULL, "averaged at each point"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"zero_a", "A", TRUE, FALSE, 0, 100, "|BMS - shunt| at 0 A"},
    {"gain_error_percent", "%", TRUE, FALSE, 0, 1000, "|gain - 1| between both signs"},
    {"sign_correct_count", "", TRUE, FALSE, 0, 2, "2 = both directions have the right sign"},
    {"shunt_charge_a", "A", FALSE, FALSE, -1000, 1000, "by the shunt"},
    {"shunt_discharge_a", "A", FALSE, FALSE, -1000, 1000, "by the shunt"},
    {NULL},
};

const PlStepType pl_step_current_calibration = {
    .name = "current-calibration",
    .title = "Current sensor",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 4,
    .run = run_current,
};
