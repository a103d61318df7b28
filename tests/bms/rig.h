/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/app.h"
#include "firmware/bms/ports/host/flash.h"
#include "tests/suite.h"

/* A port in memory: flash by the host port's own rules, what goes out of the UART kept, a power
 * cut at any written byte. */
typedef struct {
	struct flash flash;
	struct bms_port port;
	struct bms_boot_info info;
	GByteArray *sent;
	gint bytes_to_power_cut; /* written bytes until flash takes no more; -1 = never */
	guint resets;
	gboolean into_bootloader;
} Rig;

void rig_open (Rig *rig);
void rig_close (Rig *rig);
/* Claims what has been sent since the last claim: hexadecimal, blanks ignored. "" = silence. */
void rig_expect (Rig *rig, const char *hex);
GByteArray *bytes_of (const char *hex);

#define PERIOD_US 20000u
/* A pack that nothing is wrong with, at 3.27 V and rest. */
struct afe_sample healthy_sample (void);
struct bms_measured healthy (void);
