/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/bms/image.h"
#include "firmware/flasher.h"
#include "firmware/release.h"
#include "station/sequencer.h"
#include "station/steps/common.h"
#include <sodium.h>

/*
 * Wake the BMS, read what runs, flash if it is not the approved release, read again. The proof is
 * what the running application says over Modbus after its reset, not what the loader was told.
 * Signature, product, hardware and security counter are held against the pack before anything is
 * erased.
 */
#define BOOT_KEY 0xB007

typedef struct {
	double version, crc, counter, hardware, boots;
	char product[40];
	gboolean answers;
} Identity;

/* Packed into one word by the firmware: major, minor, patch. */
static char *
version_text (double version)
{
	guint32 v = (guint32)version;

	return g_strdup_printf ("%u.%u.%u", v >> 24, (v >> 16) & 0xff, v & 0xffff);
}

/* From the running application: what the loader was told is no proof. */
static gboolean
read_identity (PlInstrument *bms, Identity *ret, GError **error)
{
	g_autofree char *product = NULL;

	if (!pl_reg_get (bms, "firmware_version", &ret->version, error) ||
	    !pl_reg_get (bms, "firmware_crc", &ret->crc, error) ||
	    !pl_reg_get (bms, "security_counter", &ret->counter, error) ||
	    !pl_reg_get (bms, "hardware_revision", &ret->hardware, error) ||
	    !pl_reg_get (bms, "boot_count", &ret->boots, error) ||
	    !bms->ops.registers->read_text (bms, "product", &product, error))
		return FALSE;
	g_strlcpy (ret->product, product, sizeof ret->product);
	ret->answers = TRUE;
	return TRUE;
}

/* The slot's header as the release has it: what must be read back. */
static const struct bms_image_header *
header_of (PlImage *image, GBytes **ret_bytes, GError **error)
{
	const struct bms_image_header *header;

	*ret_bytes = pl_image_read (image, BMS_SLOT_ADDRESS, sizeof *header, 0xff, error);
	if (*ret_bytes == NULL)
		return NULL;
	header = g_bytes_get_data (*ret_bytes, NULL);
	if (header->magic != BMS_IMAGE_MAGIC) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
			     "the release holds no BMS application at 0x%08x: choose the right "
			     "release bundle",
			     BMS_SLOT_ADDRESS);
		return NULL;
	}
	return header;
}

typedef struct {
	PlStepContext *context;
	GError *stopped;
} Watch;

/* Called for each block: the operator's stop and the safety chain are looked at here too. */
static gboolean
on_flash (gpointer data, const char *phase, guint64 done, guint64 total)
{
	Watch *watch = data;

	pl_step_progress (watch->context, total > 0 ? (double)done / total : 0, phase);
	return watch->stopped == NULL && pl_step_poll (watch->context, &watch->stopped);
}

/* BOOT0 strap and a reset pulse: works with any application in the slot, or with none. */
static gboolean
enter_bootloader (PlStepContext *context, PlInstrument *plc, GError **error)
{
	return pl_step_switch (context, plc, "bms_boot", 1, 0, error) &&
	       pl_reg_set (plc, "bms_reset", 1, error) && pl_step_wait (context, 0.2, error) &&
	       pl_reg_set (plc, "bms_reset", 0, error) && pl_step_wait (context, 0.5, error);
}

static gboolean
leave_bootloader (PlStepContext *context, PlInstrument *plc, GError **error)
{
	return pl_reg_set (plc, "bms_boot", 0, error) && pl_reg_set (plc, "bms_reset", 1, error) &&
	       pl_step_wait (context, 0.2, error) && pl_reg_set (plc, "bms_reset", 0, error) &&
	       pl_step_wait (context, 2, error);
}

/* The loader leaves the line at its own 8E1: whatever comes of it, the application is spoken to
 * over a link opened anew. */
static gboolean
flash (PlStepContext *context, PlInstrument **bms, PlImage *image, GError **error)
{
	Watch watch = {context, NULL};
	PlFlashOptions options = {.verify = g_str_equal (pl_step_text (context, "verify"), "crc")
						? PL_VERIFY_CRC
						: PL_VERIFY_READ,
				  .observer = on_flash,
				  .observer_data = &watch};
	PlFlashEvidence evidence = {0};
	PlInstrument *plc = pl_step_borrow (context, PL_ROLE_PLC, error);

	if (plc == NULL || !enter_bootloader (context, plc, error))
		return FALSE;
	pl_bench_forget (pl_run_station (pl_step_run (context))->bench, PL_ROLE_BMS);
	if (!pl_flasher_run ((*bms)->link, pl_step_text (context, "loader"), image, &options,
			     &evidence, error)) {
		if (watch.stopped != NULL) {
			g_clear_error (error);
			g_propagate_error (error, watch.stopped);
		}
		return FALSE;
	}
	pl_step_event (context, "flash",
		       "%" G_GUINT64_FORMAT " bytes written and verified, %u blocks retried",
		       (guint64)evidence.bytes, evidence.retries);
	return leave_bootloader (context, plc, error) &&
	       (*bms = pl_step_reopen (context, PL_ROLE_BMS, error)) != NULL;
}

