/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/watchdog.h"
#include <string.h>
#include <time.h>

/* ms, the ends of all classes but the last. 16 and 33: one and two frames at 60 Hz. */
static const double bounds[PL_WATCHDOG_CLASSES - 1] = {1,  PL_WATCHDOG_GOAL_MS, 16,
						       33, PL_WATCHDOG_LOUD_MS, 100};

struct _PlWatchdog {
	GSource source;
	double woke_ms, woke_processor_ms; /* 0 = it waits */
	PlStalls stalls;
};

static double
now_ms (clockid_t clock)
{
	struct timespec now;

	clock_gettime (clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static guint
class_of (double ms)
{
	guint i = 0;

	while (i < G_N_ELEMENTS (bounds) && ms > bounds[i])
		i++;
	return i;
}

/* Processor time tells a window that works too long from a machine that is busy with something
 * else. */
static void
account (PlStalls *stalls, double ms, double processor_ms)
{
	stalls->turns++;
	stalls->wall[class_of (ms)]++;
	stalls->processor[class_of (processor_ms)]++;
	stalls->worst_ms = MAX (stalls->worst_ms, ms);
	stalls->worst_processor_ms = MAX (stalls->worst_processor_ms, processor_ms);
	if (ms > PL_WATCHDOG_LOUD_MS)
		g_warning ("the main loop stood still for %.0f ms (%.0f ms of processor time)", ms,
			   processor_ms);
}

/* It is asked before all others, so what was dispatched since it woke up is over. */
static gboolean
prepare (GSource *source, int *timeout)
{
	PlWatchdog *self = (PlWatchdog *)source;

	if (self->woke_ms > 0)
		account (&self->stalls, now_ms (CLOCK_MONOTONIC) - self->woke_ms,
			 now_ms (CLOCK_THREAD_CPUTIME_ID) - self->woke_processor_ms);
	self->woke_ms = 0;
	/* no time of its own: it wakes nobody up */
	*timeout = -1;
	return FALSE;
}

static gboolean
check (GSource *source)
{
	PlWatchdog *self = (PlWatchdog *)source;

	self->woke_ms = now_ms (CLOCK_MONOTONIC);
	self->woke_processor_ms = now_ms (CLOCK_THREAD_CPUTIME_ID);
	return FALSE;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = {prepare, check, dispatch, NULL, NULL, NULL};

PlWatchdog *
pl_watchdog_new (void)
{
	GSource *source = g_source_new (&funcs, sizeof (PlWatchdog));

	/* before all others, in prepare and in check */
	g_source_set_priority (source, G_MININT);
	g_source_set_static_name (source, "watchdog");
	g_source_attach (source, NULL);
	return (PlWatchdog *)source;
}

void
pl_watchdog_free (PlWatchdog *self)
{
	if (self == NULL)
		return;
	g_source_destroy (&self->source);
	g_source_unref (&self->source);
}

const PlStalls *
pl_watchdog_stalls (PlWatchdog *self)
{
	return &self->stalls;
}

void
pl_watchdog_reset (PlWatchdog *self)
{
	memset (&self->stalls, 0, sizeof self->stalls);
	self->woke_ms = 0;
}

char *
pl_watchdog_text (PlWatchdog *self)
{
	const PlStalls *stalls = &self->stalls;
	GString *text = g_string_new (NULL);

	g_string_append_printf (text,
				"main loop: %" G_GUINT64_FORMAT
				" turns, longest %.1f ms (%.1f ms of processor time)\n",
				stalls->turns, stalls->worst_ms, stalls->worst_processor_ms);
	for (guint i = 0; i < PL_WATCHDOG_CLASSES; i++) {
		g_autofree char *bound = i < G_N_ELEMENTS (bounds)
					     ? g_strdup_printf ("up to %3.0f ms", bounds[i])
					     : g_strdup_printf ("over  %3.0f ms", bounds[i - 1]);

		g_string_append_printf (
		    text, "  %s %8" G_GUINT64_FORMAT "   processor %8" G_GUINT64_FORMAT "\n", bound,
		    stalls->wall[i], stalls->processor[i]);
	}
	return g_string_free (text, FALSE);
}
