/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/axis.h"
#include <math.h>
#include <string.h>

/* Half a thousandth of a value is noise and not a shape: blown up to the axis' height it would look
 * like one, and its labels would have more digits than there is room for. */
#define LEAST_SHAPE 5e-4
#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

static const double time_steps[] = {1,		 2,	      5,	  10,	      15,
				    30,		 MINUTE,      2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
				    15 * MINUTE, 30 * MINUTE, HOUR,	  2 * HOUR,   3 * HOUR,
				    6 * HOUR,	 12 * HOUR,   DAY};

/* Units that people prefix. A degree, a share or a count is not one of them. */
static const char *const prefixed[] = {"V", "A", "Ah", "W", "Wh", "Ω", "F", "H", "Hz", NULL};
static const struct {
	double from, factor;
	const char *prefix;
} prefixes[] = {{1e6, 1e-6, "M"}, {1e4, 1e-3, "k"}, {1, 1, ""},
		{1e-3, 1e3, "m"}, {1e-6, 1e6, "µ"}, {0, 1e9, "n"}};

/* Least of 1, 2, 5 times a power of ten that is not below `least`. */
static double
round_step (double least)
{
	double power = pow (10, floor (log10 (least)));
	static const double steps[] = {1, 2, 5};

	for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
		/* log10 and pow may be a rounding off, which must not cost half of the ticks */
		if (steps[i] * power >= least * (1 - 1e-9))
			return steps[i] * power;
	return 10 * power;
}

static PlTicks
ticks_of (double low, double high, double step)
{
	double first = ceil (low / step - 1e-9), last = floor (high / step + 1e-9);

	return (PlTicks){first * step, step, last >= first ? (guint)(last - first) + 1 : 0};
}

PlTicks
pl_axis_ticks (double low, double high, guint most)
{
	double step;

	g_return_val_if_fail (most >= 2, ((PlTicks){low, 1, 0}));
	if (!(high > low) || !isfinite (high - low))
		return (PlTicks){low, 1, 0};
	step = round_step ((high - low) / (most - 1));
	return ticks_of (low, high, step);
}

PlTicks
pl_axis_time_ticks (double low, double high, guint most)
{
	double least;

	g_return_val_if_fail (most >= 2, ((PlTicks){low, 1, 0}));
	if (!(high > low) || !isfinite (high - low))
		return (PlTicks){low, 1, 0};
	least = (high - low) / (most - 1);
	if (least < 0.5)
		return ticks_of (low, high, round_step (least));
	for (guint i = 0; i < G_N_ELEMENTS (time_steps); i++)
		if (time_steps[i] >= least)
			return ticks_of (low, high, time_steps[i]);
	return ticks_of (low, high, DAY * round_step (least / DAY));
}

double
pl_axis_tick (const PlTicks *ticks, guint index)
{
	/* counted in steps, so that the sum of roundings does not show as 0.30000000000000004 */
	return (round (ticks->first / ticks->step) + index) * ticks->step;
}

PlTicks
pl_axis_widen (double *low, double *high, guint most)
{
	double least = MAX (MAX (fabs (*low), fabs (*high)) * LEAST_SHAPE, 1e-9), grain;

	if (*high - *low < least) {
		double middle = (*low + *high) / 2;

		*low = middle - least;
		*high = middle + least;
	}
	/* whole grains, so that the axis of a live chart rests most of the time */
	grain = pl_axis_ticks (*low, *high, most).step / 5;
	*low = floor (*low / grain + 1e-9) * grain;
	*high = ceil (*high / grain - 1e-9) * grain;
	return ticks_of (*low, *high, 5 * grain);
}

PlScale
pl_axis_scale (double greatest, const char *unit)
{
	PlScale scale = {1, ""};
	guint i = 0;

	g_strlcpy (scale.unit, unit, sizeof scale.unit);
	greatest = fabs (greatest);
	if (!g_strv_contains (prefixed, unit) || !(greatest > 0) || isinf (greatest))
		return scale;
	while (greatest < prefixes[i].from)
		i++;
	scale.factor = prefixes[i].factor;
	g_snprintf (scale.unit, sizeof scale.unit, "%s%s", prefixes[i].prefix, unit);
	return scale;
}

static const char *
fixed (double value, int decimals, char *buffer)
{
	char format[16];

	g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 12));
	if (fabs (value) < 0.5 * pow (10, -decimals))
		value = 0; /* and not -0.0 */
	return g_ascii_formatd (buffer, PL_AXIS_TEXT, format, value);
}

static int
decimals_of (double step)
{
	return step > 0 ? MAX (0, -(int)floor (log10 (step) + 1e-9)) : 0;
}

const char *
pl_axis_text (double value, double step, const PlScale *scale, char *buffer)
{
	return fixed (value * scale->factor, decimals_of (step * scale->factor), buffer);
}

const char *
pl_axis_reading (double value, const char *unit, char *buffer)
{
	PlScale scale = pl_axis_scale (value, unit);
	double shown = value * scale.factor;
	int digits = fabs (shown) < 1 ? 1 : (int)floor (log10 (fabs (shown)) + 1e-9) + 1;

	if (!isfinite (value)) {
		g_strlcpy (buffer, "–", PL_AXIS_TEXT);
		return buffer;
	}
	fixed (shown, 4 - digits, buffer);
	g_strlcat (buffer, " ", PL_AXIS_TEXT);
	g_strlcat (buffer, scale.unit, PL_AXIS_TEXT);
	return buffer;
}

const char *
pl_axis_time_text (double seconds, double step, char *buffer)
{
	int decimals = decimals_of (step);
	double grain = pow (10, -decimals), size = round (fabs (seconds) / grain) * grain;
	guint64 minutes = (guint64)(size / MINUTE + 1e-12);
	char format[16], rest[PL_AXIS_TEXT];

	if (minutes == 0) {
		fixed (seconds, decimals, buffer);
		g_strlcat (buffer, " s", PL_AXIS_TEXT);
		return buffer;
	}
	g_snprintf (format, sizeof format, "%%0%d.%df", decimals > 0 ? 3 + decimals : 2, decimals);
	g_ascii_formatd (rest, sizeof rest, format, fabs (size - minutes * MINUTE));
	if (minutes < 60)
		g_snprintf (buffer, PL_AXIS_TEXT, "%s%u:%s", seconds < 0 ? "-" : "", (guint)minutes,
			    rest);
	else
		g_snprintf (buffer, PL_AXIS_TEXT, "%s%u:%02u:%s", seconds < 0 ? "-" : "",
			    (guint)(minutes / 60), (guint)(minutes % 60), rest);
	return buffer;
}
