/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/measure.h"

/*
 * Main and pre-charge contactor. Closing goes through pre-charge until the terminals have come near
 * the stack, then the main contactor closes and its auxiliary contact has to say so. A pre-charge
 * that does not get there and a main contact that does not close, or does not stay closed, lock it.
 * A welded contact is only reported: no lock can open it.
 */
enum bms_contactor_state {
	BMS_CONTACTOR_OPEN,
	BMS_CONTACTOR_PRECHARGE,
	BMS_CONTACTOR_CLOSING,
	BMS_CONTACTOR_CLOSED
};
enum { /* faults */
       BMS_FAULT_PRECHARGE = 1u << 0,
       BMS_FAULT_NOT_CLOSED = 1u << 1,
       BMS_FAULT_WELDED = 1u << 2,
};

struct bms_contactor {
	enum bms_contactor_state state;
	bool request; /* close and keep closed */
	uint32_t faults;
	uint32_t state_us; /* in this state */
	uint32_t disagree_us; /* auxiliary contact against coil */
	uint32_t precharge_ms; /* of the last closing */
};

/* One period: returns AFE_OUT_MAIN and AFE_OUT_PRECHARGE. blocked opens at once and drops the
 * request. */
uint32_t bms_contactor_step (struct bms_contactor *c, const struct bms_measured *m, bool blocked);
bool bms_contactor_is_locked (const struct bms_contactor *c);
void bms_contactor_clear (struct bms_contactor *c);
