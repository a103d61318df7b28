/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Ticks and texts of an axis: pure functions, the same in every locale (a decimal point, no
 * grouping), because a number on the screen is read out over the telephone to another plant. */
typedef struct {
	double first, step; /* the first tick at or above the axis' low end */
	guint count;
} PlTicks;

/* Steps of 1, 2 or 5 times a power of ten; as many ticks as fit into `most` (2 or more). */
PlTicks pl_axis_ticks (double low, double high, guint most);
/* The same in seconds: 1, 2, 5, 10, 15, 30 of seconds and minutes, 1, 2, 3, 6, 12 hours, days. */
PlTicks pl_axis_time_ticks (double low, double high, guint most);
double pl_axis_tick (const PlTicks *ticks, guint index);
/* Widens low..high to whole fifths of a tick around it, so there may be one tick more; what is
 * flat gets a range around its value. Both are finite. */
PlTicks pl_axis_widen (double *low, double *high, guint most);

/* What a whole axis' values are shown in: the prefix is chosen once, by the greatest of them. */
typedef struct {
	double factor; /* shown = value * factor */
	char unit[16]; /* "mV"; as given where no prefix is usual (degrees, per cent) */
} PlScale;
PlScale pl_axis_scale (double greatest, const char *unit);

/* A tick's number, with the decimals that its step needs. Writes into and returns `buffer`. */
#define PL_AXIS_TEXT 48
const char *pl_axis_text (double value, double step, const PlScale *scale, char *buffer);
/* A reading with four digits, its own prefix and unit: "52.43 V"; a dash for NaN. */
const char *pl_axis_reading (double value, const char *unit, char *buffer);
/* Seconds as "12.5 s", "2:30" or "1:05:00.25", with the decimals that step needs. */
const char *pl_axis_time_text (double seconds, double step, char *buffer);
