/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Ah and Wh of one stage from its records, and whether they can be trusted. There are two numbers
 * of each: ours, the trapezoid over every record, and the instrument's own count. Plain structs: a
 * copy is a copy, and the same records in the same order give the same bits, so a run that is taken
 * up again may feed them all once more. Pure; any thread.
 */

/* What is known of a stage before its records; all zero = nothing. */
typedef struct {
	double hold_v; /* the voltage that it holds once that is reached; 0 = it holds none */
	/* Only the current of a constant-current stage is known between records: where its first
	 * record caught the current rising, the second's is taken for the time between them. */
	gboolean constant_current;
	gint64 late_us; /* from the stage's beginning to its first record */
} PlChargeStage;

/* Magnitudes of the instrument's count since the stage began. NaN = it does not tell. */
typedef struct {
	gint64 t_us; /* from any origin, the same for the whole stage */
	double volts, amps, degc; /* amps positive into the cell */
	double ah, wh;
} PlChargePoint;

typedef struct {
	PlChargeStage stage;
	guint64 records;
	gint64 first_us, last_us, gap_us; /* gap: the longest time between two records */
	/* Ours, each direction apart; Wh is NaN if a voltage was missing. */
	double charge_ah, discharge_ah, charge_wh, discharge_wh;
	double held_ah; /* of both directions, what flowed while hold_v was held */
	double volt_first, volt_last, volt_min, volt_max, amp_first, amp_last, amp_max;
	double degc_first, degc_max; /* NaN if never measured; amp_max is a magnitude */
	double own_ah, own_wh; /* the instrument's last count; NaN = none */
	/* The most by which ours can be wrong where the current changed much between two records,
	 * taking it to have gone one way only; how many such times, and the longest of them. */
	double open_ah;
	guint open;
	gint64 open_us;
	gboolean risen; /* the first record caught the current rising */
	guint missing; /* records without current: left out */
	guint backward; /* records older than the one before: left out */
	guint restarted; /* times that the instrument's count fell within the stage */
	PlChargePoint last;
} PlCharge;

void pl_charge_begin (PlCharge *charge, const PlChargeStage *stage);
void pl_charge_add (PlCharge *charge, const PlChargePoint *point);
/* Of the direction that prevails; magnitudes. */
double pl_charge_ah (const PlCharge *charge);
double pl_charge_wh (const PlCharge *charge);
double pl_charge_seconds (const PlCharge *charge);
/* The part of all Ah that flowed before the voltage was held, 0..1; NaN if nothing flowed. */
double pl_charge_cc_share (const PlCharge *charge);

typedef struct {
	gboolean known; /* both are numbers */
	gboolean agree;
	double percent; /* ours less theirs, of theirs; NaN if not known or theirs is 0 */
} PlChargeMatch;
/* `least`: the last place of theirs, below which nothing can be told; in their unit. */
PlChargeMatch pl_charge_compare (double ours, double theirs, double limit_percent, double least);

typedef struct {
	double percent; /* by which the two numbers may differ */
	double least_ah, least_wh; /* last place of the instrument's counts */
	double least_a; /* last place of the records' current */
	gint64 gap_us; /* between records; 0 = any */
} PlChargeLimits;
/* Why the stage's Ah and Wh cannot be believed, as a sentence with the numbers; NULL if they can.
 * Without an instrument's count the integral alone must be sound. Caller frees. */
char *pl_charge_doubt (const PlCharge *charge, const PlChargeLimits *limits);

/* Why no cell has such figures (NaN = not known): coulombic efficiency outside of 0.5..1.05,
 * capacity above 1.2 x rated or not above 0; NULL if one may. Caller frees. */
char *pl_charge_implausible (double charge_ah, double discharge_ah, double rated_ah);