/* By the image's checksum, which covers every byte; the version is for people. */
static void
judge_identity (PlStepContext *context, const Identity *is, const struct bms_image_header *should,
		const char *approved, PlInstrument *bms)
{
	g_autofree char *running = version_text (is->version);
	g_autofree char *wanted = version_text (should->version);
	g_autofree char *boots = g_strdup_printf ("%.0f", is->boots);

	if ((guint32)is->crc != should->crc32)
		pl_step_blame (context,
			       "the pack runs firmware %s (image %08x); the approved release is %s "
			       "(image %08x): "
			       "it does not take the image that was written",
			       running, (guint32)is->crc, wanted, should->crc32);
	pl_step_measure_text (context, "firmware_version", running, bms, NULL);
	pl_step_measure (context, "image_matches", (guint32)is->crc == should->crc32, bms, NULL);
	pl_step_measure (context, "security_counter", is->counter, bms, NULL);
	pl_run_set_fact (pl_step_run (context), "firmware_version", running);
	pl_run_set_fact (pl_step_run (context), "firmware_release", approved);
	pl_run_set_fact (pl_step_run (context), "bms_boot_count", boots); /* more later = it fell */
}

/* By the key that this station trusts, before a byte of it is believed. */
static PlRelease *
open_release (PlStepContext *context, GError **error)
{
	PlStation *station = pl_run_station (pl_step_run (context));
	const char *file = pl_run_release_file (pl_step_run (context));
	g_autofree char *key = pl_station_path (station, "release.pub");

	if (file == NULL) {
		g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
			     "no firmware release is chosen for product %s: give --release FILE",
			     pl_run_recipe (pl_step_run (context))->product);
		return NULL;
	}
	return pl_release_open (file, key, error);
}

/* A BMS that does not answer cannot say what it is: then the recipe's word has to do. */
static gboolean
check_product (PlStepContext *context, PlRelease *release, GError **error)
{
	const char *wanted = pl_step_text (context, "bms_product");
	const PlManifest *manifest = pl_release_manifest (release);

	if (wanted == NULL || g_str_equal (wanted, manifest->product))
		return TRUE;
	g_set_error (error, PL_STEP_ERROR, PL_STEP_ERROR_CONFIG,
		     "release %s is for BMS %s, this recipe's packs have %s: nothing was erased; "
		     "choose the right release",
		     manifest->version, manifest->product, wanted);
	return FALSE;
}

static gboolean
bring_up_to_date (PlStepContext *context, PlInstrument **bms, PlRelease *release,
		  const struct bms_image_header *should, Identity *is, GError **error)
{
	g_autoptr (GError) silent = NULL;

	if (!read_identity (*bms, is, &silent))
		pl_step_event (context, "flash", "no application answers (%s): flashing it",
			       silent->message);
	else if ((guint32)is->crc == should->crc32) {
		pl_step_event (context, "flash",
			       "already runs the approved release: nothing to write");
		return TRUE;
	} else if (!pl_release_admit (release, is->product, (guint)is->hardware,
				      (guint32)is->counter, error))
		return FALSE;
	if (!flash (context, bms, pl_release_image (release), error))
		return FALSE;
	return read_identity (*bms, is, error);
}

static gboolean
run_flash (PlStepContext *context, GError **error)
{
	PlInstrument *bms = pl_step_borrow (context, PL_ROLE_BMS, error);
	g_autoptr (PlRelease) release = bms != NULL ? open_release (context, error) : NULL;
	g_autoptr (GBytes) bytes = NULL;
	const struct bms_image_header *should;
	Identity is = {0};

	if (release == NULL || !check_product (context, release, error) ||
	    (should = header_of (pl_release_image (release), &bytes, error)) == NULL ||
	    !bring_up_to_date (context, &bms, release, should, &is, error))
		return FALSE;
	judge_identity (context, &is, should, pl_release_digest (release), bms);
	return TRUE;
}

static const char *const verifies[] = {"read", "crc", NULL};
static const char *const loaders[] = {"an3155", NULL};

static const PlParam params[] = {
    {"bms_product", PL_PARAM_TEXT, FALSE, 0, 0, NULL, NULL,
     "the BMS that a release must be for, also where none answers"},
    {"loader", PL_PARAM_TEXT, FALSE, 0, 0, "an3155", loaders, "bootloader protocol"},
    {"verify", PL_PARAM_TEXT, FALSE, 0, 0, "crc", verifies,
     "by read-back or by the target's checksum"},
    {NULL},
};

static const PlMeasure measures[] = {
    {"firmware_version", "", FALSE, TRUE, 0, 0, "as the running application says it"},
    {"image_matches", "", TRUE, FALSE, 0, 1, "1 = the running image is the released one"},
    {"security_counter", "", FALSE, FALSE, 0, 4294967295.0, "anti-rollback counter of the pack"},
    {NULL},
};

const PlStepType pl_step_flash = {
    .name = "flash",
    .title = "BMS firmware",
    .params = params,
    .measures = measures,
    .roles = PL_ROLE_BIT (PL_ROLE_BMS) | PL_ROLE_BIT (PL_ROLE_PLC),
    .weight = 8,
    .run = run_flash,
};
