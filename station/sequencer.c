/* SPDX-License-Identifier: Apache-2.0 */
#include "station/run.h"
#include "station/route.h"
#include <string.h>

/* The one place that decides what runs next and what a run came to. */

PlRun *
pl_run_new (PlStation *station, PlRecipe *recipe, const char *serial, const PlRunOptions *options,
	    GError **error)
{
	g_autoptr (PlRun) run = g_new0 (PlRun, 1);

	g_rec_mutex_init (&run->plc_mutex);
	g_mutex_init (&run->mutex);
	run->station = station;
	run->recipe = recipe;
	run->serial = g_strdup (serial);
	run->kind = g_strdup (pl_bench_is_simulated (station->bench) ? "simulated" : options->kind);
	run->entry = g_strdup (options->entry != NULL ? options->entry : "typed");
	run->release_file = g_strdup (options->release_file);
	run->results = g_ptr_array_new_with_free_func (pl_step_result_free);
	run->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	run->observer = options->observer;
	run->observer_data = options->observer_data;
	for (guint i = 0; i < recipe->steps->len; i++)
		run->weight_all +=
		    ((PlRecipeStep *)g_ptr_array_index (recipe->steps, i))->type->weight;
	run->clock = pl_bench_clock (station->bench, error);
	if (run->clock == NULL ||
	    !pl_route_check (station, recipe, serial, run->kind, &run->unit, error))
		return NULL;
	return g_steal_pointer (&run);
}

void
pl_run_free (PlRun *run)
{
	if (run == NULL)
		return;
	g_free (run->id);
	g_free (run->serial);
	g_free (run->kind);
	g_free (run->entry);
	g_free (run->release_file);
	g_free (run->cause);
	g_free (run->grade);
	g_free (run->stopped_by);
	g_ptr_array_unref (run->results);
	g_hash_table_unref (run->facts);
	g_rec_mutex_clear (&run->plc_mutex);
	g_mutex_clear (&run->mutex);
	g_free (run);
}

void
pl_run_stop (PlRun *run, const char *who)
{
	g_mutex_lock (&run->mutex);
	if (run->stopped_by == NULL)
		run->stopped_by = g_strdup (who);
	g_mutex_unlock (&run->mutex);
}

static gboolean
is_stopped (PlRun *run)
{
	gboolean stopped;

	g_mutex_lock (&run->mutex);
	stopped = run->stopped_by != NULL;
	g_mutex_unlock (&run->mutex);
	return stopped;
}

/* -- one step --------------------------------------------------------------------------------------------- */

/* An error decides before any measurement does: without it the step had not ended as it should. */
static PlVerdict
judge (const PlStepContext *context, const GError *error)
{
	if (g_error_matches (error, PL_STEP_ERROR, PL_STEP_ERROR_ABORT_LIMIT))
		return PL_VERDICT_FAIL;
	if (context->any_failed)
		return PL_VERDICT_FAIL;
	if (error != NULL || context->any_inconclusive)
		return PL_VERDICT_INCONCLUSIVE;
	/* every limit of the recipe must have been held against something */
	if (g_hash_table_size (context->step->limits) > 0 &&
	    context->result->measurements->len == 0)
		return PL_VERDICT_INCONCLUSIVE;
	return PL_VERDICT_PASS;
}

