/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/recipe.h"
#include "station/station.h"

/*
 * A run takes one unit through one recipe: setup, main, teardown (teardown always). Everything that
 * happens is an event; the command line's progress, the window and the log are observers of the
 * same events.
 */
typedef struct {
	char *name;
	gboolean text; /* value is in `words` */
	double value;
	char *words;
	const char *unit;
	const PlLimit *limit; /* borrowed from the recipe; NULL = recorded, not judged */
	PlVerdict verdict; /* NONE without a limit */
	PlRole role; /* of the instrument that measured; PL_ROLE_LAST = none */
	char *raw;
} PlMeasurement;

typedef struct {
	char *name;
	char **columns;
	GArray *t_us; /* gint64, process time since the step began */
	GPtrArray *values; /* GArray* of double, one a column */
} PlCurve;

/* One attempt at one step. */
typedef struct {
	guint seq; /* in the run, from 1 */
	const PlRecipeStep *step;
	guint attempt; /* from 1 */
	PlVerdict verdict;
	char *started, *ended; /* UTC */
	double duration_s; /* process time */
	char *message; /* why it did not pass; NULL = passed */
	GPtrArray *measurements; /* PlMeasurement* */
	GPtrArray *curves; /* PlCurve* */
} PlStepResult;

typedef enum {
	PL_EVENT_RUN_STARTED,
	PL_EVENT_STEP_STARTED,
	PL_EVENT_MEASURED,
	PL_EVENT_SAMPLE,
	PL_EVENT_PROGRESS,
	PL_EVENT_NOTE,
	PL_EVENT_STEP_ENDED,
	PL_EVENT_RUN_ENDED,
	PL_EVENT_PROMPT, /* a person is asked; without a prompt: no longer */
} PlEventKind;

typedef enum { PL_ANSWER_CONFIRM, PL_ANSWER_PASS_FAIL, PL_ANSWER_SCAN } PlAnswerKind;

/* What a person at the station is asked while the run waits. In the screen's language:
 * pl_recipe_step_words (step, "sentence", language), and "reasons". */
typedef struct {
	PlAnswerKind kind;
	const char *sentence;
	const char *picture; /* a file; NULL = none */
	const char *const *reasons; /* of PASS_FAIL: what a "no" may be for */
	const char *expects; /* of SCAN: regular expression of the whole code; NULL */
	const char *code; /* of SCAN: this very code; NULL */
	double timeout_s; /* wall time; 0 = none */
} PlPrompt;

typedef struct {
	PlEventKind kind;
	PlRun *run;
	const PlStepResult *step; /* NULL for events of the run */
	const PlMeasurement *measurement;
	double progress; /* of the whole run, 0..1 */
	const char *text; /* what is being done, or the note */
	const PlPrompt *prompt; /* for the time of the call */
} PlRunEvent;

/* Called on the thread that runs the step, one event at a time even where steps run side by side;
 * must not block. */
typedef void (*PlRunObserver) (gpointer data, const PlRunEvent *event);

/* A step that an authorised person leaves out of this run; kept with the step's SKIPPED. */
typedef struct {
	const char *step; /* id of a step that the recipe calls waivable */
	const char *by, *reason; /* both must say something */
} PlWaiver;

/* Somebody else than the operator who lets a pack run that the route has blocked. */
typedef struct {
	const char *by, *reason; /* both must say something; by NULL = no override */
} PlOverride;

typedef struct {
	const char *kind; /* "production", "engineering", "golden"; a simulated bench always makes
			     "simulated" */
	const char
	    *release_file; /* signed release bundle approved for this product; NULL = none needed */
	const char *entry; /* how the serial came: "scanned" or "typed" */
	const PlWaiver *waivers;
	guint n_waivers;
	PlOverride override;
	PlRunObserver observer;
	gpointer observer_data;
	double setup_check_hours; /* production waits for a setup check that passed not longer ago
				     than this; 0 = not asked */
} PlRunOptions;

/* Route check, then an open run. The recipe and station outlive the run. An override that was
 * needed is a fact of the record ("override"), a row of the journal and an event; one that was not
 * is none. CONFIG where recipe, bench and options do not go together: nothing has been touched
 * then. */
PlRun *pl_run_new (PlStation *station, PlRecipe *recipe, const char *serial,
		   const PlRunOptions *options, GError **error);
void pl_run_free (PlRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRun, pl_run_free)

/* Runs it on the calling thread, once. Returns FALSE only if the result could not be kept
 * (database): the bench has been torn down all the same, and the next start finds an interrupted
 * run. Every other trouble is in the verdict. */
gboolean pl_run_execute (PlRun *run, GError **error);
/* From any thread or a signal's source: stop at the next poll, tear down, verdict ABORTED. */
void pl_run_stop (PlRun *run, const char *who);

/* What came back, and from whom. */
typedef struct {
	char *answer, *who, *entry;
	double waited_s; /* wall time */
} PlAnswer;
void pl_answer_free (PlAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlAnswer, pl_answer_free)

/* For steps: shows the prompt and waits for its answer in wall time, on which the process clock
 * does not depend; stop, emergency stop and door end it as any wait. Codes of the bench's scanner
 * count. INCONCLUSIVE where nobody answers in time. Caller frees. */
PlAnswer *pl_step_ask (PlStepContext *context, const PlPrompt *prompt, GError **error);
/* From any thread, to the prompt that is open. answer: anything for CONFIRM; "pass" or one of the
 * reasons, word for word, for PASS_FAIL; the code for SCAN. entry: "pressed", "scanned" or "typed".
 * ANSWER where it is not taken: the prompt stays open then, and a note of the run says why. */
gboolean pl_run_answer (PlRun *run, const char *answer, const char *who, const char *entry,
			GError **error);
/* The head has nobody to ask: the prompt that is open ends INCONCLUSIVE with this reason. */
void pl_run_cannot_answer (PlRun *run, const char *why);
/* Is a code what the run waits for? */
gboolean pl_run_wants_code (PlRun *run);

PlStation *pl_run_station (PlRun *run);
PlRecipe *pl_run_recipe (PlRun *run);
const char *pl_run_id (PlRun *run);
const char *pl_run_serial (PlRun *run);
const char *pl_run_kind (PlRun *run);
const char *pl_run_entry (PlRun *run);
const char *pl_run_release_file (PlRun *run);
/* Has every step so far, by its last attempt, passed or been skipped? For a step that stands alone.
 */
gboolean pl_run_is_clean (PlRun *run);
gint64 pl_run_unit (PlRun *run); /* the database's unit id */
gint64 pl_run_row (PlRun *run); /* the database's run id; 0 before it is executed */
const char *pl_run_grade (PlRun *run); /* of a run that passed and was graded; NULL */
PlRunVerdict pl_run_verdict (PlRun *run);
const char *pl_run_cause (PlRun *run); /* first reason of a verdict other than PASS; NULL */
GPtrArray *pl_run_results (PlRun *run); /* PlStepResult*, in order; stable once the run has ended */
/* Has every step of the teardown that ran passed? What it did not prove is not safe, whatever the
 * verdict on the pack is. Once the run has ended. */
gboolean pl_run_is_torn_down (PlRun *run);
/* Facts found out by one step and used by later ones or by the record ("bms_serial",
 * "firmware_version"). */
void pl_run_set_fact (PlRun *run, const char *name, const char *value);
const char *pl_run_fact (PlRun *run, const char *name);
/* Keeps what was sent to the label printer; result: "printed", or why that is not sure. */
gboolean pl_run_keep_label (PlRun *run, const char *zpl, const char *result, GError **error);
