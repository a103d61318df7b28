/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/port.h"

/*
 * One record a boot, appended in two pages used in turn: how often it booted, and the highest
 * security counter that ever ran. Records that are torn are passed over; a page is only erased
 * when the other one holds the newest record.
 */
struct bms_bootlog {
	uint32_t count;
	uint32_t security_counter;
};

/* The newest record; zeros if there is none. */
void bms_bootlog_read (const struct bms_port *port, struct bms_bootlog *ret);
bool bms_bootlog_append (const struct bms_port *port, const struct bms_bootlog *record);
