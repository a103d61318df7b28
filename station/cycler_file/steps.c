/* SPDX-License-Identifier: Apache-2.0 */
#include "station/cycler_file/format.h"
#include <math.h>

/* What a step was, and what flowed in it. */

/* So many records behind the first say whether a current is held constant. */
#define CONSTANT_RECORDS 5
#define CONSTANT_PART 0.02
/* A voltage is held if the current has fallen to this part while it stood. */
#define HELD_PART 0.9
#define HELD_V 0.005
#define REST_PART 1e-3

void
pl_cycler_step_free (gpointer data)
{
	PlCyclerStep *step = data;

	g_free (step->doubt);
	g_free (step);
}

static const PlCyclerRecord *
record_at (const PlCyclerFile *file, const PlCyclerStep *step, guint i)
{
	return &g_array_index (file->records, PlCyclerRecord, step->first + i);
}

/* Behind the first record, which may have caught the rise. */
static gboolean
begins_constant (const PlCyclerFile *file, const PlCyclerStep *step)
{
	guint n = MIN (step->n, CONSTANT_RECORDS + 1);
	double low = INFINITY, high = 0;

	for (guint i = 1; i < n; i++) {
		double amps = fabs (record_at (file, step, i)->amps);

		low = fmin (low, amps);
		high = fmax (high, amps);
	}
	return n > 2 && high > 0 && low >= (1 - CONSTANT_PART) * high;
}

typedef struct {
	double amps_last, volts_last;
	double balance, amount; /* sums of the currents, with and without their sign */
	gboolean stands; /* the voltage, at the end, while the current fell */
	gboolean stood; /* from the first record on */
} Shape;

/* From the last record backwards: for how long has its voltage stood, and what was the current
 * then? */
static Shape
shape_of (const PlCyclerFile *file, const PlCyclerStep *step)
{
	Shape shape = {.volts_last = record_at (file, step, step->n - 1)->volts,
		       .amps_last = fabs (record_at (file, step, step->n - 1)->amps)};
	guint held = 0;
	double then = 0;

	for (guint i = step->n; i-- > 0;) {
		const PlCyclerRecord *record = record_at (file, step, i);

		if (isfinite (record->amps)) {
			shape.balance += record->amps;
			shape.amount += fabs (record->amps);
		}
		if (held == step->n - 1 - i && fabs (record->volts - shape.volts_last) <= HELD_V) {
			held++;
			then = fmax (then, fabs (record->amps));
		}
	}
	shape.stands = held > 2 && shape.amps_last < HELD_PART * then;
	shape.stood = shape.stands && held + 1 >= step->n;
	return shape;
}

static PlCyclerKind
kind_by_shape (const Shape *shape, gboolean constant)
{
	static const PlCyclerKind kinds[2][4] = {
	    {PL_CYCLER_CHARGE, PL_CYCLER_CC_CHARGE, PL_CYCLER_CV_CHARGE, PL_CYCLER_CCCV_CHARGE},
	    {PL_CYCLER_DISCHARGE, PL_CYCLER_CC_DISCHARGE, PL_CYCLER_CV_DISCHARGE,
	     PL_CYCLER_CCCV_DISCHARGE}};
	guint mode = shape->stood ? 2 : shape->stands ? 3 : constant ? 1 : 0;

	return kinds[shape->balance < 0][mode];
}

static void
integrate (const PlCyclerFile *file, PlCyclerStep *step, const PlChargeStage *stage)
{
	gboolean out = pl_cycler_kind_is_discharge (step->kind);

	pl_charge_begin (&step->charge, stage);
	for (guint i = 0; i < step->n; i++) {
		const PlCyclerRecord *record = record_at (file, step, i);
		PlChargePoint point = {record->step_us >= 0 ? record->step_us : record->t_us,
				       record->volts,
				       record->amps,
				       record->degc,
				       out ? record->discharge_ah : record->charge_ah,
				       out ? record->discharge_wh : record->charge_wh};

		pl_charge_add (&step->charge, &point);
	}
}

/* The first record's place on the step's clock, or else what lies between it and the step before.
 */
static gint64
late_us (const PlCyclerFile *file, const PlCyclerStep *step)
{
	const PlCyclerRecord *first = record_at (file, step, 0);

	if (first->step_us >= 0)
		return first->step_us;
	return step->first > 0 ? MAX (first->t_us - (first - 1)->t_us, 0) : 0;
}

/* What flows at rest is the instrument's own zero: nothing beside what it drives otherwise. */
static gboolean
is_rest (const PlCyclerStep *step, const Shape *shape, double amps_max)
{
	return shape->amount / step->n <= REST_PART * amps_max;
}

