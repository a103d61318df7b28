/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Open-circuit voltage by state of charge: of a product's table, or of what one cell itself has
 * shown. Straight lines between points; state of charge from 0 to 1, volts, V/K at 25 degC.
 */
#define PL_OCV_ERROR (pl_ocv_error_quark ())
GQuark pl_ocv_error_quark (void);
typedef enum {
	PL_OCV_ERROR_FILE, /* cannot be read, or is no such table; names file and line */
	PL_OCV_ERROR_RECORD, /* too little was recorded, or no full charge or discharge */
} PlOcvError;

#define PL_OCV_DEGC 25.0

typedef struct _PlOcvCurve PlOcvCurve;
void pl_ocv_curve_free (PlOcvCurve *curve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlOcvCurve, pl_ocv_curve_free)

/* From data/cells/NAME-ocv.csv and NAME-entropy.csv: a header, then "SOC,value" a line with SOC
 * rising from 0 to 1. */
PlOcvCurve *pl_ocv_curve_load (const char *name, GError **error);
/* The same from memory; `name` stands for the files. */
PlOcvCurve *pl_ocv_curve_parse (const char *ocv, const char *entropy, const char *name,
				GError **error);

/* One branch of a cell's own records: charge moved since its beginning, rising, and the voltage at
 * its terminals. */
typedef struct {
	const double *ah, *volts;
	guint n;
} PlOcvBranch;
/* The mean of a full discharge and a full charge at small current, or one of them (the other NULL)
 * with that branch's polarisation in it: its slope is the cell's, its level is not. Entropy is that
 * of `entropy`. */
PlOcvCurve *pl_ocv_curve_of_cell (const PlOcvBranch *discharge, const PlOcvBranch *charge,
				  const PlOcvCurve *entropy, GError **error);

double pl_ocv_volts (const PlOcvCurve *curve, double soc);
/* V per whole charge: over 2 % of it either side, about how well a state of charge is known. */
double pl_ocv_slope (const PlOcvCurve *curve, double soc);
double pl_ocv_entropy (const PlOcvCurve *curve, double soc); /* V/K */
