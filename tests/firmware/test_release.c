/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/release.h"
#include "tests/suite.h"
#include "tests/folder.h"
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

/* A bundle made of two segments, and the directory that it lives in. */
typedef struct {
	char *directory, *secret, *public, *file;
	PlImage *image;
	PlManifest manifest;
} Fixture;
static Fixture f;

static char *
in_directory (const char *name)
{
	return g_build_filename (f.directory, name, NULL);
}

static void
setup (void)
{
	static char product[] = "PL-BMS-32S", version[] = "1.4.2",
		    created[] = "2026-05-04T08:00:00Z";
	g_autoptr (GError) error = NULL;

	f.directory = test_folder ();
	f.secret = in_directory ("key");
	f.public = in_directory ("key.pub");
	f.file = in_directory ("bundle.plrel");
	ck_assert_ok (pl_release_keygen (f.secret, f.public, &error), error);
	f.image = pl_image_new ();
	ck_assert (pl_image_add (f.image, 0x08004000, (const guint8 *)"code\n\n\0\xff", 8, &error));
	ck_assert (pl_image_add (f.image, 0x08010000, (const guint8 *)"constants", 9, &error));
	f.manifest = (PlManifest){product, version, 3, 5, 7, created};
	ck_assert_ok (pl_release_make (f.file, &f.manifest, f.image, f.secret, &error), error);
}

static void
teardown (void)
{
	pl_image_free (f.image);
	g_free (f.directory);
	g_free (f.secret);
	g_free (f.public);
	g_free (f.file);
}

static GByteArray *
bundle_bytes (void)
{
	char *data;
	gsize len;

	ck_assert (g_file_get_contents (f.file, &data, &len, NULL));
	return g_byte_array_new_take ((guint8 *)data, len);
}

static void
read_hex_key (const char *file, guint8 *key, gsize len)
{
	g_autofree char *hex = NULL;
	gsize got;

	ck_assert (g_file_get_contents (file, &hex, NULL, NULL));
	ck_assert_int_eq (sodium_hex2bin (key, len, hex, 2 * len, NULL, &got, NULL), 0);
	ck_assert_uint_eq (got, len);
}

/* Whoever holds the key signs nonsense: the reader must still not believe it. */
static PlRelease *
parse_signed (const char *body, gsize len, GError **error)
{
	guint8 sk[64], pk[32], *text = g_malloc (len + 64);
	PlRelease *release;

	read_hex_key (f.secret, sk, sizeof sk);
	read_hex_key (f.public, pk, sizeof pk);
	memcpy (text, body, len);
	crypto_sign_detached (text + len, NULL, text, len, sk);
	release = pl_release_parse (text, len + 64, pk, error);
	g_free (text);
	return release;
}

/* -- round trip -------------------------------------------------------------------------------- */

START_TEST (what_was_signed_is_what_is_read)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRelease) release = pl_release_open (f.file, f.public, &error);
	g_autoptr (GByteArray) bytes = bundle_bytes ();
	g_autofree char *digest =
	    g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes->data, bytes->len);
	const PlManifest *m;
	const PlSegment *segment;

	ck_assert_ok (release != NULL, error);
	m = pl_release_manifest (release);
	ck_assert_str_eq (m->product, "PL-BMS-32S");
	ck_assert_str_eq (m->version, "1.4.2");
	ck_assert_str_eq (m->created, "2026-05-04T08:00:00Z");
	ck_assert_uint_eq (m->hardware_min, 3);
	ck_assert_uint_eq (m->hardware_max, 5);
	ck_assert_uint_eq (m->security_counter, 7);
	ck_assert_uint_eq (pl_image_n_segments (pl_release_image (release)), 2);
	segment = pl_image_segment (pl_release_image (release), 0);
	ck_assert_uint_eq (segment->address, 0x08004000);
	ck_assert_mem_eq (g_bytes_get_data (segment->data, NULL), "code\n\n\0\xff", 8);
	segment = pl_image_segment (pl_release_image (release), 1);
	ck_assert_uint_eq (segment->address, 0x08010000);
	ck_assert_mem_eq (g_bytes_get_data (segment->data, NULL), "constants", 9);
	ck_assert_str_eq (pl_release_digest (release), digest);
}
END_TEST

