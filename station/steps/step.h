/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/instrument.h"
#include "fixtures/safety.h"
#include "station/verdict.h"

/*
 * A step type is one file in this folder, ending in one const row of the step table (table.c). The
 * row declares everything that a recipe may say of it, so that `packline recipe check` and the run
 * agree.
 */
typedef struct _PlStepContext PlStepContext; /* one execution of one recipe step; see sequencer.h */

typedef enum {
	PL_PARAM_NUMBER,
	PL_PARAM_INTEGER,
	PL_PARAM_TEXT,
	PL_PARAM_BOOL,
	PL_PARAM_TEXT_LIST
} PlParamKind;

typedef struct {
	const char *name; /* unit in the name: "current_a", "time_s" */
	PlParamKind kind;
	gboolean required;
	double min, max; /* of numbers, inclusive */
	const char *fallback; /* default as text, when not required */
	const char *const *words; /* allowed texts; NULL = any */
	const char *help;
} PlParam;

typedef struct {
	const char *name; /* "resistance_ohm"; `*` at the end stands for a number or word:
			     "cell_voltage_v_*" */
	const char *unit; /* "ohm", "" for a plain number or text */
	gboolean required; /* a recipe without a limit for it is refused */
	gboolean text; /* judged by `equals` */
	double low, high; /* what physics allows: a bound outside is impossible */
	const char *help;
	const char
	    *each; /* the list parameter whose every word stands for the `*` once; NULL = none */
} PlMeasure;

typedef struct {
	const char *name; /* as in recipes: "ground-bond" */
	const char *title; /* for people */
	const PlParam *params; /* ended by a row with name NULL; may be NULL */
	const PlMeasure *measures; /* same */
	const char *const *columns; /* of its curves: what a recipe may watch; may be NULL */
	guint32 roles; /* bit mask of 1 << PlRole that it may borrow; besides, the sequencer reads
			  the PLC */
	gboolean high_voltage; /* nothing else runs beside it */
	gboolean
	    alone; /* the same: it uses whatever the bench has, or judges all that came before */
	guint weight; /* share of the progress bar */
	/* Runs on the slot's thread in plain blocking style. Measurements judge themselves against
	 * the recipe's limits; an error makes the step INCONCLUSIVE and the run ERROR (ABORTED when
	 * stopped). */
	gboolean (*run) (PlStepContext *context, GError **error);
	/* What no table can say of parameters (char* -> char*): the fault in words, caller frees,
	 * and the parameter that has it; NULL = none. May be NULL. */
	char *(*check) (GHashTable *params, const char **ret_param);
	/* What a cycler's channel does by itself, in place of run (); NULL = a step of the bench.
	 * A recipe has steps of one sort only. steps/channel.h */
	const struct _PlChannelStep *channel;
} PlStepType;

#define PL_ROLE_BIT(role) (1u << (role))

const PlStepType *const *pl_step_types (void); /* NULL-terminated explicit table */
const PlStepType *pl_step_type_find (const char *name);
/* The row that a measurement of this name belongs to; NULL if the step measures no such thing. */
const PlMeasure *pl_step_type_measure (const PlStepType *type, const char *name);

/* -- parameters: as the recipe gives them, or the fallback; units as in the name --------------- */
double pl_step_number (PlStepContext *context, const char *name);
const char *pl_step_text (PlStepContext *context, const char *name);
gboolean pl_step_bool (PlStepContext *context, const char *name);
char **pl_step_list (PlStepContext *context, const char *name); /* caller frees with g_strfreev */

/* -- instruments: lent until the step ends ----------------------------------------------------- */
PlInstrument *pl_step_borrow (PlStepContext *context, PlRole role, GError **error);
/* Closes its link and opens it anew, with the line settings of the bench file; what was lent before
 * is gone. */
PlInstrument *pl_step_reopen (PlStepContext *context, PlRole role, GError **error);
PlClock *pl_step_clock (PlStepContext *context);

/* -- measurements ---------------------------------------------------------------------------------
 * Judges against the recipe's limit of that name and keeps value, limit, verdict, instrument and
 * raw reply (both may be NULL). A value without a limit is recorded unjudged. Returns the verdict.
 */
PlVerdict pl_step_measure (PlStepContext *context, const char *name, double value, PlInstrument *by,
			   const char *raw);
PlVerdict pl_step_measure_text (PlStepContext *context, const char *name, const char *value,
				PlInstrument *by, const char *raw);
/* The recipe's limit for it; NULL = none. */
const PlLimit *pl_step_limit (PlStepContext *context, const char *name);
/* Says in words why the step will not pass; the first one becomes the run's cause. */
void pl_step_blame (PlStepContext *context, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* A point of a curve, at this process time: `n` values for the columns that `columns` names with a
 * space between
 * ("voltage_v current_a"), the same on every call. The recipe's `watch` limits of the step are held
 * against each sample by column name; one that is crossed is ABORT_LIMIT, a value that is no number
 * INCONCLUSIVE: the step returns, and its end makes all safe. */
gboolean pl_step_sample (PlStepContext *context, const char *curve, const char *columns,
			 const double *values, guint n, GError **error);

/* -- time, stop and safety ------------------------------------------------------------------------
 * Waits process time in slices of the poll period; each slice looks at the operator's stop and the
 * safety chain. Returns FALSE at once with STOPPED or a PL_SAFETY_ERROR. */
gboolean pl_step_wait (PlStepContext *context, double seconds, GError **error);
/* Process seconds since the step began. */
double pl_step_elapsed (PlStepContext *context);
/* The same look, without waiting. */
gboolean pl_step_poll (PlStepContext *context, GError **error);

/* Commits "about to energise WHAT" (synchronous=FULL) and pushes its undo; only then may the caller
 * energise. The undo runs when the step ends (or pl_step_make_safe is called), in reverse order;
 * once it has succeeded the row is cleared. */
gboolean pl_step_energise (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
			   GError **error);
/* Pushes an undo for something that is not energy (a relay's route, a monitor switched off); `what`
 * completes "could not ...". */
void pl_step_push_undo (PlStepContext *context, const char *what, PlSafeFunc undo, gpointer data,
			GDestroyNotify free_data);
/* Undoes all that this step has energised, now. */
gboolean pl_step_make_safe (PlStepContext *context, GError **error);
/* An event on the run: kind ("flash", "note", ...) and text. */
void pl_step_event (PlStepContext *context, const char *kind, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Progress inside the step, 0..1, with a word on what is being done. */
void pl_step_progress (PlStepContext *context, double fraction, const char *doing);

/* -- the unit and the run ---------------------------------------------------------------------- */
typedef struct _PlRun PlRun;
PlRun *pl_step_run (PlStepContext *context);

#define PL_STEP_ERROR (pl_step_error_quark ())
GQuark pl_step_error_quark (void);
typedef enum {
	PL_STEP_ERROR_STOPPED, /* the operator stopped the run */
	PL_STEP_ERROR_INCONCLUSIVE, /* the station could not judge */
	PL_STEP_ERROR_CONFIG,
	PL_STEP_ERROR_DEFECT, /* what the pack itself does or says proves it bad: FAIL */
	PL_STEP_ERROR_ABORT_LIMIT, /* a limit watched on every sample was crossed: made safe, the
				      pack is bad */
} PlStepError;
