/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "tests/folder.h"
#include "tests/suite.h"
#include <glib/gstdio.h>

static inline PlDb *
open_in (const char *folder)
{
	g_autofree char *file = g_build_filename (folder, "station.sqlite", NULL);
	g_autoptr (GError) error = NULL;
	PlDb *db = pl_db_open (file, PL_DB_READ_WRITE, &error);

	ck_assert_ok (db != NULL, error);
	return db;
}

/* Runs one statement without parameters as a work of its own. */
static inline gboolean
run_text (sqlite3 *sql, gpointer text, GError **error)
{
	return pl_sql_run (sql, pl_sql (sql, error, text, ""), error);
}
