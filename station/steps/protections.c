/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>
#include <string.h>

/*
 * Protection trips by threshold shift: in the BMS's test mode each threshold is moved across the present reading, the
 * trip is waited for, the contactor must open, the threshold goes back and the protection must release. No cell is
 * abused. UL 1973 40.1.
 */
#define TEST_MODE_KEY 0x5AA5

typedef struct {
	const char *name; /* in the recipe and in measurement names */
	const char *threshold; /* BMS register */
	guint bit; /* of `protection` */
	double current; /* as a share of current_a flowing while it is tested; 0 = at rest */
	gboolean above; /* trips when the reading is above the threshold */
	enum { SEES_CELL_MAX, SEES_CELL_MIN, SEES_CURRENT, SEES_T_MAX, SEES_T_MIN } sees;
	double margin; /* how far the threshold goes past the reading */
} Protection;

static const Protection protections[] = {
    {"ovp", "ovp", 0, 0, TRUE, SEES_CELL_MAX, 0.1},
    {"uvp", "uvp", 1, 0, FALSE, SEES_CELL_MIN, 0.1},
    {"charge-oc", "charge_oc", 8, 0.5, TRUE, SEES_CURRENT, 5},
    {"discharge-oc", "discharge_oc", 9, -0.5, TRUE, SEES_CURRENT, 5},
    {"charge-ot", "charge_ot", 4, 0, TRUE, SEES_T_MAX, 5},
    {"discharge-ut", "discharge_ut", 7, 0, FALSE, SEES_T_MIN, 5},
    {"short-circuit", "short_circuit", 10, -0.5, TRUE, SEES_CURRENT, 5},
};

static const char *const protection_words[] = {
    "ovp", "uvp", "charge-oc", "discharge-oc", "charge-ot", "discharge-ut", "short-circuit", NULL};

typedef struct {
	PlInstrument *bms, *supply;
} Bench;

static gboolean
reading_of (const Protection *p, PlInstrument *bms, double *ret, GError **error)
{
	double values[32];

	switch (p->sees) {
	case SEES_CELL_MAX:
	case SEES_CELL_MIN:
		if (!pl_reg_get_n (bms, "cell_voltage", values, 32, error))
			return FALSE;
		*ret = p->sees == SEES_CELL_MAX ? pl_maximum (values, 32) : pl_minimum (values, 32);
		return TRUE;
	case SEES_T_MAX:
	case SEES_T_MIN:
		if (!pl_reg_get_n (bms, "temperature", values, 4, error))
			return FALSE;
		*ret = p->sees == SEES_T_MAX ? pl_maximum (values, 4) : pl_minimum (values, 4);
		return TRUE;
	case SEES_CURRENT:
	default:
		if (!pl_reg_get (bms, "current", values, error))
			return FALSE;
		*ret = fabs (values[0]);
		return TRUE;
	}
}

/* Seconds until the bit is as wanted, or NaN after the limit. Not an error: a protection that does not act is
 * the pack's fault, and its limit judges it. */
static gboolean
await_bit (PlStepContext *context, const Bench *bench, guint bit, gboolean set, double *ret_s,
	   GError **error)
{
	double began = pl_step_elapsed (context), max = pl_step_number (context, "patience_s");

	for (;;) {
		double bits;
		PlSupplyReading reading;

		if (!pl_reg_get (bench->bms, "protection", &bits, error))
			return FALSE;
		*ret_s = pl_step_elapsed (context) - began;
		if ((((guint32)bits >> bit) & 1) == (set ? 1 : 0))
			return TRUE;
		if (*ret_s > max)
			return TRUE;
		if (!pl_step_wait (context, 0.1, error) ||
		    !bench->supply->ops.supply->read (bench->supply, &reading, error))
			return FALSE;
	}
}

/* Test mode begins anew for each protection, so each starts from the release's own thresholds. */
static gboolean
prepare (PlStepContext *context, const Bench *bench, const Protection *p, GError **error)
{
	return pl_reg_set (bench->bms, "clear_protection", 1, error) &&
	       pl_step_close_contactor (context, bench->bms, error) &&
	       pl_reg_set (bench->bms, "test_mode", TEST_MODE_KEY, error) &&
	       bench->supply->ops.supply->set_current (
		   bench->supply, p->current * pl_step_number (context, "current_a"), error) &&
	       pl_step_wait (context, 1, error);
}

