/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/calibration.h"
#include "station/slot.h"

/*
 * A technician at the bench: it is lent by the slot, its instruments are looked at twice a second,
 * each on a thread of its own, so that one that is silent holds up no other; outputs are switched
 * by hand under the safety chain that runs stand under. A sitting is a run of kind engineering (or
 * simulated) with the recipe "service": what it switches is committed before it is energised, so
 * that a start after a crash finds it, and every switch is an event of it and a row of the journal.
 *
 * Nothing here blocks its caller but pl_service_free. High voltage is not switched by hand: its
 * test is bounded, watched and proved discharged by a step of a recipe only.
 */
typedef struct _PlService PlService;

/* What can be switched by hand, one const row each (service_outputs.c). */
typedef struct {
	const char *name; /* the register; "output" of the supply */
	PlRole role;
	double rest; /* as the sitting leaves it */
	gboolean chain; /* carries energy or moves: only while the safety chain is closed */
	const char
	    *energises; /* what becomes live, for the row that is committed; NULL = nothing */
	const char *const *words; /* of a choice, by value; NULL = a switch, 0 or 1 */
	gboolean command; /* a button: has no state */
} PlServiceOutput;
const PlServiceOutput *pl_service_outputs (guint *ret_n);

typedef enum {
	PL_SERVICE_TAKING, /* the bench is asked for, and made safe if it has to be */
	PL_SERVICE_IN_HAND,
	PL_SERVICE_LEAVING, /* all is undone and proved safe */
	PL_SERVICE_ENDED
} PlServiceState;

typedef struct {
	char *name, *unit;
	GArray *values; /* double; NaN = beyond what the instrument can show */
	char *text; /* instead of values; NULL = numbers */
} PlServiceValue;

typedef struct {
	PlRole role;
	gboolean known; /* it has told who it is */
	PlIdentity identity;
	char *trouble; /* why it cannot be read; NULL = it can */
	GPtrArray *values; /* PlServiceValue, of the last look; empty while there is trouble */
	char *due; /* of the calibration that counts, ISO; NULL = none is kept */
} PlServiceInstrument;

typedef struct {
	const PlServiceOutput *output;
	double value; /* as last read; NaN = not known */
	gboolean held; /* this sitting has switched it */
} PlServiceSwitch;

/* All that a page shows, at one moment; counted, not changed once it is handed out. */
typedef struct {
	gatomicrefcount refs;
	PlServiceState state;
	char *who;
	char *chain; /* which contact of the safety chain is open; NULL = closed */
	char *danger; /* why nothing may be switched, whatever the chain says; NULL = it may */
	char *said; /* what came of the last order; NULL = nothing yet */
	guint said_seq; /* grows with it */
	gboolean said_bad;
	GPtrArray *instruments; /* PlServiceInstrument, in the bench file's order */
	GPtrArray *switches; /* PlServiceSwitch: the outputs that this bench has */
} PlServiceSnapshot;
/* Snapshots are read by any thread that holds one. */
PlServiceSnapshot *pl_service_snapshot_new (void);
PlServiceSnapshot *pl_service_snapshot_ref (const PlServiceSnapshot *snapshot);
void pl_service_snapshot_unref (const PlServiceSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlServiceSnapshot, pl_service_snapshot_unref)
/* For who makes a snapshot: rows that free themselves with it. */
PlServiceInstrument *pl_service_snapshot_add_instrument (PlServiceSnapshot *snapshot, PlRole role);
PlServiceValue *pl_service_instrument_add (PlServiceInstrument *instrument, const char *name,
					   const char *unit);

/* On the sitting's thread; must not block. The snapshot is borrowed. */
typedef void (*PlServiceFunc) (gpointer data, const PlServiceSnapshot *snapshot);

/* Takes the bench over at once; the first snapshots say whether it was given. slot may be NULL: the
 * bench is the caller's already. */
PlService *pl_service_new (PlStation *station, PlSlot *slot, const char *who, PlServiceFunc func,
			   gpointer data);
/* Leaves, if that has not been done, and waits until all is safe or is known not to be. */
void pl_service_free (PlService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlService, pl_service_free)

/* Orders: taken in turn, each answered by what the snapshot says. */
void pl_service_switch (PlService *service, const PlServiceOutput *output, double value);
/* Arms the supply with these limits, 0 A, and switches its output on. */
void pl_service_supply_on (PlService *service, double voltage_min_v, double voltage_max_v,
			   double current_max_a);
/* Positive charges. */
void pl_service_supply_current (PlService *service, double amperes);
/* Undoes all that carries energy or moves and makes every instrument safe; what stood in the way of
 * switching may be gone then. */
void pl_service_make_safe (PlService *service);
/* Keeps a certificate of the instrument that has told who it is (station/calibration.h); row is
 * copied. */
void pl_service_calibrate (PlService *service, PlRole role, const PlCalibrationRow *row);
/* Everything is undone, proved safe, and the bench given back: ENDED. */
void pl_service_leave (PlService *service);
