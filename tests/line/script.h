/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/line/world.h"
#include "tests/suite.h"
#include <math.h>

/* A BMS of a few lines: commands what the test says, remembers what it was shown. */
typedef struct {
	PlLine *line;
	PlFixtureState *fixture;
	struct afe_command command;
	struct afe_sample sample; /* last */
	guint calls;
	guint32 longest_us, shortest_us;
	gboolean absent;
} Script;

/* A line of 32 cells with a powered, obedient BMS that commands nothing yet. */
Script *script_new (guint64 seed);
void script_free (Script *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Script, script_free)

/* Pre-charges, closes main and both FETs, connects the load relay. */
void script_close (Script *script);
/* Commands outputs and lets the contacts travel. */
void script_outputs (Script *script, guint32 outputs);
void script_supply (Script *script, double amperes); /* with 116.8 V and 80 V as limits */
/* Locks the door and enables high voltage on this route. */
void script_route (Script *script, PlRoute route);
/* Puts the tester's source on, as a 5 s ramp in steps of 0.1 s or at once, and holds it. */
void script_ramp (Script *script, PlHvKind kind, double level);
void script_hold (Script *script, PlHvKind kind, double level, double seconds);
/* Holds the ledger's sums against one another, relative to what has passed. */
void script_balance (Script *script, double tolerance);

#define ALL_CLOSED (AFE_OUT_MAIN | AFE_OUT_CHARGE_FET | AFE_OUT_DISCHARGE_FET)
#define ck_between(value, low, high)                                                               \
	ck_assert_msg ((value) >= (low) && (value) <= (high), #value " is %.9g, not %.9g .. %.9g", \
		       (double)(value), (double)(low), (double)(high))
