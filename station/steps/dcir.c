/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Pack and cell resistance by a current pulse of 10 s in each direction: R = dV / dI between rest and the pulse's
 * end, cells by the BMS, pack by the DAQ, current by the DAQ's shunt. I, t, SOC, T and direction are kept with the
 * values: a resistance without them means nothing.
 */
#define CELLS 32
#define SAMPLE_S 0.1
#define REST_LOOK_S 1.0

typedef struct {
	double cells[CELLS];
	double pack_v;
	double current_a;
	double warmest_degc;
} Look;

static gboolean
look (PlInstrument *bms, PlInstrument *daq, PlInstrument *supply, Look *ret, GError **error)
{
	const char *names[] = {"terminal", "shunt", NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
	PlSupplyReading reading;
	double ntc[4];

	if (!daq->ops.daq->measure (daq, names, values, NULL, error) ||
	    !pl_reg_get_n (bms, "cell_voltage", ret->cells, CELLS, error) ||
	    !pl_reg_get_n (bms, "temperature", ntc, 4, error) ||
	    !supply->ops.supply->read (supply, &reading, error)) /* also feeds its watchdog */
		return FALSE;
	ret->pack_v = g_array_index (values, double, 0);
	ret->current_a = g_array_index (values, double, 1);
	ret->warmest_degc = pl_maximum (ntc, 4);
	return TRUE;
}

static gboolean
keep_sample (PlStepContext *context, const char *curve, const Look *now, GError **error)
{
	double values[] = {now->pack_v, now->current_a, pl_minimum (now->cells, CELLS),
			   pl_maximum (now->cells, CELLS), now->warmest_degc};

	return pl_step_sample (context, curve,
			       "pack_v current_a cell_min_v cell_max_v temperature_degc", values, 5,
			       error);
}

static gboolean
pulse (PlStepContext *context, PlInstrument *bms, PlInstrument *daq, PlInstrument *supply,
       double amperes, const char *curve, Look *ret_before, Look *ret_end, GError **error)
{
	double began;

	if (!look (bms, daq, supply, ret_before, error) ||
	    !keep_sample (context, curve, ret_before, error) ||
	    !supply->ops.supply->set_current (supply, amperes, error))
		return FALSE;
	began = pl_step_elapsed (context);
	do {
		if (!pl_step_wait (context, SAMPLE_S, error) ||
		    !look (bms, daq, supply, ret_end, error) ||
		    !keep_sample (context, curve, ret_end, error))
			return FALSE;
	} while (pl_step_elapsed (context) - began <
		 pl_step_number (context, "pulse_s") - SAMPLE_S / 2);
	return supply->ops.supply->set_current (supply, 0, error);
}

/* The output stays on at 0 A: being read is what keeps the supply's watchdog from ending it. */
static gboolean
rest (PlStepContext *context, PlInstrument *supply, double seconds, GError **error)
{
	double end = pl_step_elapsed (context) + seconds, left;

	while ((left = end - pl_step_elapsed (context)) > 0) {
		PlSupplyReading reading;

		if (!supply->ops.supply->read (supply, &reading, error) ||
		    !pl_step_wait (context, MIN (REST_LOOK_S, left), error))
			return FALSE;
	}
	return TRUE;
}

static void
judge_pulse (PlStepContext *context, const char *direction, const Look *before, const Look *end,
	     PlInstrument *bms, PlInstrument *daq)
{
	double step_a = end->current_a - before->current_a;
	double cells[CELLS], median, worst = 0, excess = 0;
	guint worst_at = 0;
	g_autofree char *pack = g_strdup_printf ("pack_ohm_%s", direction);
	g_autofree char *spread = g_strdup_printf ("cell_deviation_percent_%s", direction);
	g_autofree char *busbar = g_strdup_printf ("busbar_excess_ohm_%s", direction);
	g_autofree char *current = g_strdup_printf ("current_a_%s", direction);

	for (guint i = 0; i < CELLS; i++)
		cells[i] = (end->cells[i] - before->cells[i]) / step_a;
	median = pl_median (cells, CELLS);
	for (guint i = 0; i < CELLS; i++) {
		g_autofree char *name = g_strdup_printf ("cell_ohm_%s_%u", direction, i + 1);

		if (fabs (cells[i] - median) > worst) {
			worst = fabs (cells[i] - median);
			worst_at = i;
		}
		excess = fmax (excess, cells[i] - median);
		pl_step_measure (context, name, cells[i], bms, NULL);
	}
	if (excess > pl_step_number (context, "busbar_blame_ohm"))
		pl_step_blame (context,
			       "position %u: %.3f mohm over the median of %.3f mohm: loose busbar "
			       "or weld at this cell",
			       worst_at + 1, excess * 1e3, median * 1e3);
	pl_step_measure (context, current, step_a, daq, NULL);
	pl_step_measure (context, pack, (end->pack_v - before->pack_v) / step_a, daq, NULL);
	pl_step_measure (context, busbar, excess, bms, NULL);
	pl_step_measure (context, spread, 100 * worst / median, bms, NULL);
}

static gboolean
measure_both (PlStepContext *context, PlInstrument *bms, PlInstrument *daq, PlInstrument *supply,
	      GError **error)
{
	double amperes = pl_step_number (context, "current_a");
	Look before, end;
	double soc;

	if (!pl_reg_get (bms, "soc", &soc, error))
		return FALSE;
	pl_step_progress (context, 0.1, "discharge pulse");
	if (!pulse (context, bms, daq, supply, -amperes, "discharge", &before, &end, error))
		return FALSE;
	judge_pulse (context, "discharge", &before, &end, bms, daq);
	pl_step_progress (context, 0.5, "rest");
	if (!rest (context, supply, pl_step_number (context, "rest_s"), error))
		return FALSE;
	pl_step_progress (context, 0.7, "charge pulse");
	if (!pulse (context, bms, daq, supply, amperes, "charge", &before, &end, error))
		return FALSE;
	judge_pulse (context, "charge", &before, &end, bms, daq);
	pl_step_measure (context, "soc_percent", soc, bms, NULL);
	pl_step_measure (context, "temperature_degc", end.warmest_degc, bms, NULL);
	return TRUE;
}

static gboolean
run_dcir (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	PlInstrument *daq = bms != NULL ? pl_step_borrow (context, PL_ROLE_DAQ, error) : NULL;
	PlInstrument *supply = daq != NULL ? pl_step_borrow (context, PL_ROLE_SUPPLY, error) : NULL;
	PlSupplyLimits limits;

	if (supply == NULL)
		return FALSE;
	pl_step_supply_limits (context, pl_step_number (context, "current_a"), &limits);
	return pl_step_close_contactor (context, bms, error) &&
	       pl_step_connect_supply (context, supply, &limits, error) &&
	       measure_both (context, bms, daq, supply, error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "pulse current, both directions"},
    {"pulse_s", PL_PARAM_NUMBER, FALSE, 0.5, 60, "10", NULL, "pulse length"},
    {"rest_s", PL_PARAM_NUMBER, FALSE, 0, 3600, "40", NULL, "rest between the pulses"},
    {"busbar_blame_ohm", PL_PARAM_NUMBER, FALSE, 1e-6, 1, "0.0001", NULL,
     "names the position beyond this"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"pack_ohm_discharge", "ohm", TRUE, FALSE, 0, 10, "pack resistance at the pulse's end"},
    {"pack_ohm_charge", "ohm", TRUE, FALSE, 0, 10, "same, charging"},
    {"cell_deviation_percent_*", "%", TRUE, FALSE, 0, 1e6,
     "largest |cell - median| of a direction"},
    {"busbar_excess_ohm_*", "ohm", TRUE, FALSE, 0, 10, "largest cell - median of a direction"},
    {"cell_ohm_*", "ohm", FALSE, FALSE, -10, 10, "one cell of a direction"},
    {"current_a_*", "A", FALSE, FALSE, -1000, 1000, "the current step, by the shunt"},
    {"soc_percent", "%", FALSE, FALSE, 0, 100, "by the BMS"},
    {"temperature_degc", "degC", FALSE, FALSE, -40, 125, "warmest NTC"},
    {NULL},
};

const PlStepType pl_step_dcir = {
    .name = "dcir",
    .title = "Pack and cell resistance (10 s)",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 8,
    .run = run_dcir,
};
