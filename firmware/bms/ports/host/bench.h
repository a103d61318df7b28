/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/afe.h"

/* A healthy resting pack for the BMS that runs without the simulated line, so that outside tools
 * can be tried on it. */
struct bench {
	uint32_t seq;
	uint32_t outputs; /* of the last command */
	int32_t terminal_mv;
};

void bench_sample (struct bench *bench, uint32_t dt_us, uint32_t pins, struct afe_sample *ret);
void bench_command (struct bench *bench, const struct afe_command *command);
