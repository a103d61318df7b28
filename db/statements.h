/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Inside db only: statements that stay prepared. Such a handle is used by one thread at a time. */
void pl_statements_keep (sqlite3 *sql);
/* Before sqlite3_close(). */
void pl_statements_drop (sqlite3 *sql);
/* One that was prepared for this text before, reset and unbound; NULL if there is none. Caller owns
 * it. */
sqlite3_stmt *pl_statements_take (sqlite3 *sql, const char *text);
