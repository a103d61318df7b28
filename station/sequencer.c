/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/safety.h"
#include "station/run.h"
#include <string.h>

/* The one place that decides what runs next and what a run came to. */

/* What a step came to, retries included. */
typedef struct {
	PlVerdict verdict;
	gboolean final; /* stopped, unsafe or beyond a watched limit: not tried again, and nothing
			   but teardown after it */
} Outcome;

/* -- one step ---------------------------------------------------------------------------------- */

/* What was measured and is out of its limits stays so, whatever went wrong afterwards; short of
 * that, an error means that the step did not end as it should. */
static PlVerdict
judge (const PlStepContext *context, const GError *error)
{
	if (g_error_matches (error, PL_STEP_ERROR, PL_STEP_ERROR_ABORT_LIMIT) ||
	    g_error_matches (error, PL_STEP_ERROR, PL_STEP_ERROR_DEFECT) || context->any_failed)
		return PL_VERDICT_FAIL;
	if (error != NULL || context->any_inconclusive)
		return PL_VERDICT_INCONCLUSIVE;
	return PL_VERDICT_PASS;
}

/* A starred limit is satisfied by any one of its family; required ones are checked one by one. */
static gboolean
was_measured (const PlStepResult *result, const char *limit)
{
	gsize stem = strlen (limit) - 1;

	for (guint i = 0; i < result->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (result->measurements, i);

		if (g_str_equal (m->name, limit) ||
		    (limit[stem] == '*' && strncmp (m->name, limit, stem) == 0))
			return TRUE;
	}
	return FALSE;
}

/* A limit whose measurement never came makes the step INCONCLUSIVE, never PASS. */
static void
judge_missing (PlStepContext *context)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init (&iter, context->step->limits);
	while (g_hash_table_iter_next (&iter, &name, NULL))
		if (!was_measured (context->result, name)) {
			context->any_inconclusive = TRUE;
			pl_step_blame (context, "%s was not measured", (char *)name);
		}
}

/* The step's own words, the measurement that decided, what went wrong. */
static char *
message_of (const PlStepContext *context, const GError *error)
{
	g_autoptr (GString) text = g_string_new (context->blame);

	if (context->judged != NULL)
		g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", context->judged);
	if (error != NULL)
		g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", error->message);
	return pl_plain_text (text->str);
}

/* After making safe: whether that worked is part of what the step came to. */
static void
conclude (PlStepContext *context, const GError *error)
{
	PlStepResult *result = context->result;

	if (error == NULL)
		judge_missing (context);
	result->verdict = judge (context, error);
	context->fraction = 1;
	result->ended = pl_utc_now ();
	result->duration_s = pl_step_elapsed (context);
	if (result->verdict != PL_VERDICT_PASS)
		result->message = message_of (context, error);
}

/* A FAIL in main is the pack's and is what a person must read first; before one, the first trouble
 * of the station. */
static void
blame_run (PlRun *run, const PlStepResult *result)
{
	gboolean is_pack =
	    result->verdict == PL_VERDICT_FAIL && result->step->phase == PL_PHASE_MAIN;

	g_mutex_lock (&run->mutex);
	if (run->cause == NULL || (is_pack && !run->cause_is_pack)) {
		g_free (run->cause);
		run->cause = g_strdup_printf ("%s: %s", result->step->title, result->message);
		run->cause_is_pack = is_pack;
	}
	g_mutex_unlock (&run->mutex);
}

/* A record must not claim more of a standard than the plant has read. */
static void
say_unverified (PlStepContext *context)
{
	g_autofree char *names = NULL;

	if (context->step->unverified == NULL)
		return;
	names = g_strjoinv (", ", context->step->unverified);
	pl_step_event (context, "unverified",
		       "%s: the standard's text has not been checked by the plant", names);
}

static void
run_type (PlStepContext *context, GError **error)
{
	GError *wrong = NULL;

	if (!context->step->type->run (context, &wrong) && wrong == NULL)
		g_set_error (&wrong, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "step type %s gave up without saying why: report this",
			     context->step->type->name);
	if (wrong != NULL)
		g_propagate_error (error, wrong);
}

/* Somebody or something said no; trying again would be against them. */
static gboolean
is_final (const PlStepContext *context, const GError *error)
{
	return context->unsafe || (error != NULL && error->domain == PL_SAFETY_ERROR) ||
	       g_error_matches (error, PL_STEP_ERROR, PL_STEP_ERROR_ABORT_LIMIT) ||
	       g_error_matches (error, PL_STEP_ERROR, PL_STEP_ERROR_STOPPED);
}

