/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/*
 * Pack and cell resistance by a current pulse of 10 s in each direction: R = dV / dI between rest
 * and the pulse's end, cells by the BMS, pack by the DAQ, current by the DAQ's shunt. I, t, SOC, T
 * and direction are kept with the values: a resistance without them means nothing.
 */
#define CELLS 32
#define SAMPLE_S 0.1
#define REST_SAMPLE_S 1.0

typedef struct {
	double cells[CELLS];
	double pack_v;
	double current_a;
	double warmest_degc;
	char raw[256]; /* of the DAQ */
} Look;

typedef struct {
	const char *direction;
	Look before, end;
	double seconds; /* that the current had flowed at the end */
} Pulse;

/* In this order on every look, so that what lags, lags alike before and at the end. */
static gboolean
look (const PlPackMeters *m, Look *ret, GError **error)
{
	const char *names[] = {"terminal", "shunt", NULL};
	g_autofree char *raw = NULL;
	PlSupplyReading reading;
	double volts_amperes[2], ntc[4];

	if (!pl_daq_read (m->daq, names, volts_amperes, 2, &raw, error) ||
	    !pl_reg_get_n (m->bms, "cell_voltage", ret->cells, CELLS, error) ||
	    !pl_reg_get_n (m->bms, "temperature", ntc, 4, error) ||
	    !m->supply->ops.supply->read (m->supply, &reading, error)) /* also feeds its watchdog */
		return FALSE;
	ret->pack_v = volts_amperes[0];
	ret->current_a = volts_amperes[1];
	ret->warmest_degc = pl_maximum (ntc, 4);
	g_strlcpy (ret->raw, raw != NULL ? raw : "", sizeof ret->raw);
	return TRUE;
}

/* Watched limits act here, ten times a second. */
static gboolean
keep_sample (PlStepContext *context, const char *curve, const Look *now, GError **error)
{
	double values[] = {now->pack_v, now->current_a, pl_minimum (now->cells, CELLS),
			   pl_maximum (now->cells, CELLS), now->warmest_degc};

	return pl_step_sample (context, curve,
			       "pack_v current_a cell_min_v cell_max_v temperature_degc", values, 5,
			       error);
}

/* Looked at before it begins and at its end, both under the same conditions. */
static gboolean
pulse (PlStepContext *context, const PlPackMeters *m, double amperes, Pulse *p, GError **error)
{
	double began, length = pl_step_number (context, "pulse_s");

	if (!look (m, &p->before, error) ||
	    !keep_sample (context, p->direction, &p->before, error) ||
	    !m->supply->ops.supply->set_current (m->supply, amperes, error))
		return FALSE;
	began = pl_step_elapsed (context);
	do {
		if (!pl_step_wait (context, SAMPLE_S, error))
			return FALSE;
		p->seconds = pl_step_elapsed (context) - began;
		if (!look (m, &p->end, error) ||
		    !keep_sample (context, p->direction, &p->end, error))
			return FALSE;
	} while (p->seconds < length - SAMPLE_S / 2);
	return m->supply->ops.supply->set_current (m->supply, 0, error) &&
	       pl_step_supply_held (context, error) &&
	       pl_step_check_flow (p->end.current_a - p->before.current_a, amperes, error);
}

/* The farthest from the median, and the one farthest above it: a loose joint only ever adds. */
static void
judge_cells (PlStepContext *context, const Pulse *p, const PlPackMeters *m)
{
	double step_a = p->end.current_a - p->before.current_a;
	double cells[CELLS], median, worst = 0, excess = 0;
	guint excess_at = 0;
	g_autofree char *spread = g_strdup_printf ("cell_deviation_percent_%s", p->direction);
	g_autofree char *busbar = g_strdup_printf ("busbar_excess_ohm_%s", p->direction);

	for (guint i = 0; i < CELLS; i++)
		cells[i] = (p->end.cells[i] - p->before.cells[i]) / step_a;
	median = pl_median (cells, CELLS);
	for (guint i = 0; i < CELLS; i++) {
		g_autofree char *name = g_strdup_printf ("cell_ohm_%s_%u", p->direction, i + 1);

		worst = MAX (worst, fabs (cells[i] - median));
		if (cells[i] - median > excess) {
			excess = cells[i] - median;
			excess_at = i;
		}
		pl_step_measure (context, name, cells[i], m->bms, NULL);
	}
	if (excess > pl_step_number (context, "busbar_blame_ohm"))
		pl_step_blame (context,
			       "position %u: %.3f mohm over the median of %.3f mohm: loose busbar "
			       "or weld at this cell",
			       excess_at + 1, excess * 1e3, median * 1e3);
	pl_step_measure (context, busbar, excess, m->bms, NULL);
	pl_step_measure (context, spread, 100 * worst / fabs (median), m->bms, NULL);
}

