/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/bench_file.h"
#include <string.h>

/* Any bytes as a bench file: an error with file and line, or roles that are each played once by a
 * driver that can. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_entry (const PlBenchEntry *entry, guint32 *seen)
{
	const PlDriver *driver = pl_driver_find (entry->driver);

	g_assert (entry->role < PL_ROLE_LAST && (*seen & 1u << entry->role) == 0);
	*seen |= 1u << entry->role;
	g_assert (driver != NULL);
	if (entry->sequenced) {
		g_assert (entry->role == PL_ROLE_CYCLER && entry->channels > 0);
		g_assert ((driver->roles & 1u << PL_ROLE_SUPPLY) != 0);
	} else {
		g_assert ((driver->roles & 1u << entry->role) != 0);
	}
	for (guint i = 1; i <= MAX (entry->channels, 1); i++) {
		g_autofree char *link = pl_bench_entry_link (entry, i);

		g_assert (pl_link_check (link, NULL));
	}
	g_assert (entry->settings != NULL);
	g_assert (entry->calibration_due == NULL || strlen (entry->calibration_due) == 10);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlBenchFile) file =
	    pl_bench_file_parse ((const char *)data, size, "/fuzz/bench.yaml", &error);
	guint32 seen = 0;

	g_assert ((file == NULL) == (error != NULL));
	if (error != NULL)
		g_assert (strstr (error->message, "bench.yaml") != NULL);
	for (guint i = 0; file != NULL && i < file->entries->len; i++)
		check_entry (g_ptr_array_index (file->entries, i), &seen);
	if (file != NULL)
		g_assert (file->name != NULL && file->time_scale >= 0);
	return 0;
}
