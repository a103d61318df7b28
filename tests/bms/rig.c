/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bms/rig.h"
#include <string.h>

static void
rig_uart_write (void *host, const uint8_t *data, size_t len)
{
	g_byte_array_append (((Rig *)host)->sent, data, (guint)len);
}

static bool
rig_flash_read (void *host, uint32_t address, void *ret, size_t len)
{
	return flash_read (&((Rig *)host)->flash, address, ret, len);
}

/* The supply fails within a write: bytes before the cut are in the flash, later ones are not. */
static bool
rig_flash_write (void *host, uint32_t address, const void *data, size_t len)
{
	Rig *rig = host;

	if (rig->bytes_to_power_cut >= 0) {
		len = MIN (len, (size_t)rig->bytes_to_power_cut);
		rig->bytes_to_power_cut -= (gint)len;
	}
	return flash_write (&rig->flash, address, data, len);
}

static bool
rig_flash_erase (void *host, uint32_t address)
{
	Rig *rig = host;

	return rig->bytes_to_power_cut == 0 || flash_erase (&rig->flash, address);
}

static void
rig_reset (void *host, bool into_bootloader)
{
	Rig *rig = host;

	rig->resets++;
	rig->into_bootloader = into_bootloader;
}

void
rig_open (Rig *rig)
{
	*rig = (Rig){.sent = g_byte_array_new (), .bytes_to_power_cut = -1};
	rig->info = (struct bms_boot_info){0x01020000, 3, 7, 4, BMS_RESET_POWER_ON};
	rig->port = (struct bms_port){
	    rig,       rig_uart_write, rig_flash_read, rig_flash_write, rig_flash_erase,
	    rig_reset, &rig->info};
	flash_open_memory (&rig->flash);
}

void
rig_close (Rig *rig)
{
	flash_close (&rig->flash);
	g_byte_array_unref (rig->sent);
}

GByteArray *
bytes_of (const char *hex)
{
	GByteArray *bytes = g_byte_array_new ();

	while (*hex != '\0') {
		guint8 byte;

		if (*hex == ' ') {
			hex++;
			continue;
		}
		ck_assert (g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]));
		byte = (guint8)(g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
		g_byte_array_append (bytes, &byte, 1);
		hex += 2;
	}
	return bytes;
}

static char *
hex_of (const GByteArray *bytes)
{
	GString *text = g_string_new (NULL);

	for (guint i = 0; i < bytes->len; i++)
		g_string_append_printf (text, "%02x", bytes->data[i]);
	return g_string_free (text, FALSE);
}

void
rig_expect (Rig *rig, const char *hex)
{
	g_autoptr (GByteArray) wanted = bytes_of (hex);
	g_autofree char *is = hex_of (rig->sent), *should = hex_of (wanted);

	ck_assert_str_eq (is, should);
	g_byte_array_set_size (rig->sent, 0);
}

struct afe_sample
healthy_sample (void)
{
	struct afe_sample sample = {.magic = AFE_SAMPLE_MAGIC,
				    .dt_us = PERIOD_US,
				    .pins = AFE_PIN_POWER,
				    .stack_mv = 104640,
				    .insulation_kohm = 80000};

	for (guint i = 0; i < AFE_CELLS; i++)
		sample.cell_uv[i] = 3270000;
	for (guint i = 0; i < AFE_NTCS; i++)
		sample.ntc_mdegc[i] = 25000;
	return sample;
}

struct bms_measured
healthy (void)
{
	struct afe_sample sample = healthy_sample ();
	struct bms_identity identity = {0};
	struct bms_measured measured;

	bms_measure (&sample, &identity, &measured);
	return measured;
}
