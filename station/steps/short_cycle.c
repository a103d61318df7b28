/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/port.h"
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <math.h>

/*
 * A short charge and discharge with everything watched, and the setting of the shipping state of
 * charge: both are constant current for a time, cut short by the supply's own voltage limits.
 */
#define CELLS 32
#define SAMPLE_PARAM                                                                               \
	{                                                                                          \
		"sample_s", PL_PARAM_NUMBER, FALSE, 0.2, 10, "1", NULL, "between two samples"      \
	}
#define COLUMNS "pack_v current_a cell_min_v cell_max_v temperature_degc spread_v"

typedef struct {
	PlPackMeters m;
	double charge_ah, discharge_ah;
	double hottest_degc,
	    widest_v; /* hottest begins at -273, so that the first reading counts */
	guint32 alarms;
	char raw[256]; /* the DAQ's last reply */
} Cycle;

/* Everything at once, since what matters is what happened at the same time. */
static gboolean
take_sample (PlStepContext *context, Cycle *c, double dt_s, GError **error)
{
	double cells[CELLS], ntc[4], bits, shunt;
	g_autofree char *raw = NULL;
	PlSupplyReading reading;
	double values[6];

	if (!pl_reg_get_n (c->m.bms, "cell_voltage", cells, CELLS, error) ||
	    !pl_reg_get_n (c->m.bms, "temperature", ntc, 4, error) ||
	    !pl_reg_get (c->m.bms, "protection", &bits, error) ||
	    !pl_daq_get (c->m.daq, "shunt", &shunt, &raw, error) ||
	    !c->m.supply->ops.supply->read (c->m.supply, &reading, error))
		return FALSE;
	values[0] = reading.voltage_v;
	values[1] = shunt;
	values[2] = pl_minimum (cells, CELLS);
	values[3] = pl_maximum (cells, CELLS);
	values[4] = pl_maximum (ntc, 4);
	values[5] = values[3] - values[2];
	c->alarms |= (guint32)bits;
	c->hottest_degc = MAX (c->hottest_degc, values[4]);
	c->widest_v = MAX (c->widest_v, values[5]);
	*(shunt > 0 ? &c->charge_ah : &c->discharge_ah) += fabs (shunt) * dt_s / 3600;
	g_strlcpy (c->raw, raw != NULL ? raw : "", sizeof c->raw);
	return pl_step_sample (context, "cycle", COLUMNS, values, 6, error);
}

/* Until the time is over or the BMS raises an alarm, which then is the result. */
static gboolean
flow (PlStepContext *context, Cycle *c, double amperes, double seconds, GError **error)
{
	double began = pl_step_elapsed (context), last = began, left;
	double before = c->charge_ah - c->discharge_ah, moved,
	       every = pl_step_number (context, "sample_s");

	if (!c->m.supply->ops.supply->set_current (c->m.supply, amperes, error))
		return FALSE;
	while ((left = began + seconds - last) > PL_NO_TIME_S && c->alarms == 0) {
		double now;

		if (!pl_step_wait_fed (context, c->m.supply, MIN (every, left), error))
			return FALSE;
		now = pl_step_elapsed (context);
		if (!take_sample (context, c, now - last, error))
			return FALSE;
		last = now;
	}
	moved = c->charge_ah - c->discharge_ah - before;
	return c->m.supply->ops.supply->set_current (c->m.supply, 0, error) &&
	       pl_step_supply_held (context, error) &&
	       (c->alarms != 0 ||
		pl_step_check_flow (moved / (last - began) * 3600, amperes, error));
}

static void
blame_alarms (PlStepContext *context, const Cycle *c)
{
	if (c->alarms != 0)
		pl_step_blame (context,
			       "the BMS raised protection bits 0x%04x while current flowed",
			       c->alarms);
}

/* Charge before discharge: it ends near where it began. */
static gboolean
run_short_cycle (PlStepContext *context, GError **error)
{
	double amperes = pl_step_number (context, "current_a"),
	       seconds = pl_step_number (context, "time_s");
	Cycle c = {.hottest_degc = -273};

	if (!pl_step_borrow_meters (context, &c.m, error) ||
	    !pl_step_connect_pack (context, &c.m, amperes, error))
		return FALSE;
	pl_step_progress (context, 0, "charging");
	if (!flow (context, &c, amperes, seconds, error))
		return FALSE;
	pl_step_progress (context, 0.5, "discharging");
	if (!flow (context, &c, -amperes, seconds, error))
		return FALSE;
	blame_alarms (context, &c);
	pl_step_measure (context, "alarms_count", __builtin_popcount (c.alarms), c.m.bms, NULL);
	pl_step_measure (context, "hottest_degc", c.hottest_degc, c.m.bms, NULL);
	pl_step_measure (context, "widest_spread_v", c.widest_v, c.m.bms, NULL);
	pl_step_measure (context, "charge_ah", c.charge_ah, c.m.daq, c.raw);
	pl_step_measure (context, "discharge_ah", c.discharge_ah, c.m.daq, c.raw);
	return TRUE;
}

