/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/verify.h"
#include "firmware/bms/crc.h"
#include "firmware/bms/mem.h"

/* In blocks: the Cortex-M port has no RAM for a whole payload. */
static bool
crc_fits (const struct bms_port *port, const struct bms_image_header *header)
{
	struct bms_image_header blank = *header;
	uint8_t block[256];
	uint32_t crc, at = 0;

	blank.crc32 = 0;
	crc = bms_crc32 (0, &blank, sizeof blank);
	while (at < header->size) {
		uint32_t n =
		    header->size - at < sizeof block ? header->size - at : (uint32_t)sizeof block;

		if (!port->flash_read (port->host, BMS_SLOT_ADDRESS + header->header_size + at,
				       block, n))
			return false;
		crc = bms_crc32 (crc, block, n);
		at += n;
	}
	return crc == header->crc32;
}

/* The field is padded with NUL to its full length, so a name that merely begins alike differs. */
static bool
product_fits (const char *product, const char *field)
{
	for (size_t i = 0; i < sizeof ((struct bms_image_header *)0)->product; i++) {
		if (field[i] != *product)
			return false;
		product += *product != '\0';
	}
	return *product == '\0';
}

/* From cheap to dear, and nothing of the header is believed before its CRC has been held against
 * it, sizes apart, which only bound the reading. */
enum bms_verdict
bms_image_verify (const struct bms_port *port, const struct bms_target *target,
		  struct bms_image_header *ret)
{
	if (!port->flash_read (port->host, BMS_SLOT_ADDRESS, ret, sizeof *ret) ||
	    ret->magic != BMS_IMAGE_MAGIC)
		return BMS_IMAGE_NONE;
	if (ret->header_size != sizeof *ret || ret->size == 0 ||
	    ret->size > BMS_IMAGE_SPACE - sizeof *ret)
		return BMS_IMAGE_BAD_SIZE;
	if (!crc_fits (port, ret))
		return BMS_IMAGE_BAD_CRC;
	if (ret->port != target->port)
		return BMS_IMAGE_OTHER_PORT;
	if (!product_fits (target->product, ret->product))
		return BMS_IMAGE_OTHER_PRODUCT;
	if (target->hardware_revision < ret->hw_min || target->hardware_revision > ret->hw_max)
		return BMS_IMAGE_OTHER_HARDWARE;
	return ret->security_counter < target->security_counter ? BMS_IMAGE_ROLLBACK
								: BMS_IMAGE_FITS;
}

const char *
bms_verdict_text (enum bms_verdict verdict)
{
	static const char *const texts[] = {
	    [BMS_IMAGE_FITS] = "the image fits",
	    [BMS_IMAGE_NONE] = "no image in the slot",
	    [BMS_IMAGE_BAD_SIZE] = "the image's size is impossible",
	    [BMS_IMAGE_BAD_CRC] = "the image's CRC is wrong",
	    [BMS_IMAGE_OTHER_PORT] = "the image is for another processor",
	    [BMS_IMAGE_OTHER_PRODUCT] = "the image is for another product",
	    [BMS_IMAGE_OTHER_HARDWARE] = "the image is for other hardware revisions",
	    [BMS_IMAGE_ROLLBACK] = "the image's security counter is below the stored one",
	};

	return texts[verdict];
}
