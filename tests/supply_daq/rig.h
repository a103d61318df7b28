/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/instrument.h"
#include "fixtures/line/sim.h"
#include "tests/link/wire.h"
#include "tests/supply_daq/fake_line.h"

/* Settings of a bench entry: name, value, ..., NULL. */
GHashTable *settings_of (const char *name, ...) G_GNUC_NULL_TERMINATED;

/* -- a scripted instrument: it remembers "HEADER VALUE" and answers "HEADER?" with it ---------- */
typedef struct {
	GHashTable *memory; /* header -> value as written, or as set by echo_fix */
	GHashTable *fixed; /* headers that writing does not change */
	GQueue *queued; /* header, answer (NULL = silence), header ...: used up before memory */
	GPtrArray *heard; /* char*, every message */
	GString *inbox;
	int hang_up_after; /* messages; -1 = never */
} Echo;

Echo *echo_new (void);
void echo_free (Echo *echo);
PlLink *echo_link (Echo *echo); /* borrows echo */
void echo_set (Echo *echo, const char *header, const char *value);
/* From now on HEADER? answers this whatever is written; NULL = it does not answer. */
void echo_fix (Echo *echo, const char *header, const char *value);
/* The next two questions HEADER? get these answers (NULL = none), those behind them the usual. */
void echo_queue (Echo *echo, const char *header, const char *first, const char *second);
/* Place of the message in what was heard (exactly, from place `after` on), or -1. */
int echo_place (Echo *echo, const char *message, int after);

/* -- a simulator without any driver ------------------------------------------------------------ */
typedef struct {
	const PlSimType *type;
	PlLine *line;
	PlSim *sim;
	GString *out;
} Alone;

Alone *alone_new (const PlSimType *type, GHashTable *settings);
void alone_free (Alone *alone);
/* Sends the message and a line end; what came back, all of it. Borrowed until the next one. */
const char *alone_say (Alone *alone, const char *message);
void alone_advance (Alone *alone, double seconds);

/* -- driver and simulator on a socket, each side by its bytes only ----------------------------- */
typedef struct {
	const PlSimType *type;
	PlLine *line;
	PlSim *sim;
	Wire wire;
	GMutex lock; /* over line and sim */
	GThread *pump;
	gint stop;
	PlClock *clock;
	PlInstrument *instrument;
} Rig;

Rig *rig_new (const PlSimType *type, const PlDriver *driver, PlRole role, GHashTable *settings);
void rig_free (Rig *rig);
void rig_advance (Rig *rig, double seconds); /* process time, in ticks of 0.1 s */

/* -- recordings -------------------------------------------------------------------------------- */
PlLink *recording_open (const char *name); /* of tests/supply_daq */
