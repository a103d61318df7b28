/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/ports/host/bench.h"
#include <string.h>

#define CELL_UV 3285000 /* about 36 % */
#define SPREAD_UV 400 /* between neighbours in the pattern below */
#define BALANCE_DROP_UV 4000 /* on the sense wires of a channel that draws */
#define PRECHARGE_US 150000 /* time constant of resistor and link capacitance */

void
bench_sample (struct bench *b, uint32_t dt_us, uint32_t pins, struct afe_sample *ret)
{
	int32_t sum_mv = 0;

	memset (ret, 0, sizeof *ret);
	ret->magic = AFE_SAMPLE_MAGIC;
	ret->seq = ++b->seq;
	ret->dt_us = dt_us;
	ret->pins = pins;
	for (int i = 0; i < AFE_CELLS; i++) {
		ret->cell_uv[i] = CELL_UV + (i * 7 % 11 - 5) * SPREAD_UV;
		sum_mv += ret->cell_uv[i] / 1000;
	}
	for (int i = 0; i < AFE_NTCS; i++)
		ret->ntc_mdegc[i] = 25000 + 100 * i;
	if ((b->outputs & AFE_OUT_MAIN) != 0)
		b->terminal_mv = sum_mv;
	else if ((b->outputs & AFE_OUT_PRECHARGE) != 0)
		b->terminal_mv +=
		    (int32_t)((int64_t)(sum_mv - b->terminal_mv) * dt_us / (dt_us + PRECHARGE_US));
	else
		b->terminal_mv = 0;
	ret->flags = ((b->outputs & AFE_OUT_MAIN) != 0 ? AFE_FLAG_MAIN_AUX : 0u) |
		     ((b->outputs & AFE_OUT_PRECHARGE) != 0 ? AFE_FLAG_PRECHARGE_AUX : 0u);
	ret->stack_mv = sum_mv;
	ret->terminal_mv = b->terminal_mv;
	ret->insulation_kohm = 50000;
}

void
bench_command (struct bench *b, const struct afe_command *command)
{
	b->outputs = command->outputs;
}
