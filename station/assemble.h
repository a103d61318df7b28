/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "station/station.h"

/* What assembly records: which cells and which BMS board were built into a pack. */
#define PL_ASSEMBLE_ERROR (pl_assemble_error_quark ())
GQuark pl_assemble_error_quark (void);
typedef enum {
	PL_ASSEMBLE_ERROR_FILE, /* the list of cells is wrong; one "FILE:LINE: ..." a line */
	PL_ASSEMBLE_ERROR_CONFLICT, /* the list contradicts what is recorded */
} PlAssembleError;

typedef struct {
	guint position; /* in the pack, from 1 */
	char *serial, *grade, *vendor, *lot; /* the last three may be NULL */
	guint line; /* in the file; 0 = none */
} PlCell;

/* Reads a CSV file whose first line is "position,serial[,grade[,vendor[,lot]]]"; checks that
 * positions are 1 .. n and that no serial stands twice. All faults are reported. PlCell*; caller
 * unrefs. */
GPtrArray *pl_cells_load (const char *file, GError **error);
/* The same from memory; `name` stands for the file. */
GPtrArray *pl_cells_parse (const char *text, gsize len, const char *name, GError **error);
/* Serials in the order of their positions, checked the same way. */
GPtrArray *pl_cells_of_serials (const char *const *serials, GError **error);

/* Builds cells and board (may be NULL) into the pack: all in one commit or, with every
 * contradiction listed, nothing. What is recorded already is left as it is; *ret_added = links
 * that are new. `by` is who says so. */
gboolean pl_assemble (PlStation *station, const char *pack, GPtrArray *cells, const char *board,
		      const char *by, guint *ret_added, GError **error);
/* Takes units out of what they are built into; the links stay as history. All or nothing. */
gboolean pl_disassemble (PlStation *station, const char *const *serials, const char *reason,
			 const char *by, GError **error);
