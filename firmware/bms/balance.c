/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/balance.h"
#include "firmware/bms/mem.h"

/* 10 mV above 3.30 V as the reference pack does it. Below 3.30 V an LFP cell's voltage does not
 * tell its charge, and under current a busbar's drop would pass for it. */
#define START_UV 3300000
#define SPREAD_ON_UV 10000
#define SPREAD_OFF_UV 5000
#define REST_MA 2000
/* A draining cell reads low on its own sense wires: all are let go for a moment before the next
 * choice. */
#define ON_US 10000000u
#define LOOK_US 500000u

/* The highest cells, never two neighbours, since they share a sense wire and its drop. */
static uint32_t
choose (const struct bms_balance *b, const struct bms_measured *m)
{
	uint32_t mask = 0;

	for (unsigned i = 0; i < AFE_CELLS; i++) {
		int32_t spread = (b->active >> i & 1u) != 0 ? SPREAD_OFF_UV : SPREAD_ON_UV;
		int32_t over = m->cell_uv[i] - m->cell_min_uv;
		bool left_is_chosen = i > 0 && (mask >> (i - 1) & 1u) != 0;

		if (m->cell_uv[i] > START_UV && over > spread && !left_is_chosen)
			mask |= 1u << i;
	}
	return mask;
}

/* Look with all channels off, drain what was chosen, look again. */
uint32_t
bms_balance_step (struct bms_balance *b, const struct bms_measured *m, bool blocked)
{
	if (b->force)
		return b->active = b->forced;
	if (blocked || bms_abs (m->current_ma) > REST_MA) {
		b->wait_us = 0;
		return b->active = 0;
	}
	b->wait_us = bms_add_time (b->wait_us, m->dt_us);
	if (b->wait_us < LOOK_US)
		return 0;
	if (b->wait_us - m->dt_us < LOOK_US)
		b->active = choose (b, m);
	if (b->wait_us >= LOOK_US + ON_US)
		b->wait_us = 0;
	return b->active;
}