static gboolean
trip (PlStepContext *context, const Bench *bench, const Protection *p, double *ret_trip_s,
      double *ret_aux, GError **error)
{
	double now, was;

	if (!pl_reg_get (bench->bms, p->threshold, &was, error) ||
	    !reading_of (p, bench->bms, &now, error) ||
	    !pl_reg_set (bench->bms, p->threshold, p->above ? now - p->margin : now + p->margin,
			 error) ||
	    !await_bit (context, bench, p->bit, TRUE, ret_trip_s, error) ||
	    !bench->supply->ops.supply->set_current (bench->supply, 0, error) ||
	    !pl_step_wait (context, 0.5, error) ||
	    !pl_reg_get (bench->bms, "main_aux", ret_aux, error))
		return FALSE;
	return pl_reg_set (bench->bms, p->threshold, was, error);
}

static gboolean
test_one (PlStepContext *context, const Bench *bench, const Protection *p, GError **error)
{
	g_autofree char *trip_name = g_strdup_printf ("trip_s_%s", p->name);
	g_autofree char *open_name = g_strdup_printf ("contactor_closed_%s", p->name);
	g_autofree char *release_name = g_strdup_printf ("release_s_%s", p->name);
	double trip_s, release_s, aux, patience = pl_step_number (context, "patience_s");

	if (!prepare (context, bench, p, error) || !trip (context, bench, p, &trip_s, &aux, error))
		return FALSE;
	if (trip_s > patience)
		pl_step_blame (context,
			       "%s did not trip within %.1f s of its threshold being crossed",
			       p->name, patience);
	pl_step_measure (context, trip_name, trip_s, bench->bms, NULL);
	pl_step_measure (context, open_name, aux, bench->bms, NULL);
	if (!pl_reg_set (bench->bms, "test_mode", 0, error) ||
	    !pl_reg_set (bench->bms, "clear_protection", 1, error) ||
	    !await_bit (context, bench, p->bit, FALSE, &release_s, error))
		return FALSE;
	pl_step_measure (context, release_name, release_s, bench->bms, NULL);
	return TRUE;
}

static const Protection *
find_protection (const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS (protections); i++)
		if (g_str_equal (protections[i].name, name))
			return &protections[i];
	return NULL;
}

static gboolean
test_mode_off (gpointer bms, GError **error)
{
	return pl_reg_set (bms, "test_mode", 0, error);
}

static gboolean
run_protections (PlStepContext *context, GError **error)
{
	g_auto (GStrv) names = pl_step_list (context, "trips");
	Bench bench = {pl_step_borrow (context, PL_ROLE_BMS, error), NULL};
	PlSupplyLimits limits;

	if (bench.bms == NULL ||
	    (bench.supply = pl_step_borrow (context, PL_ROLE_SUPPLY, error)) == NULL)
		return FALSE;
	pl_step_supply_limits (context, pl_step_number (context, "current_a"), &limits);
	/* the contactor is meant to open under current here, which leaves the supply's terminals without a pack */
	limits.uvp_v = 1;
	pl_step_push_undo (context, "BMS test mode off", test_mode_off, bench.bms, NULL);
	if (!pl_step_close_contactor (context, bench.bms, error) ||
	    !pl_step_connect_supply (context, bench.supply, &limits, error))
		return FALSE;
	for (guint i = 0; names[i] != NULL; i++) {
		pl_step_progress (context, (double)i / g_strv_length (names), names[i]);
		if (!test_one (context, &bench, find_protection (names[i]), error))
			return FALSE;
	}
	return TRUE;
}

static const PlParam params[] = {
    {"trips", PL_PARAM_TEXT_LIST, FALSE, 0, 0,
     "ovp\nuvp\ncharge-oc\ndischarge-oc\ncharge-ot\ndischarge-ut\nshort-circuit", protection_words,
     "which protections"},
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL,
     "supply's limit; current trips use half of it"},
    {"patience_s", PL_PARAM_NUMBER, FALSE, 0.1, 60, "5", NULL,
     "wait for a trip or release at most"},
    {"voltage_max_v", PL_PARAM_NUMBER, FALSE, 1, 1000, "116.8", NULL, "charging stops here (CV)"},
    {"voltage_min_v", PL_PARAM_NUMBER, FALSE, 0, 1000, "80", NULL, "discharging stops here"},
    {"watchdog_s", PL_PARAM_NUMBER, FALSE, 1, 60, "10", NULL,
     "supply's own: output off if we are silent"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"trip_s_*", "s", TRUE, FALSE, 0, 60, "from threshold crossed to protection bit"},
    {"contactor_closed_*", "", TRUE, FALSE, 0, 1, "auxiliary contact after the trip: 0 = open"},
    {"release_s_*", "s", TRUE, FALSE, 0, 60, "until the bit is gone again"},
    {NULL},
};

const PlStepType pl_step_protections = {
    .name = "protections",
    .title = "Protection trips",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_SUPPLY) | PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 8,
    .run = run_protections,
};