/* Keeps and reports the result. FALSE only if it could not be stored. */
static gboolean
end_step (PlStepContext *context, GError **error)
{
	gboolean stored = pl_store_step (context->run, context->result, error);

	pl_run_emit (context->run, PL_EVENT_STEP_ENDED, context->result, NULL,
		     pl_run_progress (context->run, context), NULL);
	return stored;
}

/* One attempt. FALSE only if it could not be stored. */
static gboolean
attempt_step (PlRun *run, const PlRecipeStep *step, guint attempt, Outcome *ret, GError **error)
{
	g_autoptr (PlStepContext) context = pl_step_context_new (run, step, attempt);
	g_autoptr (GError) wrong = NULL, unsafe = NULL;

	pl_run_emit (run, PL_EVENT_STEP_STARTED, context->result, NULL,
		     pl_run_progress (run, context), NULL);
	say_unverified (context);
	if (pl_step_poll (context, &wrong))
		run_type (context, &wrong);
	if (!pl_step_make_safe (context, &unsafe)) {
		if (wrong == NULL)
			wrong = g_steal_pointer (&unsafe);
		else
			g_warning ("%s: %s", step->id, unsafe->message);
	}
	pl_step_give_back (context, wrong);
	conclude (context, wrong);
	ret->verdict = context->result->verdict;
	ret->final = is_final (context, wrong);
	return end_step (context, error);
}

/* Why this step is not part of this run; NULL = it is. Caller frees. */
static char *
why_skipped (PlRun *run, const PlRecipeStep *step)
{
	if (step->when != NULL && !g_strv_contains ((const char *const *)step->when, run->kind))
		return g_strdup_printf ("not part of a %s run (recipe)", run->kind);
	return g_strdup (g_hash_table_lookup (run->waivers, step->id));
}

static gboolean
skip_step (PlRun *run, const PlRecipeStep *step, const char *why, GError **error)
{
	g_autoptr (PlStepContext) context = pl_step_context_new (run, step, 1);

	context->result->verdict = PL_VERDICT_SKIPPED;
	context->result->ended = pl_utc_now ();
	context->result->message = g_strdup (why);
	return end_step (context, error);
}

static gboolean
attempt_until_passed (PlRun *run, const PlRecipeStep *step, Outcome *ret, GError **error)
{
	for (guint attempt = 1;; attempt++) {
		if (!attempt_step (run, step, attempt, ret, error))
			return FALSE;
		if (ret->verdict == PL_VERDICT_PASS || ret->final || attempt > step->retries ||
		    pl_run_is_stopped (run))
			return TRUE;
	}
}

static const PlStepResult *
last_result (PlRun *run, const PlRecipeStep *step)
{
	const PlStepResult *last = NULL;

	g_mutex_lock (&run->mutex);
	for (guint i = run->results->len; last == NULL && i > 0; i--)
		if (((PlStepResult *)g_ptr_array_index (run->results, i - 1))->step == step)
			last = g_ptr_array_index (run->results, i - 1);
	g_mutex_unlock (&run->mutex);
	return last;
}

static gboolean
execute_step (PlRun *run, const PlRecipeStep *step, Outcome *ret, GError **error)
{
	g_autofree char *why = why_skipped (run, step);
	gboolean stored;

	*ret = (Outcome){PL_VERDICT_SKIPPED, FALSE};
	stored = why != NULL ? skip_step (run, step, why, error)
			     : attempt_until_passed (run, step, ret, error);
	if (ret->verdict == PL_VERDICT_FAIL || ret->verdict == PL_VERDICT_INCONCLUSIVE)
		blame_run (run, last_result (run, step));
	g_mutex_lock (&run->mutex);
	run->weight_done += step->type->weight;
	g_mutex_unlock (&run->mutex);
	return stored;
}

/* -- phases ------------------------------------------------------------------------------------ */

typedef struct {
	gboolean failed, inconclusive, stop;
	guint executed; /* steps that were not skipped */
} PhaseOutcome;

/* What could not be judged stops main as a FAIL does: nothing after it could be trusted. */
static void
count_outcome (PhaseOutcome *phase, const PlRecipeStep *step, const Outcome *outcome)
{
	phase->failed |= outcome->verdict == PL_VERDICT_FAIL;
	phase->inconclusive |= outcome->verdict == PL_VERDICT_INCONCLUSIVE;
	phase->stop |= outcome->final || outcome->verdict == PL_VERDICT_INCONCLUSIVE ||
		       (outcome->verdict == PL_VERDICT_FAIL && step->on_fail == PL_ON_FAIL_STOP);
	phase->executed += outcome->verdict != PL_VERDICT_SKIPPED;
}

/* -- steps side by side ------------------------------------------------------------------------ */

/* All members join the clock before any begins: a stepped line would else run away with the first
 * one. */
