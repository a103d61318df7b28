/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Units and their genealogy. Every function is meant for use inside one PlDbWork. */

typedef struct {
	gint64 id;
	char *kind, *serial, *scheme, *vendor, *lot, *grade; /* vendor, lot, grade may be NULL */
	gint64 position; /* in its parent; children only */
} PlUnitRow;
void pl_unit_row_free (gpointer row);

/* Registers a unit, or finds it: kind + raw serial is the identity. vendor, lot, grade (may be
 * NULL) are kept from the first registration. */
gboolean pl_unit_register (sqlite3 *sql, const char *kind, const char *serial, const char *scheme,
			   const char *vendor, const char *lot, const char *grade, gint64 *ret_id,
			   GError **error);
/* NOT_FOUND if there is none. */
gboolean pl_unit_find (sqlite3 *sql, const char *kind, const char *serial, gint64 *ret_id,
		       GError **error);
/* Every unit with this raw serial, whatever its kind: PlUnitRow*, may be empty. Caller unrefs. */
GPtrArray *pl_unit_rows_of_serial (sqlite3 *sql, const char *serial, GError **error);
/* Puts child into parent at position; CONSTRAINT names the other parent if the child is in one. */
gboolean pl_unit_link (sqlite3 *sql, gint64 child, gint64 parent, gint64 position,
		       const char *reason, const char *by, GError **error);
/* Takes it out again; the link stays as history. */
gboolean pl_unit_unlink (sqlite3 *sql, gint64 child, const char *reason, const char *by,
			 GError **error);
/* Present children by position: PlUnitRow*. Caller unrefs. */
GPtrArray *pl_unit_children (sqlite3 *sql, gint64 parent, GError **error);
/* Serial of the unit that holds this one now; NULL without error if none. Caller frees. */
char *pl_unit_holder (sqlite3 *sql, gint64 child, GError **error);
