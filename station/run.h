/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/sequencer.h"

/* The inside of a run, shared by run.c, sequencer.c, context.c, measure.c and store.c only. */
struct _PlRun {
	PlStation *station;
	PlRecipe *recipe;
	char *id, *serial, *kind, *entry, *release_file;
	GHashTable *waivers; /* char* step id -> char* "waived by WHO: WHY" */
	char *override_by, *override_reason, *overridden; /* NULL = the route was free */
	gint64 unit, row; /* database rows */
	PlRunVerdict verdict;
	char *cause;
	gboolean
	    cause_is_pack; /* of a FAIL in main: no later trouble of the station takes its place */
	char *grade; /* of a run that passed */
	GPtrArray *results; /* PlStepResult* */
	PlRunObserver observer;
	gpointer observer_data;
	GMutex observer_mutex; /* steps of a group report from their threads, one at a time */

	PlIdentity identities[PL_ROLE_LAST]; /* of every instrument that a step has borrowed */
	PlClock *clock; /* the bench's */
	PlInstrument *plc; /* held through main; NULL = bench without one */
	gint plc_broken; /* its wire failed: open it afresh next time */
	GRecMutex plc_mutex; /* its wire: steps of a group poll it from their threads */

	GMutex mutex; /* guards what follows, results and cause */
	GHashTable *facts;
	char *stopped_by;
	const PlPrompt *prompt; /* that is open; NULL */
	PlAnswer *answer; /* to it; NULL = not yet */
	char *refusal; /* of the last answer that was not taken; NULL = none, or told */
	char *unanswerable; /* why there will be none; NULL */
	GCond answered;
	guint next_seq;
	double weight_done, weight_all;
};

struct _PlStepContext {
	PlRun *run;
	const PlRecipeStep *step;
	PlStepResult *result;
	gint64 began_us;
	PlSafeStack *safe;
	PlInstrument *lent[PL_ROLE_LAST];
	gboolean any_failed, any_inconclusive;
	gboolean unsafe; /* something could not be undone: nothing may be tried again */
	char *blame; /* the step's own words on why it will not pass */
	char *judged; /* the first measurement that did not pass */
	double fraction;
};

/* context.c */
PlStepContext *pl_step_context_new (PlRun *run, const PlRecipeStep *step, guint attempt);
void pl_step_context_free (PlStepContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlStepContext, pl_step_context_free)
double pl_run_progress (PlRun *run, const PlStepContext *context);
/* Gives back all instruments; after an error that means a broken wire they are opened afresh next
 * time. */
void pl_step_give_back (PlStepContext *context, const GError *error);

/* measure.c */
PlStepResult *pl_step_result_new (const PlRecipeStep *step, guint attempt);
void pl_step_result_free (gpointer result);
void pl_run_emit (PlRun *run, PlEventKind kind, const PlStepResult *step,
		  const PlMeasurement *measurement, double progress, const char *text);

/* run.c */
gboolean pl_run_is_stopped (PlRun *run);

/* store.c: what of a run goes into the database, one commit a call */
gboolean pl_store_begin (PlRun *run, GError **error);
gboolean pl_store_step (PlRun *run, const PlStepResult *result, GError **error);
gboolean pl_store_event (PlRun *run, const char *kind, const char *text, GError **error);
/* ret_id names the row for pl_store_safe. */
gboolean pl_store_energised (PlRun *run, const char *what, gint64 *ret_id, GError **error);
gboolean pl_store_safe (PlRun *run, gint64 id, GError **error);
gboolean pl_store_end (PlRun *run, GError **error);
