/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/image/image.h"
#include "firmware/loader/an3155.h"

/*
 * Takes an image into a device: plan -> erase -> write -> verify -> go. A block that fails is
 * retried; where wrong bits may already be in the flash, its page is erased and rewritten first,
 * since programming can only clear bits. Success is only ever reported on evidence: read-back or
 * the device's own checksum over every byte.
 */
typedef enum {
	PL_VERIFY_READ,
	PL_VERIFY_CRC, /* by the device's checksum; read back where it has none or gives none */
} PlVerify;

/* Returns FALSE to stop at this page: the device is left in its bootloader, and flashing it again
 * resumes cleanly. */
typedef gboolean (*PlFlashObserver) (gpointer data, const char *phase, guint64 done, guint64 total);

typedef struct {
	PlVerify verify;
	guint32 flash_start; /* 0 = 0x08000000 */
	guint32 page_size; /* 0 = 2048 */
	gboolean go; /* start it afterwards */
	guint32 go_address; /* 0 = first segment */
	PlFlashObserver observer;
	gpointer observer_data;
} PlFlashOptions;

typedef struct {
	gsize bytes;
	guint pages, retries;
	guint loader_version, device;
	guint32 crc; /* over all written bytes, by our own reckoning */
	const char *verified; /* "read-back" or "device checksum" */
	double seconds;
} PlFlashEvidence;

/* "an3155" is the one loader so far. */
gboolean pl_flasher_run (PlLink *link, const char *loader, PlImage *image,
			 const PlFlashOptions *options, PlFlashEvidence *ret, GError **error);
