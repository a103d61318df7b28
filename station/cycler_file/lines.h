/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gio/gio.h>

/* Text of any length, line by line, out of a file or memory; what is compressed by gzip is known by
 * its first bytes and read through. */
#define PL_CYCLER_FILE_ERROR (pl_cycler_file_error_quark ())
GQuark pl_cycler_file_error_quark (void);
typedef enum {
	PL_CYCLER_FILE_ERROR_READ, /* no such file, damaged gzip, no text */
	PL_CYCLER_FILE_ERROR_FORMAT, /* nothing that is known; or no record in it */
} PlCyclerFileError;

typedef struct _PlLines PlLines;
PlLines *pl_lines_of_file (const char *file, GError **error);
PlLines *pl_lines_of_bytes (GBytes *bytes, GError **error);
void pl_lines_free (PlLines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlLines, pl_lines_free)
/* The next line without its end, in a buffer of the reader's that the caller may write to; NULL at
 * the end (no *error) or where there is no text any more (READ, with the line). */
char *pl_lines_next (PlLines *lines, GError **error);
guint pl_lines_number (PlLines *lines); /* of the last line, from 1 */

#define PL_FIELDS_MAX 256
/* Cuts a line in place; quotes and blanks around a field go. What is behind PL_FIELDS_MAX fields is
 * left out of them, but counted. */
guint pl_fields_split (char *line, char delimiter, char **ret_fields);
