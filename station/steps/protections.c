/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Protection trips by threshold shift: in the BMS's test mode each threshold is moved across the
 * present reading, the trip is waited for, the contactor must open, the threshold goes back and the
 * protection must release. No cell is abused. UL 1973 40.1.
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

/* The BMS's own reading: the threshold is compared with that, not with the truth. */
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

static gboolean
read_bit (const Bench *bench, guint bit, gboolean *ret, GError **error)
{
	double bits;

	if (!pl_reg_get (bench->bms, "protection", &bits, error))
		return FALSE;
	*ret = ((guint32)bits >> bit & 1) != 0;
	return TRUE;
}

typedef struct {
	double seconds; /* waited */
	gboolean seen; /* the bit became as wanted */
} Await;

/* That it never does is no error: a protection that does not act is the pack's fault, and its limit
 * judges it. */
static gboolean
await_bit (PlStepContext *context, const Bench *bench, guint bit, gboolean wanted, Await *ret,
	   GError **error)
{
	double began = pl_step_elapsed (context), patience = pl_step_number (context, "patience_s");

	for (;;) {
		PlSupplyReading reading;
		gboolean set;

		if (!read_bit (bench, bit, &set, error))
			return FALSE;
		ret->seconds = pl_step_elapsed (context) - began;
		ret->seen = set == wanted;
		if (ret->seen || ret->seconds > patience)
			return TRUE;
		if (!pl_step_wait (context, 0.1, error) ||
		    !bench->supply->ops.supply->read (bench->supply, &reading, error))
			return FALSE;
	}
}

/* What was waited for in vain lasts longer than was waited: only a limit below that can judge it.
 */
static gboolean
judge_wait (PlStepContext *context, const Bench *bench, const Protection *p, const char *what,
	    const Await *waited, GError **error)
{
	g_autofree char *name = g_strdup_printf ("%s_s_%s", what, p->name);

	if (!waited->seen)
		pl_step_blame (context, "%s did not %s within %.1f s", p->name, what,
			       waited->seconds);
	if (pl_step_measure (context, name, waited->seconds, bench->bms, NULL) != PL_VERDICT_PASS ||
	    waited->seen)
		return TRUE;
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
	    "the limit of %s is longer than the step's patience: raise patience_s above it", name);
	return FALSE;
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
	       pl_step_wait_fed (context, bench->supply, 1, error);
}

/* A bit that is set before its threshold was touched would look like an instant trip. */
static gboolean
check_clear (const Bench *bench, const Protection *p, GError **error)
{
	gboolean set;

	if (!read_bit (bench, p->bit, &set, error))
		return FALSE;
	if (!set)
		return TRUE;
	g_set_error (
	    error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
	    "%s is tripped already, before its threshold was moved: its trip cannot be timed",
	    p->name);
	return FALSE;
}

static gboolean
trip (PlStepContext *context, const Bench *bench, const Protection *p, Await *ret, double *ret_aux,
      GError **error)
{
	double now, was;

	if (!check_clear (bench, p, error) || !pl_reg_get (bench->bms, p->threshold, &was, error) ||
	    !reading_of (p, bench->bms, &now, error) ||
	    !pl_reg_set (bench->bms, p->threshold, p->above ? now - p->margin : now + p->margin,
			 error) ||
	    !await_bit (context, bench, p->bit, TRUE, ret, error) ||
	    !pl_step_supply_held (context, error) ||
	    !bench->supply->ops.supply->set_current (bench->supply, 0, error) ||
	    !pl_step_wait (context, 0.5, error) ||
	    !pl_reg_get (bench->bms, "main_aux", ret_aux, error))
		return FALSE;
	return pl_reg_set (bench->bms, p->threshold, was, error);
}

/* Test mode ends before release is waited for: with its threshold back the protection must let go.
 */
static gboolean
test_one (PlStepContext *context, const Bench *bench, const Protection *p, GError **error)
{
	g_autofree char *closed = g_strdup_printf ("contactor_closed_%s", p->name);
	Await trips = {0}, releases = {0};
	double aux;

	if (!prepare (context, bench, p, error) || !trip (context, bench, p, &trips, &aux, error) ||
	    !judge_wait (context, bench, p, "trip", &trips, error))
		return FALSE;
	pl_step_measure (context, closed, aux, bench->bms, NULL);
	return pl_reg_set (bench->bms, "test_mode", 0, error) &&
	       pl_reg_set (bench->bms, "clear_protection", 1, error) &&
	       await_bit (context, bench, p->bit, FALSE, &releases, error) &&
	       judge_wait (context, bench, p, "release", &releases, error);
}

static const Protection *
find_protection (const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS (protections); i++)
		if (g_str_equal (protections[i].name, name))
			return &protections[i];
	return NULL;
}

/* It would end by itself a minute after our last word; we do not rely on that. */
static gboolean
test_mode_off (gpointer bms, GError **error)
{
	return pl_reg_set (bms, "test_mode", 0, error);
}

/* Connected once for all; the contactor, which each trip opens, is closed again for the next. */
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
	/* the contactor is meant to open under current here, which leaves the supply's terminals
	 * without a pack */
	limits.uvp_v = 1;
	pl_step_push_undo (context, "end the BMS's test mode", test_mode_off, bench.bms, NULL);
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
    PL_SUPPLY_PARAMS,
    {NULL},
};

static const PlMeasure measures[] = {
    {"trip_s_*", "s", TRUE, FALSE, 0, 120, "from threshold crossed to protection bit", "trips"},
    {"contactor_closed_*", "", TRUE, FALSE, 0, 1, "auxiliary contact after the trip: 0 = open",
     "trips"},
    {"release_s_*", "s", TRUE, FALSE, 0, 120, "until the bit is gone again", "trips"},
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
