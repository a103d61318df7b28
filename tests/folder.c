/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/folder.h"
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

static GPtrArray *folders;
static pid_t owner;

static void
remove_tree (const char *path)
{
	/* a BMS's or instrument's address is a link to a device: never followed */
	g_autoptr (GDir) dir =
	    g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
		g_autofree char *child = g_build_filename (path, name, NULL);

		remove_tree (child);
	}
	g_remove (path);
}

static void
remove_all (void)
{
	/* a child that a test has forked may end first, and needs the files still */
	if (getpid () != owner)
		return;
	for (guint i = 0; folders != NULL && i < folders->len; i++)
		remove_tree (g_ptr_array_index (folders, i));
	g_clear_pointer (&folders, g_ptr_array_unref);
}

char *
test_folder (void)
{
	g_autoptr (GError) error = NULL;
	char *folder = g_dir_make_tmp ("packline-test-XXXXXX", &error);

	if (folder == NULL)
		g_error ("%s", error->message);
	if (g_getenv ("PACKLINE_KEEP") != NULL)
		return folder;
	if (owner != getpid ()) {
		folders = g_ptr_array_new_with_free_func (g_free);
		owner = getpid ();
		atexit (remove_all);
	}
	g_ptr_array_add (folders, g_strdup (folder));
	return folder;
}
