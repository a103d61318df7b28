/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/release.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK (pl - release - error - quark, pl_release_error)

/* PLREL1 NEWLINE, "key value" lines in fixed order, "segment ADDRESS LEN SHA256" lines, an empty
 * line, the segments' bytes, and 64 bytes of Ed25519 over all that is before them. Text at the
 * front, so that `head` shows what a bundle is; one file, so that image and signature cannot be
 * mixed up. */
#define MAGIC "PLREL1\n"
/* a linker's image has a handful; a list that is longer is no list of ours */
#define SEGMENTS_MAX 256
/* a line of the manifest stays a line on every screen and label */
#define WORD_MAX 63

struct _PlRelease {
	PlManifest manifest;
	PlImage *image;
	char *digest;
};

void
pl_release_free (PlRelease *release)
{
	if (release == NULL)
		return;
	g_free (release->manifest.product);
	g_free (release->manifest.version);
	g_free (release->manifest.created);
	pl_image_free (release->image);
	g_free (release->digest);
	g_free (release);
}

/* -- keys -------------------------------------------------------------------------------------- */

static gboolean
start_sodium (GError **error)
{
	if (sodium_init () >= 0)
		return TRUE;
	g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY,
		     "libsodium does not start on this machine");
	return FALSE;
}

/* O_EXCL: a key that is there is never overwritten, since every station may trust it already.
 * Hex, because keys are copied by hand and by mail. */
static gboolean
write_key (const char *file, const guint8 *key, gsize len, int mode, GError **error)
{
	g_autofree char *hex = g_malloc (2 * len + 1);
	int fd = open (file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	gboolean ok;

	sodium_bin2hex (hex, 2 * len + 1, key, len);
	ok = fd >= 0 && write (fd, hex, 2 * len) == (gssize)(2 * len) && fsync (fd) == 0;
	if (!ok)
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY,
			     "cannot write the key %s: %s", file, g_strerror (errno));
	if (fd >= 0)
		close (fd);
	if (fd >= 0 && !ok)
		unlink (file);
	/* the copy goes with the key: free () alone leaves it in memory and in a core dump */
	sodium_memzero (hex, 2 * len);
	return ok;
}

static gboolean
read_key (const char *file, guint8 *key, gsize len, GError **error)
{
	g_autofree char *hex = NULL;
	g_autoptr (GError) wrong = NULL;
	gsize got = 0;

	if (!g_file_get_contents (file, &hex, NULL, &wrong)) {
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY,
			     "cannot read the release key: %s", wrong->message);
		return FALSE;
	}
	g_strstrip (hex);
	if (strlen (hex) == 2 * len &&
	    sodium_hex2bin (key, len, hex, 2 * len, NULL, &got, NULL) == 0 && got == len)
		return TRUE;
	g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY,
		     "%s is not a key of %u hex characters", file, (guint)(2 * len));
	return FALSE;
}

gboolean
pl_release_keygen (const char *secret_file, const char *public_file, GError **error)
{
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];

	gboolean ok;

	if (!start_sodium (error))
		return FALSE;
	crypto_sign_keypair (pk, sk);
	ok = write_key (secret_file, sk, sizeof sk, 0600, error);
	sodium_memzero (sk, sizeof sk);
	if (ok && !write_key (public_file, pk, sizeof pk, 0644, error)) {
		unlink (secret_file); /* half a pair would only stand in the way of the next try */
		return FALSE;
	}
	return ok;
}

/* -- manifest ---------------------------------------------------------------------------------- */

/* No blanks and no controls: whatever could begin another line of the manifest is refused here. */
static gboolean
is_word (const char *text)
{
	if (text == NULL)
		return FALSE;
	for (const char *at = text; *at != '\0'; at++)
		if (*at <= 0x20 || *at > 0x7e)
			return FALSE;
	return *text != '\0' && strlen (text) <= WORD_MAX;
}

static gboolean
check_manifest (const PlManifest *m, GError **error)
{
	if (is_word (m->product) && is_word (m->version) && is_word (m->created) &&
	    m->hardware_min <= m->hardware_max && m->hardware_max <= G_MAXUINT16)
		return TRUE;
	g_set_error (
	    error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT,
	    "product, version and date are words without blanks of at most %d characters, and "
	    "hardware is a range LOW..HIGH up to %d",
	    WORD_MAX, G_MAXUINT16);
	return FALSE;
}

/* -- making ------------------------------------------------------------------------------------ */

/* All lines first, then all bytes: the head ends at the first empty line, whatever the bytes hold.
 */
