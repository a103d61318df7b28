/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sqlite3.h>

/*
 * The traceability record of a run: canonical JSON (RFC 8785), signed with the station's Ed25519
 * key. The signature stands over the canonical text of the member "record"; "key" is the public
 * key's hex. Decimals are strings, so that no reader's floating point can change what was signed.
 */
#define PL_RECORD_ERROR (pl_record_error_quark ())
GQuark pl_record_error_quark (void);
typedef enum { PL_RECORD_ERROR_FORMAT, PL_RECORD_ERROR_SIGNATURE } PlRecordError;

/* From the database's rows of an ended run plus what its steps found out (name -> text); signed
 * with home's key. Usable inside a PlDbWork. Caller frees. */
char *pl_record_make (sqlite3 *sql, gint64 run, GHashTable *facts, const char *home,
		      GError **error);
/* Is it whole, canonical and signed by public_key (hex)? *ret_summary says whose record it is. */
gboolean pl_record_verify (const char *text, const char *public_key, char **ret_summary,
			   GError **error);
