/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN                                                                               \
	"packline-ui" /* G_MESSAGES_DEBUG=packline-ui tells what is shown, and when                \
		       */
#include "ui/feed.h"
#include "ui/language.h"
#include "ui/lookout.h"

/* 20 times a second: the eye asks for no more, and the pack under test shares the processor */
#define PERIOD_MS 50
#define SURVEY_S 60.0 /* disk, calibrations and what waits for partners change slowly */

struct _PlFeed {
	PlStation *station;
	PlRecipe *recipe;
	PlPace pace;
	PlFeedFunc func;
	gpointer data;
	PlLookout *lookout; /* its thread asks the database */
	/* since the last survey; atomic: the slot's thread counts, the lookout's takes */
	gint runs_ended;
	GMutex mutex; /* guards what follows */
	PlSnapshot *now;
	GSource *due; /* a delivery that is on its way */
	guint64 shown; /* main thread: state_seq of what was handed out last */
};

void
pl_feed_show (PlFeed *feed)
{
	g_autoptr (PlSnapshot) snapshot = NULL;

	g_mutex_lock (&feed->mutex);
	snapshot = pl_snapshot_copy (feed->now);
	pl_snapshot_forget_samples (feed->now);
	g_mutex_unlock (&feed->mutex);
	/* without the lock: drawing must not hold up the slot's thread */
	feed->func (feed->data, snapshot);
	if (feed->shown != snapshot->state_seq)
		g_debug ("slot %u shows %s", snapshot->slot, pl_slot_state_name (snapshot->state));
	feed->shown = snapshot->state_seq;
}

static gboolean
deliver (gpointer data)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	/* before the copy is taken: what comes in between sends for the main loop once more */
	g_clear_pointer (&feed->due, g_source_unref);
	g_mutex_unlock (&feed->mutex);
	pl_feed_show (feed);
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

/* Until the next shift, or for as long as nothing else is to be seen. */
static double
until_next (const PlFeed *feed, GDateTime *now)
{
	g_autoptr (GDateTime) start = NULL;
	g_autoptr (GDateTime) end = NULL;

	pl_pace_shift (&feed->pace, now, &start, &end);
	/* 0.1 s: not a moment before the shift's end, where it would still be the same shift */
	return MIN (SURVEY_S, (double)g_date_time_difference (end, now) / G_USEC_PER_SEC + 0.1);
}

/* On the lookout's thread, which may wait for the database: days go by while a station stays on,
 * certificates come in, runs end. The shift is asked for when one has ended, or another began. */
static double
survey (gpointer data)
{
	PlFeed *feed = data;
	g_autoptr (GDateTime) now = g_date_time_new_now_local ();
	gboolean ended = g_atomic_int_exchange (&feed->runs_ended, 0) > 0;
	g_autoptr (PlSurvey) before = NULL;
	PlSurvey *found;

	g_mutex_lock (&feed->mutex);
	before = pl_survey_ref (feed->now->survey);
	g_mutex_unlock (&feed->mutex);
	/* without the lock: a database may be slow, and events do not wait for it */
	found = pl_survey_make (feed->station, &feed->pace, now, ended ? NULL : before);
	g_mutex_lock (&feed->mutex);
	pl_snapshot_take_survey (feed->now, found);
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
	return until_next (feed, now);
}

/* On whatever thread has used the bench. */
static void
on_bench (gpointer data)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	pl_snapshot_see (feed->now, feed->station->bench);
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

static void
on_state (gpointer data, PlSlotState state, const char *serial, PlRun *run, const char *cause)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	pl_snapshot_enter (feed->now, state, serial, cause,
			   /* a grade sorts packs that passed */
			   run != NULL && state == PL_SLOT_PASSED ? pl_run_grade (run) : NULL,
			   g_get_monotonic_time ());
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
	if (state == PL_SLOT_RUNNING)
		return;
	/* an interrupted run is ended by the recovery */
	g_atomic_int_inc (&feed->runs_ended);
	pl_lookout_poke (feed->lookout);
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
on_cleared_by (gpointer data, PlPersonRole who)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	feed->now->cleared_by = who;
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

static void
on_overridable (gpointer data)
{
	PlFeed *feed = data;

	g_mutex_lock (&feed->mutex);
	/* it is said of a state that may be over by now */
	feed->now->overridable = feed->now->state == PL_SLOT_BLOCKED;
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

const PlSlotObserver pl_feed_observer = {on_state, on_event, on_said, on_overridable,
					 on_cleared_by};

/* The name is the station's, which records are written with: the screen says what they will.
 * Whoever may do all because nobody is enrolled has no role to be shown. */
void
pl_feed_set_person (PlFeed *feed, const PlPerson *person)
{
	g_autofree char *name = pl_station_operator (feed->station);

	g_mutex_lock (&feed->mutex);
	pl_snapshot_set_person (feed->now, name,
				person != NULL && !person->may_all ? (int)person->role : -1,
				person == NULL);
	schedule (feed);
	g_mutex_unlock (&feed->mutex);
}

/* A cause begins with the title of its step. */
static void
teach_titles (const PlSnapshot *s)
{
	for (guint i = 0; i < s->n_steps; i++)
		pl_sentence_teach (s->steps[i].titles[PL_LANGUAGE_EN],
				   s->steps[i].titles[PL_LANGUAGE_ZH_CN]);
}

PlFeed *
pl_feed_new (PlStation *station, PlRecipe *recipe, guint slot, const PlPace *pace, PlFeedFunc func,
	     gpointer data)
{
	PlFeed *feed = g_new0 (PlFeed, 1);

	g_mutex_init (&feed->mutex);
	feed->station = station;
	feed->recipe = recipe;
	feed->pace = *pace;
	feed->func = func;
	feed->data = data;
	feed->now = pl_snapshot_new ();
	feed->now->slot = slot;
	feed->now->takt_s = pace->takt_s;
	pl_snapshot_set_up (feed->now, station, recipe);
	teach_titles (feed->now);
	/* last: from here on other threads come in */
	pl_bench_watch (station->bench, on_bench, feed);
	feed->lookout = pl_lookout_new (survey, feed);
	return feed;
}

void
pl_feed_free (PlFeed *feed)
{
	if (feed == NULL)
		return;
	/* it is waited for, and uses the bench's station */
	pl_lookout_free (feed->lookout);
	pl_bench_watch (feed->station->bench, NULL, NULL);
	if (feed->due != NULL) {
		g_source_destroy (feed->due);
		g_source_unref (feed->due);
	}
	pl_snapshot_unref (feed->now);
	g_mutex_clear (&feed->mutex);
	g_free (feed);
}
