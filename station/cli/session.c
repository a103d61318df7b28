/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cli/session.h"
#include "station/cli/ask.h"
#include "station/cli/term.h"
#include "station/export.h"
#include "station/signals.h"
#include <glib-unix.h>
#include <signal.h>

/* Between two looks at the stop while a scan is awaited, in process time. */
#define SCAN_SLICE_S 1.0

typedef struct {
	const PlSessionPlan *plan;
	GMainLoop *loop;
	PlAsk *ask;
	PlExit exit;
	PlTower tower;
	gboolean tower_said; /* that it does not work */
	GMutex mutex; /* guards what follows */
	PlRun *run; /* the one on the bench */
	guint stops; /* how often a person asked */
} Session;

/* Between packs and while a scan is awaited; a run looks for itself (pl_run_stop). */
static gboolean
is_stopped (Session *s)
{
	gboolean stopped;

	g_mutex_lock (&s->mutex);
	stopped = s->stops > 0;
	g_mutex_unlock (&s->mutex);
	return stopped;
}

/* -- signals (main thread) --------------------------------------------------------------------- */

/* Runs on the main loop while the slot works: it may only leave word. */
static gboolean
on_stop (gpointer data)
{
	Session *s = data;
	g_autofree char *who = g_strdup_printf ("%s", pl_operator (s->plan->station->operator_id));

	g_mutex_lock (&s->mutex);
	s->stops++;
	if (s->stops > 1)
		pl_say ("already stopping: the teardown makes the pack safe and is not skipped; "
			"wait for it");
	else if (s->run != NULL)
		pl_say ("stopping: the pack is made safe, then the fixture opens");
	else
		pl_say ("stopping");
	if (s->run != NULL)
		pl_run_stop (s->run, who);
	g_mutex_unlock (&s->mutex);
	return G_SOURCE_CONTINUE;
}

static void
set_run (Session *s, PlRun *run)
{
	g_mutex_lock (&s->mutex);
	s->run = run;
	/* asked between the scan and now */
	if (run != NULL && s->stops > 0)
		pl_run_stop (run, pl_operator (s->plan->station->operator_id));
	g_mutex_unlock (&s->mutex);
}

/* -- which pack (slot's thread from here) ------------------------------------------------------ */

/* TRUE with *ret NULL: nothing yet, look at the stop and ask again. */
static gboolean
scan_once (PlInstrument *scanner, char **ret, GError **error)
{
	g_autoptr (GError) wrong = NULL;

	*ret = scanner->ops.scanner->scan (scanner, SCAN_SLICE_S, &wrong);
	if (*ret != NULL || g_error_matches (wrong, PL_LINK_ERROR, PL_LINK_ERROR_TIMEOUT))
		return TRUE;
	if (g_error_matches (wrong, PL_LINK_ERROR, PL_LINK_ERROR_PROTOCOL)) {
		pl_say ("%s", wrong->message); /* a bad read: the operator scans again */
		return TRUE;
	}
	g_propagate_error (error, g_steal_pointer (&wrong));
	return FALSE;
}

/* NULL without error = stopped. */
static char *
scan (Session *s, GError **error)
{
	PlBench *bench = s->plan->station->bench;
	PlClock *clock = pl_bench_clock (bench, error);
	PlInstrument *scanner;
	char *code = NULL;

	if (clock == NULL || !pl_clock_join (clock, error))
		return NULL;
	/* given back before the run: its first step borrows every instrument to ask who it is */
	scanner = pl_bench_borrow (bench, PL_ROLE_SCANNER, "waiting for a pack", 5.0, error);
	while (scanner != NULL && code == NULL && !is_stopped (s))
		if (!scan_once (scanner, &code, error))
			break;
	pl_bench_return (bench, scanner);
	pl_clock_leave (clock);
	return code;
}

/* -- one pack ---------------------------------------------------------------------------------- */

/* The hall sees a run of the command line as one of the window; said once if it does not. */
static void
show_tower (Session *s, PlSlotState state, gboolean asks)
{
	g_autoptr (GError) error = NULL;
	gboolean works = pl_tower_show (&s->tower, pl_signal_of (state, asks), &error);

	if (!works && !s->tower_said)
		pl_say ("%s", error->message);
	s->tower_said = !works;
}

