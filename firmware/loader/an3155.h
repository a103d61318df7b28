/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixtures/link/link.h"

/*
 * The host's side of the STM32 system bootloader's USART protocol (ST application note AN3155). The
 * line is 8E1 where the link has a line at all. One session a link, one thread.
 */
#define PL_FLASH_ERROR (pl_flash_error_quark ())
GQuark pl_flash_error_quark (void);
typedef enum {
	PL_FLASH_ERROR_NO_ANSWER, /* no bootloader on this link */
	PL_FLASH_ERROR_NACK, /* it refuses what it should be able to do */
	PL_FLASH_ERROR_PROTECTED, /* readout protection is active */
	PL_FLASH_ERROR_UNSUPPORTED,
	PL_FLASH_ERROR_ERASE, /* flash is not blank after erasing */
	PL_FLASH_ERROR_VERIFY, /* what is in the flash is not what was written */
	PL_FLASH_ERROR_RANGE, /* outside the device's flash */
	PL_FLASH_ERROR_PROTOCOL,
	PL_FLASH_ERROR_STOPPED, /* the observer said stop */
} PlFlashError;

#define PL_AN3155_BLOCK 256
#define PL_AN3155_CHECKSUM 0xa1 /* a command that older ROMs lack; see pl_an3155_can */

typedef struct _PlAn3155 PlAn3155;

/* Synchronises (0x7F; leading 0x00 and a doubled ACK are passed over, NACK means already in sync)
 * and reads what the bootloader can do. link is borrowed. */
PlAn3155 *pl_an3155_open (PlLink *link, GError **error);
void pl_an3155_free (PlAn3155 *loader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlAn3155, pl_an3155_free)

guint pl_an3155_version (PlAn3155 *loader); /* 0x31 = 3.1 */
guint pl_an3155_device (PlAn3155 *loader); /* product id */
gboolean pl_an3155_can (PlAn3155 *loader, guint8 command);
/* 1..256 bytes. */
gboolean pl_an3155_read (PlAn3155 *loader, guint32 address, guint8 *ret, guint len, GError **error);
/* 1..256 bytes; padded to a multiple of 4 with 0xFF; address a multiple of 4. An ACK does not prove
 * the write. */
gboolean pl_an3155_write (PlAn3155 *loader, guint32 address, const guint8 *data, guint len,
			  GError **error);
/* Pages counted from the flash's start. Split as the protocol demands. */
gboolean pl_an3155_erase (PlAn3155 *loader, guint first_page, guint n_pages, GError **error);
/* CRC-32 (0x04C11DB7, 0xFFFFFFFF, no reflection, words little-endian) by the device; len a multiple
 * of 4. */
gboolean pl_an3155_checksum (PlAn3155 *loader, guint32 address, guint32 len, guint32 *ret,
			     GError **error);
/* The same, computed here. */
guint32 pl_an3155_crc (guint32 crc, const guint8 *data, gsize len);
gboolean pl_an3155_go (PlAn3155 *loader, guint32 address, GError **error);
/* Brings a session that lost its step back into step: waits out what is coming, then proves it with
 * Get. */
gboolean pl_an3155_resync (PlAn3155 *loader, GError **error);
