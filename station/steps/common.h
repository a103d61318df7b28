/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/steps/step.h"

/* What several steps do alike. Errors are those of the instruments unless said. */

/* -- named registers (BMS, PLC) ---------------------------------------------------------------- */
/* Numbers or an error. */
gboolean pl_reg_get (PlInstrument *instrument, const char *name, double *ret, GError **error);
gboolean pl_reg_get_n (PlInstrument *instrument, const char *name, double *ret, guint n,
		       GError **error);
gboolean pl_reg_set (PlInstrument *instrument, const char *name, double value, GError **error);

/* -- DAQ channels ---------------------------------------------------------------------------------
 * Exactly n numbers, or an error; *ret_raw (may be NULL) is the meter's reply as it came, caller
 * frees. */
gboolean pl_daq_get (PlInstrument *daq, const char *channel, double *ret, char **ret_raw,
		     GError **error);
/* "cell*" and the like. */
gboolean pl_daq_get_n (PlInstrument *daq, const char *channels, double *ret, guint n,
		       char **ret_raw, GError **error);
/* Several names, NULL-terminated, in their order. */
gboolean pl_daq_read (PlInstrument *daq, const char *const *names, double *ret, guint n,
		      char **ret_raw, GError **error);

/* -- the pack and the fixture ------------------------------------------------------------------ */
/* Writes a PLC output (or BMS register) and has it written back to `safe` when the step ends. No
 * energy row. */
gboolean pl_step_switch (PlStepContext *context, PlInstrument *instrument, const char *name,
			 double value, double safe, GError **error);
/* Waits until a register reads `value`, at most max_s of process time; INCONCLUSIVE otherwise,
 * saying `what`. */
gboolean pl_step_await (PlStepContext *context, PlInstrument *instrument, const char *name,
			double value, double max_s, const char *what, GError **error);
/* Commits "pack terminals live", closes the main contactor through pre-charge and waits for its
 * auxiliary. */
gboolean pl_step_close_contactor (PlStepContext *context, PlInstrument *bms, GError **error);
/* Load relay and supply: armed and read back, output on at 0 A; off and open again when the step
 * ends. */
gboolean pl_step_connect_supply (PlStepContext *context, PlInstrument *supply,
				 const PlSupplyLimits *limits, GError **error);
/* What a step with current through the pack works with. */
typedef struct {
	PlInstrument *bms, *daq, *supply;
} PlPackMeters;
gboolean pl_step_borrow_meters (PlStepContext *context, PlPackMeters *ret, GError **error);
/* Contactor closed, supply connected with the limits that the step's parameters and this current
 * give. */
gboolean pl_step_connect_pack (PlStepContext *context, const PlPackMeters *m, double current_a,
			       GError **error);
/* A PLC that was not spoken to for its time has dropped its outputs and says so to nobody:
 * INCONCLUSIVE unless the output still is what the step has made it. */
gboolean pl_step_still (PlInstrument *plc, const char *name, double value, GError **error);
/* The same of what stands between supply and pack: asked before anything that was measured with the
 * supply is judged. */
gboolean pl_step_supply_held (PlStepContext *context, GError **error);
/* Below this nothing of a time is left: the clock counts microseconds, and sums of them are not
 * exact. */
#define PL_NO_TIME_S 1e-4
/* Waits while the supply is read at least once a second, which feeds its watchdog. */
gboolean pl_step_wait_fed (PlStepContext *context, PlInstrument *supply, double seconds,
			   GError **error);
/* The parameters of every step with the supply, and the limits that follow from them. A step with
 * the output on reads the supply once a second or more often. */
#define PL_SUPPLY_PARAMS                                                                           \
	{"voltage_max_v",	    PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL,                \
	 "charging stops here (CV)"},                                                              \
	    {"voltage_min_v",	      PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL,                 \
	     "discharging stops here"},                                                            \
	{                                                                                          \
		"watchdog_s", PL_PARAM_NUMBER, FALSE, 3, 60, "10", NULL,                           \
		    "supply's own: output off if we are silent"                                    \
	}
void pl_step_supply_limits (PlStepContext *context, double current_a, PlSupplyLimits *ret);

/* Switches the BMS's insulation monitor off until the step makes itself safe, and proves it off. A
 * BMS that does not answer is held in reset, where none of its outputs can be on. */
gboolean pl_step_monitor_off (PlStepContext *context, GError **error);

/* -- numbers: NaN among the values, or no values, give NaN ------------------------------------- */
double pl_median (const double *values, guint n);
double pl_minimum (const double *values, guint n);
double pl_maximum (const double *values, guint n);
double pl_total (const double *values, guint n);
/* A current that was set and does not flow, or flows the other way, makes all that is derived from
 * it worthless: INCONCLUSIVE unless the shunt sees at least half of it. */
gboolean pl_step_check_flow (double measured_a, double set_a, GError **error);

/* -- the hipot tester -----------------------------------------------------------------------------
 * One test on one route of the fixture's matrix: committed, routed, run, watched, stopped,
 * discharged and proved below 60 V dc. *ret holds the tester's judgement (PASS or one of the FAILs)
 * with its last reading; a judgement that contradicts itself is INCONCLUSIVE: PASS without having
 * run, for too short, below the set level, or with a value beyond the tester's own limits. */
extern const char
    *const pl_route_words[]; /* "pos-chassis", ... NULL-terminated; index + 1 = hv_route's value */
gboolean pl_step_hipot (PlStepContext *context, const char *route, const PlHipotSetup *setup,
			PlHipotReading *ret, GError **error);
/* "none", "breakdown" ...: the tester's judgement in words. */
const char *pl_hipot_judgement (PlHipotState state);
/* Our limit passed the value: INCONCLUSIVE where the tester says otherwise. */
gboolean pl_step_hipot_agrees (PlVerdict ours, const PlHipotReading *reading, const char *route,
			       GError **error);
