/* SPDX-License-Identifier: Apache-2.0 */
#include "station/keys.h"
#include "station/cli/command.h"
#include <stdio.h>
#include <string.h>

/* Shows only: a key made here by a typing slip in --home would belong to no station. */
static PlExit
run_keys (char **args)
{
	g_autofree char *home = pl_home ();
	g_autofree char *file = g_build_filename (home, "station.pub", NULL);
	g_autofree char *release = g_build_filename (home, "release.pub", NULL);
	g_autofree char *hex = NULL, *trusted = NULL;
	g_autoptr (GError) error = NULL;

	if (!g_file_test (file, G_FILE_TEST_EXISTS)) {
		pl_say ("%s has no key yet: the first run or assemble makes it", home);
		return PL_EXIT_USAGE;
	}
	hex = pl_keys_public (home, &error);
	if (hex == NULL)
		return pl_say_error (error);
	printf ("station   %s  %s\n", file, hex);
	if (g_file_get_contents (release, &trusted, NULL, NULL))
		printf ("releases  %s  %s\n", release,
			strlen (g_strstrip (trusted)) == 64
			    ? trusted
			    : "(no key: packline release trust KEY.pub puts one there)");
	else
		puts ("releases  no key is trusted yet (packline release trust KEY.pub)");
	return PL_EXIT_PASS;
}

static const GOptionEntry options[] = {PL_OPTION_HOME, {NULL}};

extern const PlCommand pl_command_keys;
const PlCommand pl_command_keys = {
    .name = "keys",
    .arguments = "",
    .summary = "print the station's public key and whom it trusts",
    .about = "The public key verifies this station's records (packline record verify --key). Its\n"
	     "secret half, HOME/station.key, never leaves the station.",
    .example = "  packline keys",
    .options = options,
    .run = run_keys,
};
