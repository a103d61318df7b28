/* SPDX-License-Identifier: Apache-2.0 */
#include "station/run.h"
#include <math.h>

/* What a step sees of its run: parameters, instruments, time, safety. */

G_DEFINE_QUARK (pl - step - error - quark, pl_step_error)

/* Process time between two looks at the stop button and the safety chain while a step waits. */
#define POLL_PERIOD_S 0.1

/* The result is on the run's list from the beginning, so that observers and the label see steps
 * that are still going on. */
PlStepContext *
pl_step_context_new (PlRun *run, const PlRecipeStep *step, guint attempt)
{
	PlStepContext *context = g_new0 (PlStepContext, 1);

	context->run = run;
	context->step = step;
	context->result = pl_step_result_new (step, attempt);
	context->began_us = pl_clock_now (run->clock);
	context->safe = pl_safe_stack_new ();
	g_mutex_lock (&run->mutex);
	context->result->seq = ++run->next_seq;
	g_ptr_array_add (run->results, context->result); /* the run owns it */
	g_mutex_unlock (&run->mutex);
	return context;
}

void
pl_step_context_free (PlStepContext *context)
{
	if (context == NULL)
		return;
	pl_step_give_back (context, NULL);
	pl_safe_stack_free (context->safe);
	g_free (context->blame);
	g_free (context->judged);
	g_free (context);
}

/* By weight, not by number: a ten-minute rest is not a twentieth of the work. */
double
pl_run_progress (PlRun *run, const PlStepContext *context)
{
	double done;

	g_mutex_lock (&run->mutex);
	done = run->weight_done +
	       (context != NULL ? context->fraction * context->step->type->weight : 0);
	done = run->weight_all > 0 ? done / run->weight_all : 0;
	g_mutex_unlock (&run->mutex);
	return CLAMP (done, 0, 1);
}

/* -- parameters -------------------------------------------------------------------------------- */

/* A recipe that says nothing has the table's default, which the recipe check has shown too. */
static const char *
param (PlStepContext *context, const char *name)
{
	const char *value = g_hash_table_lookup (context->step->params, name);
	const PlParam *p = context->step->type->params;

	for (; value == NULL && p != NULL && p->name != NULL; p++)
		if (g_str_equal (p->name, name))
			return p->fallback;
	return value;
}

/* The recipe's check has parsed and bounded it. */
double
pl_step_number (PlStepContext *context, const char *name)
{
	const char *value = param (context, name);

	g_return_val_if_fail (value != NULL, NAN);
	return g_ascii_strtod (value, NULL);
}

const char *
pl_step_text (PlStepContext *context, const char *name)
{
	return param (context, name);
}

gboolean
pl_step_bool (PlStepContext *context, const char *name)
{
	return g_strcmp0 (param (context, name), "true") == 0;
}

char **
pl_step_list (PlStepContext *context, const char *name)
{
	const char *value = param (context, name);

	return g_strsplit (value != NULL ? value : "", "\n", -1);
}

/* -- instruments ------------------------------------------------------------------------------- */

/* Groups and the check of the bench go by what a step type declares: it may use nothing else. */
static gboolean
is_declared (const PlStepContext *context, PlRole role, GError **error)
{
	const PlStepType *type = context->step->type;

	if (type->alone || (type->roles & PL_ROLE_BIT (role)) != 0)
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
		     "step type %s does not declare that it uses the %s: report this", type->name,
		     pl_role_name (role));
	return FALSE;
}

PlInstrument *
pl_step_borrow (PlStepContext *context, PlRole role, GError **error)
{
	if (context->lent[role] != NULL)
		return context->lent[role];
	if (!is_declared (context, role, error))
		return NULL;
	if (role == PL_ROLE_PLC && context->run->plc != NULL)
		return context->run->plc;
	context->lent[role] =
	    pl_bench_borrow (context->run->station->bench, role, context->step->id, 5.0, error);
	if (context->lent[role] != NULL)
		context->run->identities[role] = context->lent[role]->identity;
	return context->lent[role];
}

PlInstrument *
pl_step_reopen (PlStepContext *context, PlRole role, GError **error)
{
	PlBench *bench = context->run->station->bench;

	if (context->lent[role] != NULL) {
		pl_bench_forget (bench, role);
		pl_bench_return (bench, context->lent[role]);
		context->lent[role] = NULL;
	}
	return pl_step_borrow (context, role, error);
}

void
pl_step_give_back (PlStepContext *context, const GError *error)
{
	gboolean broken = error != NULL && error->domain == PL_LINK_ERROR;

	if (broken)
		g_atomic_int_set (&context->run->plc_broken, TRUE);
	for (guint role = 0; role < PL_ROLE_LAST; role++) {
		if (context->lent[role] == NULL)
			continue;
		/* first forgotten, so that nobody borrows it in between */
		if (broken)
			pl_bench_forget (context->run->station->bench, role);
		pl_bench_return (context->run->station->bench, context->lent[role]);
		context->lent[role] = NULL;
	}
}

