/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/clock.h"
#include "fixtures/line/sim.h"
#include "tests/link/wire.h"

/* As much of a world as these simulators look at, set by hand. */
struct _PlLine {
	PlFixtureState fixture;
	PlTowerState tower;
	double leak_pressure, fixture_voltage;
	gboolean paper_out;
	double air_degc; /* around the rack */
};

/* A simulator at the far end of a wire, served by a thread. Process time stands still but for
 * rig_tick, or follows a clock. */
typedef struct {
	const PlSimType *type;
	PlLine line;
	PlSim *sim;
	PlLink *link; /* near end; NULL if the test has the descriptor */
	int far;
	PlClock *clock; /* borrowed; NULL = rig_tick only */
	gint64 ticked; /* by that clock */
	char *directory;
	GMutex lock; /* over line and sim */
	GThread *thread;
	gint stop;
	gboolean refused; /* serve_fd said that the peer has gone */
} Rig;

/* ret_near NULL: the near end becomes a link; else its descriptor is the test's. */
Rig *rig_new (const PlSimType *type, int *ret_near);
/* The same in a role, which some simulators play by. */
Rig *rig_new_as (const PlSimType *type, const char *role, int *ret_near);
/* The link, for a driver that takes it. */
PlLink *rig_take_link (Rig *rig);
void rig_free (Rig *rig);
void rig_follow (Rig *rig, PlClock *clock);
/* Advances process time in steps of 0.1 s. */
void rig_tick (Rig *rig, double seconds);
