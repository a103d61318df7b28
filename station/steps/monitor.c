/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/afe.h"
#include "station/steps/common.h"

/*
 * The BMS's own insulation monitor bridges the poles to the chassis (100 kohm class): it must be
 * off before insulation is measured (GB 38031-2025: monitor off or disconnected), and before a
 * withstand voltage is put on the same poles.
 */
static gboolean
held_in_reset (PlStepContext *context, const GError *silent, GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	/* a pack without an application is flashed only after this step; in reset no output of its
	 * BMS can be on */
	pl_step_event (context, "monitor",
		       "the BMS does not answer (%s): held in reset, so that its monitor is off",
		       silent->message);
	return plc != NULL && pl_step_switch (context, plc, "bms_reset", 1, 0, error) &&
	       pl_step_wait (context, 0.5, error);
}

gboolean
pl_step_monitor_off (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	g_autoptr (GError) wrong = NULL;
	double outputs = 0;

	if (bms == NULL)
		return FALSE;
	if (!pl_reg_get (bms, "outputs", &outputs, &wrong)) {
		if (g_error_matches (wrong, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT))
			return held_in_reset (context, wrong, error);
		g_propagate_error (error, g_steal_pointer (&wrong));
		return FALSE;
	}
	if (!pl_step_switch (context, bms, "insulation_monitor", 0, 1, error) ||
	    !pl_step_wait (context, 0.5, error) || !pl_reg_get (bms, "outputs", &outputs, error))
		return FALSE;
	if ((guint32)outputs & AFE_OUT_INSULATION_MONITOR) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "the BMS's insulation monitor is still on after it was switched off: "
			     "nothing can be measured against the chassis");
		return FALSE;
	}
	return TRUE;
}
