/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/snapshot.h"
#include "ui/signs.h"
#include <math.h>
#include <string.h>

/* -- life -------------------------------------------------------------------------------------- */

PlSnapshot *
pl_snapshot_new (void)
{
	PlSnapshot *self = g_new0 (PlSnapshot, 1);

	g_atomic_ref_count_init (&self->refs);
	self->running = self->role = -1;
	self->samples = g_array_new (FALSE, FALSE, sizeof (PlLiveSample));
	for (guint i = 0; i < PL_LIVE_LAST; i++)
		self->live[i] = NAN;
	self->survey = pl_survey_new ();
	return self;
}

/* Const as it is handed about; the count is all that changes. */
PlSnapshot *
pl_snapshot_ref (const PlSnapshot *snapshot)
{
	PlSnapshot *self = (PlSnapshot *)snapshot;

	g_atomic_ref_count_inc (&self->refs);
	return self;
}

static void
clear_measurement (PlStepSnapshot *step)
{
	g_clear_pointer (&step->measurement, g_free);
	g_clear_pointer (&step->value, g_free);
	g_clear_pointer (&step->unit, g_free);
	g_clear_pointer (&step->limit, g_free);
}

static void
free_prompt (gpointer data)
{
	PlPromptSnapshot *prompt = data;

	for (guint i = 0; i < PL_LANGUAGE_LAST; i++) {
		g_free (prompt->sentence[i]);
		g_strfreev (prompt->reasons[i]);
	}
	g_free (prompt->picture);
}

PlPromptSnapshot *
pl_prompt_snapshot_ref (const PlPromptSnapshot *prompt)
{
	return prompt != NULL ? g_atomic_rc_box_acquire ((gpointer)prompt) : NULL;
}

void
pl_prompt_snapshot_unref (const PlPromptSnapshot *prompt)
{
	if (prompt != NULL)
		g_atomic_rc_box_release_full ((gpointer)prompt, free_prompt);
}

static void
free_steps (PlSnapshot *self)
{
	for (guint i = 0; i < self->n_steps; i++) {
		clear_measurement (&self->steps[i]);
		for (guint k = 0; k < PL_LANGUAGE_LAST; k++)
			g_free (self->steps[i].titles[k]);
	}
	g_clear_pointer (&self->steps, g_free);
}

/* Every text of it, so that copying and freeing cannot forget one. */
static const gsize texts[] = {
    G_STRUCT_OFFSET (PlSnapshot, serial),
    G_STRUCT_OFFSET (PlSnapshot, cause),
    G_STRUCT_OFFSET (PlSnapshot, grade),
    G_STRUCT_OFFSET (PlSnapshot, said),
    G_STRUCT_OFFSET (PlSnapshot, station),
    G_STRUCT_OFFSET (PlSnapshot, operator_id),
    G_STRUCT_OFFSET (PlSnapshot, bench),
    G_STRUCT_OFFSET (PlSnapshot, product),
    G_STRUCT_OFFSET (PlSnapshot, doing),
    G_STRUCT_OFFSET (PlSnapshot, recipe[PL_LANGUAGE_EN]),
    G_STRUCT_OFFSET (PlSnapshot, recipe[PL_LANGUAGE_ZH_CN]),
};
G_STATIC_ASSERT (PL_LANGUAGE_LAST == 2);

static char **
text_at (const PlSnapshot *self, guint i)
{
	return &G_STRUCT_MEMBER (char *, self, texts[i]);
}

void
pl_snapshot_unref (const PlSnapshot *snapshot)
{
	PlSnapshot *self = (PlSnapshot *)snapshot;

	if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
		return;
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		g_free (*text_at (self, i));
	pl_prompt_snapshot_unref (self->prompt);
	free_steps (self);
	pl_survey_unref (self->survey);
	g_array_unref (self->samples);
	g_free (self);
}

PlSnapshot *
pl_snapshot_copy (const PlSnapshot *from)
{
	PlSnapshot *self = g_memdup2 (from, sizeof *from);

	g_atomic_ref_count_init (&self->refs);
	/* shared: the feed goes on with another array */
	g_array_ref (self->samples);
	self->prompt = pl_prompt_snapshot_ref (from->prompt);
	for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
		*text_at (self, i) = g_strdup (*text_at (from, i));
	self->steps = g_memdup2 (from->steps, from->n_steps * sizeof *from->steps);
	for (guint i = 0; i < self->n_steps; i++) {
		PlStepSnapshot *step = &self->steps[i];

		for (guint k = 0; k < PL_LANGUAGE_LAST; k++)
			step->titles[k] = g_strdup (step->titles[k]);
		step->measurement = g_strdup (step->measurement);
		step->value = g_strdup (step->value);
		step->unit = g_strdup (step->unit);
		step->limit = g_strdup (step->limit);
	}
	self->survey = pl_survey_ref (from->survey);
	return self;
}

