/* SPDX-License-Identifier: Apache-2.0 */
#include "station/run.h"
#include <math.h>
#include <string.h>

/* What a step sees of its run: parameters, instruments, measurements, time, safety. */

G_DEFINE_QUARK (pl - step - error - quark, pl_step_error)

/* Process time between two looks at the stop button and the safety chain while a step waits. */
#define POLL_PERIOD_S 0.1

static void
measurement_free (gpointer data)
{
	PlMeasurement *m = data;

	g_free (m->name);
	g_free (m->words);
	g_free (m->raw);
	g_free (m);
}

static void
curve_free (gpointer data)
{
	PlCurve *curve = data;

	g_free (curve->name);
	g_strfreev (curve->columns);
	g_array_unref (curve->t_us);
	g_ptr_array_unref (curve->values);
	g_free (curve);
}

void
pl_step_result_free (gpointer data)
{
	PlStepResult *result = data;

	g_free (result->started);
	g_free (result->ended);
	g_free (result->message);
	g_ptr_array_unref (result->measurements);
	g_ptr_array_unref (result->curves);
	g_free (result);
}

PlStepContext *
pl_step_context_new (PlRun *run, const PlRecipeStep *step, guint attempt)
{
	PlStepContext *context = g_new0 (PlStepContext, 1);
	PlStepResult *result = g_new0 (PlStepResult, 1);

	result->step = step;
	result->attempt = attempt;
	result->started = pl_utc_now ();
	result->measurements = g_ptr_array_new_with_free_func (measurement_free);
	result->curves = g_ptr_array_new_with_free_func (curve_free);
	context->run = run;
	context->step = step;
	context->result = result;
	context->began_us = pl_clock_now (run->clock);
	context->safe = pl_safe_stack_new ();
	g_mutex_lock (&run->mutex);
	result->seq = ++run->next_seq;
	g_ptr_array_add (run->results, result); /* the run owns it */
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
	g_clear_error (&context->crossed);
	g_free (context->blame);
	g_free (context);
}

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

void
pl_run_emit (PlRun *run, PlEventKind kind, const PlStepResult *step,
	     const PlMeasurement *measurement, double progress, const char *text)
{
	PlRunEvent event = {kind, run, step, measurement, progress, text};

	if (run->observer != NULL)
		run->observer (run->observer_data, &event);
}

/* -- parameters ------------------------------------------------------------------------------------------- */

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

/* -- instruments ------------------------------------------------------------------------------------------ */

PlInstrument *
pl_step_borrow (PlStepContext *context, PlRole role, GError **error)
{
	if (context->lent[role] != NULL)
		return context->lent[role];
	if (role == PL_ROLE_PLC && context->run->plc != NULL)
		return context->run->plc;
	context->lent[role] =
	    pl_bench_borrow (context->run->station->bench, role, context->step->id, 5.0, error);
	if (context->lent[role] != NULL)
		context->run->identities[role] = context->lent[role]->identity;
	return context->lent[role];
}

