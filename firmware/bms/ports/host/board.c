/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/ports/host/board.h"
#include <stdio.h>
#include <string.h>

#define PRODUCT "PL-BMS-32S"

/* -- what the port gives to the firmware ------------------------------------------------------- */

static void
port_uart_write (void *host, const uint8_t *data, size_t len)
{
	struct board *b = host;

	b->send (b->sink, data, len);
}

static bool
port_flash_read (void *host, uint32_t address, void *ret, size_t len)
{
	return flash_read (((struct board *)host)->flash, address, ret, len);
}

static bool
port_flash_write (void *host, uint32_t address, const void *data, size_t len)
{
	return flash_write (((struct board *)host)->flash, address, data, len);
}

static bool
port_flash_erase (void *host, uint32_t address)
{
	return flash_erase (((struct board *)host)->flash, address);
}

/* The application is still running when it asks; settle() acts when it has returned. */
static void
port_reset (void *host, bool into_bootloader)
{
	struct board *b = host;

	b->reset_wanted = true;
	b->reset_into_bootloader = into_bootloader;
}

/* -- booting ----------------------------------------------------------------------------------- */

/* Variables of the application go with its mapping: there is no RAM that a reset would leave. */
static void
stop (struct board *b, enum board_state state)
{
	payload_unload (&b->payload);
	b->state = state;
	b->reset_wanted = false;
	b->line_busy = false;
}

static void
enter_bootloader (struct board *b)
{
	bms_boot_init (&b->boot, &b->port, &b->target);
	b->state = BOARD_BOOTLOADER;
}

/* A counter that rises is stored before the image runs: from then on nothing older does. */
static void
store_counter (struct board *b, uint32_t counter)
{
	struct bms_bootlog record = {b->info.boot_count, counter};

	if (counter <= b->info.security_counter)
		return;
	bms_bootlog_append (&b->port, &record);
	b->info.security_counter = b->target.security_counter = counter;
}

/* The bytes in the flash file are what is loaded: nothing else could answer for the version that
 * was flashed. */
static bool
start_application (struct board *b)
{
	struct bms_image_header header;
	enum bms_verdict verdict = bms_image_verify (&b->port, &b->target, &header);

	if (verdict != BMS_IMAGE_FITS) {
		fprintf (stderr, "packline-bms: stays in the bootloader: %s\n",
			 bms_verdict_text (verdict));
		return false;
	}
	if (!payload_load (&b->payload,
			   b->flash->bytes + (BMS_SLOT_ADDRESS - BMS_FLASH_ADDRESS) +
			       header.header_size,
			   header.size))
		return false;
	store_counter (b, header.security_counter);
	b->payload.app->start (&b->port);
	b->state = BOARD_APPLICATION;
	return true;
}

/* Every reset is a record, also one that ends in the bootloader: evidence that a reset has
 * really happened. */
static void
boot (struct board *b, uint32_t cause, bool into_bootloader)
{
	struct bms_bootlog record;

	stop (b, BOARD_BOOTLOADER);
	bms_bootlog_read (&b->port, &record);
	record.count++;
	bms_bootlog_append (&b->port, &record);
	b->info.boot_count = record.count;
	b->info.security_counter = b->target.security_counter = record.security_counter;
	b->info.reset_cause = cause;
	if (into_bootloader || (b->pins & AFE_PIN_BOOT0) != 0 || !start_application (b))
		enter_bootloader (b);
}

/* What bootloader or application asked for, now that neither is running. */
static void
settle (struct board *b)
{
	if (b->state == BOARD_BOOTLOADER && b->boot.go && !start_application (b))
		enter_bootloader (b);
	if (b->reset_wanted)
		boot (b, BMS_RESET_SOFTWARE, b->reset_into_bootloader);
}

/* -- from outside ------------------------------------------------------------------------------ */

/* Power beats reset, and leaving either is a boot; BOOT0 only matters at that moment. */
static void
follow_pins (struct board *b, uint32_t pins)
{
	bool was_off = b->state == BOARD_OFF;

	b->pins = pins;
	if ((pins & AFE_PIN_POWER) == 0) {
		if (!was_off)
			stop (b, BOARD_OFF);
	} else if ((pins & AFE_PIN_RESET) != 0) {
		if (b->state != BOARD_HELD)
			stop (b, BOARD_HELD);
	} else if (was_off || b->state == BOARD_HELD) {
		boot (b, was_off ? BMS_RESET_POWER_ON : BMS_RESET_PIN, false);
	}
}

void
board_sample (struct board *b, const struct afe_sample *sample, struct afe_command *ret)
{
	memset (ret, 0, sizeof *ret);
	ret->magic = AFE_COMMAND_MAGIC;
	ret->seq = sample->seq;
	if (sample->pins != b->pins)
		follow_pins (b, sample->pins);
	if (b->state == BOARD_APPLICATION)
		b->payload.app->control (sample, ret);
}

void
board_receive (struct board *b, const uint8_t *data, size_t len)
{
	if (b->state == BOARD_BOOTLOADER) {
		bms_boot_receive (&b->boot, data, len);
	} else if (b->state == BOARD_APPLICATION) {
		b->line_busy = true;
		b->payload.app->receive (data, len);
	}
	settle (b);
}

void
board_silence (struct board *b)
{
	b->line_busy = false;
	if (b->state == BOARD_APPLICATION)
		b->payload.app->silence ();
}

void
board_init (struct board *b, struct flash *flash, const char *product, uint32_t hardware_revision)
{
	memset (b, 0, sizeof *b);
	b->flash = flash;
	b->info.bootloader_version = BMS_BOOT_VERSION;
	b->info.hardware_revision = hardware_revision;
	b->target = (struct bms_target){BMS_PORT_HOST, product != NULL ? product : PRODUCT,
					hardware_revision, 0};
	b->port = (struct bms_port){
	    .host = b,
	    .uart_write = port_uart_write,
	    .flash_read = port_flash_read,
	    .flash_write = port_flash_write,
	    .flash_erase = port_flash_erase,
	    .reset = port_reset,
	    .boot = &b->info,
	};
}

void
board_clear (struct board *b)
{
	stop (b, BOARD_OFF);
}