/* The text may be a part of the old one. */
static void
set (char **at, const char *text)
{
	char *copy = g_strdup (text);

	g_free (*at);
	*at = copy;
}

/* A pack that was blocked has no time. */
char *
pl_snapshot_clock (const PlSnapshot *self, gint64 now_us)
{
	gboolean ended =
	    self->ended_us > 0 && self->serial != NULL && self->state != PL_SLOT_BLOCKED;
	gint64 s;

	if (self->state != PL_SLOT_RUNNING && !ended)
		return NULL;
	s = ((self->ended_us > 0 ? self->ended_us : now_us) - self->began_us) / G_USEC_PER_SEC;
	return g_strdup_printf ("%d:%02d", (int)(s / 60), (int)(s % 60));
}

/* -- what stays -------------------------------------------------------------------------------- */

void
pl_snapshot_see (PlSnapshot *self, PlBench *bench)
{
	for (guint i = 0; i < PL_ROLE_LAST; i++)
		pl_bench_health (bench, i, &self->seen[i]);
	self->has_plc = pl_bench_entry (bench, PL_ROLE_PLC) != NULL;
	self->chain = pl_bench_chain (bench);
}

static void
set_titles (PlSnapshot *self, const PlRecipe *recipe, PlLanguage language)
{
	const char *name = pl_language_name (language);

	set (&self->recipe[language], pl_recipe_title (recipe, name));
	for (guint i = 0; i < self->n_steps; i++)
		set (&self->steps[i].titles[language],
		     pl_recipe_step_title (g_ptr_array_index (recipe->steps, i), name));
}

void
pl_snapshot_take_survey (PlSnapshot *self, PlSurvey *survey)
{
	pl_survey_unref (self->survey);
	self->survey = survey;
}

void
pl_snapshot_set_up (PlSnapshot *self, PlStation *station, const PlRecipe *recipe)
{
	g_autofree char *who = pl_station_operator (station);

	set (&self->station, station->name);
	set (&self->operator_id, who);
	set (&self->bench, pl_bench_name (station->bench));
	set (&self->product, recipe->product);
	self->simulated = pl_bench_is_simulated (station->bench);
	free_steps (self);
	self->n_steps = recipe->steps->len;
	self->steps = g_new0 (PlStepSnapshot, self->n_steps);
	for (PlLanguage k = 0; k < PL_LANGUAGE_LAST; k++)
		set_titles (self, recipe, k);
	pl_snapshot_see (self, station->bench);
}

/* -- what changes ------------------------------------------------------------------------------ */

void
pl_snapshot_forget_samples (PlSnapshot *self)
{
	/* copies go on with the old array: it is not emptied but left to them */
	self->first_sample += self->samples->len;
	g_array_unref (self->samples);
	self->samples = g_array_new (FALSE, FALSE, sizeof (PlLiveSample));
}

/* What was measured on another pack must not stand beside this one's serial. */
static void
clear_pack (PlSnapshot *self)
{
	for (guint i = 0; i < self->n_steps; i++) {
		clear_measurement (&self->steps[i]);
		self->steps[i].result = PL_ROW_WAITING;
		self->steps[i].attempt = 0;
	}
	for (guint i = 0; i < PL_LIVE_LAST; i++)
		self->live[i] = NAN;
	self->running = -1;
	self->progress = 0;
	self->run_seq++;
	pl_snapshot_forget_samples (self);
	/* samples count from the run's beginning */
	self->first_sample = 0;
	self->step_base_s = self->last_sample_s = 0;
}

static void
begin_run (PlSnapshot *self, gint64 now_us)
{
	clear_pack (self);
	self->began_us = now_us;
	self->ended_us = 0;
}

static void
set_prompt (PlSnapshot *self, PlPromptSnapshot *prompt)
{
	pl_prompt_snapshot_unref (self->prompt);
	self->prompt = prompt;
}

