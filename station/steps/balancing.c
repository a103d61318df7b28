/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Every balancing channel is forced on in turn, in test mode, in as many groups as the recipe says
 * so that no two neighbours share a sense wire. A working channel pulls its own cell's sensed
 * voltage down against what it was.
 */
#define CELLS 32
#define TEST_MODE_KEY 0x5AA5

/* Neighbours share a sense wire: balancing both would show half of each. */
static guint32
mask_of (guint group, guint groups)
{
	guint32 mask = 0;

	for (guint cell = group; cell < CELLS; cell += groups)
		mask |= 1u << cell;
	return mask;
}

/* Rested for a second before, so that the drop is this group's and not the last one's recovery. */
static gboolean
force_group (PlStepContext *context, PlInstrument *bms, guint group, guint groups, double *drops,
	     GError **error)
{
	double before[CELLS], during[CELLS];

	if (!pl_reg_set (bms, "balance_force", 0, error) || !pl_step_wait (context, 1, error) ||
	    !pl_reg_get_n (bms, "cell_voltage", before, CELLS, error) ||
	    !pl_reg_set (bms, "balance_force", mask_of (group, groups), error) ||
	    !pl_step_wait (context, pl_step_number (context, "time_s"), error) ||
	    !pl_reg_get_n (bms, "cell_voltage", during, CELLS, error))
		return FALSE;
	for (guint cell = group; cell < CELLS; cell += groups)
		drops[cell] = before[cell] - during[cell];
	return TRUE;
}

/* Leaving test mode also restores the release's own thresholds. */
static gboolean
end_test_mode (gpointer bms, GError **error)
{
	return pl_reg_set (bms, "balance_force", 0, error) &&
	       pl_reg_set (bms, "test_mode", 0, error);
}

static gboolean
run_balancing (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	guint groups = (guint)pl_step_number (context, "groups");
	double drops[CELLS], least = pl_step_number (context, "least_drop_v");
	guint working = 0;

	if (bms == NULL || !pl_reg_set (bms, "test_mode", TEST_MODE_KEY, error))
		return FALSE;
	pl_step_push_undo (context, "end forced balancing", end_test_mode, bms, NULL);
	for (guint group = 0; group < groups; group++) {
		pl_step_progress (context, (double)group / groups, "forcing a group of channels");
		if (!force_group (context, bms, group, groups, drops, error))
			return FALSE;
	}
	for (guint i = 0; i < CELLS; i++) {
		working += drops[i] >= least;
		if (drops[i] < least)
			pl_step_blame (context,
				       "balancing of cell %u draws nothing: its voltage fell by "
				       "%.1f mV, %.1f mV expected",
				       i + 1, drops[i] * 1e3, least * 1e3);
	}
	pl_step_measure (context, "working_count", working, bms, NULL);
	pl_step_measure (context, "least_drop_v", pl_minimum (drops, CELLS), bms, NULL);
	pl_step_measure (context, "largest_drop_v", pl_maximum (drops, CELLS), bms, NULL);
	return TRUE;
}

static const PlParam params[] = {
    {"time_s", PL_PARAM_NUMBER, FALSE, 1, 120, "10", NULL, "each group is forced this long"},
    {"groups", PL_PARAM_INTEGER, FALSE, 2, 32, "4", NULL, "every n-th channel together"},
    {"least_drop_v", PL_PARAM_NUMBER, FALSE, 0.0001, 1, "0.002", NULL,
     "a channel that pulls less does not work"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"working_count", "", TRUE, FALSE, 0, 400, "channels that pull at least least_drop_v"},
    {"least_drop_v", "V", FALSE, FALSE, -5, 5, "of all channels"},
    {"largest_drop_v", "V", FALSE, FALSE, -5, 5, "of all channels"},
    {NULL},
};

const PlStepType pl_step_balancing = {
    .name = "balancing",
    .title = "Balancing",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS),
    .weight = 4,
    .run = run_balancing,
};