static void
write_segments (GByteArray *out, PlImage *image)
{
	g_autoptr (GString) lines = g_string_new (NULL);

	for (guint i = 0; i < pl_image_n_segments (image); i++) {
		const PlSegment *segment = pl_image_segment (image, i);
		g_autofree char *digest =
		    g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, segment->data);

		g_string_append_printf (lines, "segment %08x %" G_GSIZE_FORMAT " %s\n",
					segment->address, g_bytes_get_size (segment->data), digest);
	}
	g_string_append_c (lines, '\n');
	g_byte_array_append (out, (const guint8 *)lines->str, lines->len);
	for (guint i = 0; i < pl_image_n_segments (image); i++) {
		gsize len;
		const guint8 *data = g_bytes_get_data (pl_image_segment (image, i)->data, &len);

		g_byte_array_append (out, data, len);
	}
}

gboolean
pl_release_make (const char *file, const PlManifest *m, PlImage *image, const char *secret_file,
		 GError **error)
{
	guint8 sk[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
	g_autoptr (GByteArray) out = g_byte_array_new ();
	g_autofree char *head = NULL;
	guint n = pl_image_n_segments (image);

	if (!start_sodium (error) || !check_manifest (m, error))
		return FALSE;
	if (n == 0 || n > SEGMENTS_MAX) {
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT,
			     "the image has %u segments, 1 to %u are allowed", n, SEGMENTS_MAX);
		return FALSE;
	}
	if (!read_key (secret_file, sk, sizeof sk, error))
		return FALSE;
	head = g_strdup_printf (
	    MAGIC "product %s\nversion %s\nhardware %u %u\ncounter %u\ncreated %s\n", m->product,
	    m->version, m->hardware_min, m->hardware_max, m->security_counter, m->created);
	g_byte_array_append (out, (const guint8 *)head, strlen (head));
	write_segments (out, image);
	/* over the head, too: product, counter and hardware range are what must not be changed */
	crypto_sign_detached (signature, NULL, out->data, out->len, sk);
	sodium_memzero (sk, sizeof sk);
	g_byte_array_append (out, signature, sizeof signature);
	return g_file_set_contents (file, (const char *)out->data, out->len, error);
}

/* -- reading ----------------------------------------------------------------------------------- */

static gboolean
bad_format (GError **error, const char *what)
{
	g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT,
		     "the release bundle is damaged: %s", what);
	return FALSE;
}

/* One "key value" line; the value or NULL. */
static char *
take_value (char ***lines, const char *key)
{
	char *line = **lines;
	gsize len = strlen (key);

	if (line == NULL || strncmp (line, key, len) != 0 || line[len] != ' ')
		return NULL;
	(*lines)++;
	return line + len + 1;
}

static gboolean
parse_number (const char *text, guint64 max, guint64 *ret)
{
	return g_ascii_string_to_unsigned (text, 10, 0, max, ret, NULL);
}

/* Strict order and nothing optional: there is exactly one text for a manifest, and a reader of the
 * next form refuses instead of guessing. */
static gboolean
parse_manifest (char ***lines, PlManifest *m, GError **error)
{
	const char *product = take_value (lines, "product"),
		   *version = product ? take_value (lines, "version") : NULL;
	const char *hardware = version ? take_value (lines, "hardware") : NULL;
	const char *counter = hardware ? take_value (lines, "counter") : NULL;
	const char *created = counter ? take_value (lines, "created") : NULL;
	g_auto (GStrv) range = NULL;
	guint64 low, high, count;

	if (created == NULL)
		return bad_format (error, "its manifest is not complete");
	range = g_strsplit (hardware, " ", -1);
	if (g_strv_length (range) != 2 || !parse_number (range[0], G_MAXUINT16, &low) ||
	    !parse_number (range[1], G_MAXUINT16, &high) ||
	    !parse_number (counter, G_MAXUINT32, &count))
		return bad_format (error, "its manifest has a wrong number");
	m->product = g_strdup (product);
	m->version = g_strdup (version);
	m->hardware_min = low;
	m->hardware_max = high;
	m->security_counter = count;
	m->created = g_strdup (created);
	return check_manifest (m, error);
}

/* The digests are under the signature already; they tell a damaged segment by its place. */
static gboolean
take_segment (const char *line, const guint8 **at, const guint8 *end, PlImage *image,
	      GError **error)
{
	g_auto (GStrv) words = g_strsplit (line, " ", -1);
	g_autofree char *digest = NULL;
	guint64 address, len;

	if (g_strv_length (words) != 3 ||
	    !g_ascii_string_to_unsigned (words[0], 16, 0, G_MAXUINT32, &address, NULL) ||
	    !parse_number (words[1], G_MAXUINT32, &len) || len == 0 || len > (gsize)(end - *at))
		return bad_format (error, "a segment's size");
	digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, *at, len);
	if (!g_str_equal (digest, words[2]))
		return bad_format (error, "a segment's digest");
	if (!pl_image_add (image, address, *at, len, error))
		return FALSE;
	*at += len;
	return TRUE;
}