PlClock *
pl_step_clock (PlStepContext *context)
{
	return context->run->clock;
}

PlRun *
pl_step_run (PlStepContext *context)
{
	return context->run;
}

/* -- time, stop, safety ------------------------------------------------------------------------ */

/* Setup has the door open and teardown must go on; only main waits on the chain. */
gboolean
pl_step_poll (PlStepContext *context, GError **error)
{
	PlRun *run = context->run;
	g_autofree char *who = NULL;
	g_autoptr (GError) open = NULL;
	gboolean ok;

	g_mutex_lock (&run->mutex);
	who = g_strdup (run->stopped_by);
	g_mutex_unlock (&run->mutex);
	/* teardown goes on after a stop: it is what makes the stop safe */
	if (who != NULL && context->step->phase != PL_PHASE_TEARDOWN) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_STOPPED, "stopped by %s", who);
		return FALSE;
	}
	if (run->plc == NULL || context->step->phase != PL_PHASE_MAIN)
		return TRUE;
	g_rec_mutex_lock (&run->plc_mutex);
	ok = pl_safety_check (run->plc, &open);
	g_rec_mutex_unlock (&run->plc_mutex);
	pl_bench_see_chain (run->station->bench, pl_safety_chain (open));
	if (!ok)
		g_propagate_error (error, g_steal_pointer (&open));
	return ok;
}

gboolean
pl_step_wait (PlStepContext *context, double seconds, GError **error)
{
	/* rounded up: a wait that moves no clock would let its caller's loop turn for ever */
	gint64 end = pl_clock_now (context->run->clock) + (gint64)ceil (seconds * 1e6);

	for (;;) {
		double left = (end - pl_clock_now (context->run->clock)) / 1e6;

		if (!pl_step_poll (context, error))
			return FALSE;
		if (left <= 0)
			return TRUE;
		if (!pl_clock_wait (context->run->clock, MIN (left, POLL_PERIOD_S), error))
			return FALSE;
	}
}

double
pl_step_elapsed (PlStepContext *context)
{
	return (pl_clock_now (context->run->clock) - context->began_us) / 1e6;
}

typedef struct {
	PlStepContext *context;
	gint64 row;
	PlSafeFunc undo;
	gpointer data;
} Energised;

/* Cleared only by a success: a row too many makes a start careful, one too few makes it careless.
 */
static gboolean
undo_energised (gpointer data, GError **error)
{
	Energised *e = data;

	if (!e->undo (e->data, error))
		return FALSE; /* the row stays: it may still be live, and the next start will say so
			       */
	if (pl_store_safe (e->context->run, e->row, error))
		return TRUE;
	g_prefix_error (error, "the command was obeyed, but that could not be kept, so that the "
			       "next start will take it for live: ");
	return FALSE;
}

/* The undo stands on the stack before the caller gives the command: an error in the command itself
 * may have energised something. */
gboolean
pl_step_energise (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
		  GError **error)
{
	g_autofree char *undoing = g_strdup_printf ("switch off %s", what);
	Energised *e;
	gint64 row;

	if (!pl_step_poll (context, error) || !pl_store_energised (context->run, what, &row, error))
		return FALSE;
	e = g_new0 (Energised, 1);
	e->context = context;
	e->row = row;
	e->undo = undo;
	e->data = data;
	pl_safe_stack_push (context->safe, undoing, undo_energised, e, g_free);
	return TRUE;
}

void
pl_step_push_undo (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
		   GDestroyNotify free_data)
{
	pl_safe_stack_push (context->safe, what, undo, data, free_data);
}

/* Remembered besides being returned: the step may swallow the error, the run must not. */
gboolean
pl_step_make_safe (PlStepContext *context, GError **error)
{
	if (pl_safe_stack_unwind_to (context->safe, 0, error))
		return TRUE;
	context->unsafe = TRUE;
	return FALSE;
}

/* An event that cannot be kept is not worth ending a test for; results are. */
void
pl_step_event (PlStepContext *context, const char *kind, const char *format, ...)
{
	g_autofree char *raw = NULL, *text = NULL;
	g_autoptr (GError) error = NULL;
	va_list args;

	va_start (args, format);
	raw = g_strdup_vprintf (format, args);
	va_end (args);
	text = pl_plain_text (raw);
	pl_run_emit (context->run, PL_EVENT_NOTE, context->result, NULL,
		     pl_run_progress (context->run, context), text);
	if (!pl_store_event (context->run, kind, text, &error))
		g_warning ("event \"%s\" not kept: %s", text, error->message);
}

void
pl_step_progress (PlStepContext *context, double fraction, const char *doing)
{
	context->fraction = CLAMP (fraction, 0, 1);
	pl_run_emit (context->run, PL_EVENT_PROGRESS, context->result, NULL,
		     pl_run_progress (context->run, context), doing);
}
