/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/identity.h"

/* One sample of the analogue front end, calibrated and summed up: what all other modules look
 * at. */
struct bms_measured {
	int32_t cell_uv[AFE_CELLS];
	int32_t cell_max_uv, cell_min_uv, cell_mean_uv;
	int32_t pack_mv; /* sum of the cells */
	int32_t ntc_mdegc[AFE_NTCS];
	int32_t warmest_mdegc, coldest_mdegc; /* of the sensors that work; 25 degC if none does */
	int32_t current_ma; /* calibrated, + into the pack */
	int32_t stack_mv, terminal_mv;
	uint32_t insulation_kohm;
	uint32_t flags; /* AFE_FLAG_* */
	uint32_t dt_us;
	bool implausible; /* a sensor is open or shorted, or a cell reads what no cell can be */
};

void bms_measure (const struct afe_sample *sample, const struct bms_identity *identity,
		  struct bms_measured *ret);