/* The layout that release.h promises, byte for byte. */
START_TEST (the_bundle_is_laid_out_as_documented)
{
	static const char head[] =
	    "PLREL1\nproduct PL-BMS-32S\nversion 1.4.2\nhardware 3 5\ncounter 7\n"
	    "created 2026-05-04T08:00:00Z\nsegment 08004000 8 ";
	g_autoptr (GByteArray) bytes = bundle_bytes ();
	guint8 pk[32];
	gsize body = bytes->len - 64;

	ck_assert_mem_eq (bytes->data, head, strlen (head));
	ck_assert_mem_eq (bytes->data + body - 19,
			  "\n\ncode\n\n\0\xff"
			  "constants",
			  19);
	read_hex_key (f.public, pk, sizeof pk);
	ck_assert_int_eq (crypto_sign_verify_detached (bytes->data + body, bytes->data, body, pk),
			  0);
}
END_TEST

/* -- tampering --------------------------------------------------------------------------------- */

START_TEST (any_flipped_bit_anywhere_is_refused)
{
	g_autoptr (GByteArray) bytes = bundle_bytes ();
	guint8 pk[32];

	read_hex_key (f.public, pk, sizeof pk);
	for (guint i = 0; i < bytes->len; i++) {
		g_autoptr (GError) error = NULL;

		bytes->data[i] ^= 1u << (i % 8);
		ck_assert_msg (pl_release_parse (bytes->data, bytes->len, pk, &error) == NULL,
			       "byte %u of %u", i, bytes->len);
		ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_SIGNATURE);
		bytes->data[i] ^= 1u << (i % 8);
	}
	pl_release_free (pl_release_parse (bytes->data, bytes->len, pk, NULL));
}
END_TEST

START_TEST (a_bundle_cut_short_or_with_a_tail_is_refused)
{
	g_autoptr (GByteArray) bytes = bundle_bytes ();
	guint len = bytes->len;
	guint8 pk[32];

	read_hex_key (f.public, pk, sizeof pk);
	for (guint cut = 0; cut < len; cut++) {
		g_autoptr (GError) error = NULL;

		ck_assert_ptr_null (pl_release_parse (bytes->data, cut, pk, &error));
		ck_assert_uint_eq (error->domain, PL_RELEASE_ERROR);
	}
	for (guint tail = 1; tail <= 65; tail++) {
		g_autoptr (GError) error = NULL;

		g_byte_array_append (bytes, (const guint8 *)"\0", 1);
		ck_assert_ptr_null (pl_release_parse (bytes->data, bytes->len, pk, &error));
		ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_SIGNATURE);
	}
}
END_TEST

