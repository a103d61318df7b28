/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/slot.h"
#include "ui/language.h"
#include "ui/survey.h"

/*
 * All that the run page shows, at one moment: plain, immutable once it is handed out, counted.
 * Texts are values, units, serials and the station's own sentences; what is worded by the page is
 * an enum here and becomes words there, so that the language can change under it.
 */
typedef enum {
	PL_ROW_WAITING,
	PL_ROW_RUNNING,
	PL_ROW_PASS,
	PL_ROW_FAIL,
	PL_ROW_ERROR,
	PL_ROW_SKIPPED
} PlRowResult;

typedef struct {
	char *titles[PL_LANGUAGE_LAST];
	char *measurement, *value, *unit, *limit; /* the one that decided; NULL = none yet */
	PlRowResult result;
	guint attempt;
} PlStepSnapshot;

/* What is live on the pack, in the units of the strip. */
typedef enum {
	PL_LIVE_PACK_V,
	PL_LIVE_CURRENT_A,
	PL_LIVE_CELL_MIN_V,
	PL_LIVE_CELL_MAX_V,
	PL_LIVE_TEMPERATURE,
	PL_LIVE_LAST
} PlLive;

/* A point of the live curves; NaN where the step does not measure it. */
typedef struct {
	double t_s; /* process time since the run's first sample, pauses between steps left out */
	double values[PL_LIVE_LAST];
} PlLiveSample;

/* What the run asks of a person; immutable, one object from its opening to its end. Reasons of the
 * first language are the recipe's own, which are what is answered. */
typedef struct {
	PlAnswerKind kind;
	char *sentence[PL_LANGUAGE_LAST];
	char **reasons[PL_LANGUAGE_LAST];
	char *picture; /* a file; NULL = none */
} PlPromptSnapshot;
PlPromptSnapshot *pl_prompt_snapshot_ref (const PlPromptSnapshot *prompt); /* NULL gives NULL */
void pl_prompt_snapshot_unref (const PlPromptSnapshot *prompt);

typedef struct {
	gatomicrefcount refs;
	guint slot; /* from 0; people see it from 1 */
	PlSlotState state;
	guint64 state_seq; /* grows with each entry of a state */
	char *serial, *cause, *grade, *said; /* NULL = nothing */
	char *station, *operator_id, *bench, *product;
	char *recipe[PL_LANGUAGE_LAST]; /* its title */
	int role; /* of who is logged in, a PlPersonRole; -1 = not to be said */
	gboolean nobody; /* is logged in, so no pack is taken */
	gboolean overridable; /* BLOCKED, and a second person could let the pack run */
	PlPersonRole cleared_by; /* of BLOCKED; PL_PERSON_ROLES = not known */
	gboolean simulated;
	char *doing; /* the running step's own words */
	PlPromptSnapshot *prompt; /* NULL = nothing is asked */
	int running; /* index of the running step; -1 = none */
	double progress;
	gint64 began_us, ended_us; /* monotonic; 0 = not yet */
	PlStepSnapshot *steps;
	guint n_steps;
	double live[PL_LIVE_LAST]; /* NaN = not known */
	guint64 run_seq; /* grows with each run, and when its values are cleared away */
	GArray *samples; /* PlLiveSample: what has come since the snapshot before */
	guint64 first_sample; /* index in the run of the first of them */
	double step_base_s, last_sample_s; /* where the running step's samples begin, and end */
	double takt_s; /* wanted from one pack to the next; 0 = not said */
	PlInstrumentHealth seen[PL_ROLE_LAST]; /* of the bench, as it was last used */
	gboolean has_plc;
	PlChain chain;
	const PlSurvey *survey; /* owned; never NULL */
} PlSnapshot;

PlSnapshot *pl_snapshot_ref (const PlSnapshot *snapshot);
void pl_snapshot_unref (const PlSnapshot *snapshot);
PlSnapshot *pl_snapshot_copy (const PlSnapshot *snapshot);
/* Nothing is known, no step runs. */
PlSnapshot *pl_snapshot_new (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSnapshot, pl_snapshot_unref)

/* How long the run takes, or took: "1:05"; NULL where there is none. Caller frees. */
char *pl_snapshot_clock (const PlSnapshot *snapshot, gint64 now_us);

/* Is a code what the run asks for? */
gboolean pl_snapshot_wants_code (const PlSnapshot *snapshot);

/* -- how it changes: the feed's own copy only, before it is handed out ------------------------- */
/* Station, bench, recipe's steps. */
void pl_snapshot_set_up (PlSnapshot *snapshot, PlStation *station, const PlRecipe *recipe);
/* What has been seen of the bench. */
void pl_snapshot_see (PlSnapshot *snapshot, PlBench *bench);
/* Takes it. */
void pl_snapshot_take_survey (PlSnapshot *snapshot, PlSurvey *survey);
void pl_snapshot_enter (PlSnapshot *snapshot, PlSlotState state, const char *serial,
			const char *cause, const char *grade, gint64 now_us);
void pl_snapshot_event (PlSnapshot *snapshot, const PlRecipe *recipe, const PlRunEvent *event);
/* Once handed out in a copy, samples are not handed out again. */
void pl_snapshot_forget_samples (PlSnapshot *snapshot);
/* name NULL: nobody, or nobody who is to be named. */
void pl_snapshot_set_person (PlSnapshot *self, const char *name, int role, gboolean nobody);
void pl_snapshot_say (PlSnapshot *snapshot, const char *line);
