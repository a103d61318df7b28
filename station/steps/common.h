/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/steps/step.h"

/* What several steps do alike. Errors are those of the instruments unless said. */

/* -- named registers (BMS, PLC) --------------------------------------------------------------------------- */
gboolean pl_reg_get (PlInstrument *instrument, const char *name, double *ret, GError **error);
gboolean pl_reg_get_n (PlInstrument *instrument, const char *name, double *ret, guint n,
		       GError **error);
gboolean pl_reg_set (PlInstrument *instrument, const char *name, double value, GError **error);

/* -- DAQ channels ----------------------------------------------------------------------------------------- */
gboolean pl_daq_get (PlInstrument *daq, const char *channel, double *ret, char **ret_raw,
		     GError **error);
/* Exactly n values of "cell*" and the like, or an error. */
gboolean pl_daq_get_n (PlInstrument *daq, const char *channels, double *ret, guint n,
		       GError **error);

/* -- the pack and the fixture ----------------------------------------------------------------------------- */
/* Writes a PLC output (or BMS register) and has it written back to `safe` when the step ends. No energy row. */
gboolean pl_step_switch (PlStepContext *context, PlInstrument *instrument, const char *name,
			 double value, double safe, GError **error);
/* Waits until a register reads `value`, at most max_s of process time; INCONCLUSIVE otherwise, saying `what`. */
gboolean pl_step_await (PlStepContext *context, PlInstrument *instrument, const char *name,
			double value, double max_s, const char *what, GError **error);
/* Commits "pack terminals live", closes the main contactor through pre-charge and waits for its auxiliary. */
gboolean pl_step_close_contactor (PlStepContext *context, PlInstrument *bms, GError **error);
/* Load relay and supply: armed and read back, output on at 0 A; off and open again when the step ends. */
gboolean pl_step_connect_supply (PlStepContext *context, PlInstrument *supply,
				 const PlSupplyLimits *limits, GError **error);
/* The limits that every step with the supply uses, from its parameters voltage_max_v ... watchdog_s. */
extern const PlParam pl_supply_params[];
void pl_step_supply_limits (PlStepContext *context, double current_a, PlSupplyLimits *ret);

/* -- numbers ---------------------------------------------------------------------------------------------- */
double pl_median (const double *values, guint n);
double pl_minimum (const double *values, guint n);
double pl_maximum (const double *values, guint n);
double pl_total (const double *values, guint n);

/* -- the hipot tester -------------------------------------------------------------------------------------- */
/* One test on one route of the fixture's matrix (names of PlRoute's words below): committed, routed, run,
 * watched, stopped, discharged and proved below 60 V dc. *ret holds the last reading. */
extern const char
    *const pl_route_words[]; /* "pos-chassis", ... NULL-terminated; index + 1 = hv_route's value */
gboolean pl_step_hipot (PlStepContext *context, const char *route, const PlHipotSetup *setup,
			PlHipotReading *ret, GError **error);
