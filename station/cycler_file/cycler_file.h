/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/cell/charge.h"
#include "station/cycler_file/lines.h"

/*
 * Files that cyclers export, all brought into one shape: records and steps in SI units, current
 * positive into the cell. What is wrong with a file is told with its line and never mended. Pure;
 * any thread.
 */
typedef struct _PlCyclerFormat PlCyclerFormat;

typedef enum {
	PL_CYCLER_UNKNOWN = -1, /* of a word; no step is */
	PL_CYCLER_REST,
	PL_CYCLER_CC_CHARGE,
	PL_CYCLER_CV_CHARGE,
	PL_CYCLER_CCCV_CHARGE,
	PL_CYCLER_CHARGE, /* in another way, or in one that is not told */
	PL_CYCLER_CC_DISCHARGE,
	PL_CYCLER_CV_DISCHARGE,
	PL_CYCLER_CCCV_DISCHARGE,
	PL_CYCLER_DISCHARGE,
} PlCyclerKind;
const char *pl_cycler_kind_word (PlCyclerKind kind); /* as BDF has it: "CC_CHG", "REST", ... */
gboolean pl_cycler_kind_is_charge (PlCyclerKind kind);
gboolean pl_cycler_kind_is_discharge (PlCyclerKind kind);
/* By what cyclers call it: "CC DChg", "CCCV_CHG", "恒流充电", "D". */
PlCyclerKind pl_cycler_kind_of_word (const char *word);

/* NaN = the file does not tell. Counts are the instrument's own since the step began. */
typedef struct {
	guint line; /* of the file, from 1 */
	gint64 t_us; /* since the test began */
	gint64 step_us; /* since the step began; -1 = not told */
	double volts, amps, degc;
	double charge_ah, discharge_ah, charge_wh, discharge_wh;
} PlCyclerRecord;

typedef struct {
	guint first, n; /* records */
	guint line; /* of the first */
	gint64 cycle, number; /* as the file counts them; -1 = it does not */
	PlCyclerKind kind;
	PlCharge charge;
	/* by pl_cycler_file_judge */
	PlChargeMatch ah, wh;
	char *doubt; /* why its Ah and Wh cannot be believed; NULL */
} PlCyclerStep;

/* A charge and the discharge that followed it. */
typedef struct {
	guint line; /* where the discharge ends */
	guint last_step; /* with the discharge, an index */
	double charge_ah, discharge_ah, charge_wh, discharge_wh;
	gboolean charge_doubted, discharge_doubted; /* one of the steps is */
} PlCyclerTurn;

typedef struct {
	guint line;
	char *text;
	guint kind; /* inside only */
	guint more; /* of the same kind behind it that have no row of their own */
} PlCyclerDefect;

typedef struct {
	char *name; /* without folders */
	char *sha256; /* of the file as it lies there */
	const PlCyclerFormat *format;
	char *began; /* date of the first record, as it is written; NULL */
	GArray *records; /* PlCyclerRecord */
	GPtrArray *steps; /* PlCyclerStep* */
	GArray *turns; /* PlCyclerTurn; by pl_cycler_file_judge */
	GPtrArray *defects; /* PlCyclerDefect* */
	guint defects_of_kind[16]; /* inside only */
	/* the last place that the file writes: below it nothing can be told */
	double least_v, least_a, least_ah, least_wh;
} PlCyclerFile;

/* Format by content, never by name. */
PlCyclerFile *pl_cycler_file_load (const char *file, GError **error);
PlCyclerFile *pl_cycler_file_parse (GBytes *bytes, const char *name, GError **error);
void pl_cycler_file_free (PlCyclerFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlCyclerFile, pl_cycler_file_free)

#define PL_CYCLER_LIMIT_PERCENT 0.05
/* Holds both numbers of each step against each other, and turns and steps against what a cell can
 * do; adds defects. rated_ah NaN = not known. Once. */
void pl_cycler_file_judge (PlCyclerFile *file, double limit_percent, double rated_ah);

const char *pl_cycler_format_name (const PlCyclerFormat *format); /* "pec" */
const char *pl_cycler_format_title (const PlCyclerFormat *format); /* "PEC CSV" */
/* NULL-terminated explicit table. */
const PlCyclerFormat *const *pl_cycler_formats (void);