static gboolean
parse_body (PlRelease *release, const guint8 *data, gsize len, GError **error)
{
	const gsize magic = strlen (MAGIC);
	const guint8 *blank = NULL, *at, *end = data + len;
	g_autofree char *head = NULL;
	g_auto (GStrv) lines = NULL;
	char **line, *value;

	if (len > magic && memcmp (data, MAGIC, magic) == 0)
		/* "\n\n" cannot be inside the head: a manifest has no empty line */
		blank = memmem (data + magic, len - magic, "\n\n", 2);
	if (blank == NULL || memchr (data, '\0', blank - data) != NULL)
		return bad_format (error, "it does not begin as one");
	head = g_strndup ((const char *)data + magic, blank - data - magic);
	lines = g_strsplit (head, "\n", -1);
	line = lines;
	at = blank + 2;
	if (!parse_manifest (&line, &release->manifest, error))
		return FALSE;
	while ((value = take_value (&line, "segment")) != NULL)
		if (!take_segment (value, &at, end, release->image, error))
			return FALSE;
	if (*line != NULL || at != end)
		return bad_format (error, "something is left over");
	return pl_image_size (release->image) > 0 || bad_format (error, "it holds no image");
}

PlRelease *
pl_release_parse (const guint8 *data, gsize len, const guint8 public_key[32], GError **error)
{
	g_autoptr (PlRelease) release = g_new0 (PlRelease, 1);
	/* may wrap; used only behind the check of the length */
	gsize body = len - crypto_sign_BYTES;

	release->image = pl_image_new ();
	if (len < crypto_sign_BYTES + strlen (MAGIC)) {
		bad_format (error, "it is too short");
		return NULL;
	}
	/* before one byte is interpreted: the parser then only sees what engineering has signed */
	if (crypto_sign_verify_detached (data + body, data, body, public_key) != 0) {
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_SIGNATURE,
			     "the release bundle's signature does not fit: it was changed, or "
			     "another key signed it; "
			     "get the bundle again from engineering");
		return NULL;
	}
	if (!parse_body (release, data, body, error))
		return NULL;
	release->digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, len);
	return g_steal_pointer (&release);
}

PlRelease *
pl_release_open (const char *file, const char *public_file, GError **error)
{
	guint8 pk[crypto_sign_PUBLICKEYBYTES];
	g_autofree char *data = NULL;
	g_autoptr (GError) wrong = NULL;
	gsize len;

	if (!start_sodium (error) || !read_key (public_file, pk, sizeof pk, error))
		return NULL;
	if (!g_file_get_contents (file, &data, &len, &wrong)) {
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT,
			     "cannot read the release: %s", wrong->message);
		return NULL;
	}
	return pl_release_parse ((const guint8 *)data, len, pk, error);
}

const PlManifest *
pl_release_manifest (PlRelease *release)
{
	return &release->manifest;
}

PlImage *
pl_release_image (PlRelease *release)
{
	return release->image;
}

const char *
pl_release_digest (PlRelease *release)
{
	return release->digest;
}

/* All three before anything is erased: afterwards the pack would have neither the old firmware nor
 * the new one. The counter may stay the same, since a re-flash of the same release is rework, not
 * going back. */
gboolean
pl_release_admit (PlRelease *release, const char *product, guint hardware, guint32 security_counter,
		  GError **error)
{
	const PlManifest *m = &release->manifest;

	if (!g_str_equal (product, m->product)) {
		g_set_error (
		    error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_PRODUCT,
		    "release %s is for product %s, this pack's BMS is %s: nothing was erased",
		    m->version, m->product, product);
		return FALSE;
	}
	if (hardware < m->hardware_min || hardware > m->hardware_max) {
		g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_HARDWARE,
			     "release %s is for hardware %u..%u, this BMS is revision %u: nothing "
			     "was erased",
			     m->version, m->hardware_min, m->hardware_max, hardware);
		return FALSE;
	}
	if (m->security_counter >= security_counter)
		return TRUE;
	g_set_error (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_ROLLBACK,
		     "release %s has security counter %u, this BMS already has %u: going back is "
		     "refused, nothing was erased",
		     m->version, m->security_counter, security_counter);
	return FALSE;
}
