/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Contactors: open means open (terminal voltage through the load), pre-charge takes its time,
 * closed means closed (voltage drop under current), and open again afterwards. UL 1973 40.1: active
 * safety controls, 100 %.
 */
typedef struct {
	PlInstrument *bms, *daq, *supply, *plc;
} Bench;

/* Through the discharge relay: an open contactor's leakage must not hold the terminals up. */
static gboolean
judge_open (PlStepContext *context, const Bench *b, const char *name, PlVerdict *ret,
	    GError **error)
{
	g_autofree char *raw = NULL;
	double terminal, aux;

	if (!pl_reg_set (b->bms, "contactor", 0, error) ||
	    !pl_step_switch (context, b->plc, "discharge", 1, 0, error) ||
	    !pl_step_wait (context, 3, error) ||
	    !pl_daq_get (b->daq, "terminal", &terminal, &raw, error) ||
	    !pl_reg_get (b->bms, "main_aux", &aux, error))
		return FALSE;
	if (fabs (terminal) > 10)
		pl_step_blame (
		    context,
		    "%.1f V at the terminals with the contactor commanded open: welded contactor",
		    terminal);
	*ret = pl_step_measure (context, name, fabs (terminal), b->daq, raw);
	if (g_str_equal (name, "open_after_v"))
		pl_step_measure (context, "aux_open_after", aux, b->bms, NULL);
	return pl_reg_set (b->plc, "discharge", 0, error);
}

/* A drop means something only while the current flows. */
static gboolean
judge_closed (PlStepContext *context, const Bench *b, GError **error)
{
	const char *names[] = {"stack", "terminal", "shunt", NULL};
	double precharge_ms, values[3], amperes = -pl_step_number (context, "current_a");
	g_autofree char *raw = NULL;
	PlSupplyReading reading;

	if (!pl_reg_get (b->bms, "precharge_time", &precharge_ms, error) ||
	    !b->supply->ops.supply->set_current (b->supply, amperes, error) ||
	    !pl_step_wait (context, 1, error) ||
	    !pl_daq_read (b->daq, names, values, 3, &raw, error) ||
	    !b->supply->ops.supply->read (b->supply, &reading, error) ||
	    !b->supply->ops.supply->set_current (b->supply, 0, error) ||
	    !pl_step_supply_held (context, error) ||
	    !pl_step_check_flow (values[2], amperes, error))
		return FALSE;
	pl_step_measure (context, "precharge_s", precharge_ms / 1e3, b->bms, NULL);
	pl_step_measure (context, "closed_drop_v", fabs (values[0] - values[1]), b->daq, raw);
	pl_step_measure (context, "closed_current_a", values[2], b->daq, raw);
	return TRUE;
}

static gboolean
run_contactors (PlStepContext *context, GError **error)
{
	Bench b = {0};
	PlSupplyLimits limits;
	PlVerdict verdict;

	if ((b.bms = pl_step_borrow (context, PL_ROLE_BMS, error)) == NULL ||
	    (b.daq = pl_step_borrow (context, PL_ROLE_DAQ, error)) == NULL ||
	    (b.supply = pl_step_borrow (context, PL_ROLE_SUPPLY, error)) == NULL ||
	    (b.plc = pl_step_borrow (context, PL_ROLE_PLC, error)) == NULL ||
	    !judge_open (context, &b, "open_before_v", &verdict, error))
		return FALSE;
	if (verdict != PL_VERDICT_PASS)
		return TRUE; /* what is closed already cannot be tried */
	pl_step_supply_limits (context, pl_step_number (context, "current_a"), &limits);
	return pl_step_close_contactor (context, b.bms, error) &&
	       pl_step_connect_supply (context, b.supply, &limits, error) &&
	       judge_closed (context, &b, error) && pl_step_make_safe (context, error) &&
	       judge_open (context, &b, "open_after_v", &verdict, error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "for the voltage drop"},
    PL_SUPPLY_PARAMS,
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
