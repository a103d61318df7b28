/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/measure.h"

/*
 * Main and pre-charge contactor. Closing goes through pre-charge until the terminals have come near the stack, then the
 * main contactor closes and its auxiliary contact has to say so; a pre-charge that does not get there, a main contactor
 * that does not close and one that does not open lock it (fault).
 */
enum bms_contactor_state {
	BMS_CONTACTOR_OPEN,
	BMS_CONTACTOR_PRECHARGE,
	BMS_CONTACTOR_CLOSING,
	BMS_CONTACTOR_CLOSED
};

struct bms_contactor {
	enum bms_contactor_state state;
	bool request; /* close and keep closed */
	bool fault;
	uint32_t state_us; /* in this state */
	uint32_t disagree_us; /* auxiliary contact against coil */
	uint32_t precharge_ms; /* of the last closing */
};

/* One period: returns AFE_OUT_MAIN and AFE_OUT_PRECHARGE. blocked opens at once and drops the request. */
uint32_t bms_contactor_step (struct bms_contactor *c, const struct bms_measured *m, bool blocked);
void bms_contactor_clear (struct bms_contactor *c);