static PlCyclerKind
kind_of (const PlCyclerStep *step, Shape shape, gboolean constant, double amps_max)
{
	if (step->kind == PL_CYCLER_UNKNOWN)
		return is_rest (step, &shape, amps_max) ? PL_CYCLER_REST
							: kind_by_shape (&shape, constant);
	/* a word that does not say in which way */
	if (step->kind == PL_CYCLER_CHARGE || step->kind == PL_CYCLER_DISCHARGE) {
		shape.balance = step->kind == PL_CYCLER_CHARGE ? 1 : -1;
		return kind_by_shape (&shape, constant);
	}
	return step->kind;
}

static void
close_step (PlCyclerFile *file, PlCyclerStep *step, double amps_max)
{
	Shape shape = shape_of (file, step);
	PlChargeStage stage = {.constant_current = begins_constant (file, step),
			       .late_us = late_us (file, step)};

	step->kind = kind_of (step, shape, stage.constant_current, amps_max);
	if (shape.stands && step->kind != PL_CYCLER_REST)
		stage.hold_v = shape.volts_last;
	/* the first record comes a moment behind the beginning: what flowed in it is nothing */
	if (stage.late_us < G_USEC_PER_SEC)
		stage.late_us = 0;
	integrate (file, step, &stage);
}

void
pl_cycler_steps_integrate (PlCyclerFile *file)
{
	double amps_max = 0;

	for (guint i = 0; i < file->records->len; i++)
		amps_max =
		    fmax (amps_max, fabs (g_array_index (file->records, PlCyclerRecord, i).amps));
	for (guint i = 0; i < file->steps->len; i++)
		close_step (file, g_ptr_array_index (file->steps, i), amps_max);
}

/* -- judging ----------------------------------------------------------------------------------- */

static void
judge_step (PlCyclerFile *file, PlCyclerStep *step, double limit_percent, double rated_ah)
{
	PlChargeLimits limits = {.percent = limit_percent,
				 .least_ah = file->least_ah,
				 .least_wh = file->least_wh,
				 .least_a = file->least_a};
	double ah = pl_charge_ah (&step->charge), wh = pl_charge_wh (&step->charge);
	g_autofree char *why = NULL;

	step->ah = pl_charge_compare (ah, step->charge.own_ah, limit_percent, file->least_ah);
	step->wh = pl_charge_compare (wh, step->charge.own_wh, limit_percent, file->least_wh);
	step->doubt = pl_charge_doubt (&step->charge, &limits);
	if (step->kind != PL_CYCLER_REST && ah > 0)
		why = pl_charge_implausible (NAN, ah, rated_ah);
	if (why != NULL)
		pl_cycler_defect (file, PL_DEFECT_IMPLAUSIBLE, step->line, "%s", why);
}

static void
end_turn (PlCyclerFile *file, PlCyclerTurn *turn)
{
	g_autofree char *why = NULL;

	if (turn->charge_ah > 0 && turn->discharge_ah > 0) {
		g_array_append_val (file->turns, *turn);
		why = pl_charge_implausible (turn->charge_ah, turn->discharge_ah, NAN);
	}
	if (why != NULL)
		pl_cycler_defect (file, PL_DEFECT_IMPLAUSIBLE, turn->line, "%s", why);
	*turn = (PlCyclerTurn){0};
}

/* Rests lie between; a charge after a discharge begins the next turn. */
static void
add_to_turn (PlCyclerFile *file, PlCyclerTurn *turn, guint i)
{
	const PlCyclerStep *step = g_ptr_array_index (file->steps, i);
	double ah = pl_charge_ah (&step->charge), wh = pl_charge_wh (&step->charge);

	if (pl_cycler_kind_is_charge (step->kind)) {
		if (turn->discharge_ah > 0)
			end_turn (file, turn);
		turn->charge_ah += ah;
		turn->charge_wh += wh;
		turn->charge_doubted |= step->doubt != NULL;
	} else if (pl_cycler_kind_is_discharge (step->kind)) {
		turn->discharge_ah += ah;
		turn->discharge_wh += wh;
		turn->discharge_doubted |= step->doubt != NULL;
		turn->last_step = i;
		turn->line = record_at (file, step, step->n - 1)->line;
	}
}

void
pl_cycler_file_judge (PlCyclerFile *file, double limit_percent, double rated_ah)
{
	PlCyclerTurn turn = {0};

	for (guint i = 0; i < file->steps->len; i++) {
		judge_step (file, g_ptr_array_index (file->steps, i), limit_percent, rated_ah);
		add_to_turn (file, &turn, i);
	}
	end_turn (file, &turn);
}
