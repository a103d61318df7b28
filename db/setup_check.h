/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Checks of the station at the start of a shift, and what they are made of. Every function is meant
 * for use inside one PlDbWork. */
typedef struct {
	gint64 id;
	char *bench, *who, *utc; /* who: NULL = nobody who is enrolled */
	gboolean passed;
	char *failed; /* words of the lines that failed; NULL = none */
} PlSetupCheckRow;
void pl_setup_check_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlSetupCheckRow, pl_setup_check_row_free)

/* body: JSON with `lines`, each with `verdict` and `detail`. */
gboolean pl_setup_check_row_add (sqlite3 *sql, const char *bench, const char *who, const char *utc,
				 gboolean passed, const char *body, GError **error);
/* Of a bench, newest first, at most `most`: PlSetupCheckRow*. Caller unrefs. */
GPtrArray *pl_setup_check_rows (sqlite3 *sql, const char *bench, guint most, GError **error);
/* The newest ended run of this serial and kind: *ret_verdict NULL if there is none. Caller frees.
 */
gboolean pl_setup_check_golden (sqlite3 *sql, const char *serial, const char *kind,
				char **ret_verdict, char **ret_ended, GError **error);
/* The youngest time that is kept, of runs and of the journal; NULL = nothing yet. Caller frees. */
gboolean pl_setup_check_newest (sqlite3 *sql, char **ret_utc, GError **error);
/* SQLite's own quick look at every page: CORRUPT with its first words. */
gboolean pl_setup_check_pages (sqlite3 *sql, GError **error);