START_TEST (another_key_is_refused_and_the_word_says_what_to_do)
{
	g_autofree char *secret = in_directory ("other"), *public = in_directory ("other.pub");
	g_autoptr (GError) error = NULL;

	ck_assert_ok (pl_release_keygen (secret, public, &error), error);
	ck_assert_ptr_null (pl_release_open (f.file, public, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_SIGNATURE);
	ck_assert_msg (strstr (error->message, "get the bundle again") != NULL, "%s",
		       error->message);
}
END_TEST

/* A signature proves who wrote it, not that it makes sense. */
START_TEST (signed_nonsense_is_still_nonsense)
{
	static const char head[] =
	    "PLREL1\nproduct P\nversion 1\nhardware 1 2\ncounter 0\ncreated now\n";
	static const struct {
		const char *body;
		const char *says;
	} cases[] = {
	    {"PLREL2\nproduct P\n\n", "does not begin as one"},
	    {"PLREL1\n\n\n", "not complete"},
	    {"PLREL1\n\n", "does not begin as one"},
	    {"PLREL1\n", "does not begin as one"},
	    {"PLREL1\nproduct P\nversion 1\nhardware 1\ncounter 0\ncreated now\n\n",
	     "wrong number"},
	    {"PLREL1\nproduct P\nversion 1\nhardware 1 70000\ncounter 0\ncreated now\n\n",
	     "wrong number"},
	    {"PLREL1\nproduct P\nversion 1\nhardware 1 2\ncounter -1\ncreated now\n\n",
	     "wrong number"},
	    {"PLREL1\nproduct P\nversion 1\nhardware 2 1\ncounter 0\ncreated now\n\n", "LOW..HIGH"},
	    {"PLREL1\nproduct \nversion 1\nhardware 1 2\ncounter 0\ncreated now\n\n",
	     "words without blanks"},
	    {"PLREL1\nversion 1\nproduct P\nhardware 1 2\ncounter 0\ncreated now\n\n",
	     "not complete"},
	    {"+\n", "holds no image"},
	    {"+segment 08000000 4 00\n\nabcd", "digest"},
	    {"+segment 08000000 5 00\n\nabcd", "size"},
	    {"+segment 08000000 0 00\n\nabcd", "size"},
	    {"+segment 108000000 4 00\n\nabcd", "size"},
	    {"+segment 08000000 99999999999 00\n\nabcd", "size"},
	    {"+segment 08000000 1 "
	     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n\nab",
	     "left over"},
	    {"+segment 08000000 1 "
	     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\nkey x\n\na",
	     "left over"},
	    {"+segment 08000000 1 "
	     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n"
	     "segment 08000000 1 "
	     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n\naa",
	     "overlaps"},
	};

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (GError) error = NULL;
		g_autofree char *body = cases[i].body[0] == '+'
					    ? g_strconcat (head, cases[i].body + 1, NULL)
					    : g_strdup (cases[i].body);

		ck_assert_msg (parse_signed (body, strlen (body), &error) == NULL, "taken: %s",
			       body);
		ck_assert_msg (strstr (error->message, cases[i].says) != NULL,
			       "%u: \"%s\" lacks \"%s\"", i, error->message, cases[i].says);
	}
	g_autoptr (GError) error = NULL;

	ck_assert_ptr_null (parse_signed ("PLREL1\nproduct P\0\n\n", 20, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT);
}
END_TEST

/* -- admission --------------------------------------------------------------------------------- */

START_TEST (only_the_pack_that_it_is_for_may_take_it)
{
	static const struct {
		const char *product;
		guint hardware;
		guint32 counter;
		int code; /* -1 = admitted */
		const char *says;
	} cases[] = {
	    {"PL-BMS-32S", 3, 7, -1, NULL},
	    {"PL-BMS-32S", 5, 0, -1, NULL},
	    {"PL-BMS-16S", 3, 7, PL_RELEASE_ERROR_PRODUCT,
	     "release 1.4.2 is for product PL-BMS-32S, this pack's BMS is PL-BMS-16S"},
	    {"PL-BMS-32", 3, 7, PL_RELEASE_ERROR_PRODUCT, "nothing was erased"},
	    {"", 3, 7, PL_RELEASE_ERROR_PRODUCT, "nothing was erased"},
	    {"PL-BMS-32S", 2, 7, PL_RELEASE_ERROR_HARDWARE,
	     "for hardware 3..5, this BMS is revision 2"},
	    {"PL-BMS-32S", 6, 7, PL_RELEASE_ERROR_HARDWARE, "revision 6: nothing was erased"},
	    {"PL-BMS-32S", 4, 8, PL_RELEASE_ERROR_ROLLBACK,
	     "security counter 7, this BMS already has 8: going back is refused"},
	    {"PL-BMS-32S", 4, G_MAXUINT32, PL_RELEASE_ERROR_ROLLBACK, "nothing was erased"},
	};
	g_autoptr (PlRelease) release = pl_release_open (f.file, f.public, NULL);

	for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
		g_autoptr (GError) error = NULL;
		gboolean ok = pl_release_admit (release, cases[i].product, cases[i].hardware,
						cases[i].counter, &error);

		ck_assert_int_eq (ok, cases[i].code < 0);
		if (ok)
			continue;
		ck_assert_err (error, PL_RELEASE_ERROR, cases[i].code);
		ck_assert_msg (strstr (error->message, cases[i].says) != NULL,
			       "\"%s\" lacks \"%s\"", error->message, cases[i].says);
	}
}
END_TEST

/* -- keys and making --------------------------------------------------------------------------- */

START_TEST (the_secret_key_is_its_owners_alone)
{
	struct stat info;

	ck_assert_int_eq (stat (f.secret, &info), 0);
	ck_assert_uint_eq (info.st_mode & 07777, 0600);
}
END_TEST

