/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/open_run.h"

/* Here and not when they are drawn: a long recording has many thousand samples. */
static PlSeries *
series_of (const PlStoryCurve *curve)
{
	PlSeries *series = pl_series_new ();

	for (guint i = 0; i < curve->t_us->len; i++)
		pl_series_append (series,
				  (double)g_array_index (curve->t_us, gint64, i) / G_USEC_PER_SEC,
				  g_array_index (curve->values, double, i));
	return series;
}

PlOpenRun *
pl_open_run_load (PlStation *station, gint64 run, GError **error)
{
	PlStory *story = pl_story_load (station, run, error);
	PlOpenRun *open;

	if (story == NULL)
		return NULL;
	open = g_new0 (PlOpenRun, 1);
	open->story = story;
	open->series = g_ptr_array_new_with_free_func ((GDestroyNotify)pl_series_unref);
	for (guint i = 0; i < story->curves->len; i++)
		g_ptr_array_add (open->series, series_of (g_ptr_array_index (story->curves, i)));
	return open;
}

void
pl_open_run_free (PlOpenRun *open)
{
	if (open == NULL)
		return;
	pl_story_free (open->story);
	g_ptr_array_unref (open->series);
	g_free (open);
}
