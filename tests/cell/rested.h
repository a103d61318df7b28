/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/line/cell.h"

/* A physical cell that is brought to a charge from above, as recipes do, and left alone. What is
 * measured of it comes from the simulated line's physics, not from the station's arithmetic. */

#define DAY_S 86400.0
#define MONTH_S (30.4375 * DAY_S)

/* Siemens of a leak that takes `share` of 100 Ah a month at 3.28 V. */
static inline double
leak_of (double share)
{
	return share * PL_CELL_RATED_AH * 3600 / MONTH_S / 3.28;
}

static inline void
let_pass (PlCell *cell, double amperes, double seconds, double dt_s)
{
	double heat;

	for (double t = 0; t < seconds; t += dt_s) {
		pl_cell_prepare (cell, dt_s);
		pl_cell_step (cell, amperes - cell->volts * cell->leak_s, dt_s, &heat);
	}
}

/* From full, by a third of its capacity an hour: its hysteresis is that of discharge. */
static inline void
set_charge (PlCell *cell, double soc)
{
	double amperes = cell->capacity_c / 3600 / 3;

	cell->soc = 1;
	cell->hysteresis = 1;
	let_pass (cell, -amperes, (1 - soc) * cell->capacity_c / amperes, 10);
}

/* Its voltage at a temperature, by a meter that is right. */
static inline double
ocv_at (PlCell *cell, double degc)
{
	cell->degc = degc;
	pl_cell_settle (cell);
	return cell->volts;
}
