/* SPDX-License-Identifier: Apache-2.0 */
#include "station/record.h"
#include "station/cli/command.h"
#include "station/cli/query.h"
#include <stdio.h>
#include <string.h>

/* Records and labels leave the database byte for byte as they were signed or printed. */

static char *run_id, *key_file;

/* -- record, label: what the database keeps, as it was handed out ------------------------------ */

static PlExit
run_record (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = pl_open_memory (&exit);
	g_autoptr (GError) error = NULL;
	g_autofree char *text = NULL;

	if (db == NULL)
		return exit;
	text = pl_query_record (db, args[0], run_id, &error);
	if (text == NULL)
		return pl_say_error (error);
	fputs (text, stdout);
	return PL_EXIT_PASS;
}

static const GOptionEntry record_options[] = {
    {"run", 0, 0, G_OPTION_ARG_FILENAME, &run_id,
     "this run, by the beginning of its id (default: the newest with a record)", "ID"},
    PL_OPTION_HOME,
    {NULL},
};

extern const PlCommand pl_command_record;
const PlCommand pl_command_record = {
    .name = "record",
    .arguments = "SERIAL",
    .min = 1,
    .max = 1,
    .summary = "print the signed record of a pack's run as JSON",
    .about =
	"Prints the traceability record byte for byte as it was signed (RFC 8785), and a line\n"
	"end. Works beside a running station.",
    .example = "  packline record PL32-000123 > PL32-000123.json",
    .options = record_options,
    .run = run_record,
};

static PlExit
run_label (char **args)
{
	PlExit exit = PL_EXIT_USAGE;
	g_autoptr (PlDb) db = pl_open_memory (&exit);
	g_autoptr (GError) error = NULL;
	g_autofree char *zpl = NULL;

	if (db == NULL)
		return exit;
	zpl = pl_query_label (db, args[0], &error);
	if (zpl == NULL) {
		pl_say ("%s: %s", args[0], error->message);
		return pl_exit_of_error (error);
	}
	fputs (zpl, stdout);
	return PL_EXIT_PASS;
}

static const GOptionEntry label_options[] = {PL_OPTION_HOME, {NULL}};

extern const PlCommand pl_command_label;
const PlCommand pl_command_label = {
    .name = "label",
    .arguments = "SERIAL",
    .min = 1,
    .max = 1,
    .summary = "print a pack's label again, as ZPL",
    .about = "Writes the newest label of the pack to standard output, byte for byte as it went\n"
	     "to the printer. A pack that never passed has none.",
    .example = "  packline label PL32-000123 > /dev/usb/lp0",
    .options = label_options,
    .run = run_label,
};

/* -- record verify ----------------------------------------------------------------------------- */

/* Keys are one line of 64 hex digits; editors like to add a line end. Another file given as the key
 * must not make a good record look forged. */
static char *
read_key (const char *file, GError **error)
{
	g_autofree char *key = NULL;

	if (!g_file_get_contents (file, &key, NULL, error)) {
		g_prefix_error (error, "cannot read the key: ");
		return NULL;
	}
	g_strstrip (key);
	if (strlen (key) == 64 && key[strspn (key, "0123456789abcdef")] == '\0')
		return g_steal_pointer (&key);
	g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
		     "%s is no public key (64 hex digits): give the station's HOME/station.pub",
		     file);
	return NULL;
}

/* No database, no station: an auditor has the record, the public key and this program. */
static PlExit
run_verify (char **args)
{
	g_autofree char *key = NULL, *text = NULL, *summary = NULL;
	g_autoptr (GError) error = NULL;
	gsize len;

	if (key_file == NULL)
		return pl_say_usage ("whose record it should be is missing: --key station.pub");
	if ((key = read_key (key_file, &error)) == NULL)
		return pl_say_error (error);
	if (!g_file_get_contents (args[0], &text, &len, &error)) {
		g_prefix_error (&error, "cannot read the record: ");
		return pl_say_error (error);
	}
	/* a NUL would hide everything behind it from the verification */
	if (strlen (text) != len || !pl_record_verify (text, key, &summary, &error)) {
		pl_say ("%s: NOT VALID: %s", args[0],
			error != NULL ? error->message : "it holds a NUL byte");
		return PL_EXIT_FAIL;
	}
	printf ("%s: valid, the record of %s, signed by %s\n", args[0], summary, key_file);
	return PL_EXIT_PASS;
}

static const GOptionEntry verify_options[] = {
    {"key", 0, 0, G_OPTION_ARG_FILENAME, &key_file, "the station's public key (needed)", "PUB"},
    {NULL},
};

extern const PlCommand pl_command_record_verify;
const PlCommand pl_command_record_verify = {
    .name = "record verify",
    .arguments = "FILE",
    .min = 1,
    .max = 1,
    .summary = "is a record whole, and signed by this station?",
    .about =
	"Holds the Ed25519 signature against every byte of the record. One changed character,\n"
	"another key, something cut off or added: exit code 1. Needs no database.",
    .example = "  packline record verify PL32-000123.json --key station.pub",
    .options = verify_options,
    .run = run_verify,
};