static void
end_run (PlSnapshot *self, gint64 now_us)
{
	self->ended_us = now_us;
	self->running = -1;
	set (&self->doing, NULL);
	set_prompt (self, NULL);
}

void
pl_snapshot_enter (PlSnapshot *self, PlSlotState state, const char *serial, const char *cause,
		   const char *grade, gint64 now_us)
{
	gboolean ran = self->state == PL_SLOT_RUNNING;

	if (state == PL_SLOT_RUNNING)
		begin_run (self, now_us);
	else if (ran && state != PL_SLOT_CLOSED)
		end_run (self, now_us);
	/* a verdict keeps its values in sight until the next pack */
	if (state == PL_SLOT_READY || state == PL_SLOT_BLOCKED || state == PL_SLOT_HELD)
		clear_pack (self);
	self->state = state;
	self->overridable = FALSE;
	self->state_seq++;
	/* it is said after the state */
	self->cleared_by = PL_PERSON_ROLES;
	set (&self->serial, serial);
	set (&self->cause, cause);
	set (&self->grade, grade);
	/* what recovery has said stays until the first pack */
	if (state != PL_SLOT_READY)
		set (&self->said, NULL);
}

void
pl_snapshot_set_person (PlSnapshot *self, const char *name, int role, gboolean nobody)
{
	set (&self->operator_id, name);
	self->role = role;
	self->nobody = nobody;
}

void
pl_snapshot_say (PlSnapshot *self, const char *line)
{
	g_autofree char *all = NULL;

	/* what an interrupted run left behind takes more than one sentence, and none may hide
	 * another */
	if (self->state == PL_SLOT_RECOVERING && self->said != NULL)
		all = g_strdup_printf ("%s\n%s", self->said, line);
	set (&self->said, all != NULL ? all : line);
}

/* A column or measurement that the strip shows; LAST = none of them. */
static PlLive
live_of (const char *name)
{
	static const struct {
		const char *name;
		PlLive live;
	} names[] = {
	    {"pack_v", PL_LIVE_PACK_V},		{"pack_voltage_v", PL_LIVE_PACK_V},
	    {"current_a", PL_LIVE_CURRENT_A},	{"cell_min_v", PL_LIVE_CELL_MIN_V},
	    {"cell_max_v", PL_LIVE_CELL_MAX_V}, {"temperature_degc", PL_LIVE_TEMPERATURE},
	};

	for (guint i = 0; i < G_N_ELEMENTS (names); i++)
		if (g_str_equal (name, names[i].name))
			return names[i].live;
	return PL_LIVE_LAST;
}

static const PlCurve *
find_curve (const PlStepResult *step, const char *name)
{
	for (guint i = 0; i < step->curves->len; i++) {
		const PlCurve *curve = g_ptr_array_index (step->curves, i);

		if (g_strcmp0 (curve->name, name) == 0)
			return curve;
	}
	return NULL;
}

/* The newest point of the curve that has just grown. */
static void
take_sample (PlSnapshot *self, const PlRunEvent *event)
{
	const PlCurve *curve = find_curve (event->step, event->text);
	PlLiveSample sample;
	gboolean any = FALSE;

	if (curve == NULL || curve->t_us->len == 0)
		return;
	for (guint i = 0; i < PL_LIVE_LAST; i++)
		sample.values[i] = NAN;
	for (guint i = 0; curve->columns[i] != NULL; i++) {
		const GArray *values = g_ptr_array_index (curve->values, i);
		PlLive live = live_of (curve->columns[i]);

		if (live == PL_LIVE_LAST || values->len == 0)
			continue;
		any = TRUE;
		sample.values[live] = self->live[live] =
		    g_array_index (values, double, values->len - 1);
	}
	sample.t_s =
	    self->step_base_s +
	    (double)g_array_index (curve->t_us, gint64, curve->t_us->len - 1) / G_USEC_PER_SEC;
	if (any) {
		g_array_append_val (self->samples, sample);
		self->last_sample_s = sample.t_s;
	}
}

static PlRowResult
row_of (PlVerdict verdict)
{
	/* In the order of PlVerdict; none yet is a step that runs. */
	static const PlRowResult rows[] = {PL_ROW_RUNNING, PL_ROW_PASS, PL_ROW_FAIL, PL_ROW_ERROR,
					   PL_ROW_SKIPPED};

	return rows[verdict];
}