/* OPEN is a run whose end was not kept. */
static PlExit
exit_of (PlRunVerdict verdict)
{
	static const PlExit exits[] = {PL_EXIT_UNJUDGED, PL_EXIT_PASS, PL_EXIT_FAIL,
				       PL_EXIT_UNJUDGED, PL_EXIT_STOPPED};

	return exits[verdict];
}

/* What a photograph of the screen should show: pack, recipe, bench, station, operator. */
static void
say_heading (Session *s, const char *serial)
{
	const PlSessionPlan *plan = s->plan;
	PlBench *bench = plan->station->bench;
	g_autoptr (GString) line = g_string_new ("\n");
	g_autofree char *pack = g_strdup_printf ("Pack %s", serial), *where = NULL, *wrapped = NULL;

	pl_text_add (line, PL_TONE_STRONG, 0, pack);
	where = g_strdup_printf (
	    "%s version %u, %u steps; bench %s%s, station %s%s%s", plan->recipe->name,
	    plan->recipe->version, plan->recipe->steps->len, pl_bench_name (bench),
	    pl_bench_is_simulated (bench) ? " (simulated)" : "", plan->station->name,
	    plan->station->operator_id != NULL ? ", operator " : "",
	    plan->station->operator_id != NULL ? plan->station->operator_id : "");
	wrapped = pl_text_wrap (where, pl_term_width () - 1, 0);
	g_string_append_printf (line, "  %s\n%s\n", plan->recipe->title, wrapped);
	if (plan->view->kind == PL_VIEW_TEXT)
		pl_printer_say (plan->view->printer,
				g_string_free (g_steal_pointer (&line), FALSE));
}

/* NULL = none. Caller frees. */
static char *
danger_of (Session *s, PlRun *run)
{
	g_autofree char *live = pl_station_live (s->plan->station), *home = pl_home_words ();
	g_autofree char *bench = pl_shell_word (s->plan->bench_file);

	if (live == NULL && pl_run_is_torn_down (run))
		return NULL;
	return g_strdup_printf ("%s%s. Keep hands off the fixture; clear the cause, then: "
				"packline recover --bench %s%s",
				live != NULL ? "may be live: "
					     : "the teardown could not prove the fixture safe",
				live != NULL ? live : "", bench, home);
}

static gboolean
is_live (Session *s, PlRun *run)
{
	g_autofree char *danger = danger_of (s, run);

	return danger != NULL;
}

/* A file that cannot be written changes no verdict: the record is committed, `packline record`
 * gives it again. */
static void
say_end (Session *s, PlRun *run, const PlViewEnd *timing)
{
	PlStation *station = s->plan->station;
	g_autofree char *record = NULL, *label = NULL, *danger = danger_of (s, run);
	g_autoptr (GError) error = NULL;
	PlViewEnd end = *timing;

	if (!pl_station_export (station, pl_run_row (run), &record, &label, &error))
		pl_say ("the result is safe in the database, its files are not written: %s",
			error->message);
	end.record = record;
	end.label = label;
	end.danger = danger;
	end.database = pl_db_file (station->db);
	pl_view_end (s->plan->view, run, &end);
}

/* What is not committed has not happened: the pack was made safe all the same. */
static PlExit
say_lost (Session *s, PlRun *run, const GError *error)
{
	g_autofree char *danger = danger_of (s, run);

	if (danger != NULL)
		pl_say ("DANGER: %s", danger);
	if (pl_run_row (run) == 0)
		pl_say ("%s was not tested: its run could not be begun: %s", pl_run_serial (run),
			error->message);
	else
		pl_say ("the result of %s could not be kept: %s\nThe next start shows this run as "
			"ERROR; clear the cause, then retest the pack.",
			pl_run_serial (run), error->message);
	return PL_EXIT_UNJUDGED;
}

