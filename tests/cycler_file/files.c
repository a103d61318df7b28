/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cycler_file/files.h"
#include <math.h>
#include <string.h>

PlCyclerFile *
pl_test_data_file (const char *name, double limit_percent, double rated_ah)
{
	g_autofree char *path =
	    g_build_filename (g_getenv ("PACKLINE_SOURCE"), "tests", "data", name, NULL);
	g_autoptr (GError) error = NULL;
	PlCyclerFile *file = pl_cycler_file_load (path, &error);

	ck_assert_ok (file != NULL, error);
	pl_cycler_file_judge (file, limit_percent, rated_ah);
	return file;
}

static PlCyclerFile *
parse (const char *text, GError **error)
{
	g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

	return pl_cycler_file_parse (bytes, "some.csv", error);
}

PlCyclerFile *
pl_test_text_file (const char *text)
{
	g_autoptr (GError) error = NULL;
	PlCyclerFile *file = parse (text, &error);

	ck_assert_ok (file != NULL, error);
	pl_cycler_file_judge (file, PL_CYCLER_LIMIT_PERCENT, NAN);
	return file;
}

char *
pl_test_refusal (const char *text)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlCyclerFile) file = parse (text, &error);

	ck_assert_ptr_null (file);
	ck_assert (error != NULL && error->domain == PL_CYCLER_FILE_ERROR);
	return g_strdup (error->message);
}

void
pl_assert_defect (const PlCyclerFile *file, guint line, const char *says)
{
	g_autoptr (GString) all = g_string_new (NULL);

	for (guint i = 0; i < file->defects->len; i++) {
		const PlCyclerDefect *defect = g_ptr_array_index (file->defects, i);

		if (defect->line == line && strstr (defect->text, says) != NULL)
			return;
		g_string_append_printf (all, "%u: %s\n", defect->line, defect->text);
	}
	ck_abort_msg ("no defect in line %u says \"%s\", but:\n%s", line, says, all->str);
}

const PlCyclerStep *
pl_test_step (const PlCyclerFile *file, guint i)
{
	ck_assert_uint_lt (i, file->steps->len);
	return g_ptr_array_index (file->steps, i);
}
