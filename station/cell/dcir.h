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
	PL_DCIR_ERROR_RECORD, /* no reading where one is needed, or a gap there */
	PL_DCIR_ERROR_CURRENT, /* the current does not step, or does not hold */
	PL_DCIR_ERROR_CONTRADICTION, /* the voltage goes the other way */
} PlDcirError;

typedef enum {
	PL_DCIR_TWO_POINT, /* after IEC 61960-3: 0.2 It for 10 s, then 1 It for 1 s, between both */
	PL_DCIR_PULSE, /* from rest to the end of one pulse */
	PL_DCIR_HPPC, /* the same, each direction, 40 s apart, charging with 0.75 of the current */
	PL_DCIR_LAST
} PlDcirKind;

typedef struct {
	const char *name; /* as in recipes and records */
	double first_s,
	    second_s; /* how long each current has flowed at its reading; first 0 = rest */
} PlDcirDefinition;
extern const PlDcirDefinition pl_dcir_definitions[PL_DCIR_LAST];

typedef struct {
	PlDcirKind kind;
	double ohm;
	double current_a; /* of the (second) pulse, + into the cell: its sign is the direction */
	double seconds; /* that it had flowed at the reading */
	double soc_percent, degc; /* before; NaN = not known */
} PlDcir;

/* A stretch of samples, times rising; current + into the cell. */
typedef struct {
	const double *t_s, *volts, *amperes;
	guint n;
} PlPulseRecord;

/* begins_s: when the (first) current began. seconds: of the reading, 0 = the definition's.
 * soc_percent and degc of *ret are the caller's to fill. */
gboolean pl_dcir_of_record (const PlPulseRecord *record, PlDcirKind kind, double begins_s,
			    double seconds, PlDcir *ret, GError **error);
/* NULL: two values may be compared; else why not, in words. Caller frees. */
char *pl_dcir_why_not_comparable (const PlDcir *a, const PlDcir *b);
