/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/release.h"
#include "station/cli/command.h"
#include "station/keys.h"
#include <stdio.h>

/* The release engineer's side (keygen, make) and the station's side (trust, show, verify) of
 * signed firmware. */

static char *image_file, *format, *base, *product, *version, *hardware, *counter, *key, *out;

/* -- keygen ------------------------------------------------------------------------------------ */

/* The pair is made where the engineer stands; only the public half ever goes to a station. */
static PlExit
run_keygen (char **args)
{
	g_autofree char *public_file = g_strconcat (args[0], ".pub", NULL);
	g_autoptr (GError) error = NULL;

	if (!pl_release_keygen (args[0], public_file, &error))
		return pl_say_error (error);
	printf ("secret key  %s  (keep it off every station)\npublic key  %s  (packline release "
		"trust %s)\n",
		args[0], public_file, public_file);
	return PL_EXIT_PASS;
}

extern const PlCommand pl_command_release_keygen;
const PlCommand pl_command_release_keygen = {
    .name = "release keygen",
    .arguments = "SECRET",
    .min = 1,
    .max = 1,
    .summary = "make the key pair that signs firmware releases",
    .about = "Writes a new Ed25519 pair: SECRET (mode 0600, for the release engineer) and\n"
	     "SECRET.pub (for the stations). Never overwrites a key.",
    .example = "  packline release keygen release-key",
    .run = run_keygen,
};

/* -- make -------------------------------------------------------------------------------------- */

/* "3" is the range 3-3. An inverted range would admit nothing and be noticed on the line. */
static gboolean
parse_hardware (PlManifest *manifest)
{
	g_auto (GStrv) ends = g_strsplit (hardware, "-", -1);
	guint64 low, high;

	if (g_strv_length (ends) < 1 || g_strv_length (ends) > 2 ||
	    !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXUINT16, &low, NULL) ||
	    !g_ascii_string_to_unsigned (ends[ends[1] != NULL], 10, low, G_MAXUINT16, &high, NULL))
		return FALSE;
	manifest->hardware_min = (guint)low;
	manifest->hardware_max = (guint)high;
	return TRUE;
}

/* What is missing, or NULL. GLib knows no required options; all of these are, for a signed
 * statement has no defaults. */
static const char *
missing (void)
{
	const struct {
		const char *value, *name;
	} needed[] = {{image_file, "--image FILE"},
		      {product, "--product PRODUCT"},
		      {version, "--version VERSION"},
		      {hardware, "--hardware MIN-MAX"},
		      {counter, "--counter N"},
		      {key, "--key SECRET"},
		      {out, "--out FILE"}};

	for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
		if (needed[i].value == NULL)
			return needed[i].name;
	return NULL;
}

static PlExit
make (PlManifest *manifest)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlImage) image = NULL;
	guint32 at = 0;

	if (base != NULL && !pl_parse_address (base, &at))
		return pl_say_usage ("--base %s is not an address (0x08004000)", base);
	image = pl_load_image (image_file, format, base != NULL ? &at : NULL, &error);
	if (image == NULL)
		return pl_say_error (error);
	if (!pl_release_make (out, manifest, image, key, &error))
		return pl_say_error (error);
	printf ("%s: %s %s for hardware %u to %u, counter %u, %u segments, %" G_GSIZE_FORMAT
		" bytes, signed\n",
		out, manifest->product, manifest->version, manifest->hardware_min,
		manifest->hardware_max, manifest->security_counter, pl_image_n_segments (image),
		pl_image_size (image));
	return PL_EXIT_PASS;
}

static PlExit
run_make (char **args)
{
	g_autofree char *now = pl_utc_now ();
	PlManifest manifest = {.product = product, .version = version, .created = now};
	guint64 count;

	if (missing () != NULL)
		return pl_say_usage ("%s is missing", missing ());
	if (!parse_hardware (&manifest))
		return pl_say_usage ("--hardware %s is not a range of revisions such as 1-5",
				     hardware);
	if (!g_ascii_string_to_unsigned (counter, 10, 0, G_MAXUINT32, &count, NULL))
		return pl_say_usage ("--counter %s is not a number from 0 to 4294967295", counter);
	if (g_file_test (out, G_FILE_TEST_EXISTS)) {
		pl_say ("%s exists: a release is never replaced; choose another name", out);
		return PL_EXIT_USAGE;
	}
	manifest.security_counter = (guint32)count;
	return make (&manifest);
}

static const GOptionEntry make_options[] = {
    {"image", 0, 0, G_OPTION_ARG_FILENAME, &image_file,
     "firmware: Intel HEX, SREC, ELF, or raw binary with --base", "FILE"},
    {"format", 0, 0, G_OPTION_ARG_FILENAME, &format, "ihex, srec, elf or bin (default: by content)",
     "FORMAT"},
    {"base", 0, 0, G_OPTION_ARG_FILENAME, &base, "where a raw binary goes", "ADDR"},
    {"product", 0, 0, G_OPTION_ARG_FILENAME, &product, "the BMS that it is for", "PRODUCT"},
    {"version", 0, 0, G_OPTION_ARG_FILENAME, &version, "its version", "VERSION"},
    {"hardware", 0, 0, G_OPTION_ARG_FILENAME, &hardware, "hardware revisions that may take it",
     "MIN-MAX"},
    {"counter", 0, 0, G_OPTION_ARG_FILENAME, &counter,
     "security counter; a pack never goes below the one it has", "N"},
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &key, "the release engineer's secret key", "SECRET"},
    {"out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "the bundle to write", "FILE"},
    {NULL},
};

