/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/bms/image.h"
#include "firmware/bms/port.h"

/* May what is in the slot run on this board? Asked at every boot and at Go, whatever the host's
 * tools have checked. */
enum bms_verdict {
	BMS_IMAGE_FITS,
	BMS_IMAGE_NONE, /* no header */
	BMS_IMAGE_BAD_SIZE,
	BMS_IMAGE_BAD_CRC,
	BMS_IMAGE_OTHER_PORT,
	BMS_IMAGE_OTHER_PRODUCT,
	BMS_IMAGE_OTHER_HARDWARE,
	BMS_IMAGE_ROLLBACK, /* older than what already ran here */
};

struct bms_target {
	uint32_t port; /* BMS_PORT_* */
	const char *product;
	uint32_t hardware_revision;
	uint32_t security_counter; /* least that may run */
};

enum bms_verdict bms_image_verify (const struct bms_port *port, const struct bms_target *target,
				   struct bms_image_header *ret_header);
const char *bms_verdict_text (enum bms_verdict verdict);
