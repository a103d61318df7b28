/* SPDX-License-Identifier: Apache-2.0 */
#include "station/story.h"
#include "db/journal.h"
#include "db/label.h"
#include "db/sample.h"
#include "station/approval.h"
#include "station/recipe.h"
#include "station/verdict.h"
#include <math.h>
#include <string.h>

static void
curve_free (gpointer data)
{
	PlStoryCurve *curve = data;

	g_free (curve->curve);
	g_free (curve->name);
	g_array_unref (curve->t_us);
	g_array_unref (curve->values);
	g_free (curve);
}

void
pl_story_free (PlStory *story)
{
	if (story == NULL)
		return;
	pl_run_row_free (story->run);
	g_free (story->approved_by);
	g_clear_pointer (&story->curves, g_ptr_array_unref);
	g_clear_pointer (&story->notes, g_ptr_array_unref);
	g_clear_pointer (&story->others, g_ptr_array_unref);
	g_free (story);
}

/* -- curves with the limits that they were watched by ------------------------------------------ */

static const char *
unit_of (const char *column)
{
	static const char *const units[][2] = {{"_v", "V"},	  {"_a", "A"},	 {"_ohm", "ohm"},
					       {"_degc", "degC"}, {"_pa", "Pa"}, {"_w", "W"}};

	for (guint i = 0; i < G_N_ELEMENTS (units); i++)
		if (g_str_has_suffix (column, units[i][0]))
			return units[i][1];
	return "";
}

/* As the run had it: the file may be another since. NULL, too, where this Packline can no longer
 * read it; then the curves stand without limits. */
static PlRecipe *
recipe_of (sqlite3 *sql, const PlRunRow *run)
{
	g_autoptr (sqlite3_stmt) found =
	    pl_sql (sql, NULL, "SELECT text FROM recipe WHERE hash = ?", "s", run->recipe_hash);
	const char *text = found != NULL && pl_sql_step (sql, found, NULL) == 1
			       ? (const char *)sqlite3_column_text (found, 0)
			       : NULL;

	return text != NULL ? pl_recipe_parse (text, strlen (text), run->recipe, NULL) : NULL;
}

/* recipe may be NULL. A column that the step did not watch has no limits. */
static const PlLimit *
watched_by (const PlRecipe *recipe, const char *step, const char *column)
{
	for (guint i = 0; recipe != NULL && i < recipe->steps->len; i++) {
		const PlRecipeStep *at = g_ptr_array_index (recipe->steps, i);

		if (g_str_equal (at->id, step))
			return g_hash_table_lookup (at->watch, column);
	}
	return NULL;
}

/* Times are shared by all columns of a curve and are not copied: nobody changes them. */
static void
add_columns (PlStory *story, guint step, const PlSampleCurve *samples, const PlRecipe *recipe)
{
	const PlStepRow *row = g_ptr_array_index (story->run->steps, step);

	for (guint i = 0; samples->columns[i] != NULL; i++) {
		const PlLimit *limit = watched_by (recipe, row->name, samples->columns[i]);
		PlStoryCurve *curve = g_new0 (PlStoryCurve, 1);

		curve->step = step;
		curve->curve = g_strdup (samples->curve);
		curve->name = g_strdup (samples->columns[i]);
		curve->unit = unit_of (curve->name);
		curve->low = limit != NULL ? limit->min : NAN;
		curve->high = limit != NULL ? limit->max : NAN;
		curve->t_us = g_array_ref (samples->t_us);
		curve->values = g_array_ref (g_ptr_array_index (samples->values, i));
		g_ptr_array_add (story->curves, curve);
	}
}

static gboolean
load_curves (sqlite3 *sql, PlStory *story, GError **error)
{
	g_autoptr (PlRecipe) recipe = recipe_of (sql, story->run);

	story->curves = g_ptr_array_new_with_free_func (curve_free);
	for (guint i = 0; i < story->run->steps->len; i++) {
		const PlStepRow *step = g_ptr_array_index (story->run->steps, i);
		g_autoptr (GPtrArray) curves = pl_sample_load (sql, step->id, error);

		if (curves == NULL)
			return FALSE;
		for (guint k = 0; k < curves->len; k++)
			add_columns (story, i, g_ptr_array_index (curves, k), recipe);
	}
	return TRUE;
}

/* -- what else is known ------------------------------------------------------------------------ */

/* The unit's history is a dozen rows, so that its own run is taken out here. */
static gboolean
load_others (sqlite3 *sql, PlStory *story, GError **error)
{
	story->others = pl_run_rows_of_unit (sql, story->run->unit, error);
	for (guint i = 0; story->others != NULL && i < story->others->len; i++)
		if (((PlRunRow *)g_ptr_array_index (story->others, i))->id == story->run->id)
			g_ptr_array_remove_index (story->others, i--);
	return story->others != NULL;
}

