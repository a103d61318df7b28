/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * A short charge and discharge with everything watched, and the setting of the shipping state of charge: both are
 * constant current for a time, cut short by the supply's own voltage limits.
 */
#define CELLS 32
#define SAMPLE_S 1.0

typedef struct {
	PlInstrument *bms, *daq, *supply;
	double charge_ah, discharge_ah;
	double hottest_degc, widest_v;
	guint32 alarms;
} Cycle;

static gboolean
take_sample (PlStepContext *context, Cycle *c, double dt_s, GError **error)
{
	double cells[CELLS], ntc[4], bits, shunt;
	PlSupplyReading reading;
	double values[6];

	if (!pl_reg_get_n (c->bms, "cell_voltage", cells, CELLS, error) ||
	    !pl_reg_get_n (c->bms, "temperature", ntc, 4, error) ||
	    !pl_reg_get (c->bms, "protection", &bits, error) ||
	    !pl_daq_get (c->daq, "shunt", &shunt, NULL, error) ||
	    !c->supply->ops.supply->read (c->supply, &reading, error))
		return FALSE;
	values[0] = reading.voltage_v;
	values[1] = shunt;
	values[2] = pl_minimum (cells, CELLS);
	values[3] = pl_maximum (cells, CELLS);
	values[4] = pl_maximum (ntc, 4);
	values[5] = values[3] - values[2];
	c->alarms |= (guint32)bits;
	c->hottest_degc = fmax (c->hottest_degc, values[4]);
	c->widest_v = fmax (c->widest_v, values[5]);
	*(shunt > 0 ? &c->charge_ah : &c->discharge_ah) += fabs (shunt) * dt_s / 3600;
	return pl_step_sample (context, "cycle",
			       "pack_v current_a cell_min_v cell_max_v temperature_degc spread_v",
			       values, 6, error);
}

static gboolean
flow (PlStepContext *context, Cycle *c, double amperes, double seconds, GError **error)
{
	double began = pl_step_elapsed (context), last = began;

	if (!c->supply->ops.supply->set_current (c->supply, amperes, error))
		return FALSE;
	while (pl_step_elapsed (context) - began < seconds) {
		double now;

		if (!pl_step_wait (context, MIN (SAMPLE_S, seconds), error))
			return FALSE;
		now = pl_step_elapsed (context);
		if (!take_sample (context, c, now - last, error))
			return FALSE;
		last = now;
	}
	return c->supply->ops.supply->set_current (c->supply, 0, error);
}

static gboolean
connect_all (PlStepContext *context, Cycle *c, double amperes, GError **error)
{
	PlSupplyLimits limits;

	c->hottest_degc = -273;
	if ((c->bms = pl_step_borrow (context, PL_ROLE_BMS, error)) == NULL ||
	    (c->daq = pl_step_borrow (context, PL_ROLE_DAQ, error)) == NULL ||
	    (c->supply = pl_step_borrow (context, PL_ROLE_SUPPLY, error)) == NULL)
		return FALSE;
	pl_step_supply_limits (context, amperes, &limits);
	return pl_step_close_contactor (context, c->bms, error) &&
	       pl_step_connect_supply (context, c->supply, &limits, error);
}

static gboolean
run_short_cycle (PlStepContext *context, GError **error)
{
	double amperes = pl_step_number (context, "current_a"),
	       seconds = pl_step_number (context, "time_s");
	Cycle c = {0};

	if (!connect_all (context, &c, amperes, error))
		return FALSE;
	pl_step_progress (context, 0, "charging");
	if (!flow (context, &c, amperes, seconds, error))
		return FALSE;
	pl_step_progress (context, 0.5, "discharging");
	if (!flow (context, &c, -amperes, seconds, error))
		return FALSE;
	if (c.alarms != 0)
		pl_step_blame (context, "the BMS raised protection bits 0x%04x during the cycle",
			       c.alarms);
	pl_step_measure (context, "alarms_count", __builtin_popcount (c.alarms), c.bms, NULL);
	pl_step_measure (context, "hottest_degc", c.hottest_degc, c.bms, NULL);
	pl_step_measure (context, "widest_spread_v", c.widest_v, c.bms, NULL);
	pl_step_measure (context, "charge_ah", c.charge_ah, c.daq, NULL);
	pl_step_measure (context, "discharge_ah", c.discharge_ah, c.daq, NULL);
	return TRUE;
}

static const PlParam cycle_params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "20", NULL, "both directions"},
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 7200, "300", NULL, "each direction"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure cycle_measures[] = {
    {"alarms_count", "", TRUE, FALSE, 0, 32, "protection bits seen"},
    {"hottest_degc", "degC", TRUE, FALSE, -40, 125, "warmest NTC"},
    {"widest_spread_v", "V", TRUE, FALSE, 0, 5, "largest cell spread on the way"},
    {"charge_ah", "Ah", FALSE, FALSE, 0, 1000, "integrated over the shunt"},
    {"discharge_ah", "Ah", FALSE, FALSE, 0, 1000, "integrated over the shunt"},
    {NULL},
};

const PlStepType pl_step_short_cycle = {
    .name = "short-cycle",
    .title = "Short charge and discharge",
    .params = cycle_params,
    .measures = cycle_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 20,
    .run = run_short_cycle,
};

/* -- shipping state of charge ------------------------------------------------------------------------------- */

static gboolean
run_set_soc (PlStepContext *context, GError **error)
{
	double target = pl_step_number (context, "soc_percent"),
	       amperes = pl_step_number (context, "current_a");
	double rated = pl_step_number (context, "rated_ah"),
	       tolerance = pl_step_number (context, "tolerance_percent");
	Cycle c = {0};
	double soc, missing_ah;

	if (!connect_all (context, &c, amperes, error) || !pl_reg_get (c.bms, "soc", &soc, error))
		return FALSE;
	missing_ah = (target - soc) / 100 * rated;
	if (fabs (target - soc) > tolerance &&
	    !flow (context, &c, missing_ah > 0 ? amperes : -amperes,
		   fabs (missing_ah) / amperes * 3600, error))
		return FALSE;
	if (!pl_reg_get (c.bms, "soc", &soc, error))
		return FALSE;
	pl_step_measure (context, "soc_percent", soc, c.bms, NULL);
	pl_step_measure (context, "moved_ah", c.charge_ah - c.discharge_ah, c.daq, NULL);
	return TRUE;
}

static const PlParam soc_params[] = {
    {"soc_percent", PL_PARAM_NUMBER, FALSE, 0, 100, "30", NULL, "shipping state of charge"},
    {"rated_ah", PL_PARAM_NUMBER, TRUE, 0.1, 10000, NULL, NULL, "rated capacity"},
    {"tolerance_percent", PL_PARAM_NUMBER, FALSE, 0.1, 20, "1", NULL,
     "within this nothing is moved"},
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "20", NULL, "to get there"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure soc_measures[] = {
    {"soc_percent", "%", TRUE, FALSE, 0, 100, "by the BMS, afterwards"},
    {"moved_ah", "Ah", FALSE, FALSE, -1000, 1000, "integrated over the shunt"},
    {NULL},
};

const PlStepType pl_step_set_soc = {
    .name = "set-soc",
    .title = "Shipping state of charge",
    .params = soc_params,
    .measures = soc_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 3,
    .run = run_set_soc,
};