void
pl_step_give_back (PlStepContext *context, const GError *error)
{
	gboolean broken = error != NULL && error->domain == PL_LINK_ERROR;

	for (guint role = 0; role < PL_ROLE_LAST; role++) {
		if (context->lent[role] == NULL)
			continue;
		pl_bench_return (context->run->station->bench, context->lent[role]);
		context->lent[role] = NULL;
		if (broken)
			pl_bench_forget (context->run->station->bench, role);
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

/* -- measurements ----------------------------------------------------------------------------------------- */

static const char *
unit_of (const PlStepType *type, const char *name)
{
	for (const PlMeasure *m = type->measures; m != NULL && m->name != NULL; m++) {
		gsize stem = strlen (m->name) - 1;

		if (g_str_equal (m->name, name) ||
		    (m->name[stem] == '*' && strncmp (m->name, name, stem) == 0))
			return m->unit;
	}
	return "";
}

static void
blame_measurement (PlStepContext *context, const PlMeasurement *m)
{
	g_autofree char *limit = pl_limit_text (m->limit, m->unit);
	g_autofree char *value = m->text ? g_strdup (m->words != NULL ? m->words : "(nothing)")
					 : pl_quantity_text (m->value, m->unit);

	pl_step_blame (context, "%s is %s, limit %s", m->name, value, limit);
}

static PlVerdict
keep (PlStepContext *context, PlMeasurement *m, PlInstrument *by, const char *raw)
{
	m->unit = unit_of (context->step->type, m->name);
	m->limit = g_hash_table_lookup (context->step->limits, m->name);
	m->role = by != NULL ? by->role : PL_ROLE_LAST;
	m->raw = g_strdup (raw);
	if (m->limit != NULL)
		m->verdict = m->text ? pl_limit_judge_text (m->limit, m->words)
				     : pl_limit_judge (m->limit, m->value);
	context->any_failed |= m->verdict == PL_VERDICT_FAIL;
	context->any_inconclusive |= m->verdict == PL_VERDICT_INCONCLUSIVE;
	if (m->verdict == PL_VERDICT_FAIL || m->verdict == PL_VERDICT_INCONCLUSIVE)
		blame_measurement (context, m);
	g_ptr_array_add (context->result->measurements, m);
	pl_run_emit (context->run, PL_EVENT_MEASURED, context->result, m,
		     pl_run_progress (context->run, context), NULL);
	return m->verdict;
}

PlVerdict
pl_step_measure (PlStepContext *context, const char *name, double value, PlInstrument *by,
		 const char *raw)
{
	PlMeasurement *m = g_new0 (PlMeasurement, 1);

	m->name = g_strdup (name);
	m->value = value;
	return keep (context, m, by, raw);
}

PlVerdict
pl_step_measure_text (PlStepContext *context, const char *name, const char *value, PlInstrument *by)
{
	PlMeasurement *m = g_new0 (PlMeasurement, 1);

	m->name = g_strdup (name);
	m->text = TRUE;
	m->value = NAN;
	m->words = g_strdup (value);
	return keep (context, m, by, NULL);
}

void
pl_step_blame (PlStepContext *context, const char *format, ...)
{
	va_list args;

	if (context->blame != NULL)
		return;
	va_start (args, format);
	context->blame = g_strdup_vprintf (format, args);
	va_end (args);
}

/* -- curves ----------------------------------------------------------------------------------------------- */

static PlCurve *
curve_of (PlStepContext *context, const char *name, const char *columns)
{
	PlCurve *curve;

	for (guint i = 0; i < context->result->curves->len; i++) {
		curve = g_ptr_array_index (context->result->curves, i);
		if (g_str_equal (curve->name, name))
			return curve;
	}
	curve = g_new0 (PlCurve, 1);
	curve->name = g_strdup (name);
	curve->columns = g_strsplit (columns, " ", -1);
	curve->t_us = g_array_new (FALSE, FALSE, sizeof (gint64));
	curve->values = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
	for (guint i = 0; curve->columns[i] != NULL; i++)
		g_ptr_array_add (curve->values, g_array_new (FALSE, FALSE, sizeof (double)));
	g_ptr_array_add (context->result->curves, curve);
	return curve;
}

/* A value that is no number cannot be watched: that is the station's fault, not the pack's. */
static gboolean
watch (PlStepContext *context, const char *column, double value, GError **error)
{
	const PlLimit *limit = g_hash_table_lookup (context->step->watch, column);
	g_autofree char *text = NULL;

	if (limit == NULL || pl_limit_judge (limit, value) == PL_VERDICT_PASS)
		return TRUE;
	text = pl_limit_text (limit, "");
	if (!isfinite (value)) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "%s could not be read while it was watched (limit %s)", column, text);
		return FALSE;
	}
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_ABORT_LIMIT,
		     "%s reached %.4g, watched limit %s (%s): stopped and made safe", column, value,
		     text, limit->source);
	return FALSE;
}

gboolean
pl_step_sample (PlStepContext *context, const char *name, const char *columns, const double *values,
		guint n, GError **error)
{
	PlCurve *curve = curve_of (context, name, columns);
	gint64 t = pl_clock_now (context->run->clock) - context->began_us;

	g_return_val_if_fail (curve->values->len == n, FALSE);
	g_array_append_val (curve->t_us, t);
	for (guint i = 0; i < n; i++)
		g_array_append_val (((GArray *)g_ptr_array_index (curve->values, i)), values[i]);
	pl_run_emit (context->run, PL_EVENT_SAMPLE, context->result, NULL,
		     pl_run_progress (context->run, context), name);
	for (guint i = 0; i < n; i++)
		if (!watch (context, curve->columns[i], values[i], error))
			return FALSE;
	return TRUE;
}

/* -- time, stop, safety ----------------------------------------------------------------------------------- */

gboolean
pl_step_poll (PlStepContext *context, GError **error)
{
	PlRun *run = context->run;
	g_autofree char *who = NULL;
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
	ok = pl_safety_check (run->plc, error);
	g_rec_mutex_unlock (&run->plc_mutex);
	return ok;
}

gboolean
pl_step_wait (PlStepContext *context, double seconds, GError **error)
{
	gint64 end = pl_clock_now (context->run->clock) + (gint64)(seconds * 1e6);

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

static gboolean
undo_energised (gpointer data, GError **error)
{
	Energised *e = data;

	if (!e->undo (e->data, error))
		return FALSE; /* the row stays: it may still be live, and the next start will say so */
	return pl_store_safe (e->context->run, e->row, error);
}

gboolean
pl_step_energise (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
		  GError **error)
{
	Energised *e;
	gint64 row;

	if (!pl_step_poll (context, error) || !pl_store_energised (context->run, what, &row, error))
		return FALSE;
	e = g_new0 (Energised, 1);
	e->context = context;
	e->row = row;
	e->undo = undo;
	e->data = data;
	pl_safe_stack_push (context->safe, what, undo_energised, e, g_free);
	return TRUE;
}

void
pl_step_push_undo (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
		   GDestroyNotify free_data)
{
	pl_safe_stack_push (context->safe, what, undo, data, free_data);
}

gboolean
pl_step_make_safe (PlStepContext *context, GError **error)
{
	return pl_safe_stack_unwind_to (context->safe, 0, error);
}

void
pl_step_event (PlStepContext *context, const char *kind, const char *format, ...)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) error = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
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
