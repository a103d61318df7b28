/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/app.h"
#include "firmware/bms/crc.h"
#include "firmware/bms/ports/host/flash.h"
#include <string.h>

/*
 * Any bytes at the BMS's Modbus slave, with the whole application behind it: as they come, and
 * as the bodies of frames whose CRC is right. Whatever it answers is a frame, and no request
 * drives the front end's outputs beyond what exists.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static struct flash flash;

static void
on_answer (void *host, const uint8_t *frame, size_t len)
{
	g_assert (len >= 5 && len <= BMS_MODBUS_FRAME_MAX);
	g_assert (bms_crc16 (frame, len - 2) == (frame[len - 2] | frame[len - 1] << 8));
}

static bool
on_read (void *host, uint32_t address, void *ret, size_t len)
{
	return flash_read (&flash, address, ret, len);
}

static bool
on_write (void *host, uint32_t address, const void *bytes, size_t len)
{
	return flash_write (&flash, address, bytes, len);
}

static bool
on_erase (void *host, uint32_t address)
{
	return flash_erase (&flash, address);
}

static void
on_reset (void *host, bool into_bootloader)
{
}

static const struct bms_boot_info info = {1, 3, 1, 1, 1};
static const struct bms_port port = {NULL, on_answer, on_read, on_write, on_erase, on_reset, &info};

static void
send_framed (struct bms_state *app, const guint8 *data, gsize len)
{
	guint8 frame[BMS_MODBUS_FRAME_MAX];
	guint16 crc;

	memcpy (frame + 1, data, len);
	frame[0] = BMS_UNIT;
	crc = bms_crc16 (frame, len + 1);
	frame[len + 1] = crc & 0xff;
	frame[len + 2] = crc >> 8;
	bms_modbus_receive (&app->modbus, frame, len + 3);
	bms_modbus_silence (&app->modbus);
}

static void
control (struct bms_state *app)
{
	struct afe_sample sample = {.dt_us = 20000, .stack_mv = 104000};
	struct afe_command command;

	for (guint i = 0; i < AFE_CELLS; i++)
		sample.cell_uv[i] = 3270000;
	bms_state_control (app, &sample, &command);
	g_assert ((command.outputs & ~0x3fu) == 0);
}

/* data: pieces of one length byte and so many bytes; odd lengths come framed. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	static struct bms_state app;

	if (flash.bytes == NULL)
		flash_open_memory (&flash);
	bms_state_init (&app, &port);
	while (size > 0) {
		gsize len = MIN (data[0], size - 1);

		if (len % 2 == 1 && len <= BMS_MODBUS_FRAME_MAX - 3)
			send_framed (&app, data + 1, len);
		else
			bms_modbus_receive (&app.modbus, data + 1, len);
		control (&app);
		data += len + 1;
		size -= len + 1;
	}
	bms_modbus_silence (&app.modbus);
	return 0;
}
