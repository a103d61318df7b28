/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/approval.h"
#include "station/people.h"
#include "station/recipe.h"

/*
 * A recipe is good for production once a second person has said so. The statement is canonical JSON
 * of the recipe's hash, author, approver, reason and time, signed with the station's key: a row
 * that somebody writes into the database is no approval.
 */
#define PL_APPROVAL_ERROR (pl_approval_error_quark ())
GQuark pl_approval_error_quark (void);
typedef enum {
	PL_APPROVAL_ERROR_PERSON, /* who approves may not, or has a part in it */
	PL_APPROVAL_ERROR_REASON, /* none given */
	PL_APPROVAL_ERROR_FORGED, /* statement or signature does not fit */
} PlApprovalError;

/* What is signed; caller frees. */
char *pl_approval_statement (const PlApprovalRow *row);
/* Does the row say what was signed by this key (hex)? FORGED says what is wrong. */
gboolean pl_approval_verify (const PlApprovalRow *row, const char *public_key, GError **error);
/* Signs, keeps and journals it in one commit; `author` is a name. PERSON also where an edit since
 * the last approved version is the approver's, whoever made the last one. Blocks: for a worker. */
gboolean pl_approval_give (PlStation *station, const PlRecipe *recipe, const char *author,
			   const PlPerson *approver, const char *reason, GError **error);
/* The newest approval of a recipe that holds and was given no later than `before` (UTC, NULL =
 * ever); *ret NULL if there is none. For use inside a PlDbWork. */
gboolean pl_approval_find (sqlite3 *sql, const char *home, const char *recipe_hash,
			   const char *before, PlApprovalRow **ret, GError **error);
/* May production run this recipe here? BLOCKED (PL_STATION_ERROR) says who clears it. A station
 * where nobody is enrolled has nobody to ask, and says yes. */
gboolean pl_approval_check (PlStation *station, const PlRecipe *recipe, GError **error);
