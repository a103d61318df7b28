/* SPDX-License-Identifier: Apache-2.0 */
#include "station/keys.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

G_DEFINE_QUARK (pl - keys - error - quark, pl_keys_error)

/* Whole or not at all: half a key in a full disk would stop every later start. */
static gboolean
write_hex (const char *file, const guint8 *data, gsize len, int mode, GError **error)
{
	g_autofree char *hex = g_malloc (2 * len + 1);
	g_autoptr (GError) wrong = NULL;
	gboolean ok;

	sodium_bin2hex (hex, 2 * len + 1, data, len);
	ok = g_file_set_contents_full (file, hex, (gssize)(2 * len),
				       G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
				       mode, &wrong);
	if (!ok)
		g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE, "cannot write the key: %s",
			     wrong->message);
	sodium_memzero (hex, 2 * len);
	return ok;
}

static gboolean
from_hex (const char *hex, guint8 *ret, gsize len)
{
	gsize got = 0;

	return hex != NULL && strlen (hex) == 2 * len &&
	       sodium_hex2bin (ret, len, hex, 2 * len, NULL, &got, NULL) == 0 && got == len;
}

static gboolean
read_hex (const char *file, guint8 *ret, gsize len, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) wrong = NULL;

	if (!g_file_get_contents (file, &text, NULL, &wrong)) {
		g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE, "cannot read the key: %s",
			     wrong->message);
		return FALSE;
	}
	if (from_hex (g_strstrip (text), ret, len))
		return TRUE;
	g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE,
		     "%s is not a key of %u hex characters", file, (guint)(2 * len));
	return FALSE;
}

gboolean
pl_keys_ensure (const char *home, GError **error)
{
	g_autofree char *secret = g_build_filename (home, "station.key", NULL);
	g_autofree char *public = g_build_filename (home, "station.pub", NULL);
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];

	/* the public half follows from the secret one, so a stop between the two writes heals itself */
	if (g_file_test (secret, G_FILE_TEST_EXISTS)) {
		if (g_file_test (public, G_FILE_TEST_EXISTS))
			return TRUE;
		if (!read_hex (secret, sk, sizeof sk, error))
			return FALSE;
		crypto_sign_ed25519_sk_to_pk (pk, sk);
	} else {
		crypto_sign_keypair (pk, sk);
		if (!write_hex (secret, sk, sizeof sk, 0600, error))
			return FALSE;
	}
	sodium_memzero (sk, sizeof sk);
	return write_hex (public, pk, sizeof pk, 0644, error);
}

char *
pl_keys_trust (const char *home, const char *public_file, char **ret_before, GError **error)
{
	g_autofree char *file = g_build_filename (home, "release.pub", NULL);
	guint8 pk[crypto_sign_PUBLICKEYBYTES], old[crypto_sign_PUBLICKEYBYTES];

	*ret_before = NULL;
	if (!read_hex (public_file, pk, sizeof pk, error))
		return NULL;
	if (g_mkdir_with_parents (home, 0755) != 0) {
		g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE,
			     "cannot make the station's folder %s: %s", home, g_strerror (errno));
		return NULL;
	}
	if (read_hex (file, old, sizeof old, NULL) && memcmp (old, pk, sizeof pk) != 0) {
		*ret_before = g_malloc (2 * sizeof old + 1);
		sodium_bin2hex (*ret_before, 2 * sizeof old + 1, old, sizeof old);
	}
	return write_hex (file, pk, sizeof pk, 0644, error) ? g_steal_pointer (&file) : NULL;
}

char *
pl_keys_sign (const char *home, const char *text, GError **error)
{
	g_autofree char *file = g_build_filename (home, "station.key", NULL);
	guint8 sk[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
	char *hex;

	if (!read_hex (file, sk, sizeof sk, error))
		return NULL;
	crypto_sign_detached (signature, NULL, (const guint8 *)text, strlen (text), sk);
	sodium_memzero (sk, sizeof sk);
	hex = g_malloc (2 * sizeof signature + 1);
	return sodium_bin2hex (hex, 2 * sizeof signature + 1, signature, sizeof signature);
}

char *
pl_keys_public (const char *home, GError **error)
{
	g_autofree char *file = g_build_filename (home, "station.pub", NULL);
	guint8 pk[crypto_sign_PUBLICKEYBYTES];
	char *hex;

	if (!read_hex (file, pk, sizeof pk, error))
		return NULL;
	hex = g_malloc (2 * sizeof pk + 1);
	return sodium_bin2hex (hex, 2 * sizeof pk + 1, pk, sizeof pk);
}

gboolean
pl_keys_verify (const char *public_key, const char *text, const char *signature, GError **error)
{
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sig[crypto_sign_BYTES];

	if (from_hex (public_key, pk, sizeof pk) && from_hex (signature, sig, sizeof sig) &&
	    crypto_sign_verify_detached (sig, (const guint8 *)text, strlen (text), pk) == 0)
		return TRUE;
	g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_SIGNATURE,
		     "the signature does not fit: the text was changed, or another key signed it");
	return FALSE;
}
