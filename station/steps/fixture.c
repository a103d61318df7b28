/* SPDX-License-Identifier: Apache-2.0 */
#include "station/calibration.h"
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <math.h>
#include <string.h>

/* What frames every run: is the bench ready, close the fixture; make all safe, open the fixture. */

/* Longest wait for the discharge relay: plant default. */
#define DISCHARGE_MAX_S 20.0
#define TOUCH_LIMIT_V 60.0 /* EN 50191 */

/* -- bench-ready ------------------------------------------------------------------------------- */

/* Judged by their readings; the others show what a person or a register map has vouched for. */
static gboolean
measures (PlRole role)
{
	return role == PL_ROLE_HIPOT || role == PL_ROLE_SUPPLY || role == PL_ROLE_DAQ;
}

/* No date is no calibration. ISO dates compare as text. */
static gboolean
is_overdue (PlStepContext *context, const PlBenchEntry *entry, const char *due, const char *today)
{
	if (due == NULL && measures (entry->role))
		pl_step_blame (context,
			       "the %s (%s) has no calibration_due in the bench file: the "
			       "technician enters its "
			       "certificate's dates",
			       pl_role_name (entry->role), entry->driver);
	else if (due != NULL && strcmp (due, today) < 0)
		pl_step_blame (
		    context, "calibration of the %s (%s) was due on %s: the technician clears this",
		    pl_role_name (entry->role), entry->driver, due);
	else
		return FALSE;
	return TRUE;
}

/* By the instrument that answers, not by the one that the bench file hopes for. */
static gboolean
count_overdue (PlStepContext *context, const PlBenchEntry *entry, PlInstrument *instrument,
	       const char *today, guint *ret_overdue, GError **error)
{
	g_autoptr (PlCalibrationRow) counts =
	    pl_station_calibration (pl_run_station (pl_step_run (context)), entry,
				    pl_calibration_serial (entry, &instrument->identity), error);

	if (counts == NULL)
		return FALSE;
	*ret_overdue += is_overdue (context, entry, counts->due, today);
	return TRUE;
}

/* All of them now: what does not answer is found before the pack is clamped. */
static gboolean
open_all (PlStepContext *context, guint *ret_overdue, GError **error)
{
	GPtrArray *entries = pl_bench_entries (pl_run_station (pl_step_run (context))->bench);
	g_autofree char *now = pl_utc_now ();

	now[strlen ("2026-01-01")] = '\0';
	for (guint i = 0; i < entries->len; i++) {
		const PlBenchEntry *entry = g_ptr_array_index (entries, i);
		g_autofree char *name = g_strdup_printf ("identity_%s", pl_role_name (entry->role));
		g_autofree char *identity = NULL;
		PlInstrument *instrument;

		pl_step_progress (context, (double)i / entries->len, pl_role_name (entry->role));
		instrument = pl_step_borrow (context, entry->role, error);
		if (instrument == NULL)
			return FALSE;
		identity =
		    g_strdup_printf ("%s %s %s", instrument->identity.model,
				     instrument->identity.serial, instrument->identity.firmware);
		pl_step_measure_text (context, name, g_strstrip (identity), instrument, NULL);
		if (!count_overdue (context, entry, instrument, now, ret_overdue, error))
			return FALSE;
	}
	return TRUE;
}

/* Asked at the beginning: a pack that has passed must not wait for labels. */
static gboolean
ask_printer (PlStepContext *context, GError **error)
{
	PlInstrument *printer;
	g_autofree char *raw = NULL;

	if (pl_bench_entry (pl_run_station (pl_step_run (context))->bench, PL_ROLE_PRINTER) == NULL)
		return TRUE;
	printer = pl_step_borrow (context, PL_ROLE_PRINTER, error);
	return printer != NULL && printer->ops.printer->status (printer, &raw, error);
}

/* Identity is checked by the bench when it opens an instrument. */
static gboolean
run_bench_ready (PlStepContext *context, GError **error)
{
	guint overdue = 0;

	if (!open_all (context, &overdue, error))
		return FALSE;
	pl_step_measure (context, "calibrations_overdue_count", overdue, NULL, NULL);
	return ask_printer (context, error);
}

static const PlMeasure ready_measures[] = {
    {"calibrations_overdue_count", "", TRUE, FALSE, 0, 100,
     "instruments whose calibration is overdue or not known"},
    {"identity_*", "", FALSE, TRUE, 0, 0, "model, serial number and firmware of an instrument"},
    {NULL},
};

const PlStepType pl_step_bench_ready = {
    .name = "bench-ready",
    .title = "Bench ready",
    .measures = ready_measures,
    .alone = TRUE,
    .weight = 1,
    .run = run_bench_ready,
};

/* -- fixture-close ----------------------------------------------------------------------------- */

#define POWER_OFF_S 0.5

static gboolean
close_cage (PlStepContext *context, PlInstrument *plc, GError **error)
{
	return pl_reg_set (plc, "clamp", 1, error) &&
	       pl_step_await (context, plc, "clamp_closed", 1, 5, "closing the clamp", error) &&
	       pl_reg_set (plc, "door_lock", 1, error) &&
	       pl_step_await (context, plc, "door_locked", 1, 5, "locking the door (is it closed?)",
			      error) &&
	       pl_safety_check (plc, error);
}

