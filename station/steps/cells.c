/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

#define CELLS 32
#define NTCS 4

/* -- cell voltages: all present, agreeing with an independent meter, and with one another ------ */

/* Both in full: the largest difference names a wire, a mean would hide it. */
static double
worst_difference (const double *a, const double *b, guint n, guint *ret_at)
{
	double worst = 0;

	for (guint i = 0; i < n; i++)
		if (fabs (a[i] - b[i]) > worst) {
			worst = fabs (a[i] - b[i]);
			*ret_at = i;
		}
	return worst;
}

/* By value, since the BMS always sends 32: an open sense wire reads as nonsense, not as nothing. */
static guint
count_present (const double *cells, double low, double high)
{
	guint present = 0;

	for (guint i = 0; i < CELLS; i++)
		present += cells[i] >= low && cells[i] <= high;
	return present;
}

typedef struct {
	PlInstrument *bms, *daq;
	double cells[CELLS], meter[CELLS], stack;
	char *meter_raw, *stack_raw;
} Voltages;

/* With the meter's reading beside it: is it the cell or its wire? */
static void
blame_cells (PlStepContext *context, const Voltages *v)
{
	double low = pl_step_number (context, "cell_min_v"),
	       high = pl_step_number (context, "cell_max_v");

	for (guint i = 0; i < CELLS; i++)
		if (!(v->cells[i] >= low && v->cells[i] <= high))
			pl_step_blame (
			    context, "cell %u reads %.3f V, not %.2f .. %.2f V (DAQ reads %.3f V)",
			    i + 1, v->cells[i], low, high, v->meter[i]);
}

/* Presence first: a cell that is missing explains all the differences. */
static void
judge_cells (PlStepContext *context, const Voltages *v)
{
	guint at = 0;
	double difference = worst_difference (v->cells, v->meter, CELLS, &at);

	blame_cells (context, v);
	pl_step_measure (context, "cells_present_count",
			 count_present (v->cells, pl_step_number (context, "cell_min_v"),
					pl_step_number (context, "cell_max_v")),
			 v->bms, NULL);
	for (guint i = 0; i < CELLS; i++) {
		g_autofree char *name = g_strdup_printf ("cell_voltage_v_%u", i + 1);

		pl_step_measure (context, name, v->cells[i], v->bms, NULL);
	}
	if (difference > pl_step_number (context, "blame_difference_v"))
		pl_step_blame (context, "cell %u: BMS reads %.4f V, DAQ reads %.4f V", at + 1,
			       v->cells[at], v->meter[at]);
	pl_step_measure (context, "cell_difference_v", difference, v->daq, v->meter_raw);
	pl_step_measure (context, "stack_difference_v",
			 fabs (pl_total (v->cells, CELLS) - v->stack), v->daq, v->stack_raw);
	pl_step_measure (context, "cell_spread_v",
			 pl_maximum (v->cells, CELLS) - pl_minimum (v->cells, CELLS), v->bms, NULL);
	pl_step_measure (context, "stack_voltage_v", v->stack, v->daq, v->stack_raw);
}

/* Meter before BMS: the slow scan first, so that the two are as close in time as they can be. */
static gboolean
run_cell_voltages (PlStepContext *context, GError **error)
{
	Voltages v = {.bms = pl_step_borrow (context, PL_ROLE_BMS, error)};
	g_autofree char *meter_raw = NULL, *stack_raw = NULL;

	v.daq = v.bms != NULL ? pl_step_borrow (context, PL_ROLE_DAQ, error) : NULL;
	if (v.daq == NULL || !pl_step_wait (context, pl_step_number (context, "rest_s"), error) ||
	    !pl_daq_get_n (v.daq, "cell*", v.meter, CELLS, &meter_raw, error) ||
	    !pl_reg_get_n (v.bms, "cell_voltage", v.cells, CELLS, error) ||
	    !pl_daq_get (v.daq, "stack", &v.stack, &stack_raw, error))
		return FALSE;
	v.meter_raw = meter_raw;
	v.stack_raw = stack_raw;
	judge_cells (context, &v);
	return TRUE;
}