typedef struct {
	GMutex mutex;
	GCond changed;
	guint missing;
} Start;

typedef struct {
	PlRun *run;
	const PlRecipeStep *step;
	Start *start;
	Outcome outcome;
	gboolean stored;
	GError *error;
} Member;

static void
arrive (Start *start)
{
	g_mutex_lock (&start->mutex);
	start->missing--;
	g_cond_broadcast (&start->changed);
	while (start->missing > 0)
		g_cond_wait (&start->changed, &start->mutex);
	g_mutex_unlock (&start->mutex);
}

/* A line that has gone away is found out by the step's own waits, which say so in its result. */
static void
join_clock (PlClock *clock)
{
	g_autoptr (GError) error = NULL;

	if (!pl_clock_join (clock, &error))
		g_warning ("%s", error->message);
}

static gpointer
run_member (gpointer data)
{
	Member *member = data;

	join_clock (member->run->clock);
	arrive (member->start);
	member->stored = execute_step (member->run, member->step, &member->outcome, &member->error);
	pl_clock_leave (member->run->clock);
	return NULL;
}

static guint
group_end (const PlRecipe *recipe, guint first)
{
	const PlRecipeStep *step = g_ptr_array_index (recipe->steps, first);
	guint end = first + 1;

	if (step->group == NULL)
		return end;
	while (end < recipe->steps->len &&
	       g_strcmp0 (((PlRecipeStep *)g_ptr_array_index (recipe->steps, end))->group,
			  step->group) == 0)
		end++;
	return end;
}

static void
start_members (PlRun *run, guint first, guint n, Member *members, GThread **threads)
{
	Start start = {.missing = n + 1};

	g_mutex_init (&start.mutex);
	g_cond_init (&start.changed);
	for (guint i = 0; i < n; i++) {
		members[i].run = run;
		members[i].step = g_ptr_array_index (run->recipe->steps, first + i);
		members[i].start = &start;
		threads[i] = g_thread_new ("pl-step", run_member, &members[i]);
	}
	arrive (&start);
	/* the calling thread only waits for the others from here on: its own time must not count */
	pl_clock_leave (run->clock);
	for (guint i = 0; i < n; i++)
		g_thread_join (threads[i]);
	join_clock (run->clock);
	g_cond_clear (&start.changed);
	g_mutex_clear (&start.mutex);
}

static gboolean
execute_group (PlRun *run, guint first, guint end, PhaseOutcome *phase, GError **error)
{
	g_autofree Member *members = g_new0 (Member, end - first);
	g_autofree GThread **threads = g_new0 (GThread *, end - first);
	gboolean stored = TRUE;

	start_members (run, first, end - first, members, threads);
	for (guint i = 0; i < end - first; i++) {
		count_outcome (phase, members[i].step, &members[i].outcome);
		if (members[i].stored)
			continue;
		if (stored)
			g_propagate_error (error, g_steal_pointer (&members[i].error));
		g_clear_error (&members[i].error);
		stored = FALSE;
	}
	return stored;
}

static gboolean
execute_at (PlRun *run, guint first, guint end, PhaseOutcome *phase, GError **error)
{
	const PlRecipeStep *step = g_ptr_array_index (run->recipe->steps, first);
	Outcome outcome;
	gboolean stored;

	if (end - first > 1)
		return execute_group (run, first, end, phase, error);
	stored = execute_step (run, step, &outcome, error);
	count_outcome (phase, step, &outcome);
	return stored;
}

/* Setup and main end at the first step that says stop, or that cannot be stored; teardown goes
 * through every step, since a database that is full must not keep the pack live. */
static gboolean
execute_phase (PlRun *run, PlPhase phase, PhaseOutcome *outcome, GError **error)
{
	const PlRecipe *recipe = run->recipe;
	gboolean stored = TRUE;

	for (guint i = 0, end; i < recipe->steps->len; i = end) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		end = group_end (recipe, i);
		if (step->phase != phase)
			continue;
		if (phase != PL_PHASE_TEARDOWN &&
		    (outcome->stop || !stored || pl_run_is_stopped (run)))
			break;
		if (!execute_at (run, i, end, outcome, stored ? error : NULL))
			stored = FALSE;
	}
	return stored;
}

/* -- the PLC, which shows the safety chain ----------------------------------------------------- */

/* Held through main, where it is asked once a poll period; setup and teardown borrow it like any
 * other. */