/* A run that was interrupted may have left the BMS powered, with a protection tripped or in test
 * mode: every run begins with one that has just been switched on. */
static gboolean
power_bms (PlStepContext *context, PlInstrument *plc, GError **error)
{
	return pl_reg_set (plc, "bms_power", 0, error) &&
	       pl_step_wait (context, POWER_OFF_S, error) &&
	       pl_reg_set (plc, "bms_reset", 0, error) && pl_reg_set (plc, "bms_boot", 0, error) &&
	       pl_reg_set (plc, "bms_power", 1, error) &&
	       pl_step_wait (context, pl_step_number (context, "wake_s"), error);
}

static gboolean
run_fixture_close (PlStepContext *context, GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	/* making safe leaves the discharge relay closed, and so does a PLC that nobody speaks to
	 * while the BMS wakes: the last thing before main, so that a pack's pre-charge finds no
	 * load */
	return plc != NULL && close_cage (context, plc, error) && power_bms (context, plc, error) &&
	       pl_reg_set (plc, "discharge", 0, error);
}

static const PlParam close_params[] = {
    {"wake_s", PL_PARAM_NUMBER, FALSE, 0, 60, "2", NULL, "from BMS power to its first answer"},
    {NULL},
};

const PlStepType pl_step_fixture_close = {
    .name = "fixture-close",
    .title = "Close the fixture",
    .params = close_params,
    .roles = PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 1,
    .run = run_fixture_close,
};

/* -- make-safe --------------------------------------------------------------------------------- */

static gboolean
run_make_safe (PlStepContext *context, GError **error)
{
	PlStation *station = pl_run_station (pl_step_run (context));

	/* what an earlier step could not undo is safe now, too, and the next start need not warn of
	 * it */
	return pl_station_make_safe (station, error) && pl_station_all_is_safe (station, error);
}

const PlStepType pl_step_make_safe_type = {
    .name = "make-safe",
    .title = "Make safe",
    .alone = TRUE,
    .weight = 1,
    .run = run_make_safe,
};

/* -- fixture-open ------------------------------------------------------------------------------ */

/* By the station's own account: what could not be switched off is behind a relay at best. */
static gboolean
nothing_is_live (PlStepContext *context, GError **error)
{
	g_autofree char *live = pl_station_live (pl_run_station (pl_step_run (context)));

	if (live == NULL)
		return TRUE;
	g_set_error (error, PL_SAFETY_ERROR, PL_SAFETY_ERROR_NOT_DISCHARGED,
		     "may still be live: %s; the door stays locked until packline recover has "
		     "made it safe",
		     live);
	return FALSE;
}

/* By an instrument that had no part in charging them: what a person can touch behind the door. */
static gboolean
nothing_is_charged (PlStepContext *context, PlInstrument *daq, gboolean *ret_within_limits,
		    GError **error)
{
	PlClock *clock = pl_step_clock (context);
	g_autofree char *raw = NULL;
	double fixture = 0, terminals = NAN;

	if (!pl_safety_prove_discharged (daq, clock, TOUCH_LIMIT_V, DISCHARGE_MAX_S, &fixture,
					 error))
		return FALSE;
	*ret_within_limits =
	    pl_step_measure (context, "fixture_v", fixture, daq, NULL) == PL_VERDICT_PASS;
	if (!pl_safety_prove_terminals (daq, clock, TOUCH_LIMIT_V, DISCHARGE_MAX_S, &terminals,
					error))
		return FALSE;
	if (isnan (terminals))
		return TRUE;
	if (!pl_daq_get (daq, "terminal", &terminals, &raw, error))
		return FALSE;
	*ret_within_limits &=
	    pl_step_measure (context, "terminal_v", fabs (terminals), daq, raw) != PL_VERDICT_FAIL;
	return TRUE;
}

static gboolean
open_cage (PlStepContext *context, PlInstrument *plc, GError **error)
{
	return pl_reg_set (plc, "discharge", 0, error) && pl_reg_set (plc, "bms_power", 0, error) &&
	       pl_reg_set (plc, "door_lock", 0, error) && pl_reg_set (plc, "clamp", 0, error);
}

static gboolean
run_fixture_open (PlStepContext *context, GError **error)
{
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);
	PlInstrument *daq = plc != NULL ? pl_step_borrow (context, PL_ROLE_DAQ, error) : NULL;
	gboolean within_limits = FALSE;

	return daq != NULL && nothing_is_live (context, error) &&
	       pl_reg_set (plc, "discharge", 1, error) &&
	       nothing_is_charged (context, daq, &within_limits, error) &&
	       (!within_limits || open_cage (context, plc, error));
}

static const PlMeasure open_measures[] = {
    {"fixture_v", "V", TRUE, FALSE, 0, 10000, "independent reading before the door is released"},
    {"terminal_v", "V", FALSE, FALSE, 0, 1000, "pack terminals before the door is released"},
    {NULL},
};

const PlStepType pl_step_fixture_open = {
    .name = "fixture-open",
    .title = "Open the fixture",
    .measures = open_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_PLC) | PL_ROLE_BIT (PL_ROLE_DAQ),
    .weight = 1,
    .run = run_fixture_open,
};