static const PlParam cycle_params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "20", NULL, "both directions"},
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 7200, "300", NULL, "each direction"},
    SAMPLE_PARAM,
    PL_SUPPLY_PARAMS,
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

static const char *const columns[] = {"pack_v",		  "current_a", "cell_min_v", "cell_max_v",
				      "temperature_degc", "spread_v",  NULL};

const PlStepType pl_step_short_cycle = {
    .name = "short-cycle",
    .title = "Short charge and discharge",
    .params = cycle_params,
    .measures = cycle_measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 20,
    .run = run_short_cycle,
};

/* -- shipping state of charge ------------------------------------------------------------------ */

/* By the missing amount, not by watching the BMS count: it is judged by what it says afterwards. */
static gboolean
move_to (PlStepContext *context, Cycle *c, double target, double soc, GError **error)
{
	double amperes = pl_step_number (context, "current_a"),
	       missing_ah = (target - soc) / 100 * pl_step_number (context, "rated_ah");

	return pl_step_connect_pack (context, &c->m, amperes, error) &&
	       flow (context, c, missing_ah > 0 ? amperes : -amperes,
		     fabs (missing_ah) / amperes * 3600, error);
}

/* A BMS that restarts between two steps is noticed by none of them. One that lost its supply or was
 * reset by its pin is the bench's trouble, one that restarted by itself the pack's. */
static gboolean
count_restarts (PlStepContext *context, PlInstrument *bms, GError **error)
{
	const char *before = pl_run_fact (pl_step_run (context), "bms_boot_count");
	double boots, cause, restarts;

	if (before == NULL)
		return TRUE;
	if (!pl_reg_get (bms, "boot_count", &boots, error) ||
	    !pl_reg_get (bms, "reset_cause", &cause, error))
		return FALSE;
	restarts = boots - g_ascii_strtod (before, NULL);
	if (fabs (restarts) > 0.5 && cause < BMS_RESET_SOFTWARE) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "the BMS has restarted %g times since its firmware was checked, the "
			     "last time because %s: check the fixture's wiring, then retest",
			     restarts,
			     cause < BMS_RESET_PIN ? "its supply failed" : "it was reset");
		return FALSE;
	}
	pl_step_measure (context, "bms_restarts_count", restarts, bms, NULL);
	return TRUE;
}

static gboolean
run_set_soc (PlStepContext *context, GError **error)
{
	double target = pl_step_number (context, "soc_percent"), soc;
	Cycle c = {.hottest_degc = -273};

	if (!pl_step_borrow_meters (context, &c.m, error) ||
	    !pl_reg_get (c.m.bms, "soc", &soc, error) ||
	    (fabs (target - soc) > pl_step_number (context, "tolerance_percent") &&
	     !move_to (context, &c, target, soc, error)) ||
	    !pl_reg_get (c.m.bms, "soc", &soc, error))
		return FALSE;
	blame_alarms (context, &c);
	pl_step_measure (context, "soc_percent", soc, c.m.bms, NULL);
	pl_step_measure (context, "moved_ah", c.charge_ah - c.discharge_ah,
			 *c.raw != '\0' ? c.m.daq : NULL, c.raw);
	return count_restarts (context, c.m.bms, error);
}

static const PlParam soc_params[] = {
    {"soc_percent", PL_PARAM_NUMBER, FALSE, 0, 100, "30", NULL, "shipping state of charge"},
    {"rated_ah", PL_PARAM_NUMBER, TRUE, 0.1, 10000, NULL, NULL, "rated capacity"},
    {"tolerance_percent", PL_PARAM_NUMBER, FALSE, 0.1, 20, "1", NULL,
     "within this nothing is moved"},
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "20", NULL, "to get there"},
    SAMPLE_PARAM,
    PL_SUPPLY_PARAMS,
    {NULL},
};

static const PlMeasure soc_measures[] = {
    {"soc_percent", "%", TRUE, FALSE, 0, 100, "by the BMS, afterwards"},
    {"moved_ah", "Ah", FALSE, FALSE, -1000, 1000, "integrated over the shunt"},
    {"bms_restarts_count", "", FALSE, FALSE, 0, 1e6,
     "how often the BMS has restarted by itself since the flash step"},
    {NULL},
};

const PlStepType pl_step_set_soc = {
    .name = "set-soc",
    .title = "Shipping state of charge",
    .params = soc_params,
    .measures = soc_measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 3,
    .run = run_set_soc,
};
