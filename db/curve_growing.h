/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/curve.h"
#include "db/integers.h"

/* Inside db only: curve.c and curve_seal.c. */

/* A curve that grows here. The tail is what stands in no span yet; the first `logged` samples of it
 * are durable in the log, from row `since` on (0 = none are). */
typedef struct {
	gint64 id, first; /* first: number of the tail's first sample in the curve */
	guint n_values;
	double *scales;
	PlIntegers *tail;
	gsize logged;
	gint64 since;
	gsize due; /* samples at which the tail moves into a span */
	gint64 due_age; /* commits after which it does, however few there are */
	gboolean sealing;
	gsize plan_span, plan_logged; /* of the commit under way */
} PlGrowing;

struct _PlCurves {
	PlDb *db;
	GMutex committing; /* one commit or beginning at a time; taken before `mutex` */
	GMutex mutex; /* guards all below; never held over the disk */
	GHashTable *growing; /* id -> PlGrowing */
	gint64 log_first, log_next; /* rows of the log */
};

/* From its row; the caller puts it into `growing`. */
PlGrowing *pl_growing_new (const PlCurveRow *row, gint64 n_in_spans);
void pl_growing_free (gpointer growing);
/* With `mutex` held, or before anybody else has it. */
PlGrowing *pl_curves_find (PlCurves *curves, gint64 curve);
/* With both locks held. */
void pl_curves_keep (PlCurves *curves, PlGrowing *growing);
