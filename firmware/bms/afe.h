/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/*
 * What the BMS's analogue front end exchanges with the world, in lock-step: the world sends a
 * sample, the BMS runs its control loop once for dt_us and answers with a command. On the host port
 * both travel over a unix stream socket as these structs, little-endian, naturally aligned. The
 * bootloader answers too, with everything off. Freestanding: <stdint.h> only.
 */
#define AFE_CELLS 32
#define AFE_NTCS 4
#define AFE_SAMPLE_MAGIC 0x53454641u /* "AFES" */
#define AFE_COMMAND_MAGIC 0x43454641u /* "AFEC" */

enum { /* afe_sample.pins */
       AFE_PIN_POWER = 1u << 0, /* BMS supply present; 0 = the BMS is off */
       AFE_PIN_BOOT0 = 1u << 1, /* strap: stay in the bootloader at reset */
       AFE_PIN_RESET = 1u << 2, /* held in reset; runs again on the falling edge */
};
enum { /* afe_sample.flags */
       AFE_FLAG_SHORT_CIRCUIT = 1u
				<< 0, /* the AFE's own comparator has latched (acts in hardware) */
       AFE_FLAG_MAIN_AUX = 1u << 1, /* auxiliary contact of the main contactor: it is closed */
       AFE_FLAG_PRECHARGE_AUX = 1u << 2,
};
enum { /* afe_command.outputs */
       AFE_OUT_MAIN = 1u << 0, /* main contactor coil */
       AFE_OUT_PRECHARGE = 1u << 1,
       AFE_OUT_CHARGE_FET = 1u << 2,
       AFE_OUT_DISCHARGE_FET = 1u << 3,
       AFE_OUT_INSULATION_MONITOR =
	   1u << 4, /* its measuring bridge loads the insulation (100 kohm class) */
       AFE_OUT_CLEAR_SHORT = 1u << 5, /* clear the latch */
};

struct afe_sample {
	uint32_t magic;
	uint32_t seq;
	uint32_t dt_us;
	uint32_t pins;
	uint32_t flags;
	int32_t cell_uv[AFE_CELLS]; /* as the sense wires bring it: busbar drop, swaps, open wires
				       included */
	int32_t ntc_mdegc[AFE_NTCS]; /* -40000 open, 125000 short */
	int32_t current_ma; /* raw, before gain and offset calibration; + into the pack */
	int32_t stack_mv;
	int32_t terminal_mv;
	uint32_t insulation_kohm; /* valid while the monitor is on */
};

struct afe_command {
	uint32_t magic;
	uint32_t seq; /* of the sample it answers */
	uint32_t outputs;
	uint32_t balance; /* bit a cell */
	uint32_t short_circuit_ma; /* comparator threshold */
};