extern const PlCommand pl_command_release_make;
const PlCommand pl_command_release_make = {
    .name = "release make",
    .arguments = "",
    .min = 0,
    .max = 0,
    .summary = "sign a firmware image into a release bundle",
    .about = "Every option but --format and --base is needed. The bundle is one file, signed as a\n"
	     "whole; stations that trust the key take it with run --release.",
    .example = "  packline release make --image bms-1.4.2.hex --product PL-BMS-32S \\\n"
	       "    --version 1.4.2 --hardware 1-5 --counter 4 \\\n"
	       "    --key release-key --out bms-1.4.2.plrel",
    .options = make_options,
    .run = run_make,
};

/* -- show, verify ------------------------------------------------------------------------------ */

/* Without --key a bundle is held against what the station would accept. */
static char *
trusted_key (void)
{
	g_autofree char *home = pl_home ();

	return key != NULL ? g_strdup (key) : g_build_filename (home, "release.pub", NULL);
}

static PlExit
bad_release (const char *file, const GError *error)
{
	PlExit exit = pl_exit_of_error (error);

	/* a file that cannot be read says nothing about its content */
	if (error->domain == PL_RELEASE_ERROR && error->code == PL_RELEASE_ERROR_FORMAT &&
	    g_file_test (file, G_FILE_TEST_IS_REGULAR))
		exit = PL_EXIT_FAIL;
	pl_say ("%s: %s%s", file, exit == PL_EXIT_FAIL ? "NOT VALID: " : "", error->message);
	return exit;
}

static PlExit
run_verify (char **args)
{
	g_autofree char *public_file = trusted_key ();
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRelease) release = pl_release_open (args[0], public_file, &error);

	if (release == NULL)
		return bad_release (args[0], error);
	printf ("%s: valid, %s %s, signed by %s\n", args[0], pl_release_manifest (release)->product,
		pl_release_manifest (release)->version, public_file);
	return PL_EXIT_PASS;
}

static PlExit
run_show (char **args)
{
	g_autofree char *public_file = trusted_key ();
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRelease) release = pl_release_open (args[0], public_file, &error);
	const PlManifest *m;
	PlImage *image;

	if (release == NULL)
		return bad_release (args[0], error);
	m = pl_release_manifest (release);
	image = pl_release_image (release);
	printf ("product   %s\nversion   %s\nhardware  %u to %u\ncounter   %u\ncreated   %s\n"
		"signed    by %s\nSHA-256   %s\n",
		m->product, m->version, m->hardware_min, m->hardware_max, m->security_counter,
		m->created, public_file, pl_release_digest (release));
	for (guint i = 0; i < pl_image_n_segments (image); i++) {
		const PlSegment *segment = pl_image_segment (image, i);

		printf ("segment   0x%08x, %" G_GSIZE_FORMAT " bytes\n", segment->address,
			g_bytes_get_size (segment->data));
	}
	return PL_EXIT_PASS;
}

static const GOptionEntry look_options[] = {
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &key,
     "the release key's public half (default: the one that the station trusts)", "PUB"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_release_show;
const PlCommand pl_command_release_show = {
    .name = "release show",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "show what a release bundle is for and what is in it",
    .about = "Nothing of a bundle is believed, or shown, before its signature fits.",
    .example = "  packline release show bms-1.4.2.plrel --key release-key.pub",
    .options = look_options,
    .run = run_show,
};

extern const PlCommand pl_command_release_verify;
const PlCommand pl_command_release_verify = {
    .name = "release verify",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "is a release bundle whole, and signed by this key?",
    .about = "Exit code 1 if a byte was changed or another key signed it.",
    .example = "  packline release verify bms-1.4.2.plrel --key release-key.pub",
    .options = look_options,
    .run = run_verify,
};

/* -- trust ------------------------------------------------------------------------------------- */

/* That a key was replaced is said: releases of the old one stop working from here on. */
static PlExit
run_trust (char **args)
{
	g_autofree char *home = pl_home ();
	g_autoptr (GError) error = NULL;
	g_autofree char *before = NULL, *file = NULL;

	file = pl_keys_trust (home, args[0], &before, &error);
	if (file == NULL)
		return pl_say_error (error);
	if (before != NULL)
		printf ("%s: replaced the key %.16s…\n", file, before);
	else
		printf ("%s: this station now takes releases that this key signed\n", file);
	return PL_EXIT_PASS;
}

static const GOptionEntry trust_options[] = {PL_OPTION_HOME, {NULL}};

extern const PlCommand pl_command_release_trust;
const PlCommand pl_command_release_trust = {
    .name = "release trust",
    .arguments = "PUB",
    .min = 1,
    .max = 1,
    .summary = "let this station take the releases of a key",
    .about =
	"Installs a release key's public half as HOME/release.pub. One key at a time: another\n"
	"one replaces it, and releases of the old key are refused from then on.",
    .example = "  packline release trust release-key.pub",
    .options = trust_options,
    .run = run_trust,
};
