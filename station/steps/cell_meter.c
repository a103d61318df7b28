/* SPDX-License-Identifier: Apache-2.0 */
#include "station/steps/common.h"
#include <math.h>

/* A cell under the probes of the cell meter: its open-circuit voltage, and its resistance at 1 kHz.
 */

/* Less than this the other way round is no cell but a meter's zero. */
#define REVERSED_V 0.5
/* A rested LFP cell of 99 % charge has 3.36 V; from there it takes seconds on the charger. */
#define LFP_MOST_V 3.45
#define READINGS_MAX 100
/* The range that the meter is set to holds at least so much more than what is expected. */
#define RANGE_SHARE 1.5

/* Every reading of a step, in order. */
typedef struct {
	double ocv_v[READINGS_MAX], acir_ohm[READINGS_MAX];
	guint n;
	gboolean over;
	char raw[128]; /* the last */
	PlInstrument *meter;
} Readings;

/* -- reading ----------------------------------------------------------------------------------- */

/* Contact is the station's matter, not the cell's. */
static gboolean
take (Readings *r, const PlMeterReading *reading, GError **error)
{
	if (reading->open) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "a probe does not touch (the meter says \"%s\"): wipe the terminals, "
			     "put both probes on firmly and run the cell again",
			     reading->raw);
		return FALSE;
	}
	r->over |= reading->over;
	r->ocv_v[r->n] = reading->ocv_v;
	r->acir_ohm[r->n++] = reading->acir_ohm;
	g_strlcpy (r->raw, reading->raw, sizeof r->raw);
	return TRUE;
}

static gboolean
read_all (PlStepContext *context, Readings *r, GError **error)
{
	guint n = (guint)pl_step_number (context, "readings");

	r->meter = pl_step_borrow (context, PL_ROLE_METER, error);
	if (r->meter == NULL ||
	    !r->meter->ops.meter->setup (r->meter, pl_step_number (context, "expected_ohm"), error))
		return FALSE;
	while (r->n < n) {
		PlMeterReading reading;

		pl_step_progress (context, (double)r->n / n, "reading");
		if (r->n > 0 &&
		    !pl_step_wait (context, pl_step_number (context, "interval_s"), error))
			return FALSE;
		if (!r->meter->ops.meter->read (r->meter, &reading, error) ||
		    !take (r, &reading, error))
			return FALSE;
	}
	return TRUE;
}

static double
mean (const double *values, guint n)
{
	return pl_total (values, n) / n;
}

static double
spread (const double *values, guint n)
{
	return pl_maximum (values, n) - pl_minimum (values, n);
}

/* -- open-circuit voltage ---------------------------------------------------------------------- */

/* What the cell itself shows is a defect by its name, whatever limits the recipe has. */
static gboolean
judge_voltage (double volts, GError **error)
{
	if (volts <= -REVERSED_V)
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
			     "reversed: %.3f V from + to -; the cell lies the wrong way round or "
			     "is marked wrong",
			     volts);
	else if (volts > LFP_MOST_V)
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
			     "%.3f V is more than a rested LFP cell has (%.2f V): another "
			     "chemistry, or straight from the charger",
			     volts, LFP_MOST_V);
	else
		return TRUE;
	return FALSE;
}

static gboolean
run_ocv (PlStepContext *context, GError **error)
{
	Readings r = {0};
	double volts;

	if (!read_all (context, &r, error))
		return FALSE;
	volts = mean (r.ocv_v, r.n);
	if (isnan (volts)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
			     "more voltage than the meter's range of 6 V (\"%s\"): that is no "
			     "single cell",
			     r.raw);
		return FALSE;
	}
	pl_step_measure (context, "ocv_v", volts, r.meter, r.raw);
	pl_step_measure (context, "ocv_spread_v", spread (r.ocv_v, r.n), r.meter, NULL);
	pl_step_measure (context, "repeatability_v", r.meter->ops.meter->repeatability_v, r.meter,
			 NULL);
	return judge_voltage (volts, error);
}

/* -- resistance at 1 kHz ----------------------------------------------------------------------- */

/* Beyond the range is beyond the limit, where the limit lies within what the range is sure to
 * hold. */
static gboolean
judge_over (PlStepContext *context, const Readings *r, GError **error)
{
	const PlLimit *limit = pl_step_limit (context, "acir_ohm");
	double sure = pl_step_number (context, "expected_ohm") * RANGE_SHARE;
	gboolean bad = limit != NULL && limit->max <= sure;

	if (bad)
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT,
			     "a resistance beyond the meter's range (\"%s\"), which holds more "
			     "than %g mohm: a bad weld or a swollen cell",
			     r->raw, sure * 1e3);
	else
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "a resistance beyond the meter's range (\"%s\"): expected_ohm of the "
			     "recipe, %g mohm, does not fit this cell's limit",
			     r->raw, pl_step_number (context, "expected_ohm") * 1e3);
	return FALSE;
}

static gboolean
run_acir (PlStepContext *context, GError **error)
{
	Readings r = {0};

	if (!read_all (context, &r, error))
		return FALSE;
	if (r.over)
		return judge_over (context, &r, error);
	pl_step_measure (context, "acir_ohm", mean (r.acir_ohm, r.n), r.meter, r.raw);
	pl_step_measure (context, "acir_spread_ohm", spread (r.acir_ohm, r.n), r.meter, NULL);
	return TRUE;
}

/* -- the two rows ------------------------------------------------------------------------------ */

/* The expected resistance sets the range: tenths of a milliohm is a cell of 100 Ah. */
static const PlParam params[] = {
    {"readings", PL_PARAM_INTEGER, FALSE, 1, READINGS_MAX, "5", NULL,
     "that many, of which the mean counts"},
    {"interval_s", PL_PARAM_NUMBER, FALSE, 0, 60, "0.2", NULL, "between two of them"},
    {"expected_ohm", PL_PARAM_NUMBER, FALSE, 1e-5, 0.2, "0.0002", NULL,
     "what such a cell has at 1 kHz: sets the meter's range"},
    {NULL},
};

static const PlMeasure ocv_measures[] = {
    {"ocv_v", "V", TRUE, FALSE, -6, 6, "open-circuit voltage from + to -; negative = reversed"},
    {"ocv_spread_v", "V", FALSE, FALSE, 0, 6,
     "largest less smallest of the readings: contact, or a cell not at rest"},
    {"repeatability_v", "V", FALSE, FALSE, 0, 0.1,
     "what two readings of this meter days apart may differ by"},
    {NULL},
};

static const PlMeasure acir_measures[] = {
    {"acir_ohm", "ohm", TRUE, FALSE, 0, 1, "resistance at 1 kHz, four wires"},
    {"acir_spread_ohm", "ohm", FALSE, FALSE, 0, 1,
     "largest less smallest of the readings: how well the probes lie"},
    {NULL},
};

const PlStepType pl_step_ocv = {
    .name = "ocv",
    .title = "Open-circuit voltage",
    .params = params,
    .measures = ocv_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_METER),
    .weight = 1,
    .run = run_ocv,
};

const PlStepType pl_step_acir = {
    .name = "acir",
    .title = "Resistance at 1 kHz",
    .params = params,
    .measures = acir_measures,
    .roles = PL_ROLE_BIT (PL_ROLE_METER),
    .weight = 1,
    .run = run_acir,
};
