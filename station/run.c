/* SPDX-License-Identifier: Apache-2.0 */
#include "station/approval.h"
#include "station/route.h"
#include "station/run.h"
#include "station/setup_check.h"

/* A run's beginning, what others may ask of it, and how it is told to stop. */

/* -- do recipe, bench and options go together? ------------------------------------------------- */

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_STATION_ERROR, PL_STATION_ERROR_CONFIG, text);
	return FALSE;
}

/* Simulated is what a bench is, not what somebody asks for. */
static gboolean
check_kind (const char *kind, GError **error)
{
	static const char *const kinds[] = {"production", "engineering", "golden", NULL};

	return (kind != NULL && g_strv_contains (kinds, kind)) ||
	       refuse (error,
		       "a run of kind \"%s\" cannot be started: production, engineering and golden "
		       "are allowed "
		       "(a simulated bench makes simulated of all of them)",
		       kind != NULL ? kind : "");
}

/* Found out before the pack is clamped, not after an hour of testing. */
static gboolean
check_roles (PlBench *bench, const PlRecipe *recipe, const PlRecipeStep *step, GError **error)
{
	if (step->type->run == NULL)
		return refuse (error,
			       "%s:%u: step \"%s\" is done by a channel of a cycler, not by a run "
			       "on a bench: choose a recipe for the bench",
			       recipe->file, step->line, step->id);
	for (guint role = 0; role < PL_ROLE_LAST; role++)
		if ((step->type->roles & PL_ROLE_BIT (role)) != 0 &&
		    pl_bench_entry (bench, role) == NULL)
			return refuse (error,
				       "%s:%u: step \"%s\" needs a %s, which bench %s does not "
				       "have: add it to the "
				       "bench file, or choose the recipe for this bench",
				       recipe->file, step->line, step->id, pl_role_name (role),
				       pl_bench_name (bench));
	return TRUE;
}

static const PlRecipeStep *
find_step (const PlRecipe *recipe, const char *id)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);

		if (g_strcmp0 (step->id, id) == 0)
			return step;
	}
	return NULL;
}

/* A waiver "by nobody for nothing" is no waiver. */
static gboolean
is_blank (const char *text)
{
	return text == NULL || text[strspn (text, " \t\r\n")] == '\0';
}

static gboolean
take_waiver (PlRun *run, const PlWaiver *waiver, GError **error)
{
	const PlRecipeStep *step = find_step (run->recipe, waiver->step);

	if (step == NULL)
		return refuse (error, "recipe %s has no step \"%s\" that could be waived",
			       run->recipe->name, waiver->step != NULL ? waiver->step : "");
	if (!step->waivable)
		return refuse (error,
			       "step \"%s\" cannot be waived: the recipe does not call it waivable "
			       "(%s:%u); a quality "
			       "engineer changes that",
			       step->id, run->recipe->file, step->line);
	if (is_blank (waiver->by) || is_blank (waiver->reason))
		return refuse (error, "a waiver of step \"%s\" needs who waives it and why",
			       step->id);
	g_hash_table_insert (run->waivers, g_strdup (step->id),
			     g_strdup_printf ("waived by %s: %s", waiver->by, waiver->reason));
	return TRUE;
}

/* By name: that it is their own, the head has asked. */
static gboolean
check_override (PlRun *run, const PlOverride *override, GError **error)
{
	g_autofree char *who = pl_station_operator (run->station);

	if (override->by == NULL)
		return TRUE;
	if (is_blank (override->by) || is_blank (override->reason))
		return refuse (error, "an override needs who lets the pack run and why");
	return g_strcmp0 (override->by, who) != 0 ||
	       refuse (error, "an override needs a second person: %s is the operator", who);
}

/* All of it before the route check, which registers the unit. */
static gboolean
check_all (PlRun *run, const PlRunOptions *options, GError **error)
{
	const PlRecipe *recipe = run->recipe;

	if (!check_kind (options->kind, error) || !check_override (run, &options->override, error))
		return FALSE;
	for (guint i = 0; i < options->n_waivers; i++)
		if (!take_waiver (run, &options->waivers[i], error))
			return FALSE;
	for (guint i = 0; i < recipe->steps->len; i++) {
		const PlRecipeStep *step = g_ptr_array_index (recipe->steps, i);
		gboolean applies = step->when == NULL ||
				   g_strv_contains ((const char *const *)step->when, run->kind);

		if (applies && !g_hash_table_contains (run->waivers, step->id) &&
		    !check_roles (run->station->bench, recipe, step, error))
			return FALSE;
	}
	return TRUE;
}

/* By what was asked for, since a simulated bench calls every run simulated: an engineer may try a
 * recipe that nobody has approved yet. */
static gboolean
check_approval (PlRun *run, const PlRunOptions *options, GError **error)
{
	return !g_str_equal (options->kind, "production") ||
	       (pl_approval_check (run->station, run->recipe, error) &&
		pl_setup_check_is_fresh (run->station, options->setup_check_hours, error));
}

/* -- birth and death --------------------------------------------------------------------------- */

