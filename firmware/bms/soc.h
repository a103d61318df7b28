/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/measure.h"

/* State of charge: from the open-circuit voltage once after boot, by counting charge from then
 * on. */
struct bms_soc {
	int64_t charge_mas; /* in the pack */
	int64_t rest_ma_us; /* below one mA s, kept so that nothing is lost to rounding */
	int64_t sum_uv; /* of the looks at the start */
	uint32_t looks, look_us;
	bool known;
};

void bms_soc_step (struct bms_soc *soc, const struct bms_measured *m);
/* 0.1 %; 0 before the first look is over. */
uint32_t bms_soc_permille (const struct bms_soc *soc);
/* Of a resting cell. */
uint32_t bms_soc_from_ocv (int32_t cell_uv);