/* Neither is an error: an open run has no record yet, a failed pack no label. */
static gboolean
load_papers (sqlite3 *sql, PlStory *story, GError **error)
{
	g_autofree char *label = pl_label_last (sql, 0, story->run->id, NULL);
	g_autofree char *record = pl_record_get (sql, story->run->id, NULL);

	story->has_label = label != NULL;
	story->has_record = record != NULL;
	return TRUE;
}

/* As of the run's beginning: an approval that was given afterwards was none for it. */
static gboolean
load_approval (sqlite3 *sql, PlStory *story, const char *home, GError **error)
{
	g_autoptr (PlApprovalRow) approval = NULL;

	if (!pl_approval_find (sql, home, story->run->recipe_hash, story->run->started, &approval,
			       error))
		return FALSE;
	story->approved_by = approval != NULL ? g_strdup (approval->approver) : NULL;
	return TRUE;
}

typedef struct {
	gint64 run;
	PlStory *story;
	const char *home, *who, *text;
} Work;

/* All in one snapshot: a run that ends meanwhile is shown as open throughout. */
static gboolean
load (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;
	PlStory *story = w->story;

	return (story->run = pl_run_row_load (sql, w->run, error)) != NULL &&
	       (story->notes = pl_note_rows (sql, w->run, error)) != NULL &&
	       load_others (sql, story, error) && load_papers (sql, story, error) &&
	       load_approval (sql, story, w->home, error) && load_curves (sql, story, error);
}

PlStory *
pl_story_load (PlStation *station, gint64 run, GError **error)
{
	g_autoptr (PlStory) story = g_new0 (PlStory, 1);
	Work w = {.run = run, .story = story, .home = station->home};

	return pl_db_read (station->db, load, &w, error) ? g_steal_pointer (&story) : NULL;
}

static gboolean
add_note (sqlite3 *sql, gpointer data, GError **error)
{
	Work *w = data;

	return pl_note_add (sql, w->run, w->who, w->text, error);
}

gboolean
pl_story_add_note (PlStation *station, gint64 run, const char *who, const char *text,
		   GError **error)
{
	g_autofree char *bare = g_strstrip (g_strdup (text)), *plain = pl_plain_text (bare);
	Work w = {.run = run, .who = who, .text = plain};

	if (*plain != '\0')
		return pl_db_write (station->db, add_note, &w, error);
	g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_RECORD,
		     "a note without words is not kept: write what is to be known of this run");
	return FALSE;
}

/* -- beside another run ------------------------------------------------------------------------ */

/* By name and attempt: the second attempt is held against the second. */
static const PlStepRow *
step_like (const PlStory *story, const PlStepRow *step)
{
	for (guint i = 0; i < story->run->steps->len; i++) {
		const PlStepRow *at = g_ptr_array_index (story->run->steps, i);

		if (at->attempt == step->attempt && g_str_equal (at->name, step->name))
			return at;
	}
	return NULL;
}

/* How many of that name come before it in its step: a name may stand there more than once. */
static guint
turn_of (const PlStepRow *step, const PlMeasurementRow *measurement)
{
	guint turn = 0;

	for (guint i = 0; i < step->measurements->len; i++) {
		const PlMeasurementRow *at = g_ptr_array_index (step->measurements, i);

		if (at == measurement)
			break;
		turn += g_str_equal (at->name, measurement->name);
	}
	return turn;
}

const PlMeasurementRow *
pl_story_counterpart (const PlStory *other, const PlStepRow *step,
		      const PlMeasurementRow *measurement)
{
	const PlStepRow *like = step_like (other, step);
	guint turn = turn_of (step, measurement);

	for (guint i = 0; like != NULL && i < like->measurements->len; i++) {
		const PlMeasurementRow *at = g_ptr_array_index (like->measurements, i);

		if (g_str_equal (at->name, measurement->name) && turn-- == 0)
			return at;
	}
	return NULL;
}

char *
pl_story_difference (const PlMeasurementRow *now, const PlMeasurementRow *then)
{
	g_autofree char *text = NULL;

	if (then == NULL || (now->words == NULL) != (then->words == NULL))
		return NULL;
	if (now->words != NULL)
		return g_strdup (g_str_equal (now->words, then->words) ? "=" : "≠");
	/* another unit is another quantity */
	if (!isfinite (now->value - then->value) || !g_str_equal (now->unit, then->unit))
		return NULL;
	text = pl_quantity_text (now->value - then->value, now->unit);
	return g_strconcat (now->value > then->value ? "+" : "", text, NULL);
}

const PlStoryCurve *
pl_story_curve_of (const PlStory *other, const PlStory *story, const PlStoryCurve *curve)
{
	const PlStepRow *step = g_ptr_array_index (story->run->steps, curve->step);
	const PlStepRow *like = step_like (other, step);

	for (guint i = 0; like != NULL && i < other->curves->len; i++) {
		const PlStoryCurve *at = g_ptr_array_index (other->curves, i);

		if (g_ptr_array_index (other->run->steps, at->step) == like &&
		    g_str_equal (at->curve, curve->curve) && g_str_equal (at->name, curve->name))
			return at;
	}
	return NULL;
}
