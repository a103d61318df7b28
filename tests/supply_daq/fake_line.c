/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/supply_daq/fake_line.h"
#include <math.h>

PlLine *
fake_line_new (void)
{
	PlLine *line = g_new0 (PlLine, 1);

	line->connected = TRUE;
	line->ocv_v = line->stack_v = line->terminal_v = 104;
	line->ohm = 0.03;
	line->ambient_degc = 25;
	for (guint i = 0; i < PL_LINE_CELLS; i++) {
		line->cell_v[i] = 3.25;
		line->cell_ohm[i] = 0.2e-3;
		line->surface_degc[i] = 25;
	}
	return line;
}

void
fake_line_advance (PlLine *line, double dt_s)
{
	line->charge_as += pl_line_supply_current (line) * dt_s;
}

/* -- the functions of line.h that the two simulators use --------------------------------------- */

void
pl_line_set_supply (PlLine *line, const PlSupplyDemand *demand)
{
	line->demand = *demand;
}

double
pl_line_supply_current (PlLine *line)
{
	double amperes = line->demand.current_a, volts = line->ocv_v + amperes * line->ohm;

	if (!line->connected || !line->demand.on)
		return 0;
	if (amperes > 0 && volts > line->demand.v_max)
		return fmax (0, (line->demand.v_max - line->ocv_v) / line->ohm);
	if (amperes < 0 && volts < line->demand.v_min)
		return fmin (0, (line->demand.v_min - line->ocv_v) / line->ohm);
	return amperes;
}

/* Without a pack a source rises to its upper limit, a sink falls to its lower one, neither stays
 * at nothing. */
double
pl_line_supply_voltage (PlLine *line)
{
	if (line->connected)
		return line->ocv_v + pl_line_supply_current (line) * line->ohm;
	if (!line->demand.on || fabs (line->demand.current_a) < 1e-9)
		return 0;
	return line->demand.current_a > 0 ? line->demand.v_max : line->demand.v_min;
}

double
pl_line_cell_sense (PlLine *line, guint cell)
{
	return line->cell_v[cell];
}

double
pl_line_cell_acir (PlLine *line, guint cell)
{
	return line->cell_ohm[cell];
}

double
pl_line_surface_temperature (PlLine *line, guint cell)
{
	return line->surface_degc[cell];
}

double
pl_line_ambient (PlLine *line)
{
	return line->ambient_degc;
}

double
pl_line_terminal_voltage (PlLine *line)
{
	return line->terminal_v;
}

double
pl_line_fixture_voltage (PlLine *line)
{
	return line->fixture_v;
}

double
pl_line_shunt_current (PlLine *line)
{
	return line->shunt_a;
}

double
pl_line_stack_voltage (PlLine *line)
{
	return line->stack_v;
}

/* -- the rack: what these suites clamp to the pack's terminals is on none ---------------------- */

void
pl_line_rack_grow (PlLine *line, guint channels)
{
	g_assert_not_reached ();
}

double
pl_line_rack_volts (PlLine *line, guint channel)
{
	g_assert_not_reached ();
}

double
pl_line_rack_amps (PlLine *line, guint channel)
{
	g_assert_not_reached ();
}

void
pl_line_rack_demand (PlLine *line, guint channel, const PlRackDemand *demand)
{
	g_assert_not_reached ();
}
