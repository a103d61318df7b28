/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/dcir.h"
#include <math.h>

G_DEFINE_QUARK (pl - dcir - error - quark, pl_dcir_error)

/* Times of the definitions: [M] in the plant's own reference until the standards' texts are held.
 */
const PlDcirDefinition pl_dcir_definitions[PL_DCIR_LAST] = {
    [PL_DCIR_TWO_POINT] = {"two-point", 10, 1},
    [PL_DCIR_PULSE] = {"pulse", 0, 10},
    [PL_DCIR_HPPC] = {"hppc", 0, 10},
};

#define GAP_SHARE 0.2 /* of the time since the edge: how far apart readings around it may be */
#define HOLD_SHARE 0.05 /* by how much the current may have changed since the edge */
#define LEAST_STEP_A 0.01

/* What differs less is the same for a comparison: shares of current and time, points and kelvin of
 * the rest, as two cells of one lot on one recipe differ. */
#define SAME_CURRENT 0.05
#define SAME_TIME 0.02
#define SAME_SOC 3.0
#define SAME_K 2.0

typedef struct {
	double volts, amperes;
} Reading;

/* Between the two samples around `t`; they must be near, since a pulse's first second falls by more
 * than its next ten. */
static gboolean
read_at (const PlPulseRecord *r, double t, double since, Reading *ret, GError **error)
{
	guint i = 0;
	double share, gap;

	while (i < r->n && r->t_s[i] < t)
		i++;
	if (i == r->n || (i == 0 && r->t_s[0] > t)) {
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_RECORD,
			     "the record ends before its reading at %.3f s", t);
		return FALSE;
	}
	i = MAX (i, 1);
	gap = r->t_s[i] - r->t_s[i - 1];
	if (r->t_s[i] > t && gap > GAP_SHARE * since) {
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_RECORD,
			     "around %.3f s the samples are %.3f s apart: too far for a reading "
			     "%.3f s after the current's edge",
			     t, gap, since);
		return FALSE;
	}
	share = gap > 0 ? (t - r->t_s[i - 1]) / gap : 1;
	*ret = (Reading){r->volts[i - 1] + share * (r->volts[i] - r->volts[i - 1]),
			 r->amperes[i - 1] + share * (r->amperes[i] - r->amperes[i - 1])};
	return TRUE;
}

/* The last sample before the edge. */
static gboolean
read_before (const PlPulseRecord *r, double begins_s, Reading *ret, GError **error)
{
	guint i = 0;

	while (i < r->n && r->t_s[i] <= begins_s)
		i++;
	if (i == 0) {
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_RECORD,
			     "the record has no sample before its pulse at %.3f s", begins_s);
		return FALSE;
	}
	*ret = (Reading){r->volts[i - 1], r->amperes[i - 1]};
	return TRUE;
}

/* From the middle of the stretch on: an edge takes its time. */
static gboolean
check_hold (const PlPulseRecord *r, double from, double to, double amperes, GError **error)
{
	for (guint i = 0; i < r->n; i++) {
		double off = fabs (r->amperes[i] - amperes);

		if (r->t_s[i] < (from + to) / 2 || r->t_s[i] > to ||
		    off <= HOLD_SHARE * fabs (amperes))
			continue;
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_CURRENT,
			     "the current was %.4g A at %.3f s and %.4g A at the reading: it does "
			     "not hold",
			     r->amperes[i], r->t_s[i], amperes);
		return FALSE;
	}
	return TRUE;
}

static gboolean
between (const Reading *a, const Reading *b, double *ret_ohm, GError **error)
{
	double step_a = b->amperes - a->amperes, step_v = b->volts - a->volts;

	if (!(fabs (step_a) >= LEAST_STEP_A)) {
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_CURRENT,
			     "the current went from %.4g A to %.4g A: that is no step", a->amperes,
			     b->amperes);
		return FALSE;
	}
	*ret_ohm = step_v / step_a;
	if (*ret_ohm > 0)
		return TRUE;
	g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_CONTRADICTION,
		     "the cell went from %.4f V to %.4f V with %.4g A: a resistance of %.3g ohm "
		     "contradicts itself",
		     a->volts, b->volts, step_a, *ret_ohm);
	return FALSE;
}

gboolean
pl_dcir_of_record (const PlPulseRecord *record, PlDcirKind kind, double begins_s, double seconds,
		   PlDcir *ret, GError **error)
{
	const PlDcirDefinition *d = &pl_dcir_definitions[kind];
	double first_s = begins_s + d->first_s, last = seconds > 0 ? seconds : d->second_s;
	Reading a, b;

	*ret = (PlDcir){kind, NAN, NAN, last, NAN, NAN};
	if (d->first_s > 0 ? !read_at (record, first_s, d->first_s, &a, error)
			   : !read_before (record, begins_s, &a, error))
		return FALSE;
	if (!read_at (record, first_s + last, last, &b, error) ||
	    !check_hold (record, first_s, first_s + last, b.amperes, error))
		return FALSE;
	ret->current_a = b.amperes;
	return between (&a, &b, &ret->ohm, error);
}

static gboolean
is_near (double a, double b, double share)
{
	return fabs (a - b) <= share * MAX (fabs (a), fabs (b));
}

/* What was not measured is not the same as anything. */
char *
pl_dcir_why_not_comparable (const PlDcir *a, const PlDcir *b)
{
	if (a->kind != b->kind)
		return g_strdup_printf ("one is of %s, the other of %s",
					pl_dcir_definitions[a->kind].name,
					pl_dcir_definitions[b->kind].name);
	if ((a->current_a > 0) != (b->current_a > 0))
		return g_strdup ("one was measured charging, the other discharging");
	if (!is_near (a->current_a, b->current_a, SAME_CURRENT))
		return g_strdup_printf ("one is at %.4g A, the other at %.4g A", a->current_a,
					b->current_a);
	if (!is_near (a->seconds, b->seconds, SAME_TIME))
		return g_strdup_printf ("one is after %.4g s, the other after %.4g s", a->seconds,
					b->seconds);
	if (!(fabs (a->soc_percent - b->soc_percent) <= SAME_SOC))
		return g_strdup_printf ("one is at %.3g %% of charge, the other at %.3g %%",
					a->soc_percent, b->soc_percent);
	if (!(fabs (a->degc - b->degc) <= SAME_K))
		return g_strdup_printf ("one is at %.3g degC, the other at %.3g degC", a->degc,
					b->degc);
	return NULL;
}
