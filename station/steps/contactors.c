/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Contactors: open means open (terminal voltage through the load), pre-charge takes its time, closed means closed
 * (voltage drop under current), and open again afterwards. UL 1973 40.1: active safety controls, 100 %.
 */
static gboolean
judge_open (PlStepContext *context, PlInstrument *bms, PlInstrument *daq, const char *name,
	    GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);
	double terminal, aux;

	if (plc == NULL || !pl_reg_set (bms, "contactor", 0, error) ||
	    !pl_step_switch (context, plc, "discharge", 1, 0, error) ||
	    !pl_step_wait (context, 3, error) ||
	    !pl_daq_get (daq, "terminal", &terminal, NULL, error) ||
	    !pl_reg_get (bms, "main_aux", &aux, error))
		return FALSE;
	if (fabs (terminal) > 10)
		pl_step_blame (
		    context,
		    "%.1f V at the terminals with the contactor commanded open: welded contactor",
		    terminal);
	pl_step_measure (context, name, fabs (terminal), daq, NULL);
	if (g_str_equal (name, "open_after_v"))
		pl_step_measure (context, "aux_open_after", aux, bms, NULL);
	return pl_reg_set (plc, "discharge", 0, error);
}

static gboolean
judge_closed (PlStepContext *context, PlInstrument *bms, PlInstrument *daq, PlInstrument *supply,
	      GError **error)
{
	const char *names[] = {"stack", "terminal", "shunt", NULL};
	g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
	double precharge_ms, stack, terminal;
	PlSupplyReading reading;

	if (!pl_reg_get (bms, "precharge_time", &precharge_ms, error) ||
	    !supply->ops.supply->set_current (supply, -pl_step_number (context, "current_a"),
					      error) ||
	    !pl_step_wait (context, 1, error) ||
	    !daq->ops.daq->measure (daq, names, values, NULL, error) ||
	    !supply->ops.supply->read (supply, &reading, error) ||
	    !supply->ops.supply->set_current (supply, 0, error))
		return FALSE;
	stack = g_array_index (values, double, 0);
	terminal = g_array_index (values, double, 1);
	pl_step_measure (context, "precharge_s", precharge_ms / 1e3, bms, NULL);
	pl_step_measure (context, "closed_drop_v", fabs (stack - terminal), daq, NULL);
	pl_step_measure (context, "closed_current_a", g_array_index (values, double, 2), daq, NULL);
	return TRUE;
}

static gboolean
run_contactors (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	PlInstrument *daq = bms != NULL ? pl_step_borrow (context, PL_ROLE_DAQ, error) : NULL;
	PlInstrument *supply = daq != NULL ? pl_step_borrow (context, PL_ROLE_SUPPLY, error) : NULL;
	PlSupplyLimits limits;

	if (supply == NULL)
		return FALSE;
	pl_step_supply_limits (context, pl_step_number (context, "current_a"), &limits);
	if (!judge_open (context, bms, daq, "open_before_v", error))
		return FALSE;
	if (!pl_step_close_contactor (context, bms, error) ||
	    !pl_step_connect_supply (context, supply, &limits, error) ||
	    !judge_closed (context, bms, daq, supply, error))
		return FALSE;
	return pl_step_make_safe (context, error) &&
	       judge_open (context, bms, daq, "open_after_v", error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "for the voltage drop"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"open_before_v", "V", TRUE, FALSE, 0, 1000, "terminal voltage, contactor open, before"},
    {"open_after_v", "V", TRUE, FALSE, 0, 1000, "same, after it has been closed"},
    {"aux_open_after", "", FALSE, FALSE, 0, 1, "auxiliary contact after opening"},
    {"precharge_s", "s", TRUE, FALSE, 0, 60, "time of pre-charge"},
    {"closed_drop_v", "V", TRUE, FALSE, 0, 1000, "stack to terminals under current"},
    {"closed_current_a", "A", FALSE, FALSE, -1000, 1000, "current while the drop was read"},
    {NULL},
};

const PlStepType pl_step_contactors = {
    .name = "contactors",
    .title = "Contactors and pre-charge",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 4,
    .run = run_contactors,
};
