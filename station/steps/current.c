/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/* The BMS's current sensor against the fixture's shunt (0.1 % class), at zero and at both signs. */
typedef struct {
	double bms_a, shunt_a; /* means */
	char raw[256]; /* the DAQ's last reply */
} Point;

/* The mean over `readings` of both, so that noise does not pass for gain. */
static gboolean
read_point (PlStepContext *context, const PlPackMeters *m, Point *ret, GError **error)
{
	guint n = (guint)pl_step_number (context, "readings");

	*ret = (Point){0};
	for (guint i = 0; i < n; i++) {
		g_autofree char *raw = NULL;
		double bms_a, shunt_a;
		PlSupplyReading reading;

		if (!pl_step_wait (context, 0.2, error) ||
		    !pl_reg_get (m->bms, "current", &bms_a, error) ||
		    !pl_daq_get (m->daq, "shunt", &shunt_a, &raw, error) ||
		    !m->supply->ops.supply->read (m->supply, &reading, error))
			return FALSE;
		ret->bms_a += bms_a / n;
		ret->shunt_a += shunt_a / n;
		g_strlcpy (ret->raw, raw != NULL ? raw : "", sizeof ret->raw);
	}
	return TRUE;
}

/* Settled first: the supply's ramp is no error of the sensor's. */
static gboolean
at_current (PlStepContext *context, const PlPackMeters *m, double amperes, Point *ret,
	    GError **error)
{
	return m->supply->ops.supply->set_current (m->supply, amperes, error) &&
	       pl_step_wait_fed (context, m->supply, pl_step_number (context, "settle_s"), error) &&
	       read_point (context, m, ret, error);
}

/* Gain from the difference of both signs, so that the offset does not count twice. */
static gboolean
compare_at_three (PlStepContext *context, const PlPackMeters *m, GError **error)
{
	double amperes = pl_step_number (context, "current_a");
	Point zero, plus, minus;

	if (!at_current (context, m, 0, &zero, error) ||
	    !at_current (context, m, amperes, &plus, error) ||
	    !at_current (context, m, -amperes, &minus, error) ||
	    !m->supply->ops.supply->set_current (m->supply, 0, error) ||
	    !pl_step_supply_held (context, error) ||
	    !pl_step_check_flow (plus.shunt_a, amperes, error) ||
	    !pl_step_check_flow (minus.shunt_a, -amperes, error))
		return FALSE;
	pl_step_measure (context, "zero_a", fabs (zero.bms_a - zero.shunt_a), m->bms, NULL);
	pl_step_measure (context, "gain_error_percent",
			 100 *
			     fabs ((plus.bms_a - minus.bms_a) / (plus.shunt_a - minus.shunt_a) - 1),
			 m->bms, NULL);
	pl_step_measure (context, "sign_correct_count", (plus.bms_a > 0) + (minus.bms_a < 0),
			 m->bms, NULL);
	pl_step_measure (context, "shunt_charge_a", plus.shunt_a, m->daq, plus.raw);
	pl_step_measure (context, "shunt_discharge_a", minus.shunt_a, m->daq, minus.raw);
	return TRUE;
}

static gboolean
run_current (PlStepContext *context, GError **error)
{
	PlPackMeters m;

	return pl_step_borrow_meters (context, &m, error) &&
	       pl_step_connect_pack (context, &m, pl_step_number (context, "current_a"), error) &&
	       compare_at_three (context, &m, error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "both signs of this are set"},
    {"settle_s", PL_PARAM_NUMBER, FALSE, 0.1, 60, "2", NULL, "after each change of current"},
    {"readings", PL_PARAM_INTEGER, FALSE, 1, 100, "5", NULL, "averaged at each point"},
    PL_SUPPLY_PARAMS,
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