static gboolean
hold_plc (PlRun *run, PhaseOutcome *body)
{
	g_autoptr (GError) error = NULL;

	if (pl_bench_entry (run->station->bench, PL_ROLE_PLC) == NULL)
		return TRUE;
	run->plc = pl_bench_borrow (run->station->bench, PL_ROLE_PLC, run->serial, 5.0, &error);
	if (run->plc != NULL) {
		run->identities[PL_ROLE_PLC] = run->plc->identity;
		return TRUE;
	}
	body->inconclusive = TRUE;
	if (run->cause == NULL)
		run->cause =
		    g_strdup_printf ("the safety chain cannot be watched: %s", error->message);
	return FALSE;
}

static void
release_plc (PlRun *run)
{
	if (run->plc == NULL)
		return;
	if (g_atomic_int_get (&run->plc_broken))
		pl_bench_forget (run->station->bench, PL_ROLE_PLC);
	pl_bench_return (run->station->bench, run->plc);
	run->plc = NULL;
}

static gboolean
execute_main (PlRun *run, PhaseOutcome *body, GError **error)
{
	gboolean stored = TRUE;

	g_atomic_int_set (&run->plc_broken, FALSE);
	if (hold_plc (run, body))
		stored = execute_phase (run, PL_PHASE_MAIN, body, error);
	release_plc (run);
	return stored;
}

/* -- the run ----------------------------------------------------------------------------------- */

/* Setup and teardown judge the station, main judges the pack. A pack that has failed stays failed
 * when somebody presses stop afterwards. */
static PlRunVerdict
judge_run (PlRun *run, const PhaseOutcome *setup, const PhaseOutcome *body,
	   const PhaseOutcome *teardown)
{
	if (body->failed)
		return PL_RUN_FAIL;
	if (pl_run_is_stopped (run))
		return PL_RUN_ABORTED;
	if (setup->failed || setup->inconclusive || body->inconclusive || teardown->failed ||
	    teardown->inconclusive)
		return PL_RUN_ERROR;
	return body->executed > 0 ? PL_RUN_PASS : PL_RUN_ERROR;
}

/* Takes the text. */
static void
set_cause (PlRun *run, char *cause)
{
	g_free (run->cause);
	run->cause = cause;
}

static void
conclude_run (PlRun *run, const PhaseOutcome *setup, const PhaseOutcome *body,
	      const PhaseOutcome *teardown)
{
	const char *grade = pl_run_fact (run, "grade");

	run->verdict = judge_run (run, setup, body, teardown);
	if (run->verdict == PL_RUN_ABORTED)
		set_cause (run, g_strdup_printf ("stopped by %s", run->stopped_by));
	if (run->verdict == PL_RUN_ERROR && run->cause == NULL)
		set_cause (run, g_strdup_printf (
				    "no step of main is part of this %s run: nothing was tested",
				    run->kind));
	if (run->verdict == PL_RUN_PASS)
		run->grade = g_strdup (grade);
	else /* a grade is for packs that passed */
		g_hash_table_remove (run->facts, "grade");
}

/* No step has a row of its own for it: without one the next start, and whoever tries again, would
 * take the fixture for safe. */
static void
remember_unproved (PlRun *run)
{
	g_autoptr (GError) error = NULL;
	gint64 row;

	if (!pl_run_is_torn_down (run) &&
	    !pl_store_energised (run, "the fixture (the teardown could not prove it safe)", &row,
				 &error))
		g_warning ("that the fixture is not proved safe was not kept: %s", error->message);
}

static gboolean
execute_phases (PlRun *run, GError **error)
{
	PhaseOutcome setup = {0}, body = {0}, teardown = {0};
	gboolean stored = execute_phase (run, PL_PHASE_SETUP, &setup, error);

	if (stored && !setup.failed && !setup.inconclusive && !pl_run_is_stopped (run))
		stored = execute_main (run, &body, error);
	if (!execute_phase (run, PL_PHASE_TEARDOWN, &teardown, stored ? error : NULL))
		stored = FALSE;
	remember_unproved (run);
	conclude_run (run, &setup, &body, &teardown);
	return stored;
}

gboolean
pl_run_execute (PlRun *run, GError **error)
{
	g_autoptr (GError) lost = NULL;

	g_return_val_if_fail (run->id == NULL, FALSE);
	if (!pl_store_begin (run, error))
		return FALSE;
	pl_run_emit (run, PL_EVENT_RUN_STARTED, NULL, NULL, 0, NULL);
	join_clock (run->clock);
	if (!execute_phases (run, &lost) || !pl_store_end (run, &lost)) {
		run->verdict = PL_RUN_ERROR;
		g_clear_pointer (&run->grade, g_free);
		set_cause (run,
			   g_strdup_printf ("the results could not be kept: %s", lost->message));
	}
	pl_clock_leave (run->clock);
	pl_run_emit (run, PL_EVENT_RUN_ENDED, NULL, NULL, 1, run->cause);
	if (lost == NULL)
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&lost));
	return FALSE;
}
