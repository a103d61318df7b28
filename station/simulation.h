/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"

/* The simulated line behind a simulated bench, as a person standing at it sees and treats it. All
 * of it blocks; BENCH_ERROR_FILE on a real bench. */
typedef struct {
	char *name, *title;
	char *argument; /* "cell=7,ohm=0.0006": what it takes and is without a word; NULL = nothing
			 */
	gboolean on;
} PlSimulatedFault;

typedef struct {
	char *key, *value; /* "door_closed", "1" */
} PlSimulatedFact;

typedef struct {
	GPtrArray *faults; /* PlSimulatedFault, in the catalogue's order */
	GPtrArray *facts; /* PlSimulatedFact */
} PlSimulation;
void pl_simulation_free (PlSimulation *simulation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSimulation, pl_simulation_free)

/* Asks the line; caller frees. */
PlSimulation *pl_simulation_look (PlStation *station, GError **error);
/* spec: NAME, or NAME:ARGUMENT. A row of the journal says who. */
gboolean pl_simulation_fault (PlStation *station, const char *spec, gboolean on, const char *who,
			      GError **error);
/* "door open", "door close", "estop press", "estop release": at the fixture. */
gboolean pl_simulation_operator (PlStation *station, const char *words, const char *who,
				 GError **error);
/* For tests of what parses it: the line's own two lists. */
PlSimulation *pl_simulation_parse (const char *faults, const char *state);
