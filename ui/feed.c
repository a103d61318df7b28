/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN                                                                               \
	"packline-ui" /* G_MESSAGES_DEBUG=packline-ui tells what is shown, and when                \
		       */
#include "ui/feed.h"
#include "ui/language.h"

/* 20 times a second: the eye asks for no more, and the pack under test shares the processor */
#define PERIOD_MS 50

struct _PlFeed {
	PlStation *station;
	PlRecipe *recipe;
	PlFeedFunc func;
	gpointer data;
	GMutex mutex; /* guards what follows */
	PlSnapshot *now;
	GSource *due; /* a delivery that is on its way */
	guint64 shown; /* main thread: state_seq of what was handed out last */
};

static gboolean
deliver (gpointer data)
{
	PlFeed *feed = data;
	g_autoptr (PlSnapshot) snapshot = NULL;

	g_mutex_lock (&feed->mutex);
	g_clear_pointer (&feed->due, g_source_unref);
	snapshot = pl_snapshot_copy (feed->now);
	pl_snapshot_forget_samples (feed->now);
	g_mutex_unlock (&feed->mutex);
	feed->func (feed->data, snapshot);
	if (feed->shown != snapshot->state_seq)
		g_debug ("slot %u shows %s", snapshot->slot, pl_slot_state_name (snapshot->state));
	feed->shown = snapshot->state_seq;
	return G_SOURCE_REMOVE;
}

/* With the lock held: the first change of a period sends for the main loop. */
static void
schedule (PlFeed *feed)
{
	if (feed->due != NULL)
		return;
	feed->due = g_timeout_source_new (PERIOD_MS);
	g_source_set_callback (feed->due, deliver, feed, NULL);
	g_source_attach (feed->due, NULL);
}

/* On the slot's thread, which may ask the database: days go by while a station stays on, and
 * certificates come in. */
static PlSnapshot *
survey (PlFeed *feed)
{
	PlSnapshot *found = pl_snapshot_new ();
	g_autoptr (GDate) today = g_date_new ();

	g_date_set_time_t (today, time (NULL));
	pl_snapshot_survey (found, feed->station, today);
	return found;
}

static void
on_state (gpointer data, PlSlotState state, const char *serial, PlRun *run, const char *cause)
{
	PlFeed *feed = data;
	g_autoptr (PlSnapshot) found = state == PL_SLOT_READY ? survey (feed) : NULL;

	g_mutex_lock (&feed->mutex);
	if (found != NULL)
		pl_snapshot_take_survey (feed->now, found);
	pl_snapshot_enter (feed->now, state, serial, cause,
			   run != NULL && state == PL_SLOT_PASSED ? pl_run_grade (run) : NULL,
			   g_get_monotonic_time ());
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

static void
on_event (gpointer data, const PlRunEvent *event)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	pl_snapshot_event (feed->now, feed->recipe, event);
	if (event->kind == PL_EVENT_STEP_STARTED)
		g_debug ("slot %u begins %s", feed->now->slot, event->step->step->id);
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

static void
on_said (gpointer data, const char *line)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	pl_snapshot_say (feed->now, line);
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

const PlSlotObserver pl_feed_observer = {on_state, on_event, on_said};

/* A cause begins with the title of its step. */
static void
teach_titles (const PlSnapshot *s)
{
	for (guint i = 0; i < s->n_steps; i++)
		pl_sentence_teach (s->steps[i].titles[PL_LANGUAGE_EN],
				   s->steps[i].titles[PL_LANGUAGE_ZH_CN]);
}

PlFeed *
pl_feed_new (PlStation *station, PlRecipe *recipe, guint slot, PlFeedFunc func, gpointer data)
{
	PlFeed *feed = g_new0 (PlFeed, 1);
	g_autoptr (GDate) today = g_date_new ();

	g_date_set_time_t (today, time (NULL));
	g_mutex_init (&feed->mutex);
	feed->station = station;
	feed->recipe = recipe;
	feed->func = func;
	feed->data = data;
	feed->now = pl_snapshot_new ();
	feed->now->slot = slot;
	pl_snapshot_set_up (feed->now, station, recipe, today);
	teach_titles (feed->now);
	return feed;
}

void
pl_feed_show (PlFeed *feed)
{
	deliver (feed);
}

void
pl_feed_free (PlFeed *feed)
{
	if (feed == NULL)
		return;
	if (feed->due != NULL) {
		g_source_destroy (feed->due);
		g_source_unref (feed->due);
	}
	pl_snapshot_unref (feed->now);
	g_mutex_clear (&feed->mutex);
	g_free (feed);
}
