/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Ed25519 keys in files of hex text: HOME/station.key (secret, 0600) and HOME/station.pub. */
#define PL_KEYS_ERROR (pl_keys_error_quark ())
GQuark pl_keys_error_quark (void);
typedef enum { PL_KEYS_ERROR_FILE, PL_KEYS_ERROR_SIGNATURE } PlKeysError;

/* Makes the pair if there is none; otherwise the two files must belong together. */
gboolean pl_keys_ensure (const char *home, GError **error);
/* Signature of text by HOME's secret key, as 128 hex characters; caller frees. FILE if others may
 * read the key. */
char *pl_keys_sign (const char *home, const char *text, GError **error);
/* HOME's public key as 64 hex characters; caller frees. */
char *pl_keys_public (const char *home, GError **error);
/* SIGNATURE if it does not fit. public_key and signature in lower-case hex. */
gboolean pl_keys_verify (const char *public_key, const char *text, const char *signature,
			 GError **error);
/* Installs a release key's public half as HOME/release.pub. Returns that file's name; *ret_before
 * is another key that it replaced, in hex, or NULL. Caller frees both. */
char *pl_keys_trust (const char *home, const char *public_file, char **ret_before, GError **error);
/* The salt of badge codes, HOME/people.salt (0600); made if it is missing and may_make. */
#define PL_KEYS_SALT_BYTES 16
gboolean pl_keys_salt (const char *home, gboolean may_make, guint8 ret[PL_KEYS_SALT_BYTES],
		       GError **error);
