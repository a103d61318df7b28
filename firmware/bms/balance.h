/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/measure.h"

/* Passive balancing: by itself near the top while the pack rests, or as a test forces it. */
struct bms_balance {
	uint32_t active; /* bit a cell */
	uint32_t forced; /* test mode: exactly these, whatever the cells are */
	bool force;
	uint32_t wait_us;
};

/* Returns the mask for the front end. blocked = any protection: nothing is balanced by itself
 * then. */
uint32_t bms_balance_step (struct bms_balance *b, const struct bms_measured *m, bool blocked);