static gboolean
was_measured (const PlStepResult *result, const char *name)
{
	for (guint i = 0; i < result->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (result->measurements, i);

		if (g_str_equal (m->name, name))
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
	if (result->verdict == PL_VERDICT_PASS)
		return;
	if (context->blame != NULL && error != NULL)
		result->message = g_strdup_printf ("%s; %s", context->blame, error->message);
	else
		result->message = g_strdup (error != NULL ? error->message : context->blame);
}

static void
blame_run (PlRun *run, const PlStepResult *result)
{
	g_mutex_lock (&run->mutex);
	if (run->cause == NULL && result->message != NULL)
		run->cause = g_strdup_printf ("%s: %s", result->step->title, result->message);
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

/* One attempt. FALSE only if it could not be stored. */
static gboolean
attempt_step (PlRun *run, const PlRecipeStep *step, guint attempt, PlVerdict *ret, GError **error)
{
	g_autoptr (PlStepContext) context = pl_step_context_new (run, step, attempt);
	g_autoptr (GError) wrong = NULL, unsafe = NULL;

	pl_run_emit (run, PL_EVENT_STEP_STARTED, context->result, NULL,
		     pl_run_progress (run, context), NULL);
	say_unverified (context);
	if (pl_step_poll (context, &wrong))
		step->type->run (context, &wrong);
	if (!pl_step_make_safe (context, &unsafe)) {
		g_warning ("%s: %s", step->id, unsafe->message);
		if (wrong == NULL)
			wrong = g_steal_pointer (&unsafe);
	}
	pl_step_give_back (context, wrong);
	conclude (context, wrong);
	*ret = context->result->verdict;
	if (!pl_store_step (run, context->result, error))
		return FALSE;
	pl_run_emit (run, PL_EVENT_STEP_ENDED, context->result, NULL,
		     pl_run_progress (run, context), NULL);
	return TRUE;
}

static gboolean
skip_step (PlRun *run, const PlRecipeStep *step, const char *why, GError **error)
{
	g_autoptr (PlStepContext) context = pl_step_context_new (run, step, 1);

	context->result->verdict = PL_VERDICT_SKIPPED;
	context->result->ended = pl_utc_now ();
	context->result->message = g_strdup (why);
	if (!pl_store_step (run, context->result, error))
		return FALSE;
	pl_run_emit (run, PL_EVENT_STEP_ENDED, context->result, NULL,
		     pl_run_progress (run, context), NULL);
	return TRUE;
}

static gboolean
execute_step (PlRun *run, const PlRecipeStep *step, PlVerdict *ret, GError **error)
{
	if (step->when != NULL && !g_strv_contains ((const char *const *)step->when, run->kind)) {
		g_autofree char *why = g_strdup_printf ("not part of a %s run (recipe)", run->kind);

		*ret = PL_VERDICT_SKIPPED;
		return skip_step (run, step, why, error);
	}
	for (guint attempt = 1;; attempt++) {
		if (!attempt_step (run, step, attempt, ret, error))
			return FALSE;
		if (*ret == PL_VERDICT_PASS || attempt > step->retries || is_stopped (run))
			break;
	}
	if (*ret != PL_VERDICT_PASS)
		blame_run (run, g_ptr_array_index (run->results, run->results->len - 1));
	g_mutex_lock (&run->mutex);
	run->weight_done += step->type->weight;
	g_mutex_unlock (&run->mutex);
	return TRUE;
}

/* -- steps side by side ----------------------------------------------------------------------------------- */

typedef struct {
	PlRun *run;
	const PlRecipeStep *step;
	PlVerdict verdict;
	gboolean stored;
	GError *error;
} Member;

static gpointer
run_member (gpointer data)
{
	Member *member = data;

	if (!pl_clock_join (member->run->clock, &member->error))
		return NULL;
	member->stored = execute_step (member->run, member->step, &member->verdict, &member->error);
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

/* The calling thread leaves the stepped clock while it waits: only the members' waits count. */
static gboolean
execute_group (PlRun *run, guint first, guint end, PlVerdict *ret_worst, gboolean *ret_stop,
	       GError **error)
{
	g_autofree Member *members = g_new0 (Member, end - first);
	g_autofree GThread **threads = g_new0 (GThread *, end - first);
	gboolean ok = TRUE;

	pl_clock_leave (run->clock);
	for (guint i = first; i < end; i++) {
		members[i - first].run = run;
		members[i - first].step = g_ptr_array_index (run->recipe->steps, i);
		threads[i - first] = g_thread_new ("pl-step", run_member, &members[i - first]);
	}
	for (guint i = 0; i < end - first; i++) {
		const PlRecipeStep *step = members[i].step;

		g_thread_join (threads[i]);
		if (!members[i].stored) {
			if (ok)
				g_propagate_error (error, g_steal_pointer (&members[i].error));
			ok = FALSE;
			g_clear_error (&members[i].error);
		}
		*ret_worst = MAX (
		    *ret_worst, members[i].verdict == PL_VERDICT_SKIPPED ? 0 : members[i].verdict);
		if (members[i].verdict == PL_VERDICT_INCONCLUSIVE ||
		    (members[i].verdict == PL_VERDICT_FAIL && step->on_fail == PL_ON_FAIL_STOP))
			*ret_stop = TRUE;
	}
	return pl_clock_join (run->clock, ok ? error : NULL) && ok;
}

/* -- phases ----------------------------------------------------------------------------------------------- */

typedef struct {
	gboolean failed, inconclusive, stop;
} PhaseOutcome;

static gboolean
execute_at (PlRun *run, guint first, guint end, PhaseOutcome *outcome, GError **error)
{
	const PlRecipeStep *step = g_ptr_array_index (run->recipe->steps, first);
	PlVerdict verdict = PL_VERDICT_NONE;
	gboolean stop = FALSE;

	if (end - first > 1) {
		if (!execute_group (run, first, end, &verdict, &stop, error))
			return FALSE;
	} else {
		if (!execute_step (run, step, &verdict, error))
			return FALSE;
		stop = verdict == PL_VERDICT_INCONCLUSIVE ||
		       (verdict == PL_VERDICT_FAIL && step->on_fail == PL_ON_FAIL_STOP);
	}
	outcome->failed |= verdict == PL_VERDICT_FAIL;
	outcome->inconclusive |= verdict == PL_VERDICT_INCONCLUSIVE;
	outcome->stop |= stop;
	return TRUE;
}

/* Setup and main end at the first step that says stop; teardown goes through every step. */
static gboolean
execute_phase (PlRun *run, PlPhase phase, PhaseOutcome *outcome, GError **error)
{
	const PlRecipe *recipe = run->recipe;

	for (guint i = 0, end; i < recipe->steps->len; i = end) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		end = group_end (recipe, i);
		if (step->phase != phase)
			continue;
		if (phase != PL_PHASE_TEARDOWN && (outcome->stop || is_stopped (run)))
			break;
		if (!execute_at (run, i, end, outcome, error))
			return FALSE;
	}
	return TRUE;
}

/* Setup and teardown judge the station, main judges the pack. */
static PlRunVerdict
judge_run (PlRun *run, const PhaseOutcome *setup, const PhaseOutcome *body,
	   const PhaseOutcome *teardown)
{
	if (is_stopped (run))
		return PL_RUN_ABORTED;
	if (body->failed)
		return PL_RUN_FAIL;
	if (setup->failed || setup->inconclusive || body->inconclusive || teardown->failed ||
	    teardown->inconclusive)
		return PL_RUN_ERROR;
	return PL_RUN_PASS;
}

static gboolean
execute_phases (PlRun *run, GError **error)
{
	PhaseOutcome setup = {0}, body = {0}, teardown = {0};
	gboolean stored;

	stored = execute_phase (run, PL_PHASE_SETUP, &setup, error);
	if (stored && !setup.failed && !setup.inconclusive)
		stored = execute_phase (run, PL_PHASE_MAIN, &body, error);
	/* a database that is full must not keep the pack live: teardown runs whatever happened */
	if (!execute_phase (run, PL_PHASE_TEARDOWN, &teardown, stored ? error : NULL))
		stored = FALSE;
	run->verdict = stored ? judge_run (run, &setup, &body, &teardown) : PL_RUN_ERROR;
	if (run->verdict == PL_RUN_ABORTED) {
		g_free (run->cause);
		run->cause = g_strdup_printf ("stopped by %s", run->stopped_by);
	}
	return stored;
}

static gboolean
hold_plc (PlRun *run, GError **error)
{
	if (pl_bench_entry (run->station->bench, PL_ROLE_PLC) == NULL)
		return TRUE;
	run->plc = pl_bench_borrow (run->station->bench, PL_ROLE_PLC, run->serial, 5.0, error);
	if (run->plc != NULL)
		run->identities[PL_ROLE_PLC] = run->plc->identity;
	return run->plc != NULL;
}

gboolean
pl_run_execute (PlRun *run, GError **error)
{
	gboolean ok;

	if (!pl_store_begin (run, error))
		return FALSE;
	pl_run_emit (run, PL_EVENT_RUN_STARTED, NULL, NULL, 0, NULL);
	if (!pl_clock_join (run->clock, error))
		return FALSE;
	if (hold_plc (run, error))
		ok = execute_phases (run, error);
	else {
		run->verdict = PL_RUN_ERROR;
		run->cause = g_strdup_printf ("the PLC does not answer: %s",
					      error != NULL ? (*error)->message : "");
		g_clear_error (error);
		ok = TRUE;
	}
	if (run->plc != NULL)
		pl_bench_return (run->station->bench, run->plc);
	run->plc = NULL;
	pl_clock_leave (run->clock);
	if (!ok)
		return FALSE;
	/* a pack that has not passed has no grade, whatever its measurements would have given */
	if (run->verdict == PL_RUN_PASS)
		run->grade = g_strdup (pl_run_fact (run, "grade"));
	if (!pl_store_end (run, error))
		return FALSE;
	pl_run_emit (run, PL_EVENT_RUN_ENDED, NULL, NULL, 1, run->cause);
	return TRUE;
}

/* -- what others may ask ---------------------------------------------------------------------------------- */

PlStation *
pl_run_station (PlRun *run)
{
	return run->station;
}

PlRecipe *
pl_run_recipe (PlRun *run)
{
	return run->recipe;
}

const char *
pl_run_id (PlRun *run)
{
	return run->id;
}

const char *
pl_run_serial (PlRun *run)
{
	return run->serial;
}

const char *
pl_run_kind (PlRun *run)
{
	return run->kind;
}

const char *
pl_run_entry (PlRun *run)
{
	return run->entry;
}

const char *
pl_run_release_file (PlRun *run)
{
	return run->release_file;
}

gint64
pl_run_unit (PlRun *run)
{
	return run->unit;
}

gint64
pl_run_row (PlRun *run)
{
	return run->row;
}

const char *
pl_run_grade (PlRun *run)
{
	return run->grade;
}

PlRunVerdict
pl_run_verdict (PlRun *run)
{
	return run->verdict;
}

const char *
pl_run_cause (PlRun *run)
{
	return run->cause;
}

GPtrArray *
pl_run_results (PlRun *run)
{
	return run->results;
}

void
pl_run_set_fact (PlRun *run, const char *name, const char *value)
{
	g_mutex_lock (&run->mutex);
	g_hash_table_insert (run->facts, g_strdup (name), g_strdup (value));
	g_mutex_unlock (&run->mutex);
}

/* Values live until the run is freed or the fact is set again: only steps in order read what steps wrote. */
const char *
pl_run_fact (PlRun *run, const char *name)
{
	const char *value;

	g_mutex_lock (&run->mutex);
	value = g_hash_table_lookup (run->facts, name);
	g_mutex_unlock (&run->mutex);
	return value;
}
