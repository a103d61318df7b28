/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "firmware/image/image.h"

/*
 * A release bundle: one file, signed. Layout: "PLREL1\n", the manifest as lines of "key value" in a
 * fixed order ended by an empty line, the segments' bytes one after the other, then 64 bytes of
 * Ed25519 signature over everything before. Nothing of it is believed before the signature over the
 * whole file fits.
 */
#define PL_RELEASE_ERROR (pl_release_error_quark ())
GQuark pl_release_error_quark (void);
typedef enum {
	PL_RELEASE_ERROR_FORMAT,
	PL_RELEASE_ERROR_SIGNATURE,
	PL_RELEASE_ERROR_PRODUCT, /* for another product */
	PL_RELEASE_ERROR_HARDWARE, /* for other hardware revisions */
	PL_RELEASE_ERROR_ROLLBACK, /* its security counter is below the pack's */
	PL_RELEASE_ERROR_KEY,
} PlReleaseError;

typedef struct _PlRelease PlRelease;

typedef struct {
	char *product;
	char *version;
	guint hardware_min, hardware_max;
	guint32 security_counter;
	char *created; /* UTC */
} PlManifest;

/* Writes a key pair as hex: FILE (secret, 0600) and FILE.pub. Refuses to overwrite. */
gboolean pl_release_keygen (const char *secret_file, const char *public_file, GError **error);
/* Signs image and manifest into one file. */
gboolean pl_release_make (const char *file, const PlManifest *manifest, PlImage *image,
			  const char *secret_file, GError **error);
/* Verifies the signature over the whole file, then reads it. */
PlRelease *pl_release_open (const char *file, const char *public_file, GError **error);
PlRelease *pl_release_parse (const guint8 *data, gsize len, const guint8 public_key[32],
			     GError **error);
void pl_release_free (PlRelease *release);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlRelease, pl_release_free)

const PlManifest *pl_release_manifest (PlRelease *release); /* borrowed */
PlImage *pl_release_image (PlRelease *release); /* borrowed */
const char *pl_release_digest (PlRelease *release); /* SHA-256 of the bundle, hex; borrowed */
/* May this device take it? Asked before anything is erased. */
gboolean pl_release_admit (PlRelease *release, const char *product, guint hardware,
			   guint32 security_counter, GError **error);
