/* SPDX-License-Identifier: Apache-2.0 */
#include "station/keys.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

G_DEFINE_QUARK (pl - keys - error - quark, pl_keys_error)

static gboolean G_GNUC_PRINTF (2, 3) bad_file (GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start (args, format);
	text = g_strdup_vprintf (format, args);
	va_end (args);
	g_set_error_literal (error, PL_KEYS_ERROR, PL_KEYS_ERROR_FILE, text);
	return FALSE;
}

/* The mode is set on the open file, since the umask would have its say in open(). */
static gboolean
write_all (const char *file, const char *text, int mode)
{
	int fd = open (file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	gboolean ok = fd >= 0 && fchmod (fd, mode) == 0 &&
		      write (fd, text, strlen (text)) == (gssize)strlen (text) && fsync (fd) == 0;
	int why = errno;

	if (fd >= 0)
		close (fd);
	errno = why;
	return ok;
}

/* Through a file beside it: a station that dies here has no half key afterwards. */
static gboolean
write_hex (const char *file, const guint8 *data, gsize len, int mode, GError **error)
{
	g_autofree char *hex = g_malloc (2 * len + 1);
	g_autofree char *beside = g_strconcat (file, ".new", NULL);
	gboolean ok;

	sodium_bin2hex (hex, 2 * len + 1, data, len);
	ok = write_all (beside, hex, mode) && g_rename (beside, file) == 0;
	sodium_memzero (hex, 2 * len);
	return ok || bad_file (error, "cannot write the key %s: %s", file, g_strerror (errno));
}

/* Lower case only, as we write it: two texts must not stand for one signature. */
static gboolean
from_hex (const char *hex, guint8 *ret, gsize len)
{
	gsize got = 0;

	return hex != NULL && strlen (hex) == 2 * len &&
	       strspn (hex, "0123456789abcdef") == 2 * len &&
	       sodium_hex2bin (ret, len, hex, 2 * len, NULL, &got, NULL) == 0 && got == len;
}

/* Keys are edited by hand and copied with editors: space around them is no fault. */
static gboolean
read_hex (const char *file, guint8 *ret, gsize len, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr (GError) wrong = NULL;
	gboolean ok;

	if (!g_file_get_contents (file, &text, NULL, &wrong))
		return bad_file (error, "cannot read the key: %s", wrong->message);
	ok = from_hex (g_strstrip (text), ret, len);
	sodium_memzero (text, strlen (text));
	return ok ||
	       bad_file (error, "%s is not a key of %u hex characters", file, (guint)(2 * len));
}

/* A secret that others can read keeps nothing: whoever read it could have used it, too. */
static gboolean
read_closed (const char *file, guint8 *ret, gsize len, const char *what, GError **error)
{
	struct stat state;

	if (stat (file, &state) == 0 && (state.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return bad_file (error, "the %s %s is open to others (mode %03o): chmod 600 it, %s",
				 what, file, (guint)state.st_mode & 0777,
				 "and make a new one if they may have read it");
	return read_hex (file, ret, len, error);
}

static gboolean
read_secret (const char *home, guint8 ret[crypto_sign_SECRETKEYBYTES], GError **error)
{
	g_autofree char *file = g_build_filename (home, "station.key", NULL);

	return read_closed (file, ret, crypto_sign_SECRETKEYBYTES, "secret key", error);
}

/* The public half is in the secret one: where its file is missing it is written anew; one that does
 * not belong to the secret would make every record look forged. */
static gboolean
ensure_public (const char *home, GError **error)
{
	g_autofree char *file = g_build_filename (home, "station.pub", NULL);
	guint8 pk[crypto_sign_PUBLICKEYBYTES], there[sizeof pk], sk[crypto_sign_SECRETKEYBYTES];

	if (!read_secret (home, sk, error))
		return FALSE;
	crypto_sign_ed25519_sk_to_pk (pk, sk);
	sodium_memzero (sk, sizeof sk);
	if (!g_file_test (file, G_FILE_TEST_EXISTS))
		return write_hex (file, pk, sizeof pk, 0644, error);
	if (!read_hex (file, there, sizeof there, error))
		return FALSE;
	return memcmp (pk, there, sizeof pk) == 0 ||
	       bad_file (error,
			 "%s does not belong to the station.key beside it: restore the pair from "
			 "a backup, or move both away to begin with new keys",
			 file);
}

/* Records that are out there verify by the old public half: it is not replaced in silence. */
static gboolean
make_secret (const char *home, const char *file, GError **error)
{
	g_autofree char *public = g_build_filename (home, "station.pub", NULL);
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	gboolean ok;

	if (g_file_test (public, G_FILE_TEST_EXISTS))
		return bad_file (error,
				 "%s is there, its secret station.key is not: restore it from a "
				 "backup, or move station.pub away to begin with new keys",
				 public);
	crypto_sign_keypair (pk, sk);
	ok = write_hex (file, sk, sizeof sk, 0600, error);
	sodium_memzero (sk, sizeof sk);
	return ok;
}

gboolean
pl_keys_ensure (const char *home, GError **error)
{
	g_autofree char *secret = g_build_filename (home, "station.key", NULL);

	if (sodium_init () < 0)
		return bad_file (error, "libsodium cannot be used: no source of randomness");
	if (!g_file_test (secret, G_FILE_TEST_EXISTS) && !make_secret (home, secret, error))
		return FALSE;
	return ensure_public (home, error);
}

/* Without the salt that they were hashed with no badge is known again, so it is never replaced
 * while somebody is enrolled. */
gboolean
pl_keys_salt (const char *home, gboolean may_make, guint8 ret[PL_KEYS_SALT_BYTES], GError **error)
{
	g_autofree char *file = g_build_filename (home, "people.salt", NULL);

	/* the header names the number without libsodium's own header */
	G_STATIC_ASSERT (PL_KEYS_SALT_BYTES == crypto_pwhash_SALTBYTES);
	if (g_file_test (file, G_FILE_TEST_EXISTS))
		return read_closed (file, ret, PL_KEYS_SALT_BYTES, "salt of the badges", error);
	if (!may_make)
		return bad_file (error,
				 "%s is missing: without it no badge can be known; restore it from "
				 "a backup",
				 file);
	randombytes_buf (ret, PL_KEYS_SALT_BYTES);
	return write_hex (file, ret, PL_KEYS_SALT_BYTES, 0600, error);
}

/* The one before is told and not asked about: the head says so, since a release signed by the old
 * key is refused from here on. */
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

/* The secret is read for each signature and wiped: it is not kept in memory between runs. */
char *
pl_keys_sign (const char *home, const char *text, GError **error)
{
	guint8 sk[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
	char *hex;

	if (!read_secret (home, sk, error))
		return NULL;
	crypto_sign_detached (signature, NULL, (const guint8 *)text, strlen (text), sk);
	sodium_memzero (sk, sizeof sk);
	hex = g_malloc (2 * sizeof signature + 1);
	return sodium_bin2hex (hex, 2 * sizeof signature + 1, signature, sizeof signature);
}

/* The file and not the secret: verifying needs no secret, and runs where none is. */
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

	if (sodium_init () >= 0 && from_hex (public_key, pk, sizeof pk) &&
	    from_hex (signature, sig, sizeof sig) &&
	    crypto_sign_verify_detached (sig, (const guint8 *)text, strlen (text), pk) == 0)
		return TRUE;
	g_set_error (error, PL_KEYS_ERROR, PL_KEYS_ERROR_SIGNATURE,
		     "the signature does not fit: the text was changed, or another key signed it");
	return FALSE;
}