/* The progress line is cleared before anything is said: a terminal would show both in one. */
static PlExit
execute (Session *s, PlRun *run)
{
	PlClock *clock = pl_bench_clock (s->plan->station->bench, NULL);
	/* both times: on a simulated line hours of process time pass in seconds */
	gint64 began = g_get_monotonic_time (), process = pl_clock_now (clock);
	g_autoptr (GError) error = NULL;
	PlViewEnd end = {0};

	show_tower (s, PL_SLOT_RUNNING, FALSE);
	if (!pl_run_execute (run, &error)) {
		pl_printer_progress (s->plan->view->printer, NULL, NULL, 1);
		show_tower (s, PL_SLOT_ERROR, FALSE);
		return say_lost (s, run, error);
	}
	end.seconds = (double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC;
	end.process_seconds = (double)(pl_clock_now (clock) - process) / G_USEC_PER_SEC;
	show_tower (s, is_live (s, run) ? PL_SLOT_UNSAFE : pl_slot_state_of (pl_run_verdict (run)),
		    FALSE);
	say_end (s, run, &end);
	return exit_of (pl_run_verdict (run));
}

static void
observe (gpointer data, const PlRunEvent *event)
{
	Session *s = data;

	pl_view_observe (s->plan->view, event);
	pl_ask_observe (s->ask, event);
	if (event->kind == PL_EVENT_PROMPT)
		show_tower (s, PL_SLOT_RUNNING, event->prompt != NULL);
}

/* A pack that is blocked or unknown costs nothing but its message: the next scan goes on. */
static PlExit
take_pack (Session *s, const char *serial, const char *entry)
{
	const PlSessionPlan *plan = s->plan;
	PlRunOptions options = {.kind = plan->kind,
				.release_file = plan->release_file,
				.waivers = plan->waivers,
				.n_waivers = plan->n_waivers,
				.override = plan->override,
				.entry = entry,
				.observer = observe,
				.observer_data = s};
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRun) run = pl_run_new (plan->station, plan->recipe, serial, &options, &error);
	PlExit exit;

	if (run == NULL)
		return pl_say_error (error);
	set_run (s, run);
	say_heading (s, serial);
	plan->view->last = NULL;
	exit = execute (s, run);
	set_run (s, NULL);
	return exit;
}

/* A serial on the command line was typed by somebody, and the record says so. */
static PlExit
next_pack (Session *s)
{
	g_autoptr (GError) error = NULL;
	g_autofree char *code = NULL;

	if (s->plan->serial != NULL)
		return take_pack (s, s->plan->serial, "typed");
	if (s->plan->view->kind == PL_VIEW_TEXT)
		pl_printer_sayf (s->plan->view->printer, "Scan a pack…");
	code = scan (s, &error);
	if (code == NULL)
		return error != NULL ? pl_say_error (error) : PL_EXIT_STOPPED;
	return take_pack (s, code, "scanned");
}

/* -- the sitting ------------------------------------------------------------------------------- */

/* Standard error: also --quiet and --json must not hide that something may have been live. */
static void
say_recovery (gpointer data, const char *line)
{
	pl_say ("after the last stop: %s", line);
}

static gboolean
quit_loop (gpointer loop)
{
	g_main_loop_quit (loop);
	return G_SOURCE_REMOVE;
}

/* Before every pack, not only the first: the one before may have left something live. */
static gboolean
is_safe (Session *s)
{
	g_autoptr (GError) error = NULL;
	guint found = 0;

	if (pl_station_recover (s->plan->station, say_recovery, s, &found, &error))
		return TRUE;
	pl_say ("%s", error->message);
	s->exit = MAX (s->exit, PL_EXIT_UNJUDGED);
	return FALSE;
}

static gpointer
slot (gpointer data)
{
	Session *s = data;

	/* what is wrong with the configuration is wrong for the next pack, too */
	for (guint i = 0;
	     i < s->plan->packs && !is_stopped (s) && s->exit != PL_EXIT_USAGE && is_safe (s);
	     i++) {
		PlExit exit = next_pack (s);

		s->exit = MAX (s->exit, exit);
	}
	if (is_stopped (s))
		s->exit = PL_EXIT_STOPPED;
	/* not directly: the loop may not be running yet */
	g_idle_add (quit_loop, s->loop);
	return NULL;
}

PlExit
pl_session (const PlSessionPlan *plan)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	Session s = {.plan = plan, .exit = PL_EXIT_PASS, .tower = {.bench = plan->station->bench}};
	GThread *thread;

	g_mutex_init (&s.mutex);
	s.loop = g_main_loop_new (NULL, FALSE);
	/* heard until the process ends: one key too many must not kill it while it closes the
	 * database */
	for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
		g_unix_signal_add (signals[i], on_stop, &s);
	s.ask = pl_ask_new (plan->view, pl_operator (plan->station->operator_id));
	thread = g_thread_new ("pl-slot", slot, &s);
	g_main_loop_run (s.loop);
	g_thread_join (thread);
	pl_ask_free (s.ask);
	g_main_loop_unref (s.loop);
	g_mutex_clear (&s.mutex);
	return s.exit;
}