START_TEST (keys_are_never_overwritten_and_never_left_half)
{
	g_autofree char *before = NULL, *after = NULL, *fresh = in_directory ("fresh");
	g_autoptr (GError) error = NULL;

	ck_assert (g_file_get_contents (f.secret, &before, NULL, NULL));
	ck_assert (!pl_release_keygen (f.secret, f.public, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY);
	ck_assert_msg (strstr (error->message, f.secret) != NULL, "%s", error->message);
	g_clear_error (&error);
	ck_assert (!pl_release_keygen (fresh, f.public, &error)); /* the public one stands there */
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY);
	ck_assert (!g_file_test (fresh, G_FILE_TEST_EXISTS));
	ck_assert (g_file_get_contents (f.secret, &after, NULL, NULL));
	ck_assert_str_eq (before, after);
}
END_TEST

START_TEST (a_key_that_is_none_is_refused_by_name)
{
	static const char *const contents[] = {"", "00", "zz", NULL};
	g_autofree char *key = in_directory ("bad"), *missing = in_directory ("missing");
	g_autoptr (GError) error = NULL;

	for (guint i = 0; contents[i] != NULL; i++) {
		ck_assert (g_file_set_contents (key, contents[i], -1, NULL));
		ck_assert_ptr_null (pl_release_open (f.file, key, &error));
		ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY);
		ck_assert_msg (strstr (error->message, key) != NULL, "%s", error->message);
		g_clear_error (&error);
		ck_assert (!pl_release_make (f.file, &f.manifest, f.image, key, &error));
		ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY);
		g_clear_error (&error);
	}
	ck_assert_ptr_null (pl_release_open (f.file, missing, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_KEY);
	g_clear_error (&error);
	ck_assert_ptr_null (pl_release_open (missing, f.public, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT);
}
END_TEST

static void
not_made (const PlManifest *manifest, PlImage *image)
{
	g_autofree char *file = in_directory ("not-made");
	g_autoptr (GError) error = NULL;

	ck_assert (!pl_release_make (file, manifest, image, f.secret, &error));
	ck_assert_err (error, PL_RELEASE_ERROR, PL_RELEASE_ERROR_FORMAT);
	ck_assert (!g_file_test (file, G_FILE_TEST_EXISTS));
}

START_TEST (a_bundle_that_could_not_be_read_is_not_made)
{
	g_autoptr (PlImage) empty = pl_image_new (), many = pl_image_new ();
	char with_newline[] = "1\ncounter 9", blank[] = "1 2", none[] = "";
	char *const words[] = {with_newline, blank, none, NULL};

	for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
		PlManifest m = f.manifest;

		m.version = words[i];
		not_made (&m, f.image);
		m = f.manifest;
		m.product = words[i];
		not_made (&m, f.image);
	}
	for (guint i = 0; i < 2; i++) {
		PlManifest m = f.manifest;

		m.hardware_min = i == 0 ? 6 : 0;
		m.hardware_max = i == 0 ? 5 : 65536;
		not_made (&m, f.image);
	}
	not_made (&f.manifest, empty);
	for (guint i = 0; i < 257; i++)
		ck_assert (pl_image_add (many, i * 16, (const guint8 *)"x", 1, NULL));
	not_made (&f.manifest, many);
}
END_TEST

int
main (void)
{
	Suite *suite = suite_create ("firmware-release");
	TCase *tcase = tcase_create ("release");

	tcase_add_checked_fixture (tcase, setup, teardown);
	tcase_add_test (tcase, what_was_signed_is_what_is_read);
	tcase_add_test (tcase, the_bundle_is_laid_out_as_documented);
	tcase_add_test (tcase, any_flipped_bit_anywhere_is_refused);
	tcase_add_test (tcase, a_bundle_cut_short_or_with_a_tail_is_refused);
	tcase_add_test (tcase, another_key_is_refused_and_the_word_says_what_to_do);
	tcase_add_test (tcase, signed_nonsense_is_still_nonsense);
	tcase_add_test (tcase, only_the_pack_that_it_is_for_may_take_it);
	tcase_add_test (tcase, the_secret_key_is_its_owners_alone);
	tcase_add_test (tcase, keys_are_never_overwritten_and_never_left_half);
	tcase_add_test (tcase, a_key_that_is_none_is_refused_by_name);
	tcase_add_test (tcase, a_bundle_that_could_not_be_read_is_not_made);
	suite_add_tcase (suite, tcase);
	return pl_suite_main (suite);
}
