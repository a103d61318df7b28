/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cycler_file/cycler_file.h"

/* What a format is: data. Inside this folder only. */

typedef enum {
	PL_Q_CYCLE,
	PL_Q_STEP, /* the program's number, which may come again */
	PL_Q_STEP_COUNT, /* one more with each step that begins */
	PL_Q_KIND, /* text */
	PL_Q_DATE, /* text */
	PL_Q_UNIX,
	PL_Q_TEST_TIME,
	PL_Q_STEP_TIME,
	PL_Q_VOLTS,
	PL_Q_AMPS,
	PL_Q_DEGC,
	PL_Q_CHARGE_AH, /* by the format's rule of counting */
	PL_Q_DISCHARGE_AH,
	PL_Q_CHARGE_WH,
	PL_Q_DISCHARGE_WH,
	PL_Q_STEP_CHARGE_AH, /* since the step began */
	PL_Q_STEP_DISCHARGE_AH,
	PL_Q_STEP_CHARGE_WH,
	PL_Q_STEP_DISCHARGE_WH,
	PL_Q_STEP_AH, /* since the step began, whichever way it flows */
	PL_Q_STEP_WH,
	PL_Q_N
} PlQuantity;

/* A heading without its unit, blanks, dots and underscores, in small letters: "Chg. Cap.(Ah)" is
 * "chgcap". Where several columns say the same, the earlier row of the table counts. */
typedef struct {
	const char *heading;
	PlQuantity what;
	double scale; /* where the heading has no unit; 0 = 1, -1 = it must have one */
} PlCyclerColumn;

typedef enum {
	PL_COUNT_STEP, /* counts begin anew with each step */
	PL_COUNT_ANY, /* with a cycle, or when the program says so */
	PL_COUNT_TEST, /* never */
} PlCountRule;

struct _PlCyclerFormat {
	const char *name, *title;
	/* The line of headings has all of one of these. */
	const char *const *signatures[2];
	const PlCyclerColumn *columns; /* ended by heading NULL */
	PlCountRule count;
	gboolean unsigned_current; /* the step's word says which way it flows */
	gboolean layered; /* lines of cycles and of steps stand between those of records */
};

/* columns.c: the columns of one file */
typedef struct {
	char delimiter;
	guint n_columns; /* of the line of headings */
	int column[PL_Q_N]; /* -1 = the file has none */
	double scale[PL_Q_N];
	int places[PL_Q_N]; /* the most decimals seen */
} PlColumns;
/* FALSE without *error: not this format. With it: this format, and a column has a unit that nobody
 * knows. */
gboolean pl_columns_match (const PlCyclerFormat *format, const char *line, PlColumns *ret,
			   GError **error);
/* In SI units; NaN = nothing there. FALSE = something is there, but no number (or time). */
gboolean pl_columns_value (PlColumns *columns, char **fields, guint n, PlQuantity what,
			   double *ret);
const char *pl_columns_text (const PlColumns *columns, char **fields, guint n, PlQuantity what);
/* The value of the last place written. */
double pl_columns_least (const PlColumns *columns, PlQuantity what);
/* Seconds of "2022-05-18 16:27:52" or "02/22/2019 4:23:27 PM", from any origin; NaN = no date. */
double pl_date_seconds (const char *text);

/* defects.c */
typedef enum {
	PL_DEFECT_FIELDS,
	PL_DEFECT_NUMBER,
	PL_DEFECT_TIME,
	PL_DEFECT_STEP_TIME,
	PL_DEFECT_DATE,
	PL_DEFECT_CYCLE,
	PL_DEFECT_STEP_COUNT,
	PL_DEFECT_COUNT_FELL,
	PL_DEFECT_COUNT_RESET,
	PL_DEFECT_SIGN,
	PL_DEFECT_IMPLAUSIBLE,
	PL_DEFECT_N
} PlDefectKind;
/* The first ten of a kind have rows of their own, the others are counted at the tenth. */
void pl_cycler_defect (PlCyclerFile *file, PlDefectKind kind, guint line, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* steps.c: what each step was, and what flowed in it; once all records are there. A step's kind is
 * what its word says (UNKNOWN = nothing). */
void pl_cycler_steps_integrate (PlCyclerFile *file);
void pl_cycler_step_free (gpointer step);
