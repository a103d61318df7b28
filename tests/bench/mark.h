/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * A mark is one figure with a bar. Subject and peer are measured in turn in the same run, so that a
 * machine that slows down slows both; the figure is a median over rounds. A new mark is one file
 * and one row in main.c's table.
 */
typedef struct {
	double subject, peer; /* of one round, in the mark's unit; peer NaN = there is none */
} PlRound;

typedef struct {
	const char *name, *unit, *title;
	const char *peer; /* what it is held against; NULL = a fixed bar */
	double bar;
	gboolean at_least; /* the bar is a least value; else a most value */
	gboolean
	    ratio; /* the figure judged is peer / subject (both times), not the subject itself */
	guint rounds;
	/* NULL with an error: skipped, with the error as the word why (e.g. a peer that is not
	 * installed). */
	gpointer (*prepare) (const char *directory, GError **error);
	gboolean (*round) (gpointer self, PlRound *ret, GError **error);
	void (*finish) (gpointer self);
} PlMark;

/* Seconds of wall time since an earlier g_get_monotonic_time (). */
static inline double
pl_mark_since (gint64 began)
{
	return (double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC;
}
