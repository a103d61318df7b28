/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cell/dcir.h"
#include <math.h>

G_DEFINE_QUARK (pl - dcir - error - quark, pl_dcir_error)

const char *const pl_dcir_kinds[] = {"pulse", "hppc", "two-point", NULL};

#define LEAST_STEP_A 0.01

/* What differs less is the same for a comparison: shares of current and time, points and kelvin of
 * the rest, as two cells of one lot on one recipe differ. */
#define SAME_CURRENT 0.05
#define SAME_TIME 0.02
#define SAME_SOC 3.0
#define SAME_K 2.0

gboolean
pl_dcir_between (const PlDcirPoint *before, const PlDcirPoint *after, double *ret_ohm,
		 GError **error)
{
	double step_a = after->amperes - before->amperes;

	*ret_ohm = (after->volts - before->volts) / step_a;
	if (!(fabs (step_a) >= LEAST_STEP_A)) {
		g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_CURRENT,
			     "the current went from %.4g A to %.4g A: that is no step",
			     before->amperes, after->amperes);
		return FALSE;
	}
	if (*ret_ohm > 0)
		return TRUE;
	g_set_error (error, PL_DCIR_ERROR, PL_DCIR_ERROR_CONTRADICTION,
		     "the cell went from %.4f V to %.4f V with %.4g A: a resistance of %.3g ohm "
		     "contradicts itself",
		     before->volts, after->volts, step_a, *ret_ohm);
	return FALSE;
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
		return g_strdup_printf ("one is of %s, the other of %s", pl_dcir_kinds[a->kind],
					pl_dcir_kinds[b->kind]);
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
