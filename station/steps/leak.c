/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"

/* The middle of three looks: one that the wire or a slammed door has spoilt is not the pack's. */
static gboolean
read_pressure (PlInstrument *plc, double *ret, GError **error)
{
	double looks[3];

	for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
		if (!pl_reg_get (plc, "leak_pressure", &looks[i], error))
			return FALSE;
	*ret = pl_median (looks, G_N_ELEMENTS (looks));
	return TRUE;
}

/* Housing leak by pressure decay: fill, close, settle, then watch the pressure fall. */
static gboolean
run_leak (PlStepContext *context, GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);
	double seconds = pl_step_number (context, "time_s"), began, start, now;

	if (plc == NULL || !pl_step_switch (context, plc, "leak_fill", 1, 0, error))
		return FALSE;
	pl_step_progress (context, 0, "filling");
	if (!pl_step_wait (context, pl_step_number (context, "fill_s"), error) ||
	    !pl_step_still (plc, "leak_fill", 1, error) ||
	    !pl_reg_set (plc, "leak_fill", 0, error) ||
	    !pl_step_wait (context, pl_step_number (context, "settle_s"), error) ||
	    !read_pressure (plc, &start, error))
		return FALSE;
	if (start < pl_step_number (context, "least_pressure_pa"))
		pl_step_blame (context,
			       "only %.0f Pa after filling, %.0f Pa needed: gross leak or hose off",
			       start, pl_step_number (context, "least_pressure_pa"));
	pl_step_measure (context, "start_pressure_pa", start, plc, NULL);
	began = pl_step_elapsed (context);
	do {
		if (!pl_step_wait (context, 1, error) || !read_pressure (plc, &now, error) ||
		    !pl_step_sample (context, "decay", "pressure_pa", &now, 1, error))
			return FALSE;
	} while (pl_step_elapsed (context) - began < seconds);
	pl_step_measure (context, "decay_pa", start - now, plc, NULL);
	return TRUE;
}

static const PlParam params[] = {
    {"fill_s", PL_PARAM_NUMBER, FALSE, 0.5, 600, "5", NULL, "valve open"},
    {"settle_s", PL_PARAM_NUMBER, FALSE, 0, 600, "5", NULL, "valve closed, not yet measured"},
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 3600, "60", NULL, "decay is measured over this"},
    {"least_pressure_pa", PL_PARAM_NUMBER, FALSE, 1, 100000, "1000", NULL, "below: gross leak"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"start_pressure_pa", "Pa", TRUE, FALSE, -1000, 100000, "at the start of the decay"},
    {"decay_pa", "Pa", TRUE, FALSE, -100000, 100000, "pressure lost in time_s"},
    {NULL},
};

static const char *const columns[] = {"pressure_pa", NULL};

const PlStepType pl_step_leak = {
    .name = "leak",
    .title = "Housing leak",
    .params = params,
    .measures = measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 6,
    .run = run_leak,
};
