/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/measure.h"
#include "firmware/bms/mem.h"

/* The front end reads an open NTC as -40 degC and a shorted one as 125 degC. */
#define NTC_OPEN_MDEGC (-39900)
#define NTC_SHORT_MDEGC 124900
/* What no LFP cell can be: reversed, or two cells on one pair of wires. */
#define CELL_LEAST_UV (-300000)
#define CELL_MOST_UV 5000000
#define ROOM_MDEGC 25000

static bool
sum_up_cells (struct bms_measured *m)
{
	int64_t sum = 0;

	m->cell_max_uv = m->cell_min_uv = m->cell_uv[0];
	for (unsigned i = 0; i < AFE_CELLS; i++) {
		sum += m->cell_uv[i];
		if (m->cell_uv[i] > m->cell_max_uv)
			m->cell_max_uv = m->cell_uv[i];
		if (m->cell_uv[i] < m->cell_min_uv)
			m->cell_min_uv = m->cell_uv[i];
	}
	m->cell_mean_uv = (int32_t)(sum / AFE_CELLS);
	m->pack_mv = (int32_t)(sum / 1000);
	return m->cell_min_uv >= CELL_LEAST_UV && m->cell_max_uv <= CELL_MOST_UV;
}

/* A broken sensor says nothing of the temperature: it must neither trip nor hide an
 * over-temperature, and is an error of its own. */
static bool
sum_up_temperatures (struct bms_measured *m)
{
	unsigned working = 0;

	m->warmest_mdegc = m->coldest_mdegc = ROOM_MDEGC;
	for (unsigned i = 0; i < AFE_NTCS; i++) {
		int32_t now = m->ntc_mdegc[i];

		if (now <= NTC_OPEN_MDEGC || now >= NTC_SHORT_MDEGC)
			continue;
		if (working == 0 || now > m->warmest_mdegc)
			m->warmest_mdegc = now;
		if (working == 0 || now < m->coldest_mdegc)
			m->coldest_mdegc = now;
		working++;
	}
	return working == AFE_NTCS;
}

void
bms_measure (const struct afe_sample *sample, const struct bms_identity *identity,
	     struct bms_measured *ret)
{
	bool cells, temperatures;

	memcpy (ret->cell_uv, sample->cell_uv, sizeof ret->cell_uv);
	memcpy (ret->ntc_mdegc, sample->ntc_mdegc, sizeof ret->ntc_mdegc);
	ret->current_ma = bms_identity_current (identity, sample->current_ma);
	ret->stack_mv = sample->stack_mv;
	ret->terminal_mv = sample->terminal_mv;
	ret->insulation_kohm = sample->insulation_kohm;
	ret->flags = sample->flags;
	ret->dt_us = sample->dt_us;
	cells = sum_up_cells (ret);
	temperatures = sum_up_temperatures (ret);
	ret->implausible = !cells || !temperatures;
}