static const PlParam voltage_params[] = {
    {"rest_s", PL_PARAM_NUMBER, FALSE, 0, 7200, "600", NULL, "rest before reading"},
    {"cell_min_v", PL_PARAM_NUMBER, FALSE, 0, 5, "3.0", NULL, "below: the cell counts as absent"},
    {"cell_max_v", PL_PARAM_NUMBER, FALSE, 0, 5, "3.4", NULL, "above: the cell counts as absent"},
    {"blame_difference_v", PL_PARAM_NUMBER, FALSE, 0, 1, "0.005", NULL,
     "names the cell beyond this"},
    {NULL},
};

static const PlMeasure voltage_measures[] = {
    {"cells_present_count", "", TRUE, FALSE, 0, 400, "cells inside cell_min_v .. cell_max_v"},
    {"cell_voltage_v_*", "V", FALSE, FALSE, 0, 5, "one cell, by the BMS"},
    {"cell_difference_v", "V", TRUE, FALSE, 0, 5, "largest |BMS - DAQ| of a cell"},
    {"stack_difference_v", "V", TRUE, FALSE, 0, 200, "|sum of cells - DAQ's stack voltage|"},
    {"cell_spread_v", "V", TRUE, FALSE, 0, 5, "highest less lowest cell"},
    {"stack_voltage_v", "V", FALSE, FALSE, 0, 1000, "by the DAQ"},
    {NULL},
};

const PlStepType pl_step_cell_voltages = {
    .name = "cell-voltages",
    .title = "Cell voltages",
    .params = voltage_params,
    .measures = voltage_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ),
    .weight = 12,
    .run = run_cell_voltages,
};

/* -- temperatures ------------------------------------------------------------------------------ */

/* Against the air, which no sensor of the pack knows, and against one another. */
static gboolean
run_temperatures (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	PlInstrument *daq = bms != NULL ? pl_step_borrow (context, PL_ROLE_DAQ, error) : NULL;
	g_autofree char *raw = NULL;
	double ntc[NTCS], ambient, worst = 0;

	if (daq == NULL || !pl_daq_get (daq, "ambient", &ambient, &raw, error) ||
	    !pl_reg_get_n (bms, "temperature", ntc, NTCS, error))
		return FALSE;
	for (guint i = 0; i < NTCS; i++) {
		g_autofree char *name = g_strdup_printf ("ntc_degc_%u", i + 1);

		if (ntc[i] <= -40 || ntc[i] >= 125)
			pl_step_blame (context, "NTC %u reads %.1f degC: open or shorted sensor",
				       i + 1, ntc[i]);
		worst = fmax (worst, fabs (ntc[i] - ambient));
		pl_step_measure (context, name, ntc[i], bms, NULL);
	}
	pl_step_measure (context, "ambient_degc", ambient, daq, raw);
	pl_step_measure (context, "ambient_difference_k", worst, bms, NULL);
	pl_step_measure (context, "spread_k", pl_maximum (ntc, NTCS) - pl_minimum (ntc, NTCS), bms,
			 NULL);
	return TRUE;
}

static const PlMeasure temperature_measures[] = {
    {"ntc_degc_*", "degC", FALSE, FALSE, -60, 150, "one NTC, by the BMS"},
    {"ambient_degc", "degC", FALSE, FALSE, -40, 80, "by the DAQ"},
    {"ambient_difference_k", "K", TRUE, FALSE, 0, 200, "largest |NTC - ambient|"},
    {"spread_k", "K", TRUE, FALSE, 0, 200, "hottest less coldest NTC"},
    {NULL},
};

const PlStepType pl_step_temperatures = {
    .name = "temperatures",
    .title = "Temperatures",
    .measures = temperature_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ),
    .weight = 1,
    .run = run_temperatures,
};
