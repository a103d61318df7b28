/* SPDX-License-Identifier: Apache-2.0 */
#include "station/verdict.h"
#include <math.h>

const char *
pl_verdict_name (PlVerdict verdict)
{
	static const char *const names[] = {"NONE", "PASS", "FAIL", "INCONCLUSIVE", "SKIPPED"};

	g_return_val_if_fail (verdict < G_N_ELEMENTS (names), "?");
	return names[verdict];
}

const char *
pl_run_verdict_name (PlRunVerdict verdict)
{
	static const char *const names[] = {"OPEN", "PASS", "FAIL", "ERROR", "ABORTED"};

	g_return_val_if_fail (verdict < G_N_ELEMENTS (names), "?");
	return names[verdict];
}

PlVerdict
pl_limit_judge (const PlLimit *limit, double value)
{
	if (limit->equals != NULL || !isfinite (value))
		return PL_VERDICT_INCONCLUSIVE;
	if (isnan (limit->min) && isnan (limit->max))
		return PL_VERDICT_INCONCLUSIVE;
	/* a comparison with NaN is false, so an absent bound never fails */
	if (value < limit->min || value > limit->max)
		return PL_VERDICT_FAIL;
	return PL_VERDICT_PASS;
}

/* Exactly equal: a version that begins alike is another version. */
PlVerdict
pl_limit_judge_text (const PlLimit *limit, const char *value)
{
	if (limit->equals == NULL || value == NULL || *value == '\0')
		return PL_VERDICT_INCONCLUSIVE;
	return g_str_equal (limit->equals, value) ? PL_VERDICT_PASS : PL_VERDICT_FAIL;
}

const char *
pl_limit_comparator (const PlLimit *limit)
{
	if (limit->equals != NULL)
		return "EQ";
	if (!isnan (limit->min) && !isnan (limit->max))
		return "GELE";
	return isnan (limit->max) ? "GE" : "LE";
}

/* As a person would write it on paper. */
char *
pl_limit_text (const PlLimit *limit, const char *unit)
{
	g_autofree char *low = isnan (limit->min) ? NULL : pl_quantity_text (limit->min, unit);
	g_autofree char *high = isnan (limit->max) ? NULL : pl_quantity_text (limit->max, unit);

	if (limit->equals != NULL)
		return g_strdup_printf ("= %s", limit->equals);
	if (low != NULL && high != NULL)
		return g_strdup_printf ("%s .. %s", low, high);
	if (low != NULL)
		return g_strdup_printf (">= %s", low);
	return g_strdup_printf ("<= %s", high != NULL ? high : "?");
}

/* Units that people read with a prefix; others (degC, %, s, count) stay as they are. */
static gboolean
takes_prefix (const char *unit)
{
	static const char *const units[] = {"V", "A", "ohm", "Ah", "Wh", "W", "F", NULL};

	return g_strv_contains (units, unit);
}

char *
pl_quantity_text (double value, const char *unit)
{
	static const struct {
		double factor;
		const char *prefix;
	} prefixes[] = {{1e9, "G"},  {1e6, "M"},  {1e3, "k"},  {1, ""},
			{1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}};
	double magnitude = fabs (value);
	guint i = 3;

	if (!isfinite (value))
		return g_strdup_printf ("(no value) %s", unit);
	/* less than the smallest prefix is the arithmetic's noise: nothing here measures it */
	if (takes_prefix (unit) && magnitude < 1e-12)
		value = 0;
	else if (takes_prefix (unit)) {
		for (i = 0;
		     i < G_N_ELEMENTS (prefixes) - 1 && magnitude < prefixes[i].factor * 0.9999995;)
			i++;
	}
	/* + 0.0 makes a minus zero a plain one */
	return g_strdup_printf ("%.4g%s%s%s", value / prefixes[i].factor + 0.0,
				*unit != '\0' ? " " : "", prefixes[i].prefix, unit);
}

/* An instrument that answers garbage, or one that somebody put there, must not drive the operator's
 * terminal; C1 controls are commands to some, too. */
char *
pl_plain_text (const char *text)
{
	g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
	g_autoptr (GString) plain = g_string_new (NULL);

	if (valid == NULL)
		return NULL;
	for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
		gunichar c = g_utf8_get_char (at);

		if (c != '\n' && g_unichar_iscntrl (c))
			g_string_append_printf (plain, "\\%03o", c);
		else
			g_string_append_unichar (plain, c);
	}
	return g_string_free (g_steal_pointer (&plain), FALSE);
}
