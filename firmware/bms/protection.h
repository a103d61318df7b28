/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/measure.h"

/* Bits of the protection register, in the order that JBD's boards made customary. */
enum bms_protection_bit {
	BMS_CELL_OV,
	BMS_CELL_UV,
	BMS_PACK_OV,
	BMS_PACK_UV,
	BMS_CHARGE_OT,
	BMS_CHARGE_UT,
	BMS_DISCHARGE_OT,
	BMS_DISCHARGE_UT,
	BMS_CHARGE_OC,
	BMS_DISCHARGE_OC,
	BMS_SHORT,
	BMS_AFE_ERROR,
	BMS_FET_LOCK,
	BMS_PROTECTION_BITS
};

/*
 * Each protection trips when its reading has been past its limit for its delay, and releases
 * when the reading has come back by its hysteresis for long enough, or at once by
 * bms_protection_clear if it has come back.
 */
struct bms_protection {
	int32_t limit[BMS_PROTECTION_BITS]; /* uV, mV, mdegC or mA by bit */
	uint32_t past_us[BMS_PROTECTION_BITS], back_us[BMS_PROTECTION_BITS];
	uint32_t tripped; /* bit mask */
	uint32_t trip_ms; /* how long the last one was past its limit when it tripped */
	uint32_t trips; /* since boot */
	bool clear_short; /* the front end's latch is to be cleared */
};

void bms_protection_init (struct bms_protection *p);
void bms_protection_default_limits (struct bms_protection *p);
/* locked: what the contactor's supervision says. Returns the bits that tripped just now. */
uint32_t bms_protection_step (struct bms_protection *p, const struct bms_measured *m, bool locked);
/* The command: releases whatever is back inside its limit, and asks the front end to clear its
 * latch. */
void bms_protection_clear (struct bms_protection *p, const struct bms_measured *m);
/* AFE_OUT_CHARGE_FET and AFE_OUT_DISCHARGE_FET as the tripped bits allow them. */
uint32_t bms_protection_fets (const struct bms_protection *p);
