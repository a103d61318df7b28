/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/dates.h"

/* Whole days from today to that date; 0 if it is no date. */
static int
days_left (const char *due)
{
	g_autofree char *midnight = g_strconcat (due, "T00:00:00Z", NULL);
	g_autoptr (GDateTime) then = g_date_time_new_from_iso8601 (midnight, NULL);
	g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
	g_autoptr (GDateTime) today =
	    g_date_time_new_utc (g_date_time_get_year (now), g_date_time_get_month (now),
				 g_date_time_get_day_of_month (now), 0, 0, 0);

	return then != NULL ? (int)(g_date_time_difference (then, today) / G_TIME_SPAN_DAY) : 0;
}

gboolean
pl_due_is_over (const char *due)
{
	return due != NULL && days_left (due) < 0;
}

PlTone
pl_due_tone (const char *due)
{
	return pl_due_is_over (due) ? PL_TONE_BAD : PL_TONE_PLAIN;
}

/* Days, not only the date: who plans the next trip to the laboratory counts in days. */
char *
pl_due_text (const char *due)
{
	int days;

	if (due == NULL || *due == '\0')
		return g_strdup ("-");
	days = days_left (due);
	if (days < 0)
		return g_strdup_printf ("%s, OVERDUE by %d day%s", due, -days,
					days == -1 ? "" : "s");
	return g_strdup_printf ("%s (%d day%s)", due, days, days == 1 ? "" : "s");
}
