/* SPDX-License-Identifier: Apache-2.0 */
#include "station/run.h"
#include <math.h>

/* What a step found out: measurements with their verdicts, curves held against watched limits,
 * events. */

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

/* UTC of the wall clock for people; durations are process time. */
PlStepResult *
pl_step_result_new (const PlRecipeStep *step, guint attempt)
{
	PlStepResult *result = g_new0 (PlStepResult, 1);

	result->step = step;
	result->attempt = attempt;
	result->started = pl_utc_now ();
	result->measurements = g_ptr_array_new_with_free_func (measurement_free);
	result->curves = g_ptr_array_new_with_free_func (curve_free);
	return result;
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

/* Observers are shown the structs themselves, without a copy: that is why they must not block. */
void
pl_run_emit (PlRun *run, PlEventKind kind, const PlStepResult *step,
	     const PlMeasurement *measurement, double progress, const char *text)
{
	PlRunEvent event = {kind, run, step, measurement, progress, text};

	if (run->observer == NULL)
		return;
	g_mutex_lock (&run->observer_mutex);
	run->observer (run->observer_data, &event);
	g_mutex_unlock (&run->observer_mutex);
}

/* -- measurements ------------------------------------------------------------------------------ */

/* The first one that failed says most; before it the first that could not be judged. */
static void
say_why (PlStepContext *context, const PlMeasurement *m)
{
	g_autofree char *limit = pl_limit_text (m->limit, m->unit);
	g_autofree char *value = m->text ? g_strdup (m->words != NULL ? m->words : "(nothing)")
					 : pl_quantity_text (m->value, m->unit);

	if (context->any_failed || (context->judged != NULL && m->verdict != PL_VERDICT_FAIL))
		return;
	g_free (context->judged);
	context->judged = g_strdup_printf ("%s is %s, limit %s", m->name, value, limit);
}

static void
judge (PlStepContext *context, PlMeasurement *m)
{
	const PlMeasure *row = pl_step_type_measure (context->step->type, m->name);

	m->unit = row != NULL ? row->unit : "";
	m->limit = pl_recipe_step_limit (context->step, m->name);
	if (m->limit != NULL)
		m->verdict = m->text ? pl_limit_judge_text (m->limit, m->words)
				     : pl_limit_judge (m->limit, m->value);
	if (m->verdict == PL_VERDICT_FAIL || m->verdict == PL_VERDICT_INCONCLUSIVE)
		say_why (context, m);
	context->any_failed |= m->verdict == PL_VERDICT_FAIL;
	context->any_inconclusive |= m->verdict == PL_VERDICT_INCONCLUSIVE;
	/* the recipe's check refuses both; should it ever miss one, the step must not pass unjudged
	 */
	if (row == NULL || (row->required && m->limit == NULL)) {
		context->any_inconclusive = TRUE;
		pl_step_blame (context, "%s was measured but not judged: %s", m->name,
			       row == NULL ? "the step table does not know it"
					   : "the recipe has no limit for it");
	}
}

static PlVerdict
keep (PlStepContext *context, PlMeasurement *m, PlInstrument *by, const char *raw)
{
	m->role = by != NULL ? by->role : PL_ROLE_LAST;
	m->raw = g_strdup (raw);
	judge (context, m);
	g_ptr_array_add (context->result->measurements, m);
	pl_run_emit (context->run, PL_EVENT_MEASURED, context->result, m,
		     pl_run_progress (context->run, context), NULL);
	return m->verdict;
}

const PlLimit *
pl_step_limit (PlStepContext *context, const char *name)
{
	return pl_recipe_step_limit (context->step, name);
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
pl_step_measure_text (PlStepContext *context, const char *name, const char *value, PlInstrument *by,
		      const char *raw)
{
	PlMeasurement *m = g_new0 (PlMeasurement, 1);

	m->name = g_strdup (name);
	m->text = TRUE;
	m->value = NAN;
	m->words = pl_plain_text (value);
	return keep (context, m, by, raw);
}

/* The first word is nearest to the cause. */
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

/* -- curves ------------------------------------------------------------------------------------ */

/* A step has a few curves; a list is searched faster than hashed. */
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

static gboolean
watch (PlStepContext *context, const char *column, double value, GError **error)
{
	const PlLimit *limit = g_hash_table_lookup (context->step->watch, column);
	g_autofree char *text = NULL;

	if (limit == NULL || pl_limit_judge (limit, value) == PL_VERDICT_PASS)
		return TRUE;
	text = pl_limit_text (limit, "");
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_ABORT_LIMIT,
		     "%s reached %.4g, watched limit %s (%s): stopped and made safe", column, value,
		     text, limit->source);
	return FALSE;
}

/* A value that is no number can neither be watched nor stored: that is the station's fault, not the
 * pack's. */
static gboolean
check_numbers (const char *const *columns, const double *values, guint n, GError **error)
{
	for (guint i = 0; i < n; i++) {
		if (isfinite (values[i]))
			continue;
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_INCONCLUSIVE,
			     "%s could not be read while it was sampled", columns[i]);
		return FALSE;
	}
	return TRUE;
}

gboolean
pl_step_sample (PlStepContext *context, const char *name, const char *columns, const double *values,
		guint n, GError **error)
{
	PlCurve *curve = curve_of (context, name, columns);
	gint64 t = pl_clock_now (context->run->clock) - context->began_us;

	g_assert (curve->values->len == n);
	if (!check_numbers ((const char *const *)curve->columns, values, n, error))
		return FALSE;
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