/* "12.3 mohm" becomes 12.3 and mΩ. */
static void
split_unit (PlStepSnapshot *row)
{
	char *space = row->value != NULL ? strrchr (row->value, ' ') : NULL;

	if (space == NULL)
		return;
	row->unit = g_strdup (space + 1);
	*space = '\0';
}

static void
take_measurement (PlStepSnapshot *row, const PlMeasurement *m)
{
	g_autofree char *value = NULL, *limit = NULL;

	clear_measurement (row);
	value = m->text ? g_strdup (m->words) : pl_quantity_text (m->value, m->unit);
	limit = pl_limit_text (m->limit, m->unit);
	row->measurement = g_strdup (m->name);
	row->value = value != NULL ? pl_with_signs (value) : g_strdup ("–");
	row->limit = pl_with_signs (limit);
	if (!m->text)
		split_unit (row);
}

static gboolean
is_worse (PlVerdict a, PlVerdict b)
{
	/* In the order of PlVerdict: a doubt is less than a fail, which names the fault. */
	static const guint ranks[] = {0, 1, 3, 2, 0};

	return ranks[a] > ranks[b];
}

/* While a step runs its newest judged value is shown; at its end the first of the worst, as judged
 * by the station. */
static void
conclude (PlStepSnapshot *row, const PlStepResult *step)
{
	const PlMeasurement *telling = NULL;

	for (guint i = 0; i < step->measurements->len; i++) {
		const PlMeasurement *m = g_ptr_array_index (step->measurements, i);

		/* what is only recorded has decided nothing */
		if (m->limit != NULL &&
		    (telling == NULL || is_worse (m->verdict, telling->verdict)))
			telling = m;
	}
	if (telling != NULL)
		take_measurement (row, telling);
	row->result = row_of (step->verdict);
}

static void
take_prompt (PlSnapshot *self, const PlRunEvent *event)
{
	const PlRecipeStep *step = event->step->step;
	PlPromptSnapshot *prompt;

	set (&self->said, NULL);
	set_prompt (self, NULL);
	if (event->prompt == NULL)
		return;
	prompt = g_atomic_rc_box_new0 (PlPromptSnapshot);
	prompt->kind = event->prompt->kind;
	prompt->picture = g_strdup (event->prompt->picture);
	for (PlLanguage i = 0; i < PL_LANGUAGE_LAST; i++) {
		const char *name = pl_language_name (i);
		const char *reasons = pl_recipe_step_words (step, "reasons", name);

		prompt->sentence[i] = g_strdup (pl_recipe_step_words (step, "sentence", name));
		prompt->reasons[i] = g_strsplit (reasons != NULL ? reasons : "", "\n", -1);
	}
	set_prompt (self, prompt);
}

gboolean
pl_snapshot_wants_code (const PlSnapshot *self)
{
	return self->prompt != NULL && self->prompt->kind == PL_ANSWER_SCAN;
}

void
pl_snapshot_event (PlSnapshot *self, const PlRecipe *recipe, const PlRunEvent *event)
{
	const PlMeasurement *m = event->measurement;
	PlStepSnapshot *row;
	guint at;

	self->progress = event->progress;
	if (event->step == NULL || !g_ptr_array_find (recipe->steps, event->step->step, &at) ||
	    at >= self->n_steps)
		return;
	row = &self->steps[at];
	if (event->kind == PL_EVENT_STEP_STARTED) {
		clear_measurement (row);
		row->result = PL_ROW_RUNNING;
		row->attempt = event->step->attempt;
		self->running = (int)at;
		/* a step's times begin with it; the strip goes on */
		self->step_base_s = self->last_sample_s;
		set (&self->doing, NULL);
	} else if (event->kind == PL_EVENT_SAMPLE)
		take_sample (self, event);
	else if (event->kind == PL_EVENT_PROMPT)
		take_prompt (self, event);
	else if (event->kind == PL_EVENT_NOTE && self->prompt != NULL) /* of what was answered */
		set (&self->said, event->text);
	else if (event->kind == PL_EVENT_PROGRESS)
		set (&self->doing, event->text);
	else if (event->kind == PL_EVENT_STEP_ENDED)
		conclude (row, event->step);
	else if (event->kind == PL_EVENT_MEASURED && m->limit != NULL)
		take_measurement (row, m);
	if (event->kind == PL_EVENT_MEASURED && !m->text && live_of (m->name) != PL_LIVE_LAST)
		self->live[live_of (m->name)] = m->value;
}
