/* SPDX-License-Identifier: Apache-2.0 */
#include "station/export.h"
#include "db/journal.h"
#include "db/label.h"
#include "db/run.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	gint64 run;
	char *name, *record, *label;
} Files;

/* A serial may hold what a file's name cannot. */
static char *
file_name (const char *serial, const char *uuid)
{
	char *name = g_strdup_printf ("%s-%s", serial, uuid);

	for (char *at = name; *at != '\0'; at++)
		if (!g_ascii_isalnum (*at) && strchr ("-_.", *at) == NULL)
			*at = '_';
	if (*name == '.')
		*name = '_';
	return name;
}

/* Both in one snapshot. No label is a fact, not an error: only passed packs have one. */
static gboolean
read_files (sqlite3 *sql, gpointer data, GError **error)
{
	Files *files = data;
	g_autoptr (PlRunRow) run = pl_run_row_load (sql, files->run, error);
	g_autoptr (GError) no_label = NULL;

	if (run == NULL || (files->record = pl_record_get (sql, files->run, error)) == NULL)
		return FALSE;
	files->name = file_name (run->serial, run->uuid);
	files->label = pl_label_last (sql, 0, files->run, &no_label);
	if (files->label != NULL || g_error_matches (no_label, PL_DB_ERROR, PL_DB_ERROR_NOT_FOUND))
		return TRUE;
	g_propagate_error (error, g_steal_pointer (&no_label));
	return FALSE;
}

/* Whole and on the disk, or not at all: whoever copies files away must not find half a record. */
static char *
write_file (PlStation *station, const char *folder, const char *name, const char *ending,
	    const char *text, GError **error)
{
	g_autofree char *directory = pl_station_path (station, folder);
	g_autofree char *leaf = g_strconcat (name, ending, NULL);
	g_autofree char *file = g_build_filename (directory, leaf, NULL);

	if (g_mkdir_with_parents (directory, 0755) != 0) {
		g_set_error (error, PL_STATION_ERROR, PL_STATION_ERROR_RECORD,
			     "cannot make the folder %s: %s", directory, g_strerror (errno));
		return NULL;
	}
	if (!g_file_set_contents_full (file, text, -1,
				       G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
				       0644, error))
		return NULL;
	return g_steal_pointer (&file);
}

gboolean
pl_station_export (PlStation *station, gint64 run, char **ret_record, char **ret_label,
		   GError **error)
{
	Files files = {.run = run};
	gboolean ok = pl_db_read (station->db, read_files, &files, error);

	*ret_record = *ret_label = NULL;
	if (ok)
		*ret_record =
		    write_file (station, "records", files.name, ".json", files.record, error);
	if (*ret_record != NULL && files.label != NULL)
		*ret_label = write_file (station, "labels", files.name, ".zpl", files.label, error);
	ok = *ret_record != NULL && (files.label == NULL || *ret_label != NULL);
	g_free (files.name);
	g_free (files.record);
	g_free (files.label);
	return ok;
}
