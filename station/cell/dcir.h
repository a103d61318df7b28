/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Resistance from pulses of direct current. One cell has as many of them as there are ways to ask:
 * a value carries its definition, current, time, charge, temperature and direction, and is compared
 * only with one that was measured in the same way.
 */
#define PL_DCIR_ERROR (pl_dcir_error_quark ())
GQuark pl_dcir_error_quark (void);
typedef enum {
	PL_DCIR_ERROR_CURRENT, /* the current does not step */
	PL_DCIR_ERROR_CONTRADICTION, /* the voltage goes the other way */
} PlDcirError;

typedef enum {
	PL_DCIR_PULSE, /* from rest to the end of one pulse */
	PL_DCIR_HPPC, /* the same, each direction, charging with 0.75 of the current */
	PL_DCIR_TWO_POINT, /* between a fifth of a current and all of it, as IEC 61960 in principle
			    */
	PL_DCIR_LAST
} PlDcirKind;
/* As in recipes and records; NULL-terminated. */
extern const char *const pl_dcir_kinds[];

typedef struct {
	PlDcirKind kind;
	double ohm;
	double current_a; /* of the (second) pulse, + into the cell: its sign is the direction */
	double seconds; /* that it had flowed at the reading */
	double soc_percent, degc; /* before; NaN = not known */
} PlDcir;

/* Two moments: what the voltage did by what the current did. */
typedef struct {
	double volts, amperes;
} PlDcirPoint;
gboolean pl_dcir_between (const PlDcirPoint *before, const PlDcirPoint *after, double *ret_ohm,
			  GError **error);
/* NULL: two values may be compared; else why not, in words. Caller frees. */
char *pl_dcir_why_not_comparable (const PlDcir *a, const PlDcir *b);
