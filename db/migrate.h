/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Brings the handle's database to the newest schema, each migration in one transaction; an existing
 * database is backed up beside itself first. Nothing is changed on failure, and the error names the
 * backup. */
gboolean pl_db_migrate (sqlite3 *sql, const char *file, GError **error);
/* The schema version that this Packline writes. */
int pl_db_newest_schema (void);
/* Copies a database, online and synced, into a new file. */
gboolean pl_db_copy (sqlite3 *from, const char *to, GError **error);
