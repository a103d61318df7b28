/* SPDX-License-Identifier: Apache-2.0 */
#include "station/row_text.h"
#include "station/verdict.h"
#include <math.h>
#include <string.h>

char *
pl_row_value_text (const PlMeasurementRow *row)
{
	if (row->words != NULL)
		return g_strdup (row->words);
	return pl_quantity_text (row->value, row->unit);
}

/* The row keeps the limit as it was judged by; the recipe of today is not asked. */
char *
pl_row_limit_text (const PlMeasurementRow *row)
{
	PlLimit limit = {row->low, row->high, row->equals, row->source};

	return row->comparator != NULL ? pl_limit_text (&limit, row->unit) : NULL;
}

/* Coarser the longer it is: nobody reads tenths of a second behind hours. */
char *
pl_duration_text (double seconds)
{
	guint whole = seconds > 0 ? (guint)floor (seconds + 0.5) : 0;

	if (seconds < 59.95)
		return g_strdup_printf ("%.1f s", MAX (seconds, 0.0));
	if (whole < 3600)
		return g_strdup_printf ("%u min %02u s", whole / 60, whole % 60);
	return g_strdup_printf ("%u h %02u min", whole / 3600, whole / 60 % 60);
}

/* Cut, not parsed: what the database keeps is shown, in its own zone. */
char *
pl_utc_text (const char *utc)
{
	char *text = g_strndup (utc != NULL ? utc : "", strlen ("2026-11-24T22:05:41"));

	g_strdelimit (text, "T", ' ');
	return text;
}

/* An unreadable time is shown as nothing rather than as a wrong one. */
char *
pl_local_text (const char *utc)
{
	g_autoptr (GDateTime) then = utc != NULL ? g_date_time_new_from_iso8601 (utc, NULL) : NULL;
	g_autoptr (GDateTime) here = then != NULL ? g_date_time_to_local (then) : NULL;

	return here != NULL ? g_date_time_format (here, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
}
