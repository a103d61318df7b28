/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/instrument.h"
#include "fixtures/line/sim.h"
#include "tests/suite.h"

/*
 * A world of one resistor and one capacitor in place of the simulated line: this room's tests
 * define the pl_line_* functions that the tester's simulator uses, with values that a test sets.
 */
typedef struct {
	double ohm; /* insulation */
	double farad; /* in parallel */
	double breaks_v; /* breaks down above this; 0 = never */
	double bond_ohm;
	double opens_at_s; /* the interlock opens at this time; 0 = never */
	PlFixtureState fixture;
	/* what the tester did */
	double time_s;
	PlHvKind kind;
	double level, level_before, dt_s, frequency_hz, highest;
	gboolean broken;
} World;
extern World world;

void world_reset (void); /* 1 Gohm, 10 nF, 20 mohm, interlock closed, output off */
void world_advance (double dt_s);

/* Which tester it is: the Chroma's tests build this room with theirs. */
#ifndef ROOM_DRIVER
#define ROOM_DRIVER pl_driver_gwinstek_gpt
#define ROOM_SIM pl_sim_gwinstek_gpt
#endif
extern const PlDriver ROOM_DRIVER;
extern const PlSimType ROOM_SIM;

/* The simulator alone: what it says is collected. */
typedef struct {
	PlSim *sim;
	GString *said;
} Tester;
Tester tester_new (const char *model);
void tester_free (Tester *tester);
/* Feeds one message 30 ms after the one before and returns what was said since, until the next
 * call. */
const char *tester_send (Tester *tester, const char *message);
void tester_wait (Tester *tester, double seconds);

/* Driver and simulator on a socket, and a stepped clock as packline-sim's: one thread serves
 * both. */
typedef struct {
	char *directory;
	PlClock *clock;
	PlInstrument *hipot;
	PlLink *link; /* as long as no instrument has it */
	Tester tester;
	GThread *thread;
	int clock_listener, wire_listener;
	int stop; /* atomic */
} Room;
/* options go behind the link's address ("?record=FILE", "?fault=..."). */
Room *room_new_unopened (const char *model, const char *options);
/* Without the socket: the simulator is called in place, and silence is a timeout at once. */
Room *room_new_direct (const char *model, const char *fault);
gboolean room_open (Room *room, const char *model, GError **error);
Room *room_new (const char *model, const char *options); /* both; must succeed */
/* The station dies and comes again: the tester is left as it is. */
void room_reconnect (Room *room, const char *model);
void room_free (Room *room);
