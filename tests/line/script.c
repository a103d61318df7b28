/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/line/script.h"
#include "fixtures/line/rack.h"

static gboolean
answer (gpointer data, const struct afe_sample *sample, struct afe_command *ret)
{
	Script *script = data;

	script->sample = *sample;
	script->calls++;
	script->longest_us = MAX (script->longest_us, sample->dt_us);
	script->shortest_us = MIN (script->shortest_us, sample->dt_us);
	*ret = script->command;
	ret->magic = AFE_COMMAND_MAGIC;
	ret->seq = sample->seq;
	return !script->absent;
}

Script *
script_new (guint64 seed)
{
	Script *script = g_new0 (Script, 1);

	script->line = pl_line_new (seed, PL_LINE_CELLS);
	pl_line_rack_grow (script->line, 8);
	script->fixture = pl_line_fixture (script->line);
	script->fixture->bms_power = TRUE;
	script->command.short_circuit_ma = 250000;
	script->shortest_us = G_MAXUINT32;
	pl_line_set_bms (script->line, answer, script);
	return script;
}

void
script_free (Script *script)
{
	pl_line_free (script->line);
	g_free (script);
}

void
script_outputs (Script *script, guint32 outputs)
{
	script->command.outputs = outputs;
	pl_line_advance (script->line, 0.2);
}

void
script_close (Script *script)
{
	script->fixture->load_relay = TRUE;
	script_outputs (script, AFE_OUT_PRECHARGE);
	pl_line_advance (script->line, 0.8);
	script_outputs (script, AFE_OUT_PRECHARGE | ALL_CLOSED);
	script_outputs (script, ALL_CLOSED);
}

void
script_supply (Script *script, double amperes)
{
	PlSupplyDemand demand = {TRUE, amperes, 116.8, 80};

	pl_line_set_supply (script->line, &demand);
}

void
script_route (Script *script, PlRoute route)
{
	script->fixture->route = route;
	script->fixture->door_lock = script->fixture->hv_enable = TRUE;
	pl_line_advance (script->line, 0.1);
}

void
script_ramp (Script *script, PlHvKind kind, double level)
{
	for (guint i = 1; i <= 50; i++) {
		pl_line_set_hv (script->line, kind, level * i / 50, 60);
		pl_line_advance (script->line, 0.1);
	}
}

void
script_hold (Script *script, PlHvKind kind, double level, double seconds)
{
	pl_line_set_hv (script->line, kind, level, 60);
	pl_line_advance (script->line, seconds);
}

void
script_balance (Script *script, double tolerance)
{
	PlLineLedger l;
	double charge_c, energy_j, heat_j;

	pl_line_ledger (script->line, &l);
	charge_c = fabs (l.pack_c) + fabs (l.supply_c) + l.load_c + l.bleed_c + l.leak_c + 1e-3;
	energy_j = fabs (l.supply_j) + fabs (l.chemical_j) + l.load_j + l.bleed_j + l.leak_j + 1e-3;
	heat_j = fabs (l.cell_heat_j) + l.leak_j + fabs (l.ambient_j) + 1e-3;
	ck_assert_double_eq_tol (l.supply_c, l.load_c + l.capacitor_c + l.pack_c,
				 tolerance * charge_c);
	ck_assert_double_eq_tol (l.through_c, l.cells_c + l.bleed_c + l.leak_c,
				 tolerance * charge_c);
	ck_assert_double_eq_tol (l.supply_j,
				 l.chemical_j + l.polarisation_j + l.capacitor_j + l.cell_heat_j +
				     l.leak_j + l.path_j + l.load_j + l.bleed_j,
				 tolerance * energy_j);
	ck_assert_double_eq_tol (l.cell_heat_j + l.leak_j, l.thermal_j + l.ambient_j,
				 tolerance * heat_j);
}
