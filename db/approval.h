/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Who has said that a recipe's text is good for production. Every function is meant for use inside
 * one PlDbWork. What makes a row an approval is its signature: station/approval.h. */
typedef struct {
	gint64 id;
	char *recipe; /* hash */
	char *author, *approver; /* names of two enrolled people */
	char *reason, *utc;
	char *statement, *signature;
} PlApprovalRow;
void pl_approval_row_free (gpointer row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlApprovalRow, pl_approval_row_free)

/* NOT_FOUND if author or approver is not enrolled; CONSTRAINT if they are one person. */
gboolean pl_approval_row_add (sqlite3 *sql, const PlApprovalRow *row, GError **error);
/* Of one recipe (its hash), or of all (NULL), newest first: PlApprovalRow*. Caller unrefs. */
GPtrArray *pl_approval_rows (sqlite3 *sql, const char *recipe, GError **error);
