/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/line/rack.h"

/* A world for simulators that are tested alone: a pack of one voltage behind one resistance,
 * meters set by hand. */
struct _PlLine {
	/* the supply's side */
	gboolean connected; /* load relay and contactors */
	double ocv_v, ohm;
	PlSupplyDemand demand;
	double charge_as; /* what has flowed into the pack */
	/* what meters see */
	double cell_v[PL_LINE_CELLS], cell_ohm[PL_LINE_CELLS], surface_degc[PL_LINE_CELLS];
	double ambient_degc, terminal_v, fixture_v, shunt_a, stack_v;
};

PlLine *fake_line_new (void); /* 104 V behind 30 mohm, connected, 25 degC, cells of 3.25 V */
void fake_line_advance (PlLine *line, double dt_s);