/* The joints of the whole pack are in its resistance, those between cells in the cells'. */
static gboolean
judge_pulse (PlStepContext *context, const Pulse *p, const PlPackMeters *m, GError **error)
{
	double step_a = p->end.current_a - p->before.current_a,
	       ohm = (p->end.pack_v - p->before.pack_v) / step_a;
	g_autofree char *pack = g_strdup_printf ("pack_ohm_%s", p->direction);
	g_autofree char *current = g_strdup_printf ("current_a_%s", p->direction);
	g_autofree char *seconds = g_strdup_printf ("pulse_s_%s", p->direction);

	if (!(ohm > 0)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "the pack went from %.3f V to %.3f V with %.2f A: a resistance of "
			     "%.3g ohm contradicts itself",
			     p->before.pack_v, p->end.pack_v, step_a, ohm);
		return FALSE;
	}
	judge_cells (context, p, m);
	pl_step_measure (context, current, step_a, m->daq, p->end.raw);
	pl_step_measure (context, seconds, p->seconds, NULL, NULL);
	pl_step_measure (context, pack, ohm, m->daq, p->end.raw);
	return TRUE;
}

/* Watched and fed: ten seconds of silence and the supply's watchdog opens its output. */
static gboolean
rest (PlStepContext *context, const PlPackMeters *m, double seconds, GError **error)
{
	double end = pl_step_elapsed (context) + seconds, left;
	Look now;

	while ((left = end - pl_step_elapsed (context)) > PL_NO_TIME_S)
		if (!pl_step_wait (context, MIN (left, REST_SAMPLE_S), error) ||
		    !look (m, &now, error) || !keep_sample (context, "rest", &now, error))
			return FALSE;
	return TRUE;
}

/* Discharge first: a pack near full must not be charged into its limit. */
static gboolean
measure_both (PlStepContext *context, const PlPackMeters *m, GError **error)
{
	double amperes = pl_step_number (context, "current_a");
	Pulse p = {.direction = "discharge"};
	double soc;

	if (!pl_reg_get (m->bms, "soc", &soc, error))
		return FALSE;
	pl_step_progress (context, 0.1, "discharge pulse");
	if (!pulse (context, m, -amperes, &p, error) || !judge_pulse (context, &p, m, error))
		return FALSE;
	pl_step_progress (context, 0.5, "rest");
	if (!rest (context, m, pl_step_number (context, "rest_s"), error))
		return FALSE;
	pl_step_progress (context, 0.7, "charge pulse");
	p.direction = "charge";
	if (!pulse (context, m, amperes, &p, error) || !judge_pulse (context, &p, m, error))
		return FALSE;
	pl_step_measure (context, "soc_percent", soc, m->bms, NULL);
	pl_step_measure (context, "temperature_degc", p.end.warmest_degc, m->bms, NULL);
	return TRUE;
}

static gboolean
run_dcir (PlStepContext *context, GError **error)
{
	PlPackMeters m;

	return pl_step_borrow_meters (context, &m, error) &&
	       pl_step_connect_pack (context, &m, pl_step_number (context, "current_a"), error) &&
	       measure_both (context, &m, error);
}

static const PlParam params[] = {
    {"current_a", PL_PARAM_NUMBER, FALSE, 1, 500, "50", NULL, "pulse current, both directions"},
    {"pulse_s", PL_PARAM_NUMBER, FALSE, 0.5, 60, "10", NULL, "pulse length"},
    {"rest_s", PL_PARAM_NUMBER, FALSE, 0, 3600, "40", NULL, "rest between the pulses"},
    {"busbar_blame_ohm", PL_PARAM_NUMBER, FALSE, 1e-6, 1, "0.0001", NULL,
     "names the position beyond this"},
    PL_SUPPLY_PARAMS,
    {NULL},
};

static const PlMeasure measures[] = {
    {"pack_ohm_discharge", "ohm", TRUE, FALSE, -10, 10, "pack resistance at the pulse's end"},
    {"pack_ohm_charge", "ohm", TRUE, FALSE, -10, 10, "same, charging"},
    {"cell_deviation_percent_discharge", "%", TRUE, FALSE, 0, 1e6, "largest |cell - median|"},
    {"cell_deviation_percent_charge", "%", TRUE, FALSE, 0, 1e6, "same, charging"},
    {"busbar_excess_ohm_discharge", "ohm", TRUE, FALSE, 0, 10, "largest cell - median"},
    {"busbar_excess_ohm_charge", "ohm", TRUE, FALSE, 0, 10, "same, charging"},
    {"cell_ohm_*", "ohm", FALSE, FALSE, -10, 10, "one cell of a direction: cell_ohm_charge_7"},
    {"current_a_*", "A", FALSE, FALSE, -1000, 1000,
     "the current step of a direction, by the shunt"},
    {"pulse_s_*", "s", FALSE, FALSE, 0, 100, "time that it had flowed at the reading"},
    {"soc_percent", "%", FALSE, FALSE, 0, 100, "before, by the BMS"},
    {"temperature_degc", "degC", FALSE, FALSE, -40, 125, "warmest NTC"},
    {NULL},
};

static const char *const columns[] = {"pack_v",	    "current_a",	"cell_min_v",
				      "cell_max_v", "temperature_degc", NULL};

const PlStepType pl_step_dcir = {
    .name = "dcir",
    .title = "Pack and cell resistance (10 s)",
    .params = params,
    .measures = measures,
    .columns = columns,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_DAQ) | PL_ROLE_BIT (PL_ROLE_SUPPLY) |
	     PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 8,
    .run = run_dcir,
};