/* The kind is settled here once and for all: every row and record of the run carries it. */
static PlRun *
run_alloc (PlStation *station, PlRecipe *recipe, const char *serial, const PlRunOptions *options)
{
	PlRun *run = g_new0 (PlRun, 1);

	g_rec_mutex_init (&run->plc_mutex);
	g_mutex_init (&run->mutex);
	g_mutex_init (&run->observer_mutex);
	g_cond_init (&run->answered);
	run->station = station;
	run->recipe = recipe;
	run->serial = g_strdup (serial);
	run->kind = g_strdup (pl_bench_is_simulated (station->bench) ? "simulated" : options->kind);
	run->entry = g_strdup (options->entry != NULL ? options->entry : "typed");
	run->release_file = g_strdup (options->release_file);
	run->waivers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	run->results = g_ptr_array_new_with_free_func (pl_step_result_free);
	run->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
	run->observer = options->observer;
	run->observer_data = options->observer_data;
	for (guint i = 0; i < recipe->steps->len; i++)
		run->weight_all +=
		    ((PlRecipeStep *)g_ptr_array_index (recipe->steps, i))->type->weight;
	return run;
}

/* Once it is known that something stood in the way. */
static void
keep_override (PlRun *run, const PlOverride *override)
{
	g_autofree char *text = NULL;

	if (run->overridden == NULL)
		return;
	run->override_by = g_strdup (override->by);
	run->override_reason = g_strdup (override->reason);
	text = g_strdup_printf ("%s lets it run: %s (%s)", override->by, override->reason,
				run->overridden);
	pl_run_set_fact (run, "override", text);
}

/* What costs nothing comes first; the route check is last, since it writes. */
PlRun *
pl_run_new (PlStation *station, PlRecipe *recipe, const char *serial, const PlRunOptions *options,
	    GError **error)
{
	g_autoptr (PlRun) run = NULL;

	if (station->bench == NULL) {
		refuse (error, "a run needs a bench: give its file with --bench");
		return NULL;
	}
	run = run_alloc (station, recipe, serial, options);
	if (!check_all (run, options, error) || !check_approval (run, options, error))
		return NULL;
	run->clock = pl_bench_clock (station->bench, error);
	if (run->clock == NULL ||
	    !pl_route_check (station, recipe, serial, run->kind, &options->override, &run->unit,
			     &run->overridden, error))
		return NULL;
	keep_override (run, &options->override);
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
	g_free (run->override_by);
	g_free (run->override_reason);
	g_free (run->overridden);
	g_free (run->cause);
	g_free (run->grade);
	g_free (run->stopped_by);
	g_free (run->refusal);
	g_hash_table_unref (run->waivers);
	g_ptr_array_unref (run->results);
	g_hash_table_unref (run->facts);
	g_rec_mutex_clear (&run->plc_mutex);
	g_mutex_clear (&run->mutex);
	g_mutex_clear (&run->observer_mutex);
	g_cond_clear (&run->answered);
	g_free (run);
}

/* -- stop -------------------------------------------------------------------------------------- */

/* The first one who stops it is named; it cannot be taken back. */
void
pl_run_stop (PlRun *run, const char *who)
{
	g_mutex_lock (&run->mutex);
	if (run->stopped_by == NULL)
		run->stopped_by = g_strdup (who);
	g_mutex_unlock (&run->mutex);
}

gboolean
pl_run_is_stopped (PlRun *run)
{
	gboolean stopped;

	g_mutex_lock (&run->mutex);
	stopped = run->stopped_by != NULL;
	g_mutex_unlock (&run->mutex);
	return stopped;
}

/* -- what others may ask ----------------------------------------------------------------------- */

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

/* Steps of a group may stand between the attempts of one. */
static gboolean
was_tried_again (GPtrArray *results, guint at)
{
	const PlStepResult *result = g_ptr_array_index (results, at);

	for (guint i = at + 1; i < results->len; i++)
		if (((PlStepResult *)g_ptr_array_index (results, i))->step == result->step)
			return TRUE;
	return FALSE;
}

gboolean
pl_run_is_clean (PlRun *run)
{
	gboolean clean = TRUE;

	g_mutex_lock (&run->mutex);
	for (guint i = 0; i < run->results->len; i++) {
		const PlStepResult *result = g_ptr_array_index (run->results, i);

		if ((result->verdict == PL_VERDICT_FAIL ||
		     result->verdict == PL_VERDICT_INCONCLUSIVE) &&
		    !was_tried_again (run->results, i))
			clean = FALSE;
	}
	g_mutex_unlock (&run->mutex);
	return clean;
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

/* INCONCLUSIVE counts as not safe: it was not proved. */
gboolean
pl_run_is_torn_down (PlRun *run)
{
	for (guint i = 0; i < run->results->len; i++) {
		const PlStepResult *result = g_ptr_array_index (run->results, i);

		if (result->step->phase == PL_PHASE_TEARDOWN &&
		    result->verdict != PL_VERDICT_PASS && result->verdict != PL_VERDICT_SKIPPED)
			return FALSE;
	}
	return TRUE;
}

void
pl_run_set_fact (PlRun *run, const char *name, const char *value)
{
	g_mutex_lock (&run->mutex);
	g_hash_table_insert (run->facts, g_strdup (name), g_strdup (value));
	g_mutex_unlock (&run->mutex);
}

/* Values live until the run is freed or the fact is set again: only steps in order read what steps
 * wrote. */
const char *
pl_run_fact (PlRun *run, const char *name)
{
	const char *value;

	g_mutex_lock (&run->mutex);
	value = g_hash_table_lookup (run->facts, name);
	g_mutex_unlock (&run->mutex);
	return value;
}
